"""Waves: shown with exact recipients and words, let go as they were shown, held; a change voids the approval."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from doubles import Post, desk, entries, no_wait, parsed
from world import EDUCATION, FINANCE, HEALTH, STAGES, act, at, office, with_unit

from cuibao.desk import waves
from cuibao.desk.context import Desk
from cuibao.desk.tick import Bell
from cuibao.rules.entries import Entry, Kind
from cuibao.rules.office import Approval, Reporting
from cuibao.rules.outcomes import MailServerError, UsageError
from cuibao.rules.planned import CHANGED_SINCE, OVERTAKEN, WAITS_FOR_APPROVAL
from cuibao.rules.registry import Contact, Duty

MORNING = at("2020-06-15T08:30")
NINE = at("2020-06-15T09:00")


def waiting(post: Post | None = None) -> Desk:
    """A desk where every wave waits for an officer."""
    return desk(post, approval=Approval.REQUIRED)


def approve(book: Desk, **changes: object) -> object:
    given = {"by": "陈某", "reason": "同意发出"} | changes
    return waves.approve(book, "2020Q2", "first", MORNING, **given)  # type: ignore[arg-type]


def ring(book: Desk, post: Post) -> list[str]:
    Bell(book, no_wait(NINE)).tick(NINE)
    return [recipients[0] for _, recipients in post.accepted]


def test_a_wave_shows_recipients_items_and_the_words_that_will_leave() -> None:
    (wave,) = waves.waves(waiting(), MORNING)
    first = wave.letters[0]
    assert (first.planned.key.unit, first.planned.to, first.planned.items) == (EDUCATION, ("jyj@edu.example",), (7, 11))
    assert first.waits == WAITS_FOR_APPROVAL
    assert "2020年6月15日" in first.words.text


def test_an_approved_wave_leaves_with_the_words_that_were_shown() -> None:
    post = Post()
    book = waiting(post)
    shown = {one.planned.key.unit: one.words for one in waves.waves(book, MORNING)[0].letters}
    approve(book)
    assert len(ring(book, post)) == 3
    text = parsed(post.to("jyj@edu.example")[0]).get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert text.replace("\r\n", "\n").strip() == shown[EDUCATION].text.strip()


def test_without_approval_nothing_leaves() -> None:
    post = Post()
    assert ring(waiting(post), post) == []


def test_only_the_units_that_were_approved_are_written_to() -> None:
    post = Post()
    book = waiting(post)
    approve(book, units=[EDUCATION])
    assert ring(book, post) == ["jyj@edu.example"]


def test_an_approval_outlives_the_night() -> None:
    post = Post()
    book = waiting(post)
    waves.approve(book, "2020Q2", "first", at("2020-06-12T16:00"), by="陈某", reason="同意")
    assert len(ring(book, post)) == 3


def test_a_report_that_came_since_voids_only_its_own_units_approval() -> None:
    post = Post()
    book = waiting(post)
    approve(book)
    book.ledger.append([act(Kind.SUBMISSION_RECEIVED, EDUCATION, "2020-06-15T08:40", 7)])
    assert ring(book, post) == ["ybj@med.example", "czj@fin.example"]
    assert [held.reason for held in waves.plan(book, NINE, NINE).withheld if held.unit == EDUCATION] == [CHANGED_SINCE]


def test_other_words_void_the_approval() -> None:
    post = Post()
    book = waiting(post)
    approve(book)
    book.templates = {**book.templates, "mail/first.txt": "{{ letter.unit }}：请速报。"}
    assert ring(book, post) == []


def test_other_recipients_void_the_approval() -> None:
    post = Post()
    book = waiting(post)
    approve(book)
    moved = with_unit(office(approval=Approval.REQUIRED), EDUCATION, contacts=(Contact("新", "xin@edu.example"),))
    assert ring(replace(book, office=moved), post) == ["ybj@med.example", "czj@fin.example"]


def test_a_letter_that_cannot_be_written_is_not_approved_by_accident() -> None:
    post = Post()
    book = waiting(post)
    approve(book)
    book.templates = {**book.templates, "mail/first.txt": "{{ nobody.knows }}"}
    assert ring(book, post) == []


def test_what_was_shown_under_another_code_is_not_approved() -> None:
    book = waiting()
    code = waves.waves(book, MORNING)[0].code
    book.ledger.append([act(Kind.SUBMISSION_RECEIVED, EDUCATION, "2020-06-15T08:20", 7)])
    with pytest.raises(UsageError, match="核对码已变为"):
        approve(book, code=code)
    approve(book, code=waves.waves(book, MORNING)[0].code)


def test_the_code_that_was_listed_holds_though_an_extended_unit_gets_the_same_stage_later() -> None:
    book = waiting()
    book.ledger.append([act(Kind.OBLIGATION_EXTENDED, EDUCATION, "2020-06-12T10:00", 7, until="2020-07-31")])
    listed = waves.waves(book, MORNING)[0]
    approve(book, code=listed.code)
    assert [one.key.unit for one in waves.plan(book, MORNING).letters] == [
        one.planned.key.unit for one in listed.letters
    ]


def test_there_must_be_something_to_approve() -> None:
    book = waiting()
    book.ledger.append(
        [act(Kind.OBLIGATION_EXEMPTED, unit, "2020-06-15T08:00", period="2020Q3") for unit in book.duties]
    )
    with pytest.raises(UsageError, match="没有待发的函件"):
        waves.approve(book, "2020Q3", "first", MORNING, by="陈某", reason="同意")
    with pytest.raises(UsageError, match="first（提醒）"):
        waves.approve(book, "2020Q2", "erste", MORNING, by="陈某", reason="同意")


def test_a_held_wave_waits_until_it_is_approved() -> None:
    post = Post()
    book = desk(post)
    waves.hold(book, "2020Q2", "提醒", MORNING, by="陈某", reason="领导外出")
    assert ring(book, post) == []
    approve(book)
    assert len(ring(book, post)) == 3
    assert entries(book, "wave.approved")[0].actor == "陈某"


def test_a_hold_on_a_wave_that_is_months_away_can_be_lifted() -> None:
    book = desk()
    waves.hold(book, "2020Q4", "urge", MORNING, by="陈某", reason="误")
    waves.approve(book, "2020Q4", "urge", MORNING, by="陈某", reason="更正")
    assert book.book().holds == {}


def test_leaders_are_written_to_only_with_an_approval() -> None:
    post = Post()
    book = desk(post, stages=tuple(replace(stage, enabled=stage.key == "final") for stage in STAGES))
    now = at("2020-07-03T09:00")
    Bell(book, no_wait(now)).tick(now)
    assert sorted(recipients for _, recipients in post.accepted) == [("czj@fin.example",), ("ybj@med.example",)]
    waves.approve(book, "2020Q2", "final", now, by="陈某", reason="同意抄送")
    Bell(book, no_wait(now)).tick(now)
    assert post.accepted[-1][1] == ("jyj@edu.example", "juzhang@edu.example")


@pytest.mark.parametrize(
    ("more", "words"), [({"reason": " "}, "理由不能为空"), ({"by": ""}, "未写明经办人"), ({"by": "cuibao"}, "系统自用")]
)
def test_a_wave_is_let_go_or_held_only_with_a_reason_and_a_name(more: dict[str, str], words: str) -> None:
    book = waiting()
    for decide in (waves.approve, waves.hold):
        with pytest.raises(UsageError, match=words):
            decide(book, "2020Q2", "first", MORNING, **({"by": "陈某", "reason": "同意"} | more))
    assert book.ledger.entries() == []


# ---- units left out of a wave


def leave_out(book: Desk, *units: str, **changes: Any) -> object:
    given = {"period": "2020Q2", "stage": "first", "now": MORNING, "by": "陈某", "reason": "电话另行告知"} | changes
    return waves.hold(book, given.pop("period"), given.pop("stage"), given.pop("now"), units=units, **given)


def test_a_unit_left_out_is_named_with_the_reason_and_the_others_are_written_to() -> None:
    post = Post()
    book = desk(post)
    leave_out(book, "教育局")
    assert ring(book, post) == ["ybj@med.example", "czj@fin.example"]
    withheld = waves.plan(book, NINE, NINE).withheld
    assert [held.reason for held in withheld if held.unit == EDUCATION] == ["经办人暂缓：电话另行告知"]


def test_a_unit_left_out_is_written_to_once_it_is_let_go() -> None:
    post = Post()
    book = desk(post)
    leave_out(book, EDUCATION)
    ring(book, post)
    approve(book, units=[EDUCATION])
    assert ring(book, post)[-1] == "jyj@edu.example"
    assert len(post.accepted) == 3


def test_a_unit_whose_letter_has_left_can_no_longer_be_left_out() -> None:
    post = Post()
    book = desk(post)
    ring(book, post)
    with pytest.raises(UsageError, match="市教育局没有待发的第二季度提醒函件（本阶段已发（6月15日））"):
        leave_out(book, EDUCATION, now=at("2020-06-15T10:00"))


def test_a_unit_that_is_only_told_is_not_left_out_of_what_never_goes_to_it() -> None:
    book = desk(reporting=Reporting(cooperating=Duty.INFORM))
    with pytest.raises(UsageError, match="市财政局没有待发的第二季度催报函件（只告知"):
        leave_out(book, FINANCE, stage="urge")
    leave_out(book, FINANCE)


def test_a_stage_that_is_over_or_not_enabled_is_nothing_to_be_left_out_of() -> None:
    for stage, now in (("second", MORNING), ("first", at("2020-08-03T09:00"))):
        with pytest.raises(UsageError, match="无须暂缓"):
            leave_out(desk(), EDUCATION, stage=stage, now=now)


def test_a_unit_that_has_reported_may_be_left_out_for_it_may_owe_again() -> None:
    book = desk()
    book.ledger.append([act(Kind.SUBMISSION_RECEIVED, EDUCATION, "2020-06-14T10:00")])
    leave_out(book, EDUCATION)
    leave_out(book, EDUCATION, stage="send_back")
    assert set(book.book().holds) == {("2020Q2", "first", EDUCATION), ("2020Q2", "send_back", EDUCATION)}


# ---- letters that leave before their stage's time


EARLY = at("2020-06-22T10:00")


def send(book: Desk, stage: str = "urge", now: datetime = EARLY, **changes: Any) -> Entry:
    given: dict[str, Any] = {"by": "陈某", "reason": "领导要求提前"} | changes
    return waves.send_now(book, "2020Q2", stage, now, **given)


def tick(book: Desk, post: Post, now: datetime) -> list[str]:
    """Ring once; whom the letters that left then went to."""
    before = len(post.accepted)
    Bell(book, no_wait(now)).tick(now)
    return [recipients[0] for _, recipients in post.accepted[before:]]


def test_a_wave_sent_now_leaves_at_once_and_not_again_in_its_time() -> None:
    post = Post()
    book = desk(post)
    assert len(tick(book, post, NINE)) == 3
    entry = send(book)
    assert (entry.kind, entry.actor, entry.data["now"]) == (Kind.WAVE_APPROVED, "陈某", "2020-06-22T10:00:00+08:00")
    assert len(tick(book, post, EARLY)) == 3
    text = parsed(post.to("jyj@edu.example")[-1]).get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "2020年6月22日" in text
    for later in ("2020-06-22T11:00", "2020-06-28T09:00", "2020-06-30T16:00"):
        assert tick(book, post, at(later)) == []
    assert len(tick(book, post, at("2020-07-01T09:00"))) == 3
    assert entries(book, "stage.lapsed") == []


def test_sent_now_in_the_evening_it_leaves_in_the_morning_and_once() -> None:
    post = Post()
    book = desk(post)
    evening = at("2020-06-12T20:00")
    send(book, "first", evening, units=["教育局"])
    assert tick(book, post, evening) == []
    assert tick(book, post, at("2020-06-13T10:00")) == []
    assert len(tick(book, post, NINE)) == 3


def test_only_the_units_that_were_named_are_written_to_early() -> None:
    post = Post()
    book = desk(post)
    tick(book, post, NINE)
    send(book, units=[EDUCATION])
    assert tick(book, post, EARLY) == ["jyj@edu.example"]
    assert sorted(tick(book, post, at("2020-06-28T09:00"))) == ["czj@fin.example", "ybj@med.example"]


def test_a_letter_of_the_stage_before_that_waits_to_be_sent_is_withdrawn() -> None:
    post = Post(smtp_down=MailServerError("连不上"))
    book = desk(post)
    tick(book, post, at("2020-06-22T09:30"))
    assert {entry.data["purpose"] for entry in entries(book, "letter.intended")} == {"first"}
    send(book, units=[EDUCATION])
    post.smtp_down = None
    assert sorted(tick(book, post, EARLY)) == ["czj@fin.example", "jyj@edu.example", "ybj@med.example"]
    assert parsed(post.to("jyj@edu.example")[0])["Subject"].count("催报") == 1
    (withdrawn,) = entries(book, "letter.withdrawn")
    assert (withdrawn.unit, withdrawn.data["purpose"], withdrawn.data["reason"]) == (EDUCATION, "first", OVERTAKEN)
    assert tick(book, post, at("2020-06-23T10:00")) == []


def test_what_waits_for_approval_is_approved_by_being_sent_now() -> None:
    post = Post()
    book = waiting(post)
    send(book)
    assert len(tick(book, post, EARLY)) == 3


def test_sent_now_and_approved_again_before_it_left_it_still_leaves_at_once() -> None:
    post = Post()
    book = waiting(post)
    evening = at("2020-06-22T20:00")
    send(book, now=evening)
    code = waves.waves(book, evening)[0].code
    waves.approve(book, "2020Q2", "urge", evening, code=code, by="王五", reason="同意")
    assert len(tick(book, post, at("2020-06-23T09:00"))) == 3


def test_a_report_that_comes_in_between_voids_it_for_its_own_unit_alone() -> None:
    post = Post()
    book = desk(post)
    tick(book, post, NINE)
    send(book)
    book.ledger.append([act(Kind.SUBMISSION_RECEIVED, EDUCATION, "2020-06-22T10:01", 7)])
    assert sorted(tick(book, post, at("2020-06-22T10:02"))) == ["czj@fin.example", "ybj@med.example"]
    assert tick(book, post, at("2020-06-28T09:00")) == ["jyj@edu.example"]


def test_units_on_hold_stay_unless_they_are_named() -> None:
    post = Post()
    book = desk(post)
    leave_out(book, EDUCATION, stage="urge")
    assert [letter["unit"] for letter in send(book).data["letters"]] == [HEALTH, FINANCE]
    assert [letter["unit"] for letter in send(book, units=[EDUCATION]).data["letters"]] == [EDUCATION]
    book = desk(post)
    leave_out(book, stage="urge")
    with pytest.raises(UsageError, match="市教育局的第二季度催报已由经办人暂缓。如确须发出"):
        send(book)


def extended(book: Desk) -> Desk:
    """With 市教育局's first item due a month later than everything else."""
    book.ledger.append([act(Kind.OBLIGATION_EXTENDED, EDUCATION, "2020-06-16T10:00", 7, until="2020-07-31")])
    return book


@pytest.mark.parametrize(
    ("stage", "now", "words"),
    [
        ("first", EARLY, "市教育局的第二季度提醒已到发出时间，无须提前。尚待批准的请用 ./bot wave approve"),
        ("overdue", EARLY, "第二季度逾期催报须待报送截止（6月30日）后方可发出"),
        ("send_back", EARLY, "退回补报的函件随退回即发"),
        ("second", EARLY, "没有待发的函件"),
        ("third", EARLY, "没有名为“third”的阶段"),
    ],
)
def test_what_cannot_leave_before_its_time_is_refused(stage: str, now: datetime, words: str) -> None:
    book = desk()
    with pytest.raises(UsageError, match=words):
        send(book, stage, now)
    assert book.ledger.entries() == []


def test_of_two_deadlines_only_the_letter_whose_time_has_not_come_leaves_early() -> None:
    book = extended(desk())
    (letter,) = send(book, "first").data["letters"]
    assert (letter["unit"], letter["deadline"]) == (EDUCATION, "2020-07-31")
    with pytest.raises(UsageError, match="市医保局的第二季度提醒已到发出时间"):
        send(extended(desk()), "first", units=[EDUCATION, HEALTH])


def test_a_letter_for_after_the_deadline_may_leave_early_once_the_deadline_has_passed() -> None:
    post = Post()
    book = desk(post, stages=tuple(replace(stage, enabled=True) for stage in STAGES))
    now = at("2020-07-01T10:00")
    tick(book, post, now)
    send(book, "final", now)
    assert post.accepted[-1][1] != ("jyj@edu.example", "juzhang@edu.example")
    tick(book, post, now)
    assert ("jyj@edu.example", "juzhang@edu.example") in [recipients for _, recipients in post.accepted]


def test_it_leaves_only_as_it_was_shown_and_with_a_reason_and_a_name() -> None:
    book = desk()
    with pytest.raises(UsageError, match="核对码已变为"):
        send(book, code="000000")
    for blank, words in (({"reason": ""}, "理由不能为空"), ({"by": " "}, "未写明经办人")):
        with pytest.raises(UsageError, match=words):
            send(book, **blank)
    assert book.ledger.entries() == []

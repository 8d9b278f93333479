"""Waves: shown with exact recipients and words, let go as they were shown, held; a change voids the approval."""

from dataclasses import replace
from typing import Any

import pytest
from doubles import Post, desk, entries, no_wait, parsed
from world import EDUCATION, FINANCE, STAGES, act, at, office, with_unit

from cuibao.desk import waves
from cuibao.desk.context import Desk
from cuibao.desk.tick import Bell
from cuibao.rules.entries import Kind
from cuibao.rules.office import Approval, Reporting
from cuibao.rules.outcomes import UsageError
from cuibao.rules.planned import CHANGED_SINCE, WAITS_FOR_APPROVAL
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

"""What officers decide: each act an entry with a reason and a name, each mistake told with a remedy."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from doubles import PROGRESS, Post, desk, entries, kinds, mail, no_wait, parsed
from world import EDUCATION, FINANCE, HEALTH, PERIODS, at, judged, kept

from cuibao.desk import acts, receive, remind, settling
from cuibao.desk.context import Desk
from cuibao.desk.effects import judgement
from cuibao.desk.report import standings
from cuibao.desk.tick import Bell
from cuibao.rules.entries import Entry, Kind
from cuibao.rules.office import Reporting
from cuibao.rules.outcomes import OvertakenError, SettledError, UsageError
from cuibao.rules.registry import Duty
from cuibao.rules.verdict import Confidence, MailKind, Verdict

NOW = at("2020-06-16T10:00")


def do(book: Desk, command: str, **changes: Any) -> Entry:
    given: dict[str, Any] = {"items": (), "reason": "电话报送", "by": "陈某"} | changes
    place = given.pop("unit", EDUCATION), given.pop("period", "2020Q2"), given.pop("now", NOW)
    return acts.act(book, command, *place, **given)


def standing(book: Desk, unit: str = EDUCATION) -> str:
    return standings(book, PERIODS[0], NOW, unit)[0].standing


def in_triage(
    text: str = "请问怎么填？", sender: str = "jyj@edu.example", subject: str = "市教育局询问"
) -> tuple[Desk, str]:
    """A desk with one mail in triage, and that mail's sha256."""
    post = Post()
    book = desk(post)
    remind.write(book, at("2020-06-15T09:00"))
    post.arrive(mail(sender, subject, text), NOW)
    (found,) = receive.poll(book, NOW)
    assert [waiting.sha256 for waiting in book.book().triage()] == [found.sha256]
    return book, found.sha256


@pytest.mark.parametrize(
    ("command", "more", "expected"),
    [
        ("record", {}, "received"),
        ("exempt", {}, "exempt"),
        ("extend", {"until": date(2020, 7, 10)}, "missing"),
        ("record", {"items": (7,)}, "partial"),
    ],
)
def test_where_a_unit_stands_after_an_act(command: str, more: dict[str, Any], expected: str) -> None:
    book = desk()
    do(book, command, **more)
    assert standing(book) == expected


@pytest.mark.parametrize(("command", "expected"), [("accept", "accepted"), ("return", "returned")])
def test_what_was_received_is_accepted_or_returned(command: str, expected: str) -> None:
    book = desk()
    do(book, "record")
    assert do(book, command).items == (7, 11)
    assert standing(book) == expected


def test_an_act_keeps_the_reason_and_the_officers_name() -> None:
    entry = do(desk(), "record")
    assert (entry.actor, entry.data["reason"]) == ("陈某", "电话报送")


def test_a_reason_keeps_its_lines_and_nothing_that_cannot_be_seen() -> None:
    entry = do(desk(), "record", reason="电话\u202e报送\x07\x1b[31m\r\n见\u2028附件\u3000一\x85份\x0c⚠\ufe0f")
    assert entry.data["reason"] == "电话报送[31m\n见附件\u3000一份⚠\ufe0f"


def test_a_unit_may_be_named_by_its_alias() -> None:
    assert do(desk(), "record", unit="教育局").unit == EDUCATION


def test_a_paper_is_kept_with_the_act() -> None:
    book = desk()
    entry = do(book, "record", paper=("扫描/二季度.pdf", b"%PDF"))
    assert book.papers.read(entry.data["file"]) == b"%PDF"
    assert entry.data["name"] == "二季度.pdf"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("..\\..\\机密\\二季度.pdf", "二季度.pdf"),
        ("/etc/../二季度.pdf", "二季度.pdf"),
        ("二季度\x1b[31m\n.pdf", "二季度[31m.pdf"),
        ("二季度\u202efdp.exe", "二季度fdp.exe"),
        ("\u200f/", "附件"),
    ],
)
def test_a_papers_name_keeps_no_path_and_nothing_that_misleads_the_eye(given: str, kept: str) -> None:
    assert do(desk(), "record", paper=(given, b"%PDF")).data["name"] == kept


@pytest.mark.parametrize(
    ("raw", "words"),
    [(b"", "文件“二季度.pdf”是空的"), (b"x" * (acts.LARGEST_PAPER + 1), "文件“二季度.pdf”超过 25 MB。请压缩")],
)
def test_a_paper_that_is_empty_or_too_large_is_refused_and_not_kept(raw: bytes, words: str) -> None:
    book = desk()
    with pytest.raises(UsageError, match=words):
        do(book, "record", paper=("扫描/二季度.pdf", raw))
    assert (book.ledger.entries(), book.papers.files) == ([], {})  # type: ignore[attr-defined]


def test_a_paper_of_the_largest_size_is_taken() -> None:
    assert do(desk(), "record", paper=("二季度.pdf", b"x" * acts.LARGEST_PAPER)).data["name"] == "二季度.pdf"


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"reason": ""}, "原因不能为空。请写明原因"),
        ({"reason": " \n\u3000"}, "原因不能为空"),
        ({"reason": "\u200b\u202e\x07"}, "原因不能为空"),
        ({"reason": "\u3164\u2800\ufe0f\u2028\x85"}, "原因不能为空"),
        ({"reason": "长" * 2001}, "原因过长（2001 字）。请压缩到 2000 字以内"),
        (
            {"reason": "请补报".encode("gbk").decode("utf-8", "surrogateescape")},
            "原因含有无法识别的字符。请将终端的字符编码设为 UTF-8",
        ),
        ({"by": "王五".encode("gbk").decode("utf-8", "surrogateescape")}, "经办人姓名含有无法识别的字符"),
        ({"by": " "}, "未写明经办人"),
        ({"by": "\u3164"}, "未写明经办人"),
        ({"by": "陈\n某"}, "未写明经办人"),
        ({"by": "长" * 51}, "经办人姓名过长"),
        ({"by": "Cuibao"}, "“Cuibao”是系统自用的名称"),
    ],
)
def test_an_act_without_a_reason_or_a_name_is_refused(more: dict[str, Any], words: str) -> None:
    book = desk()
    with pytest.raises(UsageError, match=words):
        do(book, "record", **more)
    assert book.ledger.entries() == []


def test_blanks_around_a_reason_and_a_name_are_not_kept() -> None:
    entry = do(desk(), "record", reason=" 电话报送\n", by=" 陈某 ")
    assert (entry.actor, entry.data["reason"]) == ("陈某", "电话报送")


def test_a_mail_is_settled_and_a_sender_learned_only_under_a_name() -> None:
    book, mark = in_triage()
    with pytest.raises(UsageError, match="未写明经办人"):
        settling.settle(book, mark, MailKind.OTHER, NOW, by="")
    book = desk()
    mark = kept_mail(book, probable(unknown_sender=True, confidence=Confidence.CERTAIN))
    with pytest.raises(UsageError, match="未写明经办人"):
        settling.learn(book, mark, NOW, by="\t")


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"unit": "市气象局"}, "没有名为“市气象局”的责任单位"),
        ({"period": "2020Q1"}, "请从 2020Q2、2020Q3、2020Q4 中选择"),
        ({"items": (18,)}, "市教育局的事项为第7、11项"),
    ],
)
def test_what_does_not_exist_is_told_with_a_remedy(more: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        do(desk(), "accept", **more)


@pytest.mark.parametrize(
    ("until", "words"),
    [(None, "请加 --until"), (date(2020, 6, 29), "早于原定的 2020-06-30"), (date(2022, 1, 1), "延期最迟至 2021 年底")],
)
def test_an_extension_needs_a_day_that_makes_sense(until: date | None, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        do(desk(), "extend", until=until)


def test_an_extension_is_taken_back_by_one_to_the_printed_day() -> None:
    book = desk()
    do(book, "extend", until=date(2020, 7, 10))
    do(book, "extend", until=date(2020, 6, 30), reason="延期登记有误")
    assert {item.last_day for item in standings(book, PERIODS[0], NOW, EDUCATION)[0].items} == {date(2020, 6, 30)}


# ---- notes


def test_a_note_is_an_officers_entry_that_changes_no_standing() -> None:
    book = desk()
    entry = acts.note(book, " 已电话催办，答复周五报 ", NOW, by="陈某", unit="教育局", period="2020Q2", items=(11, 7))
    assert (entry.kind, entry.unit, entry.period, entry.items) == (Kind.NOTE_ADDED, EDUCATION, "2020Q2", (7, 11))
    assert (entry.actor, entry.data) == ("陈某", {"reason": "已电话催办，答复周五报"})
    assert standing(book) == "missing"


def test_a_note_may_be_about_nobody() -> None:
    entry = acts.note(desk(), "印章外借", NOW, by="陈某")
    assert (entry.unit, entry.period, entry.items) == (None, None, ())


@pytest.mark.parametrize(
    ("text", "more", "words"),
    [
        (" ", {}, "备注不能为空"),
        ("长" * 2001, {}, "备注过长（2001 字）"),
        ("记", {"by": ""}, "未写明经办人"),
        ("记", {"items": (7,)}, "备注写明了事项，但未写明单位"),
        ("记", {"unit": EDUCATION, "items": (18,)}, "第18项不是市教育局的事项"),
        ("记", {"unit": "市气象局"}, "没有名为“市气象局”的责任单位"),
        ("记", {"period": "2020Q1"}, "没有编号为“2020Q1”的季度"),
    ],
)
def test_a_note_that_says_nothing_or_names_what_does_not_exist_is_refused(
    text: str, more: dict[str, Any], words: str
) -> None:
    book = desk()
    with pytest.raises(UsageError, match=words):
        acts.note(book, text, NOW, **({"by": "陈某"} | more))
    assert book.ledger.entries() == []


# ---- what an act covers


def test_what_never_came_is_neither_accepted_nor_returned() -> None:
    for command, verb in (("accept", "核定"), ("return", "退回")):
        with pytest.raises(UsageError) as caught:
            do(desk(), command, unit=HEALTH)
        assert str(caught.value) == (
            f"市医保局第二季度尚未收到报送，不能{verb}。以纸质、电话报送的，请先用 ./bot record 登记"
        )


def test_without_items_an_act_covers_what_was_received_and_writes_the_numbers() -> None:
    book = desk()
    do(book, "record", items=(7,))
    assert do(book, "accept").items == (7,)
    assert standing(book) == "partial"


def test_returned_items_may_be_accepted_and_accepted_ones_returned() -> None:
    book = desk()
    do(book, "record")
    do(book, "return", items=(7,))
    assert do(book, "accept").items == (7, 11)
    assert do(book, "return").items == (7, 11)


@pytest.mark.parametrize(
    ("command", "words"),
    [("accept", "市教育局第二季度已核定，无须重复核定"), ("return", "市教育局第二季度已退回，无须重复退回")],
)
def test_the_same_act_twice_is_refused(command: str, words: str) -> None:
    book = desk()
    do(book, "record")
    do(book, command)
    for items in ((), (7, 11)):
        with pytest.raises(UsageError, match="无须重复"):
            do(book, command, items=items)
    with pytest.raises(UsageError, match=words):
        do(book, command)


def test_named_items_that_do_not_fit_are_named_and_nothing_is_written() -> None:
    book = desk()
    do(book, "record", items=(7,))
    do(book, "exempt", items=(11,))
    before = len(book.ledger.entries())
    with pytest.raises(UsageError, match="市教育局第二季度第11项免报，不能核定"):
        do(book, "accept", items=(7, 11))
    assert len(book.ledger.entries()) == before


def test_items_that_stand_differently_are_told_apart() -> None:
    book = desk()
    do(book, "record", items=(7,))
    do(book, "accept", items=(7,))
    with pytest.raises(UsageError, match="市教育局第二季度第7项已核定，第11项尚未收到报送，不能核定。以纸质"):
        do(book, "accept")


def test_a_unit_that_owes_no_report_has_none_to_accept() -> None:
    book = desk(reporting=Reporting(cooperating=Duty.INFORM))
    with pytest.raises(UsageError, match="市财政局第二季度无须报送，不能核定"):
        do(book, "accept", unit=FINANCE)
    with pytest.raises(UsageError, match="市财政局第二季度第11项无须报送，不能核定"):
        do(book, "accept", unit=FINANCE, items=(11,))


def test_an_acceptance_is_no_arrival() -> None:
    book = desk()
    do(book, "record", received=at("2020-06-15T16:00"))
    do(book, "accept")
    assert standings(book, PERIODS[0], NOW, EDUCATION)[0].first_received_at == at("2020-06-15T16:00")


# ---- reports on paper


def test_a_paper_report_handed_in_in_time_and_entered_later_is_on_time() -> None:
    book = desk()
    entry = do(book, "record", now=at("2020-07-03T09:00"), received=at("2020-06-30T00:00"))
    assert entry.data["arrived_at"] == "2020-06-30T00:00:00+08:00"
    assert standings(book, PERIODS[0], at("2020-07-03T09:00"), EDUCATION)[0].on_time is True


@pytest.mark.parametrize(
    ("received", "words"), [("2020-06-17T00:00", "晚于当前时间"), ("2002-06-15T00:00", "早于通知印发的年份")]
)
def test_a_report_cannot_have_come_at_a_time_that_makes_no_sense(received: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        do(desk(), "record", received=at(received))


# ---- exemptions taken back


def test_a_wrong_exemption_is_taken_back_by_another_entry() -> None:
    book = desk()
    do(book, "exempt")
    entry = do(book, "exempt", undo=True, reason="登记有误")
    assert (entry.kind, entry.items) == ("obligation.exempted", (7, 11))
    assert entry.data == {"reason": "登记有误", "undone": True, "until": "2020-06-16"}
    assert standing(book) == "missing"


def test_only_the_named_items_are_owed_again() -> None:
    book = desk()
    do(book, "exempt")
    do(book, "exempt", undo=True, items=(7,))
    assert [i.obligation.item for i in standings(book, PERIODS[0], NOW, EDUCATION)[0].owed] == [7]


@pytest.mark.parametrize(("items", "words"), [((), "第二季度没有登记免报"), ((7,), "第7项没有登记免报，无须撤销")])
def test_an_exemption_that_never_was_is_not_taken_back(items: tuple[int, ...], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        do(desk(), "exempt", undo=True, items=items)


# ---- triage


def test_a_mail_settled_as_a_report_counts_from_its_arrival() -> None:
    book, mark = in_triage()
    settling.settle(book, mark[:6], MailKind.SUBMISSION, at("2020-07-03T09:00"), by="陈某", period="2020Q2")
    entry = entries(book, "submission.received")[0]
    assert (entry.actor, entry.data["arrived_at"], entry.data["late"]) == ("陈某", "2020-06-16T10:00:00+08:00", False)
    assert book.book().triage() == ()


def test_a_mail_settled_as_a_question_leaves_the_queue_and_changes_nothing() -> None:
    book, mark = in_triage()
    settling.settle(book, mark, MailKind.QUESTION, NOW, by="陈某")
    assert (book.book().triage(), entries(book, "submission.received")) == ((), [])


def test_the_officers_unit_and_items_overrule_the_guess() -> None:
    book, mark = in_triage()
    settling.settle(book, mark, MailKind.SUBMISSION, NOW, by="陈某", unit=FINANCE, period="2020Q2", items=(18,))
    entry = entries(book, "submission.received")[0]
    assert (entry.unit, entry.items) == (FINANCE, (18,))


def test_a_learned_sender_speaks_for_the_unit_from_then_on() -> None:
    book, mark = in_triage(PROGRESS, "li@qq.example", "市教育局二季度情况")
    settling.settle(book, mark, MailKind.SUBMISSION, NOW, by="陈某", unit=EDUCATION, period="2020Q2", learn_sender=True)
    assert entries(book, "contact.learned")[0].actor == "陈某"
    assert "li@qq.example" in book.book().learned[EDUCATION]


def test_a_mail_is_settled_once() -> None:
    book, mark = in_triage()
    settling.settle(book, mark, MailKind.OTHER, NOW, by="陈某")
    with pytest.raises(SettledError) as caught:
        settling.settle(book, mark, MailKind.SUBMISSION, NOW, by="王五")
    assert caught.value.message == f"来件 {mark[:12]} 已由陈某于6月16日 10:00定为其他（市教育局）"


def test_the_refusal_names_the_settling_of_that_mail_and_no_unit_where_none_was_known() -> None:
    book, mark = in_triage(PROGRESS, "li@qq.example", "第7项情况")
    book.ledger.append([kept("b" * 64, "2020-06-16T10:00"), judged("b" * 64, "2020-06-16T10:01", MailKind.UNCLEAR)])
    settling.settle(book, mark, MailKind.QUESTION, at("2020-06-16T10:05"), by="陈某")
    settling.settle(book, "b" * 64, MailKind.OTHER, at("2020-06-16T10:06"), by="王五")
    with pytest.raises(SettledError, match=f"来件 {mark[:12]} 已由陈某于6月16日 10:05定为询问。"):
        settling.settle(book, mark, MailKind.OTHER, NOW, by="王五")


def test_a_mail_that_no_person_ever_had_to_decide_is_not_settled() -> None:
    book = desk()
    mark = kept_mail(book, probable(confidence=Confidence.CERTAIN))
    with pytest.raises(UsageError, match="不在待办之列") as caught:
        settling.settle(book, mark, MailKind.OTHER, NOW, by="陈某")
    assert not isinstance(caught.value, SettledError)


# ---- a mail sent back with words


def send_back(book: Desk, mark: str, **changes: Any) -> tuple[Entry, ...]:
    given: dict[str, Any] = {"by": "陈某", "period": "2020Q2", "send_back": "缺少完成数"} | changes
    return settling.settle(book, mark, MailKind.SUBMISSION, NOW, **given)


def test_a_mail_sent_back_with_words_is_a_report_and_returned_in_one_batch() -> None:
    book, mark = in_triage()
    written = send_back(book, mark)
    assert [entry.kind for entry in written] == ["mail.judged", "submission.received", "submission.sent_back"]
    assert {entry.actor for entry in written} == {"陈某"}
    assert (written[2].items, written[2].data) == ((7, 11), {"reason": "缺少完成数"})
    assert (standing(book), book.book().triage()) == ("returned", ())
    assert standings(book, PERIODS[0], NOW, EDUCATION)[0].first_received_at == NOW


def test_the_letter_that_answers_is_the_one_about_the_return_and_no_receipt() -> None:
    post = Post()
    book, mark = in_triage()
    book.servers = post
    send_back(book, mark, items=(7,))
    Bell(book, no_wait(NOW)).tick(NOW)
    letter = entries(book, "letter.intended")[-1]
    assert (letter.data["purpose"], letter.unit, letter.items) == ("send_back", EDUCATION, (7,))
    assert "receipt" not in {entry.data["purpose"] for entry in entries(book, "letter.intended")}
    text = parsed(post.to("jyj@edu.example")[0]).get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "缺少完成数" in text


def test_what_is_exempt_is_not_sent_back() -> None:
    book, mark = in_triage()
    do(book, "exempt", items=(11,))
    assert send_back(book, mark)[2].items == (7,)
    book, mark = in_triage()
    do(book, "exempt")
    with pytest.raises(UsageError, match="市教育局第二季度无须报送来件所涉事项，不能退回"):
        send_back(book, mark)
    assert kinds(book, "submission") == []


@pytest.mark.parametrize(
    ("kind", "words", "told"),
    [
        (MailKind.QUESTION, "缺少完成数", "只有定为报送的来件才能退回"),
        (MailKind.SUBMISSION, " ", "退回说明不能为空"),
        (MailKind.SUBMISSION, "长" * 2001, "退回说明过长"),
    ],
)
def test_only_a_report_is_sent_back_and_only_with_words(kind: MailKind, words: str, told: str) -> None:
    book, mark = in_triage()
    with pytest.raises(UsageError, match=told):
        settling.settle(book, mark, kind, NOW, by="陈某", period="2020Q2", send_back=words)
    assert len(book.book().triage()) == 1


@pytest.mark.parametrize("mark", ["ffffff", "abc", ""])
def test_a_mark_that_names_no_mail_is_told(mark: str) -> None:
    book, _ = in_triage()
    with pytest.raises(UsageError, match=r"没有对应的来件.*triage list"):
        settling.settle(book, mark, MailKind.OTHER, NOW, by="陈某")


def test_a_report_needs_a_unit() -> None:
    book, mark = in_triage(PROGRESS, "li@qq.example", "第7项情况")
    with pytest.raises(UsageError, match="请加 --unit"):
        settling.settle(book, mark, MailKind.SUBMISSION, NOW, by="陈某")
    assert entries(book, "submission.received") == []


def test_a_sender_is_learned_only_for_a_unit() -> None:
    book, mark = in_triage(PROGRESS, "li@qq.example", "第7项情况")
    with pytest.raises(UsageError, match="请加 --unit"):
        settling.settle(book, mark, MailKind.OTHER, NOW, by="陈某", learn_sender=True)


def test_items_of_another_unit_are_refused() -> None:
    book, mark = in_triage()
    with pytest.raises(UsageError, match="第18项不是市教育局的事项"):
        settling.settle(book, mark, MailKind.SUBMISSION, NOW, by="陈某", items=(18,))


def test_one_unit_may_be_asked_for_by_name() -> None:
    assert [found.unit for found in standings(desk(), PERIODS[0], NOW, HEALTH)] == [HEALTH]


# ---- guesses, receipts and senders


def probable(items: tuple[int, ...] = (), unknown_sender: bool = False, **changes: Any) -> Verdict:
    plain = Verdict(MailKind.SUBMISSION, Confidence.PROBABLE, EDUCATION, "2020Q2", items, unknown_sender=unknown_sender)
    return replace(plain, **changes)


def kept_mail(book: Desk, verdict: Verdict, sender: str = "li@qq.example") -> str:
    """A mail with that verdict in the ledger; answers with its mark."""
    book.ledger.append([kept("a" * 64, "2020-06-16T10:00", sender)])
    book.ledger.append([judgement(book.book().mails["a" * 64], verdict, NOW)])
    return "a" * 64


def test_a_guess_of_foreign_items_keeps_nobody_from_saying_that_it_is_no_report() -> None:
    book = desk()
    settling.settle(book, kept_mail(book, probable((7, 18))), MailKind.OTHER, NOW, by="陈某")
    assert entries(book, "mail.judged")[-1].items == (7,)


def test_a_guess_of_foreign_items_makes_no_report_by_itself() -> None:
    book = desk()
    with pytest.raises(UsageError, match="第18项不是市教育局的事项"):
        settling.settle(book, kept_mail(book, probable((18,))), MailKind.SUBMISSION, NOW, by="陈某")


def test_a_mail_settled_as_a_report_gets_its_receipt() -> None:
    book, mark = in_triage()
    settling.settle(book, mark, MailKind.SUBMISSION, NOW, by="陈某", period="2020Q2")
    letter = entries(book, "letter.intended")[-1]
    assert (letter.data["purpose"], letter.unit, letter.actor) == ("receipt", EDUCATION, "cuibao")


def test_an_old_mail_settled_as_a_report_gets_no_receipt() -> None:
    book, mark = in_triage()
    settling.settle(book, mark, MailKind.SUBMISSION, at("2020-06-22T10:00"), by="陈某", period="2020Q2")
    assert "receipt" not in {entry.data["purpose"] for entry in entries(book, "letter.intended")}


def test_the_sender_of_a_report_that_counts_already_may_be_learned_alone() -> None:
    book = desk()
    mark = kept_mail(book, probable(unknown_sender=True, confidence=Confidence.CERTAIN))
    assert [found.sha256 for found in settling.strangers(book)] == [mark]
    (entry,) = settling.learn(book, mark, NOW, by="陈某")
    assert (entry.kind, entry.unit, entry.actor, entry.data["email"]) == (
        "contact.learned",
        EDUCATION,
        "陈某",
        "li@qq.example",
    )
    assert settling.strangers(book) == ()
    with pytest.raises(UsageError, match="无须登记"):
        settling.learn(book, mark, NOW, by="陈某")


def test_a_registered_sender_a_copy_and_a_mail_not_read_are_no_strangers() -> None:
    book = desk()
    certain = probable(unknown_sender=True, confidence=Confidence.CERTAIN)
    kept_mail(book, certain, sender="JYJ@edu.example")
    assert settling.strangers(book) == ()
    book = desk()
    mark = kept_mail(book, certain)
    book.ledger.append([judgement(book.book().mails[mark], certain, NOW, duplicate=True)])
    book.ledger.append([kept("b" * 64, "2020-06-16T10:00")])
    assert settling.strangers(book) == ()


def test_the_sender_of_a_mail_that_waits_is_learned_with_the_decision() -> None:
    book, mark = in_triage()
    with pytest.raises(UsageError, match="请加 --as"):
        settling.learn(book, mark, NOW, by="陈某")


def test_of_two_officers_who_settle_the_same_mail_the_second_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    book = desk()
    book.ledger.append([kept("a" * 64, "2020-06-16T10:00"), judged("a" * 64, "2020-06-16T10:01", MailKind.UNCLEAR)])
    decide, first = settling._decided, []

    def while_the_other_settles(*given: Any) -> Any:
        if not first:
            first.append(1)
            settling.settle(book, "a" * 64, MailKind.OTHER, NOW, by="王五")
        return decide(*given)

    monkeypatch.setattr(settling, "_decided", while_the_other_settles)
    with pytest.raises(SettledError, match="已由王五于6月16日 10:00定为其他"):
        settling.settle(book, "a" * 64, MailKind.SUBMISSION, NOW, by="陈某", unit=EDUCATION, period="2020Q2")
    assert kinds(book, "submission") == []


def test_an_act_is_decided_afresh_while_others_write() -> None:
    book = desk()
    write, times = book.ledger.append, []

    def busy(drafts: Any, *, after: int | None = None) -> Any:
        if len(times) < 3:
            times.append(1)
            raise OvertakenError("台账刚刚有了新的记录")
        return write(drafts, after=after)

    book.ledger.append = busy  # type: ignore[method-assign,assignment]
    entry = acts.act(book, "record", EDUCATION, "2020Q2", NOW, items=(), reason="电话", by="陈某")
    assert (entry.kind, len(times)) == (Kind.SUBMISSION_RECEIVED, 3)


def test_no_items_named_by_the_officer_are_all_whatever_was_guessed() -> None:
    book, mark = in_triage("第7项怎么填？", subject="市教育局第7项询问")
    guess = book.book().mails[mark].verdict
    assert guess is not None
    assert guess.items == (7,)
    settling.settle(book, mark, MailKind.SUBMISSION, NOW, by="陈某", unit=EDUCATION, period="2020Q2", items=())
    (entry,) = entries(book, Kind.SUBMISSION_RECEIVED)
    assert entry.items == ()


def test_many_items_that_are_not_the_units_are_named_in_few_words() -> None:
    with pytest.raises(UsageError, match="第0—6、8—10、12—9999项不是市教育局的事项。市教育局的事项为第7、11项"):
        do(desk(), "record", items=range(10_000))

"""What officers decide: each act an entry with a reason and a name, each mistake told with a remedy."""

from datetime import date
from typing import Any

import pytest
from doubles import PROGRESS, Post, desk, entries, mail
from world import EDUCATION, FINANCE, HEALTH, PERIODS, at

from cuibao.desk import acts, receive, remind
from cuibao.desk.context import Desk
from cuibao.desk.report import standings
from cuibao.rules.entries import Entry
from cuibao.rules.outcomes import UsageError
from cuibao.rules.verdict import MailKind

NOW = at("2020-06-16T10:00")


def do(book: Desk, command: str, **changes: Any) -> Entry:
    given: dict[str, Any] = {"items": (), "reason": "电话报送", "by": "陈某"} | changes
    return acts.act(book, command, given.pop("unit", EDUCATION), given.pop("period", "2020Q2"), NOW, **given)


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
        ("accept", {}, "accepted"),
        ("return", {}, "returned"),
        ("exempt", {}, "exempt"),
        ("extend", {"until": date(2020, 7, 10)}, "missing"),
        ("record", {"items": (7,)}, "partial"),
    ],
)
def test_where_a_unit_stands_after_an_act(command: str, more: dict[str, Any], expected: str) -> None:
    book = desk()
    do(book, command, **more)
    assert standing(book) == expected


def test_an_act_keeps_the_reason_and_the_officers_name() -> None:
    entry = do(desk(), "accept")
    assert (entry.actor, entry.data["reason"]) == ("陈某", "电话报送")


def test_a_unit_may_be_named_by_its_alias() -> None:
    assert do(desk(), "accept", unit="教育局").unit == EDUCATION


def test_a_paper_is_kept_with_the_act() -> None:
    book = desk()
    entry = do(book, "record", paper=("扫描/二季度.pdf", b"%PDF"))
    assert book.papers.read(entry.data["file"]) == b"%PDF"
    assert entry.data["name"] == "二季度.pdf"


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


@pytest.mark.parametrize(("until", "words"), [(None, "请加 --until"), (date(2020, 6, 30), "不晚于原定的 2020-06-30")])
def test_an_extension_needs_a_later_day(until: date | None, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        do(desk(), "extend", until=until)


# ---- triage


def test_a_mail_settled_as_a_report_counts_from_its_arrival() -> None:
    book, mark = in_triage()
    acts.settle(book, mark[:6], MailKind.SUBMISSION, at("2020-07-03T09:00"), by="陈某", period="2020Q2")
    entry = entries(book, "submission.received")[0]
    assert (entry.actor, entry.data["arrived_at"], entry.data["late"]) == ("陈某", "2020-06-16T10:00:00+08:00", False)
    assert book.book().triage() == ()


def test_a_mail_settled_as_a_question_leaves_the_queue_and_changes_nothing() -> None:
    book, mark = in_triage()
    acts.settle(book, mark, MailKind.QUESTION, NOW, by="陈某")
    assert (book.book().triage(), entries(book, "submission.received")) == ((), [])


def test_the_officers_unit_and_items_overrule_the_guess() -> None:
    book, mark = in_triage()
    acts.settle(book, mark, MailKind.SUBMISSION, NOW, by="陈某", unit=FINANCE, period="2020Q2", items=(18,))
    entry = entries(book, "submission.received")[0]
    assert (entry.unit, entry.items) == (FINANCE, (18,))


def test_a_learned_sender_speaks_for_the_unit_from_then_on() -> None:
    book, mark = in_triage(PROGRESS, "li@qq.example", "市教育局二季度情况")
    acts.settle(book, mark, MailKind.SUBMISSION, NOW, by="陈某", unit=EDUCATION, period="2020Q2", learn_sender=True)
    assert entries(book, "contact.learned")[0].actor == "陈某"
    assert "li@qq.example" in book.book().learned[EDUCATION]


def test_a_mail_is_settled_once() -> None:
    book, mark = in_triage()
    acts.settle(book, mark, MailKind.OTHER, NOW, by="陈某")
    with pytest.raises(UsageError, match="不在待办之列"):
        acts.settle(book, mark, MailKind.OTHER, NOW, by="陈某")


@pytest.mark.parametrize("mark", ["ffffff", "abc", ""])
def test_a_mark_that_names_no_mail_is_told(mark: str) -> None:
    book, _ = in_triage()
    with pytest.raises(UsageError, match=r"没有对应的来件.*triage list"):
        acts.settle(book, mark, MailKind.OTHER, NOW, by="陈某")


def test_a_report_needs_a_unit() -> None:
    book, mark = in_triage(PROGRESS, "li@qq.example", "第7项情况")
    with pytest.raises(UsageError, match="请加 --unit"):
        acts.settle(book, mark, MailKind.SUBMISSION, NOW, by="陈某")
    assert entries(book, "submission.received") == []


def test_a_sender_is_learned_only_for_a_unit() -> None:
    book, mark = in_triage(PROGRESS, "li@qq.example", "第7项情况")
    with pytest.raises(UsageError, match="请加 --unit"):
        acts.settle(book, mark, MailKind.OTHER, NOW, by="陈某", learn_sender=True)


def test_items_of_another_unit_are_refused() -> None:
    book, mark = in_triage()
    with pytest.raises(UsageError, match="第18项不是市教育局的事项"):
        acts.settle(book, mark, MailKind.SUBMISSION, NOW, by="陈某", items=(18,))


def test_one_unit_may_be_asked_for_by_name() -> None:
    assert [found.unit for found in standings(desk(), PERIODS[0], NOW, HEALTH)] == [HEALTH]

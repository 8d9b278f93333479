"""Settling a mail that waits for a person: what its form says for the quarter that the officer names, and by what stands then."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from desk.test_receive import NOW, poll_one, told_with_forms
from doubles import entries, parsed
from returned import OpenRoom, form_of
from world import EDUCATION, at

from cuibao.desk import remind, settling
from cuibao.desk.context import Desk
from cuibao.desk.figure import set_figure
from cuibao.papers import mail as papers_mail
from cuibao.papers.attachments import Attachment
from cuibao.rules.outcomes import UsageError
from cuibao.rules.verdict import MailKind


def in_triage(before: str = "", **figures: object) -> Desk:
    """A desk on which a form of the second quarter waits that came under a subject of the third; where `before` says so, after an officer
    had set that figure."""
    book, post = told_with_forms()
    if before:
        set_to(book, before)
    raw = parsed(form_of(book, **figures))
    raw.replace_header("Subject", "第三季度完成情况")
    found = poll_one(book, post, raw.as_bytes())
    assert (found.verdict.confidence, found.verdict.period) == ("probable", "2020Q2")
    return book


def settled(book: Desk, **decision: Any) -> dict[str, Any]:
    mark = entries(book, "mail.kept")[0].data["sha256"]
    settling.settle(book, mark, MailKind.SUBMISSION, NOW, by="陈某", **decision)
    return dict(entries(book, "submission.received")[0].data)


def test_a_settled_mail_brings_its_forms_figures() -> None:
    assert [one["value"] for one in settled(in_triage(新建=9))["figures"]] == ["9"]


def test_a_settled_mail_brings_the_figures_of_the_items_that_the_officer_names() -> None:
    assert settled(in_triage(新建=9), items=(11,))["figures"] == []


def set_to(book: Desk, value: str) -> None:
    set_figure(book, EDUCATION, "2020Q2", 7, value, NOW, reason="电话核实", by="陈某", confirmed=True)


def shown(book: Desk) -> list[str]:
    """What the page of the first mail tells to be wrong with it."""
    verdict = next(iter(book.book().mails.values())).verdict
    assert verdict
    return list(verdict.problems)


def test_a_settled_mail_is_held_against_what_stands_when_it_is_settled() -> None:
    book = in_triage(新建=1)
    assert shown(book) == []
    set_to(book, "20")
    (problem,) = settled(book)["problems"]
    assert "不足此前登记的20所的十分之一" in problem
    assert shown(book) == [problem]


def test_what_was_asked_of_a_mail_is_asked_no_more_once_what_stood_against_it_is_corrected() -> None:
    book = in_triage("20", 新建=1)
    assert ["不足此前登记的20所的十分之一" in one for one in shown(book)] == [True]
    set_to(book, "1")
    assert "problems" not in settled(book)
    assert shown(book) == []


def test_a_settled_mail_keeps_no_problems_of_items_that_the_officer_does_not_name() -> None:
    book = in_triage(新建="约9")
    assert ["第7项" in one for one in shown(book)] == [True]
    assert "problems" not in settled(book, period="2020Q2", items=(11,))
    assert shown(book) == []


def test_what_was_read_of_a_mail_stands_when_the_reading_room_or_the_archive_fails_at_its_settling() -> None:
    class Shut(OpenRoom):
        def read(self, attachments: Sequence[Attachment]) -> list[Attachment]:
            return [replace(one, state="kept", tables=()) for one in attachments]

    class Broken(OpenRoom):
        def read(self, attachments: Sequence[Attachment]) -> list[Attachment]:
            raise RuntimeError

    for room in (Shut(), Broken()):
        book = replace(in_triage(新建=9), reading_room=room)
        assert [one["value"] for one in settled(book)["figures"]] == ["9"]


def test_a_parked_mail_may_be_settled_as_a_report(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("hostile")

    book, post = told_with_forms()
    raw = form_of(book, 新建=9)
    monkeypatch.setattr(papers_mail, "read", fails)
    monkeypatch.setattr(settling, "read", fails)
    poll_one(book, post, raw)
    data = settled(book, unit=EDUCATION, period="2020Q2")
    assert (data.get("figures", []), data["problems"]) == ([], [settling.UNREAD])


def test_a_form_settled_for_another_quarter_than_its_own_is_read_again_and_not_taken() -> None:
    data = settled(in_triage(新建=9), period="2020Q3")
    assert data.get("figures", []) == []
    assert any("第二季度的完成情况表" in problem for problem in data["problems"])


def old_form(**figures: object) -> Desk:
    """A desk on which the form of the second quarter waits that came in answer to the letter of the third."""
    book, post = told_with_forms()
    remind.write(book, at("2020-09-17T09:00"))
    found = poll_one(book, post, form_of(book, answering="2020Q3", **figures))
    assert (found.verdict.unit, found.verdict.period, found.verdict.figures) == (EDUCATION, None, ())
    return book


def test_an_old_form_counts_for_the_quarter_that_an_officer_names_only_with_his_word() -> None:
    data = settled(old_form(新建=9), period="2020Q3")
    assert ("figures" in data, "adopted" in data) == (False, False)
    assert data["problems"] == ["附件“完成情况表.xlsx”是市教育局第二季度的完成情况表，其中内容未予采用"]


def test_an_old_form_that_an_officer_has_adopted_counts_for_the_quarter_that_he_names() -> None:
    book = old_form(新建=9)
    data = settled(book, period="2020Q3", adopt=True)
    assert (data["adopted"], [one["value"] for one in data["figures"]]) == (True, ["9"])
    assert len(data["words"]) == 2
    assert entries(book, "mail.judged")[-1].data["verdict"]["adopted"] is True
    reported = book.book().reported
    assert reported.figure(EDUCATION, "2020Q2", 7, "新建") is None
    assert reported.figure(EDUCATION, "2020Q3", 7, "新建") is not None


def test_a_form_settled_for_its_own_quarter_is_taken_and_not_adopted() -> None:
    data = settled(old_form(新建=9), period="2020Q2", adopt=True)
    assert ("adopted" in data, len(data["figures"])) == (False, 1)


def test_only_a_report_has_a_form_to_adopt() -> None:
    book = old_form(新建=9)
    with pytest.raises(UsageError, match="只有定为报送的来件才能采用表中内容"):
        settling.settle(
            book, entries(book, "mail.kept")[0].data["sha256"], MailKind.QUESTION, NOW, by="陈某", adopt=True
        )

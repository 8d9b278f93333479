"""After the next year's notice is live: mails that belong to the year before go to its ledger, and what it still owes is still urged."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from doubles import PROGRESS, Post, Room, desk, entries, kinds, mail, no_wait
from world import EDUCATION, FINANCE, HEALTH, ITEMS, UNITS, Log, act, at, office

from cuibao.desk import receive, remind
from cuibao.desk.context import Desk
from cuibao.desk.report import year_before
from cuibao.desk.rightyear import settle_in_its_year
from cuibao.desk.tick import Bell
from cuibao.rules.entries import Entry, Kind
from cuibao.rules.office import Notice, Office
from cuibao.rules.outcomes import LedgerError
from cuibao.rules.period import Period
from cuibao.rules.registry import Former, Registry
from cuibao.rules.verdict import MailKind

JYJ = "jyj@edu.example"
APRIL = at("2021-04-06T10:00")
PERIODS = (Period("2021Q1", "第一季度", date(2021, 4, 20)), Period("2021Q4", "第四季度", date(2021, 12, 30)))
NEW_NAME = "市教育和体育局"
RENAMED = replace(UNITS[0], name=NEW_NAME, former=(Former(EDUCATION, date(2021, 1, 1)),))


def of_2021() -> Office:
    """The office in the next year, in which 市教育局 has another name."""
    items = tuple(replace(item, lead=tuple(NEW_NAME if n == EDUCATION else n for n in item.lead)) for item in ITEMS)
    registry = Registry(items, (RENAMED, *UNITS[1:]))
    return office(notice=Notice("测民〔2021〕2号", 2021, "2021年民生工作要点"), periods=PERIODS, registry=registry)


def two_years(post: Post | None = None, ledger: Log | None = None) -> tuple[Desk, Desk]:
    """This year's desk, which has polled before, and last year's, which has written to everyone about 2020Q4."""
    old = desk(post, ledger)
    remind.write(old, at("2020-12-16T09:00"))
    made = replace(old, office=of_2021(), ledger=Log()).with_years_before([(old.office, old.ledger)])
    receive.poll(made, APRIL - timedelta(days=1))
    return made, made.earlier[0]


def last_letter(book: Desk, unit: str = EDUCATION) -> bytes:
    found = [entry for entry in entries(book, "letter.intended") if entry.unit == unit]
    return book.letters.read(found[-1].data["file"])


def poll_one(new: Desk, post: Post, raw: bytes) -> None:
    post.arrive(raw, APRIL)
    receive.poll(new, APRIL)


def test_an_answer_to_last_years_letter_is_last_years_report_and_gets_its_receipt() -> None:
    post = Post()
    new, old = two_years(post)
    poll_one(new, post, mail(JYJ, "Re: 报送", PROGRESS, answering=last_letter(old)))
    (found,) = entries(old, "submission.received")
    assert (found.unit, found.period) == (EDUCATION, "2020Q4")
    assert kinds(new) == []
    assert kinds(old)[-1] == "letter.intended"


def test_so_is_a_report_that_names_the_older_year() -> None:
    post = Post()
    new, old = two_years(post)
    poll_one(new, post, mail(JYJ, "市教育局2020年第四季度完成情况", PROGRESS, pdf="2020年第四季度完成情况.pdf"))
    assert [entry.period for entry in entries(old, "submission.received")] == ["2020Q4"]
    assert kinds(new) == []


@pytest.mark.parametrize(
    ("subject", "arrived_at", "period"),
    [
        ("第四季度完成情况", "2021-01-08T10:00", "2020Q4"),
        ("第四季度完成情况", "2021-12-20T10:00", None),
        ("第三季度完成情况", "2021-04-06T10:00", "2020Q3"),
    ],
)
def test_a_quarter_without_a_year_is_the_nearest_one(subject: str, arrived_at: str, period: str | None) -> None:
    post = Post()
    new, old = two_years(post)
    post.arrive(mail(JYJ, subject, PROGRESS), at(arrived_at))
    receive.poll(new, at(arrived_at))
    assert [entry.period for entry in entries(old, "submission.received")] == ([period] if period else [])
    assert [entry.period for entry in entries(new, "submission.received")] == ([] if period else ["2021Q4"])


@pytest.mark.parametrize("subject", ["一季度完成情况", "2021年第四季度完成情况（2020年第四季度另报）", "报送材料"])
def test_what_does_not_name_the_older_year_alone_is_this_years(subject: str) -> None:
    post = Post()
    new, old = two_years(post)
    before = len(kinds(old))
    poll_one(new, post, mail(JYJ, subject, PROGRESS))
    assert len(kinds(old)) == before
    assert kinds(new)[:2] == ["mail.kept", "mail.judged"]


def test_a_mail_settled_for_last_year_is_that_of_the_unit_as_it_was_called_then_and_gets_its_receipt() -> None:
    post = Post()
    new, old = two_years(post)
    poll_one(new, post, mail("x@x.example", "报送材料", PROGRESS))
    (waiting,) = new.book().triage()
    where, written = settle_in_its_year(
        new, waiting.sha256, MailKind.SUBMISSION, APRIL, by="王五", unit=NEW_NAME, period="2020Q4"
    )
    assert where is old
    told = [(one.kind, one.unit) for one in written]
    assert (Kind.SUBMISSION_RECEIVED, EDUCATION) in told
    assert told[-1] == (Kind.MAIL_JUDGED, None)
    assert [one.data["purpose"] for one in written if one.kind is Kind.LETTER_INTENDED] == ["receipt"]
    assert new.book().triage() == ()


def test_a_form_tells_its_year_and_is_opened_once() -> None:
    post = Post()
    new, old = two_years(post)
    token = next(one for one in entries(old, "letter.intended") if one.unit == EDUCATION).data["token"]
    room = Room({"完成情况.pdf": {"tokens": (token,), "kind": "form"}})
    for one in new.years:
        one.reading_room = room
    poll_one(new, post, mail(JYJ, "完成情况", "见附件", pdf="完成情况.pdf"))
    assert [entry.period for entry in entries(old, "submission.received")] == ["2020Q4"]
    assert kinds(new) == []
    assert room.asked == [["完成情况.pdf"]]


def test_an_attachment_that_breaks_the_room_is_parked_in_this_years_ledger() -> None:
    post = Post()
    new, old = two_years(post)
    before = len(kinds(old))
    for one in new.years:
        one.reading_room = Broken()
    post.arrive(mail(JYJ, "完成情况", "见附件", pdf="完成情况.pdf"), APRIL)
    poll_one(new, post, mail(JYJ, "2020年第四季度完成情况", PROGRESS, number="2"))
    assert kinds(new) == ["mail.kept", "mail.parked"]
    assert kinds(old)[before:][:3] == ["mail.kept", "mail.judged", "submission.received"]


def test_an_answer_to_this_years_letter_is_this_years_whatever_it_mentions() -> None:
    post = Post()
    new, old = two_years(post)
    remind.write(new, APRIL)
    before = len(kinds(old))
    poll_one(
        new, post, mail(JYJ, "Re: 报送", f"较2020年四季度有进展。{PROGRESS}", answering=last_letter(new, NEW_NAME))
    )
    assert [entry.period for entry in entries(new, "submission.received")] == ["2021Q1"]
    assert len(kinds(old)) == before


def test_a_bounce_of_last_years_letter_is_told_in_last_years_ledger() -> None:
    post = Post()
    new, old = two_years(post)
    note = entries(old, "letter.intended")[-1].data
    report = (
        b"From: postmaster@163.com\r\nSubject: Undelivered Mail Returned to Sender\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n--b\r\n\r\nfailed\r\n'
        b"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\nFinal-Recipient: rfc822; "
        + note["to"][0].encode()
        + b"\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: "
        + note["message_id"].encode()
        + b"\r\n\r\n--b--\r\n"
    )
    poll_one(new, post, report)
    assert [entry.data["permanent"] for entry in entries(old, "letter.bounced")] == [True]
    assert kinds(new) == []


def test_a_mail_that_the_older_ledger_knows_stays_there_when_it_comes_again() -> None:
    post = Post()
    new, old = two_years(post)
    raw = mail(JYJ, "市教育局2020年第四季度完成情况", PROGRESS)
    poll_one(new, post, raw)
    alone = replace(new, earlier=())
    receive.take_in(alone, [], APRIL)
    post.arrive(raw, APRIL)
    (again,) = receive.poll(new, APRIL)
    assert again.duplicate
    assert len(entries(old, "mail.kept")) == 1
    assert kinds(new) == []


def test_mails_of_two_years_come_back_in_the_order_in_which_they_came() -> None:
    post = Post()
    new, _ = two_years(post)
    subjects = ["报送材料", "2020年第四季度完成情况", "一季度情况", "2020年第三季度完成情况"]
    for number, subject in enumerate(subjects):
        post.arrive(mail(JYJ, subject, PROGRESS, number=str(number)), APRIL)
    assert [one.subject for one in receive.poll(new, APRIL)] == subjects


def test_a_mail_that_a_crash_left_unjudged_in_the_older_ledger_is_judged_there() -> None:
    new, old = two_years()
    raw = mail(JYJ, "2020年第四季度完成情况", PROGRESS)
    sha256, file = old.mails.keep(raw, APRIL)
    data = {"sha256": sha256, "message_id": "<1@x>", "from": JYJ, "subject": "x", "file": file, "fingerprint": "f"}
    old.ledger.append(
        [act(Kind.MAIL_KEPT, EDUCATION, "2021-04-06T09:00", **data, arrived_at="2021-04-06T09:00:00+08:00")]
    )
    assert [one.verdict.period for one in receive.judge_waiting(new, APRIL)] == ["2020Q4"]
    assert entries(old, "mail.judged")


def test_what_the_older_year_still_owes_is_still_urged_and_sent() -> None:
    post = Post()
    new, old = two_years(post)
    extended = act(
        Kind.OBLIGATION_EXTENDED, HEALTH, "2021-03-01T09:00", period="2020Q4", until="2021-04-08", reason="疫情"
    )
    old.ledger.append([extended])
    done = Bell(new, no_wait(APRIL)).tick(APRIL)
    sent = [(one.note.key.period, one.note.key.unit, one.note.key.purpose) for one in done.delivered]
    assert ("2020Q4", HEALTH, "urge") in sent
    assert ("2021Q1", HEALTH, "first") in sent


class Broken(Room):
    """A reading room that fails."""

    def read(self, attachments: Any) -> Any:
        raise RuntimeError


class Full(Log):
    """A ledger whose disk is full just when an answer is to be recorded."""

    full = True

    def append(self, drafts: Any, *, after: int | None = None) -> tuple[Entry, ...]:
        listed = list(drafts)
        if self.full and any(draft.kind is Kind.LETTER_SENT for draft in listed):
            raise LedgerError("磁盘空间已满")
        return super().append(listed, after=after)


def test_an_answer_that_the_disk_did_not_take_is_recorded_in_its_own_ledger_later() -> None:
    post = Post()
    full = Full()
    new, _ = two_years(post, full)
    full.append(
        [act(Kind.OBLIGATION_EXTENDED, HEALTH, "2021-03-01T09:00", period="2020Q4", until="2021-04-08", reason="疫情")]
    )
    bell = Bell(new, no_wait(APRIL))
    with pytest.raises(LedgerError):
        bell.tick(APRIL)
    full.full = False
    bell.tick(APRIL + timedelta(minutes=1))
    assert {entry.period for entry in entries(new, "letter.sent")} == {"2021Q1"}
    assert [(entry.period, entry.unit) for entry in entries(new.earlier[0], "letter.sent")] == [("2020Q4", HEALTH)]
    assert len(post.to("ybj@med.example")) == 2


def test_who_asks_to_stop_is_heeded_between_the_years() -> None:
    post = Post()
    new, old = two_years(post)
    old.ledger.append(
        [act(Kind.OBLIGATION_EXTENDED, HEALTH, "2021-03-01T09:00", period="2020Q4", until="2021-04-08", reason="疫情")]
    )
    Bell(new, lambda seconds: None).tick(APRIL)
    assert len(post.accepted) == 1


def test_both_years_share_the_mailboxs_quota() -> None:
    post = Post()
    new, old = two_years(post)
    old.ledger.append(
        [act(Kind.OBLIGATION_EXTENDED, HEALTH, "2021-03-01T09:00", period="2020Q4", until="2021-04-08", reason="疫情")]
    )
    pace = replace(new.office.pace, per_day=3, receipts_share=0)
    made = replace(new, office=replace(new.office, pace=pace)).with_years_before(
        [(replace(old.office, pace=pace), old.ledger)]
    )
    done = Bell(made, no_wait(APRIL)).tick(APRIL)
    assert len(done.delivered) == 3


def test_a_quarter_is_held_against_the_same_quarter_of_the_year_before() -> None:
    new, old = two_years()
    q4 = new.period("2021Q4")
    old.ledger.append([act(Kind.SUBMISSION_RECEIVED, EDUCATION, "2021-01-04T09:00", period="2020Q4", late=True)])
    found = year_before(new, q4, APRIL)
    assert found
    assert found.words() == "未报 2、已收待核 1，其中迟报 1"
    assert found.doc()["counts"]["missing"] == 2


def test_a_renamed_unit_is_held_against_what_it_was_called_then() -> None:
    new, old = two_years()
    old.ledger.append([act(Kind.SUBMISSION_RECEIVED, EDUCATION, "2020-12-20T09:00", period="2020Q4")])
    found = year_before(new, new.period("2021Q4"), APRIL, NEW_NAME)
    assert found
    assert (found.period, found.words()) == ("2020Q4", "已收待核 1")
    assert year_before(new, new.period("2021Q1"), APRIL) is None
    assert year_before(new, new.period("2021Q4"), APRIL, "市没有的局") is None


def test_without_a_year_before_there_is_nothing_to_hold_against() -> None:
    alone = desk()
    assert year_before(alone, alone.period("2020Q4"), APRIL) is None
    assert FINANCE in alone.duties

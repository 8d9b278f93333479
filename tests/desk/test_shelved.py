"""A mail that a ledger which no year in use reads knows already is told as a second copy, and counted nowhere again."""

from dataclasses import replace

from doubles import PROGRESS, Memory, Post, desk, entries, kinds, mail
from world import EDUCATION, Log, at

from cuibao.desk import receive
from cuibao.desk.context import Desk
from cuibao.desk.shelved import Shelved
from cuibao.rules.verdict import MailKind, Verdict

JYJ = "jyj@edu.example"
MORNING = at("2020-06-20T10:00")


def office_whose_ledger_is_out_of_use(post: Post) -> tuple[Desk, Desk]:
    """The desk over the store's new ledger, which reads the mailbox anew, and the one that has read it before."""
    before = desk(post)
    receive.poll(before, MORNING.replace(day=19))
    return replace(before, ledger=Log(), cursors=Memory(), shelved=Shelved((before.ledger,))), before


def test_a_report_that_was_counted_there_is_not_counted_here() -> None:
    post = Post()
    now, before = office_whose_ledger_is_out_of_use(post)
    post.arrive(mail(JYJ, "市教育局第二季度完成情况", PROGRESS, pdf="第二季度完成情况.pdf"), MORNING)
    receive.poll(before, MORNING)
    assert [entry.unit for entry in entries(before, "submission.received")] == [EDUCATION]
    (told,) = receive.poll(now, MORNING)
    assert (told.duplicate, told.verdict.kind, told.verdict.unit) == (True, MailKind.SUBMISSION, EDUCATION)
    assert kinds(now) == []


def test_nor_is_its_second_delivery_under_other_bytes() -> None:
    post = Post()
    now, before = office_whose_ledger_is_out_of_use(post)
    raw = mail(JYJ, "市教育局第二季度完成情况", PROGRESS, pdf="第二季度完成情况.pdf")
    post.arrive(raw, MORNING)
    receive.poll(before, MORNING)
    post.arrive(b"Received: from mx2 by mx1; Sat, 20 Jun 2020 10:00:00 +0800\r\n" + raw, MORNING)
    told = receive.poll(now, MORNING)
    assert [one.duplicate for one in told] == [True, True]
    assert kinds(now) == []


def test_what_is_new_is_counted_in_its_place_between_the_others() -> None:
    post = Post()
    now, before = office_whose_ledger_is_out_of_use(post)
    post.arrive(mail(JYJ, "通知", "收到，谢谢。", number="2"), MORNING)
    receive.poll(before, MORNING)
    post.arrive(mail(JYJ, "市教育局第二季度完成情况", PROGRESS, pdf="第二季度完成情况.pdf", number="3"), MORNING)
    told = receive.poll(now, MORNING)
    assert [one.duplicate for one in told] == [True, False]
    assert [entry.unit for entry in entries(now, "submission.received")] == [EDUCATION]
    receive.poll(before, MORNING)  # and the other way round, when that ledger is in use again
    again = replace(now, cursors=Memory())
    assert [one.duplicate for one in receive.poll(again, MORNING)] == [True, True]
    assert len(entries(now, "submission.received")) == 1


def test_one_that_was_kept_there_and_not_judged_yet_waits_there() -> None:
    post = Post()
    now, before = office_whose_ledger_is_out_of_use(post)
    post.arrive(mail(JYJ, "第二季度完成情况", PROGRESS), MORNING)
    receive.poll(before, MORNING)
    kept = [entry for entry in before.ledger.entries() if entry.kind == "mail.kept"]
    elsewhere = Log()
    elsewhere.lines += kept
    (told,) = receive.poll(replace(now, shelved=Shelved((elsewhere,))), MORNING)
    assert (told.duplicate, told.verdict.reasons) == (True, ("此信已登记在另一年的台账中",))
    assert isinstance(told.verdict, Verdict)

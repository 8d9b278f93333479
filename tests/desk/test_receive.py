"""Taking mails in: bytes first, each judged once, nothing lost and nothing counted twice, no mail stopping the next."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from doubles import PROGRESS, Killed, Memory, Post, desk, entries, kinds, mail, parsed, restarted
from returned import OpenRoom, form_of, letter_to
from world import EDUCATION, HEALTH, act, at, office, with_unit

from cuibao.desk import digest, receive, remind
from cuibao.desk.context import Desk
from cuibao.desk.view import view_of
from cuibao.papers import judge
from cuibao.papers import mail as papers_mail
from cuibao.rules.entries import Draft, Entry, Kind
from cuibao.rules.office import Reporting
from cuibao.rules.outcomes import LedgerError, MailServerError
from cuibao.rules.registry import Contact
from cuibao.rules.verdict import Judged, MailKind

ARRIVED = at("2020-06-16T10:00")
NOW = at("2020-06-16T10:03")
JYJ = "jyj@edu.example"


def told(post: Post | None = None) -> tuple[Desk, Post]:
    """A desk that has written to every unit and has polled its mailbox before."""
    post = post or Post()
    book = desk(post)
    remind.write(book, at("2020-06-15T09:00"))
    receive.poll(book, at("2020-06-15T09:01"))
    return book, post


def report(book: Desk, number: str = "1", text: str = PROGRESS, sender: str = JYJ) -> bytes:
    return mail(sender, "Re: 报送", text, answering=letter_to(book), number=number)


def poll_one(book: Desk, post: Post, raw: bytes) -> Judged:
    post.arrive(raw, ARRIVED)
    (found,) = receive.poll(book, NOW)
    return found


def receipts(book: Desk) -> list[str]:
    return [entry.unit or "" for entry in entries(book, "letter.intended") if entry.data["purpose"] == "receipt"]


def test_a_report_in_the_thread_is_kept_judged_recorded_and_receipted_in_this_order() -> None:
    book, post = told()
    poll_one(book, post, report(book))
    assert kinds(book)[3:] == ["mail.kept", "mail.judged", "submission.received", "letter.intended"]
    assert book.mails.read(entries(book, "mail.kept")[0].data["file"]) == post.inbox[0].raw


def test_a_report_covers_the_items_it_names() -> None:
    book, post = told()
    poll_one(book, post, report(book, text="第7项已完成幼儿园建设9所，新增学位2430个。"))
    assert entries(book, "submission.received")[0].items == (7,)


def test_a_readable_attachment_is_a_report_of_all_items() -> None:
    book, post = told()
    raw = mail(JYJ, "Re: 报送", "请查收。", answering=letter_to(book), pdf="第二季度完成情况.pdf")
    assert poll_one(book, post, raw).verdict.kind is MailKind.SUBMISSION
    assert entries(book, "submission.received")[0].items == ()


@pytest.mark.parametrize(
    ("text", "kind"),
    [("收到，谢谢", "acknowledgement"), ("能否延期？", "question"), ("见附件", "unclear")],
)
def test_what_reports_nothing_counts_for_nothing(text: str, kind: str) -> None:
    book, post = told()
    assert poll_one(book, post, report(book, text=text)).verdict.kind == kind
    assert kinds(book)[3:] == ["mail.kept", "mail.judged"]


def test_a_question_waits_in_triage() -> None:
    book, post = told()
    found = poll_one(book, post, report(book, text="能否延期？"))
    assert [mail.sha256 for mail in book.book().triage()] == [found.sha256]


def test_the_time_of_arrival_is_the_mailboxs_not_the_polls() -> None:
    book, post = told()
    post.arrive(report(book), at("2020-06-30T23:59:59"))
    (found,) = receive.poll(book, at("2020-07-01T08:00"))
    assert (found.late, entries(book, "submission.received")[0].data["late"]) == (False, False)


def test_a_report_after_the_deadline_is_late() -> None:
    book, post = told()
    post.arrive(report(book), at("2020-07-01T00:00"))
    assert receive.poll(book, at("2020-07-01T08:00"))[0].late is True


def test_an_extension_makes_it_on_time() -> None:
    book, post = told()
    book.ledger.append([act(Kind.OBLIGATION_EXTENDED, EDUCATION, "2020-06-20T10:00", until="2020-07-10")])
    post.arrive(report(book), at("2020-07-10T23:00"))
    assert receive.poll(book, at("2020-07-11T08:00"))[0].late is False


# ---- the same mail twice


def test_a_lost_cursor_costs_a_second_reading_and_nothing_else() -> None:
    book, post = told()
    poll_one(book, post, report(book))
    before = kinds(book)
    book.cursors = Memory()
    (found,) = receive.poll(book, NOW)
    assert found.duplicate
    assert kinds(book) == before


def test_a_second_delivery_under_other_bytes_is_kept_but_not_counted() -> None:
    book, post = told()
    raw = report(book)
    poll_one(book, post, raw)
    found = poll_one(book, post, b"X-Relay: two\r\n" + raw)
    assert found.duplicate
    assert len(entries(book, "mail.kept")) == 2
    assert len(entries(book, "submission.received")) == 1


def test_the_same_bytes_twice_in_one_batch_are_one_mail() -> None:
    book, post = told()
    raw = report(book)
    post.arrive(raw, ARRIVED)
    post.arrive(raw, ARRIVED)
    assert [found.duplicate for found in receive.poll(book, NOW)] == [False, True]
    assert len(entries(book, "mail.kept")) == 1


# ---- receipts


def test_a_lived_in_mailbox_is_read_without_receipts_the_first_time() -> None:
    post = Post()
    book = desk(post)
    remind.write(book, at("2020-06-15T09:00"))
    poll_one(book, post, report(book))
    assert "submission.received" in kinds(book)
    assert receipts(book) == []


def test_a_first_poll_that_was_cut_short_brings_no_receipts_for_what_lay_there_either() -> None:
    post = Post()
    book = desk(post)
    for number in (1, 2):
        post.arrive(mail("jyj@edu.example", "二季度情况", PROGRESS, number=str(number)), ARRIVED)
    whole, post.inbox = post.inbox, post.inbox[:1]
    receive.poll(book, NOW)
    post.inbox = whole
    receive.poll(book, NOW + timedelta(minutes=3))
    assert len(entries(book, "submission.received")) == 2
    assert receipts(book) == []


def test_no_receipt_goes_for_a_mail_older_than_three_days() -> None:
    book, post = told()
    post.arrive(report(book), ARRIVED)
    receive.poll(book, ARRIVED + timedelta(days=3, seconds=1))
    assert receipts(book) == []


def test_a_unit_gets_three_receipts_a_day_at_most() -> None:
    book, post = told()
    for number in range(5):
        poll_one(book, post, report(book, str(number), f"第7项已完成幼儿园建设{number + 2}所，新增学位{number}30个。"))
    assert receipts(book) == [EDUCATION] * 3
    assert len(entries(book, "submission.received")) == 5


def test_the_receipt_goes_to_the_registered_contact_not_to_the_sender() -> None:
    book, post = told()
    found = poll_one(book, post, report(book, sender="private@qq.example"))
    assert found.verdict.unknown_sender
    assert entries(book, "letter.intended")[-1].data["to"] == [JYJ]


def test_a_unit_without_a_contact_gets_no_receipt_and_its_report_counts() -> None:
    book, post = told()
    raw = report(book)
    book.office = with_unit(office(), EDUCATION, contacts=())
    poll_one(book, post, raw)
    assert (receipts(book), len(entries(book, "submission.received"))) == ([], 1)


def test_a_receipt_template_that_fails_does_not_cost_the_report() -> None:
    book, post = told()
    book.templates = {**book.templates, "mail/receipt.txt": "{{ nobody.knows }}"}
    poll_one(book, post, report(book))
    assert kinds(book)[-2:] == ["submission.received", "note.added"]
    assert "回执未能拟稿：templates/mail/receipt.txt" in entries(book, "note.added")[0].data["reason"]


# ---- bounces


BOUNCE = (
    "From: Postmaster@163.com\r\nTo: bangongshi@163.example\r\nSubject: 系统退信\r\nReturn-Path: <>\r\n"
    "Message-ID: <bounce@163.com>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    "您的邮件未能送达 {recipient}，用户不存在。\r\nX-CM-Original-Message-ID: {letter}\r\n"
)


def test_a_bounce_of_our_letter_calls_the_next_contact() -> None:
    book, post = told()
    note = next(entry for entry in entries(book, "letter.intended") if entry.unit == HEALTH)
    raw = BOUNCE.format(recipient="ybj@med.example", letter=note.data["message_id"]).encode()
    assert poll_one(book, post, raw).verdict.kind is MailKind.BOUNCE
    remind.write(book, NOW)
    assert entries(book, "letter.intended")[-1].data["to"] == ["bf@med.example"]


def test_a_bounce_of_two_addresses_calls_the_contact_after_both() -> None:
    contacts = (
        Contact("甲", "a@med.example"),
        Contact("乙", "b@med.example"),
        Contact("丙", "c@med.example", fallback=True),
    )
    post = Post()
    book = desk(post, registry=with_unit(office(), HEALTH, contacts=contacts).registry)
    remind.write(book, at("2020-06-15T09:00"))
    receive.poll(book, at("2020-06-15T09:01"))
    note = next(entry for entry in entries(book, "letter.intended") if entry.unit == HEALTH)
    lines = "".join(f"\r\nFinal-Recipient: rfc822;{one}@med.example\r\nAction: failed\r\n" for one in "ab")
    raw = (
        "From: postmaster@163.com\r\nSubject: x\r\nMessage-ID: <r@163.com>\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        f"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns;163.com\r\n{lines}\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {note.data['message_id']}\r\n\r\n--b--\r\n"
    )
    poll_one(book, post, raw.encode())
    assert [entry.data["recipient"] for entry in entries(book, "letter.bounced")] == ["a@med.example", "b@med.example"]
    remind.write(book, NOW)
    assert entries(book, "letter.intended")[-1].data["to"] == ["c@med.example"]


def test_a_strangers_bounce_changes_nothing() -> None:
    book, post = told()
    poll_one(book, post, BOUNCE.format(recipient="x@y.example", letter="<other@163.com>").encode())
    assert kinds(book)[3:] == ["mail.kept", "mail.judged"]


@pytest.mark.parametrize(("sent", "effect"), [(True, ["letter.bounced"]), (False, [])])
def test_a_bounce_that_names_an_address_only_is_the_last_letters_that_was_sent_there(
    sent: bool, effect: list[str]
) -> None:
    book, post = told()
    for entry in entries(book, "letter.intended") if sent else ():
        done = Draft(Kind.LETTER_SENT, at("2020-06-15T09:02"), entry.period, entry.unit, entry.items, data=entry.data)
        book.ledger.append([done])
    raw = BOUNCE.format(recipient="ybj@med.example", letter="").encode()
    poll_one(book, post, raw)
    assert [kind for kind in kinds(book) if kind == "letter.bounced"] == effect
    last = view_of(book, NOW).by_recipient
    assert (len(last), set(last)) == (
        (3, {"jyj@edu.example", "ybj@med.example", "czj@fin.example"}) if sent else (0, set())
    )


# ---- what goes wrong


def test_a_mail_that_cannot_be_read_is_parked_and_the_next_one_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    book, post = told()
    tries = []

    def read(raw: bytes) -> papers_mail.Mail:
        if b"BAD" in raw:
            tries.append(raw)
            raise ValueError("hostile")
        return sound(raw)

    sound = papers_mail.read
    good = report(book)
    monkeypatch.setattr(papers_mail, "read", read)
    post.arrive(b"Subject: BAD\r\n\r\nx", ARRIVED)
    post.arrive(good, ARRIVED)
    receive.poll(book, NOW)
    assert len(tries) == 3
    assert kinds(book)[3:7] == ["mail.kept", "mail.kept", "mail.parked", "mail.judged"]
    assert "hostile" in entries(book, "mail.parked")[0].data["traceback"]


def test_a_mail_that_cannot_be_judged_is_parked_for_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    book, post = told()

    def fail(*_: object) -> None:
        raise RuntimeError("a case nobody thought of")

    monkeypatch.setattr(judge, "judge", fail)
    found = poll_one(book, post, report(book))
    assert found.verdict.reasons == ("此信未能读取，原件已保存，请经办人查看",)
    assert len(book.book().triage()) == 1


def test_a_parked_mail_is_told_as_a_duplicate_when_it_is_seen_again(monkeypatch: pytest.MonkeyPatch) -> None:
    book, post = told()
    monkeypatch.setattr(judge, "judge", lambda *_: 1 / 0)
    poll_one(book, post, report(book))
    book.cursors = Memory()
    assert receive.poll(book, NOW)[0].duplicate
    assert len(entries(book, "mail.parked")) == 1


@pytest.mark.parametrize("raw", [b"", b"\r\n", b"\xff\xfe\x00", b"Subject: =?x?Q?\r\n\r\n"])
def test_every_mail_gets_a_line_however_broken(raw: bytes) -> None:
    book, post = told()
    poll_one(book, post, raw)
    assert len(entries(book, "mail.judged")) == 1


def test_a_mail_kept_before_a_death_is_judged_by_the_next_process(monkeypatch: pytest.MonkeyPatch) -> None:
    book, post = told()
    sound = judge.judge

    def die(*_: object) -> None:
        raise Killed

    monkeypatch.setattr(judge, "judge", die)
    with pytest.raises(Killed):
        poll_one(book, post, report(book))
    monkeypatch.setattr(judge, "judge", sound)
    again = restarted(book)
    assert [found.verdict.kind for found in receive.judge_waiting(again, NOW)] == ["submission"]
    assert [found.duplicate for found in receive.poll(again, NOW)] == [True]
    assert len(entries(again, "submission.received")) == 1


def test_a_kept_mail_whose_file_is_gone_is_parked_and_the_others_are_judged() -> None:
    book, _ = told()
    for name in ("gone", "there"):
        raw = mail(JYJ, name, PROGRESS, answering=letter_to(book), number=name)
        sha256, file = book.mails.keep(raw, ARRIVED)
        data = {"sha256": sha256, "message_id": f"<{name}>", "from": JYJ, "subject": name, "file": file}
        data |= {"fingerprint": "", "arrived_at": ARRIVED.isoformat()}
        book.ledger.append([Draft(Kind.MAIL_KEPT, NOW, data=data)])
        if name == "gone":
            del book.mails.files[file]  # type: ignore[attr-defined]
    receive.judge_waiting(book, NOW)
    assert kinds(book)[5:7] == ["mail.parked", "mail.judged"]


def test_what_came_before_the_server_failed_stands_and_the_rest_comes_next_time() -> None:
    book, post = told()
    post.arrive(report(book), ARRIVED)

    def broken(*args: object) -> object:
        yield from whole(*args)  # type: ignore[arg-type]
        raise MailServerError("connection reset")

    whole = post.batches
    post.batches = broken  # type: ignore[method-assign,assignment]
    with pytest.raises(MailServerError):
        receive.poll(book, NOW)
    assert len(entries(book, "submission.received")) == 1
    assert book.cursors.load()["INBOX"].uid == 1


def test_the_cursor_stays_where_it_was_when_the_disk_is_full() -> None:
    book, post = told()
    post.arrive(report(book), ARRIVED)

    def full(*_: object) -> None:
        raise LedgerError("磁盘已满")

    book.mails.keep = full  # type: ignore[method-assign,assignment]
    with pytest.raises(LedgerError):
        receive.poll(book, NOW)
    assert book.cursors.load()["INBOX"].uid == 0


def test_the_source_names_folder_and_uid() -> None:
    book, post = told()
    assert poll_one(book, post, report(book)).source == "INBOX/1/1"


def told_with_forms(**changes: Any) -> tuple[Desk, Post]:
    book, post = told()
    return replace(book, office=office(**changes), reading_room=OpenRoom()), post


def test_a_forms_figures_and_words_are_in_the_ledger_and_in_the_book() -> None:
    book, post = told_with_forms()
    poll_one(book, post, form_of(book, 新建=9))
    (entry,) = entries(book, "submission.received")
    assert entry.data["figures"] == [{"item": 7, "indicator": "新建", "value": "9", "measure": "所"}]
    assert entry.data["words"][1] == {"item": 11, "progress": "按计划推进", "problems": "", "next_steps": ""}
    assert book.last_figures(EDUCATION, "2020Q3")[7, "新建"].value == 9


def test_a_correction_is_held_against_what_an_earlier_mail_of_the_poll_said_but_not_against_what_was_sent_back() -> (
    None
):
    def said(book: Desk) -> list[list[str]]:
        return [entry.data.get("problems", []) for entry in entries(book, "submission.received")]

    book, post = told_with_forms()
    for value in (20, 1):
        post.arrive(form_of(book, 新建=value), ARRIVED)
    receive.poll(book, NOW)
    assert "不足此前登记的20所的十分之一" in said(book)[1][0]

    book, post = told_with_forms()
    poll_one(book, post, form_of(book, 新建=20))
    book.ledger.append([Draft(Kind.SUBMISSION_SENT_BACK, NOW, "2020Q2", EDUCATION, (7,), data={"reason": "有误"})])
    poll_one(book, post, form_of(book, 新建=1))
    assert said(book) == [[], []]


@pytest.mark.parametrize("value", [None, "约9"])
def test_the_receipt_of_a_correction_says_what_stands_where_its_form_says_nothing_that_can_be_taken(
    value: object,
) -> None:
    book, post = told_with_forms()
    poll_one(book, post, form_of(book, 新建=9))
    poll_one(book, post, form_of(book, 新建=value))
    letters = (entry for entry in entries(book, "letter.intended") if entry.data["purpose"] == "receipt")
    first, second = (plain_text(book, one) for one in letters)
    assert "仍按此前登记的" not in first
    assert "新建：仍按此前登记的9所计" in second
    assert "未填写本年累计完成数" not in second


def plain_text(book: Desk, letter: Entry) -> str:
    body = parsed(book.letters.read(letter.data["file"])).get_body(("plain",))
    assert body
    return str(body.get_content())


def test_what_is_wrong_with_a_form_is_in_the_ledger() -> None:
    book, post = told_with_forms()
    poll_one(book, post, form_of(book, 新建="约9"))
    (entry,) = entries(book, "submission.received")
    assert entry.data["figures"] == []
    assert "“约9”不是确数" in entry.data["problems"][0]


@pytest.mark.parametrize(
    ("accept", "value", "accepted"), [(True, 9, 1), (False, 9, 0), (True, "约9", 0), (True, None, 0)]
)
def test_a_complete_form_is_accepted_at_once_where_the_office_says_so(
    accept: bool, value: object, accepted: int
) -> None:
    book, post = told_with_forms(reporting=Reporting(accept_complete_forms=accept))
    poll_one(book, post, form_of(book, 新建=value))
    assert len(entries(book, "submission.accepted")) == accepted
    assert len(entries(book, "submission.received")) == 1


def test_a_complete_form_from_a_stranger_is_not_accepted_at_once() -> None:
    book, post = told_with_forms(reporting=Reporting(accept_complete_forms=True))
    poll_one(book, post, form_of(book, 新建=9).replace(JYJ.encode(), b"somebody@163.example"))
    assert len(entries(book, "submission.received")) == 1
    assert entries(book, "submission.accepted") == []


def test_a_correction_is_what_counts_and_both_stay() -> None:
    book, post = told_with_forms()
    poll_one(book, post, form_of(book, 新建=9))
    poll_one(book, post, form_of(book, 新建=10).replace(b"<f@", b"<g@"))
    told_ = book.book().reported.figure(EDUCATION, "2020Q2", 7, "新建")
    assert told_ is not None
    assert (told_.what.value, [old.value for old, _ in told_.replaced]) == (10, [9])


def test_what_is_wrong_with_a_form_is_told_to_the_office_in_the_morning() -> None:
    book, post = told_with_forms(digest_to=("ban@wuhu.example",))
    poll_one(book, post, form_of(book, 新建="约9"))
    morning = at("2020-06-17T09:00")
    assert digest.write(book, morning)
    words = plain_text(book, entries(book, "letter.intended")[-1])
    assert "（1处须核对：第7项“新建”填写的“约9”不是确数" in words

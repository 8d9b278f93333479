"""Bounces and automatic replies, by form alone."""

from pathlib import Path

import pytest

from cuibao.papers import bounce, mail
from cuibao.papers.mail import Mail

MAILS = Path(__file__).parents[1] / "data" / "mails"
LETTER = "<cuibao.7k2m9qxd4t.0123456789abcdef@163.com>"


def sample(number: int) -> Mail:
    return mail.read(next(MAILS.glob(f"{number:04}-*.eml")).read_bytes())


def test_a_coremail_report_names_our_letter_and_the_address():
    note = bounce.read(sample(24))
    assert note is not None
    assert (note.recipient, note.permanent, note.letter) == ("jyj@wuhu.example", True, LETTER)


def test_a_delay_is_not_for_good():
    note = bounce.read(sample(25))
    assert note is not None
    assert not note.permanent


def test_a_qq_text_bounce_gives_the_address():
    note = bounce.read(sample(26))
    assert note is not None
    assert note.recipient == "jyj@wuhu.example"


def report(fields: str, **more: str) -> Mail:
    return Mail(sender="postmaster@163.com", status_text=fields, **more)


@pytest.mark.parametrize(
    ("fields", "permanent"),
    [
        ("Final-Recipient: rfc822;a@b.cna@b.cn\nAction: failed\nStatus: 4.4.7", True),
        ("Final-Recipient: rfc822;a@b.cn\nStatus: 5.1.1", True),
        ("Original-Recipient: rfc822;a@b.cn\nStatus: 4.2.2", False),
    ],
)
def test_reports_say_whether_for_good(fields, permanent):
    note = bounce.read(report(fields))
    assert note is not None
    assert (note.recipient, note.permanent) == ("a@b.cn", permanent)


OK = "Final-Recipient: rfc822;ok@b.cn\nAction: relayed\nStatus: 2.0.0"
WAITS = "Final-Recipient: rfc822;late@b.cn\nAction: delayed\nStatus: 4.4.1"
FAILED = "Final-Recipient: rfc822;gone@b.cn\nAction: failed\nStatus: 5.1.1"


@pytest.mark.parametrize(
    ("blocks", "recipient", "permanent"),
    [
        ((OK, FAILED), "gone@b.cn", True),
        ((WAITS, FAILED), "gone@b.cn", True),
        ((OK, WAITS), "late@b.cn", False),
        (("Reporting-MTA: dns; mx", FAILED), "gone@b.cn", True),
        (("Final-Recipient: rfc822;gone@b.cn", "Action: failed"), "gone@b.cn", True),
    ],
)
def test_of_several_recipients_the_one_that_failed_is_told(blocks, recipient, permanent):
    note = bounce.read(report("\n\n".join(blocks)))
    assert note is not None
    assert (note.recipient, note.permanent) == (recipient, permanent)


AWAY = "Final-Recipient: rfc822;away@b.cn\nAction: failed\nStatus: 5.2.2"


@pytest.mark.parametrize(
    ("blocks", "also"),
    [((FAILED, OK, AWAY), ("away@b.cn",)), ((FAILED, WAITS), ()), ((FAILED, FAILED), ()), ((WAITS, WAITS), ())],
)
def test_a_report_names_every_address_that_failed_for_good(blocks, also):
    note = bounce.read(report("\n\n".join(blocks)))
    assert note is not None
    assert note.also == also


def test_a_units_report_with_an_empty_envelope_sender_is_no_bounce():
    unit = Mail(sender="jyj@wuhu.example", subject="完成情况", text="原附件不存在问题", headers={"return-path": "<>"})
    assert bounce.read(unit) is None
    assert bounce.read(Mail(sender="x@b.cn", subject="系统退信", text="x", headers={"return-path": "<>"})) is not None


@pytest.mark.parametrize("fields", ["Action: delivered\nStatus: 2.0.0", "nothing", "Action: relayed"])
def test_good_news_is_no_bounce(fields):
    assert bounce.read(report(fields)) is None


def test_a_report_without_an_address_falls_back_to_its_words():
    note = bounce.read(report("Action: failed", text="无法投递 x@y.cn"))
    assert note is not None
    assert note.recipient == "x@y.cn"


def test_a_temporary_text_bounce_is_not_for_good():
    note = bounce.read(Mail(sender="MAILER-DAEMON@x.cn", subject="Delayed Mail", text="will be retried"))
    assert note is not None
    assert (note.recipient, note.permanent, note.letter) == (None, False, None)


def test_winmail_marks_its_bounces():
    assert bounce.read(Mail(sender="x@y.cn", headers={"x-wm-report": "bounce"})) is not None


def test_a_person_who_forwards_a_bounce_has_not_bounced():
    assert bounce.read(Mail(sender="jyj@wuhu.example", subject="转发：系统退信")) is None
    assert bounce.read(Mail(sender="postmaster@wuhu.example", subject="报送", text="第7项已完成")) is None
    assert bounce.read(Mail(sender="postmaster@wuhu.example", subject="自动回复: 退信")) is None
    assert bounce.read(Mail(sender="jyj@wuhu.example", subject="答复: 来自qq.com的退信", text="已更换邮箱")) is None


def test_the_letter_is_found_in_what_was_returned():
    assert bounce.letter_id(Mail(enclosed=(Mail(message_id="<A@b>"),))) == "<a@b>"
    assert bounce.letter_id(Mail(enclosed=(Mail(),), text=f"Message-ID: {LETTER}")) == LETTER
    assert bounce.letter_id(Mail(in_reply_to="<X@y>")) == "<x@y>"


def test_the_address_that_bounced_is_neither_the_daemons_nor_the_mailboxs():
    text = "退信\npostmaster@qq.com 告知 whsmsb@163.com：gone@wuhu.example 不存在"
    found = bounce.read(Mail(sender="postmaster@qq.com", to=("whsmsb@163.com",), subject="退信", text=text))
    assert found is not None
    assert found.recipient == "gone@wuhu.example"


@pytest.mark.parametrize(
    ("fields", "recipient"),
    [
        ("Original-Recipient: rfc822;a@b.cn\nFinal-Recipient: rfc822;moved@c.cn\nAction: failed", "a@b.cn"),
        ("Original-Recipient: x400;/G=A/\nFinal-Recipient: rfc822;a@b.cn\nAction: failed", "a@b.cn"),
        ("Final-Recipient: rfc822;dav...@b.cn\nAction: failed", None),
    ],
)
def test_the_recipient_is_whom_we_wrote_to(fields, recipient):
    note = bounce.read(report(fields))
    assert note is not None
    assert note.recipient == recipient


NOTICE = """抱歉，您的邮件被退回来了……
        原邮件信息：
             时  间 2020-06-15 09:00:12
             主  题 关于报送情况的提醒
             收件人 gone@wuhu.example
        退信原因：
             您的邮件被 mx.wuhu.example（联系 admin@wuhu.example）拒绝
             英文说明:User unknown
"""


def test_the_address_that_a_notice_calls_the_recipient_is_it():
    text = "如有疑问请联系 help@wuhu.example\n" + NOTICE
    note = bounce.read(Mail(sender="postmaster@wuhu.example", subject="系统退信/Systems bounce", text=text))
    assert note is not None
    assert (note.recipient, note.permanent, note.letter) == ("gone@wuhu.example", True, None)


@pytest.mark.parametrize(
    "found",
    [
        Mail(subject="系统退信", text=NOTICE),
        Mail(sender="admin@x.cn", subject="系统退信", text=NOTICE, headers={"return-path": "<MAILER-DAEMON>"}),
        Mail(
            sender="gw@x.example",
            subject="Mail could not be delivered",
            text="It could not be delivered",
            enclosed=(Mail(),),
        ),
    ],
)
def test_a_machine_is_known_by_what_it_leaves_out(found):
    assert bounce.read(found) is not None


@pytest.mark.parametrize(
    "found",
    [
        Mail(sender="jyj@wuhu.example", subject="您发的邮件被退信", text="无法投递，请重发", enclosed=(Mail(),)),
        Mail(sender="gw@x.example", subject="Mail could not be delivered", text="see below", enclosed=(Mail(),)),
        Mail(sender="gw@x.example", subject="Mail could not be delivered", text="It could not be delivered"),
    ],
)
def test_a_person_who_writes_of_a_bounce_has_not_bounced(found):
    assert bounce.read(found) is None


QMAIL = b"""Return-Path: <>
From: MAILER-DAEMON@mail.x.example
Subject: failure notice

Hi. This is the qmail-send program at mail.x.example.
I'm afraid I wasn't able to deliver your message to the following addresses.

<Gone@X.example>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.
"""


def test_what_old_servers_write_is_read():
    note = bounce.read(mail.read(QMAIL))
    assert note is not None
    assert (note.recipient, note.permanent) == ("gone@x.example", True)


def test_what_old_servers_write_of_several_addresses_names_each():
    two = QMAIL.replace(b"<Gone@X.example>:", b"<away@x.example>:\nno such user\n\n<Gone@X.example>:", 1)
    note = bounce.read(mail.read(two))
    assert note is not None
    assert {note.recipient, *note.also} == {"away@x.example", "gone@x.example"}


def test_a_warning_in_a_known_form_is_not_for_good():
    text = "Delivery to the following recipient has been delayed:\n\n     late@x.example\n\nMessage will be retried\n"
    raw = f"From: MAILER-DAEMON@x.example\nSubject: Delivery Status Notification (Delay)\n\n{text}"
    note = bounce.read(mail.read(raw.encode()))
    assert note is not None
    assert (note.recipient, note.permanent) == ("late@x.example", False)


def test_the_header_for_failed_recipients_comes_first():
    found = mail.read(QMAIL.replace(b"Subject", b"X-Failed-Recipients: other@x.example\nSubject", 1))
    note = bounce.read(found)
    assert note is not None
    assert note.recipient == "other@x.example"


@pytest.mark.parametrize("long", ["a" * 2000, ("b" * 80 + "\n") * 2000])
def test_what_would_take_the_detectors_long_is_not_given_to_them(long):
    found = mail.read(QMAIL + long.encode())
    assert found.returned == ()
    assert bounce.read(found) is not None


def test_a_detector_that_raises_costs_nothing(monkeypatch):
    def fail(message):
        raise KeyError(message)

    monkeypatch.setattr("flufl.bounce.all_failures", fail)
    note = bounce.read(mail.read(QMAIL))
    assert note is not None
    assert note.recipient == "gone@x.example"


def test_only_what_looks_like_a_bounce_is_given_to_the_detectors():
    assert (
        mail.read(QMAIL.replace(b"MAILER-DAEMON", b"jyj").replace(b"failure notice", b"Re: failure notice")).returned
        == ()
    )
    french = b"RE: Votre message : non remis (delivery failed)"
    assert mail.read(QMAIL.replace(b"MAILER-DAEMON", b"jyj").replace(b"failure notice", french)).returned


def test_coremail_names_whom_it_could_not_reach_beside_our_id():
    headers = {"x-cm-original-message-id": LETTER, "delivered-to": "gone@x.examplegone@x.example"}
    note = bounce.read(Mail(sender="postmaster@163.com", subject="系统退信", text="无法投递", headers=headers))
    assert note is not None
    assert (note.recipient, note.letter) == ("gone@x.example", LETTER)

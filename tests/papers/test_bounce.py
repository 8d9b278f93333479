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


def test_the_letter_is_found_in_what_was_returned():
    assert bounce.letter_id(Mail(enclosed=(Mail(message_id="<A@b>"),))) == "<a@b>"
    assert bounce.letter_id(Mail(enclosed=(Mail(),), text=f"Message-ID: {LETTER}")) == LETTER
    assert bounce.letter_id(Mail(in_reply_to="<X@y>")) == "<x@y>"


@pytest.mark.parametrize(
    "found",
    [
        Mail(headers={"auto-submitted": "auto-replied"}),
        Mail(headers={"x-autoreply": "yes"}),
        Mail(headers={"precedence": "auto_reply"}),
        Mail(headers={"content-type": "multipart/report; report-type=disposition-notification"}),
        Mail(headers={"return-path": "<1234+auto_=ab@qq.com>"}),
        Mail(subject="自动回复:x"),
        Mail(subject="自动答复: x"),
        Mail(subject="Automatic reply: x"),
    ],
)
def test_automatic_replies_are_known(found):
    assert bounce.auto_reply(found)


@pytest.mark.parametrize(
    "found",
    [Mail(headers={"auto-submitted": "no"}), Mail(subject="答复: 自动回复: x"), Mail(headers={"x-autoreply": "no"})],
)
def test_people_are_not_taken_for_machines(found):
    assert bounce.auto_reply(found) is None


def test_the_address_that_bounced_is_neither_the_daemons_nor_the_mailboxs():
    text = "退信\npostmaster@qq.com 告知 whsmsb@163.com：gone@wuhu.example 不存在"
    found = bounce.read(Mail(sender="postmaster@qq.com", to=("whsmsb@163.com",), subject="退信", text=text))
    assert found is not None
    assert found.recipient == "gone@wuhu.example"

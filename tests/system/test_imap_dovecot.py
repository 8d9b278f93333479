"""The mailbox against a real Dovecot."""

import imaplib
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from cuibao.gateways.account import Tls
from cuibao.gateways.imap import CHINA
from cuibao.gateways.servers import RealMailServers
from cuibao.rules.outcomes import MailServerError
from cuibao.rules.traffic import Arrival, Batch, Cursor, SentMessage
from tests.system.mailhost import MailHost

pytestmark = pytest.mark.system

SINCE = date(2020, 5, 15)
IN_JUNE = datetime(2020, 6, 20, 9, 0, tzinfo=CHINA)


def mail(subject: str, body: bytes = b"hello\r\n") -> bytes:
    return b"From: jyj@wuhu.example\r\nSubject: " + subject.encode() + b"\r\n\r\n" + body


def poll(servers: RealMailServers, cursors: dict[str, Cursor] | None = None) -> list[Batch]:
    with servers.mailbox() as mailbox:
        return list(mailbox.batches(cursors or {}, SINCE))


def arrivals(batches: list[Batch]) -> list[Arrival]:
    return [arrival for batch in batches for arrival in batch.arrivals]


def cursors_of(batches: list[Batch]) -> dict[str, Cursor]:
    return {batch.folder: batch.cursor for batch in batches}


def test_inbox_comes_first_and_junk_is_read_but_not_what_was_sent_drafted_or_deleted(mailhost: MailHost) -> None:
    for folder in ("已删除", "草稿箱", "已发送", "垃圾邮件", "INBOX"):
        mailhost.append("folders", mail(folder), folder=folder, when=IN_JUNE)
    found = arrivals(poll(RealMailServers(mailhost.account("folders"))))
    assert [arrival.folder for arrival in found] == ["INBOX", "垃圾邮件"]


def test_a_folder_with_a_chinese_name_is_read_and_can_be_skipped(mailhost: MailHost) -> None:
    mailhost.append("chinese", mail("1"), folder="各单位报送/第二季度", when=IN_JUNE)
    account = mailhost.account("chinese")
    assert [found.folder for found in arrivals(poll(RealMailServers(account)))] == ["各单位报送/第二季度"]
    assert not arrivals(poll(RealMailServers(account, skip_folders=("各单位报送/第二季度",))))


def test_one_poll_of_an_empty_mailbox_costs_at_most_four_round_trips(
    mailhost: MailHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[bytes] = []
    send = imaplib.IMAP4.send
    monkeypatch.setattr(imaplib.IMAP4, "send", lambda imap, data: (sent.append(bytes(data)), send(imap, data)))
    servers = RealMailServers(mailhost.account("idle"))
    assert arrivals(poll(servers)) == []
    first = len(sent)
    assert arrivals(poll(servers)) == []
    servers.close()
    assert [line.split()[1] for raw in sent for line in raw.splitlines()] == [
        *(b"LOGIN", b"ID", b"LIST", b"EXAMINE", b"EXAMINE"),
        *(b"EXAMINE", b"EXAMINE", b"LOGOUT"),
    ]
    assert (first, len(sent) - 1 - first) == (4, 2)


@pytest.mark.parametrize("tls", ["none", "starttls", "tls"])
def test_the_bytes_are_those_that_the_server_holds(mailhost: MailHost, tls: Tls) -> None:
    name = f"bytes-{tls}"
    raw = mail("raw 8-bit 市教育局", b"GBK \xca\xd0\xbd\xcc\xd3\xfd\xbe\xd6\r\n.\r\n..\r\nno line end")
    mailhost.append(name, raw, when=IN_JUNE)
    found = arrivals(poll(RealMailServers(mailhost.account(name, tls=tls))))
    assert [arrival.raw for arrival in found] == [raw]


def test_a_mail_that_came_by_smtp_is_polled_as_it_lies_there(mailhost: MailHost) -> None:
    raw = mail("报送")
    mailhost.deliver(raw, "delivered")
    found = arrivals(poll(RealMailServers(mailhost.account("delivered"))))
    assert len(found) == 1
    assert found[0].raw.endswith(b"hello\r\n")
    assert abs(found[0].arrived_at - datetime.now(UTC)) < timedelta(minutes=1)


def test_what_is_below_the_cursor_is_not_read_again(mailhost: MailHost) -> None:
    servers = RealMailServers(mailhost.account("cursor"))
    mailhost.append("cursor", mail("first"), when=IN_JUNE)
    first = cursors_of(poll(servers))
    assert poll(servers, first) == []
    mailhost.append("cursor", mail("second"), when=IN_JUNE)
    again = poll(servers, first)
    assert [arrival.raw for arrival in arrivals(again)] == [mail("second")]
    assert again[0].cursor.uid == first["INBOX"].uid + 1


def test_nothing_on_the_server_is_flagged(mailhost: MailHost) -> None:
    mailhost.append("flags", mail("1"), when=IN_JUNE)
    poll(RealMailServers(mailhost.account("flags")))
    with mailhost.imap("flags") as client:
        client.select_folder("INBOX", readonly=True)
        assert client.search("UNSEEN") == [1]


def test_a_folder_that_was_numbered_anew_is_read_from_its_beginning(mailhost: MailHost) -> None:
    servers = RealMailServers(mailhost.account("anew"))
    mailhost.append("anew", mail("old"), folder="归档", when=IN_JUNE)
    before = cursors_of(poll(servers))
    with mailhost.imap("anew") as client:
        client.delete_folder("归档")
    mailhost.append("anew", mail("new"), folder="归档", when=IN_JUNE)
    after = poll(servers, before)
    assert [arrival.raw for arrival in arrivals(after)] == [mail("new")]
    assert after[0].cursor.uidvalidity != before["归档"].uidvalidity


def test_arrival_is_told_in_chinas_zone(mailhost: MailHost) -> None:
    late = datetime(2020, 6, 30, 15, 59, 59, tzinfo=UTC)
    mailhost.append("zone", mail("1"), when=late)
    found = arrivals(poll(RealMailServers(mailhost.account("zone"))))
    assert found[0].arrived_at.isoformat() == "2020-06-30T23:59:59+08:00"


def test_mail_from_before_the_first_day_is_passed_over_and_the_cursor_with_it(mailhost: MailHost) -> None:
    chicago = timezone(timedelta(hours=-5))
    mailhost.append("since", mail("too old"), when=datetime(2020, 5, 14, 10, 59, tzinfo=chicago))
    mailhost.append("since", mail("in time"), when=datetime(2020, 5, 14, 11, 0, tzinfo=chicago))
    mailhost.append("since", mail("old again"), when=datetime(2019, 1, 1, tzinfo=UTC))
    batches = poll(RealMailServers(mailhost.account("since")))
    assert [arrival.raw for arrival in arrivals(batches)] == [mail("in time")]
    assert cursors_of(batches)["INBOX"].uid == 3


def test_many_mails_come_in_batches_of_fifty(mailhost: MailHost) -> None:
    with mailhost.imap("many") as client:
        client.multiappend("INBOX", [{"msg": mail(str(number)), "date": IN_JUNE} for number in range(120)])
    batches = [batch for batch in poll(RealMailServers(mailhost.account("many"))) if batch.arrivals]
    assert [len(batch.arrivals) for batch in batches] == [50, 50, 20]
    assert [batch.cursor.uid for batch in batches] == [50, 100, 120]


def test_what_was_sent_is_told_decoded(mailhost: MailHost) -> None:
    sent = (
        b"Message-ID: <cuibao.1@163.example>\r\nSubject: =?utf-8?b?5YKs5oql?= (MS-1)\r\n"
        b"To: =?utf-8?b?5pWZ6IKy5bGA?= <jyj@wuhu.example>\r\nCc: b@wuhu.example\r\n\r\nbody\r\n"
    )
    mailhost.append("sent", sent, folder="已发送", when=IN_JUNE)
    mailhost.append("sent", mail("earlier"), folder="已发送", when=IN_JUNE - timedelta(days=1))
    with RealMailServers(mailhost.account("sent")).mailbox() as mailbox:
        found = mailbox.sent_since(date(2020, 6, 20))
    assert found == (SentMessage("<cuibao.1@163.example>", "催报 (MS-1)", ("jyj@wuhu.example", "b@wuhu.example")),)


def test_without_a_folder_for_what_was_sent_there_is_nothing_to_tell(mailhost: MailHost) -> None:
    with RealMailServers(mailhost.account("nosent"), sent_folder="没有这个").mailbox() as mailbox:
        assert mailbox.sent_since(SINCE) == ()


def test_a_wrong_password_is_a_permanent_error_that_does_not_repeat_it(mailhost: MailHost) -> None:
    servers = RealMailServers(mailhost.account("office", password="wrong-authorization-code"))
    with pytest.raises(MailServerError, match="AUTHENTICATIONFAILED") as caught, servers.mailbox():
        pass
    assert caught.value.permanent
    assert "wrong-authorization-code" not in str(caught.value)


def test_a_server_that_is_not_there_is_worth_another_try(mailhost: MailHost) -> None:
    account = mailhost.account("office")
    nowhere = type(account.imap)("127.0.0.1", 9, "none")
    gone = type(account)(account.user, account.password, account.address, account.smtp, nowhere)
    with pytest.raises(MailServerError, match=r"127\.0\.0\.1:9") as caught, RealMailServers(gone).mailbox():
        pass
    assert not caught.value.permanent

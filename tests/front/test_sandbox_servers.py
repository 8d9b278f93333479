"""The sandbox's provider, met as the daemon meets it: real smtplib and imapclient over loopback."""

import email
import smtplib
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from imapclient import IMAPClient
from imapclient.exceptions import LoginError

from cuibao.front.sandbox.servers import HOST, INBOX, JUNK, SENT, LoopbackServers, Reply
from cuibao.rules.outcomes import MailServerError
from cuibao.rules.workdays import CHINA

OFFICE = "whsmsb@163.com"
MONDAY = datetime(2020, 6, 15, 9, 0, tzinfo=CHINA)
LETTER = "Subject: =?utf-8?b?5o+Q6YaS?=\r\nMessage-ID: <a@163.com>\r\n\r\n请报送\r\n".encode()


@pytest.fixture
def servers() -> Iterator[LoopbackServers]:
    with LoopbackServers(OFFICE, now=lambda: MONDAY) as running:
        yield running


@contextmanager
def mailbox(servers: LoopbackServers, folder: str = INBOX) -> Iterator[IMAPClient]:
    client = IMAPClient(HOST, servers.imap_port, ssl=False, timeout=5)
    client.normalise_times = False
    client.login(servers.user, servers.password)
    client.select_folder(folder, readonly=True)
    try:
        yield client
    finally:
        client.logout()


def send(servers: LoopbackServers, to: str = "u07@danwei.example", raw: bytes = LETTER) -> None:
    with smtplib.SMTP(HOST, servers.smtp_port, timeout=5) as client:
        client.login(servers.user, servers.password)
        client.sendmail(OFFICE, [to], raw)


def bodies(client: IMAPClient) -> list[bytes]:
    return [item[b"BODY[]"] for item in client.fetch(client.search(), ["BODY.PEEK[]"]).values()]


def test_a_letter_that_smtp_accepts_is_in_the_outbox_byte_for_byte(servers: LoopbackServers) -> None:
    send(servers)
    assert servers.outbox == [(("u07@danwei.example",), LETTER)]


def test_the_server_saves_what_is_sent_in_the_sent_folder_as_163_does(servers: LoopbackServers) -> None:
    send(servers)
    with mailbox(servers, SENT) as client:
        assert bodies(client) == [LETTER]
        assert client.search(["SINCE", MONDAY.date()]) == client.search()
    with mailbox(servers) as client:
        assert client.search() == []


def test_what_is_sent_is_dated_by_the_sandbox_clock(servers: LoopbackServers) -> None:
    send(servers)
    with mailbox(servers, SENT) as client:
        (found,) = client.fetch(client.search(), ["INTERNALDATE"]).values()
    assert found[b"INTERNALDATE"] == MONDAY


def test_a_letter_to_the_office_itself_arrives_in_its_inbox(servers: LoopbackServers) -> None:
    send(servers, to=OFFICE.upper())
    with mailbox(servers) as client:
        assert bodies(client) == [LETTER]


def test_the_folders_tell_their_special_uses(servers: LoopbackServers) -> None:
    with mailbox(servers) as client:
        flags = {name: set(flags) for flags, _, name in client.list_folders()}
    assert set(flags) == {INBOX, SENT, JUNK}
    assert b"\\Sent" in flags[SENT]
    assert b"\\Junk" in flags[JUNK]


def test_a_delivered_mail_is_read_back_with_its_internaldate(servers: LoopbackServers) -> None:
    raw = "Subject: 报送\r\n\r\n".encode("gb18030") + b"\xff\xfe\x80\r\n"
    servers.deliver(raw, MONDAY + timedelta(days=1))
    with mailbox(servers) as client:
        (found,) = client.fetch(client.search(), ["BODY.PEEK[]", "INTERNALDATE"]).values()
    assert found[b"BODY[]"] == raw
    assert found[b"INTERNALDATE"] == MONDAY + timedelta(days=1)


def test_a_mail_can_be_delivered_to_the_junk_folder(servers: LoopbackServers) -> None:
    servers.deliver(LETTER, MONDAY, JUNK)
    with mailbox(servers, JUNK) as client:
        assert bodies(client) == [LETTER]


def test_a_mail_without_a_zone_is_refused(servers: LoopbackServers) -> None:
    with pytest.raises(ValueError, match="时区"):
        servers.deliver(LETTER, MONDAY.replace(tzinfo=None))


def test_smtp_refuses_a_wrong_password(servers: LoopbackServers) -> None:
    with smtplib.SMTP(HOST, servers.smtp_port, timeout=5) as client, pytest.raises(smtplib.SMTPAuthenticationError):
        client.login(servers.user, "not it")


def test_smtp_refuses_who_has_not_logged_in(servers: LoopbackServers) -> None:
    with smtplib.SMTP(HOST, servers.smtp_port, timeout=5) as client, pytest.raises(smtplib.SMTPSenderRefused):
        client.sendmail(OFFICE, ["u07@danwei.example"], LETTER)
    assert servers.outbox == []


def test_imap_refuses_a_wrong_password(servers: LoopbackServers) -> None:
    client = IMAPClient(HOST, servers.imap_port, ssl=False, timeout=5)
    with pytest.raises(LoginError):
        client.login(servers.user, "not it")
    client.shutdown()


def test_whoever_listens_can_answer_a_letter_at_once() -> None:
    heard = []

    def listen(to: tuple[str, ...], raw: bytes, reply: Reply) -> None:
        heard.append((to, raw))
        reply(b"Subject: thanks\r\n\r\n", MONDAY)

    with LoopbackServers(OFFICE, listen) as servers:
        send(servers)
        with mailbox(servers) as client:
            assert email.message_from_bytes(bodies(client)[0])["Subject"] == "thanks"
    assert heard == [(("u07@danwei.example",), LETTER)]


def test_a_listener_that_fails_refuses_the_letter() -> None:
    def fail(to: tuple[str, ...], raw: bytes, reply: Callable[[bytes, datetime], None]) -> None:
        raise RuntimeError("the unit's own trouble")

    with LoopbackServers(OFFICE, fail) as servers, pytest.raises(smtplib.SMTPDataError):
        send(servers)


def test_two_sandboxes_run_side_by_side() -> None:
    with LoopbackServers(OFFICE) as one, LoopbackServers(OFFICE) as other:
        send(one)
        assert (len(one.outbox), len(other.outbox)) == (1, 0)


def test_the_servers_start_and_stop_at_once_and_leave_no_thread() -> None:
    begun = time.monotonic()
    with LoopbackServers(OFFICE) as servers, mailbox(servers):
        servers.stop()
        servers.stop()
        assert time.monotonic() - begun < 2
    assert not any(thread.name == "sandbox-mail" for thread in threading.enumerate())


def test_a_mail_for_stopped_servers_is_an_error_in_chinese() -> None:
    with LoopbackServers(OFFICE) as servers:
        pass
    with pytest.raises(MailServerError, match="沙盒邮件服务未在运行"):
        servers.deliver(LETTER, MONDAY)


def test_one_by_one_reading_is_not_held_up_by_delayed_acknowledgements(servers: LoopbackServers) -> None:
    for _ in range(100):
        servers.deliver(LETTER, MONDAY)
    with mailbox(servers) as client:
        begun = time.monotonic()
        for uid in client.search():
            client.fetch([uid], ["BODY.PEEK[]"])
    assert time.monotonic() - begun < 2  # 40 ms each would be 4 seconds

"""What the sending server's replies mean, and where a letter stands when the connection breaks."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from cuibao.gateways.account import Account, ServerAddress
from cuibao.gateways.servers import RealMailServers
from cuibao.gateways.smtp import dot_stuffed
from cuibao.gateways.smtp_replies import Then, classify, classify_recipient
from cuibao.rules.outcomes import MailServerError
from cuibao.rules.traffic import Delivery, Outcome

SENT, LATER, REFUSED, HELD = Delivery.SENT, Delivery.LATER, Delivery.REFUSED, Delivery.HELD
DOUBTFUL, STOPPED = Delivery.DOUBTFUL, Delivery.STOPPED
PASSWORD = "shouquanma-2020"

REPLIES = [
    (250, "Mail OK queued as smtp5,D9GowAB", SENT, None),
    (421, "HL:ICC 163 smtp1,xxx 1592182800", LATER, timedelta(minutes=15)),
    (421, "HL:IFC 163 smtp1", LATER, timedelta(minutes=15)),
    (450, "MI:DMC 163 smtp2", LATER, timedelta(minutes=1)),
    (451, "RP:DRC 163 smtp2", LATER, timedelta(minutes=1)),
    (451, "MI:SFQ 163 smtp3", LATER, timedelta(minutes=15)),
    (550, "MI:SFQ the same tag under other digits", LATER, timedelta(minutes=15)),
    (451, "RP:QRC 163 smtp3", LATER, timedelta(hours=1)),
    (451, "DT:SPM 163 smtp4", LATER, timedelta(minutes=2)),
    (554, "DT:SPM 163 smtp4", HELD, None),
    (550, "DT:SPM 163 smtp4", HELD, None),
    (550, "MI:STC 163 smtp4", LATER, None),
    (451, "RP:TRC 163 smtp4", LATER, None),
    (550, "RP:RCL 163 smtp4", LATER, timedelta(hours=1)),
    (500, "MI:CEL 163 smtp4", STOPPED, None),
    (550, "MI:CCL 163 smtp4", STOPPED, None),
    (451, "RP:CEL 163 smtp4", STOPPED, None),
    (554, "MI:SPB 163 smtp4", STOPPED, None),
    (550, "HL:ITC 163 smtp4", STOPPED, None),
    (535, "Error: authentication failed", STOPPED, None),
    (451, "too much fail authentication", STOPPED, None),
    (553, "Mail from must equal authorized user", STOPPED, None),
    (550, "User has no permission", STOPPED, None),
    (550, "Invalid User", REFUSED, None),
    (550, "5.1.1 <a@b.example>: Recipient address rejected", REFUSED, None),
    (553, "5.1.3 bad destination mailbox address syntax", REFUSED, None),
    (421, "4.4.2 timeout exceeded", LATER, timedelta(minutes=1)),
    (452, "4.3.1 insufficient system storage", LATER, timedelta(minutes=15)),
    (552, "5.3.4 message too big", REFUSED, None),
    (-1, "garbled", DOUBTFUL, None),
]


@pytest.mark.parametrize(("code", "text", "delivery", "wait"), REPLIES)
def test_a_reply_is_understood_by_its_tag_then_by_its_digits(
    code: int, text: str, delivery: Delivery, wait: timedelta | None
) -> None:
    outcome = classify(code, text).outcome
    assert (outcome.delivery, outcome.wait) == (delivery, wait)
    assert text in outcome.reply


@pytest.mark.parametrize("text", ["550 MI:STC", "451 RP:TRC"])
def test_the_daily_limit_means_the_next_day_and_no_time_of_its_own(text: str) -> None:
    code, _, tag = text.partition(" ")
    outcome = classify(int(code), tag).outcome
    assert (outcome.next_day, outcome.wait) == (True, None)


def test_spam_for_now_is_tried_three_times() -> None:
    assert classify(451, "DT:SPM 163 smtp4").outcome.tries == 3


@pytest.mark.parametrize(
    ("code", "text", "then"),
    [
        (450, "MI:DMC", Then.RECONNECT),
        (451, "RP:DRC", Then.RECONNECT),
        (550, "RP:RCL", Then.SPLIT),
        (421, "HL:ICC", Then.TELL),
        (421, "4.4.2 timeout", Then.RECONNECT),
    ],
)
def test_a_reply_says_what_the_postman_does_before_it_is_told(code: int, text: str, then: Then) -> None:
    assert classify(code, text).then is then


def test_the_servers_words_are_bounded() -> None:
    assert len(classify(550, "x" * 100_000).outcome.reply) == 500


def test_a_bare_553_about_a_recipient_does_not_stop_the_account() -> None:
    assert classify_recipient(553, "sorry, no such mailbox here").outcome.delivery is REFUSED
    assert classify_recipient(553, "5.7.1 Sender address rejected: not owned by user").outcome.delivery is STOPPED


def test_dots_are_stuffed_and_nothing_else_is_changed() -> None:
    assert dot_stuffed(b".a\r\n..\r\nb.\xca\r\n") == b"..a\r\n...\r\nb.\xca\r\n.\r\n"
    assert dot_stuffed(b"no end") == b"no end\r\n.\r\n"


# ---- a server that follows a script

WELCOME = {
    "connect": "220 hi",
    "EHLO": "250-hi\r\n250 AUTH PLAIN",
    "AUTH": "235 ok",
    "RSET": "250 ok",
    "QUIT": "221 bye",
}
FRIENDLY = WELCOME | {"MAIL": "250 ok", "RCPT": "250 ok", "DATA": "354 go", ".": "250 Mail OK queued as smtp5"}


class ScriptedServer:
    """Answers each command with the line of its connection's script; an empty line hangs up instead. The last script
    serves every later connection."""

    def __init__(self, *scripts: dict[str, str]) -> None:
        self.scripts = list(scripts)
        self.seen: list[str] = []
        self.connections = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            script = self.scripts[min(self.connections, len(self.scripts) - 1)]
            self.connections += 1
            with connection:
                self.talk(connection, script)

    def talk(self, connection: socket.socket, script: dict[str, str]) -> None:
        lines = connection.makefile("rb")
        word = "connect"
        while word:
            answer = script.get(word, "500 what")
            if not answer:
                return
            connection.sendall(answer.encode() + b"\r\n")
            word = self.next_word(lines, in_data=answer.startswith("354"))

    def next_word(self, lines: Iterator[bytes], *, in_data: bool) -> str:
        for line in lines:
            if in_data and line != b".\r\n":
                continue
            self.seen.append(line.decode().strip().upper())
            return "." if in_data else line.split()[0].decode().upper()
        return ""

    def account(self) -> Account:
        here = ServerAddress("127.0.0.1", self.listener.getsockname()[1], "none")
        return Account("whsmsb", PASSWORD, "whsmsb@163.example", here, here, timeout=5)


@contextmanager
def server(*scripts: dict[str, str]) -> Iterator[ScriptedServer]:
    running = ScriptedServer(*scripts)
    yield running
    running.listener.close()


def send(running: ScriptedServer, *recipients: str) -> Outcome:
    with RealMailServers(running.account()).postman() as postman:
        return postman.send(b"Subject: a\r\n\r\nb\r\n", recipients or ("jyj@wuhu.example",))


def test_the_text_after_data_is_kept() -> None:
    with server(FRIENDLY) as running:
        assert send(running) == Outcome(SENT, "250 Mail OK queued as smtp5")


def test_a_lost_reply_after_the_data_leaves_the_letter_in_doubt_and_is_not_tried_again() -> None:
    with server(FRIENDLY | {".": ""}) as running:
        assert send(running).delivery is DOUBTFUL
        assert running.connections == 1


def test_after_a_doubtful_letter_the_next_one_takes_a_new_connection() -> None:
    with server(FRIENDLY | {".": ""}, FRIENDLY) as running, RealMailServers(running.account()).postman() as postman:
        first = postman.send(b"a\r\n", ["a@b.example"])
        second = postman.send(b"b\r\n", ["a@b.example"])
    assert (first.delivery, second.delivery) == (DOUBTFUL, SENT)


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
def test_a_connection_lost_before_the_data_is_made_again_once(step: str) -> None:
    with server(FRIENDLY | {step: ""}, FRIENDLY) as running:
        assert send(running).delivery is SENT
        assert running.connections == 2


def test_a_connection_that_is_lost_twice_means_later() -> None:
    with server(FRIENDLY | {"MAIL": ""}) as running:
        outcome = send(running)
        assert (outcome.delivery, outcome.wait) == (LATER, timedelta(minutes=1))
        assert running.connections == 2


@pytest.mark.parametrize("answer", ["450 MI:DMC too much on this connection", "421 4.4.2 timeout"])
def test_a_reply_that_ends_the_connection_is_followed_by_a_new_one(answer: str) -> None:
    with server(FRIENDLY | {"MAIL": answer}, FRIENDLY) as running:
        assert send(running).delivery is SENT


def test_a_refusal_after_the_data_is_no_doubt() -> None:
    with server(FRIENDLY | {".": "554 DT:SPM 163 smtp5"}) as running:
        assert send(running).delivery is HELD


def test_a_recipient_who_may_be_accepted_later_holds_the_whole_letter() -> None:
    with server(FRIENDLY | {"RCPT": "451 RP:QRC"}) as running:
        outcome = send(running, "a@b.example", "c@d.example")
        assert (outcome.delivery, outcome.wait) == (LATER, timedelta(hours=1))
        assert "DATA" not in running.seen


def test_an_account_that_loses_its_right_between_two_letters_is_stopped() -> None:
    locked = FRIENDLY | {"AUTH": "535 Error: authentication failed"}
    with server(FRIENDLY | {"MAIL": ""}, locked) as running:
        assert send(running).delivery is STOPPED


@pytest.mark.parametrize(
    ("answer", "permanent"),
    [("535 authentication failed", True), ("451 too much fail authentication", True), ("454 4.7.0 try later", False)],
)
def test_a_refused_login_says_whether_trying_again_can_help(answer: str, permanent: bool) -> None:
    with server(FRIENDLY | {"AUTH": answer}) as running, pytest.raises(MailServerError) as caught:
        send(running)
    assert caught.value.permanent is permanent
    assert answer in str(caught.value)


def test_a_server_without_logins_is_named_as_a_matter_of_configuration() -> None:
    with server(FRIENDLY | {"EHLO": "250 hi"}) as running, pytest.raises(MailServerError) as caught:
        send(running)
    assert caught.value.permanent
    assert "CUIBAO_SMTP_PORT" in caught.value.remedy


def test_the_password_is_blotted_out_of_what_a_server_repeats() -> None:
    with (
        server(FRIENDLY | {"AUTH": f"535 wrong password {PASSWORD}"}) as running,
        pytest.raises(MailServerError) as caught,
    ):
        send(running)
    assert PASSWORD not in str(caught.value)


def test_an_account_does_not_show_its_password() -> None:
    with server(FRIENDLY) as running:
        assert PASSWORD not in repr(running.account())


def test_mail_never_crosses_a_network_unprotected() -> None:
    far = ServerAddress("smtp.163.com", 25, "none")
    account = Account("whsmsb", PASSWORD, "whsmsb@163.example", far, far)
    with pytest.raises(MailServerError, match="未启用加密"), RealMailServers(account).postman():
        pass

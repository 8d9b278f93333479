"""Letters out through 163.com: its limits, its refusals, and a line that breaks at the worst moment."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest

from cuibao.gateways.account import Account, ServerAddress
from cuibao.gateways.servers import RealMailServers
from cuibao.gateways.smtp import SmtpPostman
from cuibao.rules.outcomes import MailServerError
from cuibao.rules.traffic import Delivery, Outcome
from tests.system.mailhost import PASSWORD
from tests.system.standin import Standin
from tests.system.standin_wire import ALWAYS

pytestmark = pytest.mark.system
pytest_plugins = ("tests.system.standin_fixture",)

SENT, LATER, REFUSED, HELD = Delivery.SENT, Delivery.LATER, Delivery.REFUSED, Delivery.HELD
DOUBTFUL, STOPPED = Delivery.DOUBTFUL, Delivery.STOPPED
MINUTE = timedelta(minutes=1)
UNITS = [f"unit-{number}@wuhu.example" for number in range(5)]


def letter(number: int = 1) -> bytes:
    return (
        f"From: whsmsb@163.example\r\nTo: jyj@wuhu.example\r\nSubject: letter {number}\r\n"
        f"Message-ID: <letter-{number}@163.example>\r\n\r\n.Please report by June 30.\r\n"
    ).encode()


@dataclass
class Sender:
    """An office behind the stand-in with one wave's connection, and units that it writes to."""

    standin: Standin
    account: Account
    postman: SmtpPostman

    def sends(self, number: int = 1, *, to: int = 1) -> Outcome:
        return self.postman.send(letter(number), UNITS[:to])

    def reached(self) -> list[str]:
        """Recipients of every mail that the server took."""
        return [address for mail in self.standin.smtp.accepted for address in mail.recipients]


def sender_behind(standin: Standin, timeout: float) -> Iterator[Sender]:
    for unit in UNITS:  # once made they stay, and Postfix does not read its tables anew for every test
        standin.host.account(unit)
    account = standin.account(timeout=timeout)
    with RealMailServers(account).postman() as postman:
        yield Sender(standin, account, postman)


@pytest.fixture
def sender(standin: Standin) -> Iterator[Sender]:
    yield from sender_behind(standin, 5)


@pytest.fixture
def hurried(standin: Standin) -> Iterator[Sender]:
    """An office that waits one second for an answer."""
    yield from sender_behind(standin, 1)


# ---- as 163.com is


def test_a_letter_goes_and_lies_in_the_folder_of_what_was_sent(sender: Sender) -> None:
    outcome = sender.sends()
    assert (outcome.delivery, outcome.reply[:22]) == (SENT, "250 Mail OK queued as ")
    assert sender.standin.smtp.accepted[0].raw == letter()
    with RealMailServers(sender.account).mailbox() as mailbox:
        assert mailbox.sent_since(date(2020, 1, 1))[-1].message_id == "<letter-1@163.example>"


def test_a_server_that_gives_messages_an_id_of_its_own_can_be_asked_for(sender: Sender) -> None:
    sender.standin.keeps_message_id = False
    sender.sends()
    with RealMailServers(sender.account).mailbox() as mailbox:
        sent = mailbox.sent_since(date(2020, 1, 1))[-1]
    assert (sent.message_id, sent.subject) == ("<server-made-1@163.example>", "letter 1")


def test_a_wave_is_one_connection_and_four_round_trips_a_letter(sender: Sender) -> None:
    before = sender.standin.smtp.round_trips
    assert before == 2  # EHLO and AUTH
    assert [sender.sends(number).delivery for number in range(5)] == [SENT] * 5
    assert sender.standin.smtp.connections == 1
    assert sender.standin.smtp.round_trips - before == 5 * 4  # MAIL, RCPT, DATA and the letter


# ---- the table of tags, at every point of a letter

TAGS = [
    ("421 HL:ICC 163 smtp1", LATER, timedelta(minutes=15)),
    ("421 HL:IFC 163 smtp1", LATER, timedelta(minutes=15)),
    ("450 MI:SFQ 163 smtp3", LATER, timedelta(minutes=15)),
    ("451 RP:QRC 163 smtp3", LATER, timedelta(hours=1)),
    ("451 DT:SPM 163 smtp4", LATER, timedelta(minutes=2)),
    ("550 DT:SPM 163 smtp4", HELD, None),
    ("554 DT:SPM 163 smtp4", HELD, None),
    ("550 MI:STC 163 smtp4", LATER, None),
    ("451 RP:TRC 163 smtp4", LATER, None),
    ("500 MI:CEL 163 smtp4", STOPPED, None),
    ("550 MI:CCL 163 smtp4", STOPPED, None),
    ("451 RP:CEL 163 smtp4", STOPPED, None),
    ("554 MI:SPB 163 smtp4", STOPPED, None),
    ("550 HL:ITC 163 smtp4", STOPPED, None),
    ("535 Error: authentication failed", STOPPED, None),
    ("451 too much fail authentication", STOPPED, None),
    ("553 Mail from must equal authorized user", STOPPED, None),
    ("550 User has no permission", STOPPED, None),
    ("550 Invalid User", REFUSED, None),
    ("550 5.1.1 no such address", REFUSED, None),
]


@pytest.mark.parametrize("point", ["MAIL", "RCPT", "DATA", "."])
@pytest.mark.parametrize(("words", "delivery", "wait"), TAGS, ids=[words[:12] for words, _, _ in TAGS])
def test_a_tag_means_the_same_wherever_it_comes(
    sender: Sender, point: str, words: str, delivery: Delivery, wait: timedelta | None
) -> None:
    sender.standin.smtp.answer_at(point, words)
    outcome = sender.sends()
    assert (outcome.delivery, outcome.wait, outcome.reply) == (delivery, wait, words)
    assert sender.reached() == []
    assert sender.sends(2).delivery is SENT


@pytest.mark.parametrize("words", ["450 MI:DMC 163 smtp2", "451 RP:DRC 163 smtp2", "421 4.4.2 timeout"])
@pytest.mark.parametrize("point", ["MAIL", "RCPT", "DATA", "."])
def test_a_limit_of_the_connection_costs_a_new_one_and_the_same_letter_goes(
    sender: Sender, point: str, words: str
) -> None:
    sender.standin.smtp.answer_at(point, words)
    assert sender.sends().delivery is SENT
    assert sender.standin.smtp.connections == 2
    assert sender.reached() == [UNITS[0]]


def test_a_limit_that_a_new_connection_does_not_lift_means_a_minute_later(sender: Sender) -> None:
    sender.standin.smtp.answer_at("MAIL", "450 MI:DMC 163 smtp2", times=ALWAYS)
    outcome = sender.sends()
    assert (outcome.delivery, outcome.wait, outcome.reply) == (LATER, MINUTE, "450 MI:DMC 163 smtp2")
    assert sender.standin.smtp.connections == 2


def test_beyond_the_daily_limit_the_rest_goes_the_next_day(sender: Sender) -> None:
    sender.standin.smtp.daily_limit = 2
    outcomes = [sender.sends(number) for number in range(3)]
    assert [outcome.delivery for outcome in outcomes] == [SENT, SENT, LATER]
    assert outcomes[2].next_day
    assert "MI:STC" in outcomes[2].reply


# ---- too many recipients


def test_a_letter_with_too_many_recipients_reaches_all_of_them_in_parts_on_the_same_connection(sender: Sender) -> None:
    sender.standin.smtp.most_recipients = 2
    outcome = sender.sends(to=5)
    assert (outcome.delivery, outcome.refused) == (SENT, ())
    assert sorted(sender.reached()) == UNITS
    assert {mail.raw for mail in sender.standin.smtp.accepted} == {letter()}
    assert sender.standin.smtp.connections == 1


def test_it_goes_down_to_single_recipients(sender: Sender) -> None:
    sender.standin.smtp.most_recipients = 1
    assert sender.sends(to=3).delivery is SENT
    assert [mail.recipients for mail in sender.standin.smtp.accepted] == [(unit,) for unit in UNITS[:3]]


def test_who_was_refused_in_a_part_is_named_and_who_was_only_not_served_is_told_of(sender: Sender) -> None:
    sender.standin.smtp.most_recipients = 1
    known = UNITS[0]
    gone, busy = "gone@wuhu.example", UNITS[1]
    sender.standin.smtp.before(".", lambda: sender.standin.smtp.answer_at(".", "451 DT:SPM not now"))
    outcome = sender.postman.send(letter(), [known, gone, busy])
    assert (outcome.delivery, outcome.refused) == (SENT, (gone,))
    assert busy in outcome.reply
    assert "DT:SPM not now" in outcome.reply
    assert sender.reached() == [known]


def test_one_recipient_alone_who_is_too_many_waits_three_times(sender: Sender) -> None:
    sender.standin.smtp.most_recipients = 0
    outcome = sender.sends()
    assert (outcome.delivery, outcome.tries) == (LATER, 3)


def test_a_stopped_account_is_not_tried_for_the_other_half(sender: Sender) -> None:
    sender.standin.smtp.most_recipients = 1
    sender.standin.smtp.answer_at(".", "554 MI:SPB 163 smtp4", times=ALWAYS)
    assert sender.sends(to=2).delivery is STOPPED
    assert sender.standin.smtp.commands.count(".") == 1


# ---- a line that breaks


def test_a_reply_that_is_lost_leaves_a_letter_in_doubt_that_arrived(sender: Sender) -> None:
    sender.standin.smtp.lose_reply()
    outcome = sender.sends()
    assert outcome.delivery is DOUBTFUL
    assert sender.reached() == [UNITS[0]]
    assert sender.sends(2).delivery is SENT


def test_a_connection_cut_within_a_short_letter_is_a_doubt_for_it_may_have_been_taken(sender: Sender) -> None:
    sender.standin.smtp.cut_in_data()
    assert sender.sends().delivery is DOUBTFUL
    assert sender.reached() == []


def test_a_long_letter_cut_in_its_middle_is_no_doubt_and_goes_over_another_connection(sender: Sender) -> None:
    sender.standin.smtp.cut_in_data(100_000)
    long = letter() + b"figures, more figures\r\n" * 500_000
    assert sender.postman.send(long, [UNITS[0]]).delivery is SENT
    assert len(sender.reached()) == 1


@pytest.mark.parametrize("point", ["MAIL", "RCPT", "DATA"])
def test_a_line_that_drops_before_the_letter_is_taken_up_again(sender: Sender, point: str) -> None:
    sender.standin.smtp.drop_at(point)
    assert sender.sends().delivery is SENT
    assert sender.standin.smtp.connections == 2


def test_a_server_that_went_down_means_later_and_no_error(sender: Sender) -> None:
    sender.sends()
    sender.standin.stop()
    outcome = sender.sends(2)
    assert (outcome.delivery, outcome.wait) == (LATER, MINUTE)
    assert "拒绝连接" in outcome.reply


# ---- answers of every kind


@pytest.mark.parametrize("point", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("garbage", [b"\xff\xfe\0\x80", b"", b"25", b"2500 ok", b"* OK imap?", b"999 what"])
def test_garbage_before_the_letter_is_never_taken_for_acceptance_of_it(
    sender: Sender, point: str, garbage: bytes
) -> None:
    sender.standin.smtp.answer_at(point, garbage)
    outcome = sender.sends()
    assert outcome.delivery in (SENT, LATER, REFUSED)
    assert len(sender.reached()) == (1 if outcome.delivery is SENT else 0)


@pytest.mark.parametrize("garbage", [b"\xff\xfe\0\x80", b"25", b"2500 ok", b"354 go on", b"123 what"])
def test_garbage_after_the_letter_is_a_doubt(sender: Sender, garbage: bytes) -> None:
    sender.standin.smtp.answer_at(".", garbage)
    assert sender.sends().delivery is DOUBTFUL
    assert sender.sends(2).delivery is SENT


def test_the_servers_words_are_kept_whatever_their_charset(sender: Sender) -> None:
    sender.standin.smtp.answer_at("MAIL", "550 用户被锁定".encode("gb18030"))
    assert sender.sends().reply == "550 用户被锁定"


def test_control_characters_and_endless_words_do_not_reach_the_ledger(sender: Sender) -> None:
    sender.standin.smtp.answer_at("MAIL", b"550 \x1b[31mno\x07 " + b"really " * 1000)
    reply = sender.sends().reply
    assert reply.startswith("550 [31mno really")
    assert len(reply) <= 500


@pytest.mark.parametrize(("point", "delivery"), [("MAIL", LATER), ("DATA", LATER), (".", DOUBTFUL)])
@pytest.mark.parametrize("chunk", [b"250 " + b"x" * 65536, b"250-and so on\r\n" * 1000], ids=["line", "lines"])
def test_an_endless_answer_ends_by_its_size(hurried: Sender, point: str, delivery: Delivery, chunk: bytes) -> None:
    hurried.standin.smtp.flood_at(point, chunk, times=2)
    outcome = hurried.sends()
    assert outcome.delivery is delivery
    assert "超过" in outcome.reply


@pytest.mark.parametrize(("point", "delivery"), [("MAIL", LATER), (".", DOUBTFUL)])
def test_a_server_that_drips_is_left_after_twice_the_timeout(hurried: Sender, point: str, delivery: Delivery) -> None:
    hurried.standin.smtp.drip_at(point, b"250-wait a little\r\n", times=2)
    began = datetime.now(UTC)
    outcome = hurried.sends()
    assert outcome.delivery is delivery
    assert "过慢" in outcome.reply
    assert datetime.now(UTC) - began < timedelta(seconds=5)


@pytest.mark.parametrize(("point", "delivery"), [("MAIL", SENT), (".", DOUBTFUL)])
def test_a_silent_server_is_left_after_the_timeout(hurried: Sender, point: str, delivery: Delivery) -> None:
    hurried.standin.smtp.silent_at(point)
    began = datetime.now(UTC)
    assert hurried.sends().delivery is delivery
    assert datetime.now(UTC) - began < timedelta(seconds=3)


# ---- logging in


def logging_in(standin: Standin, *, password: str = PASSWORD) -> MailServerError:
    with (
        pytest.raises(MailServerError) as caught,
        RealMailServers(standin.account(password=password, timeout=2)).postman(),
    ):
        pass
    return caught.value


def test_a_wrong_code_is_one_bad_login(standin: Standin) -> None:
    error = logging_in(standin, password="wrong-code")
    assert error.permanent
    assert "535 Error: authentication failed" in str(error)
    assert standin.smtp.bad_logins == 1


def test_after_bad_logins_the_lockout_stops_even_the_right_code(standin: Standin) -> None:
    standin.smtp.locks_out_after = 2
    for _ in range(2):
        logging_in(standin, password="wrong-code")
    error = logging_in(standin)
    assert error.permanent
    assert "too much fail authentication" in str(error)


def test_a_code_that_expires_in_a_wave_stops_it(sender: Sender) -> None:
    sender.standin.smtp.drop_at("MAIL")
    sender.standin.smtp.answer_at("AUTH", "535 Error: authentication failed")
    outcome = sender.sends()
    assert outcome.delivery is STOPPED
    assert sender.standin.smtp.commands.count("AUTH") == 2


@pytest.mark.parametrize("point", ["connect", "EHLO", "AUTH"])
def test_a_limit_of_the_address_in_a_wave_tells_how_long_to_wait(sender: Sender, point: str) -> None:
    sender.standin.smtp.drop_at("MAIL")
    sender.standin.smtp.answer_at(point, "421 HL:IFC 163 smtp1", times=2)
    outcome = sender.sends()
    assert (outcome.delivery, outcome.wait) == (LATER, timedelta(minutes=15))
    assert "HL:IFC" in outcome.reply


def test_a_limit_of_the_connection_at_the_login_costs_another_one(standin: Standin) -> None:
    standin.smtp.answer_at("connect", "421 RP:DRC 163 smtp1")
    with RealMailServers(standin.account()).postman():
        assert standin.smtp.connections == 2


@pytest.mark.parametrize("point", ["connect", "EHLO", "AUTH"])
@pytest.mark.parametrize("garbage", [b"\xff\xfe\0\x80", b"", b"334 \xff not base64", b"* BYE"])
def test_garbage_before_the_login_is_an_error(standin: Standin, point: str, garbage: bytes) -> None:
    standin.smtp.answer_at(point, garbage, times=6)
    assert "发信服务器" in str(logging_in(standin))


@pytest.mark.parametrize("answer", ["535 %s is wrong", "451 too much fail authentication %s", "%s"])
def test_no_error_repeats_the_password(standin: Standin, answer: str) -> None:
    secret = "geheim-2020-code"
    standin.smtp.answer_at("AUTH", answer % ("x" * 490 + secret))
    assert "geheim" not in str(logging_in(standin, password=secret))


def test_a_code_that_cannot_be_written_in_the_protocol_is_named(standin: Standin) -> None:
    error = logging_in(standin, password="授权码")
    assert error.permanent
    assert standin.smtp.bad_logins == 0


def test_a_host_that_has_no_address_is_named(standin: Standin) -> None:
    here = standin.account()
    nowhere = ServerAddress("no-such-host.invalid", 465, "tls")
    account = Account(here.user, here.password, here.address, nowhere, nowhere, timeout=2)
    with pytest.raises(MailServerError, match="域名无法解析") as caught, RealMailServers(account).postman():
        pass
    assert not caught.value.permanent

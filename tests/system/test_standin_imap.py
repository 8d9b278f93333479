"""The mailbox as 163.com keeps it, and everything that can go wrong while it is read."""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from cuibao.gateways.imap import CHINA
from cuibao.gateways.servers import RealMailServers
from cuibao.rules.outcomes import MailServerError
from cuibao.rules.traffic import Batch, Cursor
from tests.system.mailhost import PASSWORD, MailHost
from tests.system.standin import Standin
from tests.system.standin_wire import ALWAYS

pytestmark = pytest.mark.system
pytest_plugins = ("tests.system.standin_fixture",)

SINCE = date(2020, 5, 15)
IN_JUNE = datetime(2020, 6, 20, 9, 0, tzinfo=CHINA)


def mail(subject: str) -> bytes:
    return f"From: jyj@wuhu.example\r\nSubject: {subject}\r\n\r\n{subject} reports as asked, with figures.\r\n".encode()


@dataclass
class Office:
    """A mailbox behind the stand-in and whoever polls it: what was read so far, by subject, and the cursors saved."""

    standin: Standin
    name: str
    servers: RealMailServers
    now: float = 0.0
    cursors: dict[str, Cursor] = field(default_factory=dict)
    read: list[str] = field(default_factory=list)

    @property
    def host(self) -> MailHost:
        return self.standin.host

    def receives(self, *subjects: str, folder: str = "INBOX", when: datetime = IN_JUNE) -> None:
        for subject in subjects:
            self.host.append(self.name, mail(subject), folder=folder, when=when)

    def deletes(self, *uids: int, folder: str = "INBOX") -> None:
        """As an officer does, in Dovecot's own numbers."""
        with self.host.imap(self.name) as client:
            client.select_folder(folder)
            client.delete_messages(uids)
            client.expunge()

    def files(self, uid: int, *, into: str) -> None:
        """Move a mail to another folder, as an officer does."""
        with self.host.imap(self.name) as client:
            if not client.folder_exists(into):
                client.create_folder(into)
            client.select_folder("INBOX")
            client.move([uid], into)

    def poll(self, servers: RealMailServers | None = None) -> list[str]:
        """One poll; the subjects that it brought. What was read before an error stands."""
        found: list[str] = []
        with (servers or self.servers).mailbox() as mailbox:
            for batch in mailbox.batches(dict(self.cursors), SINCE):
                found += self.take(batch)
        return found

    def poll_with_a_full_disk(self) -> None:
        """One poll whose first mails cannot be kept."""
        with self.servers.mailbox() as mailbox:
            assert next(mailbox.batches({}, SINCE)).arrivals
            raise OSError("disk full")

    def take(self, batch: Batch) -> list[str]:
        subjects = [a.raw.split(b"Subject: ")[1].split(b"\r\n")[0].decode() for a in batch.arrivals]
        self.read += subjects
        self.cursors[batch.folder] = batch.cursor
        return subjects

    def fails(self, *words: str) -> MailServerError:
        """One poll that fails with these words of the server."""
        with pytest.raises(MailServerError) as caught:
            self.poll()
        for part in words:
            assert part in str(caught.value)
        return caught.value

    def may_fail(self) -> bool:
        """One poll that may fail; whether it failed for good."""
        try:
            self.poll()
        except MailServerError as error:
            return error.permanent
        return False


def office_behind(standin: Standin, *, timeout: float = 5) -> Office:
    name = f"o{secrets.token_hex(6)}"
    office = Office(standin, name, RealMailServers(standin.account(name, timeout=timeout)))
    office.servers = RealMailServers(standin.account(name, timeout=timeout), clock=lambda: office.now)
    return office


@pytest.fixture
def office(standin: Standin) -> Iterator[Office]:
    found = office_behind(standin)
    yield found
    found.servers.close()


@pytest.fixture
def hurried(standin: Standin) -> Iterator[Office]:
    """An office that waits one second for an answer."""
    found = office_behind(standin, timeout=1)
    yield found
    found.servers.close()


# ---- as 163.com is


def test_a_mailbox_of_163_is_read_after_naming_oneself(office: Office) -> None:
    office.receives("one")
    office.receives("two", folder="垃圾邮件")
    assert office.poll() == ["one", "two"]
    assert office.cursors["INBOX"] == Cursor(1, office.standin.uid(1))
    assert "ID" in office.standin.imap.commands


@pytest.mark.parametrize("answer", ["{tag} NO what", "{tag} BAD unknown command", "* ID NIL\r\n{tag} OK done"])
def test_whatever_a_server_answers_to_our_name_it_is_read(office: Office, answer: str) -> None:
    office.standin.imap.needs_id = False
    office.standin.imap.answer_at("ID", answer, times=ALWAYS)
    office.receives("one")
    assert office.poll() == ["one"]


def test_a_server_that_calls_the_login_unsafe_is_told_in_its_own_words(office: Office) -> None:
    office.standin.imap.answer_at("ID", "{tag} NO what", times=ALWAYS)
    office.fails("Unsafe Login. Please contact kefu@188.com", "授权码")


def test_one_poll_of_an_empty_mailbox_costs_at_most_four_round_trips(office: Office) -> None:
    office.poll()
    first = office.standin.imap.round_trips
    assert office.standin.imap.commands == ["LOGIN", "ID", "LIST", "EXAMINE", "EXAMINE"]  # of INBOX and 垃圾邮件
    assert first == 4  # ID and LIST go together; the connection itself comes before them
    office.poll()
    assert office.standin.imap.round_trips - first == 2
    office.now += 24 * 3600
    office.poll()
    assert office.standin.imap.round_trips - first - 2 <= 4  # with LIST once more


def test_one_poll_of_a_mailbox_without_news_costs_four_round_trips(office: Office) -> None:
    office.receives("one")
    office.receives("two", folder="垃圾邮件")
    office.poll()
    before = office.standin.imap.round_trips
    assert office.poll() == []
    assert office.standin.imap.round_trips - before == 4
    assert office.standin.imap.commands[-4:] == ["EXAMINE", "SEARCH", "EXAMINE", "SEARCH"]


def test_what_comes_later_is_read_over_the_session_that_was_kept(office: Office) -> None:
    office.poll()
    office.receives("news")
    assert office.poll() == ["news"]
    assert office.standin.imap.connections == 1


def test_latency_is_paid_per_round_trip(office: Office) -> None:
    office.poll()
    office.standin.imap.latency = 0.05
    office.receives("news")
    assert office.poll() == ["news"]


def test_where_search_finds_nothing_the_mail_is_read_all_the_same(office: Office) -> None:
    office.standin.imap.searches = False
    office.receives("one", "two")
    assert office.poll() == ["one", "two"]
    office.receives("three")
    assert office.poll() == ["three"]


def test_what_was_sent_is_found_without_searching_headers(office: Office) -> None:
    office.receives("cuibao", folder="已发送")
    office.standin.imap.answer_at("SEARCH", "{tag} BAD command not support")
    with office.servers.mailbox() as mailbox:
        assert [sent.subject for sent in mailbox.sent_since(date(2020, 6, 20))] == ["cuibao"]


def test_mail_beyond_the_30_day_window_is_read_once_the_window_is_opened(office: Office) -> None:
    office.receives("old")
    office.receives("new", when=IN_JUNE + timedelta(days=40))
    office.standin.imap.hides_before = date(2020, 7, 15)
    assert office.poll() == ["new"]
    assert office.poll() == []
    office.standin.imap.hides_before = None
    assert "old" in office.poll()
    assert office.poll() == []


def test_mail_that_grows_too_old_for_the_window_is_not_missed_nor_read_again(office: Office) -> None:
    office.receives("old", "new")
    office.poll()
    office.standin.imap.hides_before = date(2020, 7, 15)
    assert office.poll() == []
    office.receives("newest", when=IN_JUNE + timedelta(days=40))
    assert office.poll() == ["newest"]


# ---- sessions


def test_a_session_that_died_between_two_polls_is_opened_anew_in_silence(office: Office) -> None:
    office.poll()
    office.standin.imap.hang_up()
    office.receives("news")
    with capture_logs() as logs:
        assert office.poll() == ["news"]
    assert logs == []
    assert office.standin.imap.connections == 2


@pytest.mark.parametrize("answer", ["* BYE Autologout; idle for too long", "{tag} NO not logged in", "garbage"])
def test_a_session_that_the_server_has_ended_is_opened_anew(office: Office, answer: str) -> None:
    office.poll()
    office.standin.imap.answer_at("EXAMINE", answer)
    office.receives("news")
    assert office.poll() == ["news"]


def test_a_session_is_not_kept_after_an_error(office: Office) -> None:
    office.standin.imap.answer_at("LIST", "{tag} NO not now")
    office.fails("not now")
    assert office.poll() == []
    assert office.standin.imap.connections == 2


def test_closing_logs_out_and_the_next_poll_opens_another_session(office: Office) -> None:
    office.poll()
    office.servers.close()
    assert office.standin.imap.commands[-1] == "LOGOUT"
    office.poll()
    assert office.standin.imap.connections == 2


def test_two_who_read_at_once_get_a_session_each(office: Office) -> None:
    with office.servers.mailbox() as first, office.servers.mailbox() as second:
        assert first.folders() == second.folders()
    office.poll()
    assert office.standin.imap.connections == 2


def test_a_folder_that_an_officer_makes_is_seen_within_half_an_hour(office: Office) -> None:
    office.poll()
    office.receives("filed", folder="各单位报送")
    assert office.poll() == []
    office.now += 30 * 60
    assert office.poll() == ["filed"]


def test_a_folder_that_an_officer_removes_is_no_error(office: Office) -> None:
    office.receives("filed", folder="各单位报送")
    office.poll()
    with office.host.imap(office.name) as client:
        client.delete_folder("各单位报送")
    office.receives("news")
    assert office.poll() == ["news"]


# ---- mail that moves or does not come


def test_a_mail_that_is_deleted_between_listing_and_fetching_is_gone_and_the_rest_is_read(office: Office) -> None:
    office.receives("one", "two", "three")
    office.standin.imap.before("FETCH", lambda: office.deletes(2))
    assert office.poll() == ["one", "three"]
    office.poll()
    assert office.cursors["INBOX"].uid == office.standin.uid(3)


def test_a_mail_that_is_filed_elsewhere_while_it_is_read_is_read_there(office: Office) -> None:
    office.receives("kept", folder="zz归档")
    office.receives("one", "two")
    office.standin.imap.before("FETCH", lambda: office.files(1, into="zz归档"))
    office.poll()
    office.poll()
    assert sorted(office.read) == ["kept", "one", "two"]


def test_filing_the_newest_mail_elsewhere_does_not_have_the_folder_read_again(office: Office) -> None:
    office.receives("one", "two", "three")
    office.poll()
    office.deletes(3)
    assert office.poll() == []
    assert office.cursors["INBOX"].uid == office.standin.uid(2)
    office.receives("four")
    assert office.poll() == ["four"]


def test_a_folder_that_is_emptied_is_read_from_its_next_mail_on(office: Office) -> None:
    office.receives("one", "two")
    office.poll()
    office.deletes(1, 2)
    assert office.poll() == []
    office.receives("three")
    assert office.poll() == ["three"]


def test_a_fetch_that_lacks_the_body_once_is_asked_for_again_in_the_same_poll(office: Office) -> None:
    office.receives("one", "two")
    office.standin.imap.withhold_body(office.standin.uid(1), times=1)
    assert office.poll() == ["two", "one"]
    assert office.cursors["INBOX"].uid == office.standin.uid(2)


def test_a_mail_whose_body_never_comes_neither_stops_the_folder_nor_is_asked_for_at_every_poll(office: Office) -> None:
    office.receives("one", "mute", "three")
    office.standin.imap.withhold_body(office.standin.uid(2))
    with capture_logs() as logs:
        for _ in range(4):
            office.poll()
    assert [line["log_level"] for line in logs] == ["error"]
    assert office.read == ["one", "three"]
    assert office.cursors["INBOX"].uid == office.standin.uid(1)
    asked = office.standin.imap.commands.count("FETCH")
    office.receives("four")
    assert office.poll() == ["four"]
    assert office.standin.imap.commands.count("FETCH") == asked + 2  # what "four" takes


def test_a_mail_that_was_mute_for_long_is_read_when_it_comes_at_last(office: Office) -> None:
    office.receives("mute", "two")
    office.standin.imap.withhold_body(office.standin.uid(1), times=4)
    for _ in range(3):
        office.poll()
        office.now += 3600
    assert office.read == ["two"]
    office.poll()
    assert office.poll() == ["mute"] or office.read[-1] == "mute"
    assert office.cursors["INBOX"].uid == office.standin.uid(2)


def test_mail_that_could_not_be_kept_is_handed_over_again_though_another_one_is_late(office: Office) -> None:
    office.receives("mute", "two")
    office.standin.imap.withhold_body(office.standin.uid(1))
    with pytest.raises(OSError, match="disk full"):
        office.poll_with_a_full_disk()
    assert office.poll() == ["two"]


def test_a_mail_whose_date_comes_garbled_does_not_hide_the_others(office: Office) -> None:
    office.receives("one", "garbled", "three", "four")
    office.standin.imap.garble_survey(office.standin.uid(2))
    assert office.poll() == ["one", "three", "four"]
    assert office.cursors["INBOX"].uid == office.standin.uid(1)


def test_mail_that_comes_mixed_up_is_put_right(office: Office) -> None:
    office.receives("one", "two", "three")
    office.standin.imap.mix_up()
    assert office.poll() == ["one", "two", "three"]


# ---- folders numbered anew


def test_a_folder_numbered_anew_under_another_uidvalidity_is_read_again(office: Office) -> None:
    office.receives("one")
    office.poll()
    office.standin.imap.uidvalidity = 2
    assert office.poll() == ["one"]
    assert office.cursors["INBOX"].uidvalidity == 2


@pytest.mark.parametrize("first", [1, 1_380_000_001, 1_390_000_500])
def test_a_folder_numbered_anew_under_the_same_uidvalidity_is_read_again(office: Office, first: int) -> None:
    office.receives("one", "two")
    office.poll()
    office.standin.imap.first_uid = first
    office.receives("three")
    assert set(office.poll()) == {"one", "two", "three"}
    assert office.poll() == []


def test_a_folder_numbered_anew_while_the_bot_was_down_is_read_again(office: Office) -> None:
    office.receives("one", "two")
    office.poll()
    office.standin.imap.first_uid = 1
    with_no_memory = RealMailServers(office.standin.account(office.name))
    assert office.poll(with_no_memory) == ["one", "two"]


def test_a_restart_reads_nothing_again(office: Office) -> None:
    office.receives("one", "two")
    office.poll()
    assert office.poll(RealMailServers(office.standin.account(office.name))) == []


# ---- connections that drop


def test_a_connection_cut_in_the_middle_of_a_mail_loses_nothing(office: Office) -> None:
    office.receives("one", "two")
    office.standin.imap.drop_in_literal(office.standin.uid(2))
    office.fails("读取文件夹")
    office.poll()
    assert office.read == ["one", "two"]


def test_a_mail_over_which_the_connection_always_breaks_does_not_keep_others_from_being_read(office: Office) -> None:
    office.receives("one", "poison", "three")
    office.receives("junk", folder="垃圾邮件")
    office.standin.imap.drop_in_literal(office.standin.uid(2), times=ALWAYS)
    office.fails("读取文件夹")
    office.poll()  # "one", then the connection breaks over the poison; what broke it comes last from now on
    office.poll()
    assert sorted(office.read) == ["junk", "one", "three"]
    office.receives("four")
    assert office.poll() == ["four"]
    assert office.cursors["INBOX"].uid == office.standin.uid(1)


def test_dropped_after_any_number_of_bytes_everything_is_read_in_the_end(office: Office) -> None:
    office.receives("one", "two", "three")
    for count in range(1, 2500, 130):
        office.standin.imap.drop_after(count)
        office.may_fail()
        office.servers.close()
    office.now += 24 * 3600
    office.poll()
    assert set(office.read) == {"one", "two", "three"}


@pytest.mark.parametrize("point", ["connect", "LOGIN", "ID", "LIST", "EXAMINE", "SEARCH", "FETCH"])
def test_a_connection_that_drops_at_any_command_is_an_error_that_passes(office: Office, point: str) -> None:
    office.receives("one")
    office.standin.imap.drop_at(point)
    assert not office.fails("收信服务器").permanent
    assert office.poll() == ["one"]


# ---- answers of every kind

POINTS = ["connect", "LOGIN", "ID", "LIST", "EXAMINE", "SEARCH", "FETCH"]


@pytest.mark.parametrize("point", POINTS)
def test_a_bye_at_any_point_is_told_in_the_servers_words_whatever_their_charset(office: Office, point: str) -> None:
    office.receives("one")
    office.standin.imap.answer_at(point, "* BYE 系统维护".encode("gb18030"))
    office.fails("系统维护")
    assert office.poll() == ["one"]


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize(
    "garbage", [b"\xff\xfe\0\x80", b"* FETCH ((((\r\n* 1 FETCH (UID x)", b"* 99999999999999999999 EXISTS"]
)
def test_garbage_at_any_point_is_an_error_that_passes(hurried: Office, point: str, garbage: bytes) -> None:
    hurried.receives("one")
    hurried.standin.imap.answer_at(point, garbage + b"\r\n{tag} OK done\r\n" + garbage)
    assert not hurried.may_fail()
    hurried.poll()
    assert hurried.read == ["one"]


@pytest.mark.parametrize("size", [99999999999, 10**30, 5])
def test_a_literal_whose_size_lies_is_never_taken_for_the_mail(hurried: Office, size: int) -> None:
    hurried.receives("one", "two")
    hurried.standin.imap.lie_about_literal(size, hurried.standin.uid(1))
    assert not hurried.may_fail()
    assert not hurried.may_fail()
    assert sorted(hurried.read) == ["one", "two"]


def test_a_literal_that_promises_more_than_there_is_ends_with_the_timeout(hurried: Office) -> None:
    hurried.receives("one")
    hurried.standin.imap.lie_about_literal(5000, hurried.standin.uid(1))
    hurried.fails("超时")
    assert hurried.poll() == ["one"]


@pytest.mark.parametrize("point", ["connect", "LOGIN", "EXAMINE", "FETCH"])
@pytest.mark.parametrize("chunk", [b"x" * 65536, b"* OK still here\r\n" * 4096, b"(" * 65536])
def test_an_endless_answer_ends_by_its_size(hurried: Office, point: str, chunk: bytes) -> None:
    hurried.receives("one")
    hurried.standin.imap.flood_at(point, chunk)
    hurried.fails("超过")
    assert hurried.poll() == ["one"]


def test_an_endless_answer_to_a_fetch_of_bodies_ends_by_its_size_too(hurried: Office) -> None:
    hurried.receives("one")
    flood = lambda: hurried.standin.imap.flood_at("FETCH", b"* OK still here\r\n" * 4096)  # noqa: E731
    hurried.standin.imap.before("FETCH", flood)
    hurried.fails("超过")
    assert hurried.poll() == ["one"]


@pytest.mark.parametrize("point", ["connect", "LOGIN", "SEARCH"])
def test_a_server_that_drips_is_left_after_twice_the_timeout(hurried: Office, point: str) -> None:
    hurried.receives("one")
    hurried.standin.imap.drip_at(point, b"* OK wait a little\r\n")
    began = datetime.now(UTC)
    hurried.fails("过慢")
    assert datetime.now(UTC) - began < timedelta(seconds=5)  # of the greeting and of the first answer, each


@pytest.mark.parametrize("point", ["connect", "FETCH"])
def test_a_silent_server_is_left_after_the_timeout(hurried: Office, point: str) -> None:
    hurried.receives("one")
    hurried.standin.imap.silent_at(point)
    began = datetime.now(UTC)
    hurried.fails("超时")
    assert datetime.now(UTC) - began < timedelta(seconds=2)


def test_a_mailbox_that_is_full_says_so(office: Office) -> None:
    office.standin.imap.answer_at("EXAMINE", "{tag} NO [OVERQUOTA] mailbox is full", times=ALWAYS)
    office.fails("OVERQUOTA", "清理")


# ---- logging in


def logging_in(standin: Standin, *, password: str = PASSWORD) -> MailServerError:
    servers = RealMailServers(standin.account("login", password=password, timeout=1))
    with pytest.raises(MailServerError) as caught, servers.mailbox():
        pass
    return caught.value


def test_a_wrong_code_is_permanent_and_named_in_the_servers_words(standin: Standin) -> None:
    standin.imap.answer_at("LOGIN", "{tag} NO LOGIN 登录失败：密码错误".encode("gb18030"))
    error = logging_in(standin)
    assert error.permanent
    assert "密码错误" in str(error)


@pytest.mark.parametrize("words", ["[UNAVAILABLE] try later", "LOGIN too many connections", "登录过于频繁，请稍后再试"])
def test_a_login_refused_for_the_moment_is_not_permanent(standin: Standin, words: str) -> None:
    standin.imap.answer_at("LOGIN", f"{{tag}} NO {words}")
    assert not logging_in(standin).permanent


@pytest.mark.parametrize("answer", ["{tag} NO wrong code %s", "* BYE %s", "%s", "{tag} BAD %s"])
def test_no_error_repeats_the_password(standin: Standin, answer: str) -> None:
    secret = 'geheim "und" \\lang'
    said: Sequence[str] = (secret, secret.replace("\\", "\\\\").replace('"', '\\"'))
    for text in said:
        standin.imap.answer_at("LOGIN", answer % ("x" * 480 + text))
        error = logging_in(standin, password=secret)
        assert "geheim" not in str(error)

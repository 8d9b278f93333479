"""One ring of the bell: poll, judge, write, deliver; a server that is away stops only its own step."""

from datetime import datetime, timedelta

import pytest
from doubles import PROGRESS, Killed, Post, desk, entries, kinds, mail, no_wait, parsed, restarted
from world import EDUCATION, FINANCE, HEALTH, Log, at, kept

from cuibao.desk import waves
from cuibao.desk.context import Desk
from cuibao.desk.tick import Bell, Done
from cuibao.papers import judge
from cuibao.rules.outcomes import LedgerError, MailServerError
from cuibao.rules.traffic import Delivery, Outcome, SentMessage

NINE = at("2020-06-15T09:00")
DOWN = MailServerError("connection refused")
BAD_LOGIN = MailServerError("535 authentication failed", permanent=True)


def ring(book: Desk, now: datetime) -> Done:
    return Bell(book, no_wait(now)).tick(now)


def bell(post: Post, **changes: object) -> tuple[Bell, Desk]:
    book = desk(post, **changes)
    return Bell(book, lambda _seconds: NINE), book


def fill_sent_folder(post: Post) -> None:
    """The provider keeps a copy of what it accepted."""
    post.sent_folder = [
        SentMessage(parsed(raw)["Message-ID"], parsed(raw)["Subject"], recipients) for raw, recipients in post.accepted
    ]


def store_of_last_night(post: Post) -> Log:
    """A ledger as it was backed up before the letters of NINE left, which 已发送 knows."""
    before, backup = desk(post), Log()
    backup.append([kept("aa", "2020-06-12T10:00")])
    before.ledger = Log()
    before.ledger.append([kept("aa", "2020-06-12T10:00")])
    ring(before, NINE)
    fill_sent_folder(post)
    return backup


def test_the_first_tick_of_a_stage_writes_and_sends_to_every_unit() -> None:
    done = ring(desk(), NINE)
    assert [(item.note.key.unit, item.state) for item in done.delivered] == [
        (EDUCATION, "sent"),
        (HEALTH, "sent"),
        (FINANCE, "sent"),
    ]


def test_a_second_tick_sends_nothing() -> None:
    post = Post()
    ringing, _ = bell(post)
    ringing.tick(NINE)
    ringing.tick(NINE + timedelta(minutes=1))
    assert len(post.accepted) == 3


def test_a_report_that_lies_in_the_mailbox_spares_the_unit_its_letter() -> None:
    post = Post()
    ringing, book = bell(post)
    ringing.tick(NINE)
    answer = mail("jyj@edu.example", "Re: 报送", PROGRESS, answering=post.to("jyj@edu.example")[0])
    post.arrive(answer, at("2020-06-28T08:59:59"))
    ringing.tick(at("2020-06-28T09:00"))
    urged = [entry.unit for entry in entries(book, "letter.sent") if entry.data["purpose"] == "urge"]
    assert urged == [HEALTH, FINANCE]


def test_the_mailbox_is_read_every_three_minutes_while_nothing_else_happens() -> None:
    post = Post()
    ringing, _ = bell(post)
    for minute in range(7):
        ringing.tick(at("2020-06-12T10:00") + timedelta(minutes=minute))
    assert post.polls == 3


def test_a_clock_that_went_back_does_not_stop_the_polling() -> None:
    post = Post()
    ringing, _ = bell(post)
    ringing.tick(at("2020-06-12T10:00"))
    ringing.tick(at("2020-06-12T09:00"))
    assert post.polls == 2


def test_without_imap_the_letters_still_leave() -> None:
    post = Post(imap_down=DOWN)
    done = ring(desk(post), NINE)
    assert [server for server, _ in done.troubles] == ["imap"]
    assert len(done.delivered) == 3


def test_without_smtp_the_mails_are_still_read_and_the_letters_leave_later() -> None:
    post = Post(smtp_down=DOWN)
    ringing, _ = bell(post)
    done = ringing.tick(NINE)
    assert ([server for server, _ in done.troubles], post.polls) == (["smtp"], 1)
    post.smtp_down = None
    assert len(ringing.tick(NINE + timedelta(minutes=1)).delivered) == 3


@pytest.mark.parametrize("server", ["imap", "smtp"])
def test_a_refused_login_rests_an_hour(server: str) -> None:
    post = Post(**{f"{server}_down": BAD_LOGIN})
    ringing, _ = bell(post)
    minutes = (0, 1, 30, 59, 60)
    tried = [server in dict(ringing.tick(NINE + timedelta(minutes=minute)).troubles) for minute in minutes]
    assert tried == [True, False, False, False, True]


@pytest.mark.parametrize(
    ("answer", "rest"),
    [
        (Outcome(Delivery.LATER, "421 too many", wait=timedelta(minutes=30), for_all=True), 30),
        (Outcome(Delivery.STOPPED, "550 User suspended"), 60),
    ],
)
def test_a_server_that_wants_to_be_left_alone_is_left_alone_with_every_letter(answer: Outcome, rest: int) -> None:
    post = Post(answers=[answer])
    ringing, _ = bell(post)
    ringing.tick(NINE)
    ringing.tick(NINE + timedelta(minutes=rest - 1))
    assert len(post.tried) == 1
    ringing.tick(NINE + timedelta(minutes=rest))
    assert len(post.tried) == 4


def test_a_server_that_refuses_the_connection_for_a_time_is_left_alone_so_long() -> None:
    post = Post(smtp_down=MailServerError("421 HL:ICC", wait=timedelta(minutes=15)))
    ringing, _ = bell(post)
    ringing.tick(NINE)
    post.smtp_down = None
    assert ringing.tick(NINE + timedelta(minutes=14)).delivered == ()
    assert len(ringing.tick(NINE + timedelta(minutes=15)).delivered) == 3


def test_a_server_that_asks_late_in_a_wave_is_left_alone_from_then_on() -> None:
    post = Post(
        answers=[
            Outcome(Delivery.SENT, "250"),
            Outcome(Delivery.LATER, "421", wait=timedelta(minutes=15), for_all=True),
        ]
    )
    book = desk(post)
    waits = no_wait(NINE)
    ringing = Bell(book, lambda _seconds: waits(600))
    ringing.tick(NINE)
    ringing.pause = no_wait(NINE)
    assert ringing.tick(NINE + timedelta(minutes=24)).delivered == ()
    assert len(ringing.tick(NINE + timedelta(minutes=25)).delivered) == 2


def test_a_full_disk_stops_the_tick_before_anything_leaves() -> None:
    post = Post()
    ringing, book = bell(post)

    def full(*_: object) -> None:
        raise LedgerError("磁盘已满")

    book.ledger.append = full  # type: ignore[method-assign,assignment]
    with pytest.raises(LedgerError):
        ringing.tick(NINE)
    assert post.accepted == []


def test_a_mail_kept_by_a_process_that_died_is_judged_while_imap_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    post = Post()
    ringing, book = bell(post)
    ringing.tick(NINE)
    post.arrive(
        mail("jyj@edu.example", "Re", PROGRESS, answering=post.to("jyj@edu.example")[0]), at("2020-06-16T10:00")
    )
    sound = judge.judge

    def die(*_: object) -> None:
        raise Killed

    monkeypatch.setattr(judge, "judge", die)
    with pytest.raises(Killed):
        ringing.tick(at("2020-06-16T10:03"))
    monkeypatch.setattr(judge, "judge", sound)
    post.imap_down = DOWN
    done = ring(restarted(book), at("2020-06-16T10:04"))
    assert [found.verdict.unit for found in done.judged] == [EDUCATION]


def test_a_whole_quarter_writes_each_unit_three_letters_and_no_more() -> None:
    post = Post()
    ringing, book = bell(post)
    now = at("2020-06-12T08:00")
    while now < at("2020-07-10T18:00"):
        ringing.tick(now)
        now += timedelta(minutes=30)
    assert [len(post.to(address)) for address in ("jyj@edu.example", "ybj@med.example", "czj@fin.example")] == [3, 3, 3]
    assert set(kinds(book)) == {"letter.intended", "letter.sent"}


def test_letters_that_an_older_store_does_not_know_are_found_in_the_sent_folder() -> None:
    post = Post()
    restored = desk(post, ledger=store_of_last_night(post))
    ring(restored, NINE + timedelta(hours=1))
    assert len(post.accepted) == 3
    assert kinds(restored, "letter.sent") == ["letter.sent"] * 3


def test_a_letter_that_left_and_could_not_be_recorded_is_found_and_not_sent_again() -> None:
    post = Post()
    ringing, book = bell(post)
    write = book.ledger.append

    def full(*_: object) -> None:
        raise LedgerError("磁盘已满")

    def fill_the_disk() -> None:
        book.ledger.append = full  # type: ignore[method-assign,assignment]

    post.before_answer = fill_the_disk
    with pytest.raises(LedgerError):
        ringing.tick(NINE)
    book.ledger.append = write  # type: ignore[method-assign]
    post.before_answer = lambda: None
    fill_sent_folder(post)
    ringing.tick(NINE + timedelta(minutes=1))
    assert [len(post.to(address)) for address in ("jyj@edu.example", "ybj@med.example", "czj@fin.example")] == [1, 1, 1]


def test_a_letter_that_is_due_only_later_is_known_from_the_sent_folder_too() -> None:
    post = Post()
    restored = desk(post, ledger=store_of_last_night(post), digest_to=("chen@office.example",))
    ringing = Bell(restored, no_wait(NINE))
    waves.hold(restored, "2020Q2", "first", NINE, by="陈某", reason="领导外出")
    ringing.tick(NINE + timedelta(hours=1))
    waves.approve(restored, "2020Q2", "first", NINE + timedelta(hours=1), by="陈某", reason="同意")
    ringing.tick(NINE + timedelta(hours=2))
    assert [len(post.to(address)) for address in ("chen@office.example", "jyj@edu.example")] == [1, 1]

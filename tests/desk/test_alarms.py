"""Alarms: written down, mailed to the office, and told by other ways where the mailbox fails; once, then daily, then the all-clear."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from doubles import Post, desk, entries, kinds, no_wait, parsed
from world import EDUCATION, at, office, with_unit

from cuibao.desk.context import Desk
from cuibao.desk.tick import Bell
from cuibao.rules.outcomes import LedgerError, MailServerError
from cuibao.rules.traffic import Delivery, Outcome

CHEN = "chen@office.example"
NINE = at("2020-06-10T09:00")
DOWN = MailServerError("connection refused")
BAD_LOGIN = MailServerError("535 authentication failed", permanent=True)


class Crier:
    """A herald that remembers what it was given."""

    def __init__(self) -> None:
        self.told: list[tuple[str, bool]] = []

    def tell(self, words: str, *, mailbox_fails: bool) -> None:
        self.told.append((words, mailbox_fails))


def town(post: Post, **changes: object) -> tuple[Bell, Desk, Crier]:
    crier = Crier()
    book = replace(desk(post, digest_to=(CHEN,), **changes), herald=crier)
    return Bell(book, no_wait(NINE)), book, crier


def ring(bell: Bell, *moments: datetime) -> None:
    for moment in moments:
        bell.tick(moment)


def hours(*numbers: float) -> list[datetime]:
    return [NINE + timedelta(hours=number) for number in numbers]


def test_a_mailbox_that_is_away_is_told_after_an_hour_then_daily_then_the_all_clear() -> None:
    post = Post(imap_down=DOWN)
    bell, book, crier = town(post)
    ring(bell, *hours(0, 0.5, 1, 2, 24, 25, 26))
    assert kinds(book, "alarm") == ["alarm.raised", "alarm.raised"]
    post.imap_down = None
    ring(bell, *hours(27, 28))
    assert kinds(book, "alarm") == ["alarm.raised", "alarm.raised", "alarm.cleared"]
    assert [words.partition("：")[0] for words, _ in crier.told] == ["告警", "仍在继续", "已解除"]
    assert crier.told[0][1]


def test_an_alarm_is_mailed_to_the_office_even_at_night() -> None:
    post = Post(imap_down=DOWN)
    bell, _, _ = town(post)
    ring(bell, *hours(10, 11, 11.1))
    (raw,) = post.to(CHEN)
    assert str(parsed(raw)["Subject"]).startswith("【告警】测试办报送提醒系统：自6月10日19:00起未能读取邮箱")


def test_the_all_clear_is_mailed_too() -> None:
    post = Post(imap_down=DOWN)
    bell, _, _ = town(post)
    ring(bell, *hours(0, 1, 1.1))
    post.imap_down = None
    ring(bell, *hours(2, 2.1))
    assert str(parsed(post.to(CHEN)[-1])["Subject"]).startswith("【告警解除】")


def test_a_refused_login_is_told_at_once_and_cleared_when_it_is_mended() -> None:
    post = Post(imap_down=BAD_LOGIN)
    bell, book, _ = town(post)
    ring(bell, NINE)
    assert entries(book, "alarm.raised")[0].data["key"] == "imap.login"
    post.imap_down = None
    ring(bell, *hours(1.1))
    assert kinds(book, "alarm") == ["alarm.raised", "alarm.cleared"]


def test_an_account_that_is_stopped_is_told() -> None:
    post = Post(answers=[Outcome(Delivery.STOPPED, "550 MI:SPB")])
    bell, book, crier = town(post)
    ring(bell, at("2020-06-15T09:00"))
    assert entries(book, "alarm.raised")[0].data["key"] == "smtp.login"
    assert "550 MI:SPB" in crier.told[0][0]


def test_letters_that_cannot_leave_for_an_hour_are_told() -> None:
    post = Post(smtp_down=DOWN)
    bell, book, _ = town(post)
    ring(bell, *(at(f"2020-06-15T{hour}") for hour in ("09:00", "09:30", "10:00")))
    assert [entry.data["key"] for entry in entries(book, "alarm.raised")] == ["smtp"]
    post.smtp_down = None
    ring(bell, at("2020-06-15T10:05"))
    assert kinds(book, "alarm") == ["alarm.raised", "alarm.cleared"]


def test_nobody_to_write_to_leaves_the_ledger_and_the_herald() -> None:
    post = Post(imap_down=BAD_LOGIN)
    bell, book, crier = town(post)
    bell.desk = replace(book, office=office())
    ring(bell, NINE)
    assert kinds(book) == ["alarm.raised"]
    assert len(crier.told) == 1


def test_what_is_no_fault_of_the_mailbox_is_told_by_mail() -> None:
    post = Post()
    bell, book, crier = town(post)
    bell.desk = replace(book, office=with_unit(office(digest_to=(CHEN,)), EDUCATION, contacts=()))
    ring(bell, *hours(0, 0.1))
    assert [raw for raw in post.to(CHEN) if "告警" in str(parsed(raw)["Subject"])]
    assert crier.told[0][1] is False


def test_a_template_that_fails_does_not_silence_the_alarm() -> None:
    post = Post(imap_down=BAD_LOGIN)
    bell, book, crier = town(post)
    bell.desk = replace(book, templates={**book.templates, "mail/alarm.txt": "{{ nobody.knows }}"})
    ring(bell, NINE)
    assert kinds(book) == ["alarm.raised"]
    assert len(crier.told) == 2


def test_a_store_that_cannot_be_written_makes_no_flood() -> None:
    post = Post(imap_down=BAD_LOGIN)
    bell, book, crier = town(post)

    def full(*_: object) -> None:
        raise LedgerError("磁盘已满")

    book.ledger.append = full  # type: ignore[method-assign,assignment]
    for moment in hours(0, 0.1, 0.2):
        with pytest.raises(LedgerError):
            ring(bell, moment)
    assert crier.told == []


def test_a_restart_during_an_outage_is_no_all_clear() -> None:
    post = Post(imap_down=DOWN)
    bell, book, _ = town(post)
    ring(bell, *hours(0, 1))
    again = Bell(book, no_wait(NINE))
    ring(again, *hours(1.1, 1.2))
    assert kinds(book, "alarm") == ["alarm.raised"]
    post.imap_down = None
    ring(again, *hours(1.3))
    assert kinds(book, "alarm") == ["alarm.raised", "alarm.cleared"]


def test_a_sending_server_that_is_back_is_found_out_though_nothing_is_to_be_sent() -> None:
    post = Post(smtp_down=DOWN)
    bell, book, _ = town(post)
    ring(bell, *(at(f"2020-06-30T{hour}") for hour in ("14:30", "15:30")))
    ring(bell, at("2020-07-09T10:00"))
    post.smtp_down = None
    ring(bell, at("2020-07-10T10:00"))
    cleared = [entry.data["key"] for entry in entries(book, "alarm.cleared")]
    assert "smtp" in cleared


def test_after_a_restart_a_server_whose_failure_was_told_is_tried_too() -> None:
    post = Post(smtp_down=DOWN)
    bell, book, _ = town(post)
    ring(bell, *(at(f"2020-06-30T{hour}") for hour in ("14:30", "15:30")))
    post.smtp_down = None
    again = Bell(book, no_wait(NINE))
    ring(again, at("2020-07-20T10:00"))
    assert "smtp" in [entry.data["key"] for entry in entries(book, "alarm.cleared")]


def test_units_that_stay_unreachable_are_not_told_as_well_when_the_stage_begins() -> None:
    post = Post()
    bell, book, crier = town(post)
    bell.desk = replace(book, office=with_unit(office(digest_to=(CHEN,)), EDUCATION, contacts=()))
    ring(bell, at("2020-06-10T09:00"), at("2020-06-15T09:00"))
    assert [entry.data["key"] for entry in entries(book, "alarm.cleared")] == ["address.2020Q2.first"]
    assert not [words for words, _ in crier.told if words.startswith("已解除")]


def test_units_that_cannot_be_reached_are_told_once_a_working_day() -> None:
    bell, book, _ = town(Post())
    bell.desk = replace(book, office=with_unit(office(digest_to=(CHEN,)), EDUCATION, contacts=()))
    ring(bell, *(at(f"2020-06-{day}T09:00") for day in range(22, 29)))  # the festival is from the 25th to the 27th
    told = [entry.at.day for entry in entries(book, "alarm.raised") if entry.data["key"].startswith("address")]
    assert told == [22, 23, 24, 28]


def test_a_wave_that_takes_long_is_no_clock_that_went_back() -> None:
    post = Post()
    bell, book, _ = town(post)
    waits = no_wait(at("2020-06-15T09:00"))
    bell.pause = lambda _seconds: waits(3600)
    ring(bell, at("2020-06-15T09:00"))
    assert [entry.data["key"] for entry in entries(book, "alarm.raised")] == []

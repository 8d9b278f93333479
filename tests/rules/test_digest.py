"""On which mornings the office gets its digest."""

from datetime import date

import pytest
from world import PERIODS, Log, at, letter, note, office

from cuibao.rules.digest import in_season, is_due
from cuibao.rules.entries import Kind
from cuibao.rules.letters import LetterKey


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2020-06-15T08:29", False),
        ("2020-06-15T08:30", True),
        ("2020-06-15T16:59", True),
        ("2020-06-15T17:00", False),
        ("2020-06-20T09:00", False),
        ("2020-06-28T09:00", True),
    ],
)
def test_a_digest_is_due_in_the_morning_of_each_working_day(now: str, due: bool) -> None:
    assert is_due(office(), Log().book(), at(now)) is due


def written(day: str) -> Log:
    from dataclasses import replace

    plain = note("", "digest")
    key = LetterKey(plain.key.notice, "2020Q2", "", "digest", date.fromisoformat(day))
    log = Log()
    log.append([letter(Kind.LETTER_INTENDED, replace(plain, key=key), f"{day}T08:30")])
    return log


def test_a_digest_is_written_once_a_day() -> None:
    assert not is_due(office(), written("2020-06-15").book(), at("2020-06-15T09:00"))
    assert is_due(office(), written("2020-06-15").book(), at("2020-06-16T08:30"))


def test_a_digest_from_a_clock_that_was_ahead_does_not_call_for_another_one() -> None:
    log = written("2020-06-15")
    log.append(written("2020-06-17").lines)
    assert not is_due(office(), log.book(), at("2020-06-15T09:00"))


@pytest.mark.parametrize(
    ("now", "season"),
    [
        ("2020-06-14T23:59", False),
        ("2020-06-15T00:00", True),
        ("2020-07-06T23:59", True),
        ("2020-07-07T00:00", False),
        ("2020-12-31T12:00", True),
    ],
)
def test_the_season_of_a_quarter_is_from_its_first_stage_to_the_end_of_its_last(now: str, season: bool) -> None:
    assert in_season(office(), at(now)) is season


def test_without_stages_the_season_is_the_deadlines_day() -> None:
    bare = office(stages=())
    assert [in_season(bare, at(f"2020-{day}T12:00")) for day in ("06-29", "06-30", "07-01")] == [False, True, False]
    assert PERIODS[0].last_day == date(2020, 6, 30)

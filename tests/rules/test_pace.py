"""How many letters may leave, and when each of a wave can."""

from datetime import date, datetime

import pytest
from world import HOURS, at

from cuibao.rules.office import Pace
from cuibao.rules.pace import Timetable, allowance, days_of_wave

PACE = Pace(per_day=10, receipts_share=4, seconds_between=20)


def table(
    now: str = "2020-06-15T09:00", used: dict[date, tuple[int, int]] | None = None, pace: Pace = PACE
) -> Timetable:
    return Timetable(HOURS, pace, at(now), used or {})


def slot(timetable: Timetable, recipients: int = 1, purpose: str = "first") -> datetime | None:
    return timetable.slot(at("2020-06-15T09:00"), recipients, purpose)


@pytest.mark.parametrize(
    ("moment", "used", "receipts", "purpose", "left"),
    [
        ("2020-06-15T10:00", 0, 0, "first", 6),
        ("2020-06-15T10:00", 0, 0, "receipt", 10),
        ("2020-06-15T10:00", 2, 2, "first", 6),
        ("2020-06-15T10:00", 6, 6, "first", 4),
        ("2020-06-15T15:59:59", 6, 0, "first", 0),
        ("2020-06-15T16:00", 6, 0, "first", 4),
        ("2020-06-15T16:00", 12, 0, "receipt", 0),
    ],
)
def test_what_may_still_be_sent(moment: str, used: int, receipts: int, purpose: str, left: int) -> None:
    assert allowance(at(moment), used, receipts, PACE, purpose) == left


def test_letters_are_seconds_apart() -> None:
    timetable = table()
    assert [slot(timetable), slot(timetable)] == [at("2020-06-15T09:00"), at("2020-06-15T09:00:20")]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2020-06-15T07:00", "2020-06-15T09:00"),
        ("2020-06-15T12:00", "2020-06-15T14:30"),
        ("2020-06-15T17:00", "2020-06-16T09:00"),
        ("2020-06-24T17:00", "2020-06-28T09:00"),
    ],
)
def test_a_letter_waits_for_the_office_to_open(now: str, expected: str) -> None:
    assert slot(table(now)) == at(expected)


def test_what_exceeds_the_share_goes_at_four_and_what_exceeds_the_day_tomorrow() -> None:
    timetable = table()
    assert slot(timetable, 6) == at("2020-06-15T09:00")
    assert slot(timetable, 4) == at("2020-06-15T16:00")
    assert slot(timetable, 1) == at("2020-06-16T09:00")


def test_what_left_earlier_in_the_day_counts() -> None:
    assert slot(table(used={date(2020, 6, 15): (10, 0)})) == at("2020-06-16T09:00")


def test_receipts_use_up_their_own_share() -> None:
    timetable = table()
    assert slot(timetable, 4, "receipt") == at("2020-06-15T09:00")
    assert slot(timetable, 6) == at("2020-06-15T09:00:20")


@pytest.mark.parametrize(("recipients", "purpose"), [(7, "first"), (11, "receipt")])
def test_a_letter_to_more_people_than_a_days_quota_never_goes(recipients: int, purpose: str) -> None:
    assert slot(table(), recipients, purpose) is None


@pytest.mark.parametrize(
    ("per_day", "share", "sizes", "days"),
    [(50, 10, [1] * 40, 1), (20, 5, [1] * 40, 2), (2, 0, [2, 1], 2), (2, 0, [3], 0), (50, 10, [], 0)],
)
def test_on_how_many_days_a_wave_leaves(per_day: int, share: int, sizes: list[int], days: int) -> None:
    pace = Pace(per_day=per_day, receipts_share=share)
    assert days_of_wave(HOURS, pace, at("2020-06-15T09:00"), sizes) == days

"""Working days with 调休 and office hours, by the calendar of 2020."""

from datetime import date, datetime, time, timedelta

import pytest

from cuibao.rules.workdays import CHINA, OfficeHours, Workdays

OFF = (
    frozenset(date(2020, 6, day) for day in (25, 26, 27))
    | frozenset(date(2020, 10, day) for day in range(1, 9))
    | {date(2021, 1, 1)}
)
CALENDAR = Workdays(OFF, frozenset({date(2020, 6, 28), date(2020, 9, 27), date(2020, 10, 10)}), frozenset({2020, 2021}))
HOURS = OfficeHours(((time(9), time(11, 30)), (time(14, 30), time(17))), CALENDAR)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


@pytest.mark.parametrize(
    ("start", "count", "expected"),
    [
        ((2020, 6, 30), -10, (2020, 6, 15)),
        ((2020, 6, 30), -5, (2020, 6, 22)),
        ((2020, 6, 30), -2, (2020, 6, 28)),
        ((2020, 6, 30), 0, (2020, 6, 30)),
        ((2020, 6, 30), 1, (2020, 7, 1)),
        ((2020, 6, 30), 3, (2020, 7, 3)),
        ((2020, 9, 30), 1, (2020, 10, 9)),
        ((2020, 12, 30), 3, (2021, 1, 5)),
        ((2020, 6, 27), 0, (2020, 6, 24)),
    ],
)
def test_shifting_counts_working_days(start: tuple[int, int, int], count: int, expected: tuple[int, int, int]) -> None:
    assert CALENDAR.shift(date(*start), count) == date(*expected)


def test_a_swapped_sunday_is_worked_and_a_holiday_thursday_is_not() -> None:
    assert CALENDAR.is_workday(date(2020, 6, 28))
    assert not CALENDAR.is_workday(date(2020, 6, 25))


def test_days_between_are_counted_in_both_directions() -> None:
    assert CALENDAR.between(date(2020, 6, 15), date(2020, 6, 30)) == 10
    assert CALENDAR.between(date(2020, 6, 30), date(2020, 6, 15)) == -10
    assert CALENDAR.between(date(2020, 6, 30), date(2020, 6, 30)) == 0


def test_a_year_without_a_table_is_named() -> None:
    assert CALENDAR.unpublished([2020, 2021, 2022]) == (2022,)


@pytest.mark.parametrize(
    ("moment", "inside"),
    [
        ("2020-06-15T08:59:59", False),
        ("2020-06-15T09:00", True),
        ("2020-06-15T11:29:59", True),
        ("2020-06-15T11:30", False),
        ("2020-06-15T14:30", True),
        ("2020-06-15T17:00", False),
        ("2020-06-27T10:00", False),
        ("2020-06-28T10:00", True),
    ],
)
def test_windows_are_half_open_and_only_on_working_days(moment: str, inside: bool) -> None:
    assert HOURS.contains(at(moment)) is inside


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2020-06-15T09:30", "2020-06-15T09:30"),
        ("2020-06-15T12:00", "2020-06-15T14:30"),
        ("2020-06-24T17:00", "2020-06-28T09:00"),
        ("2020-09-30T18:00", "2020-10-09T09:00"),
    ],
)
def test_the_next_open_moment(moment: str, expected: str) -> None:
    assert HOURS.next_open(at(moment)) == at(expected)


def test_the_opening_of_a_day_is_its_first_window() -> None:
    assert HOURS.opening(date(2020, 6, 15)) == at("2020-06-15T09:00")


def test_moments_of_other_zones_are_read_as_china_time() -> None:
    assert HOURS.contains(at("2020-06-15T09:00") - timedelta(0))
    assert HOURS.contains(datetime.fromisoformat("2020-06-15T01:00:00+00:00"))

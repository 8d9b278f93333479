"""When each stage of a period is due, and until when."""

from datetime import date, datetime, time

import pytest

from cuibao.rules.period import Period, Span, Stage, closes_at, spans
from cuibao.rules.workdays import CHINA, OfficeHours, Workdays

OFF = frozenset(date(2020, 6, day) for day in (25, 26, 27)) | frozenset(date(2020, 10, day) for day in range(1, 9))
HOURS = OfficeHours(
    ((time(9), time(11, 30)), (time(14, 30), time(17))),
    Workdays(OFF | {date(2021, 1, 1)}, frozenset({date(2020, 6, 28), date(2020, 9, 27), date(2020, 10, 10)})),
)
STAGES = (
    Stage("first", "提醒", -10),
    Stage("second", "再次提醒", -5, enabled=False),
    Stage("urge", "催报", -2),
    Stage("due", "截止提醒", 0, enabled=False),
    Stage("overdue", "逾期催报", 1),
    Stage("final", "逾期再催", 3, enabled=False, escalate=True),
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


def told(found: tuple[Span, ...]) -> list[tuple[str, datetime, datetime]]:
    return [(span.stage.key, span.due_at, span.ends_at) for span in found]


def test_the_second_quarter_of_2020_has_its_three_stages() -> None:
    assert told(spans(STAGES, date(2020, 6, 30), HOURS)) == [
        ("first", at("2020-06-15T09:00"), at("2020-06-28T00:00")),
        ("urge", at("2020-06-28T09:00"), at("2020-07-01T00:00")),
        ("overdue", at("2020-07-01T09:00"), at("2020-07-07T00:00")),
    ]


def test_a_stage_after_the_national_holiday_waits_for_the_first_working_day() -> None:
    overdue = spans(STAGES, date(2020, 9, 30), HOURS)[-1]
    assert (overdue.due_at, overdue.ends_at) == (at("2020-10-09T09:00"), at("2020-10-14T00:00"))


def test_the_year_end_stage_reaches_into_january() -> None:
    overdue = spans(STAGES, date(2020, 12, 30), HOURS)[-1]
    assert (overdue.due_at, overdue.ends_at) == (at("2020-12-31T09:00"), at("2021-01-07T00:00"))


def test_a_deadline_on_a_day_off_has_its_stage_on_the_last_working_day_before() -> None:
    due = (Stage("due", "截止提醒", 0),)
    assert told(spans(due, date(2020, 6, 27), HOURS)) == [("due", at("2020-06-24T09:00"), at("2020-06-28T00:00"))]


@pytest.mark.parametrize(("inclusive", "last"), [(True, date(2020, 6, 30)), (False, date(2020, 6, 29))])
def test_the_last_day_depends_on_whether_the_deadline_counts(inclusive: bool, last: date) -> None:
    assert Period("2020Q2", "第二季度", date(2020, 6, 30), inclusive).last_day == last


def test_a_day_closes_at_the_midnight_after_it() -> None:
    assert closes_at(date(2020, 6, 30)) == at("2020-07-01T00:00")


def test_a_span_holds_its_start_but_not_its_end() -> None:
    span = spans(STAGES, date(2020, 6, 30), HOURS)[0]
    assert span.due_at in span
    assert span.ends_at not in span

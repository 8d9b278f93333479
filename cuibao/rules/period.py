"""Periods and stages: which day a report is due, and when each letter about it may leave."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from cuibao.rules.workdays import CHINA, OfficeHours

_DAY = timedelta(days=1)
GRACE_AFTER = 3
"""A stage after the deadline never outlives this many working days after its own day."""


@dataclass(frozen=True, slots=True)
class Period:
    """A quarter. `deadline` is the day that the notice prints; `inclusive` says whether that day still counts (含当日)."""

    key: str
    name: str
    deadline: date
    inclusive: bool = True

    @property
    def last_day(self) -> date:
        """The last day on which a report is on time."""
        return self.deadline if self.inclusive else self.deadline - _DAY

    def name_in(self, year: int) -> str:
        """What it is called beside the quarters of that year: 第四季度, of another year 2020年第四季度."""
        own = self.key[:4]
        return self.name if own == str(year) or self.name.startswith(own) else f"{own}年{self.name}"


@dataclass(frozen=True, slots=True)
class Stage:
    """A named point `workdays` working days before (negative) or after the effective deadline."""

    key: str
    name: str
    workdays: int
    enabled: bool = True
    escalate: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """When a stage is due: from `due_at` until (not including) `ends_at`."""

    stage: Stage
    due_at: datetime
    ends_at: datetime

    def __contains__(self, moment: datetime) -> bool:
        return self.due_at <= moment < self.ends_at


def day_start(day: date) -> datetime:
    """00:00 of that day in China."""
    return datetime.combine(day, time(), CHINA)


def closes_at(last_day: date) -> datetime:
    """The first moment that is late: the midnight after the last day."""
    return day_start(last_day + _DAY)


def stage_day(stage: Stage, last_day: date, hours: OfficeHours) -> date:
    """The working day that a stage falls on, counted from the effective deadline `last_day`."""
    return hours.workdays.shift(last_day, stage.workdays)


@lru_cache(maxsize=512)
def spans(stages: tuple[Stage, ...], last_day: date, hours: OfficeHours) -> tuple[Span, ...]:
    """The spans of the enabled stages for one effective deadline, in order of time. A stage ends where the next begins; one
    before the deadline never outlives it, one after it never the third working day after its own."""
    enabled = sorted((stage for stage in stages if stage.enabled), key=lambda stage: stage.workdays)
    days = [stage_day(stage, last_day, hours) for stage in enabled]
    result = []
    for index, (stage, day) in enumerate(zip(enabled, days, strict=True)):
        outer = last_day if stage.workdays <= 0 else hours.workdays.shift(day, GRACE_AFTER)
        ends_at = closes_at(outer)
        if index + 1 < len(days):
            ends_at = min(ends_at, day_start(days[index + 1]))
        result.append(Span(stage, hours.opening(day), ends_at))
    return tuple(result)

"""Working days with 调休, and the office's hours. The table of days comes from outside; nothing here knows a year."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")
_DAY = timedelta(days=1)
_SATURDAY = 5


@dataclass(frozen=True)
class Workdays:
    """Which days are worked. `off` are days off in the week, `worked` weekend days that are worked (国务院办公厅 notice
    of each year); `published` are the years whose table is known: any other year falls back to plain weekends."""

    off: frozenset[date] = field(default_factory=frozenset)
    worked: frozenset[date] = field(default_factory=frozenset)
    published: frozenset[int] = field(default_factory=frozenset)

    def is_workday(self, day: date) -> bool:
        if day in self.worked:
            return True
        return day not in self.off and day.weekday() < _SATURDAY

    def shift(self, day: date, count: int) -> date:
        """The |count|-th working day after (positive) or before (negative) `day`; for 0, `day` itself or, where it is a
        day off, the last working day before it."""
        if count == 0:
            while not self.is_workday(day):
                day -= _DAY
            return day
        step = _DAY if count > 0 else -_DAY
        for _ in range(abs(count)):
            day += step
            while not self.is_workday(day):
                day += step
        return day

    def between(self, first: date, last: date) -> int:
        """Working days after `first` up to and including `last`; negative when `last` is earlier."""
        if last < first:
            return -self.between(last, first)
        days = (first + _DAY * n for n in range(1, (last - first).days + 1))
        return sum(self.is_workday(day) for day in days)

    def unpublished(self, years: Iterable[int]) -> tuple[int, ...]:
        """Those of `years` whose table nobody has published yet."""
        return tuple(sorted(set(years) - self.published))


@dataclass(frozen=True)
class OfficeHours:
    """The windows of a working day in which letters leave, in order, half open: 09:00 is in, 11:30 is out."""

    windows: tuple[tuple[time, time], ...]
    workdays: Workdays

    def opening(self, day: date) -> datetime:
        """The start of that day's first window, worked or not."""
        return datetime.combine(day, self.windows[0][0], CHINA)

    def contains(self, moment: datetime) -> bool:
        local = moment.astimezone(CHINA)
        if not self.workdays.is_workday(local.date()):
            return False
        return any(start <= local.time() < end for start, end in self.windows)

    def next_open(self, moment: datetime) -> datetime:
        """The first moment not before `moment` inside a window."""
        return next(max(start, moment.astimezone(CHINA)) for start, _ in self.spans(moment))

    def spans(self, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Every window that ends after `moment`, without end, in order."""
        local = moment.astimezone(CHINA)
        day = local.date()
        while True:
            if self.workdays.is_workday(day):
                for start, end in self.windows:
                    if datetime.combine(day, end, CHINA) > local:
                        yield datetime.combine(day, start, CHINA), datetime.combine(day, end, CHINA)
            day += _DAY

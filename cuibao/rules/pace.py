"""Pace: how many letters may leave on a day, and when each of a wave can go, in office hours and within the daily quota."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from cuibao.rules.letters import RECEIPT
from cuibao.rules.office import Pace
from cuibao.rules.workdays import CHINA, OfficeHours

SHARE_UNTIL = time(16, 0)
"""Until then a share of the quota is kept for receipts."""


def allowance(moment: datetime, used: int, receipts: int, pace: Pace, purpose: str) -> int:
    """How many recipients may still be written to at that moment of the day, given those used and of them by receipts."""
    left = pace.per_day - used
    if purpose != RECEIPT and moment.astimezone(CHINA).time() < SHARE_UNTIL:
        left -= max(0, pace.receipts_share - receipts)
    return max(0, left)


def days_of_wave(hours: OfficeHours, pace: Pace, start: datetime, sizes: Iterable[int]) -> int:
    """On how many working days letters of so many recipients each leave, when all are due at `start` and nothing else is sent."""
    timetable = Timetable(hours, pace, start, {})
    slots = [timetable.slot(start, size, "") for size in sizes]
    return len({slot.date() for slot in slots if slot})


@dataclass
class Timetable:
    """Gives letters their times one after another; every call takes a slot. `used` holds (all, receipts) by day, and on days that it
    does not name `daily` recipients are kept for the office's digest."""

    hours: OfficeHours
    pace: Pace
    free_from: datetime
    used: Mapping[date, tuple[int, int]]
    daily: int = 0
    _taken: dict[date, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))

    def slot(self, earliest: datetime, recipients: int, purpose: str) -> datetime | None:
        """The next moment from `earliest` on at which so many recipients fit, or None where they never do (more than a day's
        quota)."""
        if recipients > self.pace.per_day - self.daily - (0 if purpose == RECEIPT else self.pace.receipts_share):
            return None
        candidates = self._candidates(max(earliest, self.free_from))
        found = next(moment for moment in candidates if recipients <= self._left(moment, purpose))
        self._take(found, recipients, purpose)
        return found

    def _candidates(self, earliest: datetime) -> Iterator[datetime]:
        """The moments at which there may be more room than before: each window's opening, and the end of the receipts' share."""
        for start, end in self.hours.spans(earliest):  # pragma: no branch - there is always another window
            opened = max(start, earliest)
            yield opened
            released = datetime.combine(opened.date(), SHARE_UNTIL, CHINA)
            if opened < released < end:
                yield released

    def _left(self, moment: datetime, purpose: str) -> int:
        used, receipts = self.used.get(moment.date(), (self.daily, 0))
        taken = self._taken[moment.date()]
        return allowance(moment, used + taken[0], receipts + taken[1], self.pace, purpose)

    def _take(self, moment: datetime, recipients: int, purpose: str) -> None:
        taken = self._taken[moment.date()]
        taken[0] += recipients
        taken[1] += recipients if purpose == RECEIPT else 0
        self.free_from = moment + timedelta(seconds=self.pace.seconds_between)

"""Tally: a period summed up by unit and by item, and day by day. It judges nothing: standing.py has."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from cuibao.rules.standing import ItemStanding, Standing, UnitStanding, combined, on_time
from cuibao.rules.workdays import CHINA

REPORTED = (Standing.RECEIVED, Standing.ACCEPTED)
"""Standings in which everything that is owed has come."""
LONGEST_DAYS = 120
"""A curve shows no more days than this, the latest ones."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many units, or items, of those that owe a report have reported, in time or late; how many in part or to be mended, and how
    many not at all. `exempt` ones are not among the `owing`."""

    owing: int
    in_time: int
    late: int
    partly: int
    missing: int
    exempt: int

    @property
    def reported(self) -> int:
        return self.in_time + self.late

    @property
    def percent(self) -> int:
        """Of those that owe, rounded down: 100 only when all have."""
        return 100 * self.reported // self.owing if self.owing else 100


@dataclass(frozen=True, slots=True)
class ItemTally:
    """Where an item stands in a period, from all its units'; `parties` in the registry's order."""

    item: int
    standing: Standing
    on_time: bool | None
    parties: tuple[tuple[str, ItemStanding], ...]


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a period: letters that left on it, and units from which everything had come by its end; None for a day to come."""

    day: date
    letters: int
    reported: int | None


def tally(found: Iterable[UnitStanding | ItemTally]) -> Tally:
    """Count units, or items."""
    counts: Counter[str] = Counter(_column(one) for one in found)
    owing = sum(counts.values()) - counts["exempt"]
    return Tally(owing, counts["in_time"], counts["late"], counts["partly"], counts["missing"], counts["exempt"])


def _column(one: UnitStanding | ItemTally) -> str:
    if one.standing in REPORTED:
        return "late" if one.on_time is False else "in_time"
    if one.standing in (Standing.EXEMPT, Standing.MISSING):
        return str(one.standing)
    return "partly"


def by_item(found: Iterable[UnitStanding], now: datetime) -> dict[int, ItemTally]:
    """The units' obligations the other way round, in the order of items."""
    parties: dict[int, list[tuple[str, ItemStanding]]] = defaultdict(list)
    for unit in found:
        for item in unit.items:
            parties[item.obligation.item].append((unit.unit, item))
    return {no: _item(no, tuple(parties[no]), now) for no in sorted(parties)}


def _item(no: int, parties: tuple[tuple[str, ItemStanding], ...], now: datetime) -> ItemTally:
    counted = [item for _, item in parties if item.standing is not Standing.EXEMPT]
    return ItemTally(no, combined(counted), on_time(counted, now), parties)


def complete_since(unit: UnitStanding) -> datetime | None:
    """When the last that a unit owes first came; None while something has not come, or nothing is owed."""
    counted = [item.first_received_at for item in unit.items if item.standing is not Standing.EXEMPT]
    came = [moment for moment in counted if moment]
    return max(came) if came and len(came) == len(counted) else None


def curve(
    found: Sequence[UnitStanding], sent: Iterable[datetime], first: date, last: date, today: date
) -> tuple[Day, ...]:
    """Day by day from `first` to `last`, or to today where that is later, the latest 120 days."""
    letters = Counter(moment.astimezone(CHINA).date() for moment in sent)
    came = Counter(moment.astimezone(CHINA).date() for unit in found if (moment := complete_since(unit)))
    begin = min([first, *(day for day in (*letters, *came) if day <= today)])
    end = max(last, min(today, last + timedelta(days=LONGEST_DAYS)))
    begin = max(begin, end - timedelta(days=LONGEST_DAYS - 1))
    return tuple(_days(letters, came, begin, end, today))


def _days(letters: Counter[date], came: Counter[date], begin: date, end: date, today: date) -> Iterator[Day]:
    total = sum(number for day, number in came.items() if day < begin)
    for offset in range((end - begin).days + 1):
        day = begin + timedelta(days=offset)
        total += came[day]
        yield Day(day, letters[day], total if day <= today else None)

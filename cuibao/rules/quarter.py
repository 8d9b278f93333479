"""A quarter by its items: who reported what for each, how far its targets are, and which units are late; what documents are made of."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cuibao.rules.book import Book
from cuibao.rules.obligation import Obligation
from cuibao.rules.office import Office
from cuibao.rules.period import Period, closes_at
from cuibao.rules.progress import YEAR_END, Figure, Light, Reach, Told, Words, Written, due_share, light, reached
from cuibao.rules.registry import Item, Role, Target
from cuibao.rules.standing import OWED, ItemStanding, Standing, UnitStanding, unit_standing


class Reporting(StrEnum):
    """How a unit that owes reports has kept the deadline, as documents tell it. Every such unit is exactly one of these."""

    IN_TIME = "in_time"
    LATE = "late"
    PARTIAL = "partial"
    RETURNED = "returned"
    MISSING = "missing"
    OPEN = "open"


REPORTING_WORDS = {
    Reporting.IN_TIME: "按时报送",
    Reporting.LATE: "迟报",
    Reporting.PARTIAL: "漏报",
    Reporting.RETURNED: "退回待补",
    Reporting.MISSING: "未报",
    Reporting.OPEN: "未到时限",
}
"""What people see. 未报 is nothing at all, 漏报 is items left out, 迟报 is all of it, but late."""


@dataclass(frozen=True, slots=True)
class Party:
    """A unit's part in one item: its role, where its obligation stands (None where it owes no report), its words that stand,
    and whether what it reported on it is a nil report."""

    unit: str
    role: Role
    standing: ItemStanding | None
    words: Told[Words] | None
    nil: bool

    @property
    def owes(self) -> bool:
        return self.standing is not None and self.standing.standing in OWED

    @property
    def reported(self) -> bool:
        """Whether a report on it is in that was not sent back."""
        return self.standing is not None and self.standing.standing in (Standing.RECEIVED, Standing.ACCEPTED)


@dataclass(frozen=True, slots=True)
class Measured:
    """A unit's figure against one `target` of an item. `reach` is None where nothing can be said of that (progress.reached)."""

    unit: str
    target: Target
    told: Told[Figure]
    reach: Reach | None

    @property
    def behind(self) -> bool:
        return self.reach is not None and self.reach.behind

    @property
    def returned(self) -> bool:
        """Whether the report that said it was sent back."""
        return self.told.returned


@dataclass(frozen=True, slots=True)
class Refused:
    """What a unit filled in for a target, and what was not taken: it has reported, and its number is to be made sure of."""

    unit: str
    target: Target
    told: Told[Written]


@dataclass(frozen=True, slots=True)
class ItemReport:
    """One item in the quarter, as it stands at `at`. `figures` are by target, in the notice's order: of every lead that reported one; where none did, of
    the cooperating units. They are never added up: whether they are parts or the same number told twice, nobody has said. `refused`
    are by target, of the same units."""

    item: Item
    at: datetime
    parties: tuple[Party, ...]
    figures: tuple[tuple[Target, tuple[Measured, ...]], ...]
    refused: tuple[Refused, ...]
    light: Light | None

    @property
    def leads(self) -> tuple[Party, ...]:
        return tuple(party for party in self.parties if party.role is Role.LEAD)

    @property
    def behind(self) -> bool:
        """Whether a figure is 进度滞后."""
        return any(one.behind for _, found in self.figures for one in found)

    @property
    def measured(self) -> bool:
        """Whether there is any figure that was not sent back: without one, nothing is known of how far it is."""
        return any(not one.returned for _, found in self.figures for one in found)

    @property
    def shows_returned(self) -> bool:
        """Whether any figure or words on it are of a report that was sent back."""
        told = (party.words for party in self.parties if party.words)
        return any(one.returned for one in told) or any(one.returned for _, found in self.figures for one in found)

    def told_by(self, target: Target) -> frozenset[str]:
        """The units of whom a figure for the target is shown, or that one was refused."""
        told = (one.unit for each, found in self.figures if each is target for one in found)
        return frozenset((*told, *(one.unit for one in self.refused if one.target is target)))

    def ambiguous(self, unit: str) -> bool:
        """Whether a figure must be told with its unit: unless it is of the only lead."""
        return [party.unit for party in self.leads] != [unit]

    @property
    def nil(self) -> tuple[str, ...]:
        """The units whose report on it is a nil report, leads first."""
        return tuple(party.unit for party in self.parties if party.nil and party.reported)

    @property
    def silent(self) -> tuple[str, ...]:
        """The units that reported on it in no words and no figures of its own, as by a letter about all their items; leads first."""
        told = {one.unit for _, found in self.figures for one in found} | {one.unit for one in self.refused}
        return tuple(
            party.unit
            for party in self.parties
            if party.reported and not party.words and not party.nil and party.unit not in told
        )

    @property
    def unfilled(self) -> tuple[Target, ...]:
        """The targets without a figure, be it a refused one, though every lead that owes a report has sent one, and not all of them a
        nil report."""
        owing = [party for party in self.leads if party.owes or party.reported]
        if any(party.owes for party in owing) or all(party.nil for party in owing):
            return ()
        filled = {one.target for one in self.refused}
        return tuple(target for target, found in self.figures if not found and target not in filled)

    @property
    def missing(self) -> tuple[str, ...]:
        """The units from which nothing has come on it, leads first."""
        return self._standing(Standing.MISSING)

    @property
    def overdue(self) -> tuple[str, ...]:
        """Those of `missing` whose deadline is over: 未报."""
        over = {one.unit for one in self.parties if one.standing and self.at >= closes_at(one.standing.last_day)}
        return tuple(unit for unit in self.missing if unit in over)

    @property
    def awaited(self) -> tuple[str, ...]:
        """The others of `missing`: 尚未报送."""
        overdue = self.overdue
        return tuple(unit for unit in self.missing if unit not in overdue)

    @property
    def returned(self) -> tuple[str, ...]:
        """The units whose report on it was sent back and has not been mended, leads first."""
        return self._standing(Standing.RETURNED)

    def _standing(self, wanted: Standing) -> tuple[str, ...]:
        return tuple(party.unit for party in self.parties if party.standing and party.standing.standing is wanted)


@dataclass(frozen=True, slots=True)
class Quarter:
    """A period as it stands at `at`: items in the notice's order, units in the registry's."""

    period: Period
    at: datetime
    items: tuple[ItemReport, ...]
    units: tuple[UnitStanding, ...]
    due: int
    """序时进度, in percent."""

    @property
    def year_end(self) -> bool:
        """Whether all of a year's target is due."""
        return self.due >= YEAR_END

    @property
    def closed(self) -> bool:
        """Whether the deadline that the notice prints is over."""
        return self.at >= closes_at(self.period.last_day)

    @property
    def obliged(self) -> tuple[UnitStanding, ...]:
        """The units that owe reports: all but exempt ones."""
        return tuple(unit for unit in self.units if unit.standing is not Standing.EXEMPT)

    def reporting(self, unit: UnitStanding) -> Reporting:
        """How a unit of `obliged` has kept the deadline."""
        owed = self.overdue_items(unit)
        if not unit.owed:
            return Reporting.LATE if unit.on_time is False else Reporting.IN_TIME
        if not owed:
            return Reporting.OPEN
        if any(one.standing is Standing.RETURNED for one in owed):
            return Reporting.RETURNED
        return Reporting.MISSING if unit.standing is Standing.MISSING else Reporting.PARTIAL

    @property
    def by_reporting(self) -> Mapping[Reporting, tuple[str, ...]]:
        """The names of the units of `obliged`, by how they kept the deadline; every way is there, be it empty."""
        found = [(self.reporting(unit), unit.unit) for unit in self.obliged]
        return {how: tuple(name for each, name in found if each is how) for how in Reporting}

    @property
    def sections(self) -> tuple[tuple[str, tuple[ItemReport, ...]], ...]:
        """The items by section, both in the notice's order."""
        found: dict[str, list[ItemReport]] = {}
        for one in self.items:
            found.setdefault(one.item.section, []).append(one)
        return tuple((name, tuple(items)) for name, items in found.items())

    @property
    def overdue(self) -> tuple[UnitStanding, ...]:
        """Units that owe something whose deadline is over (未报)."""
        return tuple(unit for unit in self.units if any(self._over(one) for one in unit.owed))

    def overdue_items(self, unit: UnitStanding) -> tuple[ItemStanding, ...]:
        """What a unit owes whose deadline is over."""
        return tuple(one for one in unit.owed if self._over(one))

    def _over(self, one: ItemStanding) -> bool:
        return self.at >= closes_at(one.last_day)


def quarter(
    office: Office, duties: Mapping[str, Sequence[Obligation]], book: Book, period: Period, now: datetime
) -> Quarter:
    """The period as it stands now. Pure."""
    units = tuple(
        unit_standing(unit.name, period, duties[unit.name], book, now)
        for unit in office.registry.units
        if duties[unit.name]
    )
    standings = {(one.unit, item.obligation.item): item for one in units for item in one.items}
    due = due_share(office.progress, period.key)
    items = tuple(_report(office, item, standings, book, period, due, now) for item in office.registry.items)
    return Quarter(period, now, items, units, due)


def _report(
    office: Office,
    item: Item,
    standings: Mapping[tuple[str, int], ItemStanding],
    book: Book,
    period: Period,
    due: int,
    now: datetime,
) -> ItemReport:
    parties = tuple(
        Party(
            unit.name,
            role,
            standings.get((unit.name, item.no)),
            book.reported.said(unit.name, period.key, item.no),
            book.reported.nil(unit.name, period.key, item.no),
        )
        for unit, role in office.registry.parties(item)
    )
    figures = tuple((target, _measured(parties, item, target, book, period, due)) for target in item.targets)
    refused = tuple(one for target, found in figures for one in _refused(parties, item, target, found, book, period))
    behind = any(one.behind for _, found in figures for one in found)
    owing = [party.standing.last_day for party in parties if party.standing and party.owes]
    return ItemReport(
        item,
        now,
        parties,
        figures,
        refused,
        light(now, min(owing, default=period.last_day), owed=bool(owing), behind=behind),
    )


def _measured(
    parties: Sequence[Party], item: Item, target: Target, book: Book, period: Period, due: int
) -> tuple[Measured, ...]:
    for role in (Role.LEAD, Role.COOPERATING):
        found = tuple(
            Measured(
                party.unit,
                target,
                told,
                reached(target, told, due),
            )
            for party in parties
            if party.role is role and (told := book.reported.figure(party.unit, period.key, item.no, target.indicator))
        )
        if found:
            return found
    return ()


def _refused(
    parties: Sequence[Party], item: Item, target: Target, figures: Sequence[Measured], book: Book, period: Period
) -> Iterator[Refused]:
    """Those of the leads; of the cooperating units, where no lead has a figure."""
    leads = {party.unit for party in parties if party.role is Role.LEAD}
    led = any(one.unit in leads for one in figures)
    for party in parties:
        told = book.reported.refusal(party.unit, period.key, item.no, target.indicator)
        if told and (party.role is Role.LEAD or not led):
            yield Refused(party.unit, target, told)

"""The registry: items, the units that answer for them, and every name a unit goes by (民生办〔2020〕5号)."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property, lru_cache

_PERCENT = str.maketrans("％﹪", "%%")


class Role(StrEnum):
    """牵头 or 协同, per item and unit."""

    LEAD = "lead"
    COOPERATING = "cooperating"


class Duty(StrEnum):
    """Whether a unit owes a report, or is only written to."""

    REPORT = "report"
    INFORM = "inform"


class Comparison(StrEnum):
    """How a figure is held against its target."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    EQUAL = "equal"


def plain_measure(measure: str) -> str:
    """A measure as it is kept and compared: ％, as a Chinese keyboard types it, is %."""
    return measure.translate(_PERCENT)


@lru_cache(maxsize=512)
def is_share(measure: str) -> bool:
    """Whether a measure is a percentage, in whatever width somebody wrote it."""
    return unicodedata.normalize("NFKC", measure).strip() in ("%", "‰")


@dataclass(frozen=True, slots=True)
class Target:
    """A number that an item states: 培训 14500 人 is ("企业新录用人员培训", at_least, 14500, "人")."""

    indicator: str
    comparison: Comparison
    value: Decimal
    measure: str

    @property
    def is_share(self) -> bool:
        """Whether it is a part of a whole, which a year's work does not add up to: 毛入学率 98%."""
        return is_share(self.measure)

    @property
    def is_limit(self) -> bool:
        """Whether less is better: not more than 40, and none at all, as 零事故 is written."""
        none = self.comparison is Comparison.EQUAL and not self.value
        return none or self.comparison is Comparison.AT_MOST

    @property
    def grows(self) -> bool:
        """Whether it is a sum over the year, of which a part is due by each quarter: neither a limit nor a share."""
        return not (self.is_limit or self.is_share)


@dataclass(frozen=True, slots=True)
class Contact:
    """Where a unit is reached. `fallback` contacts are written to only when the others fail."""

    name: str
    email: str
    phone: str = ""
    fallback: bool = False


@dataclass(frozen=True, slots=True)
class Former:
    """A name that a unit, or the organ whose duties it took over, bore before `until`: ledgers and notices of then print it."""

    name: str
    until: date


@dataclass(frozen=True, slots=True)
class Unit:
    """An organ that answers for items."""

    name: str
    aliases: tuple[str, ...] = ()
    duty: Duty = Duty.REPORT
    contacts: tuple[Contact, ...] = ()
    escalate_to: tuple[str, ...] = ()
    former: tuple[Former, ...] = ()


@dataclass(frozen=True, slots=True)
class Collective:
    """A body that stands for many units (成员单位); without members it is only listed."""

    name: str
    aliases: tuple[str, ...] = ()
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """A numbered work item; `lead` and `cooperating` are names as the notice prints them."""

    no: int
    section: str
    title: str
    lead: tuple[str, ...]
    cooperating: tuple[str, ...] = ()
    open_ended: bool = False
    targets: tuple[Target, ...] = ()


@dataclass(frozen=True)
class Registry:
    """Items and units together. Names in items are resolved through aliases, exactly, never by likeness."""

    items: tuple[Item, ...]
    units: tuple[Unit, ...]
    collectives: tuple[Collective, ...] = field(default=())

    @cached_property
    def _units_by_name(self) -> dict[str, Unit]:
        known = {former.name: unit for unit in self.units for former in unit.former}
        return known | {name: unit for unit in self.units for name in (unit.name, *unit.aliases)}

    @cached_property
    def _collectives_by_name(self) -> dict[str, Collective]:
        return {name: body for body in self.collectives for name in (body.name, *body.aliases)}

    @cached_property
    def _items_by_no(self) -> dict[int, Item]:
        return {item.no: item for item in self.items}

    def unit(self, name: str) -> Unit | None:
        """The unit of that name or alias, else the one that bore the name before, or None."""
        return self._units_by_name.get(name)

    def collective(self, name: str) -> Collective | None:
        """The collective of that name or alias, or None."""
        return self._collectives_by_name.get(name)

    def item(self, no: int) -> Item | None:
        """The item of that number, or None."""
        return self._items_by_no.get(no)

    def units_of(self, name: str) -> tuple[Unit, ...]:
        """The units that a printed name stands for: itself, or a collective's configured members (none: empty)."""
        if unit := self.unit(name):
            return (unit,)
        body = self.collective(name)
        return tuple(unit for member in body.members if (unit := self.unit(member))) if body else ()

    def parties(self, item: Item) -> Iterator[tuple[Unit, Role]]:
        """Each unit of an item once, with its strongest role, leads first."""
        seen: set[str] = set()
        for role, names in ((Role.LEAD, item.lead), (Role.COOPERATING, item.cooperating)):
            for name in names:
                for unit in self.units_of(name):
                    if unit.name not in seen:
                        seen.add(unit.name)
                        yield unit, role

    def unresolved_collectives(self, item: Item) -> tuple[Collective, ...]:
        """Collectives of an item that have no members configured."""
        bodies = (self.collective(name) for name in (*item.lead, *item.cooperating))
        return tuple(body for body in bodies if body and not body.members)

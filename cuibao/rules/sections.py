"""A quarter by the notice's sections: how many items, whose leads have reported, how targets stand, which lights are on."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cuibao.rules.progress import Light
from cuibao.rules.quarter import ItemReport, Party, Quarter
from cuibao.rules.standing import Standing


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the notice. Of its leads that owe a report, `reported` are those from which everything on its items has come,
    `owing` the others, both in the notice's order. A target is `behind` where any figure of it is, `in_time` where there is one and
    none is, else it is `unmeasured`. `lights` count items."""

    name: str
    items: tuple[ItemReport, ...]
    reported: tuple[str, ...]
    owing: tuple[str, ...]
    in_time: int
    behind: int
    unmeasured: int
    lights: Mapping[Light, int]

    @property
    def targets(self) -> int:
        return self.in_time + self.behind + self.unmeasured


def sections(quarter: Quarter) -> tuple[Section, ...]:
    """The sections in the notice's order."""
    return tuple(_section(name, items) for name, items in quarter.sections)


def whole(quarter: Quarter) -> Section:
    """All items as if they were one section."""
    return _section("", quarter.items)


def _section(name: str, items: tuple[ItemReport, ...]) -> Section:
    owes = _owes(party for one in items for party in one.leads)
    targets = Counter(
        "behind" if any(one.behind for one in found) else "in_time" if any(one.reach for one in found) else "unmeasured"
        for report in items
        for _, found in report.figures
    )
    return Section(
        name,
        items,
        tuple(unit for unit, still in owes.items() if not still),
        tuple(unit for unit, still in owes.items() if still),
        targets["in_time"],
        targets["behind"],
        targets["unmeasured"],
        Counter(report.light for report in items if report.light),
    )


def _owes(leads: Iterable[Party]) -> dict[str, bool]:
    """Whether each unit still owes something, of those that owe reports at all."""
    found: dict[str, bool] = {}
    for party in leads:
        if party.standing and party.standing.standing is not Standing.EXEMPT:
            found[party.unit] = found.get(party.unit, False) or party.owes
    return found

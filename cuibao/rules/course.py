"""The course of a figure: what a unit reported against a target quarter by quarter, beside what was due, as pages show it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from cuibao.rules.book import Book
from cuibao.rules.obligation import Obligation
from cuibao.rules.office import Office
from cuibao.rules.period import Period
from cuibao.rules.progress import Figure, Light, Reach, Told, Words, Written, due_share, light, reached
from cuibao.rules.quarter import ItemReport, Party
from cuibao.rules.registry import Item, Role, Target
from cuibao.rules.standing import ItemStanding, UnitStanding

LastYear = Callable[[str, Target, Period], Decimal | None]
"""What a unit had reported against the same target by the same quarter of the year before; None where that is not known."""


@dataclass(frozen=True, slots=True)
class Point:
    """One quarter of a course. `due` is 序时进度 in percent. `reach` is None where there is no figure, or one that is not held against its
    target: it was sent back, or is in another measure. `refused` is what was filled in since and not taken."""

    period: Period
    due: int
    told: Told[Figure] | None
    reach: Reach | None
    refused: Told[Written] | None
    last_year: Decimal | None


@dataclass(frozen=True, slots=True)
class Course:
    """A unit's figures against one target of an item, over the year's quarters in order of time, as looked at in `period`."""

    item: Item
    party: Party
    target: Target
    period: Period
    points: tuple[Point, ...]
    light: Light | None

    @property
    def here(self) -> Point:
        """The quarter that is looked at."""
        return next(point for point in self.points if point.period == self.period)

    @property
    def behind(self) -> bool:
        """Whether the figure of the quarter that is looked at is 进度滞后."""
        return self.here.reach is not None and self.here.reach.behind

    @property
    def filled(self) -> bool:
        """Whether a figure was filled in in any quarter, be it one that was refused."""
        return any(point.told or point.refused for point in self.points)

    @property
    def newest(self) -> Point | None:
        """The latest quarter with a figure, up to the one that is looked at."""
        told = [point for point in self.points[: self.points.index(self.here) + 1] if point.told]
        return told[-1] if told else None


@dataclass(frozen=True, slots=True)
class Said:
    """What a unit wrote about an item in one quarter."""

    party: Party
    period: Period
    told: Told[Words]


@dataclass(frozen=True, slots=True)
class Part:
    """A unit's part in one item: its course towards every target that it answers for, or has reported a figure for, and its light."""

    item: Item
    party: Party
    courses: tuple[Course, ...]
    light: Light | None


@dataclass(frozen=True, slots=True)
class Courses:
    """The courses of a year as they are looked at in `period`, at the moment `now`."""

    office: Office
    book: Book
    period: Period
    now: datetime
    last_year: LastYear

    def of_item(self, report: ItemReport) -> tuple[tuple[Target, tuple[Course, ...]], ...]:
        """By target, in the notice's order: that of every lead, be it without figures, and of the units whose figures count or were refused."""
        return tuple(
            (
                target,
                tuple(
                    self._course(report.item, party, target)
                    for party in report.parties
                    if party.role is Role.LEAD or party.unit in report.told_by(target)
                ),
            )
            for target, _ in report.figures
        )

    def of_unit(self, duties: Iterable[Obligation], standing: UnitStanding) -> tuple[Part, ...]:
        """The unit's parts in the order of its `duties`, those of which it is only informed among them."""
        stands = {one.obligation.item: one for one in standing.items}
        items = ((duty, self.office.registry.item(duty.item)) for duty in duties)
        return tuple(self._part(duty, item, stands.get(item.no)) for duty, item in items if item)

    def _part(self, duty: Obligation, item: Item, standing: ItemStanding | None) -> Part:
        words = self.book.reported.said(duty.unit, self.period.key, item.no)
        nil = self.book.reported.nil(duty.unit, self.period.key, item.no)
        party = Party(duty.unit, duty.role, standing, words, nil)
        courses = tuple(self._course(item, party, target) for target in item.targets)
        kept = tuple(one for one in courses if party.role is Role.LEAD or one.filled)
        return Part(item, party, kept, self._light(party, behind=any(one.behind for one in kept)))

    def _course(self, item: Item, party: Party, target: Target) -> Course:
        points = tuple(self._point(period, item, party, target) for period in self.office.periods)
        dark = Course(item, party, target, self.period, points, None)
        return replace(dark, light=self._light(party, behind=dark.behind))

    def _point(self, period: Period, item: Item, party: Party, target: Target) -> Point:
        due = due_share(self.office.progress, period.key)
        told = self.book.reported.figure(party.unit, period.key, item.no, target.indicator)
        reach = reached(target, told, due) if told else None
        refused = self.book.reported.refusal(party.unit, period.key, item.no, target.indicator)
        return Point(period, due, told, reach, refused, self.last_year(party.unit, target, period))

    def _light(self, party: Party, *, behind: bool) -> Light | None:
        last_day = party.standing.last_day if party.standing else self.period.last_day
        return light(self.now, last_day, owed=party.owes, behind=behind)


def gravest(found: Iterable[Light | None]) -> Light | None:
    """The gravest of some lights, None where none is on."""
    return max((one for one in found if one), key=list(Light).index, default=None)


def said_over(report: ItemReport, book: Book, periods: Sequence[Period]) -> tuple[Said, ...]:
    """What the item's units wrote, leads first, each unit's latest quarter first."""
    told = (
        (party, period, book.reported.said(party.unit, period.key, report.item.no))
        for party in report.parties
        for period in reversed(periods)
    )
    return tuple(Said(party, period, words) for party, period, words in told if words)

"""The course of a figure: what a unit reported against a target quarter by quarter, beside what was due, as pages show it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from cuibao.rules.book import Book
from cuibao.rules.office import Office
from cuibao.rules.period import Period
from cuibao.rules.progress import Figure, Light, Reach, Told, Words, due_share, light, reach
from cuibao.rules.quarter import ItemReport, Party, Quarter
from cuibao.rules.registry import Item, Role, Target

LastYear = Callable[[str, Target, Period], Decimal | None]
"""What a unit had reported against the same target by the same quarter of the year before; None where that is not known."""


@dataclass(frozen=True, slots=True)
class Point:
    """One quarter of a course. `due` is 序时进度 in percent. `reach` is None where there is no figure, or one in another measure."""

    period: Period
    due: int
    told: Told[Figure] | None
    reach: Reach | None
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


def item_courses(
    office: Office, book: Book, quarter: Quarter, report: ItemReport, last_year: LastYear
) -> tuple[tuple[Target, tuple[Course, ...]], ...]:
    """By target, in the notice's order: the course of every lead, be it without figures, and of the units whose figures count."""
    return tuple(
        (
            target,
            tuple(
                _course(office, book, quarter, report.item, party, target, last_year)
                for party in report.parties
                if party.role is Role.LEAD or party.unit in {one.unit for one in found}
            ),
        )
        for target, found in report.figures
    )


def unit_courses(
    office: Office, book: Book, quarter: Quarter, unit: str, last_year: LastYear
) -> tuple[tuple[ItemReport, tuple[Course, ...]], ...]:
    """By item, those that the unit leads first: its course towards every target that it answers for, or has reported a figure for."""
    found = []
    for report in quarter.items:
        for party in report.parties:
            if party.unit == unit:
                courses = tuple(
                    _course(office, book, quarter, report.item, party, t, last_year) for t in report.item.targets
                )
                kept = tuple(one for one in courses if party.role is Role.LEAD or any(p.told for p in one.points))
                found += [(party.role is not Role.LEAD, report, kept)] if kept else []
    return tuple((report, kept) for _, report, kept in sorted(found, key=lambda one: one[0]))


def lights(quarter: Quarter, unit: str, courses: Iterable[Course]) -> dict[int, Light]:
    """The lights of a unit's part in its items, by item; those without one are left out. `courses` are the unit's."""
    behind = {course.item.no for course in courses if course.behind}
    parts = ((report.item.no, party) for report in quarter.items for party in report.parties if party.unit == unit)
    found = ((no, _light(quarter, party, behind=no in behind)) for no, party in parts)
    return {no: one for no, one in found if one}


def gravest(found: Iterable[Light]) -> Light | None:
    """The gravest of some lights, None where there are none."""
    return max(found, key=list(Light).index, default=None)


def said_over(report: ItemReport, book: Book, periods: Sequence[Period]) -> tuple[Said, ...]:
    """What the item's units wrote, leads first, each unit's latest quarter first."""
    told = (
        (party, period, book.reported.said(party.unit, period.key, report.item.no))
        for party in report.parties
        for period in reversed(periods)
    )
    return tuple(Said(party, period, words) for party, period, words in told if words)


def _course(
    office: Office, book: Book, quarter: Quarter, item: Item, party: Party, target: Target, last_year: LastYear
) -> Course:
    points = tuple(_point(office, book, period, item, party, target, last_year) for period in office.periods)
    dark = Course(item, party, target, quarter.period, points, None)
    return replace(dark, light=_light(quarter, party, behind=dark.behind))


def _point(
    office: Office, book: Book, period: Period, item: Item, party: Party, target: Target, last_year: LastYear
) -> Point:
    due = due_share(office.progress, period.key)
    told = book.reported.figure(party.unit, period.key, item.no, target.indicator)
    same = told is not None and told.what.measure == target.measure
    reached = reach(target, told.what.value, due) if told and same else None
    return Point(period, due, told, reached, last_year(party.unit, target, period))


def _light(quarter: Quarter, party: Party, *, behind: bool) -> Light | None:
    last_day = party.standing.last_day if party.standing else quarter.period.last_day
    return light(quarter.at, last_day, owed=party.owes, behind=behind)

"""进度: figures against targets as item and unit pages show them, each with its small chart, its quarters and what it replaced."""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

from cuibao.desk.course import last_year
from cuibao.desk.documents import quarter_of
from cuibao.desk.thread import Paper
from cuibao.front.console import here
from cuibao.front.console.trend import Trend, draw
from cuibao.rules.course import Course, Courses, Part
from cuibao.rules.entries import Kind
from cuibao.rules.period import Period
from cuibao.rules.progress import Figure, Source, Told
from cuibao.rules.quarter import ItemReport, Quarter
from cuibao.rules.registry import Role, Target
from cuibao.rules.standing import UnitStanding


class Row(NamedTuple):
    """A course with its chart."""

    course: Course
    trend: Trend


def quarter_here(period: Period) -> Quarter:
    """The quarter by its items, reckoned once as long as nothing changes."""
    desk, now = here.desk(), here.now()
    return here.reader().remembered(("quarter", period.key), now, lambda: quarter_of(desk, period, now))


def item_rows(period: Period, report: ItemReport) -> list[tuple[Target, list[Row]]]:
    """An item's targets, each with a row for every unit whose figure counts."""
    return [(target, _rows(courses)) for target, courses in _courses(period).of_item(report)]


def unit_parts(period: Period, standing: UnitStanding) -> tuple[Part, ...]:
    """A unit's parts in its items."""
    return _courses(period).of_unit(here.desk().duties[standing.unit], standing)


def unit_rows(parts: Iterable[Part]) -> list[tuple[Part, list[Row]]]:
    """Those parts that have targets, each with a row a target; items that the unit leads come first."""
    found = [(part, _rows(part.courses)) for part in parts if part.courses]
    return sorted(found, key=lambda one: one[0].party.role is not Role.LEAD)


def _courses(period: Period) -> Courses:
    desk = here.desk()
    return Courses(desk.office, desk.book(), period, here.now(), last_year(desk))


def _rows(courses: Iterable[Course]) -> list[Row]:
    return [Row(one, draw(one)) for one in courses]


def replaced(told: Told[Figure]) -> Iterator[tuple[Figure, Source]]:
    """The figures that another one took the place of, oldest first; the same said again replaced nothing."""
    for (figure, source), (new, _) in pairwise([*told.replaced, (told.what, told.source)]):
        if figure != new:
            yield figure, source


def source_words(source: Source) -> str:
    """Who said it, where it was an officer: 陈某更正：电话核实; "" where it was the unit."""
    return f"{source.actor}登记：{source.reason}" if source.kind is Kind.FIGURE_SET else ""


def source_paper(source: Source) -> Paper:
    """The mail that said it."""
    return Paper("mail", source.sha256) if source.sha256 and source.kind is not Kind.FIGURE_SET else Paper()

"""进度: figures against targets as item and unit pages show them, each with its small chart, its quarters and what it replaced."""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

from cuibao.desk.course import last_year
from cuibao.desk.documents import quarter_of
from cuibao.desk.thread import Paper
from cuibao.front.console import here
from cuibao.front.console.trend import Trend, draw
from cuibao.rules.course import Course, item_courses, unit_courses
from cuibao.rules.entries import Kind
from cuibao.rules.period import Period
from cuibao.rules.progress import Figure, Source, Told
from cuibao.rules.quarter import ItemReport, Quarter
from cuibao.rules.registry import Target


class Row(NamedTuple):
    """A course with its chart."""

    course: Course
    trend: Trend


def quarter_here(period: Period) -> Quarter:
    """The quarter by its items, reckoned once as long as nothing changes."""
    desk, now = here.desk(), here.now()
    return here.reader().remembered(("quarter", period.key), now, lambda: quarter_of(desk, period, now))


def item_rows(quarter: Quarter, report: ItemReport) -> list[tuple[Target, list[Row]]]:
    """An item's targets, each with a row for every unit whose figure counts."""
    desk = here.desk()
    found = item_courses(desk.office, desk.book(), quarter, report, last_year(desk))
    return [(target, _rows(courses)) for target, courses in found]


def unit_rows(quarter: Quarter, unit: str) -> list[tuple[ItemReport, list[Row]]]:
    """A unit's items that have targets, each with a row a target."""
    desk = here.desk()
    found = unit_courses(desk.office, desk.book(), quarter, unit, last_year(desk))
    return [(report, _rows(courses)) for report, courses in found]


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

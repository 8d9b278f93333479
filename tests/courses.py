"""Figures for tests: what units reported against targets, and the courses that come of it."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from world import EDUCATION, FINANCE, HEALTH, ITEMS, PERIODS, Log, act, at, duties, office

from cuibao.rules.course import Course, Courses, Part
from cuibao.rules.entries import Draft, Kind
from cuibao.rules.quarter import Quarter, quarter
from cuibao.rules.registry import Comparison, Item, Registry, Target

AFTER, BEFORE = at("2020-07-03T10:00"), at("2020-06-20T10:00")
PROGRESS = (("2020Q2", 50), ("2020Q3", 75), ("2020Q4", 100))
TWO_LEADS = Item(7, "教育", "新建", (EDUCATION, HEALTH), (FINANCE,), targets=ITEMS[0].targets)
LIMIT = Target("投诉件", Comparison.AT_MOST, Decimal(20), "件")


def figure(value: str, item: int = 7, indicator: str = "新建", measure: str = "所") -> dict[str, Any]:
    """A figure as an entry has it."""
    return {"item": item, "indicator": indicator, "value": value, "measure": measure}


def refused(text: str, item: int = 7, indicator: str = "新建") -> dict[str, Any]:
    """A figure that was not taken, as an entry has it."""
    return {"item": item, "indicator": indicator, "text": text, "wrong": "不是确数"}


def words(item: int, progress: str) -> dict[str, Any]:
    """Words about an item as an entry has them."""
    return {"item": item, "progress": progress, "problems": "", "next_steps": ""}


def report(unit: str, *items: int, when: str = "2020-06-20T09:00", **data: Any) -> Draft:
    """A unit's report of the second quarter."""
    return act(Kind.SUBMISSION_RECEIVED, unit, when, *items, arrived_at=f"{when}:00+08:00", **data)


class Seen:
    """The office with what was reported, looked at in a quarter."""

    def __init__(self, *drafts: Draft, items: Any = None, period: int = 0, now: Any = AFTER) -> None:
        log = Log()
        log.append(drafts)
        registry = Registry(items, office().registry.units) if items else office().registry
        self.office = office(progress=PROGRESS, registry=registry)
        self.book = log.book()
        self.quarter: Quarter = quarter(self.office, duties(self.office), self.book, PERIODS[period], now)

        self.courses = Courses(self.office, self.book, PERIODS[period], now, lambda *_: None)

    def of_item(self, no: int = 7) -> list[tuple[Target, list[Course]]]:
        item = next(one for one in self.quarter.items if one.item.no == no)
        return [(target, list(courses)) for target, courses in self.courses.of_item(item)]

    def course(self) -> Course:
        return self.of_item()[0][1][0]

    def of_unit(self, unit: str) -> tuple[Part, ...]:
        standing = next(one for one in self.quarter.units if one.unit == unit)
        return self.courses.of_unit(duties(self.office)[unit], standing)


def later(value: str, period: str = "2020Q3", unit: str = EDUCATION) -> Draft:
    """A figure reported in a later quarter."""
    return replace(report(unit, when="2020-09-20T09:00", figures=[figure(value)]), period=period)

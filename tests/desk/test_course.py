"""Last year's figure beside this year's: found under the name and the number that unit and item had then, or not at all."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from doubles import desk
from world import EDUCATION, HEALTH, ITEMS, UNITS, Log, act, office

from cuibao.desk.context import Desk
from cuibao.desk.course import last_year
from cuibao.rules.entries import Kind
from cuibao.rules.period import Period
from cuibao.rules.registry import Former, Registry

TARGET = ITEMS[0].targets[0]
NEW_NAME = "市教育和体育局"
PERIODS = (Period("2021Q1", "第一季度", date(2021, 4, 20)), Period("2021Q4", "第四季度", date(2021, 12, 30)))


def two_years() -> tuple[Desk, Desk]:
    """This year's desk, in which 市教育局 has another name, and last year's."""
    old = desk()
    units = (replace(UNITS[0], name=NEW_NAME, former=(Former(EDUCATION, date(2021, 1, 1)),)), *UNITS[1:])
    now = office(periods=PERIODS, registry=Registry((), units))
    new = replace(old, office=now, ledger=Log()).with_years_before([(old.office, old.ledger)])
    return new, new.earlier[0]


def reported(old: Desk, *values: str, unit: str = EDUCATION, **changes: object) -> None:
    figures = [
        {"item": 3 + place, "indicator": "新 建", "value": value, "measure": "所"} | changes
        for place, value in enumerate(values)
    ]
    old.ledger.append(
        [act(Kind.SUBMISSION_RECEIVED, unit, "2020-12-20T09:00", period="2020Q4", figures=figures, words=[])]
    )


def found(new: Desk, unit: str = NEW_NAME, period: str = "2021Q4") -> Decimal | None:
    return last_year(new)(unit, TARGET, new.period(period))


def test_a_figure_is_found_whatever_unit_and_item_were_called_then() -> None:
    new, old = two_years()
    reported(old, "8")
    assert found(new) == 8


def test_a_quarter_that_was_not_there_has_no_figure_nor_another_unit() -> None:
    new, old = two_years()
    reported(old, "8")
    assert (found(new, period="2021Q1"), found(new, HEALTH)) == (None, None)


@pytest.mark.parametrize("change", [{"measure": "个"}, {"indicator": "改建"}])
def test_another_measure_or_indicator_is_not_the_same_target(change: dict[str, str]) -> None:
    new, old = two_years()
    reported(old, "8", **change)
    assert found(new) is None


def test_two_items_that_differ_give_none_and_two_that_agree_one() -> None:
    new, old = two_years()
    reported(old, "8", "8")
    assert found(new) == 8
    reported(old, "8", "9")
    assert found(new) is None


def test_without_a_year_before_there_is_none() -> None:
    alone = desk()
    assert last_year(alone)(EDUCATION, replace(TARGET), alone.period("2020Q2")) is None

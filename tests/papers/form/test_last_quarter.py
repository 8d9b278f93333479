"""What a figure is held against: what the unit reported last."""

from decimal import Decimal

import pytest
from forms import COOPERATING, COVER, LEAD, PUPILS, filled, mail_of, put

from cuibao.papers.form.reading import Expected, FormRead, read_forms
from cuibao.rules.progress import Figure
from cuibao.rules.registry import Comparison, Item, Target


def read(indicator: str, value: object, *last: Figure, items: tuple[Item, ...] = (*LEAD, *COOPERATING)) -> FormRead:
    (one,) = mail_of(filled(put(indicator, value))).attachments
    return read_forms(one.tables, Expected(items, last={(figure.item, figure.indicator): figure for figure in last}))


def taken(found: FormRead, indicator: str) -> Decimal | None:
    return next((one.value for one in found.figures if one.indicator == indicator), None)


LAST = Figure(18, COVER, Decimal("97.5"), "%")
ASKED = "第18项“参保率”填写的85%，比上期累计完成数97.5%低较多，已按所填登记，请核实是否属实"


@pytest.mark.parametrize(("value", "asked"), [(98.5, ()), (95, ()), (87.75, ()), (85, (ASKED,))])
def test_a_share_may_fall_and_is_asked_about_where_it_fell_by_more_than_a_tenth(
    value: float, asked: tuple[str, ...]
) -> None:
    found = read(COVER, value, LAST)
    assert (taken(found, COVER), found.problems) == (Decimal(str(value)), asked)
    assert found.complete is not bool(asked)


def test_a_share_that_must_stay_low_may_fall_as_it_likes() -> None:
    limit = Item(18, "社会保障", "学生医保", (), targets=(Target(COVER, Comparison.AT_MOST, Decimal(98), "%"),))
    found = read(COVER, 20, LAST, items=(*LEAD, limit, COOPERATING[1]))
    assert (taken(found, COVER), found.problems) == (20, ())


def test_a_sum_that_fell_is_not_taken() -> None:
    found = read(PUPILS, 20000, Figure(11, PUPILS, Decimal(21000), "人"))
    assert taken(found, PUPILS) is None
    assert found.problems == ("第11项“受助学生”填写的20000人低于上期累计完成数21000人，未予采用，请核实后更正",)


@pytest.mark.parametrize(
    ("indicator", "value", "last"),
    [(PUPILS, 23000, Figure(11, PUPILS, Decimal(30000), "户")), (COVER, 85, Figure(18, COVER, Decimal(975), "‰"))],
)
def test_a_figure_in_another_measure_is_not_held_against_this_one(indicator: str, value: float, last: Figure) -> None:
    found = read(indicator, value, last)
    assert (taken(found, indicator), found.problems) == (Decimal(str(value)), ())

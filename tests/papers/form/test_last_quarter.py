"""What a figure is held against besides its target: what the unit reported last, and what stands for the quarter already."""

from dataclasses import replace
from decimal import Decimal

import pytest
from forms import COOPERATING, COVER, LEAD, LIMIT, PLACES, PUPILS, filled, mail_of, put
from world import at

from cuibao.papers.form.doubts import Known
from cuibao.papers.form.reading import Expected, FormRead, read_forms
from cuibao.rules.entries import Kind
from cuibao.rules.progress import Figure, Source, Told
from cuibao.rules.registry import Comparison, Item, Target

MAIL = Source(1, at("2020-09-20T09:00"), Kind.SUBMISSION_RECEIVED, "bot", "0" * 64, "mail/1.eml", "")


def read(
    indicator: str,
    value: object,
    *last: Figure,
    now: Figure | None = None,
    source: Source = MAIL,
    later: Figure | None = None,
    items: tuple[Item, ...] = (*LEAD, *COOPERATING),
) -> FormRead:
    (one,) = mail_of(filled(put(indicator, value))).attachments
    known = Known(
        {(figure.item, figure.indicator): figure for figure in last},
        {(now.item, now.indicator): Told(now, source)} if now else {},
        {(later.item, later.indicator): later} if later else {},
    )
    return read_forms(one.tables, Expected(items, known=known))


def taken(found: FormRead, indicator: str) -> Decimal | None:
    return next((one.value for one in found.figures if one.indicator == indicator), None)


LAST = Figure(18, COVER, Decimal("97.5"), "%")
ASKED = "第18项“参保率”填写的85%比上期累计完成数97.5%低较多，已按所填登记，请核实是否属实"


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


def test_a_limit_that_fell_is_taken() -> None:
    found = read(LIMIT, 8, Figure(31, LIMIT, Decimal(15), "件"))
    assert (taken(found, LIMIT), found.problems) == (8, ())


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


@pytest.mark.parametrize(("value", "asked"), [(299, True), (300, False), (0, False)])
def test_a_sum_below_a_hundredth_of_its_target_is_taken_and_asked_about(value: int, asked: bool) -> None:
    found = read(PUPILS, value)
    why = "不足年度目标30000人的百分之一，计量单位可能有误，已按所填登记，请核实是否属实"
    assert taken(found, PUPILS) == value
    assert found.problems == ((f"第11项“受助学生”填写的{value}人{why}",) if asked else ())
    assert found.complete is not asked


@pytest.mark.parametrize(
    ("indicator", "value", "old", "asked"),
    [
        (PUPILS, 1200, "15000", "第11项“受助学生”填写的1200人不足此前登记的15000人"),
        (PUPILS, 0, "15000", "第11项“受助学生”填写的0人不足此前登记的15000人"),
        (PUPILS, 1500, "15000", ""),
        (PUPILS, 20000, "15000", ""),
        (COVER, 9.7, "97.5", "第18项“参保率”填写的9.7%不足此前登记的97.5%"),
        (LIMIT, 1, "15", ""),
    ],
)
def test_a_correction_to_less_than_a_tenth_is_taken_and_asked_about(
    indicator: str, value: float, old: str, asked: str
) -> None:
    item, target = next((i, t) for i in (*LEAD, *COOPERATING) for t in i.targets if t.indicator == indicator)
    found = read(indicator, value, now=Figure(item.no, indicator, Decimal(old), target.measure))
    assert taken(found, indicator) == Decimal(str(value))
    why = "的十分之一，计量单位可能有误，已按所填登记，请核实是否属实"
    assert found.problems == ((f"{asked}{why}",) if asked else ())


@pytest.mark.parametrize(
    ("indicator", "later", "why"),
    [
        (
            PUPILS,
            Figure(11, PUPILS, Decimal(11000), "人"),
            "第11项“受助学生”填写的12000人高于其后季度的累计完成数11000人",
        ),
        (PUPILS, Figure(11, PUPILS, Decimal(12000), "人"), ""),
        (PUPILS, Figure(11, PUPILS, Decimal(11000), "户"), ""),
        (COVER, Figure(18, COVER, Decimal(95), "%"), ""),
    ],
)
def test_a_sum_above_a_later_quarters_is_taken_and_asked_about(indicator: str, later: Figure, why: str) -> None:
    found = read(indicator, 12000 if indicator == PUPILS else 98, later=later)
    assert taken(found, indicator) is not None
    assert found.problems == ((f"{why}，已按所填登记，请核实是否属实",) if why else ())


@pytest.mark.parametrize(
    ("kind", "value", "asked"),
    [(Kind.FIGURE_SET, 12000, True), (Kind.FIGURE_SET, 11000, False), (Kind.SUBMISSION_RECEIVED, 12000, False)],
)
def test_a_figure_other_than_an_officers_is_taken_and_told(kind: Kind, value: int, asked: bool) -> None:
    now = Figure(11, PUPILS, Decimal(11000), "人")
    found = read(PUPILS, value, now=now, source=replace(MAIL, kind=kind))
    why = "第11项“受助学生”填写的12000人与经办人登记的11000人不同，已按所填登记，请核实是否属实"
    assert (taken(found, PUPILS), found.problems) == (value, (why,) if asked else ())


def test_what_stands_is_not_missing_in_a_correction() -> None:
    leads = frozenset({11})
    (one,) = mail_of(filled(put(PUPILS, None))).attachments
    expected = Expected((*LEAD, *COOPERATING), leads)
    missing = "第11项“受助学生”未填写本年累计完成数"
    assert read_forms(one.tables, expected).problems == (missing,)
    stands = Told(Figure(11, PUPILS, Decimal(12000), "人"), MAIL)
    found = read_forms(one.tables, replace(expected, known=Known(current={(11, PUPILS): stands})))
    assert (found.problems, found.complete) == ((), True)


def test_what_stands_in_another_measure_is_not_held_against_a_correction() -> None:
    found = read(PLACES, 600, now=Figure(7, PLACES, Decimal(60000), "座"))
    assert (taken(found, PLACES), found.problems) == (600, ())

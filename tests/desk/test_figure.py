"""Setting a figure: what an officer may write, in the target's measure, and that the old one is kept."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from doubles import desk, entries
from world import EDUCATION, REGISTRY, at

from cuibao.desk.figure import set_figure
from cuibao.rules.outcomes import UsageError
from cuibao.rules.registry import Comparison, Target

NOW = at("2020-07-02T10:00")


def book(*more: Target) -> Any:
    first = REGISTRY.items[0]
    items = (replace(first, targets=(*first.targets, *more)), *REGISTRY.items[1:])
    return desk(registry=replace(REGISTRY, items=items))


def put(on: Any, value: str = "12", item: int = 7, **changes: Any) -> Any:
    told = {"unit": "教育局", "period": "2020Q2", "now": NOW, "reason": "电话核实", "by": "陈某"}
    return set_figure(on, item=item, value=value, **(told | changes))


def test_a_figure_is_an_entry_with_reason_and_name() -> None:
    entry = put(on := book())
    assert entries(on, "figure.set") == [entry]
    assert (entry.unit, entry.period, entry.items, entry.actor) == (EDUCATION, "2020Q2", (7,), "陈某")
    assert entry.data == {"item": 7, "indicator": "新建", "value": "12", "measure": "所", "reason": "电话核实"}


def test_what_was_set_before_is_kept_beside_it() -> None:
    on = book()
    first, second = put(on, "12"), put(on, "13")
    assert ("was" in first.data, second.data["was"]) == (False, {"value": "12", "measure": "所"})
    told = on.book().reported.figure(EDUCATION, "2020Q2", 7, "新建")
    assert (told.what.value, [one.value for one, _ in told.replaced]) == (13, [12])


def test_one_of_several_indicators_is_named() -> None:
    on = book(Target("新增学位", Comparison.AT_LEAST, Decimal(6000), "个"))
    assert put(on, "0.45万", indicator="新增 学位").data["value"] == "4500"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"value": "约12"}, "完成数“约12”不是确数"),
        ({"value": "12座"}, "计量单位不是“所”"),
        ({"value": " "}, "完成数没有内容"),
        ({"value": "9" * 400}, f"完成数“{'9' * 40}…”数值过大"),
        ({"value": "\u202e约\x0712"}, "完成数“约12”不是确数"),
        ({"item": 18}, "第18项不是市教育局的事项"),
        ({"item": 11}, "第11项没有量化指标"),
        ({"indicator": "拆除"}, "第7项没有名为“拆除”的指标"),
        ({"indicator": "拆" * 400}, f"第7项没有名为“{'拆' * 40}…”的指标"),
        ({"unit": "市" * 400}, f"没有名为“{'市' * 40}…”的责任单位"),
        ({"period": "2020Q" * 400}, f"没有编号为“{'2020Q' * 8}…”的季度"),
        ({"reason": " "}, "原因不能为空"),
        ({"by": ""}, "未写明经办人"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_written(changes: dict[str, Any], message: str) -> None:
    on = book()
    with pytest.raises(UsageError, match=message):
        put(on, **changes)
    assert entries(on, "figure.set") == []


@pytest.mark.parametrize(
    ("value", "message"),
    [("999999999999999", "完成数999999999999999所远高于年度目标25所"), ("11", "完成数11所低于上期累计完成数12所")],
)
def test_a_doubtful_figure_is_written_only_when_it_is_confirmed(value: str, message: str) -> None:
    on = book()
    put(on, "12")
    with pytest.raises(UsageError, match=rf"{message}。请核对；确实无误的，请注明已核对（命令加 --confirm）再登记"):
        set_figure(on, "教育局", "2020Q3", 7, value, NOW, reason="电话核实", by="陈某")
    entry = set_figure(on, "教育局", "2020Q3", 7, value, NOW, reason="电话核实", by="陈某", confirmed=True)
    assert entry.data["value"] == value


def test_one_above_a_later_quarters_is_to_be_confirmed() -> None:
    on = book()
    put(on, "15", period="2020Q3", confirmed=True)
    with pytest.raises(UsageError, match="完成数18所高于其后季度的累计完成数15所"):
        put(on, "18")
    assert put(on, "15").data["value"] == "15"


def test_so_is_one_of_a_quarter_that_has_not_begun() -> None:
    on = book()
    september = at("2020-09-30T23:59")
    with pytest.raises(UsageError, match="第四季度尚未开始。请核对；确实无误的，请注明已核对"):
        put(on, period="2020Q4", now=september)
    assert put(on, period="2020Q4", now=september, confirmed=True).period == "2020Q4"
    assert put(on, period="2020Q4", now=at("2020-10-01T00:00")).period == "2020Q4"


def test_a_correction_within_a_quarter_may_be_lower() -> None:
    on = book()
    put(on, "12")
    assert put(on, "11").data["value"] == "11"


def test_one_to_less_than_a_tenth_is_to_be_confirmed() -> None:
    on = book()
    put(on, "12")
    with pytest.raises(UsageError, match="完成数1所不足此前登记的12所的十分之一，计量单位可能有误"):
        put(on, "1")
    assert put(on, "1", confirmed=True).data["value"] == "1"


def test_so_is_one_below_a_hundredth_of_its_target() -> None:
    on = book(Target("受助学生", Comparison.AT_LEAST, Decimal(30000), "人"))
    with pytest.raises(UsageError, match="完成数3人不足年度目标30000人的百分之一"):
        put(on, "3", indicator="受助学生")


def test_several_indicators_need_one_to_be_named() -> None:
    with pytest.raises(UsageError, match="第7项有不止一个指标"):
        put(book(Target("新增学位", Comparison.AT_LEAST, Decimal(6000), "个")))

"""The words for entries, where old ledgers say less than today's do."""

from typing import Any

import pytest
from world import EDUCATION, at, office

from cuibao.front.words import summary
from cuibao.rules.entries import Entry, Kind

SET = {"item": 7, "indicator": "新建", "value": "12", "measure": "所", "reason": "电话核实"}
WAS = {"was": {"value": "9", "measure": "所"}}
SAME = {"was": {"value": "12", "measure": "所"}}


@pytest.mark.parametrize(
    ("period", "more", "words"),
    [
        ("2020Q2", WAS, "第7项“新建”第二季度完成数由9所更正为12所：电话核实"),
        ("2020Q2", SAME, "第7项“新建”第二季度完成数12所：电话核实"),
        ("2020Q2", {}, "第7项“新建”第二季度完成数12所：电话核实"),
        ("2019Q4", {}, "第7项“新建”2019Q4完成数12所：电话核实"),
    ],
)
def test_a_figure_that_was_set_names_its_quarter_and_what_it_replaced(
    period: str, more: dict[str, Any], words: str
) -> None:
    entry = Entry(1, at("2020-07-02T10:00"), Kind.FIGURE_SET, period, EDUCATION, (7,), "陈某", SET | more, "")
    assert summary(office(), entry) == words

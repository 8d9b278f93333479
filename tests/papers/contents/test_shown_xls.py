"""What the cells of an old workbook show; and where that cannot be told, or a formula may have fetched it, nothing is taken.

The file has the figures =SUM(9,9), one that refers to another of its own sheets, and a WEBSERVICE."""

from decimal import Decimal
from pathlib import Path

import pytest
from forms import PLACES, read

from cuibao.papers.contents import shown_xls as module
from cuibao.papers.contents.shown_cells import CALLS_OUT, Place
from cuibao.papers.contents.shown_xls import OldBook
from cuibao.papers.form.layout import TITLE

SAVED_BY_LIBREOFFICE = Path(__file__).parents[2] / "data/forms/reckoned.xls"
DATA = SAVED_BY_LIBREOFFICE.read_bytes()
WITHOUT_NAME = DATA.replace(b"WEBSERVICE", b"WEBSERVANT")
SUM, ELSEWHERE = (5, 7), (6, 7)
_OWN_BOOK, _SUM = b"\xae\x01\x04\x00\x03\x00\x01\x04", b"\x1e\x09\x00\x1e\x09\x00\x42\x02\x04\x00"


def replaced(data: bytes, old: bytes, new: bytes) -> bytes:
    assert data.count(old) == 1
    assert len(new) == len(old)
    return data.replace(old, new)


LINKED = replaced(WITHOUT_NAME, _OWN_BOOK, _OWN_BOOK[:4] + bytes(4))
"""Its references go to what is not the book itself."""


def shown(data: bytes, *places: Place) -> list[str]:
    values: dict[Place, object] = {SUM: 18.0, ELSEWHERE: 4500.0}
    found = OldBook(data).cells(TITLE, {place: values[place] for place in places})
    return [found.get(place, "") for place in places]


@pytest.mark.parametrize(("data", "taken"), [(DATA, None), (LINKED, None), (WITHOUT_NAME, Decimal(4500))])
def test_a_value_that_may_come_from_elsewhere_is_not_taken(data: bytes, taken: Decimal | None) -> None:
    found = read(data, name="表.xls")
    figures = {figure.indicator: figure.value for figure in found.figures}
    assert (figures["新建"], figures.get(PLACES)) == (18, taken)
    assert ("第7项“新增学位”填写的“引自表外的公式”不是数字，未予采用，请核实后更正" in found.problems) is (
        taken is None
    )


def test_a_formula_that_stands_elsewhere_may_call_out() -> None:
    assert shown(DATA, SUM, ELSEWHERE) == ["", CALLS_OUT]
    assert shown(replaced(DATA, _SUM, b"\x01" + _SUM[1:]), SUM) == [CALLS_OUT]


def test_merged_figures_are_not_taken() -> None:
    assert (
        "第31项“整治面积”填写的“230.5”与其他指标合并在一格，未予采用，请核实后更正"
        in read(DATA, name="表.xls").problems
    )


def test_what_cannot_be_looked_at_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    unseen = ["18（单元格格式未能核对）", "4500（单元格格式未能核对）"]
    assert shown(DATA[:3000], SUM, ELSEWHERE) == unseen
    assert OldBook(DATA).cells("没有这张表", {SUM: 18.0}) == {SUM: unseen[0]}
    assert OldBook(DATA).cells(TITLE, {}) == {}
    other = OldBook(DATA).cells(TITLE, {SUM: "18", ELSEWHERE: 4501.0})
    assert other == {SUM: unseen[0], ELSEWHERE: "4501（单元格格式未能核对）"}
    monkeypatch.setattr(module, "_BIFF8", 90)
    assert shown(DATA, SUM, ELSEWHERE) == unseen

"""What a figure's cell shows is read, not what it is kept as: percentages, scaled numbers, raised and struck-out characters, formulas that
call out."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from forms import COVER, FIELDS, PUPILS, filled, page, put, read, row_of
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font
from openpyxl.worksheet.formula import ArrayFormula

from cuibao.papers.contents import shown_cells as module
from cuibao.papers.contents.shown_cells import _are_plain, may_mislead, shown
from cuibao.papers.form.layout import TITLE, Column

Hand = Callable[[Any], None]


def formatted(indicator: str, value: object, form: str) -> Hand:
    def hand(sheet: Any) -> None:
        put(indicator, value)(sheet)
        sheet.cell(row_of(sheet, indicator), 7).number_format = form

    return hand


def struck(sheet: Any) -> None:
    put(PUPILS, "23000")(sheet)
    sheet.cell(row_of(sheet, PUPILS), 7).font = Font(strike=True)


def rich(*parts: str | tuple[str, dict[str, Any]]) -> CellRichText:
    return CellRichText(
        *(part if isinstance(part, str) else TextBlock(InlineFont(**part[1]), part[0]) for part in parts)
    )


def figure(data: bytes, indicator: str) -> float | None:
    return next((float(one.value) for one in read(data).figures if one.indicator == indicator), None)


@pytest.mark.parametrize(
    ("hand", "indicator", "taken", "told"),
    [
        (formatted(PUPILS, 1, "0%"), PUPILS, None, "填写的“100%”计量单位不是“人”"),
        (formatted(FIELDS, 0.76, "0.00%"), FIELDS, None, "填写的“76%”计量单位不是“亩”"),
        (formatted(COVER, 0.985, "0.0%"), COVER, 98.5, ""),
        (formatted(COVER, 1, "0%"), COVER, 100, ""),
        (formatted(PUPILS, 2, '0"万"'), PUPILS, 20000, ""),
        (formatted(PUPILS, 2.3, "0.0\\万"), PUPILS, 23000, ""),
        (formatted(PUPILS, 2, '0!.0,"万"'), PUPILS, 2, ""),
        (formatted(PUPILS, 3, "General"), PUPILS, 3, ""),
        (put(PUPILS, rich("23000", ("1", {"vertAlign": "superscript"}))), PUPILS, None, "填写的“23000^1”"),
        (put(PUPILS, rich(("2", {"strike": True}), "23000")), PUPILS, 23000, ""),
        (put(PUPILS, rich(("23", {"b": True}), ("000", {"vertAlign": "baseline"}))), PUPILS, 23000, ""),
        (struck, PUPILS, None, "23000（已划去）"),
        (put(PUPILS, "23000"), PUPILS, 23000, ""),
    ],
)
def test_a_figure_is_read_as_it_is_shown(hand: Hand, indicator: str, taken: float | None, told: str) -> None:
    data = filled(hand)
    assert figure(data, indicator) == taken
    assert told in "".join(read(data).problems)


def with_values(data: bytes, value: bytes = b"23000") -> bytes:
    """The workbook as a program saves it that reckons formulas: each has a value beside it."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            new.writestr(
                name,
                text.replace(b"</f><v></v>", b"</f><v>%s</v>" % value).replace(b"</f><v />", b"</f><v>%s</v>" % value),
            )
    return made.getvalue()


@pytest.mark.parametrize(
    "formula", ['=WEBSERVICE("http://127.0.0.1/")', ArrayFormula("G8", '=RTD("a",,"b")'), "=SUM(1,2)"]
)
def test_a_value_that_a_formula_fetched_is_not_taken(formula: object) -> None:
    data = with_values(filled(put(PUPILS, formula)))
    fetched = "SUM" not in str(formula)
    assert figure(data, PUPILS) == (None if fetched else 23000)
    assert ("填写的“引自表外的公式”不是数字" in "".join(read(data).problems)) is fetched


def test_a_link_to_another_workbook_is_told_wherever_it_stands() -> None:
    def link(sheet: Any) -> None:
        sheet.cell(row_of(sheet, "11", Column.NO), 9).value = "=[1]Sheet1!A1"
        sheet.cell(200, 30).value = "=[1]Sheet1!A1"

    made = io.BytesIO(filled(link))
    with zipfile.ZipFile(made, "a") as package:
        package.writestr("xl/externalLinks/externalLink1.xml", "<externalLink/>")
    (words,) = (said for no, said in read(made.getvalue()).words if no == 11)
    assert words.progress == "引自表外的公式"


def test_a_percentage_that_was_reckoned_is_one() -> None:
    data = with_values(filled(formatted(FIELDS, "=1/2", "0%")), b"0.5")
    assert "填写的“50%”计量单位不是“亩”" in "".join(read(data).problems)


def test_what_the_library_cannot_read_is_left_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    with zipfile.ZipFile(io.BytesIO(filled(formatted(FIELDS, 0.5, "0%")))) as package:
        row = row_of(page(filled()), FIELDS)
        assert shown(package, TITLE, {(row, 7): 0.5}, whole=False) == {(row, 7): "50%"}
        assert shown(package, "没有这张表", {(row, 7): 0.5}, whole=False) == {}
        monkeypatch.setattr(module, "_LARGEST", 10)
        assert shown(package, TITLE, {(row, 7): 0.5}, whole=False) == {}


@pytest.mark.parametrize(
    ("value", "form", "plain"), [(2.0, "General", True), (2.0, "0%", False), (2.0, '0"万"', False)]
)
def test_a_glance_tells_plain_numbers(value: float, form: str, plain: bool) -> None:
    with zipfile.ZipFile(io.BytesIO(filled(formatted(FIELDS, value, form)))) as package:
        row = row_of(page(filled()), FIELDS)
        assert _are_plain(package, [(row, 7)]) is plain
        assert not _are_plain(package, [(row, 27)])
        assert not _are_plain(package, [(9999, 7)])


def test_a_workbook_without_styles_is_looked_at_closely() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as package:
        package.writestr("xl/worksheets/sheet1.xml", '<c r="G1" s="0">')
        assert not _are_plain(package, [(1, 7)])


@pytest.mark.parametrize(
    ("value", "may"),
    [
        (0.76, True),
        (3.0, True),
        (0.0, False),
        (4.0, False),
        (True, False),
        ("23000", True),
        ("—", False),
        (None, False),
    ],
)
def test_which_cells_are_looked_at_closely(value: object, may: bool) -> None:
    assert may_mislead(value) is may

"""What a figure's cell shows is read, not what it is kept as: percentages, scaled numbers, raised and struck-out characters, formulas that
call out."""

import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from forms import COVER, FIELDS, PLACES, PUPILS, filled, page, put, read, row_of
from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font
from openpyxl.worksheet.formula import ArrayFormula
from python_calamine import CalamineError

from cuibao.papers.contents import shown_cells as module
from cuibao.papers.contents.limits import UnreadError
from cuibao.papers.contents.shown_cells import UNSEEN, ShownBook, may_mislead
from cuibao.papers.contents.spreadsheets import sheet_contents
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
        (formatted(PUPILS, 2, '0!.0,"万"'), PUPILS, None, "填写的“2（单元格格式特殊）”"),
        (formatted(PUPILS, 12, '"约"0'), PUPILS, None, "填写的“约12”不是确数"),
        (formatted(PUPILS, 23000, '0"1"'), PUPILS, None, "填写的“23000（单元格格式特殊）”"),
        (formatted(PUPILS, 2.3, "0.0万"), PUPILS, 23000, ""),
        (formatted(PUPILS, 2, "0[$万]"), PUPILS, 20000, ""),
        (formatted(PUPILS, 18, '0"%"'), PUPILS, None, "填写的“18%”计量单位不是“人”"),
        (formatted(FIELDS, 9.5, "0%_)"), FIELDS, None, "填写的“950%”计量单位不是“亩”"),
        (formatted(FIELDS, 230, "[<1]0;0%"), FIELDS, None, "单元格格式特殊"),
        (formatted(FIELDS, 230, ";;;"), FIELDS, None, "单元格格式特殊"),
        (formatted(PUPILS, 23000, "_ * #,##0_ ;_ * -#,##0_ "), PUPILS, 23000, ""),
        (formatted(PUPILS, 23000, '[Red]#,##0"人"'), PUPILS, 23000, ""),
        (formatted(COVER, 0.985, "0.0%;-0.0%"), COVER, 98.5, ""),
        (formatted(PUPILS, 3, "General"), PUPILS, 3, ""),
        (put(PUPILS, rich("23000", ("1", {"vertAlign": "superscript"}))), PUPILS, None, "填写的“23000^1”"),
        (put(PUPILS, rich(("2", {"strike": True}), "23000")), PUPILS, 23000, ""),
        (put(PUPILS, rich(("23000", {"strike": True}))), PUPILS, None, "23000（已划去）"),
        (put(PUPILS, rich(("23", {"b": True}), ("000", {"vertAlign": "baseline"}))), PUPILS, 23000, ""),
        (struck, PUPILS, None, "23000（已划去）"),
        (put(PUPILS, "23000"), PUPILS, 23000, ""),
    ],
)
def test_a_figure_is_read_as_it_is_shown(hand: Hand, indicator: str, taken: float | None, told: str) -> None:
    data = filled(hand)
    assert figure(data, indicator) == taken
    assert told in "".join(read(data).problems)


def test_a_plain_cell_of_another_sheet_vouches_for_none() -> None:
    def hand(sheet: Any) -> None:
        formatted(FIELDS, 0.76, "0.00%")(sheet)
        sheet.parent.create_sheet("附表").cell(row_of(sheet, FIELDS), 7).value = 1

    assert "填写的“76%”计量单位不是“亩”" in "".join(read(filled(hand)).problems)


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


def moved(hand: Hand) -> Hand:
    """The form four rows further down and two columns to the right, its merged areas taken apart."""

    def both(sheet: Any) -> None:
        hand(sheet)
        for area in list(sheet.merged_cells.ranges):
            sheet.unmerge_cells(str(area))
        sheet.insert_rows(1, 4)
        sheet.insert_cols(1, 2)

    return both


def test_a_form_that_was_moved_is_read_as_it_is_shown() -> None:
    data = filled(moved(formatted(PUPILS, 1, "0%")))
    assert figure(data, PUPILS) is None
    assert "填写的“100%”计量单位不是“人”" in "".join(read(data).problems)
    assert figure(data, COVER) == 98.5


def test_a_figure_merged_over_rows_of_a_moved_form_is_not_taken() -> None:
    def hand(sheet: Any) -> None:
        moved(lambda _sheet: None)(sheet)
        row = next(cell.row for cell in sheet["E"] if cell.value == "新建")
        sheet.merge_cells(start_row=row, start_column=9, end_row=row + 2, end_column=9)

    data = filled(hand)
    assert [figure(data, one) for one in ("新建", PLACES, PUPILS)] == [None, None, 23000]


def test_a_percentage_that_was_reckoned_is_one() -> None:
    data = with_values(filled(formatted(FIELDS, "=1/2", "0%")), b"0.5")
    assert "填写的“50%”计量单位不是“亩”" in "".join(read(data).problems)


def rewritten(data: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The workbook with another part."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w") as new:
        for one in old.namelist():
            new.writestr(one, change(old.read(one)) if one == name else old.read(one))
    return made.getvalue()


def test_of_a_workbook_that_cannot_be_looked_at_no_doubtful_figure_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    data = filled(formatted(FIELDS, 0.5, "0%"))
    strange = rewritten(data, "xl/styles.xml", lambda text: text.replace(b'patternType="solid"', b'patternType="wps"'))
    for one in (strange, data):
        assert figure(one, FIELDS) is None
        assert figure(one, PUPILS) == 23000
    monkeypatch.setattr(module, "LARGEST", 10)
    assert "0.5（单元格格式未能核对）" in "".join(read(data).problems)


def test_a_glance_does_not_believe_what_it_does_not_know() -> None:
    data = filled(formatted(FIELDS, 0.5, "0%"))
    for change in (
        lambda text: text.replace(b"<cellXfs", b"<!--<cellXfs>--><cellXfs"),
        lambda text: text.replace(b"<font>", b"<font><strike/>"),
    ):
        assert figure(rewritten(data, "xl/styles.xml", change), FIELDS) is None
    turned = rewritten(
        data, "xl/worksheets/sheet1.xml", lambda text: re.sub(rb'<c r="(G\d+)" s="(\d+)"', rb'<c s="\2" r="\1"', text)
    )
    assert (figure(turned, FIELDS), figure(turned, PUPILS)) == (None, 23000)


def test_a_workbook_without_styles_or_with_far_columns_is_looked_at_closely() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as package:
        package.writestr("xl/worksheets/sheet1.xml", '<c r="G1"><c r="AB1">')
        assert ShownBook(package).cells("甲", {(1, 7): 1.0}) == {(1, 7): f"1{UNSEEN}"}
    with zipfile.ZipFile(io.BytesIO(filled())) as whole:
        seen = ShownBook(whole)
        assert seen.cells(TITLE, {(8, 28): 1.0, (999, 7): 1.0}) == {}
        assert seen.cells("没有这张表", {(8, 28): 1.0}) == {(8, 28): f"1{UNSEEN}"}


def test_a_cell_without_a_style_is_plain() -> None:
    bare = rewritten(filled(), "xl/worksheets/sheet1.xml", lambda text: re.sub(rb'(<c r="G\d+") s="\d+"', rb"\1", text))
    with zipfile.ZipFile(io.BytesIO(bare)) as package:
        assert ShownBook(package).cells(TITLE, {(row_of(page(bare), PUPILS), 7): 23000.0}) == {}


def test_a_table_of_an_open_document_is_no_such_workbook() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    with pytest.raises(CalamineError):
        sheet_contents(made.getvalue())


def test_empty_rows_above_count_as_cells() -> None:
    book = Workbook()
    book.active["A1048576"] = book.active["CV1048576"] = 1
    held = io.BytesIO()
    book.save(held)
    with pytest.raises(UnreadError, match="内容过多"):
        sheet_contents(held.getvalue())


@pytest.mark.parametrize(
    ("value", "may"),
    [
        (0.76, True),
        (3.0, True),
        (0.0, False),
        (4.0, True),
        (True, False),
        ("23000", True),
        ("—", False),
        (None, False),
    ],
)
def test_which_cells_are_looked_at_closely(value: object, may: bool) -> None:
    assert may_mislead(value) is may

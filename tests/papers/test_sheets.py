"""Excel sheets of plain rows: numbers stay numbers, and no stranger's words become a formula."""

from io import BytesIO

import pytest
from openpyxl import load_workbook

from cuibao.papers.sheets import harmless, sheet


@pytest.mark.parametrize("text", ['=HYPERLINK("http://evil.example")', "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_what_begins_like_a_formula_is_told_to_be_text(text: str) -> None:
    assert harmless(text) == f"'{text}"


def test_what_a_sheet_cannot_hold_is_left_out() -> None:
    assert harmless("甲\x00\x1b乙\ud800") == "甲乙"
    assert len(harmless("长" * 40_000)) == 32_000


def test_a_sheet_reads_back_as_it_was_given() -> None:
    data = sheet("台账", ("序号", "摘要"), (8, 40), [(1, "=1+1"), (2, "正常")])
    page = load_workbook(BytesIO(data)).active
    assert [[cell.value for cell in row] for row in page.rows] == [["序号", "摘要"], [1, "'=1+1"], [2, "正常"]]
    assert {cell.data_type for row in page.iter_rows(min_row=2) for cell in row} == {"n", "s"}
    assert (page.freeze_panes, page.column_dimensions["B"].width) == ("A2", 40)

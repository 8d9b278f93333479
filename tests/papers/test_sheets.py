"""Excel sheets of plain rows: numbers stay numbers, and no stranger's words become a formula."""

from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from cuibao.papers.sheets import Page, harmless, sheet, workbook


@pytest.mark.parametrize("text", ['=HYPERLINK("http://evil.example")', "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_what_begins_like_a_formula_is_told_to_be_text(text: str) -> None:
    assert harmless(text) == f"'{text}"


def test_what_a_sheet_cannot_hold_is_left_out() -> None:
    assert harmless("甲\x00\x1b乙\ud800") == "甲乙"
    assert len(harmless("长" * 40_000)) == 32_000


def test_a_sheet_reads_back_as_it_was_given() -> None:
    data = sheet("台账", ("序号", "摘要"), (8, 40), [(1, "=1+1"), (2, "正常")])
    page = load_workbook(BytesIO(data)).active
    assert [[cell.value for cell in row] for row in page.rows] == [["序号", "摘要"], [1, "=1+1"], [2, "正常"]]
    assert {cell.data_type for row in page.iter_rows(min_row=2) for cell in row} == {"n", "s"}
    assert (page.freeze_panes, page.column_dimensions["B"].width) == ("A2", 40)


SENTENCE = "持续推进各项工作，资金拨付到位，群众满意度稳步提升。"


def table(*rows: tuple[str | int, ...]) -> Any:
    page = Page("台账", ("序号", "进展", "单位"), (6, 40, 20), rows, "台账")
    return load_workbook(BytesIO(workbook([page]))).active


def merged(page: Any) -> list[str]:
    return sorted(str(one) for one in page.merged_cells.ranges)


@pytest.mark.parametrize(
    "made",
    [
        lambda row: sheet("台账", ("甲",), (8,), [row]),
        lambda row: workbook([Page("台账", ("甲",), (8,), [row], "台账")]),
    ],
)
@pytest.mark.parametrize("text", ["=1+1", "+按计划。", "-5", "@SUM(A1)"])
def test_what_begins_like_a_formula_stays_text_and_is_shown_as_it_was_written(made: Any, text: str) -> None:
    page = load_workbook(BytesIO(made((text,)))).active
    (cell,) = list(page.rows)[-1]
    assert (cell.value, cell.data_type, bool(cell.quotePrefix)) == (text, "s", True)


def test_a_row_of_a_table_that_would_be_too_tall_goes_on_in_the_next_ones() -> None:
    units = [f"{name}局：{SENTENCE * 6}" for name in "甲乙丙"]
    page = table((1, "无", "甲局"), (2, "\n".join(units), "甲局、乙局、丙局"), (3, "无", "丁局"))
    assert [[cell.value for cell in row] for row in page.iter_rows(min_row=5, max_row=8)] == [
        [2, units[0], "甲局、乙局、丙局"],
        [None, units[1], None],
        [None, units[2], None],
        [3, "无", "丁局"],
    ]
    assert merged(page) == ["A5:A7", "C5:C7"]
    assert [page[cell].alignment.vertical for cell in ("A4", "A5", "B6", "A8")] == ["center", "top", "top", "center"]
    assert all(9 * 16 < page.row_dimensions[number].height < 409 for number in (5, 6, 7))
    assert page.row_dimensions[8].height == 22


def test_one_long_report_is_cut_between_its_sentences() -> None:
    page = table((1, SENTENCE * 40, "甲局"))
    pieces = [str(row[1].value) for row in page.iter_rows(min_row=4)]
    assert "".join(pieces) == SENTENCE * 40
    assert len(pieces) > 2
    assert all(piece.endswith("。") for piece in pieces)
    assert all(page.row_dimensions[number].height < 409 for number in range(4, 4 + len(pieces)))


def test_a_report_without_a_full_stop_is_cut_where_the_row_is_full() -> None:
    page = table((1, "字" * 1000, "甲局"))
    assert [len(str(row[1].value)) for row in page.iter_rows(min_row=4)] == [370, 370, 260]


def test_another_column_may_be_the_one_that_is_too_tall() -> None:
    page = table((1, "已报", "各县区、开发区单位、" * 40))
    assert merged(page) == ["A4:A6", "B4:B6"]


def test_a_plain_list_is_never_merged() -> None:
    page = Page("核对", ("序号", "原文"), (6, 40), [(1, SENTENCE * 40)], wraps=True)
    found = load_workbook(BytesIO(workbook([page]))).active
    assert (merged(found), found.max_row, found.row_dimensions[2].height) == ([], 2, 409)

"""Making the form: what is printed, what may be filled in, and that the same facts give the same bytes."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from forms import COLUMN, COOPERATING, COVER, FACTS, LEAD, LIMIT, PLACES, ROADS, TOKEN, made, page, row_of
from openpyxl import load_workbook

from cuibao.papers.form.layout import MARK_SHEET, Column
from cuibao.papers.form.making import form_name
from cuibao.rules.registry import Comparison, Item, Target


def value(text: str, column: Column) -> object:
    sheet = page(made())
    return sheet.cell(row_of(sheet, text), COLUMN[column]).value


def test_the_file_is_named_after_unit_and_quarter() -> None:
    assert form_name(FACTS.unit, FACTS.period) == "市教育局第三季度完成情况表.xlsx"


def test_the_title_names_notice_and_quarter() -> None:
    assert page(made())["A1"].value == "2020年民生工作要点第三季度完成情况表"


def test_unit_and_deadline_stand_over_the_table() -> None:
    assert [page(made())[cell].value for cell in ("A2", "K2")] == [
        "填报单位：市教育局",
        "报送时限：9月30日前（含当日）",
    ]


def test_items_stand_under_their_role_in_order() -> None:
    sheet = page(made())
    found = [str(sheet.cell(row, 1).value) for row in range(4, sheet.max_row) if sheet.cell(row, 1).value]
    assert [one for one in found if len(one) < 20] == [
        "牵头事项（3项）",
        "7",
        "11",
        "20",
        "协同事项（2项）",
        "18",
        "31",
    ]


@pytest.mark.parametrize(("role", "left"), [("lead", COOPERATING), ("cooperating", LEAD)])
def test_a_role_without_items_is_not_named(role: str, left: object) -> None:
    sheet = page(made(**{role: ()}))
    heads = [str(sheet.cell(row, 1).value) for row in range(1, sheet.max_row)]
    assert [head[:2] for head in heads if "事项（" in head] == ["协同" if role == "lead" else "牵头"]


def test_a_target_has_its_measure_yearly_value_and_last_figure() -> None:
    columns = (Column.MEASURE, Column.GOAL, Column.LAST)
    assert [value("新建", column) for column in columns] == ["所", "≥25", "9"]
    assert [value(ROADS, column) for column in columns] == ["公里", "≥12.5", "—"]
    assert value(LIMIT, Column.GOAL) == "≤20"


def test_the_share_is_a_formula_over_the_figure() -> None:
    sheet = page(made())
    row = row_of(sheet, PLACES)
    assert sheet.cell(row, COLUMN[Column.SHARE]).value == f'=IF(ISNUMBER(G{row}),G{row}/6000,"")'


def test_a_limit_has_no_share() -> None:
    assert value(LIMIT, Column.SHARE) == "—"


def test_a_target_of_nought_has_no_share() -> None:
    none = Item(9, "教育", "事故", ("市教育局",), targets=(Target("事故", Comparison.AT_LEAST, Decimal(0), "起"),))
    sheet = page(made(lead=(none,)))
    assert sheet.cell(row_of(sheet, "事故"), COLUMN[Column.SHARE]).value == "—"


def test_only_what_is_to_be_filled_in_is_unlocked() -> None:
    sheet = page(made())
    row = row_of(sheet, PLACES)
    open_ = [column for column in Column if not sheet.cell(row, COLUMN[column]).protection.locked]
    assert sheet.protection.sheet
    assert open_ == [Column.DONE, Column.PROGRESS, Column.PROBLEMS, Column.NEXT]


def test_an_item_without_targets_asks_for_words_only() -> None:
    sheet = page(made())
    row = row_of(sheet, "师德师风建设", Column.TITLE)
    assert sheet.cell(row, COLUMN[Column.DONE]).value == "—"
    assert sheet.cell(row, COLUMN[Column.DONE]).protection.locked
    assert not sheet.cell(row, COLUMN[Column.PROGRESS]).protection.locked


def test_an_items_words_are_one_cell_over_its_targets() -> None:
    sheet = page(made())
    row = row_of(sheet, "新建")
    assert f"I{row}:I{row + 2}" in [str(area) for area in sheet.merged_cells.ranges]


def rule_over(cell: str) -> tuple[object, ...]:
    found = [rule for rule in page(made()).data_validations.dataValidation if cell in str(rule.sqref).split()]
    return tuple((rule.type, rule.operator, rule.formula1) for rule in found)


def test_counts_must_be_whole_measures_may_have_fractions() -> None:
    sheet = page(made())
    assert rule_over(f"G{row_of(sheet, PLACES)}") == (("whole", "greaterThanOrEqual", "0"),)
    assert rule_over(f"G{row_of(sheet, ROADS)}") == (("decimal", "greaterThanOrEqual", "0"),)


def test_a_share_typed_as_a_fraction_is_refused_by_the_sheet() -> None:
    cell = f"G{row_of(page(made()), COVER)}"
    assert rule_over(cell)[0][2] == f"AND(ISNUMBER({cell}),OR({cell}=0,{cell}>2),{cell}<=1000)"


def test_it_prints_on_a4_across_with_its_heads_on_every_page() -> None:
    sheet = page(made())
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation, sheet.print_title_rows) == (
        9,
        "landscape",
        "$3:$3",
    )
    assert (
        sheet.page_setup.fitToWidth,
        sheet.page_setup.fitToHeight,
        sheet.sheet_properties.pageSetUpPr.fitToPage,
    ) == (1, 0, True)


def test_the_token_stands_in_the_properties_and_on_a_hidden_sheet() -> None:
    book = load_workbook(BytesIO(made()))
    assert (book.properties.subject, book.properties.keywords) == (TOKEN, TOKEN)
    assert (book[MARK_SHEET].sheet_state, book[MARK_SHEET]["A1"].value) == ("hidden", TOKEN)


def test_the_same_facts_give_the_same_bytes_and_other_facts_others() -> None:
    assert made() == made()
    assert made() != made(at=FACTS.at + timedelta(days=1))


def test_nothing_in_the_registry_becomes_a_formula() -> None:
    item = replace(LEAD[1], title="=1+1")
    sheet = page(made(lead=(item,)))
    assert sheet["B5"].value == "'=1+1"


def test_nothing_on_the_hidden_sheet_becomes_a_formula() -> None:
    mark = load_workbook(BytesIO(made(unit='=CMD|"/c calc"!A1')))[MARK_SHEET]
    assert (mark["B1"].value, mark["B1"].data_type) == ('\'=CMD|"/c calc"!A1', "s")


def test_a_long_title_has_room() -> None:
    item = replace(LEAD[2], title="开" * 80)
    assert page(made(lead=(item,))).row_dimensions[5].height > 100

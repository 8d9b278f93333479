"""Forms as units send them back: what is taken, what is not, and why. One line a case; no figure but those named here may come out."""

import csv
import io
import re
import zipfile
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import hostile
import pytest
from forms import (
    COLUMN,
    COVER,
    FIELDS,
    GOOD,
    LEAD,
    LIMIT,
    OTHERS,
    PLACES,
    PUPILS,
    ROADS,
    SAID,
    SECOND,
    TOKEN,
    UNIT_VIEW,
    filled,
    made,
    mail_of,
    page,
    put,
    read,
    row_of,
)
from openpyxl import Workbook

from cuibao.papers.contents.spreadsheets import sheet_contents
from cuibao.papers.figures import figures_of
from cuibao.papers.form.layout import TITLE, Column, Table
from cuibao.papers.form.reading import Expected, read_forms

ITEM_OF = {"新建": 7, PLACES: 7, ROADS: 7, PUPILS: 11, COVER: 18, FIELDS: 31, LIMIT: 31}
Hand = Callable[[Any], None]


def figures(data: bytes, name: str = "完成情况表.xlsx") -> dict[str, Decimal]:
    found = read(data, name=name).figures
    assert [one.item for one in found] == [ITEM_OF[one.indicator] for one in found]
    return {one.indicator: one.value for one in found}


def expected(**changes: Any) -> dict[str, Decimal]:
    """The careful unit's figures with these instead; None is one that is not taken."""
    merged: dict[str, Any] = {**GOOD, **changes}
    return {key: Decimal(str(value)) for key, value in merged.items() if value is not None}


def test_a_form_filled_in_with_care_is_complete() -> None:
    found = read(filled())
    assert {one.indicator: one.value for one in found.figures} == expected()
    assert {no: said.progress for no, said in found.words} == SAID
    assert (found.problems, found.complete, found.items) == ((), True, (7, 11, 18, 20, 31))


VALUES: list[tuple[str, object, object, str]] = [
    # indicator, what is typed in, the figure that is taken, what is told
    (PUPILS, "23000", 23000, ""),
    (PUPILS, "'23000", 23000, ""),
    (PUPILS, "23,000", 23000, ""),
    (PUPILS, "23，000", 23000, ""),
    (PUPILS, "２３０００人", 23000, ""),
    (PUPILS, "23000名", 23000, ""),
    (PUPILS, "2.3万", 23000, ""),
    (PUPILS, "2.3 万人", 23000, ""),
    (PUPILS, "已完成23000人", 23000, ""),
    (PUPILS, "累计：23000", 23000, ""),
    (PUPILS, "23000（人）", 23000, ""),
    (PUPILS, "23000【人】", 23000, ""),
    (PUPILS, "2.3（万人）", 23000, ""),
    (PUPILS, "23000人（累计）", 23000, ""),
    (PUPILS, "23000（户）", None, "计量单位不是“人”"),
    (PUPILS, "23000（含）", None, "不能识别为确切的数"),
    (PUPILS, "23000.", 23000, ""),
    (PUPILS, "23000..", None, "不能识别为确切的数"),
    (PUPILS, "23000 人", 23000, ""),
    (PUPILS, "「23000 人」", 23000, ""),
    (PUPILS, "“23000”", 23000, ""),
    (PUPILS, "共23000人", 23000, ""),
    (PUPILS, "目前已完成23000人", 23000, ""),
    (PUPILS, "已资助23000人", 23000, ""),
    (PUPILS, "受助学生共23000人", 23000, ""),
    (PUPILS, "受助学生：23000", 23000, ""),
    (PUPILS, "已补助23000人", None, "不是数字"),
    (PUPILS, "全年23000人", None, "不是数字"),
    (PUPILS, "计划23000人", None, "不是数字"),
    (PUPILS, "本季度23000人", None, "不是数字"),
    (PUPILS, "零", 0, ""),
    (PUPILS, "零人", 0, ""),
    (PUPILS, "零报告", None, "不能识别为确切的数"),
    (PUPILS, "零点五", None, "不能识别为确切的数"),
    (PUPILS, "零1000", None, "不能识别为确切的数"),
    (PLACES, "新增4500个", 4500, ""),
    (PLACES, "新建4500个", None, "不是数字"),
    ("新建", "新建18所", 18, ""),
    ("新建", "18（所）", 18, ""),
    ("新建", "开工18所", None, "不是数字"),
    (COVER, "已参保98", None, "不是数字"),
    (FIELDS, "整治98", None, "不是数字"),
    (FIELDS, "整治面积98", 98, ""),
    (FIELDS, "已整治98亩", 98, ""),
    (COVER, "98.5（%）", 98.5, ""),
    (COVER, "98.5.", 98.5, ""),
    (PUPILS, 0, 0, ""),
    (PUPILS, "约500", None, "填写的“约500”不是确数"),
    (PUPILS, "23000余人", None, "不是确数"),
    (PUPILS, "2.3万左右", None, "不是确数"),
    (PUPILS, "23000+", None, "不是确数"),
    (PUPILS, "20000-23000", None, "不是确数"),
    (PUPILS, "超过23000", None, "不是确数"),
    (PUPILS, datetime(2020, 9, 16, tzinfo=None), None, "不是确数"),  # noqa: DTZ001 - a cell has no zone
    (PUPILS, "两万三千", None, "不是数字"),
    (PUPILS, "见附件", None, "填写的“见附件”不是数字"),
    (PUPILS, "#REF!", None, "第11项“受助学生”未填写本年累计完成数"),
    (PUPILS, True, None, "不是数字"),
    (PUPILS, -5, None, "为负数"),
    (PUPILS, "－500人", None, "为负数"),
    (PUPILS, 5_000_000_000, None, "远高于年度目标30000人"),
    (PUPILS, "500万", None, "远高于年度目标30000人"),
    (PUPILS, "9" * 40, None, "数值过大"),
    (PUPILS, "23000户", None, "计量单位不是“人”"),
    (PUPILS, "23000人次", None, "计量单位不是“人”"),
    (PUPILS, "1e4", None, "不能识别为确切的数"),
    (PUPILS, "20000、3000", None, "不能识别为确切的数"),
    (PUPILS, "23000（其中男生12000）", None, "不能识别为确切的数"),
    (PUPILS, "1,23", None, "不能识别为确切的数"),
    (PUPILS, 23000.5, None, "不是整数"),
    (PUPILS, "/", None, "第11项“受助学生”未填写本年累计完成数"),
    (PUPILS, None, None, "第11项“受助学生”未填写本年累计完成数"),
    (PUPILS, "=SUM(1,2)", None, "第11项“受助学生”未填写本年累计完成数"),
    (PUPILS, '=WEBSERVICE("http://127.0.0.1/")', None, "填写的“引自表外的公式”不是数字"),
    (COVER, "98.5％", 98.5, ""),
    (COVER, "98.5%", 98.5, ""),
    (COVER, "985‰", 98.5, ""),
    (COVER, 120, 120, ""),
    (COVER, 0.985, None, "不能确定是98.5%还是0.985%"),
    (COVER, 1, None, "不能确定是100%还是1%"),
    (COVER, 985, None, "远高于年度目标98%"),
    (COVER, "98.5个百分点", None, "不能识别为确切的数"),
    (ROADS, "9500米", 9.5, ""),
    (ROADS, "9.5KM", 9.5, ""),
    (ROADS, "19里", None, "不能识别为确切的数"),
    (FIELDS, "0.023万亩", 230, ""),
    (FIELDS, "15公顷", 225, ""),
    (ROADS, "9500.000001米", None, "不能准确折算为“公里”"),
    (FIELDS, 230_500, None, "远高于年度目标300亩"),
    ("新建", 9, 9, ""),
    ("新建", 5, None, "低于上期累计完成数9所"),
    ("新建", "18座", None, "计量单位不是“所”"),
    (LIMIT, 3, 3, ""),
]


@pytest.mark.parametrize(("indicator", "typed", "taken", "told"), VALUES)
def test_a_figure_as_it_is_typed_in(indicator: str, typed: object, taken: object, told: str) -> None:
    data = filled(put(indicator, typed))
    assert figures(data) == expected(**{indicator: taken})
    problems = read(data).problems
    assert told in "".join(problems)
    assert len(problems) == (1 if told else 0)


def measured(measure: str, typed: object) -> Hand:
    def hand(sheet: Any) -> None:
        put(PUPILS, measure, Column.MEASURE)(sheet)
        put(PUPILS, typed)(sheet)

    return hand


def renamed(indicator: str) -> Hand:
    return put(PUPILS, indicator, Column.INDICATOR)


def numbered(number: object) -> Hand:
    return put(PUPILS, number, Column.NO)


def swapped(sheet: Any) -> None:
    """Two items' rows change places, the second one's number and title with them."""
    first, second = row_of(sheet, PUPILS), row_of(sheet, "师德师风建设", Column.TITLE)
    for column in range(1, 12):
        one, other = sheet.cell(first, column), sheet.cell(second, column)
        one.value, other.value = other.value, one.value


def without(indicator: str) -> Hand:
    def hand(sheet: Any) -> None:
        loose(sheet)
        sheet.delete_rows(row_of(sheet, indicator))

    return hand


def loose(sheet: Any) -> None:
    """All merged areas taken apart."""
    for area in list(sheet.merged_cells.ranges):
        sheet.unmerge_cells(str(area))


def rows_above(sheet: Any) -> None:
    loose(sheet)
    sheet.insert_rows(1, 4)


def added_row(sheet: Any) -> None:
    loose(sheet)
    row = row_of(sheet, PUPILS) + 1
    sheet.insert_rows(row)
    for column, value in ((Column.INDICATOR, "自行增加的指标"), (Column.DONE, 777)):
        sheet.cell(row, COLUMN[column]).value = value


def foreign_row(sheet: Any) -> None:
    loose(sheet)
    row = row_of(sheet, PUPILS)
    sheet.insert_rows(row)
    for column, value in ((Column.NO, 44), (Column.INDICATOR, PUPILS), (Column.DONE, 777)):
        sheet.cell(row, COLUMN[column]).value = value


def column_gone(column: Column) -> Hand:
    def hand(sheet: Any) -> None:
        loose(sheet)
        sheet.delete_cols(COLUMN[column])

    return hand


def reordered(sheet: Any) -> None:
    """The figures' column first."""
    loose(sheet)
    values = [[cell.value for cell in row] for row in sheet.iter_rows()]
    for row, line in enumerate(values, start=1):
        for column, value in enumerate([line[6], *line[:6], *line[7:]], start=1):
            sheet.cell(row, column).value = value


def merged(first: str, last: str) -> Hand:
    def hand(sheet: Any) -> None:
        sheet.merge_cells(f"G{row_of(sheet, first)}:G{row_of(sheet, last)}")

    return hand


def head(words: str) -> Hand:
    def hand(sheet: Any) -> None:
        sheet.cell(3, COLUMN[Column.DONE]).value = words

    return hand


def copied(number: int) -> Hand:
    """The sheet once more beside itself, with another figure."""

    def hand(sheet: Any) -> None:
        book = sheet.parent
        twin = book.copy_worksheet(sheet)
        put(PUPILS, number)(twin)

    return hand


def no_mark(sheet: Any) -> None:
    """The hidden sheet, the properties and the number under the table are gone."""
    book = sheet.parent
    del book["催报标识"]
    book.properties.subject = book.properties.keywords = None
    for row in sheet.iter_rows():
        for cell in row:
            if isinstance(cell.value, str) and TOKEN in cell.value:
                cell.value = ""


def words_gone(sheet: Any) -> None:
    sheet.cell(row_of(sheet, "11", Column.NO), COLUMN[Column.PROGRESS]).value = None


def nothing_but(indicator: str) -> Hand:
    def hand(sheet: Any) -> None:
        for other in GOOD:
            if other != indicator:
                put(other, None)(sheet)
        for no in SAID:
            if no != ITEM_OF[indicator]:
                sheet.cell(row_of(sheet, str(no), Column.NO), COLUMN[Column.PROGRESS]).value = None

    return hand


def nil(sheet: Any) -> None:
    put(PUPILS, None)(sheet)
    sheet.cell(row_of(sheet, "11", Column.NO), COLUMN[Column.PROGRESS]).value = "零报告：发放时间为四季度"


NONE_OF_THEM = dict.fromkeys(GOOD, None)
DAMAGES: list[tuple[str, Hand, dict[str, object], tuple[str, ...]]] = [
    # what was done, by whose hand, which figures are other than the careful unit's, what is told
    ("measure of ten thousand", measured("万人", 2.3), {}, ()),
    ("measure of ten thousand twice", measured("万人", "2.3万"), {PUPILS: None}, ("填写的“2.3万”不能识别为确切的数",)),
    ("measure of money", measured("万元", 23000), {PUPILS: None}, ("计量单位不是“人”",)),
    ("measure gone", measured("", 23000), {}, ()),
    ("rows changed places", swapped, {}, ()),
    ("row taken out", without(PUPILS), {PUPILS: None}, ()),
    ("rows above", rows_above, {}, ()),
    ("areas taken apart", loose, {}, ()),
    ("row of one's own", added_row, {}, ("表中指标“自行增加的指标”不在本表所列指标之内",)),
    ("row of another unit's item", foreign_row, {}, ("表中第44项不是贵单位的事项，该行未予采用",)),
    (
        "indicator renamed",
        renamed("受助人数"),
        {PUPILS: None},
        ("“受助人数”不在本表所列指标之内", "第11项“受助学生”未填写"),
    ),
    ("indicator of another item", renamed(COVER), {PUPILS: None}, ("“参保率”与序号不一致",)),
    ("indicator wrapped", renamed("受助\n 学生"), {}, ()),
    ("number of no item", numbered("70"), {PUPILS: None}, ("表中第70项不是贵单位的事项",)),
    ("number of another item", numbered("20"), {PUPILS: None}, ("表中序号20与事项名称“资助困难学生”不一致",)),
    ("number with 第 and 项", numbered("第11项"), {}, ()),
    ("number as a number", numbered(11), {}, ()),
    ("number gone", numbered(None), {}, ()),
    ("columns in another order", reordered, {}, ()),
    ("column of measures gone", column_gone(Column.MEASURE), {}, ()),
    ("column of numbers gone", column_gone(Column.NO), {}, ()),
    ("column of titles gone", column_gone(Column.TITLE), {}, ()),
    ("head with a remark", head("本年累计完成（截至9月底）"), {}, ()),
    ("head of a word more", head("本年累计完成数"), {}, ()),
    ("figures merged", merged("新建", ROADS), {"新建": None, PLACES: None, ROADS: None}, ("“18”与其他指标合并在一格",)),
    ("sheet twice", copied(23000), {}, ()),
    ("sheet twice, figures differ", copied(24000), {PUPILS: None}, ("填写了不同的数（23000、24000），均未采用",)),
    ("marks taken out", no_mark, {}, ()),
    ("words gone", words_gone, {}, ("第11项未填写进展情况",)),
    ("one item only", nothing_but(PUPILS), {**NONE_OF_THEM, PUPILS: 23000}, ()),
    ("nil report of one item", nil, {PUPILS: None}, ()),
]


@pytest.mark.parametrize(("hand", "changes", "told"), [case[1:] for case in DAMAGES], ids=[case[0] for case in DAMAGES])
def test_a_form_that_was_worked_on(hand: Hand, changes: dict[str, object], told: tuple[str, ...]) -> None:
    data = filled(hand)
    assert figures(data) == expected(**changes)
    problems = "\n".join(read(data).problems)
    assert [words for words in told if words not in problems] == []
    assert bool(problems) == bool(told)


def rows_of(data: bytes) -> list[list[str]]:
    """The form's cells as texts, merged ones filled as they stand."""
    return [["" if cell.value is None else str(cell.value) for cell in row] for row in page(data).iter_rows()]


def as_csv(data: bytes, charset: str) -> bytes:
    held = io.StringIO()
    csv.writer(held).writerows(rows_of(data))
    return held.getvalue().encode(charset)


def as_html(data: bytes) -> bytes:
    rows = ("".join(f"<td>{cell}</td>" for cell in row) for row in rows_of(data))
    body = "".join(f"<tr>{row}</tr>\r\n" for row in rows)
    return f'<html><meta charset="gb2312"><body><table border=1>{body}</table></body></html>'.encode("gb18030")


def as_docx(data: bytes) -> bytes:
    """The form copied into a Word document, its words as one cell over several rows."""

    def cell(text: str) -> str:
        return f"<w:tc><w:tcPr/><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>"

    rows = "".join(f"<w:tr>{''.join(map(cell, row))}</w:tr>" for row in rows_of(data))
    main = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    document = f'<w:document xmlns:w="{main}"><w:body><w:tbl>{rows}</w:tbl></w:body></w:document>'
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr("word/document.xml", document)
    return held.getvalue()


def in_archive(data: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as package:
        package.writestr("报送/完成情况表.xlsx", data)
    return held.getvalue()


def merged_docx(data: bytes) -> bytes:
    """As Word keeps a cell over several rows: each of them has it, empty, with a mark."""
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(as_docx(data))) as old, zipfile.ZipFile(held, "w") as new:
        for name in old.namelist():
            part = old.read(name).replace(
                b"<w:tcPr/><w:p><w:r><w:t></w:t></w:r></w:p>", b"<w:tcPr><w:vMerge/></w:tcPr><w:p/>"
            )
            new.writestr(name, part)
    return held.getvalue()


FORMATS: list[tuple[str, Callable[[bytes], bytes]]] = [
    ("完成情况表.csv", lambda data: as_csv(data, "utf-8-sig")),
    ("完成情况表.csv", lambda data: as_csv(data, "gb18030")),
    ("完成情况表.csv", lambda data: as_csv(data, "utf-16")),
    ("完成情况表.txt", lambda data: as_csv(data, "utf-16")),
    ("完成情况表.xls", as_html),
    ("完成情况.docx", as_docx),
    ("完成情况.docx", merged_docx),
    ("报送材料.zip", in_archive),
    ("完成情况表.et", lambda data: data),
]


@pytest.mark.parametrize(("name", "saved"), FORMATS)
def test_a_form_in_another_format(name: str, saved: Callable[[bytes], bytes]) -> None:
    assert figures(saved(filled()), name) == expected()
    assert read(saved(filled()), name=name).problems == ()


def with_cached(data: bytes, formula: str, cached: str) -> bytes:
    """The form with a formula in a figure's cell, and the value that a spreadsheet program had reckoned last."""
    held = io.BytesIO()
    place = f"G{row_of(page(data), PUPILS)}"
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(held, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                cell = re.compile(rf'(<c r="{place}"[^>]*?)(?: t="n")?><v>23000</v>'.encode())
                part, count = cell.subn(rf"\1><f>{formula}</f><v>{cached}</v>".encode(), part)
                assert count == 1
            new.writestr(name, part)
    return held.getvalue()


def test_a_formula_counts_by_what_was_reckoned_last() -> None:
    assert figures(with_cached(filled(), "11000+11500", "22500")) == expected(**{PUPILS: 22500})


def test_what_a_formula_fetched_from_elsewhere_is_a_number_like_any_other() -> None:
    assert figures(with_cached(filled(), "[1]Sheet1!A1", "-1")) == expected(**{PUPILS: None})


def test_what_binary_fractions_leave_is_no_other_number() -> None:
    assert figures(filled(put(ROADS, 9.1 + 0.4000000000000001))) == expected(**{ROADS: 9.5})


def token(words: str) -> Hand:
    """The token is another one, wherever it stands."""

    def hand(sheet: Any) -> None:
        book = sheet.parent
        book.properties.subject = book.properties.keywords = words
        book["催报标识"]["A1"] = words
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str):
                    cell.value = cell.value.replace(TOKEN, words)

    return hand


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("MS-7K2M9QXD4A", "附件“完成情况表.xlsx”的标识与我办发件不符（可能被改动，或为往年的表），其中内容未予采用"),
        (SECOND, "附件“完成情况表.xlsx”是市教育局第二季度的完成情况表，其中内容未予采用"),
        (OTHERS, "附件“完成情况表.xlsx”是市医保局第三季度的完成情况表，其中内容未予采用"),
    ],
)
def test_a_form_with_another_token_is_told_and_not_taken(words: str, told: str) -> None:
    found = read(filled(token(words)))
    assert (found.figures, found.words, found.problems, found.complete) == ((), (), (told,), False)


def test_of_two_tokens_in_one_form_none_is_believed() -> None:
    def half(sheet: Any) -> None:
        sheet.parent["催报标识"]["A1"] = OTHERS

    assert read(filled(half)).figures == ()


def test_two_forms_in_one_mail_are_read_together() -> None:
    first, second = filled(nothing_but(PUPILS)), filled(nothing_but(COVER))
    found = read(first, second)
    assert {one.indicator: int(one.value * 10) for one in found.figures} == {PUPILS: 230000, COVER: 985}


def test_the_same_form_twice_is_one_report() -> None:
    found = read(filled(), filled())
    assert {one.indicator: one.value for one in found.figures} == expected()
    assert found.complete


def test_two_forms_that_differ_are_both_not_taken() -> None:
    found = read(filled(), filled(put(PUPILS, 24000)))
    assert {one.indicator: one.value for one in found.figures} == expected(**{PUPILS: None})


def test_a_mail_with_the_form_of_another_quarter_beside_the_right_one_has_the_right_one_read() -> None:
    def older(sheet: Any) -> None:
        put(PUPILS, 20000)(sheet)
        token(SECOND)(sheet)

    found = read(filled(), filled(older))
    assert {one.indicator: one.value for one in found.figures} == expected()
    assert not found.complete


def test_an_empty_form_reports_nothing() -> None:
    (one,) = mail_of(made()).attachments
    assert (one.kind, one.reports, one.problem) == ("form", False, "没有填写任何内容")


def test_a_photographed_form_is_kept_and_told() -> None:
    found = read(b"\xff\xd8\xff" + b"\1" * 100, name="IMG_0001.jpg")
    assert found.figures == ()
    assert "是图片，其中的完成数不能自动读取" in found.problems[0]


def test_a_workbook_of_a_million_rows_is_kept_and_told() -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(TITLE)
    for number in range(20_000):
        sheet.append([number] * 11)
    held = io.BytesIO()
    book.save(held)
    (one,) = mail_of(held.getvalue()).attachments
    assert (one.kind, one.tables, one.problem) == ("spreadsheet", (), "内容过多，超出读取限度，未予读取")


def test_a_sheet_that_is_no_form_gives_no_figures() -> None:
    book = Workbook()
    book.worksheets[0].append(["序号", "工作事项", "完成情况"])
    book.worksheets[0].append([11, "资助困难学生", 23000])
    held = io.BytesIO()
    book.save(held)
    assert read(held.getvalue()).figures == ()


def test_who_filled_it_in_is_no_item() -> None:
    def signed(sheet: Any) -> None:
        row = next(row for row in range(1, sheet.max_row + 1) if sheet.cell(row, 2).value == "填报人：")
        sheet.cell(row, 3).value, sheet.cell(row, 7).value = "张老师", "0553-1234567"

    assert figures(filled(signed)) == expected()
    assert read(filled(signed)).problems == ()


def test_a_row_that_names_no_item_is_told() -> None:
    rows = "序号,指标,本年累计完成\n,,777\n11,受助学生,23000"
    found = read(rows.encode(), name="完成情况表.csv")
    assert [one.value for one in found.figures] == [23000]
    assert found.problems[0] == "表中“777”对不上事项，该行未予采用"


def test_what_is_wrong_twice_is_told_once() -> None:
    wrong = filled(foreign_row)
    assert read(wrong, wrong).problems == read(wrong).problems


def test_a_table_that_only_its_text_shows_is_left_to_a_person() -> None:
    found = mail_of("序号 指标 计量单位 年度目标 本年累计完成 11 受助学生 23000".encode(), name="完成情况.txt")
    assert figures_of(found, UNIT_VIEW, "市教育局", "2020Q3").problems == (
        "附件“完成情况.txt”中的完成情况表不能按表格读取，完成数请经办人对照原件登记",
    )


def test_a_report_in_words_is_no_form_that_was_not_read() -> None:
    report = hostile.word(
        "关于三季度工作的报告", "今年以来累计完成投资3亿元，完成率92%。", "二、存在问题", "三、下一步打算"
    )
    assert read(report, name="报告.docx").problems == ()


def test_a_form_saved_as_xml_is_left_to_a_person() -> None:
    rows = (("序号", "指标", "计量单位", "年度目标", "本年累计完成"), ("11", PUPILS, "人", "30000", "23000"))
    cells = ("".join(f"<Cell><Data>{cell}</Data></Cell>" for cell in row) for row in rows)
    table = "".join(f"<Row>{row}</Row>" for row in cells)
    head = '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
    book = f"{head}<Workbook xmlns='urn:schemas-microsoft-com:office:spreadsheet'><Table>{table}</Table></Workbook>"
    found = read(book.encode(), name="完成情况表.xls")
    assert found.figures == ()
    assert "“完成情况表.xls”中的完成情况表不能按表格读取" in found.problems[0]


def test_the_token_of_an_old_workbook_is_found_in_its_properties() -> None:
    old = (Path(__file__).parents[2] / "data" / "attachments" / "table.xls").read_bytes()
    assert sheet_contents(old + TOKEN.encode("utf-16-le")).tokens == (TOKEN,)
    assert sheet_contents(old).tokens == ()


def written(data: bytes) -> list[tuple[int | None, str, str, str]]:
    return [(one.item, one.indicator, one.text, one.wrong) for one in read(data).written]


def test_plain_numbers_that_are_taken_need_no_word() -> None:
    assert written(filled()) == []


def test_what_a_cell_says_is_kept_beside_what_is_taken_of_it() -> None:
    assert written(filled(put(PUPILS, "2.3万"))) == [(11, PUPILS, "2.3万", "")]


@pytest.mark.parametrize(
    ("value", "wrong"),
    [("约500", "不是确数"), (9_000_000, "远高于年度目标30000人"), ("二百", "不是数字")],
)
def test_what_is_not_taken_is_kept_with_the_reason(value: object, wrong: str) -> None:
    assert written(filled(put(PUPILS, value))) == [(11, PUPILS, str(value), wrong)]


def test_a_row_that_cannot_be_told_is_kept_without_its_item() -> None:
    found = written(filled(put(PUPILS, 99, Column.NO)))
    assert [(no, indicator, text) for no, indicator, text, _ in found] == [(None, PUPILS, "23000")]
    assert "不是贵单位的事项" in found[0][3]


def test_two_values_of_one_figure_are_both_kept_as_not_taken() -> None:
    two = [filled(), filled(put(PUPILS, 24000))]
    found = [(one.text, one.wrong) for one in read(*two).written]
    assert found == [("23000", "同一指标填写不一致"), ("24000", "同一指标填写不一致")]


def test_no_form_fills_the_ledger_with_what_was_not_taken() -> None:
    rows = ((str(Column.NO), str(Column.DONE)), *((str(number), "5") for number in range(200, 900)))
    assert len(read_forms([Table(rows)], Expected(LEAD)).written) == 100

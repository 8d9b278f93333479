"""Another table beside the form that was sent: last year's, last quarter's, another body's or a sample. Nothing of it is taken for this
quarter's, not even where this quarter's cell is empty."""

import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from forms import EDUCATION, GOOD, PUPILS, UNIT_VIEW, filled, mail_of, put, read, row_of
from openpyxl import Workbook, load_workbook

from cuibao.papers.figures import figures_of, undecided
from cuibao.papers.form.layout import TITLE

OURS = "2020年民生工作要点第三季度完成情况表"


def with_sheet(name: str, heading: str, *, alone: bool = False) -> bytes:
    """The form with one figure left out, and a copy of it on another sheet that has the figure."""
    book = load_workbook(io.BytesIO(filled()))
    other = book.copy_worksheet(book[TITLE])
    other.title, other["A1"] = name, heading
    put(PUPILS, None)(book[TITLE])
    if alone:
        del book[TITLE]
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


@pytest.mark.parametrize(
    ("name", "heading", "told"),
    [
        ("2019年", "完成情况表", "中有2019年的完成情况表"),
        ("一季度", "完成情况表", "中有“一季度”的内容"),
        ("Sheet2", "2020年1-3月完成情况表", "中有“1-3月”的内容"),
        ("Sheet2", "第二季度民生实事完成情况", "中有第二季度的完成情况表"),
        ("Sheet2", "去年同期完成情况表", "中有“去年同期完成情况表”的内容"),
        ("填表示例", OURS, "中有“填表示例”的内容"),
        ("作废", OURS, "中有“作废”的内容"),
        ("样表", OURS, "中“2020年民生工作要点第三季度完成情况表”不是下发的完成情况表"),
        ("6月", OURS, "中“2020年民生工作要点第三季度完成情况表”不是下发的完成情况表"),
        ("Sheet2", "市财政局2020年第三季度完成情况表", "中“市财政局2020年第三季度完成情况表”不是下发的完成情况表"),
        ("镜湖区", "镜湖区民生工作完成情况表", "中“镜湖区民生工作完成情况表”不是下发的完成情况表"),
        ("Sheet2", "截至2020年6月30日民生实事完成情况", "中“截至2020年6月30日民生实事完成情况”不是下发的完成情况表"),
    ],
)
def test_nothing_is_taken_from_a_sheet_that_is_another_forms(name: str, heading: str, told: str) -> None:
    found = read(with_sheet(name, heading))
    assert {one.indicator: float(one.value) for one in found.figures} == {
        key: value for key, value in GOOD.items() if key != PUPILS
    }
    assert f"附件“完成情况表.xlsx”{told}，其中内容未予采用" in found.problems
    assert "第11项“受助学生”未填写本年累计完成数" in found.problems


@pytest.mark.parametrize(
    ("name", "heading"),
    [
        ("Sheet2", OURS),
        ("续表", ""),
        ("协同", "民生工作完成情况表（续）"),
        ("协同", "协同事项完成情况表"),
        ("Sheet2", "附件2"),
    ],
)
def test_a_second_sheet_of_the_same_form_is_read(name: str, heading: str) -> None:
    alone = heading.endswith("（续）")
    assert {one.indicator: float(one.value) for one in read(with_sheet(name, heading, alone=alone)).figures} == GOOD


@pytest.mark.parametrize(
    ("name", "heading"),
    [
        ("模板", OURS),
        ("三季度", "市教育局2020年第三季度民生工作完成情况表"),
        (TITLE, "民生工作要点完成情况表（三季度）"),
        (TITLE, f"{OURS}（较上年同期有所增长）"),
        (TITLE, "注：与上年同期相比均有增长，上一季度数据见第二季度表"),
        (TITLE, "填报日期：2021年1月5日"),
        (TITLE, "依据2019年12月会议精神填报"),
        (TITLE, "民生工作完成情况表（含一季度数）"),
    ],
)
def test_a_form_under_words_of_the_units_own_is_read(name: str, heading: str) -> None:
    found = read(with_sheet(f"{name} ", heading, alone=True))
    assert ({one.indicator: float(one.value) for one in found.figures}, found.problems) == (GOOD, ())


@pytest.mark.parametrize(
    ("remark", "told"),
    [
        ("（截至6月30日）", "中“本年累计完成(截至6月30日)”注明的时间不是本季度，其中内容未予采用"),
        ("（截至2019年9月底）", "注明的时间不是本季度"),
        ("（第二季度）", "注明的时间不是本季度"),
        ("（截至2020年9月30日）", ""),
    ],
)
def test_figures_of_another_time_by_their_head_are_not_taken(remark: str, told: str) -> None:
    def hand(sheet: Any) -> None:
        next(cell for row in sheet.iter_rows() for cell in row if cell.value == "本年累计完成").value += remark

    found = read(filled(hand))
    assert bool(found.figures) is not bool(told)
    assert told in "".join(found.problems)


def test_a_block_below_the_form_is_told_apart_by_its_title() -> None:
    def below(sheet: Any) -> None:
        put(PUPILS, None)(sheet)
        last = sheet.max_row
        sheet.cell(last + 2, 1).value = "附：2019年同期"
        heads = next(row for row in sheet.iter_rows() if row[0].value == "序号")
        row = next(row for row in sheet.iter_rows() if row[2].value == PUPILS)
        for number, (head, cell) in enumerate(zip(heads, row, strict=True), start=1):
            sheet.cell(last + 3, number).value = head.value
            sheet.cell(last + 4, number).value = cell.value
        sheet.cell(last + 4, 7).value = 21000

    found = read(filled(below))
    assert PUPILS not in {one.indicator for one in found.figures}
    assert "附件“完成情况表.xlsx”中有2019年的完成情况表，其中内容未予采用" in found.problems


@pytest.mark.parametrize("title", ["附：年底预计", "附：镜湖区"])
def test_so_is_a_block_with_any_other_title(title: str) -> None:
    def below(sheet: Any) -> None:
        last = sheet.max_row
        sheet.cell(last + 2, 1).value = title
        for number, head in enumerate(("序号", "指标", "本年累计完成"), start=1):
            sheet.cell(last + 3, number).value = head
        for number, cell in enumerate(("", PUPILS, 29999), start=1):
            sheet.cell(last + 4, number).value = cell

    found = read(filled(below))
    assert {one.indicator: float(one.value) for one in found.figures} == GOOD
    assert len(found.problems) == 1


ELSEWHERE = [
    "附：2019年同期",
    "附：镜湖区",
    "附表：年底预计",
    "另附：",
    "去年同期情况",
    "往年",
    "参考数据",
    "上期数",
    "示例",
    "2019年",
    "一季度",
    "2020年1-3月",
    "第二季度",
    "上半年",
    "镜湖区完成情况",
    "市财政局完成情况表",
    "注：以下为去年同期数",
]


def rows_below(caption: str, value: int, column: int = 1, note: str = "") -> Any:
    """Under the form, without heads, a row of ours once more."""

    def hand(sheet: Any) -> None:
        last, row = sheet.max_row, row_of(sheet, PUPILS)
        sheet.cell(last + 2, column).value = caption
        for number in range(1, 12):
            sheet.cell(last + 3, number).value = sheet.cell(row, number).value
        sheet.cell(last + 3, 7).value = value
        sheet.cell(last + 4, 1).value = note
        put(PUPILS, None)(sheet)

    return hand


@pytest.mark.parametrize("column", [1, 3, 9])
@pytest.mark.parametrize("caption", ELSEWHERE)
def test_rows_without_heads_under_a_caption_of_something_else_are_not_the_forms(caption: str, column: int) -> None:
    found = read(filled(rows_below(caption, 21000, column)))
    assert {one.indicator: float(one.value) for one in found.figures} == {
        key: value for key, value in GOOD.items() if key != PUPILS
    }
    assert f"附件“完成情况表.xlsx”中“{caption}”以下各行没有表头，其中内容未予采用" in found.problems


@pytest.mark.parametrize(
    "caption",
    [
        "续表",
        "协同事项（2项）",
        "一、学前教育",
        "附件2",
        "2020年第三季度协同事项",
        OURS,
        "注：与去年同期相比均有增长",
        "填报单位：市教育局",
    ],
)
def test_rows_under_a_caption_of_the_forms_own_are_read(caption: str) -> None:
    found = read(filled(rows_below(caption, 23000)))
    assert ({one.indicator: float(one.value) for one in found.figures}, found.problems) == (GOOD, ())


@pytest.mark.parametrize("line", ["附：照片三张", "较去年同期增长一成", "参考文件见邮件"])
def test_a_last_line_that_speaks_of_something_else_changes_nothing(line: str) -> None:
    def hand(sheet: Any) -> None:
        sheet.cell(sheet.max_row + 1, 1).value = line

    found = read(filled(hand))
    assert ({one.indicator: float(one.value) for one in found.figures}, found.problems) == (GOOD, ())


def test_words_that_go_on_in_a_row_of_their_own_are_no_caption() -> None:
    def hand(sheet: Any) -> None:
        sheet.insert_rows(row_of(sheet, PUPILS) + 1)
        sheet.cell(row_of(sheet, PUPILS) + 1, 9).value = "较去年同期增长一成"

    found = read(filled(hand))
    assert {one.indicator: float(one.value) for one in found.figures} == GOOD
    assert dict(found.words)[11].progress == "秋季学期资助已发放\n较去年同期增长一成"


def test_what_stands_under_rows_that_are_not_taken_may_still_speak_of_the_form() -> None:
    found = read(filled(rows_below("附：2019年同期", 21000, note="注：以上数据均以万为单位")))
    assert found.figures == ()


@pytest.mark.parametrize("heads", ["", "序号\t指标\t本年累计完成\n"])
def test_a_block_in_the_words_of_a_mail_is_told_apart_as_well(heads: str) -> None:
    text = f"序号\t指标\t本年累计完成\n7\t新建\t18\n\n附：2019年同期\n{heads}11\t{PUPILS}\t21000"
    found = figures_of(replace(mail_of(), own_text=text), UNIT_VIEW, EDUCATION, "2020Q3")
    assert [(one.item, one.value) for one in found.figures] == [(7, 18)]
    told = "不是下发的完成情况表" if heads else "以下各行没有表头"
    assert f"来信正文中“附：2019年同期”{told}，其中内容未予采用" in found.problems


def test_where_no_quarter_is_asked_for_no_title_is_another_quarters() -> None:
    text = f"序号\t指标\t本年累计完成\n7\t新建\t18\n第二季度\n11\t{PUPILS}\t21000\n附：去年\n11\t{PUPILS}\t29000"
    found = undecided(replace(mail_of(), own_text=text), UNIT_VIEW, EDUCATION)
    assert [(one.item, one.text) for one in found] == [(7, "18"), (11, "21000")]


def with_rest(name: str, *rows: tuple[object, ...], state: str = "visible", first: bool = False) -> bytes:
    """The form without one figure, and a second sheet without heads."""
    book = load_workbook(io.BytesIO(filled(put(PUPILS, None))))
    other = book.create_sheet(name, 0 if first else None)
    other.sheet_state = state
    for cells in rows:
        other.append(cells)
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


REST = "附件“完成情况表.xlsx”中的完成情况表分为几段，后面一段没有表头，其中内容未予采用"
PUPILS_ROW = (11, "资助困难学生", PUPILS, "人", "≥30000", "—", 23000, "", "已发放")


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (with_rest("续表", PUPILS_ROW), True),
        (with_rest("Sheet2", ("续表",), PUPILS_ROW), True),
        (with_rest("Sheet2", PUPILS_ROW, first=True), True),
        (with_rest("Sheet2", (None, None, *PUPILS_ROW[2:])), True),
        (with_rest("Sheet2", (None, "资助困难学生", "人数", *PUPILS_ROW[3:])), True),
        (with_rest("Sheet2", (*PUPILS_ROW[:6], None, None, None)), False),
        (
            with_rest("学校名单", ("序号", "学校", "地址", "", "", "", "人数"), (1, "一小", "狮子山", "", "", "", 800)),
            False,
        ),
        (with_rest("字典", (PUPILS, 23000)), False),
        (with_rest("旧表", PUPILS_ROW, state="hidden"), False),
    ],
)
def test_rows_on_another_sheet_without_heads_are_told(data: bytes, told: bool) -> None:
    found = read(data)
    assert {one.indicator: float(one.value) for one in found.figures} == {
        key: value for key, value in GOOD.items() if key != PUPILS
    }
    assert (REST in found.problems) is told


CUT = "中的完成情况表超过2000行，其后各行未予读取"
LONG = ("序号\t指标\t本年累计完成", *["\t\t"] * 1998, "7\t新建\t18", f"11\t{PUPILS}\t23000")


def as_page(*lines: str) -> str:
    rows = (f"<tr>{''.join(f'<td>{cell}</td>' for cell in line.split(chr(9)))}</tr>" for line in lines)
    return f"<html><table>{''.join(rows)}</table></html>"


def as_book(*lines: str) -> bytes:
    book = Workbook()
    for line in lines:
        book.worksheets[0].append([cell or None for cell in line.split("\t")])
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


@pytest.mark.parametrize(
    ("name", "saved"),
    [
        ("完成情况表.xlsx", as_book),
        ("完成情况表.xls", lambda *lines: as_page(*lines).encode()),
        ("完成情况表.txt", lambda *lines: "\n".join(lines).encode()),
        ("完成情况表.csv", lambda *lines: "\n".join(lines).replace("\t", ",").encode()),
    ],
)
def test_rows_beyond_those_that_are_read_are_told(name: str, saved: Callable[..., bytes]) -> None:
    found = read(saved(*LONG), name=name)
    assert [(one.item, one.value) for one in found.figures] == [(7, 18)]
    assert f"附件“{name}”{CUT}" in found.problems
    assert CUT not in "".join(read(saved(*LONG[:-1]), name=name).problems)
    assert CUT not in "".join(read(saved(*LONG[:-1], "\t\t", ""), name=name).problems) or name.endswith(".xls")


def test_so_are_those_in_the_words_of_a_mail() -> None:
    mail = replace(mail_of(), own_text="\n".join(LONG))
    assert f"来信正文{CUT}" in figures_of(mail, UNIT_VIEW, EDUCATION, "2020Q3").problems

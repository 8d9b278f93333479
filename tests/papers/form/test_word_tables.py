"""A form copied into a Word document: each cell stays in its column whatever Word made of the table."""

from decimal import Decimal

import hostile
import pytest
from forms import PLACES, PUPILS, mail_of, read

from cuibao.papers.form.reading import FormRead

HEADS = ("序号", "指标", "上期累计完成", "本年累计完成", "进展情况")


def cell(words: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr><w:p><w:r><w:t>{words}</w:t></w:r></w:p></w:tc>"


def row(*cells: str, properties: str = "") -> str:
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"


def read_rows(*rows: str) -> FormRead:
    table = f"<w:tbl>{row(*map(cell, HEADS))}{''.join(rows)}</w:tbl>"
    return read(hostile.word_xml(table.encode()), name="完成情况.docx")


def taken(found: FormRead) -> dict[str, Decimal]:
    return {one.indicator: one.value for one in found.figures}


ROOM = '<w:gridBefore w:val="1"/>'
BOX = (
    '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:Choice>'
    "<w:txbxContent><w:p><w:r><w:t>9</w:t></w:r></w:p></w:txbxContent></mc:Choice>"
    "<mc:Fallback><w:txbxContent><w:p><w:r><w:t>9</w:t></w:r></w:p></w:txbxContent></mc:Fallback></mc:AlternateContent>"
)


@pytest.mark.parametrize(
    ("rows", "figures"),
    [
        ((row(*map(cell, (PUPILS, "20000", "23000", "")), properties=ROOM),), {PUPILS: 23000}),
        ((row(cell("11"), cell(PUPILS, '<w:gridSpan w:val="2"/>'), cell("23000")),), {PUPILS: 23000}),
        ((row(f"<w:sdt><w:sdtContent>{cell('11')}</w:sdtContent></w:sdt>", *map(cell, (PUPILS, "20000", "23000"))),), {PUPILS: 23000}),
        ((row(*map(cell, ("11", PUPILS, "", "23000"))), row(*map(cell, ("11", PUPILS, "", "99")), properties="<w:del/>")), {PUPILS: 23000}),
        ((row(*map(cell, ("7", "新建", "9")), f"<w:tc><w:p><w:r>{BOX}</w:r></w:p></w:tc>"),), {"新建": 9}),
        ((row(*map(cell, ("11", PUPILS, "")), "<w:tc><w:p><w:moveFrom><w:r><w:t>1</w:t></w:r></w:moveFrom><w:del><w:r><w:delText>2</w:delText></w:r></w:del><w:ins><w:r><w:t>23000</w:t></w:r></w:ins></w:p></w:tc>"),), {PUPILS: 23000}),
    ],
    ids=["room before a row", "a cell over two columns", "a content control", "a row struck out", "a text box", "tracked changes"],
)  # fmt: skip
def test_a_figure_stays_in_its_column(rows: tuple[str, ...], figures: dict[str, int]) -> None:
    assert taken(read_rows(*rows)) == figures


def run(words: str, properties: str = "") -> str:
    return f"<w:r><w:rPr><w:b/>{properties}</w:rPr><w:t>{words}</w:t></w:r>"


def read_cell(*runs: str) -> FormRead:
    cells = (
        *map(cell, ("11", PUPILS, "")),
        f"<w:tc><w:p><w:pPr><w:rPr><w:strike/></w:rPr></w:pPr>{''.join(runs)}</w:p></w:tc>",
    )
    return read_rows(row(*cells))


@pytest.mark.parametrize(
    "properties",
    ["<w:strike/>", '<w:dstrike w:val="1"/>', "<w:vanish/>", '<w:vertAlign w:val="superscript"/><w:strike/>'],
)
def test_runs_that_are_struck_out_or_hidden_are_no_part_of_a_figure(properties: str) -> None:
    found = read_cell(run("2", properties), run("23000"), run("0", properties))
    assert taken(found) == {PUPILS: 23000}


@pytest.mark.parametrize(
    "properties", ['<w:strike w:val="0"/>', '<w:vanish w:val="false"/>', '<w:vertAlign w:val="baseline"/>']
)
def test_runs_whose_strike_is_off_are_read(properties: str) -> None:
    assert taken(read_cell(run("23", properties), run("000"))) == {PUPILS: 23000}


@pytest.mark.parametrize(("place", "mark"), [("superscript", "^"), ("subscript", "_")])
def test_a_raised_or_lowered_run_leaves_a_figure_to_a_person(place: str, mark: str) -> None:
    found = read_cell(run("23000"), run("1", f'<w:vertAlign w:val="{place}"/>'))
    assert found.figures == ()
    assert f"第11项“{PUPILS}”填写的“23000{mark}1”不能识别为确切的数，未予采用，请核实后更正" in found.problems


REST = "附件“完成情况.docx”中的完成情况表分为几段，后面一段没有表头，其中内容未予采用"


@pytest.mark.parametrize(
    ("between", "cells", "told"),
    [
        ("", ("11", PUPILS, "", "23000", ""), True),
        ("<w:p/>", ("", "", "", "", "已发放"), True),
        ("<w:p><w:r><w:t>续表</w:t></w:r></w:p>", ("11", PUPILS, "", "23000", ""), True),
        ("", ("11", PUPILS, "23000", "已发放"), False),
        ("", ("11", PUPILS, "20000", "", ""), False),
    ],
    ids=["figures", "words", "under a line", "of another width", "with nothing filled in"],
)
def test_the_rest_of_a_form_in_a_table_without_heads_is_told(between: str, cells: tuple[str, ...], told: bool) -> None:
    first = f"<w:tbl>{row(*map(cell, HEADS))}{row(*map(cell, ('7', '新建', '', '18', '已开工')))}</w:tbl>"
    rest = f"{between}<w:tbl>{row(*map(cell, cells))}</w:tbl>"
    found = read(hostile.word_xml((first + rest).encode()), name="完成情况.docx")
    assert taken(found) == {"新建": 18}
    assert (REST in found.problems) is told


def test_a_form_all_of_whose_rows_are_in_a_table_without_heads_is_no_empty_one() -> None:
    tables = (f"<w:tbl>{row(*map(cell, cells))}</w:tbl>" for cells in (HEADS, ("11", PUPILS, "", "23000", "")))
    data = hostile.word_xml("".join(tables).encode())
    (one,) = mail_of(data, name="完成情况.docx").attachments
    assert (one.reports, one.problem) == (True, "")
    assert REST in read(data, name="完成情况.docx").problems


def test_figures_merged_in_word_are_not_taken() -> None:
    first = row(*map(cell, ("7", "新建", "")), cell("18", '<w:vMerge w:val="restart"/>'))
    second = row(*map(cell, ("", PLACES, "")), cell("", "<w:vMerge/>"))
    found = read_rows(first, second)
    assert found.figures == ()
    assert "“18”与其他指标合并在一格" in found.problems[0]

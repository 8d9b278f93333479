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


def told(found: FormRead) -> bool:
    """Whether no figure is taken, and that is said."""
    return found.figures == () and "未予采用" in "".join(found.problems)


FIELD = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
PICTURE = '<w:drawing><wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"/></w:drawing>'
MATH = (
    '<m:oMath xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"><m:r><m:t>23</m:t></m:r>'
    "<m:r><m:rPr/><m:t>000</m:t></m:r><m:r><m:t/></m:r></m:oMath>"
)


@pytest.mark.parametrize(
    "between",
    [
        "<w:br/>", "<w:cr/>", "<w:tab/>", "<w:ptab/>", "<w:noBreakHyphen/>", '<w:sym w:font="Wingdings" w:char="F0FE"/>',
        '<w:footnoteReference w:id="2"/>', '<w:endnoteReference w:id="2"/>', "<w:object/>", "<w:pict/>", PICTURE,
    ],
)  # fmt: skip
def test_what_stands_between_two_runs_leaves_no_number_of_both(between: str) -> None:
    assert told(read_cell(run("8"), f"<w:r>{between}</w:r>", run("500")))


@pytest.mark.parametrize(
    "beside",
    ["<w:softHyphen/>", '<w:footnoteReference w:id="2"/>', "<w:lastRenderedPageBreak/>", PICTURE, "<w:instrText>5</w:instrText>"],
)  # fmt: skip
def test_what_shows_nothing_within_a_number_changes_none(beside: str) -> None:
    assert taken(read_cell(run("23000"), f"<w:r>{beside}</w:r>")) == {PUPILS: 23000}


@pytest.mark.parametrize("properties", ['<w:position w:val="6"/>', '<w:position w:val="-6pt"/>'])
def test_a_run_that_is_moved_off_the_line_leaves_a_figure_to_a_person(properties: str) -> None:
    assert told(read_cell(run("23000"), run("1", properties)))


@pytest.mark.parametrize("properties", ['<w:position w:val="0"/>', "<w:webHidden/>", '<w:specVanish w:val="0"/>'])
def test_a_run_on_the_line_that_is_seen_on_paper_is_read(properties: str) -> None:
    assert taken(read_cell(run("23", properties), run("000"))) == {PUPILS: 23000}


def test_a_run_that_is_always_hidden_is_no_part_of_a_figure() -> None:
    assert taken(read_cell(run("2", "<w:specVanish/>"), run("23000"))) == {PUPILS: 23000}


def test_the_code_of_a_field_is_not_what_it_shows() -> None:
    inner = FIELD.format("begin") + FIELD.format("separate") + run("9") + FIELD.format("end")
    outer = FIELD.format("begin") + inner + run("8") + FIELD.format("separate")
    shown = outer + run("23000") + FIELD.format("end") + FIELD.format("begin") + run("7") + FIELD.format("end")
    assert taken(read_cell(FIELD.format("end"), shown)) == {PUPILS: 23000}
    simple = f'<w:fldSimple w:instr="REF 8">{run("23000")}</w:fldSimple>'
    assert taken(read_cell(simple)) == {PUPILS: 23000}


@pytest.mark.parametrize(
    "words",
    [
        MATH,
        f'<w:bdo w:val="rtl">{run("00032")}</w:bdo>',
        f"<w:r><w:ruby><w:rt>{run('1')}</w:rt><w:rubyBase>{run('23000')}</w:rubyBase></w:ruby></w:r>",
    ],
)
def test_what_stands_otherwise_than_in_line_is_for_a_person(words: str) -> None:
    assert told(read_cell(words))


STYLES = (
    '<w:docDefaults/><w:style w:styleId="plain" w:type="paragraph" w:default="1"/>'
    '<w:style w:styleId="struck"><w:basedOn w:val="base"/><w:rPr><w:b/></w:rPr></w:style>'
    '<w:style w:styleId="base"><w:basedOn w:val="struck"/><w:rPr><w:strike/></w:rPr></w:style>'
    '<w:style w:styleId="whole"><w:basedOn w:val="base"/><w:rPr><w:strike w:val="0"/></w:rPr></w:style>'
    '<w:style w:styleId="hidden"><w:rPr><w:vanish/></w:rPr></w:style>'
    '<w:style w:styleId="raised"><w:basedOn w:val="none"/><w:rPr><w:vertAlign w:val="superscript"/></w:rPr></w:style>'
    '<w:style w:styleId="moved"><w:rPr><w:position w:val="8"/></w:rPr></w:style>'
    '<w:style w:styleId="level"><w:rPr><w:vertAlign w:val="baseline"/></w:rPr></w:style>'
)


def read_styled(*runs: str, paragraph: str = "", styles: str = STYLES) -> FormRead:
    style = f'<w:pPr><w:pStyle w:val="{paragraph}"/></w:pPr>' if paragraph else ""
    cells = (*map(cell, ("11", PUPILS, "")), f"<w:tc><w:p>{style}{''.join(runs)}</w:p></w:tc>")
    document = f"<w:tbl>{row(*map(cell, HEADS))}{row(*cells)}</w:tbl>"
    parts = {"document": f"<w:body>{document}</w:body>", "styles": styles}
    members = {"[Content_Types].xml": "x"}
    members |= {
        f"word/{name}.xml": f'<w:{name} xmlns:w="{hostile.WORD}">{words}</w:{name}>' for name, words in parts.items()
    }
    return read(hostile.zipped({name: xml.encode() for name, xml in members.items()}), name="完成情况.docx")


def styled(words: str, style: str, more: str = "") -> str:
    return run(words, f'<w:rStyle w:val="{style}"/>{more}')


@pytest.mark.parametrize("style", ["struck", "base", "hidden"])
def test_a_run_whose_style_strikes_it_out_or_hides_it_is_no_part_of_a_figure(style: str) -> None:
    assert taken(read_styled(styled("2", style), run("23000"))) == {PUPILS: 23000}
    assert not read_styled(run("23000"), paragraph=style).figures


@pytest.mark.parametrize("style", ["raised", "moved"])
def test_a_run_whose_style_raises_it_leaves_a_figure_to_a_person(style: str) -> None:
    assert told(read_styled(run("23000"), styled("1", style)))
    assert told(read_styled(run("23000"), run("1"), paragraph=style))


def test_what_is_nearer_to_a_run_holds() -> None:
    assert taken(read_styled(styled("23", "whole"), run("000", '<w:rStyle w:val="base"/><w:strike w:val="0"/>'))) == {
        PUPILS: 23000
    }
    assert taken(read_styled(styled("23000", "level"), paragraph="raised")) == {PUPILS: 23000}
    assert taken(read_styled(styled("23000", "base"), paragraph="struck")) == {PUPILS: 23000}
    assert taken(read_styled(styled("23000", "unknown"), paragraph="unknown")) == {PUPILS: 23000}


def test_the_style_that_every_paragraph_has_counts() -> None:
    styles = '<w:style w:styleId="a" w:type="paragraph" w:default="true"><w:rPr><w:vanish/></w:rPr></w:style>'
    assert taken(read_styled(run("2"), styles=styles.replace("vanish", "b"))) == {PUPILS: 2}
    assert read_styled(run("2"), styles=styles).figures == ()


REST = "附件“完成情况.docx”中的完成情况表分为几段，后面一段没有表头，其中内容未予采用"


@pytest.mark.parametrize(
    ("between", "cells", "told"),
    [
        ("", ("11", PUPILS, "", "23000", ""), True),
        ("<w:p/>", ("", "", "", "", "已发放"), True),
        ("<w:p><w:r><w:t>续表</w:t></w:r></w:p>", ("11", PUPILS, "", "23000", ""), True),
        ("", ("11", PUPILS, "", "23000"), False),
        ("", ("11", PUPILS, "20000", "23000"), True),
        ("", ("1", "第一小学", "狮子山", "23000"), False),
        ("", ("11", "23000"), False),
        ("", ("11", PUPILS, "20000", "", ""), False),
    ],
    ids=[
        "figures",
        "words",
        "under a line",
        "narrower, of few cells",
        "narrower",
        "narrower, of something else",
        "of two cells",
        "with nothing filled in",
    ],
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

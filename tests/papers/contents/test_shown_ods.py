"""What the cells of an ods show: its text beside its value, struck-out and raised words, styles wherever they are set."""

import io
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from forms import PLACES, PUPILS, read

from cuibao.papers.contents import shown_ods as module
from cuibao.papers.contents.shown_cells import ODD, STRUCK, UNSEEN
from cuibao.papers.contents.shown_ods import OpenBook
from cuibao.papers.form.reading import FormRead

SAVED_BY_LIBREOFFICE = Path(__file__).parents[2] / "data/forms/reckoned.ods"
"""Has the figures =SUM(9;9), one that refers to another of its own sheets, and a WEBSERVICE; two figures are merged."""
_NAMES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text", "style")
)
_STYLE = (
    '<style:style style:family="{}" style:name="{}" style:parent-style-name="{}">'
    "<style:text-properties {}/></style:style>"
)
_LINE, _UP = 'style:text-line-through-type="single"', 'style:text-position="super 58%"'
STYLES = "".join(
    (
        _STYLE.format("table-cell", "struck", "", 'style:text-line-through-style="solid"'),
        _STYLE.format("table-cell", "heir", "struck", 'style:text-position="0% 100%"'),
        _STYLE.format("table-cell", "freed", "struck", 'style:text-line-through-style="none"'),
        _STYLE.format("table-cell", "self", "self", ""),
        _STYLE.format("text", "T1", "", _LINE),
        _STYLE.format("text", "T2", "", _UP),
        _STYLE.format("text", "T3", "", 'style:text-position="0% 100%"'),
        '<style:style style:family="table-cell" style:name="bare"/>',
    )
)


def zipped(**parts: str) -> zipfile.ZipFile:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as package:
        for name, text in parts.items():
            package.writestr(f"{name}.xml", text)
    return zipfile.ZipFile(held)


def book(table: str, styles: str = STYLES) -> OpenBook:
    content = f'<office:document-content {_NAMES}><office:body><office:spreadsheet><table:table table:name="甲">{table}</table:table></office:spreadsheet></office:body></office:document-content>'
    return OpenBook(
        zipped(content=content, styles=f"<office:document-styles {_NAMES}>{styles}</office:document-styles>")
    )


def cell(text: str, value: str = "", kind: str = "float", more: str = "") -> str:
    number = f'office:value="{value}"' if value else ""
    return f'<table:table-cell office:value-type="{kind}" {number} {more}>{text}</table:table-cell>'


def shown(one: str, value: object, column: str = "", row: str = "") -> str:
    """What the first cell shows."""
    table = f"{column}<table:table-row {row}>{one}</table:table-row>"
    return book(table).cells("甲", {(1, 1): value}).get((1, 1), "")


@pytest.mark.parametrize(
    ("text", "value", "kind", "words"),
    [
        ("<text:p>23,000</text:p>", 23000.0, "float", ""),
        ("<text:p>1265.0</text:p>", 1264.98, "float", ""),
        ("<text:p>1265.1</text:p>", 1264.98, "float", f"1264.98{ODD}"),
        ("<text:p>2.30E+05</text:p>", 230000.0, "float", f"230000{ODD}"),
        ("<text:p/>", 23000.0, "float", f"23000{ODD}"),
        ("", 23000.0, "float", f"23000{UNSEEN}"),
        ("<text:p>76%</text:p>", 0.764, "percentage", "76.4%"),
        ("<text:p>1</text:p>", 1.0, "percentage", f"1{ODD}"),
        ("<text:p>100</text:p>", 1.0, "percentage", f"1{ODD}"),
        ("<text:p>18%</text:p>", 18.0, "float", "18%"),
        ("<text:p>约 12 人</text:p>", 12.0, "float", "约12人"),
        ("<text:p>¥23,000.00</text:p>", 23000.0, "currency", "¥23000"),
        ('<text:p><text:span text:style-name="T2">1</text:span></text:p>', 1.0, "float", "^1"),
    ],
)
def test_a_number_is_told_with_what_is_written_around_it(text: str, value: float, kind: str, words: str) -> None:
    assert shown(cell(text, str(value), kind), value) == words
    assert shown(cell(text, "7", kind), value).endswith(UNSEEN)


@pytest.mark.parametrize(
    ("text", "value", "words"),
    [
        ("23000", "23000", ""),
        ("23000", "23001", f"23001{UNSEEN}"),
        ('23000<text:span text:style-name="T2">1</text:span>', "230001", "23000^1"),
        ('23000<text:span text:style-name="T3">1</text:span>人', "230001人", ""),
        ('23000<text:span text:style-name="T9">1</text:span>', "230001", ""),
        ('<text:span text:style-name="T1">2</text:span>23000', "223000", "23000"),
        (
            '<text:span text:style-name="T1">2<text:span text:style-name="T2">3</text:span></text:span>',
            "23",
            f"23{STRUCK}",
        ),
        ('<text:a>23</text:a><text:s/>000<text:span text:style-name="T2"/>', "23 000", ""),
        ('<text:a>23</text:a>000<text:span text:style-name="T2">1</text:span>', "230001", "23000^1"),
        ("23000</text:p><text:p>", "23000", ""),
    ],
)
def test_a_text_is_told_without_what_is_struck_out(text: str, value: str, words: str) -> None:
    assert shown(cell(f"<text:p>{text}</text:p>", kind="string"), value) == words


def test_a_remark_on_a_cell_is_none_of_its_words() -> None:
    one = cell("<office:annotation><text:p>7</text:p></office:annotation><text:p>23000</text:p>", "23000")
    assert shown(one, 23000.0) == ""


@pytest.mark.parametrize(
    ("style", "is_struck"), [("struck", True), ("heir", True), ("freed", False), ("bare", False), ("self", False)]
)
def test_a_style_is_looked_for_wherever_it_is_set(style: str, is_struck: bool) -> None:
    plain, words = "<text:p>230</text:p>", f"230{STRUCK}" if is_struck else ""
    default = f'table:default-cell-style-name="{style}"'
    columns = (
        f'<table:table-columns><table:table-column {default} table:number-columns-repeated="3"/></table:table-columns>'
    )
    assert shown(cell(plain, "230", more=f'table:style-name="{style}"'), 230.0) == words
    assert shown(cell(plain, "230"), 230.0, row=default) == words
    assert shown(cell(plain, "230"), 230.0, column=columns) == words


def test_a_cell_is_found_among_those_that_stand_for_several() -> None:
    plain = cell("<text:p>5%</text:p>", "0.05", "percentage")
    table = (
        '<table:table-header-rows><table:table-row table:number-rows-repeated="3"/></table:table-header-rows>'
        '<table:table-row><table:table-cell table:number-columns-repeated="2"/><table:covered-table-cell/>'
        f"{plain}</table:table-row>"
    )
    assert book(table).cells("甲", {(4, 4): 0.05}) == {(4, 4): "5%"}


def test_what_cannot_be_looked_at_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    unseen = {(1, 1): f"230{UNSEEN}"}
    row = f"<table:table-row>{cell('<text:p>230</text:p>', '230')}</table:table-row>"
    assert book(row).cells("甲", {(1, 1): 230.0}) == {}
    assert book(row).cells("乙", {(1, 1): 230.0}) == unseen
    assert book("").cells("甲", {(1, 1): 230.0}) == unseen
    assert OpenBook(zipped(content="<!DOCTYPE a []><a/>")).cells("甲", {(1, 1): 230.0}) == unseen
    monkeypatch.setattr(module, "LARGEST", 10)
    assert book(row).cells("甲", {(1, 1): 230.0}) == unseen
    assert book(row).merged("甲") == []


def changed(change: Callable[[str], str]) -> FormRead:
    """What is read of the file with another content."""
    made = io.BytesIO()
    with zipfile.ZipFile(SAVED_BY_LIBREOFFICE) as old, zipfile.ZipFile(made, "w") as new:
        for one in old.infolist():
            data = old.read(one)
            new.writestr(one, change(data.decode()).encode() if one.filename == "content.xml" else data)
    return read(made.getvalue(), name="表.ods")


def test_a_value_that_a_formula_fetched_is_not_taken() -> None:
    found = changed(str)
    figures = {figure.indicator: figure.value for figure in found.figures}
    assert (figures["新建"], figures[PLACES], figures.get(PUPILS)) == (Decimal(18), Decimal(4500), None)
    assert "第11项“受助学生”填写的“引自表外的公式”不是数字，未予采用，请核实后更正" in found.problems
    assert "第31项“整治面积”填写的“230.5”与其他指标合并在一格，未予采用，请核实后更正" in found.problems


def test_nor_is_one_from_another_workbook_be_it_words() -> None:
    def link(text: str) -> str:
        words = "<table:table-cell table:formula=\"of:=['../甲.ods'#$S.A1]\""
        place = text.index("秋季学期资助已发放")
        start = text.rindex("<table:table-cell", 0, place)
        text = text[:start] + text[start:].replace("<table:table-cell", words, 1)
        return text.replace("[$底表.A1]", "['file:///甲.ods'#$S.A1]")

    found = changed(link)
    assert PLACES not in {figure.indicator for figure in found.figures}
    assert [words.progress for no, words in found.words if no == 11] == ["引自表外的公式"]

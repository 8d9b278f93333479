"""A form that comes back printed to a pdf: read where every cell is sure, else left to a person."""

import io
from decimal import Decimal
from pathlib import Path

import pypdf
import pytest
from forms import EDUCATION, GOOD, PUPILS, SAID, TOKEN, UNIT_VIEW, mail_of
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, StreamObject

from cuibao.papers.figures import figures_of
from cuibao.papers.form.reading import FormRead

PRINTED_BY_LIBREOFFICE = Path(__file__).parents[2] / "data/forms/returned.pdf"
UNREAD = "附件“完成情况表.pdf”中的完成情况表不能按表格读取，完成数请经办人对照原件登记"
HEADS = ("序号", "指标", "计量单位", "本年累计完成", "完成率")
EDGES = (50, 100, 200, 300, 400, 500)


def read(data: bytes) -> FormRead:
    return figures_of(mail_of(data, name="完成情况表.pdf"), UNIT_VIEW, EDUCATION, "2020Q3")


def font() -> DictionaryObject:
    """STSong-Light, which every reader of pdf knows, in GBK (PDF 32000-1, 9.7.5.2)."""
    under = {"/Type": "/Font", "/Subtype": "/CIDFontType0", "/BaseFont": "/STSong-Light"}
    names = DictionaryObject({NameObject(key): NameObject(value) for key, value in under.items()})
    names[NameObject("/DW")] = NumberObject(1000)
    over = {"/Type": "/Font", "/Subtype": "/Type0", "/BaseFont": "/STSong-Light", "/Encoding": "/GBK-EUC-H"}
    made = DictionaryObject({NameObject(key): NameObject(value) for key, value in over.items()})
    made[NameObject("/DescendantFonts")] = ArrayObject([names])
    return made


def table(rows: tuple[tuple[str, ...], ...], without: frozenset[tuple[int, int]] = frozenset()) -> str:
    """A ruled table; `without` are the (row, edge) at which the upright rule is wanting."""
    tops = [700 - 30 * number for number in range(len(rows) + 1)]
    drawn = [f"{EDGES[0]} {y} m {EDGES[-1]} {y} l S" for y in tops]
    for number, row in enumerate(rows):
        drawn += [
            f"{x} {tops[number + 1]} m {x} {tops[number]} l S"
            for edge, x in enumerate(EDGES)
            if (number, edge) not in without
        ]
        drawn += [
            f"BT /F 10 Tf 1 0 0 1 {x + 4} {tops[number + 1] + 10} Tm <{cell.encode('gbk').hex()}> Tj ET"
            for x, cell in zip(EDGES, row, strict=False)
            if cell
        ]
    return "\n".join(drawn)


def printed(*pages: str) -> bytes:
    writer = pypdf.PdfWriter()
    for content in pages:
        page = writer.add_blank_page(600, 800)
        fonts = DictionaryObject({NameObject("/F"): font()})
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
        stream = StreamObject()
        stream.set_data(content.encode())
        page[NameObject("/Contents")] = writer._add_object(stream)
    held = io.BytesIO()
    writer.write(held)
    return held.getvalue()


PUPILS_ROW = ("11", PUPILS, "人", "23000", "76.7%")
PLACES_ROW = ("7", "新建", "所", "18", "72.0%")


def test_a_form_that_a_spreadsheet_program_printed_is_read_whole() -> None:
    data = PRINTED_BY_LIBREOFFICE.read_bytes()
    found = read(data)
    assert {one.indicator: one.value for one in found.figures} == {key: Decimal(str(n)) for key, n in GOOD.items()}
    assert {no: said.progress for no, said in found.words} == SAID
    assert (found.problems, found.complete) == ((), True)
    (one,) = mail_of(data, name="完成情况表.pdf").attachments
    assert (one.kind, one.tokens) == ("form", (TOKEN,))


def test_each_page_of_a_form_is_read_under_its_own_heads() -> None:
    found = read(printed(table((HEADS, PLACES_ROW)), table((HEADS, PUPILS_ROW))))
    assert [(one.indicator, one.value) for one in found.figures] == [("新建", 18), (PUPILS, 23000)]


@pytest.mark.parametrize(
    "pages",
    [
        (table((HEADS, PLACES_ROW)), table((PUPILS_ROW, PLACES_ROW))),
        (table((HEADS, PUPILS_ROW)), table((HEADS, ("", "", "", "000", ""), PLACES_ROW))),
        (table((HEADS, PLACES_ROW), without=frozenset({(1, 4)})),),
        (table((HEADS, ("", "", "", "", ""))),),
    ],
    ids=["no heads on the second page", "a row over two pages", "no rule beside a figure", "nothing below the heads"],
)
def test_a_form_of_which_a_cell_is_not_sure_is_left_to_a_person(pages: tuple[str, ...]) -> None:
    found = read(printed(*pages))
    assert (found.figures, found.problems) == ((), (UNREAD,))


def written(words: str, x: float, y: float = 650, size: int = 10) -> str:
    return f"BT /F {size} Tf 1 0 0 1 {x} {y} Tm <{words.encode('gbk').hex()}> Tj ET"


STRUCK = "304 653 m 309 653 l S"
BLANK_ROW = ("11", PUPILS, "人", "", "76.7%")


@pytest.mark.parametrize(
    "drawn",
    [
        (written("2", 304), written("23000", 309), STRUCK),
        (f"BT /F 10 Tf 304 650 Td <32> Tj 5 0 Td <{b'23000'.hex()}> Tj ET", STRUCK),
        (written("23000", 304), "304 648 m 329 648 l S"),
    ],
    ids=["struck out before it", "drawn with it and struck out", "underlined"],
)
def test_what_is_struck_out_is_no_part_of_a_printed_figure(drawn: tuple[str, ...]) -> None:
    found = read(printed("\n".join((table((HEADS, BLANK_ROW)), *drawn))))
    assert [(one.indicator, one.value) for one in found.figures] == [(PUPILS, 23000)]


def test_a_printed_form_with_a_figure_struck_out_in_part_is_left_to_a_person() -> None:
    found = read(
        printed(table((HEADS, PLACES_ROW)), "\n".join((table((HEADS, BLANK_ROW)), written("223000", 304), STRUCK)))
    )
    assert (found.figures, found.problems) == ((), (UNREAD,))


@pytest.mark.parametrize(
    ("drawn", "said"),
    [
        ((written("23000", 304), written("1", 329, 653, 6)), "23000^1"),
        ((written("23000", 304), written("1", 329, 648, 6)), "23000_1"),
        ((written("1", 304, 653, 6), written("23000", 307)), "^1 23000"),
    ],
    ids=["raised", "lowered", "before it"],
)
def test_a_raised_or_lowered_figure_leaves_a_printed_one_to_a_person(drawn: tuple[str, ...], said: str) -> None:
    found = read(printed("\n".join((table((HEADS, BLANK_ROW)), *drawn))))
    assert found.figures == ()
    assert f"第11项“{PUPILS}”填写的“{said}”不能识别为确切的数，未予采用，请核实后更正" in found.problems


def test_figures_in_one_cell_of_a_printed_form_are_not_taken() -> None:
    rows = (HEADS, ("7", "新建", "所", "18", ""), ("", "新增学位", "个", "", ""))
    joined = table(rows).replace(f"{EDGES[0]} 640 m {EDGES[-1]} 640 l S", "50 640 m 300 640 l S\n400 640 m 500 640 l S")
    found = read(printed(joined))
    assert found.figures == ()
    assert "第7项“新建”填写的“18”与其他指标合并在一格，未予采用，请核实后更正" in found.problems

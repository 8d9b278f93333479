"""Official documents as .docx in the form of GB/T 9704-2012, from a text whose lines say what they are.

    # 标题（可分行）    ## 一级标题（黑体）    ### 二级标题（楷体）    : 顶格的一行    = 顶格的标注（黑体）
    >> 署名    > 成文日期    | 单元格 | 单元格 |

Every other line is a paragraph of body text; empty ones only part the lines. What stands in 【】 is set in 黑体. Fonts are named, with
those that stand in for them, and never embedded."""

import re
from collections.abc import Iterable, Iterator
from io import BytesIO
from itertools import groupby
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph

SONG_TITLE, SONG, FANG, HEI, KAI = "方正小标宋简体", "宋体", "仿宋_GB2312", "黑体", "楷体_GB2312"
STANDING_IN = {
    SONG_TITLE: "华文中宋;宋体",
    FANG: "仿宋;华文仿宋;FangSong",
    KAI: "楷体;华文楷体;KaiTi",
    HEI: "SimHei",
    SONG: "SimSun",
}
"""What a program takes where the font itself is not installed (w:altName, ECMA-376, part 1, 17.8.3.1)."""
TOP, BOTTOM, LEFT, RIGHT = 37, 35, 28, 26
"""Margins in millimetres (5.2.1): 156 × 225 mm are left for text."""
LINE = 28.95
"""Points from line to line: 22 lines fill 225 mm (5.2.3)."""
BODY, TITLE, SMALL, TABLE = 16, 22, 14, 12
"""Points: 3号, 2号, 4号 and, in tables, 小四."""
_SQUEEZE = "-5"
"""Twentieths of a point between characters: 28 of 16 points then fit into 156 mm."""
_INDENT = BODY * 2
_FOOTER, _HEAD, _FOOT_LINE = 23, 30, 20
"""Millimetres: the page number ends 7 mm and a line below the text; a letter's head begins 30 mm from the upper edge, and its lower
line stands 20 mm from the lower one (10.1)."""
_BEYOND = 7
"""Millimetres by which the red lines, 170 mm long, reach beyond the text on either side."""
_RED = "FF0000"
_MARKED = re.compile(r"(【[^】]*】)")
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def official(text: str, *, organ: str = "") -> bytes:
    """The document. With `organ` it is a 函: the organ's name in red above a red double line on its first page."""
    import docx

    document = docx.Document()
    _name_fonts(document)
    _lay_out(document)
    _number_pages(document)
    if organ:
        _head(document, organ)
    for lines in _blocks(_ILLEGAL.sub("", text).split("\n")):
        if lines[0].startswith("|"):
            _table(document, [_cells(line) for line in lines])
        elif lines[0].startswith("# "):
            _title(document, [line[2:] for line in lines])
        else:
            _line(document, lines[0])
    held = BytesIO()
    document.save(held)
    return held.getvalue()


def _blocks(lines: Iterable[str]) -> Iterator[list[str]]:
    """The lines, those of one table or one title together, empty ones left out."""

    def together(numbered: tuple[int, str]) -> str | int:
        place, line = numbered
        return next((mark for mark in ("|", "# ") if line.startswith(mark)), place)

    full = enumerate(line for each in lines if (line := each.strip()))
    for _, found in groupby(full, together):
        yield [line for _, line in found]


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]


def _title(document: "Document", lines: list[str]) -> None:
    """A title; where it takes several lines, they are broken as the text says (7.3.1)."""
    for line in lines:
        _paragraph(document, line, SONG_TITLE, TITLE, align="center", after=LINE if line is lines[-1] else 0, keep=True)


def _line(document: "Document", line: str) -> None:
    mark, _, words = line.partition(" ")
    if mark == "##":
        _paragraph(document, words, HEI, indent=_INDENT, keep=True)
    elif mark == "###":
        _paragraph(document, words, KAI, indent=_INDENT, keep=True)
    elif mark == "=":
        _paragraph(document, words, HEI)
    elif mark == ":":
        _paragraph(document, words, FANG)
    elif mark == ">>":  # what it speaks of stands above, with room for a seal (7.3.5)
        _paragraph(document, words, FANG, align="right", right=BODY * 2, before=LINE * 2, keep=True)
    elif mark == ">":
        _paragraph(document, words, FANG, align="right", right=BODY * 4)
    else:
        _paragraph(document, line, FANG, indent=_INDENT)


def _paragraph(
    document: "Document",
    words: str,
    font: str,
    size: int = BODY,
    *,
    align: str = "both",
    indent: float = 0,
    right: float = 0,
    before: float = 0,
    after: float = 0,
    keep: bool = False,
) -> None:
    from docx.shared import Pt

    paragraph = document.add_paragraph()
    form = paragraph.paragraph_format
    form.first_line_indent, form.right_indent = Pt(indent), Pt(right)
    form.space_before, form.space_after = Pt(before), Pt(after)
    form.line_spacing = Pt(LINE if size <= BODY else 35)
    form.keep_with_next = keep
    form.widow_control = False
    _align(paragraph, align)
    for part in filter(None, _MARKED.split(words)):
        _write(paragraph, part, HEI if part.startswith("【") and font == FANG else font, size)


def _align(paragraph: "Paragraph", how: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    properties = paragraph._p.get_or_add_pPr()
    element = OxmlElement("w:jc")
    element.set(qn("w:val"), how)
    properties.append(element)


def _write(paragraph: "Paragraph", words: str, font: str, size: float, colour: str = "") -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    run = paragraph.add_run(words)
    run.font.size = Pt(size)
    fonts = run._r.get_or_add_rPr().get_or_add_rFonts()
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{script}"), font)
    if colour:
        run.font.color.rgb = RGBColor.from_string(colour)
    if size == BODY:
        spacing = OxmlElement("w:spacing")
        spacing.set(qn("w:val"), _SQUEEZE)
        run._r.get_or_add_rPr().append(spacing)


def _table(document: "Document", rows: list[list[str]]) -> None:
    """The first row is the head, repeated on every page."""
    from docx.enum.table import WD_TABLE_ALIGNMENT
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt

    count = max(map(len, rows))
    table = document.add_table(rows=0, cols=count, style="Table Grid")
    table.autofit = False
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    widths = _widths(rows, count)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    for place, row in enumerate(rows):
        added = table.add_row()
        properties = added._tr.get_or_add_trPr()
        for name in ("w:cantSplit", *(["w:tblHeader"] if place == 0 else [])):
            properties.append(OxmlElement(name))
        for cell, words, width in zip(added.cells, row, widths, strict=False):
            cell.width = Mm(width)
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.line_spacing = Pt(18)
            paragraph.paragraph_format.space_after = Pt(0)
            short = place == 0 or len(words) <= 8
            _align(paragraph, "center" if short else "left")
            for part in filter(None, _MARKED.split(words)):
                _write(paragraph, part, HEI if place == 0 or part.startswith("【") else FANG, TABLE)
            vertical = OxmlElement("w:vAlign")
            vertical.set(qn("w:val"), "center")
            cell._tc.get_or_add_tcPr().append(vertical)


def _widths(rows: list[list[str]], count: int) -> list[float]:
    """Millimetres for each column, by the longest of its cells within bounds."""
    longest = [max((len(row[place]) for row in rows if place < len(row)), default=1) for place in range(count)]
    weights = [min(max(number + 1, 5), 24) for number in longest]
    return [156 * weight / sum(weights) for weight in weights]


def _lay_out(document: "Document") -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Mm

    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(TOP), Mm(BOTTOM)
    section.left_margin, section.right_margin = Mm(LEFT), Mm(RIGHT)
    section.footer_distance = Mm(_FOOTER)
    for old in section._sectPr.findall(qn("w:docGrid")):
        section._sectPr.remove(old)
    grid = OxmlElement("w:docGrid")
    grid.set(qn("w:type"), "lines")
    grid.set(qn("w:linePitch"), str(round(LINE * 20)))
    section._sectPr.append(grid)


def _number_pages(document: "Document") -> None:
    """— 1 —, odd pages right, even ones left, each a character from the edge of the text (7.5)."""
    from docx.shared import Pt

    document.settings.odd_and_even_pages_header_footer = True
    section = document.sections[0]
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        footer.is_linked_to_previous = False
        paragraph = footer.paragraphs[0]
        _align(paragraph, side)
        edge = "right_indent" if side == "right" else "left_indent"
        setattr(paragraph.paragraph_format, edge, Pt(SMALL))
        _write(paragraph, "— ", SONG, SMALL)
        _field(paragraph, "PAGE")
        _write(paragraph, " —", SONG, SMALL)


def _field(paragraph: "Paragraph", code: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    for kind, words in (("begin", ""), ("", code), ("end", "")):
        _write(paragraph, "", SONG, SMALL)
        run = paragraph.runs[-1]._r
        if kind:
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
        else:
            element = OxmlElement("w:instrText")
            element.text = words
        run.append(element)


def _head(document: "Document", organ: str) -> None:
    """The head of a 函 (10.1): its first page bears no number."""
    from docx.shared import Mm, Pt

    section = document.sections[0]
    section.different_first_page_header_footer = True
    section.header_distance = Mm(_HEAD)
    head = section.first_page_header.paragraphs[0]
    _align(head, "center")
    size = min(30.0, 156 / 0.3528 / max(len(organ), 1))
    _write(head, organ, SONG_TITLE, size, _RED)
    head.paragraph_format.space_after = Pt(LINE)
    _red_line(head, "bottom", "thickThinSmallGap", 11)
    foot = section.first_page_footer.paragraphs[0]
    section.footer_distance = Mm(_FOOTER)
    foot.paragraph_format.space_before = Mm(_FOOTER - _FOOT_LINE)
    _red_line(foot, "top", "thinThickSmallGap", 0)


def _red_line(paragraph: "Paragraph", side: str, kind: str, points: int) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Mm

    paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Mm(-_BEYOND)
    borders, border = OxmlElement("w:pBdr"), OxmlElement(f"w:{side}")
    for name, value in (("val", kind), ("sz", "24"), ("space", str(points)), ("color", _RED)):
        border.set(qn(f"w:{name}"), value)
    borders.append(border)
    properties = paragraph._p.get_or_add_pPr()
    properties.insert_element_before(
        borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )


def _name_fonts(document: "Document") -> None:
    """The fonts beside what may stand in for them, in the document's own list."""
    part: Any = next(part for part in document.part.package.iter_parts() if part.partname == "/word/fontTable.xml")
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/></w:font>'
        for name, other in STANDING_IN.items()
    )
    part._blob = part.blob.replace(b"</w:fonts>", f"{fonts}</w:fonts>".encode())

"""Paragraphs, tables and runs of a .docx, set as GB/T 9704-2012 has text set. What stands in 【】 is set in 黑体."""

import re
from typing import TYPE_CHECKING, Any
from unicodedata import east_asian_width

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph

SONG_TITLE, SONG, FANG, HEI, KAI = "方正小标宋简体", "宋体", "仿宋_GB2312", "黑体", "楷体_GB2312"
LEFT, RIGHT = 28, 26
"""Margins in millimetres (5.2.1)."""
WIDE = 210 - LEFT - RIGHT
"""Millimetres for text."""
LINE = 28.95
"""Points from line to line: 22 lines fill 225 mm (5.2.3)."""
POINTS = 72 / 25.4
"""In a millimetre."""
BODY, TITLE, SMALL, TABLE = 16, 22, 14, 12
"""Points: 3号, 2号, 4号 and, in tables, 小四."""
SQUEEZE = -5
"""Twentieths of a point between characters: 28 of 16 points then fit into 156 mm."""
INDENT = BODY * 2
_TABLE_LINE, _SHORT, _PADDING = 16, 14, 5
"""In tables: points from line to line, characters of a cell that is still centred, millimetres beside its text."""
_MARKED = re.compile(r"(【[^】]*】)")
_LISTED = re.compile(r"(?<=\d、)(?=\d)")
"""Where a list of numbers may be broken: LibreOffice takes it for one word, and breaks it within a number where it is too long."""


def add_paragraph(
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
) -> "Paragraph":
    """Words at the end of the document, in that font and size (points); `indent` of the first line, `right`, `before` and `after` are points,
    `keep` holds them on the page of what follows."""
    from docx.shared import Pt

    paragraph = document.add_paragraph()
    form = paragraph.paragraph_format
    form.first_line_indent, form.right_indent = Pt(indent), Pt(right)
    form.space_before, form.space_after = Pt(before), Pt(after)
    form.line_spacing = Pt(LINE)
    form.keep_with_next = keep
    form.widow_control = False
    justify(paragraph, align)
    for part in filter(None, _MARKED.split(words)):
        add_run(paragraph, part, HEI if part.startswith("【") and font == FANG else font, size)
    return paragraph


def off_grid(paragraph: "Paragraph") -> None:
    """Its lines keep their own distance, not the page's: the grid would give a line that is taller two of its own."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    free = OxmlElement("w:snapToGrid")
    free.set(qn("w:val"), "0")
    paragraph._p.get_or_add_pPr().insert_element_before(free, "w:spacing")


def justify(paragraph: "Paragraph", how: str) -> None:
    """Where the lines of a paragraph stand: left, right, center or both."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    properties = paragraph._p.get_or_add_pPr()
    element = OxmlElement("w:jc")
    element.set(qn("w:val"), how)
    properties.append(element)


def add_run(paragraph: "Paragraph", words: str, font: str, size: float, colour: str = "") -> None:
    """Words at the end of a paragraph, in one font for every script; body text a little closer, as lines of 28 characters need it."""
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
        spacing.set(qn("w:val"), str(SQUEEZE))
        run._r.get_or_add_rPr().insert_element_before(spacing, "w:sz")


def add_table(document: "Document", rows: list[list[str]]) -> None:
    """The first row is the head, repeated on every page. A column of short cells is centred, one with a longer cell begins at the left."""
    from docx.enum.table import WD_TABLE_ALIGNMENT
    from docx.oxml import OxmlElement
    from docx.shared import Mm

    count = max(map(len, rows))
    table = document.add_table(rows=0, cols=count, style="Table Grid")
    table.autofit = False
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    longest = [max((in_ems(row[place]) for row in rows if place < len(row)), default=1.0) for place in range(count)]
    widths = _widths(longest)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    for place, row in enumerate(rows):
        added = table.add_row()
        properties = added._tr.get_or_add_trPr()
        for name in ("w:cantSplit", *(["w:tblHeader"] if place == 0 else [])):
            properties.append(OxmlElement(name))
        for cell, words, width, long in zip(added.cells, row, widths, longest, strict=False):
            cell.width = Mm(width)
            _cell(cell, words, head=place == 0, centred=place == 0 or long <= _SHORT)


def _cell(cell: Any, words: str, *, head: bool, centred: bool) -> None:
    """Lines of a cell stand closer than the page's 22."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Pt

    paragraph = cell.paragraphs[0]
    form = paragraph.paragraph_format
    form.line_spacing = Pt(_TABLE_LINE)
    form.space_before = form.space_after = Pt(3)
    off_grid(paragraph)
    justify(paragraph, "center" if centred else "left")
    for part in filter(None, _MARKED.split(_LISTED.sub("\u200b", words))):
        add_run(paragraph, part, HEI if head or part.startswith("【") else FANG, TABLE)
    vertical = OxmlElement("w:vAlign")
    vertical.set(qn("w:val"), "center")
    cell._tc.get_or_add_tcPr().append(vertical)


def _widths(longest: list[float]) -> list[float]:
    """Millimetres for each column: what its longest cell needs on one line, a long one no more than six tenths of the table; what is left over
    goes to the longest, what is too much is taken from those that are long, or from all where short ones alone are too wide."""
    needed = [min(length * TABLE / POINTS + _PADDING, WIDE * 0.6) for length in longest]
    needed[needed.index(max(needed))] += max(0.0, WIDE - sum(needed))
    short = [width if length <= _SHORT else 0.0 for width, length in zip(needed, longest, strict=True)]
    if sum(short) > WIDE * 0.7:
        short = [0.0] * len(needed)
    share = (WIDE - sum(short)) / (sum(needed) - sum(short))
    return [kept or width * share for kept, width in zip(short, needed, strict=True)]


def in_ems(words: str) -> float:
    """How wide they are, in Chinese characters."""
    return sum(1 if east_asian_width(char) in "WFA" else 0.5 for char in words)

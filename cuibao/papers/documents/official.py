"""Official documents as .docx in the form of GB/T 9704-2012, from a text whose lines say what they are.

    # 标题（可分行）    ## 一级标题（黑体）    ### 二级标题（楷体）    : 顶格的一行    = 顶格的标注（黑体） → 居右的一段
    >> 署名    > 成文日期    | 单元格 | 单元格 |

Every other line is a paragraph of body text; empty ones only part the lines. What stands in 【】 is set in 黑体. Fonts are named, with
those that stand in for them, and never embedded."""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from io import BytesIO
from itertools import groupby
from math import ceil
from typing import TYPE_CHECKING, Any
from unicodedata import east_asian_width

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph

SONG_TITLE, SONG, FANG, HEI, KAI = "方正小标宋简体", "宋体", "仿宋_GB2312", "黑体", "楷体_GB2312"
STANDING_IN = {SONG_TITLE: "华文中宋", FANG: "仿宋", KAI: "楷体", HEI: "SimHei", SONG: "SimSun"}
"""What a program takes where the font itself is not installed (w:altName, ECMA-376, part 1, 17.8.3.1). One name each: Word takes a
list for a single name (MS-OE376, on altName)."""
TOP, BOTTOM, LEFT, RIGHT = 37, 35, 28, 26
"""Margins in millimetres (5.2.1): 156 × 225 mm are left for text."""
LINE = 28.95
"""Points from line to line: 22 lines fill 225 mm (5.2.3)."""
POINTS = 72 / 25.4
"""In a millimetre."""
BODY, TITLE, SMALL, TABLE = 16, 22, 14, 12
"""Points: 3号, 2号, 4号 and, in tables, 小四."""
_SQUEEZE = -5
"""Twentieths of a point between characters: 28 of 16 points then fit into 156 mm."""
_INDENT = BODY * 2
_TABLE_LINE, _SHORT, _PADDING = 16, 14, 5
"""In tables: points from line to line, characters of a cell that is still centred, millimetres beside its text."""
_HEAD, _HEAD_GAP, _FOOT = 30, 4, 20
"""Millimetres: a letter's head begins 30 mm from the upper edge, with a line 4 mm below it; its lower line stands 20 mm from the lower
edge (10.1)."""
_NUMBER_LIFT = 5
"""Millimetres by which page numbers stand above that place: 7 mm under the text (7.5)."""
_FROM_RED = BODY * 7 / 8
"""Points between a red line and the text beside it (10.1)."""
_FIRST_BOTTOM = 24.5
"""Millimetres under the text of a letter's first page: so it ends that far above the lower red line."""
_LEAD = LINE * 0.8 - BODY * 0.88
"""Points between the upper edge of a line and its characters."""
_CLOSEST = 26
"""Points from line to line of a letter that would otherwise leave its date, or no more than that, to a second page (7.3.5.4)."""
_FIRST_ROOM = (297 - _FIRST_BOTTOM - _HEAD - _HEAD_GAP) * POINTS - 42
"""Points for the text of a letter's first page, the organ's name, the red line and what is between them and the text taken off."""
_WIDE = 210 - LEFT - RIGHT
_BEYOND_LEFT, _BEYOND_RIGHT = LEFT - 20, RIGHT - 20
"""Millimetres by which the red lines reach beyond the text: 170 mm long, they stand in the middle of the page (10.1)."""
_TOGETHER = 2
"""Lines of text on a page that bears the signature."""
_RED = "FF0000"
_MARKED = re.compile(r"(【[^】]*】)")
_SIDES = re.compile(r"(?<=[0-9A-Za-z])(?=[\u3400-\u9fff])|(?<=[\u3400-\u9fff])(?=[0-9A-Za-z])")
"""Where programs leave a quarter of a character between Chinese and what is not."""
_LISTED = re.compile(r"(?<=\d、)(?=\d)")
"""Where a list of numbers may be broken: LibreOffice takes it for one word, and breaks it within a number where it is too long."""
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def official(text: str, *, name: str, author: str, at: datetime, organ: str = "") -> bytes:
    """The document. `name`, `author` and `at` are the file's properties. With `organ` it is a 函: the organ's name in red above a red
    double line on its first page."""
    import docx

    document = docx.Document()
    _sign_file(document, name, author, at)
    _name_fonts(document)
    _lay_out(document)
    _number_pages(document)
    if organ:
        _head(document, organ)
    for lines in _blocks(_ILLEGAL.sub("", text).split("\n")):
        if lines[0].startswith("|"):
            _table(document, [_cells(line) for line in lines])
        elif lines[0].startswith("# "):
            _title(document, [line[2:] for line in lines], above=2 if organ else 1)
        elif lines[0].startswith(">"):
            _signature(document, [line.lstrip(">").strip() for line in lines])
        else:
            _line(document, lines[0])
    if organ:
        _tighten(document)
    held = BytesIO()
    document.save(held)
    return held.getvalue()


def _blocks(lines: Iterable[str]) -> Iterator[list[str]]:
    """The lines, those of one table, one title or one signature together, empty ones left out."""

    def together(numbered: tuple[int, str]) -> str | int:
        place, line = numbered
        return next((mark for mark in ("|", "# ", ">") if line.startswith(mark)), place)

    full = enumerate(line for each in lines if (line := each.strip()))
    for _, found in groupby(full, together):
        yield [line for _, line in found]


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]


def _title(document: "Document", lines: list[str], above: int) -> None:
    """A title, so many empty lines below what stands above it (two in a 函, 10.1); where it takes several lines, they are broken as the
    text says (7.3.1)."""
    for place, line in enumerate(lines):
        before, after = (LINE * above if place == 0 else 0), (LINE if line is lines[-1] else 0)
        paragraph = _paragraph(document, line, SONG_TITLE, TITLE, align="center", before=before, after=after, keep=True)
        _off_grid(paragraph)


def _signature(document: "Document", lines: list[str]) -> None:
    """The date, four characters from the edge, and the organ in the middle above it, with room for a seal (7.3.5.1). Neither stands on a
    page without text, nor does what follows them: two lines above go with them, in LibreOffice all of that paragraph, so that it had
    better be short."""
    short = 0.0
    for above in reversed(document.paragraphs):
        form = above.paragraph_format
        form.keep_with_next = form.widow_control = True
        short += _rows(above)
        if short >= _TOGETHER:
            break
    *organs, day = lines
    middle = 4 + _ems(day) / 2
    for organ in organs:
        right = max(0.0, middle - _ems(organ) / 2)
        before = LINE * 2 if organ is organs[0] else 0
        _paragraph(document, organ, FANG, align="right", right=BODY * right, before=before, keep=True)
    _paragraph(document, day, FANG, align="right", right=BODY * 4, keep=True)


def _tighten(document: "Document") -> None:
    """Bring the lines of a letter closer where that spares it a second page with little but its date, as the standard advises (7.3.5.4).
    One that is too long for that keeps its distances."""
    from docx.shared import Pt

    needed = sum(map(_rows, document.paragraphs))
    if not needed * _CLOSEST <= _FIRST_ROOM < needed * LINE:
        return
    pitch = _FIRST_ROOM / needed
    for paragraph in document.paragraphs:
        form: Any = paragraph.paragraph_format
        form.line_spacing = Pt(pitch)
        form.space_before, form.space_after = (
            Pt(space.pt * pitch / LINE) for space in (form.space_before, form.space_after)
        )


def _rows(paragraph: "Paragraph") -> float:
    """How many lines a paragraph takes with the empty ones about it, as far as can be told without setting it: a line may end a
    character early, for no mark stands at its beginning and no number is broken."""
    form: Any = paragraph.paragraph_format
    runs: list[Any] = paragraph.runs
    size: float = max((run.font.size.pt for run in runs), default=BODY)
    ems = _ems(paragraph.text) + len(_SIDES.findall(paragraph.text)) / 4
    width: float = ems * (size + _SQUEEZE / 20) + form.first_line_indent.pt
    empty: float = (form.space_before.pt + form.space_after.pt) / LINE
    return empty + max(1, ceil(width / (_WIDE * POINTS - BODY / 2)))


def _ems(words: str) -> float:
    """How wide they are, in Chinese characters."""
    return sum(1 if east_asian_width(char) in "WFA" else 0.5 for char in words)


def _line(document: "Document", line: str) -> None:
    mark, _, words = line.partition(" ")
    if mark == "##":
        _paragraph(document, words, HEI, indent=_INDENT, keep=True)
    elif mark == "###":
        _paragraph(document, words, KAI, indent=_INDENT, keep=True)
    elif mark == "=":
        _note(document, words)
    elif mark == ":":
        _paragraph(document, words, FANG)
    else:
        _paragraph(document, line, FANG, indent=_INDENT)


def _note(document: "Document", words: str) -> None:
    """What stands above the title: 草稿 on the left, the document's number at the right edge (10.1)."""
    from docx.enum.text import WD_TAB_ALIGNMENT
    from docx.shared import Mm

    left, _, right = (part.strip() for part in words.partition("→"))
    paragraph = _paragraph(document, left, HEI)
    if right:
        paragraph.paragraph_format.tab_stops.add_tab_stop(Mm(_WIDE), WD_TAB_ALIGNMENT.RIGHT)
        _write(paragraph, f"\t{right}", FANG, BODY)


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
) -> "Paragraph":
    from docx.shared import Pt

    paragraph = document.add_paragraph()
    form = paragraph.paragraph_format
    form.first_line_indent, form.right_indent = Pt(indent), Pt(right)
    form.space_before, form.space_after = Pt(before), Pt(after)
    form.line_spacing = Pt(LINE)
    form.keep_with_next = keep
    form.widow_control = False
    _align(paragraph, align)
    for part in filter(None, _MARKED.split(words)):
        _write(paragraph, part, HEI if part.startswith("【") and font == FANG else font, size)
    return paragraph


def _off_grid(paragraph: "Paragraph") -> None:
    """Its lines keep their own distance, not the page's: the grid would give a line that is taller two of its own."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    free = OxmlElement("w:snapToGrid")
    free.set(qn("w:val"), "0")
    paragraph._p.get_or_add_pPr().insert_element_before(free, "w:spacing")


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
        spacing.set(qn("w:val"), str(_SQUEEZE))
        run._r.get_or_add_rPr().insert_element_before(spacing, "w:sz")


def _table(document: "Document", rows: list[list[str]]) -> None:
    """The first row is the head, repeated on every page. A column of short cells is centred, one with a longer cell begins at the left."""
    from docx.enum.table import WD_TABLE_ALIGNMENT
    from docx.oxml import OxmlElement
    from docx.shared import Mm

    count = max(map(len, rows))
    table = document.add_table(rows=0, cols=count, style="Table Grid")
    table.autofit = False
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    longest = [max((_ems(row[place]) for row in rows if place < len(row)), default=1.0) for place in range(count)]
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
    _off_grid(paragraph)
    _align(paragraph, "center" if centred else "left")
    for part in filter(None, _MARKED.split(_LISTED.sub("\u200b", words))):
        _write(paragraph, part, HEI if head or part.startswith("【") else FANG, TABLE)
    vertical = OxmlElement("w:vAlign")
    vertical.set(qn("w:val"), "center")
    cell._tc.get_or_add_tcPr().append(vertical)


def _widths(longest: list[float]) -> list[float]:
    """Millimetres for each column: what its longest cell needs on one line, a long one no more than six tenths of the table; what is left over
    goes to the longest, what is too much is taken from those that are long, or from all where short ones alone are too wide."""
    needed = [min(length * TABLE / POINTS + _PADDING, _WIDE * 0.6) for length in longest]
    needed[needed.index(max(needed))] += max(0.0, _WIDE - sum(needed))
    short = [width if length <= _SHORT else 0.0 for width, length in zip(needed, longest, strict=True)]
    if sum(short) > _WIDE * 0.7:
        short = [0.0] * len(needed)
    share = (_WIDE - sum(short)) / (sum(needed) - sum(short))
    return [kept or width * share for kept, width in zip(short, needed, strict=True)]


def _lay_out(document: "Document") -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Mm

    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(TOP), Mm(BOTTOM)
    section.left_margin, section.right_margin = Mm(LEFT), Mm(RIGHT)
    section.footer_distance = Mm(_FOOT)
    for old in section._sectPr.findall(qn("w:docGrid")):
        section._sectPr.remove(old)
    grid = OxmlElement("w:docGrid")
    grid.set(qn("w:type"), "lines")
    grid.set(qn("w:linePitch"), str(round(LINE * 20)))
    section._sectPr.append(grid)


def _number_pages(document: "Document") -> None:
    """— 1 —, odd pages right, even ones left, each a character from the edge of the text (7.5)."""
    from docx.shared import Mm, Pt

    document.settings.odd_and_even_pages_header_footer = True
    section = document.sections[0]
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        footer.is_linked_to_previous = False
        paragraph = footer.paragraphs[0]
        _align(paragraph, side)
        form = paragraph.paragraph_format
        setattr(form, "right_indent" if side == "right" else "left_indent", Pt(SMALL))
        form.line_spacing, form.space_after = Pt(SMALL), Mm(_NUMBER_LIFT)
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
    """The head of a 函 (10.1): its first page bears no number, and its text ends near the lower red line, that of the others as far from the
    edge as in other documents, for the numbers' lines reach up to there. No grid holds its lines, which may stand closer (_tighten)."""
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt

    section = document.sections[0]
    section.different_first_page_header_footer = True
    section.header_distance, section.bottom_margin = Mm(_HEAD), Mm(_FIRST_BOTTOM)
    section._sectPr.remove(section._sectPr.find(qn("w:docGrid")))
    for footer in (section.footer, section.even_page_footer):
        footer.paragraphs[0].paragraph_format.space_before = Mm(BOTTOM - _FOOT - _NUMBER_LIFT) - Pt(SMALL)
    head = section.first_page_header.paragraphs[0]
    _align(head, "center")
    size = min(30.0, _WIDE * POINTS / max(len(organ), 1))
    _write(head, organ, SONG_TITLE, size, _RED)
    head.paragraph_format.line_spacing, head.paragraph_format.space_after = Pt(size), Pt(_FROM_RED - _LEAD)
    _red_line(head, "bottom", "thickThinSmallGap", round(_HEAD_GAP * POINTS))
    foot = section.first_page_footer.paragraphs[0]
    foot.paragraph_format.line_spacing = Pt(1)
    _red_line(foot, "bottom", "thinThickSmallGap", 0)


def _red_line(paragraph: "Paragraph", side: str, kind: str, points: int) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Mm

    form = paragraph.paragraph_format
    form.left_indent, form.right_indent = Mm(-_BEYOND_LEFT), Mm(-_BEYOND_RIGHT)
    borders, border = OxmlElement("w:pBdr"), OxmlElement(f"w:{side}")
    for name, value in (("val", kind), ("sz", "24"), ("space", str(points)), ("color", _RED)):
        border.set(qn(f"w:{name}"), value)
    borders.append(border)
    properties = paragraph._p.get_or_add_pPr()
    properties.insert_element_before(
        borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )


def _sign_file(document: "Document", name: str, author: str, at: datetime) -> None:
    """The file's properties and the language of its Chinese, which are the library's own otherwise. That of its digits stays English: as
    Chinese, numbers would be broken at the ends of lines."""
    from docx.oxml.ns import qn

    told = document.core_properties
    told.title, told.author, told.last_modified_by, told.comments = name, author, author, ""
    told.created = told.modified = at.astimezone(UTC)  # the library writes a Z, whatever the zone
    told.language = "zh-CN"
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:eastAsia"), "zh-CN")


def _name_fonts(document: "Document") -> None:
    """The fonts beside what may stand in for them, in the document's own list."""
    part: Any = next(part for part in document.part.package.iter_parts() if part.partname == "/word/fontTable.xml")
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/></w:font>'
        for name, other in STANDING_IN.items()
    )
    part._blob = part.blob.replace(b"</w:fonts>", f"{fonts}</w:fonts>".encode())

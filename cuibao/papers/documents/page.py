"""The page of an official document in .docx: its size, grid and numbers, the red head and foot of a 函, its fonts' names and the file's own
properties."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from cuibao.papers.documents.typeset import (
    BODY,
    FANG,
    HEI,
    KAI,
    LEFT,
    LINE,
    POINTS,
    RIGHT,
    SMALL,
    SONG,
    SONG_TITLE,
    WIDE,
    add_run,
    justify,
)

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph

STANDING_IN = {SONG_TITLE: "华文中宋", FANG: "仿宋", KAI: "楷体", HEI: "SimHei", SONG: "SimSun"}
"""What a program takes where the font itself is not installed (w:altName, ECMA-376, part 1, 17.8.3.1). One name each: Word takes a
list for a single name (MS-OE376, on altName)."""
TOP, BOTTOM = 37, 35
"""Margins in millimetres (5.2.1): with those beside the text 156 × 225 mm are left for it."""
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
FIRST_ROOM = (297 - _FIRST_BOTTOM - _HEAD - _HEAD_GAP) * POINTS - 42
"""Points for the text of a letter's first page, the organ's name, the red line and what is between them and the text taken off."""
_BEYOND_LEFT, _BEYOND_RIGHT = LEFT - 20, RIGHT - 20
"""Millimetres by which the red lines reach beyond the text: 170 mm long, they stand in the middle of the page (10.1)."""
_RED = "FF0000"


def lay_out(document: "Document") -> None:
    """A4 with the standard's margins, and its grid of lines."""
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


def number_pages(document: "Document") -> None:
    """— 1 —, odd pages right, even ones left, each a character from the edge of the text (7.5)."""
    from docx.shared import Mm, Pt

    document.settings.odd_and_even_pages_header_footer = True
    section = document.sections[0]
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        footer.is_linked_to_previous = False
        paragraph = footer.paragraphs[0]
        justify(paragraph, side)
        form = paragraph.paragraph_format
        setattr(form, "right_indent" if side == "right" else "left_indent", Pt(SMALL))
        form.line_spacing, form.space_after = Pt(SMALL), Mm(_NUMBER_LIFT)
        add_run(paragraph, "— ", SONG, SMALL)
        _field(paragraph, "PAGE")
        add_run(paragraph, " —", SONG, SMALL)


def _field(paragraph: "Paragraph", code: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    for kind, words in (("begin", ""), ("", code), ("end", "")):
        add_run(paragraph, "", SONG, SMALL)
        run = paragraph.runs[-1]._r
        if kind:
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
        else:
            element = OxmlElement("w:instrText")
            element.text = words
        run.append(element)


def add_head(document: "Document", organ: str) -> None:
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
    justify(head, "center")
    size = min(30.0, WIDE * POINTS / max(len(organ), 1))
    add_run(head, organ, SONG_TITLE, size, _RED)
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


def sign_file(document: "Document", name: str, author: str, at: datetime) -> None:
    """The file's properties and the language of its Chinese, which are the library's own otherwise. That of its digits stays English: as
    Chinese, numbers would be broken at the ends of lines."""
    from docx.oxml.ns import qn

    told = document.core_properties
    told.title, told.author, told.last_modified_by, told.comments = name, author, author, ""
    told.created = told.modified = at.astimezone(UTC)  # the library writes a Z, whatever the zone
    told.language = "zh-CN"
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:eastAsia"), "zh-CN")


def name_fonts(document: "Document") -> None:
    """The fonts beside what may stand in for them, in the document's own list."""
    part: Any = next(part for part in document.part.package.iter_parts() if part.partname == "/word/fontTable.xml")
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/></w:font>'
        for name, other in STANDING_IN.items()
    )
    part._blob = part.blob.replace(b"</w:fonts>", f"{fonts}</w:fonts>".encode())

"""Official documents as .docx in the form of GB/T 9704-2012, from a text whose lines say what they are.

    # 标题（可分行）    ## 一级标题（黑体）    ### 二级标题（楷体）    : 顶格的一行    = 顶格的标注（黑体） → 居右的一段
    >> 署名    > 成文日期    | 单元格 | 单元格 |

Every other line is a paragraph of body text; empty ones only part the lines. How they look is told in typeset.py, the page in
page.py. Fonts are named, with those that stand in for them, and never embedded."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from io import BytesIO
from itertools import groupby
from math import ceil
from typing import TYPE_CHECKING, Any

from cuibao.papers.documents.page import FIRST_ROOM, add_head, lay_out, name_fonts, number_pages, sign_file
from cuibao.papers.documents.typeset import (
    BODY,
    FANG,
    HEI,
    INDENT,
    KAI,
    LINE,
    POINTS,
    SONG_TITLE,
    SQUEEZE,
    TITLE,
    WIDE,
    add_paragraph,
    add_run,
    add_table,
    in_ems,
    off_grid,
)

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph

_CLOSEST = 26
"""Points from line to line of a letter that would otherwise leave its date, or no more than that, to a second page (7.3.5.4)."""
_TOGETHER = 2
"""Lines of text on a page that bears the signature."""
_SIDES = re.compile(r"(?<=[0-9A-Za-z])(?=[\u3400-\u9fff])|(?<=[\u3400-\u9fff])(?=[0-9A-Za-z])")
"""Where programs leave a quarter of a character between Chinese and what is not."""
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def official(text: str, *, name: str, author: str, at: datetime, organ: str = "") -> bytes:
    """The document. `name`, `author` and `at` are the file's properties. With `organ` it is a 函: the organ's name in red above a red
    double line on its first page."""
    import docx

    document = docx.Document()
    sign_file(document, name, author, at)
    name_fonts(document)
    lay_out(document)
    number_pages(document)
    if organ:
        add_head(document, organ)
    for lines in _blocks(_ILLEGAL.sub("", text).split("\n")):
        if lines[0].startswith("|"):
            add_table(document, [_cells(line) for line in lines])
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
        paragraph = add_paragraph(
            document, line, SONG_TITLE, TITLE, align="center", before=before, after=after, keep=True
        )
        off_grid(paragraph)


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
    middle = 4 + in_ems(day) / 2
    for organ in organs:
        right = max(0.0, middle - in_ems(organ) / 2)
        before = LINE * 2 if organ is organs[0] else 0
        add_paragraph(document, organ, FANG, align="right", right=BODY * right, before=before, keep=True)
    add_paragraph(document, day, FANG, align="right", right=BODY * 4, keep=True)


def _tighten(document: "Document") -> None:
    """Bring the lines of a letter closer where that spares it a second page with little but its date, as the standard advises (7.3.5.4).
    One that is too long for that keeps its distances."""
    from docx.shared import Pt

    needed = sum(map(_rows, document.paragraphs))
    if not needed * _CLOSEST <= FIRST_ROOM < needed * LINE:
        return
    pitch = FIRST_ROOM / needed
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
    ems = in_ems(paragraph.text) + len(_SIDES.findall(paragraph.text)) / 4
    width: float = ems * (size + SQUEEZE / 20) + form.first_line_indent.pt
    empty: float = (form.space_before.pt + form.space_after.pt) / LINE
    return empty + max(1, ceil(width / (WIDE * POINTS - BODY / 2)))


def _line(document: "Document", line: str) -> None:
    mark, _, words = line.partition(" ")
    if mark == "##":
        add_paragraph(document, words, HEI, indent=INDENT, keep=True)
    elif mark == "###":
        add_paragraph(document, words, KAI, indent=INDENT, keep=True)
    elif mark == "=":
        _note(document, words)
    elif mark == ":":
        add_paragraph(document, words, FANG)
    else:
        add_paragraph(document, line, FANG, indent=INDENT)


def _note(document: "Document", words: str) -> None:
    """What stands above the title: 草稿 on the left, the document's number at the right edge (10.1)."""
    from docx.enum.text import WD_TAB_ALIGNMENT
    from docx.shared import Mm

    left, _, right = (part.strip() for part in words.partition("→"))
    paragraph = add_paragraph(document, left, HEI)
    if right:
        paragraph.paragraph_format.tab_stops.add_tab_stop(Mm(WIDE), WD_TAB_ALIGNMENT.RIGHT)
        add_run(paragraph, f"\t{right}", FANG, BODY)

"""The lines and tables of a docx, with the numbers that Word writes by itself. Headers, footers and pictures are left out."""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple
from xml.etree.ElementTree import Element

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import parse

from cuibao.papers.contents.docx_looks import Looks, Properties, show
from cuibao.papers.contents.docx_numbers import Numbering, W
from cuibao.papers.contents.html_layout import Block
from cuibao.papers.contents.limits import (
    BROKEN,
    LARGEST_PART,
    MOST_CELLS,
    NO_CONVERTER,
    TOO_LARGE,
    UNSAFE,
    NoToolError,
    UnreadError,
)
from cuibao.papers.shown import Look, gap, odd

_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
UNKNOWN = "\ufffd"
"""A sign out of a font of signs: what it shows cannot be told by its number."""
_WORDS = {
    f"{W}tab": "\t",
    f"{W}ptab": "\t",
    f"{W}br": "\n",
    f"{W}cr": "\n",
    f"{W}noBreakHyphen": "-",
    f"{W}sym": UNKNOWN,
}
_PARTING = frozenset(
    f"{W}{tag}" for tag in ("drawing", "pict", "object", "footnoteReference", "endnoteReference", "pgNum")
)
"""Shows something that is not in the text."""
_PLACES = {f"{W}rt": Look.RAISED, f"{W}bdo": Look.ODD}
"""What stands above a word, and what runs the other way."""
_SILENT = frozenset({f"{W}pPr", f"{W}del", f"{W}moveFrom", _FALLBACK})
_TRANSPARENT = frozenset(f"{W}{tag}" for tag in ("sdt", "sdtContent", "ins", "smartTag", "customXml"))
_WIDEST = 100


class Parts(NamedTuple):
    """What else of a document tells how its paragraphs are seen."""

    numbering: Numbering
    looks: Looks


def docx_blocks(data: bytes) -> list[Block]:
    """The blocks of the body in order: a line a paragraph, and tables, in which a merged cell stands in each row that it covers,
    once in a row. What is struck out, also by a tracked change, or hidden is gone. Raises UnreadError, and what zipfile and the XML
    parser raise."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        document = part(package, "word/document.xml")
        styles = part(package, "word/styles.xml")
        parts = Parts(Numbering(part(package, "word/numbering.xml"), styles), Looks(styles))
    if document is None:
        raise NoToolError(NO_CONVERTER)
    if (body := document.find(f"{W}body")) is None:
        raise UnreadError(BROKEN)
    return list(_blocks(body, parts))


def part(package: zipfile.ZipFile, name: str) -> Element | None:
    """The root of a part, None where there is none. Raises as docx_blocks does."""
    if name not in package.namelist():
        return None
    if package.getinfo(name).file_size > LARGEST_PART:
        raise UnreadError(TOO_LARGE)
    try:
        with package.open(name) as stream:
            root: Element = parse(stream, forbid_dtd=True).getroot()
            return root
    except DefusedXmlException:
        raise UnreadError(UNSAFE) from None


def _blocks(parent: Element, parts: Parts) -> Iterator[Block]:
    for element in parent:
        if element.tag == f"{W}p":
            yield from _lines(element, parts)
        elif element.tag == f"{W}tbl":
            yield _rows(element, parts)
        elif element.tag in _TRANSPARENT:
            yield from _blocks(element, parts)


def _lines(paragraph: Element, parts: Parts) -> Iterator[str]:
    """The lines of a paragraph; those of a text box that hangs on it come first."""
    found = _Paragraph(parts.looks, parts.looks.of_paragraph(paragraph))
    found.say(paragraph)
    words = parts.numbering.before(paragraph) + "".join(found.said)
    for box in found.boxes:
        for block in _blocks(box, parts):
            yield from [block] if isinstance(block, str) else ("\t".join(row) for row in block)
    for line in words.split("\n"):
        if text := line.strip():
            yield text


@dataclass
class _Paragraph:
    """What a paragraph says as it is gone through, and the text boxes in it. `fields` are those that are open: whether its code has ended and
    what Word shows of it comes; `codes` counts those whose code has not."""

    looks: Looks
    style: Properties
    said: list[str] = field(default_factory=list)
    boxes: list[Element] = field(default_factory=list)
    fields: list[bool] = field(default_factory=list)
    codes: int = 0

    def say(self, element: Element) -> None:
        for child in element:
            if child.tag == f"{W}txbxContent":
                self.boxes.append(child)
            elif child.tag == f"{W}fldChar":
                self._field(child.get(f"{W}fldCharType", ""))
            elif child.tag == f"{W}t":
                self._add(child.text or "")
            elif child.tag in _WORDS:
                self._add(_WORDS[child.tag])
            elif child.tag == f"{_MATH}oMath":
                self._add(odd("".join(one.text or "" for one in child.iter(f"{_MATH}t"))))
            elif child.tag not in _SILENT:
                self._inner(child)

    def _inner(self, child: Element) -> None:
        if child.tag in _PARTING:
            self.said += gap(self.said)
        start = len(self.said)
        self.say(child)
        run = self.looks.of_run(child, self.style) if child.tag == f"{W}r" else None
        show(self.said, start, run or _PLACES.get(child.tag))

    def _add(self, words: str) -> None:
        if not self.codes:
            self.said.append(words)

    def _field(self, kind: str) -> None:
        if kind == "begin":
            self.fields.append(False)
            self.codes += 1
        elif self.fields:
            self.codes -= not self.fields.pop()
            self.fields += [True] if kind == "separate" else []


def _rows(table: Element, parts: Parts) -> tuple[tuple[str, ...], ...]:
    rows: list[tuple[str, ...]] = []
    above: dict[int, str] = {}
    cells = 0
    for row in grid(table):
        laid: list[str] = []
        for cell in row:
            text = "\n".join(_cell(cell.element, parts)) if cell.element is not None else ""
            text = above.get(len(laid), text) if cell.merged and not cell.anew else text
            above[len(laid)] = text
            laid += [text, *[""] * (cell.columns - 1)]
        rows.append(tuple(laid))
        cells += len(laid)
        if cells > MOST_CELLS:
            raise UnreadError(TOO_LARGE)
    return tuple(rows)


def _each(parent: Element, tag: str) -> Iterator[Element]:
    for child in parent:
        if child.tag == f"{W}{tag}":
            yield child
        elif child.tag in _TRANSPARENT:
            yield from _each(child, tag)


class GridCell(NamedTuple):
    """A cell of a table, or with `element` None the room before a row's first: how many columns it covers, whether it is merged with cells
    above or below, and whether it is the first of those (ECMA-376 part 1, 17.4.14, 17.4.17, 17.4.84)."""

    element: Element | None
    columns: int
    merged: bool = False
    anew: bool = False


def grid(table: Element) -> Iterator[list[GridCell]]:
    """The cells of a table, row by row; a row that was struck out by a tracked change is gone."""
    for row in _each(table, "tr"):
        properties = row.find(f"{W}trPr")
        if properties is not None and properties.find(f"{W}del") is not None:
            continue
        before = _number(properties, "gridBefore", 0)
        room = [GridCell(None, before)] if before else []
        yield [*room, *map(_grid_cell, _each(row, "tc"))]


def _grid_cell(cell: Element) -> GridCell:
    properties = cell.find(f"{W}tcPr")
    merge = properties.find(f"{W}vMerge") if properties is not None else None
    anew = merge is not None and merge.get(f"{W}val") == "restart"
    return GridCell(cell, max(1, _number(properties, "gridSpan", 1)), merge is not None, anew)


def _number(properties: Element | None, name: str, default: int) -> int:
    found = properties.find(f"{W}{name}") if properties is not None else None
    width = found.get(f"{W}val", "") if found is not None else ""
    return min(int(width), _WIDEST) if width.isascii() and width.isdigit() and len(width) < 4 else default


def cell_words(element: Element, looks: Looks) -> str:
    """What a cell holds, on one line, without the numbers that Word writes by itself."""
    return " ".join(" ".join(_cell(element, Parts(Numbering(None, None), looks))).split())


def _cell(cell: Element, parts: Parts) -> Iterator[str]:
    """The lines of a cell; a table in it, a line a row."""
    for block in _blocks(cell, parts):
        yield from [block] if isinstance(block, str) else ("\t".join(row) for row in block)

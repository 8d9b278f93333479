"""The lines and tables of a docx, with the numbers that Word writes by itself. Headers, footers and pictures are left out."""

import io
import zipfile
from collections.abc import Iterator
from typing import NamedTuple
from xml.etree.ElementTree import Element

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import parse

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
from cuibao.papers.shown import UNREAD, Look, apart

_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_WORDS = {f"{W}tab": "\t", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "-"}
_SILENT = frozenset({f"{W}pPr", f"{W}del", f"{W}moveFrom", _FALLBACK})
_TRANSPARENT = frozenset(f"{W}{tag}" for tag in ("sdt", "sdtContent", "ins", "smartTag", "customXml"))
_WIDEST = 100
_LOOKS = {"strike": Look.STRUCK, "dstrike": Look.STRUCK, "vanish": Look.ABSENT}
_PLACES = {"superscript": Look.RAISED, "subscript": Look.LOWERED}
_OFF = frozenset({"0", "false", "off"})


def docx_blocks(data: bytes) -> list[Block]:
    """The blocks of the body in order: a line a paragraph, and tables, in which a merged cell stands in each row that it covers,
    once in a row. What is struck out, also by a tracked change, or hidden is gone. Raises UnreadError, and what zipfile and the XML
    parser raise."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        document = _part(package, "word/document.xml")
        numbering = Numbering(_part(package, "word/numbering.xml"), _part(package, "word/styles.xml"))
    if document is None:
        raise NoToolError(NO_CONVERTER)
    if (body := document.find(f"{W}body")) is None:
        raise UnreadError(BROKEN)
    return list(_blocks(body, numbering))


def _part(package: zipfile.ZipFile, name: str) -> Element | None:
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


def _blocks(parent: Element, numbering: Numbering) -> Iterator[Block]:
    for element in parent:
        if element.tag == f"{W}p":
            yield from _lines(element, numbering)
        elif element.tag == f"{W}tbl":
            yield _rows(element, numbering)
        elif element.tag in _TRANSPARENT:
            yield from _blocks(element, numbering)


def _lines(paragraph: Element, numbering: Numbering) -> Iterator[str]:
    """The lines of a paragraph; those of a text box that hangs on it come first."""
    boxes: list[Element] = []
    said: list[str] = []
    _say(paragraph, said, boxes)
    words = numbering.before(paragraph) + "".join(said)
    for box in boxes:
        for block in _blocks(box, numbering):
            yield from [block] if isinstance(block, str) else ("\t".join(row) for row in block)
    for line in words.split("\n"):
        if text := line.strip():
            yield text


def _say(element: Element, said: list[str], boxes: list[Element]) -> None:
    """Add what an element says, and the text boxes in it."""
    for child in element:
        if child.tag == f"{W}txbxContent":
            boxes.append(child)
        elif child.tag == f"{W}t":
            said.append(child.text or "")
        elif child.tag in _WORDS:
            said.append(_WORDS[child.tag])
        elif child.tag not in _SILENT:
            start = len(said)
            _say(child, said, boxes)
            as_shown(child, said, start)


def as_shown(run: Element, said: list[str], start: int) -> None:
    """Change what a run has said since `start` to what a reader has of it: nothing of what is struck out or hidden (ECMA-376 part 1,
    17.3.2.9, 17.3.2.37, 17.3.2.41, 17.3.2.42)."""
    properties = run[0] if len(run) and _name(run[0]) == "rPr" else ()
    looks = [shown for mark in properties if (shown := _look(mark))]
    if looks:
        words = "".join(said[start:])
        del said[start:]
        said += [] if UNREAD.intersection(looks) else [apart(said, words, looks[0])]


def _look(mark: Element) -> Look | None:
    value = next((value for key, value in mark.attrib.items() if key.rpartition("}")[2] == "val"), "")
    name = _name(mark)
    return _PLACES.get(value) if name == "vertAlign" else None if value in _OFF else _LOOKS.get(name)


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _rows(table: Element, numbering: Numbering) -> tuple[tuple[str, ...], ...]:
    rows: list[tuple[str, ...]] = []
    above: dict[int, str] = {}
    cells = 0
    for row in grid(table):
        laid: list[str] = []
        for cell in row:
            text = "\n".join(_cell(cell.element, numbering)) if cell.element is not None else ""
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


def cell_words(element: Element) -> str:
    """What a cell holds, on one line, without the numbers that Word writes by itself."""
    return " ".join(" ".join(_cell(element, Numbering(None, None))).split())


def _cell(cell: Element, numbering: Numbering) -> Iterator[str]:
    """The lines of a cell; a table in it, a line a row."""
    for block in _blocks(cell, numbering):
        yield from [block] if isinstance(block, str) else ("\t".join(row) for row in block)

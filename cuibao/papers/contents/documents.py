"""Text out of documents that are XML, zipped or not: docx, OFD, Word's and Excel's XML of 2003. No entity is ever expanded.

Read part by part and element by element: text boxes, where the letterhead of an official document often stands, are read
too, and pictures are never unpacked. python-docx does neither."""

import io
import re
import zipfile
from collections.abc import Iterator
from typing import IO

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring, iterparse

from cuibao.papers.contents.docx_layout import UNKNOWN, cell_words, grid, part
from cuibao.papers.contents.docx_looks import Looks, as_shown
from cuibao.papers.contents.docx_numbers import W
from cuibao.papers.contents.limits import (
    BROKEN,
    LARGEST_PART,
    NO_CONVERTER,
    TOO_LARGE,
    UNSAFE,
    Found,
    NoToolError,
    UnreadError,
)
from cuibao.papers.form.blocks import with_rests
from cuibao.papers.form.layout import Area, Table, may_hold_form

_PARTS = re.compile(
    r"word/header\d*\.xml|word/document\d*\.xml|word/footer\d*\.xml|Doc_\d+/Pages/Page_\d+/Content\.xml"
)
_ORDER = ("word/header", "word/document", "word/footer", "Doc_")
_STYLES = re.compile(r"word/styles\d*\.xml")
_DIGITS = re.compile(r"\d+")
_WORDS = frozenset({"t", "TextCode", "Data"})
_AFTER = {"br": "\n", "cr": "\n", "TextCode": "\n", "tc": "\t", "Cell": "\t", "tr": "\n", "Row": "\n"}
_AFTER |= {"noBreakHyphen": "-", "ptab": "\t", "sym": UNKNOWN}
"""What stands in the text after an element (ECMA-376 part 1, 17.3 and 17.4; GB/T 33190, 11.3)."""
_LARGEST_TREE = 4 << 20
"""Bytes of a part that is taken as a whole, for its tables."""


def document_contents(data: bytes) -> Found:
    """The text of a zipped document, a line a paragraph or table row, a tab between cells; and the forms in it with their rests. Raises UnreadError, or what zipfile
    and the XML parser raise."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = sorted(filter(_PARTS.fullmatch, package.namelist()), key=_place)
        if not parts:
            raise NoToolError(NO_CONVERTER)
        if sum(package.getinfo(name).file_size for name in parts) > LARGEST_PART:
            raise UnreadError(TOO_LARGE)
        texts = []
        tables: list[Table] = []
        for name in parts:
            with package.open(name) as stream:
                texts.append(xml_text(stream))
            small = package.getinfo(name).file_size <= _LARGEST_TREE
            if small and name.startswith("word/document") and may_hold_form(texts[-1]):
                styles = next(filter(_STYLES.fullmatch, package.namelist()), "")
                tables += with_rests(_tables(package.read(name), Looks(part(package, styles))))
    text = "\n".join(texts)
    if not text and parts[0].startswith("word/"):  # a blank document still has a paragraph
        raise UnreadError(BROKEN)
    return Found(text, tuple(tables))


def _tables(document: bytes, looks: Looks) -> Iterator[Table]:
    """Every table of a document's part, cells merged in either direction in their places."""
    for table in fromstring(document, forbid_dtd=True).iter(f"{W}tbl"):
        rows: list[tuple[str, ...]] = []
        joined: list[Area] = []
        for number, row in enumerate(grid(table)):
            cells: list[str] = []
            for cell in row:
                if cell.merged:
                    joined.append((number, len(cells), number, len(cells) + cell.columns - 1))
                words = cell_words(cell.element, looks) if cell.element is not None else ""
                cells += [words, *[""] * (cell.columns - 1)]
            rows.append(tuple(cells))
        yield Table(tuple(rows), tuple(joined))


def _place(part: str) -> tuple[int, list[int]]:
    kind = next(number for number, start in enumerate(_ORDER) if part.startswith(start))
    return kind, [int(number) for number in _DIGITS.findall(part)]


def xml_text(stream: IO[bytes]) -> str:
    """The words of one part that are shown. A text box stands in it twice, the second time as Fallback for old programs."""
    pieces: list[str] = []
    runs: list[int] = []
    cells = fallbacks = 0
    try:
        for event, element in iterparse(stream, events=("start", "end"), forbid_dtd=True):
            tag = element.tag.rpartition("}")[2]
            step = 1 if event == "start" else -1
            cells += step if tag in ("tc", "Cell") else 0
            fallbacks += step if tag == "Fallback" else 0
            if tag == "r" and event == "start":
                runs.append(len(pieces))
            elif tag == "r":
                as_shown(element, pieces, runs.pop())
            if event == "end" and not fallbacks:
                pieces.append(_words(tag, element.text, bool(element.attrib), in_cell=cells > 0))
            if event == "end" and tag in ("p", "Row", "TextObject"):
                element.clear()
    except DefusedXmlException:
        raise UnreadError(UNSAFE) from None
    return "".join(pieces)


def _words(tag: str, text: str | None, described: bool, *, in_cell: bool) -> str:
    if tag == "p":
        return " " if in_cell else "\n"
    if tag == "tab":
        return "" if described else "\t"  # one with attributes is a tab stop, not a tab
    return ((text or "") if tag in _WORDS else "") + _AFTER.get(tag, "")

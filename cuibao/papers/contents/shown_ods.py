"""What the cells of an ods show where their values alone mislead. The file keeps both: 0.76 as the value and 76% as the text.

Where the text is only the number rounded, the number is told with what is written around it, as of the other formats."""

import re
import zipfile
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from defusedxml.ElementTree import fromstring

from cuibao.papers.contents.shown_cells import (
    CALLS_OUT,
    LARGEST,
    ODD,
    STRUCK,
    UNSEEN,
    Place,
    UnseenBook,
    exact,
    run,
    told,
)
from cuibao.papers.wording import number_words

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_CONTENT, _STYLES = "content.xml", "styles.xml"
_NAMESPACE = "{urn:oasis:names:tc:opendocument:xmlns:"
_OFFICE, _TABLE, _TEXT, _STYLE = (f"{_NAMESPACE}{name}:1.0}}" for name in ("office", "table", "text", "style"))
_IN_ROWS = frozenset(f"{_TABLE}table-{name}" for name in ("header-rows", "row-group", "rows"))
_IN_COLUMNS = frozenset(f"{_TABLE}table-{name}" for name in ("header-columns", "column-group", "columns"))
_CELLS = frozenset({f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"})
_THROUGH = (f"{_STYLE}text-line-through-type", f"{_STYLE}text-line-through-style")
_DEFAULT = f"{_TABLE}default-cell-style-name"
_DEEPEST = 10
"""So many styles that inherit from one another are asked."""
_OUTSIDE = re.compile(r"'#|\[\d+\]|(?:WEBSERVICE|RTD|DDE)\s*\(", re.IGNORECASE)
_NUMBER = re.compile(r"([^0-9]*?)([0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?)([^0-9]*)")


class _Run(NamedTuple):
    text: str
    struck: bool
    raised: bool


class _Parts:
    """Elements of which each may stand for several, found by their place from 1."""

    def __init__(self, elements: Iterable["Element"], repeated: str) -> None:
        self._elements = list(elements)
        self._ends = list(accumulate(int(one.get(f"{_TABLE}number-{repeated}-repeated", 1)) for one in self._elements))

    def __iter__(self) -> Iterator[tuple[int, "Element"]]:
        return zip(self._ends, self._elements, strict=True)

    def __getitem__(self, place: int) -> "Element":
        return self._elements[bisect_left(self._ends, place)]

    def get(self, place: int, name: str) -> str:
        """An attribute of the one at that place; "" where neither is."""
        return self[place].get(name, "") if self._ends and place <= self._ends[-1] else ""


class OpenBook:
    """Fulfils ShowsCells."""

    def __init__(self, package: zipfile.ZipFile) -> None:
        self._package = package

    def cells(self, sheet: str, values: Mapping[Place, object]) -> Mapping[Place, str]:
        """As ShowsCells has it."""
        try:
            return self._cells(self._sheets[sheet], values)
        except Exception:  # noqa: BLE001 - hostile bytes raise anything; what cannot be looked at is told
            return UnseenBook().cells(sheet, values)

    def _cells(self, table: "Element", values: Mapping[Place, object]) -> Mapping[Place, str]:
        columns = _Parts(_under(table, f"{_TABLE}table-column", _IN_COLUMNS), "columns")
        rows = _rows_of(table)
        found = {}
        for (number, place), value in values.items():
            row = rows[number]
            cell = _cells_of(row)[place]
            style = cell.get(f"{_TABLE}style-name") or row.get(_DEFAULT) or columns.get(place, _DEFAULT)
            found[number, place] = self._shown(cell, style, value)
        fetched = {
            (number, place): CALLS_OUT for number, row in rows for place, cell in _cells_of(row) if _fetches(cell)
        }
        return {place: text for place, text in (found | fetched).items() if text}

    def merged(self, sheet: str) -> list[tuple[Place, Place]]:
        """The first and the last cell, from 0, of what is merged over several rows, which python-calamine does not tell of an ods."""
        try:
            return list(_merged(_rows_of(self._sheets[sheet])))
        except Exception:  # noqa: BLE001 - as above; of such a sheet no figure is seen either
            return []

    @cached_property
    def _roots(self) -> list["Element"]:
        parts = [self._package.getinfo(name) for name in (_STYLES, _CONTENT) if name in self._package.namelist()]
        if sum(part.file_size for part in parts) > LARGEST:
            return []
        return [fromstring(self._package.read(part), forbid_dtd=True) for part in parts]

    @cached_property
    def _sheets(self) -> dict[str, "Element"]:
        tables = (one for root in self._roots for one in root.iterfind(f".//{_OFFICE}spreadsheet/{_TABLE}table"))
        return {table.get(f"{_TABLE}name", ""): table for table in tables}

    @cached_property
    def _styles(self) -> dict[tuple[str, str], "Element"]:
        """The styles by what they are for and their name."""
        styles = (one for root in self._roots for one in root.iter(f"{_STYLE}style"))
        return {(one.get(f"{_STYLE}family", ""), one.get(f"{_STYLE}name", "")): one for one in styles}

    def _shown(self, cell: "Element", style: str, value: object) -> str:
        runs = [one for line in cell.iterfind(f"{_TEXT}p") for one in (*self._runs(line), _Run("\n", False, False))]
        text = "".join(one.text for one in runs).strip()
        same = _unspaced(text) == _unspaced(value) if isinstance(value, str) else _value(cell) == value
        if not runs or not same:
            return told(value, UNSEEN)
        if self._is_struck("table-cell", style):
            return told(value, STRUCK)
        if any(one.text and (one.struck or one.raised) for one in runs):
            parts = (run(one.text, struck=one.struck, raised=one.raised) for one in runs)
            return "".join(parts).strip() or told(value, STRUCK)
        return "" if isinstance(value, str) else _as_written(exact(value), text, _kind(cell))

    def _runs(self, element: "Element", struck: bool = False, raised: bool = False) -> Iterator[_Run]:
        yield _Run(element.text or "", struck, raised)
        for child in element:
            if child.tag == f"{_TEXT}span":
                style = child.get(f"{_TEXT}style-name", "")
                yield from self._runs(
                    child, struck or self._is_struck("text", style), raised or self._is_raised("text", style)
                )
            else:  # a blank, or what is shown of a link or a field: no part of the number before it
                yield _Run(" ", struck, raised=False)
                yield from self._runs(child, struck, raised)
            yield _Run(child.tail or "", struck, raised)

    def _is_struck(self, family: str, style: str) -> bool:
        return any(self._property(family, style, name) not in ("", "none") for name in _THROUGH)

    def _is_raised(self, family: str, style: str) -> bool:
        where = self._property(family, style, f"{_STYLE}text-position").split()
        return bool(where) and where[0] not in ("0%", "0")

    def _property(self, family: str, style: str, name: str) -> str:
        """A property of a style's text, be it inherited; "" for none."""
        for _ in range(_DEEPEST):
            one = self._styles.get((family, style))
            if one is None:
                break
            text = one.find(f"{_STYLE}text-properties")
            if text is not None and name in text.attrib:
                return text.attrib[name]
            style = one.get(f"{_STYLE}parent-style-name", "")
        return ""


def _under(element: "Element", tag: str, groups: frozenset[str]) -> Iterator["Element"]:
    """The rows or columns of a table, in groups or not."""
    for child in element:
        if child.tag == tag:
            yield child
        elif child.tag in groups:
            yield from _under(child, tag, groups)


def _rows_of(table: "Element") -> _Parts:
    return _Parts(_under(table, f"{_TABLE}table-row", _IN_ROWS), "rows")


def _merged(rows: _Parts) -> Iterator[tuple[Place, Place]]:
    for row, element in rows:
        for column, cell in _cells_of(element):
            height, width = (int(cell.get(f"{_TABLE}number-{name}-spanned", 1)) for name in ("rows", "columns"))
            if height > 1:
                yield (row - 1, column - 1), (row + height - 2, column + width - 2)


def _cells_of(row: "Element") -> _Parts:
    return _Parts((cell for cell in row if cell.tag in _CELLS), "columns")


def _fetches(cell: "Element") -> bool:
    return bool(_OUTSIDE.search(cell.get(f"{_TABLE}formula", "")))


def _kind(cell: "Element") -> str:
    return cell.get(f"{_OFFICE}value-type", "")


def _value(cell: "Element") -> float:
    return float(cell.get(f"{_OFFICE}value", "nan"))


def _unspaced(text: str) -> str:
    return "".join(text.split())


def _as_written(value: Decimal, text: str, kind: str) -> str:
    """A number with what its text has around it, "" where there is nothing."""
    found = _NUMBER.fullmatch(text)
    if found is None:
        return told(value, ODD)
    before, number, behind = (part.strip() for part in found.groups())
    shown = Decimal(number.replace(",", ""))
    whole = value * 100 if kind == "percentage" else value
    last = Decimal((0, (1,), int(shown.as_tuple().exponent)))
    if abs(whole - shown) * 2 > last or (kind == "percentage" and not behind.startswith("%")):
        return told(value, ODD)
    return f"{before}{number_words(whole)}{behind}" if before or behind else ""

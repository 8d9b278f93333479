"""Tables that were pasted into html or plain text: their rows as cells, merged ones where a grid has them."""

import csv
import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from cuibao.papers.form.blocks import with_rests
from cuibao.papers.form.layout import (
    CUT,
    MOST_ROWS,
    Area,
    Table,
    heads,
    squeezed,
)
from cuibao.papers.shown import PARTING, UNREAD, Look, Shown, attributes_of, look, parts, seen

_TAG = re.compile(r"<!--(?:-?>|.*?(?:--!?>|\Z))|<(/?)([a-zA-Z][a-zA-Z0-9:]{0,20})([^<>]*)>|<[!?/][^<>]*>", re.DOTALL)
_SPAN = re.compile(r"(row|col)span\s*=\s*[\"']?(\d{1,3})", re.IGNORECASE)
_SILENT = frozenset({"style", "script"})
_VALUELESS = frozenset({"hidden", "checkbox", "radio", "file", "image", "password", "color", "range"})
"""Inputs that show no words."""
_GROUPS = frozenset({"tbody", "thead", "tfoot"})
_LAYING_OUT = _GROUPS | {"table", "tr", "td", "th"}
_TOLD = UNREAD | {Look.ODD}
"""What a row or a cell tells of all its words."""
_MOST_COLUMNS = 60
_BLANK = ", \t\r"
MOST_TABLES, _MOST_GRIDS = 20, 500
_LONGEST_INNER, _DEEPEST = 4_000, 30
"""Characters of a table in a cell that are the cell's words too, and how deep tables are read."""


@dataclass
class _Grid:
    """One table of an html page as it fills: `covered` holds for a column the last row that a cell above it covers. `raw` and `whole` are a
    row's words as the page shows them, and with those that it strikes out or hides: a mail's plain text may have either."""

    rows: list[list[str]] = field(default_factory=list)
    raw: list[str] = field(default_factory=list)
    whole: list[str] = field(default_factory=list)
    joined: list[Area] = field(default_factory=list)
    covered: dict[int, int] = field(default_factory=dict)
    cut: bool = False

    def begin(self) -> None:
        self.rows.append([])
        self.raw.append("")
        self.whole.append("")

    def add(self, words: str, whole: str, down: int, right: int) -> None:
        if not self.rows:
            self.begin()
        row = self.rows[-1]
        number = len(self.rows) - 1
        while self.covered.get(len(row), -1) >= number:
            row.append("")
        place = len(row)
        if place + right > _MOST_COLUMNS:
            return
        row += [seen(words), *[""] * (right - 1)]
        self.raw[-1] += squeezed(words.replace(Look.ODD.value, ""))
        self.whole[-1] += squeezed(whole)
        if down > 1:
            self.joined.append((number, place, number + down - 1, place + right - 1))
            self.covered |= dict.fromkeys(range(place, place + right), number + down - 1)


def html_tables(source: str, own_words: str | None = None) -> tuple[Table, ...]:
    """The forms among the tables of an html page, and their rests. With `own_words`, only rows whose words stand in them: what a mail quotes is an
    earlier report, or our own letter."""
    own = None if own_words is None else squeezed(own_words)
    found = (_kept(grid, own) for grid in _first(_grids(source)))
    return tuple(islice(with_rests(found), MOST_TABLES))


def _first(grids: Iterable[_Grid]) -> Iterator[_Grid]:
    """As many tables of a page as are looked at: each row is looked for in all that a mail says."""
    rows = 0
    for grid in islice(grids, _MOST_GRIDS):
        rows += len(grid.rows)
        if rows > 2 * MOST_ROWS:
            return
        yield grid


def _kept(grid: _Grid, own: str | None) -> Table:
    kept = [own is None or raw in own or whole in own for raw, whole in zip(grid.raw, grid.whole, strict=True)]
    rows = tuple(tuple(row) if keep else () for row, keep in zip(grid.rows, kept, strict=True))
    return Table((*rows, CUT) if grid.cut else rows, tuple(grid.joined))


@dataclass
class _Frame:
    """A table that is open, or the page around all: its grid, the cell that is open, if one is, and how what stands there is shown."""

    grid: _Grid = field(default_factory=_Grid)
    unread: bool = False
    """Whether all of it is left out."""
    group: Look | None = None
    row: Look | None = None
    span: tuple[int, int] | None = None
    words: list[str] = field(default_factory=list)
    whole: list[str] = field(default_factory=list)
    shown: Shown = field(default_factory=Shown)

    def say(self, text: str) -> None:
        if self.span and text:
            plain = html.unescape(text)
            self.words.append(self.shown.words(self.words, plain))
            self.whole.append(plain)

    def part(self, words: str = "", whole: str = "") -> None:
        """What stands before is not one with what comes; nor with these words of an inner table."""
        if self.span:
            self.words += [" ", words, " "] if words else [" "]
            self.whole += [" ", whole, " "] if whole else [" "]

    def end_cell(self) -> None:
        if self.span:
            self.grid.add(_line(self.words), _line(self.whole), *self.span)
        self.span, self.words, self.whole, self.shown = None, [], [], Shown()

    def start_row(self, shown: Look | None) -> None:
        self.row = shown if shown in _TOLD else self.group
        if len(self.grid.rows) >= MOST_ROWS:
            self.grid.cut = True
            self.row = Look.ABSENT
        elif self.row is not Look.ABSENT:
            self.grid.begin()

    def start_cell(self, shown: Look | None, span: tuple[int, int]) -> None:
        """A cell that is not shown has no place, one whose words are struck out has."""
        absent = Look.ABSENT in (self.row, shown)
        self.span = None if absent else span
        self.shown = Shown()
        for one in {Look.ABSENT} if absent else _TOLD & {self.row, shown}:
            self.shown.start("td", one)


def _line(pieces: Iterable[str]) -> str:
    return " ".join("".join(pieces).split())


def _grids(source: str, hide: bool = True) -> list[_Grid]:
    """Every table, an inner one before the outer one that lays it out. What is struck out or hidden is left out, but where nothing
    ends that on the page around them: then everything would be."""
    page = _Frame()
    open_ = [page]
    found: list[_Grid] = []
    silent = ""
    end = 0
    for match in _TAG.finditer(source):
        if not silent:
            open_[-1].say(source[end : match.start()])
        end = match.end()
        closing, tag, attributes = match.group(1), (match.group(2) or "").lower(), match.group(3) or ""
        if silent or tag in _SILENT:
            silent = "" if closing and tag == silent else silent or ("" if closing else tag)
        elif tag == "table" and not closing:
            outer = open_[-1]
            unread = outer.unread or outer.shown.unread or look(tag, attributes) in UNREAD
            open_.append(_Frame(unread=unread or len(open_) > _DEEPEST))
        elif len(open_) > 1 and tag in _LAYING_OUT:
            _lay_out(open_, tag, attributes, closing=bool(closing), found=found)
        elif tag:
            _within(open_[-1], tag, attributes, closing=bool(closing), hide=hide or open_[-1] is not page)
    return _grids(source, hide=False) if page.shown.unread else found


def _within(frame: _Frame, tag: str, attributes: str, *, closing: bool, hide: bool) -> None:
    """What stands in a cell at a tag in it."""
    if tag == "input" and not closing:
        frame.part(frame.shown.words(frame.words, _value(attributes)))
        return
    if closing:
        shown = frame.shown.end(tag)
    else:
        shown = look(tag, attributes) if hide else None
        frame.shown.start(tag, shown)
    if parts(tag) or shown in PARTING:
        frame.part()


def _value(attributes: str) -> str:
    """What a field of the page shows as filled in."""
    given = attributes_of(attributes)
    unseen = given.get("type", "").lower() in _VALUELESS or look("", attributes) in UNREAD
    return "" if unseen else given.get("value", "")


def _lay_out(open_: list[_Frame], tag: str, attributes: str, *, closing: bool, found: list[_Grid]) -> None:
    """What the innermost table does at a tag of its own."""
    frame = open_[-1]
    frame.end_cell()
    shown = None if closing else look(tag, attributes)
    if tag == "table":
        open_.pop()
        if not frame.unread:
            found.append(frame.grid)
            said = (" ".join(filter(None, row)) for row in frame.grid.rows)
            open_[-1].part(" ".join(said)[:_LONGEST_INNER], " ".join(frame.grid.whole)[:_LONGEST_INNER])
    elif tag == "tr" and not closing:
        frame.start_row(shown)
    elif tag in _GROUPS:
        frame.group = shown if shown in _TOLD else None
    elif tag in ("td", "th") and not closing:
        frame.start_cell(shown, _span(attributes))


def _span(attributes: str) -> tuple[int, int]:
    told = {name.lower(): max(1, int(number)) for name, number in _SPAN.findall(attributes)}
    return told.get("row", 1), told.get("col", 1)


def text_tables(text: str) -> tuple[Table, ...]:
    """The form in a text whose cells are divided by tabs, or by commas as csv is; none where it is not there."""
    lines = text.split("\n")
    lines[MOST_ROWS:] = CUT if any(line.strip(_BLANK) for line in lines[MOST_ROWS:]) else ()
    rows = [tuple(cell.strip() for cell in line.split("\t")) for line in lines]
    return (Table(tuple(rows)),) if any(map(heads, rows)) else _comma_tables(lines)


def _comma_tables(lines: Iterable[str]) -> tuple[Table, ...]:
    try:
        rows = tuple(tuple(cell.strip() for cell in row) for row in csv.reader(f"{line}\n" for line in lines))
    except csv.Error:
        return ()
    return (Table(rows),) if any(map(heads, rows)) else ()

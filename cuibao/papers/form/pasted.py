"""Tables that were pasted into html or plain text: their rows as cells, merged ones where a grid has them."""

import csv
import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from cuibao.papers.form.layout import Area, Table, heads, is_form, squeezed

_TAG = re.compile(
    r"<(/?)(table|tr|t[dh]|br|p|div|style|script)\b([^<>]*)>|<!--.*?(?:-->|\Z)|<[^<>]*>", re.IGNORECASE | re.DOTALL
)
_SPAN = re.compile(r"(row|col)span\s*=\s*[\"']?(\d{1,3})", re.IGNORECASE)
_MOST_ROWS, _MOST_COLUMNS = 2_000, 60
MOST_TABLES = 20


@dataclass
class _Grid:
    """One table of an html page as it fills: `filled` holds the cells that an earlier row's span still covers."""

    rows: list[list[str]] = field(default_factory=list)
    raw: list[str] = field(default_factory=list)
    joined: list[Area] = field(default_factory=list)
    covered: dict[tuple[int, int], bool] = field(default_factory=dict)

    def begin(self) -> None:
        self.rows.append([])
        self.raw.append("")

    def add(self, words: str, down: int, right: int) -> None:
        if not self.rows:
            self.begin()
        row = self.rows[-1]
        number = len(self.rows) - 1
        while (number, len(row)) in self.covered:
            row.append("")
        place = len(row)
        if place + right > _MOST_COLUMNS:
            return
        row += [words, *[""] * (right - 1)]
        self.raw[-1] += squeezed(words)
        if down > 1:
            self.joined.append((number, place, number + down - 1, place + right - 1))
        for below in range(1, min(down, _MOST_ROWS - number)):
            for beside in range(right):
                self.covered[number + below, place + beside] = True


def html_tables(source: str, own_words: str | None = None) -> tuple[Table, ...]:
    """The forms among the tables of an html page. With `own_words`, only rows whose words stand in them: what a mail quotes is an
    earlier report, or our own letter."""
    own = None if own_words is None else squeezed(own_words)
    found = (_kept(grid, own) for grid in _grids(source))
    return tuple(table for table in found if is_form(table))[:MOST_TABLES]


def _kept(grid: _Grid, own: str | None) -> Table:
    kept = [own is None or squeezed(raw) in own for raw in grid.raw]
    rows = tuple(tuple(row) if keep else () for row, keep in zip(grid.rows, kept, strict=True))
    return Table(rows, tuple(grid.joined))


def _grids(source: str) -> Iterator[_Grid]:
    """Every table, an inner one before the outer one that lays it out."""
    open_: list[tuple[_Grid, list[str], tuple[int, int] | None]] = []
    end = 0
    for match in _TAG.finditer(source):
        if open_ and open_[-1][2] is not None:
            open_[-1][1].append(source[end : match.start()])
        end = match.end()
        closing, tag, attributes = match.group(1), (match.group(2) or "").lower(), match.group(3) or ""
        if tag == "table" and not closing:
            open_.append((_Grid(), [], None))
        elif not open_:
            continue
        elif tag in ("tr", "td", "th", "table"):
            grid, words, span = open_.pop()
            if span is not None:
                grid.add(" ".join(html.unescape("".join(words)).split()), *span)
            if tag == "table":
                yield grid
                continue
            if tag == "tr" and not closing and len(grid.rows) < _MOST_ROWS:
                grid.begin()
            open_.append((grid, [], _span(attributes) if tag != "tr" and not closing else None))
        elif tag in ("br", "p", "div"):
            open_[-1][1].append(" ")


def _span(attributes: str) -> tuple[int, int]:
    told = {name.lower(): max(1, int(number)) for name, number in _SPAN.findall(attributes)}
    return told.get("row", 1), told.get("col", 1)


def text_tables(text: str) -> tuple[Table, ...]:
    """The form in a text whose cells are divided by tabs, or by commas as csv is; none where it is not there."""
    rows = [tuple(cell.strip() for cell in line.split("\t")) for line in text.split("\n")[:_MOST_ROWS]]
    if any(map(heads, rows)):
        return (Table(tuple(rows)),)
    return _comma_tables(text.split("\n")[:_MOST_ROWS])


def _comma_tables(lines: Iterable[str]) -> tuple[Table, ...]:
    try:
        rows = tuple(tuple(cell.strip() for cell in row) for row in csv.reader(lines))
    except csv.Error:
        return ()
    return (Table(rows),) if any(map(heads, rows)) else ()

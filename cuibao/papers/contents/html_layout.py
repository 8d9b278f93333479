"""The lines and tables of a page of html, as a browser would stack them. Nothing that it names is fetched."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from cuibao.papers.contents.limits import MOST_CELLS, TOO_LARGE, UnreadError
from cuibao.papers.shown import PARTING, Look, Shown, gap, look, parts

Block = str | tuple[tuple[str, ...], ...]
"""A line's text, or a table's rows."""
_SILENT = frozenset({"head", "script", "style", "nav", "noscript", "template", "select", "button", "iframe", "svg"})
_BREAKS = frozenset(
    {"address", "article", "body", "br", "caption", "center", "dd", "div", "dl", "dt", "hr", "li", "ol", "p", "pre"}
) | {"section", "ul", *(f"h{level}" for level in range(1, 7))}
_WIDEST = 100
_HIDDEN = frozenset({Look.ABSENT, Look.BLANK, Look.ODD})
"""Read all the same: a page of the net may hide or move what a script shows at a click."""


@dataclass
class _Cell:
    """A cell of a table; the page itself is one."""

    rows: int = 1
    columns: int = 1
    blocks: "list[str | _Grid]" = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    number: str = ""
    """Of a list's item, until its first words come."""
    shown: Shown = field(default_factory=Shown)

    def end_line(self) -> None:
        line = " ".join("".join(self.words).split())
        self.words.clear()
        if line:
            self.blocks.append(self.number + line)
            self.number = ""

    @property
    def text(self) -> str:
        return "\n".join(block for block in self.blocks if isinstance(block, str))


@dataclass
class _Grid:
    rows: list[list[_Cell]] = field(default_factory=list)


def html_blocks(source: str) -> list[Block]:
    """The blocks of a page in reading order. A table's merged cell stands in each row that it covers, once in a row. A table that
    holds tables, or has one column, only arranges the page: its cells are lines. What is struck out is gone, but where nothing ends that.
    Raises UnreadError for a table without end."""
    page = _page(source)
    return list(_blocks(_page(source, struck=True) if page.shown.unread else page))


def _page(source: str, *, struck: bool = False) -> _Cell:
    """The page as one cell, with what is `struck` out or without."""
    reader = _Reader(_HIDDEN | {Look.STRUCK} if struck else _HIDDEN)
    reader.feed(source)
    reader.close()
    return reader.finished()


class _Reader(HTMLParser):
    """Follows the tags. One that nobody closed is closed by the next that cannot stand in it."""

    def __init__(self, passed: frozenset[Look]) -> None:
        """Looks that are `passed` over are read as if they were plain."""
        super().__init__(convert_charrefs=True)
        self._passed = passed
        self._page = _Cell()
        self._open: list[tuple[_Grid, _Cell]] = []
        self._silent = ""
        self._depth = 0
        self._numbers: list[int | None] = []

    @property
    def _cell(self) -> _Cell:
        return self._open[-1][1] if self._open else self._page

    def finished(self) -> _Cell:
        while self._open:
            self._end_table()
        self._page.end_line()
        return self._page

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if self._silent:
            self._depth += tag == self._silent
        elif tag in _SILENT:
            self._silent, self._depth = tag, 1
        elif tag == "table":
            self._cell.end_line()
            self._open.append((_Grid(), _Cell()))
        elif tag == "tr" and self._open:
            self._open[-1][0].rows.append([])
        elif tag in ("td", "th") and self._open:
            self._start_cell(given)
        elif tag in _BREAKS:
            self._cell.end_line()
            self._start_item(tag, given)
        if not self._silent and tag != "table":
            found = look(tag, self.get_starttag_text() or "")
            if found in self._passed:
                found = Look.APART if found in PARTING else None
            self._cell.shown.start(tag, found)
            self._part(tag, found)

    def handle_endtag(self, tag: str) -> None:
        if self._silent:
            self._depth -= tag == self._silent
            self._silent = self._silent if self._depth else ""
        elif tag == "table" and self._open:
            self._end_table()
        elif tag in _BREAKS or tag in ("td", "th"):
            self._cell.end_line()
            if tag in ("ol", "ul") and self._numbers:
                self._numbers.pop()
        if not self._silent:
            self._part(tag, self._cell.shown.end(tag))

    def _part(self, tag: str, found: Look | None) -> None:
        """What stands before a tag at which a line or a box begins or ends is not one number with what comes."""
        if found in PARTING or parts(tag):
            self._cell.words += gap(self._cell.words)

    def handle_data(self, data: str) -> None:
        if not self._silent:
            cell = self._cell
            cell.words.append(cell.shown.words(cell.words, data))

    def _start_cell(self, given: dict[str, str]) -> None:
        grid, last = self._open[-1]
        last.end_line()
        cell = _Cell(_count(given.get("rowspan", "")), _count(given.get("colspan", "")))
        if not grid.rows:
            grid.rows.append([])
        grid.rows[-1].append(cell)
        self._open[-1] = (grid, cell)

    def _end_table(self) -> None:
        grid, last = self._open.pop()
        last.end_line()
        self._cell.blocks.append(grid)

    def _start_item(self, tag: str, given: dict[str, str]) -> None:
        """A browser writes a numbered list's numbers itself."""
        if tag in ("ol", "ul"):
            self._numbers.append(_count(given.get("start", "")) if tag == "ol" else None)
        elif tag == "li" and self._numbers and (number := self._numbers[-1]) is not None:
            self._cell.number = f"{number}. "
            self._numbers[-1] = number + 1


def _count(text: str) -> int:
    return max(1, min(int(text), 9999)) if text.isascii() and text.isdigit() and len(text) < 9 else 1


def _blocks(cell: _Cell) -> Iterator[Block]:
    for block in cell.blocks:
        if isinstance(block, str):
            yield block
        elif _arranges(block):
            for row in block.rows:
                for inner in row:
                    yield from _blocks(inner)
        else:
            yield _rows(block)


def _arranges(grid: _Grid) -> bool:
    cells = [cell for row in grid.rows for cell in row]
    holds = any(isinstance(block, _Grid) for cell in cells for block in cell.blocks)
    return holds or all(len(row) < 2 for row in grid.rows)


def _rows(grid: _Grid) -> tuple[tuple[str, ...], ...]:
    """The rows with merged cells laid out."""
    made: list[tuple[str, ...]] = []
    hanging: dict[int, tuple[int, str]] = {}
    count = 0
    for row in grid.rows:
        laid: dict[int, str] = {}
        for place, (left, text) in list(hanging.items()):
            laid[place] = text
            hanging[place] = (left - 1, text)
        column = 0
        for cell in row:
            while column in laid:
                column += 1
            for width in range(min(cell.columns, _WIDEST)):
                laid[column + width] = cell.text if width == 0 else ""
                hanging[column + width] = (cell.rows - 1, laid[column + width])
            column += 1
        hanging = {place: rest for place, rest in hanging.items() if rest[0] > 0}
        made.append(tuple(laid.get(place, "") for place in range(max(laid, default=-1) + 1)))
        count += len(made[-1])
        if count > MOST_CELLS:
            raise UnreadError(TOO_LARGE)
    return tuple(made)

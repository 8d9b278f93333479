"""The lines and the ruled tables of a pdf page. A pdf has neither: a table is what its rules enclose, and a cell is what stands in one."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from operator import attrgetter
from typing import Any, NamedTuple

from pypdf import PageObject
from pypdf.generic import ContentStream, FloatObject, NameObject

from cuibao.papers.contents.html_layout import Block
from cuibao.papers.contents.radicals import ordinary
from cuibao.papers.form.layout import Table
from cuibao.papers.shown import Look, apart

_NEAR = 4.0
"""Points: rules so close are one; browsers draw each cell's border for itself."""
_THIN = 3.0
"""A filled rectangle no wider is a rule, as Word draws them; a wider one is a colour behind a cell."""
_MOST_RULES, _MOST_CELLS = 2_000, 10_000
"""A page with more is a drawing."""
_ROOM = 2
"""So many characters' room may be left at the end of a line that was broken for want of it: the cell's margin, and a 、 that may not
begin a line."""
_STROKED, _FILLED = frozenset({b"S", b"s", b"B", b"B*", b"b", b"b*"}), frozenset({b"f", b"F", b"f*"})
_FORGOTTEN = b"n"
_MARKS = re.compile(r"[“”‘’\s]+")
_MOVING_AND_SHOWING = frozenset({b"'", b'"'})
_MOVING = _MOVING_AND_SHOWING | {b"Td", b"TD", b"T*"}
_SMALL, _BESIDE = 0.9, 0.6
"""Figures of less than so much of the size of others are raised or lowered, where they stand so near to their line."""
_UNMOVED: tuple[float, ...] = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


class PartlyStruckError(Exception):
    """A line goes through a part of a piece of text: which of its characters are struck out cannot be told."""


class _Rule(NamedTuple):
    """A straight line along an axis, in points from the page's lower left corner; x0 ≤ x1, y0 ≤ y1."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def upright(self) -> bool:
        return self.y1 - self.y0 > self.x1 - self.x0


class _Run(NamedTuple):
    """A piece of text where it begins, and its size in points; `level` is false for text that is turned."""

    text: str
    x: float
    y: float
    size: float
    level: bool


@dataclass
class _Seen:
    """What a page draws, in its order."""

    runs: list[_Run] = field(default_factory=list)
    rules: list[_Rule] = field(default_factory=list)
    whole: str = ""
    """The text as the library puts it together."""
    _path: list[_Rule] = field(default_factory=list)
    _boxes: list[_Rule] = field(default_factory=list)
    _at: tuple[float, float] = (0.0, 0.0)

    def text(self, text: str, cm: Sequence[float], tm: Sequence[float], _font: object, size: float) -> None:
        x, y = _placed(cm, tm[4], tm[5])
        scale = abs(tm[3] * cm[3]) or 1.0
        self.runs.append(_Run(ordinary(text), x, y, abs(size) * scale, level=not (tm[1] or tm[2] or cm[1] or cm[2])))

    def drawing(self, operator: bytes, operands: Sequence[Any], cm: Sequence[float], _tm: object) -> None:
        if operator == b"re":
            x, y, width, height = map(float, operands)
            self._boxes.append(_rule(_placed(cm, x, y), _placed(cm, x + width, y + height)))
        elif operator == b"m":
            self._at = _placed(cm, *map(float, operands))
        elif operator == b"l":
            end = _placed(cm, *map(float, operands))
            self._path.append(_rule(self._at, end))
            self._at = end
        elif operator in _STROKED:
            self._end([*self._path, *(edge for box in self._boxes for edge in _edges(box))])
        elif operator in _FILLED:
            self._end(self._boxes)
        elif operator == _FORGOTTEN:
            self._end(())

    def _end(self, drawn: Iterable[_Rule]) -> None:
        self.rules += (one for one in drawn if min(one.x1 - one.x0, one.y1 - one.y0) <= _THIN)
        self._path, self._boxes = [], []


def page_blocks(page: PageObject) -> list[Block]:
    """The blocks of a page as they were written: lines, and tables of rows, in which a merged cell stands in each row that it covers,
    once in a row. What is struck out is gone; text that is turned comes last. Raises what the library does."""
    return [one.rows() if isinstance(one, _Grid) else one for one in _blocks(page)]


def page_tables(page: PageObject) -> list[Table]:
    """The tables of a page, cells merged in either direction in their places. Raises PartlyStruckError, and what the library does."""
    return [one.table() for one in _blocks(page, sure=True) if isinstance(one, _Grid)]


def _blocks(page: PageObject, *, sure: bool = False) -> list["Block | _Grid"]:
    seen = _seen(page)
    if _disordered(seen.runs) or _partly_struck(seen):
        _take_apart(page)
        seen = _seen(page)
    if sure and _partly_struck(seen):
        raise PartlyStruckError
    _leave_out_struck(seen)
    runs = seen.runs
    turned = [run.text.strip() for run in runs if not run.level]
    if 2 * len(turned) > len(runs):
        return list(seen.whole.split("\n"))
    grids = list(_grids(seen.rules))
    blocks: list[Block | _Grid] = []
    outside: list[_Run] = []
    for run in runs:
        grid = next((one for one in grids if run.level and one.take(run)), None)
        if grid is None and run.level:
            outside.append(run)
        elif grid and grid not in blocks:
            blocks += [*_written(outside), grid]
            outside.clear()
    return [*blocks, *_written(outside), *turned]


def _seen(page: PageObject) -> _Seen:
    seen = _Seen()
    seen.whole = ordinary(page.extract_text(visitor_operand_before=seen.drawing, visitor_text=seen.text))
    seen.runs = [run for run in seen.runs if run.text.strip()]
    return seen


def _through(seen: _Seen) -> Iterator[tuple[_Run, list[_Rule]]]:
    """Every piece of text with the level rules that go through it; none that encloses a cell does."""
    lines = sorted((rule for rule in seen.rules if not rule.upright), key=attrgetter("y0"))
    places = [line.y0 for line in lines]
    for run in seen.runs:
        low, high = run.y + run.size / 8, run.y + run.size * 5 / 8
        near = lines[bisect_left(places, low) : bisect_right(places, high)] if run.level else []
        end = run.x + _width(run.text.strip()) * run.size
        yield run, [line for line in near if line.x0 < end - run.size / 4 and line.x1 > run.x + run.size / 4]


def _partly_struck(seen: _Seen) -> bool:
    return any(through and not _is_struck(run, through) for run, through in _through(seen))


def _is_struck(run: _Run, through: Sequence[_Rule]) -> bool:
    """Whether a rule goes through the whole of a piece of text, as wide as its characters are at least."""
    end = run.x + (_width(run.text.strip()) - 0.25) * run.size
    return any(line.x0 < run.x + run.size / 4 and line.x1 > end for line in through)


def _leave_out_struck(seen: _Seen) -> None:
    """What is struck out says nothing, and the line through it is no table's."""
    pieces = list(_through(seen))
    seen.runs = [run for run, through in pieces if not _is_struck(run, through)]
    gone = {line for run, through in pieces if _is_struck(run, through) for line in through}
    seen.rules = [rule for rule in seen.rules if rule not in gone]


def _disordered(runs: Sequence[_Run]) -> bool:
    """Whether a line is not written from left to right."""
    return any(run.x < before.x - run.size / 2 and _near(run.y, before.y) for before, run in pairwise(runs))


def _take_apart(page: PageObject) -> None:
    """Make each piece of text that is placed for itself a text object of its own, so that the library tells where it is: some programs
    draw a line's quotation marks together, and then the words between and around them."""
    content = ContentStream(page["/Contents"].get_object(), page.pdf, "bytes")
    made: list[tuple[Any, bytes]] = []
    line, leading = _UNMOVED, 0.0
    for operands, operator in content.operations:
        if operator == b"BT":
            line = _UNMOVED
        elif operator == b"Tm":
            line = tuple(map(float, operands))
        elif operator == b"TL":
            leading = float(operands[0])
        elif operator in _MOVING:
            x, y = map(float, operands) if operator in (b"Td", b"TD") else (0.0, -leading)
            leading = -y if operator == b"TD" else leading
            line = (*line[:4], *_placed(line, x, y))
            made += [([], b"ET"), ([], b"BT"), ([FloatObject(number) for number in line], b"Tm")]
            if operator in _MOVING_AND_SHOWING:
                made.append((operands[-1:], b"Tj"))
            continue
        made.append((operands, operator))
    content.operations = made
    page[NameObject("/Contents")] = content


def _written(runs: Sequence[_Run]) -> Iterator[str]:
    """The lines that follow each other, each from left to right: some programs write a line's quotation marks before its words."""
    line: list[_Run] = []
    for run in runs:
        if line and abs(run.y - line[0].y) > max(run.size, line[0].size) / 2:
            yield _joined(line)
            line = []
        line.append(run)
    if line:
        yield _joined(line)


def _joined(line: Sequence[_Run]) -> str:
    """The pieces from left to right, and quotation marks that were written before the words in the gaps that were left for them."""
    late = [run for run in line if _MARKS.fullmatch(run.text.strip())] if _disordered(line) else []
    letters = [letter for run in sorted(line, key=lambda run: run.x) if run not in late for letter in _letters(run)]
    for run in sorted(late, key=lambda run: run.x):
        marks = "".join(run.text.split())
        place = _put(letters, marks[0], run)
        for mark in marks[1:]:
            gaps = (n for n in range(place + 1, len(letters)) if _is_gap(letters, n))
            place = next(gaps, len(letters))
            letters[place : place + 1] = [(mark, run.x)]
    return "".join(character for character, _ in letters)


def _letters(run: _Run) -> Iterator[tuple[str, float]]:
    """A piece's characters, each with about where it is."""
    x = run.x
    for character in run.text.replace("\n", ""):
        yield character, x
        x += _width(character) * run.size


def _put(letters: list[tuple[str, float]], mark: str, run: _Run) -> int:
    """Put a mark into the gap nearest to its place, or, where none is near, between the characters there; returns its number."""
    gaps = [(abs(x - run.x), n) for n, (character, x) in enumerate(letters) if character == " "]
    away, place = min(gaps, default=(run.size, 0))
    if away < run.size:
        letters[place] = (mark, run.x)
        return place
    place = next((n for n, (_, x) in enumerate(letters) if x > run.x - run.size / 4), len(letters))
    letters.insert(place, (mark, run.x))
    return place


def _is_gap(letters: Sequence[tuple[str, float]], place: int) -> bool:
    """Whether a space is none that stands beside figures."""
    beside = "".join(character for character, _ in letters[place - 1 : place + 2])
    return letters[place][0] == " " and not re.search(r"[0-9A-Za-z]", beside)


def _placed(cm: Sequence[float], x: float, y: float) -> tuple[float, float]:
    return cm[0] * x + cm[2] * y + cm[4], cm[1] * x + cm[3] * y + cm[5]


def _rule(one: tuple[float, float], other: tuple[float, float]) -> _Rule:
    (x0, x1), (y0, y1) = sorted((one[0], other[0])), sorted((one[1], other[1]))
    return _Rule(x0, y0, x1, y1)


def _edges(box: _Rule) -> tuple[_Rule, ...]:
    x0, y0, x1, y1 = box
    return _Rule(x0, y0, x1, y0), _Rule(x0, y1, x1, y1), _Rule(x0, y0, x0, y1), _Rule(x1, y0, x1, y1)


def _grids(rules: Sequence[_Rule]) -> Iterator["_Grid"]:
    """The tables among the rules of a page: those that hang together and enclose two columns or more."""
    if len(rules) > _MOST_RULES:
        return
    for group in _connected(rules):
        columns = _lines(rule.x0 for rule in group if rule.upright)
        rows = _lines(rule.y0 for rule in group if not rule.upright)
        if len(columns) > 2 and len(rows) > 1 and len(columns) * len(rows) <= _MOST_CELLS:
            yield _Grid(columns, rows[::-1], group)


def _connected(rules: Sequence[_Rule]) -> list[list[_Rule]]:
    """The rules by the figure that they belong to. Figures grow by what touches their frame."""
    figures: list[tuple[_Rule, list[_Rule]]] = []
    for rule in rules:
        frame, members, apart = rule, [rule], []
        for other, held in figures:
            if _touch(rule, other):
                frame = _Rule(
                    min(frame.x0, other.x0), min(frame.y0, other.y0), max(frame.x1, other.x1), max(frame.y1, other.y1)
                )
                members = held + members
            else:
                apart.append((other, held))
        figures = [*apart, (frame, members)]
    return [held for _, held in figures]


def _touch(one: _Rule, other: _Rule) -> bool:
    return (
        one.x0 <= other.x1 + _NEAR
        and other.x0 <= one.x1 + _NEAR
        and one.y0 <= other.y1 + _NEAR
        and other.y0 <= one.y1 + _NEAR
    )


def _lines(places: Iterable[float]) -> list[float]:
    """The places in their order, those near each other as one."""
    found: list[float] = []
    for place in sorted(places):
        if not found or place - found[-1] > _NEAR:
            found.append(place)
    return found


class _Grid:
    """A table's rules, and what its cells hold. `columns` are from left to right, `rows` from the top."""

    def __init__(self, columns: list[float], rows: list[float], rules: Sequence[_Rule]) -> None:
        self._columns, self._rows = columns, rows
        self._upright = [rule for rule in rules if rule.upright]
        self._level = [rule for rule in rules if not rule.upright]
        self._first = self._merged()
        self._held: dict[tuple[int, int], list[_Run]] = {}

    def take(self, run: _Run) -> bool:
        """Whether the text stands in a cell, which then holds it."""
        row = _between(run.y + run.size / 4, [-place for place in self._rows], sign=-1)
        column = _between(run.x + run.size / 4, self._columns)
        if row is None or column is None:
            return False
        self._held.setdefault(self._first[row, column], []).append(run)
        return True

    def rows(self) -> tuple[tuple[str, ...], ...]:
        """The cells' texts, row by row."""
        width = len(self._columns) - 1
        return tuple(tuple(self._text(row, column) for column in range(width)) for row in range(len(self._rows) - 1))

    def table(self) -> Table:
        """The cells' texts, of a merged cell in its first only, and the merged areas, also those of one row."""
        areas: dict[tuple[int, int], tuple[int, int]] = {}
        for cell, first in self._first.items():
            areas[first] = max(areas.get(first, cell), cell)
        height, width = len(self._rows) - 1, len(self._columns) - 1
        rows = (
            (self._text(row, column) if (row, column) in areas else "" for column in range(width))
            for row in range(height)
        )
        joined = tuple((*first, *last) for first, last in areas.items() if last != first)
        return Table(tuple(map(tuple, rows)), joined)

    def _text(self, row: int, column: int) -> str:
        first = self._first[row, column]
        if column != first[1]:
            return ""
        right = next((c for c in range(column + 1, len(self._columns) - 1) if self._first[row, c] != first), None)
        edge = self._columns[-1] if right is None else self._columns[right]
        return _flowed(self._held.get(first, ()), edge)

    def _merged(self) -> dict[tuple[int, int], tuple[int, int]]:
        """The upper left cell of the merged cell that each one belongs to."""
        first: dict[tuple[int, int], tuple[int, int]] = {}
        for row, (top, bottom) in enumerate(pairwise(self._rows)):
            for column, (left, right) in enumerate(pairwise(self._columns)):
                middle_x, middle_y = (left + right) / 2, (top + bottom) / 2
                if column and not any(_near(r.x0, left) and r.y0 <= middle_y <= r.y1 for r in self._upright):
                    first[row, column] = first[row, column - 1]
                elif row and not any(_near(r.y0, top) and r.x0 <= middle_x <= r.x1 for r in self._level):
                    first[row, column] = first[row - 1, column]
                else:
                    first[row, column] = (row, column)
        return first


def _near(one: float, other: float) -> bool:
    return abs(one - other) <= _NEAR


def _between(place: float, lines: Sequence[float], sign: int = 1) -> int | None:
    """Between which lines a place is, counted from 0."""
    return next((n for n, (low, high) in enumerate(pairwise(lines)) if low <= sign * place < high), None)


def _flowed(runs: Sequence[_Run], edge: float) -> str:
    """A cell's text. Where a line reached the cell's edge, it was only broken there; a line that ended before that is one."""
    if not runs:
        return ""
    text, full = runs[0].text.strip(), runs[0]
    for before, run in pairwise(runs):
        words = run.text.strip()
        if run.size < _SMALL * full.size and abs(run.y - full.y) < _BESIDE * full.size:
            text += apart([text], words, Look.RAISED if run.y >= full.y else Look.LOWERED)
            continue
        if full.size < _SMALL * run.size and text[-1:].isdigit() and words[:1].isdigit():
            text = apart([], text, Look.RAISED)
        ended = before.x + (_width(before.text.strip()) + _ROOM) * before.size < edge
        text += ("\n" if ended and not _near(before.y, run.y) else "") + words
        full = run
    return text


def _width(text: str) -> float:
    """In ems: a Chinese character is one, any other about half."""
    return sum(1.0 if character > "\u2e7f" else 0.5 for character in text)

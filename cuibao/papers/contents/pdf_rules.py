"""The tables that the rules of a pdf page enclose, and what stands in their cells. Where rules and text are on a page, pdf_layout finds out."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from cuibao.papers.form.layout import Table
from cuibao.papers.shown import Look, apart

_NEAR = 4.0
"""Points: rules so close are one; browsers draw each cell's border for itself."""
_MOST_RULES, _MOST_CELLS = 2_000, 10_000
"""A page with more is a drawing."""
_ROOM = 2
"""So many characters' room may be left at the end of a line that was broken for want of it: the cell's margin, and a 、 that may not
begin a line."""
_SMALL, _BESIDE = 0.9, 0.6
"""Figures of less than so much of the size of others are raised or lowered, where they stand so near to their line."""


class Rule(NamedTuple):
    """A straight line along an axis, in points from the page's lower left corner; x0 ≤ x1, y0 ≤ y1."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def upright(self) -> bool:
        """Whether it stands rather than lies."""
        return self.y1 - self.y0 > self.x1 - self.x0


class Run(NamedTuple):
    """A piece of text where it begins, and its size in points; `level` is false for text that is turned."""

    text: str
    x: float
    y: float
    size: float
    level: bool


def rule_between(one: tuple[float, float], other: tuple[float, float]) -> Rule:
    """The rule from one point to another, or the box with these corners."""
    (x0, x1), (y0, y1) = sorted((one[0], other[0])), sorted((one[1], other[1]))
    return Rule(x0, y0, x1, y1)


def edges(box: Rule) -> tuple[Rule, ...]:
    """The four sides of a box."""
    x0, y0, x1, y1 = box
    return Rule(x0, y0, x1, y0), Rule(x0, y1, x1, y1), Rule(x0, y0, x0, y1), Rule(x1, y0, x1, y1)


def near(one: float, other: float) -> bool:
    """Whether two places are one, as far as rules are drawn."""
    return abs(one - other) <= _NEAR


def width_of(text: str) -> float:
    """In ems: a Chinese character is one, any other about half."""
    return sum(1.0 if character > "\u2e7f" else 0.5 for character in text)


def grids_of(rules: Sequence[Rule]) -> Iterator["Grid"]:
    """The tables among the rules of a page: those that hang together and enclose two columns or more."""
    if len(rules) > _MOST_RULES:
        return
    for group in _connected(rules):
        columns = _lines(rule.x0 for rule in group if rule.upright)
        rows = _lines(rule.y0 for rule in group if not rule.upright)
        if len(columns) > 2 and len(rows) > 1 and len(columns) * len(rows) <= _MOST_CELLS:
            yield Grid(columns, rows[::-1], group)


def _connected(rules: Sequence[Rule]) -> list[list[Rule]]:
    """The rules by the figure that they belong to. Figures grow by what touches their frame."""
    figures: list[tuple[Rule, list[Rule]]] = []
    for rule in rules:
        frame, members, apart = rule, [rule], []
        for other, held in figures:
            if _touch(rule, other):
                frame = Rule(
                    min(frame.x0, other.x0), min(frame.y0, other.y0), max(frame.x1, other.x1), max(frame.y1, other.y1)
                )
                members = held + members
            else:
                apart.append((other, held))
        figures = [*apart, (frame, members)]
    return [held for _, held in figures]


def _touch(one: Rule, other: Rule) -> bool:
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


class Grid:
    """A table's rules, and what its cells hold. `columns` are from left to right, `rows` from the top."""

    def __init__(self, columns: list[float], rows: list[float], rules: Sequence[Rule]) -> None:
        self._columns, self._rows = columns, rows
        self._upright = [rule for rule in rules if rule.upright]
        self._level = [rule for rule in rules if not rule.upright]
        self._first = self._merged()
        self._held: dict[tuple[int, int], list[Run]] = {}

    def take(self, run: Run) -> bool:
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
                if column and not any(near(r.x0, left) and r.y0 <= middle_y <= r.y1 for r in self._upright):
                    first[row, column] = first[row, column - 1]
                elif row and not any(near(r.y0, top) and r.x0 <= middle_x <= r.x1 for r in self._level):
                    first[row, column] = first[row - 1, column]
                else:
                    first[row, column] = (row, column)
        return first


def _between(place: float, lines: Sequence[float], sign: int = 1) -> int | None:
    """Between which lines a place is, counted from 0."""
    return next((n for n, (low, high) in enumerate(pairwise(lines)) if low <= sign * place < high), None)


def _flowed(runs: Sequence[Run], edge: float) -> str:
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
        ended = before.x + (width_of(before.text.strip()) + _ROOM) * before.size < edge
        text += ("\n" if ended and not near(before.y, run.y) else "") + words
        full = run
    return text

"""The lines and the ruled tables of a pdf page. A pdf has neither: a table is what its rules enclose, and a cell is what stands in one."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from operator import attrgetter
from typing import Any

from pypdf import PageObject
from pypdf.generic import ContentStream, FloatObject, NameObject

from cuibao.papers.contents.html_layout import Block
from cuibao.papers.contents.pdf_rules import Grid, Rule, Run, edges, grids_of, near, rule_between, width_of
from cuibao.papers.contents.radicals import ordinary
from cuibao.papers.form.layout import Table

_THIN = 3.0
"""A filled rectangle no wider is a rule, as Word draws them; a wider one is a colour behind a cell."""
_STROKED, _FILLED = frozenset({b"S", b"s", b"B", b"B*", b"b", b"b*"}), frozenset({b"f", b"F", b"f*"})
_FORGOTTEN = b"n"
_MARKS = re.compile(r"[“”‘’\s]+")
_MOVING_AND_SHOWING = frozenset({b"'", b'"'})
_MOVING = _MOVING_AND_SHOWING | {b"Td", b"TD", b"T*"}
_UNMOVED: tuple[float, ...] = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


class PartlyStruckError(Exception):
    """A line goes through a part of a piece of text: which of its characters are struck out cannot be told."""


@dataclass
class _Seen:
    """What a page draws, in its order."""

    runs: list[Run] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    whole: str = ""
    """The text as the library puts it together."""
    _path: list[Rule] = field(default_factory=list)
    _boxes: list[Rule] = field(default_factory=list)
    _at: tuple[float, float] = (0.0, 0.0)

    def text(self, text: str, cm: Sequence[float], tm: Sequence[float], _font: object, size: float) -> None:
        x, y = _placed(cm, tm[4], tm[5])
        scale = abs(tm[3] * cm[3]) or 1.0
        self.runs.append(Run(ordinary(text), x, y, abs(size) * scale, level=not (tm[1] or tm[2] or cm[1] or cm[2])))

    def drawing(self, operator: bytes, operands: Sequence[Any], cm: Sequence[float], _tm: object) -> None:
        if operator == b"re":
            x, y, width, height = map(float, operands)
            self._boxes.append(rule_between(_placed(cm, x, y), _placed(cm, x + width, y + height)))
        elif operator == b"m":
            self._at = _placed(cm, *map(float, operands))
        elif operator == b"l":
            end = _placed(cm, *map(float, operands))
            self._path.append(rule_between(self._at, end))
            self._at = end
        elif operator in _STROKED:
            self._end([*self._path, *(edge for box in self._boxes for edge in edges(box))])
        elif operator in _FILLED:
            self._end(self._boxes)
        elif operator == _FORGOTTEN:
            self._end(())

    def _end(self, drawn: Iterable[Rule]) -> None:
        self.rules += (one for one in drawn if min(one.x1 - one.x0, one.y1 - one.y0) <= _THIN)
        self._path, self._boxes = [], []


def page_blocks(page: PageObject) -> list[Block]:
    """The blocks of a page as they were written: lines, and tables of rows, in which a merged cell stands in each row that it covers,
    once in a row. What is struck out is gone; text that is turned comes last. Raises what the library does."""
    return [one.rows() if isinstance(one, Grid) else one for one in _blocks(page)]


def page_tables(page: PageObject) -> list[Table]:
    """The tables of a page, cells merged in either direction in their places. Raises PartlyStruckError, and what the library does."""
    return [one.table() for one in _blocks(page, sure=True) if isinstance(one, Grid)]


def _blocks(page: PageObject, *, sure: bool = False) -> list["Block | Grid"]:
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
    grids = list(grids_of(seen.rules))
    blocks: list[Block | Grid] = []
    outside: list[Run] = []
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


def _through(seen: _Seen) -> Iterator[tuple[Run, list[Rule]]]:
    """Every piece of text with the level rules that go through it; none that encloses a cell does."""
    lines = sorted((rule for rule in seen.rules if not rule.upright), key=attrgetter("y0"))
    places = [line.y0 for line in lines]
    for run in seen.runs:
        low, high = run.y + run.size / 8, run.y + run.size * 5 / 8
        near = lines[bisect_left(places, low) : bisect_right(places, high)] if run.level else []
        end = run.x + width_of(run.text.strip()) * run.size
        yield run, [line for line in near if line.x0 < end - run.size / 4 and line.x1 > run.x + run.size / 4]


def _partly_struck(seen: _Seen) -> bool:
    return any(through and not _is_struck(run, through) for run, through in _through(seen))


def _is_struck(run: Run, through: Sequence[Rule]) -> bool:
    """Whether a rule goes through the whole of a piece of text, as wide as its characters are at least."""
    end = run.x + (width_of(run.text.strip()) - 0.25) * run.size
    return any(line.x0 < run.x + run.size / 4 and line.x1 > end for line in through)


def _leave_out_struck(seen: _Seen) -> None:
    """What is struck out says nothing, and the line through it is no table's."""
    pieces = list(_through(seen))
    seen.runs = [run for run, through in pieces if not _is_struck(run, through)]
    gone = {line for run, through in pieces if _is_struck(run, through) for line in through}
    seen.rules = [rule for rule in seen.rules if rule not in gone]


def _disordered(runs: Sequence[Run]) -> bool:
    """Whether a line is not written from left to right."""
    return any(run.x < before.x - run.size / 2 and near(run.y, before.y) for before, run in pairwise(runs))


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


def _written(runs: Sequence[Run]) -> Iterator[str]:
    """The lines that follow each other, each from left to right: some programs write a line's quotation marks before its words."""
    line: list[Run] = []
    for run in runs:
        if line and abs(run.y - line[0].y) > max(run.size, line[0].size) / 2:
            yield _joined(line)
            line = []
        line.append(run)
    if line:
        yield _joined(line)


def _joined(line: Sequence[Run]) -> str:
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


def _letters(run: Run) -> Iterator[tuple[str, float]]:
    """A piece's characters, each with about where it is."""
    x = run.x
    for character in run.text.replace("\n", ""):
        yield character, x
        x += width_of(character) * run.size


def _put(letters: list[tuple[str, float]], mark: str, run: Run) -> int:
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

"""What the form looks like, for whoever makes it and whoever reads it: its columns, its lines around the table, its hidden mark."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import takewhile
from operator import itemgetter
from typing import NamedTuple

TITLE = "完成情况表"
MARK_SHEET = "催报标识"
"""The hidden sheet with the token."""
FILLED_BY, PHONE, UNIT = "填报人", "联系电话", "填报单位"


class Column(StrEnum):
    """The columns in their order, by the words of their heads."""

    NO = "序号"
    TITLE = "工作事项"
    INDICATOR = "指标"
    MEASURE = "计量单位"
    GOAL = "年度目标"
    LAST = "上期累计完成"
    DONE = "本年累计完成"
    SHARE = "完成率"
    PROGRESS = "进展情况"
    PROBLEMS = "存在问题"
    NEXT = "下一步打算"


WORDS = (Column.PROGRESS, Column.PROBLEMS, Column.NEXT)
_OURS = (Column.MEASURE, Column.GOAL, Column.LAST, Column.SHARE)
"""Heads that stand together in no other paper."""
NONE = "—"
"""Stands where a form has nothing to show or to ask."""
_FOOT = re.compile(r"填报(?:人|单位|日期)|联系电话|电话|填表说明|说明[:：]|编号[:：]")
_HEADS = {column.value: column for column in Column}
_HEADS |= {"事项": Column.TITLE, "本年累计完成数": Column.DONE, "累计完成": Column.DONE, "累计完成数": Column.DONE}
_HINT = "累计完成"
"""Stands in every head of the figures' column."""
_SPACES = re.compile(r"\s+")
_SHORT, _LONGEST_HEAD = 60, 200
_BRACKETS = re.compile(r"[(（][^()（）]*[)）]$")

Area = tuple[int, int, int, int]
"""Cells that are one: the first row, the first column, the last row, the last column, from 0."""


@dataclass(frozen=True, slots=True)
class Table:
    """The cells of a sheet or table as text without blanks around it, row by row. `joined` are the areas merged over
    several rows, whole or in pieces; all cells of one but its first are empty."""

    rows: tuple[tuple[str, ...], ...]
    joined: tuple[Area, ...] = ()


class Line(NamedTuple):
    """One row under the heads: what stands in each column, in the order of Column, "" where it is empty or the table lacks it; and
    whether it shares its figure's cell with other rows."""

    no: str
    title: str
    indicator: str
    measure: str
    goal: str
    last: str
    done: str
    share: str
    progress: str
    problems: str
    next_steps: str
    shares_figure: bool

    @property
    def words(self) -> tuple[str, str, str]:
        """What stands in the columns of WORDS."""
        return self.progress, self.problems, self.next_steps


def squeezed(text: str) -> str:
    """The text in half width without blanks, as heads and indicators are compared."""
    return _squeezed_before(text) if len(text) <= _SHORT else _squeezed(text)


def _squeezed(text: str) -> str:
    return _SPACES.sub("", unicodedata.normalize("NFKC", text))


_squeezed_before = lru_cache(maxsize=4096)(_squeezed)
"""The same for what stands in every form; whole mails are not to be remembered."""


@lru_cache(maxsize=4096)
def _column(cell: str) -> Column | None:
    return _HEADS.get(squeezed(_BRACKETS.sub("", cell.strip())))


def may_hold_form(text: str) -> bool:
    """Whether a text may hold the form's heads: a quick look."""
    return _HINT in text or (_HINT[0] in text and _HINT in squeezed(text))


def shows_form(text: str) -> bool:
    """Whether a text has the form's heads somewhere, be they in rows or not. Reports in words say 累计完成 or 进展情况 as well."""
    plain = squeezed(text)
    return Column.DONE in plain and sum(column in plain for column in _OURS) > 1


def heads(row: Sequence[str]) -> dict[int, Column]:
    """The columns that a row names, by place, or nothing where it is not the row of the form's heads."""
    if _HINT[0] not in "".join(row):
        return {}
    short = ((place, cell) for place, cell in enumerate(row) if 0 < len(cell) <= _LONGEST_HEAD)
    found = {place: column for place, cell in short if (column := _column(cell))}
    named = set(found.values())
    if Column.DONE not in named or not named & {Column.NO, Column.INDICATOR}:
        return {}
    return found if len(named) == len(found) else {}


def lines(table: Table) -> Iterator[Line]:
    """The rows under the heads, wherever these stand and however often; what stands around the table is left out."""
    cells_of = None
    padding: tuple[str, ...] = ()
    shared: list[Area] = []
    for number, row in enumerate(table.rows):
        if found := heads(row):
            places = {column: place for place, column in found.items()}
            padding = ("",) * (len(row) + 1)
            cells_of = itemgetter(*(places.get(column, -1) for column in Column))  # the last cell is always padding
            figure = places[Column.DONE]
            shared = [area for area in table.joined if area[1] <= figure <= area[3]]
        elif cells_of and any(cells := cells_of(row + padding)) and not _is_foot(row):
            shares_figure = bool(shared) and any(first <= number <= last for first, _, last, _ in shared)
            yield Line._make((*cells, shares_figure))


def figure_cells(table: Table) -> Iterator[tuple[int, int]]:
    """The places of the figures' cells under the heads: row and column, from 0."""
    place = None
    for number, row in enumerate(table.rows):
        if found := heads(row):
            place = next(place for place, column in found.items() if column is Column.DONE)
        elif place is not None and place < len(row):
            yield number, place


def _is_foot(row: Sequence[str]) -> bool:
    return bool(_FOOT.match(squeezed(next(filter(None, row)))))


def title(table: Table) -> str:
    """What stands above the heads and calls it a 情况表: a mail's words, where the table is pasted into them, may speak of other times."""
    above = takewhile(lambda row: not heads(row), table.rows)
    return "\n".join(line for row in above if TITLE[-3:] in (line := " ".join(filter(None, row))))


def is_form(table: Table) -> bool:
    """Whether the table has the form's heads."""
    return any(map(heads, table.rows))


def is_filled(table: Table) -> bool:
    """Whether anything that the form asks for is filled in."""
    return any(cell not in ("", NONE) for line in lines(table) for cell in (line.done, *line.words))


def beside(table: Table, label: str) -> str:
    """What is filled in after a label such as 填报人, in its own cell or the next one that is not empty."""
    for row in table.rows:
        for place, cell in enumerate(row):
            head, _, rest = squeezed(cell).partition(":")
            if re.sub(r"\(.*?\)", "", head) == label:
                after = next((one.strip() for one in row[place + 1 :] if one.strip()), "")
                return rest or ("" if after.endswith((":", "：")) else after)
    return ""

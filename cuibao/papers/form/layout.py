"""What the form looks like, for whoever makes it and whoever reads it: its columns, its lines around the table, its hidden mark."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

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
TO_FILL = (Column.DONE, *WORDS)
NONE = "—"
"""Stands where a form has nothing to show or to ask."""
_FOOT = re.compile(r"填报(?:人|单位|日期)|联系电话|电话|填表说明|说明[:：]|编号[:：]")
_ALSO = {"事项": Column.TITLE, "本年累计完成数": Column.DONE, "累计完成": Column.DONE, "累计完成数": Column.DONE}
_SPACES = re.compile(r"\s+")
_BRACKETS = re.compile(r"[(（][^()（）]*[)）]$")

Rows = Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Table:
    """The cells of a sheet or table as text, row by row. `joined` are the cells, by (row, column) from 0, that are part of an area
    merged over several rows; all but its first are empty."""

    rows: tuple[tuple[str, ...], ...]
    joined: frozenset[tuple[int, int]] = frozenset()


@dataclass(frozen=True, slots=True)
class Line:
    """One row under the heads: its number in the table from 0, and its cells by column, those without words left out. `joined`
    are the columns in which it shares a cell with other rows."""

    row: int
    cells: dict[Column, str]
    joined: frozenset[Column] = frozenset()


@lru_cache(maxsize=4096)
def squeezed(text: str) -> str:
    """The text in half width without blanks, as heads and indicators are compared."""
    return _SPACES.sub("", unicodedata.normalize("NFKC", text))


@lru_cache(maxsize=4096)
def _column(cell: str) -> Column | None:
    plain = squeezed(_BRACKETS.sub("", cell.strip()))
    return _ALSO.get(plain) or next((column for column in Column if column == plain), None)


def heads(row: Sequence[str]) -> dict[int, Column]:
    """The columns that a row names, by place, or nothing where it is not the row of the form's heads."""
    found = {place: column for place, cell in enumerate(row) if cell and (column := _column(cell))}
    named = set(found.values())
    if Column.DONE not in named or not named & {Column.NO, Column.INDICATOR}:
        return {}
    return found if len(named) == len(found) else {}


def lines(table: Table) -> Iterator[Line]:
    """The rows under the heads, wherever these stand and however often; what stands around the table is left out."""
    places: dict[int, Column] = {}
    for number, row in enumerate(table.rows):
        if found := heads(row):
            places = found
            continue
        cells = {column: row[place].strip() for place, column in places.items() if place < len(row)}
        cells = {column: cell for column, cell in cells.items() if cell}
        first = next((cell for cell in row if cell.strip()), "")
        if cells and not _FOOT.match(squeezed(first)):
            joined = frozenset(column for place, column in places.items() if (number, place) in table.joined)
            yield Line(number, cells, joined)


def is_form(table: Table) -> bool:
    """Whether the table has the form's heads."""
    return any(map(heads, table.rows))


def is_filled(table: Table) -> bool:
    """Whether anything that the form asks for is filled in."""
    return any(line.cells.get(column, NONE) != NONE for line in lines(table) for column in TO_FILL)


def beside(table: Table, label: str) -> str:
    """What is filled in after a label such as 填报人, in its own cell or the next one that is not empty."""
    for row in table.rows:
        for place, cell in enumerate(row):
            head, _, rest = squeezed(cell).partition(":")
            if re.sub(r"\(.*?\)", "", head) == label:
                after = next((one.strip() for one in row[place + 1 :] if one.strip()), "")
                return rest or ("" if after.endswith((":", "：")) else after)
    return ""

"""Which forms stand on one sheet or in one table, what is said above each, and what may be the rest of one."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise, takewhile

from cuibao.papers.form.layout import (
    FILLED_BY,
    LEAST_CELLS,
    PHONE,
    TITLE,
    UNIT,
    WORDS,
    Column,
    Table,
    heads,
    heads_row,
    is_foot,
    is_form,
    is_part,
    squeezed,
)
from cuibao.papers.form.rows import is_filled

_ABOUT = re.compile(
    rf"{UNIT}|报送时限|(?:填报|报送|上报|制表)(?:日期|时间)|截[至止]:?[\d年月日.-]+$|(?:计量)?单位[:：]|{FILLED_BY}|{PHONE}|\d+年\d+月\d+日$"
)
"""Lines above the heads that are no title."""


def blocks(table: Table, is_other: Callable[[str], bool] = lambda _caption: False) -> Iterator[Table]:
    """The forms of one sheet or table: one that stands below another under a title of its own is another one, as 附：2019年同期 is. Heads
    that are only repeated, page after page, begin none. Rows below a caption that `is_other` says to speak of something else are a block
    too, heads or none: they are not the form's."""
    starts = _starts(table.rows, is_other)
    if len(starts) > 1:
        starts = [
            0,
            *(start for start, end in pairwise((*starts, len(table.rows))) if start and _holds(table, start, end)),
        ]
    for start, end in pairwise((*starts, len(table.rows))):
        inside = tuple(
            (max(top, start) - start, left, min(bottom, end - 1) - start, right)
            for top, left, bottom, right in table.joined
            if top < end and bottom >= start
        )
        yield Table(table.rows[start:end], inside, table.name, table.about)


def _starts(rows: Sequence[Sequence[str]], is_other: Callable[[str], bool]) -> list[int]:
    starts = [0]
    columns: dict[int, Column] = {}
    for number, row in enumerate(rows):
        if found := heads(row):
            first, titled = number, False
            while (
                columns
                and first > starts[-1]
                and _is_line(rows[first - 1])
                and not (titled and is_foot(rows[first - 1]))
            ):
                first -= 1
                titled = titled or _names_form(rows[first])
            if titled and first > starts[-1]:
                starts.append(first)
            columns = found
        elif columns and is_other(_caption(row, columns if any(rows[number - 1]) else {})):
            first = number
            while not any(rows[first - 1]):
                first -= 1
            starts.append(first)
    return starts


def _caption(row: Sequence[str], columns: Mapping[int, Column]) -> str:
    """The line that a row below the heads is, "" for one of the form's own rows and for what goes on in a column of words."""
    if sum(map(bool, row)) >= LEAST_CELLS:
        return ""
    said = [(place, cell) for place, cell in enumerate(row) if cell and not _ABOUT.match(squeezed(cell))]
    return said[0][1] if len(said) == 1 and columns.get(said[0][0]) not in (Column.DONE, *WORDS) else ""


def _holds(table: Table, start: int, end: int) -> bool:
    """Whether these rows are a form, or something is filled in under the heads above them."""
    rows = table.rows[start:end]
    return any(map(heads, rows)) or is_filled(Table((heads_row(table), *rows)))


def _is_line(row: Sequence[str]) -> bool:
    """Whether a row is words around the table, or empty."""
    filled = [squeezed(cell) for cell in row if cell]
    return len(filled) == 1 or all(map(_ABOUT.match, filled))


def _names_form(row: Sequence[str]) -> bool:
    return not all(_ABOUT.match(squeezed(cell)) or is_part(cell) for cell in row if cell)


def captions(table: Table) -> tuple[str, ...]:
    """The lines above the heads, without the one that names unit and deadline."""
    above = takewhile(lambda row: not heads(row), table.rows)
    return tuple(
        cell
        for row in above
        if sum(map(bool, row)) < LEAST_CELLS
        for cell in row
        if cell and not _ABOUT.match(squeezed(cell))
    )


def title(table: Table) -> str:
    """What stands above the heads and calls it a 情况表: a mail's words, where the table is pasted into them, may speak of other times."""
    above = takewhile(lambda row: not heads(row), table.rows)
    return "\n".join(line for row in above if TITLE[-3:] in (line := " ".join(filter(None, row))))


def with_rests(tables: Iterable[Table]) -> Iterator[Table]:
    """The forms among tables, and behind them the tables without heads that may be the rest of one. Nobody reads these as figures; whoever
    takes the forms says so."""
    above: tuple[str, ...] = ()
    width = 0
    for table in tables:
        if is_form(table):
            above, width = heads_row(table), table.width
            yield table
        elif above and may_be_rest(table, above, width):
            yield table


def may_be_rest(table: Table, above: tuple[str, ...], width: int) -> bool:
    """Whether a table without heads has something where a form of these heads is filled in, and is as wide or has a row of some cells."""
    wide = table.width == width or any(sum(map(bool, row)) >= LEAST_CELLS for row in table.rows)
    return wide and is_filled(Table((above, *table.rows)))

"""What the form looks like, for whoever makes it and whoever reads it: its columns and their heads, its lines around the table, its hidden
mark. Which forms a table holds is told by blocks, what stands in a form's rows by rows."""

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
_OURS = (Column.MEASURE, Column.GOAL, Column.LAST, Column.SHARE)
"""Heads that stand together in no other paper."""
NONE = "—"
"""Stands where a form has nothing to show or to ask."""
_FOOT = re.compile(r"(?:填报(?:人|单位|日期)|联系电话|电话|说明|编号)(?:[:(]|$)|填表说明")
_HEADS = {column.value: column for column in Column}
_HEADS |= {
    "单位": Column.MEASURE,
    "事项": Column.TITLE,
    "本年累计完成数": Column.DONE,
    "累计完成": Column.DONE,
    "累计完成数": Column.DONE,
}
_REWORDED = (
    (re.compile(r"(?:目前|工作|主要)?进展(?:情况)?(?:[及和与、].{1,6})?"), Column.PROGRESS),
    (re.compile(r".{0,6}(?:问题|困难)(?:[及和与、].{1,6})?"), Column.PROBLEMS),
    (re.compile(r"下一?步.{0,8}"), Column.NEXT),
    (re.compile(r"指标名称|具体指标|目标指标"), Column.INDICATOR),
)
"""Heads that units word in their own way; a column that was not known again would be lost with what stands in it."""
_HINT = "累计完成"
"""Stands in every head of the figures' column."""
_PART = re.compile(r"牵头|协同|配合|其他事项|续表?[)]?$|附[表件]\d*$")
"""The titles of a part of the form."""
_OTHERWISE = re.compile(r"去年|上年|同期|预计|示例|20\d\d|二〇|季度|\d月|区|县")
"""What makes such a title another form's."""
_SPACES = re.compile(r"\s+")
_SHORT, _LONGEST_HEAD = 60, 200
_BRACKETS = re.compile(r"[(\[【〔]([^()\[\]【】〔〕]*)[)\]】〕]$")
STARS = "*※"
"""Around a head; they may belong to a note."""
_MARKS = STARS + ":"
_IN_OTHER_WORDS = re.compile(
    r"(?:20\d\d年度?)?(?:(?:1月?[-—–~至]|截?[至止])\d{1,2}月(?:\d{1,2}日|底|末|份)?|前[二三]季度|上半年)?(?:本年度?|今年)?累计完成(?:数|量|情况)?"
)
"""The figures' head where no other one is: 1—9月累计完成, if that is the quarter's time, as whoever takes the form looks at."""
LEAST_CELLS = 4
"""A row with so many filled cells is the table's own: one above the heads is no title but was sorted there."""

MOST_ROWS = 2_000
"""Rows of a form that are read."""
CUT = ("…",)
"""The row that stands in the place of those that are not."""

Area = tuple[int, int, int, int]
"""Cells that are one: the first row, the first column, the last row, the last column, from 0."""


@dataclass(frozen=True, slots=True)
class Table:
    """The cells of a sheet or table as text without blanks around it, row by row. `joined` are the areas merged over
    several rows, whole or in pieces; all cells of one but its first are empty. `name` is the sheet's, "" where it has none; `about` are lines
    outside of it that may speak of it."""

    rows: tuple[tuple[str, ...], ...]
    joined: tuple[Area, ...] = ()
    name: str = ""
    about: tuple[str, ...] = ()

    @property
    def width(self) -> int:
        """How many cells its longest row has."""
        return max(map(len, self.rows), default=0)

    @property
    def is_cut(self) -> bool:
        """Whether it has more rows than are read."""
        return self.rows[-1:] == (CUT,)


def bounded_rows(rows: Sequence[tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    """As many rows as are read, and CUT where something stands below them."""
    return (*rows[:MOST_ROWS], *([CUT] if any(map(any, rows[MOST_ROWS:])) else ()))


def squeezed(text: str) -> str:
    """The text in half width without blanks, as heads and indicators are compared."""
    return _squeezed_before(text) if len(text) <= _SHORT else _squeezed(text)


def _squeezed(text: str) -> str:
    return _SPACES.sub("", unicodedata.normalize("NFKC", text))


_squeezed_before = lru_cache(maxsize=4096)(_squeezed)
"""The same for what stands in every form; whole mails are not to be remembered."""


@lru_cache(maxsize=4096)
def _column(cell: str) -> Column | None:
    plain, _ = head_words(cell)
    return _HEADS.get(plain) or next((column for words, column in _REWORDED if words.fullmatch(plain)), None)


@lru_cache(maxsize=4096)
def _is_figures_head(cell: str) -> bool:
    return bool(_IN_OTHER_WORDS.fullmatch(head_words(cell)[0]))


def head_words(cell: str) -> tuple[str, tuple[str, ...]]:
    """The words of a head and the remarks in brackets behind them, without stars and colons."""
    plain, remarks = squeezed(cell).strip(_MARKS), []
    while remark := _BRACKETS.search(plain):
        remarks.append(remark.group(1))
        plain = plain[: remark.start()].rstrip(_MARKS)
    return plain, tuple(remarks)


def may_hold_form(text: str) -> bool:
    """Whether a text may hold the form's heads: a quick look."""
    return _HINT in text or (_HINT[0] in text and _HINT in squeezed(text))


def shows_form(text: str) -> bool:
    """Whether a text has the form's heads somewhere, be they in rows or not. Reports in words say 累计完成 or 进展情况 as well."""
    plain = squeezed(text)
    own = Column.DONE in plain or (_HINT in plain and Column.MEASURE in plain)
    return own and sum(column in plain for column in _OURS) > 1


def heads(row: Sequence[str]) -> dict[int, Column]:
    """The columns that a row names, by place, or nothing where it is not the row of the form's heads."""
    if _HINT[0] not in "".join(row):
        return {}
    short = [(place, cell) for place, cell in enumerate(row) if 0 < len(cell) <= _LONGEST_HEAD]
    found = {place: column for place, cell in short if (column := _column(cell))}
    if Column.DONE not in found.values():
        found |= {place: Column.DONE for place, cell in short if _is_figures_head(cell)}
    named = set(found.values())
    if Column.DONE not in named or not named & {Column.NO, Column.INDICATOR}:
        return {}
    return found if len(named) == len(found) else {}


def figure_cells(table: Table) -> Iterator[tuple[int, int]]:
    """The places of the figures' cells under the heads: row and column, from 0."""
    place = None
    for number, row in enumerate(table.rows):
        if found := heads(row):
            place = next(place for place, column in found.items() if column is Column.DONE)
        elif place is not None and place < len(row):
            yield number, place


def is_foot(row: Sequence[str]) -> bool:
    """Whether a row is one of those below the table: who filled it in, notes."""
    return bool(_FOOT.match(squeezed(next(filter(None, row), ""))))


def names_part(title: str) -> bool:
    """Whether a title, squeezed, names a part of the form, be it another form's as well."""
    return bool(_PART.search(title))


def is_part(line: str) -> bool:
    """Whether a title is that of a part of the form, and of no other: 牵头事项（6项）, 续表."""
    plain = squeezed(line)
    return names_part(plain) and not _OTHERWISE.search(plain)


def asides(table: Table) -> tuple[str, ...]:
    """Every cell of the rows that are hardly filled in: captions, notes, the foot."""
    return tuple(cell for row in table.rows if sum(map(bool, row)) < LEAST_CELLS for cell in row if cell)


def figure_head(table: Table) -> str:
    """What the figures' column is called, with any remark."""
    row, found = next(((row, found) for row in table.rows if (found := heads(row))), ((), {}))
    return next((squeezed(row[place]) for place, column in found.items() if column is Column.DONE), "")


def heads_row(table: Table) -> tuple[str, ...]:
    """The first row of heads of a form."""
    return next(filter(heads, table.rows))


def is_form(table: Table) -> bool:
    """Whether the table has the form's heads."""
    return any(map(heads, table.rows))


def beside(table: Table, label: str) -> str:
    """What is filled in after a label such as 填报人, in its own cell or the next one that is not empty."""
    for row in table.rows:
        for place, cell in enumerate(row):
            head, _, rest = squeezed(cell).partition(":")
            if re.sub(r"\([^()]*\)", "", head) == label:
                after = next((one.strip() for one in row[place + 1 :] if one.strip()), "")
                return rest or ("" if after.endswith((":", "：")) else after)
    return ""

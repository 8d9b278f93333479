"""What the form looks like, for whoever makes it and whoever reads it: its columns and their heads, its rows, its hidden mark. Which forms a
table holds is told by blocks."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

from cuibao.rules.registry import is_share

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
_SHORT, _LONGEST_HEAD, _LONGEST_CAPTION = 60, 200, 20
_BRACKETS = re.compile(r"[(\[【〔]([^()\[\]【】〔〕]*)[)\]】〕]$")
_STARS, _MARKS = "*※", "*※:"
"""Around a head; a star may belong to a note."""
_IN_OTHER_WORDS = re.compile(
    r"(?:20\d\d年度?)?(?:(?:1月?[-—–~至]|截?[至止])\d{1,2}月(?:\d{1,2}日|底|末|份)?|前[二三]季度|上半年)?(?:本年度?|今年)?累计完成(?:数|量|情况)?"
)
"""The figures' head where no other one is: 1—9月累计完成, if that is the quarter's time, as whoever takes the form looks at."""
_HARMLESS = re.compile(
    r"(?:截[至止]|至)?(?:20\d\d年)?(?:1月?[-—–~至])?\d{1,2}月(?:\d{1,2}日|底|末|份)?|第?[一二三四]季度末?"
    r"|(?:请|单位)?(?:如实)?(?:填写|填报|必填)|填?数字|数值?|完成数|个数|数据|实际|含当日|按计量单位填"
)
"""Remarks behind the figures' head that change nothing, if their time is the quarter's own; 预计, 本季度新增 or 万人 make the column
another one."""
_PARTS = re.compile(r"[,、;]")
_CORRECTS = re.compile(
    r"(?:[更修订改]正|核[实定准]|审[核定]|复核|调整|修改|最终|最新)(?:[后数值]|结果|累计|完成|$)|实际(?:累计)?完成(?:[数量]|情况|$)"
)
"""In the head of another column: its numbers may be meant to hold instead of the figures."""
_SECTION = re.compile(
    r"[(]?[一二三四五六七八九十]{1,3}[)、.]|.*情况表|注|备注|说明|附[表件]?\d*$|填报|报送|上报|截[至止]|(?:计量)?单位"
)
"""Begins a line between the rows after which the form goes on, as it does after the title of a part."""
_LETTERS = "甲乙丙丁戊己庚辛"
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


class Line(NamedTuple):
    """One row of a form: what stands in each column, in the order of Column, "" where it is empty or the table lacks it; whether it
    shares its figure's cell with other rows; and what else speaks against the number in that cell, in words that follow it."""

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
    doubt: str

    @property
    def cells(self) -> tuple[str, ...]:
        """What stands in all the columns."""
        return self[:11]

    @property
    def words(self) -> tuple[str, str, str]:
        """What stands in the columns of WORDS."""
        return self.progress, self.problems, self.next_steps


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
    plain, _ = _head(cell)
    return _HEADS.get(plain) or next((column for words, column in _REWORDED if words.fullmatch(plain)), None)


@lru_cache(maxsize=4096)
def _is_figures_head(cell: str) -> bool:
    return bool(_IN_OTHER_WORDS.fullmatch(_head(cell)[0]))


def _head(cell: str) -> tuple[str, tuple[str, ...]]:
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


def lines(table: Table) -> Iterator[Line]:
    """The rows of a form's table; what stands around it is left out. Heads may stand anywhere and more than once: rows that were sorted
    above the first ones are read by these. A figure is doubtful where its row is empty above, and comes again below words of its own: 更正前."""
    caption = ""
    empty: set[tuple[str, ...]] = set()
    section: set[tuple[str, ...]] = set()
    own: tuple[str, ...] = ("", "")
    for line in _lines(table):
        said = [cell for cell in line.cells if cell]
        if len(said) == 1 and not any((line.indicator, line.done, *line.words)):
            caption, empty, section = said[0], empty | section, set()
            if len(caption) > _LONGEST_CAPTION or _goes_on(squeezed(caption)):
                section, empty = empty, set()
        named = bool(line.no or line.title)
        own = (line.no, line.title) if named else own
        if line.done in ("", NONE):
            section.add((*own, line.indicator))
        elif (*own, line.indicator) in empty or (not named and any(line.indicator == one[2] for one in empty)):
            line = line._replace(doubt=line.doubt or f"在“{caption}”之下重复填写")
        yield line


def _goes_on(caption: str) -> bool:
    return bool(_SECTION.match(caption) or _PART.search(caption))


def _lines(table: Table) -> Iterator[Line]:
    columns: _Columns | None = None
    above: list[tuple[int, tuple[str, ...]]] = []
    for number, row in enumerate(table.rows):
        if found := heads(row):
            columns = _columns(found, table, number)
            yield from (columns.line(*one) for one in above)
            above = []
        elif columns is None:
            if sum(map(bool, row)) >= LEAST_CELLS:
                above.append((number, row))
        elif any((line := columns.line(number, row)).cells) and not is_foot(row) and not _counts_columns(row):
            yield line


@dataclass(frozen=True, slots=True)
class _Columns:
    """How the rows under a row of heads are read. `padding` goes behind each. `beside` is the place of a column without head behind the
    figures', `measure` of the measures', -1 for none; `corrected` are those of columns that may hold instead of it, with their heads. `shared` and `split` are the areas that join several rows' figures, or one target
    over several figures; `remarks` those behind the figures' head, or right below it, that may make it another column."""

    pick: Callable[[tuple[str, ...]], tuple[str, ...]]
    padding: tuple[str, ...]
    beside: int
    shared: tuple[Area, ...]
    split: tuple[Area, ...]
    remarks: tuple[str, ...]
    measure: int
    figure: int
    corrected: Mapping[int, str]

    def line(self, number: int, row: tuple[str, ...]) -> Line:
        padded = row + self.padding
        shares_figure = bool(self.shared) and _covers(self.shared, number)
        return Line._make((*self.pick(padded), shares_figure, self.doubt(number, padded)))

    def doubt(self, number: int, padded: tuple[str, ...]) -> str:
        if self.remarks:
            measure = squeezed(padded[self.measure])
            strange = next((one for one in self.remarks if one != measure or is_share(one)), "")
            if strange:
                return f"所在列注明（{strange}）"
        beside = padded[self.beside]
        if beside and any(map(str.isdigit, beside)):
            return "旁边另有一列没有表头的内容"
        for place, head in self.corrected.items():
            if any(map(str.isdigit, padded[place])) and padded[place] != padded[self.figure]:
                return f"与“{head}”一列不同"
        return "所在指标分几行填写" if self.split and _covers(self.split, number) else ""


def _columns(found: dict[int, Column], table: Table, number: int) -> _Columns:
    row = table.rows[number]
    places = {column: place for place, column in found.items()}
    figure, target = places[Column.DONE], places.get(Column.INDICATOR)
    shared = tuple(area for area in table.joined if area[1] <= figure <= area[3])
    targets = [
        area for area in table.joined if target is not None and area[1] <= target <= area[3] and area not in shared
    ]
    parts = [
        part for remark in (*_head(row[figure])[1], *_under(table, number, found)) for part in _PARTS.split(remark)
    ]
    return _Columns(
        pick=itemgetter(*(places.get(column, -1) for column in Column)),  # the last cell is always padding
        padding=("",) * (len(row) + 1),
        beside=figure + 1 if figure + 1 < len(row) and not row[figure + 1] else -1,
        shared=shared,
        split=tuple(area for area in targets if _figures_in(area, figure, table) > 1),
        remarks=(*(part for part in parts if not _HARMLESS.fullmatch(part)), *_note(row[figure], table)),
        measure=places.get(Column.MEASURE, -1),
        figure=figure,
        corrected={
            place: words
            for place, cell in enumerate(row)
            if place not in found and len(words := squeezed(cell)) <= _SHORT and _CORRECTS.search(words)
        },
    )


def _under(table: Table, number: int, found: Mapping[int, Column]) -> Iterator[str]:
    """What the row right below the heads, if it is none of the form's own, says of the figures' column: 预计, 本季度."""
    row = table.rows[number + 1] if number + 1 < len(table.rows) else ()
    said = {column: squeezed(row[place]) for place, column in found.items() if place < len(row) and row[place]}
    words = said.get(Column.DONE, NONE).strip("()")
    own = said.keys() & {Column.NO, Column.TITLE, Column.INDICATOR, *WORDS}
    if words not in (NONE, "/", "无") and not own and not words.isdecimal():
        yield words


def _counts_columns(row: Sequence[str]) -> bool:
    """Whether a row only counts the columns, as official tables do: 1, 2, 3 or 甲, 乙, 1, 2."""
    filled = [squeezed(cell).strip("()") for cell in row if cell]
    letters = sum(cell in _LETTERS for cell in filled)
    counted = (*_LETTERS[:letters], *(str(number) for number in range(1, len(filled) - letters + 1)))
    return len(filled) >= LEAST_CELLS and tuple(filled) == counted


def _note(head: str, table: Table) -> Iterator[str]:
    """What a note says that a star of the figures' head may point to."""
    stars = tuple(star for star in _STARS if star in squeezed(head))
    if stars:
        yield from (
            plain[:_SHORT] for line in (*asides(table), *table.about) if (plain := squeezed(line)).startswith(stars)
        )


def _figures_in(area: Area, figure: int, table: Table) -> int:
    return sum(len(row) > figure and bool(row[figure]) for row in table.rows[area[0] : area[2] + 1])


def _covers(areas: Iterable[Area], number: int) -> bool:
    return any(first <= number <= last for first, _, last, _ in areas)


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


def is_part(line: str) -> bool:
    """Whether a title is that of a part of the form, and of no other: 牵头事项（6项）, 续表."""
    plain = squeezed(line)
    return bool(_PART.search(plain)) and not _OTHERWISE.search(plain)


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


def is_filled(table: Table) -> bool:
    """Whether anything that the form asks for is filled in."""
    return any(cell not in ("", NONE) for line in lines(table) for cell in (line.done, *line.words))


def beside(table: Table, label: str) -> str:
    """What is filled in after a label such as 填报人, in its own cell or the next one that is not empty."""
    for row in table.rows:
        for place, cell in enumerate(row):
            head, _, rest = squeezed(cell).partition(":")
            if re.sub(r"\([^()]*\)", "", head) == label:
                after = next((one.strip() for one in row[place + 1 :] if one.strip()), "")
                return rest or ("" if after.endswith((":", "：")) else after)
    return ""

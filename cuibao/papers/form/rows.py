"""What stands in a form's rows, column by column, and what speaks against the number in a figure's cell by where it stands: its column, a merged
cell, a line between the rows."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import NamedTuple

from cuibao.papers.form.layout import (
    LEAST_CELLS,
    NONE,
    STARS,
    WORDS,
    Area,
    Column,
    Table,
    asides,
    head_words,
    heads,
    is_foot,
    names_part,
    squeezed,
)
from cuibao.papers.wording import quoted
from cuibao.rules.registry import is_share

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
_LONGEST_REMARK, _LONGEST_CAPTION = 60, 20


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


def lines(table: Table) -> Iterator[Line]:
    """The rows of a form's table; what stands around it is left out. Heads may stand anywhere and more than once: rows that were sorted
    above the first ones are read by these. A figure is doubtful where its row is empty above, and comes again below words of its own: 更正前."""
    caption = ""
    empty: set[tuple[str, ...]] = set()
    section: set[tuple[str, ...]] = set()
    own: tuple[str, ...] = ("", "")
    for line in _lines(table):
        if line.no or line.title:
            own = (line.no, line.title)
        if _is_caption(line):
            caption, empty, section = next(filter(None, line.cells)), empty | section, set()
            if len(caption) > _LONGEST_CAPTION or _goes_on(squeezed(caption)):
                section, empty = empty, set()
        key = (*own, line.indicator)
        if line.done in ("", NONE):
            section.add(key)
        elif key in empty or (not (line.no or line.title) and any(line.indicator == one[2] for one in empty)):
            line = line._replace(doubt=line.doubt or f"在{quoted(caption)}之下重复填写")
        yield line


def _is_caption(line: Line) -> bool:
    """Whether a row is words between the rows of the form."""
    return not (line.done or line.indicator) and not any(line.words) and sum(map(bool, line.cells)) == 1


def _goes_on(caption: str) -> bool:
    return bool(_SECTION.match(caption) or names_part(caption))


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
    figures', `measure` of the measures', -1 for none; `corrected` are those of columns that may hold instead of the figures', with their
    heads. `shared` and `split` are the areas that join several rows' figures, or one target over several figures; `remarks` those behind
    the figures' head, or right below it, that may make it another column."""

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
                return f"与{quoted(head)}一列不同"
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
        part for remark in (*head_words(row[figure])[1], *_under(table, number, found)) for part in _PARTS.split(remark)
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
            if place not in found and len(words := squeezed(cell)) <= _LONGEST_REMARK and _CORRECTS.search(words)
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
    if squeezed(next(filter(None, row))).strip("()") not in ("1", _LETTERS[0]):
        return False
    filled = [squeezed(cell).strip("()") for cell in row if cell]
    letters = sum(cell in _LETTERS for cell in filled)
    counted = (*_LETTERS[:letters], *(str(number) for number in range(1, len(filled) - letters + 1)))
    return len(filled) >= LEAST_CELLS and tuple(filled) == counted


def _note(head: str, table: Table) -> Iterator[str]:
    """What a note says that a star of the figures' head may point to."""
    stars = tuple(star for star in STARS if star in squeezed(head))
    if stars:
        yield from (
            plain[:_LONGEST_REMARK]
            for line in (*asides(table), *table.about)
            if (plain := squeezed(line)).startswith(stars)
        )


def _figures_in(area: Area, figure: int, table: Table) -> int:
    return sum(len(row) > figure and bool(row[figure]) for row in table.rows[area[0] : area[2] + 1])


def _covers(areas: Iterable[Area], number: int) -> bool:
    return any(first <= number <= last for first, _, last, _ in areas)


def is_filled(table: Table) -> bool:
    """Whether anything that the form asks for is filled in."""
    return any(cell not in ("", NONE) for line in lines(table) for cell in (line.done, *line.words))

"""Items out of tables: columns by their headings, merged cells, one lead a row, rows that go on after a page break, headings as rows."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum

from cuibao.papers.notice.clauses import Called, Listed, lists_in
from cuibao.papers.notice.entries import (
    Body,
    Entry,
    out_of_order,
    renumbered,
    section_title,
    title_of,
    without_clause,
)
from cuibao.papers.notice.names import begins_name
from cuibao.papers.notice.source import Line, Source, Table
from cuibao.papers.notice.text import plain


class Column(Enum):
    """What a column holds."""

    NO = "no"
    SECTION = "section"
    TASK = "task"
    GOAL = "goal"
    LEAD = "lead"
    PLAIN = "plain"
    COOPERATING = "cooperating"


_HEADINGS: tuple[tuple[Column, re.Pattern[str]], ...] = (
    (Column.NO, re.compile(r"序号|编号|项次|序")),
    (
        Column.LEAD,
        re.compile(r"(?:责任)?牵头(?:责任)?(?:单位|部门)?|主要责任(?:单位|部门)|主[办责](?:单位|部门)|牵头.{0,6}单位"),
    ),
    (
        Column.COOPERATING,
        re.compile(r"(?:协同|配合|协办|协助|协作|参与|参加)(?:责任)?(?:单位|部门)?|(?:配合|协同).{0,6}单位"),
    ),
    (Column.PLAIN, re.compile(r"责任(?:单位|部门|主体)|(?:承办|落实|实施)(?:单位|部门|主体)|责任单位（部门）")),
    (Column.SECTION, re.compile(r"类别|分类|所属(?:部分|类别|领域)|领域|板块|工作类别|项目类别|大类|部分|类型|方面")),
    (
        Column.TASK,
        re.compile(
            r"目标与任务|(?:主要|重点|具体|年度)?(?:工作)?任务|任务名称|事项|(?:工作|重点|民生)事项|(?:主要|工作|任务|重点)?内容|(?:重点|主要)工作|(?:民生|实事)?项目(?:名称)?|(?:民生)?实事|目标任务|工作名称|工作项目"
        ),
    ),
    (
        Column.GOAL,
        re.compile(
            r"(?:年度|工作|具体|总体|\d+年度?)?(?:工作)?目标(?:任务)?|(?:年度)?(?:目标)?任务(?:和|及)?(?:目标|要求)|(?:具体|主要|工作)?(?:措施|举措|要求)|(?:建设|实施|任务)内容(?:和|及)?(?:标准|规模)?|年度(?:目标)?任务"
        ),
    ),
)
_UNIT_COLUMNS = {Column.LEAD: Called.LEAD, Column.PLAIN: Called.PLAIN, Column.COOPERATING: Called.COOPERATING}
_HEADED = {Column.LEAD: "牵头栏", Column.PLAIN: "责任单位栏", Column.COOPERATING: "协同栏"}
_HEADER_WITHIN = 5
_CAPTION = re.compile(
    r"(?:附?表[一二三四五六七八九十\d]{1,3}|[一二三四五六七八九十]{1,3}、|第[一二三四五六七八九十]{1,3}部分)[^。，；]{2,30}$"
)
_NUMBER = re.compile(r"（?(\d{1,4})）?[、.．]?")
_OWN_NUMBER = re.compile(r"^(?:\d{1,4}(?:、|\.(?!\d))|（\d{1,4}）|（[一二三四五六七八九十]{1,3}）)")
_NOBODY = re.compile(r"[-—–―/／\\]+|无")
"""What a cell holds in which nobody is to stand."""
_HEADING_ROW = re.compile(r"^(?:第?[一二三四五六七八九十]{1,3}(?:、|\.|部分|章|类)|（[一二三四五六七八九十]{1,3}）)")


@dataclass
class _Row:
    """An item while its rows are read."""

    no: int
    section: str
    place: str
    cells: dict[Column, str] = field(default_factory=dict)
    raw: dict[Column, str] = field(default_factory=dict)
    """What each column's last row held: a merged cell repeats it."""


def read_tables(source: Source) -> Body | None:
    """The items of the tables whose headings name a task and who answers for it; None where no table does. A line over a table that
    numbers it (表一 教育) is the section of its items. Raises NoticeRefused."""
    rows: list[_Row] = []
    columns: dict[int, Column] = {}
    width, section = 0, ""
    for part in source:
        if isinstance(part, Line):
            section = section_title(part.text) if _CAPTION.match(part.text.strip()) else section
            continue
        body, found = _headed(part)
        if found:
            columns, width = found, max(map(len, part.rows))
        elif not columns or max(map(len, part.rows), default=0) != width:
            continue
        for place, cells in body:
            section = _take(rows, columns, cells, section, place)
    if not rows:
        return None
    return _body(rows)


def _headed(table: Table) -> tuple[list[tuple[str, tuple[str, ...]]], dict[int, Column]]:
    """The table's rows without headings, each with its place, and its columns; {} for one that has no heading row."""
    rows = [(f"{table.place}第{number}行", cells) for number, cells in enumerate(table.rows, start=1)]
    for number, (_, cells) in enumerate(rows[:_HEADER_WITHIN]):
        columns = _columns(cells)
        if {Column.TASK, Column.GOAL} & set(columns.values()) and set(_UNIT_COLUMNS) & set(columns.values()):
            start = number + 1
            if start < len(rows) and _is_second_heading(cells, rows[start][1]):
                columns |= {at: kind for at, kind in _columns(rows[start][1]).items() if kind in _UNIT_COLUMNS}
                start += 1
            heading = [_squeezed(cell) for cell in cells]
            return [row for row in rows[start:] if [_squeezed(cell) for cell in row[1]] != heading], _with_task(columns)
    return rows, {}


def _squeezed(cell: str) -> str:
    return plain(cell).replace(" ", "")


def _columns(cells: Sequence[str]) -> dict[int, Column]:
    found: dict[int, Column] = {}
    for at, cell in enumerate(cells):
        words = _squeezed(cell)
        kind = next((kind for kind, pattern in _HEADINGS if pattern.fullmatch(words)), None)
        if kind:
            found[at] = Column.GOAL if kind is Column.TASK and kind in found.values() else kind
    return found


def _with_task(columns: dict[int, Column]) -> dict[int, Column]:
    """Where no column is the task's, what is called a goal is."""
    if Column.TASK in columns.values():
        return columns
    first = min(at for at, kind in columns.items() if kind is Column.GOAL)
    return columns | {first: Column.TASK}


def _is_second_heading(first: Sequence[str], second: Sequence[str]) -> bool:
    """Whether the row under the headings parts one of them: 责任单位 into 牵头 and 配合."""
    kinds = _columns(second)
    return bool(set(kinds.values()) & set(_UNIT_COLUMNS)) and all(
        at in kinds
        or not second[at].strip()
        or _squeezed(second[at]) == _squeezed(first[at] if at < len(first) else "")
        for at in range(len(second))
    )


def _take(rows: list[_Row], columns: dict[int, Column], cells: Sequence[str], section: str, place: str) -> str:
    """Take in one row: a heading, a new item, or more of the item before. Returns the section that what follows stands under."""
    filled = {_squeezed(cell) for cell in cells if cell.strip()}
    if not filled:
        return section
    only = next(iter(filled))
    if len(filled) == 1 and (
        _HEADING_ROW.match(only)
        or (len(cells) > 1 and all(cell.strip() for cell in cells) and not _NUMBER.fullmatch(only))
    ):
        return section_title(only)
    values = _values(columns, cells)
    if named := values.pop(Column.SECTION, ""):
        section = section_title(plain(named.replace("\n", "")))
    found = _NUMBER.fullmatch(_squeezed(values.pop(Column.NO, "")))
    number = int(found[1]) if found else 0
    if _begins_item(rows, columns, values, number):
        before = rows[-1].no if rows else 0
        if number and number != before + 1 and not (number == 1 and rows and rows[-1].section != section):
            raise out_of_order(place, before, number)
        row = _Row(number or before + 1, section, place)
        rows.append(row)
    elif not rows:
        return section
    _add(rows[-1], values)
    return section


def _values(columns: dict[int, Column], cells: Sequence[str]) -> dict[Column, str]:
    """The row's cells by column; of several columns of one kind, merged cells stand once, names of one and of the next are parted,
    and what is to be done in each is a sentence of its own."""
    found: dict[Column, str] = {}
    for at, kind in columns.items():
        cell = cells[at].strip() if at < len(cells) else ""
        before = found.get(kind, "")
        if cell and cell != before:
            end = "、" if kind in _UNIT_COLUMNS else "" if before.endswith(("。", "；")) else "。"
            found[kind] = f"{before}{end}\n{cell}" if before else cell
    return found


def _begins_item(rows: Sequence[_Row], columns: dict[int, Column], values: dict[Column, str], number: int) -> bool:
    if Column.NO in columns.values():
        repeated = bool(rows) and number == rows[-1].no
        other = bool(rows) and values.get(Column.TASK, "") not in ("", rows[-1].raw.get(Column.TASK))
        return bool(number) and (not repeated or (other and any(kind in values for kind in _UNIT_COLUMNS)))
    task = values.get(Column.TASK, "")
    return bool(task) and (
        not rows or (task != rows[-1].raw.get(Column.TASK) and any(kind in values for kind in _UNIT_COLUMNS))
    )


def _add(row: _Row, values: dict[Column, str]) -> None:
    """Put a row's cells to the item's: what a merged cell repeats is not said twice."""
    for kind, value in values.items():
        if value == row.raw.get(kind):
            continue
        row.raw[kind] = value
        before = row.cells.get(kind, "")
        row.cells[kind] = _joined([before, *value.split("\n")], names=kind in _UNIT_COLUMNS)


def _joined(lines: Iterable[str], *, names: bool) -> str:
    """The lines of a cell as one: a name that a line breaks off goes on, and whole names on lines of their own are parted."""
    joined = ""
    for line in map(plain, lines):
        joined += f"、{line}" if names and begins_name(joined, line) else line
    return joined


def _body(rows: Sequence[_Row]) -> Body:
    entries = tuple(_entry(row, number) for number, row in enumerate(rows, start=1))
    return Body(entries, renumbered(rows[0].place, [row.no for row in rows]))


def _entry(row: _Row, no: int) -> Entry:
    task, goal = _OWN_NUMBER.sub("", row.cells.get(Column.TASK, "")), row.cells.get(Column.GOAL, "")
    words = f"{task.rstrip('。')}。{goal}" if goal else task
    lists = tuple(_lists(row))
    if not (words and lists):
        raise without_clause(row.place, no, title_of(words))
    return Entry(no, row.section, title_of(words), words, lists, _clause(row), row.place, row.place)


def _clause(row: _Row) -> str:
    """The cells that say who answers for an item, each under what its column is for."""
    cells = ((heading, row.cells.get(column, "")) for column, heading in _HEADED.items())
    return "\n".join(f"{heading}：{cell}" for heading, cell in cells if cell)


def _lists(row: _Row) -> Iterator[Listed]:
    for column, called in _UNIT_COLUMNS.items():
        cell = row.cells.get(column, "")
        for listed in () if _NOBODY.fullmatch(cell) else lists_in(cell):
            yield Listed(called, listed.named) if listed.called is Called.PLAIN else listed

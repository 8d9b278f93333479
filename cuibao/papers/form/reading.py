"""Reading the form back: rows of cells in, figures and words by item out, and a sentence for everything that is not taken.

What a row is about is told by its own item number and indicator, never by its place: rows move. Two that disagree are for people."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice, takewhile

from cuibao.papers.form.amounts import amount, taken_apart
from cuibao.papers.form.doubts import Key, Known, doubt, question, set_otherwise, with_measure
from cuibao.papers.form.layout import NONE, WORDS, Table, squeezed
from cuibao.papers.form.rows import Line, lines
from cuibao.papers.form.scale import Named, contradiction, named, named_outside
from cuibao.papers.wording import number_words, quoted
from cuibao.rules.progress import NIL, Figure, Words, Written
from cuibao.rules.registry import Item, Target

_NUMBER = re.compile(r"第?(\d{1,3})项?[.、]?")
_TARGET = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_LONGEST_QUOTE = 20
_LONGEST_WORDS = 4_000
_MOST_WRITTEN, _MOST_PROBLEMS = 100, 200
_EMPTY = ("", NONE)
_SUM = re.compile(r"(?:.{0,8}[合小总]计|共计|其中.*)(?:[:(].*)?")
"""Begins a row of sums or of parts."""
_ORDINAL = re.compile(r"^(?:\(\d{1,2}\)|\d{1,2}[.、)])")
_MEASURED = re.compile(r"(.+)\(([^()]+)\)")
_COUNTED, _PEOPLE = ("数量", "个数", "数"), "人数"
_NO_PROGRESS = re.compile(r"[\W_]*+(?:暂?无|空|未填)?+[\W_]*+")
"""What is no 进展情况: /, 无。 or a blank that is none."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What a unit's form may speak of: its items, those that it leads, whose figures it owes, and the figures that stand already."""

    items: tuple[Item, ...]
    leads: frozenset[int] = frozenset()
    known: Known = field(default_factory=Known)


@dataclass(frozen=True, slots=True)
class FormRead:
    """What was read. `items` are those about which anything is filled in; `written` is what the cells of figures said where that is not
    the plain number that was taken; `problems` are Chinese sentences, what is missing of these items among them; `complete` when every item has its words, every leading one its figures, and nothing is wrong."""

    figures: tuple[Figure, ...] = ()
    words: tuple[tuple[int, Words], ...] = ()
    written: tuple[Written, ...] = ()
    items: tuple[int, ...] = ()
    problems: tuple[str, ...] = ()
    complete: bool = False


def read_forms(tables: Iterable[Table], expected: Expected) -> FormRead:
    """The forms of one mail read together."""
    reading = _Reading(expected)
    for table in tables:
        reading.take(table)
    return reading.result()


@dataclass
class _Reading:
    """Rows taken one by one."""

    expected: Expected
    figures: dict[Key, Figure] = field(default_factory=dict)
    disputed: set[Key] = field(default_factory=set)
    told: set[Key] = field(default_factory=set)
    words: dict[int, tuple[dict[str, None], ...]] = field(default_factory=dict)
    """By item, for each column of WORDS."""
    written: dict[tuple[int | None, str, str, str], None] = field(default_factory=dict)
    """What every figure's cell said: item, indicator, text, and what is wrong with it."""
    touched: set[int] = field(default_factory=set)
    renamed: dict[int, str] = field(default_factory=dict)
    """Titles beside a number of the unit's that are none of its items'."""
    problems: dict[str, None] = field(default_factory=dict)
    joint: bool = False
    """Whether the row at hand shares its figure's cell with rows about something else."""
    named: Named = ()
    """What the form at hand says of the measure of all its figures."""
    recounted: bool = False
    """Whether the form at hand counts its items anew, so that only their titles tell them."""
    current: Item | None = None
    trouble: str = ""
    """What is wrong with the number and title that hold: rows that have none of their own go with those above."""
    by_no: dict[int, Item] = field(init=False)
    by_title: dict[str, Item] = field(init=False)
    ambiguous: set[str] = field(init=False)
    """Titles that several items have."""
    by_indicator: dict[str, list[tuple[Item, Target]]] = field(init=False)

    def __post_init__(self) -> None:
        items = self.expected.items
        self.by_no = {item.no: item for item in items}
        self.by_title = {squeezed(item.title): item for item in reversed(items)}
        self.ambiguous = {squeezed(item.title) for item in items if self.by_title[squeezed(item.title)] is not item}
        self.by_indicator = {}
        for item in items:
            for target in item.targets:
                self.by_indicator.setdefault(squeezed(target.indicator), []).append((item, target))

    def take(self, table: Table) -> None:
        self.current, self.trouble = None, ""
        self.named = named(table.rows) + named_outside((table.name, *table.about))
        rows = list(lines(table))
        self.recounted = self._is_recounted(rows)
        for place, line in enumerate(rows):
            self.joint = line.shares_figure and _is_joint(line, islice(rows, place + 1, None))
            self._line(line)
        if self.recounted and self.touched:
            self._tell("表中序号为重新编排，与所发表格不一致，已按事项名称登记，请核实")

    def _line(self, line: Line) -> None:
        own = None
        if line.no or line.title not in _EMPTY:
            own, self.trouble = self._own_item(line)
            self.current = own
        done = "" if line.done == NONE else line.done
        said = not all(words in _EMPTY for words in line.words)
        if not said and (not done or self._is_sum(line)):
            return
        item, target, trouble = None, None, self.trouble
        if not trouble:
            item, target, trouble = self._subject(line, own)
        if item is None:
            self._tell(f"{trouble}，该行未予采用")
            self._write(None, _short(line.indicator), done, trouble)
            return
        self.touched.add(item.no)
        if said:
            self._say(item, line)
        if not done:
            return
        if target is None:
            self._tell(f"第{item.no}项{trouble}，填写的{_quoted(done)}未予采用")
            self._write(item.no, "", done, trouble)
        else:
            self._figure(item, target, done, line)

    def _is_recounted(self, rows: Iterable[Line]) -> bool:
        """Whether the numbers are the unit's own count: 1 to n in their order, some of them no number of its items, each beside the exact
        title of another item. Where two numbers only changed places either may be wrong."""
        named = dict.fromkeys((squeezed(line.no), squeezed(line.title)) for line in rows if line.no)
        found = [(int(match.group(1)), title) for no, title in named if (match := _NUMBER.fullmatch(no))]
        numbers, titles = [number for number, _ in found], {title for _, title in found}
        counted = numbers == list(range(1, len(numbers) + 1)) and not self.by_no.keys() >= set(numbers)
        return (
            counted and len(titles) == len(numbers) and titles <= self.by_title.keys() and not titles & self.ambiguous
        )

    def _own_item(self, line: Line) -> tuple[Item | None, str]:
        """The item that a row names by number or title, None for none; or what is wrong with that."""
        by_title = self.by_title.get(squeezed(line.title))
        found = None if self.recounted else _NUMBER.fullmatch(squeezed(line.no))
        if found is None:
            strange = line.title not in _EMPTY and by_title is None
            return by_title, f"表中工作事项{_quoted(line.title)}不是贵单位的事项" if strange else ""
        item = self.by_no.get(int(found.group(1)))
        if item is None:
            return None, f"表中第{found.group(1)}项不是贵单位的事项"
        if by_title is not None and by_title != item:
            return None, f"表中序号{item.no}与事项名称{_quoted(by_title.title)}不一致"
        if by_title is None and line.title not in _EMPTY:
            self.renamed[item.no] = line.title
        return item, ""

    def _subject(self, line: Line, own: Item | None) -> tuple[Item | None, Target | None, str]:
        """The item and target of a row; or the item alone, or neither, and why."""
        here = own or self.current
        if line.indicator in _EMPTY:
            if here is None:
                return None, None, f"表中{_row(line)}对不上事项"
            alone = here.targets[0] if own and len(here.targets) == 1 else None
            return here, alone, "" if alone else ("未写明指标" if here.targets else "文件未列量化指标")
        known = self.by_indicator.get(squeezed(line.indicator), [])
        if len(known) == 1 and (own is None or own == known[0][0]):
            return *known[0], ""
        for item, target in known:
            # A row that moved, with a goal that is another's, would count for the item above it.
            if item == here and (own or _goal(line) in (None, target.value)):
                return item, target, ""
        if known:
            return None, None, f"表中指标{_quoted(line.indicator)}与序号不一致"
        alike = self._alike(here, line.indicator) if here else None
        if here and alike and (own or _goal(line) in (None, alike.value)):
            return here, alike, ""
        return own, None, f"表中指标{_quoted(line.indicator)}不在本表所列指标之内"

    def _is_sum(self, line: Line) -> bool:
        """Whether a row is a sum of others or a part of one, and no target's."""
        cells = [squeezed(cell) for cell in line[:3] if cell]
        return any(map(_SUM.fullmatch, cells)) and not any(cell in self.by_indicator for cell in cells)

    @staticmethod
    def _alike(item: Item, indicator: str) -> Target | None:
        """The target of an item that an indicator means which says no more than it: 受助学生数, 受助学生（人） or 1.受助学生：."""
        plain = _ORDINAL.sub("", squeezed(indicator)).rstrip(":")
        measured = _MEASURED.fullmatch(plain)
        plain, measure = measured.groups() if measured else (plain, "")
        meant = {plain, *(plain.removesuffix(word) for word in _COUNTED)}
        people = plain.removesuffix(_PEOPLE)
        found = []
        for target in item.targets:
            name, own = squeezed(target.indicator), squeezed(target.measure)
            same = name in meant or (name == people and taken_apart(own)[1] == "人")
            if same and measure in ("", own):
                found.append(target)
        return found[0] if len(found) == 1 else None

    def _figure(self, item: Item, target: Target, done: str, line: Line) -> None:
        key = (item.no, target.indicator)
        value, wrong = self._value(item, target, done, line)
        if value is None and not wrong:
            return
        self._write(*key, done, wrong)
        if value is None or wrong:
            self.told.add(key)
            shown = _quoted(done) if value is None else with_measure(value, target)
            self._tell(f"{_place(key)}填写的{shown}{wrong}，未予采用，请核实后更正")
            return
        figure = Figure(item.no, target.indicator, value, target.measure)
        old = self.figures.setdefault(key, figure)
        if old is not figure and old != figure:
            self.disputed.add(key)
            both = f"{number_words(old.value)}、{number_words(figure.value)}"
            self._tell(f"{_place(key)}填写了不同的数（{both}），均未采用，请核实后更正")

    def _value(self, item: Item, target: Target, done: str, line: Line) -> tuple[Decimal | None, str]:
        """The number in a figure's cell, None where there is none; and what speaks against it, in words that follow what the cell
        shows, "" for nothing."""
        if line.shares_figure and (self.joint or len(item.targets) > 1):
            return None, "与其他指标合并在一格"
        measure = "" if line.measure == NONE else line.measure
        if strange := self.named and contradiction(self.named, measure or target.measure):
            return None, f"所在表注明“单位：{strange}”"
        if line.doubt:
            return None, line.doubt
        title = item.title if len(item.targets) == 1 else ""
        found = amount(done, target.measure, measure, target.indicator, title)
        if found.value is None:
            return None, found.wrong
        return found.value, doubt(target, found.value, self.expected.known.last.get((item.no, target.indicator)))

    def _write(self, no: int | None, indicator: str, done: str, wrong: str) -> None:
        if done:
            self.written[no, indicator, done, wrong] = None

    def _say(self, item: Item, line: Line) -> None:
        for known, words in zip(self.words.setdefault(item.no, ({}, {}, {})), line.words, strict=True):
            if words not in _EMPTY:
                known[words] = None

    def _tell(self, problem: str) -> None:
        if len(self.problems) < _MOST_PROBLEMS:
            self.problems[problem] = None

    def result(self) -> FormRead:
        refused = self.disputed | self.told
        figures = {key: figure for key, figure in self.figures.items() if key not in refused}
        problems = (*self.problems, *self._renamed(), *self._asked(figures), *self._cut(), *self._missing())
        whole = self.touched == {item.no for item in self.expected.items}
        return FormRead(
            figures=tuple(figures[key] for key in self._order() if key in figures),
            words=tuple((no, words) for no in sorted(self.words) if (words := _joined(self.words[no])).visible),
            written=tuple(islice(self._telling(figures), _MOST_WRITTEN)),
            items=tuple(sorted(self.touched)),
            problems=problems,
            complete=whole and bool(self.touched) and not problems,
        )

    def _telling(self, figures: Mapping[Key, Figure]) -> Iterator[Written]:
        """What the cells said, without plain numbers that were taken."""
        for no, indicator, text, wrong in self.written:
            figure = figures.get((no or 0, indicator))
            if figure is None or wrong or text != number_words(figure.value):
                yield Written(no, indicator, _short(text), wrong or ("" if figure else "同一指标填写不一致"))

    def _order(self) -> Iterator[Key]:
        return ((item.no, target.indicator) for item in self.expected.items for target in item.targets)

    def _renamed(self) -> Iterator[str]:
        """A question for each item that was taken by its number alone: numbers are rewritten where rows are sorted anew."""
        for no, title in sorted(self.renamed.items()):
            if no in self.touched:
                yield f"表中第{no}项的事项名称{_quoted(title)}与所发表格不一致，已按序号登记，请核实是否填错行"

    def _asked(self, figures: Mapping[Key, Figure]) -> Iterator[str]:
        """A question for each figure that was taken though it is probably wrong."""
        for item in self.expected.items:
            for target in item.targets:
                if (figure := figures.get(key := (item.no, target.indicator))) is None:
                    continue
                stands = self.expected.known.current.get(key)
                if why := question(target, figure.value, self.expected.known, key) or set_otherwise(figure, stands):
                    shown = with_measure(figure.value, target)
                    yield f"{_place(key)}填写的{shown}{why}，已按所填登记，请核实是否属实"

    def _cut(self) -> Iterator[str]:
        """Each item whose words are longer than is kept; the reading room cuts a cell there."""
        for no, words in sorted(self.words.items()):
            for column, parts in zip(WORDS, words, strict=True):
                if len("\n".join(parts)) >= _LONGEST_WORDS:
                    yield f"第{no}项{column}过长，只登记了前{_LONGEST_WORDS}字"

    def _missing(self) -> Iterator[str]:
        """What is missing of the items of which anything is filled in; 零报告 needs no figure, nor does one that stands already."""
        for item in self.expected.items:
            if item.no not in self.touched:
                continue
            progress = list(filter(_says, self.words[item.no][0])) if item.no in self.words else []
            if not progress:
                yield f"第{item.no}项未填写进展情况"
            nil = any(NIL in one for one in progress)
            for target in item.targets if item.no in self.expected.leads and not nil else ():
                key = (item.no, target.indicator)
                if key not in self.figures and key not in self.told and key not in self.expected.known.current:
                    yield f"{_place(key)}未填写本年累计完成数"


def _place(key: Key) -> str:
    return f"第{key[0]}项{quoted(key[1])}"


def _is_joint(line: Line, below: Iterable[Line]) -> bool:
    """Whether a row's figure stands in a cell that reaches down to rows about something else."""
    return bool(line.done) and any(_is_about_else(one, line) for one in takewhile(_continues, below))


def _continues(line: Line) -> bool:
    """Whether a row's figure stands in a cell that begins above it."""
    return line.shares_figure and not line.done


def _is_about_else(line: Line, first: Line) -> bool:
    """Whether a row names an item or an indicator that the first one of the same cell does not."""
    return any(own not in _EMPTY and own != above for own, above in zip(line[:3], first[:3], strict=True))


def _says(progress: str) -> bool:
    return not _NO_PROGRESS.fullmatch(progress)


def _joined(words: Iterable[Iterable[str]]) -> Words:
    progress, *others = words
    columns = (list(filter(_says, progress)), *others)
    return Words(*("\n".join(parts)[:_LONGEST_WORDS] for parts in columns))


def _goal(line: Line) -> Decimal | None:
    """The yearly target that a row shows."""
    found = _TARGET.search(squeezed(line.goal))
    return Decimal(found.group(0)) if found else None


def _row(line: Line) -> str:
    return _quoted(next(filter(None, line.cells)))


def _quoted(text: str) -> str:
    return quoted(_short(text))


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_QUOTE else f"{line[:_LONGEST_QUOTE]}…"

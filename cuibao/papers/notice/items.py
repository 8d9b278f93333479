"""Items out of running text: numbers in whichever style carries the responsibility clauses, sections, own words and clauses."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from cuibao.papers.notice.clauses import Clause, clauses_in, hints_of
from cuibao.papers.notice.draft import NoticeRefused, Question
from cuibao.papers.notice.entries import (
    Body,
    Entry,
    out_of_order,
    renumbered,
    section_title,
    title_of,
    without_clause,
)
from cuibao.papers.notice.text import WHOLE, Text
from cuibao.papers.wording import quoted

Style = tuple[re.Pattern[str], Callable[[str], int]]
_HAN = "一二三四五六七八九十"
_MOST_ITEMS = 1900
"""Larger numbers at the head of a line are years."""
_TITLE_LINE = re.compile(r"[^，。；：！？]{4,30}")
_CONTENT = re.compile(
    r"(?:年度)?(?:目标任务|任务目标|工作目标|工作任务|工作内容|主要内容|建设内容|实施内容|具体措施|目标|任务|内容|措施)："
)
"""The label of what is to be done, under an item's name."""
_MORE_THAN_RESIDUE, _HEADING_LONGEST = 12, 40
_HEADING = re.compile(rf"(?:第[{_HAN}]{{1,3}}(?:部分|章|篇)[、：，]?|[{_HAN}]{{1,3}}[、.])(?=[^\s{_HAN}])")
_SUBHEADING = re.compile(rf"（[{_HAN}]{{1,3}}）")
_OPENING = rf"(?:[第（{_HAN}]|(?<!\d)\d)"
"""How every number and heading begins. A digit that the line before ends with would make it another number."""
_AT_LINE, _AFTER_MARK = re.compile(_OPENING), re.compile(rf"[。）】］\]；](?={_OPENING})")
_SIGNATURE = re.compile(
    r"附件|抄送|信息公开|联系[人电]|\d{4}年\d+月\d+日|二[〇○零]|[^，。]{4,30}(?:办公室|委员会|政府)(?:\d{4}年|二[〇○零]|$)|（此[页件]"
)


def han_number(text: str) -> int:
    """一 to 九十九 as a number; 0 for anything else."""
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return _HAN.find(text) + 1 if len(text) == 1 else 0
    count = (_HAN.find(tens) + 1 if tens else 1), (_HAN.find(ones) + 1 if ones else 0)
    return count[0] * 10 + count[1]


_IN_BRACKETS: Style = (re.compile(rf"（(?P<no>[{_HAN}]{{1,3}})）[、.]?"), han_number)
_STYLES: tuple[Style, ...] = (
    (re.compile(r"(?P<no>\d{1,4})(?:、(?!\d{1,2}[月日、])|\.(?!\d))"), int),
    (re.compile(r"（(?P<no>\d{1,4})）[、.]?"), int),
    _IN_BRACKETS,
    (re.compile(r"第(?P<no>\d{1,4})[项件条][、：:.，]?"), int),
    (re.compile(rf"第(?P<no>[{_HAN}]{{1,3}})[项件条][、：:.，]?"), han_number),
    (re.compile(rf"(?P<no>[{_HAN}]{{1,3}})[、.]"), han_number),
)
"""How items may be numbered. Of those that a notice uses, the one whose parts hold the clauses is the items'."""


@dataclass(slots=True)
class Part:
    """A numbered part of the text: where its number stands and its words begin and end, and under which heading, -1 for none."""

    number: int
    start: int
    words: int
    end: int
    section: int


@dataclass(frozen=True)
class _Page:
    """The text beside what is looked up in it again and again: where clauses may stand, where numbers may begin, and where headings do."""

    text: Text
    hints: tuple[int, ...]
    openings: tuple[int, ...]
    headings: tuple[int, ...] = ()

    def has_clause(self, start: int, end: int) -> bool:
        """Whether a clause may stand there."""
        found = bisect_left(self.hints, start)
        return found < len(self.hints) and self.hints[found] < end

    def heading_of(self, index: int) -> int:
        """Which heading a place stands under; -1 before the first."""
        return bisect_right(self.headings, index) - 1

    def next_heading(self, index: int) -> int:
        """Where the next heading begins, or the text ends."""
        found = bisect_right(self.headings, index)
        return self.headings[found] if found < len(self.headings) else len(self.text.text)


def read_items(text: Text) -> tuple[Body, int, int]:
    """The items of a running text, and from where to where they stand in it. Raises NoticeRefused."""
    bare = _Page(text, hints_of(text.text), _openings(text))
    headings = _starts(bare, _HEADING)
    page = replace(bare, headings=headings or _starts(bare, _SUBHEADING))
    pages = [replace(bare, headings=headings) if style is _IN_BRACKETS else page for style in _STYLES[:-1]]
    tried = [(_numbered(one, style), one) for style, one in zip(_STYLES, (*pages, bare), strict=True)]
    (parts, strays), page = max(tried, key=lambda one: _score(one[1], *one[0]))
    parts, questions = _without_preliminaries(page, parts)
    if not any(page.has_clause(part.start, part.end) for part in parts):
        remedy = "请确认所选文件是通知正文或任务分解表，且文字可以复制；扫描件请先识别为文字"
        raise NoticeRefused(WHOLE, "没有找到带责任单位的事项", remedy)
    for before, stray in strays:
        if parts[0].start < stray.start and page.has_clause(stray.start, stray.end):
            raise out_of_order(text.place(stray.start), before, stray.number)
    if parts[0].number != 1:
        raise out_of_order(text.place(parts[0].start), 0, parts[0].number)
    questions += renumbered(text.place(parts[0].start), [part.number for part in parts])
    begins = min(parts[0].start, page.headings[parts[0].section] if parts[0].section >= 0 else len(text.text))
    last = parts[-1]
    ends = [last.words + clause.end for clause in _clauses(page, last)]
    return Body(tuple(_entries(page, parts)), tuple(questions)), begins, max(ends, default=last.end)


def _openings(text: Text) -> tuple[int, ...]:
    """Where a number or a heading may begin: with a line, or behind what ends a sentence or a clause."""
    after = {found.end() for found in _AFTER_MARK.finditer(text.text)}
    return tuple(sorted(after | {start for start in text.starts if _AT_LINE.match(text.text, start)}))


def _starts(page: _Page, pattern: re.Pattern[str]) -> tuple[int, ...]:
    return tuple(start for start in page.openings if pattern.match(page.text.text, start))


def _numbered(page: _Page, style: Style) -> tuple[list[Part], list[tuple[int, Part]]]:
    """The parts that one style of numbers makes, in unbroken order and anew under a new heading; and the numbers that do not fit,
    each with the number before it."""
    pattern, value = style
    marks = [(start, found) for start in page.openings if (found := pattern.match(page.text.text, start))]
    parts: list[Part] = []
    strays: list[tuple[int, Part]] = []
    for place, (start, found) in enumerate(marks):
        number, heading = value(found["no"]), page.heading_of(start)
        part = Part(number, start, found.end(), page.next_heading(start), heading)
        before = parts[-1].number if parts else 0
        if number == before + 1 or (number == 1 and parts and heading != parts[-1].section) or not parts:
            if parts:
                parts[-1].end = min(parts[-1].end, start)
            parts.append(part)
        elif 0 < number < _MOST_ITEMS:
            part.end = min(part.end, marks[place + 1][0] if place + 1 < len(marks) else part.end)
            strays.append((before, part))
    return parts, strays


def _score(page: _Page, parts: Sequence[Part], strays: Sequence[tuple[int, Part]]) -> tuple[int, int]:
    """How many parts hold a clause, those out of order too, the more the better, and of equals the fewer parts without one: where one
    item is missing, the items' numbers are still the items'."""
    every = [*parts, *(stray for _, stray in strays)]
    holding = sum(page.has_clause(part.start, part.end) for part in every)
    return holding, holding - len(every)


def _without_preliminaries(page: _Page, parts: Sequence[Part]) -> tuple[list[Part], list[Question]]:
    """Without headings whose parts are counted by themselves and name nobody: 总体要求 before the items, 保障措施 after them."""
    groups = [list(group) for _, group in groupby(parts, key=lambda part: part.section)]
    kept: list[Part] = []
    questions: list[Question] = []
    for number, group in enumerate(groups):
        alone = group[0].number == 1 and (number + 1 == len(groups) or groups[number + 1][0].number == 1)
        if len(groups) > 1 and alone and not any(page.has_clause(part.start, part.end) for part in group):
            message = f"{quoted(_heading(page, group[0]))}下的内容没有责任单位，未作为事项"
            questions.append(Question(page.text.place(group[0].start), message, "如确为事项，请补上责任单位后重新导入"))
        else:
            kept += group
    return kept, questions


def _heading(page: _Page, part: Part) -> str:
    """The heading over a part: to the end of its line, or to the part where only a heading's words stand between."""
    if part.section < 0:
        return ""
    text, start = page.text, page.headings[part.section]
    gap = text.text[start : part.start]
    whole = (
        gap
        if part.start > start and len(gap) <= _HEADING_LONGEST and "。" not in gap
        else text.text[start : text.line_end(start)]
    )
    lead = _HEADING.match(whole)
    return section_title(_SUBHEADING.split(whole, maxsplit=1)[0] if lead else whole)


def _entries(page: _Page, parts: Sequence[Part]) -> Iterator[Entry]:
    headings: dict[int, str] = {}
    found = [_clauses(page, part) for part in parts]
    late = (
        sum(bool(_after(page, part, clauses)) for part, clauses in zip(parts[:-1], found[:-1], strict=True)) * 2
        >= len(parts)
        > 1
    )
    for number, (part, clauses) in enumerate(zip(parts, found, strict=True), start=1):
        if part.section not in headings:
            headings[part.section] = _heading(page, part)
        yield _entry(page, part, clauses, number, headings[part.section], late=late, last=number == len(parts))


def _clauses(page: _Page, part: Part) -> list[Clause]:
    ends = [start - part.words for start in page.text.starts_between(part.words, part.end)]
    return list(clauses_in(page.text.text[part.words : part.end], ends))


def _after(page: _Page, part: Part, clauses: Sequence[Clause]) -> str:
    """The words after a part's last clause, where they are more than a residue."""
    rest = page.text.text[part.words + clauses[-1].end : part.end].strip("。；，、") if clauses else ""
    return rest if len(rest) >= _MORE_THAN_RESIDUE else ""


def _entry(
    page: _Page, part: Part, clauses: Sequence[Clause], no: int, section: str, *, late: bool, last: bool
) -> Entry:
    text = page.text
    words = _own_words(text, part, clauses)
    if not clauses:
        raise without_clause(text.place(part.start), no, title_of(words))
    doubts = [
        ("责任单位的括号没有闭合，不能确定名单到何处为止", "请对照原件核对该项的责任单位")
        for one in clauses
        if not one.closed
    ]
    if len(clauses) > 1:
        doubts.append((f"一项中有{len(clauses)}处责任单位，已合并", "请核对牵头和协同单位"))
    if rest := _after(page, part, clauses):
        if late:
            words += _before_signature(text, part, clauses) if last else rest
        elif not last:
            doubts.append((f"责任单位之后还有文字：{quoted(rest[:20])}，未计入该项", "请对照原件核对是否错行、缺号"))
    title = _title(text, part, words)
    rest = words.removeprefix(title)
    return Entry(
        no=no,
        section=section,
        title=title,
        words=f"{title}。{rest}" if _is_own_line(rest) else words,
        lists=tuple(listed for one in clauses for listed in one.lists),
        clause="\n".join(text.text[part.words + one.start : part.words + one.end] for one in clauses),
        place=text.place(part.start),
        clause_place=text.place(part.words + clauses[0].start),
        doubts=tuple(doubts),
    )


def _own_words(text: Text, part: Part, clauses: Sequence[Clause]) -> str:
    """What stands before the last clause, without the clauses."""
    pieces, position = [], part.words
    for clause in clauses:
        pieces.append(text.text[position : part.words + clause.start])
        position = part.words + clause.end
    return "".join(pieces) if clauses else text.text[part.words : part.end]


def _before_signature(text: Text, part: Part, clauses: Sequence[Clause]) -> str:
    """What follows the last item's clause until the notice's own end begins."""
    start = part.words + clauses[-1].end
    for end in (*text.starts_between(start, part.end), part.end):
        if _SIGNATURE.match(text.text, end):
            return text.text[start:end]
    return text.text[start : part.end]


def _is_own_line(rest: str) -> bool:
    """Whether a title ended with its line: what follows it begins without a mark."""
    return bool(rest) and rest[0] not in "。，；：、 "


def _title(text: Text, part: Part, words: str) -> str:
    """The words up to the first 。, or a line of its own over a paragraph."""
    end = min(text.line_end(part.words), part.end)
    line = text.text[part.words : end]
    over = text.begins_paragraph(end) or _CONTENT.match(text.text, end)
    if over and _TITLE_LINE.fullmatch(line) and words.startswith(line):
        return line
    return title_of(words)

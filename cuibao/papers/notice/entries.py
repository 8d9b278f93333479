"""An item as a notice prints it, before names are resolved and targets read; and the checks that every layout shares."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from cuibao.papers.notice.clauses import Listed
from cuibao.papers.notice.draft import NoticeRefused, Question
from cuibao.papers.wording import quoted

_RENUMBERED = "各部分的事项分别编号"


@dataclass(frozen=True, slots=True)
class Entry:
    """A numbered item: its number (running over the whole notice), section, title, own words without the clause, the lists of its
    clause, the clause as printed, where it begins and where its clause stands, and what is doubtful about it as (message, remedy)."""

    no: int
    section: str
    title: str
    words: str
    lists: tuple[Listed, ...]
    clause: str
    place: str
    clause_place: str
    doubts: tuple[tuple[str, str], ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Body:
    """All items of a notice, and what is doubtful about them as a whole."""

    entries: tuple[Entry, ...]
    questions: tuple[Question, ...] = ()


def title_of(words: str) -> str:
    """The words up to the first 。 (from the item's number on)."""
    return words.partition("。")[0].strip("，；：、 ")


def out_of_order(place: str, before: int, number: int) -> NoticeRefused:
    """The refusal of a notice whose numbers skip or repeat."""
    if not before:
        message = f"第一个事项的序号是{number}，前面的事项缺失"
    elif number <= before:
        message = f"事项序号重复或倒退：第{before}项之后又是第{number}项"
    else:
        message = f"事项序号不连续：第{before}项之后是第{number}项"
    return NoticeRefused(place, message, "请对照原件核对是否缺页、错行，改正文件中的序号后重新导入")


def without_clause(place: str, number: int, title: str) -> NoticeRefused:
    """The refusal of a notice in which an item names nobody."""
    message = f"第{number}项{quoted(title[:30])}没有写明责任单位"
    return NoticeRefused(place, message, "请对照原件核对是否缺字、缺页，补上责任单位后重新导入")


def renumbered(place: str, numbers: Sequence[int]) -> tuple[Question, ...]:
    """The question of a notice whose numbers begin again at 1 in each section; () where they run through."""
    return (Question(place, _RENUMBERED, "已按全文先后连续编号，请核对是否合用"),) if 1 in numbers[1:] else ()


_SECTION_NUMBER = re.compile(
    r"^\s*(?:附?表[一二三四五六七八九十\d]{1,3}[：:、.]?|第?[一二三四五六七八九十]{1,3}(?:[、.，]|部分[、：:，]?|类[、：:，]?|章[、：:，]?)|（[一二三四五六七八九十]{1,3}）[、.]?)\s*"
)
_COUNT = re.compile(r"（(?:共)?\d+(?:项|个|件)(?:任务|工作)?）$")


def section_title(text: str) -> str:
    """A section's heading without its number and without how many items it says to hold."""
    return _COUNT.sub("", _SECTION_NUMBER.sub("", text)).strip("。：； ")

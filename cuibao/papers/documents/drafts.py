"""Drafts in words: 完成情况汇总 of a quarter, 催报函 to a unit that is late, 通报 of the quarter. People issue them, the program does not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from jinja2 import Environment, TemplateError

from cuibao.papers.documents.ledger_book import (
    cooperating_words,
    figure_line,
    indicators,
    lead_words,
    said_words,
    unit_line,
    wanting,
)
from cuibao.papers.documents.official import official
from cuibao.papers.letter import new_environment
from cuibao.papers.wording import chinese_number, deadline_words, effective_words
from cuibao.rules.office import Office
from cuibao.rules.outcomes import CuibaoError
from cuibao.rules.quarter import REPORTING_WORDS, Quarter
from cuibao.rules.registry import Item, Role
from cuibao.rules.standing import ItemStanding, Standing, UnitStanding
from cuibao.rules.workdays import CHINA

FOLDER = "documents"
SUMMARY, URGING, BULLETIN = (f"{FOLDER}/{name}.txt" for name in ("summary", "urging", "bulletin"))


@dataclass(frozen=True, slots=True)
class LateUnit:
    """A unit that is late, as the drafts speak of it: the items that it owes by role, how it is late in a word, its deadline, and the
    days on which letters went to it."""

    name: str
    lead: tuple[Item, ...]
    cooperating: tuple[Item, ...]
    how: str
    returned: bool
    deadline: str
    written_on: tuple[date, ...]


def summary(office: Office, quarter: Quarter, templates: Mapping[str, str]) -> bytes:
    """完成情况汇总 as .docx, by section and item. Raises CuibaoError for a template that does not work."""
    return _official("完成情况汇总", _words(SUMMARY, office, quarter, templates), office, quarter)


def urging(
    office: Office, quarter: Quarter, unit: UnitStanding, written: Sequence[datetime], templates: Mapping[str, str]
) -> bytes:
    """The draft of a 催报函 to a unit of `quarter.overdue`; `written` are the times of the letters that went to it. Raises CuibaoError."""
    late = late_unit(quarter, unit, written)
    return _official(
        "催报函", _words(URGING, office, quarter, templates, unit=late), office, quarter, organ=office.name
    )


def bulletin(office: Office, quarter: Quarter, templates: Mapping[str, str]) -> bytes:
    """The draft of a 通报: who reported late or not at all, and what is behind. Raises CuibaoError."""
    overdue = tuple(late_unit(quarter, unit, ()) for unit in quarter.overdue)
    return _official("报送工作通报", _words(BULLETIN, office, quarter, templates, overdue=overdue), office, quarter)


def _official(kind: str, words: str, office: Office, quarter: Quarter, organ: str = "") -> bytes:
    name = f"{office.notice.title}{quarter.period.name}{kind}（草稿）"
    return official(words, name=name, author=office.name, at=quarter.at, organ=organ)


def late_unit(quarter: Quarter, unit: UnitStanding, written: Sequence[datetime]) -> LateUnit:
    """What the drafts say of a unit that owes a report whose deadline is over."""
    owed = quarter.overdue_items(unit)
    days = sorted({at.astimezone(CHINA).date() for at in written})
    last_day = min(one.last_day for one in owed)
    return LateUnit(
        unit.unit,
        _items(quarter, owed, Role.LEAD),
        _items(quarter, owed, Role.COOPERATING),
        REPORTING_WORDS[quarter.reporting(unit)],
        any(one.standing is Standing.RETURNED for one in owed),
        effective_words(quarter.period, last_day),
        tuple(days),
    )


def _items(quarter: Quarter, owed: Sequence[ItemStanding], role: Role) -> tuple[Item, ...]:
    numbers = {one.obligation.item for one in owed if one.obligation.role is role}
    return tuple(one.item for one in quarter.items if one.item.no in numbers)


def one_line(text: str) -> str:
    """A unit's words as they stand within a line of a document: no line of theirs can become a heading or a cell (and see unit_line)."""
    return unit_line(text).replace("|", "｜")


def _words(name: str, office: Office, quarter: Quarter, templates: Mapping[str, str], **more: object) -> str:
    environment = _environment(tuple(sorted(templates.items())))
    try:
        return environment.get_template(name).render(
            office=office, quarter=quarter, period=quarter.period, today=quarter.at.astimezone(CHINA).date(), **more
        )
    except (TemplateError, ArithmeticError, TypeError, ValueError, LookupError) as error:
        raise CuibaoError(f"templates/{name}不能用来拟稿：{error}", "请对照安装包中的原模板改正") from error


@lru_cache(maxsize=2)
def _environment(templates: tuple[tuple[str, str], ...]) -> Environment:
    environment = new_environment(dict(templates))
    environment.filters.update(
        chinese_number=chinese_number,
        one_line=one_line,
        deadline_words=deadline_words,
        figure_line=figure_line,
        indicators=indicators,
        said_words=said_words,
        cooperating_words=cooperating_words,
        lead_words=lead_words,
        wanting=wanting,
    )
    return environment

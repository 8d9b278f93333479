"""How the console words and marks things: the filters and names that its templates use."""

from collections.abc import Iterable
from datetime import date, datetime

from jinja2 import Environment
from markupsafe import Markup

from cuibao.desk.read_figures import Fate
from cuibao.front import words
from cuibao.front.console import progress
from cuibao.papers import wording
from cuibao.papers.documents.ledger_book import (
    REFUSED,
    RETURNED,
    not_held,
    percent_words,
    reach_words,
    refusal_words,
    short_of,
)
from cuibao.rules.entries import BOT, Entry, Kind
from cuibao.rules.officers import RANKS
from cuibao.rules.period import Period
from cuibao.rules.progress import LIGHT_WORDS, Light
from cuibao.rules.registry import Role
from cuibao.rules.standing import WORDS, Standing, UnitStanding
from cuibao.rules.verdict import Evidence
from cuibao.rules.workdays import CHINA

SIGNS = {
    Standing.MISSING: "未",
    Standing.RETURNED: "退",
    Standing.PARTIAL: "部",
    Standing.RECEIVED: "收",
    Standing.ACCEPTED: "报",
    Standing.EXEMPT: "免",
}
"""One character a standing, for the matrix: colour alone tells nobody anything."""
FATES = {
    Fate.STANDS: "已采用",
    Fate.REPLACED: "已采用，后有更正",
    Fate.WAITS: "待办理",
    Fate.REFUSED: "未采用",
    Fate.RETURNED: "已退回，未采用",
    Fate.UNCOUNTED: "未计入台账",
}
COLOURS = {Light.RED: "红", Light.YELLOW: "黄", Light.BLUE: "蓝"}
ROLES = {Role.LEAD: "牵头", Role.COOPERATING: "协同"}
CHECK = {"ok": "正常", "warn": "提示", "bad": "异常"}
_KB, _MB = 1024, 1024 * 1024


def moment(at: datetime | None) -> str:
    """6月15日 09:00, for the year of the notice; "—" for none."""
    if at is None:
        return "—"
    local = at.astimezone(CHINA)
    return f"{local.month}月{local.day}日 {local:%H:%M}"


def stamp(at: datetime | None) -> str:
    """2020-06-15 09:00, for tables that run over years."""
    return f"{at.astimezone(CHINA):%Y-%m-%d %H:%M}" if at else "—"


def day(when: date | datetime | None) -> str:
    """6月15日."""
    if when is None:
        return "—"
    return wording.short_date(when.astimezone(CHINA).date() if isinstance(when, datetime) else when)


def size(count: int) -> str:
    """12 KB."""
    if count < _KB:
        return f"{count} 字节"
    return f"{count / _KB:.0f} KB" if count < _MB else f"{count / _MB:.1f} MB"


def tag(standing: Standing) -> Markup:
    """A standing as a coloured mark with its word."""
    return Markup('<span class="tag s-{}">{}</span>').format(str(standing), WORDS[standing])


def lamp(light: Light | None) -> Markup:
    """A light as a round mark with its colour's name, and what it says; nothing for none."""
    if light is None:
        return Markup()
    return Markup('<span class="lamp l-{}"><b>{}</b>{}</span>').format(str(light), COLOURS[light], LIGHT_WORDS[light])


def timely(standing: UnitStanding) -> str:
    """Whether a unit kept its deadline: 迟报 is all of it, but late; what is still owed then is 逾期."""
    if standing.on_time is None:
        return "—"
    return "按时" if standing.on_time else "逾期" if standing.owed else "迟报"


def actor(name: str) -> str:
    return "系统" if name == BOT else name


def evidence_line(one: Evidence, periods: Iterable[Period]) -> str:
    """发件人：jyj@wuhu.example."""
    return f"{words.EVIDENCE.get(one.rule, one.rule)}：{words.evidence_value(one, periods)}"


def kind_class(entry: Entry) -> str:
    """By what an entry is told apart in a thread: out, in, or an act of a person."""
    if entry.kind.startswith(("letter.", "stage.")):
        return "out"
    if entry.kind.startswith("mail."):
        return "in"
    return "in" if entry.kind is Kind.SUBMISSION_RECEIVED and entry.actor == BOT else "act"


def furnish(environment: Environment) -> None:
    """Give the templates their filters and words."""
    environment.filters.update(
        moment=moment, stamp=stamp, day=day, size=size, tag=tag, actor=actor, timely=timely, kind_class=kind_class,
        items=wording.item_ranges, target=wording.target_words, subject=words.short_subject, date=wording.chinese_date,
        deadline=wording.deadline_words, number=wording.number_words, lamp=lamp, reached=reach_words, not_held=not_held,
        refusal=refusal_words, percent=percent_words, short_of=short_of, replaced=progress.replaced, source_words=progress.source_words, source_paper=progress.source_paper,
    )  # fmt: skip
    environment.globals.update(
        SIGNS=SIGNS, STANDINGS=WORDS, ROLES=ROLES, KINDS=words.KINDS, MAILS=words.MAILS,
        CHECK=CHECK, FATES=FATES, REFUSED=REFUSED, RETURNED=RETURNED, COLOURS=COLOURS, LIGHTS=LIGHT_WORDS, RANKS=RANKS, guess=words.guess_words,
    )  # fmt: skip
    environment.trim_blocks = environment.lstrip_blocks = True

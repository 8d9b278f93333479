"""Alarms: what is wrong with the bot's own work, judged from the ledger, the plan and its health; and when to tell of it again."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from cuibao.rules.book import Alarm, Book
from cuibao.rules.obligation import Obligation
from cuibao.rules.office import Office
from cuibao.rules.period import Period, Span, spans
from cuibao.rules.planned import OVER_QUOTA, Plan
from cuibao.rules.recipients import working
from cuibao.rules.standing import unit_standing
from cuibao.rules.workdays import CHINA

AGAIN_AFTER = timedelta(days=1)
"""An alarm that stands is told once a day."""
QUIET = timedelta(hours=4)
"""What comes and goes is not told more often than this."""
AHEAD = timedelta(days=7)
"""So long before a stage the units that cannot be reached are told."""
_DECEMBER = 12


@dataclass(frozen=True, slots=True)
class Health:
    """How the bot's own work goes; a restart begins it anew. `read_at` is when the mailbox was last read to its end, `smtp_since`
    since when no letter could be sent; the words are the server's own, "" where nothing is wrong; a `refused` server will not
    have our account; `config_words` says why an edited configuration was not taken over."""

    started_at: datetime
    read_at: datetime | None = None
    imap_words: str = ""
    imap_refused: bool = False
    smtp_since: datetime | None = None
    smtp_words: str = ""
    smtp_refused: bool = False
    config_words: str = ""


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing that is wrong now. `key` is the same as long as it is the same thing; with `mailbox` the mailbox itself is what
    fails, so that a mail may not reach anybody."""

    key: str
    words: str
    remedy: str
    mailbox: bool = False


class News(StrEnum):
    """What is to be told of an alarm."""

    RAISED = "raised"
    STANDS = "stands"
    CLEARED = "cleared"


@dataclass(frozen=True)
class Facts:
    """What the conditions look at."""

    office: Office
    duties: Mapping[str, tuple[Obligation, ...]]
    book: Book
    plan: Plan
    health: Health
    now: datetime

    @property
    def patience(self) -> timedelta:
        """How long a server may fail before anybody is told."""
        return timedelta(minutes=self.office.alarms.after_minutes)


def wrongs(facts: Facts) -> tuple[Wrong, ...]:
    """Everything that is wrong now, in the order of CONDITIONS."""
    return tuple(wrong for condition in CONDITIONS for wrong in condition(facts))


def mailbox_unread(facts: Facts) -> Iterator[Wrong]:
    """Mail could not be read for a time, or the login is refused."""
    health = facts.health
    since = health.read_at or health.started_at
    if health.imap_refused:
        remedy = "请核对 .env 中的账号和授权码，并登录网页邮箱确认账号正常；改正后自动恢复"
        yield Wrong("imap.login", f"收件服务器拒绝登录：{health.imap_words}", remedy, mailbox=True)
    elif health.imap_words and facts.now - since >= facts.patience:
        remedy = "请检查网络和邮箱服务；恢复后会自动补收，来件不会遗漏"
        yield Wrong("imap", f"自{_moment(since)}起未能读取邮箱：{health.imap_words}", remedy, mailbox=True)


def letters_unsent(facts: Facts) -> Iterator[Wrong]:
    """Letters could not be sent for a time, or the account is refused or stopped."""
    health = facts.health
    if health.smtp_refused:
        remedy = "请登录网页邮箱查看账号是否受限，核对授权码与发信设置；改正后自动恢复"
        yield Wrong("smtp.login", f"发件服务器拒绝本账号：{health.smtp_words}", remedy, mailbox=True)
    elif health.smtp_since and facts.now - health.smtp_since >= facts.patience:
        remedy = "请检查网络和邮箱服务；恢复后会自动补发，不会重发"
        words = f"自{_moment(health.smtp_since)}起发不出邮件：{health.smtp_words}"
        yield Wrong("smtp", words, remedy, mailbox=True)


def quota_too_small(facts: Facts) -> Iterator[Wrong]:
    """Letters that find no place in the daily quota before their stage is over."""
    starved: dict[tuple[str, str], list[str]] = {}
    for item in facts.plan.withheld:
        if item.reason == OVER_QUOTA:
            starved.setdefault((item.period, item.stage), []).append(item.unit)
    for (period, key), units in starved.items():
        stage = facts.office.stage(key)
        words = f"每日发信限额内排不到以下单位的{stage.name if stage else key}（{period}）：{'、'.join(units)}"
        yield Wrong(f"quota.{period}.{key}", words, "请电话告知这些单位，或在 config/office.yaml 中调大 pace.per_day")


def units_unreachable(facts: Facts) -> Iterator[Wrong]:
    """Units that owe a report and have no working address, a week before a stage."""
    for period, span in _coming(facts):
        units = [name for name in _owing(facts, period) if not _reachable(facts, name)]
        if units:
            day = span.due_at.astimezone(CHINA)
            words = f"{period.name}{span.stage.name}将于{day.month}月{day.day}日发出，以下单位没有可用邮箱：{'、'.join(units)}"
            yield Wrong(
                f"address.{period.key}.{span.stage.key}", words, "请电话联系，并用 ./bot contacts import 补录邮箱"
            )


def calendar_missing(facts: Facts) -> Iterator[Wrong]:
    """In December of a year in which reports are due: the next year's days off are not known."""
    year = facts.now.astimezone(CHINA).year
    at_work = any(period.last_day.year == year for period in facts.office.periods)
    if at_work and facts.now.astimezone(CHINA).month == _DECEMBER and facts.office.workdays.unpublished([year + 1]):
        remedy = "请更新程序，或按国务院办公厅通知在 config/holidays.yaml 中填写放假和调休上班的日期"
        yield Wrong(f"calendar.{year + 1}", f"没有{year + 1}年的放假安排，暂按周一至周五上班推算", remedy)


def configuration_refused(facts: Facts) -> Iterator[Wrong]:
    """The configuration was edited and cannot be used; the one before stays in force."""
    if facts.health.config_words:
        words = f"修改后的配置有误，未予采用，仍按修改前的办理：{facts.health.config_words}"
        yield Wrong("config", words, "请运行 ./bot check 查看并改正，改正后自动采用")


def clock_went_back(facts: Facts) -> Iterator[Wrong]:
    """The clock stands well before the ledger's last line."""
    last = facts.book.last_at
    if last is not None and facts.now < last - facts.patience:
        words = f"本机时间早于台账最后一条记录的时间（{_moment(last)}）"
        yield Wrong("clock", words, "请核对本机日期和时间")


CONDITIONS: tuple[Callable[[Facts], Iterator[Wrong]], ...] = (
    mailbox_unread,
    letters_unsent,
    quota_too_small,
    units_unreachable,
    calendar_missing,
    configuration_refused,
    clock_went_back,
)


def news(known: Mapping[str, Alarm], found: Iterable[Wrong], now: datetime) -> tuple[tuple[News, Wrong], ...]:
    """What is to be told: once when it begins, once a day while it stands, and once when it is over."""
    told: list[tuple[News, Wrong]] = []
    standing = {wrong.key: wrong for wrong in found}
    for wrong in standing.values():
        alarm = known.get(wrong.key)
        is_open = alarm is not None and alarm.cleared_at is None
        if alarm is None or not _told_within(alarm, AGAIN_AFTER if is_open else QUIET, now):
            told.append((News.STANDS if is_open else News.RAISED, wrong))
    for alarm in known.values():
        if alarm.cleared_at is None and alarm.key not in standing:
            told.append((News.CLEARED, Wrong(alarm.key, alarm.words, "")))
    return tuple(told)


def _told_within(alarm: Alarm, span: timedelta, now: datetime) -> bool:
    """Whether it was told so lately; a time that is still to come was written by a clock that was wrong."""
    return timedelta(0) <= now - alarm.told_at < span


def _coming(facts: Facts) -> Iterator[tuple[Period, Span]]:
    """The stages of the next days."""
    for period in facts.office.periods:
        for span in spans(facts.office.stages, period.last_day, facts.office.hours):
            if facts.now < span.due_at <= facts.now + AHEAD:
                yield period, span


def _owing(facts: Facts, period: Period) -> Iterator[str]:
    for name, duties in facts.duties.items():
        if duties and unit_standing(name, period, duties, facts.book, facts.now).owed:
            yield name


def _reachable(facts: Facts, name: str) -> bool:
    unit = facts.office.registry.unit(name)
    return unit is not None and bool(working(unit, facts.book))


def _moment(at: datetime) -> str:
    local = at.astimezone(CHINA)
    return f"{local.month}月{local.day}日{local:%H:%M}"

"""Alarms: what is wrong with the bot's own work, judged from the ledger, the plan and its health; and when to tell of it again."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from cuibao.rules.book import Book
from cuibao.rules.entries import Kind
from cuibao.rules.letters import TO_OFFICE
from cuibao.rules.obligation import Obligation
from cuibao.rules.office import Office
from cuibao.rules.period import Period, Span, spans
from cuibao.rules.planned import OVER_QUOTA, Plan
from cuibao.rules.recipients import working
from cuibao.rules.records import Alarm, Letter, LetterState
from cuibao.rules.standing import unit_standing
from cuibao.rules.workdays import CHINA

AGAIN_AFTER = timedelta(days=1)
"""An alarm that stands is told once a day."""
QUIET = timedelta(hours=4)
"""What comes and goes is not told more often than this."""
AHEAD = timedelta(days=7)
"""So long before a stage the units that cannot be reached are told."""
STUCK_AFTER = 3
"""A letter that was tried so often for an hour is told."""
OFFICE_LATELY = timedelta(days=3)
DEAD = (LetterState.FAILED, LetterState.BOUNCED)
_DECEMBER = 12


@dataclass(frozen=True, slots=True)
class Health:
    """How the bot's own work goes; a restart begins it anew. `read_at` is when the mailbox was last read to its end; `imap_since` and
    `smtp_since` since when it could not be read and no letter be sent, `smtp_well` whether the last try to send succeeded; the
    words are the server's own, "" where nothing is wrong; a `refused` server will not have our account; `config_words` says
    why an edited configuration was not taken over."""

    started_at: datetime
    read_at: datetime | None = None
    imap_since: datetime | None = None
    imap_words: str = ""
    imap_refused: bool = False
    smtp_well: bool = False
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
    PASSED = "passed"
    """Its time is over, and it was not mended: it ends without an all-clear."""


@dataclass(frozen=True)
class Facts:
    """What the conditions look at."""

    office: Office
    duties: Mapping[str, tuple[Obligation, ...]]
    book: Book
    plan: Plan
    health: Health
    now: datetime
    left_out: str = ""
    """What is amiss with years before that cannot be worked with."""
    older: "tuple[Facts, ...]" = ()
    """Of the years before, whose letters leave by the same mailbox."""

    @property
    def years(self) -> "tuple[Facts, ...]":
        """This year's and those of the years before."""
        return (self, *self.older)

    @property
    def patience(self) -> timedelta:
        """How long a server may fail before anybody is told."""
        return timedelta(minutes=self.office.alarms.after_minutes)


@dataclass(frozen=True)
class _DueDay:
    """A stage of a quarter of some year, counted from one of its effective deadlines."""

    year: Facts
    period: Period
    last_day: date
    span: Span

    @property
    def key(self) -> str:
        """2020Q2.first; with the day where an extension set it."""
        extended = "" if self.last_day == self.period.last_day else f".{self.last_day}"
        return f"{self.period.key}.{self.span.stage.key}{extended}"


def wrongs(facts: Facts) -> tuple[Wrong, ...]:
    """Everything that is wrong now, in the order of CONDITIONS."""
    return tuple(wrong for condition in CONDITIONS for wrong in condition(facts))


def mailbox_unread(facts: Facts) -> Iterator[Wrong]:
    """Mail could not be read for a time, or the login is refused."""
    health = facts.health
    if health.imap_refused:
        remedy = "请核对 .env 中的账号和授权码，并登录网页邮箱确认账号正常；改正后自动恢复"
        yield Wrong("imap.login", f"收件服务器拒绝登录：{health.imap_words}", remedy, mailbox=True)
    elif health.imap_since and facts.now - health.imap_since >= facts.patience:
        since = health.imap_since
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


def letters_put_off(facts: Facts) -> Iterator[Wrong]:
    """Letters that were tried again and again in office hours, each refused for now or left in doubt by itself."""
    stuck = _stuck(facts)
    if stuck and facts.office.hours.contains(facts.now):
        units = "、".join(dict.fromkeys(letter.note.key.unit or "本办" for letter in stuck))
        words = f"{len(stuck)}封函件屡次未能发出（{units}）：{stuck[-1].reply}"
        yield Wrong("letters", words, "请按服务器的答复核对收件地址和邮箱设置；系统会继续重试")


def _stuck(facts: Facts) -> list[Letter]:
    """Letters that were tried often enough, for long enough."""
    waiting = (letter for year in facts.years for letter in year.book.open_letters.values())
    tried = (letter for letter in waiting if letter.attempts >= STUCK_AFTER)
    return [letter for letter in tried if facts.now - letter.intended_at >= facts.patience]


def office_unreachable(facts: Facts) -> Iterator[Wrong]:
    """The office's own address does not take the digest or the alarms."""
    for letter in facts.book.letters.values():
        lately = timedelta(0) <= facts.now - letter.at < OFFICE_LATELY
        if letter.note.key.purpose in TO_OFFICE and letter.state in DEAD and lately:
            words = f"发给本办的日报或告警被退回（{'、'.join(letter.note.to)}）：{letter.reply}"
            yield Wrong("office.mail", words, "请核对 config/office.yaml 中的 digest_to", mailbox=True)
            return


def quota_too_small(facts: Facts) -> Iterator[Wrong]:
    """Letters that find no place in the daily quota before their stage is over."""
    starved: dict[tuple[str, str], list[str]] = {}
    for item in (item for year in facts.years for item in year.plan.withheld):
        if item.reason == OVER_QUOTA:
            starved.setdefault((item.period, item.stage), []).append(item.unit)
    for (period, key), units in starved.items():
        stage = next((found for year in facts.years if (found := year.office.stage(key))), None)
        words = f"每日发信限额内排不到以下单位的{stage.name if stage else key}（{period}）：{'、'.join(units)}"
        yield Wrong(f"quota.{period}.{key}", words, "请电话告知这些单位，或在 config/office.yaml 中调大 pace.per_day")


def units_unreachable(facts: Facts) -> Iterator[Wrong]:
    """Units that owe a report and have no working address, a week before a quarter's next stage: what follows it soon needs no telling of
    its own."""
    for one in _coming(facts):
        units = [name for name in _owing(one) if not _reachable(one.year, name)]
        if units:
            day = one.span.due_at.astimezone(CHINA)
            quarter = one.period.name_in(facts.office.notice.year)
            words = f"{quarter}{one.span.stage.name}将于{day.month}月{day.day}日发出，以下单位没有可用邮箱：{'、'.join(units)}"
            yield Wrong(f"address.{one.key}", words, "请电话联系，并用 ./bot contacts import 补录邮箱")


def calendar_missing(facts: Facts) -> Iterator[Wrong]:
    """In December of a year in which reports are due: the next year's days off are not known; and as long as they are not."""
    today = facts.now.astimezone(CHINA)
    year = today.year + 1 if today.month == _DECEMBER else today.year
    at_work = any(period.last_day.year == year - 1 for period in facts.office.periods)
    if at_work and facts.office.workdays.unpublished([year]):
        remedy = "请更新程序，或按国务院办公厅通知在 config/holidays.yaml 中填写放假和调休上班的日期"
        yield Wrong(f"calendar.{year}", f"没有{year}年的放假安排，暂按周一至周五上班推算", remedy)


def configuration_refused(facts: Facts) -> Iterator[Wrong]:
    """The configuration was edited and cannot be used; the one before stays in force."""
    if facts.health.config_words:
        words = f"修改后的配置有误，未予采用，仍按修改前的办理：{facts.health.config_words}"
        yield Wrong("config", words, "请运行 ./bot check 查看并改正，改正后自动采用")


def years_left_out(facts: Facts) -> Iterator[Wrong]:
    """The configuration of a year before cannot be used; this year goes on without it."""
    if facts.left_out:
        words = f"往年的配置不能使用，今年的工作照常进行：{facts.left_out}"
        yield Wrong("years", words, "请运行 ./bot check 查看，改正后自动采用")


def clock_went_back(facts: Facts) -> Iterator[Wrong]:
    """The clock stands well before the ledger's last line."""
    last = facts.book.last_at
    if last is not None and facts.now < last - facts.patience:
        words = f"本机时间早于台账最后一条记录的时间（{_moment(last)}）"
        yield Wrong("clock", words, "请核对本机日期和时间")


CONDITIONS: tuple[Callable[[Facts], Iterator[Wrong]], ...] = (
    mailbox_unread,
    letters_unsent,
    letters_put_off,
    office_unreachable,
    quota_too_small,
    units_unreachable,
    calendar_missing,
    configuration_refused,
    years_left_out,
    clock_went_back,
)


def news(
    known: Mapping[str, Alarm],
    found: Iterable[Wrong],
    now: datetime,
    end: Callable[[str], News | None] = lambda _key: News.CLEARED,
    *,
    at_work: bool = True,
) -> tuple[tuple[News, Wrong], ...]:
    """What is to be told: once when it begins, once a day while it stands, and once when it is over. `end` says how an alarm ends
    that is not among what is found: cleared, passed, or None where it cannot be told yet. Outside office hours (`at_work` false) only
    what fails the mailbox is told again: the rest nobody can mend before."""
    told: list[tuple[News, Wrong]] = []
    standing = {wrong.key: wrong for wrong in found}
    for wrong in standing.values():
        alarm = known.get(wrong.key)
        is_open = alarm is not None and alarm.cleared_at is None
        if is_open and not (at_work or wrong.mailbox):
            continue
        if alarm is None or not _told_within(alarm, AGAIN_AFTER if is_open else QUIET, now):
            told.append((News.STANDS if is_open else News.RAISED, wrong))
    for alarm in known.values():
        if alarm.cleared_at is None and alarm.key not in standing and (how := end(alarm.key)):
            told.append((how, Wrong(alarm.key, alarm.words, "")))
    return tuple(told)


def ending(facts: Facts, key: str) -> News | None:
    """How an alarm ends whose condition no longer holds: a server's only when it has been seen to work again, a stage's without an
    all-clear when the stage itself is over."""
    health = facts.health
    kind, _, rest = key.partition(".")
    if kind == "imap":
        return News.CLEARED if health.read_at and not health.imap_words else None
    if kind == "smtp":
        return News.CLEARED if health.smtp_well else None
    if kind == "letters":
        return None if _stuck(facts) else News.CLEARED
    if kind == "office":
        return News.CLEARED if _reached_office(facts.book) else News.PASSED
    if kind in ("address", "quota"):
        return News.CLEARED if rest in _running(facts) else News.PASSED
    return News.CLEARED


def _reached_office(book: Book) -> bool:
    """Whether the last letter to the office itself arrived, as far as is known."""
    letters = [letter for letter in book.letters.values() if letter.note.key.purpose in TO_OFFICE]
    last = max(letters, key=lambda letter: letter.at, default=None)
    return last is not None and last.state is LetterState.SENT


def _running(facts: Facts) -> frozenset[str]:
    """The stages that are to come within the next days, or are not over: 2020Q2.first."""
    return frozenset(
        one.key for one in _due_days(facts) if facts.now < one.span.due_at or (facts.now in one.span and _planned(one))
    )


def _planned(one: _DueDay) -> bool:
    stage = (one.period.key, one.span.stage.key, one.last_day)
    return any((letter.key.period, letter.stage, letter.key.deadline) == stage for letter in one.year.plan.letters)


def _told_within(alarm: Alarm, span: timedelta, now: datetime) -> bool:
    """Whether it was told so lately; a time that is still to come was written by a clock that was wrong."""
    return timedelta(0) <= now - alarm.told_at < span


def _due_days(facts: Facts) -> Iterator[_DueDay]:
    """Every stage of every year's quarters, for the printed deadline and for each that an extension set."""
    for year in facts.years:
        for period in year.office.periods:
            acts = (act for (_, key), found in year.book.acts.items() if key == period.key for act in found)
            extended = (act.until for act in acts if act.kind is Kind.OBLIGATION_EXTENDED and act.until)
            for last_day in dict.fromkeys((period.last_day, *extended)):
                for span in spans(year.office.stages, last_day, year.office.hours):
                    yield _DueDay(year, period, last_day, span)


def _coming(facts: Facts) -> Iterator[_DueDay]:
    """The next stage before each deadline, where it is one of the next days."""
    told = set()
    for one in _due_days(facts):
        deadline = (one.period.key, one.last_day)
        if facts.now < one.span.due_at and deadline not in told:
            told.add(deadline)
            if one.span.due_at <= facts.now + AHEAD:
                yield one


def _owing(one: _DueDay) -> Iterator[str]:
    """The units that owe something by that day."""
    for name, duties in one.year.duties.items():
        owed = unit_standing(name, one.period, duties, one.year.book, one.year.now).owed if duties else ()
        if any(item.last_day == one.last_day for item in owed):
            yield name


def _reachable(facts: Facts, name: str) -> bool:
    unit = facts.office.registry.unit(name)
    return unit is not None and bool(working(unit, facts.book))


def _moment(at: datetime) -> str:
    local = at.astimezone(CHINA)
    return f"{local.month}月{local.day}日{local:%H:%M}"

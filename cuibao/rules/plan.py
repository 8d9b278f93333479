"""The plan: to whom a letter is due and when it can go, with the reason for every letter and for every letter not written."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from cuibao.rules.book import OPEN, Book, Letter, LetterState
from cuibao.rules.letters import SEND_BACK, LetterKey
from cuibao.rules.obligation import Obligation
from cuibao.rules.office import Approval, Office
from cuibao.rules.pace import Timetable
from cuibao.rules.period import Period, Span, closes_at, spans
from cuibao.rules.recipients import working
from cuibao.rules.registry import Unit
from cuibao.rules.standing import WORDS, ItemStanding, Standing, UnitStanding, unit_standing
from cuibao.rules.workdays import CHINA

NO_WINDOW = "已无可发时段"
NO_ADDRESS = "无可用邮箱，请电话联系"
ALREADY_SENT = "本阶段已发"
OVER_QUOTA = "每日发信限额内已排不到"
INFORM_ONLY = "只告知、不负报送任务，不催报"
WAITS_FOR_OFFICER = "有来件待经办人处理，暂缓催报"
WAITS_FOR_APPROVAL = "待经办人批准"
FAILED = "发送失败，待经办人处理"
PAUSE_WORKDAYS = 2
"""A mail in triage holds back 催报 to its unit no longer than so many working days."""

_FAILED = (LetterState.FAILED, LetterState.BOUNCED)


@dataclass(frozen=True, slots=True)
class PlannedLetter:
    """A letter that is due or will be. `pending` is true where its intention is already in the ledger."""

    key: LetterKey
    stage: str
    span: Span
    send_at: datetime
    to: tuple[str, ...]
    cc: tuple[str, ...]
    items: tuple[int, ...]
    reason: str
    pending: bool = False


@dataclass(frozen=True, slots=True)
class Withheld:
    """A letter that is not written, and why. `lapses` marks a stage whose time is over without a letter."""

    unit: str
    period: str
    stage: str
    deadline: date
    reason: str
    lapses: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What is due at `now` and what will be by the horizon, most urgent first, and what is withheld."""

    now: datetime
    letters: tuple[PlannedLetter, ...]
    withheld: tuple[Withheld, ...]


@dataclass(frozen=True, slots=True)
class _Group:
    """A unit's obligations of one period that share an effective deadline."""

    unit: Unit
    period: Period
    last_day: date
    standing: UnitStanding
    items: tuple[ItemStanding, ...]
    informed: tuple[int, ...]


def make_plan(
    office: Office,
    duties: Mapping[str, tuple[Obligation, ...]],
    book: Book,
    now: datetime,
    until: datetime | None = None,
) -> Plan:
    """Decide for every unit, period and stage that has begun or begins by `until` (default: the end of the day of the next
    enabled stage). Pure: the same arguments always give the same plan."""
    groups = tuple(_groups(office, duties, book, now))
    horizon = until if until is not None else _next_stage_end(office, groups, now)
    letters: list[PlannedLetter] = []
    withheld: list[Withheld] = []
    for group in groups:
        for span in spans(office.stages, group.last_day, office.hours):
            if span.due_at > max(horizon, now):
                continue
            decided = _decide(office, book, group, span, now)
            if isinstance(decided, PlannedLetter):
                letters.append(decided)
            elif decided is not None:
                withheld.append(decided)
    return _paced(office, book, now, letters, withheld)


def _groups(
    office: Office, duties: Mapping[str, tuple[Obligation, ...]], book: Book, now: datetime
) -> Iterator[_Group]:
    for period in office.periods:
        for unit in office.registry.units:
            owed = duties[unit.name]
            if not owed:
                continue
            standing = unit_standing(unit.name, period, owed, book, now)
            if not standing.items:
                yield _Group(unit, period, period.last_day, standing, (), tuple(o.item for o in owed))
                continue
            for last_day in sorted({item.last_day for item in standing.items}):
                shared = tuple(item for item in standing.items if item.last_day == last_day)
                yield _Group(unit, period, last_day, standing, shared, ())


def _next_stage_end(office: Office, groups: Sequence[_Group], now: datetime) -> datetime:
    days = {group.last_day for group in groups}
    starts = (span.due_at for day in days for span in spans(office.stages, day, office.hours))
    upcoming = min((start for start in starts if start > now), default=now)
    return closes_at(upcoming.astimezone(CHINA).date()) - timedelta(seconds=1)


def _decide(office: Office, book: Book, group: _Group, span: Span, now: datetime) -> PlannedLetter | Withheld | None:
    """One unit, period, effective deadline and stage: the letter, the reason against it, or None where its time is long over."""
    stage = span.stage

    def withhold(reason: str, *, lapses: bool = False) -> Withheld:
        return Withheld(group.unit.name, group.period.key, stage.key, group.last_day, reason, lapses)

    if (group.unit.name, group.period.key, stage.key, group.last_day.isoformat()) in book.lapsed:
        return None
    earlier = _letters_of_stage(book, group, stage.key)
    over = not _window_left(office, span, now)
    owed = _owed(group)
    if any(letter.state is LetterState.SENT for letter in earlier):
        return None if over else withhold(f"{ALREADY_SENT}（{_day(earlier)}）")
    if not owed:
        return None if over else withhold(_not_owed(group))
    if group.informed and _urges(span):
        return None if over else withhold(INFORM_ONLY)
    waiting = next((letter for letter in earlier if letter.state in OPEN), None)
    if waiting is not None:
        return None if over else _pending(waiting, span, now)
    if over:
        return withhold(NO_WINDOW, lapses=True)
    to = working(group.unit, book)
    if not to:
        return withhold(NO_ADDRESS)
    failed = next((letter for letter in earlier if letter.state in _FAILED and letter.note.to == to), None)
    if failed is not None:
        return withhold(f"{FAILED}：{failed.reply}")
    if office.approval is Approval.REQUIRED and (group.period.key, stage.key) not in book.approved:
        return withhold(WAITS_FOR_APPROVAL)
    paused = _paused_until(office, book, group, span)
    if paused and now < paused and not (span.due_at > now):
        return withhold(WAITS_FOR_OFFICER)
    approved = (group.period.key, stage.key) in book.approved
    cc = group.unit.escalate_to if stage.escalate and approved and _leads(group) else ()
    key = LetterKey(
        office.notice.number,
        group.period.key,
        group.unit.name,
        stage.key,
        group.last_day,
        _occasion(group, earlier, to),
    )
    return PlannedLetter(key, stage.key, span, max(now, span.due_at), to, cc, owed, _why(group, span))


def _sent_back(group: _Group) -> int:
    """The ledger's number of the latest send_back among what is owed, or 0."""
    returned = (item.act.seq for item in group.items if item.standing is Standing.RETURNED and item.act)
    return max(returned, default=0)


def _letters_of_stage(book: Book, group: _Group, stage: str) -> list[Letter]:
    """The stage's letters for this deadline; after a send_back only those that followed it or still wait."""
    since = _sent_back(group)
    return [
        letter
        for letter in book.letters_to(group.unit.name, group.period.key)
        if letter.note.key.purpose == stage
        and letter.note.key.deadline == group.last_day
        and (letter.state in OPEN or _answers(letter) >= since)
    ]


def _answers(letter: Letter) -> int:
    """The number of the send_back that called for a letter, or 0."""
    name, _, number = letter.note.key.occasion.partition("/")[0].partition(":")
    return int(number) if name == SEND_BACK else 0


def _occasion(group: _Group, earlier: Sequence[Letter], to: tuple[str, ...]) -> str:
    """What calls for this letter beside the stage itself: a send_back, or another contact after the first failed."""
    parts = [f"{SEND_BACK}:{_sent_back(group)}"] if _sent_back(group) else []
    if any(letter.state in _FAILED for letter in earlier):
        parts.append(f"contact:{','.join(to)}")
    return "/".join(parts)


def _owed(group: _Group) -> tuple[int, ...]:
    if group.informed:
        return group.informed
    return tuple(item.obligation.item for item in group.items if item in group.standing.owed)


def _not_owed(group: _Group) -> str:
    found = {item.standing for item in group.items}
    return "、".join(WORDS[standing] for standing in Standing if standing in found) or WORDS[Standing.EXEMPT]


def _leads(group: _Group) -> bool:
    return any(item.obligation.role == "lead" for item in group.items if item in group.standing.owed)


def _urges(span: Span) -> bool:
    """Whether a stage urges (催报, 逾期催报) rather than reminds."""
    return span.stage.workdays > 0 or "催" in span.stage.name


def _paused_until(office: Office, book: Book, group: _Group, span: Span) -> datetime | None:
    if not _urges(span):
        return None
    waiting = [mail for mail in book.triage() if mail.verdict and mail.verdict.unit == group.unit.name]
    since = [mail.judged_at.astimezone(CHINA) for mail in waiting if mail.judged_at]
    ends = (datetime.combine(office.workdays.shift(at.date(), PAUSE_WORKDAYS), at.timetz()) for at in since)
    return max(ends, default=None)


def _window_left(office: Office, span: Span, now: datetime) -> bool:
    return office.hours.next_open(max(now, span.due_at)) < span.ends_at


def _pending(letter: Letter, span: Span, now: datetime) -> PlannedLetter:
    note = letter.note
    earliest = max(now, letter.retry_at or now)
    return PlannedLetter(
        note.key, note.key.purpose, span, earliest, note.to, note.cc, note.items, "已拟发，待发出", pending=True
    )


def _day(letters: Sequence[Letter]) -> str:
    sent = max(letter.sent_at for letter in letters if letter.sent_at).astimezone(CHINA)
    return f"{sent.month}月{sent.day}日"


def _why(group: _Group, span: Span) -> str:
    day = f"{group.last_day.month}月{group.last_day.day}日"
    return f"{span.stage.name}：{day}截止，{'只告知' if group.informed else group.standing.reason}"


def _paced(office: Office, book: Book, now: datetime, letters: list[PlannedLetter], withheld: list[Withheld]) -> Plan:
    """Give every letter its time, most urgent first, and withhold those whose time never comes."""
    used = {day: book.sent_recipients(day) for day in book.recipients_by_day}
    timetable = Timetable(office.hours, office.pace, now, used)
    timed = []
    for letter in sorted(letters, key=_urgency):
        slot = timetable.slot(letter.send_at, len(letter.to) + len(letter.cc), letter.key.purpose)
        if slot is None or slot >= letter.span.ends_at:
            key = letter.key
            withheld.append(Withheld(key.unit, key.period, letter.stage, key.deadline, OVER_QUOTA))
        else:
            timed.append(replace(letter, send_at=slot))
    return Plan(now, tuple(timed), tuple(withheld))


def _urgency(letter: PlannedLetter) -> tuple[date, int]:
    """Earlier days first; within a day the stage nearest to, or furthest past, its deadline."""
    return letter.send_at.astimezone(CHINA).date(), -letter.span.stage.workdays

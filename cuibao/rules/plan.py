"""The plan: to whom a letter is due and when it can go, with the reason for every letter and for every letter not written."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from cuibao.rules.book import FARTHEST, OPEN, Act, Book, Letter, LetterState
from cuibao.rules.letters import SEND_BACK, LetterKey
from cuibao.rules.obligation import Obligation
from cuibao.rules.office import Approval, Office
from cuibao.rules.pace import Timetable
from cuibao.rules.period import Period, Span, Stage, closes_at, spans
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
TOLD_OF_RETURN = "已另函退回补报"
PAUSE_WORKDAYS = 2
"""A mail in triage holds back 催报 to its unit no longer than so many working days."""

RETURNED = Stage(SEND_BACK, "退回补报", 0)
"""Stands in the plan for the letter that a send_back calls for: due at once, until what was returned has come again."""

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
        for decided in _decisions(office, book, group, now, max(horizon, now)):
            if isinstance(decided, PlannedLetter):
                letters.append(decided)
            else:
                withheld.append(decided)
    return _paced(office, book, now, letters, withheld)


def _decisions(
    office: Office, book: Book, group: _Group, now: datetime, horizon: datetime
) -> Iterator[PlannedLetter | Withheld]:
    """What is to be said of one group: the letter that a send_back calls for, then each stage that has begun by the horizon."""
    if returned := _returned(group):
        yield _decide_return(office, book, group, returned, now)
    for span in spans(office.stages, group.last_day, office.hours):
        if span.due_at <= horizon and (decided := _decide(office, book, group, span, now)):
            yield decided


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
    earlier = _letters_about(book, group, stage.key)
    over = not _window_left(office, span, now)
    owed = _owed(group)
    sent = any(letter.state is LetterState.SENT for letter in earlier)
    if over and (sent or not owed or any(letter.state in OPEN for letter in earlier)):
        return None
    if not owed and not sent:
        return withhold(_not_owed(group))
    if group.informed and urges(stage):
        return None if over else withhold(INFORM_ONLY)
    if over:
        return withhold(NO_WINDOW, lapses=True)
    if not sent and _told_of_return(book, group, span):
        return withhold(TOLD_OF_RETURN)
    return _letter_or_reason(office, book, group, span, owed, earlier, "", now)


def _letter_or_reason(
    office: Office,
    book: Book,
    group: _Group,
    span: Span,
    items: tuple[int, ...],
    earlier: Sequence[Letter],
    occasion: str,
    now: datetime,
) -> PlannedLetter | Withheld:
    """A letter that is called for: the one that waits already, a new one, or what still stands in its way."""
    stage, unit, period = span.stage, group.unit, group.period

    def withhold(reason: str) -> Withheld:
        return Withheld(unit.name, period.key, stage.key, group.last_day, reason)

    if any(letter.state is LetterState.SENT for letter in earlier):
        return withhold(f"{ALREADY_SENT}（{_day(earlier)}）")
    paused = paused_until(office, book, unit.name, stage)
    if paused and span.due_at <= now < paused:
        return withhold(WAITS_FOR_OFFICER)
    if waiting := next((letter for letter in earlier if letter.state in OPEN), None):
        return _pending(waiting, span, now)
    to = working(unit, book)
    if not to:
        return withhold(NO_ADDRESS)
    failed = next((letter for letter in earlier if letter.state in _FAILED and letter.note.to == to), None)
    if failed is not None:
        return withhold(f"{FAILED}：{failed.reply}")
    approved = (period.key, stage.key) in book.approved
    if office.approval is Approval.REQUIRED and stage is not RETURNED and not approved:
        return withhold(WAITS_FOR_APPROVAL)
    cc = unit.escalate_to if stage.escalate and approved and _leads(group) else ()
    key = LetterKey(
        office.notice.number, period.key, unit.name, stage.key, group.last_day, _occasion(occasion, earlier, to)
    )
    return PlannedLetter(key, stage.key, span, max(now, span.due_at), to, cc, items, _why(group, span))


def _returned(group: _Group) -> dict[int, Act]:
    """What was sent back and has not come again: the send_back of each such item."""
    owed = (item for item in group.items if item.standing is Standing.RETURNED)
    return {item.obligation.item: item.act for item in owed if item.act}


def _decide_return(
    office: Office, book: Book, group: _Group, returned: Mapping[int, Act], now: datetime
) -> PlannedLetter | Withheld:
    """The letter that tells a unit what was sent back and why. One names all that is returned by then; only a later send_back
    calls for another."""
    latest = max(returned.values(), key=lambda act: act.seq)
    span = Span(RETURNED, latest.at, closes_at(FARTHEST))
    earlier = _letters_about_return(book, group, latest.seq)
    items = tuple(sorted(returned))
    return _letter_or_reason(office, book, group, span, items, earlier, f"{SEND_BACK}:{latest.seq}", now)


def _letters_about_return(book: Book, group: _Group, seq: int) -> list[Letter]:
    """The letters that a send_back of that number or a later one called for, to whichever contact they went."""
    letters = _letters_about(book, group, SEND_BACK)
    return [letter for letter in letters if int(letter.note.key.occasion.partition("/")[0].partition(":")[2]) >= seq]


def _letters_about(book: Book, group: _Group, purpose: str) -> list[Letter]:
    """The letters of that purpose to the unit for this deadline."""
    return [
        letter
        for letter in book.letters_to(group.unit.name, group.period.key)
        if letter.note.key.purpose == purpose and letter.note.key.deadline == group.last_day
    ]


def _told_of_return(book: Book, group: _Group, span: Span) -> bool:
    """Whether all that is owed was returned and its own letter goes in this stage's time: then the stage has nothing to add."""
    returned = _returned(group)
    if not returned or set(_owed(group)) != set(returned):
        return False
    told = _letters_about_return(book, group, max(act.seq for act in returned.values()))
    return all(letter.sent_at >= span.due_at for letter in told if letter.sent_at)


def _occasion(plain: str, earlier: Sequence[Letter], to: tuple[str, ...]) -> str:
    """What calls for this letter: nothing but its stage, a send_back, and another contact after the first failed."""
    parts = [plain] if plain else []
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


def urges(stage: Stage) -> bool:
    """Whether a stage urges (催报, 逾期催报) rather than reminds."""
    return stage.workdays > 0 or "催" in stage.name


def paused_until(office: Office, book: Book, unit: str, stage: Stage) -> datetime | None:
    """Until when a mail in triage holds back what urges its unit; None where nothing does."""
    if not urges(stage):
        return None
    waiting = [mail for mail in book.triage() if mail.verdict and mail.verdict.unit == unit]
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

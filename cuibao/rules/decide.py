"""Decide: for one unit, period and effective deadline, which letters are called for, and what stands in the way of each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from cuibao.rules.book import FARTHEST, Book
from cuibao.rules.letters import SEND_BACK, LetterKey
from cuibao.rules.obligation import Obligation
from cuibao.rules.office import Approval, Office
from cuibao.rules.period import Period, Span, Stage, closes_at, spans
from cuibao.rules.planned import (
    ALREADY_SENT,
    CHANGED_SINCE,
    FAILED,
    HELD,
    INFORM_ONLY,
    NEVER_AN_ADDRESS,
    NO_ADDRESS,
    NO_WINDOW,
    OVERTAKEN,
    PAUSE_WORKDAYS,
    RETURNED,
    TOLD_OF_RETURN,
    WAITS_FOR_APPROVAL,
    WAITS_FOR_OFFICER,
    WAITS_FOR_SERVER,
    Fingerprint,
    PlannedLetter,
    Withheld,
)
from cuibao.rules.recipients import working
from cuibao.rules.records import OPEN, Act, Approved, Letter, LetterState
from cuibao.rules.registry import Unit
from cuibao.rules.standing import WORDS, ItemStanding, Standing, UnitStanding, unit_standing
from cuibao.rules.workdays import CHINA

_FAILED = (LetterState.FAILED, LetterState.BOUNCED)


@dataclass(frozen=True, slots=True)
class Group:
    """A unit's obligations of one period that share an effective deadline."""

    unit: Unit
    period: Period
    last_day: date
    standing: UnitStanding
    items: tuple[ItemStanding, ...]
    informed: tuple[int, ...]


def groups(office: Office, duties: Mapping[str, tuple[Obligation, ...]], book: Book, now: datetime) -> Iterator[Group]:
    for period in office.periods:
        for unit in office.registry.units:
            owed = duties[unit.name]
            if not owed:
                continue
            standing = unit_standing(unit.name, period, owed, book, now)
            if not standing.items:
                yield Group(unit, period, period.last_day, standing, (), tuple(o.item for o in owed))
                continue
            for last_day in sorted({item.last_day for item in standing.items}):
                shared = tuple(item for item in standing.items if item.last_day == last_day)
                yield Group(unit, period, last_day, standing, shared, ())


def decisions(
    office: Office, book: Book, group: Group, now: datetime, horizon: datetime, fingerprint: Fingerprint
) -> Iterator[PlannedLetter | Withheld]:
    """What is to be said of one group: the letter that a send_back calls for, then each stage that has begun by the horizon, or
    that an officer lets leave before its time. What an officer must let go is withheld until then."""
    told = False
    if returned := _returned(group):
        about = _decide_return(office, book, group, returned, now)
        if isinstance(about, PlannedLetter):
            about = _if_let_go(office, book, about, fingerprint)
        told = isinstance(about, PlannedLetter)
        yield about
    found: list[PlannedLetter | Withheld] = []
    overtaken = False
    for span in reversed(spans(office.stages, group.last_day, office.hours)):
        key = LetterKey(office.notice.number, group.period.key, group.unit.name, span.stage.key, group.last_day)
        overtaken = overtaken or is_overtaken(office, book, key, now)
        early = _brought_forward(office, book, group, span, now, fingerprint, told=told, overtaken=overtaken)
        if early is not None:
            found.append(early)
            overtaken = overtaken or isinstance(early, PlannedLetter)
        elif span.due_at <= horizon:
            decided = _decide(office, book, group, span, now, told=told, overtaken=overtaken)
            if isinstance(decided, PlannedLetter):
                decided = _if_let_go(office, book, decided, fingerprint)
            found += [decided] if decided is not None else []
    yield from reversed(found)


def _brought_forward(
    office: Office,
    book: Book,
    group: Group,
    span: Span,
    now: datetime,
    fingerprint: Fingerprint,
    *,
    told: bool,
    overtaken: bool,
) -> PlannedLetter | Withheld | None:
    """What is to be said of a stage before its own time: it is due from the moment at which an officer let it leave, or its letter
    was written; its end stays. None where neither is so, or where recipients or text are no longer those that were let go: then the
    stage waits for its time."""
    since = _due_before(book, group, span, now)
    if since is None:
        return None
    decided = _decide(office, book, group, replace(span, due_at=since), now, told=told, overtaken=overtaken)
    if not isinstance(decided, PlannedLetter):
        return decided
    approved = _approval(book, decided)
    if not decided.pending and (approved is None or approved.fingerprint != fingerprint(decided)):
        return None
    return _if_let_go(office, book, decided, fingerprint)


def _due_before(book: Book, group: Group, span: Span, now: datetime) -> datetime | None:
    """Since when a stage whose time has not come is due all the same; None where it is not."""
    if now >= span.due_at:
        return None
    wave = (group.period.key, span.stage.key, group.unit.name, group.last_day.isoformat())
    approved = book.approvals.get(wave)
    let_go = [approved.now] if approved and approved.now else []
    unsent = (*OPEN, *_FAILED)
    written = [one.intended_at for one in _letters_about(book, group, span.stage.key) if one.state in unsent]
    return min((moment for moment in (*let_go, *written) if moment <= now), default=None)


def is_overtaken(office: Office, book: Book, key: LetterKey, now: datetime) -> bool:
    """Whether a letter of a later stage about the same deadline is written already, having been let go before its time: it says
    all that this one would."""
    own = office.stage(key.purpose)
    if own is None:
        return False
    later = {stage.key for stage in office.stages if stage.workdays > own.workdays}
    return any(
        letter.note.key.purpose in later
        and letter.note.key.deadline == key.deadline
        and letter.state in (*OPEN, LetterState.SENT)
        and letter.intended_at <= now  # one from the future was written by a clock that was wrong
        for letter in book.letters_to(key.unit, key.period)
    )


def _decide(
    office: Office, book: Book, group: Group, span: Span, now: datetime, *, told: bool, overtaken: bool
) -> PlannedLetter | Withheld | None:
    """One unit, period, effective deadline and stage: the letter, the reason against it, or None where its time is long over. `told`
    says that a letter about what was sent back is about to leave, `overtaken` that a later stage's left before its time."""
    stage = span.stage

    def withhold(reason: str, *, lapses: bool = False) -> Withheld:
        return Withheld(group.unit.name, group.period.key, stage.key, group.last_day, reason, lapses)

    lapsed_at = book.lapsed.get((group.unit.name, group.period.key, stage.key, group.last_day.isoformat()))
    if lapsed_at is not None and lapsed_at <= now:  # one from the future was written by a clock that was wrong
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
    if overtaken and not sent:
        return None if over else withhold(OVERTAKEN)
    if over:
        why = NO_WINDOW if working(group.unit, book) else NEVER_AN_ADDRESS
        return None if _returned_after(group, span) else withhold(why, lapses=True)
    if not sent and _told_of_return(book, group, span, told):
        return withhold(TOLD_OF_RETURN)
    return _letter_or_reason(office, book, group, span, owed, earlier, "", now)


def _letter_or_reason(
    office: Office,
    book: Book,
    group: Group,
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
    cc = unit.escalate_to if stage.escalate and _leads(group) else ()
    key = LetterKey(
        office.notice.number, period.key, unit.name, stage.key, group.last_day, _occasion(occasion, earlier, to)
    )
    failed = next((one for one in reversed(earlier) if one.state in _FAILED and one.note.to == to), None)
    return PlannedLetter(key, stage.key, span, max(now, span.due_at), to, cc, items, _why(group, span), failed=failed)


def plain_fingerprint(letter: PlannedLetter) -> str:
    """Recipients, items and deadline in one line; whoever has the text adds it."""
    parts = (*letter.to, "cc", *letter.cc, letter.key.deadline.isoformat(), *map(str, letter.items))
    return " ".join(parts)


def _if_let_go(office: Office, book: Book, letter: PlannedLetter, fingerprint: Fingerprint) -> PlannedLetter | Withheld:
    """The letter, or the reason why an officer must let it go first: a hold, a failure that is not the address's, a wave that
    waits for approval, leaders among the recipients."""
    key = letter.key
    wave = (key.period, letter.stage, key.unit)
    approved = _approval(book, letter)

    def withhold(reason: str) -> Withheld:
        return Withheld(key.unit, key.period, letter.stage, key.deadline, reason, letter=letter)

    if wave in book.holds:
        return withhold(f"{HELD}：{book.holds[wave]}")
    if letter.pending:
        return letter
    valid = approved is not None and approved.fingerprint == fingerprint(letter)
    if letter.failed is not None:
        if approved is None or not valid or approved.at < letter.failed.at:
            return withhold(f"{FAILED}：{letter.failed.reply}")
        return replace(
            letter, key=replace(key, occasion="/".join(filter(None, (key.occasion, f"approved:{approved.seq}"))))
        )
    asked = letter.stage != SEND_BACK and (office.approval is Approval.REQUIRED or letter.cc)
    if asked and not valid:
        return withhold(CHANGED_SINCE if approved else WAITS_FOR_APPROVAL)
    return letter


def _approval(book: Book, letter: PlannedLetter) -> Approved | None:
    key = letter.key
    return book.approvals.get((key.period, letter.stage, key.unit, key.deadline.isoformat()))


def _returned(group: Group) -> dict[int, Act]:
    """What was sent back and has not come again: the send_back of each such item."""
    owed = (item for item in group.items if item.standing is Standing.RETURNED)
    return {item.obligation.item: item.act for item in owed if item.act}


def _decide_return(
    office: Office, book: Book, group: Group, returned: Mapping[int, Act], now: datetime
) -> PlannedLetter | Withheld:
    """The letter that tells a unit what was sent back and why. One names all that is returned by then; only a later send_back
    calls for another."""
    latest = max(returned.values(), key=lambda act: act.seq)
    span = Span(RETURNED, latest.at, closes_at(FARTHEST))
    earlier = _letters_about_return(book, group, latest.seq)
    items = tuple(sorted(returned))
    return _letter_or_reason(office, book, group, span, items, earlier, f"{SEND_BACK}:{latest.seq}", now)


def _letters_about_return(book: Book, group: Group, seq: int) -> list[Letter]:
    """The letters that a send_back of that number or a later one called for, to whichever contact they went."""
    letters = _letters_about(book, group, SEND_BACK)
    return [letter for letter in letters if int(letter.note.key.occasion.partition("/")[0].partition(":")[2]) >= seq]


def _letters_about(book: Book, group: Group, purpose: str) -> list[Letter]:
    """The letters of that purpose to the unit for this deadline."""
    return [
        letter
        for letter in book.letters_to(group.unit.name, group.period.key)
        if letter.note.key.purpose == purpose and letter.note.key.deadline == group.last_day
    ]


def _returned_after(group: Group, span: Span) -> bool:
    """Whether all that is owed was sent back only when the stage was over: it had nothing to say in its time."""
    returned = _returned(group)
    return set(_owed(group)) == set(returned) and all(act.at >= span.ends_at for act in returned.values())


def _told_of_return(book: Book, group: Group, span: Span, told: bool) -> bool:
    """Whether all that is owed was returned and its own letter goes in this stage's time: then the stage has nothing to add."""
    returned = _returned(group)
    if not returned or set(_owed(group)) != set(returned):
        return False
    letters = _letters_about_return(book, group, max(act.seq for act in returned.values()))
    sent = [letter.sent_at for letter in letters if letter.state is LetterState.SENT and letter.sent_at]
    return told if not sent else max(sent) >= span.due_at


def _occasion(plain: str, earlier: Sequence[Letter], to: tuple[str, ...]) -> str:
    """What calls for this letter: nothing but its stage, a send_back, and another contact after the first failed."""
    parts = [plain] if plain else []
    if any(letter.state in _FAILED for letter in earlier):
        parts.append(f"contact:{','.join(to)}")
    if withdrawn := sum(letter.state is LetterState.WITHDRAWN for letter in earlier):
        parts.append(f"again:{withdrawn}")  # other bytes must not go under the Message-ID of those that were withdrawn
    return "/".join(parts)


def _owed(group: Group) -> tuple[int, ...]:
    if group.informed:
        return group.informed
    return tuple(item.obligation.item for item in group.items if item in group.standing.owed)


def _not_owed(group: Group) -> str:
    found = {item.standing for item in group.items}
    return "、".join(WORDS[standing] for standing in Standing if standing in found) or WORDS[Standing.EXEMPT]


def _leads(group: Group) -> bool:
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
    rests = letter.rests_until(now)
    waits = f"{WAITS_FOR_SERVER}（{letter.reply}）" if rests else ""
    return PlannedLetter(
        note.key,
        note.key.purpose,
        span,
        rests or now,
        note.to,
        note.cc,
        note.items,
        "已拟发，待发出",
        pending=True,
        waits=waits,
    )


def _day(letters: Sequence[Letter]) -> str:
    sent = max(letter.sent_at for letter in letters if letter.sent_at).astimezone(CHINA)
    return f"{sent.month}月{sent.day}日"


def _why(group: Group, span: Span) -> str:
    day = f"{group.last_day.month}月{group.last_day.day}日"
    return f"{span.stage.name}：{day}截止，{'只告知' if group.informed else group.standing.reason}"

"""Deliver: send the letters that the ledger intends, in order of urgency, and record what the server said of each.

A letter of an earlier run may have been accepted without our record of it: before such a letter is sent again, 已发送 is asked for it.
What a crash leaves: before the server's answer, the intention stands and the letter is looked for and sent; after it, at worst the
same bytes with the same Message-ID go twice."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Self

from cuibao.desk.context import Desk
from cuibao.desk.ports import Pause, Postman
from cuibao.rules.book import Book
from cuibao.rules.decide import is_overtaken, paused_until
from cuibao.rules.entries import Draft, Kind, stamp
from cuibao.rules.letters import ALARM, RECEIPT, SEND_BACK, TO_OFFICE, LetterKey, LetterNote, note_to_data
from cuibao.rules.outcomes import LedgerError, MailServerError
from cuibao.rules.pace import allowance
from cuibao.rules.period import Span, closes_at, spans
from cuibao.rules.planned import OVERTAKEN, TOO_LATE
from cuibao.rules.records import Letter, LetterState
from cuibao.rules.standing import OWED, Standing, unit_standing
from cuibao.rules.traffic import Delivery, Outcome, SentMessage
from cuibao.rules.workdays import CHINA

GROUP = 40
"""So many answers are recorded together where nothing is waited for between letters."""
RETRY_AFTER = timedelta(minutes=5)
"""How long a transient refusal rests where the server names no time of its own."""
FIRST = 10_000
"""More than the working days of any stage: letters to the office go before all others, receipts after them."""
ALARM_HOLDS = timedelta(days=3)
"""So long an alarm is still worth sending to an office that could not be reached."""
STOPPED_FOR = timedelta(hours=1)
"""How long an account that cannot send rests, so that trying does not make it worse."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """What became of one letter in a delivery. `rest` is how long the server is to be left alone, where it said so."""

    note: LetterNote
    state: str
    reply: str
    rest: timedelta | None = None


def sendable(desk: Desk, now: datetime) -> list[Letter]:
    """The letters that wait and may be tried now, most urgent first: those to units in office hours and with a place in the day's
    quota, those to the office itself at any time."""
    book = desk.book()
    is_open = desk.office.hours.contains(now)
    waiting = (letter for letter in book.open_letters.values() if letter.rests_until(now) is None)
    ready = (letter for letter in waiting if is_open or letter.note.key.purpose in TO_OFFICE)
    free = (letter for letter in ready if not _kept_back(desk, book, letter.note.key, now))
    return sorted((letter for letter in free if _fits(desk, book, letter.note, now)), key=_urgency(desk))


def waiting(desks: Iterable[Desk], now: datetime) -> list[Desk]:
    """Those of the desks, one a year, that have anything to send now, the one with the most urgent letter first."""
    found = [(one, letters[0]) for one in desks if (letters := sendable(one, now))]
    return [one for one, _ in sorted(found, key=lambda pair: _urgency(pair[0])(pair[1]))]


def _kept_back(desk: Desk, book: Book, key: LetterKey, now: datetime) -> bool:
    """Whether an officer holds the letter, or a mail that waits in triage does, though it was written before."""
    if (key.period, key.purpose, key.unit) in book.holds:
        return True
    stage = desk.office.stage(key.purpose)
    until = paused_until(desk.office, book, key.unit, stage) if stage else None
    return until is not None and now < until


@dataclass
class Past:
    """What a process must know of the time before it. Letters that were intended before `own_since` are another process's, which may
    have sent them and died. The store may be a backup, and lack letters that left since `unknown_since`; None once 已发送 has
    been asked, whose `messages` of that time are kept, for a letter may be due only later."""

    own_since: datetime
    unknown_since: datetime | None = None
    waits: bool = True
    """Whether letters wait an hour for 已发送 where it cannot be asked: not where the ledger is empty, and most likely new."""
    messages: tuple[SentMessage, ...] = ()
    mailbox_rests: bool = False
    """Whether the mailbox, which refused our login, is to be left alone."""
    unrecorded: list[Draft] = field(default_factory=list)
    """Answers that the disk did not take: until they are recorded nothing more is sent, or the same letter would go again."""


def deliver(desk: Desk, now: datetime, pause: Pause, past: Past | None = None) -> tuple[Delivered, ...]:
    """Send what may be sent now, one connection for all. Returns what became of each; stops at the end of the office hours,
    of the day's quota, when the account cannot send, or when `pause` says so. Raises MailServerError when no login is had."""
    past = past or Past(now)
    if past.unrecorded:
        desk.ledger.append(past.unrecorded)
        past.unrecorded.clear()
    letters = _settle_found(desk, sendable(desk, now), now, past)
    book = desk.book()
    letters = [letter for letter in letters if not _withdrawn(desk, book, letter, now)]
    if not letters:
        return ()
    with desk.servers.postman() as postman, _Wave(desk, postman, pause, past, checked_at=now) as wave:
        for letter in letters:
            later = wave.turn_of(letter, now)
            if later is None:
                break
            now = later
    return tuple(wave.done)


@dataclass
class _Wave:
    """Letters on their way over one connection, and the answers not yet recorded. With a pause between letters each answer is on
    disk before the next letter leaves; without one they are recorded in groups, and what a crash may repeat grows to a group.
    `checked_at` is when every letter was last held against the ledger."""

    desk: Desk
    postman: Postman
    pause: Pause
    past: Past
    checked_at: datetime
    done: list[Delivered] = field(default_factory=list)
    _book: Book = field(init=False)
    _answers: list[Draft] = field(default_factory=list)
    _notes: list[LetterNote] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._book = self.desk.book()
        return self

    def __exit__(self, *_: object) -> None:
        self._record()

    def turn_of(self, letter: Letter, now: datetime) -> datetime | None:
        """Wait, check and send one letter, or pass it over where it does not fit today or no longer holds; the time it then is,
        or None where no further one may be tried."""
        desk = self.desk
        if not _fits(desk, self._book, letter.note, now, self._notes):
            return now
        if self.done:
            later = self.pause(desk.office.pace.seconds_between)
            if later is None or not _may_leave(desk, letter.note.key, later):
                return None
            now = later
        if now != self.checked_at:
            book = desk.book()
            if _kept_back(desk, book, letter.note.key, now) or _withdrawn(desk, book, letter, now):
                return now
        outcome = _held_at_last(self._send(letter.note), letter)
        rest = _rest(outcome, now)
        self.done.append(Delivered(letter.note, str(outcome.delivery), outcome.reply, rest))
        self._take(letter, outcome, now)
        return None if rest else now

    def _send(self, note: LetterNote) -> Outcome:
        try:
            raw = self.desk.letters.read(note.file)
        except LedgerError as error:  # one damaged file must not keep the others from leaving
            return Outcome(Delivery.REFUSED, str(error))
        return self.postman.send(raw, (*note.to, *note.cc))

    def _take(self, letter: Letter, outcome: Outcome, now: datetime) -> None:
        self._answers.append(_record(letter, outcome, now))
        self._notes.append(letter.note)
        paced = self.desk.office.pace.seconds_between > 0
        if paced or outcome.delivery is not Delivery.SENT or len(self._answers) >= GROUP:
            self._record()

    def _record(self) -> None:
        answers, self._answers, self._notes = self._answers, [], []
        try:
            if answers:
                self.desk.ledger.append(answers)
        except LedgerError:
            self.past.unrecorded += answers
            raise
        self._book = self.desk.book()


def _held_at_last(outcome: Outcome, letter: Letter) -> Outcome:
    """An answer that the server may give only so many times, once it has given it so often: a person must look."""
    if outcome.tries is None or letter.tried + 1 < outcome.tries:
        return outcome
    return replace(outcome, delivery=Delivery.HELD, wait=None)


def _rest(outcome: Outcome, now: datetime) -> timedelta | None:
    """How long the server is to be left alone with every letter, None where the next may go."""
    if outcome.next_day:
        return closes_at(now.astimezone(CHINA).date()) - now
    if outcome.delivery is Delivery.STOPPED:
        return outcome.wait or STOPPED_FOR
    return outcome.wait if outcome.for_all else None


def _record(letter: Letter, outcome: Outcome, now: datetime) -> Draft:
    note = letter.note
    data: dict[str, Any] = {**note_to_data(note), "reply": outcome.reply, "refused": list(outcome.refused)}
    kind = Kind.LETTER_FAILED
    if outcome.delivery is Delivery.SENT:
        kind = Kind.LETTER_SENT
    elif outcome.delivery is Delivery.DOUBTFUL:
        kind = Kind.LETTER_DOUBTFUL
        data["retry_at"] = stamp(now + RETRY_AFTER)  # 已发送 may show it only after a while
    elif outcome.delivery in (Delivery.REFUSED, Delivery.HELD):
        data |= {"permanent": True, "held": outcome.delivery is Delivery.HELD}
    else:
        data |= {"permanent": False, "retry_at": stamp(now + (_rest(outcome, now) or outcome.wait or RETRY_AFTER))}
        data["tried"] = letter.tried + 1 if outcome.tries else 0
    return _entry(kind, note, now, data)


def _entry(kind: Kind, note: LetterNote, now: datetime, data: dict[str, Any]) -> Draft:
    """An entry about a letter; one to the office itself has no unit."""
    return Draft(kind, now, note.key.period or None, note.key.unit or None, note.items, data=data)


def _may_leave(desk: Desk, key: LetterKey, now: datetime) -> bool:
    return key.purpose in TO_OFFICE or desk.office.hours.contains(now)


def _fits(desk: Desk, book: Book, note: LetterNote, now: datetime, unrecorded: Sequence[LetterNote] = ()) -> bool:
    if note.key.purpose in TO_OFFICE:
        return True
    used, receipts = desk.sent_recipients(book, now.astimezone(CHINA).date())
    used += sum(other.recipients for other in unrecorded)
    receipts += sum(other.recipients for other in unrecorded if other.key.purpose == RECEIPT)
    return note.recipients <= allowance(now, used, receipts, desk.office.pace, note.key.purpose)


def _withdrawn(desk: Desk, book: Book, letter: Letter, now: datetime) -> bool:
    """Withdraw a letter that no longer holds, and say whether it was: its time is over, or what it names is not owed. A
    doubtful one must have been looked for in 已发送 before."""
    reason = _reason_to_withdraw(desk, book, letter.note, now, doubtful=letter.state is LetterState.DOUBTFUL)
    if reason is None:
        return False
    note = letter.note
    data = {**note_to_data(note), "reason": reason}
    desk.ledger.append([_entry(Kind.LETTER_WITHDRAWN, note, now, data)])
    return True


def _reason_to_withdraw(desk: Desk, book: Book, note: LetterNote, now: datetime, *, doubtful: bool) -> str | None:
    """Why a letter no longer holds. A doubtful one, which may have arrived, goes again with the same bytes or not at all: it
    holds while any of its items is owed."""
    key, office = note.key, desk.office
    if key.purpose == RECEIPT:
        return None
    if key.purpose in TO_OFFICE:
        valid = key.deadline + (ALARM_HOLDS if key.purpose == ALARM else timedelta())
        return "已过时效" if now.astimezone(CHINA).date() > valid else None
    if key.purpose != SEND_BACK and _stage_over(desk, key, now):
        return TOO_LATE
    if is_overtaken(office, book, key, now):
        return OVERTAKEN
    period = office.period(key.period)
    duties = desk.duties.get(key.unit, ())
    if period is None or not any(o.owed for o in duties):
        return None
    standing = unit_standing(key.unit, period, duties, book, now)
    named = (Standing.RETURNED,) if key.purpose == SEND_BACK else OWED
    owed = {i.obligation.item for i in standing.items if i.standing in named and i.last_day == key.deadline}
    if owed != set(note.items) and not (doubtful and owed & set(note.items)):
        return "发出前复核：单位报送情况已有变化"
    return None


def _stage_over(desk: Desk, key: LetterKey, now: datetime) -> bool:
    span = _span(desk, key)
    return span is None or now >= span.ends_at


def _span(desk: Desk, key: LetterKey) -> Span | None:
    office = desk.office
    return next((s for s in spans(office.stages, key.deadline, office.hours) if s.stage.key == key.purpose), None)


def _settle_found(desk: Desk, letters: list[Letter], now: datetime, past: Past) -> list[Letter]:
    """Take letters that 已发送 already holds as sent; the rest still wait. When the mailbox cannot be read, letters of an earlier
    attempt wait for the next tick, as long as _waits_until() says: then the weaker promise holds."""
    own_since = past.own_since.replace(microsecond=0)  # the ledger's times are whole seconds
    stale = [letter for letter in letters if letter.in_doubt or letter.intended_at < own_since]
    found = match_sent(letters, past.messages)
    if letters and (stale or past.unknown_since):
        try:
            found |= match_sent(letters, _look_up(desk, stale, past))
        except MailServerError:
            limit = timedelta(minutes=desk.office.alarms.after_minutes)
            if past.waits and past.unknown_since and now - past.own_since < limit:
                return []
            # A digest or an alarm that may have arrived is not worth a second copy.
            held = {
                letter.note.message_id
                for letter in stale
                if now < _waits_until(desk, letter, limit) or letter.note.key.purpose in TO_OFFICE
            }
            letters = [letter for letter in letters if letter.note.message_id not in held]
    for letter in letters:
        if message := found.get(letter.note.message_id):
            data = {**note_to_data(letter.note), "reply": "已发送文件夹中已有此信", "refused": []}
            data["server_message_id"] = message.message_id
            desk.ledger.append([_entry(Kind.LETTER_SENT, letter.note, now, data)])
    return [letter for letter in letters if letter.note.message_id not in found]


def _waits_until(desk: Desk, letter: Letter, limit: timedelta) -> datetime:
    """Until when a letter of an earlier attempt waits for 已发送 to be asked. One that was handed over, and whose answer was lost, has
    most likely arrived: it waits for the last working day of its stage. Of a process that ended all letters may still be unsent."""
    until = letter.at + limit
    span = _span(desk, letter.note.key) if letter.in_doubt else None
    if span is None:
        return until
    hours = desk.office.hours
    return max(until, hours.opening(hours.workdays.shift(span.ends_at.astimezone(CHINA).date(), -1)))


def _look_up(desk: Desk, stale: list[Letter], past: Past) -> tuple[SentMessage, ...]:
    """What 已发送 holds of the time in question. Raises MailServerError."""
    if past.mailbox_rests:
        raise MailServerError("收件服务器暂不登录")
    times = [letter.intended_at for letter in stale] + ([past.unknown_since] if past.unknown_since else [])
    with desk.servers.mailbox() as mailbox:
        messages = mailbox.sent_since(min(times).astimezone(CHINA).date() - timedelta(days=1))
    if past.unknown_since:
        past.messages, past.unknown_since = messages, None
    return messages


def match_sent(letters: Iterable[Letter], messages: Iterable[SentMessage]) -> dict[str, SentMessage]:
    """Which letters 已发送 holds: by Message-ID, else by the subject's token and a recipient."""
    listed = tuple(messages)
    found = {}
    for letter in letters:
        message = _sent_copy(letter.note, listed)
        if message is not None:
            found[letter.note.message_id] = message
    return found


def _sent_copy(note: LetterNote, messages: tuple[SentMessage, ...]) -> SentMessage | None:
    by_id = (message for message in messages if message.message_id.lower() == note.message_id.lower())
    to = {address.lower() for address in note.to}
    by_token = (
        message
        for message in messages
        if note.token in message.subject and to & {address.lower() for address in message.recipients}
    )
    return next(by_id, None) or next(by_token, None)


def _urgency(desk: Desk) -> Callable[[Letter], tuple[int, bool, datetime]]:
    """The stage furthest past its deadline first; a letter that was put off before goes after those that were not tried yet."""
    order = (
        dict.fromkeys(TO_OFFICE, -FIRST) | {SEND_BACK: 0} | {stage.key: -stage.workdays for stage in desk.office.stages}
    )
    return lambda letter: (
        order.get(letter.note.key.purpose, len(order) + 100),
        letter.attempts > 0,
        letter.intended_at,
    )

"""The book: what the ledger's entries add up to, kept up entry by entry. It only gathers; standing.py and plan.py judge."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from cuibao.rules.entries import Entry, Kind, kept_once, moment, shared
from cuibao.rules.letters import RECEIPT, TO_OFFICE, LetterKey, LetterNote, data_to_note
from cuibao.rules.progress import Reported
from cuibao.rules.records import Act, Alarm, Approved, Letter, LetterState, Mail
from cuibao.rules.verdict import doc_to_verdict
from cuibao.rules.workdays import CHINA

FARTHEST = date(2200, 12, 31)
"""A later deadline is read as this day, so that no entry can stop the ledger from being read."""
ACTS = (
    Kind.SUBMISSION_RECEIVED,
    Kind.SUBMISSION_ACCEPTED,
    Kind.SUBMISSION_SENT_BACK,
    Kind.OBLIGATION_EXEMPTED,
    Kind.OBLIGATION_EXTENDED,
)


@dataclass(slots=True)
class Book:
    """A fold over the ledger. `apply` entries in order, each once; everything else is read."""

    notice: str
    count: int = 0
    last_at: datetime | None = None
    """The time of the last entry but alarms and letters to the office: these must not hide that the clock went back."""
    letters: dict[LetterKey, Letter] = field(default_factory=dict)
    by_message_id: dict[str, LetterKey] = field(default_factory=dict)
    by_token: dict[str, LetterKey] = field(default_factory=dict)
    by_unit: dict[tuple[str, str], list[Letter]] = field(default_factory=lambda: defaultdict(list))
    mails: dict[str, Mail] = field(default_factory=dict)
    fingerprints: dict[str, str] = field(default_factory=dict)
    acts: dict[tuple[str, str], list[Act]] = field(default_factory=lambda: defaultdict(list))
    lapsed: dict[tuple[str, str, str, str], datetime] = field(default_factory=dict)
    bad_addresses: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    learned: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    approvals: dict[tuple[str, str, str, str], Approved] = field(default_factory=dict)
    holds: dict[tuple[str, str, str], str] = field(default_factory=dict)
    alarms: dict[str, Alarm] = field(default_factory=dict)
    recipients_by_day: dict[date, tuple[int, int]] = field(default_factory=dict)
    open_letters: dict[LetterKey, Letter] = field(default_factory=dict)
    unjudged: dict[str, Mail] = field(default_factory=dict)
    reported: Reported = field(default_factory=Reported)

    def apply(self, entries: Iterable[Entry]) -> None:
        """Take in entries that follow those already taken in."""
        for entry in entries:
            self.count += 1
            if not _of_alarms(entry):
                self.last_at = entry.at
            handler = _HANDLERS.get(entry.kind)
            if handler:
                handler(self, entry)

    def triage(self) -> tuple[Mail, ...]:
        """The mails that wait for a person, oldest first."""
        return tuple(mail for mail in self.mails.values() if mail.in_triage)

    def sent_recipients(self, day: date) -> tuple[int, int]:
        """How many recipients were written to that day: (all, of them receipts)."""
        return self.recipients_by_day.get(day, (0, 0))

    def letters_to(self, unit: str, period: str) -> list[Letter]:
        """Every letter to that unit about that period, in order of intention."""
        return self.by_unit.get((unit, period), [])


def _of_alarms(entry: Entry) -> bool:
    return entry.kind in (Kind.ALARM_RAISED, Kind.ALARM_CLEARED) or entry.data.get("purpose") in TO_OFFICE


def _letter_of(book: Book, entry: Entry) -> Letter | None:
    key = book.by_message_id.get(str(entry.data.get("message_id", "")).lower())
    return book.letters.get(key) if key else None


def _intended(book: Book, entry: Entry) -> None:
    note = data_to_note(
        entry.data, notice=book.notice, period=entry.period or "", unit=entry.unit or "", items=entry.items
    )
    letter = Letter(note, entry.at, LetterState.INTENDED, entry.at)
    old = book.letters.get(note.key)
    if old is not None and old.state is not LetterState.WITHDRAWN:
        return  # the same letter intended twice, by two who did not know of each other, is one letter
    if old is not None:
        book.by_unit[(note.key.unit, note.key.period)].remove(old)
    book.letters[note.key] = letter
    book.open_letters[note.key] = letter
    book.by_message_id[_folded(note.message_id)] = note.key
    book.by_token[note.token] = note.key
    book.by_unit[(note.key.unit, note.key.period)].append(letter)


def _folded(message_id: str) -> str:
    """In lower case; the same text, not a second one, where it is that already."""
    lower = message_id.lower()
    return message_id if lower == message_id else lower


def _move(letter: Letter, state: LetterState, entry: Entry) -> None:
    letter.state, letter.at, letter.reply = state, entry.at, str(entry.data.get("reply", ""))


def _sent(book: Book, entry: Entry) -> None:
    if letter := _letter_of(book, entry):
        if letter.sent_at is None:
            _count_recipients(book, letter.note, entry.at.astimezone(CHINA).date())
        _move(letter, LetterState.SENT, entry)
        letter.sent_at, letter.reply = entry.at, ""
        book.open_letters.pop(letter.note.key, None)
        if alias := entry.data.get("server_message_id"):
            book.by_message_id[str(alias).lower()] = letter.note.key
        _disable_refused(book, letter, entry)


def _count_recipients(book: Book, note: LetterNote, day: date) -> None:
    used, receipts = book.sent_recipients(day)
    own = note.recipients if note.key.purpose == RECEIPT else 0
    book.recipients_by_day[day] = kept_once((used + note.recipients, receipts + own))


def _failed(book: Book, entry: Entry) -> None:
    if letter := _letter_of(book, entry):
        letter.attempts += 1
        if entry.data.get("permanent"):
            _move(letter, LetterState.FAILED, entry)
            book.open_letters.pop(letter.note.key, None)
            _disable_refused(book, letter, entry)
        else:
            _move(letter, LetterState.DOUBTFUL if letter.in_doubt else LetterState.RETRYING, entry)
            letter.tried = int(entry.data.get("tried", 0))
            _rest(letter, entry)


def _disable_refused(book: Book, letter: Letter, entry: Entry) -> None:
    for address in entry.data.get("refused", ()):
        book.bad_addresses[letter.note.key.unit].add(str(address).lower())


def _doubtful(book: Book, entry: Entry) -> None:
    if letter := _letter_of(book, entry):
        letter.attempts += 1
        letter.in_doubt = True
        _move(letter, LetterState.DOUBTFUL, entry)
        _rest(letter, entry)


def _rest(letter: Letter, entry: Entry) -> None:
    retry_at = entry.data.get("retry_at")
    letter.retry_at = moment(retry_at) if retry_at else None


def _bounced(book: Book, entry: Entry) -> None:
    letter = _letter_of(book, entry)
    recipient = entry.data.get("recipient")
    if letter is None or not entry.data.get("permanent"):
        return
    bad = book.bad_addresses[letter.note.key.unit]
    bad.update([str(recipient).lower()] if recipient else [a.lower() for a in letter.note.to])
    if all(address.lower() in bad for address in letter.note.to):
        _move(letter, LetterState.BOUNCED, entry)
        book.open_letters.pop(letter.note.key, None)


def _withdrawn(book: Book, entry: Entry) -> None:
    if letter := _letter_of(book, entry):
        _move(letter, LetterState.WITHDRAWN, entry)
        book.open_letters.pop(letter.note.key, None)


def _lapsed(book: Book, entry: Entry) -> None:
    data = entry.data
    book.lapsed[(entry.unit or "", entry.period or "", str(data["stage"]), str(data["deadline"]))] = entry.at


def _kept(book: Book, entry: Entry) -> None:
    data = entry.data
    mail = Mail(
        sha256=data["sha256"],
        message_id=data["message_id"],
        sender=shared(data["from"]),
        subject=data["subject"],
        file=data["file"],
        fingerprint=data["fingerprint"],
        arrived_at=moment(data["arrived_at"]),
        kept_at=entry.at,
    )
    book.mails[mail.sha256] = mail
    book.unjudged[mail.sha256] = mail
    if mail.fingerprint:
        book.fingerprints.setdefault(mail.fingerprint, mail.sha256)


def _judged(book: Book, entry: Entry) -> None:
    if mail := book.mails.get(entry.data["sha256"]):
        mail.verdict = doc_to_verdict(entry.data["verdict"])
        mail.judged_at = mail.judged_at or entry.at
        mail.duplicate = bool(entry.data.get("duplicate"))
        mail.settled = mail.settled or bool(entry.data.get("settled"))
        book.unjudged.pop(mail.sha256, None)


def _parked(book: Book, entry: Entry) -> None:
    if mail := book.mails.get(entry.data["sha256"]):
        mail.parked = True
        mail.judged_at = entry.at
        book.unjudged.pop(mail.sha256, None)


def _act(book: Book, entry: Entry) -> None:
    data: Mapping[str, Any] = entry.data
    until = data.get("until")
    arrived_at = data.get("arrived_at")
    book.acts[(entry.unit or "", entry.period or "")].append(
        Act(
            entry.seq,
            entry.kind,
            entry.items,
            entry.at,
            moment(arrived_at) if arrived_at else entry.at,
            min(date.fromisoformat(until), FARTHEST) if until else None,
            str(data.get("reason", "")),
            entry.actor,
        )
    )


def _reported(book: Book, entry: Entry) -> None:
    _act(book, entry)
    book.reported.take(entry)


def _figure_set(book: Book, entry: Entry) -> None:
    book.reported.take(entry)


def _learned(book: Book, entry: Entry) -> None:
    book.learned[entry.unit or ""][str(entry.data["email"]).lower()] = str(entry.data.get("name", ""))


def _disabled(book: Book, entry: Entry) -> None:
    book.bad_addresses[entry.unit or ""].add(str(entry.data["email"]).lower())


def _enabled(book: Book, entry: Entry) -> None:
    book.bad_addresses[entry.unit or ""].discard(str(entry.data["email"]).lower())


def _approved(book: Book, entry: Entry) -> None:
    stage = str(entry.data["stage"])
    now = datetime.fromisoformat(entry.data["now"]) if entry.data.get("now") else None
    for letter in entry.data.get("letters", ()):
        wave = (entry.period or "", stage, str(letter["unit"]))
        key, fingerprint = (*wave, str(letter["deadline"])), str(letter["fingerprint"])
        old = book.approvals.get(key)
        since = old.now if old and old.fingerprint == fingerprint else None  # approved again, it leaves no later
        book.approvals[key] = Approved(entry.seq, entry.at, fingerprint, entry.actor, since or now)
        book.holds.pop(wave, None)


def _held(book: Book, entry: Entry) -> None:
    stage = str(entry.data["stage"])
    for unit in entry.data.get("units", ()):
        wave = (entry.period or "", stage, str(unit))
        book.holds[wave] = str(entry.data.get("reason", ""))
        book.approvals = {key: one for key, one in book.approvals.items() if key[:3] != wave}


def _raised(book: Book, entry: Entry) -> None:
    key = str(entry.data["key"])
    old = book.alarms.get(key)
    since = old.raised_at if old and old.cleared_at is None else entry.at
    book.alarms[key] = Alarm(key, str(entry.data.get("words", "")), since, entry.at)


def _cleared(book: Book, entry: Entry) -> None:
    if alarm := book.alarms.get(str(entry.data["key"])):
        book.alarms[alarm.key] = replace(alarm, cleared_at=entry.at)


_HANDLERS = {
    Kind.LETTER_INTENDED: _intended,
    Kind.LETTER_SENT: _sent,
    Kind.LETTER_FAILED: _failed,
    Kind.LETTER_DOUBTFUL: _doubtful,
    Kind.LETTER_BOUNCED: _bounced,
    Kind.LETTER_WITHDRAWN: _withdrawn,
    Kind.STAGE_LAPSED: _lapsed,
    Kind.MAIL_KEPT: _kept,
    Kind.MAIL_JUDGED: _judged,
    Kind.MAIL_PARKED: _parked,
    Kind.CONTACT_LEARNED: _learned,
    Kind.CONTACT_DISABLED: _disabled,
    Kind.CONTACT_ENABLED: _enabled,
    Kind.WAVE_APPROVED: _approved,
    Kind.WAVE_HELD: _held,
    Kind.ALARM_RAISED: _raised,
    Kind.ALARM_CLEARED: _cleared,
    Kind.FIGURE_SET: _figure_set,
    **dict.fromkeys(ACTS, _act),
    Kind.SUBMISSION_RECEIVED: _reported,
    Kind.SUBMISSION_ACCEPTED: _reported,
    Kind.SUBMISSION_SENT_BACK: _reported,
}

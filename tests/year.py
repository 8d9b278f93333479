"""A year in the life of an office, in memory, with faults drawn at random: servers that fail, refuse and lie, a machine that is switched
off, killed and restored from a backup, a clock that jumps, a disk that is full; and units that report, in time or not.

`Year(office, seed).live()` gives what went against the promises; used by a short test and by bench/years.py."""

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from doubles import PROGRESS, TEMPLATES, Killed, Memory, Post, Shelf, mail, parsed
from world import SECRET, Log, at

from cuibao.desk import acts
from cuibao.desk.context import Desk
from cuibao.desk.tick import Bell
from cuibao.rules.letters import TO_OFFICE
from cuibao.rules.office import Office
from cuibao.rules.outcomes import LedgerError, MailServerError, UsageError
from cuibao.rules.period import closes_at, spans
from cuibao.rules.standing import unit_standing
from cuibao.rules.traffic import Delivery, Outcome, SentMessage

FAULTS = (
    "imap_down",
    "imap_cut",
    "smtp_down",
    "login_refused",
    "later",
    "rest",
    "day_limit",
    "spam",
    "doubtful",
    "lost_reply",
    "stopped",
    "bad_address",
    "killed",
    "switched_off",
    "asleep",
    "clock",
    "restored",
    "disk_full",
)
REFUSED = MailServerError("535 authentication failed", permanent=True)
DOWN = MailServerError("connection refused")


class Disk(Log):
    """A ledger in memory whose disk may be full."""

    full = False

    def append(self, drafts: Any, *, after: int | None = None) -> Any:
        if self.full:
            raise LedgerError("磁盘已满")
        return super().append(drafts, after=after)


@dataclass
class Provider(Post):
    """The mailbox's servers. What is accepted lies in 已发送, as at 163.com, also where nobody hears of it."""

    now: datetime = field(default_factory=lambda: at("2020-06-01T08:00"))
    bad: set[str] = field(default_factory=set)
    cut_after: int | None = None

    @contextmanager
    def mailbox(self) -> Iterator["Provider"]:
        with super().mailbox():
            yield self

    @contextmanager
    def postman(self) -> Iterator["Provider"]:
        with super().postman():
            yield self

    def batches(self, cursors: Any, since: date) -> Any:
        for batch in super().batches(cursors, since):
            if self.cut_after is not None:
                self.cut_after = None
                raise MailServerError("connection reset")
            yield batch

    def send(self, raw: bytes, recipients: Any) -> Outcome:
        if any(address in self.bad for address in recipients):
            return Outcome(Delivery.REFUSED, "550 5.1.1 unknown", tuple(a for a in recipients if a in self.bad))
        heard = self.answers[0] if self.answers else None
        outcome = super().send(raw, recipients)
        if outcome.delivery is Delivery.SENT or (heard and heard.reply == "lost after acceptance"):
            message = parsed(raw)
            self.sent_folder.append(SentMessage(message["Message-ID"], message["Subject"], tuple(recipients)))
        elif outcome.delivery is Delivery.DOUBTFUL:
            self.accepted.pop()  # it was not accepted after all
        return outcome


@dataclass
class Year:
    """One year of an office. `kinds` are the faults that may be drawn."""

    office: Office
    seed: int
    kinds: tuple[str, ...] = FAULTS
    end: datetime = field(default_factory=lambda: at("2021-01-31T18:00"))
    wrong: list[str] = field(default_factory=list)
    drawn: Counter[str] = field(default_factory=Counter)
    unseen: int = 0

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)  # noqa: S311 - a play that can be repeated
        self.post = Provider()
        self.ledger = Disk()
        self.mails, self.letters, self.papers, self.cursors = Shelf("mail"), Shelf("letters"), Shelf("papers"), Memory()
        self.true_now = at("2020-06-01T08:00")
        self.offset = timedelta()
        self.mends_at: list[tuple[datetime, str]] = []
        self.backup: tuple[list[Any], dict[str, Any]] = ([], {})
        self.answers: list[tuple[datetime, bytes]] = []
        self.sent_to: Counter[str] = Counter()
        self.by_day: Counter[date] = Counter()
        self.units = {c.email: u.name for u in self.office.registry.units for c in u.contacts}
        self._start()

    def live(self) -> list[str]:
        """Ring through the year; returns what went wrong."""
        while self.true_now < self.end:
            self._mend()
            self._maybe_fault()
            self._arrive()
            self._ring()
            self._advance()
        self._check_letters()
        return self.wrong

    @property
    def now(self) -> datetime:
        """What the machine's clock shows."""
        return self.true_now + self.offset

    def _start(self) -> None:
        """A process begins on the stores as they are."""
        self.desk = Desk(
            self.office,
            self.ledger,
            self.mails,
            self.letters,
            self.papers,
            self.cursors,
            self.post,
            TEMPLATES,
            SECRET,
        )
        self.bell = Bell(self.desk, self._pause)

    def _pause(self, seconds: float) -> datetime:
        self.true_now += timedelta(seconds=seconds)
        self._note_acceptances()
        return self.now

    def _advance(self) -> None:
        local = self.now
        night = not 7 <= local.hour < 19
        busy = any(abs((local.date() - p.last_day).days) < 25 for p in self.office.periods)
        minutes = self.rng.choice((3, 20, 60)) if busy and not night else self.rng.choice((90, 240))
        self.true_now += timedelta(minutes=minutes)
        if local.hour < 7 <= self.now.hour or (local.date() != self.now.date()):
            self.backup = (list(self.ledger.lines), dict(self.cursors.saved))

    # ---- faults

    def _maybe_fault(self) -> None:
        if self.rng.random() < 0.02:
            kind = self.rng.choice(self.kinds)
            self.drawn[kind] += 1
            getattr(self, f"_{kind}")()

    def _lasting(self, what: str) -> None:
        hours = self.rng.choice((0.2, 1.5, 6, 30, 80))
        self.mends_at.append((self.true_now + timedelta(hours=hours), what))

    def _mend(self) -> None:
        for moment, what in list(self.mends_at):
            if moment <= self.true_now:
                self.mends_at.remove((moment, what))
                if what == "imap":
                    self.post.imap_down = None
                elif what == "smtp":
                    self.post.smtp_down = None
                elif what == "disk":
                    self.ledger.full = False
                elif what == "clock":
                    self.offset = timedelta()

    def _imap_down(self) -> None:
        self.post.imap_down = DOWN
        self._lasting("imap")

    def _imap_cut(self) -> None:
        self.post.cut_after = 0

    def _smtp_down(self) -> None:
        self.post.smtp_down = DOWN
        self._lasting("smtp")

    def _login_refused(self) -> None:
        self.post.smtp_down = self.post.imap_down = REFUSED
        self._lasting("smtp")
        self._lasting("imap")

    def _later(self) -> None:
        self.post.answers = [Outcome(Delivery.LATER, "450 greylisted", wait=timedelta(minutes=15))]

    def _rest(self) -> None:
        self.post.answers = [Outcome(Delivery.LATER, "421 HL:IFC", wait=timedelta(minutes=15), for_all=True)]

    def _day_limit(self) -> None:
        self.post.answers = [Outcome(Delivery.LATER, "550 MI:STC", next_day=True)]

    def _spam(self) -> None:
        self.post.answers = [Outcome(Delivery.LATER, "451 DT:SPM", wait=timedelta(minutes=2), tries=3)] * 3

    def _doubtful(self) -> None:
        self.post.answers = [Outcome(Delivery.DOUBTFUL, "lost before acceptance")]

    def _lost_reply(self) -> None:
        self.post.answers = [Outcome(Delivery.DOUBTFUL, "lost after acceptance")]

    def _stopped(self) -> None:
        self.post.answers = [Outcome(Delivery.STOPPED, "550 MI:SPB")]

    def _bad_address(self) -> None:
        self.post.bad.add(self.rng.choice(sorted(self.units)))

    def _killed(self) -> None:
        left = [self.rng.randint(1, 3)]

        def die() -> None:
            left[0] -= 1
            if not left[0]:
                self.post.before_answer = lambda: None
                message = parsed(self.post.accepted[-1][0])
                self.post.sent_folder.append(
                    SentMessage(message["Message-ID"], message["Subject"], self.post.accepted[-1][1])
                )
                raise Killed

        self.post.before_answer = die

    def _switched_off(self) -> None:
        self.true_now += timedelta(hours=self.rng.choice((1, 14, 60, 150)))
        self._start()

    def _asleep(self) -> None:
        self.true_now += timedelta(hours=self.rng.choice((1, 14, 60)))

    def _clock(self) -> None:
        self.offset = timedelta(hours=self.rng.choice((-30, -3, 3, 30)))
        self._lasting("clock")

    def _restored(self) -> None:
        lines, cursors = self.backup
        self.ledger.lines = list(lines)
        self.cursors.saved = dict(cursors)
        self._start()

    def _disk_full(self) -> None:
        self.ledger.full = True
        self._lasting("disk")

    # ---- what happens

    def _ring(self) -> None:
        try:
            self.bell.tick(self.now)
        except Killed:
            self._note_acceptances()
            self.true_now += timedelta(seconds=5)
            self._start()
        except LedgerError:
            pass
        self._note_acceptances()

    def _note_acceptances(self) -> None:
        """Hold every letter that a server took against the promises, and let its unit think of an answer."""
        for raw, recipients in self.post.accepted:
            message = parsed(raw)
            token = str(message["Message-ID"])
            self.sent_to[token] += 1
            if self.sent_to[token] > 1 and self.post.imap_down:
                self.unseen += 1  # the documented weaker promise: 已发送 could not be asked for more than an hour
            elif self.sent_to[token] > 1:
                self.wrong.append(f"{self.now}: twice: {message['Subject']}")
            note = self.desk.book().letters[self.desk.book().by_message_id[token.lower()]].note
            if note.key.purpose in TO_OFFICE:
                continue
            self.by_day[self.now.date()] += len(recipients)
            if not self.office.hours.contains(self.now):
                self.wrong.append(f"{self.now}: outside office hours: {message['Subject']}")
            if self.by_day[self.now.date()] > self.office.pace.per_day:
                self.wrong.append(f"{self.now}: beyond the quota: {message['Subject']}")
            if note.key.purpose != "receipt":
                self._check_owed(note.key.unit, note.key.period, note.items)
                self._think_of_an_answer(note.key.unit, raw)
        self.post.accepted.clear()

    def _check_owed(self, unit: str, period: str, items: tuple[int, ...]) -> None:
        quarter = self.desk.period(period)
        standing = unit_standing(unit, quarter, self.desk.duties[unit], self.desk.book(), self.now)
        owed = {item.obligation.item for item in standing.owed}
        if not owed & set(items):
            self.wrong.append(f"{self.now}: to a unit that had reported: {unit} {period}")

    def _think_of_an_answer(self, unit: str, letter: bytes) -> None:
        if self.rng.random() < 0.35:
            address = next(address for address, name in self.units.items() if name == unit)
            number = str(self.rng.random())
            raw = mail(address, f"Re: {parsed(letter)['Subject']}", PROGRESS_OF_ALL, answering=letter, number=number)
            self.answers.append((self.true_now + timedelta(hours=self.rng.uniform(1, 120)), raw))

    def _arrive(self) -> None:
        for moment, raw in list(self.answers):
            if moment <= self.true_now:
                self.answers.remove((moment, raw))
                self.post.arrive(raw, moment)
        if self.rng.random() < 0.004:
            self._officer()

    def _officer(self) -> None:
        unit = self.rng.choice([name for name, owed in self.desk.duties.items() if owed])
        command = self.rng.choice(("return", "accept", "exempt"))
        period = self.rng.choice(self.office.periods).key
        try:
            acts.act(self.desk, command, unit, period, self.now, items=(), reason="核对", by="陈某")
        except (UsageError, LedgerError):
            return

    def _check_letters(self) -> None:
        """Every stage of every unit ended in a letter, a lapse, a report, or something that the office was told."""
        book = self.desk.book()
        over = [
            period for period in self.office.periods if closes_at(period.last_day) < self.true_now - timedelta(days=10)
        ]
        for period in over:
            for unit, owed in self.desk.duties.items():
                standing = unit_standing(unit, period, owed, book, self.now)
                for span in spans(self.office.stages, period.last_day, self.office.hours):
                    told = [one for one in book.letters_to(unit, period.key) if one.note.key.purpose == span.stage.key]
                    lapsed = (unit, period.key, span.stage.key, period.last_day.isoformat()) in book.lapsed
                    first = standing.first_received_at
                    spared = not standing.owed or (first is not None and first < span.ends_at)
                    if not (told or lapsed or spared):
                        self.wrong.append(f"neither gone nor told: {unit} {period.key} {span.stage.key}")


PROGRESS_OF_ALL = PROGRESS.replace("第7项", "").replace("第11项", "")
"""A report that names no item covers all that its unit owes."""

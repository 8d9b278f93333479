"""How a unit answers a letter: its habit, the letter and chance decide which mails it writes and when. Pure; nothing is sent."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Any

from cuibao.front.sandbox import wordings
from cuibao.front.sandbox.cast import Habit
from cuibao.front.sandbox.documents import document, spreadsheet
from cuibao.front.sandbox.forms import filled_in
from cuibao.front.sandbox.pens import Program, Sheet, bounce, write
from cuibao.front.sandbox.received import ReceivedLetter, read_letter
from cuibao.rules.letters import RECEIPT, SEND_BACK
from cuibao.rules.workdays import CHINA, Workdays

__all__ = ["Planned", "ReceivedLetter", "read_letter", "replies"]

_LATEST_ANSWER = 6
"""Working days after a first reminder by which everyone has answered who answers it; 催报 goes on the eighth."""
_BEFORE_CHASERS = 3
"""Working days before the deadline by which a unit that is on time has reported, so that nobody chases it."""
_NIL_SHARE = 0.08
_NUMBERED_SHARE, _TABLE_SHARE = 0.2, 0.95
"""Up to which chance a report is words by number, and up to which it is the form; the others are a document."""
_BY_WORDS = 12
"""A unit with more items than this sends a table rather than write them all into the mail."""


@dataclass(frozen=True, slots=True, order=True)
class Planned:
    """A mail that will reach the office's mailbox at `at`. `what` says in Chinese what it is, for people who watch."""

    at: datetime
    raw: bytes = field(compare=False)
    from_address: str = field(compare=False)
    what: str = field(compare=False, default="")


class _Call(Enum):
    """What a letter asks of the unit."""

    ASKED = auto()
    CHASED = auto()
    OVERDUE = auto()
    RETURNED = auto()
    TOLD = auto()


_CALLS = {
    "urge": _Call.CHASED,
    "overdue": _Call.OVERDUE,
    "final": _Call.OVERDUE,
    SEND_BACK: _Call.RETURNED,
    RECEIPT: _Call.TOLD,
}


def replies(
    habit: Habit, unit: str, letter: ReceivedLetter, rng: random.Random, *, workdays: Workdays | None = None
) -> list[Planned]:
    """What the unit writes on this letter, in order of time; empty where it does not answer. Times count from the letter's
    `sent_at` in working days. The same arguments, with rng in the same state, give the same mails."""
    clerk = _Clerk(unit, letter, rng, workdays or Workdays())
    call = _CALLS.get(letter.purpose, _Call.ASKED)
    return sorted(_PLAYS[habit](clerk, call))


@dataclass(frozen=True, slots=True)
class _Clerk:
    """Whoever opens the unit's mail, with one letter before them."""

    unit: str
    letter: ReceivedLetter
    rng: random.Random
    workdays: Workdays

    @property
    def address(self) -> str:
        return self.letter.to[0] if self.letter.to else "u00@danwei.example"

    @property
    def private_address(self) -> str:
        """The same for a unit all year."""
        own = random.Random(self.unit)  # noqa: S311 - a made-up address
        return f"{own.randrange(10**8, 10**9)}@qq.example"

    def soon(self, least: int, most: int) -> datetime:
        """Some minutes after the letter came."""
        return self.letter.sent_at + timedelta(minutes=self.rng.randint(least, most), seconds=self.rng.randrange(60))

    def on_workday(self, count: int) -> datetime:
        """In the office hours of the count-th working day after the letter; for 0, within two hours of it."""
        if count <= 0:
            return self.soon(25, 110)
        day = self.workdays.shift(self.letter.sent_at.astimezone(CHINA).date(), count)
        minutes = self.rng.choice((self.rng.randint(545, 690), self.rng.randint(875, 1020)))
        return datetime(day.year, day.month, day.day, minutes // 60, minutes % 60, self.rng.randrange(60), tzinfo=CHINA)

    def days_to_answer(self) -> int:
        """How many working days after a reminder it reports, early enough not to be chased."""
        left = _LATEST_ANSWER
        if self.letter.deadline is not None:
            sent = self.letter.sent_at.astimezone(CHINA).date()
            left = min(left, self.workdays.between(sent, self.letter.deadline) - _BEFORE_CHASERS)
        return self.rng.randint(1, left) if left > 0 else 0

    def program(self) -> Program:
        """The same for a unit all year."""
        return random.Random(f"程序{self.unit}").choice(list(Program))  # noqa: S311 - no secret

    def mail(self, what: str, at: datetime, words: str, **more: Any) -> Planned:
        """One mail in the unit's own program and from its own address, unless `more` (fields of Sheet) says otherwise."""
        sheet = replace(Sheet(words=words, at=at, sender=self.address, sender_name=self.unit), **more)
        return Planned(at, write(sheet, self.letter, self.program(), self.rng), sheet.sender, what)

    def report(self, at: datetime, **more: Any) -> Planned:
        """All that the letter names: as a nil report now and then, in words, in a table or in a document."""
        letter, chance = self.letter, self.rng.random()
        if chance < _NIL_SHARE:
            return self.mail("零报告", at, wordings.nil(letter, self.unit, self.rng), **more)
        if chance < _NUMBERED_SHARE and 0 < len(letter.items) <= _BY_WORDS:
            return self.mail("报送", at, wordings.progress(letter, self.unit, letter.items, self.rng), **more)
        attachment = self.table() if chance < _TABLE_SHARE else self.paper()
        return self.mail("报送", at, wordings.covering(letter, self.unit), attachment=attachment, **more)

    def table(self) -> tuple[str, bytes]:
        """The form that came with the letter, filled in; a sheet of the unit's own where none did."""
        letter = self.letter
        data = filled_in(letter.form, letter.period_key, self.rng) if letter.form else b""
        return f"{self.unit}{letter.period_name}完成情况表.xlsx", data or spreadsheet(wordings.rows(letter, self.rng))

    def paper(self) -> tuple[str, bytes]:
        words = wordings.progress(self.letter, self.unit, self.letter.items, self.rng)
        return f"{self.unit}{self.letter.period_name}工作完成情况.docx", document(words.split("\n"))

    def part(self, at: datetime) -> Planned:
        """The first half of the items, by number; the whole where the letter names but one."""
        items = self.letter.items
        if len(items) <= 1:
            return self.report(at)
        first = items[: len(items) // 2]
        return self.mail("部分报送", at, wordings.progress(self.letter, self.unit, first, self.rng, more=True))

    def days_after(self, call: _Call) -> int:
        """How many working days after a letter of that kind it answers."""
        if call is _Call.ASKED:
            return self.days_to_answer()
        return 0 if call is _Call.OVERDUE else self.rng.randint(0, 1)

    def answered(self, call: _Call) -> list[Planned]:
        """The report of a unit that answers every letter that asks for one, in good time."""
        if call is _Call.TOLD:
            return []
        return [self.report(self.on_workday(self.days_after(call)))]


def _on_time(clerk: _Clerk, call: _Call) -> list[Planned]:
    return clerk.answered(call)


def _late(clerk: _Clerk, call: _Call) -> list[Planned]:
    if call in (_Call.ASKED, _Call.CHASED, _Call.TOLD):
        return []
    return [clerk.report(clerk.on_workday(clerk.rng.randint(0, 1)))]


def _twice(clerk: _Clerk, call: _Call) -> list[Planned]:
    """Reports, then sends a table with corrected numbers on the next working day."""
    first = clerk.answered(call)
    if call is not _Call.ASKED:
        return first
    day = clerk.workdays.shift(first[0].at.date(), 1)
    at = datetime(day.year, day.month, day.day, 9, clerk.rng.randint(5, 55), tzinfo=CHINA)
    words = wordings.corrected(clerk.letter, clerk.unit)
    return [*first, clerk.mail("更正", at, words, attachment=clerk.table())]


def _in_part(clerk: _Clerk, call: _Call) -> list[Planned]:
    if call is _Call.ASKED:
        return [clerk.part(clerk.on_workday(clerk.days_to_answer()))]
    return clerk.answered(call)


def _without_thread(clerk: _Clerk, call: _Call) -> list[Planned]:
    """A mail of its own: neither the letter's headers nor its subject, token or text."""
    if call is _Call.TOLD:
        return []
    at = clerk.on_workday(clerk.days_after(call))
    subject = f"{clerk.unit}关于报送{clerk.letter.period_name}民生工作完成情况的报告"
    return [clerk.report(at, subject=subject, threaded=False, quoted=False)]


def _private_address(clerk: _Clerk, call: _Call) -> list[Planned]:
    if call is _Call.TOLD:
        return []
    at = clerk.on_workday(clerk.days_after(call))
    return [clerk.report(at, sender=clerk.private_address, sender_name=wordings.nickname(clerk.unit))]


def _thanks_only(clerk: _Clerk, call: _Call) -> list[Planned]:
    if call is _Call.ASKED:
        return [clerk.mail("收到，谢谢", clerk.soon(10, 90), wordings.thanks(clerk.rng))]
    return clerk.answered(call)


def _question_first(clerk: _Clerk, call: _Call) -> list[Planned]:
    if call is not _Call.ASKED:
        return clerk.answered(call)
    question = clerk.mail("询问", clerk.soon(30, 150), wordings.question(clerk.letter, clerk.rng))
    return [question, *clerk.answered(call)]


def _auto_reply_first(clerk: _Clerk, call: _Call) -> list[Planned]:
    """Its mailbox answers everything by itself, receipts too, within a minute; its people answer what asks for an answer."""
    at = clerk.letter.sent_at + timedelta(seconds=clerk.rng.randint(5, 50))
    headers = {"Auto-Submitted": "auto-replied"}
    if clerk.program() is Program.QQ:
        # QQ tells an auto-reply by its envelope sender only.
        local, _, domain = clerk.address.partition("@")
        headers = {"Return-Path": f"<{local}+auto_={clerk.letter.office.replace('@', '=')}@{domain}>"}
    automatic = clerk.mail("自动回复", at, wordings.AUTOMATIC, automatic=True, quoted=False, headers=headers)
    return [automatic, *clerk.answered(call)]


def _bounces(clerk: _Clerk, call: _Call) -> list[Planned]:  # noqa: ARG001 - no letter gets through, whatever it asks
    at = clerk.letter.sent_at + timedelta(seconds=clerk.rng.randint(3, 40))
    return [
        Planned(at, bounce(clerk.letter, address, at, clerk.rng), f"postmaster@{address.rpartition('@')[2]}", "退信")
        for address in clerk.letter.to
    ]


def _never(clerk: _Clerk, call: _Call) -> list[Planned]:  # noqa: ARG001 - as it says
    return []


_PLAYS: Mapping[Habit, Callable[[_Clerk, _Call], list[Planned]]] = {
    Habit.ON_TIME: _on_time,
    Habit.LATE: _late,
    Habit.TWICE: _twice,
    Habit.IN_PART: _in_part,
    Habit.WITHOUT_THREAD: _without_thread,
    Habit.PRIVATE_ADDRESS: _private_address,
    Habit.THANKS_ONLY: _thanks_only,
    Habit.QUESTION_FIRST: _question_first,
    Habit.AUTO_REPLY_FIRST: _auto_reply_first,
    Habit.BOUNCES: _bounces,
    Habit.NEVER: _never,
}

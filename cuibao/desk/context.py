"""The desk: what an act of the office has at hand, and the book kept in step with the ledger."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from cuibao.desk.ports import Archive, Cursors, Herald, Ledger, MailServers, ReadingRoom
from cuibao.desk.shelved import Shelved
from cuibao.papers.token import Marks, marks
from cuibao.papers.wording import cited
from cuibao.rules.book import Book
from cuibao.rules.letters import LetterKey
from cuibao.rules.obligation import Obligation, obligations
from cuibao.rules.office import Office
from cuibao.rules.outcomes import UsageError
from cuibao.rules.period import Period
from cuibao.rules.progress import Figure
from cuibao.rules.registry import Unit

if TYPE_CHECKING:  # as in ports.py
    from cuibao.papers.attachments import Attachment


class Nobody:
    """A herald for commands that tell nobody."""

    def tell(self, words: str, *, mailbox_fails: bool) -> None:
        del words, mailbox_fails


class Unread:
    """A reading room for commands that take no mail in: everything stays closed."""

    def read(self, attachments: "Sequence[Attachment]") -> "list[Attachment]":
        return list(attachments)


@dataclass
class Desk:
    """Everything that the office's acts need. `templates` are loaded text by file name; `secret` keys the marks; `earlier` are the
    desks of the years before, the latest first, each over its own ledger; `beside` are those of all other years, whose letters leave
    by the same mailbox within one quota. `left_out` says what is amiss with years before that cannot be worked with, `shelved` which
    mails the store knows of besides."""

    office: Office
    ledger: Ledger
    mails: Archive
    letters: Archive
    papers: Archive
    cursors: Cursors
    servers: MailServers
    templates: Mapping[str, str]
    secret: bytes
    herald: Herald = field(default_factory=Nobody)
    reading_room: ReadingRoom = field(default_factory=Unread)
    left_out: str = ""
    shelved: Shelved = field(default_factory=Shelved)
    earlier: "tuple[Desk, ...]" = ()
    beside: "tuple[Desk, ...]" = field(default=(), repr=False, compare=False)
    _book: Book = field(init=False)

    def __post_init__(self) -> None:
        self._book = Book(self.office.notice.number)

    def with_years_before(self, before: "Sequence[tuple[Office, Ledger]]") -> "Desk":
        """This desk with those of the years before, the latest first, which share all but their office and their ledger. When letters
        leave, and how many, is the mailbox's and of now, whatever the office had set then."""
        hours, pace = self.office.hours, self.office.pace
        made = replace(self)
        made.earlier = tuple(
            replace(self, office=replace(office, hours=hours, pace=pace), ledger=ledger) for office, ledger in before
        )
        for one in made.years:
            one.beside = tuple(other for other in made.years if other is not one)
        return made

    def apart(self) -> "Desk":
        """The same desk over the same ledgers with books of its own, those of the years before too: for another thread."""
        return replace(self, earlier=(), beside=()).with_years_before(
            [(one.office, one.ledger) for one in self.earlier]
        )

    def book(self) -> Book:
        """The book as of the ledger's last line, other processes' lines included."""
        entries = self.ledger.entries()
        if self._book.count > len(entries):
            self._book = Book(self.office.notice.number)
        self._book.apply(entries[self._book.count :])
        return self._book

    @property
    def years(self) -> "tuple[Desk, ...]":
        """This desk and those of the years before, the latest first."""
        return (self, *self.earlier)

    def sent_recipients(self, book: Book, day: date) -> tuple[int, int]:
        """How many recipients letters went to on that day, whatever their year, and of them receipts. `book` is this desk's."""
        counts = [one.sent_recipients(day) for one in (book, *(desk.book() for desk in self.beside))]
        return sum(all_ for all_, _ in counts), sum(receipts for _, receipts in counts)

    @cached_property
    def duties(self) -> Mapping[str, tuple[Obligation, ...]]:
        """Every unit's obligations."""
        return obligations(self.office.registry, self.office.reporting)

    def last_figures(self, unit: str, period: str) -> dict[tuple[int, str], Figure]:
        """What the unit reported last before a period, by item and indicator, in so far as the registry still asks for it."""
        return self._nearest_figures(unit, period, self.office.periods)

    def later_figures(self, unit: str, period: str) -> dict[tuple[int, str], Figure]:
        """The same of the earliest period after it: what came before, read backwards."""
        return self._nearest_figures(unit, period, self.office.periods[::-1])

    def _nearest_figures(self, unit: str, period: str, periods: Sequence[Period]) -> dict[tuple[int, str], Figure]:
        reported = self.book().reported
        items = (self.office.registry.item(duty.item) for duty in self.duties.get(unit, ()))
        keys = [(item.no, target.indicator) for item in items if item for target in item.targets]
        told = {key: reported.before(unit, periods, period, *key) for key in keys}
        return {key: one.what for key, one in told.items() if one}

    def marks(self, key: LetterKey) -> Marks:
        """Token and Message-ID of a letter."""
        return marks(key, self.secret, self.office.mailbox.address.rpartition("@")[2])

    def unit(self, name: str) -> Unit:
        """The unit of that name or alias. Raises UsageError."""
        if unit := self.office.registry.unit(name):
            return unit
        raise UsageError(
            f"没有名为{cited(name)}的责任单位", "请核对单位名称；全部单位见 config/units.yaml，或运行 ./bot status 查看"
        )

    def period(self, key: str) -> Period:
        """The period of that key. Raises UsageError."""
        if period := self.office.period(key):
            return period
        known = "、".join(period.key for desk in (self, *self.beside) for period in desk.office.periods)
        raise UsageError(f"没有编号为{cited(key)}的季度", f"请从 {known} 中选择")

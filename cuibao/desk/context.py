"""The desk: what an act of the office has at hand, and the book kept in step with the ledger."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from cuibao.desk.ports import Archive, Cursors, Herald, Ledger, MailServers, ReadingRoom
from cuibao.papers.attachments import Attachment
from cuibao.papers.token import Marks, marks
from cuibao.rules.book import Book
from cuibao.rules.letters import LetterKey
from cuibao.rules.obligation import Obligation, obligations
from cuibao.rules.office import Office
from cuibao.rules.outcomes import UsageError
from cuibao.rules.period import Period
from cuibao.rules.registry import Unit


class Nobody:
    """A herald for commands that tell nobody."""

    def tell(self, words: str, *, mailbox_fails: bool) -> None:
        del words, mailbox_fails


class Unread:
    """A reading room for commands that take no mail in: everything stays closed."""

    def read(self, attachments: Sequence[Attachment]) -> list[Attachment]:
        return list(attachments)


@dataclass
class Desk:
    """Everything that the office's acts need. `templates` are loaded text by file name; `secret` keys the marks."""

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
    _book: Book = field(init=False)

    def __post_init__(self) -> None:
        self._book = Book(self.office.notice.number)

    def book(self) -> Book:
        """The book as of the ledger's last line, other processes' lines included."""
        entries = self.ledger.entries()
        if self._book.count > len(entries):
            self._book = Book(self.office.notice.number)
        self._book.apply(entries[self._book.count :])
        return self._book

    @cached_property
    def duties(self) -> Mapping[str, tuple[Obligation, ...]]:
        """Every unit's obligations."""
        return obligations(self.office.registry, self.office.reporting)

    def marks(self, key: LetterKey) -> Marks:
        """Token and Message-ID of a letter."""
        return marks(key, self.secret, self.office.mailbox.address.rpartition("@")[2])

    def unit(self, name: str) -> Unit:
        """The unit of that name or alias. Raises UsageError."""
        if unit := self.office.registry.unit(name):
            return unit
        raise UsageError(
            f"没有名为“{name}”的责任单位", "请核对单位名称；全部单位见 config/units.yaml，或运行 ./bot status 查看"
        )

    def period(self, key: str) -> Period:
        """The period of that key. Raises UsageError."""
        if period := self.office.period(key):
            return period
        known = "、".join(period.key for period in self.office.periods)
        raise UsageError(f"没有编号为“{key}”的季度", f"请从 {known} 中选择")

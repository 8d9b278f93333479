"""What the desk needs of the world, as protocols; gateways fulfil them and front introduces the two."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol

from cuibao.rules.entries import Draft, Entry
from cuibao.rules.traffic import Batch, Cursor, Outcome, SentMessage

if TYPE_CHECKING:  # status and plan open no attachment
    from cuibao.papers.attachments import Attachment


class Ledger(Protocol):
    """The append-only log. Other processes may write to it at any time."""

    def entries(self) -> Sequence[Entry]:
        """Every entry so far, oldest first, the tail that others wrote included."""
        ...

    def append(self, drafts: Iterable[Draft], *, after: int | None = None) -> Sequence[Entry]:
        """Write the drafts as one batch, all or none, on disk when this returns. With `after`, only if the ledger still has so many
        entries, else OvertakenError. Raises LedgerError."""
        ...


class Archive(Protocol):
    """Raw bytes by their digest: incoming mails or outgoing letters."""

    def keep(self, raw: bytes, at: datetime, name: str = "") -> tuple[str, str]:
        """Store the bytes durably (fsync of file and folder) unless they are there; returns (sha256, file relative to the
        store). `at` chooses the month's folder; `name` is what a person called the file, where one did. Raises LedgerError on
        a full or read-only disk."""
        ...

    def keep_all(self, items: Sequence[tuple[bytes, datetime]]) -> list[tuple[str, str]]:
        """Store a batch of (bytes, at) as keep() does each, in fewer waits; answers in its order, everything on disk when this
        returns. Raises LedgerError; part of the batch may then be stored."""
        ...

    def read(self, file: str) -> bytes:
        """The bytes of a file that keep() named. Raises LedgerError when it is gone or its digest is wrong."""
        ...


class Cursors(Protocol):
    """Where the folder cursors are kept between runs. Losing them costs a second reading, nothing else."""

    def load(self) -> Mapping[str, Cursor]: ...

    def save(self, cursors: Mapping[str, Cursor]) -> None: ...


class Mailbox(Protocol):
    """The mailbox over IMAP, logged in."""

    def batches(self, cursors: Mapping[str, Cursor], since: date) -> Iterator[Batch]:
        """Every new mail of every folder that is read, in batches; a folder with nothing new may give an empty batch.
        Raises MailServerError when the server fails; what was yielded before stands."""
        ...

    def sent_since(self, day: date) -> tuple[SentMessage, ...]:
        """What 已发送 holds from that day on; empty when there is no such folder."""
        ...


class Postman(Protocol):
    """One logged-in SMTP connection for a wave; it reconnects by itself after a drop."""

    def send(self, raw: bytes, recipients: Sequence[str]) -> Outcome:
        """Send these bytes as they are, envelope sender the mailbox. Never raises for what a server does."""
        ...


class MailServers(Protocol):
    """Where connections come from. Entering a context logs in and raises MailServerError; leaving it logs out."""

    def mailbox(self) -> AbstractContextManager[Mailbox]: ...

    def postman(self) -> AbstractContextManager[Postman]: ...


class Herald(Protocol):
    """The ways by which people are told other than the mailbox: the log, a group robot, a second account."""

    def tell(self, words: str, *, mailbox_fails: bool) -> None:
        """Tell one piece of news; with `mailbox_fails` by every way there is. Never raises."""
        ...


class ReadingRoom(Protocol):
    """Where attachments that may be hostile are opened, apart from everything that could be harmed."""

    def read(self, attachments: "Sequence[Attachment]") -> "list[Attachment]":
        """The attachments of one mail, in their order, with what they hold: text, members, state, problem. Never raises for
        what an attachment does; takes a minute and a bounded memory at most."""
        ...


class Pause(Protocol):
    """Wait between letters."""

    def __call__(self, seconds: float) -> datetime | None:
        """Wait so long and return the time it then is, or None when the daemon was asked to stop."""
        ...

"""What the desk needs of the world, as protocols; gateways fulfil them and front introduces the two."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from cuibao.rules.entries import Draft, Entry


class Ledger(Protocol):
    """The append-only log. Other processes may write to it at any time."""

    def entries(self) -> Sequence[Entry]:
        """Every entry so far, oldest first, the tail that others wrote included."""
        ...

    def append(self, drafts: Iterable[Draft]) -> tuple[Entry, ...]:
        """Write the drafts as one batch, all or none, on disk when this returns. Raises LedgerError."""
        ...


class Archive(Protocol):
    """Raw bytes by their digest: incoming mails or outgoing letters."""

    def keep(self, raw: bytes, at: datetime) -> tuple[str, str]:
        """Store the bytes durably (fsync of file and folder) unless they are there; returns (sha256, file relative to the
        store). `at` chooses the month's folder. Raises LedgerError on a full or read-only disk."""
        ...

    def read(self, file: str) -> bytes:
        """The bytes of a file that keep() named. Raises LedgerError when it is gone or its digest is wrong."""
        ...


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a folder has been read."""

    uidvalidity: int
    uid: int


class Cursors(Protocol):
    """Where the folder cursors are kept between runs. Losing them costs a second reading, nothing else."""

    def load(self) -> Mapping[str, Cursor]: ...

    def save(self, cursors: Mapping[str, Cursor]) -> None: ...


@dataclass(frozen=True, slots=True)
class Arrival:
    """One mail as the server gave it. `arrived_at` is INTERNALDATE, zone-aware."""

    folder: str
    uidvalidity: int
    uid: int
    arrived_at: datetime
    raw: bytes


@dataclass(frozen=True, slots=True)
class Batch:
    """Mails of one folder in order of UID, and the cursor to save once all of them are in the ledger."""

    folder: str
    arrivals: tuple[Arrival, ...]
    cursor: Cursor


@dataclass(frozen=True, slots=True)
class SentMessage:
    """What 已发送 says of one message, decoded."""

    message_id: str
    subject: str
    recipients: tuple[str, ...]


class Mailbox(Protocol):
    """The mailbox over IMAP, logged in."""

    def batches(self, cursors: Mapping[str, Cursor], since: date) -> Iterator[Batch]:
        """Every new mail of every folder that is read, in batches; a folder with nothing new may give an empty batch.
        Raises MailServerError when the server fails; what was yielded before stands."""
        ...

    def sent_since(self, day: date) -> tuple[SentMessage, ...]:
        """What 已发送 holds from that day on; empty when there is no such folder."""
        ...


class Delivery(StrEnum):
    """How the server answered one letter."""

    SENT = "sent"
    LATER = "later"
    """A transient refusal or a lost connection before the letter's data was handed over: try again after `wait`."""
    REFUSED = "refused"
    """A permanent refusal of this letter or its recipients."""
    DOUBTFUL = "doubtful"
    """The letter's data was handed over and no answer came: it may have been accepted."""
    STOPPED = "stopped"
    """The account cannot send (authentication, blocked, wrong sender): no further letter is tried."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one letter. `reply` keeps the server's own words, never a credential; `refused` names the recipients
    that were refused while others were accepted; `wait` is how long to leave the server alone."""

    delivery: Delivery
    reply: str
    refused: tuple[str, ...] = ()
    wait: timedelta | None = None


class Postman(Protocol):
    """One logged-in SMTP connection for a wave; it reconnects by itself after a drop."""

    def send(self, raw: bytes, recipients: Sequence[str]) -> Outcome:
        """Send these bytes as they are, envelope sender the mailbox. Never raises for what a server does."""
        ...


class MailServers(Protocol):
    """Where connections come from. Entering a context logs in and raises MailServerError; leaving it logs out."""

    def mailbox(self) -> AbstractContextManager[Mailbox]: ...

    def postman(self) -> AbstractContextManager[Postman]: ...


class Pause(Protocol):
    """Wait between letters."""

    def __call__(self, seconds: float) -> datetime | None:
        """Wait so long and return the time it then is, or None when the daemon was asked to stop."""
        ...

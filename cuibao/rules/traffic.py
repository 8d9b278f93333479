"""What passes through the desk's ports: cursors, arrivals, outcomes; known to desk and gateways alike, who never meet."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a folder has been read."""

    uidvalidity: int
    uid: int


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


class Delivery(StrEnum):
    """How the server answered one letter."""

    SENT = "sent"
    LATER = "later"
    """A transient refusal or a lost connection before the letter's data was handed over: try again after `wait`."""
    REFUSED = "refused"
    """A permanent refusal of this letter or its recipients."""
    HELD = "held"
    """Refused for what it says (taken for spam): the address is sound, and a person must look before anything is tried again."""
    DOUBTFUL = "doubtful"
    """The letter's data was handed over and no answer came: it may have been accepted."""
    STOPPED = "stopped"
    """The account cannot send (authentication, blocked, wrong sender): no further letter is tried."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one letter. `reply` keeps the server's own words, never a credential; `refused` names the recipients
    that were refused while others were accepted; `wait` is how long to leave this letter alone, or with `for_all` the server
    itself; `next_day` says that the day's limit is reached and nothing more leaves before midnight; after `tries` such answers the letter is held for a person."""

    delivery: Delivery
    reply: str
    refused: tuple[str, ...] = ()
    wait: timedelta | None = None
    for_all: bool = False
    next_day: bool = False
    tries: int | None = None

"""Records: what the book keeps of each letter, mail, act, approval and alarm."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from cuibao.rules.entries import Kind
from cuibao.rules.letters import LetterNote
from cuibao.rules.verdict import Verdict


class LetterState(StrEnum):
    """Where a letter is between its intention and its end."""

    INTENDED = "intended"
    SENT = "sent"
    RETRYING = "retrying"
    FAILED = "failed"
    DOUBTFUL = "doubtful"
    BOUNCED = "bounced"
    WITHDRAWN = "withdrawn"


LONGEST_REST = timedelta(days=1)
OPEN = (LetterState.INTENDED, LetterState.RETRYING, LetterState.DOUBTFUL)
"""States in which a letter still waits to be sent."""


@dataclass(slots=True)
class Letter:
    """A letter of the ledger. `at` is when it came into its state, `reply` what the server said where it did not take
    it. `in_doubt` stays, whatever is tried later, until it is known to have been sent: it may have arrived."""

    note: LetterNote
    intended_at: datetime
    state: LetterState
    at: datetime
    sent_at: datetime | None = None
    retry_at: datetime | None = None
    attempts: int = 0
    reply: str = ""
    in_doubt: bool = False
    tried: int = 0
    """How often in a row the server gave an answer that it may give only so many times."""

    @property
    def reached_at(self) -> datetime | None:
        """When it went to its unit; None where it did not leave, or came back from everyone that it was addressed to."""
        return None if self.state is LetterState.BOUNCED else self.sent_at

    def rests_until(self, now: datetime) -> datetime | None:
        """Until when it is not to be tried, or None where it may be. More than a day off was written by a clock that was wrong."""
        if self.retry_at is None or not now < self.retry_at <= now + LONGEST_REST:
            return None
        return self.retry_at


@dataclass(slots=True)
class Mail:
    """A mail of the ledger, waiting in triage or not."""

    sha256: str
    message_id: str
    sender: str
    subject: str
    file: str
    fingerprint: str
    arrived_at: datetime
    kept_at: datetime
    verdict: Verdict | None = None
    judged_at: datetime | None = None
    settled: bool = False
    duplicate: bool = False
    parked: bool = False

    @property
    def in_triage(self) -> bool:
        """Whether a person must still decide it."""
        if self.settled or self.duplicate:
            return False
        return self.parked or (self.verdict is not None and self.verdict.needs_person)


@dataclass(frozen=True, slots=True)
class Act:
    """One entry that changes where obligations of a unit in a period stand."""

    seq: int
    kind: Kind
    items: tuple[int, ...]
    at: datetime
    arrived_at: datetime
    until: date | None
    reason: str
    actor: str


@dataclass(frozen=True, slots=True)
class Approved:
    """An officer's word that a letter may leave as it was shown: `fingerprint` is that of its recipients and text. `now` is
    since when it may leave before its stage's own time, None where it may not."""

    seq: int
    at: datetime
    fingerprint: str
    actor: str
    now: datetime | None = None


@dataclass(frozen=True, slots=True)
class Alarm:
    """What is wrong and was told. `told_at` is when it was told last; `cleared_at` when it was over."""

    key: str
    words: str
    raised_at: datetime
    told_at: datetime
    cleared_at: datetime | None = None

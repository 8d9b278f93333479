"""Letters to the office itself: the facts of the morning's digest and of an alarm, whose words stand in templates/mail/."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from cuibao.papers import wording
from cuibao.papers.letter import OfficeFacts
from cuibao.rules.office import Notice
from cuibao.rules.period import Period


@dataclass(frozen=True, slots=True)
class Count:
    """How many units stand so, in the words that people see."""

    words: str
    number: int


@dataclass(frozen=True, slots=True)
class UnitLine:
    """One unit and what is to be said of it; `items` are the numbers concerned, `phone` whom to telephone, "" where nobody is
    known."""

    unit: str
    words: str = ""
    items: tuple[int, ...] = ()
    phone: str = ""


@dataclass(frozen=True, slots=True)
class OpenQuarter:
    """A quarter of an older year that is not closed: its name with the year, and the units that still owe a report."""

    name: str
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MailLine:
    """One mail that waits for an officer. `mark` is what ./bot triage settle takes; `unit` is the guess, or ""."""

    mark: str
    arrived_at: datetime
    sender: str
    subject: str
    unit: str
    words: str


@dataclass(frozen=True, slots=True)
class WaveLine:
    """One wave that waits for an officer; `command` lets it go."""

    name: str
    number: int
    due_at: datetime
    command: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestFacts:
    """All that the morning's digest says. `since` is when the digest before was written, None for the first; every list may be
    empty. `older` are the quarters of older years that are still open."""

    office: OfficeFacts
    notice: Notice
    period: Period
    today: date
    token: str
    since: datetime | None
    days_left: int
    counts: tuple[Count, ...]
    reported: tuple[UnitLine, ...]
    missing: tuple[UnitLine, ...]
    older: tuple[OpenQuarter, ...]
    waiting: tuple[MailLine, ...]
    waves: tuple[WaveLine, ...]
    telephone: tuple[UnitLine, ...]
    bounced: tuple[UnitLine, ...]
    unsent: tuple[UnitLine, ...]
    strangers: tuple[UnitLine, ...]
    collectives: tuple[str, ...]
    alarms: tuple[str, ...]

    @property
    def deadline(self) -> str:
        """The period's deadline as the notice prints it."""
        return wording.deadline_words(self.period)

    @property
    def remaining(self) -> str:
        """How much time is left, in words."""
        return wording.remaining_words(self.today, self.period.last_day, self.days_left)

    @property
    def to_do(self) -> int:
        """How many things wait for an officer."""
        waiting: Sequence[Sequence[object]] = (self.waiting, self.waves, self.telephone, self.unsent)
        return sum(len(lines) for lines in waiting)


@dataclass(frozen=True, slots=True)
class AlarmLine:
    """One piece of news: `state` is 告警, 仍在继续 or 已解除."""

    state: str
    words: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmFacts:
    """All that an alarm says; `at` is when it was judged."""

    office: OfficeFacts
    today: date
    at: datetime
    token: str
    lines: tuple[AlarmLine, ...]

    @property
    def over(self) -> bool:
        """Whether it only says that things are well again."""
        return all(line.state == CLEARED for line in self.lines)


RAISED, STANDS, CLEARED = "告警", "仍在继续", "已解除"

"""What an office has set: its name, the notice, periods, stages, pace; the plain form of config/ that the other floors use."""

from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum

from cuibao.rules.period import Period, Stage
from cuibao.rules.registry import Duty, Registry
from cuibao.rules.workdays import OfficeHours, Workdays


class Approval(StrEnum):
    """Whether waves leave by themselves or wait for an officer."""

    AUTOMATIC = "automatic"
    REQUIRED = "required"


class Invitation(StrEnum):
    """With which letters of a period a calendar invitation goes."""

    FIRST = "first"
    ALWAYS = "always"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Notice:
    """The document that everything rests on."""

    number: str
    year: int
    title: str


@dataclass(frozen=True, slots=True)
class Reporting:
    """Who owes a report by role, and whether a complete form is accepted at once."""

    lead: Duty = Duty.REPORT
    cooperating: Duty = Duty.REPORT
    accept_complete_forms: bool = False


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast letters may leave: recipients a day, how many of them are kept for receipts until 16:00, seconds between."""

    per_day: int = 50
    receipts_share: int = 10
    seconds_between: int = 20


@dataclass(frozen=True, slots=True)
class MailboxRules:
    """Which mailbox is read, from when on, how often; `trusted_host` is a regular expression for Authentication-Results."""

    address: str
    since: date
    poll_minutes: int = 3
    sent_folder: str = ""
    skip_folders: tuple[str, ...] = ()
    trusted_host: str = r"^mx\d+$"


@dataclass(frozen=True, slots=True)
class Alarms:
    """After how many minutes of silence an alarm is raised, and where it is posted."""

    after_minutes: int = 60
    webhook: str = ""


@dataclass(frozen=True)
class Office:
    """Everything that config/ says, checked and resolved."""

    name: str
    short: str
    contact: str
    phone: str
    digest_to: tuple[str, ...]
    notice: Notice
    hours: OfficeHours
    periods: tuple[Period, ...]
    stages: tuple[Stage, ...]
    registry: Registry
    mailbox: MailboxRules
    reporting: Reporting = field(default_factory=Reporting)
    approval: Approval = Approval.AUTOMATIC
    invitation: Invitation = Invitation.FIRST
    pace: Pace = field(default_factory=Pace)
    digest_at: time = time(8, 30)
    alarms: Alarms = field(default_factory=Alarms)
    progress: tuple[tuple[str, int], ...] = ()

    @property
    def workdays(self) -> Workdays:
        return self.hours.workdays

    def period(self, key: str) -> Period | None:
        """The period of that key, or None."""
        return next((period for period in self.periods if period.key == key), None)

    def stage(self, key: str) -> Stage | None:
        """The stage of that key, enabled or not, or None."""
        return next((stage for stage in self.stages if stage.key == key), None)

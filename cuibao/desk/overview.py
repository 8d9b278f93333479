"""Overview: all that an officer wants to see of a quarter at one look, gathered from the book and the plan."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from cuibao.desk.context import Desk
from cuibao.desk.report import ORDER, standings
from cuibao.desk.settling import strangers
from cuibao.desk.waves import plan_of_all
from cuibao.rules.book import Book
from cuibao.rules.letters import RECEIPT, TO_OFFICE
from cuibao.rules.office import Office
from cuibao.rules.pace import allowance
from cuibao.rules.period import Period, Span, spans
from cuibao.rules.progress import Told, Written
from cuibao.rules.recipients import telephone, working
from cuibao.rules.records import Alarm, Letter, LetterState, Mail
from cuibao.rules.registry import Item, Target
from cuibao.rules.standing import UnitStanding
from cuibao.rules.tally import Day, ItemTally, Tally, by_item, curve, tally
from cuibao.rules.workdays import CHINA


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit's line: its standing, whom to telephone, how many reminders reached it and when the last of them left, how many came
    back from all their addresses; `reachable` is false where no address of it works."""

    standing: UnitStanding
    phone: str
    reminders: int
    reminded_at: datetime | None
    bounced: int
    reachable: bool


@dataclass(frozen=True, slots=True)
class WaitingWave:
    """Letters of one stage that wait for an officer."""

    period: str
    stage: str
    number: int
    reason: str


@dataclass(frozen=True, slots=True)
class DoubtfulFigure:
    """A figure that a unit filled in and that was not taken."""

    period: Period
    unit: str
    item: Item
    target: Target
    told: Told[Written]


@dataclass(frozen=True, slots=True)
class Overview:
    """A period as of a moment. `days_left` counts working days; `rows` are in the order in which an officer wants them, missing
    ones first."""

    period: Period
    days_left: int
    rows: tuple[UnitRow, ...]
    units: Tally
    items: Tally
    by_item: dict[int, ItemTally]
    days: tuple[Day, ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for an officer."""

    mails: tuple[Mail, ...]
    waves: tuple[WaitingWave, ...]
    strangers: tuple[Mail, ...]
    doubtful: tuple[DoubtfulFigure, ...]
    unreachable: tuple[str, ...]
    alarms: tuple[Alarm, ...]

    @property
    def nothing(self) -> bool:
        return not (self.mails or self.waves or self.strangers or self.doubtful or self.unreachable or self.alarms)


@dataclass(frozen=True, slots=True)
class Work:
    """The bot's own work: the last letter to a unit, the next stage with its period, recipients written to today and how many more
    may be."""

    last_letter: datetime | None
    next_stage: tuple[Period, Span] | None
    used_today: int
    left_today: int


def overview(desk: Desk, period: Period, now: datetime) -> Overview:
    """Everything about one period."""
    found, book = standings(desk, period, now), desk.book()
    today = now.astimezone(CHINA).date()
    tallies = by_item(found, now)
    rows = sorted((_row(desk.office, book, unit) for unit in found), key=lambda row: ORDER.index(row.standing.standing))
    return Overview(
        period,
        max(0, desk.office.workdays.between(today, period.last_day)),
        tuple(rows),
        tally(found),
        tally(tallies.values()),
        tallies,
        _days(desk.office, book, period, found, today),
    )


def _row(office: Office, book: Book, standing: UnitStanding) -> UnitRow:
    unit = office.registry.unit(standing.unit)
    letters = reminders(book, standing.unit, standing.period.key)
    reached = [one.reached_at for one in letters if one.reached_at]
    bounced = sum(one.state is LetterState.BOUNCED for one in letters)
    reachable = bool(unit and working(unit, book))
    return UnitRow(standing, telephone(unit), len(reached), max(reached, default=None), bounced, reachable)


def reminders(book: Book, unit: str, period: str) -> list[Letter]:
    """The letters that asked a unit for its report: all but receipts."""
    return [one for one in book.letters_to(unit, period) if one.note.key.purpose != RECEIPT]


def _days(office: Office, book: Book, period: Period, found: tuple[UnitStanding, ...], today: date) -> tuple[Day, ...]:
    letters = (one for unit in found for one in reminders(book, unit.unit, period.key))
    sent = [one.sent_at for one in letters if one.sent_at]
    stages = spans(office.stages, period.last_day, office.hours)
    days = [span.due_at.astimezone(CHINA).date() for span in stages] or [period.last_day]
    return curve(found, sent, min(days), max([*days, period.last_day]), today)


def waiting(desk: Desk, now: datetime) -> Waiting:
    """Everything that waits for an officer, whatever the period; mails and letters of older years too."""
    book = desk.book()
    owing = (unit for unit in desk.office.registry.units if desk.duties[unit.name])
    return Waiting(
        tuple(mail for one in desk.years for mail in one.book().triage()),
        _waves(desk, now),
        strangers(desk),
        tuple(_doubtful(desk.office, book)),
        tuple(unit.name for unit in owing if not working(unit, book)),
        tuple(alarm for alarm in book.alarms.values() if alarm.cleared_at is None),
    )


def _doubtful(office: Office, book: Book) -> Iterator[DoubtfulFigure]:
    """Figures that were refused, by quarter and item, until that quarter or a later one has a figure that was told since."""
    for place, period in enumerate(office.periods):
        later = [one.key for one in office.periods[place + 1 :]]
        units = [unit for (unit, key), refused in book.reported.refused.items() if refused and key == period.key]
        for item in office.registry.items if units else ():
            for target in item.targets:
                for unit in units:
                    told = book.reported.refusal(unit, period.key, item.no, target.indicator)
                    if told and not any(book.reported.figure(unit, key, item.no, target.indicator) for key in later):
                        yield DoubtfulFigure(period, unit, item, target, told)


def _waves(desk: Desk, now: datetime) -> tuple[WaitingWave, ...]:
    found: dict[tuple[str, str], list[str]] = {}
    for held in plan_of_all(desk, now).withheld:
        if held.letter:
            found.setdefault((held.period, held.stage), []).append(held.reason)
    return tuple(WaitingWave(*key, len(reasons), reasons[0]) for key, reasons in found.items())


def work(desk: Desk, now: datetime) -> Work:
    """How the bot's own work goes, as far as the ledger tells."""
    book = desk.book()
    used, receipts = desk.sent_recipients(book, now.astimezone(CHINA).date())
    left = allowance(now, used, receipts, desk.office.pace, RECEIPT)
    return Work(last_letter(book), next_stage(desk.office, now), used, left)


def last_letter(book: Book) -> datetime | None:
    """When a letter to a unit last left."""
    sent = (one.sent_at for one in book.letters.values() if one.sent_at and one.note.key.purpose not in TO_OFFICE)
    return max(sent, default=None)


def next_stage(office: Office, now: datetime) -> tuple[Period, Span] | None:
    """The stage that is due next, with its period; None when the last one has begun."""
    coming = ((p, span) for p in office.periods for span in spans(office.stages, p.last_day, office.hours))
    return min((one for one in coming if one[1].due_at > now), key=lambda one: one[1].due_at, default=None)

"""The window: which period a mail is about when nothing in it says so."""

from collections.abc import Mapping
from datetime import datetime

from cuibao.rules.book import Book
from cuibao.rules.obligation import Obligation
from cuibao.rules.office import Office
from cuibao.rules.period import Period, day_start, stage_day
from cuibao.rules.standing import OWED, unit_standing


def begun(office: Office, period: Period, moment: datetime) -> bool:
    """Whether the day of the period's first enabled stage has come."""
    first = min((stage for stage in office.stages if stage.enabled), key=lambda stage: stage.workdays, default=None)
    day = stage_day(first, period.last_day, office.hours) if first else period.last_day
    return moment >= day_start(day)


def period_by_window(
    office: Office, duties: Mapping[str, tuple[Obligation, ...]], book: Book, unit: str, moment: datetime
) -> Period:
    """The earliest begun period in which the unit still owes; before any has begun, the next one; where nothing is owed, the
    latest begun, as a correction."""
    started = [period for period in office.periods if begun(office, period, moment)]
    if not started:
        return office.periods[0]
    for period in started:
        standing = unit_standing(unit, period, duties.get(unit, ()), book, moment)
        if any(item.standing in OWED for item in standing.items):
            return period
    return started[-1]

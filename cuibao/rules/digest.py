"""The morning's digest: on which days and from when the office gets one."""

from datetime import date, datetime

from cuibao.rules.book import Book
from cuibao.rules.letters import DIGEST
from cuibao.rules.office import Office
from cuibao.rules.period import closes_at, day_start, spans
from cuibao.rules.records import Letter
from cuibao.rules.workdays import CHINA


def is_due(office: Office, book: Book, now: datetime) -> bool:
    """Whether today's digest is to be written now: a working day, its hour has come, the day's work is not yet over, and it is not
    written."""
    local = now.astimezone(CHINA)
    if not office.workdays.is_workday(local.date()):
        return False
    return office.digest_at <= local.time() < office.hours.windows[-1][1] and not _of_today(book, local.date())


def to_come(office: Office, book: Book, now: datetime) -> bool:
    """Whether today's digest may still leave: a working day that is not yet over, and it has not left."""
    local = now.astimezone(CHINA)
    if not office.workdays.is_workday(local.date()):
        return False
    return local.time() < office.hours.windows[-1][1] and all(
        letter.sent_at is None for letter in _of_today(book, local.date())
    )


def _of_today(book: Book, today: date) -> list[Letter]:
    letters = (letter for (unit, _), found in book.by_unit.items() if not unit for letter in found)
    return [one for one in letters if (one.note.key.purpose, one.note.key.deadline) == (DIGEST, today)]


def in_season(office: Office, now: datetime) -> bool:
    """Whether a quarter is under way: from the day of its first stage until its last stage is over."""
    for period in office.periods:
        found = spans(office.stages, period.last_day, office.hours)
        starts = day_start(found[0].due_at.astimezone(CHINA).date()) if found else day_start(period.last_day)
        ends = found[-1].ends_at if found else closes_at(period.last_day)
        if starts <= now < max(ends, closes_at(period.last_day)):
            return True
    return False

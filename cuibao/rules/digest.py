"""The morning's digest: on which days and from when the office gets one."""

from datetime import datetime

from cuibao.rules.book import Book
from cuibao.rules.letters import DIGEST
from cuibao.rules.office import Office
from cuibao.rules.period import closes_at, day_start, spans
from cuibao.rules.workdays import CHINA


def is_due(office: Office, book: Book, now: datetime) -> bool:
    """Whether today's digest is still to be written: a working day, its hour has come, and the day's work is not yet over."""
    local = now.astimezone(CHINA)
    if not office.workdays.is_workday(local.date()):
        return False
    if not office.digest_at <= local.time() < office.hours.windows[-1][1]:
        return False
    letters = (letter for (unit, _), found in book.by_unit.items() if not unit for letter in found)
    digests = (letter.note.key for letter in letters if letter.note.key.purpose == DIGEST)
    return all(key.deadline != local.date() for key in digests)


def in_season(office: Office, now: datetime) -> bool:
    """Whether a quarter is under way: from the day of its first stage until its last stage is over."""
    for period in office.periods:
        found = spans(office.stages, period.last_day, office.hours)
        starts = day_start(found[0].due_at.astimezone(CHINA).date()) if found else day_start(period.last_day)
        ends = found[-1].ends_at if found else closes_at(period.last_day)
        if starts <= now < max(ends, closes_at(period.last_day)):
            return True
    return False

"""The plan: to whom a letter is due and when it can go, with the reason for every letter and for every letter not written; of one
year, or of all years whose letters leave by one mailbox."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from cuibao.rules.book import Book
from cuibao.rules.decide import Group, decisions, groups, plain_fingerprint
from cuibao.rules.digest import to_come
from cuibao.rules.obligation import Obligation
from cuibao.rules.office import Office
from cuibao.rules.pace import SHARE_UNTIL, Timetable
from cuibao.rules.period import closes_at, spans
from cuibao.rules.planned import (
    OVER_QUOTA,
    WAITS_FOR_HOURS,
    WAITS_FOR_QUOTA,
    WAITS_FOR_SHARE,
    Fingerprint,
    Plan,
    PlannedLetter,
    Withheld,
)
from cuibao.rules.workdays import CHINA


@dataclass(frozen=True)
class Year:
    """What a plan asks of one year. `fingerprint` tells a letter's recipients and text from any others, for an approval holds only for
    the letter that the officer saw."""

    office: Office
    duties: Mapping[str, tuple[Obligation, ...]]
    book: Book
    fingerprint: Fingerprint = plain_fingerprint


def make_plans(years: Sequence[Year], now: datetime, until: datetime | None = None) -> tuple[Plan, ...]:
    """Decide for every year's units, periods and stages that have begun or begin by `until` (default: the end of the day of the year's
    next enabled stage), and give all letters their times within the one quota, that of the first year. One plan a year. Pure: the
    same arguments always give the same plans."""
    letters: list[tuple[int, PlannedLetter]] = []
    withheld: list[list[Withheld]] = []
    for number, year in enumerate(years):
        found = tuple(_decided(year, now, until))
        letters += [(number, one) for one in found if isinstance(one, PlannedLetter)]
        withheld.append([one for one in found if isinstance(one, Withheld)])
    timed: list[list[PlannedLetter]] = [[] for _ in years]
    for number, letter in _paced(years, now, letters):
        if isinstance(letter, PlannedLetter):
            timed[number].append(letter)
        else:
            withheld[number].append(letter)
    return tuple(Plan(now, tuple(sent), tuple(kept)) for sent, kept in zip(timed, withheld, strict=True))


def _decided(year: Year, now: datetime, until: datetime | None) -> Iterator[PlannedLetter | Withheld]:
    found = tuple(groups(year.office, year.duties, year.book, now))
    horizon = until if until is not None else _next_stage_end(year.office, found, now)
    for group in found:
        yield from decisions(year.office, year.book, group, now, max(horizon, now), year.fingerprint)


def _next_stage_end(office: Office, groups: Sequence[Group], now: datetime) -> datetime:
    days = {group.last_day for group in groups}
    starts = (span.due_at for day in days for span in spans(office.stages, day, office.hours))
    upcoming = min((start for start in starts if start > now), default=now)
    return closes_at(upcoming.astimezone(CHINA).date()) - timedelta(seconds=1)


def _paced(
    years: Sequence[Year], now: datetime, letters: Iterable[tuple[int, PlannedLetter]]
) -> Iterator[tuple[int, PlannedLetter | Withheld]]:
    """Give every letter its time, most urgent first, and withhold those whose time never comes."""
    office = years[0].office
    timetable = Timetable(office.hours, office.pace, now, _used(years, now), len(office.digest_to))
    for number, letter in sorted(letters, key=lambda one: _urgency(one[1])):
        slot = timetable.slot(letter.send_at, len(letter.to) + len(letter.cc), letter.key.purpose)
        if slot is None or slot >= letter.span.ends_at:
            key = letter.key
            yield number, Withheld(key.unit, key.period, letter.stage, key.deadline, OVER_QUOTA)
        else:
            yield number, replace(letter, send_at=slot, waits=_waits(office, letter, now, slot))


def _used(years: Sequence[Year], now: datetime) -> dict[date, tuple[int, int]]:
    """Recipients, and of them receipts, by day, whatever the letters' year; today with those of the digest, though it leaves later."""
    office, today = years[0].office, now.astimezone(CHINA).date()
    used = {today: (len(office.digest_to) if to_come(office, years[0].book, now) else 0, 0)}
    for year in years:
        for day, (all_, receipts) in year.book.recipients_by_day.items():
            before = used.get(day, (0, 0))
            used[day] = before[0] + all_, before[1] + receipts
    return used


def _waits(office: Office, letter: PlannedLetter, now: datetime, slot: datetime) -> str:
    """Why a letter does not leave at once: "" where it does, or where its own time has not come yet."""
    if letter.waits and letter.send_at > now:
        return letter.waits
    opens = office.hours.next_open(letter.send_at)
    if slot.date() > opens.date():
        return WAITS_FOR_QUOTA
    if slot.date() == opens.date() and slot > opens and slot.time() >= SHARE_UNTIL > opens.time():
        return WAITS_FOR_SHARE
    return WAITS_FOR_HOURS if opens > max(letter.send_at, letter.span.due_at) else ""


def _urgency(letter: PlannedLetter) -> tuple[date, int]:
    """Earlier days first; within a day the stage nearest to, or furthest past, its deadline."""
    return letter.send_at.astimezone(CHINA).date(), -letter.span.stage.workdays

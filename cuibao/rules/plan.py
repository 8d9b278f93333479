"""The plan: to whom a letter is due and when it can go, with the reason for every letter and for every letter not written."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from cuibao.rules.book import Book
from cuibao.rules.decide import Group, decisions, groups, plain_fingerprint
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


def make_plan(
    office: Office,
    duties: Mapping[str, tuple[Obligation, ...]],
    book: Book,
    now: datetime,
    until: datetime | None = None,
    fingerprint: Fingerprint | None = None,
) -> Plan:
    """Decide for every unit, period and stage that has begun or begins by `until` (default: the end of the day of the next
    enabled stage). Pure: the same arguments always give the same plan. `fingerprint` tells a letter's recipients and text from
    any others, for an approval holds only for the letter that the officer saw."""
    fingerprint = fingerprint or plain_fingerprint
    found = tuple(groups(office, duties, book, now))
    horizon = until if until is not None else _next_stage_end(office, found, now)
    letters: list[PlannedLetter] = []
    withheld: list[Withheld] = []
    for group in found:
        for decided in decisions(office, book, group, now, max(horizon, now), fingerprint):
            if isinstance(decided, PlannedLetter):
                letters.append(decided)
            else:
                withheld.append(decided)
    return _paced(office, book, now, letters, withheld)


def _next_stage_end(office: Office, groups: Sequence[Group], now: datetime) -> datetime:
    days = {group.last_day for group in groups}
    starts = (span.due_at for day in days for span in spans(office.stages, day, office.hours))
    upcoming = min((start for start in starts if start > now), default=now)
    return closes_at(upcoming.astimezone(CHINA).date()) - timedelta(seconds=1)


def _paced(office: Office, book: Book, now: datetime, letters: list[PlannedLetter], withheld: list[Withheld]) -> Plan:
    """Give every letter its time, most urgent first, and withhold those whose time never comes."""
    used = {day: book.sent_recipients(day) for day in book.recipients_by_day}
    timetable = Timetable(office.hours, office.pace, now, used)
    timed = []
    for letter in sorted(letters, key=_urgency):
        slot = timetable.slot(letter.send_at, len(letter.to) + len(letter.cc), letter.key.purpose)
        if slot is None or slot >= letter.span.ends_at:
            key = letter.key
            withheld.append(Withheld(key.unit, key.period, letter.stage, key.deadline, OVER_QUOTA))
        else:
            timed.append(replace(letter, send_at=slot, waits=_waits(office, letter, now, slot)))
    return Plan(now, tuple(timed), tuple(withheld))


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

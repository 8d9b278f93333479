"""The calendar invitation that goes with a letter: an all-day entry on the last day, with two alarms (RFC 5545)."""

from datetime import datetime, timedelta

from icalendar import Alarm, Calendar, Event

from cuibao.papers.letter import LetterFacts
from cuibao.papers.wording import item_ranges
from cuibao.rules.workdays import CHINA

_NINE = timedelta(hours=9)
_ALARMS = (timedelta(days=-3) + _NINE, timedelta(days=-1) + _NINE)
"""At nine in the morning, three days and one day before; an all-day entry begins at midnight."""


def invitation(facts: LetterFacts, at: datetime) -> bytes:
    """The bytes of the .ics, UTF-8, CRLF, lines folded at 75 octets. METHOD is PUBLISH: nobody is asked to accept. The UID
    comes from the letter's token, DTSTAMP from `at`."""
    calendar = Calendar()
    calendar.add("prodid", "-//cuibao//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(_event(facts, at))
    return bytes(calendar.to_ical())


def _event(facts: LetterFacts, at: datetime) -> Event:
    event = Event()
    event.add("uid", f"{facts.token.lower()}@{facts.office.mailbox.rpartition('@')[2]}")
    event.add("dtstamp", at.astimezone(CHINA))
    event.add("dtstart", facts.last_day)
    event.add("dtend", facts.last_day + timedelta(days=1))
    event.add("summary", _summary(facts))
    event.add("description", _description(facts))
    event.add("transp", "TRANSPARENT")
    for before in _ALARMS:
        event.add_component(_alarm(facts, before))
    return event


def _alarm(facts: LetterFacts, before: timedelta) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", _summary(facts))
    alarm.add("trigger", before)
    return alarm


def _summary(facts: LetterFacts) -> str:
    return f"报送民生工作要点{facts.period.name}完成情况（{facts.unit}）"


def _description(facts: LetterFacts) -> str:
    roles = (("牵头", facts.lead), ("协同", facts.cooperating))
    named = [f"{role}事项：{item_ranges(item.no for item in items)}" for role, items in roles if items]
    where = f"请于{facts.deadline}报送至 {facts.office.mailbox}（{facts.notice.number}）。"
    return "\n".join([where, *named, f"编号：{facts.token}", facts.office.name])

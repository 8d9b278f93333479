"""Digest: what the office should know this morning, of this year and of what older ones left open, gathered from the books and the plans,
written as a letter to the office."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

from cuibao.desk.compose import keep_office_letter
from cuibao.desk.context import Desk
from cuibao.desk.overview import reminders
from cuibao.desk.report import ORDER, current_period, standings
from cuibao.desk.waves import plans
from cuibao.papers import office_letters as paper
from cuibao.papers.letter import office_facts
from cuibao.papers.wording import PURPOSE_WORDS
from cuibao.rules.alarms import AHEAD
from cuibao.rules.decide import paused_until, urges
from cuibao.rules.digest import in_season, is_due
from cuibao.rules.entries import BOT, Draft, Entry, Kind, stamp
from cuibao.rules.letters import DIGEST, RECEIPT, LetterKey, note_to_data
from cuibao.rules.period import GRACE_AFTER, Period
from cuibao.rules.planned import OVER_QUOTA, TOO_LATE, Plan
from cuibao.rules.recipients import telephone, working
from cuibao.rules.records import Letter, LetterState, Mail
from cuibao.rules.standing import OWED, WORDS, Standing, UnitStanding
from cuibao.rules.verdict import Confidence, MailKind
from cuibao.rules.window import begun
from cuibao.rules.workdays import CHINA

_MARK = 10


def write(desk: Desk, now: datetime) -> bool:
    """Write today's digest into the archive and the ledger where it is due, somebody is to get it and there is something to say;
    whether it was. Raises CuibaoError when its template fails, LedgerError when the disk does."""
    if not desk.office.digest_to or not is_due(desk.office, desk.book(), now):
        return False
    period = current_period(desk.office, now)
    key = LetterKey(desk.office.notice.number, period.key, "", DIGEST, now.astimezone(CHINA).date())
    facts = facts_of(desk, key, period, now)
    awaited = any(in_season(one.office, now) or _still_awaited(one, now) for one in desk.years)
    if not (awaited or facts.reported or facts.waiting or facts.waves or facts.unsent):
        return False
    note = keep_office_letter(desk, key, facts, now)
    desk.ledger.append([Draft(Kind.LETTER_INTENDED, now, key.period, None, data=note_to_data(note))])
    return True


def facts_of(desk: Desk, key: LetterKey, period: Period, now: datetime) -> paper.DigestFacts:
    """Everything the digest says of a period as of `now`."""
    since, news = _news(desk)
    found = standings(desk, period, now)
    owing = [(desk, unit) for unit in (*_awaited_beside(desk, period, now), *found)]
    owing += [(one, unit) for one in desk.earlier for unit in _awaited_beside(one, period, now)]
    made = plans(desk, now)
    today = now.astimezone(CHINA).date()
    counts = Counter(unit.standing for unit in found)
    return paper.DigestFacts(
        office=office_facts(desk.office),
        notice=desk.office.notice,
        period=period,
        today=today,
        token=desk.marks(key).token,
        since=since,
        days_left=max(0, desk.office.workdays.between(today, period.last_day)),
        counts=tuple(paper.Count(WORDS[one], counts[one]) for one in ORDER if counts[one]),
        reported=tuple(line for one, told in news for line in _reported(one, told, period)),
        missing=tuple(_missing(one, unit, period) for one, unit in owing if unit.owed),
        older=tuple(quarter for one in desk.earlier for quarter in _open_quarters(one, now)),
        waiting=tuple(_waiting(one, mail, now) for one in desk.years for mail in one.book().triage()),
        waves=tuple(line for one, planned in made for line in _waves(one, planned, period, now)),
        telephone=tuple(line for one, unit in owing for line in _telephone(one, unit, period)),
        bounced=tuple(_bounced(desk)),
        unsent=tuple(
            line
            for (one, planned), (_, told) in zip(made, news, strict=True)
            for line in _unsent(one, planned, told, period)
        ),
        strangers=tuple(line for _, told in news for line in _strangers(told)),
        collectives=tuple(body.name for body in desk.office.registry.collectives if not body.members),
        alarms=tuple(alarm.words for alarm in desk.book().alarms.values() if alarm.cleared_at is None),
    )


def _news(desk: Desk) -> tuple[datetime | None, tuple[tuple[Desk, Sequence[Entry]], ...]]:
    """When the digest before was written, and what each year's ledger says after it; all of this year's, where there was none."""
    found = [(one, *_since_last(one)) for one in desk.years]
    since = max((at for _, at, _ in found if at), default=None)
    return since, tuple(
        (one, entries if at == since and (at or one is desk) else _after(entries, since)) for one, at, entries in found
    )


def _since_last(desk: Desk) -> tuple[datetime | None, Sequence[Entry]]:
    """When the ledger's last digest was written, and what it says after it: all of it, where there was none."""
    entries = desk.ledger.entries()
    for number in range(len(entries), 0, -1):
        entry = entries[number - 1]
        if entry.kind is Kind.LETTER_INTENDED and entry.data["purpose"] == DIGEST:
            return entry.at, entries[number:]
    return None, entries


def _after(entries: Sequence[Entry], since: datetime | None) -> Sequence[Entry]:
    """What another year's ledger says after that moment; nothing before the first digest of all."""
    return [entry for entry in entries if entry.at > since] if since else []


def _awaited_beside(desk: Desk, period: Period, now: datetime) -> list[UnitStanding]:
    """What is awaited in the quarters of a year but that of the digest."""
    return [unit for one in desk.office.periods if one is not period for unit in _awaited(desk, one, now)]


def _open_quarters(desk: Desk, now: datetime) -> Iterator[paper.OpenQuarter]:
    """The quarters of an older year in which reports are still owed."""
    for period in desk.office.periods:
        if owing := tuple(unit.unit for unit in standings(desk, period, now) if unit.owed):
            yield paper.OpenQuarter(period.name_in(0), owing)


def _awaited(desk: Desk, period: Period, now: datetime) -> list[UnitStanding]:
    """The units of a period that owe something whose own deadline, an extended one, is not long past, or that was sent back."""
    today = now.astimezone(CHINA).date()

    def waits(unit: UnitStanding) -> bool:
        extended = (item for item in unit.owed if item.last_day != period.last_day)
        lately = any(desk.office.workdays.shift(item.last_day, GRACE_AFTER) >= today for item in extended)
        return lately or any(item.standing is Standing.RETURNED for item in unit.owed)

    return [unit for unit in standings(desk, period, now) if begun(desk.office, period, now) and waits(unit)]


def _still_awaited(desk: Desk, now: datetime) -> bool:
    """Whether anybody's report is awaited beside the printed deadlines."""
    return any(_awaited(desk, period, now) for period in desk.office.periods)


def _of_period(desk: Desk, key: str | None, period: Period) -> str:
    """The quarter's name, with another year's year, where a line is about another one than the digest."""
    other = desk.office.period(key or "")
    return f"{_name(other, period)}，" if other and other is not period else ""


def _name(quarter: Period, period: Period) -> str:
    """A quarter's name in the digest of a period."""
    return quarter.name_in(int(period.key[:4]))


def _of_year(desk: Desk, key: str | None, period: Period) -> str:
    """The quarter's name where a line is about an older year."""
    return _of_period(desk, key, period) if (key or period.key)[:4] != period.key[:4] else ""


def _reported(desk: Desk, news: Sequence[Entry], period: Period) -> Iterator[paper.UnitLine]:
    for entry in news:
        if entry.kind is Kind.SUBMISSION_RECEIVED:
            at = datetime.fromisoformat(entry.data.get("arrived_at") or stamp(entry.at)).astimezone(CHINA)
            words = f"{_of_period(desk, entry.period, period)}{at.month}月{at.day}日{at:%H:%M}收到"
            words += "（零报告）" if entry.data.get("nil") else ""
            words += "（迟报）" if entry.data.get("late") else ""
            words += f"（{len(wrong)}处须核对：{'；'.join(wrong)}）" if (wrong := entry.data.get("problems")) else ""
            words += f"（{entry.actor}登记）" if entry.actor != BOT else ""
            yield paper.UnitLine(entry.unit or "", words, entry.items)


def _missing(desk: Desk, unit: UnitStanding, period: Period) -> paper.UnitLine:
    items = tuple(item.obligation.item for item in unit.items if item.standing in OWED)
    words = WORDS[unit.standing] if unit.standing is not Standing.MISSING else ""
    told = _told(reminders(desk.book(), unit.unit, unit.period.key))
    said = _of_period(desk, unit.period.key, period) + "，".join(filter(None, (words, told)))
    return paper.UnitLine(unit.unit, said, items, _phone(desk, unit.unit))


def _told(letters: Sequence[Letter]) -> str:
    """How often a unit was written to, and how many of those letters came back."""
    reached = sum(one.reached_at is not None for one in letters)
    bounced = sum(one.state is LetterState.BOUNCED for one in letters)
    parts = (f"已函告{reached}次" if reached else "", f"退信{bounced}封" if bounced else "")
    return "，".join(filter(None, parts)) or "尚未函告"


def _phone(desk: Desk, name: str) -> str:
    return telephone(desk.office.registry.unit(name))


def _waiting(desk: Desk, mail: Mail, now: datetime) -> paper.MailLine:
    verdict = mail.verdict
    unit = (verdict and verdict.unit) or ""
    words = "；".join(verdict.reasons) if verdict else "未能读取，原件已存档"
    if verdict and verdict.kind is MailKind.QUESTION:
        words = "；".join(filter(None, ("来信询问", words)))
    if unit and _pause_is_over(desk, unit, mail, now):
        words = "；".join(filter(None, (words, "等待已逾两个工作日，对该单位的催报已恢复")))
    subject = re.sub(r"\s*〔MS-\w+〕", "", mail.subject)  # our own mark says nothing to a person
    return paper.MailLine(mail.sha256[:_MARK], mail.arrived_at, mail.sender, subject, unit, words)


def _pause_is_over(desk: Desk, unit: str, mail: Mail, now: datetime) -> bool:
    stage = next((stage for stage in desk.office.stages if urges(stage)), None)
    until = paused_until(desk.office, desk.book(), unit, stage) if stage else None
    return until is not None and until <= now and mail.judged_at is not None


def _waves(desk: Desk, made: Plan, period: Period, now: datetime) -> Iterator[paper.WaveLine]:
    """The waves of the next days that wait for an officer."""
    letters = (held.letter for held in made.withheld if held.letter and not held.letter.failed)
    waiting = [letter for letter in letters if letter.span.due_at <= now + AHEAD]
    numbers = Counter((letter.key.period, letter.stage) for letter in waiting)
    for (key, stage), number in numbers.items():
        due_at = min(one.span.due_at for one in waiting if (one.key.period, one.stage) == (key, stage))
        quarter = _name(desk.period(key), period)
        yield paper.WaveLine(
            f"{quarter}{purpose_name(desk, stage)}", number, due_at, f"./bot wave approve {key} {stage}"
        )


def _telephone(desk: Desk, unit: UnitStanding, period: Period) -> Iterator[paper.UnitLine]:
    if unit.owed and not working(desk.unit(unit.unit), desk.book()):
        items = tuple(item.obligation.item for item in unit.owed)
        quarter = _of_period(desk, unit.period.key, period).rstrip("，")
        yield paper.UnitLine(unit.unit, quarter, items, _phone(desk, unit.unit))


def _bounced(desk: Desk) -> Iterator[paper.UnitLine]:
    """Addresses that letters could not reach, of units that still name them."""
    book = desk.book()
    for unit in desk.office.registry.units:
        bad = book.bad_addresses.get(unit.name, set())
        for address in dict.fromkeys((*(one.email for one in unit.contacts), *book.learned.get(unit.name, {}))):
            if address.lower() in bad:
                yield paper.UnitLine(unit.name, address, (), _phone(desk, unit.name))


def _unsent(desk: Desk, made: Plan, news: Sequence[Entry], period: Period) -> Iterator[paper.UnitLine]:
    """What did not leave and will not by itself: failures that wait for a person, what has no place in the quota, stages whose
    time is over, receipts that could not be written."""
    for held in made.withheld:
        about = f"{_of_year(desk, held.period, period)}{purpose_name(desk, held.stage)}"
        if held.letter and held.letter.failed:
            words = f"{about}：{held.reason}（批准后另发：./bot wave approve {held.period} {held.stage}）"
            yield paper.UnitLine(held.unit, words, (), _phone(desk, held.unit))
        elif held.reason == OVER_QUOTA:
            yield paper.UnitLine(held.unit, f"{about}：{held.reason}", (), _phone(desk, held.unit))
    for entry in news:
        quarter = _of_year(desk, entry.period, period)
        if entry.kind is Kind.STAGE_LAPSED:
            words = f"{quarter}{purpose_name(desk, str(entry.data['stage']))}：{entry.data['reason']}，不再补发"
            yield paper.UnitLine(entry.unit or "", words, (), _phone(desk, entry.unit or ""))
        elif entry.kind is Kind.LETTER_WITHDRAWN and entry.data["reason"] == TOO_LATE:
            words = f"{quarter}{purpose_name(desk, str(entry.data['purpose']))}：{TOO_LATE}，未能发出"
            yield paper.UnitLine(entry.unit or "", words, (), _phone(desk, entry.unit or ""))
        elif entry.kind is Kind.NOTE_ADDED and entry.actor == BOT:
            yield paper.UnitLine(entry.unit or "", str(entry.data.get("reason", "")))
    for letter in desk.book().letters.values():
        if letter.note.key.purpose == RECEIPT and letter.state is LetterState.FAILED and _since(letter, news):
            yield paper.UnitLine(letter.note.key.unit, f"回执：{letter.reply}")


def _since(letter: Letter, news: Sequence[Entry]) -> bool:
    return bool(news) and letter.at >= news[0].at


def _strangers(news: Sequence[Entry]) -> Iterator[paper.UnitLine]:
    """Certain reports from addresses that nobody has registered."""
    for entry in news:
        if entry.kind is not Kind.MAIL_JUDGED or entry.data.get("settled"):
            continue
        verdict = entry.data["verdict"]
        if verdict.get("unknown_sender") and verdict["confidence"] == Confidence.CERTAIN and entry.unit:
            yield paper.UnitLine(entry.unit, f"{entry.data['from']}（{entry.data['sha256'][:_MARK]}）")


def purpose_name(desk: Desk, key: str) -> str:
    """What people call a letter's stage or purpose."""
    stage = desk.office.stage(key)
    return stage.name if stage else PURPOSE_WORDS.get(key, key)

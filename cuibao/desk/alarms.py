"""Alarms: write down what has gone wrong or is well again, tell the office by mail, and by other ways where the mailbox fails."""

from dataclasses import replace
from datetime import datetime

from cuibao.desk.compose import keep_office_letter
from cuibao.desk.context import Desk
from cuibao.desk.waves import plans
from cuibao.papers import office_letters as paper
from cuibao.papers.letter import office_facts
from cuibao.rules.alarms import Facts, Health, News, Wrong, ending, news, wrongs
from cuibao.rules.entries import Draft, Kind, stamp
from cuibao.rules.letters import ALARM, LetterKey, note_to_data
from cuibao.rules.outcomes import CuibaoError, LedgerError
from cuibao.rules.workdays import CHINA

_STATES = {News.RAISED: paper.RAISED, News.STANDS: paper.STANDS, News.CLEARED: paper.CLEARED}


def ring(desk: Desk, health: Health, now: datetime) -> tuple[tuple[News, Wrong], ...]:
    """Judge what is wrong, put what is new into the ledger together with a letter about it, and hand it to the herald. Returns
    what was told. Raises LedgerError; then nothing was told, for it would be told again at every tick."""
    facts, *older = (Facts(one.office, one.duties, one.book(), made, health, now) for one, made in plans(desk, now))
    facts = replace(facts, left_out=desk.left_out, older=tuple(older))
    at_work = desk.office.hours.contains(now)
    found = news(desk.book().alarms, wrongs(facts), now, lambda key: ending(facts, key), at_work=at_work)
    if not found:
        return ()
    told = tuple((what, wrong) for what, wrong in found if what is not News.PASSED)
    desk.ledger.append([*(_entry(what, wrong, now) for what, wrong in found), *_letter(desk, told, now)])
    for what, wrong in told:
        desk.herald.tell(sentence(what, wrong), mailbox_fails=wrong.mailbox)
    return told


def sentence(what: News, wrong: Wrong) -> str:
    """One piece of news in one line."""
    remedy = f"。处理办法：{wrong.remedy}" if wrong.remedy else ""
    return f"{_STATES[what]}：{wrong.words}{remedy}"


def _entry(what: News, wrong: Wrong, now: datetime) -> Draft:
    kind = Kind.ALARM_CLEARED if what in (News.CLEARED, News.PASSED) else Kind.ALARM_RAISED
    return Draft(kind, now, data={"key": wrong.key, "words": wrong.words, "remedy": wrong.remedy})


def _letter(desk: Desk, told: tuple[tuple[News, Wrong], ...], now: datetime) -> list[Draft]:
    """One letter for all the news of a moment, where somebody is to get it. That its template fails must not keep the alarm
    itself from being told."""
    if not desk.office.digest_to or not told:
        return []
    today = now.astimezone(CHINA).date()
    key = LetterKey(desk.office.notice.number, "", "", ALARM, today, stamp(now))
    facts = paper.AlarmFacts(
        office=office_facts(desk.office),
        today=today,
        at=now,
        token=desk.marks(key).token,
        lines=tuple(paper.AlarmLine(_STATES[what], wrong.words, wrong.remedy) for what, wrong in told),
    )
    try:
        note = keep_office_letter(desk, key, facts, now)
    except LedgerError:
        raise
    except CuibaoError as error:
        desk.herald.tell(str(error), mailbox_fails=False)
        return []
    return [Draft(Kind.LETTER_INTENDED, now, data=note_to_data(note))]

"""Preview: every template filled in with what the ledger and the configuration say now; nothing is kept or sent."""

from datetime import datetime

from cuibao.desk.compose import receipt_facts, stage_words
from cuibao.desk.context import Desk
from cuibao.desk.digest import facts_of
from cuibao.papers import letter as paper
from cuibao.papers.office_letters import RAISED, AlarmFacts, AlarmLine
from cuibao.rules.letters import ALARM, DIGEST, RECEIPT, SEND_BACK, LetterKey
from cuibao.rules.period import Period, Span, Stage, closes_at, stage_day
from cuibao.rules.planned import RETURNED, PlannedLetter
from cuibao.rules.recipients import working
from cuibao.rules.records import Mail
from cuibao.rules.standing import unit_standing
from cuibao.rules.verdict import Confidence, MailKind, Verdict
from cuibao.rules.workdays import CHINA

OTHERS = (SEND_BACK, RECEIPT, DIGEST, ALARM)
"""Purposes of letters that belong to no stage, in the order in which they are shown."""


def purposes(desk: Desk) -> tuple[str, ...]:
    """What can be previewed: the stages that have templates, then the other letters."""
    stages = (stage.key for stage in desk.office.stages if f"{paper.FOLDER}/{stage.key}.txt" in desk.templates)
    return (*stages, *OTHERS)


def preview(desk: Desk, purpose: str, unit: str, period: Period, now: datetime) -> paper.Composed:
    """A letter of that purpose to that unit as it would read now. What has not happened yet is made up: a report that has
    just come, an alarm. Raises CuibaoError when the template fails."""
    if purpose == RECEIPT:
        facts: object = _receipt(desk, unit, period, now)
    elif purpose == DIGEST:
        facts = facts_of(desk, _key(desk, "", period, DIGEST), period, now)
    elif purpose == ALARM:
        facts = _alarm(desk, period, now)
    else:
        return _stage(desk, purpose, unit, period, now)
    return paper.compose(purpose, facts, desk.templates)


def _stage(desk: Desk, purpose: str, unit: str, period: Period, now: datetime) -> paper.Composed:
    """As on the stage's own day, where that is still to come."""
    stage = desk.office.stage(purpose) or RETURNED
    when = now if purpose == SEND_BACK else max(now, _day_of(desk, stage, period))
    standing = unit_standing(unit, period, desk.duties[unit], desk.book(), now)
    items = tuple(one.obligation.item for one in standing.owed) or tuple(duty.item for duty in desk.duties[unit])
    key = _key(desk, unit, period, purpose)
    to = working(desk.unit(unit), desk.book())
    span = Span(stage, when, closes_at(period.last_day))
    return stage_words(desk, PlannedLetter(key, purpose, span, when, to, (), items, ""), when)


def _day_of(desk: Desk, stage: Stage, period: Period) -> datetime:
    return desk.office.hours.opening(stage_day(stage, period.last_day, desk.office.hours))


def _receipt(desk: Desk, unit: str, period: Period, now: datetime) -> object:
    contacts = desk.unit(unit).contacts
    subject = f"{unit}{period.name}完成情况"
    sender = contacts[0].email if contacts else desk.office.mailbox.address
    came = Mail("0" * 64, "", sender, subject, "", "", now, now)
    verdict = Verdict(MailKind.SUBMISSION, Confidence.CERTAIN, unit, period.key)
    return receipt_facts(desk, came, verdict, now)[1]


def _alarm(desk: Desk, period: Period, now: datetime) -> AlarmFacts:
    open_ones = (alarm.words for alarm in desk.book().alarms.values() if alarm.cleared_at is None)
    words = tuple(open_ones) or ("收件服务器已 1 小时未能连接（示例）",)
    lines = tuple(AlarmLine(RAISED, one, "请按提示处理；恢复后将另行告知") for one in words)
    token = desk.marks(_key(desk, "", period, ALARM)).token
    return AlarmFacts(
        office=paper.office_facts(desk.office), today=now.astimezone(CHINA).date(), at=now, token=token, lines=lines
    )


def _key(desk: Desk, unit: str, period: Period, purpose: str) -> LetterKey:
    return LetterKey(desk.office.notice.number, period.key, unit, purpose, period.last_day)

"""Compose: gather the facts of a letter from the book, have it written, and keep its bytes before anyone names them."""

from datetime import date, datetime

from cuibao.desk.context import Desk
from cuibao.desk.view import known_figures
from cuibao.papers import letter as paper
from cuibao.papers.form.making import FormFacts, form, form_name
from cuibao.papers.invitation import invitation
from cuibao.rules.letters import RECEIPT, SEND_BACK, LetterKey, LetterNote
from cuibao.rules.obligation import passed_on
from cuibao.rules.office import Invitation
from cuibao.rules.period import Period
from cuibao.rules.planned import PlannedLetter
from cuibao.rules.progress import Figure
from cuibao.rules.recipients import working
from cuibao.rules.records import Letter, Mail
from cuibao.rules.registry import Item, Role
from cuibao.rules.standing import Standing, UnitStanding, unit_standing
from cuibao.rules.verdict import Verdict
from cuibao.rules.workdays import CHINA


def stage_letter(desk: Desk, planned: PlannedLetter, now: datetime) -> LetterNote:
    """Write a stage's letter and keep its bytes. Raises CuibaoError when its template fails, LedgerError when the disk does."""
    facts = stage_facts(desk, planned, now)
    ics = invitation(facts, now) if _invites(desk, planned) else None
    composed = paper.compose(planned.stage, facts, desk.templates)
    return _keep(desk, planned.key, planned.items, planned.to, planned.cc, composed, now, ics, _form(desk, facts, now))


def stage_words(desk: Desk, planned: PlannedLetter, now: datetime) -> paper.Composed:
    """What a stage's letter says when it is written at `now`; nothing is kept. Raises CuibaoError when its template fails."""
    return paper.compose(planned.stage, stage_facts(desk, planned, now), desk.templates)


def stage_facts(desk: Desk, planned: PlannedLetter, now: datetime) -> paper.LetterFacts:
    """What a stage's letter says."""
    office, key = desk.office, planned.key
    period = desk.period(key.period)
    standing = _standing(desk, key.unit, period, now)
    roles = {duty.item: duty.role for duty in desk.duties[key.unit]}
    named = [item for item in office.registry.items if item.no in planned.items]
    today = now.astimezone(CHINA).date()
    return paper.LetterFacts(
        office=paper.office_facts(office),
        notice=office.notice,
        unit=key.unit,
        period=period,
        last_day=key.deadline,
        today=today,
        token=desk.marks(key).token,
        lead=tuple(item for item in named if roles[item.no] is Role.LEAD),
        cooperating=tuple(item for item in named if roles[item.no] is Role.COOPERATING),
        returned=tuple(item for item in _returned(standing) if item.no in planned.items),
        pass_on=tuple(
            paper.PassOn(item.no, body.name) for item, body in passed_on(office, key.unit) if item.no in planned.items
        ),
        earlier_letter=_earlier(desk, key),
        days_left=max(0, office.workdays.between(today, key.deadline)),
        inform_only=not standing.items,
    )


def _form(desk: Desk, facts: paper.LetterFacts, now: datetime) -> tuple[str, bytes] | None:
    """The form 完成情况表 that goes with a letter: name and bytes. None for a unit that owes no report."""
    if facts.inform_only:
        return None
    filled = FormFacts(
        notice=facts.notice,
        unit=facts.unit,
        period=facts.period,
        deadline=facts.deadline,
        token=facts.token,
        at=now,
        lead=facts.lead,
        cooperating=facts.cooperating,
        last=desk.last_figures(facts.unit, facts.period.key),
    )
    return form_name(facts.unit, facts.period), form(filled)


def receipt_letter(desk: Desk, kept: Mail, verdict: Verdict, now: datetime) -> LetterNote | None:
    """Write the receipt for a submission that is about to be recorded, and keep its bytes; None where the unit has no address."""
    unit = desk.unit(verdict.unit or "")
    to = working(unit, desk.book())
    if not to:
        return None
    key, facts = receipt_facts(desk, kept, verdict, now)
    covered = tuple(item.no for item in facts.received)
    composed = paper.compose(RECEIPT, facts, desk.templates)
    return _keep(desk, key, covered, to, (), composed, now, None)


def receipt_facts(desk: Desk, kept: Mail, verdict: Verdict, now: datetime) -> tuple[LetterKey, paper.ReceiptFacts]:
    """The key of the receipt for a submission, and what it says."""
    office = desk.office
    unit = desk.unit(verdict.unit or "")
    period = desk.period(verdict.period or "")
    before = _standing(desk, unit.name, period, now)
    covered = tuple(verdict.items) or tuple(item.obligation.item for item in before.items)
    key = LetterKey(office.notice.number, period.key, unit.name, RECEIPT, period.last_day, f"mail:{kept.sha256[:16]}")
    facts = paper.ReceiptFacts(
        office=paper.office_facts(office),
        notice=office.notice,
        unit=unit.name,
        period=period,
        last_day=max((item.last_day for item in before.items), default=period.last_day),
        today=now.astimezone(CHINA).date(),
        token=desk.marks(key).token,
        from_address=kept.sender,
        received_at=kept.arrived_at,
        subject=kept.subject,
        attachments=tuple(note.name for note in verdict.attachments),
        received=_items(desk, covered),
        missing=_items(desk, [i.obligation.item for i in before.owed if i.obligation.item not in covered]),
        figures=verdict.figures,
        standing=_standing_beside(desk, verdict),
        said=verdict.words,
        problems=verdict.problems,
        whole=not verdict.items,
        late=_late(before, covered, kept.arrived_at),
        nil=verdict.nil,
        correction=bool(came := [i.first_received_at for i in before.items if i.obligation.item in covered])
        and all(came),
    )
    return key, facts


def keep_office_letter(desk: Desk, key: LetterKey, facts: object, now: datetime) -> LetterNote:
    """Write a digest or an alarm to those whom office.yaml names in digest_to, and keep its bytes. Raises CuibaoError as
    stage_letter does."""
    composed = paper.compose(key.purpose, facts, desk.templates)
    return _keep(desk, key, (), desk.office.digest_to, (), composed, now, None)


def _keep(
    desk: Desk,
    key: LetterKey,
    items: tuple[int, ...],
    to: tuple[str, ...],
    cc: tuple[str, ...],
    composed: paper.Composed,
    now: datetime,
    ics: bytes | None,
    filled: tuple[str, bytes] | None = None,
) -> LetterNote:
    marks = desk.marks(key)
    sender = paper.sender_of(paper.office_facts(desk.office))
    raw = paper.build(composed, sender=sender, to=to, cc=cc, marks=marks, at=now, invitation=ics, form=filled)
    _, file = desk.letters.keep(raw, now)
    return LetterNote(key, items, to, cc, composed.subject, marks.message_id, marks.token, file)


def _standing(desk: Desk, unit: str, period: Period, now: datetime) -> UnitStanding:
    return unit_standing(unit, period, desk.duties[unit], desk.book(), now)


def _standing_beside(desk: Desk, verdict: Verdict) -> tuple[Figure, ...]:
    """The figures that stand for a verdict's unit and period and that its mail does not replace."""
    replaced = {(one.item, one.indicator) for one in verdict.figures}
    current = known_figures(desk, verdict.unit or "", verdict.period or "").current
    return tuple(told.what for key, told in current.items() if key not in replaced)


def _items(desk: Desk, numbers: tuple[int, ...] | list[int]) -> tuple[Item, ...]:
    return tuple(item for item in desk.office.registry.items if item.no in numbers)


def _returned(standing: UnitStanding) -> tuple[paper.Returned, ...]:
    return tuple(
        paper.Returned(item.obligation.item, item.act.reason if item.act else "")
        for item in standing.items
        if item.standing is Standing.RETURNED
    )


def _late(standing: UnitStanding, covered: tuple[int, ...], arrived_at: datetime) -> bool:
    days = [item.last_day for item in standing.items if item.obligation.item in covered]
    return bool(days) and arrived_at.astimezone(CHINA).date() > min(days)


def _earlier(desk: Desk, key: LetterKey) -> date | None:
    """The day of the latest stage letter that reached the unit, for 我办曾于6月15日就此函告贵单位."""
    reached = [letter.reached_at for letter in desk.book().letters_to(key.unit, key.period) if _is_stage(letter)]
    return max((at.astimezone(CHINA).date() for at in reached if at), default=None)


def _is_stage(letter: Letter) -> bool:
    return letter.note.key.purpose != RECEIPT


def _invites(desk: Desk, planned: PlannedLetter) -> bool:
    setting = desk.office.invitation
    if setting is Invitation.NEVER or planned.span.stage.workdays > 0 or planned.stage == SEND_BACK:
        return False
    if setting is Invitation.ALWAYS:
        return True
    letters = desk.book().letters_to(planned.key.unit, planned.key.period)
    return not any(_is_stage(letter) and letter.reached_at for letter in letters)

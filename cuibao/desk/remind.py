"""Remind: write the letters that are due, bytes and intention first, and note the stages whose time is over."""

from datetime import datetime

from cuibao.desk.compose import stage_letter
from cuibao.desk.context import Desk
from cuibao.desk.waves import plans
from cuibao.rules.entries import Draft, Kind
from cuibao.rules.letters import note_to_data
from cuibao.rules.outcomes import CuibaoError
from cuibao.rules.planned import Plan, PlannedLetter, Withheld


def due(desk: Desk, plan: Plan) -> tuple[PlannedLetter, ...]:
    """The letters to be written now: due, not yet in the ledger, in office hours, and with a place in today's quota."""
    now = plan.now
    if not desk.office.hours.contains(now):
        return ()
    return tuple(
        letter
        for letter in plan.letters
        if not letter.pending and letter.span.due_at <= now and letter.send_at.date() == now.date()
    )


def write(desk: Desk, now: datetime) -> tuple[tuple[str, str], ...]:
    """Write today's due letters of all years into the archive and their ledgers; returns those that could not be written as (which,
    why). A crash before the ledger's line leaves only bytes that nobody names; the next tick writes the same again."""
    return tuple(failed for one, made in plans(desk, now, now) for failed in _write(one, made, now))


def _write(desk: Desk, made: Plan, now: datetime) -> list[tuple[str, str]]:
    failed = []
    drafts: list[Draft] = [_lapse(item, now) for item in made.withheld if item.lapses]
    for letter in due(desk, made):
        try:
            drafts.append(_intend(desk, letter, now))
        except CuibaoError as error:
            failed.append((f"{letter.key.unit} {letter.stage}", str(error)))
    if drafts:
        desk.ledger.append(drafts)
    return failed


def _intend(desk: Desk, letter: PlannedLetter, now: datetime) -> Draft:
    note = stage_letter(desk, letter, now)
    key = letter.key
    return Draft(Kind.LETTER_INTENDED, now, key.period, key.unit, letter.items, data=note_to_data(note))


def _lapse(item: Withheld, now: datetime) -> Draft:
    data = {"stage": item.stage, "deadline": item.deadline.isoformat(), "reason": item.reason}
    return Draft(Kind.STAGE_LAPSED, now, item.period, item.unit, data=data)

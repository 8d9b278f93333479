"""Effects: the entries that a verdict on a mail brings, be it the bot's or an officer's: the judgement itself, the report that it counts as,
its acceptance, its receipt, a letter that came back."""

from datetime import datetime, timedelta

from cuibao.desk.compose import receipt_letter
from cuibao.desk.context import Desk
from cuibao.rules.book import Book
from cuibao.rules.entries import Draft, Kind, stamp
from cuibao.rules.letters import RECEIPT, note_to_data
from cuibao.rules.outcomes import CuibaoError, LedgerError
from cuibao.rules.period import closes_at
from cuibao.rules.progress import figure_to_doc, words_to_doc, written_to_doc
from cuibao.rules.records import Mail
from cuibao.rules.standing import item_standing
from cuibao.rules.verdict import Confidence, MailKind, Verdict, verdict_to_doc

RECEIPTS_A_DAY = 3
RECEIPT_AGE = timedelta(days=3)


def judgement(kept: Mail, verdict: Verdict, now: datetime, *, duplicate: bool = False, settled: bool = False) -> Draft:
    """The entry that says what a mail is, by the bot or (settled) by a person."""
    data = {
        "sha256": kept.sha256,
        "message_id": kept.message_id,
        "from": kept.sender,
        "subject": kept.subject,
        "file": kept.file,
        "verdict": verdict_to_doc(verdict),
        "duplicate": duplicate,
        "settled": settled,
    }
    return Draft(Kind.MAIL_JUDGED, now, verdict.period, verdict.unit, verdict.items, data=data)


def effects(desk: Desk, book: Book, kept: Mail, verdict: Verdict, now: datetime) -> list[Draft]:
    """What a certain verdict changes beside the judgement itself."""
    if verdict.bounce and verdict.bounce.letter:
        return _bounce(desk, verdict, now)
    if verdict.kind is MailKind.SUBMISSION and verdict.confidence is Confidence.CERTAIN:
        return [submission(desk, book, kept, verdict, now), *_accepted(desk, kept, verdict, now)]
    return []


def submission(desk: Desk, book: Book, kept: Mail, verdict: Verdict, now: datetime) -> Draft:
    """The entry by which a mail counts as a report; `book` is the desk's, which says whether it is late."""
    data = {
        "sha256": kept.sha256,
        "message_id": kept.message_id,
        "file": kept.file,
        "arrived_at": stamp(kept.arrived_at),
        "nil": verdict.nil,
        "late": is_late(desk, book, kept, verdict),
    }
    if verdict.figures or verdict.words:
        data["figures"] = [figure_to_doc(figure) for figure in verdict.figures]
        data["words"] = [words_to_doc(item, words) for item, words in verdict.words]
    if refused := [written_to_doc(one) for one in verdict.written if one.wrong]:
        data["refused"] = refused
    if verdict.adopted:
        data["adopted"] = True
    if verdict.problems:
        data["problems"] = list(verdict.problems)
    return Draft(Kind.SUBMISSION_RECEIVED, now, verdict.period, verdict.unit, verdict.items, data=data)


def _accepted(desk: Desk, kept: Mail, verdict: Verdict, now: datetime) -> list[Draft]:
    """The acceptance of a complete form at once, where office.yaml says so and its sender is registered for the unit, and not forged."""
    known = any(one.rule == "sender" for one in verdict.evidence)
    if not (desk.office.reporting.accept_complete_forms and verdict.complete and known):
        return []
    data = {"reason": "完成情况表填报完整", "sha256": kept.sha256, "file": kept.file}
    return [Draft(Kind.SUBMISSION_ACCEPTED, now, verdict.period, verdict.unit, verdict.items, data=data)]


def _bounce(desk: Desk, verdict: Verdict, now: datetime) -> list[Draft]:
    bounce = verdict.bounce
    key = desk.book().by_message_id.get((bounce.letter or "").lower()) if bounce else None
    if bounce is None or key is None:
        return []
    note = desk.book().letters[key].note
    told = [(bounce.recipient, bounce.permanent), *((address, True) for address in bounce.also)]
    return [
        Draft(Kind.LETTER_BOUNCED, now, key.period, key.unit, note.items, data=data)
        for recipient, permanent in told
        for data in [{**note_to_data(note), "recipient": recipient, "permanent": permanent}]
    ]


def is_late(desk: Desk, book: Book, kept: Mail, verdict: Verdict) -> bool | None:
    """Whether a submission came after the effective deadline of what it covers; None for anything else."""
    period = desk.office.period(verdict.period or "")
    if verdict.kind is not MailKind.SUBMISSION or period is None or verdict.unit is None:
        return None
    acts = book.acts.get((verdict.unit, period.key), ())
    moved = [act for act in acts if act.kind is Kind.OBLIGATION_EXTENDED]
    if not moved:
        return kept.arrived_at >= closes_at(period.last_day)
    covered = [
        item_standing(duty, period, moved).last_day
        for duty in desk.duties.get(verdict.unit, ())
        if not verdict.items or duty.item in verdict.items
    ]
    return kept.arrived_at >= closes_at(min(covered, default=period.last_day))


def receipt(desk: Desk, kept: Mail, verdict: Verdict, now: datetime) -> list[Draft]:
    """The receipt for a submission that is about to be recorded: none for an old mail, to a unit without an address, or beyond
    three a day. One that cannot be written is a note in the ledger. Raises LedgerError."""
    unit = verdict.unit or ""
    if now - kept.arrived_at > RECEIPT_AGE or _receipts_today(desk, unit, now) >= RECEIPTS_A_DAY:
        return []
    try:
        note = receipt_letter(desk, kept, verdict, now)
    except LedgerError:
        raise
    except CuibaoError as error:
        data = {"reason": f"回执未能拟稿：{error}", "sha256": kept.sha256, "file": kept.file}
        return [Draft(Kind.NOTE_ADDED, now, verdict.period, unit, verdict.items, data=data)]
    if note is None:
        return []
    return [Draft(Kind.LETTER_INTENDED, now, verdict.period, unit, note.items, data=note_to_data(note))]


def _receipts_today(desk: Desk, unit: str, now: datetime) -> int:
    book = desk.book()
    letters = (letter for period in desk.office.periods for letter in book.letters_to(unit, period.key))
    return sum(letter.note.key.purpose == RECEIPT and letter.intended_at.date() == now.date() for letter in letters)

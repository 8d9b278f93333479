"""Receive: take mails in, keep their bytes first, judge them, and record what follows; no mail stops the next.

What a crash leaves: bytes without a line are named by the next poll, which reads them again; a kept mail without a judgement is
judged at the next poll; the folder's cursor moves last."""

import traceback
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cuibao.desk.compose import receipt_letter
from cuibao.desk.context import Desk
from cuibao.desk.ports import Mailbox
from cuibao.desk.view import view_of
from cuibao.papers import judge, mail
from cuibao.papers.fingerprint import fingerprint
from cuibao.rules.book import Mail
from cuibao.rules.entries import Draft, Kind, stamp
from cuibao.rules.letters import RECEIPT, note_to_data
from cuibao.rules.outcomes import CuibaoError
from cuibao.rules.period import closes_at
from cuibao.rules.standing import item_standing
from cuibao.rules.traffic import Arrival, Batch, Cursor
from cuibao.rules.verdict import Confidence, Judged, MailKind, Verdict, verdict_to_doc

TRIES = 3
"""A mail that makes the code fail so often is parked for people."""
RECEIPTS_A_DAY = 3
RECEIPT_AGE = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Source:
    """Where an arrival came from, for the ledger: a folder's UID, or a file's name."""

    name: str
    arrival: Arrival


def poll(desk: Desk, now: datetime) -> tuple[Judged, ...]:
    """Read every folder from its cursor on. Raises MailServerError when the server fails; what came before stands."""
    judged: list[Judged] = []
    with desk.servers.mailbox() as mailbox:
        cursors = dict(desk.cursors.load())
        receipts = bool(cursors)
        for batch in _batches(desk, mailbox, cursors):
            sources = [Source(f"{a.folder}/{a.uidvalidity}/{a.uid}", a) for a in batch.arrivals]
            judged += take_in(desk, sources, now, receipts=receipts)
            if cursors.get(batch.folder) != batch.cursor:
                cursors[batch.folder] = batch.cursor
                desk.cursors.save(cursors)
    return tuple(judged)


def _batches(desk: Desk, mailbox: Mailbox, cursors: dict[str, Cursor]) -> Iterable[Batch]:
    return mailbox.batches(dict(cursors), desk.office.mailbox.since)


def take_in(desk: Desk, sources: Sequence[Source], now: datetime, *, receipts: bool) -> list[Judged]:
    """Keep, then judge, a batch of mails in their order; one line for each, second copies too."""
    read = [_keep(desk, source, now) for source in sources]
    drafts = _new_lines(desk, read)
    if drafts:
        desk.ledger.append(drafts)
    return [_judge_one(desk, item, now, receipts=receipts) for item in read]


def judge_waiting(desk: Desk, now: datetime) -> list[Judged]:
    """Judge the mails that an earlier run kept but did not judge."""
    waiting = list(desk.book().unjudged.values())
    return [_judge_one(desk, _again(desk, kept), now, receipts=True) for kept in waiting]


@dataclass(frozen=True, slots=True)
class _Read:
    """A mail on its way in: its bytes are on disk, its text may have failed to be read."""

    source: str
    sha256: str
    kept: Draft
    mail: mail.Mail | None
    error: str
    arrived_at: datetime


def _keep(desk: Desk, source: Source, now: datetime) -> _Read:
    arrival = source.arrival
    sha256, file = desk.mails.keep(arrival.raw, arrival.arrived_at)
    text, error = _try_read(arrival.raw)
    data = {
        "sha256": sha256,
        "message_id": text.message_id if text else "",
        "from": text.sender if text else "",
        "subject": text.subject if text else "",
        "file": file,
        "fingerprint": fingerprint(text) if text else "",
        "arrived_at": stamp(arrival.arrived_at),
        "folder": arrival.folder,
        "uidvalidity": arrival.uidvalidity,
        "uid": arrival.uid,
    }
    return _Read(source.name, sha256, Draft(Kind.MAIL_KEPT, now, data=data), text, error, arrival.arrived_at)


def _again(desk: Desk, kept: Mail) -> _Read:
    try:
        text, error = _try_read(desk.mails.read(kept.file))
    except CuibaoError as damaged:  # a file that is gone is for people; the other mails are still judged
        text, error = None, str(damaged)
    return _Read(kept.file, kept.sha256, Draft(Kind.MAIL_KEPT, kept.kept_at), text, error, kept.arrived_at)


def _try_read(raw: bytes) -> tuple[mail.Mail | None, str]:
    error = ""
    for _ in range(TRIES):
        try:
            return mail.read(raw), ""
        except Exception:  # noqa: BLE001 - whatever a hostile mail raises, the loop goes on and a person sees it
            error = traceback.format_exc()
    return None, error


def _new_lines(desk: Desk, read: Sequence[_Read]) -> list[Draft]:
    known = set(desk.book().mails)
    drafts = []
    for item in read:
        if item.sha256 not in known:
            known.add(item.sha256)
            drafts.append(item.kept)
    return drafts


def _judge_one(desk: Desk, item: _Read, now: datetime, *, receipts: bool) -> Judged:
    kept = desk.book().mails[item.sha256]
    if kept.verdict is not None or kept.parked:
        return _told(desk, item, kept, kept.verdict or _parked_verdict(), duplicate=True)
    if item.mail is None:
        return _park(desk, item, kept, item.error, now)
    first = desk.book().fingerprints.get(kept.fingerprint) if kept.fingerprint else None
    if first and first != kept.sha256 and (verdict := desk.book().mails[first].verdict):
        desk.ledger.append([judgement(kept, verdict, now, duplicate=True)])
        return _told(desk, item, kept, verdict, duplicate=True)
    try:
        verdict = judge.judge(item.mail, view_of(desk, kept.arrived_at))
        drafts = [judgement(kept, verdict, now), *_effects(desk, kept, verdict, now)]
    except Exception:  # noqa: BLE001 - as above: the mail is parked with its traceback, the next one is read
        return _park(desk, item, kept, traceback.format_exc(), now)
    if receipts:
        drafts += _receipt(desk, kept, verdict, drafts, now)
    desk.ledger.append(drafts)
    return _told(desk, item, kept, verdict)


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


def _effects(desk: Desk, kept: Mail, verdict: Verdict, now: datetime) -> list[Draft]:
    """What a certain verdict changes beside the judgement itself."""
    if verdict.bounce and verdict.bounce.letter:
        return _bounce(desk, verdict, now)
    if verdict.kind is MailKind.SUBMISSION and verdict.confidence is Confidence.CERTAIN:
        return [submission(desk, kept, verdict, now)]
    return []


def submission(desk: Desk, kept: Mail, verdict: Verdict, now: datetime) -> Draft:
    """The entry by which a mail counts as a report."""
    data = {
        "sha256": kept.sha256,
        "message_id": kept.message_id,
        "file": kept.file,
        "arrived_at": stamp(kept.arrived_at),
        "nil": verdict.nil,
        "late": _late(desk, kept, verdict),
    }
    return Draft(Kind.SUBMISSION_RECEIVED, now, verdict.period, verdict.unit, verdict.items, data=data)


def _bounce(desk: Desk, verdict: Verdict, now: datetime) -> list[Draft]:
    bounce = verdict.bounce
    key = desk.book().by_message_id.get((bounce.letter or "").lower()) if bounce else None
    if bounce is None or key is None:
        return []
    note = desk.book().letters[key].note
    data = {**note_to_data(note), "recipient": bounce.recipient, "permanent": bounce.permanent}
    return [Draft(Kind.LETTER_BOUNCED, now, key.period, key.unit, note.items, data=data)]


def _late(desk: Desk, kept: Mail, verdict: Verdict) -> bool | None:
    """Whether a submission came after the effective deadline of what it covers; None for anything else."""
    period = desk.office.period(verdict.period or "")
    if verdict.kind is not MailKind.SUBMISSION or period is None or verdict.unit is None:
        return None
    acts = desk.book().acts.get((verdict.unit, period.key), ())
    covered = [
        item_standing(duty, period, acts).last_day
        for duty in desk.duties.get(verdict.unit, ())
        if not verdict.items or duty.item in verdict.items
    ]
    return kept.arrived_at >= closes_at(min(covered, default=period.last_day))


def _receipt(desk: Desk, kept: Mail, verdict: Verdict, drafts: Sequence[Draft], now: datetime) -> list[Draft]:
    """The receipt for a submission, where one is due: registered contacts, three a unit and day, nothing for old mail."""
    counted = any(draft.kind is Kind.SUBMISSION_RECEIVED for draft in drafts)
    if not counted or verdict.unit is None or now - kept.arrived_at > RECEIPT_AGE:
        return []
    if _receipts_today(desk, verdict.unit, now) >= RECEIPTS_A_DAY:
        return []
    try:
        note = receipt_letter(desk, kept, verdict, now)
    except CuibaoError:
        return []
    if note is None:
        return []
    return [Draft(Kind.LETTER_INTENDED, now, verdict.period, verdict.unit, note.items, data=note_to_data(note))]


def _receipts_today(desk: Desk, unit: str, now: datetime) -> int:
    book = desk.book()
    letters = (letter for period in desk.office.periods for letter in book.letters_to(unit, period.key))
    return sum(letter.note.key.purpose == RECEIPT and letter.intended_at.date() == now.date() for letter in letters)


def _park(desk: Desk, item: _Read, kept: Mail, error: str, now: datetime) -> Judged:
    data = {"sha256": kept.sha256, "message_id": kept.message_id, "file": kept.file, "traceback": error[-4000:]}
    data |= {"from": kept.sender, "subject": kept.subject}
    desk.ledger.append([Draft(Kind.MAIL_PARKED, now, data=data)])
    return _told(desk, item, kept, _parked_verdict())


def _parked_verdict() -> Verdict:
    return Verdict(MailKind.UNCLEAR, Confidence.NONE, reasons=("此信未能读取，原件已保存，请经办人查看",))


def _told(desk: Desk, item: _Read, kept: Mail, verdict: Verdict, *, duplicate: bool = False) -> Judged:
    return Judged(
        sha256=kept.sha256,
        message_id=kept.message_id,
        subject=kept.subject,
        sender=kept.sender,
        received_at=kept.arrived_at,
        verdict=verdict,
        duplicate=duplicate,
        late=_late(desk, kept, verdict),
        source=item.source,
    )

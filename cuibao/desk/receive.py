"""Receive: take mails in, keep their bytes first, judge them, and record what follows; no mail stops the next.

What a crash leaves: bytes without a line are named by the next poll, which reads them again; a kept mail without a judgement is
judged at the next poll; the folder's cursor moves last. Judgements are written in groups, so a crash may leave several."""

import traceback
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from cuibao.desk.context import Desk
from cuibao.desk.effects import effects, is_late, judgement, receipt
from cuibao.desk.opening import opened
from cuibao.desk.ports import Mailbox
from cuibao.desk.view import known_figures, view_of
from cuibao.desk.whichyear import Years
from cuibao.papers import judge, mail
from cuibao.papers.fingerprint import fingerprint
from cuibao.papers.form.doubts import Known
from cuibao.papers.mail import Mail as ReadMail
from cuibao.rules.book import Book
from cuibao.rules.entries import Draft, Kind, stamp
from cuibao.rules.outcomes import CuibaoError, LedgerError
from cuibao.rules.records import Mail
from cuibao.rules.traffic import Arrival, Batch, Cursor
from cuibao.rules.verdict import Confidence, Judged, MailKind, Verdict
from cuibao.rules.window import period_by_window

TRIES = 3
"""A mail that makes the code fail so often is parked for people."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where an arrival came from, for the ledger: a folder's UID, or a file's name."""

    name: str
    arrival: Arrival


def poll(desk: Desk, now: datetime, judged: list[Judged] | None = None) -> list[Judged]:
    """Read every folder from its cursor on; returns `judged` with every mail added as soon as it is in the ledger, so that whoever
    gave the list has them even where this raises MailServerError halfway: what came before stands."""
    judged = [] if judged is None else judged
    with desk.servers.mailbox() as mailbox:
        cursors = dict(desk.cursors.load())
        receipts_from = _receipts_from(desk, now)
        for batch in _batches(desk, mailbox, cursors):
            sources = [Source(f"{a.folder}/{a.uidvalidity}/{a.uid}", a) for a in batch.arrivals]
            judged += take_in(desk, sources, now, receipts_from=receipts_from)
            if cursors.get(batch.folder) != batch.cursor:
                cursors[batch.folder] = batch.cursor
                desk.cursors.save(cursors)
    return judged


def _batches(desk: Desk, mailbox: Mailbox, cursors: dict[str, Cursor]) -> Iterable[Batch]:
    return mailbox.batches(dict(cursors), desk.office.mailbox.since)


def _receipts_from(desk: Desk, now: datetime) -> datetime | None:
    """Since when mails get receipts: at the first poll of a lived-in mailbox none do, and later, the first one cut short or not,
    those that arrived after the bot had begun; any, where it has polled before and found nothing to write down."""
    if not desk.cursors.load():
        return now
    entries = desk.ledger.entries()
    return entries[0].at if entries else None


def take_in(
    desk: Desk, sources: Sequence[Source], now: datetime, *, receipts_from: datetime | None = None
) -> list[Judged]:
    """Keep, then judge, a batch of mails in their order; one line for each, second copies too. Reports that arrived before
    `receipts_from` get no receipt."""
    files = desk.mails.keep_all([(source.arrival.raw, source.arrival.arrived_at) for source in sources])
    read = [_kept(source, *file, now) for source, file in zip(sources, files, strict=True)]
    elsewhere = [_known_elsewhere(desk, item) for item in read]
    told = [judged for judged in elsewhere if judged]
    groups = _by_year(desk, [item for item, judged in zip(read, elsewhere, strict=True) if not judged], now)
    told += [one for owner, group in groups for one in _record_and_judge(owner, group, now, receipts_from)]
    places = {source.name: place for place, source in enumerate(sources)}
    return sorted(told, key=lambda one: places[one.source])


def _known_elsewhere(desk: Desk, item: "_Read") -> Judged | None:
    """What a ledger that is not in use knows of a mail that is new to those that are."""
    if not desk.shelved.ledgers or any(item.sha256 in one.book().mails for one in desk.years):
        return None
    return desk.shelved.judged(item.sha256, str(item.kept.data["fingerprint"]), item.source)


def _by_year(desk: Desk, read: Sequence["_Read"], now: datetime) -> list[tuple[Desk, list["_Read"]]]:
    """The mails in their order, each under the desk of the year whose ledger takes it in."""
    years = Years.of(desk, now)
    placed = [_placed(years, item) for item in read]
    groups = ((one, [item for owner, item in placed if owner is one]) for one in desk.years)
    return [(one, group) for one, group in groups if group]


def _placed(years: Years, item: "_Read") -> tuple[Desk, "_Read"]:
    owner, text = years.place(item.sha256, item.mail, item.arrived_at)
    return owner, replace(item, opened=text)


def _record_and_judge(
    desk: Desk, read: Sequence["_Read"], now: datetime, receipts_from: datetime | None
) -> list[Judged]:
    drafts = _new_lines(desk, read)
    if drafts:
        desk.ledger.append(drafts)
    return _judge_all(desk, read, now, receipts_from)


def judge_waiting(desk: Desk, now: datetime) -> list[Judged]:
    """Judge the mails that an earlier run kept but did not judge, whatever their year."""
    receipts_from = _receipts_from(desk, now)
    return [
        told
        for one in desk.years
        for told in _judge_all(one, [_again(one, kept) for kept in one.book().unjudged.values()], now, receipts_from)
    ]


@dataclass(frozen=True, slots=True)
class _Read:
    """A mail on its way in: its bytes are on disk, its text may have failed to be read; `opened` where its year had to be told by what
    is attached."""

    source: str
    sha256: str
    kept: Draft
    mail: mail.Mail | None
    error: str
    arrived_at: datetime
    opened: ReadMail | None = None


def _kept(source: Source, sha256: str, file: str, now: datetime) -> _Read:
    arrival = source.arrival
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
    known = desk.book().mails
    fresh: dict[str, Draft] = {}
    for item in read:
        if item.sha256 not in known:
            fresh.setdefault(item.sha256, item.kept)
    return list(fresh.values())


def _judge_all(desk: Desk, items: Iterable[_Read], now: datetime, receipts_from: datetime | None) -> list[Judged]:
    group = _Group(desk, now, receipts_from)
    told = [group.judge(item) for item in items]
    group.write()
    return told


@dataclass
class _Group:
    """Judgements that go to the ledger together. Whatever asks what an earlier mail of the group changed has them written first:
    a unit's standing, its receipts of the day, the verdict on the same mail under other bytes."""

    desk: Desk
    now: datetime
    receipts_from: datetime | None
    book: Book = field(init=False)
    view: judge.View = field(init=False)
    arrived_at: datetime = field(init=False)
    drafts: list[Draft] = field(default_factory=list)
    mails: set[str] = field(default_factory=set)
    units: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.arrived_at = self.now
        self.book = self.desk.book()
        self.view = replace(view_of(self.desk, self.now), period_choice=self.window, known=self.known)

    def judge(self, item: _Read) -> Judged:
        kept = self.mail(item.sha256)
        if kept.verdict is not None or kept.parked:
            return self.told(item, kept, kept.verdict or _parked_verdict(), duplicate=True)
        if item.mail is None:
            return self.park(item, kept, item.error)
        first = self.book.fingerprints.get(kept.fingerprint) if kept.fingerprint else None
        if first and first != kept.sha256 and (verdict := self.mail(first).verdict):
            self.add(kept, [judgement(kept, verdict, self.now, duplicate=True)])
            return self.told(item, kept, verdict, duplicate=True)
        try:
            self.arrived_at = kept.arrived_at
            text = item.opened or opened(item.mail, self.desk.reading_room)
            verdict = judge.judge(text, self.view)
            drafts = [judgement(kept, verdict, self.now), *effects(self.desk, self.book, kept, verdict, self.now)]
        except LedgerError:  # of the group, not of this mail
            raise
        except Exception:  # noqa: BLE001 - as above: the mail is parked with its traceback, the next one is read
            return self.park(item, kept, traceback.format_exc())
        if any(draft.kind is Kind.SUBMISSION_RECEIVED for draft in drafts):
            drafts += self.receipt(kept, verdict)
        self.add(kept, drafts)
        return self.told(item, kept, verdict)

    def mail(self, sha256: str) -> Mail:
        """A kept mail with its verdict, if it was judged, be it in this group."""
        if sha256 in self.mails:
            self.write()
        return self.book.mails[sha256]

    def window(self, unit: str) -> str | None:
        """The view's period_choice, for the mail at hand."""
        self.settle(unit)
        return period_by_window(self.desk.office, self.desk.duties, self.book, unit, self.arrived_at).key

    def known(self, unit: str, period: str) -> Known:
        """The view's `known`, with what earlier mails of the group say."""
        self.settle(unit)
        return known_figures(self.desk, unit, period)

    def settle(self, unit: str) -> None:
        """Have the book know of everything that the group holds about a unit."""
        if unit in self.units:
            self.write()

    def add(self, kept: Mail, drafts: Sequence[Draft]) -> None:
        self.drafts += drafts
        self.mails.add(kept.sha256)
        self.units.update(draft.unit for draft in drafts if draft.unit)

    def write(self) -> None:
        """Append what the group holds. Raises LedgerError; its mails are then judged at the next poll."""
        if self.drafts:
            self.desk.ledger.append(self.drafts)
        self.drafts, self.mails, self.units = [], set(), set()
        self.book = self.desk.book()

    def park(self, item: _Read, kept: Mail, error: str) -> Judged:
        data = {"sha256": kept.sha256, "message_id": kept.message_id, "file": kept.file, "traceback": error[-4000:]}
        data |= {"from": kept.sender, "subject": kept.subject}
        self.add(kept, [Draft(Kind.MAIL_PARKED, self.now, data=data)])
        return self.told(item, kept, _parked_verdict())

    def receipt(self, kept: Mail, verdict: Verdict) -> list[Draft]:
        """The receipt for a submission, where one is due."""
        if self.receipts_from and kept.arrived_at < self.receipts_from:
            return []
        self.settle(verdict.unit or "")
        return receipt(self.desk, kept, verdict, self.now)

    def told(self, item: _Read, kept: Mail, verdict: Verdict, *, duplicate: bool = False) -> Judged:
        return Judged(
            sha256=kept.sha256,
            message_id=kept.message_id,
            subject=kept.subject,
            sender=kept.sender,
            received_at=kept.arrived_at,
            verdict=verdict,
            duplicate=duplicate,
            late=is_late(self.desk, self.book, kept, verdict),
            source=item.source,
        )


def _parked_verdict() -> Verdict:
    return Verdict(MailKind.UNCLEAR, Confidence.NONE, reasons=("此信未能读取，原件已保存，请经办人查看",))

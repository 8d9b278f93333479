"""Reads the mailbox over IMAP: every folder where a report can land, above its cursor, changing nothing on the server."""

import email
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses
from zoneinfo import ZoneInfo

from cuibao.gateways import log
from cuibao.gateways.folder_memory import (
    FolderMemory,
    Memory,
    Reading,
    below_is_strange,
    must_look_below,
    starting_point,
)
from cuibao.gateways.folders import Folder, folders_to_read, sent_folder
from cuibao.gateways.imap_session import (
    LARGEST_MAIL,
    FolderRefusedError,
    GarbledError,
    Opened,
    Row,
    Session,
    internal_date,
)
from cuibao.rules.outcomes import MailServerError
from cuibao.rules.traffic import Arrival, Batch, Cursor, SentMessage

CHINA = ZoneInfo("Asia/Shanghai")
BATCH_MAILS = 50
BATCH_BYTES = 32 * 1024 * 1024
SURVEY = 500
"""How many mails' dates and sizes are asked for at once; also how many headers of 已发送."""
LATE_AT_ONCE = 50
"""So many mails that did not come are asked for again in one poll and folder."""
FOLDERS_FOR = 30 * 60.0
"""Seconds that a session's list of folders is good for."""

_SURVEY_ITEMS = "(INTERNALDATE RFC822.SIZE)"
_HEADER_ITEMS = "(INTERNALDATE BODY.PEEK[HEADER.FIELDS (MESSAGE-ID SUBJECT TO CC)])"
_HEADERS = b"BODY[HEADER.FIELDS"
"""How the answer's key begins; servers may name the fields in an order of their own (RFC 3501, section 7.4.2)."""


@dataclass(frozen=True, slots=True)
class Surveyed:
    """What is known of a mail before it is read; `size` in bytes, 0 if unknown."""

    uid: int
    arrived_at: datetime | None
    size: int

    def is_before(self, day: date) -> bool:
        return self.arrived_at is not None and self.arrived_at.date() < day


class ImapMailbox:
    """The mailbox, over a session that is logged in. A mail that the server lists and does not give is asked for alone after all
    others, again at the next polls, then at growing intervals; until it comes or is gone, the folder's cursor stays before it."""

    def __init__(
        self,
        session: Session,
        *,
        sent_folder: str = "",
        skip_folders: tuple[str, ...] = (),
        memory: Memory | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`memory` is what earlier polls remember; `clock` tells monotonic seconds."""
        self._session = session
        self._sent_folder = sent_folder
        self._skip_folders = skip_folders
        self._memory = memory or Memory()
        self._clock = clock

    def folders(self, *, afresh: bool = False) -> list[Folder]:
        """Every folder that the server lists, at most half an hour ago. Raises MailServerError."""
        cached = self._session.cached_folders
        if cached and not afresh and self._clock() - cached[0] < FOLDERS_FOR:
            return cached[1]
        listed = self._session.folders()
        self._session.cached_folders = self._clock(), listed
        return listed

    def batches(self, cursors: Mapping[str, Cursor], since: date) -> Iterator[Batch]:
        """Every mail above its folder's cursor that arrived on or after `since` (China's day), in order of UID, at most 50
        mails or 32 MB at once. A mail that the server does not give is tried again later: other ones are handed over, the
        cursor stays before it. Raises MailServerError; a folder other than INBOX that cannot be opened is named after
        all others have been read."""
        closed: list[MailServerError] = []
        waiting: list[Folder] = []
        saved = dict(cursors)
        for folder in folders_to_read(self.folders(), self._skip_folders):
            try:
                opened = self._session.examine(folder)
            except FolderRefusedError as error:
                if folder.is_inbox:
                    raise
                if self._still_listed(folder):
                    closed.append(error)
                continue
            reading = self._reading(folder, opened, saved.get(folder.name))
            yield from _saving(self._new_in(folder, reading, since), saved)
            if reading.memory.due(self._clock()):
                waiting.append(folder)
        for folder in waiting:
            if self._session.broken:
                break
            yield from _saving(self._late_in(folder, saved.get(folder.name), since), saved)
        if closed:
            raise closed[0]

    def sent_since(self, day: date) -> tuple[SentMessage, ...]:
        """Message-ID, subject and recipients of what 已发送 holds from that day (China's) on; empty without such a folder.
        Raises MailServerError."""
        folder = sent_folder(self.folders(), self._sent_folder)
        if folder is None:
            log.warning("找不到已发送文件夹", configured=self._sent_folder)
            return ()
        if not self._session.examine(folder).exists:
            return ()
        # SINCE counts in the server's own zone, so a day more is asked for and the rest is told by INTERNALDATE.
        uids = self._session.uids_since(folder, imap_date(day - timedelta(days=1)))
        found: list[SentMessage] = []
        for part in _parts(uids, SURVEY):
            rows = self._session.rows(folder, part, _HEADER_ITEMS)
            found += [as_sent(_headers(row)) for row in rows.values() if not _is_before(row, day)]
        return tuple(found)

    def _still_listed(self, folder: Folder) -> bool:
        """Whether a folder that would not open is there at all: the list may be older than an officer's tidying up."""
        return folder.wire in {listed.wire for listed in self.folders(afresh=True)}

    def _reading(self, folder: Folder, opened: Opened, cursor: Cursor | None) -> Reading:
        """What is to be read of an opened folder."""
        start = starting_point(opened, cursor)
        memory = self._memory.of(
            folder.name, start.uidvalidity, anew=cursor is not None and start.uid == 0 != cursor.uid
        )
        listed = self._listed(folder, opened, start, memory)
        if must_look_below(opened, start, listed, memory):
            listed = self._session.uids_from(folder, 1) if opened.exists else []
            if below_is_strange(listed, start, memory):
                log.warning("文件夹内邮件的编号有变动，从头再读一遍", folder=folder.name)
                start = Cursor(start.uidvalidity, 0)
                memory = self._memory.of(folder.name, start.uidvalidity, anew=True)
            elif listed:  # the mail at the cursor was filed elsewhere: go back to the one below it
                start = Cursor(start.uidvalidity, max((uid for uid in listed if uid <= start.uid), default=0))
        return Reading(opened, start, listed, memory)

    def _listed(self, folder: Folder, opened: Opened, start: Cursor, memory: FolderMemory) -> list[int]:
        """UIDs from the cursor on, in order; none where UIDNEXT says that nothing is new, all at the first poll of a folder
        without UIDNEXT, so that what is below the cursor is known later."""
        if not opened.exists or opened.uidnext == start.uid + 1:
            return []
        all_of_it = opened.uidnext is None and memory.exists is None
        return self._session.uids_from(folder, 1 if all_of_it else max(start.uid, 1))

    def _new_in(self, folder: Folder, reading: Reading, since: date) -> Iterator[Batch]:
        """What is new, then the folder's end."""
        for part in _parts(reading.todo(), SURVEY):
            surveyed = self._survey(folder, reading, part, since)
            for bundle in bundles(surveyed):
                yield self._bundle(folder, reading, bundle)
                reading.settle()
        yield Batch(folder.name, (), reading.cursor())
        reading.settle()

    def _late_in(self, folder: Folder, cursor: Cursor | None, since: date) -> Iterator[Batch]:
        """What did not come with the others, each alone. A mail over which the connection breaks must not keep the rest of the
        mailbox from being read at every poll, so that the breaking is no error here: a dead server is told by the next poll."""
        try:
            reading = self._reading(folder, self._session.examine(folder), cursor)
            for uid in reading.memory.due(self._clock())[:LATE_AT_ONCE]:
                for mail in self._survey(folder, reading, [uid], since):
                    yield self._bundle(folder, reading, [mail])
                    reading.settle()
        except MailServerError as error:
            log.warning("重取未给出的来件时连接中断，稍后再取", folder=folder.name, words=error.message)
            return
        yield Batch(folder.name, (), reading.cursor())
        reading.settle()

    def _survey(self, folder: Folder, reading: Reading, uids: list[int], since: date) -> list[Surveyed]:
        """Dates and sizes of the mails to be fetched. One that is not told of is late: if it was deleted in between, the next
        poll will not list it."""
        rows = self._rows(folder, uids)
        found = [Surveyed(uid, _arrived(row), _size(row)) for uid, row in sorted(rows.items())]
        reading.done(mail.uid for mail in found if mail.is_before(since))
        wanted = [mail for mail in found if not mail.is_before(since)]
        self._failed(folder, reading, set(uids) - rows.keys())
        self._failed(folder, reading, {mail.uid for mail in wanted if not _can_be_taken(mail)})
        return [mail for mail in wanted if _can_be_taken(mail)]

    def _rows(self, folder: Folder, uids: list[int]) -> dict[int, Row]:
        """What surveying tells. One answer that cannot be understood must not hide the others: the halves are asked for apart."""
        try:
            return self._session.rows(folder, uids, _SURVEY_ITEMS)
        except GarbledError:
            if len(uids) == 1:
                return {}
        half = len(uids) // 2
        return self._rows(folder, uids[:half]) | self._rows(folder, uids[half:])

    def _bundle(self, folder: Folder, reading: Reading, bundle: list[Surveyed]) -> Batch:
        """The mails of a bundle in order, as far as the server gives them."""
        try:
            raws = self._session.bodies(folder, [mail.uid for mail in bundle], sum(mail.size for mail in bundle))
        except MailServerError:
            self._failed(folder, reading, {mail.uid for mail in bundle})
            raise
        arrivals = tuple(
            Arrival(folder.name, reading.uidvalidity, mail.uid, mail.arrived_at, raws[mail.uid])
            for mail in bundle
            if mail.arrived_at and (raws.get(mail.uid) or (mail.uid in raws and not mail.size))
        )
        given = {arrival.uid for arrival in arrivals}
        reading.done(given)
        self._failed(folder, reading, {mail.uid for mail in bundle} - given)
        return Batch(folder.name, arrivals, reading.cursor())

    def _failed(self, folder: Folder, reading: Reading, uids: set[int]) -> None:
        for uid in reading.memory.failed(sorted(uids), self._clock()):
            log.error("服务器列出却不给出这封来件，将隔一段时间再取", folder=folder.name, uid=uid)


def _saving(batches: Iterator[Batch], saved: dict[str, Cursor]) -> Iterator[Batch]:
    """The batches but the empty ones that change no cursor; notes each cursor as the caller will."""
    for batch in batches:
        if batch.arrivals or batch.cursor != saved.get(batch.folder):
            saved[batch.folder] = batch.cursor
            yield batch


def _can_be_taken(mail: Surveyed) -> bool:
    """Without its time of arrival a mail is not taken: whether a report was in time hangs on it. Nor is one of absurd size."""
    return mail.arrived_at is not None and mail.size <= LARGEST_MAIL


def _size(row: Row) -> int:
    size = row.get(b"RFC822.SIZE")
    return size if isinstance(size, int) else 0


def bundles(mails: list[Surveyed]) -> Iterator[list[Surveyed]]:
    """Split into runs of at most 50 mails and 32 MB; a larger mail makes a run of its own."""
    run: list[Surveyed] = []
    size = 0
    for mail in mails:
        if run and (len(run) == BATCH_MAILS or size + mail.size > BATCH_BYTES):
            yield run
            run, size = [], 0
        run.append(mail)
        size += mail.size
    if run:
        yield run


def _headers(row: Row) -> bytes:
    values = (value for key, value in row.items() if key.startswith(_HEADERS))
    return next((value for value in values if isinstance(value, bytes)), b"")


def as_sent(headers: bytes) -> SentMessage:
    """Decode the fetched header fields; a field that cannot be decoded is given as it stands."""
    message = email.message_from_bytes(headers)
    lines = [decoded(value) for name in ("To", "Cc") for value in message.get_all(name, [])]
    addresses = tuple(address for _, address in getaddresses(lines) if address)
    return SentMessage(_plain(message, "Message-ID"), decoded(message.get("Subject", "")), addresses)


def decoded(value: object) -> str:
    """A header's encoded words (RFC 2047) as text, on one line; never raises."""
    text = " ".join(str(value).split())
    try:
        return str(make_header(decode_header(text)))
    except (LookupError, ValueError, email.errors.MessageError):
        return text


def imap_date(day: date) -> str:
    """A day as SEARCH wants it, months in English whatever the locale (RFC 3501, date-text)."""
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    return f"{day.day:02}-{months[day.month - 1]}-{day.year}"


def _plain(message: Message, name: str) -> str:
    return "".join(str(message.get(name, "")).split())


def _arrived(row: Row) -> datetime | None:
    """INTERNALDATE in China's zone, or None when the server gave none that can be read."""
    found = internal_date(row)
    if found is None:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=CHINA)).astimezone(CHINA)


def _is_before(row: Row, day: date) -> bool:
    arrived_at = _arrived(row)
    return arrived_at is not None and arrived_at.date() < day


def _parts(uids: list[int], size: int) -> Iterator[list[int]]:
    return (uids[start : start + size] for start in range(0, len(uids), size))

"""Reads the mailbox over IMAP: every folder where a report can land, above its cursor, changing nothing on the server."""

import email
import imaplib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses
from typing import Any
from zoneinfo import ZoneInfo

from imapclient import IMAPClient
from imapclient.exceptions import LoginError

from cuibao.gateways import log
from cuibao.gateways.account import Account, tls_context
from cuibao.gateways.folders import Folder, as_folder, folders_to_read, sent_folder
from cuibao.rules.outcomes import MailServerError
from cuibao.rules.traffic import Arrival, Batch, Cursor, SentMessage

CHINA = ZoneInfo("Asia/Shanghai")
BATCH_MAILS = 50
BATCH_BYTES = 32 * 1024 * 1024
SURVEY = 500
"""How many mails' dates and sizes are asked for at once; also how many headers of 已发送."""

Handed = dict[tuple[str, int], set[int]]
"""UIDs already handed over above a cursor that had to stay behind, by folder and UIDVALIDITY."""

_CLIENT_ID = {"name": "cuibao", "version": "0.1", "vendor": "cuibao"}
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


@contextmanager
def logged_in(account: Account) -> Iterator[IMAPClient]:
    """An IMAP connection after LOGIN and ID, logged out at the end. Raises MailServerError."""
    client = _connect(account)
    try:
        _log_in(client, account)
        yield client
    finally:
        with suppress(imaplib.IMAP4.error, OSError, ValueError):
            client.logout()
        with suppress(OSError):
            client.shutdown()


def _connect(account: Account) -> IMAPClient:
    server = account.imap
    context = tls_context(account, server)
    with _telling(account, "连接"):
        client = IMAPClient(
            server.host, server.port, ssl=server.tls == "tls", ssl_context=context, timeout=account.timeout
        )
        client.normalise_times = False
        client.folder_encode = False
        if server.tls == "starttls":
            try:
                client.starttls(context)
            except BaseException:
                client.shutdown()
                raise
    return client


def _log_in(client: IMAPClient, account: Account) -> None:
    """LOGIN, then ID (RFC 2971): 163.com refuses to open any folder of a client that has not named itself."""
    with _telling(account, "登录"):
        client.login(account.user, account.password)
        if client.has_capability("ID"):
            with suppress(IMAPClient.Error):
                client.id_(_CLIENT_ID)


@contextmanager
def _telling(account: Account, act: str) -> Iterator[None]:
    """Say in Chinese what the server refused, in its own words, whatever the library raised."""
    try:
        yield
    except LoginError as error:
        raise _login_failed(account, error) from None
    except (imaplib.IMAP4.error, OSError, ValueError) as error:
        raise MailServerError(_sentence(account, act, error), _remedy(str(error))) from None


def _login_failed(account: Account, error: LoginError) -> MailServerError:
    broken = isinstance(error.__context__, imaplib.IMAP4.abort) or "[UNAVAILABLE]" in str(error)
    if broken:
        return MailServerError(_sentence(account, "登录", error), "稍后会自动重试")
    remedy = "请核对 CUIBAO_MAIL_USER 与 CUIBAO_MAIL_PASSWORD（应填授权码），并确认邮箱已开启 IMAP 服务"
    return MailServerError(_sentence(account, "登录", error), remedy, permanent=True)


def _sentence(account: Account, act: str, error: Exception) -> str:
    words = account.without_password(_words(error))
    return f"收信服务器 {account.imap} {act}失败：{words}"


def _words(error: Exception) -> str:
    text = str(error) or type(error).__name__
    if text.startswith(("b'", 'b"')):  # imaplib hands over the repr of the server's bytes
        text = text[2:-1]
    return " ".join(text.split())


def _remedy(words: str) -> str:
    if "unsafe login" in words.casefold():
        return "邮箱暂不接受本程序登录，请登录网页邮箱确认账号未被锁定，并重新生成授权码"
    return "请检查网络与服务器地址，稍后会自动重试"


class ImapMailbox:
    """The mailbox, logged in. Folders are only ever EXAMINEd and mails only peeked at, so that nothing is flagged."""

    def __init__(
        self,
        client: IMAPClient,
        account: Account,
        *,
        sent_folder: str = "",
        skip_folders: tuple[str, ...] = (),
        handed: Handed | None = None,
    ) -> None:
        self._client = client
        self._account = account
        self._sent_folder = sent_folder
        self._skip_folders = skip_folders
        self._handed = {} if handed is None else handed

    def folders(self) -> list[Folder]:
        """Every folder that the server lists. Raises MailServerError."""
        with _telling(self._account, "列出文件夹"):
            return [as_folder(*line) for line in self._client.list_folders()]

    def batches(self, cursors: Mapping[str, Cursor], since: date) -> Iterator[Batch]:
        """Every mail above its folder's cursor that arrived on or after `since` (China's day), in order of UID, at most 50
        mails or 32 MB at once. A mail that the server does not give is tried again at the next call: later ones are
        handed over, the cursor stays before it. Raises MailServerError; a folder other than INBOX that cannot be
        opened is named after all others have been read."""
        closed: list[MailServerError] = []
        for folder in folders_to_read(self.folders(), self._skip_folders):
            try:
                opened = self._examine(folder)
            except MailServerError as error:
                if folder.name.casefold() == "inbox" or not self._alive():
                    raise
                closed.append(error)
                continue
            yield from self._new_in(folder, opened, cursors.get(folder.name), since)
        if closed:
            raise closed[0]

    def sent_since(self, day: date) -> tuple[SentMessage, ...]:
        """Message-ID, subject and recipients of what 已发送 holds from that day (China's) on; empty without such a folder.
        Raises MailServerError."""
        folder = sent_folder(self.folders(), self._sent_folder)
        if folder is None:
            log.warning("找不到已发送文件夹", configured=self._sent_folder)
            return ()
        self._examine(folder)
        with _telling(self._account, f"查找“{folder.name}”"):
            # SINCE counts in the server's own zone, so a day more is asked for and the rest is told by INTERNALDATE.
            uids = sorted(self._client.search(f"SINCE {imap_date(day - timedelta(days=1))}"))
            found: list[SentMessage] = []
            for part in _parts(uids, SURVEY):
                rows = self._client.fetch(part, ["INTERNALDATE", "BODY.PEEK[HEADER.FIELDS (MESSAGE-ID SUBJECT TO CC)]"])
                found += [as_sent(_headers(row)) for row in rows.values() if not _is_before(row, day)]
        return tuple(found)

    def _examine(self, folder: Folder) -> Mapping[bytes, Any]:
        with _telling(self._account, f"打开文件夹“{folder.name}”"):
            opened: Mapping[bytes, Any] = self._client.select_folder(folder.wire, readonly=True)
            return opened

    def _alive(self) -> bool:
        try:
            self._client.noop()
        except (imaplib.IMAP4.error, OSError):
            return False
        return True

    def _new_in(
        self, folder: Folder, opened: Mapping[bytes, Any], known: Cursor | None, since: date
    ) -> Iterator[Batch]:
        start = starting_point(opened, known)
        handed = self._handed.setdefault((folder.name, start.uidvalidity), set())
        uids = self._uids_above(folder, opened, start.uid)
        missing: int | None = None
        saved = known
        for part in _parts([uid for uid in uids if uid not in handed], SURVEY):
            survey = [mail for mail in self._survey(folder, part) if not mail.is_before(since)]
            for bundle in bundles(survey):
                arrivals = self._bodies(folder, start.uidvalidity, bundle)
                given = {arrival.uid for arrival in arrivals}
                missing = missing or next((mail.uid for mail in bundle if mail.uid not in given), None)
                reached = missing - 1 if missing else bundle[-1].uid
                saved = Cursor(start.uidvalidity, max(start.uid, reached))
                yield Batch(folder.name, tuple(arrivals), saved)
                if missing:
                    handed |= given
        end = Cursor(start.uidvalidity, missing - 1 if missing else max([start.uid, *uids]))
        if not missing:
            handed.clear()
        if end != saved:
            yield Batch(folder.name, (), end)

    def _uids_above(self, folder: Folder, opened: Mapping[bytes, Any], uid: int) -> list[int]:
        """UIDs above the cursor in order. n:* always names the last mail even below n (RFC 3501, 6.4.8), hence the filter."""
        nothing_new = opened.get(b"UIDNEXT") == uid + 1
        if nothing_new or not opened.get(b"EXISTS"):
            return []
        with _telling(self._account, f"查看文件夹“{folder.name}”"):
            return sorted(found for found in self._client.search(f"UID {uid + 1}:*") if found > uid)

    def _survey(self, folder: Folder, uids: list[int]) -> list[Surveyed]:
        """Dates and sizes. What is left out is asked for once more; left out again, it was deleted in between."""
        with _telling(self._account, f"查看文件夹“{folder.name}”"):
            rows = self._client.fetch(uids, ["INTERNALDATE", "RFC822.SIZE"])
            rows |= self._client.fetch([uid for uid in uids if uid not in rows], ["INTERNALDATE", "RFC822.SIZE"])
        return [
            Surveyed(uid, _arrived(rows[uid]), int(rows[uid].get(b"RFC822.SIZE") or 0)) for uid in uids if uid in rows
        ]

    def _bodies(self, folder: Folder, uidvalidity: int, bundle: list[Surveyed]) -> list[Arrival]:
        """The mails of a bundle in order; one whose BODY[] did not come is asked for once more, alone.
        Without its time of arrival a mail is not taken: whether a report was in time hangs on it."""
        rows = self._fetch_bodies(folder, [mail.uid for mail in bundle])
        arrivals: list[Arrival] = []
        for mail in bundle:
            raw = rows.get(mail.uid) or self._fetch_bodies(folder, [mail.uid]).get(mail.uid)
            if raw is None or mail.arrived_at is None:
                log.error("服务器未给出这封来件，下次再取", folder=folder.name, uidvalidity=uidvalidity, uid=mail.uid)
            else:
                arrivals.append(Arrival(folder.name, uidvalidity, mail.uid, mail.arrived_at, raw))
        return arrivals

    def _fetch_bodies(self, folder: Folder, uids: list[int]) -> dict[int, bytes]:
        """Raw mails by UID. A refusal or an answer that cannot be parsed gives none; a lost connection raises."""
        with _telling(self._account, f"读取文件夹“{folder.name}”"):
            try:
                rows = self._client.fetch(uids, ["BODY.PEEK[]"])
            except imaplib.IMAP4.abort:
                raise
            except imaplib.IMAP4.error as error:
                words = self._account.without_password(str(error))
                log.warning("服务器拒绝给出来件", folder=folder.name, uids=uids[:3], words=words)
                return {}
        return {uid: row[b"BODY[]"] for uid, row in rows.items() if row.get(b"BODY[]") is not None}


def starting_point(opened: Mapping[bytes, Any], known: Cursor | None) -> Cursor:
    """Where reading goes on. It begins anew when UIDVALIDITY changed, or when UIDNEXT is not above the cursor: a server that
    always says UIDVALIDITY 1 has then numbered the folder again."""
    uidvalidity = int(opened.get(b"UIDVALIDITY") or 0)
    if known is None or known.uidvalidity != uidvalidity:
        return Cursor(uidvalidity, 0)
    uidnext = opened.get(b"UIDNEXT")
    return Cursor(uidvalidity, 0) if uidnext is not None and int(uidnext) <= known.uid else known


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


def _headers(row: Mapping[bytes, Any]) -> bytes:
    return next((value for key, value in row.items() if key.startswith(_HEADERS) and value), b"")


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


def _arrived(row: Mapping[bytes, Any]) -> datetime | None:
    """INTERNALDATE in China's zone, or None when the server gave none that can be read."""
    found = row.get(b"INTERNALDATE")
    if not isinstance(found, datetime):
        return None
    return (found if found.tzinfo else found.replace(tzinfo=CHINA)).astimezone(CHINA)


def _is_before(row: Mapping[bytes, Any], day: date) -> bool:
    arrived_at = _arrived(row)
    return arrived_at is not None and arrived_at.date() < day


def _parts(uids: list[int], size: int) -> Iterator[list[int]]:
    return (uids[start : start + size] for start in range(0, len(uids), size))

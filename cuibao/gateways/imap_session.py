"""One logged-in IMAP session: the few commands that reading needs, each bounded, its answer turned into plain data. What is read and
what is remembered is left to imap.py."""

import imaplib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from imapclient import IMAPClient
from imapclient.datetime_util import parse_to_datetime
from imapclient.exceptions import LoginError
from imapclient.imap4 import IMAP4WithTimeout
from imapclient.response_parser import parse_response
from imapclient.tls import IMAP4_TLS

from cuibao.gateways.account import Account, tls_context
from cuibao.gateways.folders import Folder, as_folder
from cuibao.gateways.wire import BoundedReader, connect, decoded, plain, remedy, said, without_reprs
from cuibao.rules.outcomes import MailServerError

LARGEST_MAIL = 128 * 1024 * 1024
"""A mail that is larger is not fetched; providers take 50 to 100 MB."""
_LARGEST_ANSWER = 8 * 1024 * 1024
_LONGEST_LINE = 4 * 1024 * 1024
_PROBE = 10.0
"""Seconds that a session kept from an earlier poll is given for its first answer; a dead one is found out by then."""

_CLIENT_ID = '("name" "cuibao" "version" "0.1" "vendor" "cuibao")'
_PASSING = re.compile(
    r"\[(UNAVAILABLE|LIMIT|INUSE|SERVERBUG)\]|too many|try again|busy|frequen|频繁|稍后", re.IGNORECASE
)
"""Words in a refused login that speak of the moment and not of the password (RFC 5530, section 3)."""

T = TypeVar("T")
Row = Mapping[bytes, Any]


@dataclass(frozen=True, slots=True)
class Opened:
    """What EXAMINE said of a folder; `uidnext` is None where the server does not tell it, as 163.com does not."""

    exists: int
    uidvalidity: int
    uidnext: int | None = None


class FolderRefusedError(MailServerError):
    """The server answered, and would not open the folder."""


class GarbledError(MailServerError):
    """The answer came whole and means nothing."""


class _Bounded(imaplib.IMAP4):
    """imaplib, reading through a BoundedReader, and waiting for no answer that nobody needs."""

    _timeout: float
    _reader: BoundedReader | None = None
    _held_back: bytes | None = None
    """What goes with the next command; None where that goes at once."""

    @property
    def reader(self) -> BoundedReader:
        """The reader of the present socket, which STARTTLS replaces."""
        if self._reader is None or self._reader.sock is not self.sock:
            self._reader = BoundedReader(self.sock, self._timeout, largest=_LARGEST_ANSWER)
        return self._reader

    def read(self, size: int) -> bytes:
        return self.reader.read(size)

    def readline(self) -> bytes:
        return self.reader.readline(_LONGEST_LINE)

    def _get_capabilities(self) -> None:
        """What the greeting tells: nothing that is said after it depends on more, and to ask costs every connection a round trip."""
        self._learn(self.untagged_responses.pop("CAPABILITY", [b"IMAP4rev1"]))

    def ask_capabilities(self) -> None:
        """What the server says when asked, for those who need more than the greeting tells."""
        self._learn(self.capability()[1])

    def _learn(self, told: list[Any]) -> None:
        self.capabilities = tuple(decoded(told[-1] or b"").upper().split())

    def say_with_next(self, command: str, argument: str) -> None:
        """Send a command in one go with the one after it, whose answer comes after its own; nobody waits for that, or minds it."""
        self._held_back = b""
        self._command(command, argument)

    def send(self, data: Any) -> None:
        if self._held_back == b"":
            self._held_back = data
            return
        data, self._held_back = (self._held_back or b"") + data, None
        super().send(data)

    def _check_bye(self) -> None:
        """As in imaplib, but in the words that the server wrote."""
        bye = self.untagged_responses.get("BYE")
        if bye:
            raise self.abort(decoded(b" ".join(part for part in bye if isinstance(part, bytes))))


class _Plain(_Bounded, IMAP4WithTimeout):  # type: ignore[misc]  # imapclient ships no types
    def _create_socket(self, timeout: float | None = None) -> Any:  # noqa: ARG002 - imaplib's name
        return connect(self.host, self.port, self._timeout)


class _Tls(_Bounded, IMAP4_TLS):  # type: ignore[misc]
    def _create_socket(self, timeout: float | None = None) -> Any:  # noqa: ARG002 - imaplib's name
        return self.ssl_context.wrap_socket(connect(self.host, self.port, self._timeout), server_hostname=self.host)


class _Client(IMAPClient):  # type: ignore[misc]
    """imapclient over these connections; a refusal keeps the server's words whatever their charset."""

    def _create_IMAP4(self) -> Any:  # noqa: N802 - imapclient's name
        kind: Any = _Tls if self.ssl else _Plain
        protection = (self.ssl_context,) if self.ssl else ()
        return kind(self.host, self.port, *protection, self._timeout.connect)

    def _check_resp(self, expected: str, command: str, typ: str, data: Sequence[bytes | None]) -> None:
        if typ != expected:
            words = decoded(data[0]) if data and isinstance(data[0], bytes) else ""
            raise self.Error(f"{command}: {typ} {words}")


class Session:
    """A session after LOGIN and ID. Folders are only ever EXAMINEd and mails only peeked at, so that nothing is flagged. Every method
    raises MailServerError; `broken` then says whether the connection is of no more use."""

    def __init__(self, account: Account) -> None:
        """Connect and log in."""
        self.account = account
        self.broken = False
        self.cached_folders: tuple[float, list[Folder]] | None = None
        """The folders and when, by a monotonic clock, they were listed."""
        self._resumed = False
        self._client = _logged_in(account)

    def resume(self) -> None:
        """Say that the session was kept unused for a while: should it turn out dead at its next command, it is opened anew."""
        self._resumed = True

    def close(self) -> None:
        """Log out where there is somebody to say it to; never raises."""
        if not self.broken:
            with suppress(Exception):
                self._client._imap.reader.begin(_LARGEST_ANSWER, patience=_PROBE)
                self._client.logout()
        _shut(self._client)

    def folders(self) -> list[Folder]:
        """Every folder that the server lists; a list without INBOX, which every mailbox has (RFC 3501, 5.1), is not believed."""
        listed = self._do("列出文件夹", lambda client: [as_folder(*line) for line in client.list_folders()])
        if not any(folder.is_inbox for folder in listed):
            raise MailServerError(f"收信服务器 {self.account.imap} 没有列出收件箱", "稍后会自动重试")
        return listed

    def examine(self, folder: Folder) -> Opened:
        """Open a folder for reading only. Raises FolderRefusedError where the server refuses just that."""
        try:
            said = self._do(
                f"打开文件夹“{folder.name}”", lambda client: client.select_folder(folder.wire, readonly=True)
            )
        except MailServerError as error:
            if self.broken:
                raise
            raise FolderRefusedError(error.message, error.remedy) from None
        uidnext = said.get(b"UIDNEXT")
        return Opened(
            int(said.get(b"EXISTS") or 0), int(said.get(b"UIDVALIDITY") or 0), None if uidnext is None else int(uidnext)
        )

    def uids_from(self, folder: Folder, uid: int) -> list[int]:
        """UIDs of the open folder, not empty, from one on, in order. The last mail is always among them, even below it (RFC 3501,
        6.4.8); a SEARCH that does not name it is not believed, and the list is had by FETCH."""
        act = f"查看文件夹“{folder.name}”"
        found = self._search(act, f"UID {uid}:*")
        return found or sorted(self._fetch(act, f"{uid}:*", "(UID)"))

    def uids_since(self, folder: Folder, day: str) -> list[int]:
        """UIDs of the open folder that arrived since a day, as SEARCH writes it; all of them where SEARCH is refused."""
        act = f"查找“{folder.name}”"
        found = self._search(act, f"SINCE {day}")
        return sorted(self._fetch(act, "1:*", "(UID)")) if found is None else found

    def rows(self, folder: Folder, uids: Sequence[int], items: str) -> dict[int, Row]:
        """What the server tells of these UIDs, those alone, by UID."""
        wanted = frozenset(uids)
        if not wanted:
            return {}
        found = self._fetch(f"查看文件夹“{folder.name}”", ",".join(map(str, sorted(wanted))), items)
        return {uid: row for uid, row in found.items() if uid in wanted}

    def bodies(self, folder: Folder, uids: Sequence[int], size: int) -> dict[int, bytes]:
        """Raw mails by UID, of `size` bytes together or what the server takes for it. A refusal or an answer that cannot be parsed gives none."""
        act = f"读取文件夹“{folder.name}”"
        wanted = frozenset(uids)
        try:
            found = self._fetch(act, ",".join(map(str, sorted(wanted))), "(BODY.PEEK[])", largest=size + LARGEST_MAIL)
        except MailServerError:
            if self.broken:
                raise
            return {}
        raws = {uid: row.get(b"BODY[]") for uid, row in found.items() if uid in wanted}
        return {uid: raw for uid, raw in raws.items() if isinstance(raw, bytes)}

    def _search(self, act: str, criteria: str) -> list[int] | None:
        """UIDs in order; None where the server refuses to search."""
        try:
            _, lines = self._do(act, lambda client: _ok(client, client._imap.uid("SEARCH", criteria)))
            return self._do_parse(act, lambda: sorted(_numbers(lines)))
        except MailServerError:
            if self.broken:
                raise
            return None

    def _fetch(self, act: str, uids: str, items: str, *, largest: int = _LARGEST_ANSWER) -> dict[int, Row]:
        _, lines = self._do(act, lambda client: _ok(client, client._imap.uid("FETCH", uids, items)), largest=largest)
        return self._do_parse(act, lambda: rows_by_uid(lines))

    def _do(self, act: str, command: Callable[[Any], T], *, largest: int = _LARGEST_ANSWER) -> T:
        """One command. The first one of a session that was kept is said once more over a new connection where it fails."""
        resumed, self._resumed = self._resumed, False
        if resumed:
            with suppress(MailServerError):
                return self._once(act, command, largest, min(_PROBE, self.account.timeout))
            _shut(self._client)
            self.cached_folders, self.broken = None, True
            self._client = _logged_in(self.account)
            self.broken = False
        return self._once(act, command, largest, None)

    def _once(self, act: str, command: Callable[[Any], T], largest: int, patience: float | None) -> T:
        try:
            self._client._imap.reader.begin(largest, patience=patience)
            return command(self._client)
        except Exception as error:  # noqa: BLE001 - whatever the libraries make of a server's answer, it is a failed command
            self.broken = self.broken or _is_lost(error)
            raise _failed(self.account, act, error) from None

    def _do_parse(self, act: str, parse: Callable[[], T]) -> T:
        try:
            return parse()
        except Exception as error:  # noqa: BLE001 - as above: hostile answers reach deep into the parser
            failed = _failed(self.account, act, error)
            raise GarbledError(failed.message, failed.remedy) from None


def rows_by_uid(lines: Sequence[Any]) -> dict[int, Row]:
    """The lines of FETCH by UID. What names no UID (a flag that someone else changed, a server that mixes things up) is nobody's and
    left out: taken for the mail of that sequence number, it would stand for another. Raises ValueError or TypeError for no FETCH answer."""
    rows: dict[int, Row] = {}
    if not any(lines):
        return {}
    tokens = iter(parse_response([line for line in lines if line is not None]))
    for _, items in zip(tokens, tokens, strict=True):
        if not isinstance(items, tuple):
            raise TypeError(f"not a FETCH answer: {items!r:.80}")
        pairs = zip(items[::2], items[1::2], strict=True)
        row = {key.upper(): value for key, value in pairs if isinstance(key, bytes)}
        uid = row.get(b"UID")
        if isinstance(uid, int):
            rows[uid] = {**rows.get(uid, {}), **row}
    return rows


def internal_date(row: Row) -> datetime | None:
    """INTERNALDATE as the server wrote it, zone-aware where it gave a zone; None when there is none that can be read."""
    found = row.get(b"INTERNALDATE")
    if isinstance(found, datetime):
        return found
    with suppress(ValueError, TypeError, AttributeError, OverflowError):
        parsed: datetime = parse_to_datetime(found, normalise=False)
        return parsed
    return None


def _numbers(lines: Iterable[bytes | None]) -> Iterator[int]:
    """The numbers of SEARCH's lines, of which there may be several; what follows in brackets is about something else."""
    for line in lines:
        for word in (line or b"").partition(b"(")[0].split():
            yield int(word)


def _ok(client: Any, answer: tuple[str, list[Any]]) -> tuple[str, list[Any]]:
    client._check_resp("OK", "UID", *answer)
    return answer


def _logged_in(account: Account) -> Any:
    client = _connected(account)
    try:
        _log_in(client, account)
    except BaseException:
        _shut(client)
        raise
    return client


def _connected(account: Account) -> Any:
    server = account.imap
    context = tls_context(account, server)
    with _telling(account, "连接"):
        client = _Client(
            server.host, server.port, ssl=server.tls == "tls", ssl_context=context, timeout=account.timeout
        )
        client._imap.debug = 0  # imapclient has every byte written out for a log that nobody reads
        client.folder_encode = False
        if server.tls == "starttls":
            try:
                client._imap.reader.begin(_LARGEST_ANSWER)
                client._imap.ask_capabilities()
                client.starttls(context)
            except BaseException:
                _shut(client)
                raise
    return client


def _log_in(client: Any, account: Account) -> None:
    """LOGIN, then ID (RFC 2971) with the first command: 163.com refuses to open any folder of a client that has not named itself. A
    server that does not know ID says so, and goes on."""
    with _telling(account, "登录"):
        client._imap.reader.begin(_LARGEST_ANSWER)
        client.login(account.user, account.password)
        client._imap.say_with_next("ID", _CLIENT_ID)


def _shut(client: Any) -> None:
    with suppress(OSError):
        client.shutdown()


@contextmanager
def _telling(account: Account, act: str) -> Iterator[None]:
    """Say in Chinese what the server refused, in its own words, whatever the library raised."""
    try:
        yield
    except MailServerError:
        raise
    except Exception as error:  # noqa: BLE001 - as in Session
        raise _failed(account, act, error) from None


def _is_lost(error: BaseException) -> bool:
    """Whether the connection can no longer be used: it went, or nobody knows where in an answer it stands."""
    return not isinstance(error, imaplib.IMAP4.error) or isinstance(error, imaplib.IMAP4.abort)


def _failed(account: Account, act: str, error: Exception) -> MailServerError:
    words = plain(account.without_password(without_reprs(str(error))))
    about = words if isinstance(error, imaplib.IMAP4.error) else said(error, account.without_password)
    about = "服务器关闭了连接" if about.endswith("socket error: EOF") else about
    where = f"收信服务器 {account.imap} {act}失败：{about}"
    if isinstance(error, UnicodeEncodeError):
        return MailServerError(f"{where}（用户名或授权码中有不能使用的字符）", _CHECK, permanent=True)
    if isinstance(error, LoginError):
        passing = isinstance(error.__context__, imaplib.IMAP4.abort) or _PASSING.search(words)
        return MailServerError(where, "稍后会自动重试" if passing else _CHECK, permanent=not passing)
    if "unsafe login" in words.casefold():
        return MailServerError(where, "邮箱暂不接受本程序登录，请登录网页邮箱确认账号未被锁定，并重新生成授权码")
    if re.search(r"quota|full|已满", words, re.IGNORECASE):
        return MailServerError(where, "邮箱可能已满，请登录网页邮箱清理后再试，稍后会自动重试")
    return MailServerError(where, remedy(error))


_CHECK = "请核对 CUIBAO_MAIL_USER 与 CUIBAO_MAIL_PASSWORD（应填授权码），并确认邮箱已开启 IMAP 服务"

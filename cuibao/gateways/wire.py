"""A connection to a mail server, bounded: how long an answer may take, how slowly it may come, how large it may grow; and what went
wrong on it, in words. What the bytes mean is left to others."""

import ast
import io
import re
import socket
import ssl
import time
import unicodedata
from collections.abc import Callable
from contextlib import suppress

from cuibao.gateways.system_words import known

SLOWEST = 8 * 1024
"""Bytes a second. Whoever answers faster is given the time that the answer takes; slower, it must end within twice the timeout."""
MOST_LINES = 8 * 1024 * 1024
"""Bytes of lines in one answer, beside what it holds in one piece: each line costs several times its size."""
WORDS = 500
"""So many characters of what a server said are kept."""
_TOO_SLOW = "答复过慢，迟迟不结束"
_BYTES_REPR = re.compile(r"""b'(?:[^'\\]|\\.)*'|b"(?:[^"\\]|\\.)*\"""", re.DOTALL)


class WireError(OSError):
    """An answer that is too slow or too large; says so in Chinese."""


def connect(host: str, port: int, timeout: float) -> socket.socket:
    """A connection to the first of the host's addresses that answers, all of them within twice the timeout. Raises OSError."""
    deadline = time.monotonic() + 2 * timeout
    failed: OSError = WireError("等待答复超时")
    for family, kind, protocol, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        left = deadline - time.monotonic()
        if left <= 0:
            break
        sock = socket.socket(family, kind, protocol)
        try:
            sock.settimeout(min(timeout, left))
            sock.connect(address)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            sock.settimeout(timeout)
        except OSError as error:
            sock.close()
            failed = error
        else:
            return sock
    raise failed


class BoundedReader:
    """Reads a socket's answers. begin() opens the account of one answer; without it the first one lasts. Raises OSError when the
    server is silent for `timeout` seconds, when an answer comes too slowly or when it grows too large."""

    def __init__(self, sock: socket.socket, timeout: float, *, largest: int) -> None:
        self.sock = sock
        self._raw = _BoundedSocket(sock, timeout)
        self._file = io.BufferedReader(self._raw, 64 * 1024)
        self.begin(largest)

    def begin(self, largest: int, *, patience: float | None = None) -> None:
        """From now on an answer of `largest` bytes at most is read; `patience` replaces the timeout."""
        self._raw.begin(largest, patience)
        self._lines_left = min(largest, MOST_LINES)

    def readline(self, longest: int) -> bytes:
        """A line with its end, or what there is before the connection's end."""
        line = self._file.readline(longest + 1)
        if len(line) > longest:
            raise WireError(f"答复中的一行超过 {longest} 字节")
        self._lines_left -= len(line)
        if self._lines_left < 0:
            raise WireError(f"答复的文字超过 {min(self._raw.largest, MOST_LINES)} 字节仍未结束")
        return line

    def read(self, size: int) -> bytes:
        """So many bytes, fewer at the connection's end; none are made room for that the answer may not have."""
        if size > self._raw.left + len(self._file.peek()):
            raise WireError(f"服务器声称的长度（{size} 字节）超过上限")
        return self._file.read(size)


class _BoundedSocket(io.RawIOBase):
    def __init__(self, sock: socket.socket, timeout: float) -> None:
        self._sock = sock
        self._timeout = timeout
        self.left = self.largest = 0

    def begin(self, largest: int, patience: float | None) -> None:
        self.left = largest
        self.largest = largest
        self._patience = patience or self._timeout
        self._begun = time.monotonic()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        time_left = self._begun + 2 * self._patience + (self.largest - self.left) / SLOWEST - time.monotonic()
        if time_left <= 0:
            raise WireError(_TOO_SLOW)
        if self.left <= 0:
            raise WireError(f"答复超过 {self.largest} 字节仍未结束")
        patience = min(self._patience, time_left)
        try:
            if patience != self._timeout:
                self._sock.settimeout(patience)
            count = self._sock.recv_into(buffer, min(len(buffer), self.left))
        except TimeoutError:
            if time_left < self._patience:
                raise WireError(_TOO_SLOW) from None
            raise
        finally:
            if patience != self._timeout:
                with suppress(OSError):
                    self._sock.settimeout(self._timeout)
        self.left -= count
        return count


def decoded(raw: bytes) -> str:
    """A server's bytes as text, whatever their charset: UTF-8, else GB 18030, else as they stand."""
    for charset in ("utf-8", "gb18030"):
        with suppress(UnicodeDecodeError):
            return raw.decode(charset)
    return raw.decode("latin-1")


def plain(text: str) -> str:
    """A server's words on one line: no control characters, 500 characters at most."""
    if len(text) <= WORDS and text.isascii() and text.isprintable():
        return " ".join(text.split())
    shown = "".join(" " if unicodedata.category(sign)[0] in "CZ" else sign for sign in text[: 4 * WORDS])
    words = " ".join(shown.split())
    return words if len(words) <= WORDS else words[: WORDS - 2] + "……"


def without_reprs(text: str) -> str:
    """The text with the reprs of bytes that imaplib puts into its errors read back as what the server wrote."""
    return _BYTES_REPR.sub(lambda found: decoded(ast.literal_eval(found[0])), text)


def said(error: BaseException, hide: Callable[[str], str] = str) -> str:
    """What went wrong, for people: the system's reasons in Chinese, a server's own words as they are. `hide` takes secrets out."""
    text = plain(hide(without_reprs(str(error)))) or type(error).__name__
    if isinstance(error, WireError):
        return text
    kind = next((words for kind, words in _KINDS if isinstance(error, kind)), "")
    if isinstance(error, socket.gaierror):
        text = _NAMES.get(error.errno or 0, text)
    elif isinstance(error, OSError) and (reason := known(error)):
        return kind or reason
    return f"{kind}（{text}）" if kind else text


def remedy(error: BaseException) -> str:
    """What a person can do about it."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return "请核对服务器地址、本机时间和 CUIBAO_MAIL_CA；证书未通过验证前不会交出密码"
    if isinstance(error, socket.gaierror):
        return "请检查网络与域名解析（DNS），并核对服务器地址，稍后会自动重试"
    return "请检查网络与服务器地址，稍后会自动重试"


_KINDS: tuple[tuple[type[BaseException], str], ...] = (
    (ssl.SSLCertVerificationError, "服务器证书未通过验证"),
    (ssl.SSLError, "加密连接出错"),
    (socket.gaierror, "服务器域名无法解析"),
    (TimeoutError, "等待答复超时"),
    (ConnectionRefusedError, "服务器拒绝连接"),
    (ConnectionError, "连接被断开"),
    (MemoryError, "答复过大"),
)
_NAMES: dict[int, str] = {
    socket.EAI_NONAME: "没有这个域名，或本机未联网",
    socket.EAI_AGAIN: "域名服务器没有答复",
}

"""smtplib and yagmail made to bear any server: answers are bounded in time and size and kept as they were written, and one wrong
password is one bad login."""

import smtplib
import socket
from typing import Any, NoReturn

import yagmail

from cuibao.gateways.account import Account, tls_context
from cuibao.gateways.wire import SLOWEST, BoundedReader, connect, decoded, said

LARGEST_REPLY = 64 * 1024
LONGEST_LINE = 8 * 1024
_NOT_THIS_WAY = frozenset({500, 501, 502, 503, 504, 534})
"""Replies to AUTH that speak of the mechanism and not of the password (RFC 4954, section 6): another one may be tried."""


class LoginRefusedError(smtplib.SMTPResponseException):
    """The server refused the login itself. smtplib would try every other mechanism with the same password, and each try brings
    the account nearer to a lockout."""


class BoundedSmtp(smtplib.SMTP):
    """An SMTP connection whose every wait ends. Raises SMTPServerDisconnected, in Chinese, for whatever ends it."""

    patience: float | None = None
    """Seconds that the next reply is waited for, in place of the timeout."""
    _reader: BoundedReader | None = None

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return connect(host, port, timeout)

    def getreply(self) -> tuple[int, bytes]:
        """The reply's code and its lines, joined; code -1 with the whole line for one that is no reply (RFC 5321, 4.2)."""
        lines: list[bytes] = []
        if self.sock is None:
            raise smtplib.SMTPServerDisconnected("连接已断开")
        reader = self._bounded(self.sock)
        try:
            while True:
                line = reader.readline(LONGEST_LINE)
                code = line[:3]
                if not line.endswith(b"\n"):
                    self._ended("服务器关闭了连接", [*lines, line])
                if not (code.isdigit() and line[3:4] in b" -\r\n"):
                    return -1, b"\n".join([*lines, line.strip()])
                lines.append(line[4:].strip())
                if line[3:4] != b"-":
                    return int(code), b"\n".join(lines)
        except smtplib.SMTPException:
            raise
        except OSError as error:
            self._ended(said(error), lines)

    def send(self, s: Any) -> None:
        """Write text or bytes; a long letter is given the time that it takes."""
        raw = s.encode(self.command_encoding) if isinstance(s, str) else bytes(s)
        if self.sock is None:
            raise smtplib.SMTPServerDisconnected("连接已断开")
        try:
            if len(raw) > SLOWEST:
                self.sock.settimeout(self.timeout + len(raw) / SLOWEST)
            self.sock.sendall(raw)
            if len(raw) > SLOWEST:
                self.sock.settimeout(self.timeout)
        except OSError as error:
            raise smtplib.SMTPServerDisconnected(said(error)) from error

    def ehlo(self, name: str = "") -> tuple[int, bytes]:
        """As in smtplib, but a refusal is told as such: smtplib would say HELO, and then miss AUTH. Raises SMTPHeloError."""
        code, words = super().ehlo(name)
        if code != 250:
            raise smtplib.SMTPHeloError(code, words)
        return code, words

    def auth(self, mechanism: str, authobject: Any, *, initial_response_ok: bool = True) -> tuple[int, bytes]:
        """As in smtplib, but a refused password is the end of it. Raises LoginRefusedError."""
        try:
            return super().auth(mechanism, authobject, initial_response_ok=initial_response_ok)
        except smtplib.SMTPAuthenticationError as error:
            if error.smtp_code in _NOT_THIS_WAY:
                raise
            raise LoginRefusedError(error.smtp_code, error.smtp_error) from None

    def _bounded(self, sock: socket.socket) -> BoundedReader:
        """A reader of the present socket, which STARTTLS replaces, with the account of a new reply opened."""
        if self._reader is None or self._reader.sock is not sock:
            self._reader = BoundedReader(sock, self.timeout, largest=LARGEST_REPLY)
        self._reader.begin(LARGEST_REPLY, patience=self.patience)
        return self._reader

    def _ended(self, why: str, lines: list[bytes]) -> NoReturn:
        self.close()
        heard = decoded(b" ".join(lines)).strip()
        raise smtplib.SMTPServerDisconnected(f"{why}，此前收到：{heard}" if heard else why) from None


class BoundedSmtpSsl(smtplib.SMTP_SSL, BoundedSmtp):
    """The same under TLS from the first byte."""


class BoundedYagmail(yagmail.SMTP):  # type: ignore[misc]  # yagmail ships no types
    """yagmail over these connections."""

    @property
    def connection(self) -> type[smtplib.SMTP]:
        return BoundedSmtpSsl if self.ssl else BoundedSmtp


def yagmail_for(account: Account) -> BoundedYagmail:
    """yagmail for the account's server, not yet connected. Raises MailServerError where mail would go unprotected."""
    server = account.smtp
    context = tls_context(account, server)
    protection = {"context": context} if server.tls == "tls" else {}
    return BoundedYagmail(
        {account.user: account.user},  # as a mapping it is taken literally: no @gmail.com is added
        account.password,
        host=server.host,
        port=server.port,
        smtp_ssl=server.tls == "tls",
        smtp_starttls={"context": context} if server.tls == "starttls" else False,
        soft_email_validation=False,
        timeout=account.timeout,
        local_hostname="[127.0.0.1]",  # smtplib would look the machine's name up, which takes seconds without DNS
        **protection,
    )

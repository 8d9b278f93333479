"""Sends archived letters over one SMTP connection, and tells from the server's reply what became of each."""

import re
import smtplib
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

from cuibao.gateways.account import Account
from cuibao.gateways.smtp_connection import yagmail_for
from cuibao.gateways.smtp_replies import (
    Answer,
    Parts,
    Reply,
    Then,
    classify,
    classify_recipient,
    standing_in_the_way,
    with_refusals,
)
from cuibao.gateways.wire import decoded, plain, remedy, said
from cuibao.rules.outcomes import MailServerError
from cuibao.rules.traffic import Delivery, Outcome

_SOON = timedelta(minutes=1)
_LAST_WORDS = 1.0
"""Seconds that a server is listened to after it would take no more of a letter."""


class NotConnectedError(MailServerError):
    """No login was had. `outcome` says what that means for a letter: how long to wait, or that the account cannot send."""

    def __init__(self, message: str, remedy: str, outcome: Outcome, *, then: Then = Then.TELL) -> None:
        super().__init__(message, remedy, permanent=outcome.delivery is Delivery.STOPPED, wait=outcome.wait)
        self.outcome = outcome
        self.then = then


class _DroppedError(Exception):
    """The connection went, or is to be left, before the letter was accepted: nothing has been sent."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.reply)
        self.outcome = outcome


class SmtpPostman:
    """One logged-in SMTP connection. It reconnects once for a letter whose connection was lost, or was to be left, before the letter
    was accepted; where that cannot be known it never repeats a letter by itself."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._yag: Any = None

    def connect(self) -> None:
        """Connect and log in, a second time where the server asks for another connection. Raises MailServerError, permanent
        where logging in was refused."""
        try:
            self._connect()
        except NotConnectedError as error:
            if error.then is not Then.RECONNECT:
                raise
            self._connect()

    def close(self) -> None:
        """Say QUIT if there still is a connection; never raises."""
        if self._yag is not None and self._yag.smtp is not None and self._yag.smtp.sock is not None:
            with suppress(smtplib.SMTPException, OSError, ValueError):
                self._yag.close()
        self._hang_up()

    def send(self, raw: bytes, recipients: Sequence[str]) -> Outcome:
        """Send these bytes as they are (dots stuffed, RFC 5321, 4.5.2), envelope sender the account's address. `refused` names
        recipients that were refused for good while others were accepted; if one may be accepted later, or the account
        is stopped, nothing is sent. Too many recipients for one mail are served in parts. `reply` is the text after DATA
        (queued as …). Never raises for what a server does."""
        reply = self._send_once_more(raw, recipients)
        if reply.then is not Then.SPLIT or len(recipients) < 2:
            return reply.outcome
        half = (len(recipients) + 1) // 2
        parts = Parts()
        for part in (recipients[:half], recipients[half:]):
            if not parts.blocked:
                parts.add(part, self.send(raw, part))
        return parts.combined()

    def _connect(self) -> None:
        self.close()
        self._yag = yagmail_for(self._account)
        try:
            self._yag.login()
        except Exception as error:  # noqa: BLE001 - whatever the libraries make of a server's answer, it is no login
            self._hang_up()
            raise self._no_login(error) from None

    def _send_once_more(self, raw: bytes, recipients: Sequence[str]) -> Reply:
        try:
            try:
                return self._try(raw, recipients)
            except _DroppedError:
                self._hang_up()
                return self._try(raw, recipients)
        except _DroppedError as error:
            self._hang_up()
            return Reply(error.outcome)
        except NotConnectedError as error:
            return Reply(error.outcome)
        except MailServerError as error:
            return Reply(Outcome(Delivery.STOPPED, error.message))

    def _try(self, raw: bytes, recipients: Sequence[str]) -> Reply:
        if self._yag is None:
            self.connect()
        ended = self._announce(raw)
        if ended is not None:
            return self._given_up(ended)
        answers = [Answer(recipient, self._ask(recipient)) for recipient in recipients]
        ended = standing_in_the_way([answer.reply for answer in answers])
        if ended is not None:
            return self._given_up(Reply(with_refusals(ended.outcome, answers), ended.then))
        found = self._hand_over(raw)
        return Reply(with_refusals(found.outcome, answers), found.then)

    def _announce(self, raw: bytes) -> Reply | None:
        """MAIL FROM; the refusal, if there is one."""
        smtp = self._yag.smtp
        options = [f"size={len(raw)}"] if smtp.has_extn("size") else []
        if smtp.has_extn("8bitmime") and not raw.isascii():
            options.append("body=8bitmime")
        reply = self._command(classify, smtp.mail, self._account.address, options)
        return None if reply.outcome.delivery is Delivery.SENT else reply

    def _ask(self, recipient: str) -> Reply:
        """RCPT TO. An address that cannot even be written in the protocol is refused without asking."""
        if not recipient.isascii() or re.search(r"[\s<>]", recipient) or "@" not in recipient:
            return Reply(Outcome(Delivery.REFUSED, f"收件地址“{recipient}”不是有效的邮箱地址"))
        return self._command(classify_recipient, self._yag.smtp.rcpt, recipient)

    def _hand_over(self, raw: bytes) -> Reply:
        """DATA. From the moment that every byte is written, a lost answer leaves the letter in doubt."""
        smtp = self._yag.smtp
        go_on = self._command(_classify_data, smtp.docmd, "DATA")
        if go_on.outcome.delivery is not Delivery.SENT:
            return self._given_up(go_on)
        try:
            smtp.send(dot_stuffed(raw))
        except (smtplib.SMTPException, OSError) as error:
            return self._broken_off(error)
        try:
            code, answer = smtp.getreply()
        except (smtplib.SMTPException, OSError) as error:
            self._hang_up()
            return Reply(Outcome(Delivery.DOUBTFUL, f"信件内容已交出，未收到服务器答复：{self._said(error)}"))
        return self._answered(classify(code, self._words(answer)), code)

    def _answered(self, reply: Reply, code: int) -> Reply:
        """The answer to the whole letter. A clear refusal is no doubt: where it is the connection's, a new one is taken."""
        if reply.then is Then.RECONNECT:
            raise _DroppedError(reply.outcome)
        if code == 421 or reply.outcome.delivery is Delivery.DOUBTFUL:
            self._hang_up()
        return reply

    def _broken_off(self, error: Exception) -> Reply:
        """The letter was not taken to its end. What the server said of that may still be read; else the line just dropped."""
        with suppress(smtplib.SMTPException, OSError):
            self._yag.smtp.patience = _LAST_WORDS
            code, answer = self._yag.smtp.getreply()
            reply = classify(code, self._words(answer))
            self._hang_up()
            if reply.outcome.delivery not in (Delivery.SENT, Delivery.DOUBTFUL) and reply.then is not Then.RECONNECT:
                return reply
            raise _DroppedError(reply.outcome)
        raise _DroppedError(_later(self._said(error)))

    def _command(self, classify: Callable[[int, str], Reply], command: Any, *arguments: Any) -> Reply:
        """One command and its reply. A lost connection is a drop, and so is a reply that is none or asks for a new connection."""
        try:
            code, answer = command(*arguments)
        except (smtplib.SMTPException, OSError, ValueError) as error:
            raise _DroppedError(_later(self._said(error))) from error
        reply = classify(code, self._words(answer))
        if reply.outcome.delivery is Delivery.DOUBTFUL:
            raise _DroppedError(_later(reply.outcome.reply))
        if reply.then is Then.RECONNECT:
            raise _DroppedError(reply.outcome)
        return reply

    def _given_up(self, reply: Reply) -> Reply:
        """Leave the transaction, so that the next letter begins afresh."""
        try:
            code, _ = self._yag.smtp.rset()
        except (smtplib.SMTPException, OSError):
            code = -1
        if code != 250:
            self._hang_up()
        return reply

    def _words(self, answer: bytes | str) -> str:
        text = decoded(answer) if isinstance(answer, bytes) else answer
        return plain(self._account.without_password(text))

    def _said(self, error: Exception) -> str:
        return said(error, self._account.without_password)

    def _hang_up(self) -> None:
        yag, self._yag = self._yag, None
        if yag is not None:
            yag.is_closed = True
            if yag.smtp is not None:
                with suppress(OSError):
                    yag.smtp.close()

    def _no_login(self, error: Exception) -> MailServerError:
        if isinstance(error, MailServerError):
            return error
        where = f"发信服务器 {self._account.smtp}"
        if isinstance(error, smtplib.SMTPNotSupportedError):
            words = f"{where} 在此连接方式下不提供所需功能：{self._said(error)}"
            return NotConnectedError(words, _CHECK_TLS, Outcome(Delivery.STOPPED, words))
        if isinstance(error, UnicodeEncodeError):
            words = f"{where} 登录失败：用户名或授权码中有英文字母、数字和符号以外的字符"
            return NotConnectedError(words, _CHECK_LOGIN, Outcome(Delivery.STOPPED, words))
        if isinstance(error, smtplib.SMTPResponseException):
            return _refused_login(where, classify(error.smtp_code, self._words(error.smtp_error)))
        words = f"{where} 连接失败：{self._said(error)}"
        return NotConnectedError(words, remedy(error), Outcome(Delivery.LATER, words, wait=_SOON, for_all=True))


_CHECK_TLS = "请核对 CUIBAO_SMTP_PORT 与 CUIBAO_SMTP_TLS"
_CHECK_LOGIN = "请核对 CUIBAO_MAIL_USER 与 CUIBAO_MAIL_PASSWORD（应填授权码），并确认邮箱已开启 SMTP 服务"


def _refused_login(where: str, reply: Reply) -> NotConnectedError:
    """A refusal before any letter: for good it stops the account; of what a letter says, or in doubt, it cannot be."""
    found = reply.outcome
    words = f"{where} 登录失败：{found.reply}"
    if found.delivery in (Delivery.STOPPED, Delivery.REFUSED):
        return NotConnectedError(words, _CHECK_LOGIN, Outcome(Delivery.STOPPED, words))
    wait = None if found.next_day else found.wait or _SOON
    outcome = Outcome(Delivery.LATER, words, wait=wait, for_all=True, next_day=found.next_day)
    return NotConnectedError(words, "稍后会自动重试", outcome, then=reply.then)


def _later(words: str) -> Outcome:
    return Outcome(Delivery.LATER, f"连接中断：{words}", wait=_SOON, for_all=True)


def _classify_data(code: int, text: str) -> Reply:
    """The answer to DATA, which is 354 where all is well: anything else that sounds well is none."""
    if code == 354:
        return Reply(Outcome(Delivery.SENT, text))
    reply = classify(code, text)
    return Reply(Outcome(Delivery.DOUBTFUL, reply.outcome.reply)) if reply.outcome.delivery is Delivery.SENT else reply


def dot_stuffed(raw: bytes) -> bytes:
    """The bytes as DATA wants them, with the final dot."""
    stuffed = re.sub(rb"(?m)^\.", b"..", raw) if raw.startswith(b".") or b"\n." in raw else raw
    return stuffed + (b".\r\n" if stuffed.endswith(b"\r\n") else b"\r\n.\r\n")

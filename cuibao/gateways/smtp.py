"""Sends archived letters over one SMTP connection, and tells from the server's reply what became of each."""

import re
import smtplib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import yagmail

from cuibao.gateways.account import Account, tls_context
from cuibao.rules.outcomes import MailServerError
from cuibao.rules.traffic import Delivery, Outcome

# ---- what a reply means -------------------------------------------------------------------------------------------------

_QUARTER = timedelta(minutes=15)
_NEXT_DAY = timedelta(hours=15)
"""The daily limit ends at 0:00. Fifteen hours after any time in office hours it is the next day and not yet past nine."""

_TAGS: tuple[tuple[str, Delivery, timedelta | None], ...] = (
    ("HL:ICC", Delivery.LATER, _QUARTER),
    ("HL:IFC", Delivery.LATER, _QUARTER),
    ("MI:DMC", Delivery.LATER, timedelta(minutes=1)),
    ("RP:DRC", Delivery.LATER, timedelta(minutes=1)),
    ("MI:SFQ", Delivery.LATER, _QUARTER),
    ("RP:QRC", Delivery.LATER, timedelta(hours=1)),
    ("MI:STC", Delivery.LATER, _NEXT_DAY),
    ("RP:TRC", Delivery.LATER, _NEXT_DAY),
    ("RP:RCL", Delivery.REFUSED, None),
    ("MI:CEL", Delivery.STOPPED, None),
    ("MI:CCL", Delivery.STOPPED, None),
    ("RP:CEL", Delivery.STOPPED, None),
    ("MI:SPB", Delivery.STOPPED, None),
    ("HL:ITC", Delivery.STOPPED, None),
)
_STOPPING_WORDS = ("too much fail authentication", "user has no permission", "mail from must equal authorized user")
_STOPPING_CODES = frozenset({530, 534, 535, 538, 553})
_CONNECTION_TAGS = ("MI:DMC", "RP:DRC")
_RECIPIENT = re.compile(r"\b5\.1\.(1|2|3|6|10)\b")


def classify(code: int, text: str) -> Outcome:
    """What a reply of the server means for the letter: by NetEase's tag first, since one tag comes under several codes, then
    by known words, then by the digits. A code that is none (-1 for a garbled line) leaves the letter in doubt."""
    reply = f"{code} {text}".strip()
    if 200 <= code < 300:
        return Outcome(Delivery.SENT, reply)
    for tag, delivery, wait in _TAGS:
        if tag in text.upper():
            return Outcome(delivery, reply, wait=wait)
    if "DT:SPM" in text.upper():
        return _taken_for_spam(code, reply)
    return _by_words_and_digits(code, text, reply)


def _taken_for_spam(code: int, reply: str) -> Outcome:
    if 400 <= code < 500:
        return Outcome(Delivery.LATER, reply, wait=timedelta(minutes=2))
    return Outcome(Delivery.REFUSED, reply)


def _by_words_and_digits(code: int, text: str, reply: str) -> Outcome:
    if any(words in text.casefold() for words in _STOPPING_WORDS):
        return Outcome(Delivery.STOPPED, reply)
    if code in _STOPPING_CODES and not _RECIPIENT.search(text):
        return Outcome(Delivery.STOPPED, reply)
    if 400 <= code < 500:
        return Outcome(Delivery.LATER, reply, wait=timedelta(minutes=1) if code == 421 else _QUARTER)
    if 500 <= code < 600:
        return Outcome(Delivery.REFUSED, reply)
    return Outcome(Delivery.DOUBTFUL, reply)


def classify_recipient(code: int, text: str) -> Outcome:
    """As classify(), for the answer to one RCPT: there a bare 553 is about the address, not about us, unless it says so."""
    found = classify(code, text)
    about_sender = re.search(r"sender|mail from", text, re.IGNORECASE)
    if code == 553 and found.delivery is Delivery.STOPPED and not about_sender:
        return Outcome(Delivery.REFUSED, found.reply)
    return found


# ---- one connection -----------------------------------------------------------------------------------------------------


class _DroppedError(Exception):
    """The connection went before the letter's data was handed over: nothing has been sent."""


@dataclass(frozen=True, slots=True)
class _Answer:
    recipient: str
    outcome: Outcome


class SmtpPostman:
    """One logged-in SMTP connection. It reconnects once for a letter whose connection dropped before its data was handed
    over; after that moment it never repeats a letter by itself."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._yag: Any = None

    def connect(self) -> None:
        """Connect and log in. Raises MailServerError, permanent where logging in was refused."""
        self.close()
        server = self._account.smtp
        context = tls_context(self._account, server)
        protection = {"context": context} if server.tls == "tls" else {}
        self._yag = yagmail.SMTP(
            {self._account.user: self._account.user},  # as a mapping it is taken literally: no @gmail.com is added
            self._account.password,
            host=server.host,
            port=server.port,
            smtp_ssl=server.tls == "tls",
            smtp_starttls={"context": context} if server.tls == "starttls" else False,
            soft_email_validation=False,
            timeout=self._account.timeout,
            local_hostname="[127.0.0.1]",  # smtplib would look the machine's name up, which takes seconds without DNS
            **protection,
        )
        try:
            self._yag.login()
        except (smtplib.SMTPException, OSError, ValueError) as error:
            self._hang_up()
            raise self._login_failed(error) from None

    def close(self) -> None:
        """Say QUIT if there still is a connection; never raises."""
        if self._yag is not None:
            with suppress(smtplib.SMTPException, OSError):
                self._yag.close()
        self._hang_up()

    def send(self, raw: bytes, recipients: Sequence[str]) -> Outcome:
        """Send these bytes as they are (dots stuffed, RFC 5321, 4.5.2), envelope sender the account's address. `refused` names
        recipients that were refused for good while others were accepted; if one may be accepted later, or the account
        is stopped, nothing is sent. `reply` is the text after DATA (queued as …). Never raises for what a server does."""
        try:
            try:
                return self._try(raw, recipients)
            except _DroppedError:
                self._hang_up()
                return self._try(raw, recipients)
        except _DroppedError as error:
            self._hang_up()
            words = self._account.without_password(str(error))
            return Outcome(Delivery.LATER, f"连接中断：{words}", wait=timedelta(minutes=1))
        except MailServerError as error:
            return _not_connected(error)

    def _try(self, raw: bytes, recipients: Sequence[str]) -> Outcome:
        if self._yag is None:
            self.connect()
        ended = self._announce(raw)
        if ended is not None:
            return self._given_up(ended)
        answers = [_Answer(recipient, self._ask(recipient)) for recipient in recipients]
        ended = standing_in_the_way([answer.outcome for answer in answers])
        if ended is not None:
            return self._given_up(ended, tuple(_refused(answers)))
        return with_refusals(self._hand_over(raw), answers)

    def _announce(self, raw: bytes) -> Outcome | None:
        """MAIL FROM; the refusal, if there is one."""
        smtp = self._yag.smtp
        options = [f"size={len(raw)}"] if smtp.has_extn("size") else []
        if smtp.has_extn("8bitmime") and not raw.isascii():
            options.append("body=8bitmime")
        outcome = classify(*self._command(smtp.mail, self._account.address, options))
        return None if outcome.delivery is Delivery.SENT else outcome

    def _ask(self, recipient: str) -> Outcome:
        """RCPT TO. An address that cannot even be written in the protocol is refused without asking."""
        if not recipient.isascii() or re.search(r"[\s<>]", recipient) or "@" not in recipient:
            return Outcome(Delivery.REFUSED, f"收件地址“{recipient}”不是有效的邮箱地址")
        return classify_recipient(*self._command(self._yag.smtp.rcpt, recipient))

    def _hand_over(self, raw: bytes) -> Outcome:
        """DATA. From the moment that every byte is written, a lost answer leaves the letter in doubt."""
        smtp = self._yag.smtp
        code, text = self._command(smtp.docmd, "DATA")
        if code != 354:
            return self._given_up(classify(code, text))
        try:
            smtp.send(dot_stuffed(raw))
        except (smtplib.SMTPException, OSError) as error:
            raise _DroppedError(str(error)) from error
        try:
            code, answer = smtp.getreply()
        except (smtplib.SMTPException, OSError) as error:
            self._hang_up()
            words = self._account.without_password(str(error) or type(error).__name__)
            return Outcome(Delivery.DOUBTFUL, f"信件内容已交出，未收到服务器答复：{words}")
        outcome = classify(code, self._words(answer))
        if code == 421 or outcome.delivery is Delivery.DOUBTFUL:
            self._hang_up()
        return outcome

    def _command(self, command: Any, *arguments: Any) -> tuple[int, str]:
        """One command and its reply. A lost connection, and a reply that ends it or asks for a new one, is a drop."""
        try:
            code, answer = command(*arguments)
        except (smtplib.SMTPException, OSError) as error:
            raise _DroppedError(str(error) or type(error).__name__) from error
        text = self._words(answer)
        if any(tag in text.upper() for tag in _CONNECTION_TAGS) or (code == 421 and "HL:" not in text.upper()):
            raise _DroppedError(f"{code} {text}")
        return code, text

    def _given_up(self, outcome: Outcome, refused: tuple[str, ...] = ()) -> Outcome:
        """Leave the transaction, so that the next letter begins afresh. Nothing was handed over: no doubt is possible."""
        try:
            self._yag.smtp.rset()
        except (smtplib.SMTPException, OSError):
            self._hang_up()
        delivery = Delivery.LATER if outcome.delivery in (Delivery.DOUBTFUL, Delivery.SENT) else outcome.delivery
        return Outcome(delivery, outcome.reply, refused, outcome.wait)

    def _words(self, answer: bytes | str) -> str:
        text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
        return self._account.without_password(" ".join(text.split()))

    def _hang_up(self) -> None:
        yag, self._yag = self._yag, None
        if yag is not None:
            yag.is_closed = True
            if yag.smtp is not None:
                yag.smtp.close()

    def _login_failed(self, error: Exception) -> MailServerError:
        where = f"发信服务器 {self._account.smtp}"
        if isinstance(error, smtplib.SMTPNotSupportedError):
            return MailServerError(
                f"{where} 在此连接方式下不提供所需功能：{error}",
                "请核对 CUIBAO_SMTP_PORT 与 CUIBAO_SMTP_TLS",
                permanent=True,
            )
        if isinstance(error, smtplib.SMTPResponseException):
            found = classify(error.smtp_code, self._words(error.smtp_error))
            permanent = found.delivery in (Delivery.STOPPED, Delivery.REFUSED)
            remedy = "请核对 CUIBAO_MAIL_USER 与 CUIBAO_MAIL_PASSWORD（应填授权码），并确认邮箱已开启 SMTP 服务"
            return MailServerError(
                f"{where} 登录失败：{found.reply}", remedy if permanent else "稍后会自动重试", permanent=permanent
            )
        words = self._account.without_password(str(error) or type(error).__name__)
        return MailServerError(f"{where} 连接失败：{words}", "请检查网络与服务器地址，稍后会自动重试")


def standing_in_the_way(outcomes: Sequence[Outcome]) -> Outcome | None:
    """The recipients' answer that keeps the letter from being sent, if any: the account stopped, else a refusal for now, else
    the first refusal when all are refused for good."""
    for delivery in (Delivery.STOPPED, Delivery.LATER, Delivery.DOUBTFUL):
        for outcome in outcomes:
            if outcome.delivery is delivery:
                return outcome
    if any(outcome.delivery is Delivery.SENT for outcome in outcomes):
        return None
    return next(iter(outcomes), Outcome(Delivery.REFUSED, "信件没有收件人"))


def with_refusals(outcome: Outcome, answers: Sequence[_Answer]) -> Outcome:
    """The letter's outcome with the recipients that were refused and the server's words about each."""
    refused = _refused(answers)
    if not refused:
        return outcome
    reply = "；".join([outcome.reply, *(f"{name}：{words}" for name, words in refused.items())])
    return Outcome(outcome.delivery, reply, tuple(refused), outcome.wait)


def dot_stuffed(raw: bytes) -> bytes:
    """The bytes as DATA wants them, with the final dot."""
    stuffed = re.sub(rb"(?m)^\.", b"..", raw) if raw.startswith(b".") or b"\n." in raw else raw
    return stuffed + (b".\r\n" if stuffed.endswith(b"\r\n") else b"\r\n.\r\n")


def _refused(answers: Sequence[_Answer]) -> dict[str, str]:
    return {a.recipient: a.outcome.reply for a in answers if a.outcome.delivery is Delivery.REFUSED}


def _not_connected(error: MailServerError) -> Outcome:
    if error.permanent:
        return Outcome(Delivery.STOPPED, error.message)
    return Outcome(Delivery.LATER, error.message, wait=timedelta(minutes=1))

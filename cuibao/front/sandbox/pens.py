"""How mail programs write: the same words as the bytes that QQ Mail, 163 webmail, Outlook and a refusing server would send."""

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.header import Header
from email.message import Message
from email.mime.application import MIMEApplication
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import compat32
from email.utils import format_datetime
from enum import StrEnum
from html import escape

from cuibao.front.sandbox.received import ReceivedLetter

_WIRE = compat32.clone(linesep="\r\n", max_line_length=0)
_ONE_LINE = 10_000
_UNPRINTABLE = re.compile(r"[^\x20-\x7e]")
_TYPES = {
    ".xlsx": "vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".docx": "vnd.openxmlformats-officedocument.wordprocessingml.document",
}


class Program(StrEnum):
    """What the unit's clerk writes with."""

    QQ = "qq"
    NETEASE = "163"
    OUTLOOK = "outlook"


@dataclass(frozen=True, slots=True)
class _Style:
    charset: str
    answer: str
    automatic: str
    rule: str
    threads: bool
    headers: Mapping[str, str]


_STYLES = {
    Program.QQ: _Style(
        "gb18030",
        "回复：",
        "自动回复:",
        "------------------ 原始邮件 ------------------",
        False,
        {"X-QQ-mid": "webmail", "X-QQ-STYLE": "", "X-Priority": "3", "X-Mailer": "QQMail 2.x"},
    ),
    Program.NETEASE: _Style(
        "GBK", "Re:", "自动回复:", "", True, {"X-Priority": "3", "X-Mailer": "Coremail Webmail Server Version XT5.0.10"}
    ),
    Program.OUTLOOK: _Style(
        "gb2312",
        "答复: ",
        "自动答复: ",
        "-----邮件原件-----",
        True,
        {"X-Mailer": "Microsoft Outlook 16.0", "Thread-Topic": "", "Content-Language": "zh-cn"},
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One mail to be written. `subject` is empty for an answer, which takes the letter's; `quoted` puts the letter's own
    text below; `threaded` asks for In-Reply-To and References, which QQ's clients leave out all the same."""

    words: str
    sender: str
    sender_name: str
    at: datetime
    subject: str = ""
    threaded: bool = True
    quoted: bool = True
    automatic: bool = False
    attachment: tuple[str, bytes] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


def write(sheet: Sheet, letter: ReceivedLetter, program: Program, rng: random.Random) -> bytes:
    """The mail's bytes, CRLF, as they reach the office's mailbox. The same arguments give the same bytes."""
    style = _STYLES[program]
    message = _body(sheet, letter, style)
    for name, value in _headers(sheet, letter, program, rng).items():
        message[name] = value
    _fix_boundaries(message, rng)
    return _received(sheet, rng) + message.as_bytes(policy=_WIRE)


def _headers(sheet: Sheet, letter: ReceivedLetter, program: Program, rng: random.Random) -> dict[str, str]:
    style = _STYLES[program]
    prefix = style.automatic if sheet.automatic else style.answer
    headers = {
        "From": f"{encoded(sheet.sender_name, style.charset)} <{sheet.sender}>",
        "To": f"{encoded(letter.office_name, style.charset)} <{letter.office}>",
        "Subject": encoded(sheet.subject or prefix + letter.subject, style.charset),
        "Date": format_datetime(sheet.at),
        "Message-ID": _message_id(sheet.sender, program, rng),
    }
    if sheet.threaded and (style.threads or sheet.automatic):
        headers |= {"In-Reply-To": letter.message_id, "References": letter.message_id}
    headers |= {name: value for name, value in style.headers.items() if value}
    return headers | dict(sheet.headers)


def encoded(text: str, charset: str) -> str:
    """A header's value as one encoded word, overlong as Chinese programs write it; plain ASCII stays as it is."""
    if not _UNPRINTABLE.search(text):
        return text
    return Header(text, _fitting(text, charset)).encode(maxlinelen=_ONE_LINE)


def _message_id(sender: str, program: Program, rng: random.Random) -> str:
    number = f"{rng.getrandbits(96):024X}"
    if program is Program.QQ:
        return f"<tencent_{number}@qq.example>"
    if program is Program.NETEASE:
        return f"<{number[:8].lower()}.{number[8:12].lower()}.Coremail.{sender.replace('@', '_')}>"
    return f"<{number}@PC-{number[:6]}.local>"


def _body(sheet: Sheet, letter: ReceivedLetter, style: _Style) -> Message:
    text = sheet.words + (_quote(sheet, letter, style) if sheet.quoted else "")
    body = MIMEMultipart("alternative")
    body.attach(_text(text.replace("\n", "\r\n"), "plain", style.charset))
    html = "".join(f"<div>{escape(line) or '<br>'}</div>" for line in text.split("\n"))
    body.attach(_text(f"<html><body>{html}</body></html>", "html", style.charset))
    if sheet.attachment is None:
        return body
    whole = MIMEMultipart("mixed")
    whole.attach(body)
    whole.attach(_attached(*sheet.attachment, style.charset))
    return whole


def _text(text: str, kind: str, charset: str) -> MIMEText:
    """A text part whose bytes are gb18030 whatever its label says: programs that say gb2312 write GBK under it."""
    part = MIMEText(text, kind, "gb18030")
    part.set_param("charset", charset)
    return part


def _fitting(text: str, charset: str) -> str:
    """The charset the program would write in, or gb18030 where that one cannot hold the text."""
    try:
        text.encode(charset)
    except UnicodeEncodeError:
        return "gb18030"
    return charset


def _quote(sheet: Sheet, letter: ReceivedLetter, style: _Style) -> str:
    sent = letter.sent_at
    if not style.rule:
        lines = "\n".join(f"> {line}" for line in letter.text.splitlines())
        return f'\n\n在 {sent:%Y-%m-%d %H:%M:%S}，"{letter.office_name}" <{letter.office}> 写道：\n{lines}\n'
    head = (
        f"发件人: {letter.office_name} <{letter.office}>",
        f"发送时间: {sent.year}年{sent.month}月{sent.day}日 {sent:%H:%M}",
        f"收件人: {sheet.sender_name} <{letter.to[0] if letter.to else ''}>",
        f"主题: {letter.subject}",
    )
    return "\n\n" + "\n".join((style.rule, *head, "", letter.text))


def _attached(name: str, content: bytes, charset: str) -> Message:
    part = MIMEApplication(content, _TYPES[name[name.rindex(".") :]])
    shown = encoded(name, charset)
    part.set_param("name", shown)
    part.add_header("Content-Disposition", "attachment", filename=shown)
    return part


def _fix_boundaries(message: Message, rng: random.Random) -> None:
    parts = (part for part in message.walk() if part.get_content_maintype() == "multipart")
    for number, part in enumerate(parts):
        part.set_boundary(f"----=_NextPart_{rng.getrandbits(32):08X}_{number:03d}")


def _received(sheet: Sheet, rng: random.Random) -> bytes:
    host = f"mail.{sheet.sender.rpartition('@')[2]}"
    number = f"{rng.getrandbits(40):010X}"
    return (
        f"Received: from {host} by mx12 (Coremail) with SMTP id {number};\r\n\t{format_datetime(sheet.at)}\r\n".encode()
    )


def bounce(letter: ReceivedLetter, recipient: str, at: datetime, rng: random.Random) -> bytes:
    """A refusal for good as Coremail reports it (RFC 3464): 5.1.1, with our headers enclosed."""
    domain = recipient.rpartition("@")[2]
    report = MIMEMultipart("report")
    report.set_param("report-type", "delivery-status")
    words = f"抱歉，您的邮件被退回来了……\r\n收件人：{recipient}\r\n退信原因：收件人邮箱不存在（550 User unknown）\r\n"
    report.attach(_text(words, "plain", "gb2312"))
    report.attach(_status(recipient, domain, at))
    enclosed = MIMEText(_header_block(letter.raw), "rfc822-headers", "us-ascii")
    report.attach(enclosed)
    report["From"] = f"Postmaster <postmaster@{domain}>"
    report["To"] = letter.office
    report["Subject"] = encoded("系统退信/Systems bounce", "gb18030")
    report["Date"] = format_datetime(at)
    report["Message-ID"] = f"<{rng.getrandbits(64):016x}.bounce@{domain}>"
    report["Auto-Submitted"] = "auto-replied"
    report["X-CM-Original-Message-ID"] = letter.message_id
    _fix_boundaries(report, rng)
    return b"Return-Path: <>\r\n" + report.as_bytes(policy=_WIRE)


def _status(recipient: str, domain: str, at: datetime) -> Message:
    part = Message()
    part["Content-Type"] = "message/delivery-status"
    whole, one = Message(), Message()
    whole["Reporting-MTA"] = f"dns; mail.{domain}"
    whole["Arrival-Date"] = format_datetime(at)
    one["Final-Recipient"] = f"rfc822; {recipient}"
    one["Action"] = "failed"
    one["Status"] = "5.1.1"
    one["Diagnostic-Code"] = "smtp; 550 5.1.1 User unknown"
    part.set_payload([whole, one])
    return part


def _header_block(raw: bytes) -> str:
    head = re.split(rb"\r?\n\r?\n", raw, maxsplit=1)[0]
    return head.decode("ascii", "replace").replace("\r\n", "\n") + "\n"

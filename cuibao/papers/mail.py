"""A mail's bytes read into plain data. What is broken becomes a problem in words; nothing in a mail makes this raise."""

import binascii
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes
from email.message import Message
from email.parser import BytesHeaderParser
from typing import TypeVar

from cuibao.papers.attachments import Attachment, attach
from cuibao.papers.charset import decode, header_text, loose_base64, params, unfold, word_label
from cuibao.papers.headers import addresses, first_id, message_ids, read_date, read_received, read_sender
from cuibao.papers.quoting import html_text, split
from cuibao.papers.returned import Returned, looks_returned, returned

DEEPEST = 4
"""How deep mails enclosed in mails are read."""
MOST_PARTS = 300
"""How many parts of one mail are read."""
_DEEPEST_PART = 60
_LONGEST_TEXT = 1_000_000
_LONGEST_HEADER = 10_000
_LONGEST_STATUS = 100_000
_MANY_BOUNDARIES = 20
_MOST_COMPARED = 5_000_000

_HEADER_LINE = re.compile(rb"(?:From |[\x21-\x39\x3b-\x7e]+:|[\t ])")
_SPACED_NAME = re.compile(rb"([\x21-\x39\x3b-\x7e]+)[ \t]+:")
_KNOWN_HEADER = re.compile(
    rb"^(?:from|to|cc|subject|date|message-id|mime-version|content-type|content-transfer-encoding|received)[ \t]*:",
    re.IGNORECASE | re.MULTILINE,
)
_BOUNDARY = re.compile(rb"^--([\w=.+/:?'()-]{1,70})[ \t]*\r?\nContent-", re.MULTILINE | re.IGNORECASE)
_BLANK = re.compile(rb"\r?\n\r?\n")
_NO_HTML = re.compile(r"不支持.{0,10}html|html.{0,20}(?:查看|阅读|显示)", re.IGNORECASE)
_T = TypeVar("_T")


@dataclass(frozen=True)
class Mail:
    """A mail as people and judges need it. Times are zone-aware; `sender` is as seen, `sender_key` for comparing; `own_text`
    is the sender's own words, `signature` the lines under them, `quoted_text` everything quoted, `between` whether own words stand
    between quoted lines, `text` all of it; `html` is the body as html, as it came.
    `headers` are first values by lower-case name, unfolded, not decoded; `status_text` is what a delivery report says by
    machine; `returned` the addresses that a bounce in a known form names; `enclosed` are mails attached to it; `problems` are
    Chinese sentences."""

    message_id: str = ""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    subject: str = ""
    sender: str = ""
    sender_name: str = ""
    to: tuple[str, ...] = ()
    date: datetime | None = None
    received: datetime | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    own_text: str = ""
    signature: str = ""
    quoted_text: str = ""
    between: bool = False
    text: str = ""
    html: str = field(default="", repr=False)
    attachments: tuple[Attachment, ...] = ()
    enclosed: "tuple[Mail, ...]" = ()
    status_text: str = ""
    returned: tuple[Returned, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def sender_key(self) -> str:
        """The sender's address for comparing: lower case."""
        return self.sender.lower()

    def header(self, name: str) -> str:
        """The first value of a header (lower-case name), unfolded, or nothing."""
        return self.headers.get(name, "")


@dataclass
class _Gathered:
    """What the walk through a mail's parts has found so far. `label` is the charset of the subject's encoded words."""

    depth: int
    label: str
    plain: list[str] = field(default_factory=list)
    html: list[str] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    enclosed: list[Mail] = field(default_factory=list)
    status: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def trouble(self, words: str) -> None:
        if words not in self.problems:
            self.problems.append(words)


def read(raw: bytes) -> Mail:
    """The mail that these bytes are, any bytes whatever. What could not be read stands in `problems`."""
    return _read(raw, 0)


def _read(raw: bytes, depth: int) -> Mail:
    if not raw.strip():
        return Mail(problems=("来件内容为空",))
    mended, notes = _mend(raw)
    try:
        if _takes_long(mended):
            raise RecursionError  # noqa: TRY301 - what the parser raises where such a mail is nested a little deeper
        return _from_message(message_from_bytes(mended), depth, notes)
    except RecursionError:
        notes.append("邮件嵌套层数过多，只读取了信头")
    except Exception as error:  # noqa: BLE001 - whatever the parser raises, the headers may still be readable
        notes.append(f"邮件结构无法解析（{type(error).__name__}），只读取了信头")
    try:
        return _from_message(BytesHeaderParser().parsebytes(mended), depth, notes, body=False)
    except Exception as error:  # noqa: BLE001 - the last resort: a mail with nothing but its problems
        return Mail(problems=(*notes, f"信头无法解析（{type(error).__name__}）"))


def _takes_long(raw: bytes) -> bool:
    """Whether a mail may be nested so that the parser compares each of its lines with many boundaries: minutes for a megabyte."""
    boundaries = raw.count(b"oundary") + raw.count(b"OUNDARY")
    return boundaries > _MANY_BOUNDARIES and boundaries * raw.count(b"\n") > _MOST_COMPARED


def _mend(raw: bytes) -> tuple[bytes, list[str]]:
    """The bytes with a header block that the parser reads to its end: a line without a colon would hide all that follow."""
    raw = raw.lstrip(b"\xef\xbb\xbf\r\n")
    if b"\n" not in raw[:100_000]:
        raw = raw.replace(b"\r", b"\n")
    blank = _BLANK.search(raw)
    end = blank.start() if blank else len(raw)
    lines = raw[:end].split(b"\n")
    if all(map(_HEADER_LINE.match, lines)):
        return raw, []
    kept: list[bytes] = []
    broken = False
    for index, line in enumerate(lines):
        if _HEADER_LINE.match(line):
            kept.append(line)
        elif spaced := _SPACED_NAME.match(line):
            kept.append(spaced.group(1) + line[spaced.end() - 1 :])
        elif broken or _KNOWN_HEADER.search(b"\n".join(lines[index + 1 :])):
            broken = True
        else:
            return b"\n".join([*kept, *lines[index:]]) + raw[end:], []
    return b"\n".join(kept) + raw[end:], ["信头中有不合规的行，已略过"] if broken else []


def _headers(message: Message) -> dict[str, str]:
    found: dict[str, str] = {}
    label = ""
    for name, value in message.raw_items():
        key = name.lower()
        if key not in found:
            line = str(value)[:_LONGEST_HEADER]
            if not (label or line.isascii()):
                label = _label(message)
            found[key] = unfold(line, label)
    return found


def _label(message: Message) -> str:
    """The charset that the body, or the first part of it, is labelled with: raw bytes in the headers are in the same."""
    for part in (message, *_children(message)[:3]):
        for name, value in part.raw_items():
            if name.lower() == "content-type" and (label := params(str(value)).get("charset")):
                return label
    return ""


def _guarded(notes: list[str], what: str, reader: Callable[[str], _T], value: str, default: _T) -> _T:
    """One header read by itself, so that no other suffers from it."""
    try:
        return reader(value)
    except Exception:  # noqa: BLE001 - a header may hold anything
        notes.append(f"{what}无法识别")
        return default


def _from_message(message: Message, depth: int, notes: list[str], body: bool = True) -> Mail:
    headers = _headers(message)

    def get(name: str, what: str, reader: Callable[[str], _T], default: _T) -> _T:
        value = headers.get(name, "")
        return _guarded(notes, what, reader, value, default) if value else default

    gathered = _Gathered(depth, word_label(headers.get("subject", "")))
    if body:
        _walk(message, headers, gathered)
    text = _body_text(gathered)
    parts = split(text)
    sender_name, sender = get("from", "发件人", read_sender, ("", ""))
    if not sender:
        notes.append("没有可识别的发件人")
    date = get("date", "发件日期", read_date, None)
    if date is None and headers.get("date"):
        notes.append("发件日期无法识别")
    subject = get("subject", "主题", header_text, "")
    return Mail(
        message_id=get("message-id", "邮件编号", first_id, ""),
        in_reply_to=get("in-reply-to", "所复邮件编号", first_id, ""),
        references=get("references", "往来邮件编号", message_ids, ()),
        subject=subject,
        sender=sender,
        sender_name=sender_name,
        to=get("to", "收件人", addresses, ()),
        date=date,
        received=get("received", "收件时间", read_received, None),
        headers=headers,
        own_text=parts.own,
        signature=parts.signature,
        quoted_text=parts.quoted,
        between=parts.between,
        text=text,
        html="\n".join(gathered.html)[:_LONGEST_TEXT],
        attachments=tuple(gathered.attachments),
        enclosed=tuple(gathered.enclosed),
        status_text="\n".join(gathered.status)[:_LONGEST_STATUS],
        returned=returned(message) if body and looks_returned(sender, subject) else (),
        problems=tuple(dict.fromkeys((*notes, *gathered.problems))),
    )


def _walk(message: Message, headers: dict[str, str], gathered: _Gathered) -> None:
    """Every part once, outer ones first, without recursion of our own."""
    stack: list[tuple[Message, dict[str, str], int]] = [(message, headers, 0)]
    seen = 0
    while stack:
        part, own, level = stack.pop()
        seen += 1
        if seen > MOST_PARTS or level > _DEEPEST_PART:
            gathered.trouble("邮件部分过多或嵌套过深，只读取了前面的部分")
            continue
        children = _children(part)
        kind = own.get("content-type", "text/plain").split(";", 1)[0].strip().lower()
        try:
            if kind in ("message/rfc822", "message/global") or (kind == "text/rfc822-headers" and level):
                _enclose(part, own, gathered)
            elif kind in ("message/delivery-status", "message/global-delivery-status"):
                gathered.status.append(_status(part))
            elif children:
                stack.extend((child, _headers(child), level + 1) for child in reversed(children))
            elif not kind.startswith("multipart/"):
                _leaf(part, own, kind, gathered)
            else:
                # a multipart whose boundary is wrong: its text is all there is
                gathered.trouble("邮件分段标记有误，按正文读取")
                if parts := _parts_of(part):
                    stack.extend((child, _headers(child), level + 1) for child in reversed(parts))
                    continue
                gathered.plain.append(_payload_text(part, {}, "", gathered.label))
        except Exception as error:  # noqa: BLE001 - one bad part must not hide the others
            gathered.trouble(f"邮件的一个部分无法读取（{type(error).__name__}）")


def _children(part: Message) -> list[Message]:
    if not part.is_multipart():
        return []
    return [child for child in part.get_payload() if isinstance(child, Message)]


def _parts_of(part: Message) -> list[Message]:
    """The parts of a multipart whose boundary is not the one that its head tells, by the one that stands before a part's head."""
    data = _payload(part)
    found = _BOUNDARY.search(data)
    if found is None:
        return []
    return _children(message_from_bytes(b'Content-Type: multipart/mixed; boundary="%b"\n\n%b' % (found.group(1), data)))


def _status(part: Message) -> str:
    blocks = []
    for block in _children(part):
        lines = [f"{name}: {unfold(str(value))}" for name, value in block.raw_items()]
        inner = block.get_payload()
        blocks.append("\n".join(lines) or (inner if isinstance(inner, str) else ""))
    return "\n\n".join(blocks)


def _enclose(part: Message, own: dict[str, str], gathered: _Gathered) -> None:
    if gathered.depth >= DEEPEST:
        gathered.trouble("转发的邮件嵌套过深，未再展开")
        return
    children = _children(part)
    encoding = own.get("content-transfer-encoding", "").strip().lower()
    if children and encoding not in ("base64", "quoted-printable"):
        inner = _from_message(children[0], gathered.depth + 1, [])
    else:
        inner = _read(_encoded_mail(part, encoding), gathered.depth + 1)
    gathered.enclosed.append(inner)
    if not own.get("content-type", "").lower().startswith("text/"):
        name = _name(own) or f"{inner.subject or '转发邮件'}.eml"
        gathered.attachments.append(_mail_note(name, inner))


def _mail_note(name: str, inner: Mail) -> Attachment:
    made = attach(name, inner.text.encode("utf-8", "replace"))
    return Attachment(made.name, made.size, made.sha256, "mail", "read", False, False, b"")


def _encoded_mail(part: Message, encoding: str) -> bytes:
    """The bytes of an enclosed mail that was itself encoded, which RFC 2046 5.2.1 forbids and programs do."""
    children = _children(part)
    inner = children[0].get_payload() if children else part.get_payload()
    shell = Message()
    shell["Content-Transfer-Encoding"] = encoding
    shell.set_payload(inner if isinstance(inner, str) else "")
    data = shell.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def _name(own: dict[str, str]) -> str:
    disposition = own.get("content-disposition", "")
    name = params(disposition).get("filename", "") if disposition else ""
    return name or params(own.get("content-type", "")).get("name", "")


def _leaf(part: Message, own: dict[str, str], kind: str, gathered: _Gathered) -> None:
    disposition = own.get("content-disposition", "").split(";", 1)[0].strip().lower()
    name = _name(own) if ";" in own.get("content-type", "") + own.get("content-disposition", "") else ""
    body = kind.startswith("text/") and kind != "text/calendar" and disposition != "attachment"
    if body and not (name and kind not in ("text/plain", "text/html")) and not (name and disposition):
        target = gathered.html if kind == "text/html" else gathered.plain
        target.append(_payload_text(part, own, kind, gathered.label))
        return
    data = _payload(part)
    if name.lower().endswith(".eml") and gathered.depth < DEEPEST and _KNOWN_HEADER.search(data[:4000]):
        inner = _read(data, gathered.depth + 1)
        gathered.enclosed.append(inner)
        gathered.attachments.append(_mail_note(name, inner))
        return
    marked = "content-id" in own
    inline = disposition == "inline" or (marked and disposition != "attachment") or _shown(own, gathered)
    gathered.attachments.append(attach(name, data, kind, inline))


def _shown(own: dict[str, str], gathered: _Gathered) -> bool:
    """Whether the html shows this part by its Content-ID."""
    mark = own.get("content-id", "").strip().strip("<>")
    return bool(mark) and any(f"cid:{mark}" in page for page in gathered.html)


def _payload(part: Message) -> bytes:
    held = part.get_payload()
    if isinstance(held, str) and str(part.get("content-transfer-encoding", "")).strip().lower() == "base64":
        # Nearly every attachment is clean base64, which needs none of the parser's care.
        with suppress(ValueError):
            return binascii.a2b_base64(held.encode("ascii").translate(None, b"\r\n"), strict_mode=True)
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def _payload_text(part: Message, own: dict[str, str], kind: str, hint: str) -> str:
    label = params(own.get("content-type", "")).get("charset", "")
    data = _payload(part)[:_LONGEST_TEXT]
    if own.get("content-transfer-encoding", "").strip().lower() == "base64" and not data:
        data = loose_base64(str(part.get_payload()))
    if kind == "text/html" and not label:
        told = re.search(rb"charset=[\"']?([\w-]+)", data[:1024])
        label = told.group(1).decode("ascii", "replace") if told else ""
    return decode(data, label, hint)


def _body_text(gathered: _Gathered) -> str:
    """The plain text where there is one that says something; else what the html says."""
    plain = "\n".join(text for text in gathered.plain if text.strip()).strip()
    if gathered.html and (not plain or (len(plain) < 200 and _NO_HTML.search(plain))):
        return html_text("\n".join(gathered.html)[:_LONGEST_TEXT])
    return plain

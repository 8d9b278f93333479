"""Single headers of a mail read into plain values: senders, addresses, Message-IDs, dates. Each may hold anything."""

import re
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_tz

from cuibao.papers.charset import header_text
from cuibao.rules.workdays import CHINA

_ADDRESS = re.compile(r"(?<![^\s<>,;:\"'()\[\]，；、])[^\s<>,;:\"'()\[\]，；、]+@[^\s<>,;:\"'()\[\]，；、]+")
_ANGLE = re.compile(r"<\s*([^<>]*@[^<>]*?)\s*>")
_MESSAGE_ID = re.compile(r"<[^<>\s]+>")
_OFFSET = re.compile(r"[+-]\d{4}\b")
_ZONE = re.compile(r"[+-]\d{4}|\b(?:GMT|UTC?|Z|[ECMP][SD]T)\b")
_CHINA_TIME = re.compile(r"\b(?:CST|GMT\+8|GMT\+08:00|UTC\+8)(?!\d)")


def read_sender(value: str) -> tuple[str, str]:
    """(name, address) of the first sender in a From header, decoded; the address as written; "" for what is absent."""
    value = value[:1000]
    match = _last_angle(value)
    if match is None:
        value = header_text(value)  # some programs encode name and address together
        match = _last_angle(value)
    if match:
        name = header_text(value[: match.start()]).strip().strip("\"'").strip()
        return name, match.group(1).strip()
    found = _ADDRESS.search(value)
    if found is None:
        return value.strip().strip('"'), ""
    rest = (value[: found.start()] + value[found.end() :]).strip(" \t\"'()<>,;")
    return rest, found.group(0)


def _last_angle(value: str) -> re.Match[str] | None:
    bare = re.sub(r'"[^"]*"', lambda quoted: "x" * len(quoted.group(0)), value)
    match = _ANGLE.search(bare)
    return _ANGLE.match(value, match.start()) if match else None


def addresses(value: str) -> tuple[str, ...]:
    """Every address in a To or Cc header, as written, in order."""
    return tuple(found.group(0) for found in _ADDRESS.finditer(re.sub(r'"[^"]*"', "", value)))


def message_ids(value: str) -> tuple[str, ...]:
    """Every <id> in a header, in order, as written."""
    return tuple(dict.fromkeys(_MESSAGE_ID.findall(value)))


def first_id(value: str) -> str:
    """The first <id> in a header, or its first word as one where a program left the brackets out; "" for none."""
    found = message_ids(value)
    if found:
        return found[0]
    bare = value.split()
    return f"<{bare[0].strip('<>')}>" if bare else ""


def read_date(value: str) -> datetime | None:
    """A Date header as a moment in China, or None. CST and a missing zone are China's own, +0800."""
    if not _OFFSET.search(value):
        value = _CHINA_TIME.sub("+0800", value)
    if not _ZONE.search(value):
        value += " +0800"
    try:
        found = parsedate_tz(value)
        if found is None or not 1990 <= found[0] <= 2100:
            return None
        zone = timezone(timedelta(seconds=found[9] or 0))
        return datetime(*found[:5], min(found[5], 59), tzinfo=zone).astimezone(CHINA)
    except (ValueError, OverflowError, TypeError, IndexError, AttributeError):
        return None


def read_received(value: str) -> datetime | None:
    """The moment in a Received header (RFC 5321, 4.4), in China, or None."""
    _, semicolon, moment = value.rpartition(";")
    return read_date(moment) if semicolon else None

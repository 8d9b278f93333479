"""The keyed marks by which a letter is known again: a short token in the subject, and our Message-ID."""

import hashlib
import hmac
import re
from dataclasses import dataclass

from cuibao.rules.letters import LetterKey

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O, U, so that a token read over the telephone stays one."""
LENGTH = 10
_TOKEN = re.compile(r"MS-?([0-9A-Z]{10})(?![0-9A-Z])", re.IGNORECASE)
_MESSAGE_ID = re.compile(r"<?cuibao\.([0-9a-z]{10})\.([0-9a-f]{16})@[^>\s]+>?", re.IGNORECASE)
_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
"""Full-width forms as the half-width ones they stand for."""
_WIDE = re.compile(r"[！-～]")
_MARK = re.compile(r"[MmＭｍ][SsＳｓſ]")
_READ_AS = str.maketrans("ILO", "110")


@dataclass(frozen=True, slots=True)
class Marks:
    """A letter's token ("MS-7K2M9QXD4T", 50 bits) and Message-ID ("<cuibao.7k2m9qxd4t.0f…@163.com>")."""

    token: str
    message_id: str


def marks(key: LetterKey, secret: bytes, domain: str) -> Marks:
    """The marks of a letter. The same key and secret always give the same marks; without the secret none can be made."""
    digest = hmac.new(secret, key.text().encode(), hashlib.sha256).digest()
    number = int.from_bytes(digest[:8])
    short = "".join(ALPHABET[(number >> (5 * place)) & 31] for place in range(LENGTH))
    return Marks(f"MS-{short}", f"<cuibao.{short.lower()}.{digest[8:16].hex()}@{domain}>")


def tokens_in(text: str) -> tuple[str, ...]:
    """Every well-formed token in a text, in order, in the form that marks() gives, half width or full width alike."""
    if not _MARK.search(text):
        return ()
    narrow = text.translate(_NARROW) if _WIDE.search(text) else text
    found = (match.group(1).upper().translate(_READ_AS) for match in _TOKEN.finditer(narrow))
    return tuple(dict.fromkeys(f"MS-{short}" for short in found))


def message_ids_in(*headers: str) -> tuple[str, ...]:
    """Every Message-ID of ours in these header values, in the form that marks() gives but for its domain's own case."""
    ids = (match.group(0) for header in headers for match in _MESSAGE_ID.finditer(header))
    return tuple(dict.fromkeys(f"<{found.strip('<>').lower()}>" for found in ids))

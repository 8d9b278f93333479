"""Mails broken at random, as bytes are broken on the way: each made of a sample mail by a few of the mutations below, repeatable by its seed."""

import random
import re
from collections.abc import Callable, Sequence
from pathlib import Path

MAILS = Path(__file__).parent / "mails"
LARGEST = 1_000_000
"""Bytes that a mutated mail has at most."""
_CHARSET = re.compile(rb'(charset\s*=\s*"?|=\?)([\w-]{2,20})', re.IGNORECASE)
_CHARSETS = (
    b"gb2312",
    b"gbk",
    b"utf-8",
    b"big5",
    b"iso-8859-1",
    b"utf-16",
    b"utf-7",
    b"hz",
    b"punycode",
    b"x-none",
    b"",
    b"\0",
)
_ENCODING = re.compile(rb"(content-transfer-encoding:\s*)([\w-]+)", re.IGNORECASE)
_ENCODINGS = (b"base64", b"quoted-printable", b"8bit", b"7bit", b"x-uuencode", b"binary", b"")
_KIND = re.compile(rb"(content-type:\s*)([\w./-]+)", re.IGNORECASE)
_KINDS = (
    b"text/plain", b"text/html", b"multipart/mixed", b"multipart/report", b"message/rfc822", b"message/delivery-status",
    b"application/ms-tnef", b"application/octet-stream", b"text/calendar", b"x", b"/",
)  # fmt: skip
_PIECES = (
    b"\0", b"\r", b"\n\n", b"\r\n", b"--=_b\n", b"=?gbk?B?", b"?=", b"<", b">", b'"', b";", b"@", b":", b"\xff\xfe", b"\xe5\xa5",
    b"From: ", b"Subject: ", b"\nIn-Reply-To: <a@b>\n", b"MS-7K2M9QXD4T", b"<blockquote>", b"<!--", b"<style>", b"&#x110000;", b"> ",
)  # fmt: skip

Mutation = Callable[[bytes, random.Random, Sequence[bytes]], bytes]


def flip(raw: bytes, rng: random.Random, _: Sequence[bytes]) -> bytes:
    """Some bytes become others."""
    changed = bytearray(raw)
    for _ in range(rng.randint(1, 30)):
        changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


def cut(raw: bytes, rng: random.Random, _: Sequence[bytes]) -> bytes:
    """A piece is missing, or the end."""
    start = rng.randrange(len(raw))
    return raw[:start] if rng.random() < 0.4 else raw[:start] + raw[start + rng.randint(1, 400) :]


def repeat(raw: bytes, rng: random.Random, _: Sequence[bytes]) -> bytes:
    """A piece stands many times."""
    start = rng.randrange(len(raw))
    piece = raw[start : start + rng.choice((1, 4, 40, 400))]
    return raw[:start] + piece * rng.choice((2, 5, 50, 2000)) + raw[start:]


def insert(raw: bytes, rng: random.Random, _: Sequence[bytes]) -> bytes:
    """What parsers stumble over stands somewhere."""
    for _ in range(rng.randint(1, 5)):
        start = rng.randrange(len(raw) + 1)
        raw = raw[:start] + rng.choice(_PIECES) * rng.choice((1, 1, 1, 3, 300)) + raw[start:]
    return raw


def shuffle(raw: bytes, rng: random.Random, _: Sequence[bytes]) -> bytes:
    """The lines of the head stand in another order, continuations away from their headers."""
    head, blank, body = raw.partition(b"\n\n")
    lines = head.split(b"\n")
    rng.shuffle(lines)
    return b"\n".join(lines) + blank + body


def splice(raw: bytes, rng: random.Random, others: Sequence[bytes]) -> bytes:
    """The start of one mail and the end of another."""
    other = rng.choice(others)
    return raw[: rng.randrange(len(raw))] + other[rng.randrange(len(other)) :]


def enclose(raw: bytes, rng: random.Random, _: Sequence[bytes]) -> bytes:
    """The mail lies in another one, and that in another."""
    for _ in range(rng.choice((1, 2, 8))):
        raw = b"From: a@b.cn\nSubject: Fw\nContent-Type: message/rfc822\n\n" + raw
    return raw


def _swap(pattern: re.Pattern[bytes], values: Sequence[bytes]) -> Mutation:
    def swap(raw: bytes, rng: random.Random, _: Sequence[bytes]) -> bytes:
        return pattern.sub(lambda found: found.group(1) + rng.choice((found.group(2), rng.choice(values))), raw)

    return swap


MUTATIONS: tuple[Mutation, ...] = (
    flip, cut, repeat, insert, shuffle, splice, enclose,
    _swap(_CHARSET, _CHARSETS), _swap(_ENCODING, _ENCODINGS), _swap(_KIND, _KINDS),
)  # fmt: skip


def samples() -> list[bytes]:
    """The numbered sample mails, in order; of the empty one a line."""
    return [path.read_bytes() or b"\n" for path in sorted(MAILS.glob("*.eml"))]


def mutated(raws: Sequence[bytes], seed: int) -> bytes:
    """A mail that one of these became, by one to four mutations; the same for the same seed."""
    rng = random.Random(seed)  # noqa: S311 - repeatable, not secret
    raw = rng.choice(raws)
    for _ in range(rng.randint(1, 4)):
        raw = rng.choice(MUTATIONS)(raw or b"\n", rng, raws)[:LARGEST]
    return raw

"""Bytes to text for mail headers and bodies, for the labels that Chinese mail programs really write, and those they forget."""

import base64
import binascii
import codecs
import quopri
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from urllib.parse import unquote_to_bytes

_ALIASES = {
    "gb2312": "gb18030",
    "gb_2312-80": "gb18030",
    "gb2312-80": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "cp936": "gb18030",
    "ms936": "gb18030",
    "euc-cn": "gb18030",
    "utf8mb4": "utf-8",
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "hz-gb-2312": "hz",
    "unicode-1-1-utf-7": "utf-7",
    "big5": "cp950",
    "x-x-big5": "cp950",
    "shift_jis": "cp932",
    "ks_c_5601-1987": "cp949",
    "windows-874": "cp874",
}
_UNTOLD = frozenset(
    {"", "us-ascii", "ascii", "unknown-8bit", "x-unknown", "unknown", "default", "binary", "8bit", "iso-8859-1"}
)
"""Labels that say nothing: programs that know no better write them over GBK and UTF-8 alike."""
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
"""What Excel's “Unicode 文本” begins with."""
_BROKEN_CHARACTER = re.compile(rb"([\xc2-\xf4][\x80-\xbf]{0,2})\r?\n([\x80-\xbf])")
"""A line cut by its length in bytes, inside a character of UTF-8: nothing else looks so."""
_TOGETHER = re.compile(rb"[\x80-\xff]{2}")
"""Chinese is written in bytes that stand together; the accents of a Western text stand one by one."""
_WORD = re.compile(r"=\?([^?\s*]+)(?:\*[^?\s]*)?\?([bBqQ])\?([^?]*)\?=")
_PARAM = re.compile(r';\s*([^\s=;"]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"?|([^;]*))', re.DOTALL)
_PARAM_NAME = re.compile(r"([^*]+)(?:\*(\d{1,3}))?(\*)?\Z")
_NO_BASE64 = re.compile(r"[^A-Za-z0-9+/]")
_FOLD = re.compile(r"[\r\n]+[ \t]*")


def decode(raw: bytes, label: str = "", hint: str = "") -> str:
    """Text of bytes under a charset label that may be wrong, unknown or absent; `hint` is what the rest of the mail is written in.
    Never raises; what cannot be read becomes �."""
    name = label.strip().strip("\"'").lower()
    if name in _UNTOLD:
        return guess(raw, hint)
    try:
        return raw.decode(_ALIASES.get(name, name))
    except (LookupError, ValueError, AssertionError):
        return guess(raw, name)


def guess(raw: bytes, label: str = "") -> str:
    """Text of bytes whose label is wrong or absent: UTF-8, what `label` says (that of the rest of the mail), GB18030, each whole;
    else whichever of them leaves the fewest �."""
    if raw.startswith(UTF_16):
        with suppress(UnicodeDecodeError):
            return raw.decode("utf-16")
    names = ["utf-8", *_charset(label), "gb18030" if _TOGETHER.search(raw) else "cp1252"]
    for name in names:
        with suppress(UnicodeDecodeError):
            return raw.decode(name)
    names.append("gb18030")
    raw = _BROKEN_CHARACTER.sub(rb"\1\2", raw)
    return min((raw.decode(name, "replace") for name in names), key=lambda text: text.count("\ufffd"))


def _charset(label: str) -> list[str]:
    """The one charset of Python's that a label tells of, or none."""
    name = label.strip().strip("\"'").lower()
    if name in _UNTOLD:
        return []
    with suppress(LookupError, ValueError, AssertionError):
        # ASCII stays what it is in every charset of mail; punycode and the like are none, and raise at odd places
        if b"a-".decode(name := _ALIASES.get(name, name), "replace") == "a-":
            return [name]
    return []


def unfold(value: str, label: str = "") -> str:
    """A header's raw value on one line, raw 8-bit bytes (surrogates of the parser) as text; `label` is the body's charset."""
    line = _FOLD.sub(" ", value) if "\n" in value or "\r" in value else value
    if line.isascii():
        return line.strip()
    return guess(line.encode("utf-8", "surrogateescape"), label).strip()


def header_text(value: str) -> str:
    """A header's value as people read it: unfolded, encoded words decoded (RFC 2047), a character split across two words whole."""
    line = unfold(value)
    if "=?" not in line:
        return line
    return "".join(_pieces(line)).strip()


def word_label(value: str) -> str:
    """The charset of the first encoded word of a header, or nothing."""
    found = _WORD.search(value) if "=?" in value else None
    return found.group(1) if found else ""


def _pieces(line: str) -> Iterator[str]:
    end = 0
    run: list[tuple[str, str, str]] = []
    for match in _WORD.finditer(line):
        between = line[end : match.start()]
        if between.strip():
            yield _run_text(run)
            run = []
            yield between
        run.append((match.group(1).lower(), match.group(2).lower(), match.group(3)))
        end = match.end()
    yield _run_text(run)
    yield line[end:]


def _run_text(run: list[tuple[str, str, str]]) -> str:
    """Adjacent encoded words as one text: bytes of the same charset are joined before they are decoded."""
    texts: list[str] = []
    label, raw, open_base64 = "", b"", ""
    for charset, encoding, payload in run:
        if charset != label:
            texts.append(decode(raw + loose_base64(open_base64), label))
            label, raw, open_base64 = charset, b"", ""
        if encoding == "q":
            raw, open_base64 = raw + loose_base64(open_base64) + quopri.decodestring(payload.encode(), header=True), ""
            continue
        # Some programs cut the base64 text itself between two words: only a whole group of four ends a word.
        open_base64 += payload.strip()
        if len(open_base64) % 4 == 0 or open_base64.endswith("="):
            raw, open_base64 = raw + loose_base64(open_base64), ""
    texts.append(decode(raw + loose_base64(open_base64), label))
    return "".join(texts)


def loose_base64(payload: str) -> bytes:
    """What a base64 text holds, broken or not."""
    with suppress(ValueError):
        return binascii.a2b_base64(payload, strict_mode=True)
    clean = _NO_BASE64.sub("", payload)
    clean = clean[:-1] if len(clean) % 4 == 1 else clean
    return base64.b64decode(clean + "=" * (-len(clean) % 4))


@lru_cache(maxsize=64)
def params(value: str) -> Mapping[str, str]:
    """The parameters of a Content-Type or Content-Disposition by lower-case name, decoded: RFC 2231 parts joined as bytes,
    RFC 2047 words where programs wrongly put them, raw 8-bit bytes."""
    line = unfold(value)
    if ";" not in line:
        return {}
    found: dict[str, str] = {}
    parts: dict[str, dict[int, tuple[bool, str]]] = {}
    for match in _PARAM.finditer(line):
        quoted, bare = match.group(2), match.group(3)
        text = re.sub(r'\\(["\\])', r"\1", quoted) if quoted is not None else bare.strip()
        name = _PARAM_NAME.match(match.group(1).lower())
        if name is None:
            continue
        if name.group(2) is None and name.group(3) is None:
            found.setdefault(name.group(1), header_text(text))
        else:
            parts.setdefault(name.group(1), {})[int(name.group(2) or 0)] = (name.group(3) is not None, text)
    for base, pieces in parts.items():
        found[base] = _joined(pieces)
    return found


def _joined(pieces: dict[int, tuple[bool, str]]) -> str:
    """RFC 2231 section 3 and 4: charset'language'text in the first piece, percent-encoded where its name ends in *."""
    raw, label, told = b"", "", False
    open_percent = ""
    for order in sorted(pieces):
        encoded, text = pieces[order]
        if encoded and not told and text.count("'") >= 2:
            label, _, text = text.split("'", 2)
            told = True
        if encoded:  # some programs cut between the % and its digits
            open_percent += text
            continue
        raw += unquote_to_bytes(open_percent) + text.encode("utf-8", "replace")
        open_percent = ""
    text = decode(raw + unquote_to_bytes(open_percent), label)
    return text if told else header_text(text)

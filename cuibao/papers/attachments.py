"""What a mail carries: safe names, and the kind of each attachment by its content, never by what its name or label claims."""

import hashlib
import io
import re
import unicodedata
import zipfile
from dataclasses import dataclass, field

from cuibao.papers.charset import UTF_16
from cuibao.papers.form.layout import Table
from cuibao.rules.verdict import AttachmentNote

_TITLE_LINES = 4
_LONGEST_TITLE = 60
_HIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")
_LONGEST = 120
LARGEST = 50 << 20
"""Bytes; a larger attachment is kept but not looked at."""
_MOST_ENTRIES = 5000
EMPTY = "没有内容"
LOCKED = "已加密，无法读取"
TOO_LARGE = "内容过多，超出读取限度，未予读取"
_CUT = "不完整，无法读取"
_A_PROGRAM = "是可执行程序，不予接收"
_OPENED = frozenset({"form", "spreadsheet", "document", "pdf", "archive", "tnef"})
_REPORT_KINDS = frozenset({"form", "spreadsheet", "document", "pdf", "image", "archive"})
REPORT_MEMBER = re.compile(r"\.(?:xlsx?|xlsm|et|docx?|wps|pdf|ofd|rtf|csv)$", re.IGNORECASE)
_SHEETS = ("xls", "xlsx", "xlsm", "et", "csv", "ods")
_TEXTS = ("doc", "docx", "wps", "ppt", "pptx", "odt", "ofd")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_STREAMS = (
    ("Workbook", "spreadsheet"),
    ("Book", "spreadsheet"),
    ("WordDocument", "document"),
    ("PowerPoint Document", "document"),
    ("__properties_version1.0", "mail"),
)
_ZIP_PARTS = (("xl/", "spreadsheet"), ("word/", "document"), ("ppt/", "document"), ("OFD.xml", "document"))
_BIFF_START = b"\x09\x08\x10\x00\x00\x06\x05\x00"
_WORD_START = b"\xec\xa5\xc1\x00"
_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF87a", "image"),
    (b"GIF89a", "image"),
    (b"BM", "image"),
    (b"II*\x00", "image"),
    (b"MM\x00*", "image"),
    (b"Rar!\x1a\x07", "archive"),
    (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"\x1f\x8b", "archive"),
    (b"\x78\x9f\x3e\x22", "tnef"),
    (b"{\\rtf", "document"),
)
_PDF_TAIL = 2048
_HEAD = 1024
_SAYS = re.compile(rb"[\x80-\xff0-9]")
"""A figure or a word in Chinese, whatever the encoding."""
_PROGRAM = (b"MZ", b"\x7fELF", b"#!")


@dataclass(frozen=True, slots=True)
class Attachment:
    """One attachment. `size` in bytes; `kind` and `state` as AttachmentNote; `inline` is a picture shown inside the text;
    `reports` says whether its content can be a unit's report; `problem` completes 附件“…” where it cannot be read;
    `doubtful` is a report that looks whole but does not open, which only a person can tell. `text`, `tables` and `tokens` (of the
    form 完成情况表) and `members` (those of an archive, without bytes) are what the reading room found in it."""

    name: str
    size: int
    sha256: str
    kind: str
    state: str
    inline: bool
    reports: bool
    data: bytes = field(repr=False, compare=False)
    problem: str = ""
    doubtful: bool = False
    text: str = field(default="", repr=False)
    tables: tuple[Table, ...] = field(default=(), repr=False)
    tokens: tuple[str, ...] = ()
    members: "tuple[Attachment, ...]" = ()

    @property
    def to_open(self) -> bool:
        """Whether the reading room may find a text in it. A pdf that seems locked may open without a password."""
        held = self.state == "kept" and self.kind in _OPENED and not self.problem
        return held or (self.kind == "pdf" and self.problem == LOCKED)

    @property
    def texts(self) -> tuple[str, ...]:
        """Its own text and its members', those without any left out."""
        return tuple(one.text for one in (self, *self.members) if one.text)

    @property
    def names(self) -> tuple[str, ...]:
        """Its own name and its members'."""
        return (self.name, *(one.name for one in self.members))

    @property
    def titles(self) -> tuple[str, ...]:
        """The short lines that its text and its members' texts begin with, some three of each: a letterhead, a title. A table's row
        of several cells is none."""
        return tuple(
            line
            for text in self.texts
            for line in _lines(text)[:_TITLE_LINES]
            if len(line) <= _LONGEST_TITLE and "\t" not in line
        )

    @property
    def endings(self) -> tuple[str, ...]:
        """For each document in it, the last lines of its text: the 落款 is there. Tables end in anything."""
        signed = (one for one in (self, *self.members) if one.kind in ("document", "pdf"))
        return tuple("\n".join(_lines(one.text)[1:][-_TITLE_LINES:]) for one in signed if one.text)

    def note(self) -> AttachmentNote:
        """What verdicts and receipts tell of it."""
        return AttachmentNote(self.name, self.size, self.sha256, self.kind, self.state)


def _lines(text: str) -> list[str]:
    return [line for each in text.split("\n") if (line := each.strip())]


@dataclass(frozen=True, slots=True)
class Sniffed:
    """What bytes turned out to be. `holds` is true but for an archive without a report in it, or one that cannot be
    listed, for a plain text that says nothing, and for what is too large to be looked at."""

    kind: str
    state: str
    holds: bool = True
    problem: str = ""


def attach(name: str, data: bytes, content_type: str = "", inline: bool = False) -> Attachment:
    """The attachment that these bytes are. `content_type` decides only between kinds of plain text."""
    safe = safe_name(name)
    seen = sniff(data, safe, content_type)
    inline = inline and seen.kind == "image"
    reports = seen.state in ("read", "kept") and seen.kind in _REPORT_KINDS and seen.holds and not inline
    digest = hashlib.sha256(data).hexdigest()
    return Attachment(safe, len(data), digest, seen.kind, seen.state, inline, reports, data, seen.problem)


def safe_name(name: str) -> str:
    """A name fit for a file and a page: no path, no control, invisible or direction-changing characters, at most 120 long."""
    clean = _HIDDEN.sub("", unicodedata.normalize("NFC", name)).replace("\\", "/").rsplit("/", 1)[-1]
    clean = re.sub(r'[<>:"|?*]', "_", clean).strip().lstrip(".").strip()
    if len(clean) > _LONGEST:
        stem, dot, ending = clean.rpartition(".")
        clean = stem[: _LONGEST - len(ending) - 1] + dot + ending if dot and len(ending) < 10 else clean[:_LONGEST]
    return clean or "附件"


def sniff(data: bytes, name: str = "", content_type: str = "") -> Sniffed:
    """Kind and state by content: kept when it looks whole, refused when empty, encrypted, cut off or a program."""
    if not data.strip(b"\0 \t\r\n"):
        return Sniffed("other", "refused", problem=EMPTY)
    if len(data) > LARGEST or data.count(b"PK\x01\x02") > _MOST_ENTRIES:
        return Sniffed(claimed_kind(name, "other"), "kept", holds=False, problem=TOO_LARGE)
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip(data, name)
    if data.startswith(_OLE):
        return _ole(data, name)
    if b"%PDF-" in data[:_HEAD]:
        return _pdf(data)
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            return _by_magic(data, kind)
    if data[8:12] == b"WEBP" or data[4:12] in (b"ftypheic", b"ftypmif1", b"ftypheix"):
        return Sniffed("image", "kept")
    if data.startswith(_PROGRAM):
        return Sniffed("other", "refused", problem=_A_PROGRAM)
    return _plain(data, name, content_type)


def _pdf(data: bytes) -> Sniffed:
    if b"%%EOF" not in data[-_PDF_TAIL:]:
        return Sniffed("pdf", "refused", problem=_CUT)
    return Sniffed("pdf", "refused", problem=LOCKED) if b"/Encrypt" in data else Sniffed("pdf", "kept")


def _by_magic(data: bytes, kind: str) -> Sniffed:
    if kind == "image":
        if (
            data.startswith(b"BM") and data[6:10] != b"\0\0\0\0"
        ):  # a text may well begin so; a bitmap's reserved words are nil
            return Sniffed("other", "kept")
        whole = b"IEND" in data[-64:] if data.startswith(b"\x89PNG") else len(data) > 32
        return Sniffed("image", "kept") if whole else Sniffed("image", "refused", problem=_CUT)
    # Nothing in the standard library lists these archives: kept, but nobody can say that a report is in them.
    return Sniffed(kind, "kept", holds=kind != "archive")


def claimed_kind(name: str, default: str) -> str:
    """The kind that a name claims, for content that is known to be locked or broken."""
    ending = name.rpartition(".")[2].lower()
    if ending in _SHEETS:
        return "spreadsheet"
    return "document" if ending in _TEXTS else default


def _zip(data: bytes, name: str) -> Sniffed:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            mimetype = archive.read("mimetype")[:80] if _has_mimetype(members) else b""
    except Exception:  # noqa: BLE001 - zipfile raises a dozen kinds of errors on broken archives
        return Sniffed(claimed_kind(name, "archive"), "refused", problem=_CUT)
    names = [member.filename for member in members]
    if b"opendocument" in mimetype:
        return Sniffed("spreadsheet" if b"spreadsheet" in mimetype else "document", "kept")
    for part, kind in _ZIP_PARTS:
        if any(member.startswith(part) for member in names) and (part == "OFD.xml" or "[Content_Types].xml" in names):
            return Sniffed(kind, "kept")
    if any(member.flag_bits & 1 for member in members) or not names:
        return Sniffed("archive", "refused", problem=LOCKED if names else EMPTY)
    holds = any(REPORT_MEMBER.search(member.filename) and member.file_size for member in members)
    return Sniffed("archive", "kept", holds)


def _has_mimetype(members: list[zipfile.ZipInfo]) -> bool:
    """Whether an OpenDocument's first member is there: stored, short, so that reading it costs nothing."""
    first = members[0] if members else None
    return bool(first and first.filename == "mimetype" and first.compress_type == 0 and first.file_size < 200)


def _ole(data: bytes, name: str) -> Sniffed:
    def holds(stream: str) -> bool:
        return stream.encode("utf-16-le") + b"\0\0" in data

    if holds("EncryptedPackage") or holds("EncryptionInfo"):
        return Sniffed(claimed_kind(name, "document"), "refused", problem=LOCKED)
    kind = next((kind for stream, kind in _OLE_STREAMS if holds(stream)), "other")
    return Sniffed(kind, "refused", problem=LOCKED) if _locked(data) else Sniffed(kind, "kept")


def _locked(data: bytes) -> bool:
    """Whether an old workbook has a FilePass record ([MS-XLS] 2.4.117), or a document fEncrypted ([MS-DOC] 2.5.2)."""
    sheet = data.find(_BIFF_START)
    if sheet >= 0 and data[sheet + 20 : sheet + 22] == b"\x2f\x00":
        return True
    text = data.find(_WORD_START)
    return text >= 0 and len(data) > text + 11 and bool(data[text + 11] & 0x01)


def _plain(data: bytes, name: str, content_type: str) -> Sniffed:
    head = data[:_HEAD].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    ending = name.rpartition(".")[2].lower()
    if content_type == "text/calendar" or head.startswith(b"begin:vcalendar"):
        return Sniffed("calendar", "kept")
    if b"excel.sheet" in head or (ending in _SHEETS and (head.startswith(b"<") or b"<table" in data[:65536].lower())):
        return Sniffed("spreadsheet", "kept")
    if b"word.document" in head or (ending in _TEXTS and head.startswith((b"<html", b"<!doctype html", b"<?xml"))):
        return Sniffed("document", "kept")
    if ending in ("csv", "txt") and (b"\0" not in data[:_HEAD] or data.startswith(UTF_16)):
        said = bool(_SAYS.search(data))
        return Sniffed("spreadsheet" if ending == "csv" else "document", "kept", holds=said)
    return Sniffed("other", "kept")

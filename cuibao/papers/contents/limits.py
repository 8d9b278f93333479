"""How much of an attachment is read, and the words in which one that is not read is told of."""

from dataclasses import dataclass

from cuibao.papers.attachments import EMPTY, LOCKED, TOO_LARGE
from cuibao.papers.form.layout import MOST_ROWS, Table, bounded_rows
from cuibao.papers.shown import CONTROL, seen

__all__ = ["EMPTY", "LOCKED", "TOO_LARGE", "Budget", "Found", "NoToolError", "UnreadError", "bounded", "visible"]

MOST_MEMBERS = 200
MOST_UNPACKED = 50 << 20
"""Bytes, of an archive and the archives in it together."""
LARGEST_MEMBER = 20 << 20
STEEPEST = 100
"""How many times as large as packed a member may be; small ones may be more."""
SMALL = 1 << 20
DEEPEST = 3
LARGEST_PART = 32 << 20
"""Bytes of one XML part of a document."""
MOST_CELLS = 200_000
MOST_SHEETS = 30
MOST_PAGES = 60
MOST_NOTICE_PAGES = 500
LONGEST_TEXT = 50_000
MOST_COLUMNS = 60
LONGEST_CELL = 4_000
"""Of a form that is read cell by cell; a longer cell is cut, what stands in more columns is not read."""
_LONGEST_NAME = 100
_TAIL = 10_000

BROKEN = "未能读出内容，文件可能已损坏"
TOO_DEEP = "压缩层数过多，未予展开"
BLANK = "没有填写任何内容"
UNSAFE = "含有不安全的内容，未予读取"
NO_CONVERTER = "的格式本机不能提取文字，请直接打开原件查看"
NO_UNPACKER = "本机不能解压，请直接打开原件查看"
NOT_A_DOCUMENT = "不是文档"
SCANNED = "是扫描件，没有文字"


class UnreadError(Exception):
    """An attachment that is not read. The words complete 附件“…”."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


class ScannedError(UnreadError):
    """A page of a pdf that is only a picture; pages count from 1."""

    def __init__(self, page: int) -> None:
        super().__init__(SCANNED)
        self.page = page


class NoToolError(UnreadError):
    """One that is sound, but for which this machine lacks a program: a person can still open it."""


@dataclass(frozen=True, slots=True)
class Found:
    """What an attachment holds: its text, the forms in it cell by cell, and the tokens of its hidden marks."""

    text: str
    tables: tuple[Table, ...] = ()
    tokens: tuple[str, ...] = ()


@dataclass
class Budget:
    """What may still be unpacked of one attachment, at whatever depth."""

    members: int = MOST_MEMBERS
    size: int = MOST_UNPACKED


def visible(text: str) -> str:
    """The text without control characters, and without spaces around it."""
    return CONTROL.sub("", text).strip()


def bounded(text: str) -> str:
    """The text without control characters, its beginning and its end where it is long: the letterhead and the 落款 are there."""
    text = visible(text)
    if len(text) <= LONGEST_TEXT:
        return text
    return text[: LONGEST_TEXT - _TAIL] + "\n" + text[-_TAIL:]


def bounded_table(table: Table) -> Table:
    """The table with blanks for control characters, as many rows, columns and characters of it as are read."""
    rows = tuple(
        tuple(seen(cell)[:LONGEST_CELL].strip() for cell in row[:MOST_COLUMNS]) for row in bounded_rows(table.rows)
    )
    joined = tuple(area for area in table.joined if area[0] < MOST_ROWS and area[1] < MOST_COLUMNS)
    return Table(rows, joined, CONTROL.sub("", table.name)[:_LONGEST_NAME])

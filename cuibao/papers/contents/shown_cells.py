"""What the cells of a workbook show where their values alone mislead: 76% that is kept as 0.76, raised or struck-out characters, and
formulas that call out. Here the words for it, and those of an xlsx; shown_xls and shown_ods read the others."""

import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from cuibao.papers.shown import Look
from cuibao.papers.wording import number_words

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell
    from openpyxl.workbook.workbook import Workbook

Place = tuple[int, int]
"""Row and column, from 1."""
CALLS_OUT = "引自表外的公式"
"""Stands for a value that was fetched from elsewhere: no number, and so for a person."""
STRUCK, ODD, UNSEEN = "（已划去）", "（单元格格式特殊）", "（单元格格式未能核对）"
"""Behind a number, which is then none."""
LARGEST = 8 << 20
"""Bytes unpacked; a form has some 50 KB."""
_FETCHING = (b"WEBSERVICE(", b"RTD(")
_OUTSIDE = re.compile(r"\[\d+\]|WEBSERVICE\s*\(|RTD\s*\(|\w\|", re.IGNORECASE)
_MARKS = (b"<strike", b"<vertAlign")
_COMMENT = b"<!--"
"""May hide cells and styles that a glance takes for real ones."""
_FORMAT = re.compile(rb'<xf [^>]*?numFmtId="(\d+)"')
_STYLE = re.compile(rb' s="(\d+)"')
_PLAIN = frozenset(b"0 1 2 3 4 37 38 39 40 41 43 49".split())
"""General, whole and decimal numbers, grouped or not, and text (ECMA-376-1, 18.8.30)."""
_LETTERS = 26
_ASIDE = re.compile(r"_.|\*.|\[(?:Red|Black|Blue|Green|White|Yellow|Magenta|Cyan|Color\d+|\$-[^\]]*)\]", re.IGNORECASE)
"""Blanks, fillings, colours and languages, which change no number."""
_WORD = r'(?:"[^"]*"|\\.|[^0#?.,;/"\\\[\]])'
_NUMBER = re.compile(rf"({_WORD}*?)(?:(?i:General)|G/通用格式|@|[#,]*[0#](?:\.[0#?]+)?)({_WORD}*)")
"""General is written in the language of the program that saved an old workbook; a text's format shows a number as General does."""
_LITERAL = re.compile(r'"([^"]*)"|\\(.)')


def may_mislead(value: object) -> bool:
    """Whether how a figure's cell shows its value makes a difference: a number, or a text with digits."""
    if isinstance(value, str):
        return any(map(str.isdigit, value))
    return isinstance(value, int | float) and not isinstance(value, bool) and value > 0


class ShowsCells(Protocol):
    """A workbook as it is seen."""

    def cells(self, sheet: str, values: Mapping[Place, object]) -> Mapping[Place, str]:
        """What the cells with those values show on a sheet where that is something else than their value, and where a formula calls out."""


class UnseenBook:
    """A workbook in a format of which only the values can be read, as xlsb: whether they mislead is not known."""

    def cells(self, sheet: str, values: Mapping[Place, object]) -> Mapping[Place, str]:
        """As ShowsCells has it: none of the values is a figure."""
        del sheet
        return {place: told(value, UNSEEN) for place, value in values.items()}


class ShownBook:
    """An xlsx as it is seen. Nearly every cell is seen at a glance at the bytes, as all programs write them, to show its value as it is;
    the others are looked at with a library that takes a hundred times as long, once for the workbook."""

    def __init__(self, package: zipfile.ZipFile) -> None:
        self._package = package

    @cached_property
    def calls_out(self) -> bool:
        """Whether formulas may fetch what they show from elsewhere."""
        linked = any(name.startswith("xl/externalLinks/") for name in self._package.namelist())
        return linked or any(_has(sheet, *_FETCHING) for sheet in self._sheets)

    def cells(self, sheet: str, values: Mapping[Place, object]) -> Mapping[Place, str]:
        """What the cells with those values show on a sheet, and which of all its cells hold a formula that calls out; only where that is
        something else than their value."""
        plain = {place for column in {column for _, column in values} for place in self._plain(column)}
        doubtful = {
            place: value
            for place, value in values.items()
            if place not in plain or (isinstance(value, str) and self._has_marked_runs)
        }
        if not doubtful and not self.calls_out:
            return {}
        if self._book is None or sheet not in self._book:
            return {place: told(value, UNSEEN) for place, value in doubtful.items()}
        page = self._book[sheet]
        found = {place: text for place, value in doubtful.items() if (text := _shown(page.cell(*place), value))}
        if self.calls_out:
            cells = (cell for row in page.iter_rows() for cell in row)
            found |= {(cell.row, cell.column): CALLS_OUT for cell in cells if _fetches(cell)}
        return found

    @cached_property
    def _book(self) -> "Workbook | None":
        from openpyxl import load_workbook

        if sum(part.file_size for part in self._package.infolist()) > LARGEST:
            return None
        try:
            return load_workbook(self._package.fp, rich_text=True)
        except Exception:  # noqa: BLE001 - hostile bytes raise anything; what cannot be looked at is told
            return None

    @cached_property
    def _sheets(self) -> list[bytes]:
        parts = (part for part in self._package.infolist() if part.filename.startswith("xl/worksheets/sheet"))
        return [self._package.read(part) for part in parts if part.file_size <= LARGEST]

    @cached_property
    def _has_marked_runs(self) -> bool:
        """Whether a part of some cell's text may be struck out or raised; a number has no parts."""
        return any(_has(text, *_MARKS) for text in (self._part("xl/sharedStrings.xml"), *self._sheets))

    @cached_property
    def _formats(self) -> list[bytes]:
        """The numbers of the formats by style; none where a glance is not enough."""
        styles = self._part("xl/styles.xml")
        if _has(styles, *_MARKS, _COMMENT) or any(_has(sheet, _COMMENT) for sheet in self._sheets):
            return []
        return _FORMAT.findall(styles.partition(b"<cellXfs")[2])

    def _part(self, name: str) -> bytes:
        return self._package.read(name) if name in self._package.NameToInfo else b""

    def _plain(self, column: int) -> Iterator[Place]:
        """The cells of a column that show their value as it is; a place that several sheets have is none, for a glance does not tell them
        apart."""
        if column > _LETTERS or not self._formats:
            return
        cell = re.compile(rb'<c r="%c(\d+)"([^>]*)>' % (ord("@") + column))
        found = [(int(row), rest) for sheet in self._sheets for row, rest in cell.findall(sheet)]
        sheets = Counter(row for row, _ in found)
        plain = {rest for rest in {rest for _, rest in found} if self._is_plain(rest)}
        yield from ((row, column) for row, rest in found if rest in plain and sheets[row] == 1)

    def _is_plain(self, rest: bytes) -> bool:
        """Whether a cell with these attributes shows its value as it is."""
        style = _STYLE.search(rest)
        number = int(style.group(1)) if style else 0
        return number < len(self._formats) and self._formats[number] in _PLAIN


def _has(text: bytes, *words: bytes) -> bool:
    """Whether one of the words is in a text. Often one of its letters is not, which shows twenty times as fast."""
    return any(all(letter in text for letter in word) and word in text for word in words)


def _fetches(cell: "Cell") -> bool:
    formula = getattr(cell.value, "text", cell.value)  # that of an array is an object
    return cell.data_type == "f" and bool(_OUTSIDE.search(str(formula)))


def _shown(cell: "Cell", value: object) -> str:
    """What a cell shows, "" where that is its value, which a formula may have reckoned."""
    if cell.font.strike:
        return told(value, STRUCK)
    if not isinstance(value, str):
        return formatted(value, cell.number_format)
    if not isinstance(cell.value, list):
        return ""
    return "".join(map(_run, cell.value)).strip() or told(value, STRUCK)


def _run(part: object) -> str:
    font = getattr(part, "font", None)
    if font is None:
        return str(part)
    return run(str(part), struck=bool(font.strike), raised=font.vertAlign not in (None, "baseline"))


def told(value: object, words: str) -> str:
    """A value with words behind it that make it none."""
    return f"{value if isinstance(value, str) else number_words(exact(value))}{words}"


def exact(value: object) -> Decimal:
    """A number as it is written, without what binary fractions add."""
    return Decimal(str(value))


def formatted(value: object, form: str) -> str:
    """A positive number as its format shows it, "" where that is the number: 0% multiplies, and 0"万" writes on."""
    found = _NUMBER.fullmatch(_ASIDE.sub("", form.replace("[$万]", '"万"').partition(";")[0]).strip())
    if found is None:
        return told(value, ODD)
    before, behind = (_LITERAL.sub(r"\1\2", words).strip() for words in found.groups())
    if any(map(str.isdigit, before + behind)):  # a digit beside the number would be read as its own
        return told(value, ODD)
    number = exact(value) * 100 if "%" in _LITERAL.sub("", found.group(2)) else exact(value)
    return f"{before}{number_words(number)}{behind}" if before or behind else ""


def run(text: str, *, struck: bool, raised: bool) -> str:
    """A run of a rich text: nothing of what is struck out; what is raised or lowered stands apart from the number before it."""
    if struck or not text:
        return ""
    return f"{Look.RAISED.value}{text}" if raised else text

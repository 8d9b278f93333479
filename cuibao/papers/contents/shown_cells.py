"""What the cells of an xlsx show where their values alone mislead: 76% that is kept as 0.76, raised or struck-out characters, and
formulas that call out."""

import re
import zipfile
from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from cuibao.papers.wording import number_words

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell

Place = tuple[int, int]
"""Row and column, from 1."""
CALLS_OUT = "引自表外的公式"
"""Stands for a value that was fetched from elsewhere: no number, and so for a person."""
_STRUCK = "（已划去）"
_RAISED = "^"
_LARGEST = 8 << 20
"""Bytes unpacked; a form has some 50 KB."""
_FETCHING = (b"WEBSERVICE(", b"RTD(")
_OUTSIDE = re.compile(r"\[\d+\]|WEBSERVICE\s*\(|RTD\s*\(|\w\|", re.IGNORECASE)
_FORMAT = re.compile(rb'<xf [^>]*?numFmtId="(\d+)"')
_STYLE = re.compile(rb' s="(\d+)"')
_PLAIN = frozenset({b"0", b"1", b"2", b"3", b"4", b"49"})
"""General, whole and decimal numbers, and text (ECMA-376-1, 18.8.30)."""
_LETTERS = 26
_LITERAL = re.compile(r'"([^"]*)"|\\(.)')
_AS_IT_IS = re.compile(r"[#,]*0(?:\.[0#]+)?")
_LARGEST_SHARE = 3
"""300%: a larger number is not looked at for being a percentage."""


def may_mislead(value: object) -> bool:
    """Whether a figure's cell is to be looked at closely: a small number may be a percentage, a text may have raised characters."""
    if isinstance(value, str):
        return any(map(str.isdigit, value))
    return isinstance(value, float) and 0 < value <= _LARGEST_SHARE


def calls_out(package: zipfile.ZipFile) -> bool:
    """Whether formulas of a workbook may fetch what they show from elsewhere."""
    linked = any(name.startswith("xl/externalLinks/") for name in package.namelist())
    return linked or any(word in sheet for sheet in _sheets(package) for word in _FETCHING)


def shown(package: zipfile.ZipFile, sheet: str, values: Mapping[Place, object], *, whole: bool) -> Mapping[Place, str]:
    """What the cells with those values show on a sheet, and with `whole` which of all its cells hold a formula that calls out; only where
    that is something else than their value. Nothing where the workbook is too large, or the library cannot read it."""
    from openpyxl import load_workbook

    if sum(part.file_size for part in package.infolist()) > _LARGEST or (_are_plain(package, values) and not whole):
        return {}
    try:
        page = load_workbook(package.fp, rich_text=True)[sheet]
    except Exception:  # noqa: BLE001 - hostile bytes raise anything; the values as calamine read them are still there
        return {}
    found = {place: text for place, value in values.items() if (text := _shown(page.cell(*place), value))}
    if whole:
        cells = (cell for row in page.iter_rows() for cell in row)
        found |= {(cell.row, cell.column): CALLS_OUT for cell in cells if _fetches(cell)}
    return found


def _sheets(package: zipfile.ZipFile) -> Iterator[bytes]:
    for part in package.infolist():
        if part.filename.startswith("xl/worksheets/sheet") and part.file_size <= _LARGEST:
            yield package.read(part)


def _are_plain(package: zipfile.ZipFile, places: Collection[Place]) -> bool:
    """Whether all these cells are seen at a glance to have a format that shows their values as they are. The glance is at how every
    program writes a workbook; what is written otherwise is looked at closely, which takes a hundred times as long."""
    texts = [package.read(name) for name in ("xl/styles.xml", "xl/sharedStrings.xml") if name in package.namelist()]
    sheets = list(_sheets(package))
    if any(mark in text for text in (*texts, *sheets) for mark in (b"<strike", b"<vertAlign")):
        return False
    formats = _FORMAT.findall(texts[0].partition(b"<cellXfs")[2]) if texts else []
    refs = [b'<c r="%c%d"' % (ord("@") + column, row) for row, column in places if column <= _LETTERS]
    tags = [sheet[at : sheet.find(b">", at)] for sheet in sheets for ref in refs if (at := sheet.find(ref)) >= 0]
    used = [int(style.group(1)) for tag in tags if (style := _STYLE.search(tag))]
    return len(tags) == len(used) == len(places) and all(
        number < len(formats) and formats[number] in _PLAIN for number in used
    )


def _fetches(cell: "Cell") -> bool:
    formula = getattr(cell.value, "text", cell.value)  # that of an array is an object
    return cell.data_type == "f" and bool(_OUTSIDE.search(str(formula)))


def _shown(cell: "Cell", value: object) -> str:
    """What a cell shows, "" where that is its value, which a formula may have reckoned."""
    if cell.font.strike:
        return f"{value}{_STRUCK}"
    if isinstance(value, float):
        return _formatted(Decimal(str(value)), cell.number_format.split(";")[0])
    parts = cell.value if isinstance(cell.value, list) else []
    return "".join(map(_run, parts))


def _formatted(value: Decimal, form: str) -> str:
    """A number as its format shows it, "" where that is the number: 0% multiplies, and 0"万" writes on."""
    bare = _LITERAL.sub("", form)
    if bare.endswith("%"):
        return f"{number_words(value * 100)}%"
    behind = "".join(word or letter for word, letter in _LITERAL.findall(form)).strip()
    return f"{number_words(value)}{behind}" if behind and _AS_IT_IS.fullmatch(bare.strip()) else ""


def _run(part: object) -> str:
    """A run of a rich text: nothing of what is struck out; what is raised or lowered stands apart from the number before it."""
    font = getattr(part, "font", None)
    if font is None:
        return str(part)
    return "" if font.strike else f"{_RAISED if font.vertAlign not in (None, 'baseline') else ''}{part}"

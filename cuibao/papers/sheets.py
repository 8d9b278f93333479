"""Excel sheets of plain rows, such as the ledger: no cell of them is ever a formula, and they print on A4."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from typing import Any
from unicodedata import east_asian_width

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that Excel or WPS would reckon when it is typed in again, and a stranger's subject may begin."""
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML 1.0 cannot hold (section 2.2)."""
_A4 = 9
"""ECMA-376, part 1, 18.3.1.63."""
_SHORT = 18
"""How wide the longest cell of a column is that stands in the middle, a Chinese character counted as two."""
_FONT, _SIZE = "宋体", 11
_LINE, _TALLEST = 15, 409
"""Points: a line of 11 points, and the tallest row that Excel allows."""
_LONGEST = 32_000
"""Excel's cells hold 32,767 characters."""


def harmless(text: str) -> str:
    """The text as a cell may hold it: with an apostrophe before what begins like a formula, without what a sheet cannot hold."""
    plain = _ILLEGAL.sub("", text)[:_LONGEST]
    return f"'{plain}" if plain.startswith(_FORMULA) else plain


@dataclass(frozen=True, slots=True)
class Page:
    """One sheet. `widths` are in characters. With a `heading` it is a table to be handed on: the heading above it, every cell framed
    and its text wrapped; else a plain list. With `wraps`, long texts of a list go on in the next line of their cell."""

    title: str
    headers: Sequence[str]
    widths: Sequence[int]
    rows: Iterable[Sequence[str | int | Decimal]]
    heading: str = ""
    wraps: bool = False


def sheet(title: str, headers: Sequence[str], widths: Sequence[int], rows: Iterable[Sequence[str | int]]) -> bytes:
    """An .xlsx of one plain sheet."""
    return workbook([Page(title, headers, widths, rows)])


def workbook(pages: Iterable[Page]) -> bytes:
    """An .xlsx of these sheets; the header row of each stays in sight and is printed on each of its pages. Numbers stay numbers."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    for page in pages:
        _add(book.create_sheet(page.title), page)
    held = BytesIO()
    book.save(held)
    return held.getvalue()


def _add(made: Any, page: Page) -> None:
    top = 3 if page.heading else 1
    rows = list(page.rows) if page.heading else page.rows
    centred = [not page.heading or _short(row[place] for row in rows) for place in range(len(page.headers))]
    _lay_out(made, page, top)
    if page.heading:
        _head(made, page)
    made.append([_cell(made, page, header, head=True) for header in page.headers])
    for number, row in enumerate(rows, start=top + 1):
        if page.heading or page.wraps:
            made.row_dimensions[number].height = _height(row, page.widths)
        made.append([_cell(made, page, value, middle=middle) for value, middle in zip(row, centred, strict=True)])


def _lay_out(made: Any, page: Page, top: int) -> None:
    """How the sheet is printed and scrolled; `top` is the row of its headers."""
    from openpyxl.utils import get_column_letter

    made.freeze_panes = f"A{top + 1}"
    made.print_title_rows = f"{top}:{top}"
    made.page_setup.orientation, made.page_setup.paperSize = "landscape", _A4
    made.page_setup.fitToWidth, made.page_setup.fitToHeight = 1, 0
    made.sheet_properties.pageSetUpPr.fitToPage = True
    made.oddFooter.center.text = "第 &P 页，共 &N 页"
    for number, width in enumerate(page.widths, start=1):
        made.column_dimensions[get_column_letter(number)].width = width


def _head(made: Any, page: Page) -> None:
    """The heading across all columns, and an empty row."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font

    cells = [WriteOnlyCell(made, page.heading), *(WriteOnlyCell(made, None) for _ in page.headers[1:])]
    cells[0].font = Font(name=_FONT, bold=True, size=16)
    for one in cells:
        one.alignment = Alignment("centerContinuous", "center")
    made.row_dimensions[1].height, made.row_dimensions[3].height = 32, 22
    made.append(cells)
    made.append([])


def _cell(made: Any, page: Page, value: str | int | Decimal, *, head: bool = False, middle: bool = True) -> Any:
    """The value as the page shows it; in a plain list no more than the value."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Border, Font, Side

    plain = harmless(value) if isinstance(value, str) else value
    if not (head or page.heading or page.wraps):
        return plain
    cell = WriteOnlyCell(made, plain)
    cell.font = Font(name=_FONT, size=_SIZE, bold=head)
    if page.heading:
        line = Side(style="thin")
        cell.alignment = Alignment("center" if middle else "left", "center", wrap_text=True)
        cell.border = Border(line, line, line, line)
    elif page.wraps:
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def _short(column: Iterable[str | int | Decimal]) -> bool:
    """Whether no cell of a column is long: it then stands in the middle, else every one begins at the left."""
    return all(not isinstance(value, str) or _width(value) <= _SHORT for value in column)


def _height(row: Sequence[str | int | Decimal], widths: Sequence[int]) -> float:
    """Points for a row whose text is wrapped: not every program finds it out by itself."""
    lines = max(
        sum(max(1, -(-_width(line) // (width - 1))) for line in str(value).split("\n"))
        for value, width in zip(row, widths, strict=True)
    )
    return min(_TALLEST, 6 + lines * _LINE)


def _width(text: str) -> int:
    """In characters, a Chinese one counted as two."""
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)

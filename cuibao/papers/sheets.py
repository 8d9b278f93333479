"""Excel sheets of plain rows, such as the ledger: no cell of them is ever a formula."""

import re
from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that Excel or WPS would reckon when it is typed in again, and a stranger's subject may begin."""
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML 1.0 cannot hold (section 2.2)."""
_A4 = 9
"""ECMA-376, part 1, 18.3.1.63."""
_LONGEST = 32_000
"""Excel's cells hold 32,767 characters."""


def harmless(text: str) -> str:
    """The text as a cell may hold it: with an apostrophe before what begins like a formula, without what a sheet cannot hold."""
    plain = _ILLEGAL.sub("", text)[:_LONGEST]
    return f"'{plain}" if plain.startswith(_FORMULA) else plain


def sheet(title: str, headers: Sequence[str], widths: Sequence[int], rows: Iterable[Sequence[str | int]]) -> bytes:
    """An .xlsx of one sheet; its header row stays in sight and is printed on each page. Numbers stay numbers. `widths` are in
    characters."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    page = book.create_sheet(title)
    page.freeze_panes = "A2"
    page.print_title_rows = "1:1"
    page.page_setup.orientation, page.page_setup.paperSize = "landscape", _A4
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    for number, width in enumerate(widths, start=1):
        page.column_dimensions[get_column_letter(number)].width = width

    def bold(text: str) -> Any:
        cell = WriteOnlyCell(page, text)
        cell.font = Font(bold=True)
        return cell

    page.append([bold(header) for header in headers])
    for row in rows:
        page.append([cell if isinstance(cell, int) else harmless(cell) for cell in row])
    held = BytesIO()
    book.save(held)
    return held.getvalue()

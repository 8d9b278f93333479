"""Text out of workbooks: xlsx, xlsm, xls, et and ods. Values as they were last reckoned; nothing is reckoned or fetched."""

import io
from collections.abc import Iterator

from python_calamine import CalamineSheet, PasswordError, SheetTypeEnum, load_workbook

from cuibao.papers.contents.limits import LOCKED, MOST_CELLS, MOST_SHEETS, TOO_LARGE, UnreadError


def sheet_text(data: bytes) -> str:
    """A line a row, a tab between cells, sheet after sheet; empty rows left out. Raises UnreadError, and whatever the library does."""
    try:
        book = load_workbook(io.BytesIO(data))
    except PasswordError:
        raise UnreadError(LOCKED) from None
    names = [sheet.name for sheet in book.sheets_metadata if sheet.typ is SheetTypeEnum.WorkSheet]
    lines: list[str] = []
    cells = 0
    for name in names[:MOST_SHEETS]:
        sheet = book.get_sheet_by_name(name)
        cells += sheet.height * sheet.width
        if cells > MOST_CELLS:
            raise UnreadError(TOO_LARGE)
        lines += _rows(sheet)
    return "\n".join(lines)


def _rows(sheet: CalamineSheet) -> Iterator[str]:
    for row in sheet.iter_rows():
        if line := "\t".join(map(_cell, row)).rstrip("\t"):
            yield line


def _cell(value: object) -> str:
    """A whole number without the .0 that sheets keep it with; a text of several lines on one."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return " ".join(str(value).split())

"""Text and forms out of workbooks: xlsx, xlsm, xls, et and ods. Values as they were last reckoned; nothing is reckoned or fetched."""

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import replace

from python_calamine import (
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetMetadata,
    SheetTypeEnum,
    SheetVisibleEnum,
    load_workbook,
)

from cuibao.papers.contents.limits import LOCKED, MOST_CELLS, MOST_SHEETS, TOO_LARGE, Found, UnreadError
from cuibao.papers.contents.shown_cells import ShownBook, ShowsCells, UnseenBook, may_mislead
from cuibao.papers.contents.shown_ods import OpenBook
from cuibao.papers.contents.shown_xls import OldBook
from cuibao.papers.form.blocks import may_be_rest
from cuibao.papers.form.layout import MARK_SHEET, Area, Table, figure_cells, heads_row, is_form, may_hold_form
from cuibao.papers.token import tokens_in

_WORKBOOK, _CONTENT = "xl/workbook.xml", "content.xml"
_PROPERTIES = ("docProps/core.xml", "docProps/custom.xml")
_LARGEST_PROPERTIES = 100_000
_TOKEN_IN_OLE = re.compile(rb"M\0?S\0?-\0?(?:[0-9A-Z]\0?){10}")


def sheet_contents(data: bytes) -> Found:
    """A line a row, a tab between cells, sheet after sheet, empty rows left out; the visible sheets that are forms also cell by cell, behind them
    those that may be the rest of one, and the tokens in the document's properties and on its hidden sheet. Raises UnreadError, and whatever the library does."""
    try:
        book = load_workbook(io.BytesIO(data))
    except PasswordError:
        raise UnreadError(LOCKED) from None
    lines: list[str] = []
    tables: list[Table] = []
    others: list[Table] = []
    package = zipfile.ZipFile(io.BytesIO(data)) if data.startswith(b"PK") else None
    marks = _properties(package) if package else _marks_of_old(data)
    seen = _as_seen(package) if package else OldBook(data)
    for about, sheet in _sheets(book):
        values = list(sheet.iter_rows())
        rows = list(map(_row, values))
        texts = list(filter(None, ["\t".join(row).rstrip("\t") for row in rows]))
        if about.name == MARK_SHEET:
            marks += "\n".join(texts)
            continue
        lines += texts
        if about.visible is not SheetVisibleEnum.Visible:
            continue
        if any(map(may_hold_form, texts)) and is_form(table := Table(tuple(rows), _joined(seen, sheet), about.name)):
            tables.append(_as_shown(seen, sheet, table, values))
        else:
            left = ("",) * (sheet.start or (0, 0))[1]
            others.append(Table(tuple(left + row for row in rows), name=about.name))
    if tables and others:
        above, width = heads_row(tables[0]), tables[0].width
        tables += [table for table in others if may_be_rest(table, above, width)]
    return Found("\n".join(lines), tuple(tables), tokens_in(marks))


def _sheets(book: CalamineWorkbook) -> Iterator[tuple[SheetMetadata, CalamineSheet]]:
    """The sheets of cells. Raises UnreadError where they have too many."""
    cells = 0
    for about in [one for one in book.sheets_metadata if one.typ is SheetTypeEnum.WorkSheet][:MOST_SHEETS]:
        sheet = book.get_sheet_by_name(about.name)
        cells += sheet.total_height * sheet.width
        if cells > MOST_CELLS:
            raise UnreadError(TOO_LARGE)
        yield about, sheet


def _joined(seen: ShowsCells, sheet: CalamineSheet) -> tuple[Area, ...]:
    """The areas merged over several rows, by their place among the cells that are read: from the sheet's first row, as the library
    reads them, and its first column that is not empty."""
    _, left = sheet.start or (0, 0)
    merged = seen.merged(sheet.name) if isinstance(seen, OpenBook) else sheet.merged_cell_ranges
    return tuple(
        (first_row, first_column - left, last_row, last_column - left)
        for (first_row, first_column), (last_row, last_column) in merged or ()
        if last_row > first_row
    )


def _as_seen(package: zipfile.ZipFile) -> ShowsCells:
    names = package.namelist()
    if _WORKBOOK in names:
        return ShownBook(package)
    return OpenBook(package) if _CONTENT in names else UnseenBook()


def _as_shown(seen: ShowsCells, sheet: CalamineSheet, table: Table, values: Sequence[Sequence[object]]) -> Table:
    """The form with what its cells show where their values, by row and column, mislead."""
    _, left = sheet.start or (0, 0)
    doubtful = {
        (row + 1, left + column + 1): values[row][column]
        for row, column in figure_cells(table)
        if may_mislead(values[row][column])
    }
    told = seen.cells(sheet.name, doubtful)
    rows = [list(row) for row in table.rows] if told else []
    for (row, column), text in told.items():
        if row <= len(rows) and 0 < column - left <= len(rows[0]):  # a formula may stand beyond all values
            rows[row - 1][column - left - 1] = text
    return replace(table, rows=tuple(map(tuple, rows))) if told else table


def _properties(package: zipfile.ZipFile) -> str:
    """The properties of a document as text, in which its token stands."""
    parts = [name for name in _PROPERTIES if name in package.namelist()]
    small = [name for name in parts if package.getinfo(name).file_size <= _LARGEST_PROPERTIES]
    return "\n".join(package.read(name).decode("utf-8", "replace") for name in small)


def _marks_of_old(data: bytes) -> str:
    """The tokens of a workbook as old programs save it, looked for where its properties may be."""
    return "\n".join(found.replace(b"\0", b"").decode("ascii") for found in _TOKEN_IN_OLE.findall(data))


def _row(values: Sequence[object]) -> tuple[str, ...]:
    """The cells of a row as text, one of several lines on one."""
    cells = ["" if cell == "" else " ".join(cell.split()) if isinstance(cell, str) else _cell(cell) for cell in values]
    return tuple(cells)


def _cell(value: object) -> str:
    """A whole number without the .0 that sheets keep it with."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)

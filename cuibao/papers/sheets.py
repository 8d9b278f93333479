"""Excel sheets of plain rows, such as the ledger: no cell of them is ever a formula, and they print on A4."""

import re
from collections.abc import Iterable, Iterator, Sequence
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
_LINE, _TALLEST = 16, 409
"""Points: a line of 11 points, as LibreOffice sets it in the fonts that stand in for 宋体, and the tallest row that Excel allows."""
_MOST_LINES = 20
"""A framed row of more lines than that becomes several: it would leave half a page empty, and what is beyond 409 points is cut."""
_RAGGED = 3
"""By how many characters a line of several may end early, since no mark begins the next one."""
_STOPS = ("。", "；")
_LONGEST = 32_000
"""Excel's cells hold 32,767 characters."""


def storable(text: str) -> str:
    """The text without what a sheet cannot hold."""
    return _ILLEGAL.sub("", text)[:_LONGEST]


def harmless(text: str) -> str:
    """The text as a cell may hold it that says nothing of its kind: with an apostrophe before what begins like a formula."""
    plain = storable(text)
    return f"'{plain}" if plain.startswith(_FORMULA) else plain


Value = str | int | Decimal | None
Row = Sequence[Value]


@dataclass(frozen=True, slots=True)
class Page:
    """One sheet. `widths` are in characters. With a `heading` it is a table to be handed on: the heading above it, every cell framed
    and its text wrapped, a row that is too tall going on in the next ones; else a plain list. `under` is what stands between heading and
    table, at the left and at the right edge. With `wraps`, long texts of a list go on in
    the next line of their cell."""

    title: str
    headers: Sequence[str]
    widths: Sequence[int]
    rows: Iterable[Row]
    heading: str = ""
    under: tuple[str, str] = ("", "")
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
    for row in rows:
        top = _append(made, page, row, centred, top)


def _append(made: Any, page: Page, row: Row, centred: Sequence[bool], last: int) -> int:
    """Append it below the sheet's last row, be it as several, and say which is the last one now."""
    if not (page.heading or page.wraps):
        made.append([_cell(made, page, value) for value in row])
        return last + 1
    place, pieces = _pieces(row, page)
    for nth, piece in enumerate(pieces):
        made.row_dimensions[last + 1 + nth].height = _height(piece, page.widths[place])
        values = [piece if at == place else None if nth else value for at, value in enumerate(row)]
        cells = zip(values, centred, strict=True)
        made.append([_cell(made, page, value, middle=middle, top=len(pieces) > 1) for value, middle in cells])
    now = last + len(pieces)
    if len(pieces) > 1:
        _join(made, last + 1, now, (at for at in range(len(row)) if at != place))
    return now


def _pieces(row: Row, page: Page) -> tuple[int, list[Value]]:
    """The place of the tallest cell, and what it holds: all of it, or, where the row would be too tall, in a row each, its lines."""
    counts = [_count(value, width) for value, width in zip(row, page.widths, strict=True)]
    place = counts.index(max(counts))
    if not page.heading or max(counts) <= _MOST_LINES:
        return place, [row[place]]
    width = page.widths[place]
    return place, [piece for line in str(row[place]).split("\n") for piece in _cut(line, width)]


def _cut(line: str, width: int) -> Iterator[str]:
    """A line in pieces that a row can hold, each ending with a sentence where one ends in its second half."""
    most = _MOST_LINES * (width - _RAGGED) // 2
    while _count(line, width) > _MOST_LINES:
        stop = max(line.rfind(mark, most // 2, most) for mark in _STOPS) + 1 or most
        yield line[:stop]
        line = line[stop:]
    yield line


def _height(piece: Value, width: int) -> float:
    """Points for a row that is to hold this: not every program finds it out by itself. The row's other cells take no more, since the one
    that is cut in pieces is the tallest."""
    return min(_TALLEST, 6 + _count(piece, width) * _LINE)


def _join(made: Any, first: int, last: int, columns: Iterable[int]) -> None:
    """Merge the cells of these columns from the first of the rows to the last."""
    from openpyxl.worksheet.cell_range import CellRange

    for column in columns:
        made.merged_cells.add(CellRange(None, column + 1, first, column + 1, last))


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
    """The heading across all columns, and what stands under it."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font

    cells = [WriteOnlyCell(made, page.heading), *(WriteOnlyCell(made, None) for _ in page.headers[1:])]
    cells[0].font = Font(name=_FONT, bold=True, size=16)
    for one in cells:
        one.alignment = Alignment("centerContinuous", "center")
    made.row_dimensions[1].height, made.row_dimensions[2].height, made.row_dimensions[3].height = 32, 20, 22
    made.append(cells)
    left, right = (WriteOnlyCell(made, storable(text) or None) for text in page.under)
    left.font = right.font = Font(name=_FONT, size=_SIZE)
    right.alignment = Alignment("right")
    under: list[Any] = [None] * len(page.headers)
    under[-1], under[0] = right, left
    made.append(under)


def _cell(made: Any, page: Page, value: Value, *, head: bool = False, middle: bool = True, top: bool = False) -> Any:
    """The value as the page shows it; in a plain list no more than the value. What is cut over rows stands at their `top`, so that it
    begins on the page on which its row begins."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Border, Font, Side

    plain = storable(value) if isinstance(value, str) else value
    reckoned = isinstance(plain, str) and plain.startswith(_FORMULA)
    if not (reckoned or head or page.heading or page.wraps):
        return plain
    cell = WriteOnlyCell(made, plain)
    if reckoned:
        cell.data_type, cell.quotePrefix = "s", True
    if not (head or page.heading or page.wraps):
        return cell
    cell.font = Font(name=_FONT, size=_SIZE, bold=head)
    if page.heading:
        line = Side(style="thin")
        cell.alignment = Alignment("center" if middle else "left", "top" if top else "center", wrap_text=True)
        cell.border = Border(line, line, line, line)
    elif page.wraps:
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def _short(column: Iterable[Value]) -> bool:
    """Whether no cell of a column is long: it then stands in the middle, else every one begins at the left."""
    return all(not isinstance(value, str) or _width(value) <= _SHORT for value in column)


def _count(value: Value, width: int) -> int:
    """How many lines it takes in a column of that width."""
    wide = map(_width, str(value).split("\n"))
    return sum(1 if each < width else -(-each // max(1, width - _RAGGED)) for each in wide)


def _width(text: str) -> int:
    """In characters, a Chinese one counted as two."""
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)

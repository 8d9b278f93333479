"""What the cells of an old workbook show, xls as Excel 97 to 2003 and et as WPS writes it (BIFF8), where their values alone mislead.

xlrd looks at them, once for the workbook and only for a form's figures. It tells no formulas; whether any calls out is seen in the
records themselves."""

import io
import re
import struct
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from cuibao.papers.contents.shown_cells import CALLS_OUT, STRUCK, UNSEEN, Place, UnseenBook, formatted, run, told

if TYPE_CHECKING:
    from xlrd.book import Book

_BIFF8 = 80
_HEAD, _PLACE = struct.Struct("<HH"), struct.Struct("<HH")
_FORMULA, _NAME, _SUPBOOK = 0x0006, 0x0018, 0x01AE
"""Records ([MS-XLS] 2.3.2): a formula, a defined name, the book that formulas refer to."""
_ITSELF = b"\x01\x04"
_FETCHING = b"WEBSERVICE"
"""A function that is younger than the format, and so kept as a name."""
_TOKENS = 22
"""Where a formula's tokens begin."""
_SHARED = b"\x01"
"""The token of a formula that stands elsewhere."""
_OUTSIDE = re.compile(rb"[\x23\x39-\x3d\x43\x59-\x5d\x63\x79-\x7d]")
"""The tokens of names and of references to other sheets and books, or a byte that looks like one; both are for a person."""


class OldBook:
    """Fulfils ShowsCells."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def cells(self, sheet: str, values: Mapping[Place, object]) -> Mapping[Place, str]:
        """As ShowsCells has it. Of what calls out only those with these values."""
        if not values:
            return {}
        try:
            page = self._book.sheet_by_name(sheet)
            found = {place: self._shown(page, place, value) for place, value in values.items()}
        except Exception:  # noqa: BLE001 - hostile bytes raise anything; what cannot be looked at is told
            return UnseenBook().cells(sheet, values)
        return {place: text for place, text in found.items() if text}

    @cached_property
    def _book(self) -> "Book":
        import xlrd

        return xlrd.open_workbook(
            file_contents=self._data,
            logfile=io.StringIO(),
            formatting_info=True,
            on_demand=True,
            ragged_rows=True,
            ignore_workbook_corruption=True,
        )

    def _shown(self, page: Any, place: Place, value: object) -> str:
        row, column = place[0] - 1, place[1] - 1
        cell = page.cell(row, column)
        if self._book.biff_version < _BIFF8 or cell.value != value:
            return told(value, UNSEEN)
        if place in self._fetched:
            return CALLS_OUT
        style = self._book.xf_list[cell.xf_index]
        runs = page.rich_text_runlist_map.get((row, column), ())
        if isinstance(value, str) and runs:
            return self._rich(value, ((0, style.font_index), *runs))
        if self._book.font_list[style.font_index].struck_out:
            return told(value, STRUCK)
        return "" if isinstance(value, str) else formatted(value, self._book.format_map[style.format_key].format_str)

    def _rich(self, value: str, runs: tuple[tuple[int, int], ...]) -> str:
        """A text whose fonts begin at these places."""
        ends = (*(start for start, _ in runs[1:]), len(value))
        fonts = ((start, end, self._book.font_list[font]) for (start, font), end in zip(runs, ends, strict=True))
        parts = (
            run(value[start:end], struck=bool(font.struck_out), raised=bool(font.escapement))
            for start, end, font in fonts
        )
        shown = "".join(parts)
        return "" if shown == value else shown.strip() or told(value, STRUCK)

    @cached_property
    def _fetched(self) -> frozenset[Place]:
        """Where formulas stand, on whatever sheet, that may fetch what they show from elsewhere."""
        records = list(self._records())
        linked = any(kind == _SUPBOOK and data[2:4] != _ITSELF for kind, data in records)
        if not linked and not any(kind == _NAME and _FETCHING in data for kind, data in records):
            return frozenset()
        formulas = (data for kind, data in records if kind == _FORMULA and _may_fetch(data[_TOKENS:]))
        return frozenset((row + 1, column + 1) for row, column in (_PLACE.unpack_from(data) for data in formulas))

    def _records(self) -> Iterator[tuple[int, bytes]]:
        stream, place, end = self._book.mem, self._book.base, self._book.base + self._book.stream_len
        while place + _HEAD.size <= end:
            kind, size = _HEAD.unpack_from(stream, place)
            place += _HEAD.size
            if kind in (_FORMULA, _NAME, _SUPBOOK):
                yield kind, bytes(stream[place : place + size])
            place += size


def _may_fetch(tokens: bytes) -> bool:
    return tokens.startswith(_SHARED) or bool(_OUTSIDE.search(tokens))

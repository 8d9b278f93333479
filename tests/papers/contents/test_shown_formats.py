"""Figures are read as their cells show them in every format of a workbook; where the format tells only values, none is taken."""

import io
import struct
import zipfile
from pathlib import Path
from typing import Any

import pytest
from forms import filled, page, read
from marks import TAKEN, TOLD, marked, taken_and_told

from cuibao.papers.form.layout import TITLE

SAVED_BY_LIBREOFFICE = Path(__file__).parents[2] / "data/forms"
"""shown.xls and shown.ods are marked() as it saves them."""
_RELATIONS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def test_a_marked_form_is_read_as_excel_shows_it() -> None:
    assert taken_and_told("完成情况表.xlsx", marked()) == (TAKEN, TOLD)


@pytest.mark.parametrize(("saved", "name"), [("shown.xls", "表.xls"), ("shown.xls", "表.et"), ("shown.ods", "表.ods")])
def test_so_is_one_in_another_format(saved: str, name: str) -> None:
    assert taken_and_told(name, (SAVED_BY_LIBREOFFICE / saved).read_bytes()) == (TAKEN, TOLD)


def _record(kind: int, data: bytes = b"") -> bytes:
    """A record of an xlsb ([MS-XLSB] 2.1.4)."""
    head = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size = bytes([len(data) & 0x7F | 0x80, len(data) >> 7])
    return head + size + data


def _words(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def _cell(cell: Any) -> bytes:
    head = struct.pack("<II", cell.column - 1, 0)
    if isinstance(cell.value, int | float):
        return _record(5, head + struct.pack("<d", cell.value))
    return _record(6, head + _words(cell.value))


def as_xlsb(data: bytes) -> bytes:
    """The form's values as a binary workbook of Excel."""
    sheet = page(data)
    book = b"".join(
        (_record(131), _record(143), _record(156, struct.pack("<II", 0, 1) + _words("rId1") + _words(TITLE)))
    )
    cells = _record(148, struct.pack("<IIII", 0, sheet.max_row - 1, 0, sheet.max_column - 1)) + _record(145)
    for row in sheet.iter_rows():
        cells += _record(0, struct.pack("<IIHBBBI", row[0].row - 1, 0, 300, 0, 0, 0, 0))
        cells += b"".join(_cell(cell) for cell in row if cell.value is not None)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr("xl/workbook.bin", book + _record(144) + _record(132))
        package.writestr("xl/worksheets/sheet1.bin", _record(129) + cells + _record(146) + _record(130))
        package.writestr(
            "xl/_rels/workbook.bin.rels",
            f'{_RELATIONS}<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.bin"/></Relationships>',
        )
    return made.getvalue()


def test_of_a_binary_workbook_no_figure_is_taken() -> None:
    found = read(as_xlsb(filled()), name="表.xlsb")
    assert found.figures == ()
    assert "第7项“新建”填写的“18（单元格格式未能核对）”不能识别为确切的数，未予采用，请核实后更正" in found.problems
    assert [words.progress for no, words in found.words if no == 7] == ["已开工18所"]

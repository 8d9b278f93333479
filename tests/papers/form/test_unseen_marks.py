"""Characters within a figure that nobody sees, or that a program keeps for a line's end."""

import io
import zipfile
from decimal import Decimal

import pytest
from forms import PUPILS, filled, put, read

from cuibao.papers.contents.limits import bounded_table
from cuibao.papers.form.layout import Table

HELD = "QQ"


def sheet(mark: str) -> bytes:
    """A form with these bytes of XML within a figure: openpyxl itself writes no such thing."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(filled(put(PUPILS, f"8{HELD}500")))) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(HELD.encode(), mark.encode()))
    return target.getvalue()


@pytest.mark.parametrize("mark", ["_x000D_", "_x000B_", "_x000d_\n", "_x0001_", "&#13;", "&#10;", "\u202e", "\u200f"])
def test_a_control_character_in_a_sheets_figure_leaves_it_to_a_person(mark: str) -> None:
    found = read(sheet(mark))
    assert PUPILS not in {one.indicator for one in found.figures}
    assert any(PUPILS in problem and "不能识别为确切的数" in problem for problem in found.problems)


@pytest.mark.parametrize(("mark", "value"), [("_x0031_", 81500), ("\u200b", 8500), ("\u2060", 8500), ("\u00ad", 8500)])
def test_a_sheets_figure_is_read_as_excel_shows_it(mark: str, value: int) -> None:
    assert {one.indicator: one.value for one in read(sheet(mark)).figures}[PUPILS] == Decimal(value)


@pytest.mark.parametrize("mark", ["\x01", "\x0b", "\x0c", "\x1f", "\x7f", "\x85", "\ud800"])
def test_a_control_character_within_a_cell_is_a_blank(mark: str) -> None:
    assert bounded_table(Table(((f"8{mark}500", f"{mark}9\ufeff", "一\n二"),))).rows == (("8 500", "9", "一\n二"),)

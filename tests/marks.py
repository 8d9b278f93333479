"""A form whose figures mislead unless they are read as their cells show them, and what is to be read of it in whatever format."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from forms import COLUMN, HUNDRED, changed, made, row_of
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font

from cuibao.papers.attachments import attach
from cuibao.papers.contents.opening import opened
from cuibao.papers.form.layout import Column
from cuibao.papers.form.reading import Expected, read_forms

Hand = Callable[[Any], None]
"""What is done to a figure's cell."""


class Mark(NamedTuple):
    """A figure: what is done to its cell, the number that is taken or None, and what the receipt tells instead."""

    hand: Hand
    taken: str | None
    told: str = ""


def of_format(value: object, form: str) -> Hand:
    def hand(cell: Any) -> None:
        cell.value, cell.number_format = value, form

    return hand


def of_runs(*parts: str | tuple[str, dict[str, Any]]) -> Hand:
    runs = (part if isinstance(part, str) else TextBlock(InlineFont(**part[1]), part[0]) for part in parts)
    return of_format(CellRichText(*runs), "General")


def struck(value: object) -> Hand:
    def hand(cell: Any) -> None:
        cell.value, cell.font = value, Font(strike=True)

    return hand


PEOPLE: Sequence[Mark] = (
    Mark(of_format(1, "0%"), None, "填写的“100%”计量单位不是“人”"),
    Mark(of_format(2, '0"万"'), "20000"),
    Mark(of_format(2.3, "0.0\\万"), "23000"),
    Mark(of_format(2, '0!.0,"万"'), None, "填写的“2（单元格格式特殊）”"),
    Mark(of_format(12, '"约"0'), None, "填写的“约12”不是确数"),
    Mark(of_format(18, '0"%"'), None, "填写的“18%”计量单位不是“人”"),
    Mark(of_format(2345, ";;;"), None, "填写的“2345（单元格格式特殊）”"),
    Mark(of_format(23000, "_ * #,##0_ ;_ * -#,##0_ "), "23000"),
    Mark(of_format(23001, '[Red]#,##0"人"'), "23001"),
    Mark(of_format(3000, "General"), "3000"),
    Mark(of_format("23002", "@"), "23002"),
    Mark(of_format(23003, "@"), "23003"),
    Mark(of_format(23004, "0,"), None, "填写的“23004（单元格格式特殊）”"),
    Mark(of_format(23456, "[$-804]#,##0;[Red]-#,##0"), "23456"),
    Mark(of_runs("23005", ("1", {"vertAlign": "superscript"})), None, "填写的“23005^1”"),
    Mark(of_runs(("2", {"strike": True}), "23006"), "23006"),
    Mark(of_runs(("23", {"b": True}), ("007", {"vertAlign": "baseline"})), "23007"),
    Mark(of_runs(("23008", {"strike": True})), None, "填写的“23008（已划去）”"),
    Mark(struck("23009"), None, "填写的“23009（已划去）”"),
    Mark(struck(23010), None, "填写的“23010（已划去）”"),
)
SHARES: Sequence[Mark] = (
    Mark(of_format(0.985, "0.0%"), "98.5"),
    Mark(of_format(0.9856, "0%"), "98.56"),
    Mark(of_format(1, "0%"), "100"),
    Mark(of_format(98, '0"%"'), "98"),
    Mark(of_format(98.4, "0"), "98.4"),
    Mark(of_format(0.985, "General"), None, "不能确定是98.5%还是0.985%"),
)
_MARKS = {item.targets[0].indicator: mark for item, mark in zip(HUNDRED, PEOPLE, strict=True)}
_MARKS |= {item.targets[1].indicator: mark for item, mark in zip(HUNDRED, SHARES, strict=False)}
TAKEN = {indicator: Decimal(mark.taken) for indicator, mark in _MARKS.items() if mark.taken}
TOLD = {indicator: mark.told for indicator, mark in _MARKS.items() if mark.told}


def marked() -> bytes:
    """The form as Excel has it."""

    def hand(sheet: Any) -> None:
        for indicator, mark in _MARKS.items():
            mark.hand(sheet.cell(row_of(sheet, indicator), COLUMN[Column.DONE]))

    facts: dict[str, Any] = {"lead": HUNDRED, "cooperating": (), "last": {}}
    return changed(made(**facts), hand)


def taken_and_told(name: str, data: bytes) -> tuple[dict[str, Decimal], dict[str, str]]:
    """The figures that are taken of the form, and what is told of the others where it is what it should be."""
    one = opened(attach(name, data))
    found = read_forms(one.tables, Expected(HUNDRED, frozenset(item.no for item in HUNDRED)))
    told = {
        indicator: words
        for indicator, words in TOLD.items()
        if any(indicator in p and words in p for p in found.problems)
    }
    return {figure.indicator: figure.value for figure in found.figures}, told

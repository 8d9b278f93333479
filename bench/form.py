"""Making the form of a unit with 12 items of four targets, beside openpyxl writing the same cells with the same styles and nothing
else; reading it back filled in, and reading every form that the registry in config/ makes, beside python-calamine alone. Processor
time; medians of rounds in which the contestants take turns."""

import io
import time
from collections.abc import Callable
from copy import copy
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

from forms import COLUMN, FACTS, SAID, changed
from openpyxl import Workbook, load_workbook
from python_calamine import load_workbook as calamine

from cuibao.gateways.settings import load_office
from cuibao.papers.contents.spreadsheets import sheet_contents
from cuibao.papers.form.layout import TITLE, Column
from cuibao.papers.form.making import FormFacts, form
from cuibao.papers.form.reading import Expected, read_forms
from cuibao.rules.obligation import obligations
from cuibao.rules.registry import Comparison, Item, Role, Target

ROUNDS, MADE, READ = 9, 4, 40
"""Rounds, and how many forms each contestant makes or reads in one."""
ITEMS, TARGETS = 12, 4
MEASURES = ("人", "%", "公里", "个")


def facts() -> FormFacts:
    items = tuple(
        Item(
            no,
            "教育",
            f"重点工作{no}",
            (FACTS.unit,),
            targets=tuple(
                Target(f"指标{no}之{place}", Comparison.AT_LEAST, FACTS.lead[0].targets[0].value * 100, measure)
                for place, measure in enumerate(MEASURES)
            ),
        )
        for no in range(1, ITEMS + 1)
    )
    return replace(FACTS, lead=items[: ITEMS // 2], cooperating=items[ITEMS // 2 :], last={})


def office_facts() -> list[FormFacts]:
    """The forms that go to the units of config/ in a quarter."""
    office, _ = load_office(Path("config"))
    found = []
    for unit, duties in obligations(office.registry, office.reporting).items():
        roles = {duty.item: duty.role for duty in duties if duty.owed}
        items = [item for item in office.registry.items if item.no in roles]
        lead = tuple(item for item in items if roles[item.no] is Role.LEAD)
        cooperating = tuple(item for item in items if roles[item.no] is not Role.LEAD)
        found.append(replace(FACTS, unit=unit, lead=lead, cooperating=cooperating, last={}))
    return [told for told in found if told.lead or told.cooperating]


def answered(told: FormFacts, data: bytes) -> tuple[bytes, Expected]:
    """The form with a figure for every target and words for every item, and what its reader expects."""
    items = (*told.lead, *told.cooperating)
    values = {target.indicator: int(target.value / 2) for item in items for target in item.targets}

    def fill(sheet: Any) -> None:
        for row in range(1, sheet.max_row + 1):
            indicator = sheet.cell(row, COLUMN[Column.INDICATOR]).value
            if indicator in values:
                sheet.cell(row, COLUMN[Column.DONE]).value = values[indicator]
            if str(sheet.cell(row, COLUMN[Column.NO]).value).isdigit():
                sheet.cell(row, COLUMN[Column.PROGRESS]).value = f"{SAID[7]}，累计开展督导{row}次，按序时进度推进。"

    return changed(data, fill), Expected(items, frozenset(item.no for item in told.lead))


def milliseconds(count: int, *works: Callable[[], object]) -> list[float]:
    """Each contestant's median time for one form."""
    times: list[list[float]] = [[] for _ in works]
    for _ in range(ROUNDS):
        for work, found in zip(works, times, strict=True):
            begun = time.process_time()
            for _ in range(count):
                work()
            found.append((time.process_time() - begun) / count * 1000)
    return [median(found) for found in times]


def bare_maker(data: bytes) -> Callable[[], object]:
    """openpyxl writing every cell that the form has, its value and its style, and the merged areas."""
    book = load_workbook(io.BytesIO(data))
    sheet = book[TITLE]
    cells = [
        (cell.row, cell.column, cell.value, [copy(getattr(cell, part)) for part in PARTS])
        for row in sheet.iter_rows()
        for cell in row
        if type(cell).__name__ == "Cell"
    ]
    merged = [str(area) for area in sheet.merged_cells.ranges]

    def make() -> bytes:
        made = Workbook()
        page: Any = made.worksheets[0]
        for row, column, value, styles in cells:
            cell = page.cell(row, column, value)
            for part, style in zip(PARTS, styles, strict=True):
                setattr(cell, part, style)
        for area in merged:
            page.merge_cells(area)
        held = io.BytesIO()
        made.save(held)
        return held.getvalue()

    return make


PARTS = ("font", "alignment", "border", "fill", "protection")


def plain_maker(data: bytes) -> Callable[[], object]:
    """openpyxl writing the values alone, no style at all."""
    sheet = load_workbook(io.BytesIO(data))[TITLE]
    cells = [(cell.row, cell.column, cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]

    def make() -> bytes:
        made = Workbook()
        page: Any = made.worksheets[0]
        for row, column, value in cells:
            page.cell(row, column, value)
        held = io.BytesIO()
        made.save(held)
        return held.getvalue()

    return make


def compare(what: str, forms: list[tuple[bytes, Expected]], count: int) -> None:
    """Print the mean time of reading a form, beside its cells, text and marks alone, and beside python-calamine."""

    def bare_read() -> None:
        for data, _ in forms:
            book = calamine(io.BytesIO(data))
            for name in book.sheet_names:
                book.get_sheet_by_name(name).to_python()

    def cells_only() -> None:
        for data, _ in forms:
            sheet_contents(data)

    def read() -> int:
        return sum(len(read_forms(sheet_contents(data).tables, expected).figures) for data, expected in forms)

    figures = read()
    assert figures == sum(len(item.targets) for _, expected in forms for item in expected.items)
    ours, cells, bare = (each / len(forms) for each in milliseconds(count, read, cells_only, bare_read))
    print(
        f"{what} ({len(forms)}, {figures} figures): {ours:.2f} ms each; {ours / bare:.2f} of python-calamine; "
        f"its cells, text and marks alone {cells / bare:.2f}"
    )


def main() -> None:
    told = facts()
    data = form(told)
    ours, styled, plain = milliseconds(MADE, lambda: form(told), bare_maker(data), plain_maker(data))
    print(
        f"making: {ours:.1f} ms; {ours / styled:.2f} of openpyxl with the same styles, {ours / plain:.2f} without any"
    )

    compare("reading it", [answered(told, data)], READ)
    compare("reading the forms of config/", [answered(one, form(one)) for one in office_facts()], 1)
    print(f"the form: {len(data) / 1024:.1f} KB")


if __name__ == "__main__":
    main()

"""Making the form of a unit with 12 items, beside openpyxl writing the same cells with the same styles and nothing else; reading it
back filled in, beside python-calamine alone. Processor time; medians of rounds in which the contestants take turns."""

import io
import time
from collections.abc import Callable
from copy import copy
from statistics import median
from typing import Any

from forms import FACTS, SAID, changed, put
from openpyxl import Workbook, load_workbook
from python_calamine import load_workbook as calamine

from cuibao.papers.contents.spreadsheets import sheet_contents
from cuibao.papers.form.layout import TITLE
from cuibao.papers.form.making import FormFacts, form
from cuibao.papers.form.reading import Expected, read_forms
from cuibao.rules.registry import Comparison, Item, Target

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
    return FormFacts(
        notice=FACTS.notice,
        unit=FACTS.unit,
        period=FACTS.period,
        deadline=FACTS.deadline,
        token=FACTS.token,
        at=FACTS.at,
        lead=items[: ITEMS // 2],
        cooperating=items[ITEMS // 2 :],
    )


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


def main() -> None:
    told = facts()
    data = form(told)
    ours, styled, plain = milliseconds(MADE, lambda: form(told), bare_maker(data), plain_maker(data))
    print(
        f"making: {ours:.1f} ms; {ours / styled:.2f} of openpyxl with the same styles, {ours / plain:.2f} without any"
    )

    def fill(sheet: Any) -> None:
        for item in (*told.lead, *told.cooperating):
            for target in item.targets:
                put(target.indicator, 1250)(sheet)
        sheet["I5"] = SAID[7]

    filled = changed(data, fill)
    expected = Expected((*told.lead, *told.cooperating), frozenset(item.no for item in told.lead))

    def bare_read() -> object:
        book = calamine(io.BytesIO(filled))
        return [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]

    read = read_forms(sheet_contents(filled).tables, expected)
    assert len(read.figures) == ITEMS * TARGETS
    ours, cells, bare = milliseconds(
        READ,
        lambda: read_forms(sheet_contents(filled).tables, expected),
        lambda: sheet_contents(filled),
        bare_read,
    )
    print(
        f"reading: {ours:.2f} ms; {ours / bare:.2f} of python-calamine; its cells, text and marks alone {cells / bare:.2f}"
    )
    print(f"the form: {len(data) / 1024:.1f} KB")


if __name__ == "__main__":
    main()

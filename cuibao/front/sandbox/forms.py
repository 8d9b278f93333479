"""How a clerk fills in the form that came with a letter: figures near what is due, words for each item, now and then not as asked."""

import random
import re
from collections.abc import Sequence
from html import escape
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from python_calamine import load_workbook

_SHEET = "xl/worksheets/sheet1.xml"
_DAMAGED_SHARE = 0.2
_DUE = {"Q2": 0.5, "Q3": 0.75, "Q4": 1.0}
_WORDS = ("按计划推进", "进展顺利", "正在抓紧实施", "已完成阶段性任务")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_COOPERATING = "协同事项"
_EMPTY_CELL = re.compile(r'<c r="([GI]\d+)"( s="\d+")[^<>]*?(?:/>|></c>)')
"""Of the columns that are filled in; with or without lxml, openpyxl writes either form."""


def filled_in(form: bytes, period: str, rng: random.Random) -> bytes:
    """The form with a figure for each target that the unit leads and words for each item; one figure in some forms is written
    as people write, 约500 or 1.2万. The same arguments, with rng in the same state, give the same bytes."""
    rows = load_workbook(BytesIO(form)).get_sheet_by_index(0).to_python(skip_empty_area=False)
    figures: dict[str, str] = {}
    words: dict[str, str] = {}
    led = True
    for number, row in enumerate(rows, start=1):
        first = str(row[0])
        led = led and not first.startswith(_COOPERATING)
        if first.isdigit():
            words[f"I{number}"] = rng.choice(_WORDS)
        if led and (goal := _NUMBER.search(str(row[4]))):
            figures[f"G{number}"] = _figure(row, float(goal.group()), _DUE.get(period[-2:], 1.0), rng)
    if figures and rng.random() < _DAMAGED_SHARE:
        cell = rng.choice(sorted(figures))
        words[cell] = _as_people_write(figures.pop(cell), rng)
    return _written(form, figures, words)


def _figure(row: Sequence[object], goal: float, due: float, rng: random.Random) -> str:
    """Near the share of the goal that is due, a level where it is a percentage, and never below the last quarter's."""
    if str(row[3]) == "%":
        return f"{min(100.0, goal * rng.uniform(0.96, 1.01)):.1f}"
    last = float(found.group()) if (found := _NUMBER.fullmatch(str(row[5]))) else 0.0
    return str(round(max(last, goal * due * rng.uniform(0.8, 1.15))))


def _as_people_write(figure: str, rng: random.Random) -> str:
    return f"{float(figure) / 10_000:g}万" if len(figure) > 4 and rng.random() < 0.5 else f"约{figure}"


def _written(form: bytes, figures: dict[str, str], words: dict[str, str]) -> bytes:
    """The workbook with these cells, each still in its style."""
    held = BytesIO()
    with ZipFile(BytesIO(form)) as old, ZipFile(held, "w", ZIP_DEFLATED) as new:
        for part in old.infolist():
            data = old.read(part)
            if part.filename == _SHEET:
                data = _cells(data.decode(), figures, words).encode()
            new.writestr(part, data)
    return held.getvalue()


def _cells(xml: str, figures: dict[str, str], words: dict[str, str]) -> str:
    def cell(match: re.Match[str]) -> str:
        place = match.group(1)
        if place in figures:
            return f'<c r="{place}"{match.group(2)}><v>{figures[place]}</v></c>'
        if place in words:
            return f'<c r="{place}"{match.group(2)} t="inlineStr"><is><t>{escape(words[place])}</t></is></c>'
        return match.group(0)

    return _EMPTY_CELL.sub(cell, xml)

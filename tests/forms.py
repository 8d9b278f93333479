"""Forms for tests: the facts of one, its bytes, and a hand that fills it in as units do."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from typing import Any

from openpyxl import load_workbook
from world import EDUCATION, NOTICE, PERIODS, at

from cuibao.papers.form.layout import TITLE, Column
from cuibao.papers.form.making import FormFacts, form
from cuibao.rules.office import Notice
from cuibao.rules.progress import Figure
from cuibao.rules.registry import Comparison, Item, Target

TOKEN = "MS-7K2M9QXD4T"
PUPILS, PLACES, ROADS, COVER, FIELDS, LIMIT = "受助学生", "新增学位", "通学道路", "参保率", "整治面积", "投诉件"
KINDERGARTENS = Item(
    7,
    "教育",
    "新建幼儿园",
    (EDUCATION,),
    targets=(
        Target("新建", Comparison.AT_LEAST, Decimal(25), "所"),
        Target(PLACES, Comparison.AT_LEAST, Decimal(6000), "个"),
        Target(ROADS, Comparison.AT_LEAST, Decimal("12.5"), "公里"),
    ),
)
SUPPORT = Item(
    11, "教育", "资助困难学生", (EDUCATION,), targets=(Target(PUPILS, Comparison.AT_LEAST, Decimal(30000), "人"),)
)
INSURANCE = Item(
    18, "社会保障", "学生医保", (EDUCATION,), targets=(Target(COVER, Comparison.AT_LEAST, Decimal(98), "%"),)
)
TEACHING = Item(20, "教育", "师德师风建设", (EDUCATION,))
LAND = Item(
    31,
    "乡村",
    "校园周边整治",
    (EDUCATION,),
    targets=(
        Target(FIELDS, Comparison.AT_LEAST, Decimal(300), "亩"),
        Target(LIMIT, Comparison.AT_MOST, Decimal(20), "件"),
    ),
)
LEAD, COOPERATING = (KINDERGARTENS, SUPPORT, TEACHING), (INSURANCE, LAND)
FACTS = FormFacts(
    notice=Notice(NOTICE, 2020, "2020年民生工作要点"),
    unit=EDUCATION,
    period=PERIODS[1],
    deadline="9月30日前（含当日）",
    token=TOKEN,
    at=at("2020-09-16T09:00"),
    lead=LEAD,
    cooperating=COOPERATING,
    last={(7, "新建"): Figure(7, "新建", Decimal(9), "所")},
)
COLUMN = {column: number for number, column in enumerate(Column, start=1)}


def made(**changes: Any) -> bytes:
    """The form, with other facts where a test asks for them."""
    return form(replace(FACTS, **changes))


def page(data: bytes) -> Any:
    """The sheet of a form, to look at."""
    return load_workbook(BytesIO(data))[TITLE]


def row_of(sheet: Any, text: str, column: Column = Column.INDICATOR) -> int:
    """The first row that has that text in a column."""
    return next(row for row in range(1, sheet.max_row + 1) if sheet.cell(row, COLUMN[column]).value == text)


def changed(data: bytes, change: Callable[[Any], None]) -> bytes:
    """The form after a hand has been at its sheet."""
    book = load_workbook(BytesIO(data))
    change(book[TITLE])
    held = BytesIO()
    book.save(held)
    return held.getvalue()

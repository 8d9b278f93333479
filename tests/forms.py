"""Forms for tests: the facts of one, its bytes, and a hand that fills it in as units do."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from typing import Any

from openpyxl import load_workbook
from world import EDUCATION, HEALTH, NOTICE, PERIODS, UNITS, at

from cuibao.papers.attachments import attach
from cuibao.papers.contents.opening import opened
from cuibao.papers.figures import figures_of
from cuibao.papers.form.doubts import Known
from cuibao.papers.form.layout import TITLE, Column
from cuibao.papers.form.making import FormFacts, form
from cuibao.papers.form.reading import FormRead
from cuibao.papers.mail import Mail
from cuibao.papers.whose import LetterRef, View
from cuibao.rules.office import Notice
from cuibao.rules.progress import Figure
from cuibao.rules.registry import Comparison, Item, Registry, Target

TOKEN, SECOND, OTHERS = "MS-7K2M9QXD4T", "MS-2222222222", "MS-3333333333"
"""Of the unit's letter of the third quarter, its letter of the second, and another unit's."""
PUPILS, PLACES, ROADS, COVER, FIELDS, LIMIT = "受助学生", "新增学位", "通学道路", "参保率", "整治面积", "投诉件"
HUNDRED = tuple(
    Item(
        no,
        "教育",
        f"重点工作{no}",
        (EDUCATION,),
        targets=tuple(
            Target(f"指标{no}之{place}", Comparison.AT_LEAST, Decimal(90 if measure == "%" else 5000), measure)
            for place, measure in enumerate(("人", "%", "万亩", "公里", "万元"))
        ),
    )
    for no in range(1, 21)
)
"""Twenty items of five targets: a hundred figures to be filled in."""
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


UNIT_VIEW = View(
    registry=Registry((*LEAD, *COOPERATING), UNITS),
    mailbox_address="bangongshi@163.example",
    trusted_host="",
    letters={
        TOKEN: LetterRef(EDUCATION, "2020Q3", "<a@163.example>", (7,)),
        SECOND: LetterRef(EDUCATION, "2020Q2", "<b@163.example>", (7,)),
        OTHERS: LetterRef(HEALTH, "2020Q3", "<c@163.example>", (18,)),
    },
    by_message_id={},
    senders={"jyj@edu.example": (EDUCATION,)},
    period_choice=lambda _unit: "2020Q3",
    periods=PERIODS,
    duties={EDUCATION: frozenset({7, 11, 18, 20, 31})},
    leads={EDUCATION: frozenset({7, 11, 20})},
    known=lambda _unit, _period: Known(FACTS.last),
)
GOOD = {"新建": 18, PLACES: 4500, ROADS: 9.5, PUPILS: 23000, COVER: 98.5, FIELDS: 230.5, LIMIT: 12}
"""What a careful unit fills in, by indicator."""
SAID = {7: "已开工18所", 11: "秋季学期资助已发放", 20: "开展师德教育", 18: "已完成参保登记", 31: "整治按期推进"}


def put(indicator: str, value: object, column: Column = Column.DONE) -> Callable[[Any], None]:
    """A hand that writes a value into a target's row."""

    def hand(sheet: Any) -> None:
        sheet.cell(row_of(sheet, indicator), COLUMN[column]).value = value

    return hand


def fill(sheet: Any) -> None:
    """A careful unit's hand."""
    for indicator, value in GOOD.items():
        put(indicator, value)(sheet)
    for no, words in SAID.items():
        sheet.cell(row_of(sheet, str(no), Column.NO), COLUMN[Column.PROGRESS]).value = words


def filled(change: Callable[[Any], None] = lambda _sheet: None, **facts: Any) -> bytes:
    """The form as a careful unit fills it in, and then a hand that does something else."""

    def both(sheet: Any) -> None:
        fill(sheet)
        change(sheet)

    return changed(made(**facts), both)


def mail_of(*data: bytes, name: str = "完成情况表.xlsx") -> Mail:
    """A mail that carries these, opened."""
    return Mail(attachments=tuple(opened(attach(name, one)) for one in data))


def read(*data: bytes, name: str = "完成情况表.xlsx") -> FormRead:
    """What these attachments say for 市教育局, 第三季度."""
    return figures_of(mail_of(*data, name=name), UNIT_VIEW, EDUCATION, "2020Q3")

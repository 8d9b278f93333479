"""Documents in the old formats, and forms that were printed, saved by the LibreOffice that is installed and read in the reading room."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import hostile
import pytest
from docx.shared import Mm
from forms import EDUCATION, FACTS, GOOD, HUNDRED, SAID, UNIT_VIEW, changed, filled, made, page
from marks import TAKEN, TOLD, marked, taken_and_told
from suites import lacking

from cuibao.gateways.reading_room import ReadingRoom
from cuibao.papers.attachments import Attachment, attach
from cuibao.papers.figures import figures_of
from cuibao.papers.form.reading import Expected, FormRead, read_forms
from cuibao.papers.mail import Mail

WORDS = ("芜湖市教育局文件", "2020年第二季度民生工作完成情况", "第7项：已新建幼儿园9所。")
Save = Callable[[str, bytes, str], bytes]


@pytest.fixture
def room(tmp_path: Path) -> Iterator[ReadingRoom]:
    made = ReadingRoom(tmp_path / "reading")
    yield made
    made.close()


@pytest.fixture
def saved(tmp_path: Path) -> Save:
    """Saves a file, by its name, in the format of another ending."""
    soffice = shutil.which("soffice")
    if soffice is None:
        lacking("LibreOffice is needed")

    def save(name: str, data: bytes, ending: str) -> bytes:
        (tmp_path / name).write_bytes(data)
        subprocess.run(
            [str(soffice), f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", ending,
             "--outdir", str(tmp_path), str(tmp_path / name)],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip
        return (tmp_path / name).with_suffix(f".{ending}").read_bytes()

    return save


def in_word(data: bytes) -> bytes:
    """The form copied into a Word document, its merged areas merged."""
    sheet = page(data)
    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(297), Mm(210)
    table = document.add_table(rows=0, cols=sheet.max_column, style="Table Grid")
    for row in sheet.iter_rows():
        for cell, there in zip(row, table.add_row().cells, strict=True):
            there.text = "" if cell.value is None else str(cell.value)
    for area in sheet.merged_cells.ranges:
        first, last = table.cell(area.min_row - 1, area.min_col - 1), table.cell(area.max_row - 1, area.max_col - 1)
        first.merge(last)
    document.add_paragraph("以上为我单位完成情况。")
    held = BytesIO()
    document.save(held)
    return held.getvalue()


def figures_in(one: Attachment) -> FormRead:
    return figures_of(Mail(attachments=(one,)), UNIT_VIEW, EDUCATION, "2020Q3")


@pytest.mark.parametrize("ending", ["doc", "rtf"])
def test_an_old_document_gives_its_text(room: ReadingRoom, saved: Save, ending: str) -> None:
    (found,) = room.read([attach(f"报告.{ending}", saved("报告.docx", hostile.word(*WORDS), ending))])
    assert (found.state, found.problem, found.reports) == ("read", "", True)
    assert [line.strip() for line in found.text.split("\n") if line.strip()] == list(WORDS)


@pytest.mark.parametrize(("ending", "name"), [("doc", "表.doc"), ("doc", "表.wps"), ("rtf", "表.rtf")])
def test_a_form_in_an_old_document_is_read_whole(room: ReadingRoom, saved: Save, ending: str, name: str) -> None:
    (one,) = room.read([attach(name, saved("表.docx", in_word(filled()), ending))])
    found = figures_in(one)
    assert {one.indicator: one.value for one in found.figures} == {key: Decimal(str(n)) for key, n in GOOD.items()}
    assert {no: said.progress for no, said in found.words} == SAID
    assert (one.kind, found.problems, found.complete) == ("form", (), True)


@pytest.mark.parametrize("ending", ["xls", "ods"])
def test_a_form_in_another_workbook_is_read_as_it_is_shown(saved: Save, ending: str) -> None:
    name = f"完成情况表.{ending}"
    assert taken_and_told(name, saved("完成情况表.xlsx", marked(), ending)) == (TAKEN, TOLD)


def test_figures_merged_in_an_old_document_are_not_taken(room: ReadingRoom, saved: Save) -> None:
    def merged(sheet: Any) -> None:
        sheet["G6"] = sheet["G7"] = None
        sheet.merge_cells("G5:G7")

    (one,) = room.read([attach("表.doc", saved("表.docx", in_word(filled(merged)), "doc"))])
    found = figures_in(one)
    assert [one.indicator for one in found.figures if one.item == 7] == []
    assert "“18”与其他指标合并在一格" in found.problems[0]


def wide() -> tuple[bytes, dict[tuple[int, str], Decimal]]:
    """A form of many pages filled in, and what was filled in."""
    typed = {
        (item.no, target.indicator): Decimal(item.no * 100 + 7)
        if target.measure == "人"
        else Decimal(item.no) + Decimal("50.37")
        for item in HUNDRED
        for target in item.targets
    }

    def hand(sheet: Any) -> None:
        for row in range(4, sheet.max_row):
            for (_, indicator), value in typed.items():
                if sheet.cell(row, 3).value == indicator:
                    sheet.cell(row, 7).value = value

    facts: dict[str, Any] = {"lead": HUNDRED, "cooperating": (), "last": {}}
    return changed(made(**facts), hand), typed


def test_a_hundred_figures_of_a_hundred_are_read_of_a_printed_form(room: ReadingRoom, saved: Save) -> None:
    data, typed = wide()
    (one,) = room.read([attach("完成情况表.pdf", saved("完成情况表.xlsx", data, "pdf"))])
    assert len(one.tables) > 3
    found = read_forms(one.tables, Expected(HUNDRED, frozenset(item.no for item in HUNDRED)))
    assert {(one.item, one.indicator): one.value for one in found.figures} == typed
    assert len(typed) == 100
    assert one.tokens == (FACTS.token,)

"""A form's whole way: sent through real servers, filled in and saved as xlsx or xls by LibreOffice, mailed back, and read: every
figure equal to what was typed in."""

import shutil
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from doubles import entries, mail, no_wait, parsed
from forms import HUNDRED
from openpyxl import load_workbook
from suites import lacking
from world import EDUCATION, UNITS, at

from cuibao.desk import receive
from cuibao.desk.context import Desk
from cuibao.desk.tick import Bell
from cuibao.gateways.reading_room import ReadingRoom
from cuibao.papers.form.layout import TITLE
from cuibao.rules.registry import Contact, Registry
from tests.system.calc import SAVED, Calc
from tests.system.mailhost import MailHost
from tests.system.test_daemon_end_to_end import Town

pytestmark = pytest.mark.system

NINE = at("2020-06-15T09:00")


@pytest.fixture
def calc(tmp_path: Path) -> Calc:
    program = shutil.which("soffice")
    if program is None:
        lacking("needs LibreOffice: apt install libreoffice-calc-nogui")
    return Calc(tmp_path / "calc", program or "")


def value_of(item: int, target: int) -> Decimal:
    """Another number for each cell, whole where only whole ones make sense."""
    plain = Decimal(item * 100 + target * 7 + 3)
    return plain if target == 0 else plain / 100 + Decimal("3.07") if target == 1 else plain + Decimal("0.98")


@dataclass
class FullTown(Town):
    """A town whose 市教育局 leads many items of many targets, and whose desk has a reading room."""

    def process(self) -> Desk:
        desk = super().process()
        unit = replace(UNITS[0], contacts=(Contact("张三", self.unit(EDUCATION)),), escalate_to=())
        desk.office = replace(desk.office, registry=Registry(HUNDRED, (unit,)))
        desk.reading_room = ReadingRoom(self.store / "reading")
        return desk


def typed_in(sheet: Any) -> tuple[dict[str, str], dict[tuple[int, str], Decimal]]:
    """What the unit types into which cell, a number for every target and words for every item; and the numbers by target."""
    typed, numbers = {}, {}
    for row in range(4, sheet.max_row):
        if str(indicator := sheet.cell(row, 3).value).startswith("指标"):
            item, place = (int(number) for number in str(indicator).removeprefix("指标").split("之"))
            numbers[item, str(indicator)] = value_of(item, place)
            typed[f"G{row}"] = str(value_of(item, place))
            if place == 0:
                typed[f"I{row}"] = f"第{item}项按计划推进"
    return typed, numbers


@pytest.mark.parametrize("ending", list(SAVED))
def test_a_hundred_figures_of_a_hundred_come_back_equal(
    mailhost: MailHost, tmp_path: Path, calc: Calc, ending: str
) -> None:
    town = FullTown(mailhost, tmp_path / "store", f"form{ending}")
    assert town.mailbox
    address = town.unit(EDUCATION)
    Bell(town.process(), no_wait(NINE)).tick(NINE)
    mailhost.wait_for(address, 1)
    letter = mailhost.mails(address)[0]
    (form,) = [part for part in parsed(letter).iter_attachments() if "sheet" in part.get_content_type()]
    typed, expected = typed_in(load_workbook(BytesIO(form.get_content()))[TITLE])
    assert len(expected) == 100
    message = parsed(mail(address, "Re: 报送", "附件为完成情况表。", answering=letter))
    back = calc.filled(form.get_content(), typed, ending)
    message.add_attachment(back, maintype="application", subtype="octet-stream", filename=f"完成情况表.{ending}")
    mailhost.deliver(message.as_bytes(), town.mailbox, sender=address)
    (found,) = receive.poll(desk := town.process(), datetime.now(NINE.tzinfo))
    assert {(one.item, one.indicator): one.value for one in found.verdict.figures} == expected
    assert (found.verdict.confidence, found.verdict.complete, found.verdict.problems) == ("certain", True, ())
    assert found.verdict.evidence[0].rule == "form_token"
    assert len(entries(desk, "submission.received")[0].data["figures"]) == 100

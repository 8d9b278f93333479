"""The files of a draft as they are written: read back as what was meant, with the office's own settings and comments kept."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml
from one_draft import HEAD, ITEMS

from cuibao.gateways.config_models import OfficeFile, RegistryFile, checked
from cuibao.gateways.office_file import office_text
from cuibao.gateways.registry_file import registry_text
from cuibao.gateways.settings import load_office
from cuibao.gateways.yaml_places import Loader
from cuibao.rules.registry import Comparison, Item, Target

CONFIG = Path(__file__).resolve().parents[2] / "config"
ODD = (
    Item(
        1,
        "一、办好: 教育",
        "“三权”改革 #1 [试点]",
        ("市教育局", "no"),
        ("A局, B局",),
        targets=(Target("参保率：全市", Comparison.AT_MOST, Decimal("98.50"), "%"),),
    ),
)


def loaded(text: str) -> Any:
    return yaml.load(text, Loader)  # noqa: S506, a SafeLoader's child


def items_of(text: str) -> list[Item]:
    file = checked(RegistryFile, loaded(text), "x")
    assert isinstance(file, RegistryFile)
    return [
        Item(
            one.no,
            one.section,
            one.title,
            tuple(one.lead),
            tuple(one.cooperating),
            one.open_ended,
            tuple(Target(t.indicator, t.comparison, t.value, t.measure) for t in one.targets),
        )
        for one in file.items
    ]


def office_of(text: str) -> OfficeFile:
    file = checked(OfficeFile, loaded(text), "x")
    assert isinstance(file, OfficeFile)
    return file


def test_a_registry_reads_back_as_it_was_whatever_signs_are_in_it() -> None:
    for items in (ITEMS, ODD):
        assert items_of(registry_text("测民〔2021〕2号", "要点", items)) == list(items)


def test_the_shipped_registry_is_written_as_it_stands() -> None:
    office, _ = load_office(CONFIG)
    shipped = (CONFIG / "registry.yaml").read_text(encoding="utf-8")
    text = registry_text(office.notice.number, office.notice.title, office.registry.items)
    plain = re.sub(r"(?m)(?<=\S)[ ]{2,}#.*$", "", shipped)  # but for what people noted beside a line
    assert text.partition("\nitems:\n")[2] == plain.partition("\nitems:\n")[2]


def test_a_number_or_title_of_several_lines_cannot_leave_the_comment() -> None:
    text = registry_text("测民\n- x: 1", "要\n点", ITEMS)
    assert text.startswith("# 事项清单：测民 - x: 1《要 点》的3个事项")
    assert items_of(text) == list(ITEMS)


def test_an_office_is_carried_over_with_the_next_notice_and_its_periods() -> None:
    old = (CONFIG / "office.yaml").read_text(encoding="utf-8")
    text = office_text(old, office_of(old), HEAD)
    new = office_of(text)
    assert (new.notice.number, new.notice.year, new.notice.title) == ("测民〔2021〕2号", 2021, "2021年民生工作要点")
    assert [(p.key, p.deadline) for p in new.periods] == [(p.key, p.deadline) for p in HEAD.periods]
    assert new.progress == {"2021Q1": 25, "2021Q2": 50, "2021Q4": 100}
    assert new.stages == office_of(old).stages
    assert new.mailbox == office_of(old).mailbox
    assert "# 发信节奏" in text
    assert "6月15日，星期一" not in text


def test_progress_that_the_office_chose_for_a_quarter_stays_its_own() -> None:
    old = "progress: {2020Q2: 40, 2020Q3: 75, 2020Q4: 100}\nperiods:\n- {key: 2020Q2, name: 二, deadline: 2020-06-30}\n"
    new = office_of(office_text(old, OfficeFile(progress={"2020Q2": 40}), HEAD))
    assert new.progress["2021Q2"] == 40
    assert new.notice.year == 2021


def test_a_notice_without_deadlines_or_number_leaves_them_to_a_person() -> None:
    old = (CONFIG / "office.yaml").read_text(encoding="utf-8")
    text = office_text(old, office_of(old), replace(HEAD, number="", periods=()))
    found = checked(OfficeFile, loaded(text), "office.yaml")
    assert isinstance(found, list)
    assert [problem.path for problem in found] == ["notice.number"]
    assert "2020-06-30" in text
    assert date(2021, 3, 31).isoformat() not in text

"""The shipped registry is the notice 民生办〔2020〕5号, neither more nor less."""

from decimal import Decimal
from pathlib import Path

import pytest

from cuibao.gateways.settings import load_office
from cuibao.rules.office import Office
from cuibao.rules.registry import Comparison, Item, Role

CONFIG = Path(__file__).resolve().parents[2] / "config"


@pytest.fixture(scope="module")
def office() -> Office:
    return load_office(CONFIG)[0]


def item(office: Office, no: int) -> Item:
    found = office.registry.item(no)
    assert found is not None
    return found


def printed_names(office: Office) -> set[str]:
    return {name for item in office.registry.items for name in (*item.lead, *item.cooperating)}


def test_there_are_52_items_in_order_in_nine_sections(office: Office) -> None:
    assert [item.no for item in office.registry.items] == list(range(1, 53))
    assert len({item.section for item in office.registry.items}) == 9


def test_46_printed_names_come_to_40_units(office: Office) -> None:
    names = {name for name in printed_names(office) if office.registry.unit(name)}
    assert len(names) == 46
    assert len({unit.name for name in names for unit in office.registry.units_of(name)}) == 40
    assert len(office.registry.units) == 40


def test_six_pairs_of_names_are_one_unit_each(office: Office) -> None:
    assert {(unit.name, *unit.aliases) for unit in office.registry.units if unit.aliases} == {
        ("市发展改革委", "市发改委"),
        ("市应急管理局", "市应急局"),
        ("市城市管理局", "市城管局"),
        ("市市场监督管理局", "市市场监管局"),
        ("市地方金融监督管理局", "市地方金融监管局"),
        ("中国银行保险监督管理委员会芜湖监管分局", "芜湖银保监分局"),
    }


def test_six_collectives_are_named_and_none_has_members_yet(office: Office) -> None:
    bodies = {name for name in printed_names(office) if office.registry.collective(name)}
    assert bodies == {body.name for body in office.registry.collectives}
    assert [body.members for body in office.registry.collectives] == [()] * 6


def test_nobody_has_an_address_as_the_notice_prints_none(office: Office) -> None:
    assert not any(unit.contacts or unit.escalate_to for unit in office.registry.units)


def test_eleven_items_are_open_ended(office: Office) -> None:
    open_ended = [item.no for item in office.registry.items if item.open_ended]
    assert open_ended == [6, 12, 14, 16, 26, 27, 30, 36, 41, 43, 48]


def test_item_12_has_its_ten_thousands_multiplied_out(office: Office) -> None:
    vocational = item(office, 12)
    assert vocational.lead == ("市教育局",)
    assert vocational.cooperating[-1] == "市税务局"
    assert [(target.value, target.measure) for target in vocational.targets] == [
        (17000, "人"),
        (10635, "人"),
        (6351, "人"),
        (36000, "人次"),
    ]


def test_item_15_states_policy_caps_and_no_target(office: Office) -> None:
    assert item(office, 15).targets == ()


def test_item_26_keeps_the_names_as_printed(office: Office) -> None:
    assert "市发改委" in item(office, 26).cooperating
    parties = {unit.name: role for unit, role in office.registry.parties(item(office, 26))}
    assert parties["市发展改革委"] is Role.COOPERATING


@pytest.mark.parametrize(
    ("no", "lead", "cooperating"),
    [
        (20, ("市人力资源和社会保障局",), ("市财政局",)),
        (21, ("市人力资源和社会保障局",), ("市财政局", "市税务局")),
        (38, ("市应急局", "市安全生产委员会成员单位"), ()),
        (44, ("市应急局", "市财政局", "市住房和城乡建设局", "芜湖银保监分局"), ()),
    ],
)
def test_units_that_are_only_called_responsible_lead_unless_others_cooperate(
    office: Office, no: int, lead: tuple[str, ...], cooperating: tuple[str, ...]
) -> None:
    assert (item(office, no).lead, item(office, no).cooperating) == (lead, cooperating)


def test_a_target_with_decimals_stays_exact(office: Office) -> None:
    assert item(office, 45).targets[0].value == Decimal("1264.98")


def test_about_75_per_cent_is_no_lower_bound(office: Office) -> None:
    assert [target.comparison for target in item(office, 18).targets] == [Comparison.AT_LEAST, Comparison.EQUAL]


def test_titles_hold_no_marks_of_the_conversion(office: Office) -> None:
    assert item(office, 6).title == "深化“三权分置”改革和“三变”改革"
    assert not any(set("*。 0123456789") & set(item.title + item.section) for item in office.registry.items)


def test_every_unit_answers_for_something(office: Office) -> None:
    named = {unit.name for item in office.registry.items for unit, _ in office.registry.parties(item)}
    assert named == {unit.name for unit in office.registry.units}


def test_any_yaml_reader_finds_the_items_number() -> None:
    import yaml

    shipped = yaml.safe_load((CONFIG / "registry.yaml").read_text(encoding="utf-8"))
    assert shipped["items"][11]["no"] == 12

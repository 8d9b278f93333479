"""Which unit owes what."""

from dataclasses import replace

import pytest
from world import EDUCATION, FINANCE, HEALTH, ITEMS, REGISTRY, UNITS, duties, office, with_unit

from cuibao.rules.obligation import obligations, passed_on
from cuibao.rules.office import Reporting
from cuibao.rules.registry import Duty, Registry, Unit


def test_leads_and_cooperating_units_owe_alike() -> None:
    found = duties(office())
    assert [(one.item, one.role, one.owed) for one in found[EDUCATION]] == [(7, "lead", True), (11, "lead", True)]
    assert [(one.item, one.role, one.owed) for one in found[FINANCE]] == [
        (11, "cooperating", True),
        (18, "cooperating", True),
    ]


@pytest.mark.parametrize(
    ("reporting", "owing"),
    [
        (Reporting(), {EDUCATION, HEALTH, FINANCE}),
        (Reporting(cooperating=Duty.INFORM), {EDUCATION, HEALTH}),
        (Reporting(lead=Duty.INFORM), {FINANCE}),
    ],
)
def test_a_role_may_be_only_informed(reporting: Reporting, owing: set[str]) -> None:
    found = obligations(REGISTRY, reporting)
    assert {unit for unit, owed in found.items() if any(one.owed for one in owed)} == owing


def test_a_unit_may_be_only_informed() -> None:
    assert not any(one.owed for one in duties(with_unit(office(), HEALTH, duty=Duty.INFORM))[HEALTH])


def test_a_unit_that_no_item_names_owes_nothing() -> None:
    made = Registry(ITEMS, (*UNITS, Unit("市气象局")), REGISTRY.collectives)
    assert obligations(made, Reporting())["市气象局"] == ()


def test_the_lead_passes_the_letter_on_to_a_collective_without_members() -> None:
    assert [(item.no, body.name) for item, body in passed_on(office(), HEALTH)] == [(19, "市大病保险成员单位")]
    assert passed_on(office(), FINANCE) == ()


def test_a_collective_with_members_is_written_to_itself() -> None:
    bodies = (replace(REGISTRY.collectives[0], members=(FINANCE,)),)
    base = office(registry=replace(REGISTRY, collectives=bodies))
    assert passed_on(base, HEALTH) == ()
    assert [one.item for one in duties(base)[FINANCE]] == [11, 18, 19]

"""Obligations: which items each responsible unit must report, in which role (市直各责任单位将完成情况按季度报, 民生办〔2020〕5号)."""

from collections.abc import Mapping
from dataclasses import dataclass

from cuibao.rules.office import Office, Reporting
from cuibao.rules.registry import Collective, Duty, Item, Registry, Role, Unit


@dataclass(frozen=True, slots=True)
class Obligation:
    """One item of one unit, the same in every period. `owed` is false where the unit is only informed."""

    unit: str
    item: int
    role: Role
    owed: bool


def obligations(registry: Registry, reporting: Reporting) -> Mapping[str, tuple[Obligation, ...]]:
    """Every unit's obligations by name, in the order of items; units that no item names have an empty tuple."""
    result: dict[str, list[Obligation]] = {unit.name: [] for unit in registry.units}
    for item in registry.items:
        for unit, role in registry.parties(item):
            result[unit.name].append(Obligation(unit.name, item.no, role, _owes(unit, role, reporting)))
    return {name: tuple(owed) for name, owed in result.items()}


def _owes(unit: Unit, role: Role, reporting: Reporting) -> bool:
    by_role = reporting.lead if role is Role.LEAD else reporting.cooperating
    return unit.duty is Duty.REPORT and by_role is Duty.REPORT


def passed_on(office: Office, unit: str) -> tuple[tuple[Item, Collective], ...]:
    """Items that the unit leads and whose collective has no members configured: its lead is asked to pass the letter on."""
    registry = office.registry
    return tuple(
        (item, body)
        for item in registry.items
        if any(party.name == unit and role is Role.LEAD for party, role in registry.parties(item))
        for body in registry.unresolved_collectives(item)
    )

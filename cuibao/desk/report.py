"""Report: the standing of every unit in a period, and the ledger's lines, as plain documents for people and for JSON."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cuibao.desk.context import Desk
from cuibao.rules.entries import Entry, stamp
from cuibao.rules.office import Office
from cuibao.rules.period import Period, closes_at
from cuibao.rules.planned import Plan
from cuibao.rules.standing import WORDS, Standing, UnitStanding, unit_standing
from cuibao.rules.window import begun

ORDER = (
    Standing.MISSING,
    Standing.RETURNED,
    Standing.PARTIAL,
    Standing.RECEIVED,
    Standing.ACCEPTED,
    Standing.EXEMPT,
)
"""Standings in the order in which an officer wants to see them."""


def current_period(office: Office, now: datetime) -> Period:
    """The period an officer means when none is named: the latest that has begun, else the first."""
    started = [period for period in office.periods if begun(office, period, now)]
    return started[-1] if started else office.periods[0]


def standings(desk: Desk, period: Period, now: datetime, unit: str | None = None) -> tuple[UnitStanding, ...]:
    """Where every unit with obligations stands, in the registry's order; `unit` narrows it to one."""
    book = desk.book()
    names = [desk.unit(unit).name] if unit else [u.name for u in desk.office.registry.units if desk.duties[u.name]]
    return tuple(unit_standing(name, period, desk.duties[name], book, now) for name in names)


def status_doc(desk: Desk, period: Period, now: datetime, unit: str | None = None) -> dict[str, Any]:
    """The standing of a period as `status --json` prints it."""
    found = standings(desk, period, now, unit)
    counts = Counter(standing.standing for standing in found)
    return {
        "period": period.key,
        "deadline": stamp(closes_at(period.last_day) - timedelta(seconds=1)),
        "counts": {str(standing): counts[standing] for standing in Standing},
        "units": [_unit_doc(desk, standing) for standing in found],
    }


@dataclass(frozen=True, slots=True)
class YearBefore:
    """Where units stood in the same quarter of the year before: how many in each standing, and of those that reported how many late."""

    period: str
    counts: Mapping[Standing, int]
    late: int

    def doc(self) -> dict[str, Any]:
        """As `status --json` prints it."""
        counts = {str(standing): self.counts.get(standing, 0) for standing in Standing}
        return {"period": self.period, "counts": counts, "late": self.late}

    def words(self) -> str:
        """未报 2、已报送 38，其中迟报 3."""
        told = "、".join(f"{WORDS[one]} {self.counts[one]}" for one in ORDER if self.counts.get(one))
        return f"{told}，其中迟报 {self.late}" if self.late else told


def year_before(desk: Desk, period: Period, now: datetime, unit: str | None = None) -> YearBefore | None:
    """The same quarter of the year before `period`, of all units or one; None where no ledger has it, or it had no such unit. A unit is
    found by every name that it bears or bore."""
    found = same_quarter_before(desk, period)
    if found is None:
        return None
    old, then = found
    names = names_then(desk, old, unit) if unit else (None,)
    stood = [standing for name in names for standing in standings(old, then, now, name)]
    if not stood:
        return None
    late = sum(one.on_time is False and one.first_received_at is not None for one in stood)
    return YearBefore(then.key, Counter(one.standing for one in stood), late)


def same_quarter_before(desk: Desk, period: Period) -> tuple[Desk, Period] | None:
    """The desk and period of the same quarter of the year before; None where no ledger has it."""
    key = f"{int(period.key[:4]) - 1}{period.key[4:]}" if period.key[:4].isdigit() else ""
    found = ((old, then) for old in desk.earlier if (then := old.office.period(key)) and old.ledger.entries())
    return next(found, None)


def names_then(desk: Desk, old: Desk, unit: str) -> tuple[str, ...]:
    """What a unit of now was called then: several names where it took over what others did."""
    known = desk.office.registry.unit(unit)
    names = (known.name, *known.aliases, *(former.name for former in known.former)) if known else (unit,)
    return tuple(dict.fromkeys(then.name for name in names if (then := old.office.registry.unit(name))))


def _unit_doc(desk: Desk, standing: UnitStanding) -> dict[str, Any]:
    duties = desk.duties[standing.unit]
    letters = desk.book().letters_to(standing.unit, standing.period.key)
    first = standing.first_received_at
    return {
        "unit": standing.unit,
        "roles": sorted({str(duty.role) for duty in duties}, reverse=True),
        "standing": str(standing.standing),
        "on_time": standing.on_time,
        "first_received_at": stamp(first) if first else None,
        "missing_items": [item.obligation.item for item in standing.owed],
        "letters_sent": sum(letter.sent_at is not None for letter in letters),
        "reason": standing.reason,
    }


def plan_doc(plan: Plan) -> dict[str, Any]:
    """A plan as `plan --json` prints it."""
    return {
        "now": stamp(plan.now),
        "letters": [
            {
                "unit": letter.key.unit,
                "period": letter.key.period,
                "stage": letter.stage,
                "due_at": stamp(letter.span.due_at),
                "send_at": stamp(letter.send_at),
                "to": list(letter.to),
                "cc": list(letter.cc),
                "items": list(letter.items),
                "reason": "；".join(filter(None, (letter.reason, letter.waits))),
            }
            for letter in plan.letters
        ],
        "withheld": [
            {"unit": item.unit, "period": item.period, "stage": item.stage, "reason": item.reason}
            for item in plan.withheld
        ],
    }


def ledger_lines(
    desk: Desk, period: str | None = None, unit: str | None = None, kind: str | None = None
) -> Iterator[Entry]:
    """The ledger's entries, oldest first, narrowed by period, unit and kind ("letter.sent", or "letter" for all of them)."""
    wanted_unit = desk.unit(unit).name if unit else None
    wanted_period = desk.period(period).key if period else None
    for entry in desk.ledger.entries():
        if wanted_period and entry.period != wanted_period:
            continue
        if wanted_unit and entry.unit != wanted_unit:
            continue
        if kind and entry.kind != kind and not entry.kind.startswith(f"{kind}."):
            continue
        yield entry

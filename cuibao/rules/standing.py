"""Standing: where an obligation, a unit and a period stand, and why; computed from the book, never stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from cuibao.rules.book import Book
from cuibao.rules.entries import Kind
from cuibao.rules.obligation import Obligation
from cuibao.rules.period import Period, closes_at
from cuibao.rules.records import Act
from cuibao.rules.workdays import CHINA


class Standing(StrEnum):
    """报送状态. `partial` is a unit's only."""

    MISSING = "missing"
    PARTIAL = "partial"
    RECEIVED = "received"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    EXEMPT = "exempt"


WORDS = {
    Standing.MISSING: "未报",
    Standing.PARTIAL: "部分报送",
    Standing.RECEIVED: "已收待核",
    Standing.ACCEPTED: "已报送",
    Standing.RETURNED: "退回补报",
    Standing.EXEMPT: "免报",
}
"""What people see."""

OWED = (Standing.MISSING, Standing.RETURNED)
"""Standings of an obligation about which letters go out."""

_AFTER = {
    Kind.SUBMISSION_RECEIVED: Standing.RECEIVED,
    Kind.SUBMISSION_ACCEPTED: Standing.ACCEPTED,
    Kind.SUBMISSION_SENT_BACK: Standing.RETURNED,
    Kind.OBLIGATION_EXEMPTED: Standing.EXEMPT,
}


@dataclass(frozen=True, slots=True)
class ItemStanding:
    """Where one obligation stands in one period. `last_day` is its effective deadline; `act` what put it there."""

    obligation: Obligation
    standing: Standing
    last_day: date
    first_received_at: datetime | None
    accepted_at: datetime | None
    act: Act | None

    @property
    def on_time(self) -> bool | None:
        """Whether it first arrived by its effective deadline; None while nothing arrived."""
        if self.first_received_at is None:
            return None
        return self.first_received_at < closes_at(self.last_day)


@dataclass(frozen=True, slots=True)
class UnitStanding:
    """Where a unit stands in a period, with its obligations in the order of items and the reason in Chinese."""

    unit: str
    period: Period
    standing: Standing
    items: tuple[ItemStanding, ...]
    on_time: bool | None
    first_received_at: datetime | None
    reason: str

    @property
    def owed(self) -> tuple[ItemStanding, ...]:
        """What letters still name: missing or returned."""
        return tuple(item for item in self.items if item.standing in OWED)


def item_standing(obligation: Obligation, period: Period, acts: Sequence[Act]) -> ItemStanding:
    """Fold one obligation's acts, in the ledger's order. Only a report arrives; a correction keeps the first arrival and is to be
    checked again. A report for an exempt obligation leaves it exempt, and counts once the exemption is undone."""
    standing, last_day = Standing.MISSING, period.last_day
    first = accepted = None
    cause: Act | None = None
    for act in _that_hold(obligation, acts):
        if act.kind is Kind.OBLIGATION_EXTENDED:
            last_day = act.until or last_day
            continue
        if act.kind is Kind.SUBMISSION_RECEIVED:
            first = min(first, act.arrived_at) if first else act.arrived_at
        if act.kind is Kind.SUBMISSION_ACCEPTED:
            accepted = act.at
        if standing is Standing.EXEMPT and act.kind is Kind.SUBMISSION_RECEIVED:
            continue
        standing, cause = _AFTER[act.kind], act
    return ItemStanding(obligation, standing, last_day, first, accepted, cause)


def _that_hold(obligation: Obligation, acts: Sequence[Act]) -> list[Act]:
    """The acts about one obligation, without exemptions that were undone: an exemption with a last day ends those before it."""
    held: list[Act] = []
    for act in acts:
        if act.items and obligation.item not in act.items:
            continue
        if act.kind is Kind.OBLIGATION_EXEMPTED and act.until is not None:
            held = [earlier for earlier in held if earlier.kind is not Kind.OBLIGATION_EXEMPTED]
        else:
            held.append(act)
    return held


def unit_standing(
    unit: str, period: Period, obligations: Sequence[Obligation], book: Book, now: datetime
) -> UnitStanding:
    """Where a unit stands. Obligations that are not owed (inform) do not count; a unit without any counts as exempt."""
    acts = book.acts.get((unit, period.key), ())
    items = tuple(item_standing(obligation, period, acts) for obligation in obligations if obligation.owed)
    counted = tuple(item for item in items if item.standing is not Standing.EXEMPT)
    standing = combined(counted)
    arrivals = [item.first_received_at for item in counted if item.first_received_at]
    return UnitStanding(
        unit,
        period,
        standing,
        items,
        on_time(counted, now),
        min(arrivals, default=None),
        _reason(standing, period, items, now),
    )


def combined(counted: Sequence[ItemStanding]) -> Standing:
    """What several obligations come to, exempt ones left out: none at all is exempt."""
    found = {item.standing for item in counted}
    if not found:
        return Standing.EXEMPT
    if Standing.RETURNED in found:
        return Standing.RETURNED
    if Standing.MISSING in found:
        return Standing.MISSING if len(found) == 1 else Standing.PARTIAL
    return Standing.ACCEPTED if found == {Standing.ACCEPTED} else Standing.RECEIVED


def on_time(counted: Sequence[ItemStanding], now: datetime) -> bool | None:
    """Whether all of them came in time: True when they did, False as soon as one is late, None while it is open."""
    if any(item.on_time is False for item in counted):
        return False
    waiting = [item for item in counted if item.on_time is None]
    if any(item.standing in OWED and now >= closes_at(item.last_day) for item in waiting):
        return False
    return None if waiting or not counted else True


def _reason(standing: Standing, period: Period, items: Sequence[ItemStanding], now: datetime) -> str:
    missing = [item for item in items if item.standing is Standing.MISSING]
    if standing is Standing.EXEMPT:
        reasons = [item.act.reason for item in items if item.act and item.act.reason]
        return f"免报：{reasons[-1]}" if reasons else "无须报送"
    if standing is Standing.MISSING:
        late = "已过报送时限，" if any(now >= closes_at(item.last_day) for item in missing) else ""
        return f"{_extended(period, missing)}{late}尚未收到"
    if standing is Standing.PARTIAL:
        return f"{_extended(period, missing)}{_numbers(missing)}尚未收到"
    if standing is Standing.RETURNED:
        return _returned([item for item in items if item.standing is Standing.RETURNED], missing)
    return _settled(standing, [item for item in items if item.standing is standing])


def _settled(standing: Standing, items: Sequence[ItemStanding]) -> str:
    """When the last of a unit's reports was accepted, or when they came, in one piece or by and by."""
    last = max((item.act for item in items if item.act), key=lambda act: act.seq)
    if standing is Standing.ACCEPTED:
        return f"{_day(last.at)}核定"
    arrivals = {item.first_received_at for item in items if item.first_received_at}
    if len(arrivals) > 1 and last.arrived_at <= max(arrivals):
        return f"{_day(max(arrivals))}收齐，待核"
    return f"{_day(last.arrived_at)}收到，待核"


def _returned(returned: Sequence[ItemStanding], missing: Sequence[ItemStanding]) -> str:
    """第3项已退回：缺少完成数；第8项未报."""
    by_reason: dict[str, list[ItemStanding]] = {}
    for item in returned:
        by_reason.setdefault(item.act.reason if item.act else "", []).append(item)
    parts = [f"{_numbers(group)}已退回" + (f"：{why}" if why else "") for why, group in by_reason.items()]
    return "；".join([*parts, f"{_numbers(missing)}未报"] if missing else parts)


def _extended(period: Period, missing: Sequence[ItemStanding]) -> str:
    """延期至7月15日, where all that is missing has that one later day."""
    days = {item.last_day for item in missing}
    day = max(days)
    if len(days) > 1 or day == period.last_day:
        return ""
    year = f"{day.year}年" if day.year != period.last_day.year else ""
    return f"延期至{year}{day.month}月{day.day}日，"


def _numbers(items: Sequence[ItemStanding]) -> str:
    return f"第{'、'.join(str(item.obligation.item) for item in items)}项"


def _day(moment: datetime) -> str:
    day = moment.astimezone(CHINA)
    return f"{day.month}月{day.day}日"

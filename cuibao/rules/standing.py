"""Standing: where an obligation, a unit and a period stand, and why; computed from the book, never stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from cuibao.rules.book import Act, Book
from cuibao.rules.entries import Kind
from cuibao.rules.obligation import Obligation
from cuibao.rules.period import Period, closes_at
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
    """Fold one obligation's acts, in the ledger's order. A report for an exempt obligation leaves it exempt; a correction
    keeps the first arrival and is to be checked again."""
    standing, last_day = Standing.MISSING, period.last_day
    first = accepted = None
    cause: Act | None = None
    for act in acts:
        if act.items and obligation.item not in act.items:
            continue
        if act.kind is Kind.OBLIGATION_EXTENDED:
            last_day = act.until or last_day
            continue
        if act.kind in (Kind.SUBMISSION_RECEIVED, Kind.SUBMISSION_ACCEPTED):
            first = min(first, act.arrived_at) if first else act.arrived_at
        if act.kind is Kind.SUBMISSION_ACCEPTED:
            accepted = act.at
        if standing is Standing.EXEMPT and act.kind is Kind.SUBMISSION_RECEIVED:
            continue
        standing, cause = _AFTER[act.kind], act
    return ItemStanding(obligation, standing, last_day, first, accepted, cause)


def unit_standing(
    unit: str, period: Period, obligations: Sequence[Obligation], book: Book, now: datetime
) -> UnitStanding:
    """Where a unit stands. Obligations that are not owed (inform) do not count; a unit without any counts as exempt."""
    acts = book.acts.get((unit, period.key), ())
    items = tuple(item_standing(obligation, period, acts) for obligation in obligations if obligation.owed)
    counted = tuple(item for item in items if item.standing is not Standing.EXEMPT)
    standing = _combine(counted)
    arrivals = [item.first_received_at for item in counted if item.first_received_at]
    return UnitStanding(
        unit,
        period,
        standing,
        items,
        _on_time(counted, now),
        min(arrivals, default=None),
        _reason(standing, items, now),
    )


def _combine(counted: Sequence[ItemStanding]) -> Standing:
    found = {item.standing for item in counted}
    if not found:
        return Standing.EXEMPT
    if Standing.RETURNED in found:
        return Standing.RETURNED
    if Standing.MISSING in found:
        return Standing.MISSING if len(found) == 1 else Standing.PARTIAL
    return Standing.ACCEPTED if found == {Standing.ACCEPTED} else Standing.RECEIVED


def _on_time(counted: Sequence[ItemStanding], now: datetime) -> bool | None:
    if any(item.on_time is False for item in counted):
        return False
    waiting = [item for item in counted if item.on_time is None]
    if any(now >= closes_at(item.last_day) for item in waiting):
        return False
    return None if waiting or not counted else True


def _reason(standing: Standing, items: Sequence[ItemStanding], now: datetime) -> str:
    numbers = "、".join(str(item.obligation.item) for item in items if item.standing in OWED)
    last = max((item.act for item in items if item.act), key=lambda act: act.seq, default=None)
    if standing is Standing.EXEMPT:
        return f"免报：{last.reason}" if last and last.reason else "无须报送"
    if standing is Standing.MISSING:
        late = any(now >= closes_at(item.last_day) for item in items if item.standing is Standing.MISSING)
        return "已过报送时限，尚未收到" if late else "尚未收到"
    if standing is Standing.PARTIAL:
        return f"第{numbers}项尚未收到"
    if standing is Standing.RETURNED:
        words = next((item.act.reason for item in items if item.standing is Standing.RETURNED and item.act), "")
        return f"第{numbers}项已退回或未报" + (f"：{words}" if words else "")
    day = last.arrived_at.astimezone(CHINA) if last else now
    return f"{day.month}月{day.day}日" + ("收到，待核" if standing is Standing.RECEIVED else "核定")

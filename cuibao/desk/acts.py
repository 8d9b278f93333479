"""Acts: what an officer decides about a unit's report, each an entry with a reason and the officer's name."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from cuibao.desk import signed
from cuibao.desk.context import Desk
from cuibao.papers.attachments import safe_name
from cuibao.papers.wording import item_ranges
from cuibao.rules.entries import Draft, Entry, Kind, stamp
from cuibao.rules.outcomes import OvertakenError, UsageError
from cuibao.rules.period import Period
from cuibao.rules.registry import Unit
from cuibao.rules.standing import Standing, unit_standing
from cuibao.rules.workdays import CHINA

TRIES = 5
"""So often a decision is taken afresh where others write at the same time."""
LARGEST_PAPER = 25 * 1024 * 1024
"""In bytes: what is handed in with an act is a scan or a document."""
BY_COMMAND = {
    "record": Kind.SUBMISSION_RECEIVED,
    "accept": Kind.SUBMISSION_ACCEPTED,
    "return": Kind.SUBMISSION_SENT_BACK,
    "exempt": Kind.OBLIGATION_EXEMPTED,
    "extend": Kind.OBLIGATION_EXTENDED,
}
"""The acts by the name under which the command line offers them."""

ACCEPT, RETURN, UNDO = "核定", "退回", "撤销免报"
_FITS = {
    ACCEPT: (Standing.RECEIVED, Standing.RETURNED),
    RETURN: (Standing.RECEIVED, Standing.ACCEPTED),
    UNDO: (Standing.EXEMPT,),
}
"""Where an obligation must stand for an act that answers a report or an exemption."""
_DONE = {ACCEPT: Standing.ACCEPTED, RETURN: Standing.RETURNED}
_STANDS = {
    Standing.MISSING: "尚未收到报送",
    Standing.RECEIVED: "已收待核",
    Standing.ACCEPTED: "已核定",
    Standing.RETURNED: "已退回",
    Standing.EXEMPT: "免报",
    None: "无须报送",
}
"""Where an obligation stands, in the words of a refusal; None is one that is not owed."""


T = TypeVar("T")
P = ParamSpec("P")


def undisturbed(decide: Callable[Concatenate[Desk, P], T]) -> Callable[Concatenate[Desk, P], T]:
    """Decide once more where somebody wrote to the ledger in between: of two officers who settle the same mail, the second is told."""

    @wraps(decide)
    def again(desk: Desk, /, *args: P.args, **kwargs: P.kwargs) -> T:
        for _ in range(TRIES):
            try:
                return decide(desk, *args, **kwargs)
            except OvertakenError:
                continue
        return decide(desk, *args, **kwargs)

    return again


@undisturbed
def act(
    desk: Desk,
    command: str,
    unit: str,
    period: str,
    now: datetime,
    *,
    items: Sequence[int],
    reason: str,
    by: str,
    until: date | None = None,
    received: datetime | None = None,
    undo: bool = False,
    paper: tuple[str, bytes] | None = None,
) -> Entry:
    """Write one act. `paper` is the (name, bytes) of a report handed in otherwise than by mail, `received` when it was; `undo`
    takes an exemption back. Raises UsageError for a blank reason or name, a unit, period or item that does not exist, a date that
    makes no sense, items that stand where the act has no meaning, or a paper that is empty or larger than LARGEST_PAPER."""
    seen = len(desk.ledger.entries())
    by, reason = signed.name(by), signed.words(reason, "原因")
    if paper is not None:
        _check_paper(*paper)
    body, quarter = desk.unit(unit), desk.period(period)
    chosen = chosen_items(desk, body, items)
    data: dict[str, Any] = {"reason": reason}
    if command == "record":
        data["arrived_at"] = stamp(_received(desk, received, now))
    if command == "extend":
        data["until"] = _until(quarter, until).isoformat()
    if command == "exempt" and undo:
        data |= {"undone": True, "until": now.astimezone(CHINA).date().isoformat()}
    if answer := _answer(command, undo):
        chosen = _fitting(desk, body, quarter, chosen, answer, now)
    if paper is not None:
        data["sha256"], data["file"] = desk.papers.keep(paper[1], now, paper[0])
        data["name"] = safe_name(paper[0])
    draft = Draft(BY_COMMAND[command], now, quarter.key, body.name, chosen, by, data)
    return desk.ledger.append([draft], after=seen)[0]


def note(
    desk: Desk,
    text: str,
    now: datetime,
    *,
    by: str,
    unit: str | None = None,
    period: str | None = None,
    items: Sequence[int] = (),
) -> Entry:
    """Write down what an officer wants remembered (a telephone call, an agreement), of a unit, a period and items or of none; no
    standing changes. Raises UsageError for a text that is blank or longer than signed.LONGEST_WORDS, or for what does not exist."""
    by, text = signed.name(by), signed.words(text, "备注")
    body = desk.unit(unit) if unit else None
    quarter = desk.period(period) if period else None
    if items and body is None:
        raise UsageError("备注写明了事项，但未写明单位", "请一并写明责任单位")
    chosen = chosen_items(desk, body, items) if body else ()
    draft = Draft(
        Kind.NOTE_ADDED,
        now,
        quarter.key if quarter else None,
        body.name if body else None,
        chosen,
        by,
        {"reason": text},
    )
    return desk.ledger.append([draft])[0]


def _check_paper(name: str, raw: bytes) -> None:
    shown = safe_name(name)
    if not raw:
        raise UsageError(f"文件“{shown}”是空的", "请核对所选文件")
    if len(raw) > LARGEST_PAPER:
        raise UsageError(
            f"文件“{shown}”超过 {LARGEST_PAPER // 1024 // 1024} MB", "请压缩、降低扫描分辨率或分次提交后再登记"
        )


def _answer(command: str, undo: bool) -> str:
    """What the act answers with, where it answers a report or an exemption; else ""."""
    if command == "exempt":
        return UNDO if undo else ""
    return {"accept": ACCEPT, "return": RETURN}.get(command, "")


def _fitting(
    desk: Desk, unit: Unit, period: Period, named: tuple[int, ...], answer: str, now: datetime
) -> tuple[int, ...]:
    """The items that the act covers: those named, all of which must stand where it has a meaning, else all that do. Raises
    UsageError naming those that do not."""
    items = unit_standing(unit.name, period, desk.duties[unit.name], desk.book(), now).items
    stands = {item.obligation.item: item.standing for item in items}
    asked = named or tuple(stands)
    fits = tuple(no for no in asked if stands.get(no) in _FITS[answer])
    strange = {no: stands.get(no) for no in asked if no not in fits}
    if not fits or (named and strange):
        raise _does_not_fit(f"{unit.name}{period.name}", strange, answer, whole=not named)
    return fits


def _does_not_fit(what: str, strange: Mapping[int, Standing | None], answer: str, *, whole: bool) -> UsageError:
    """The refusal, which names items unless the whole unit stands alike. `strange` is where each of them stands, None for one
    that is not owed."""
    if answer == UNDO:
        numbers = "" if whole else f"第{'、'.join(map(str, strange))}项"
        return UsageError(f"{what}{numbers}没有登记免报，无须撤销")
    found = list(dict.fromkeys(strange.values())) or [None]
    alike = whole and len(found) == 1
    places = [f"{'' if alike else _listed(strange, one)}{_STANDS[one]}" for one in found]
    verb = f"无须重复{answer}" if found == [_DONE[answer]] else f"不能{answer}"
    remedy = "以纸质、电话报送的，请先用 ./bot record 登记" if Standing.MISSING in found else ""
    return UsageError(f"{what}{'，'.join(places)}，{verb}", remedy)


def _listed(strange: Mapping[int, Standing | None], one: Standing | None) -> str:
    return f"第{'、'.join(str(no) for no, standing in strange.items() if standing is one)}项"


def _received(desk: Desk, received: datetime | None, now: datetime) -> datetime:
    """When a report was handed in: as the officer says, else now."""
    if received is None:
        return now
    shown = f"{received.astimezone(CHINA):%Y-%m-%d %H:%M}"
    if received > now:
        raise UsageError(f"收到时间 {shown} 晚于当前时间", "请填写实际收到报送的日期")
    if received.year < desk.office.notice.year:
        raise UsageError(f"收到时间 {shown} 早于通知印发的年份", "请核对年份")
    return received


def chosen_items(desk: Desk, unit: Unit, items: Sequence[int]) -> tuple[int, ...]:
    """The items as given, checked to be the unit's. Raises UsageError."""
    own = {duty.item for duty in desk.duties[unit.name]}
    if strange := [no for no in items if no not in own]:
        raise UsageError(f"{item_ranges(strange)}不是{unit.name}的事项", f"{unit.name}的事项为{item_ranges(own)}")
    return tuple(sorted(set(items)))


def _until(period: Period, until: date | None) -> date:
    if until is None:
        raise UsageError("延期须注明新的截止日期", "请加 --until，例如 --until 2020-07-10")
    if until < period.last_day:
        raise UsageError(
            f"新的截止日期 {until.isoformat()} 早于原定的 {period.last_day.isoformat()}",
            "请填写原定截止日期之后的日期；填写原定日期即撤销延期",
        )
    if until.year > period.last_day.year + 1:
        raise UsageError(f"新的截止日期 {until.isoformat()} 太远", f"延期最迟至 {period.last_day.year + 1} 年底")
    return until

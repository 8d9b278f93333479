"""`wave list`, `wave approve`, `wave send`, `wave hold`: what is about to leave, with exact recipients and text, and an officer's word on it."""

from argparse import Namespace
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from cuibao.desk.waves import Wave, WaveLetter, approve, held, hold, send_now, waves, why_none
from cuibao.front import show
from cuibao.front.commands.plan import stage_name
from cuibao.front.house import House
from cuibao.papers.wording import item_ranges
from cuibao.rules.entries import Entry, entry_to_doc, stamp


def run(args: Namespace, now: datetime) -> int:
    house = House.of(args, writes=args.act != "list")
    if args.act == "list":
        return _list(args, house, now)
    house = house.of_period(args.period)
    given = {"units": args.unit or (), "by": args.by, "reason": args.reason}
    if args.act in ("approve", "send"):
        let_go = approve if args.act == "approve" else send_now
        entry = let_go(house.desk, args.period, args.stage, now, code=args.code, **given)
    else:
        entry = hold(house.desk, args.period, args.stage, now, **given)
    if args.json:
        show.as_json(entry_to_doc(entry))
    else:
        show.say(_done(house, entry, now))
    return 0


def _list(args: Namespace, house: House, now: datetime) -> int:
    units = {house.desk.unit(name).name for name in args.unit or ()}
    found = [wave for desk in house.desk.years for wave in waves(desk, now) if args.stage in (None, wave.stage)]
    if args.json:
        show.as_json([_doc(wave, units) for wave in found])
        return 0
    for wave in found:
        _tell(house.of_period(wave.period), wave, units, whole=args.text or bool(units))
    if not found and not units:
        show.say("到下一阶段为止没有待发的函件")
    told = {one.planned.key.unit for wave in found for one in wave.letters}
    show.say(*(_nothing(house, unit, now) for unit in sorted(units - told)))
    return 0


def _nothing(house: House, unit: str, now: datetime) -> str:
    reasons = "；".join(filter(None, (why_none(desk, unit, now) for desk in house.desk.years)))
    return f"{unit}到下一阶段为止没有待发的函件" + (f"（{reasons}）" if reasons else "")


def _chosen(wave: Wave, units: set[str]) -> Sequence[WaveLetter]:
    return [one for one in wave.letters if not units or one.planned.key.unit in units]


def _tell(house: House, wave: Wave, units: set[str], *, whole: bool) -> None:
    letters = _chosen(wave, units)
    if not letters:
        return
    waiting = sum(bool(one.waits) for one in wave.letters)
    quarter = house.desk.period(wave.period).name
    stage = stage_name(house.office, wave.stage)
    show.table(
        f"{quarter}{stage}（{wave.period} {wave.stage}，应于 {wave.due_at:%Y-%m-%d %H:%M} 发出）",
        ("单位", "收件人", "抄送", "事项", "情况"),
        [
            (
                one.planned.key.unit,
                "、".join(one.planned.to),
                "、".join(one.planned.cc) or "—",
                item_ranges(one.planned.items),
                one.waits or f"{one.planned.send_at:%m-%d %H:%M} 自动发出",
            )
            for one in letters
        ],
        caption=f"共 {len(wave.letters)} 封，其中 {waiting} 封待经办人决定；核对码 {wave.code}",
    )
    shown = letters if whole else letters[:1]
    for one in shown:
        show.say(f"主题：{one.words.subject}", "", one.words.text)
    if not whole and len(letters) > 1:
        show.say(f"以上为{shown[0].planned.key.unit}的函件；加 --unit 单位 看某一单位的，加 --text 看全部。")
    if waiting:
        show.say(f"批准：./bot wave approve {wave.period} {wave.stage} --code {wave.code} --by 姓名 --reason 理由")


def _doc(wave: Wave, units: set[str]) -> dict[str, Any]:
    return {
        "period": wave.period,
        "stage": wave.stage,
        "due_at": stamp(wave.due_at),
        "code": wave.code,
        "letters": [
            {
                "unit": one.planned.key.unit,
                "deadline": one.planned.key.deadline.isoformat(),
                "to": list(one.planned.to),
                "cc": list(one.planned.cc),
                "items": list(one.planned.items),
                "send_at": stamp(one.planned.send_at),
                "waits": one.waits,
                "subject": one.words.subject,
                "text": one.words.text,
            }
            for one in _chosen(wave, units)
        ],
    }


def _done(house: House, entry: Entry, now: datetime) -> str:
    stage = stage_name(house.office, str(entry.data["stage"]))
    quarter = house.desk.period(entry.period or "").name
    if "now" in entry.data:
        return (
            f"已准予提前发出{quarter}{stage} {len(entry.data['letters'])} 封（台账第 {entry.seq} 条），即日起在办公时段内按限额发出"
            "（后台服务 ./bot run 须在运行）；收件人或内容如有变化，仍按原定时间发出"
        )
    if "letters" in entry.data:
        return f"已批准{quarter}{stage} {len(entry.data['letters'])} 封（台账第 {entry.seq} 条）；收件人或内容如有变化，须重新批准"
    number = held(house.desk, entry, now)
    return f"已暂缓{quarter}{stage}：现有 {number} 封待发，此后新增的一并暂缓（台账第 {entry.seq} 条）；恢复请用 ./bot wave approve"

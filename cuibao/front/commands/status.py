"""`status`: the standing of every unit in a period."""

from argparse import Namespace
from datetime import datetime

from cuibao.desk.report import ORDER, current_period, standings, status_doc, year_before
from cuibao.front import show
from cuibao.front.house import House
from cuibao.papers.wording import item_ranges
from cuibao.rules.standing import WORDS, UnitStanding
from cuibao.rules.workdays import CHINA


def run(args: Namespace, now: datetime) -> int:
    this_year = House.of(args, writes=False)
    house = this_year.of_period(args.period)
    desk = house.desk
    period = desk.period(args.period) if args.period else current_period(desk.office, now)
    before = year_before(this_year.desk, period, now, args.unit)
    if args.json:
        show.as_json(status_doc(desk, period, now, args.unit) | {"year_before": before and before.doc()})
        return 0
    found = standings(desk, period, now, args.unit)
    counts = "　".join(f"{WORDS[s]} {n}" for s in ORDER if (n := sum(u.standing is s for u in found)))
    ordered = sorted(found, key=lambda unit: ORDER.index(unit.standing))
    show.table(
        f"{period.name}报送状态（{period.last_day.isoformat()} 截止）",
        ("单位", "状态", "按时", "首次收到", "未报事项", "说明"),
        [_row(unit) for unit in ordered],
        caption=f"共 {len(found)} 个单位：{counts}",
    )
    show.say(*([f"上年同期（{before.period}）：{before.words()}"] if before else []))
    show.say(*house.no_ledger)
    return 0


def _row(unit: UnitStanding) -> tuple[str, ...]:
    on_time = {True: "是", False: "否", None: "—"}[unit.on_time]
    first = f"{unit.first_received_at.astimezone(CHINA):%m-%d %H:%M}" if unit.first_received_at else "—"
    missing = item_ranges([item.obligation.item for item in unit.owed]) if unit.owed else "—"
    return (unit.unit, WORDS[unit.standing], on_time, first, missing, unit.reason)

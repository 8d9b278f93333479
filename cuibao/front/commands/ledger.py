"""`ledger`: the status log, newest last."""

from argparse import Namespace
from datetime import datetime

from cuibao.desk.report import ledger_lines
from cuibao.front import show
from cuibao.front.house import House
from cuibao.front.words import KINDS
from cuibao.papers.wording import item_ranges
from cuibao.rules.entries import Entry, entry_to_doc


def run(args: Namespace, now: datetime) -> int:
    desk = House.of(args, writes=False).desk
    lines = ledger_lines(desk, args.period, args.unit, args.kind)
    if args.json:
        for entry in lines:
            show.as_line(entry_to_doc(entry))
        return 0
    rows = [_row(entry) for entry in lines]
    show.table(
        "台账", ("序号", "时间", "事由", "季度", "单位", "事项", "经办", "摘要"), rows, caption=f"共 {len(rows)} 条"
    )
    return 0


def _row(entry: Entry) -> tuple[str, ...]:
    data = entry.data
    summary = data.get("reason") or data.get("subject") or data.get("reply") or ""
    return (
        str(entry.seq),
        f"{entry.at:%m-%d %H:%M}",
        KINDS[entry.kind],
        entry.period or "—",
        entry.unit or "—",
        item_ranges(entry.items) if entry.items else "—",
        entry.actor,
        str(summary)[:60],
    )

"""`figure set`: an officer sets a figure, with a reason and a name."""

from argparse import Namespace
from datetime import datetime

from cuibao.desk.figure import set_figure
from cuibao.front import show
from cuibao.front.house import House
from cuibao.front.words import summary
from cuibao.rules.entries import Entry, entry_to_doc


def run(args: Namespace, now: datetime) -> int:
    desk = House.of(args, writes=True).of_period(args.period).desk
    entry = set_figure(
        desk,
        args.unit,
        args.period,
        args.item,
        args.value,
        now,
        reason=args.reason,
        by=args.by,
        indicator=args.indicator,
        confirmed=args.confirm,
    )
    if args.json:
        show.as_json(entry_to_doc(entry))
    else:
        told = summary(desk.office, entry)
        show.say(f"已记入台账（第 {entry.seq} 条）：{entry.unit}　{told}；{_before(entry)}")
    return 0


def _before(entry: Entry) -> str:
    """Whether anything stood before, which the ledger keeps."""
    return "原数仍保留在台账中" if entry.data.get("was") else "此前没有登记过该指标本季度的完成数"

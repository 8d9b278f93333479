"""`note`: what an officer wants remembered, of a unit, a period or neither."""

from argparse import Namespace
from datetime import datetime

from cuibao.desk.acts import note
from cuibao.front import show
from cuibao.front.house import House
from cuibao.papers.wording import item_ranges
from cuibao.rules.entries import entry_to_doc


def run(args: Namespace, now: datetime) -> int:
    desk = House.of(args, writes=True).of_period(args.period).desk
    entry = note(desk, args.reason, now, by=args.by, unit=args.unit, period=args.period, items=args.items)
    if args.json:
        show.as_json(entry_to_doc(entry))
    else:
        about = "　".join(filter(None, (entry.unit, entry.period, item_ranges(entry.items))))
        show.say(f"备注已记入台账（第 {entry.seq} 条）{f'：{about}' if about else ''}")
    return 0

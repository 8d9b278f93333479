"""`ledger`: the status log, newest last."""

from argparse import Namespace
from datetime import datetime

from cuibao.desk.report import ledger_lines
from cuibao.front import show
from cuibao.front.house import House
from cuibao.front.words import KINDS, summary
from cuibao.papers.wording import cited, item_ranges
from cuibao.rules.book import ACTS
from cuibao.rules.entries import BOT, Entry, Kind, entry_to_doc
from cuibao.rules.office import Office
from cuibao.rules.outcomes import UsageError
from cuibao.rules.workdays import CHINA

LONGEST = 80


def run(args: Namespace, now: datetime) -> int:
    house = House.of(args, writes=False).of_period(args.period)
    period = None if args.period == str(house.office.notice.year) else args.period  # a year is the whole of its ledger
    lines = ledger_lines(house.desk, period, args.unit, kind_of(args.kind))
    if args.json:
        for entry in lines:
            show.as_line(entry_to_doc(entry))
        return 0
    rows = [_row(house.office, entry) for entry in lines]
    show.table(
        "台账", ("序号", "时间", "事由", "季度", "单位", "事项", "经办", "摘要"), rows, caption=f"共 {len(rows)} 条"
    )
    show.say(*house.no_ledger)
    return 0


def kind_of(typed: str | None) -> str | None:
    """The kind, or the family of kinds, that was typed in English or Chinese. Raises UsageError listing what may be."""
    families = {str(kind).partition(".")[0] for kind in Kind}
    if typed is None or typed in families or typed in list(Kind):
        return typed
    for kind, word in KINDS.items():
        if typed == word:
            return str(kind)
    known = "、".join(f"{word}（{kind}）" for kind, word in KINDS.items())
    raise UsageError(f"没有{cited(typed)}这一类记录", f"可选：{known}；或一族记录：{'、'.join(sorted(families))}")


def _row(office: Office, entry: Entry) -> tuple[str, ...]:
    return (
        str(entry.seq),
        f"{entry.at.astimezone(CHINA):%Y-%m-%d %H:%M}",
        KINDS[entry.kind],
        entry.period or "—",
        entry.unit or "—",
        item_ranges(entry.items) or ("全部" if entry.kind in ACTS else "—"),
        "系统" if entry.actor == BOT else entry.actor,
        summary(office, entry)[:LONGEST],
    )

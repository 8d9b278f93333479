"""`record`, `accept`, `return`, `exempt`, `extend`: an officer's acts, each with a reason and a name."""

from argparse import Namespace
from datetime import datetime
from pathlib import Path

from cuibao.desk.acts import LARGEST_PAPER, act
from cuibao.desk.context import Desk
from cuibao.front import show
from cuibao.front.house import House
from cuibao.front.words import act_words
from cuibao.gateways.system_words import why
from cuibao.papers.wording import item_ranges
from cuibao.rules.entries import Entry, Kind, entry_to_doc
from cuibao.rules.outcomes import UsageError
from cuibao.rules.recipients import working
from cuibao.rules.workdays import CHINA


def run(args: Namespace, now: datetime) -> int:
    house = House.of(args, writes=True).of_period(args.period)
    desk = house.desk
    entry = act(
        desk,
        args.command,
        args.unit,
        args.period,
        now,
        items=args.items,
        reason=args.reason,
        by=args.by,
        until=getattr(args, "until", None),
        received=getattr(args, "received", None),
        undo=getattr(args, "undo", False),
        paper=_paper(args.file),
    )
    if args.json:
        show.as_json(entry_to_doc(entry))
    else:
        show.say(*_told(desk, entry, now))
    return 0


def _told(desk: Desk, entry: Entry, now: datetime) -> list[str]:
    items = item_ranges(entry.items) or "全部事项"
    lines = [f"已记入台账（第 {entry.seq} 条）：{entry.unit}　{entry.period}　{items}　{act_words(entry)}"]
    return [*lines, after_return(desk, entry, now)] if entry.kind is Kind.SUBMISSION_SENT_BACK else lines


def after_return(desk: Desk, entry: Entry, now: datetime) -> str:
    """What happens next to a report that was sent back: a letter in the next office hours, or somebody telephones."""
    unit = desk.unit(entry.unit or "")
    if to := working(unit, desk.book()):
        opens = desk.office.hours.next_open(now).astimezone(CHINA)
        return (
            f"退回补报的函件将于 {opens:%Y-%m-%d %H:%M} 起的办公时段发往 {'、'.join(to)}（后台服务 ./bot run 须在运行）"
        )
    phones = "、".join(f"{contact.name} {contact.phone}".strip() for contact in unit.contacts if contact.phone)
    return f"{unit.name}没有可用邮箱，发不出函件，请电话告知{f'（{phones}）' if phones else ''}"


def _paper(file: Path | None) -> tuple[str, bytes] | None:
    if file is None:
        return None
    try:
        with file.open("rb") as opened:
            return file.name, opened.read(LARGEST_PAPER + 1)  # of a larger one no more than shows that it is too large
    except OSError as error:
        raise UsageError(f"{file} 无法读取：{why(error)}", "请核对 --file 的路径") from error

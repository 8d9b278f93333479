"""`record`, `accept`, `return`, `exempt`, `extend`: an officer's acts, each with a reason and a name."""

from argparse import Namespace
from datetime import datetime
from pathlib import Path

from cuibao.desk.acts import act
from cuibao.front import show
from cuibao.front.house import House
from cuibao.front.words import KINDS
from cuibao.rules.entries import entry_to_doc
from cuibao.rules.outcomes import UsageError


def run(args: Namespace, now: datetime) -> int:
    desk = House.of(args, writes=True).desk
    entry = act(
        desk,
        args.command,
        args.unit,
        args.period,
        now,
        items=args.items,
        reason=args.reason,
        by=args.by,
        until=args.until,
        paper=_paper(args.file),
    )
    if args.json:
        show.as_json(entry_to_doc(entry))
    else:
        show.say(f"已记入台账（第 {entry.seq} 条）：{entry.unit}　{entry.period}　{KINDS[entry.kind]}")
    return 0


def _paper(file: Path | None) -> tuple[str, bytes] | None:
    if file is None:
        return None
    try:
        return file.name, file.read_bytes()
    except OSError as error:
        raise UsageError(f"{file} 无法读取：{error.strerror}", "请核对 --file 的路径") from error

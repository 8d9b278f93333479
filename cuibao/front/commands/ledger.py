"""`ledger`: the status log, newest last."""

from argparse import Namespace
from datetime import datetime

from cuibao.desk.report import ledger_lines
from cuibao.front import show
from cuibao.front.house import NO_LEDGER, House
from cuibao.front.words import KINDS, act_words, judged_words, stage_name
from cuibao.papers.wording import item_ranges
from cuibao.rules.book import ACTS
from cuibao.rules.entries import BOT, Entry, Kind, entry_to_doc
from cuibao.rules.office import Office
from cuibao.rules.outcomes import UsageError
from cuibao.rules.workdays import CHINA

LONGEST = 80
_SAYING = ("reason", "subject", "reply", "words", "text", "email")
"""What an entry says, the plainest first."""
_TROUBLED = (Kind.LETTER_FAILED, Kind.LETTER_DOUBTFUL)
"""Letters of which the server's answer is what matters."""


def run(args: Namespace, now: datetime) -> int:
    house = House.of(args, writes=False)
    lines = ledger_lines(house.desk, args.period, args.unit, kind_of(args.kind))
    if args.json:
        for entry in lines:
            show.as_line(entry_to_doc(entry))
        return 0
    rows = [_row(house.office, entry) for entry in lines]
    show.table(
        "台账", ("序号", "时间", "事由", "季度", "单位", "事项", "经办", "摘要"), rows, caption=f"共 {len(rows)} 条"
    )
    show.say(*([] if house.begun else [NO_LEDGER]))
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
    raise UsageError(f"没有“{typed}”这一类记录", f"可选：{known}；或一族记录：{'、'.join(sorted(families))}")


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


def summary(office: Office, entry: Entry) -> str:
    """What an entry says, in one line."""
    data = entry.data
    if entry.kind is Kind.MAIL_JUDGED:
        return judged_words(entry)
    if entry.kind in ACTS:
        return act_words(entry)
    key = data.get("purpose") or data.get("stage")
    about = stage_name(office, str(key)) if key else ""
    names = ("reply", *_SAYING) if entry.kind in _TROUBLED else _SAYING
    said = next((str(data[name]) for name in names if data.get(name)), "")
    return said if about and said.startswith(about) else "：".join(filter(None, (about, said)))

"""`triage`: the mails that a person must decide, and the decision."""

from argparse import Namespace
from datetime import datetime

from cuibao.desk.acts import settle
from cuibao.front import show
from cuibao.front.house import House
from cuibao.front.words import CONFIDENCE, MAILS
from cuibao.rules.book import Mail
from cuibao.rules.entries import entry_to_doc, stamp
from cuibao.rules.verdict import MailKind, verdict_to_doc


def run(args: Namespace, now: datetime) -> int:
    house = House.of(args, writes=args.act == "settle")
    if args.act == "list":
        return _list(args, house)
    entries = settle(
        house.desk,
        args.mail,
        MailKind(args.kind),
        now,
        by=args.by,
        unit=args.unit,
        period=args.period,
        items=args.items,
        learn_sender=args.learn_sender,
    )
    if args.json:
        show.as_json([entry_to_doc(entry) for entry in entries])
    else:
        show.say(f"已处理：{args.mail} 定为{MAILS[MailKind(args.kind)]}，记入台账 {len(entries)} 条")
    return 0


def _list(args: Namespace, house: House) -> int:
    waiting = house.desk.book().triage()
    if args.json:
        show.as_json([_doc(mail) for mail in waiting])
        return 0
    show.table(
        "待办来件",
        ("编号", "收到", "发件人", "主题", "推断", "单位", "季度", "缘由"),
        [_row(mail) for mail in waiting],
        caption=f"共 {len(waiting)} 封；处理：./bot triage settle 编号 --as 类别 --unit 单位 --period 季度",
    )
    return 0


def _row(mail: Mail) -> tuple[str, ...]:
    verdict = mail.verdict
    guess = f"{MAILS[verdict.kind]}（{CONFIDENCE[verdict.confidence]}）" if verdict else "未能读取"
    return (
        mail.sha256[:10],
        f"{mail.arrived_at:%m-%d %H:%M}",
        mail.sender,
        mail.subject,
        guess,
        (verdict and verdict.unit) or "—",
        (verdict and verdict.period) or "—",
        "；".join(verdict.reasons) if verdict else "原件已保存，请查看",
    )


def _doc(mail: Mail) -> dict[str, object]:
    return {
        "mail": mail.sha256,
        "message_id": mail.message_id,
        "sender": mail.sender,
        "subject": mail.subject,
        "file": mail.file,
        "received_at": stamp(mail.arrived_at),
        "parked": mail.parked,
        "verdict": verdict_to_doc(mail.verdict) if mail.verdict else None,
    }

"""`triage`: the mails that a person must decide, and the decision."""

from argparse import Namespace
from collections.abc import Sequence
from datetime import datetime

from cuibao.desk.rightyear import settle_in_its_year
from cuibao.desk.settling import learn, strangers
from cuibao.front import show
from cuibao.front.commands.acts import after_return
from cuibao.front.house import House
from cuibao.front.words import MAILS, evidence_words, guess_words, short_subject
from cuibao.rules.entries import Kind, entry_to_doc, stamp
from cuibao.rules.outcomes import UsageError
from cuibao.rules.period import Period
from cuibao.rules.records import Mail
from cuibao.rules.verdict import MailKind, verdict_to_doc
from cuibao.rules.workdays import CHINA


def run(args: Namespace, now: datetime) -> int:
    if args.act == "list":
        return _list(args, House.of(args, writes=False))
    if args.kind is None and args.send_back:
        raise UsageError("退回来件须写明 --as submission", "请加 --as submission，并核对单位、季度和事项")
    if args.kind is None and args.adopt_form:
        raise UsageError("采用表中内容须写明 --as submission", "请加 --as submission，并以 --period 写明季度")
    if args.kind is None and not args.learn_sender:
        raise UsageError("缺少参数：--as", "请写明来件类别；只登记发件人的，请写 --learn-sender")
    house = _holding(House.of(args, writes=True), args.mail)
    return _learn(args, house, now) if args.kind is None else _settle(args, house, now)


def _holding(house: House, mark: str) -> House:
    """The house of the year whose ledger has that mail."""
    held = (
        one for one in (house, *house.earlier) if any(sha.startswith(mark.lower()) for sha in one.desk.book().mails)
    )
    return next(held, house)


def _settle(args: Namespace, house: House, now: datetime) -> int:
    desk, entries = settle_in_its_year(
        house.desk,
        args.mail,
        MailKind(args.kind),
        now,
        by=args.by,
        unit=args.unit,
        period=args.period,
        items=args.items,
        learn_sender=args.learn_sender,
        send_back=args.send_back or "",
        adopt=args.adopt_form,
    )
    if args.json:
        show.as_json([entry_to_doc(entry) for entry in entries])
    else:
        show.say(f"已处理：{args.mail} 定为{MAILS[MailKind(args.kind)]}，记入台账 {len(entries)} 条")
        returned = (entry for entry in entries if entry.kind is Kind.SUBMISSION_SENT_BACK)
        show.say(*(after_return(desk, entry, now) for entry in returned))
    return 0


def _learn(args: Namespace, house: House, now: datetime) -> int:
    entries = learn(house.desk, args.mail, now, by=args.by)
    if args.json:
        show.as_json([entry_to_doc(entry) for entry in entries])
    else:
        show.say(*(f"已登记：{entry.data['email']} 为{entry.unit}联系人" for entry in entries))
    return 0


def _list(args: Namespace, house: House) -> int:
    years = house.desk.years
    unknown = tuple(mail for desk in years for mail in strangers(desk))
    waiting = () if args.senders else tuple(mail for desk in years for mail in desk.book().triage())
    if args.json:
        show.as_json([_doc(mail) for mail in (unknown if args.senders else waiting)])
        return 0
    if not args.senders:
        _tell_waiting(waiting, [period for desk in years for period in desk.office.periods])
    if unknown or args.senders:
        _tell_unknown(unknown)
    files = [f"{mail.sha256[:10]}　{house.store / mail.file}" for mail in (*waiting, *unknown)]
    show.say(*(["原件：", *files] if files else []))
    return 0


def _tell_waiting(waiting: tuple[Mail, ...], periods: Sequence[Period]) -> None:
    show.table(
        "待办来件",
        ("编号", "收到", "发件人", "主题", "推断", "单位", "季度", "缘由"),
        [_row(mail, periods) for mail in waiting],
        caption=f"共 {len(waiting)} 封；处理：./bot triage settle 编号 --as 类别 --unit 单位 --period 季度",
    )


def _tell_unknown(unknown: tuple[Mail, ...]) -> None:
    show.table(
        "发件人未登记的报送（已按报送登记）",
        ("编号", "收到", "发件人", "主题", "单位", "季度"),
        [_place(mail) + _whose(mail) for mail in unknown],
        caption=f"共 {len(unknown)} 封；确为该单位联系人的，登记：./bot triage settle 编号 --learn-sender",
    )


def _row(mail: Mail, periods: Sequence[Period]) -> tuple[str, ...]:
    verdict = mail.verdict
    if verdict is None:
        return (*_place(mail), "未能读取", *_whose(mail), "原件已保存，请查看")
    why = "；".join(verdict.reasons) or evidence_words(verdict.evidence, periods)
    return (*_place(mail), guess_words(verdict.kind, verdict.confidence), *_whose(mail), why)


def _place(mail: Mail) -> tuple[str, ...]:
    return (
        mail.sha256[:10],
        f"{mail.arrived_at.astimezone(CHINA):%m-%d %H:%M}",
        mail.sender,
        short_subject(mail.subject),
    )


def _whose(mail: Mail) -> tuple[str, ...]:
    verdict = mail.verdict
    return (verdict and verdict.unit) or "—", (verdict and verdict.period) or "—"


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

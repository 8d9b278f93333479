"""`receive`: one poll of the mailbox, or mails from files; a line for every mail."""

from argparse import Namespace
from collections.abc import Iterator
from datetime import datetime

from cuibao.desk import receive
from cuibao.front import show
from cuibao.front.connections import opened
from cuibao.front.house import House
from cuibao.front.words import CONFIDENCE, MAILS
from cuibao.gateways.lock import hold
from cuibao.rules.outcomes import UsageError
from cuibao.rules.verdict import Judged, judged_to_doc

BATCH = 50


def run(args: Namespace, now: datetime) -> int:
    house = House.of(args, writes=True)
    if args.source is None:
        with opened(house, now):
            judged = [*receive.judge_waiting(house.desk, now), *receive.poll(house.desk, now)]
    else:
        judged = list(_from_files(args, house, now))
    if args.json:
        for item in judged:
            show.as_line(judged_to_doc(item))
    else:
        _tell(judged)
    return 0


def _from_files(args: Namespace, house: House, now: datetime) -> Iterator[Judged]:
    from cuibao.gateways.mail_files import is_other_file, looks_like_mail, read_mails

    sources = [receive.Source(name, arrival) for name, arrival in read_mails(args.source)]
    if len(sources) == 1 and is_other_file(args.source, sources[0].arrival.raw):
        raise UsageError(
            f"{args.source} 不是邮件（没有信头），未作登记",
            "请核对 --from 的路径；纸质等材料请用 ./bot record --file 登记",
        )
    with hold(house.store / "sending.lock", "收发件"):
        for start in range(0, len(sources), BATCH):
            yield from receive.take_in(house.desk, sources[start : start + BATCH], now)
    strange = [source.name for source in sources if not looks_like_mail(source.arrival.raw)]
    show.warn(*(f"{name} 不是邮件（没有信头），已照原样存档；请核对 --from 的路径" for name in strange))


def _tell(judged: list[Judged]) -> None:
    show.table(
        "收件结果",
        ("发件人", "主题", "判定", "单位", "季度", "说明"),
        [
            (
                item.sender,
                item.subject,
                f"{MAILS[item.verdict.kind]}（{CONFIDENCE[item.verdict.confidence]}）",
                item.verdict.unit or "—",
                item.verdict.period or "—",
                "重复" if item.duplicate else "；".join((*item.verdict.reasons, *item.verdict.problems)),
            )
            for item in judged
        ],
        caption=f"共 {len(judged)} 封",
    )

"""`remind`: one tick now, then delivery; with --dry-run only what it would do."""

from argparse import Namespace
from datetime import datetime

from cuibao.desk.report import plan_doc
from cuibao.desk.tick import Bell, Done
from cuibao.desk.waves import plan_of_all
from cuibao.front import show
from cuibao.front.commands.plan import stage_name, tell
from cuibao.front.connections import opened
from cuibao.front.house import House

STATES = {
    "sent": "已发出",
    "later": "稍后重试",
    "refused": "被拒收",
    "held": "待经办人处理",
    "doubtful": "是否送出待查",
    "stopped": "账号不能发件",
}


def run(args: Namespace, now: datetime) -> int:
    if args.dry_run:
        house = House.of(args, writes=False)
        made = plan_of_all(house.desk, now, now)
        show.as_json(plan_doc(made) | {"dry_run": True}) if args.json else tell(house.office, made)
        return 0
    house = House.of(args, writes=True)
    with opened(house, now) as clock:
        made = plan_of_all(house.desk, now, now)
        done = Bell(house.desk, clock.pause).tick(now)
    if args.json:
        show.as_json(_doc(plan_doc(made), done))
    else:
        _tell(house, done)
    unsent = any(item.state != "sent" for item in done.delivered)
    return 1 if done.troubles or done.unwritten or unsent else 0


def _doc(document: dict[str, object], done: Done) -> dict[str, object]:
    """The plan's document, each letter with its state ("waiting" where it has not been tried)."""
    states = {(d.note.key.unit, d.note.key.period, d.note.key.purpose): d for d in done.delivered}
    letters = document["letters"]
    assert isinstance(letters, list)  # noqa: S101 - plan_doc makes it one
    for letter in letters:
        found = states.get((letter["unit"], letter["period"], letter["stage"]))
        letter["state"] = found.state if found else "waiting"
        letter["reply"] = found.reply if found else ""
    document["troubles"] = [{"server": server, "message": str(error)} for server, error in done.troubles]
    return document


def _tell(house: House, done: Done) -> None:
    show.table(
        "发件结果",
        ("单位", "阶段", "收件人", "结果", "服务器答复"),
        [
            (
                item.note.key.unit,
                stage_name(house.office, item.note.key.purpose),
                "、".join(item.note.to),
                STATES.get(item.state, item.state),
                item.reply,
            )
            for item in done.delivered
        ],
        caption=f"共 {len(done.delivered)} 封",
    )
    for which, why in done.unwritten:
        show.say(f"未能拟稿：{which}　{why}")
    for _, error in done.troubles:
        show.say(str(error))

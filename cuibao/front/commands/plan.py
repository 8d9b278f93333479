"""`plan`: what is due and what will be, and what is withheld, with the reasons; nothing is written."""

from argparse import Namespace
from collections import Counter
from datetime import datetime

from cuibao.desk.report import plan_doc
from cuibao.desk.waves import plan
from cuibao.front import show
from cuibao.front.house import House
from cuibao.front.words import PURPOSES
from cuibao.papers.wording import item_ranges
from cuibao.rules.office import Office
from cuibao.rules.planned import Plan


def run(args: Namespace, now: datetime) -> int:
    house = House.of(args, writes=False)
    made = plan(house.desk, now, args.until)
    if args.json:
        show.as_json(plan_doc(made))
    else:
        tell(house.office, made)
    return 0


def tell(office: Office, made: Plan) -> None:
    """A plan for people: letters one by one, reasons for silence counted."""
    show.table(
        f"应发提醒（{made.now:%Y-%m-%d %H:%M}）",
        ("单位", "季度", "阶段", "发出时间", "收件人", "事项", "原因"),
        [
            (
                letter.key.unit,
                letter.key.period,
                stage_name(office, letter.stage),
                f"{letter.send_at:%m-%d %H:%M}",
                "、".join((*letter.to, *letter.cc)),
                item_ranges(letter.items),
                "；".join(filter(None, (letter.reason, letter.waits))),
            )
            for letter in made.letters
        ],
        caption=f"共 {len(made.letters)} 封",
    )
    if made.withheld:
        counted = Counter((item.period, item.stage, item.reason) for item in made.withheld)
        show.table(
            "不发的提醒",
            ("季度", "阶段", "原因", "单位数"),
            [(period, stage_name(office, stage), why, str(n)) for (period, stage, why), n in counted.items()],
        )


def stage_name(office: Office, key: str) -> str:
    """What people call a letter's stage or purpose."""
    stage = office.stage(key)
    return stage.name if stage else PURPOSES.get(key, key)

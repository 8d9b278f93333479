"""`plan`: what is due and what will be, and what is withheld, with the reasons; nothing is written."""

from argparse import Namespace
from datetime import datetime

from cuibao.desk.report import plan_doc
from cuibao.desk.waves import plan_of_all
from cuibao.front import show
from cuibao.front.house import House
from cuibao.front.words import stage_name as stage_name
from cuibao.papers.wording import item_ranges
from cuibao.rules.office import Office
from cuibao.rules.planned import NO_ADDRESS, Plan, Withheld


def run(args: Namespace, now: datetime) -> int:
    house = House.of(args, writes=False)
    made = plan_of_all(house.desk, now, args.until)
    if args.json:
        show.as_json(plan_doc(made))
    else:
        tell(house.office, made)
        show.say(*house.no_ledger)
    return 0


def tell(office: Office, made: Plan) -> None:
    """A plan for people: letters one by one, reasons for silence with how many units, and which where somebody must act."""
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
        alike: dict[tuple[str, str, str], list[Withheld]] = {}
        for item in made.withheld:
            alike.setdefault((item.period, item.stage, item.reason), []).append(item)
        show.table(
            "不发的提醒",
            ("季度", "阶段", "原因", "单位"),
            [
                (period, stage_name(office, stage), why, _units(why, found))
                for (period, stage, why), found in alike.items()
            ],
        )


def _units(why: str, found: list[Withheld]) -> str:
    names = dict.fromkeys(item.unit for item in found)
    counted = f"{len(names)} 个"
    return f"{counted}：{'、'.join(names)}" if why == NO_ADDRESS else counted

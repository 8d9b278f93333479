"""`contacts import|export`: units' contacts as the Excel file that offices keep."""

from argparse import Namespace
from datetime import datetime

from cuibao.desk.acts import enable_again
from cuibao.front import problems as told
from cuibao.front import show
from cuibao.front.house import House
from cuibao.gateways.contact_sheet import import_contacts, write_contacts


def run(args: Namespace, now: datetime) -> int:
    house = House.of(args, writes=False)
    if args.direction == "export":
        write_contacts(args.file, house.configured)
        if args.json:
            show.as_json({"changes": [], "problems": []})
        else:
            show.say(f"已导出 {len(house.configured.registry.units)} 个单位的联系人：{args.file}")
        return 0
    changes, problems = import_contacts(args.file, house.config)
    if not problems:
        changes = [*changes, *_enabled(args, now)]
    if args.json:
        show.as_json({"changes": list(changes), "problems": told.problems_doc(problems)})
        return 2 if problems else 0
    if problems:
        told.tell(problems, "联系人表有误，未作任何改动")
        return 2
    show.say(*(changes or ["联系人没有变化"]))
    return 0


def _enabled(args: Namespace, now: datetime) -> list[str]:
    """Addresses that letters could not reach once, and that the office has just confirmed."""
    house = House.of(args, writes=False)
    entries = enable_again(house.desk, now, by="经办人") if house.begun else ()
    return [f"{entry.unit}：{entry.data['email']} 曾退信，现恢复使用" for entry in entries]

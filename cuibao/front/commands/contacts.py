"""`contacts import|export`: units' contacts as the Excel file that offices keep."""

from argparse import Namespace
from datetime import datetime

from cuibao.desk.contacts import bounced, enable_again
from cuibao.front import problems as told
from cuibao.front import show
from cuibao.front.house import House
from cuibao.gateways.contact_sheet import import_contacts, restored_contacts, write_contacts


def run(args: Namespace, now: datetime) -> int:
    house = House.of(args, writes=False)
    if args.direction == "export":
        write_contacts(args.file, house.configured, house.desk.book().bad_addresses if house.begun else {})
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
    show.say(*(changes or ["联系人没有变化"]), *_unused(args))
    return 0


def _enabled(args: Namespace, now: datetime) -> list[str]:
    """Addresses that letters could not reach once, and that the office has just confirmed."""
    house = House.of(args, writes=False)
    if not house.begun:
        return []
    entries = enable_again(house.desk, restored_contacts(args.file, house.config), now, by="经办人")
    return [f"{entry.unit}：{entry.data['email']} 曾退信，现恢复使用" for entry in entries]


def _unused(args: Namespace) -> list[str]:
    """Addresses of the sheet that are not written to because they bounced."""
    house = House.of(args, writes=False)
    unused = bounced(house.configured.registry, house.desk.book()) if house.begun else ()
    remedy = "确已可用的，请导出联系人表，将其“状态”改为“恢复”后再导入"
    return [*(f"{unit}：{email} 曾退信，仍停用" for unit, email in unused), *([remedy] if unused else [])]

"""What pydantic cannot see: keys that stand twice, periods out of order, names in one file that another does not know, and what
nobody can see in a name."""

import unicodedata
from collections.abc import Callable, Hashable, Iterable, Iterator
from itertools import pairwise

from cuibao.gateways.config_models import CollectiveBlock, OfficeFile, RegistryFile, UnitBlock, UnitsFile, nearest
from cuibao.gateways.yaml_places import quoted
from cuibao.rules.letters import RECEIPT
from cuibao.rules.outcomes import Problem

RESERVED = frozenset({RECEIPT, "send_back", "digest", "alarm"})
"""Purposes of letters that are no stages."""
MOST_WORKDAYS = 60
"""So far from its deadline no stage lies: a quarter has some 63 working days."""
LONGEST_NAME, LONGEST_PERIOD = 50, 20
"""In characters: both stand in the names of files, which have 255 bytes, of which a Chinese character takes three."""
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Controls, those of direction and width among them, halves of characters, ends of lines (Unicode's general categories)."""
Place = tuple[str, str]
"""A path in a file and the text that stands there."""


def office_mistakes(file: OfficeFile, shown: str) -> Iterator[Problem]:
    """What is wrong in office.yaml as a whole."""
    periods, stages = file.periods, file.stages
    yield from _unseen(shown, _office_texts(file))
    yield from _too_long(shown, ((f"periods[{n}].name", p.name) for n, p in enumerate(periods)), LONGEST_PERIOD)
    yield from _twice(shown, ((f"periods[{n}].key", p.key) for n, p in enumerate(periods)), "季度的键")
    yield from _twice(shown, ((f"stages[{n}].key", s.key) for n, s in enumerate(stages)), "提醒的键")
    enabled = ((f"stages[{n}].workdays", str(s.workdays)) for n, s in enumerate(stages) if s.enabled)
    yield from _twice(shown, enabled, "已启用的提醒的工作日", remedy="请改为不同的工作日，或停用其中一个")
    for number, stage in enumerate(stages):
        if stage.key in RESERVED:
            yield Problem(shown, f"stages[{number}].key", f"{quoted(stage.key)}是程序保留的名称", "请换一个键")
    for number, period in enumerate(periods):
        if period.deadline.year not in (file.notice.year, file.notice.year + 1):
            message = f"时限{quoted(period.deadline)}不在通知年度（{file.notice.year}年）及其次年"
            yield Problem(shown, f"periods[{number}].deadline", message, "请核对时限的年份和 notice.year")
    for number in range(1, len(periods)):
        if periods[number].deadline <= periods[number - 1].deadline:
            day, before = periods[number].deadline, periods[number - 1].deadline
            message = f"时限{quoted(day)}不晚于上一季度的{quoted(before)}"
            yield Problem(shown, f"periods[{number}].deadline", message, "请按时间先后排列各季度，并核对日期")
    if periods and file.mailbox.since > periods[0].deadline:
        message = f"读取邮件的起始日{quoted(file.mailbox.since)}晚于第一个时限{quoted(periods[0].deadline)}"
        yield Problem(shown, "mailbox.since", message, "请改为通知印发前后的日期，否则收不到报送")
    yield from _stage_mistakes(file, shown)
    if file.pace.receipts_share >= file.pace.per_day:
        message = f"为回执留出的{quoted(file.pace.receipts_share)}不少于每天总数{quoted(file.pace.per_day)}"
        yield Problem(shown, "pace.receipts_share", message, "请改小，否则16时前一封函件也发不出")
    yield from _unknown_progress(file, shown)


def _office_texts(file: OfficeFile) -> Iterator[Place]:
    yield from ((f"office.{key}", getattr(file.office, key)) for key in ("name", "short", "contact", "phone"))
    yield from ((f"notice.{key}", getattr(file.notice, key)) for key in ("number", "title"))
    yield from ((f"periods[{n}].name", period.name) for n, period in enumerate(file.periods))
    yield from ((f"stages[{n}].name", stage.name) for n, stage in enumerate(file.stages))


def _stage_mistakes(file: OfficeFile, shown: str) -> Iterator[Problem]:
    """Days that nobody means, and stages out of their order: a slip of the pen would silence the bot."""
    enabled = [(number, stage) for number, stage in enumerate(file.stages) if stage.enabled]
    for number, stage in enabled:
        if abs(stage.workdays) > MOST_WORKDAYS:
            message = f"距时限{quoted(stage.workdays)}个工作日，超过{MOST_WORKDAYS}个"
            yield Problem(shown, f"stages[{number}].workdays", message, "请核对；时限之前写负数，之后写正数")
    for (_, before), (number, stage) in pairwise(enabled):
        if stage.workdays < before.workdays:
            message = (
                f"{quoted(stage.key)}（{stage.workdays}）排在{quoted(before.key)}（{before.workdays}）之后，却比它早"
            )
            yield Problem(shown, f"stages[{number}].workdays", message, "请按时间先后排列各提醒，并核对正负号")


def _unknown_progress(file: OfficeFile, shown: str) -> Iterator[Problem]:
    if "progress" not in file.model_fields_set:
        return
    keys = [period.key for period in file.periods]
    for key in file.progress:
        if key not in keys:
            yield Problem(
                shown, f"progress.{key}", f"没有这个季度：{quoted(key)}", f"请改为 periods 中的键：{'、'.join(keys)}"
            )


def units_mistakes(file: UnitsFile, shown: str) -> Iterator[Problem]:
    """What is wrong in units.yaml as a whole."""
    yield from _unseen(shown, (*_names(file), *_people(file)))
    yield from _too_long(shown, _names(file), LONGEST_NAME)
    yield from _twice(shown, _names(file), "单位或成员单位的名称")
    known = [name for unit in file.units for name in (unit.name, *unit.aliases)]
    for number, body in enumerate(file.collectives):
        for place, member in enumerate(body.members):
            if member not in known:
                yield _unknown(shown, f"collectives[{number}].members[{place}]", member, known)
    for number, unit in enumerate(file.units):
        yield from _twice(shown, _emails(unit, number), "同一单位的邮箱", same=str.lower)


def _names(file: UnitsFile) -> Iterator[Place]:
    for number, unit in enumerate(file.units):
        yield from _names_of(f"units[{number}]", unit)
        yield from ((f"units[{number}].former[{n}].name", former.name) for n, former in enumerate(unit.former))
    for number, body in enumerate(file.collectives):
        yield from _names_of(f"collectives[{number}]", body)


def _names_of(place: str, body: UnitBlock | CollectiveBlock) -> Iterator[Place]:
    yield f"{place}.name", body.name
    yield from ((f"{place}.aliases[{n}]", alias) for n, alias in enumerate(body.aliases))


def _people(file: UnitsFile) -> Iterator[Place]:
    for number, unit in enumerate(file.units):
        yield from ((f"units[{number}].contacts[{n}].name", contact.name) for n, contact in enumerate(unit.contacts))


def _emails(unit: UnitBlock, number: int) -> Iterator[Place]:
    return ((f"units[{number}].contacts[{n}].email", contact.email) for n, contact in enumerate(unit.contacts))


def registry_mistakes(file: RegistryFile, units: UnitsFile | None, shown: str) -> Iterator[Problem]:
    """What is wrong in registry.yaml as a whole; names are looked up only where units.yaml could be read."""
    yield from _unseen(shown, _item_texts(file))
    numbers = ((f"items[{n}].no", str(item.no)) for n, item in enumerate(file.items))
    yield from _twice(shown, numbers, "事项序号")
    if units is None:
        return
    known = [name for _, name in _names(units)]
    for number, item in enumerate(file.items):
        for role, names in (("lead", item.lead), ("cooperating", item.cooperating)):
            for place, name in enumerate(names):
                if name not in known:
                    yield _unknown(shown, f"items[{number}].{role}[{place}]", name, known)


def _item_texts(file: RegistryFile) -> Iterator[Place]:
    for number, item in enumerate(file.items):
        yield f"items[{number}].section", item.section
        yield f"items[{number}].title", item.title
        for place, target in enumerate(item.targets):
            yield f"items[{number}].targets[{place}].indicator", target.indicator
            yield f"items[{number}].targets[{place}].measure", target.measure


def _unseen(shown: str, places: Iterable[Place]) -> Iterator[Problem]:
    """A problem for every text with a character that nobody sees, and that no sheet, mail or file name could hold."""
    for path, text in places:
        if found := [char for char in text if _is_unseen(char)]:
            seen = "".join("□" if char in found else char for char in text)
            message = f"含有换行或看不见的字符（U+{ord(found[0]):04X}，以□标出）：{quoted(seen)}"
            yield Problem(shown, path, message, "请删去□处的字符，或将该处重新键入")


def _is_unseen(char: str) -> bool:
    return unicodedata.category(char) in _UNSEEN or ord(char) & 0xFFFE == 0xFFFE


def _too_long(shown: str, places: Iterable[Place], most: int) -> Iterator[Problem]:
    for path, text in places:
        if len(text) > most:
            message = f"名称过长（{len(text)}字，最多{most}字）：{quoted(text)}"
            yield Problem(shown, path, message, "请改用规范简称，全称可写进公文")


def _unknown(shown: str, path: str, name: str, known: list[str]) -> Problem:
    near = nearest(name, known)
    remedy = f"是否应为{quoted(near)}？" if near else ""
    return Problem(
        shown, path, f"units.yaml中没有这个单位：{quoted(name)}", f"{remedy}请改正，或在units.yaml中登记该单位或别名"
    )


def _twice(
    shown: str,
    places: Iterable[Place],
    what: str,
    *,
    remedy: str = "请删去或改正其中一处",
    same: Callable[[str], Hashable] = str,
) -> Iterator[Problem]:
    """A problem for every text that stands a second time."""
    first: dict[Hashable, str] = {}
    for path, text in places:
        earlier = first.setdefault(same(text), path)
        if earlier != path:
            yield Problem(shown, path, f"{what}重复：{quoted(text)}，与 {earlier} 相同", remedy)

"""What a new notice changes against the one before, in words: items new, gone and changed, units new, gone and renamed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher

from cuibao.papers.wording import quoted, target_words
from cuibao.rules.registry import Item, Registry, Target, Unit

_ALIKE = 0.6
"""So like each other are the titles of an item that was reworded."""
_MOST_COMPARED = 200
"""So many titles on either side are held against each other; where more are left over, it is another list."""


def changes(before: Registry, after: Registry) -> tuple[str, ...]:
    """Chinese sentences without the last mark; nothing where both say the same. Items are matched by their titles, units by every
    name they bear or bore."""
    renamed = dict(_renamed(before, after))
    return (*_items(before, after, renamed), *_units(before, after, renamed))


def _renamed(before: Registry, after: Registry) -> Iterator[tuple[str, str]]:
    """Each unit's name of before and of now, where it is still there."""
    for unit in before.units:
        if found := next((new for name in _names(unit) if (new := after.unit(name))), None):
            yield unit.name, found.name


def _names(unit: Unit) -> tuple[str, ...]:
    return (unit.name, *unit.aliases, *(former.name for former in unit.former))


def _items(before: Registry, after: Registry, renamed: Mapping[str, str]) -> Iterator[str]:
    pairs = _pairs(before.items, after.items)
    for item in after.items:
        old = pairs.get(item.no)
        if old is None:
            yield f"新增事项：第{item.no}项{quoted(item.title)}，牵头单位：{_listed(item.lead)}"
        elif found := tuple(_changed(old, item, before, after, renamed)):
            yield f"调整事项：第{item.no}项{quoted(item.title)}：{'；'.join(found)}"
    kept = {old.no for old in pairs.values()}
    yield from (f"取消事项：原第{old.no}项{quoted(old.title)}" for old in before.items if old.no not in kept)


def _pairs(before: Sequence[Item], after: Sequence[Item]) -> dict[int, Item]:
    """The old item of each new one, by the new one's number: first of the same title, then the one most like it."""
    by_title = {item.title: item for item in before}
    pairs = {item.no: old for item in after if (old := by_title.pop(item.title, None))}
    left = [item for item in after if item.no not in pairs]
    if len(left) > _MOST_COMPARED or len(by_title) > _MOST_COMPARED:
        return pairs
    likeness = sorted(
        ((_like(item.title, title), item.no, title) for item in left for title in by_title), key=lambda one: -one[0]
    )
    for share, number, title in likeness:
        if share >= _ALIKE and number not in pairs and title in by_title:
            pairs[number] = by_title.pop(title)
    return pairs


def _like(one: str, other: str) -> float:
    matcher = SequenceMatcher(None, one, other)
    return matcher.ratio() if matcher.real_quick_ratio() >= _ALIKE else 0.0


def _changed(old: Item, new: Item, before: Registry, after: Registry, renamed: Mapping[str, str]) -> Iterator[str]:
    if old.title != new.title:
        yield f"原题{quoted(old.title)}"
    if old.no != new.no:
        yield f"原为第{old.no}项"
    if old.section != new.section:
        yield f"由{quoted(old.section)}移至{quoted(new.section)}"
    for role, was, now in (("牵头单位", old.lead, new.lead), ("协同单位", old.cooperating, new.cooperating)):
        yield from _parties(role, _resolved(was, before, renamed), _resolved(now, after, {}))
    if old.open_ended != new.open_ended:
        yield "名单后新写了“等”" if new.open_ended else "名单后不再写“等”"
    yield from _targets(old.targets, new.targets)


def _resolved(names: Iterable[str], registry: Registry, renamed: Mapping[str, str]) -> list[str]:
    """Units and collectives by the names that they bear now."""
    bodies = (registry.unit(name) or registry.collective(name) for name in names)
    own = (body.name if body else name for body, name in zip(bodies, names, strict=True))
    return [renamed.get(name, name) for name in own]


def _parties(role: str, was: list[str], now: list[str]) -> Iterator[str]:
    more, less = [name for name in now if name not in was], [name for name in was if name not in now]
    if more:
        yield f"{role}增加{_listed(more)}"
    if less:
        yield f"{role}减少{_listed(less)}"


def _targets(was: Sequence[Target], now: Sequence[Target]) -> Iterator[str]:
    """Targets of one indicator are held against each other."""
    left = [target for target in was if target not in now]
    for target in (one for one in now if one not in was):
        old = next((one for one in left if one.indicator == target.indicator), None)
        if old:
            left.remove(old)
            yield f"目标由{target_words(old)}改为{target_words(target)}"
        else:
            yield f"新增目标{target_words(target)}"
    yield from (f"取消目标{target_words(target)}" for target in left)


def _listed(texts: Iterable[str]) -> str:
    return "、".join(texts) or "无"


def _units(before: Registry, after: Registry, renamed: Mapping[str, str]) -> Iterator[str]:
    known = set(renamed.values())
    yield from (f"新增单位：{unit.name}" for unit in after.units if unit.name not in known)
    yield from (f"不再涉及的单位：{unit.name}" for unit in before.units if unit.name not in renamed)
    for old, new in renamed.items():
        if old != new:
            how = "更名" if any(former.name == old for former in _unit(after, new).former) else "改称"
            yield f"单位{how}：{old} → {new}"


def _unit(registry: Registry, name: str) -> Unit:
    return next(unit for unit in registry.units if unit.name == name)

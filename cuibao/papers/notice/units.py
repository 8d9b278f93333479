"""Units out of printed names: which names are one unit's, which unit of before it is, and what a person must say about it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from cuibao.papers.notice.draft import Alias, Question
from cuibao.papers.notice.likeness import is_like, key_of, why_one
from cuibao.papers.notice.names import is_collective, is_outside
from cuibao.papers.notice.reforms import Reform
from cuibao.rules.registry import Collective, Former, Registry, Unit

_IN_UNITS_FILE = "units.yaml已登记为别名"
_LIKE_AN_ALIAS = "与units.yaml已登记的别名同指一单位"
_FORMER_IN_UNITS_FILE = "units.yaml已登记为原名称"


@dataclass(frozen=True, slots=True)
class Mention:
    """A name where it is printed first: the place and the item."""

    name: str
    place: str
    item: int


@dataclass(frozen=True, slots=True)
class Resolved:
    """Every unit and collective that the notice names, in order of first mention."""

    units: tuple[Unit, ...]
    collectives: tuple[Collective, ...]
    aliases: tuple[Alias, ...]
    questions: tuple[Question, ...]


@dataclass
class _Names:
    """What is known while names are put together."""

    city: str
    issued_on: date | None
    known: Registry
    reforms: Sequence[Reform]
    by_key: Mapping[str, Unit]
    named: set[str] = field(default_factory=set)
    """The keys of all units that the notice names, or that what it names was found to be."""
    aliases: list[Alias] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)

    def key(self, name: str) -> str:
        """The form that all names of that organ share."""
        return key_of(name, self.city)

    def ask(self, at: Mention, message: str, remedy: str, unknown: str = "") -> None:
        """A question about a name."""
        self.questions.append(Question(at.place, message, remedy, at.item, unknown))


def resolve(
    mentions: Iterable[Mention], known: Registry | None, city: str, issued_on: date | None, reforms: Sequence[Reform]
) -> Resolved:
    """The units and collectives behind the names. Those of `known` keep their names, contacts and duty; one that the reforms renamed
    takes the new name and keeps the old one as a former name. Nothing is merged without an Alias that says why."""
    registry = known or Registry((), (), ())
    by_key = {key_of(name, city): unit for unit in reversed(registry.units) for name in (*unit.aliases, unit.name)}
    names = _Names(city, issued_on, registry, reforms, by_key)
    groups: dict[str, list[Mention]] = defaultdict(list)
    bodies: dict[str, list[Mention]] = defaultdict(list)
    for mention in mentions:
        group, key = (bodies if is_collective(mention.name) else groups), _group_of(names, mention.name)
        if mention.name not in {one.name for one in group[key]}:
            group[key].append(mention)
    names.named = set(groups)
    units = [_unit(names, group, new=known is not None) for group in groups.values()]
    _doubts(names, groups, units)
    collectives = [_collective(names, group) for group in bodies.values()]
    return Resolved(tuple(units), tuple(collectives), tuple(names.aliases), tuple(names.questions))


def _group_of(names: _Names, printed: str) -> str:
    """What names of one unit or body have in common: the known one's name, else the key."""
    known = names.known.unit(printed) or names.by_key.get(names.key(printed)) or names.known.collective(printed)
    return names.key(known.name if known else printed)


def _unit(names: _Names, group: Sequence[Mention], *, new: bool) -> Unit:
    first = group[0]
    before = names.known.unit(first.name) or names.by_key.get(names.key(first.name))
    if before:
        return _with_names(names, before, before.name, group)
    if found := _reformed(names, first.name):
        return _renamed(names, group, *found)
    name = max((one.name for one in group), key=lambda printed: (_fullness(names, printed), -len(printed)))
    if new:
        names.ask(
            first,
            f"units.yaml中没有“{name}”，按新单位列出",
            "请核对名称，并补上联系人；如为已有单位，请在units.yaml中登记为别名",
            unknown=name,
        )
    if is_outside(name):
        names.ask(
            first, f"“{name}”不属本级政府管理", "请确认是否须报送；只发函告知的，请在units.yaml中写明duty: inform"
        )
    return _with_names(names, Unit(name), name, group)


def _fullness(names: _Names, printed: str) -> int:
    """How much a name says without its city."""
    return len(printed.removeprefix(names.city)) + (1 if names.city and printed.startswith(names.city) else 0)


def _with_names(names: _Names, unit: Unit, name: str, group: Sequence[Mention]) -> Unit:
    """The unit with all printed names that it did not have yet among its aliases."""
    former = {one.name: one for one in unit.former}
    for mention in group:
        if mention.name == name:
            continue
        if mention.name in unit.aliases:
            why = _IN_UNITS_FILE
        elif mention.name in former:
            why = _FORMER_IN_UNITS_FILE
            _past_its_day(names, mention, former[mention.name])
        elif names.key(mention.name) == names.key(name):
            why = why_one(mention.name, name, names.city)
        else:
            why = _LIKE_AN_ALIAS
        names.aliases.append(Alias(mention.name, name, why))
    seen = (one.name for one in group if one.name != name and one.name not in former)
    aliases = tuple(dict.fromkeys((*unit.aliases, *seen)))
    return unit if (unit.name, unit.aliases) == (name, aliases) else replace(unit, name=name, aliases=aliases)


def _past_its_day(names: _Names, mention: Mention, former: Former) -> None:
    if names.issued_on and names.issued_on >= former.until:
        names.ask(mention, f"“{mention.name}”自{former.until}起不再使用，通知仍写此名", "请核对是否应为现名称")


def _reformed(names: _Names, printed: str) -> tuple[Unit, Reform, bool] | None:
    """The known unit that a reform made of this one, or this one of it (True: the printed name is the newer), or None."""
    key = names.key(printed)
    for reform in names.reforms:
        old, new = names.key(reform.old), names.key(reform.new)
        if key == new and (unit := names.by_key.get(old)) and names.key(unit.name) not in names.named:
            return unit, reform, True
        if key == old and (unit := names.by_key.get(new)) and names.key(unit.name) not in names.named:
            return unit, reform, False
    return None


def _renamed(names: _Names, group: Sequence[Mention], unit: Unit, reform: Reform, newer: bool) -> Unit:
    """The known unit under its newer name, the older one among its former names."""
    first = group[0]
    names.named.add(names.key(unit.name))
    until = min(reform.since, names.issued_on or reform.since) if newer else reform.since
    if not reform.whole:
        names.ask(
            first, f"“{first.name}”与原登记的“{unit.name}”因机构改革对应，职责可能有分有合", "请核对联系人是否仍然适用"
        )
    if newer:
        old = (unit.name, *unit.aliases)
        names.aliases.append(Alias(unit.name, first.name, _reform_of(unit.name, first.name, until), printed=False))
        kept = replace(unit, aliases=(), former=(*unit.former, *(Former(name, until) for name in old)))
        return _with_names(names, kept, first.name, group)
    names.aliases += [Alias(one.name, unit.name, _reform_of(one.name, unit.name, until)) for one in group]
    _past_its_day(names, first, Former(first.name, until))
    kept = replace(unit, former=(*unit.former, *(Former(one.name, until) for one in group)))
    return _with_names(names, kept, unit.name, [])


def _reform_of(old: str, new: str, until: date) -> str:
    return f"机构改革：{old}改为{new}（不晚于{until}）"


def _collective(names: _Names, group: Sequence[Mention]) -> Collective:
    first = group[0]
    found = names.known.collective(first.name)
    body = found or Collective(first.name)
    for mention in group:
        if mention.name != body.name:
            why = _IN_UNITS_FILE if mention.name in body.aliases else why_one(mention.name, body.name, names.city)
            names.aliases.append(Alias(mention.name, body.name, why))
    seen = (one.name for one in group if one.name != body.name)
    return replace(body, aliases=tuple(dict.fromkeys((*body.aliases, *seen))))


def _doubts(names: _Names, groups: Mapping[str, Sequence[Mention]], units: Sequence[Unit]) -> None:
    """Pairs of units that might be one: like names, and names of before and after a reform in one notice."""
    firsts = {unit.name: group[0] for unit, group in zip(units, groups.values(), strict=True)}
    remedy = "如为同一单位，请在units.yaml中合并为一个单位的名称和别名"
    for one, other in _alike(names, list(firsts), list(_left_out(names, units))):
        names.ask(firsts[one], f"“{one}”与“{other}”疑为同一单位，未合并", remedy)
    by_key = {names.key(unit.name): unit.name for unit in units}
    for reform in names.reforms:
        old, new = by_key.get(names.key(reform.old)), by_key.get(names.key(reform.new))
        if old and new and old != new:
            names.ask(firsts[old], f"“{old}”因机构改革改为“{new}”，通知中两者并存，未合并", remedy)


def _left_out(names: _Names, units: Sequence[Unit]) -> Iterator[str]:
    """Known units that the notice does not name."""
    kept = {name for unit in units for name in (unit.name, *(former.name for former in unit.former))}
    return (unit.name for unit in names.known.units if unit.name not in kept)


def _alike(names: _Names, printed: Sequence[str], left_out: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Pairs of names that are like, the first printed, the other printed or left out; only those that begin and end alike are compared."""
    blocks: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for number, name in enumerate((*printed, *left_out)):
        key = names.key(name)
        block = blocks[key[:1], key[-1:]]
        yield from ((one, name) for one, other in block if is_like(other, key))
        if number < len(printed):
            block.append((name, key))

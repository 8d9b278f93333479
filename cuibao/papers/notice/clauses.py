"""Responsibility clauses: （牵头责任单位：…，协同责任单位：…）, （市教育局牵头，市财政局配合） and what else notices write; who leads and who helps."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from cuibao.papers.notice.names import Named, names_in


class Called(Enum):
    """How a clause calls those whom it lists. ASIDE is what is no unit at all: 责任人, 完成时限."""

    LEAD = "lead"
    PLAIN = "plain"
    COOPERATING = "cooperating"
    ASIDE = "aside"


@dataclass(frozen=True, slots=True)
class Listed:
    """One list of a clause, under what it is called."""

    called: Called
    named: Named


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause's bounds in the item's text, brackets included, its lists, and whether a bracket that it opens is closed."""

    start: int
    end: int
    lists: tuple[Listed, ...]
    closed: bool = True


@dataclass(frozen=True, slots=True)
class Roles:
    """Who leads and who helps, as printed; what is no unit's name; what a person must decide, as (message, remedy)."""

    lead: tuple[str, ...]
    cooperating: tuple[str, ...]
    open_ended: bool
    strange: tuple[str, ...]
    doubts: tuple[tuple[str, str], ...]


_UNITS = r"(?:单位|部门|主体)"
_LABELS: tuple[tuple[Called, str], ...] = (
    (
        Called.ASIDE,
        r"(?:责任|分管|牵头|市级|挂点|包保)领导|责任人|联系人|联络员|完成时[限间]|时间节点|进度安排|时限要求|联系电话",
    ),
    (Called.LEAD, rf"责任牵头{_UNITS}|牵头(?:责任)?{_UNITS}|主要责任{_UNITS}|主[责办]{_UNITS}|牵头|主办"),
    (Called.COOPERATING, rf"(?:协同|配合|协办|协助|协作|参与|参加|会办)(?:责任)?{_UNITS}|协同|配合|协办"),
    (Called.PLAIN, rf"责任{_UNITS}|(?:承办|落实|实施){_UNITS}"),
)
_LABEL = "|".join(f"(?P<{called.name}>{words})" for called, words in _LABELS)
_AT_LABEL = re.compile(rf"(?<!各)(?:市级|市直)?(?:{_LABEL})：")
_LONGEST_LABEL = 9
_LABEL_STARTS = "市责分牵挂包联完时进主协配参会承落实"
_IN_BRACKETS = re.compile(r"（[^（）]*(?:局|委|办|部|单位|牵头|负责|配合)）")
_INNER_LABEL = re.compile(
    rf"(?=[{_LABEL_STARTS}])(?:(?:^|(?<=[，；。、]))(?:市级|市直)?(?:{_LABEL})：?|(?:{_LABEL.replace('?P<', '?P<X')})：)"
)
_BY_LABEL = {called.name: called for called in Called} | {f"X{called.name}": called for called in Called}
_OPENINGS, _CLOSINGS = "（【［[〔", "）】］]〕"
_ANY_BRACKET = re.compile(f"[{re.escape(_OPENINGS + _CLOSINGS)}]")
_VERB = re.compile(
    r"(?:共同|具体|分别)?(?P<verb>牵头(?:负责|落实)?|负责(?:牵头|落实|实施)?|按(?:照)?(?:各自)?职责(?:分工)?(?:分别)?(?:负责|落实|配合)?|分工负责|(?:协同|积极)?配合|参与|协助|协同)$"
)
_VERB_ENDS = ("头", "责", "实", "施", "工", "合", "与", "助", "同")
_PHRASES = re.compile(r"[，；]")
_MARKED_LEAD = re.compile(r"（牵头[^（）]*）")
_MARKED_NAME = re.compile(r"[^、，；]+（牵头[^（）]*）")


def hints_of(text: str) -> tuple[int, ...]:
    """Where clauses may stand, in order; what is really one, clauses_in says."""
    hints = [found.start() for found in _IN_BRACKETS.finditer(text)]
    position = 0
    while found := _next_label(text, position):
        hints.append(found.start())
        position = found.end()
    return tuple(sorted(hints))


def _next_label(text: str, position: int) -> re.Match[str] | None:
    """The first label of a clause from there on. Each ends with a colon, and only what stands before one is looked at."""
    colon = text.find("：", position)
    while colon >= 0:
        if found := _AT_LABEL.search(text, max(position, colon - _LONGEST_LABEL), colon + 1):
            return found
        colon = text.find("：", colon + 1)
    return None


def clauses_in(text: str, line_ends: Sequence[int] = ()) -> Iterator[Clause]:
    """The responsibility clauses of an item's text, in order: labelled ones, or where there is none what a bracket says in verbs.
    One without brackets ends with its sentence, or with one of the lines that end at `line_ends` when its list is whole there."""
    position = 0
    while found := _next_label(text, position):
        bracketed = found.start() > 0 and text[found.start() - 1] in _OPENINGS
        start = found.start() - bracketed
        end = _closing(text, start) if bracketed else _stop(text, start, line_ends)
        closed = end is not None
        end = len(text) if end is None else end
        yield Clause(start, end, tuple(lists_in(text[start:end])), closed)
        position = end
    if not position:
        yield from _unlabelled(text)


def _closing(text: str, opening: int) -> int | None:
    """The end of the bracket that opens there; None where it is never closed."""
    depth = 0
    for found in _ANY_BRACKET.finditer(text, opening):
        depth += 1 if found.group(0) in _OPENINGS else -1
        if not depth:
            return found.end()
    return None


def _stop(text: str, start: int, line_ends: Sequence[int]) -> int:
    """Where a clause without brackets ends: with its sentence, or with a line after which no list goes on."""
    found = text.find("。", start)
    stop = found + 1 if found >= 0 else len(text)
    for end in line_ends:
        if start < end < stop and _whole(text[start:end]) and not _AT_LABEL.match(text, end):
            return end
    return stop


def _whole(clause: str) -> bool:
    """Whether the clause can end here: its last list ends with a whole name and not with a mark that parts names."""
    return clause[-1] not in "、，和及：" and not any(listed.named.strange for listed in lists_in(clause))


def _unlabelled(text: str) -> Iterator[Clause]:
    """A bracket that says in verbs who does what, or one at the very end that holds names and nothing else."""
    position = 0
    while (start := text.find("（", position)) >= 0:
        end = _closing(text, start) or len(text)
        inner = text[start + 1 : end - 1]
        if _has_verb(inner):
            lists = tuple(_by_verbs(inner))
            if any(listed.named.names for listed in lists):
                yield Clause(start, end, lists)
        elif not text[end:].strip("。；"):
            named = names_in(inner)
            if named.names and not named.strange:
                yield Clause(start, end, (Listed(Called.PLAIN, named),))
        position = end


def lists_in(clause: str) -> Iterator[Listed]:
    """The lists of a labelled clause, or of a table's cell, which may have no label: who is in it is PLAIN then."""
    inner = clause.strip("。")
    if inner[:1] and inner[0] in _OPENINGS and _AT_LABEL.match(inner, 1):
        inner = inner[1:].removesuffix("）").rstrip("】］]〕") if inner[-1] in _CLOSINGS else inner[1:]
    labels = list(_INNER_LABEL.finditer(inner))
    if not labels or labels[0].start():
        yield from _valued(Called.PLAIN, inner[: labels[0].start() if labels else len(inner)])
    for number, found in enumerate(labels):
        end = labels[number + 1].start() if number + 1 < len(labels) else len(inner)
        yield from _valued(_BY_LABEL[str(found.lastgroup)], inner[found.end() : end])


def _valued(called: Called, value: str) -> Iterator[Listed]:
    value = value.strip("，；、。 ")
    if not value or called is Called.ASIDE:
        return
    if "（牵头" in value:
        leads = "、".join(_MARKED_LEAD.sub("", found) for found in _MARKED_NAME.findall(value))
        yield Listed(Called.LEAD, names_in(leads))
        value = _MARKED_NAME.sub("", value).strip("，；、 ")
        called = Called.COOPERATING
    if _has_verb(value):
        yield from _by_verbs(value)
    elif value:
        yield Listed(called, names_in(value))


def _has_verb(text: str) -> bool:
    return any(_verb(phrase) for phrase in _PHRASES.split(text))


def _verb(phrase: str) -> re.Match[str] | None:
    """The verb with which a phrase ends."""
    return _VERB.search(phrase) if phrase.endswith(_VERB_ENDS) else None


def _by_verbs(text: str) -> Iterator[Listed]:
    """市教育局牵头，市财政局配合: a list ends with its verb, and phrases without one belong to the next verb."""
    waiting: list[str] = []
    for phrase in _PHRASES.split(text):
        found = _verb(phrase)
        named = phrase[: found.start()].removeprefix("由") if found else phrase
        if found and (beside := named.partition("会同"))[1]:
            yield Listed(Called.LEAD, names_in("，".join([*waiting, beside[0]])))
            yield Listed(Called.COOPERATING, names_in(beside[2]))
            waiting = []
            continue
        waiting.append(named)
        if found:
            yield Listed(_called(found["verb"]), names_in("，".join(waiting)))
            waiting = []
    if waiting:
        yield Listed(Called.PLAIN, names_in("，".join(waiting)))


def _called(verb: str) -> Called:
    if "牵头" in verb:
        return Called.LEAD
    return Called.PLAIN if "负责" in verb or verb.startswith("按") else Called.COOPERATING


def roles_of(lists: Iterable[Listed]) -> Roles:
    """Who leads and who helps: 责任单位 alone, or beside 协同, lead; beside 牵头 they help."""
    lists = tuple(lists)
    by: dict[Called, list[Named]] = {called: [] for called in Called}
    for one in lists:
        by[one.called].append(one.named)
    leading = by[Called.LEAD] or by[Called.PLAIN]
    helping = (by[Called.PLAIN] if by[Called.LEAD] else []) + by[Called.COOPERATING]
    lead = tuple(dict.fromkeys(name for one in leading for name in one.names))
    cooperating = tuple(dict.fromkeys(name for one in helping for name in one.names))
    both = [name for name in cooperating if name in lead]
    doubts = [(f"“{name}”既列为牵头单位，又列为协同单位", "已按牵头单位办理，请核对") for name in both]
    only_plain = not by[Called.LEAD] and not by[Called.COOPERATING]
    if only_plain and any(one.comma_among for one in by[Called.PLAIN]):
        doubts.append(
            ("文件只写“责任单位”，所列单位之间兼用逗号和顿号，逗号前的单位是否牵头不明", "已全部按牵头单位办理，请核对")
        )
    return Roles(
        lead=lead,
        cooperating=tuple(name for name in cooperating if name not in lead),
        open_ended=any(one.named.open_ended for one in lists),
        strange=tuple(name for one in lists for name in one.named.strange),
        doubts=tuple(doubts),
    )

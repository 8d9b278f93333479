"""What a report in plain words says of each item: the lines that begin with 第几项 and those that go on from them."""

import re
from collections.abc import Iterable, Iterator

from cuibao.papers.clauses import Clause, han, sort
from cuibao.papers.folding import folded
from cuibao.papers.form.inmail import attachments_of
from cuibao.papers.itemnumbers import ITEMS, listed
from cuibao.papers.mail import Mail
from cuibao.rules.progress import Words

_LONGEST = 4_000
_MOST_LINES = 20
_LIMIT = 200_000
_FEWEST = 4
"""Characters; fewer say nothing about an item."""
_AFTER_HEAD = " \t\u3000:：,，、.．。)）-—"
_ENDS = re.compile(
    r"[一二三四五六七八九十]{1,3}、|(?:联系人|填报人|填表人|审核人|联系电话|附件|特此|以上|此致|专此)|.{2,25}(?:局|委|办|办公室|中心|公司|集团|行|部|院|会)$|"
    r"20\d\d年\d{1,2}月\d{1,2}日$|(?:其他|其余|剩余)"
)
"""Lines that speak of the items no longer: the next part, the end of the letter, who signs it."""
_PROBLEMS = re.compile(r"[(（]?[\d一二三四]?[)）.、]?\s*(?:存在|主要)?(?:的)?(?:问题|困难)[^:]{0,6}:")
_NEXT_STEPS = re.compile(r"[(（]?[\d一二三四]?[)）.、]?\s*(?:下一?步|下阶段)[^:]{0,8}:")
_PROGRESS = re.compile(r"[(（]?[\d一二三四]?[)）.、]?\s*(?:工作)?(?:进展|完成|推进|落实)情况:")
_PARTS = ((_PROGRESS, 0), (_PROBLEMS, 1), (_NEXT_STEPS, 2))


def said_by_item(mail: Mail, items: Iterable[int]) -> tuple[tuple[int, Words], ...]:
    """The words about each of these items, in their order: of the sender's own, and of documents without a form in them. What promises
    or asks and tells nothing is left out. Words only: the figures in them are for people."""
    documents = (one.text for one in attachments_of(mail) if one.kind in ("document", "pdf") and not one.tables)
    found: dict[int, list[list[str]]] = {}
    for text in (mail.own_text, *documents):
        for numbers, lines in _paragraphs(text[:_LIMIT]):
            for no in numbers if _tells("\n".join(lines)) else ():
                found.setdefault(no, []).append(lines)
    return tuple((no, _words(found[no])) for no in sorted({*items} & found.keys()))


def _paragraphs(text: str) -> Iterator[tuple[tuple[int, ...], list[str]]]:
    """The items that a line begins with, and what it and the following ones say of them."""
    numbers: tuple[int, ...] = ()
    lines: list[str] = []
    for line in (each.strip() for each in text.split("\n")) if "第" in text else ():
        head = _head(line)
        if head is None and numbers and line and not _ENDS.match(folded(line)) and len(lines) < _MOST_LINES:
            lines.append(line)
            continue
        if numbers:
            yield numbers, lines
        numbers, lines = (head[0], [head[1]] if head[1] else []) if head else ((), [])
    if numbers:
        yield numbers, lines


def _head(line: str) -> tuple[tuple[int, ...], str] | None:
    """The items at the start of a line and what follows them; None where it starts with none."""
    plain = folded(line)
    found = ITEMS.match(plain, 1 if plain.startswith("(") else 0)
    if found is None or folded(line[: found.end()]) != found.string[: found.end()]:
        return None
    return tuple(listed(found.group(1))), line[found.end() :].lstrip(_AFTER_HEAD)


def _tells(text: str) -> bool:
    words = sort(folded(text))
    return words.has(Clause.PROGRESS, Clause.NIL, Clause.ARRANGED, Clause.REST) and han(text) >= _FEWEST


def _words(paragraphs: Iterable[list[str]]) -> Words:
    """The lines by what they are headed with; those without a heading are progress, or go on."""
    parts: tuple[list[str], list[str], list[str]] = ([], [], [])
    for lines in paragraphs:
        place = 0
        for line in lines:
            place, said = _part(line, place)
            if said and said not in parts[place]:
                parts[place].append(said)
    return Words(*("\n".join(part)[:_LONGEST] for part in parts))


def _part(line: str, place: int) -> tuple[int, str]:
    plain = folded(line)
    for pattern, part in _PARTS:
        if found := pattern.match(plain):
            return part, line[found.end() :].strip()
    return place, line

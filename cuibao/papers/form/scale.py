"""What a form says of the measure of all its figures: 单位：万元 above the table, （万人） in a row of its own, 以上数据以万为单位 below.

A row says its measure itself. Where the form as a whole says another one of the same kind, nobody can tell which of them its figures are in."""

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

from cuibao.papers.form.amounts import KNOWN_MEASURES, taken_apart
from cuibao.papers.form.layout import LEAST_CELLS, squeezed
from cuibao.rules.registry import is_share

Named = tuple[frozenset[str], ...]
"""The measures that a form names for all its figures, those of one line together: 单位：人、万元 leaves a row in 人 what it is."""
_HINTS = ("位", "万", "亿", "千", "百", "%", "％", "率", "比例")
"""Something of these is in all words that name a measure; a blank may part 单位."""
_PERCENT = frozenset({"百分比", "百分数", "百分率", "百分点"})
_SHARES = _PERCENT | {"完成率", "比例"}
"""Are %."""
_KINDS = "|".join(
    sorted({*KNOWN_MEASURES, *_PERCENT, "平方米", "立方米", "美元", "斤", "头", "天"}, key=len, reverse=True)
)
_SCALED = rf"(?:[一1]?(?:[十百千]?[万亿]|[十百千])(?:{_KINDS})?)"
_ANY = rf"(?:(?:10{{1,3}})?{_SCALED}|1(?:,?0){{1,8}}(?:{_KINDS})?|{_KINDS})"
_OPEN, _CLOSE = r"[(\[【〔<《“‘\"']", r"[)\]】〕>》”’\"']"
_END = rf"(?=$|{_OPEN}|{_CLOSE}|[,、;。.!:/|]|和|及|或|为|作|计(?!划|算机)|填|统|单位)"
_LIST = rf"{_ANY}(?:[、,/;和及或]{_ANY})*+{_END}"
_STATED = re.compile(
    rf"单位(?:均|都|皆|统一|一律|分别)?[:=·—–-]?(?:为|是|用|按|以|选|系)?[:=]?{_OPEN}?(?P<told>{_LIST})"
    rf"|(?:以|按照?|用|成|为|是|到|合)(?P<by>{_SCALED})(?:为|作|做)?(?:计量|统计|计算)?(?:单位|计(?!划|算机)|填[报写列]|统计|口径|表示)"
    rf"|(?:[数据值额字量均都皆全]|本表|上表)(?:均|都|皆|全部|一律|统一)?(?:为|是|按|以|用)(?P<all>{_SCALED}|%|{'|'.join(sorted(_SHARES))}){_END}"
    rf"|(?:折合|折算?[成为]|换算[成为]|精确到|保留到)(?P<into>{_SCALED}){_END}"
    r"|(?<![\u4e00-\u9fff])(?:计量|数据|计算)?单位:?\(?(?P<strange>[百千万亿][^,、;/()。]{1,4}+)(?![,、;/])"
)
_BRACKETED = re.compile(
    rf"{_OPEN}(?:(?:人|户|件|个|金|数)[数额量]?[:为])?(?P<told>{_SCALED}(?:[、,/]{_ANY})*+){_CLOSE}"
)
_BARE = re.compile(rf"[*※]?{_OPEN}?(?P<told>{_SCALED}(?:[、,/]{_ANY})*+){_CLOSE}?")
_DIVIDED = re.compile(r"[、,/;和及或]")
_TIMES = re.compile(r"一|1(?:,?0)*")


def named(rows: Iterable[Iterable[str]]) -> Named:
    """What rows say of the measure of a whole table, as its captions, its foot and the rows between do."""
    return tuple(filter(None, map(_in_row, rows)))


def named_outside(lines: Iterable[str]) -> Named:
    """What lines say that stand outside any table, where a measure by itself may be a cell's."""
    return tuple(told for line in lines if _may_name(line) and (told := _in_words(squeezed(line), _STATED, _BRACKETED)))


def contradiction(told: Named, measure: str) -> str:
    """The measure that a form names for its figures and that cannot be meant as well as this one, which a row has; "" for none."""
    others = (line for line in told if not any(_is_same(one, measure) for one in line))
    return next((one for line in others for one in sorted(line) if _contradicts(one, measure)), "")


def _may_name(text: str) -> bool:
    return any(map(text.__contains__, _HINTS))


def _in_row(row: Iterable[str]) -> frozenset[str]:
    cells = [cell for cell in row if cell]
    if not _may_name("\n".join(cells)):
        return frozenset()
    naming = [squeezed(cell) for cell in cells if _may_name(cell)]
    bare = [match for cell in naming if (match := _BARE.fullmatch(cell))]
    labels = sum(":" in squeezed(cell) for cell in cells) if bare else 0  # 填报单位：… and its like
    if bare and len(bare) + labels == len(cells):
        return frozenset(one for match in bare for one in _told(match))
    patterns = (_STATED, _BRACKETED) if len(cells) < LEAST_CELLS else (_STATED,)
    return frozenset(one for cell in naming for one in _in_words(cell, *patterns))


def _in_words(plain: str, *patterns: re.Pattern[str]) -> frozenset[str]:
    return frozenset(one for pattern in patterns for match in pattern.finditer(plain) for one in _told(match))


def _told(match: re.Match[str]) -> Iterator[str]:
    for words in filter(None, match.groupdict().values()):
        yield from ("%" if one in _SHARES else one for one in _DIVIDED.split(words))


def _is_same(one: str, measure: str) -> bool:
    return _taken(one) == _taken(measure)


def _contradicts(one: str, measure: str) -> bool:
    """Whether figures in `one` would be others than in the row's measure: of another scale, or shares."""
    times, base = _taken(one)
    own_times, own_base = _taken(measure)
    if not base:
        return times != taken_apart(measure)[0]
    if is_share(one):
        return True
    return (base in own_base or own_base in base) and times != own_times


def _taken(measure: str) -> tuple[Decimal, str]:
    """How many of which base a measure is: 10万亩 is 100,000 of 亩."""
    found = _TIMES.match(measure)
    counted = found.group(0) if found else ""
    scale, base, factor = taken_apart(measure.removeprefix(counted))
    return Decimal(counted.replace("一", "1").replace(",", "") or 1) * scale * factor, base

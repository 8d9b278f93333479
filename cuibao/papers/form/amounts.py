"""Amounts: what a unit wrote into a figure's cell, read as an exact number in the target's measure, or told why it is not taken.

Nothing is guessed: what is approximate, ambiguous or no number at all is for people."""

import re
import unicodedata
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from cuibao.papers.form.layout import squeezed
from cuibao.papers.wording import number_words
from cuibao.rules.registry import is_share

_LEADS = re.compile(r"^(?:已经?|实际|累计|共计?|合计|总计|完成|今年|本年度?|目前|现(?=已))+:?")
_QUOTED = re.compile(r"「(.+)」|『(.+)』|“(.+)”|\"(.+)\"")
_ENCLOSED = re.compile(r"[(\[【]([^()\[\]【】]{1,4})[)\]】]")
_REMARK = re.compile(r"\((?:累计|实际|已完成|全部完成)\)$")
"""Changes nothing behind a number."""
_NAME = re.compile(r"([\u4e00-\u9fff]{2,}):?(?=[\d零])")
_DONE = frozenset(
    {"资助", "救助", "补助", "帮扶", "培训", "发放", "安置", "建成", "新建", "新增", "改造", "整治", "修建"}
)
"""What a title begins with and a number may follow; 推进 or 开工 would be another one."""
_NOT_ALL = re.compile(r"[、和及与或并/(改扩续]")
"""Goes on with another thing that a name is about: 新建 is not all of 新建和改扩建."""
_OTHERWISE = re.compile(r"率|比|场|次|额|面积|里程|长度|资金|投资")
"""In what a name leaves out of an indicator: 培训500 may count people where 培训场次 is asked for, as 培训500场 does not."""
_NOT_DONE = re.compile(r"计划|目标|预计|拟|未|应|需|待")
_ABOUT = re.compile(r"约|大概|左右|上下|余|多|近|超|逾|以上|以下|不足|至少|[+><≥≤~～—–]|\d-\d|\d至|\d到")
_APART = re.compile(r"\d\s+\d")
"""Two numbers, or one with a gap: a line's end in a cell is a blank too."""
_BARE = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_NUMBER = re.compile(r"(-?)(\d+(?:\.\d+)?)")
_GROUPED = re.compile(r"-?\d{1,3}(?:,\d{3})+(?![\d,])")
_NO_ANSWER = frozenset({"", "/", "\\", "-", "--", "—", "——", "无", "暂无", "空", "未填", "不涉及"})
_SCALES = {"": Decimal(1), "十": Decimal(10), "百": Decimal(100), "千": Decimal(1000), "万": Decimal(10_000)}
_SCALES |= {
    "十万": Decimal(100_000),
    "百万": Decimal(1_000_000),
    "千万": Decimal(10_000_000),
    "亿": Decimal(100_000_000),
}
_MEASURES: dict[str, tuple[str, Decimal]] = {
    "人": ("人", Decimal(1)),
    "名": ("人", Decimal(1)),
    "位": ("人", Decimal(1)),
    "公里": ("米", Decimal(1000)),
    "千米": ("米", Decimal(1000)),
    "km": ("米", Decimal(1000)),
    "米": ("米", Decimal(1)),
    "亩": ("亩", Decimal(1)),
    "公顷": ("亩", Decimal(15)),
    "平方公里": ("亩", Decimal(1500)),
    "吨": ("千克", Decimal(1000)),
    "公斤": ("千克", Decimal(1)),
    "千克": ("千克", Decimal(1)),
    "%": ("%", Decimal(1)),
    "‰": ("%", Decimal("0.1")),
}
"""Measures that stand for the same thing, with their base and how much of it they are: 1 公顷 is 15 亩 exactly."""
_BASES = frozenset(base for base, _ in _MEASURES.values()) | {"元"}
_COUNTED = frozenset("人名位个所家套户件次台辆例场批条处座张床起宗期班项部只株对组篇幅笔岗") | {"人次", "户次", "项目"}
KNOWN_MEASURES = frozenset({*_MEASURES, *_BASES, *_COUNTED})
"""Those whose names are known."""
_UNSURE_SHARE = Decimal(2)
_UNKNOWN = "不能识别为确切的数"
_TOO_LARGE = Decimal(10) ** 15
_MOST_PLACES = 8


class Amount(NamedTuple):
    """A number in the target's measure, or None with what is wrong, in words that follow 填写的“…”; both None and "" where the cell
    says nothing."""

    value: Decimal | None
    wrong: str = ""


def is_counted(measure: str) -> bool:
    """Whether only whole numbers of it make sense."""
    return measure in _COUNTED


def amount(text: str, measure: str, row_measure: str = "", indicator: str = "", title: str = "") -> Amount:
    """What a cell says, in `measure`. `row_measure` is what the row's own 计量单位 says, which a unit may have changed: it
    holds where the cell names none. The number may have words before it with which the indicator begins or the item's title, if all of
    the item is that indicator."""
    if _BARE.fullmatch(text):  # as most are
        number, own = text, ""
    else:
        number, own, wrong = _parts(text, indicator, title)
        if not number:
            return Amount(None, wrong)
    value = _rounded(Decimal(number)) if "." in number else Decimal(number)
    row_measure = row_measure or measure
    if not own and is_share(measure) and is_share(row_measure) and 0 < value <= _UNSURE_SHARE:
        return Amount(None, f"不能确定是{number_words(value * 100)}%还是{number_words(value)}%")
    if not own and row_measure == measure:
        return _whole(value, measure)
    return _in_measure(value, own, row_measure, measure)


def _parts(text: str, indicator: str, title: str) -> tuple[str, str, str]:
    """The number that a cell begins with and the measure that follows it; or "" and why it is none, "" again where the cell says nothing."""
    plain = squeezed(text).lstrip("'").rstrip("。;")
    if plain in _NO_ANSWER:
        return "", "", ""
    if _APART.search(text) or any(map(_is_strange_digit, text)):
        return "", "", _UNKNOWN
    if _ABOUT.search(plain.removeprefix("-")):
        return "", "", "不是确数"
    if quoted := _QUOTED.fullmatch(plain):
        plain = next(filter(None, quoted.groups()))
    plain = _LEADS.sub("", plain)
    if (named := _NAME.match(plain)) and _names(named.group(1), plain[named.end() :], indicator, title):
        plain = plain[named.end() :]
    if _GROUPED.match(plain):
        plain = plain.replace(",", "")
    if plain.startswith("零"):
        return "0", _measure_of(plain[1:]), ""
    found = _NUMBER.match(plain)
    if found is None:
        return "", "", "不是数字"
    if found.group(1):
        return "", "", "为负数"
    return found.group(2), _measure_of(plain[found.end() :]), ""


def _measure_of(behind: str) -> str:
    """What follows a number, without brackets around it, a remark that changes nothing, or a full stop."""
    own = _REMARK.sub("", "" if behind == "." else behind)
    enclosed = _ENCLOSED.fullmatch(own)
    return enclosed.group(1) if enclosed else own


def _names(words: str, number: str, indicator: str, title: str) -> bool:
    """Whether words before a number, which may have a measure, say no more than what it is the number of."""
    words = words.removesuffix("共")
    name = indicator if indicator.startswith(words) else title if title.startswith(words) and words in _DONE else ""
    rest = name[len(words) :]
    if name is indicator and _OTHERWISE.search(rest) and _BARE.fullmatch(number):
        return False
    return bool(name) and not _NOT_DONE.search(words) and not _NOT_ALL.match(rest)


def _is_strange_digit(character: str) -> bool:
    """Whether it is a digit otherwise than in half or full width: ² ① ㉑ would become figures that nobody wrote."""
    if character.isascii() or "０" <= character <= "９":
        return False
    return any(map(str.isdecimal, unicodedata.normalize("NFKC", character)))


def _in_measure(value: Decimal, own: str, row_measure: str, measure: str) -> Amount:
    wanted = taken_apart(measure)
    named = _named(own, row_measure)
    if named is None:
        return Amount(None, _UNKNOWN)
    scale, base, factor = named
    if base != wanted[1]:
        return Amount(None, f"计量单位不是“{measure}”")
    result = value * scale * factor / (wanted[0] * wanted[2])
    if result != _rounded(result):
        return Amount(None, f"不能准确折算为“{measure}”")
    return _whole(_rounded(result), measure)


def _whole(value: Decimal, measure: str) -> Amount:
    """The number, where it is not absurd, nor a part of what is counted in whole ones."""
    if value >= _TOO_LARGE:
        return Amount(None, "数值过大")
    if value % 1 and is_counted(measure):
        return Amount(None, f"不是整数，与计量单位“{measure}”不符")
    return Amount(value)


def _named(own: str, row_measure: str) -> tuple[Decimal, str, Decimal] | None:
    """The measure that holds: the one written behind the number, be it only a scale (1.2万), else the row's."""
    scale, base, factor = taken_apart(own)
    if own and not base:
        row_scale, base, factor = taken_apart(row_measure)
        if row_scale != 1 and scale != 1:  # 1.2万 in a row of 万元 may be either
            return None
        return scale * row_scale, base, factor
    if not own:
        return taken_apart(row_measure)
    known = base in _BASES or base in _COUNTED or base == taken_apart(row_measure)[1]
    return (scale, base, factor) if known else None


@lru_cache(maxsize=512)
def taken_apart(measure: str) -> tuple[Decimal, str, Decimal]:
    """(scale, base, factor): 万亩 is ten thousand, 亩, 1."""
    plain = squeezed(measure).lower()
    if plain in _MEASURES:
        return Decimal(1), *_MEASURES[plain]
    for word in sorted(_SCALES, key=len, reverse=True):
        rest = plain.removeprefix(word)
        if word and plain.startswith(word):
            return _SCALES[word], *_MEASURES.get(rest, (rest, Decimal(1)))
    return Decimal(1), plain, Decimal(1)


def _rounded(value: Decimal) -> Decimal:
    """Without what binary fractions leave: 1264.9800000000001 is 1264.98."""
    return round(value, _MOST_PLACES) if value < _TOO_LARGE else value

"""Numbers with a measure in a sentence: 14500人, 1.7万人, 98%以上. 万 and 亿 are multiplied out; what a number is for is decided elsewhere."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

_TIMES = {"": 1, "百": 100, "千": 1000, "万": 10**4, "十万": 10**5, "百万": 10**6, "千万": 10**7, "亿": 10**8, "万亿": 10**12}  # fmt: skip
_SHARES = ("个百分点", "百分点", "%", "‰")
_COUNTED = (
    "人次", "户次", "场次", "班次", "批次", "车次", "件次", "个", "名", "人", "户", "套", "所", "家", "座", "处", "项", "件", "台", "辆", "条",
    "场", "次", "批", "株", "棵", "头", "册", "本", "间", "张", "门", "班", "篇", "份", "对", "种", "例", "只", "盏", "片", "块", "支", "宗", "起", "部", "幢",
    "栋", "村", "镇", "街", "床", "列", "架", "艘", "杆", "眼", "口", "组", "类", "期",
)  # fmt: skip
_RATES = ("/10万", "/十万")
_MEASURED = (
    *_RATES, "批次/千人", "批/千人", "件/万人", "起/万人", "人/平方公里",
    "微克/立方米", "毫克/立方米", "毫克/升", "平方公里", "平方千米", "平方米", "立方米", "公里", "千米", "公顷", "亩", "米", "吨标准煤", "吨", "公斤", "千瓦时",
    "千瓦", "兆瓦", "万元", "美元", "元", "张床位", "个床位", "个学位", "个车位", "个泊位", "分", "度",
)  # fmt: skip
_TIME = ("个工作日", "工作日", "个小时", "小时", "分钟", "天")
_NEVER = ("周岁", "岁", "周年", "年", "个月", "月", "日", "号", "级", "届", "倍", "点", "时", "代", "周", "星期", "学年", "学期", "秒", "折", "版", "路", "层", "等")  # fmt: skip
_EVERY = sorted({*_SHARES, *_COUNTED, *_MEASURED, *_TIME, *_NEVER}, key=len, reverse=True)
COUNTED = frozenset(_COUNTED)
SHARES = frozenset(_SHARES)
RATES = frozenset(_RATES)
TIMES = frozenset(_TIME)
NEVER = frozenset(_NEVER)
"""Measures of age, time, rank and multiples: what carries them is no target."""
DURATIONS = TIMES | {"个月", "周", "秒"}
"""How long something takes or lasts."""
MEASURES = "|".join(map(re.escape, _EVERY))
"""Every measure, the longest first, as a part of patterns."""
_QUANTITY = re.compile(
    r"(?=\d)(?<![\dA-Za-z.+〔\[第№/\-—–~])(?P<value>\d+(?:\.\d+)?)(?P<times>万亿|千万|百万|十万|亿|万|千(?![米瓦克])|百(?!分))?(?P<more>[余多])?"
    rf"(?P<measure>{MEASURES})?(?![\dA-Za-z+])(?P<range>[-—–~至到](?=\d))?"
)
_FROM = re.compile(r"\d[^\d，。；]{0,2}[至到]$")
"""What stands before the upper end of a range."""
_HUNDREDTHS = re.compile(r"百分之(?P<tens>[二三四五六七八九]?十)?(?P<ones>[一二三四五六七八九])?(?P<hundred>百)?")
_HAN = "一二三四五六七八九"
_QUOTED = re.compile(r"“[^“”]{0,30}”|《[^《》]{0,60}》|〔[^〔〕]{0,12}〕")
_BOUND = re.compile(r"(?:及)?以[上下内]|之内|左右|之间")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its measure ("" where none follows) and the bound after it (以上, 以内, 左右 or ""); `start` and `end` are its place in
    the sentence, the bound included."""

    start: int
    end: int
    value: Decimal
    measure: str
    bound: str
    ranged: bool = False


def veiled(sentence: str) -> str:
    """The sentence, as long as before, with nothing to be read within quotes, names and numbers of documents."""
    return _QUOTED.sub(lambda found: "“" * len(found.group(0)), sentence)


def quantities_in(sentence: str) -> Iterator[Quantity]:
    """Every number of a sentence but those within quotes, names and numbers of documents."""
    text = veiled(sentence)
    for found in _QUANTITY.finditer(text):
        bound = _BOUND.match(text, found.end())
        value = Decimal(found["value"]) * _TIMES[found["times"] or ""]
        yield Quantity(
            found.start(),
            bound.end() if bound else found.end(),
            value.normalize() + 0 if value else value,
            found["measure"] or "",
            bound.group(0).removeprefix("及") if bound else "",
            ranged=bool(found["range"] or _FROM.search(text, max(0, found.start() - 5), found.start())),
        )


def spelled_out(words: str) -> str:
    """百分之九十五 as 95%."""
    return _HUNDREDTHS.sub(_hundredths, words) if "百分之" in words else words


def _hundredths(found: re.Match[str]) -> str:
    if found["hundred"]:
        return "100%"
    tens = found["tens"] or ""
    count = ((_HAN.find(tens[0]) + 1 if len(tens) == 2 else 1) * 10 if tens else 0) + (
        _HAN.find(found["ones"] or "〇") + 1
    )
    return f"{count}%" if count else found.group(0)

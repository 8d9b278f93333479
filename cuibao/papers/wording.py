"""How numbers, dates, deadlines and targets are put into the words of an office. It only words; it decides nothing."""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal

from cuibao.rules.letters import ALARM, DIGEST, RECEIPT, SEND_BACK
from cuibao.rules.period import Period
from cuibao.rules.progress import plain
from cuibao.rules.registry import Comparison, Target
from cuibao.rules.verdict import MailKind

_COMPARED = {Comparison.AT_LEAST: "不少于", Comparison.AT_MOST: "不超过", Comparison.EQUAL: ""}
_INNER = str.maketrans("“”‘’", "‘’“”")
_LONGEST_CITED = 40
_SHORTEST_RUN = 3
_LARGE = ((100_000_000, "亿"), (10_000, "万"))
_COUNTED_BY = ("百", "千", "万", "亿", "%", "‰")
_DIGITS, _PLACES = "〇一二三四五六七八九", ("千", "百", "十", "")
PURPOSE_WORDS = {RECEIPT: "回执", SEND_BACK: "退回补报", DIGEST: "日报", ALARM: "告警"}
"""What people call a letter that belongs to no stage; those have the names that the office gives them."""
MAILS = {
    MailKind.SUBMISSION: "报送",
    MailKind.ACKNOWLEDGEMENT: "回复知悉",
    MailKind.QUESTION: "询问",
    MailKind.BOUNCE: "退信",
    MailKind.AUTO_REPLY: "自动回复",
    MailKind.OWN: "本办发件",
    MailKind.OTHER: "其他",
    MailKind.UNCLEAR: "待定",
}
"""What people call each kind of mail."""


def item_ranges(numbers: Iterable[int]) -> str:
    """Item numbers as offices write them: (7, 8, 9, 12) is "第7—9、12项"; none is "". Order and repeats do not matter."""
    parts = "、".join(_run_words(run) for run in _runs(sorted(set(numbers))))
    return f"第{parts}项" if parts else ""


def _runs(numbers: list[int]) -> Iterator[list[int]]:
    run: list[int] = []
    for number in numbers:
        if run and number != run[-1] + 1:
            yield run
            run = []
        run.append(number)
    if run:
        yield run


def _run_words(run: list[int]) -> str:
    if len(run) < _SHORTEST_RUN:
        return "、".join(str(number) for number in run)
    return f"{run[0]}—{run[-1]}"


def chinese_number(number: int) -> str:
    """12 is 十二, 120 is 一百二十, 1005 is 一千零五, as headings are numbered (GB/T 9704-2012, 7.3.3); beyond 9999 in digits."""
    if not 0 < number < 10_000:
        return str(number) if number else "〇"
    digits = str(number)
    said = "".join(
        f"{_DIGITS[int(digit)]}{place}" if digit != "0" else "零"
        for digit, place in zip(digits, _PLACES[-len(digits) :], strict=True)
    )
    return re.sub("零+", "零", said).rstrip("零").removeprefix("一" if 10 <= number < 20 else "")


def chinese_date(day: date) -> str:
    """2020年6月15日, without zeros (GB/T 9704-2012, 7.3.5.4)."""
    return f"{day.year}年{day.month}月{day.day}日"


def short_date(day: date) -> str:
    """6月30日."""
    return f"{day.month}月{day.day}日"


def deadline_words(period: Period) -> str:
    """The deadline that the notice prints, and whether the day itself counts: 6月30日前（含当日）."""
    return f"{short_date(period.deadline)}前（{'含' if period.inclusive else '不含'}当日）"


def effective_words(period: Period, last_day: date) -> str:
    """The deadline that holds: the printed one, or, where it was extended, the new last day beside the printed one."""
    if last_day == period.last_day:
        return deadline_words(period)
    return f"{_day_beside(last_day, period.deadline)}前（含当日，原定{short_date(period.deadline)}）"


def _day_beside(day: date, known: date) -> str:
    return short_date(day) if day.year == known.year else chinese_date(day)


def remaining_words(today: date, last_day: date, days_left: int) -> str:
    """How much time is left, counted in working days, in words that stay true when the letter leaves a day later."""
    if today > last_day:
        return f"报送时限{short_date(last_day)}已过"
    if days_left <= 0:
        return f"报送将于{short_date(last_day)}截止"
    return f"截至{short_date(today)}，距报送截止还有{days_left}个工作日"


def quoted(text: str) -> str:
    """In quotation marks, those within it being single ones: “深化‘三权分置’改革” (GB/T 15834-2011, 4.8.3.3)."""
    return f"“{text.translate(_INNER)}”"


def cited(text: str) -> str:
    """What somebody typed or wrote, as a refusal quotes it: without what cannot be seen, and cut where it is no word any more but a whole text."""
    plain = "".join(char for char in " ".join(text.split()) if char.isprintable())
    return quoted(plain if len(plain) <= _LONGEST_CITED else f"{plain[:_LONGEST_CITED]}…")


def number_words(value: Decimal) -> str:
    """A number without exponent or idle zeros: 14500, 98.5."""
    return plain(value)


def amount_words(value: Decimal, measure: str) -> str:
    """A number with its measure, a large round one by 万 or 亿: 14500人, 6.2万人, 3.5亿元; never rounded, and 120万元 stays as it is."""
    for size, name in _LARGE:
        if abs(value) >= size and value % (size // 10) == 0 and not measure.startswith(_COUNTED_BY):
            return f"{number_words(value / size)}{name}{measure}"
    return f"{number_words(value)}{measure}"


def target_words(target: Target) -> str:
    """A target in words: 企业新录用人员培训不少于14500人; a share is not few but low: 参保率不低于95%."""
    share = target.measure.startswith(("%", "‰"))
    compared = "不低于" if share and target.comparison is Comparison.AT_LEAST else _COMPARED[target.comparison]
    return f"{target.indicator}{compared}{amount_words(target.value, target.measure)}"

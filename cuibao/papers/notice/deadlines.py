"""When reports are due: 6月30日、9月30日、12月30日前, 每季度末月25日前, 每季度结束后5日内, 半年 and 年终 in their variants."""

import re
from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from cuibao.papers.notice.draft import NoticeRefused, Question
from cuibao.papers.notice.text import Text
from cuibao.rules.period import Period

_REPORTS = re.compile(
    r"报送|上报|报至|报到|反馈|报告|提交|[将前按]报|(?:情况|进展|进度|总结|结果)报|报(?:我|市|县|区|省|领导|民生|送|本|备)"
)
_PROGRESS = re.compile(
    r"完成情况|进展|进度|落实情况|工作情况|推进情况|实施情况|总结|季度|半年|年终|每月|月报|执行情况|自查|工作报告"
)
_ELSE = r"(?:联络员|联系人|名单|(?:实施|分工|工作)方案|实施细则|配套)"
_NOT_PROGRESS = re.compile(
    rf"(?:报送|上报|提交|反馈|报)[^，：（]{{0,12}}{_ELSE}|[将把][^，：（]{{0,12}}{_ELSE}[^，：（]{{0,8}}报"
)
"""What is reported by that day is something else; who is the contact may stand beside."""
_DAY = re.compile(
    r"(?:(?P<year>20\d\d)年|(?P<next>次年|翌年|下年|来年|明年|第二年)|当年|本年|今年)?(?P<month>1[0-2]|0?[1-9])月(?:份)?(?:(?P<day>[12]\d|3[01]|0?[1-9])(?:日|号)|(?P<end>底|末))?(?P<more>[、和及与，或]|以前|之前|前|底前)"
)
_QUARTER_END_MONTH = re.compile(
    r"每(?:个)?季度?(?:的)?(?:末月|末尾月|最后(?:一)?个?月|第三个月|末的?月)(?:份)?(?:的)?(?P<day>\d{1,2})[日号](?:之?以?前)"
)
_QUARTER_END_DAY = re.compile(r"每(?:个)?季度?末(?:的)?(?P<day>\d{1,2})[日号](?:之?以?前)")
_QUARTER_END = re.compile(
    r"每(?:个)?季度?(?:末|底|最后)(?:的?最后)?(?:一?个?(?P<working>工作日)|一?[天日])?(?:之?以?前)|(?:每(?:个)?季度?末)(?=(?:将|向|报))"
)
_QUARTER_AFTER = re.compile(
    r"(?:每(?:个)?季度?(?:结束|终了|末)?(?:后)?(?:的)?|季后|季末后|按季度?[^，。]{0,6}?)(?:(?:次|下)(?:一)?(?:个)?月|(?:下|次)(?:一)?(?:个)?季度?(?:首|第一个)月|首月|第一个月)(?:的)?(?P<day>\d{1,2})[日号](?:之?以?前)|(?:每(?:个)?季度?(?:结束|终了|末)?后|季后|季度?(?:结束|终了)后)(?:的)?(?P<within>\d{1,2})(?P<kind>个工作日|工作日|日|天)(?:之?以?[内前])"
)
_MONTHLY = re.compile(r"每(?:个)?月(?:的)?(?P<day>\d{1,2})[日号](?:之?以?前)|(?P<end>每(?:个)?月(?:底|末)(?:之?以?前))")
_MONTH_BEFORE = re.compile(r"上(?:一)?(?:个)?月|前(?:一)?(?:个)?月")
_HALF_YEAR = re.compile(r"(?:每半年|半年(?:和|、|及)(?:年终|年末|全年)|半年度和?(?:年度|年终))")
_HALVES = re.compile(r"半年")
_WEEKDAY = re.compile(r"(?<=[日号])（(?:星期|周|含当)[一二三四五六日天]）")
_MONTHS = re.compile(r"((?:1[0-2]|[1-9])(?:[、和及](?:1[0-2]|[1-9]))+)月(?:份)?(底|末|\d{1,2}日)")
_LATEST_OF_MONTH = 20
_QUARTERS = ("第一季度", "第二季度", "第三季度", "第四季度")
_BY_CALENDAR = "请按放假安排核对office.yaml中的时限"
_REMEDY = "请对照原件核对，改正文件中的时限后重新导入"


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline that a sentence sets: the quarter (1 to 4) or, in monthly ones, the month that it closes; where it is said."""

    quarter: int
    deadline: date
    at: int
    month: int = 0


def read_deadlines(text: Text, year: int, issued_on: date | None) -> tuple[tuple[Period, ...], list[Question], str]:
    """The periods in order of time, what is doubtful about them, and the first sentence that sets one ("" where none does). Raises
    NoticeRefused where two deadlines contradict each other."""
    questions: list[Question] = []
    found: list[Due] = []
    said = ""
    halves = False
    for start, words in text.sentences():
        if not _REPORTS.search(words) or not _PROGRESS.search(words) or _NOT_PROGRESS.search(words):
            continue
        dues = list(_dues(_spelled_out(words), year, start, text.place(start), questions))
        if dues:
            said = said or words
            halves = halves or bool(_HALVES.search(words))
            found += dues
    kept = _agreed(text, found)
    passed = [due for due in kept if issued_on and due.deadline < issued_on]
    if passed and len(passed) < len(kept):
        days = "、".join(str(due.deadline) for due in passed)
        questions.append(
            Question(
                text.place(passed[0].at), f"时限{days}早于通知印发之日，未列入", "如仍须报送，请在office.yaml中补上"
            )
        )
        kept = [due for due in kept if due not in passed]
    return tuple(_period(due, year, halves and len(kept) <= 2) for due in kept), questions, said


def _period(due: Due, year: int, halves: bool) -> Period:
    if due.month:
        return Period(f"{year}M{due.month:02d}", f"{due.month}月份", due.deadline)
    name = {2: "上半年", 4: "全年"}.get(due.quarter, "") if halves else ""
    return Period(f"{year}Q{due.quarter}", name or _QUARTERS[due.quarter - 1], due.deadline)


def _agreed(text: Text, found: Sequence[Due]) -> list[Due]:
    by_key: dict[tuple[int, int], Due] = {}
    for due in found:
        first = by_key.setdefault((due.quarter, due.month), due)
        if first.deadline != due.deadline:
            what = f"{due.month}月份" if due.month else _QUARTERS[due.quarter - 1]
            message = f"{what}的报送时限前后不一致：{first.deadline}（{text.place(first.at)}）和{due.deadline}"
            raise NoticeRefused(text.place(due.at), message, _REMEDY)
    return sorted(by_key.values(), key=lambda due: due.deadline)


def _spelled_out(words: str) -> str:
    """3、6、9、12月底前 as 3月底、6月底、9月底、12月底前, 各季度 as 每季度, and without the days of the week."""
    words = _WEEKDAY.sub("", words).replace("各季度", "每季度")
    return _MONTHS.sub(
        lambda found: "、".join(f"{month}月{found[2]}" for month in re.split("[、和及]", found[1])), words
    )


def _dues(words: str, year: int, at: int, place: str, questions: list[Question]) -> Iterator[Due]:
    """Every deadline that a sentence sets, whichever way it says them."""
    dated = list(_dated(words, year, at))
    if dated:
        yield from dated
    elif found := _QUARTER_END_MONTH.search(words) or _QUARTER_END_DAY.search(words):
        for quarter in range(1, 5):
            yield Due(quarter, _day(year, quarter * 3, int(found["day"])), at)
    elif found := _QUARTER_AFTER.search(words):
        if (found["kind"] or "").endswith("工作日"):
            message = f"时限以工作日计（“{found.group(0)}”），暂按日历日推算"
            questions.append(Question(place, message, _BY_CALENDAR))
        day = int(found["day"] or found["within"])
        for quarter in range(1, 5):
            yield Due(quarter, _day(year + quarter // 4, quarter * 3 % 12 + 1, day), at)
    elif found := _QUARTER_END.search(words):
        if found["working"]:
            questions.append(Question(place, f"时限写作“{found.group(0)}”，暂按季度末日推算", _BY_CALENDAR))
        for quarter in range(1, 5):
            yield Due(quarter, _day(year, quarter * 3, 31), at)
    elif found := _MONTHLY.search(words):
        questions.append(Question(place, "通知要求按月报送，已逐月列出时限", "请核对各月时限；一年不需十二次的请删减"))
        later = bool(_MONTH_BEFORE.search(words))
        for month in range(1, 13):
            due = _day(year + later * month // 12, (month - 1 + later) % 12 + 1, int(found["day"] or 31))
            yield Due((month + 2) // 3, due, at, month)
    elif _HALF_YEAR.search(words):
        questions.append(Question(place, "通知要求半年和年终报送，没有写明日期", "已暂按6月30日、12月31日，请核对"))
        yield from (Due(2, date(year, 6, 30), at), Due(4, date(year, 12, 31), at))


def _dated(words: str, year: int, at: int) -> Iterator[Due]:
    """Days that the sentence names one after another and that 前 closes: 6月30日、9月30日和12月底前."""
    run: list[re.Match[str]] = []
    position = -1
    for found in _DAY.finditer(words):
        if found.start() != position:
            run = []
        run.append(found)
        position = found.end()
        if found["more"].endswith("前"):
            yield from (_due(one, year, at + one.start()) for one in run)
            run = []


def _due(found: re.Match[str], year: int, at: int) -> Due:
    month = int(found["month"])
    bare = not found["day"]
    day = 31 if bare else int(found["day"])
    early = not bare and month % 3 == 1 and day <= _LATEST_OF_MONTH
    later = bool(found["next"]) or (not found["year"] and month == 1 and early)
    when = _day(int(found["year"]) if found["year"] else year + later, month, day)
    quarter = (month - 2) // 3 + 1 if early else (month + 2) // 3
    return Due(quarter or 4, when, at)


def _day(year: int, month: int, day: int) -> date:
    """That day, or the last of a month that has no such day."""
    return date(year, month, max(1, min(day, monthrange(year, month)[1])))

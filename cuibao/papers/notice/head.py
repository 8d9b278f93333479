"""What stands around a notice's items: number, title, issuing organ, date, mailbox, and who must report."""

import re
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from cuibao.papers.notice.deadlines import read_deadlines
from cuibao.papers.notice.draft import NoticeHead, NoticeRefused, Question
from cuibao.papers.notice.text import WHOLE, Text

_NUMBER = re.compile(
    r"(?P<word>[\u4e00-\u9fff]{1,12}?(?:〔[\u4e00-\u9fff]+〕)?)[〔\[［（【](?P<year>20\d\d)[〕\]］）】](?:第)?0*(?P<no>\d{1,4})号"
)
_CITED = re.compile(r"《|[根依]据|[按依参遵]照")
_ISSUED_TITLE = re.compile(
    r"关于(?:印发|下达|公布|转发)(?:《(?P<quoted>[^》]{4,60})》|(?P<bare>[^《》。]{4,60}?))(?:的)?(?:通知|函)"
)
_PLAIN_TITLE = re.compile(r"关于(?P<about>[^《》。，]{4,60}?)的(?:通知|意见|函)")
_PLAN_LINE = re.compile(
    r"[^。，：；]{0,30}20\d\d年[^。，：；]{2,40}(?:要点|方案|清单|计划|任务分解表|任务表|分工表|责任表|实事|任务|安排|分解表|一览表)(?:的通知)?"
)
_LETTERHEAD = re.compile(r"(?P<organ>[\u4e00-\u9fff（）]{4,40})文件")
_ORGAN = re.compile(r"[\u4e00-\u9fff（）]{3,40}(?:办公[室厅]|委员会|人民政府|政府|小组|局|委|办|指挥部|联席会议|专班)")
_DATE = re.compile(r"(?P<y>20\d\d)年(?P<m>1[0-2]|0?[1-9])月(?P<d>[12]\d|3[01]|0?[1-9])日")
_HAN_DATE = re.compile(
    r"(?P<y>二[〇○零Oo]{1}[〇○零一二三四五六七八九]{2})年(?P<m>十[一二]?|[一二三四五六七八九])月(?P<d>三?[十]?[一二三四五六七八九]|二?十[一二三四五六七八九]?|三十[一]?|十)日"
)
_HAN_DIGITS = {**{digit: value for value, digit in enumerate("〇一二三四五六七八九")}, "○": 0, "零": 0, "O": 0, "o": 0}
_MAIL = re.compile(r"[A-Za-z0-9._+-]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}")
_WHO = r"(?:各|有关|相关|牵头|责任|成员|配合|协同|参与|直属)*(?:单位|部门|县（市）、?区|县市区|县区|委办局)"
_REPORTERS = re.compile(
    rf"(?P<who>(?:各级|[市县区州省](?:直|级))?{_WHO}(?:[、和及与，]{_WHO})*)(?:要|应当?|须|需|务必|每|于|按|在|将|认真|及时|分别|请|从|对|明确|结合|根据)"
)
_YEAR = re.compile(r"(20\d\d)年")
_CITY = re.compile(r"(?P<city>[\u4e00-\u9fff]{2,4}?)(?P<level>市|县|区|州)")


@dataclass(frozen=True, slots=True)
class Around:
    """The text outside of the items, the notice's head read from it, and the city that its organ is of ("" unknown)."""

    head: NoticeHead
    questions: tuple[Question, ...]
    city: str


def city_of(organ: str) -> str:
    """芜湖市 of 芜湖市民生工作领导小组办公室; "" where the name does not begin with a place."""
    found = _CITY.match(organ.removeprefix("中共").removeprefix("中国共产党"))
    return found.group(0) if found else ""


def read_head(text: Text) -> Around:
    """The head out of the text around the items. Raises NoticeRefused where no year is named or deadlines contradict."""
    lines = list(text.lines())
    number, number_year, number_place = _number(lines)
    title = _title(text, lines)
    issued_on = _issued_on(lines)
    year = _year(text, title, number_year, issued_on)
    organ = _organ(lines, text)
    questions = list(_missing(number, title, organ, issued_on))
    if number_year and number_year != year:
        message = f"文号的年份（{number_year}年）与标题的年份（{year}年）不同，已按标题"
        questions.append(Question(number_place, message, "请核对通知年度"))
    mailbox = _mailbox(text, questions)
    periods, doubts, said = read_deadlines(text, year, issued_on)
    questions += doubts
    reporters = _reporters(said or text.text)
    if not periods:
        questions.append(Question(WHOLE, "没有找到报送时限", "请在office.yaml的periods中填写各季度时限"))
    if "牵头" in reporters:
        message = f"通知写明由“{reporters}”报送，没有要求协同单位报送"
        place = text.place(text.text.find(reporters, text.text.find(said)))
        questions.append(
            Question(place, message, "如协同单位不须报送，请在office.yaml中将reporting.cooperating设为inform")
        )
    head = NoticeHead(number, year, title, organ, issued_on, mailbox, periods, reporters)
    return Around(head, tuple(questions), city_of(organ) or city_of(title))


def _number(lines: Sequence[tuple[str, str]]) -> tuple[str, int, str]:
    """The notice's number, its brackets 〔〕 as GB/T 9704-2012 (7.2.5) has them, its year, and where it stands."""
    for line, place in lines:
        if (found := _NUMBER.search(line)) and not _CITED.search(line, 0, found.start("year")):
            return f"{found['word']}〔{found['year']}〕{found['no']}号", int(found["year"]), place
    return "", 0, WHOLE


def _title(text: Text, lines: Sequence[tuple[str, str]]) -> str:
    if found := _ISSUED_TITLE.search(text.text):
        return (found["quoted"] or found["bare"]).strip("“”")
    for line, _ in lines:
        if found := _PLAN_LINE.fullmatch(line):
            return line.removesuffix("的通知").partition("关于")[2] or line
    found = _PLAIN_TITLE.search(text.text)
    return found["about"] if found else ""


def _issued_on(lines: Sequence[tuple[str, str]]) -> date | None:
    """The day that stands on a line of its own, with the organ before it or 印发 after it."""
    for line, _ in lines:
        for pattern in (_DATE, _HAN_DATE):
            for found in pattern.finditer(line):
                rest = line[: found.start()] + line[found.end() :]
                if (not rest or rest in ("印发", "（印发）") or rest.endswith("印发") or _ORGAN.fullmatch(rest)) and (
                    day := _day(found)
                ):
                    return day
    return None


def _day(found: re.Match[str]) -> date | None:
    with suppress(ValueError):
        if found["y"].isascii():
            return date(int(found["y"]), int(found["m"]), int(found["d"]))
        year = int("".join(str(_HAN_DIGITS[digit]) for digit in found["y"]))
        return date(year, _tens(found["m"]), _tens(found["d"]))
    return None


def _tens(text: str) -> int:
    before, ten, after = text.rpartition("十")
    return (_HAN_DIGITS.get(before, 1) * 10 if ten else 0) + _HAN_DIGITS.get(after, 0)


def _year(text: Text, title: str, number_year: int, issued_on: date | None) -> int:
    if found := _YEAR.search(title):
        return int(found[1])
    if number_year:
        return number_year
    if issued_on:
        return issued_on.year
    counted = Counter(_YEAR.findall(text.text)).most_common(1)
    if not counted:
        raise NoticeRefused(WHOLE, "通知没有写明年份", "请确认文件完整，补上文号、标题或印发日期后重新导入")
    return int(counted[0][0])


def _organ(lines: Sequence[tuple[str, str]], text: Text) -> str:
    """Who issued it: the letterhead, the signature over the date, who stands before 关于, or on a line alone."""
    for line, _ in lines:
        if found := _LETTERHEAD.fullmatch(line):
            return found["organ"]
    for number, (line, _) in enumerate(lines):
        if _DATE.match(line) or _HAN_DATE.match(line):
            before = lines[number - 1][0] if number else ""
            if _ORGAN.fullmatch(before):
                return before
    found = re.search(rf"({_ORGAN.pattern})(?=关于)", text.text)
    return found[1] if found else next((line for line, _ in lines if _ORGAN.fullmatch(line)), "")


def _missing(number: str, title: str, organ: str, issued_on: date | None) -> list[Question]:
    what = {"文号": number, "标题": title, "印发机关": organ, "印发日期": issued_on}
    remedy = "请在office.yaml中核对填写"
    return [Question(WHOLE, f"没有找到{name}", remedy) for name, value in what.items() if not value]


def _mailbox(text: Text, questions: list[Question]) -> str:
    found = list(_MAIL.finditer(text.text))
    addresses = list(dict.fromkeys(one.group(0) for one in found))
    if not addresses:
        questions.append(Question(WHOLE, "没有找到报送邮箱", "请在office.yaml的mailbox.address中填写"))
        return ""
    if len(addresses) > 1:
        message = f"通知写有不止一个邮箱：{'、'.join(addresses)}，已取第一个"
        questions.append(Question(text.place(found[0].start()), message, "请核对报送邮箱"))
    return addresses[0]


def _reporters(said: str) -> str:
    found = _REPORTERS.search(said)
    return found["who"] if found else ""

"""Targets out of an item's own words; and what looks like one and states a policy, a rate or what is past, which is asked or left."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from cuibao.papers.notice import indicators
from cuibao.papers.notice.draft import TargetRead
from cuibao.papers.notice.quantities import COUNTED, NEVER, SHARES, TIMES, Quantity, quantities_in, spelled_out
from cuibao.rules.registry import Comparison, Target

_SENTENCES = re.compile(r"[^。；！]+")
_DIGIT = re.compile(r"\d")
_AT_MOST = re.compile(
    r"(?:不超过|不高于|不得超过|不得高于|不大于|不多于|控制在|压[减缩降]?[到至]|压降[到至]|降低?[到至]|下降[到至]|减少[到至]|缩短[到至]|(?<!不)(?<!不得)低于|(?<!不)(?<!不得)少于)$"
)
_EQUAL = re.compile(r"(?:稳定在|巩固在|保持在|维持在|保持|约|大约)$")
_LEVEL = re.compile(r"(?:稳定在|巩固在|保持在|维持在|控制在|保持)$")
_COMPARED = re.compile(r"不超过|不高于|不低于|不少于|不得[超高低少]|达到|控制在|提高[到至]")
_ORDERED = re.compile(r"按(?![时期质量])(?:照)?[^，]{0,4}$")
"""按45人班额编班 is a rule and no goal."""
_PAST = re.compile(r"(?<![比较])(?:去年|上年)|现有|目前|截至目前|已(?:累计)?(?:完成|建成|实现|达|有|新增)|原有|以来")
_GREW = re.compile(r"[比较](?:去年|上年)(?:同期)?(?:新?增加?|减少|增长|多|少)$")
_RATE_PAID = re.compile(
    r"每(?:人|户|亩|生|名|位|件|次|床|头|年每|学期|月每|人每|项|套|吨|公里|平方米)|/(?:人|户|月|年|亩|生|天|次)|按(?![时期质量])(?:照)?[^，]{0,12}$|给予[^，]{0,14}$|标准|一次性|最高(?!限速)|封顶|减免[^，]{0,14}$|收取[^，]{0,10}$|起付|限额|自付|报酬|待遇|工资标准|津贴|缴费基数|费率|补偿金|奖补标准|低保线"
)
_TOTAL_PAID = re.compile(
    r"(?:完成|投入|落实|拨付|筹集|安排|争取|发放|实现)[^，]{0,14}(?:投资|资金|经费|贷款|补贴|补助|收入|产值|销售额|交易额|补偿|担保|基金)"
)
_EACH = re.compile(
    r"每(?:个|一)?(?:县|区|市|镇|乡|村|社区|街道|校|班|学校|单位|部门|季度|月|周|家|所|半年|名|天|日)|各(?:县|区|市|镇|乡|村|社区|街道|学校|单位|校)[^，]{0,10}(?:不少于|至少|各|均)|(?:单个|单次|单体|平均每)"
)
_UNDERWAY = re.compile(
    r"(?:加快|继续|稳步|积极|深入|持续|全面|统筹)*(?:推进|推动|谋划|储备|探索|研究|支持|鼓励|引导|依托|围绕|针对|聚焦|面向|涉及|覆盖|纳入|服务)"
)
_ATTRIBUTE = re.compile(r"^(?:的(?!目标|任务|水平|比例|标准$|$)|及其)")
_QUALIFIED = re.compile(r"(?:超过?|达到?|不足|低于|高于|不低于|不少于|不超过|满|为|以上|面积|规模|投资|产值)$")
_WAITING_TIME = re.compile(r"(?:压[减缩降]?[到至]|(?:压|下)?降低?[到至]|缩短[到至]|控制在|减少[到至]|不超过)$")
_BENEFITED = re.compile(r"[为给对向](?:全市|全县|全区|我市|我县|我区)?$")
_LIFE = re.compile(r"寿命[^，]{0,6}$")
_OPEN_TIME = re.compile(r"(?:时间|时长|天数)(?:累计)?(?:达到?|不少于|不低于|超过)$")
_PERSONS = re.compile(
    r"^(?!热线|平台|法网)[^，、]{0,8}?(?:人口|居民|群众|学生|儿童|老年人|老人|职工|农民|人员|劳动者|患者|残疾人|妇女|青年|毕业生|工人|教师|干部|党员|志愿者)"
)
_OF_PERSONS = re.compile(r"(?:人数|人口|总人数)(?:达到?|不少于|超过?|为|稳定在|突破)*$")
_ALTERNATIVE = re.compile(r"或(?:者)?")
_JOINTS = "、和及与"
_JOINT = re.compile(r"[、和与]|(?<![惠涉普以])及")
_ASIDE = r"（(?:[A-Za-z0-9.]+|[^（），。：、\d]{1,8})）"
_EDGES = re.compile(rf"{_ASIDE}|[，：）（]")
_CLOSED = re.compile(_ASIDE)
"""A short word or formula in brackets explains what stands before it and parts nothing: 细颗粒物（PM2.5）, 村（社区）."""
_RESPECTIVELY = re.compile(r"分别(?P<done>[^，、]{0,8})$")
_COMMON_TAIL = re.compile(
    r"(?:毛?入学|巩固|覆盖|完成|达标|合格|参保|就业|满意|升学|普及|签约|处理|利用|优良)?(?:率|比例|人数|数量|面积)$"
)
"""What ends the last of several things and is meant of each: 小学、初中毛入学率."""
_YEAR = re.compile(r"(20\d\d)年")
_DONE = re.compile(r"完成|建成|开工|竣工|新增|新建|改造|实现")
_LONGEST = 2000
"""No person writes a longer sentence; what looks like one is damage, and would take long."""
_POLICY = "是政策性表述（标准、限额），未列为目标"
_REMEDY = "如确为年度目标，请在registry.yaml中补上"


@dataclass(frozen=True, slots=True)
class Found:
    """What one item's words state: targets, and doubts as (message, remedy)."""

    targets: tuple[TargetRead, ...]
    doubts: tuple[tuple[str, str], ...]


@dataclass
class _Sentence:
    """One sentence while its numbers are read one after another."""

    item: int
    year: int
    text: str
    title: str = ""
    """The item's first sentence, where this is a later one."""
    targets: list[TargetRead] = field(default_factory=list)
    doubts: list[tuple[str, str]] = field(default_factory=list)
    quantities: list[Quantity] = field(default_factory=list)
    whole: str = ""
    closes: int = -1
    """What the numbers in a bracket are parts of, and where it closes."""
    skipped: set[int] = field(default_factory=set)
    """Starts of quantities that another has taken in."""

    def doubt(self, at: Quantity, message: str, remedy: str = _REMEDY) -> None:
        """A question about the phrase in which a number stands."""
        start, end = self.phrase(at)
        self.doubts.append((f"“{self.text[start:end].strip('，、')}”{message}", remedy))

    def phrase(self, at: Quantity) -> tuple[int, int]:
        """The bounds of what stands between commas around a number."""
        lead = _CLOSED.sub(lambda found: "·" * len(found.group(0)), self.text[: at.start])
        start = max(lead.rfind(mark) for mark in "，（：") + 1
        edges = (found.start() for found in _EDGES.finditer(self.text, at.end) if len(found.group(0)) == 1)
        return start, next(edges, len(self.text))


@dataclass(frozen=True, slots=True)
class _Around:
    """The words of a phrase before and after its number, and what parts it from the number before: "" at a phrase's beginning."""

    before: str
    after: str
    joint: str


def read_targets(item: int, words: str, year: int) -> Found:
    """The targets of an item. `year` is the notice's: what earlier years reached is no target."""
    targets: list[TargetRead] = []
    doubts: list[tuple[str, str]] = []
    title = ""
    for found in _SENTENCES.finditer(spelled_out(words)):
        if len(found.group(0)) > _LONGEST:
            doubts.append((f"“{found.group(0)[:20]}……”一句超过{_LONGEST}字，未从中读取目标", _REMEDY))
        elif _DIGIT.search(found.group(0)):
            sentence = _Sentence(item, year, found.group(0), title)
            _read(sentence)
            targets += sentence.targets
            doubts += sentence.doubts
        title = title or found.group(0)
    kept = tuple(_each_once(targets, doubts))
    return Found(kept, tuple(dict.fromkeys(doubts)))


def _each_once(targets: Sequence[TargetRead], doubts: list[tuple[str, str]]) -> Iterator[TargetRead]:
    """A title that the words repeat states nothing more; and no two targets of an item are called alike, as figures are told apart by it."""
    kept: list[TargetRead] = []
    for one in targets:
        if any(_same(one, other) for other in kept):
            continue
        target = one.target
        alike = [other.target for other in kept if other.target.indicator == target.indicator]
        kept.append(one)
        if any(other.measure == target.measure for other in alike):
            doubts.append((f"“{target.indicator}”有不止一个数值，已分别列出", "请核对各是什么的目标，并改写指标名称"))
            target = replace(target, indicator=f"{target.indicator}（第{len(alike) + 1}处）")
        elif alike:
            target = replace(target, indicator=f"{target.indicator}（{target.measure}）")
        yield replace(one, target=target)


def _same(one: TargetRead, other: TargetRead) -> bool:
    """Whether a sentence states again what another has stated, one of them perhaps in fewer words."""
    first, second = one.target, other.target
    named = first.indicator in second.indicator or second.indicator in first.indicator
    elsewhere = one.words != other.words or first.indicator == second.indicator
    return named and elsewhere and (first.value, first.measure) == (second.value, second.measure)


def _read(sentence: _Sentence) -> None:
    found = quantities_in(sentence.text)
    sentence.quantities = [one for one in found if _may_count(one, sentence.text[: one.start])]
    for number, quantity in enumerate(sentence.quantities):
        if quantity.start in sentence.skipped or not _counts(sentence, quantity):
            continue
        around = _around(sentence, number)
        if _is_for(sentence, number, around):
            sentence.skipped.add(quantity.start)
        elif _RESPECTIVELY.search(around.before):
            _respectively(sentence, number, around)
        elif around.before.endswith("各") and not _EACH.search(around.before):
            _each(sentence, quantity, around)
        elif why := _no_target(sentence, quantity, around):
            if why == _SILENT:
                sentence.skipped.add(quantity.start)
            else:
                sentence.doubt(quantity, why)
        else:
            _take(sentence, number, quantity, around)


def _is_for(sentence: _Sentence, number: int, around: _Around) -> bool:
    """Whether the number is of those for whom something is done that has a number of its own: 为126所学校配备保安520名."""
    following = sentence.quantities[number + 1] if number + 1 < len(sentence.quantities) else None
    if not following or following.start >= sentence.phrase(sentence.quantities[number])[1]:
        return False
    between = sentence.text[sentence.quantities[number].end : following.start]
    return _BENEFITED.match(around.before) is not None and _joint(between) == len(between)


def _may_count(quantity: Quantity, before: str) -> bool:
    """Whether a number is more than an age, a date, a rank, or how long something takes that is no goal itself."""
    if quantity.measure in TIMES:
        return bool(_WAITING_TIME.search(before) or _OPEN_TIME.search(before))
    if quantity.measure == "岁":
        return bool(_LIFE.search(before))
    return quantity.measure not in NEVER or quantity.measure == _MULTIPLE


def _counts(sentence: _Sentence, quantity: Quantity) -> bool:
    """Whether the number measures anything that could be a goal. A count of persons may stand without its 人."""
    if quantity.measure:
        return True
    return bool(_measure(sentence.text[: quantity.start], quantity, sentence.text[quantity.end :]))


def _measure(before: str, quantity: Quantity, after: str) -> str:
    if quantity.measure:
        return f"{quantity.measure}/小时" if before.endswith("每小时") else quantity.measure
    end = "" if quantity.bound else after
    persons = _OF_PERSONS.search(before) or (quantity.value >= 1000 and _PERSONS.match(end))
    return "人" if persons else ""


def _around(sentence: _Sentence, number: int) -> _Around:
    """What belongs to a number of the words between commas: a mark between two numbers parts what follows one from what leads to the next."""
    text, quantity = sentence.text, sentence.quantities[number]
    start, end = sentence.phrase(quantity)
    joint = ""
    if number and (last := sentence.quantities[number - 1]).end > start and last.measure:
        between = text[last.end : quantity.start]
        cut = 0 if last.start in sentence.skipped else _joint(between)
        start = last.end + cut
        joint = text[start : start + 1]
        start += 1 if joint and joint in f"{_JOINTS}或" else 0
    if (
        number + 1 < len(sentence.quantities)
        and (following := sentence.quantities[number + 1]).start < end
        and following.measure
    ):
        between = text[quantity.end : following.start]
        end = quantity.end + _joint(between)
    return _Around(text[start : quantity.start], text[quantity.end : end], joint)


def _joint(between: str) -> int:
    """Where the words between two numbers part: at 或, else at the last of 、和及与, else before a verb that they begin with."""
    if found := _ALTERNATIVE.search(between):
        return found.start()
    return max(
        (found.start() for found in _JOINT.finditer(between)),
        default=0 if indicators.GOAL.match(between) else len(between),
    )


_SILENT = "silent"
_MULTIPLE = "倍"


def _no_target(sentence: _Sentence, quantity: Quantity, around: _Around) -> str:
    """Why a number is no target: a doubt's words where a person might think otherwise, _SILENT where nobody would; "" for a target."""
    start, end = sentence.phrase(quantity)
    lead, whole = sentence.text[start : quantity.start], sentence.text[start:end]
    compared = bool(_COMPARED.search(lead) or quantity.bound)
    if quantity.measure == _MULTIPLE:
        return _POLICY if compared else _SILENT
    if quantity.ranged:
        return "写的是幅度，未列为目标"
    if _is_paid(quantity, lead, whole):
        return _POLICY if compared else _SILENT
    if _ORDERED.search(around.before):
        return _SILENT
    if _EACH.search(lead):
        return "是对每个单位或每个时段的要求，未列为目标"
    if _is_attribute(quantity, around):
        return _SILENT
    if _is_past(sentence, lead):
        return _SILENT
    if quantity.measure not in SHARES and _GREW.search(lead):
        return "是与上年相比的增减，没有写明总量，未列为目标"
    if _is_later(sentence, quantity):
        return "是以后年度的目标，未列为本年度目标"
    if around.after and not compared and _is_underway(around.before):
        return "只写推进或涉及的数量，没有写明完成，未列为目标"
    return ""


def _is_underway(before: str) -> bool:
    """Whether the words promise to go on with things and not to be done with them: 加快推进2019年开工的5个项目."""
    words = indicators.without_known_set(before)
    return bool(_UNDERWAY.match(words)) and not _DONE.search(words)


def _is_paid(quantity: Quantity, lead: str, whole: str) -> bool:
    """Whether money or a share of it is paid by: 每人每月60元, 按80%给予报销."""
    if quantity.measure not in ("元", "万元", "%", "倍"):
        return False
    return bool(
        _RATE_PAID.search(lead) or (quantity.measure != "%" and re.search(r"标准|/[人户月年亩]", whole))
    ) and not _TOTAL_PAID.search(lead)


def _is_attribute(quantity: Quantity, around: _Around) -> bool:
    """Whether the number tells which things are meant: 网销售额超1000万元的企业, 50亩以上规模经营主体."""
    measured = quantity.measure not in COUNTED and quantity.measure not in SHARES
    if _ATTRIBUTE.match(around.after) and (
        measured or _QUALIFIED.search(around.before) or not indicators.GOAL.search(around.before)
    ):
        return True
    return bool(quantity.bound and (measured or quantity.measure == "人") and around.after)


def _is_past(sentence: _Sentence, lead: str) -> bool:
    years = _YEAR.findall(lead)
    if years and int(years[-1]) < sentence.year and not re.search(r"年[^，]{0,8}的|[比较]20\d\d年", lead):
        return True
    return bool(_PAST.search(lead))


def _is_later(sentence: _Sentence, quantity: Quantity) -> bool:
    """Whether the year that was named last before the number is to come."""
    years = _YEAR.findall(sentence.text, 0, quantity.start)
    return bool(years) and int(years[-1]) > sentence.year


def _take(sentence: _Sentence, number: int, quantity: Quantity, around: _Around) -> None:
    name, after = _name(sentence, quantity, around), around.after
    if number + 1 < len(sentence.quantities):
        other = sentence.quantities[number + 1]
        beside = _around(sentence, number + 1)
        if beside.joint == "或" and (other.value == quantity.value):
            name = f"{name}或{indicators.core(beside.before, beside.after)}"
            sentence.skipped.add(other.start)
            quantity, around = other, beside
            sentence.doubt(other, "两者居其一，合为一个目标", "请核对目标的写法")
    if len(name) < 2:
        sentence.doubt(quantity, "没有写明是什么的数量，未列为目标")
        return
    sentence.targets.append(_target(sentence, quantity, around.before, name, _measure(around.before, quantity, after)))


def _target(sentence: _Sentence, quantity: Quantity, before: str, name: str, measure: str) -> TargetRead:
    comparison = _comparison(before, quantity)
    share = measure in SHARES
    return TargetRead(
        item=sentence.item,
        target=Target(name, comparison, quantity.value, measure),
        words=sentence.text,
        cumulative=not share and comparison is Comparison.AT_LEAST and not _LEVEL.search(before),
        share=share,
        lower_is_better=comparison is Comparison.AT_MOST,
    )


def _comparison(before: str, quantity: Quantity) -> Comparison:
    if quantity.bound == "以上":
        return Comparison.AT_LEAST
    if quantity.bound in ("以下", "以内", "之内") or _AT_MOST.search(before):
        return Comparison.AT_MOST
    return Comparison.EQUAL if quantity.bound == "左右" or _EQUAL.search(before) else Comparison.AT_LEAST


def _name(sentence: _Sentence, quantity: Quantity, around: _Around) -> str:
    """The indicator, from the phrase, and where that says too little from what stands before it in the sentence."""
    words = indicators.core(around.before, around.after)
    start, _ = sentence.phrase(quantity)
    previous = sentence.targets[-1].target.indicator if sentence.targets else ""
    earlier = [part for part in re.split("，", sentence.text[:start]) if part]
    thing = indicators.object_of(earlier[-1]) if earlier else ""
    if previous and sentence.text[:start].endswith(("（", "（其中：", "（其中")):
        sentence.whole, sentence.closes = previous, sentence.text.find("）", quantity.end)
    if quantity.start < sentence.closes:
        return indicators.part_of(sentence.whole, words)
    if around.before.startswith("其中") and previous:
        return indicators.part_of(previous, words)
    if not words and previous and around.joint:
        return previous
    if not words or indicators.is_bare(words):
        base = indicators.base_of(previous) or thing or indicators.object_of(sentence.title)
        return indicators.with_object(words, base) if words and base else ""
    if quantity.measure in SHARES and (named := indicators.share_of_plan(words, thing)):
        return named
    if indicators.is_short_rate(words) and not around.joint:
        return indicators.rate_of(thing, words)
    return indicators.continued(previous, words) if around.joint and around.joint in _JOINTS else words


def _each(sentence: _Sentence, quantity: Quantity, around: _Around) -> None:
    """新增小学、初中各2所 is two targets."""
    things = re.split(r"[、和及与]", around.before.removesuffix("各"))
    first = indicators.core(things[0], around.after)
    names = [first, *(indicators.continued(first, indicators.core(thing, around.after)) for thing in things[1:])]
    base = indicators.base_of(names[-1])
    names = [indicators.with_object(name, base) if indicators.is_bare(name) else name for name in names]
    sentence.targets += [_target(sentence, quantity, "", name, quantity.measure) for name in names if name]


def _respectively(sentence: _Sentence, number: int, around: _Around) -> None:
    """参保率、报销比例分别达到95%、75%: as many numbers as things, else a person must say."""
    run = [sentence.quantities[number]]
    for quantity in sentence.quantities[number + 1 :]:
        if sentence.text[run[-1].end : quantity.start].strip("、和及，与"):
            break
        run.append(quantity)
    sentence.skipped.update(quantity.start for quantity in run)
    stated = _RESPECTIVELY.search(around.before)
    done = indicators.core(stated["done"], "") if stated else ""
    lead = _RESPECTIVELY.sub("", around.before)
    things = _things_before(lead, sentence.targets[-len(run) :])
    if _RATE_PAID.search(lead) and run[0].measure not in COUNTED:
        sentence.doubt(run[0], _POLICY)
    elif len(things) != len(run):
        sentence.doubt(run[0], "的数字和所列各项不能一一对应，未列为目标")
    else:
        tail = _COMMON_TAIL.search(things[-1])
        before = around.before.replace("分别", "")
        for thing, quantity in zip(things, run, strict=True):
            whole = f"{thing}{tail.group(0)}" if tail and not _COMMON_TAIL.search(thing) else f"{thing}{done}"
            name, measure = indicators.core(whole, ""), _measure(lead, quantity, "")
            sentence.targets.append(_target(sentence, quantity, before, name, measure))


def _things_before(lead: str, before: Sequence[TargetRead]) -> list[str]:
    """What the numbers are said of: the things that are listed, or, where none is, those of the targets before."""
    return re.split(r"[、和及与]", lead) if lead else [indicators.base_of(one.target.indicator) for one in before]

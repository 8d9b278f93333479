"""Targets out of an item's own words; what looks like one and is none is asked about or left, as no_targets.py says."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from cuibao.papers.notice import indicators
from cuibao.papers.notice.bounded import doubt_bounded
from cuibao.papers.notice.draft import TargetRead
from cuibao.papers.notice.no_targets import EACH, POLICY, RATE_PAID, SILENT, why_no_target
from cuibao.papers.notice.quantities import COUNTED, RATES, SHARES, Quantity, spelled_out
from cuibao.papers.notice.sentences import JOINTS, REMEDY, Around, Sentence, joint_in, measure_of
from cuibao.papers.wording import quoted
from cuibao.rules.registry import Comparison, Target

_SENTENCES = re.compile(r"[^。；！]+")
_DIGIT = re.compile(r"\d")
_AT_MOST = re.compile(
    r"(?:不超过|不高于|不得超过|不得高于|不大于|不多于|控制在|压[减缩降]?[到至]|压降[到至]|降低?[到至]|下降[到至]|减少[到至]|缩短[到至]|(?<!不)(?<!不得)低于|(?<!不)(?<!不得)少于)$"
)
_EQUAL = re.compile(r"(?:稳定在|巩固在|保持在|维持在|保持|约|大约)$")
_LEVEL = re.compile(r"(?:稳定在|巩固在|保持在|维持在|控制在|保持)$")
_BENEFITED = re.compile(r"[为给对向](?:全市|全县|全区|我市|我县|我区)?$")
_RESPECTIVELY = re.compile(r"分别(?P<done>[^，、]{0,8})$")
_COMMON_TAIL = re.compile(
    r"(?:毛?入学|巩固|覆盖|完成|达标|合格|参保|就业|满意|升学|普及|签约|处理|利用|优良)?(?:率|比例|人数|数量|面积)$"
)
"""What ends the last of several things and is meant of each: 小学、初中毛入学率."""
_LONGEST = 2000
"""No person writes a longer sentence; what looks like one is damage, and would take long."""


@dataclass(frozen=True, slots=True)
class Found:
    """What one item's words state: targets, and doubts as (message, remedy)."""

    targets: tuple[TargetRead, ...]
    doubts: tuple[tuple[str, str], ...]


def read_targets(item: int, words: str, year: int) -> Found:
    """The targets of an item. `year` is the notice's: what earlier years reached is no target."""
    targets: list[TargetRead] = []
    doubts: list[tuple[str, str]] = []
    title = ""
    for found in _SENTENCES.finditer(spelled_out(words)):
        if len(found.group(0)) > _LONGEST:
            doubts.append((f"{quoted(found.group(0)[:20] + '……')}一句超过{_LONGEST}字，未从中读取目标", REMEDY))
        elif _DIGIT.search(found.group(0)):
            sentence = Sentence(item, year, found.group(0), title)
            _read(sentence)
            doubt_bounded(sentence)
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
        if not alike:
            yield one
            continue
        if any(other.measure == target.measure for other in alike):
            doubts.append(
                (f"{quoted(target.indicator)}有不止一个数值，已分别列出", "请核对各是什么的目标，并改写指标名称")
            )
            target = replace(target, indicator=f"{target.indicator}（第{len(alike) + 1}处）")
        else:
            target = replace(target, indicator=f"{target.indicator}（{target.measure}）")
        yield replace(one, target=target)


def _same(one: TargetRead, other: TargetRead) -> bool:
    """Whether a sentence states again what another has stated, one of them perhaps in fewer words."""
    first, second = one.target, other.target
    named = first.indicator in second.indicator or second.indicator in first.indicator
    elsewhere = one.words != other.words or first.indicator == second.indicator
    return named and elsewhere and (first.value, first.measure) == (second.value, second.measure)


def _read(sentence: Sentence) -> None:
    for number, quantity in enumerate(sentence.quantities):
        if quantity.start in sentence.skipped or not sentence.counts(quantity):
            continue
        around = sentence.around(number)
        if _is_for(sentence, number, around):
            sentence.skipped.add(quantity.start)
        elif _RESPECTIVELY.search(around.before):
            _respectively(sentence, number, around)
        elif around.before.endswith("各") and not EACH.search(around.before):
            _each(sentence, quantity, around)
        elif why := why_no_target(sentence, quantity, around):
            if why == SILENT:
                sentence.skipped.add(quantity.start)
            else:
                sentence.doubt(quantity, why)
        else:
            _take(sentence, number, quantity, around)


def _is_for(sentence: Sentence, number: int, around: Around) -> bool:
    """Whether the number is of those for whom something is done that has a number of its own: 为126所学校配备保安520名."""
    following = sentence.following(number)
    if (
        not following
        or not _BENEFITED.match(around.before)
        or following.start >= sentence.phrase(sentence.quantities[number])[1]
    ):
        return False
    between = sentence.text[sentence.quantities[number].end : following.start]
    return joint_in(between) == len(between)


def _take(sentence: Sentence, number: int, quantity: Quantity, around: Around) -> None:
    name, after = _name(sentence, quantity, around), around.after
    other = sentence.following(number)
    if other and other.value == quantity.value and (beside := sentence.around(number + 1)).joint == "或":
        name = f"{name}或{indicators.core(beside.before, beside.after)}"
        sentence.skipped.add(other.start)
        quantity, around = other, beside
        sentence.doubt(other, "两者居其一，合为一个目标", "请核对目标的写法")
    if len(name) < 2:
        sentence.doubt(quantity, "没有写明是什么的数量，未列为目标")
        return
    sentence.targets.append(
        _target(sentence, quantity, around.before, name, measure_of(around.before, quantity, after))
    )


def _target(sentence: Sentence, quantity: Quantity, before: str, name: str, measure: str) -> TargetRead:
    comparison = _comparison(before, quantity)
    share = measure in SHARES
    return TargetRead(
        item=sentence.item,
        target=Target(name, comparison, quantity.value, measure),
        words=sentence.text,
        cumulative=not share
        and measure not in RATES
        and comparison is Comparison.AT_LEAST
        and not _LEVEL.search(before),
        share=share,
        lower_is_better=comparison is Comparison.AT_MOST,
    )


def _comparison(before: str, quantity: Quantity) -> Comparison:
    if quantity.bound == "以上":
        return Comparison.AT_LEAST
    if quantity.bound in ("以下", "以内", "之内") or _AT_MOST.search(before):
        return Comparison.AT_MOST
    return Comparison.EQUAL if quantity.bound == "左右" or _EQUAL.search(before) else Comparison.AT_LEAST


def _name(sentence: Sentence, quantity: Quantity, around: Around) -> str:
    """The indicator, from the phrase, and where that says too little from what stands before it in the sentence."""
    words = indicators.core(around.before, around.after)
    start, _ = sentence.phrase(quantity)
    previous = sentence.targets[-1].target.indicator if sentence.targets else ""
    if previous and sentence.text[:start].endswith(("（", "（其中：", "（其中")):
        sentence.whole, sentence.closes = previous, sentence.text.find("）", quantity.end)
    if quantity.start < sentence.closes:
        return indicators.part_of(sentence.whole, words)
    if around.before.startswith("其中") and previous:
        return indicators.part_of(previous, words)
    if not words and previous and around.joint:
        return previous
    if not words or indicators.is_bare(words):
        base = indicators.base_of(previous) or _thing_before(sentence, start) or indicators.object_of(sentence.title)
        return indicators.with_object(words, base) if words and base else ""
    if quantity.measure in SHARES and indicators.is_share_of_plan(words):
        return indicators.share_of_plan(words, _thing_before(sentence, start))
    if indicators.is_short_rate(words) and not around.joint:
        return indicators.rate_of(_thing_before(sentence, start), words)
    return indicators.continued(previous, words) if around.joint and around.joint in JOINTS else words


def _thing_before(sentence: Sentence, start: int) -> str:
    """What the clause before a phrase is about; "" at the sentence's beginning."""
    clause = sentence.text[:start].rstrip("，").rpartition("，")[2]
    return indicators.object_of(clause) if clause else ""


def _each(sentence: Sentence, quantity: Quantity, around: Around) -> None:
    """新增小学、初中各2所 is two targets."""
    things = re.split(r"[、和及与]", around.before.removesuffix("各"))
    first = indicators.core(things[0], around.after)
    names = [first, *(indicators.continued(first, indicators.core(thing, around.after)) for thing in things[1:])]
    base = indicators.base_of(names[-1])
    names = [indicators.with_object(name, base) if indicators.is_bare(name) else name for name in names]
    sentence.targets += [_target(sentence, quantity, "", name, quantity.measure) for name in names if name]


def _respectively(sentence: Sentence, number: int, around: Around) -> None:
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
    if RATE_PAID.search(lead) and run[0].measure not in COUNTED:
        sentence.doubt(run[0], POLICY)
    elif len(things) != len(run):
        sentence.doubt(run[0], "的数字和所列各项不能一一对应，未列为目标")
    else:
        tail = _COMMON_TAIL.search(things[-1])
        before = around.before.replace("分别", "")
        for thing, quantity in zip(things, run, strict=True):
            whole = f"{thing}{tail.group(0)}" if tail and not _COMMON_TAIL.search(thing) else f"{thing}{done}"
            name, measure = indicators.core(whole, ""), measure_of(lead, quantity, "")
            sentence.targets.append(_target(sentence, quantity, before, name, measure))


def _things_before(lead: str, before: Sequence[TargetRead]) -> list[str]:
    """What the numbers are said of: the things that are listed, or, where none is, those of the targets before."""
    return re.split(r"[、和及与]", lead) if lead else [indicators.base_of(one.target.indicator) for one in before]

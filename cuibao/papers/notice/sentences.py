"""One sentence of an item: the numbers in it that could be goals, and which of its words belong to each."""

import re
from dataclasses import dataclass, field

from cuibao.papers.notice import indicators
from cuibao.papers.notice.draft import TargetRead
from cuibao.papers.notice.quantities import NEVER, TIMES, Quantity, quantities_in
from cuibao.papers.wording import quoted

_WAITING_TIME = re.compile(r"(?:压[减缩降]?[到至]|(?:压|下)?降低?[到至]|缩短[到至]|控制在|减少[到至]|不超过)$")
_OPEN_TIME = re.compile(r"(?:时间|时长|天数)(?:累计)?(?:达到?|不少于|不低于|超过)$")
_LIFE = re.compile(r"寿命[^，]{0,6}$")
_PERSONS = re.compile(
    r"^(?!热线|平台|法网)[^，、]{0,8}?(?:人口|居民|群众|学生|儿童|老年人|老人|职工|农民|人员|劳动者|患者|残疾人|妇女|青年|毕业生|工人|教师|干部|党员|志愿者)"
)
_OF_PERSONS = re.compile(r"(?:人数|人口|总人数)(?:达到?|不少于|超过?|为|稳定在|突破)*$")
_ALTERNATIVE = re.compile(r"或(?:者)?")
JOINTS = "、和及与"
_JOINT = re.compile(r"[、和与]|(?<![惠涉普以])及")
_ASIDE = r"（(?:[A-Za-z0-9.]+|[^（），。：、\d]{1,8})）"
_EDGES = re.compile(rf"{_ASIDE}|[，：）（]")
_CLOSED = re.compile(_ASIDE)
"""A short word or formula in brackets explains what stands before it and parts nothing: 细颗粒物（PM2.5）, 村（社区）."""
REMEDY = "如确为年度目标，请在registry.yaml中补上"
MULTIPLE = "倍"
_MARKS = "，（："


@dataclass(frozen=True, slots=True)
class Around:
    """The words of a phrase before and after its number, and what parts it from the number before: "" at a phrase's beginning."""

    before: str
    after: str
    joint: str


@dataclass
class Sentence:
    """One sentence while its numbers are read one after another."""

    item: int
    year: int
    text: str
    title: str = ""
    """The item's first sentence, where this is a later one."""
    targets: list[TargetRead] = field(default_factory=list)
    doubts: list[tuple[str, str]] = field(default_factory=list)
    every: list[Quantity] = field(init=False)
    """All its numbers."""
    quantities: list[Quantity] = field(init=False)
    """Its numbers that could be goals."""
    whole: str = ""
    closes: int = -1
    """What the numbers in a bracket are parts of, and where it closes."""
    skipped: set[int] = field(default_factory=set)
    """Starts of quantities that another has taken in."""

    _phrases: dict[int, tuple[int, int]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.every = list(quantities_in(self.text))
        self.quantities = [one for one in self.every if _may_count(one, self.text[: one.start])]

    def doubt(self, at: Quantity, message: str, remedy: str = REMEDY) -> None:
        """A question about the phrase in which a number stands."""
        start, end = self.phrase(at)
        self.doubts.append((f"{quoted(self.text[start:end].strip('，、'))}{message}", remedy))

    def phrase(self, at: Quantity) -> tuple[int, int]:
        """The bounds of what stands between commas around a number."""
        if at.start not in self._phrases:
            self._phrases[at.start] = _phrase(self.text, at)
        return self._phrases[at.start]

    def counts(self, quantity: Quantity) -> bool:
        """Whether the number measures anything that could be a goal. A count of persons may stand without its 人."""
        return bool(measure_of(self.text[: quantity.start], quantity, self.text[quantity.end :]))

    def around(self, number: int) -> Around:
        """What belongs to a number of the words between commas: a mark between two numbers parts what follows one from what leads to the next."""
        text, quantity = self.text, self.quantities[number]
        start, end = self.phrase(quantity)
        joint = ""
        if number and (last := self.quantities[number - 1]).end > start and last.measure:
            between = text[last.end : quantity.start]
            cut = 0 if last.start in self.skipped else joint_in(between)
            start = last.end + cut
            joint = text[start : start + 1]
            start += 1 if joint and joint in f"{JOINTS}或" else 0
        following = self.following(number)
        if following and following.start < end and following.measure:
            end = quantity.end + joint_in(text[quantity.end : following.start])
        return Around(text[start : quantity.start], text[quantity.end : end], joint)

    def following(self, number: int) -> Quantity | None:
        """The number after that one."""
        return self.quantities[number + 1] if number + 1 < len(self.quantities) else None


def _phrase(text: str, at: Quantity) -> tuple[int, int]:
    lead = text[: at.start]
    if "（" in lead:
        lead = _CLOSED.sub(lambda found: "·" * len(found.group(0)), lead)
    start = max(map(lead.rfind, _MARKS)) + 1
    edges = (found.start() for found in _EDGES.finditer(text, at.end) if len(found.group(0)) == 1)
    return start, next(edges, len(text))


def _may_count(quantity: Quantity, before: str) -> bool:
    """Whether a number is more than an age, a date, a rank, or how long something takes that is no goal itself."""
    if quantity.measure in TIMES:
        return bool(_WAITING_TIME.search(before) or _OPEN_TIME.search(before))
    if quantity.measure == "岁":
        return bool(_LIFE.search(before))
    return quantity.measure not in NEVER or quantity.measure == MULTIPLE


def measure_of(before: str, quantity: Quantity, after: str) -> str:
    """What a number between those words counts in; "" for nothing that could be a goal."""
    if quantity.measure:
        return f"{quantity.measure}/小时" if before.endswith("每小时") else quantity.measure
    end = "" if quantity.bound else after
    persons = _OF_PERSONS.search(before) or (quantity.value >= 1000 and _PERSONS.match(end))
    return "人" if persons else ""


def joint_in(between: str) -> int:
    """Where the words between two numbers part: at 或, else at the last of 、和及与, else before a verb that they begin with."""
    if found := _ALTERNATIVE.search(between):
        return found.start()
    return max(
        (found.start() for found in _JOINT.finditer(between)),
        default=0 if indicators.GOAL.match(between) else len(between),
    )

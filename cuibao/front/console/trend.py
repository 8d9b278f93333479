"""The small chart of a course: a unit's cumulative figure each quarter, beside the target, 序时进度 and the year before."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from cuibao.front.console.chart import Tick
from cuibao.papers.documents.ledger_book import (
    REFUSED,
    done_word,
    figure_words,
    not_held,
    percent_words,
    reach_words,
    refusal_words,
    short_of,
)
from cuibao.papers.wording import amount_words, number_words, target_words
from cuibao.rules.course import Course, Point

WIDTH, HEIGHT = 252, 104
LEFT, RIGHT, TOP, FLOOR = 58, 4, 16, 86
_BAR, _BESIDE = 0.42, 7
_LABEL = 4
"""A target of more digits stands at the axis without its word."""


@dataclass(frozen=True, slots=True)
class Mark:
    """The figure of one quarter: a bar from the floor, or for a share, which is a level and no sum, a dot at the middle of its top.
    `words` say it in full, `label` is the number above it."""

    x: float
    y: float
    width: float
    height: float
    behind: bool
    label: str
    words: str

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 1)


@dataclass(frozen=True, slots=True)
class Dot:
    """Last year's figure, beside that of its quarter."""

    x: float
    y: float
    words: str


@dataclass(frozen=True, slots=True)
class Trend:
    """What the template draws, in units of the picture. `due` is 序时进度, `line` joins a share's dots; both are a path's d, "" for none. `silent`
    where nothing was reported at all;
    `here` is the place of the quarter that is looked at, among `quarters`."""

    target: Tick
    due: str
    line: str
    share: bool
    silent: bool
    marks: tuple[Mark, ...]
    before: tuple[Dot, ...]
    quarters: tuple[Tick, ...]
    here: int
    summary: str
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    floor: int = FLOOR


@dataclass(frozen=True, slots=True)
class _Scale:
    """Where quarters and numbers lie; `top` is the number at the upper edge."""

    step: float
    top: Decimal

    def x(self, place: int) -> float:
        return round(LEFT + self.step * (place + 0.5), 1)

    def y(self, value: Decimal) -> float:
        return round(FLOOR - (FLOOR - TOP) * float(value / self.top), 1)


def draw(course: Course) -> Trend:
    """Lay the course out. A limit or a share has no 序时进度; a figure that is not held against the target is told and not drawn."""
    target, points = course.target, course.points
    dues = [] if not target.grows else [target.value * point.due / 100 for point in points]
    values = [point.reach.value for point in points if point.reach]
    before = [point.last_year for point in points if point.last_year is not None]
    scale = _Scale(
        (WIDTH - RIGHT - LEFT) / len(points), max(target.value, *dues, *values, *before, Decimal(0)) or Decimal(1)
    )
    marks = tuple(_mark(course, point, place, scale) for place, point in enumerate(points) if point.reach)
    return Trend(
        target=Tick(scale.y(target.value), _target_label(target.value, limit=target.is_limit)),
        due=_path((scale.x(place), scale.y(due)) for place, due in enumerate(dues)),
        line=_path((mark.middle, mark.y) for mark in marks) if target.is_share else "",
        share=target.is_share,
        silent=not any(point.told for point in points),
        marks=marks,
        before=tuple(_before(course, scale)),
        quarters=tuple(
            Tick(scale.x(place), point.period.name.removeprefix("第")) for place, point in enumerate(points)
        ),
        here=points.index(course.here),
        summary=summary(course),
    )


def _mark(course: Course, point: Point, place: int, scale: _Scale) -> Mark:
    value = point.reach.value if point.reach else Decimal(0)
    wide = round(scale.step * _BAR, 1)
    return Mark(
        round(scale.x(place) - wide / 2, 1),
        scale.y(value),
        wide,
        round(FLOOR - scale.y(value), 1),
        point.reach is not None and point.reach.behind,
        number_words(value),
        point_words(course, point),
    )


def _before(course: Course, scale: _Scale) -> Iterator[Dot]:
    for place, point in enumerate(course.points):
        if point.last_year is not None:
            words = f"{point.period.name}的上年同期{amount_words(point.last_year, course.target.measure)}"
            beside = scale.x(place) - scale.step * _BAR / 2 - _BESIDE
            yield Dot(round(beside, 1), scale.y(point.last_year), words)


def _path(points: Iterator[tuple[float, float]]) -> str:
    return " ".join(f"{'L' if place else 'M'}{x} {y}" for place, (x, y) in enumerate(points))


def _target_label(value: Decimal, *, limit: bool) -> str:
    number = number_words(value)
    return number if len(number) > _LABEL else f"{'上限' if limit else '目标'}{number}"


def summary(course: Course) -> str:
    """The chart in words, for who does not see it."""
    told = [point_words(course, point) for point in course.points if point.told or point.refused]
    return f"{target_words(course.target)}；{'；'.join(told) or '尚无完成数'}"


def point_words(course: Course, point: Point) -> str:
    """第二季度累计完成9所，完成率36%，序时进度50%，进度滞后；上年同期8所 — or what stands against it."""
    if point.told is None:
        return f"{point.period.name}{refused_words(point) or '尚无完成数'}"
    figure, reach = point.told.what, point.reach
    said = [f"{point.period.name}{done_word(course.target)}{figure_words(figure, course.target)}"]
    if reach is None:
        said.append(not_held(point.told))
    else:
        if course.target.grows:
            said += [] if reach.percent is None else [f"完成率{percent_words(reach)}"]
            said.append(f"序时进度{reach.due}%")
        said += filter(None, [short_of(reach), reach_words(reach)])
    if point.refused:
        said.append(refused_words(point))
    if point.last_year is not None:
        said.append(f"上年同期{amount_words(point.last_year, course.target.measure)}")
    return "，".join(said)


def refused_words(point: Point) -> str:
    """填报数待核实（填写“约9”，不是确数）; "" where nothing was refused."""
    return f"{REFUSED}（{refusal_words(point.refused)}）" if point.refused else ""

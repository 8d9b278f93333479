"""The quarter's curve as drawn on the overview: letters that left each day, units that had reported by its end, the deadline."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from cuibao.rules.tally import Day

WIDTH, HEIGHT = 1100, 220
LEFT, RIGHT, TOP, BOTTOM = 34, 12, 14, 26
_FEW, _TICKS = 12, 4


@dataclass(frozen=True, slots=True)
class Bar:
    """Letters of one day."""

    x: float
    y: float
    width: float
    height: float
    words: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark at an axis."""

    at: float
    words: str


@dataclass(frozen=True, slots=True)
class Chart:
    """What the template draws, in units of the picture; `path` is the line's d, `deadline` its x."""

    width: int
    height: int
    top: int
    floor: int
    left: int
    right: int
    path: str
    end: tuple[float, float] | None
    bars: tuple[Bar, ...]
    days: tuple[Tick, ...]
    levels: tuple[Tick, ...]
    deadline: float | None
    summary: str


def draw(days: Sequence[Day], deadline: date, owing: int) -> Chart:
    """Lay the days out; `owing` units are the full height."""
    top = max([owing, *(day.letters for day in days), *(day.reported or 0 for day in days), 1])
    step = (WIDTH - LEFT - RIGHT) / max(len(days), 1)
    floor = HEIGHT - BOTTOM

    def x(index: int) -> float:
        return round(LEFT + step * (index + 0.5), 1)

    def y(value: int) -> float:
        return round(floor - (floor - TOP) * value / top, 1)

    points = [(x(index), y(day.reported)) for index, day in enumerate(days) if day.reported is not None]
    wide = round(max(1.5, step * 0.5), 1)
    bars = tuple(
        Bar(
            round(x(i) - wide / 2, 1),
            y(day.letters),
            wide,
            round(floor - y(day.letters), 1),
            f"{_day(day.day)}发函 {day.letters} 封",
        )
        for i, day in enumerate(days)
        if day.letters
    )
    every = max(1, -(-len(days) // _FEW))
    marks = tuple(Tick(x(index), _day(day.day)) for index, day in enumerate(days) if index % every == 0)
    reported = max((day.reported for day in days if day.reported is not None), default=0)
    letters = sum(day.letters for day in days)
    return Chart(
        WIDTH,
        HEIGHT,
        TOP,
        floor,
        LEFT,
        WIDTH - RIGHT,
        " ".join(f"{'L' if index else 'M'}{px} {py}" for index, (px, py) in enumerate(points)),
        points[-1] if points else None,
        bars,
        marks,
        tuple(Tick(y(level), str(level)) for level in _levels(top)),
        next((x(index) for index, day in enumerate(days) if day.day == deadline), None),
        f"应报 {owing} 个单位，已收齐 {reported} 个（退回的也计入）；其间发函 {letters} 封",
    )


def _day(day: date) -> str:
    return f"{day.month}/{day.day}"


def _levels(top: int) -> list[int]:
    """Round numbers from 0 to the top."""
    step = next(size for size in (1, 2, 5, 10, 20, 50, 100, 200, 500, 10**9) if top <= size * _TICKS)
    return list(range(0, top + 1, step))

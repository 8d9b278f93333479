"""一图: a quarter on one picture, 1600 × 900, for a slide or a chat group. The font is given, for a picture holds no text."""

from collections import Counter
from io import BytesIO
from typing import TYPE_CHECKING

from cuibao.papers.wording import chinese_date, deadline_words
from cuibao.rules.office import Office
from cuibao.rules.quarter import Quarter, Reporting
from cuibao.rules.standing import Standing
from cuibao.rules.workdays import CHINA

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont

_WIDTH, _HEIGHT, _EDGE = 1600, 900, 70
_INK, _QUIET, _HAIR, _PAPER, _ACCENT = "#1f2328", "#667079", "#d9dee3", "#ffffff", "#8b2020"
_GOOD, _LATE, _OWED = "#3d7a57", "#b7791f", "#8b2020"
_SHOWN = 24
"""Names of units that owe; the others are counted."""


class _Pen:
    """Draws words in one font of whatever size."""

    def __init__(self, draw: "ImageDraw", font: bytes) -> None:
        self._draw = draw
        self._font = font

    def _of(self, size: int) -> "FreeTypeFont":
        from PIL import ImageFont

        return ImageFont.truetype(BytesIO(self._font), size)

    def write(self, at: tuple[float, float], words: str, size: int, colour: str = _INK, anchor: str = "la") -> None:
        self._draw.text(at, words, fill=colour, font=self._of(size), anchor=anchor)

    def width(self, words: str, size: int) -> float:
        return float(self._draw.textlength(words, font=self._of(size)))

    def fitting(self, words: str, size: int, width: float) -> str:
        """The words, cut short with … where they are too long."""
        while words and self.width(words, size) > width:
            words = words.rstrip("…")[:-1] + "…" if len(words) > 1 else ""
        return words


def picture(office: Office, quarter: Quarter, font: bytes) -> bytes:
    """The .png. `font` is a TrueType or OpenType file (or the first of a collection) with Chinese. Raises OSError for one that is none."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (_WIDTH, _HEIGHT), _PAPER)
    draw = ImageDraw.Draw(image)
    pen = _Pen(draw, font)
    _head(pen, draw, office, quarter)
    _counts(pen, quarter)
    _sections(pen, draw, quarter)
    _owing(pen, quarter)
    pen.write(
        (_EDGE, _HEIGHT - 48), f"{office.name}　数据截至{chinese_date(quarter.at.astimezone(CHINA).date())}", 22, _QUIET
    )
    held = BytesIO()
    image.save(held, "PNG", optimize=True)
    return held.getvalue()


def _head(pen: _Pen, draw: "ImageDraw", office: Office, quarter: Quarter) -> None:
    title = f"{office.notice.title}{quarter.period.name}报送情况"
    pen.write((_EDGE, 52), pen.fitting(title, 46, _WIDTH - 2 * _EDGE - 420), 46)
    pen.write((_WIDTH - _EDGE, 70), f"报送时限：{deadline_words(quarter.period)}", 24, _QUIET, "ra")
    draw.line((_EDGE, 128, _WIDTH - _EDGE, 128), _ACCENT, 3)


def _counts(pen: _Pen, quarter: Quarter) -> None:
    """Numbers: units that owe a report, in time, late, those that still owe; and items that are behind."""
    units, counts = quarter.obliged, {how: len(names) for how, names in quarter.by_reporting.items()}
    in_time, late = counts[Reporting.IN_TIME], counts[Reporting.LATE]
    measured = [one for one in quarter.items if one.measured]
    behind = sum(one.behind for one in measured) if measured else "—"
    told = (
        (len(units), "责任单位", _INK),
        (in_time, "按时报送", _GOOD),
        (late, "迟报", _LATE),
        (len(units) - in_time - late, "尚未报齐", _OWED),
        (behind, "未达目标事项" if quarter.year_end else "进度滞后事项", _LATE),
    )
    step = (_WIDTH - 2 * _EDGE) / len(told)
    for place, (number, words, colour) in enumerate(told):
        pen.write((_EDGE + place * step, 150), str(number), 84, colour)
        pen.write((_EDGE + place * step, 254), words, 26, _QUIET)


def _sections(pen: _Pen, draw: "ImageDraw", quarter: Quarter) -> None:
    """For each section how many of its reports are in."""
    left, top, width = _EDGE, 330, 880
    pen.write((left, top), "各部分报送任务完成比例", 28)
    counts = _by_section(quarter)
    step = min(52.0, (_HEIGHT - top - 130) / max(len(counts), 1))
    for place, (name, (done, owed)) in enumerate(counts.items()):
        y = top + 56 + place * step
        pen.write((left, y), pen.fitting(name, 22, 290), 22)
        share = done / owed if owed else 1.0
        bar = left + 310
        draw.rectangle((bar, y + 7, left + width - 110, y + 27), _HAIR)
        if share:
            draw.rectangle((bar, y + 7, bar + (width - 420) * share, y + 27), _GOOD if share == 1 else _LATE)
        pen.write((left + width, y), f"{done}/{owed}", 22, _QUIET, "ra")


def _by_section(quarter: Quarter) -> dict[str, tuple[int, int]]:
    done, owed = Counter[str](), Counter[str]()
    for one in quarter.items:
        for party in one.parties:
            if party.standing is None or party.standing.standing is Standing.EXEMPT:
                continue
            owed[one.item.section] += 1
            done[one.item.section] += not party.owes
    return {section: (done[section], owed[section]) for section, _ in quarter.sections}


def _owing(pen: _Pen, quarter: Quarter) -> None:
    """The units that still owe, by name."""
    left, top, size = 1060, 330, 22
    names = [unit.unit for unit in quarter.units if unit.owed]
    pen.write((left, top), "尚未报齐的单位" if names else "各单位均已报齐", 28)
    step = 36
    columns = 2 if len(names) > _SHOWN // 2 else 1
    width = (_WIDTH - _EDGE - left) / columns
    shown = names[:_SHOWN]
    rows = -(-len(shown) // columns)
    for place, name in enumerate(shown):
        at = (left + place // max(rows, 1) * width, top + 56 + place % max(rows, 1) * step)
        pen.write(at, pen.fitting(name, size, width - 12), size, _OWED)
    if len(names) > _SHOWN:
        pen.write((left, top + 56 + rows * step), f"等{len(names)}个单位", size, _QUIET)

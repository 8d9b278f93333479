"""What speaks against a number that is sound in itself, or makes it worth asking about: held against its target and the figures that stand."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from cuibao.papers.wording import number_words
from cuibao.rules.entries import Kind
from cuibao.rules.progress import Figure, Told
from cuibao.rules.registry import Comparison, Target, is_share

_SANE = 10
"""A figure is no more than so many times its yearly target; a share no more than _SANE_SHARE percent."""
_SANE_SHARE = 200
_FALLEN = Decimal("0.9")
"""A share of less than so much of the last one is taken, and asked about."""
_SMALLEST, _SHRUNK = Decimal("0.01"), Decimal("0.1")
"""So is a sum of less than so much of its yearly target, or of the figure that it replaces: it may be in 万, or a percentage that its cell
holds as 0.76."""
Key = tuple[int, str]
"""An item's number and an indicator of it."""


@dataclass(frozen=True, slots=True)
class Known:
    """A unit's figures that stand already, by item and indicator: the latest earlier period's, those of the period itself, and the
    earliest later one's."""

    last: Mapping[Key, Figure] = field(default_factory=dict)
    current: Mapping[Key, Told[Figure]] = field(default_factory=dict)
    later: Mapping[Key, Figure] = field(default_factory=dict)


def doubt(target: Target, value: Decimal, last: Figure | None) -> str:
    """What speaks against a number that was read, in words that follow it: far above the target, or, for a sum,
    below what was reported before: a share or a limit may fall."""
    share = is_share(target.measure)
    bound = max(Decimal(_SANE_SHARE), 2 * target.value) if share else _SANE * target.value
    if target.value and value > bound:
        return f"远高于年度目标{with_measure(target.value, target)}"
    if last and target.grows and value < last.value and last.measure == target.measure:
        return f"低于上期累计完成数{number_words(last.value)}{last.measure}"
    return ""


def question(target: Target, value: Decimal, known: Known, key: Key) -> str:
    """What makes a number that is taken worth asking about, in words that follow it: a sum above a later period's; far below the target
    or the figure that it replaces, or, for a share, the last one. For a limit that is good news."""
    if target.comparison is Comparison.AT_MOST:
        return ""
    if 0 < value < _SMALLEST * target.value and target.grows:
        return f"不足年度目标{with_measure(target.value, target)}的百分之一，计量单位可能有误"
    now, last, later = known.current.get(key), known.last.get(key), known.later.get(key)
    if later and target.grows and value > later.value and later.measure == target.measure:
        return f"高于其后季度的累计完成数{with_measure(later.value, target)}"
    if now and now.what.measure == target.measure and value < _SHRUNK * now.what.value:
        return f"不足此前登记的{with_measure(now.what.value, target)}的十分之一，计量单位可能有误"
    if last and is_share(target.measure) and last.measure == target.measure and value < _FALLEN * last.value:
        return f"比上期累计完成数{with_measure(last.value, target)}低较多"
    return ""


def set_otherwise(figure: Figure, stands: Told[Figure] | None) -> str:
    """What an officer has set otherwise, who may know better than the form."""
    if stands is None or stands.source.kind is not Kind.FIGURE_SET or stands.what == figure:
        return ""
    return f"与经办人登记的{number_words(stands.what.value)}{stands.what.measure}不同"


def with_measure(value: Decimal, target: Target) -> str:
    """A number in its target's measure: 14500人."""
    return f"{number_words(value)}{target.measure}"

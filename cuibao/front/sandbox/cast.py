"""The sandbox's cast: which unit answers how. Seeded, so that a play can be repeated."""

import random
from collections.abc import Mapping, Sequence
from enum import StrEnum

_ON_TIME_SHARE = 3
"""On time weighs as much as so many other habits when those that are left are drawn."""


class Habit(StrEnum):
    """How a unit answers the office's letters, all year."""

    ON_TIME = "on_time"
    LATE = "late"
    TWICE = "twice"
    IN_PART = "in_part"
    WITHOUT_THREAD = "without_thread"
    PRIVATE_ADDRESS = "private_address"
    THANKS_ONLY = "thanks_only"
    QUESTION_FIRST = "question_first"
    AUTO_REPLY_FIRST = "auto_reply_first"
    BOUNCES = "bounces"
    NEVER = "never"


IN_CHINESE: Mapping[Habit, str] = {
    Habit.ON_TIME: "按时报送",
    Habit.LATE: "迟报",
    Habit.TWICE: "报送两次",
    Habit.IN_PART: "先报一部分",
    Habit.WITHOUT_THREAD: "另发新邮件",
    Habit.PRIVATE_ADDRESS: "用私人邮箱报送",
    Habit.THANKS_ONLY: "先只回复收到",
    Habit.QUESTION_FIRST: "先来信询问",
    Habit.AUTO_REPLY_FIRST: "先有自动回复",
    Habit.BOUNCES: "邮箱退信",
    Habit.NEVER: "始终未报",
}


def cast(units: Sequence[str], seed: int) -> Mapping[str, Habit]:
    """A habit for every unit, in the order given. With as many units as there are habits, or more, every habit is played and
    on_time by at least as many units as any other; with fewer, on_time comes first. The same units and seed: the same cast."""
    rng = random.Random(seed)  # noqa: S311 - a play that can be repeated, no secret
    habits = list(Habit)[: len(units)]
    left = len(units) - len(habits)
    others = _dealt([habit for habit in Habit if habit is not Habit.ON_TIME], left // (_ON_TIME_SHARE), rng)
    habits += others + [Habit.ON_TIME] * (left - len(others))
    rng.shuffle(habits)
    return dict(zip(units, habits, strict=True))


def _dealt(habits: list[Habit], count: int, rng: random.Random) -> list[Habit]:
    """So many habits in rounds, each round in an order of its own: none is dealt twice before all were dealt once."""
    dealt: list[Habit] = []
    while len(dealt) < count:
        dealt += rng.sample(habits, len(habits))
    return dealt[:count]

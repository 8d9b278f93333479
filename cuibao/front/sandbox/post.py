"""The sandbox's post office: letters go in, the units' answers come out when their time has come."""

import heapq
import itertools
import random
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from cuibao.front.sandbox.cast import Habit
from cuibao.front.sandbox.received import read_letter
from cuibao.front.sandbox.units import Planned, replies
from cuibao.rules.workdays import Workdays

_REMINDERS = ("first", "second", "due", "urge")
_Key = tuple[str, str]


class Post:
    """Answers that wait for their time. Threads may share one: letters come from the SMTP server's, mails are taken by the
    one that runs the clock."""

    def __init__(self, habits: Mapping[str, Habit], workdays: Workdays, seed: int) -> None:
        """`habits` is the cast, by unit as letters name it; a unit outside it never answers."""
        self._habits = habits
        self._seed = seed
        self._workdays = workdays
        self._heap: list[tuple[datetime, int, _Key, Planned]] = []
        self._order = itertools.count()
        self._waiting: Counter[_Key] = Counter()
        self._lock = threading.Lock()

    def recast(self, habits: Mapping[str, Habit], workdays: Workdays) -> None:
        """Another cast, from the next letter on; answers under way still come."""
        self._habits, self._workdays = habits, workdays

    def accept(self, to: tuple[str, ...], raw: bytes, now: datetime) -> tuple[Planned, ...]:
        """Take in a letter that left at `now` and plan what comes back of it: nothing for mail that is no letter to a unit.
        A unit with an answer already under way does not start another because it is reminded."""
        letter = read_letter(raw)
        if letter is None or letter.unit not in self._habits:
            return ()
        letter = replace(letter, sent_at=now, to=letter.to or to)
        key = (letter.unit, letter.period_key)
        rng = random.Random(f"{self._seed}\n{letter.message_id}")  # noqa: S311 - a play that can be repeated
        planned = replies(self._habits[letter.unit], letter.unit, letter, rng, workdays=self._workdays)
        with self._lock:
            if self._waiting[key] and letter.purpose in _REMINDERS:
                return ()
            for mail in planned:
                heapq.heappush(self._heap, (mail.at, next(self._order), key, mail))
                self._waiting[key] += 1
        return tuple(planned)

    def due(self, now: datetime) -> list[tuple[datetime, bytes]]:
        """Take out every mail whose time has come, oldest first, as (when it arrives, bytes); each is given once."""
        return [(mail.at, mail.raw) for mail in self.take(now)]

    def take(self, now: datetime) -> list[Planned]:
        """The same as due(), with what people are told of each mail."""
        mails = []
        with self._lock:
            while self._heap and self._heap[0][0] <= now:
                _, _, key, mail = heapq.heappop(self._heap)
                self._waiting[key] -= 1
                mails.append(mail)
        return mails

    @property
    def next_at(self) -> datetime | None:
        """When the next mail comes, or None when none waits."""
        with self._lock:
            return self._heap[0][0] if self._heap else None

    def __len__(self) -> int:
        """How many mails wait."""
        with self._lock:
            return len(self._heap)

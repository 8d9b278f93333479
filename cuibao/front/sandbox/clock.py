"""The sandbox's two clocks: one that runs fast beside real time, and one that moves only when it is told to."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Protocol

from cuibao.rules.workdays import CHINA

OPENING = datetime(2020, 6, 12, 8, 0, tzinfo=CHINA)
"""When the sandbox starts unless told otherwise: the Friday before the notice's first letters."""


class Clock(Protocol):
    """What the time is, and waiting in that time."""

    def now(self) -> datetime:
        """The present moment, in China's zone."""
        ...

    def sleep(self, seconds: float, stop: threading.Event) -> datetime | None:
        """Wait so many seconds of this clock; the time it then is, or None when `stop` was set."""
        ...


class SandboxClock:
    """Runs `speed` seconds for every real one, from `start` on, but for the time that is spent in halted(). `ticks` gives real seconds and
    never goes back; it is injected so that tests need not wait. Threads may share it."""

    def __init__(self, start: datetime, speed: float, ticks: Callable[[], float] = time.monotonic) -> None:
        """Raises ValueError for a start without a zone or a speed that is not positive."""
        _refuse_naive(start)
        if speed <= 0:
            raise ValueError(f"时钟倍速须大于零：{speed}")
        self._at = start.astimezone(CHINA)
        self._speed = speed
        self._ticks = ticks
        self._since: float | None = ticks()
        """When it showed `_at` and ran; None while it stands."""
        self._lock = threading.Lock()

    def now(self) -> datetime:
        with self._lock:
            return self._shown()

    def _shown(self) -> datetime:
        ran = 0.0 if self._since is None else self._ticks() - self._since
        return self._at + timedelta(seconds=ran * self._speed)

    @contextmanager
    def halted(self) -> Iterator[None]:
        """It stands while the block runs, and only sleeping moves it: what is simulated must not depend on how fast the machine is."""
        with self._lock:
            self._at, self._since = self._shown(), None
        try:
            yield
        finally:
            with self._lock:
                self._since = self._ticks()

    def sleep(self, seconds: float, stop: threading.Event) -> datetime | None:
        """Wait so many simulated seconds; the time it then is, or None when `stop` was set meanwhile."""
        if stop.wait(max(0.0, seconds) / self._speed):
            return None
        with self._lock:
            if self._since is None:
                self._at += timedelta(seconds=max(0.0, seconds))
            return self._shown()


class SteppedClock:
    """Stands still until it is moved; sleeping moves it and takes no time. Threads may share it."""

    def __init__(self, start: datetime) -> None:
        """Raises ValueError for a start without a zone."""
        _refuse_naive(start)
        self._now = start.astimezone(CHINA)
        self._lock = threading.Lock()

    def now(self) -> datetime:
        with self._lock:
            return self._now

    def advance(self, span: timedelta) -> datetime:
        """Move on by `span`; a negative one moves nothing, for no clock goes back. Returns the new time."""
        with self._lock:
            self._now += max(span, timedelta())
            return self._now

    def set(self, moment: datetime) -> datetime:
        """Move on to `moment`; one that has passed moves nothing. Returns the new time."""
        _refuse_naive(moment)
        with self._lock:
            self._now = max(self._now, moment.astimezone(CHINA))
            return self._now

    def sleep(self, seconds: float, stop: threading.Event) -> datetime | None:
        """Be `seconds` later at once; None, and no later, when `stop` is set."""
        return None if stop.is_set() else self.advance(timedelta(seconds=seconds))


def real_now() -> datetime:
    """The machine's own time, in China's zone."""
    return datetime.now(CHINA)


def _refuse_naive(moment: datetime) -> None:
    if moment.tzinfo is None:
        raise ValueError(f"时间缺少时区：{moment}")

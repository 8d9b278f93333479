"""Housekeeping after each tick: the heartbeat file, systemd's watchdog, and once a day the backup and the memory. None of it can stop
a tick."""

import gc
import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from cuibao.desk.overview import last_letter, next_stage
from cuibao.desk.ports import Pause
from cuibao.front.house import House
from cuibao.gateways import log, sdnotify
from cuibao.gateways.backup import daily_backup
from cuibao.gateways.heartbeat import Heartbeat, beat
from cuibao.gateways.system_words import why
from cuibao.rules.alarms import Health
from cuibao.rules.book import Book
from cuibao.rules.outcomes import CuibaoError

LONGEST_PAUSE = 60.0
"""Seconds between two signs of life in a wave whose letters are far apart."""


@dataclass
class Housekeeper:
    """`house` gives the house as it is configured now; `started_at` is when the process began."""

    house: Callable[[], House]
    started_at: datetime
    _failed: str = ""
    _said: Heartbeat | None = None

    def after(self, now: datetime, health: Health | None, troubles: Iterable[str]) -> None:
        """What follows a tick, whatever came of it."""
        house = self.house()
        book = _book_of(house)
        self._said = Heartbeat(
            at=now,
            pid=os.getpid(),
            started_at=self.started_at,
            last_poll=health.read_at if health else None,
            last_letter=last_letter(book) if book else None,
            next_stage=coming[1].due_at if (coming := next_stage(house.office, now)) else None,
            alarms=tuple(key for key, alarm in book.alarms.items() if alarm.cleared_at is None) if book else (),
            troubles=tuple(troubles),
        )
        self.alive(now)
        self._backup(house, now)

    def alive(self, now: datetime) -> None:
        """Show that the daemon is not stuck, to systemd and in the heartbeat."""
        sdnotify.notify(sdnotify.WATCHDOG)
        if self._said:
            beat(self.house().store, replace(self._said, at=now))

    def breathing(self, pause: Pause, now: Callable[[], datetime]) -> Pause:
        """A pause between letters that shows signs of life, before it and once a minute."""

        def wait(seconds: float) -> datetime | None:
            while True:
                self.alive(now())
                woke = pause(min(seconds, LONGEST_PAUSE))
                seconds -= LONGEST_PAUSE
                if woke is None or seconds <= 0:
                    return woke

        return wait

    def _backup(self, house: House, now: datetime) -> None:
        """Told once where it fails, and tried again at every tick. The day's backup made, what the day left in memory goes too."""
        try:
            if daily_backup(house.store, house.config, now):
                _tidy_up()
            self._failed = ""
        except (CuibaoError, OSError) as error:
            words = why(error) if isinstance(error, OSError) else str(error)
            if words != self._failed:
                self._failed = words
                log.warning("每日备份未能完成", words=words)


def _tidy_up() -> None:
    """Give back what the interpreter would keep for months: objects that name each other, of workbooks above all, until they are a
    quarter of all there are, and a pattern for each boundary of a mail and each connection, until they are five hundred."""
    gc.collect()
    re.purge()


def _book_of(house: House) -> Book | None:
    try:
        return house.desk.book()
    except CuibaoError:  # the tick has told it
        return None

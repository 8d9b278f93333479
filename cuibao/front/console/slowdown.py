"""Slows down whoever guesses passwords: after some failures attempts are refused for a time, each time a longer one."""

import math
from collections import OrderedDict, deque
from dataclasses import dataclass
from threading import Lock

WINDOW = 15 * 60.0
"""Failures count together within so many seconds; after so many quiet ones all is forgotten."""
PAUSES = (60.0, 120.0, 240.0, 480.0, 900.0)
"""How long attempts are refused, in seconds: the first time, the second, …; the last one from then on."""
PER_NAME, PER_ADDRESS = 5, 20
"""So many failures bring a pause: for one name from one address, and for one address whatever the names."""
MOST = 4096
"""So many names with address, and as many addresses, are remembered; beyond that the one that failed longest ago goes."""


class Slowdown:
    """Counts failures by (name, address) and by address; never by name alone, for then a stranger could keep an officer out.
    `now` is in seconds of any one clock. For any number of threads."""

    def __init__(self, most: int = MOST) -> None:
        self._names = _Tally(PER_NAME, most)
        self._addresses = _Tally(PER_ADDRESS, most)
        self._lock = Lock()

    def wait(self, name: str, address: str, now: float) -> float:
        """Seconds for which an attempt is still refused; 0.0 when it may be made."""
        with self._lock:
            return max(self._names.wait((name, address), now), self._addresses.wait((address,), now))

    def failed(self, name: str, address: str, now: float) -> None:
        with self._lock:
            self._names.failed((name, address), now)
            self._addresses.failed((address,), now)

    def succeeded(self, name: str, address: str) -> None:
        """The name's failures from that address are forgotten; those of the address with other names are not."""
        with self._lock:
            self._names.forget((name, address))


def minutes(seconds: float) -> int:
    """A wait as people are told it: whole minutes, never too few."""
    return max(1, math.ceil(seconds / 60))


@dataclass(slots=True)
class _Record:
    """The latest failures, how many pauses they brought, and until when the last one lasts."""

    failures: deque[float]
    pauses: int = 0
    until: float = -math.inf

    def over(self, now: float) -> bool:
        return now >= max(self.until, *self.failures) + WINDOW


class _Tally:
    """Failures by key."""

    def __init__(self, limit: int, most: int) -> None:
        self._limit, self._most = limit, most
        self._records: OrderedDict[tuple[str, ...], _Record] = OrderedDict()

    def __len__(self) -> int:
        return len(self._records)

    def wait(self, key: tuple[str, ...], now: float) -> float:
        record = self._records.get(key)
        return max(0.0, record.until - now) if record else 0.0

    def failed(self, key: tuple[str, ...], now: float) -> None:
        record = self._records.get(key)
        if record is None or record.over(now):
            record = self._records[key] = _Record(deque(maxlen=self._limit))
        record.failures.append(now)
        self._records.move_to_end(key)
        many = len(record.failures) == self._limit and record.failures[0] > now - WINDOW
        if many or record.pauses:  # who was paused once and fails again has learned nothing
            record.until = now + PAUSES[min(record.pauses, len(PAUSES) - 1)]
            record.pauses += 1
        self._drop(now)

    def forget(self, key: tuple[str, ...]) -> None:
        self._records.pop(key, None)

    def _drop(self, now: float) -> None:
        """Those that are over, as far as they are the oldest; and more while there are too many."""
        while self._records:
            oldest = next(iter(self._records))
            if len(self._records) <= self._most and not self._records[oldest].over(now):
                return
            del self._records[oldest]

"""What is seen of the soak's daemon from outside, month by month: memory, threads, descriptors, log and ledger, with their slopes."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

from _soak_daemon import BEGIN

from tests.system.tick_process import LEDGER

MONTH = timedelta(days=365.25 / 12)
WARM_UP = 2
"""Months that the slope leaves out: everything is imported and compiled then."""


@dataclass(frozen=True)
class Sample:
    """A process at a moment: megabytes resident, its reading room's, threads, descriptors, kilobytes of log ever written, lines of
    the ledger."""

    memory: float
    reading_room: float
    threads: float
    descriptors: float
    log: float
    ledger: float


def sample(pid: int, store: Path) -> Sample:
    own, ledger = _status(pid), store / LEDGER
    return Sample(
        memory=_resident(own),
        reading_room=sum(_resident(_status(child)) for child in _children(pid)),
        threads=int(own["Threads"]),
        descriptors=len(list(Path(f"/proc/{pid}/fd").iterdir())),
        log=sum(path.stat().st_size for path in (store / "log").glob("*")) / 1024,
        ledger=ledger.read_bytes().count(b"\n") if ledger.exists() else 0,
    )


def _status(pid: int) -> dict[str, str]:
    """What the system tells of a process; nothing of one that has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return {}
    return dict(line.split(":", 1) for line in lines)


def _resident(status: dict[str, str]) -> float:
    return int(status.get("VmRSS", "0 kB").split()[0]) / 1024


def _children(pid: int) -> list[int]:
    return [int(word) for task in Path(f"/proc/{pid}/task").iterdir() for word in _words(task / "children")]


def _words(path: Path) -> list[str]:
    try:
        return path.read_text().split()
    except (FileNotFoundError, ProcessLookupError):  # a thread that has just ended
        return []


def months(samples: Sequence[tuple[datetime, Sample]]) -> list[Sample]:
    """A sample a month: the median of memory, the most of threads and descriptors, the log and ledger at its end."""
    groups: dict[int, list[Sample]] = {}
    for moment, one in samples:
        groups.setdefault(int((moment - BEGIN) / MONTH), []).append(one)
    return [
        Sample(
            statistics.median(one.memory for one in group),
            statistics.median(one.reading_room for one in group),
            max(one.threads for one in group),
            max(one.descriptors for one in group),
            group[-1].log,
            group[-1].ledger,
        )
        for _, group in sorted(groups.items())
    ]


def table(found: Sequence[Sample]) -> list[str]:
    """A line for each figure, with a month's growth of it, over all and in the last half; of log and ledger what a month adds."""
    columns = {one.name: [float(getattr(month, one.name)) for month in found] for one in fields(Sample)}
    for name in ("log", "ledger"):
        columns[name] = [later - earlier for earlier, later in pairwise(columns[name])]
    head = f"  {'':<28} {'first':>10} {'median':>10} {'last':>10} {'slope a month':>14} {'of last half':>14}"
    return [head, *(_row(words, columns[name]) for name, words in _NAMES.items())]


_NAMES = {
    "memory": "memory, MB",
    "reading_room": "its reading room, MB",
    "threads": "threads, most",
    "descriptors": "descriptors, most",
    "log": "log, KB written in a month",
    "ledger": "ledger, lines in a month",
}


def _row(name: str, values: list[float]) -> str:
    middle = statistics.median(values)
    kept, half = values[WARM_UP:], values[len(values) // 2 :]
    return f"  {name:<28} {values[0]:>10.1f} {middle:>10.1f} {values[-1]:>10.1f} {slope(kept):>+14.3f} {slope(half):>+14.3f}"


def slope(values: Sequence[float]) -> float:
    """A month's growth, by least squares."""
    return statistics.linear_regression(range(len(values)), values).slope if len(values) > 1 else 0.0

"""A tick with nothing due, by units and by entries of the ledger, in milliseconds."""

import statistics
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from _desk import desk, many_units
from world import at

from cuibao.desk.tick import Bell
from cuibao.front.house import NoServers
from cuibao.rules.entries import Draft, Kind

NOW = at("2020-08-05T10:00")
ROUNDS = 50


def tick_ms(units: int, entries: int) -> float:
    base = many_units(units)
    names = [unit.name for unit in base.registry.units]
    with tempfile.TemporaryDirectory(dir=".") as folder:
        here = desk(Path(folder), base, NoServers())
        done = Draft(Kind.NOTE_ADDED, NOW, "2020Q2", names[0], data={"reason": "备注"})
        received = [Draft(Kind.SUBMISSION_RECEIVED, at("2020-06-20T10:00"), "2020Q2", name) for name in names]
        here.ledger.append([*received, *[done] * (entries - units)])
        bell = Bell(here, lambda _seconds: None)
        bell._polled_at = NOW
        bell.tick(NOW)
        times = []
        for _ in range(ROUNDS):
            begun = time.perf_counter()
            bell.tick(NOW + timedelta(seconds=30))
            times.append(time.perf_counter() - begun)
    return statistics.median(times) * 1000


def main() -> None:
    for units, entries in ((40, 3_000), (40, 30_000), (400, 3_000)):
        print(f"a tick with nothing due, {units} units, {entries:,} entries: {tick_ms(units, entries):.2f} ms")


if __name__ == "__main__":
    main()

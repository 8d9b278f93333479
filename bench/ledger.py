"""What the ledger costs: one batch appended at 500 and at 50,000 entries, opening at 5,000 and 50,000. Run: python -m bench.ledger"""

import os
import statistics
import tempfile
import time
from datetime import datetime
from pathlib import Path

from cuibao.gateways.ledger import JsonlLedger
from cuibao.rules.entries import Draft, Kind
from cuibao.rules.workdays import CHINA

NOON = datetime(2020, 6, 15, 12, 0, tzinfo=CHINA)
ROUNDS = 400


def sent(number: int) -> Draft:
    data = {"message_id": f"<cuibao.{number:010d}.0123456789abcdef@163.com>", "reply": "250 Mail OK queued as …"}
    return Draft(Kind.LETTER_SENT, NOON, "2020Q2", f"第{number % 40}单位", (7, 8, 9), data=data)


def filled(path: Path, count: int) -> JsonlLedger:
    ledger = JsonlLedger(path, mode="office")
    ledger.append(sent(number) for number in range(count))
    return ledger


def one_append(ledger: JsonlLedger, number: int) -> float:
    """Seconds for one batch of one entry, and for reading the ledger after it as every caller does."""
    begun = time.perf_counter()
    ledger.append([sent(number)])
    len(ledger.entries())
    return time.perf_counter() - begun


def one_bare(fd: int) -> float:
    """Seconds for the least that can be done: a line of that length written and synced."""
    begun = time.perf_counter()
    os.write(fd, b"x" * 330 + b"\n")
    os.fdatasync(fd)
    return time.perf_counter() - begun


def opening(path: Path) -> float:
    begun = time.perf_counter()
    len(JsonlLedger(path, mode="office").entries())
    return time.perf_counter() - begun


def main() -> None:
    with tempfile.TemporaryDirectory(dir=".") as folder:
        small, large = filled(Path(folder, "500.jsonl"), 500), filled(Path(folder, "50000.jsonl"), 50_000)
        filled(Path(folder, "5000.jsonl"), 5_000)
        fd = os.open(Path(folder, "bare"), os.O_WRONLY | os.O_CREAT)
        # Turn about, so that a noisy moment of the disk falls on all three.
        times = [(one_append(small, n), one_append(large, n), one_bare(fd)) for n in range(ROUNDS)]
        os.close(fd)
        at_500, at_50_000, bare = (statistics.median(column) * 1000 for column in zip(*times, strict=True))
        print(f"append, ms (median of {ROUNDS}): {at_500:.3f} at 500 · {at_50_000:.3f} at 50,000 · bare {bare:.3f}")
        print(f"append, ratio 50,000 to 500: {at_50_000 / at_500:.2f} (promise: at most 2)")
        opened = {count: min(opening(Path(folder, f"{count}.jsonl")) for _ in range(3)) for count in (5_000, 50_000)}
        per_entry = opened[50_000] / 50_000 / (opened[5_000] / 5_000)
        print(
            f"open, s: {opened[5_000]:.3f} at 5,000 · {opened[50_000]:.3f} at 50,000; per entry {per_entry:.2f} of the smaller's"
        )


if __name__ == "__main__":
    main()

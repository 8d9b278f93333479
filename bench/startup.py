"""`bot.py status` from start to end, beside importing jinja2, tinydb and pydantic alone."""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ROUNDS = 9


def seconds(*command: str) -> float:
    begun = time.perf_counter()
    subprocess.run([sys.executable, *command], cwd=ROOT, check=True, capture_output=True)
    return time.perf_counter() - begun


def main() -> None:
    with tempfile.TemporaryDirectory(dir=".") as store:
        pairs = [
            (seconds("bot.py", "status", "--json", "--store", store), seconds("-c", "import jinja2, tinydb, pydantic"))
            for _ in range(ROUNDS)
        ]
    ours, bare = (statistics.median(column) for column in zip(*pairs, strict=True))
    print(f"status {ours * 1000:.0f} ms, the three imports {bare * 1000:.0f} ms, ratio {ours / bare:.1f}")


if __name__ == "__main__":
    main()

"""Sample mails and then mutated ones read and judged: how many, how long in all and the slowest, how much memory, and how many raised
(none should)."""

import resource
import sys
import time
import traceback
from pathlib import Path

from data.mutate import mutated, samples
from data.one_office import office

from cuibao.papers import mail
from cuibao.papers.judge import View, judge

MAILS = 100_000
TOLD_AT = (2_000, 20_000)
"""After so many mails memory is printed. Of the samples as they are it should be the same; of mutated ones, up to a megabyte each,
some more, for freed memory in pieces does not all go back to the system."""


def resident() -> float:
    """What the process holds in memory now, in MB."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * resource.getpagesize() / 1e6


def try_one(raw: bytes, view: View) -> str:
    """The traceback where reading or judging raised, else nothing."""
    try:
        judge(mail.read(raw), view)
    except Exception:  # noqa: BLE001 - that it raises is what is counted
        return traceback.format_exc()
    return ""


def tell_memory(kind: str, done: int) -> None:
    if done in TOLD_AT:
        print(f"memory after {done} {kind} mails: {resident():.1f} MB")


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else MAILS
    raws, view = samples(), office()
    for number in range(max(TOLD_AT)):
        assert not try_one(raws[number % len(raws)], view)
        tell_memory("sample", number + 1)
    raised: dict[int, str] = {}
    worst = (0.0, 0)
    begun = time.perf_counter()
    for seed in range(count):
        raw = mutated(raws, seed)
        start = time.process_time()
        if error := try_one(raw, view):
            raised[seed] = error
        worst = max(worst, (time.process_time() - start, seed))
        tell_memory("mutated", seed + 1)
    seconds = time.perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    print(
        f"{count} mutated mails of {len(raws)} samples in {seconds / 60:.1f} minutes, mutating included: {len(raised)} raised"
    )
    print(
        f"slowest {worst[0]:.2f} s of the processor (seed {worst[1]}), peak memory {peak:.0f} MB, now {resident():.0f} MB"
    )
    for seed, error in list(raised.items())[:5]:
        print(f"seed {seed}: {error}")
    if raised:
        sys.exit(1)


if __name__ == "__main__":
    main()

"""Workbooks, documents, pdfs and archives broken at random and opened in the reading room: how many, how long in all and the slowest,
how many cost the child its life, and how much memory it and this process took.

    python bench/fuzz_files.py [files=10000]"""

import resource
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from data.mutate_files import mutated_file, originals

from cuibao.gateways.reading_child import OVERRUN
from cuibao.gateways.reading_room import ReadingRoom
from cuibao.papers.attachments import attach

FILES = 10_000


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else FILES
    files, states, died, outside = originals(), Counter[str](), list[int](), 0
    worst = (0.0, 0)
    with tempfile.TemporaryDirectory(prefix="cuibao-fuzz-") as folder:
        room = ReadingRoom(Path(folder) / "reading")
        for name, data in files.items():
            (sound,) = room.read([attach(name, data)])
            assert (sound.state, sound.problem) == ("read", ""), name
        begun = time.perf_counter()
        for seed in range(count):
            one = attach(*mutated_file(files, seed))
            start = time.perf_counter()
            (found,) = room.read([one]) if one.to_open else (one,)
            worst = max(worst, (time.perf_counter() - start, seed))
            states[found.state] += 1
            if found.problem == OVERRUN:
                died.append(seed)
        seconds = time.perf_counter() - begun
        room.close()
        outside = sum(path.name != "reading" for path in Path(folder).iterdir())
    ours = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    childs = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e3
    told = ", ".join(f"{state} {number}" for state, number in sorted(states.items()))
    print(f"{count} broken files of {len(files)} in {seconds / 60:.1f} minutes, breaking included: {told}")
    print(
        f"slowest {worst[0]:.2f} s (seed {worst[1]}); memory at most {ours:.0f} MB here, {childs:.0f} MB in the child"
    )
    print(
        f"the child was lost {len(died)} times{f' (seeds {died[:10]})' if died else ''}; files written elsewhere: {outside}"
    )


if __name__ == "__main__":
    main()

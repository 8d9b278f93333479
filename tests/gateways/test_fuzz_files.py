"""Files broken at random are opened in the reading room without raising and in bounded time; `bench/fuzz_files.py` opens ten thousand."""

import time
from pathlib import Path

import pytest
from data.mutate_files import mutated_file, originals

from cuibao.gateways.reading_room import SECONDS, ReadingRoom
from cuibao.papers.attachments import attach

FILES = originals()


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> ReadingRoom:
    return ReadingRoom(tmp_path_factory.mktemp("room") / "reading")


@pytest.mark.parametrize("name", FILES)
def test_what_is_broken_was_sound_before(room: ReadingRoom, name: str) -> None:
    (found,) = room.read([attach(name, FILES[name])])
    assert (found.state, found.problem, found.reports) == ("read", "", True)


@pytest.mark.parametrize("seed", [*range(150), 8458])
def test_a_broken_file_is_answered_for(room: ReadingRoom, seed: int) -> None:
    one = attach(*mutated_file(FILES, seed))
    begun = time.monotonic()
    (found,) = room.read([one])
    assert time.monotonic() - begun < SECONDS + 5
    assert (found.sha256, found.size) == (one.sha256, one.size)
    assert found.state in ("read", "kept", "refused")
    assert found.state == "read" or found.problem or not found.reports or found.kind in ("pdf", "image")


def test_nothing_is_written_beside_the_room(room: ReadingRoom) -> None:
    home: Path = room._folder.parent
    room.close()
    assert [path.name for path in home.rglob("*")] == ["reading"]

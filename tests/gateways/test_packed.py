"""Lines packed into compressed blocks read back as they were given."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuibao.gateways.packed import BLOCK, PackedLines

LINES = st.binary(max_size=40).map(lambda line: line.replace(b"\n", b" "))


def packed(lines: list[bytes]) -> PackedLines:
    made = PackedLines()
    for line in lines:
        made.append(line)
    return made


@given(st.lists(LINES, max_size=3 * BLOCK + 1))
def test_lines_read_back_as_they_were_given(lines: list[bytes]) -> None:
    made = packed(lines)
    assert (len(made), list(made)) == (len(lines), lines)
    assert [made[place] for place in reversed(range(len(lines)))] == lines[::-1]


@pytest.mark.parametrize("count", [1, BLOCK, BLOCK + 1])
def test_a_place_without_a_line_is_refused(count: int) -> None:
    made = packed([b"{}"] * count)
    for place in (-1, count):
        with pytest.raises(IndexError):
            made[place]


def test_every_line_is_there_at_every_moment_while_another_thread_appends() -> None:
    made, ended, wrong = packed([b"0"]), threading.Event(), []

    def read() -> None:
        while not ended.is_set():
            last = len(made) - 1
            if made[last] != b"%d" % last or made[last // 2] != b"%d" % (last // 2):
                wrong.append(last)

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(1, 200 * BLOCK):
        made.append(b"%d" % number)
    ended.set()
    reader.join()
    assert wrong == []

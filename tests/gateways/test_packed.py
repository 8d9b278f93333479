"""Lines packed into one block read back as they were given."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuibao.gateways.packed import PackedLines


@given(st.lists(st.binary(max_size=40)))
def test_lines_read_back_as_they_were_given(lines: list[bytes]) -> None:
    packed = PackedLines()
    for line in lines:
        packed.append(line)
    assert (len(packed), list(packed)) == (len(lines), lines)
    assert [packed[place] for place in range(len(lines))] == lines


@pytest.mark.parametrize("place", [-1, 1])
def test_a_place_without_a_line_is_refused(place: int) -> None:
    packed = PackedLines()
    packed.append(b"{}")
    with pytest.raises(IndexError):
        packed[place]

"""What is free is given back to the machine."""

import os
from pathlib import Path

import pytest

from cuibao.gateways import memory


def resident() -> int:
    """Kilobytes that the process holds."""
    status = Path(f"/proc/{os.getpid()}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0])


@pytest.mark.skipif(not hasattr(memory.ctypes.CDLL(None), "malloc_trim"), reason="another C library than glibc")
def test_pages_between_lasting_objects_are_given_back() -> None:
    blocks = [bytes(2000) for _ in range(50_000)]
    lasting = blocks[::1000]
    del blocks
    before = resident()
    memory.give_back()
    assert before - resident() > 40_000
    assert len(lasting) == 50


def test_a_c_library_without_the_call_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory.ctypes, "CDLL", lambda _: object())
    memory.give_back()

"""Lines in one block of memory: a ledger lives for months beside much that comes and goes, and as many small blocks as it has lines
would keep the holes between them from ever being given back."""

from array import array
from collections.abc import Iterator


class PackedLines:
    """A list of lines that only grows. Reading is safe while another thread appends."""

    __slots__ = ("_ends", "_held")

    def __init__(self) -> None:
        self._held = bytearray()
        self._ends = array("Q", [0])

    def append(self, line: bytes) -> None:
        self._held += line
        self._ends.append(len(self._held))

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __getitem__(self, place: int) -> bytes:
        """The line at that place, from 0 on. Raises IndexError beyond the last."""
        if not 0 <= place < len(self):
            raise IndexError(place)
        return bytes(self._held[self._ends[place] : self._ends[place + 1]])

    def __iter__(self) -> Iterator[bytes]:
        return (self[place] for place in range(len(self)))

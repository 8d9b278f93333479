"""Lines packed for the long stay: compressed in blocks, a fifth of their size. A ledger lives for months beside much that comes and goes,
and as many small blocks of memory as it has lines would keep the holes between them from ever being given back."""

import zlib
from collections.abc import Iterator

BLOCK = 64
"""Lines that are compressed together: of a ledger, about 45 KB."""
_LEVEL = 3
"""Half the time of zlib's own choice, for a tenth more room."""


class PackedLines:
    """A list of lines, none of which holds a line end, that only grows. Reading is safe while another thread appends."""

    __slots__ = ("_blocks", "_count", "_open", "_unpacked")

    def __init__(self) -> None:
        self._blocks: list[bytes] = []
        self._open: list[bytes] = []
        """The lines after the last full block."""
        self._count = 0
        self._unpacked: tuple[int, list[bytes]] = (-1, [])
        """The block that was read last, by its number: lines are read in order as a rule."""

    def append(self, line: bytes) -> None:
        self._open.append(line)
        if len(self._open) == BLOCK:  # a reader finds each line in one of both, whichever it looks at first
            self._blocks.append(zlib.compress(b"\n".join(self._open), _LEVEL))
            self._open = []
        self._count += 1

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, place: int) -> bytes:
        """The line at that place, from 0 on. Raises IndexError beyond the last."""
        if not 0 <= place < self._count:
            raise IndexError(place)
        number, at = divmod(place, BLOCK)
        still_open = self._open
        return (self._block(number) if number < len(self._blocks) else still_open)[at]

    def __iter__(self) -> Iterator[bytes]:
        return (self[place] for place in range(len(self)))

    def _block(self, number: int) -> list[bytes]:
        held, lines = self._unpacked
        if held != number:
            lines = zlib.decompress(self._blocks[number]).split(b"\n")
            self._unpacked = number, lines
        return lines

"""Show: results on the terminal, as tables for people and as JSON for programs."""

import json
import re
import sys
from collections.abc import Iterable, Sequence
from typing import Any


def as_json(document: Any) -> None:
    """One document, indented, Chinese as it is."""
    print(json.dumps(document, ensure_ascii=False, indent=2))


def as_line(document: Any) -> None:
    """One document on one line."""
    print(json.dumps(document, ensure_ascii=False), flush=True)


def say(*lines: str) -> None:
    """Sentences for people, as they are; nothing for none."""
    if lines:
        print(*lines, sep="\n", flush=True)


_PIECE = re.compile(r"(?:第?\d[\d—]*[年月日时项]*(?![!-~])|[!-~]+|.)[ 、；，。：）”]*", re.DOTALL)
"""What stays on one line: a run of item numbers up to its 、, an address or a word, else a character; with the signs after it."""


def warn(*lines: str) -> None:
    """Sentences for people beside the results, on standard error."""
    for line in lines:
        print(line, file=sys.stderr, flush=True)


_NARROW = 8
"""No column is made narrower than four Chinese characters while it may be wider."""


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]], caption: str = "") -> None:
    """A table as wide as the terminal, or 120 columns where there is none. Text from mails is shown, never interpreted."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    cells = [tuple(_printable(cell) for cell in row) for row in rows]
    console = Console(width=None if sys.stdout.isatty() else 120, highlight=False)
    widths = _widths([columns, *cells], console.width - 3 * len(columns) - 1)
    made = Table(
        title=title, caption=caption or None, box=box.SIMPLE_HEAD, title_justify="left", caption_justify="left"
    )
    for column, width in zip(columns, widths, strict=True):
        made.add_column(column, overflow="fold", width=width)
    for row in cells:
        made.add_row(*(Text("\n".join(_lines(cell, width))) for cell, width in zip(row, widths, strict=True)))
    console.print(made)


def _widths(rows: Sequence[Sequence[str]], room: int) -> list[int]:
    """How wide each column may be: what it wants where there is room, else no less than its longest piece, and the rest in
    proportion to what it lacks. A terminal too narrow for that breaks pieces."""
    from rich.cells import cell_len

    wants = [min(room, max(map(cell_len, cells))) for cells in zip(*rows, strict=True)]
    pieces = [
        max(cell_len(p.rstrip()) for cell in cells for p in _PIECE.findall(cell) or [""])
        for cells in zip(*rows, strict=True)
    ]
    least = [max(piece, min(want, _NARROW)) for piece, want in zip(pieces, wants, strict=True)]
    if sum(wants) <= room:
        return wants
    if sum(least) > room:
        least = [max(1, room * width // sum(least)) for width in least]
    lacks = [want - width for want, width in zip(wants, least, strict=True)]
    spare = max(0, room - sum(least))
    return [width + spare * lack // (sum(lacks) or 1) for width, lack in zip(least, lacks, strict=True)]


def _lines(text: str, width: int) -> list[str]:
    """The text in lines that fit, broken only between pieces; a piece wider than a line is left to the table to break."""
    from rich.cells import cell_len

    lines = [""]
    for piece in _PIECE.findall(text):
        if lines[-1] and cell_len(lines[-1] + piece.rstrip()) > width:
            lines.append("")
        lines[-1] += piece
    return [line.rstrip() for line in lines]


def _printable(text: str) -> str:
    """Without control characters: a mail's subject must not steer a terminal."""
    return "".join(char for char in text if char.isprintable() or char == " ")

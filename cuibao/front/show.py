"""Show: results on the terminal, as tables for people and as JSON for programs."""

import json
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
    """Sentences for people, as they are."""
    print(*lines, sep="\n", flush=True)


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]], caption: str = "") -> None:
    """A table as wide as the terminal, or 120 columns where there is none. Text from mails is shown, never interpreted."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    made = Table(
        title=title, caption=caption or None, box=box.SIMPLE_HEAD, title_justify="left", caption_justify="left"
    )
    for column in columns:
        made.add_column(column, overflow="fold")
    for row in rows:
        made.add_row(*(Text(_printable(cell)) for cell in row))
    width = None if sys.stdout.isatty() else 120
    Console(width=width, highlight=False).print(made)


def _printable(text: str) -> str:
    """Without control characters: a mail's subject must not steer a terminal."""
    return "".join(char for char in text if char.isprintable() or char == " ")

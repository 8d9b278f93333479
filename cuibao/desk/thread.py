"""Thread: what passed between the office and a unit, or about an item, in the order in which it happened."""

from collections.abc import Iterator
from dataclasses import dataclass

from cuibao.desk.context import Desk
from cuibao.rules.entries import Entry, Kind
from cuibao.rules.records import Act

UNTOLD = (Kind.LETTER_INTENDED, Kind.MAIL_KEPT)
"""Entries of which the next one about the same letter or mail tells more."""


@dataclass(frozen=True, slots=True)
class Paper:
    """What an entry rests on: "letter", "mail" or "paper", and its digest; both "" where there is none."""

    kind: str = ""
    sha256: str = ""


def unit_thread(desk: Desk, unit: str) -> Iterator[Entry]:
    """Every entry about a unit that tells a person something, oldest first."""
    return (entry for entry in desk.ledger.entries() if entry.unit == unit and entry.kind not in UNTOLD)


def item_thread(desk: Desk, item: int) -> Iterator[Entry]:
    """Every entry that names an item, oldest first; what covers all of a unit's items names none."""
    return (entry for entry in desk.ledger.entries() if item in entry.items and entry.kind not in UNTOLD)


def paper_of(entry: Entry) -> Paper:
    """What an entry rests on."""
    digest = str(entry.data.get("sha256") or entry.data.get("mail") or "")
    if not digest:
        return Paper()
    if entry.kind.startswith("letter."):
        return Paper("letter", digest)
    return Paper("paper" if str(entry.data.get("file", "")).startswith("papers/") else "mail", digest)


def cause(desk: Desk, act: Act) -> Paper:
    """What an act that moved an obligation rests on."""
    return paper_of(desk.ledger.entries()[act.seq - 1])

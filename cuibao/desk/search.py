"""Search: the ledger's entries by unit, quarter, kind, person, time and words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from cuibao.desk.context import Desk
from cuibao.rules.entries import Entry
from cuibao.rules.office import Office
from cuibao.rules.workdays import CHINA


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; what is empty or None narrows nothing. `kind` is "letter.sent", or "letter" for all of them; `since` and
    `until` are days in China, both included; `words` are looked for in what an entry says to people, without case."""

    unit: str = ""
    period: str = ""
    kind: str = ""
    by: str = ""
    since: date | None = None
    until: date | None = None
    words: str = ""

    @property
    def everything(self) -> bool:
        return self == Wanted()


def search(desk: Desk, wanted: Wanted, say: Callable[[Office, Entry], str]) -> Sequence[Entry]:
    """The entries that are wanted, oldest first. `say` puts an entry into words."""
    entries = desk.ledger.entries()
    if wanted.everything:
        return entries
    words = wanted.words.casefold()
    return [
        entry
        for entry in entries
        if _fits(entry, wanted) and (not words or words in _words(entry, say(desk.office, entry)))
    ]


def _fits(entry: Entry, wanted: Wanted) -> bool:
    if wanted.unit and entry.unit != wanted.unit:
        return False
    if wanted.period and entry.period != wanted.period:
        return False
    if wanted.kind and entry.kind != wanted.kind and not entry.kind.startswith(f"{wanted.kind}."):
        return False
    if wanted.by and entry.actor != wanted.by:
        return False
    if wanted.since is None and wanted.until is None:
        return True
    day = entry.at.astimezone(CHINA).date()
    return (wanted.since is None or wanted.since <= day) and (wanted.until is None or day <= wanted.until)


def _words(entry: Entry, said: str) -> str:
    data = entry.data
    parts = (said, entry.unit or "", str(data.get("subject", "")), str(data.get("from", "")), str(data.get("to", "")))
    return " ".join(parts).casefold()

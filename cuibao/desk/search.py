"""Search: the ledger's entries by unit, quarter, kind, person, time and words."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import overload

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


class Found(Sequence[Entry]):
    """Some entries of a ledger, each made when asked for."""

    def __init__(self, entries: Sequence[Entry], places: Sequence[int]) -> None:
        self._entries, self._places = entries, places

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, index: int) -> Entry: ...

    @overload
    def __getitem__(self, index: slice) -> "Found": ...

    def __getitem__(self, index: int | slice) -> "Entry | Found":
        if isinstance(index, slice):
            return Found(self._entries, self._places[index])
        return self._entries[self._places[index]]

    def __iter__(self) -> Iterator[Entry]:
        return (self._entries[place] for place in self._places)


@dataclass
class Index:
    """What a search asks of each entry, kept as the ledger grows, so that no entry is read twice. `say` puts an entry into words,
    which are kept from the first search for words on."""

    say: Callable[[Office, Entry], str]
    _rows: list[tuple[str, str, str, str, int]] = field(default_factory=list)
    _said: list[str] = field(default_factory=list)

    def search(self, desk: Desk, wanted: Wanted) -> Sequence[Entry]:
        """The entries that are wanted, oldest first."""
        entries = desk.ledger.entries()
        if wanted.everything:
            return entries
        self._catch_up(entries)
        places = [place for place, row in enumerate(self._rows) if _fits(row, wanted)]
        if wanted.words:
            words = wanted.words.casefold()
            self._said += [_words(entry, self.say(desk.office, entry)) for entry in entries[len(self._said) :]]
            places = [place for place in places if words in self._said[place]]
        return Found(entries, places)

    def actors(self, desk: Desk) -> list[str]:
        """Everyone in whose name something was entered."""
        self._catch_up(desk.ledger.entries())
        return sorted({row[3] for row in self._rows})

    def _catch_up(self, entries: Sequence[Entry]) -> None:
        if len(self._rows) > len(entries):  # a ledger put back from a backup
            self._rows, self._said = [], []
        self._rows += [
            (one.unit or "", one.period or "", one.kind, one.actor, one.at.astimezone(CHINA).toordinal())
            for one in entries[len(self._rows) :]
        ]


def _fits(row: tuple[str, str, str, str, int], wanted: Wanted) -> bool:
    unit, period, kind, actor, day = row
    if (wanted.unit and unit != wanted.unit) or (wanted.period and period != wanted.period):
        return False
    if wanted.kind and kind != wanted.kind and not kind.startswith(f"{wanted.kind}."):
        return False
    if wanted.by and actor != wanted.by:
        return False
    since, until = wanted.since, wanted.until
    return (since is None or since.toordinal() <= day) and (until is None or day <= until.toordinal())


def _words(entry: Entry, said: str) -> str:
    data = entry.data
    parts = (said, entry.unit or "", str(data.get("subject", "")), str(data.get("from", "")), str(data.get("to", "")))
    return " ".join(parts).casefold()

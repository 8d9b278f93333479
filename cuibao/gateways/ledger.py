"""The ledger over the journal: entries for the desk, and an office's ledger kept apart from the sandbox's."""

import threading
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal, overload

from cuibao.gateways.journal import JournalDB, JournalStorage
from cuibao.gateways.packed import PackedLines
from cuibao.rules.entries import Draft, Entry, Kind, draft_to_doc, line_to_entry
from cuibao.rules.outcomes import LedgerError, OvertakenError

Mode = Literal["office", "sandbox"]


class Lines(Sequence[Entry]):
    """Entries that are kept as lines and made when asked for. `places` says which lines of a list that only grows: a snapshot, or
    a part of one, that costs nothing, whatever the ledger's length."""

    __slots__ = ("_lines", "_places")

    def __init__(self, lines: PackedLines, places: range) -> None:
        self._lines = lines
        self._places = places

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, index: int) -> Entry: ...

    @overload
    def __getitem__(self, index: slice) -> "Lines": ...

    def __getitem__(self, index: int | slice) -> "Entry | Lines":
        if isinstance(index, slice):
            return Lines(self._lines, self._places[index])
        return line_to_entry(self._lines[self._places[index]])

    def __iter__(self) -> Iterator[Entry]:
        return (line_to_entry(self._lines[place]) for place in self._places)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]  # compared by content, like a list

    def __repr__(self) -> str:
        return f"Lines({list(self)!r})"


class JsonlLedger:
    """The append-only log at `path`, one entry a line. Reading makes no file: one that is missing is an empty ledger.
    `mode` is what the process runs as; each mode refuses the other's ledger."""

    def __init__(self, path: Path, *, mode: Mode) -> None:
        self.path = path
        self.mode = mode
        self._db = JournalDB(path)
        storage = self._db.storage
        assert isinstance(storage, JournalStorage)  # noqa: S101 - for the type checker: JournalDB makes no other
        self._journal = storage
        self._mutex = threading.RLock()
        self._of_mode: PackedLines | None = None
        """The lines that were found to be of this mode: they only grow."""

    def entries(self) -> Sequence[Entry]:
        """Every entry so far, oldest first, the tail that others wrote included. A snapshot: it does not grow. Raises
        LedgerError for a broken line, or for the other mode's ledger."""
        with self._mutex:
            self._journal.refresh()
            return self._read()

    def append(self, drafts: Iterable[Draft], *, after: int | None = None) -> Sequence[Entry]:
        """Write the drafts as one batch, all or none, on disk when this returns. A sandbox's first batch is preceded by
        sandbox.opened, which is not among those returned. With `after`, only if the ledger still has so many entries, else
        OvertakenError. Raises LedgerError."""
        batch = list(drafts)
        if not batch:
            return ()
        with self._mutex, self._journal.exclusive():
            count = len(self._read())
            if after is not None and count != after:
                raise OvertakenError("台账刚刚有了新的记录", "请重试")
            self._db.insert_multiple(draft_to_doc(draft) for draft in self._opened(batch, count))
            return self._read()[-len(batch) :]

    def _opened(self, batch: list[Draft], count: int) -> list[Draft]:
        if self.mode == "office":
            if any(draft.kind is Kind.SANDBOX_OPENED for draft in batch):
                raise LedgerError("正式运行的台账不能标为演练台账", "请加 --sandbox 运行。")
            return batch
        return batch if count else [Draft(Kind.SANDBOX_OPENED, batch[0].at), *batch]

    def _read(self) -> Lines:
        """What the journal has read so far, unless it is the other mode's."""
        lines = self._journal.lines
        found = Lines(lines, range(len(lines)))
        if found and lines is not self._of_mode:
            self._refuse_other_mode(found[0])
            self._of_mode = lines
        return found

    def _refuse_other_mode(self, first: Entry) -> None:
        sandbox = first.kind is Kind.SANDBOX_OPENED
        if sandbox and self.mode == "office":
            raise LedgerError(
                f"{self.path} 是演练台账，不能用于正式运行",
                "请用 --store 指定正式的文件夹；若确为演练，请加 --sandbox。",
            )
        if not sandbox and self.mode == "sandbox":
            raise LedgerError(
                f"{self.path} 是正式台账，不能用于演练",
                "请用 --store 为演练另指一个文件夹；若确为正式运行，请去掉 --sandbox。",
            )

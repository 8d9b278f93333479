"""The ledger over the journal: entries for the desk, and an office's ledger kept apart from the sandbox's."""

import threading
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Literal, overload

from cuibao.gateways.journal import Doc, JournalDB, JournalStorage, in_bulk
from cuibao.rules.entries import Draft, Entry, Kind, doc_to_entry, draft_to_doc
from cuibao.rules.outcomes import LedgerError, OvertakenError

Mode = Literal["office", "sandbox"]


class Upto(Sequence[Entry]):
    """The first entries of a list that only grows: a snapshot that costs nothing, whatever the ledger's length."""

    __slots__ = ("_entries", "_length")

    def __init__(self, entries: list[Entry], length: int) -> None:
        self._entries = entries
        self._length = length

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, index: int) -> Entry: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Entry]: ...

    def __getitem__(self, index: int | slice) -> Entry | Sequence[Entry]:
        if isinstance(index, slice):
            return [self._entries[place] for place in range(*index.indices(self._length))]
        return self._entries[range(self._length)[index]]

    def __iter__(self) -> Iterator[Entry]:
        return islice(self._entries, self._length)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]  # compared by content, like a list

    def __repr__(self) -> str:
        return f"Upto({list(self)!r})"


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
        self._entries: list[Entry] = []
        self._generation = 0

    def entries(self) -> Sequence[Entry]:
        """Every entry so far, oldest first, the tail that others wrote included. A snapshot: it does not grow. Raises
        LedgerError for a broken line, or for the other mode's ledger."""
        with self._mutex:
            self._journal.refresh()
            self._catch_up()
            return Upto(self._entries, len(self._entries))

    def append(self, drafts: Iterable[Draft], *, after: int | None = None) -> tuple[Entry, ...]:
        """Write the drafts as one batch, all or none, on disk when this returns. A sandbox's first batch is preceded by
        sandbox.opened, which is not among those returned. With `after`, only if the ledger still has so many entries, else
        OvertakenError. Raises LedgerError."""
        batch = list(drafts)
        if not batch:
            return ()
        with self._mutex, self._journal.exclusive():
            self._catch_up()
            if after is not None and len(self._entries) != after:
                raise OvertakenError("台账刚刚有了新的记录", "请重试")
            self._db.insert_multiple(draft_to_doc(draft) for draft in self._opened(batch))
            self._catch_up()
            return tuple(self._entries[-len(batch) :])

    def open_sandbox(self, at: datetime) -> None:
        """Mark an empty ledger as a sandbox's; nothing when it is marked already. Raises LedgerError otherwise."""
        if self.mode != "sandbox":
            raise LedgerError("正式运行的台账不能标为演练台账", "请加 --sandbox 运行。")
        with self._mutex, self._journal.exclusive():
            self._catch_up()
            if not self._entries:
                self._db.insert(draft_to_doc(Draft(Kind.SANDBOX_OPENED, at)))
                self._catch_up()

    def _opened(self, batch: list[Draft]) -> list[Draft]:
        marks = batch[0].kind is Kind.SANDBOX_OPENED
        if self.mode == "office":
            if any(draft.kind is Kind.SANDBOX_OPENED for draft in batch):
                raise LedgerError("正式运行的台账不能标为演练台账", "请加 --sandbox 运行。")
            return batch
        return batch if self._entries or marks else [Draft(Kind.SANDBOX_OPENED, batch[0].at), *batch]

    def _catch_up(self) -> None:
        """Turn what the journal has read into entries."""
        if self._generation != self._journal.generation:
            # A new list, for snapshots of the old one stay as they were.
            self._entries, self._generation = [], self._journal.generation
        fresh = self._journal.since(len(self._entries))
        with in_bulk(len(fresh)):
            for doc in fresh:
                self._entries.append(self._entry(doc))
        self._refuse_other_mode()

    def _entry(self, doc: Doc) -> Entry:
        try:
            return doc_to_entry(doc)
        except (ValueError, KeyError, TypeError) as error:
            raise self._journal.broken(doc["seq"], "不是一条台账记录") from error

    def _refuse_other_mode(self) -> None:
        if not self._entries:
            return
        sandbox = self._entries[0].kind is Kind.SANDBOX_OPENED
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

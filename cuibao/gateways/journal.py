"""TinyDB over an append-only journal: inserting appends chained lines, reading takes in what others wrote, nothing is changed."""

import json
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

from tinydb import TinyDB
from tinydb.storages import Storage
from tinydb.table import Table

from cuibao.gateways.lines import LineFile
from cuibao.gateways.packed import PackedLines
from cuibao.rules.entries import GENESIS, Entry, doc_to_entry, line_of, link
from cuibao.rules.outcomes import LedgerError

TABLE = "ledger"
_BOUND = ("seq", "prev")


class JournalStorage(Storage):
    """The lines of one file as TinyDB's one table, document id = seq = line number. Safe between threads and processes."""

    def __init__(self, path: Path | str) -> None:
        self._file = LineFile(Path(path))
        self._prev = GENESIS
        self._mutex = threading.RLock()
        self.lines = PackedLines()
        """Every line so far, checked, as it stands in the file: as documents they would take seven times the room. The list
        only grows; a file that was replaced is read into a new one."""

    def __len__(self) -> int:
        return len(self.lines)

    def read(self) -> dict[str, dict[str, Any]] | None:
        """Every document so far, as TinyDB wants it; None for an empty or missing file."""
        with self._mutex:
            self.refresh()
            docs = {str(seq): json.loads(line) for seq, line in enumerate(self.lines, start=1)}
            return {TABLE: docs} if docs else None

    def write(self, data: dict[str, dict[str, Any]]) -> NoReturn:  # noqa: ARG002 - TinyDB's signature
        """TinyDB rewrites the whole file by this; a journal is never rewritten. Raises LedgerError."""
        _refuse("整体改写")

    def refresh(self) -> None:
        """Take in what other processes wrote. Raises LedgerError for a line that is no entry or does not follow."""
        with self._mutex:
            tail = self._file.tail()
            if tail.restarted:
                self.lines, self._prev = PackedLines(), GENESIS
            for line in tail.lines():
                self._take(line)

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Be the only writer, with everything read and the file's end mended. May be entered again inside."""
        with self._mutex:
            if self._file.locked:
                yield
                return
            with self._file.lock():
                self.refresh()
                self._file.mend()
                yield

    def append(self, docs: Iterable[Mapping[str, Any]]) -> list[int]:
        """Number, chain and write documents of draft_to_doc's form, all or none; returns their seqs. Raises LedgerError
        when the disk refuses, ValueError, TypeError or KeyError for a document that is no entry (nothing is written then)."""
        batch = list(docs)
        if not batch:
            return []
        with self.exclusive():
            first = len(self) + 1
            lines = _chained(batch, first, self._prev)
            self._file.append(lines)
            for line in lines:
                self._add(line)
            return list(range(first, first + len(lines)))

    def _take(self, line: bytes) -> None:
        number = len(self) + 1
        entry = self._entry(line, number)
        if entry.seq != number or entry.prev != self._prev:
            raise self._broken(number, f"与第 {number - 1} 行接不上" if number > 1 else "不是台账的首行")
        self._add(line)

    def _add(self, line: bytes) -> None:
        """Count a line in that is known to be an entry and to follow."""
        self.lines.append(line)
        self._prev = link(line)
        self._file.take(line)

    def _entry(self, line: bytes, number: int) -> Entry:
        try:
            doc = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise self._broken(number, "不是完整的一条记录") from error
        try:
            return doc_to_entry(doc)
        except (ValueError, KeyError, TypeError) as error:
            raise self._broken(number, "不是一条台账记录") from error

    def _broken(self, number: int, why: str) -> LedgerError:
        """The error for a line that cannot be trusted."""
        return LedgerError(
            f"台账 {self._file.path} 第 {number} 行{why}，可能被改动或损坏",
            "请运行 ./bot verify 核对，并用备份恢复；在此之前不再读写这份台账。",
        )


class JournalTable(Table):
    """TinyDB's table without the acts that change what was written, and without a query cache, which could not know what
    other processes append."""

    def __init__(self, storage: Storage, name: str, cache_size: int = 0, persist_empty: bool = False) -> None:  # noqa: ARG002
        if not isinstance(storage, JournalStorage) or name != TABLE:
            raise LedgerError(f"台账只有一张表（{TABLE}），没有“{name}”", "请使用默认表。")
        super().__init__(storage, name, cache_size=0)
        self._journal = storage

    def insert(self, document: Mapping[str, Any]) -> int:
        """Append one document; returns its seq."""
        return self._journal.append([document])[0]

    def insert_multiple(self, documents: Iterable[Mapping[str, Any]]) -> list[int]:
        """Append documents as one batch, all or none; returns their seqs."""
        return self._journal.append(documents)

    def update(self, *_: Any, **__: Any) -> NoReturn:
        _refuse("修改")

    def update_multiple(self, *_: Any, **__: Any) -> NoReturn:
        _refuse("修改")

    def upsert(self, *_: Any, **__: Any) -> NoReturn:
        _refuse("修改")

    def remove(self, *_: Any, **__: Any) -> NoReturn:
        _refuse("删除")

    def truncate(self) -> NoReturn:
        _refuse("清空")


class JournalDB(TinyDB):
    """TinyDB with the journal as its storage: JournalDB(path)."""

    table_class = JournalTable
    default_table_name = TABLE

    def __init__(self, path: Path) -> None:
        super().__init__(path, storage=JournalStorage)

    def drop_table(self, name: str) -> NoReturn:  # noqa: ARG002 - TinyDB's signature
        _refuse("清空")

    def drop_tables(self) -> NoReturn:
        _refuse("清空")


def _chained(docs: list[Mapping[str, Any]], first: int, prev: str) -> list[bytes]:
    lines = []
    for seq, doc in enumerate(docs, start=first):
        free = {key: value for key, value in doc.items() if key not in _BOUND}
        whole = {"seq": seq, **free, "prev": prev}
        doc_to_entry(whole)
        line = line_of(whole)
        lines.append(line)
        prev = link(line)
    return lines


def _refuse(act: str) -> NoReturn:
    raise LedgerError(f"台账只追加，不能{act}", "如需更正，请另记一条。")

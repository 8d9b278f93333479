"""Backups of a store: a small one a day that the daemon makes, and a full one when a person asks. Putting one back is restoring.py's.

A backup is a tar.gz, 0600: the ledgers (whole lines only), the key, the logins, the cursors and config/ without .env; a full one also the archives of
mails, letters and papers. manifest.json stands last and has the sha256 of everything, so that a torn file is told from a whole one."""

import hashlib
import json
import os
import tarfile
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from io import BytesIO
from itertools import chain, count, groupby
from pathlib import Path
from typing import IO

from cuibao.gateways.changeover import settled
from cuibao.gateways.disk import make_folder, sync_folder, telling, temporary
from cuibao.gateways.ledger import Mode
from cuibao.gateways.lines import LineFile, Tail
from cuibao.gateways.store_files import (
    ARCHIVED,
    ARCHIVES,
    BACKING_UP,
    CONFIG,
    CURSORS,
    DAILY,
    DAILY_KEPT,
    FOLDER,
    LOGINS,
    MANIFEST,
    MONTHS_KEPT,
    PRIVATE,
    SECRET,
    day_of,
    earlier_configs,
    ledgers_in,
    listed,
    mode_of,
    modes_in,
    refuse_other_mode,
    refuse_root,
)
from cuibao.rules.entries import first_break, stamp
from cuibao.rules.outcomes import LedgerError
from cuibao.rules.workdays import CHINA


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was made: how many ledger entries and files it holds, and its own size in bytes."""

    path: Path
    entries: int
    files: int
    size: int


def daily_backup(store: Path, config: Path, now: datetime) -> Path | None:
    """Make the day's backup unless it is there or there is no ledger yet, then remove those that are no longer kept. Raises
    LedgerError for a broken ledger or a full disk; all earlier backups then stay."""
    path = store / FOLDER / f"{now.astimezone(CHINA):%Y-%m-%d}.tar.gz"
    if path.exists() or not ledgers_in(store):
        return None
    refuse_root(store)
    with telling(path, BACKING_UP):
        make_folder(path.parent)
        _clear_drafts(path.parent, now)
    _write(path, store, config, now, archives=())
    with telling(path, "清理旧备份"):
        for day in outdated(daily_backups(store)):
            (path.parent / f"{day.isoformat()}.tar.gz").unlink(missing_ok=True)
    return path


def full_backup(store: Path, config: Path, now: datetime, *, mode: Mode, out: Path | None = None) -> Backup:
    """Make a copy of everything at `out`, else as store/backups/full-YYYY-MM-DD-HHMM.tar.gz, with a number where the minute has one
    already. Raises LedgerError where `out` is there already, there is nothing to copy, the ledger is broken or the other mode's, or the disk refuses."""
    path = out or _unused(store / FOLDER, f"full-{now.astimezone(CHINA):%Y-%m-%d-%H%M}")
    if not ledgers_in(store):
        raise LedgerError(f"没有可备份的台账（{store}）", "请核对 --store；尚未运行过时无须备份。")
    refuse_root(store)
    with telling(store, BACKING_UP):
        refuse_other_mode(modes_in(store), mode, "数据目录中的台账")
    if path.exists():
        raise LedgerError(f"备份文件已存在（{path}）", "请以 --out 另定文件名；原文件未作改动。")
    if out and not out.parent.is_dir():
        raise LedgerError(f"没有这个文件夹（{out.parent}）", "请先建立该文件夹，或以 --out 另定位置。")
    with telling(path, BACKING_UP):
        make_folder(path.parent)
    return _write(path, store, config, now, archives=ARCHIVES)


def _unused(folder: Path, name: str) -> Path:
    """full-2020-06-15-0900.tar.gz, then full-2020-06-15-0900-2.tar.gz."""
    others = (folder / f"{name}-{number}.tar.gz" for number in count(2))
    return next(path for path in chain([folder / f"{name}.tar.gz"], others) if not path.exists())


def daily_backups(store: Path) -> list[date]:
    """The days of which there is a daily backup, oldest first."""
    found = (DAILY.fullmatch(path.name) for path in listed(store / FOLDER))
    return sorted(day for match in found if match and (day := day_of(match[1])))


def outdated(days: Iterable[date]) -> list[date]:
    """Those of the daily backups that need not be kept: all but the last 14 and the first of each of the last 12 months."""
    ordered = sorted(days)
    firsts = [next(group) for _, group in groupby(ordered, key=lambda day: (day.year, day.month))]
    kept = {*ordered[-DAILY_KEPT:], *firsts[-MONTHS_KEPT:]}
    return [day for day in ordered if day not in kept]


def _write(path: Path, store: Path, config: Path, now: datetime, archives: tuple[str, ...]) -> Backup:
    """Write the backup under another name, put it on disk, and give it its name."""
    draft = temporary(path)
    try:
        with telling(path, BACKING_UP):
            fd = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, PRIVATE)
            with os.fdopen(fd, "wb") as file:
                with _Packing(file, now) as packing:
                    mode = _pack(packing, store, config, archives)
                    packing.seal(mode, "full" if archives else "daily")
                file.flush()
                os.fsync(fd)
            size = draft.stat().st_size
            draft.replace(path)
            sync_folder(path.parent)
    except BaseException:
        with suppress(OSError):
            draft.unlink()
        raise
    return Backup(path, packing.entries, len(packing.digests), size)


def _pack(packing: "_Packing", store: Path, config: Path, archives: tuple[str, ...]) -> Mode | None:
    """Put everything in, ledgers first: a file is always on disk before a ledger names it. Returns whose ledgers they are."""
    mode: Mode | None = None
    for path in ledgers_in(store):
        ledger = _whole_lines(path)
        mode = mode_of([next(ledger.lines(), b"")]) or mode
        packing.entries += ledger.raw.count(b"\n")
        packing.add(path.name, ledger.raw)
    for name in (SECRET, LOGINS, CURSORS):
        if (store / name).is_file():
            packing.add(name, (store / name).read_bytes())
    for name, raw in _settings(config):
        packing.add(name, raw)
    for folder in archives:
        for path in sorted((store / folder).glob("*/*")):
            name = path.relative_to(store).as_posix()
            if ARCHIVED.fullmatch(name) and path.is_file():
                packing.add(name, path.read_bytes())
    return mode


def _settings(config: Path) -> list[tuple[str, bytes]]:
    """The files of config/ and of the years before as of one moment, by their names in a backup. Raises ConfigError where a change
    of them was cut short and cannot be completed."""
    with settled(config):
        files = [file for folder in (config, *earlier_configs(config)) for file in listed(folder) if file.is_file()]
        named = [(f"config/{file.relative_to(config).as_posix()}", file) for file in files]
        return [(name, file.read_bytes()) for name, file in named if CONFIG.fullmatch(name)]


class _Packing:
    """A tar.gz being written, and the digests of what is in it."""

    def __init__(self, file: IO[bytes], now: datetime) -> None:
        self._tar = tarfile.open(fileobj=file, mode="w:gz", compresslevel=6)  # noqa: SIM115 - closed on exit
        self._now = now
        self.digests: dict[str, str] = {}
        self.entries = 0

    def __enter__(self) -> "_Packing":
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self._tar.close()

    def add(self, name: str, raw: bytes) -> None:
        self._put(name, raw)
        self.digests[name] = hashlib.sha256(raw).hexdigest()

    def seal(self, mode: Mode | None, extent: str) -> None:
        """Add the manifest, which ends the backup."""
        doc = {"cuibao": 1, "made_at": stamp(self._now), "mode": mode, "extent": extent, "files": self.digests}
        self._put(MANIFEST, json.dumps(doc, ensure_ascii=False, indent=1).encode("utf-8", "surrogateescape"))

    def _put(self, name: str, raw: bytes) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mode, member.mtime = len(raw), PRIVATE, int(self._now.timestamp())
        self._tar.addfile(member, BytesIO(raw))


def _whole_lines(path: Path) -> Tail:
    """The ledger's lines, no batch of them in part. Raises LedgerError where the chain does not hold: such a ledger must not push
    good backups out."""
    file = LineFile(path)
    with file.lock():
        tail = file.tail()
    if number := first_break(tail.lines()):
        raise LedgerError(
            f"台账 {path} 第 {number} 行校验链中断，未作备份",
            "此前的备份都已保留；请运行 ./bot verify 核对，并从备份恢复。",
        )
    return tail


def _clear_drafts(folder: Path, now: datetime) -> None:
    """Remove what a backup that was cut short left behind a day ago or more."""
    for path in folder.glob(".*.tmp"):
        if now.timestamp() - path.stat().st_mtime > timedelta(days=1).total_seconds():
            path.unlink(missing_ok=True)

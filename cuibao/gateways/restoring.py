"""Putting a backup back: it is unpacked beside the store, and everything in it is checked before anything is touched. What it replaces
is kept in before-restore-…/."""

import errno
import gzip
import hashlib
import json
import os
import shutil
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from cuibao.gateways.changeover import alone, replace_all
from cuibao.gateways.disk import make_folder, replace_file, sync_folder, telling, temporary
from cuibao.gateways.ledger import Mode
from cuibao.gateways.lines import LineFile
from cuibao.gateways.lock import hold
from cuibao.gateways.settings import OFFICE, in_force
from cuibao.gateways.store_files import (
    ARCHIVED,
    CONFIG,
    CURSORS,
    DAMAGED,
    LARGEST_FILE,
    LEDGER,
    LOGINS,
    MANIFEST,
    MODE_WORDS,
    NOT_OURS,
    PIECE,
    PRIVATE,
    RESTORING,
    SECRET,
    earlier_configs,
    mode_of,
    modes_in,
    refuse_other_mode,
    refuse_root,
)
from cuibao.gateways.system_words import why
from cuibao.rules.entries import first_break
from cuibao.rules.outcomes import LedgerError
from cuibao.rules.workdays import CHINA


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back, by name; how many entries the ledgers have and when the last one was written; where the files are that
    stood there before, None where there were none; which files of the backup were left out."""

    files: tuple[str, ...]
    entries: int
    last_at: datetime | None
    aside: Path | None
    left_out: tuple[str, ...] = ()


def restore(file: Path, store: Path, now: datetime, *, mode: Mode, config: Path | None = None) -> Restored:
    """Put a backup back into the store, and into `config` where that is given. The cursors are not put back but set aside: the
    mailbox is read again, so that no mail is missed. Archived files that are there and whole stay. Raises BusyError while
    somebody sends, LedgerError for a file that is no whole backup of this mode, or a disk that refuses; nothing has changed then."""
    refuse_root(store)
    with hold(store / "sending.lock", "收发件"), _unpacked(file, store) as unpacked, telling(store, RESTORING):
        refuse_other_mode(unpacked.modes, mode, "备份")
        refuse_other_mode(modes_in(store), mode, "数据目录中的台账")
        aside = store / f"before-restore-{now.astimezone(CHINA):%Y%m%d-%H%M%S}"
        if aside.exists():
            raise LedgerError(f"文件夹已存在（{aside}）", "请稍候一秒再试。现有数据未作改动。")
        _swap(unpacked, store, config, aside)
        return Restored(
            files=tuple(sorted(name for name in unpacked.files if _goes_back(name, config))),
            entries=unpacked.entries,
            last_at=unpacked.last_at,
            aside=aside if aside.exists() else None,
            left_out=tuple(sorted(name for name in unpacked.files if not _goes_back(name, config))),
        )


@dataclass(frozen=True, slots=True)
class _Unpacked:
    """A backup unpacked and checked: its files by name, and the lines of its ledgers."""

    folder: Path
    files: Mapping[str, str]
    mode: str | None
    ledgers: Mapping[str, list[bytes]] = field(default_factory=dict)

    @property
    def modes(self) -> list[str | None]:
        """Whose it is, as its manifest and each of its ledgers have it."""
        return [self.mode, *(mode_of(lines) for lines in self.ledgers.values())]

    @property
    def entries(self) -> int:
        return sum(map(len, self.ledgers.values()))

    @property
    def last_at(self) -> datetime | None:
        ends = [datetime.fromisoformat(json.loads(lines[-1])["at"]) for lines in self.ledgers.values() if lines]
        return max(ends, default=None)


@contextmanager
def _unpacked(file: Path, store: Path) -> Iterator[_Unpacked]:
    """The backup unpacked into a folder of the store, on disk and checked; gone again after the block."""
    for left in store.glob(".restore.*.tmp"):  # by one that was killed; whoever holds the lock is alone
        shutil.rmtree(left, ignore_errors=True)
    folder = temporary(store / "restore")
    try:
        with telling(folder, RESTORING):
            make_folder(folder)
            digests = _extract(file, folder)
            found = _checked(file, folder, digests)
        yield found
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _extract(file: Path, folder: Path) -> dict[str, str]:
    """Unpack every member; returns their digests. Nothing of a member is trusted: neither its name nor its kind nor its size."""
    digests: dict[str, str] = {}
    try:
        with _opened(file) as raw, tarfile.open(fileobj=raw, mode="r|gz") as tar:
            for member in tar:
                _refuse_strange(file, member, digests)
                source = tar.extractfile(member)
                assert source is not None  # noqa: S101 - only regular files come so far
                digests[member.name] = _copy(source, folder / member.name)
    except (gzip.BadGzipFile, EOFError, zlib.error, tarfile.TarError, ValueError) as error:
        raise _foreign_or_torn(file, digests) from error
    return digests


@contextmanager
def _opened(file: Path) -> Iterator[IO[bytes]]:
    try:
        raw = file.open("rb")
    except OSError as error:
        raise LedgerError(f"备份文件无法读取（{file}）：{why(error)}", NOT_OURS) from error
    with raw:
        yield raw


def _foreign_or_torn(file: Path, digests: Mapping[str, str]) -> LedgerError:
    if digests:
        return LedgerError(f"备份文件不完整或已损坏（{file}）", DAMAGED)
    return LedgerError(f"不是完整的备份文件（{file}）", NOT_OURS)


def _refuse_strange(file: Path, member: tarfile.TarInfo, seen: Mapping[str, str]) -> None:
    name = member.name
    if not member.isreg() or name in seen or not _known(name):
        raise LedgerError(f"备份文件中有不应有的内容（{file}：{name[:100]!r}）", NOT_OURS)
    if not 0 <= member.size <= LARGEST_FILE:
        raise LedgerError(f"备份文件中“{name}”过大（{member.size} 字节）", NOT_OURS)


def _known(name: str) -> bool:
    patterns = (LEDGER, ARCHIVED, CONFIG)
    return name in (MANIFEST, SECRET, LOGINS, CURSORS) or any(pattern.fullmatch(name) for pattern in patterns)


def _copy(source: IO[bytes], target: Path) -> str:
    """Write a member to a new file, on disk on return; its digest."""
    target.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    fd = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, PRIVATE)
    with os.fdopen(fd, "wb") as file:
        while piece := source.read(PIECE):
            digest.update(piece)
            file.write(piece)
        file.flush()
        os.fsync(fd)
    return digest.hexdigest()


def _checked(file: Path, folder: Path, digests: Mapping[str, str]) -> _Unpacked:
    manifest = _manifest(file, folder, digests)
    files = {name: digest for name, digest in digests.items() if name != MANIFEST}
    if files != manifest["files"]:
        names = sorted(name for name, _ in files.items() ^ manifest["files"].items())
        raise LedgerError(f"备份文件的内容与其清单不符（{file}：{names[0]}），已损坏或被改动", DAMAGED)
    ledgers = {name: (folder / name).read_bytes().split(b"\n")[:-1] for name in files if LEDGER.fullmatch(name)}
    for name, lines in ledgers.items():
        if number := first_break(lines):
            raise LedgerError(f"备份中的台账 {name} 第 {number} 行校验链中断（{file}）", DAMAGED)
    return _Unpacked(folder, files, manifest["mode"], ledgers)


def _manifest(file: Path, folder: Path, digests: Mapping[str, str]) -> dict[str, Any]:
    if MANIFEST not in digests:
        raise _foreign_or_torn(file, digests)
    try:
        doc = json.loads((folder / MANIFEST).read_bytes())
        if doc["cuibao"] == 1 and isinstance(doc["files"], dict) and (doc["mode"] in MODE_WORDS or doc["mode"] is None):
            return dict(doc)
    except (ValueError, TypeError, KeyError, RecursionError):
        pass
    raise LedgerError(f"备份文件的清单无法识别（{file}）", NOT_OURS)


def _swap(unpacked: _Unpacked, store: Path, config: Path | None, aside: Path) -> None:
    """Set aside what stands there and put the backup in its place, the archives first and the ledgers last: whenever the machine
    stops, a ledger stands there, its files are there, and the mailbox will be read again. Raises OSError."""
    with ExitStack() as stack:
        ledgers = [LineFile(store / name) for name in unpacked.ledgers]
        for ledger in ledgers:
            stack.enter_context(ledger.lock())
        for name in sorted(name for name in unpacked.files if ARCHIVED.fullmatch(name)):
            if not _whole(store / name, unpacked.files[name]):
                _put_back(unpacked.folder / name, store / name, aside / name)
        _set_aside(store / CURSORS, aside / CURSORS)
        (store / CURSORS).unlink(missing_ok=True)
        for name in (SECRET, LOGINS):
            if name in unpacked.files:
                _put_back(unpacked.folder / name, store / name, aside / name)
        if config:
            _put_back_settings(unpacked, config, aside)
        for ledger in ledgers:
            os.truncate(ledger.lock_path, 0)  # a batch announced there was one of the ledger that goes
            name = ledger.path.name
            _put_back(unpacked.folder / name, ledger.path, aside / name)


def _put_back_settings(unpacked: _Unpacked, config: Path, aside: Path) -> None:
    """Make config/ what the backup has, in one change. Settings that it lacks, as after the adoption of a later notice, would be a mix
    with its own, and go. Raises OSError, ConfigError."""
    files = {name.removeprefix("config/"): unpacked.folder / name for name in unpacked.files if CONFIG.fullmatch(name)}
    if not files:
        return
    make_folder(config)
    with alone(config):
        folders = (config, *earlier_configs(config))
        there = [(folder / name).relative_to(config).as_posix() for folder in folders for name in in_force(folder)]
        gone = [name for name in there if name not in files] if OFFICE in files else []
        for name in (*files, *gone):
            _set_aside(config / name, aside / "config" / name)
        replace_all(config, {name: path.read_bytes() for name, path in files.items()}, gone)


def _put_back(source: Path, target: Path, aside: Path) -> None:
    """Put a file in place, the one that stands there kept aside; at no moment does none stand there."""
    _set_aside(target, aside)
    make_folder(target.parent)
    if target.is_file():
        shutil.copymode(target, source)
    try:
        source.replace(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        replace_file(target, source.read_bytes(), source.stat().st_mode & 0o777)  # config/ may be on another disk
    sync_folder(target.parent)


def _set_aside(path: Path, aside: Path) -> None:
    if not path.is_file():
        return
    make_folder(aside.parent)
    try:
        os.link(path, aside)
    except OSError:  # a file system without links
        shutil.copy2(path, aside)
    sync_folder(aside.parent)


def _whole(path: Path, digest: str) -> bool:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest() == digest
    except FileNotFoundError:
        return False


def _goes_back(name: str, config: Path | None) -> bool:
    return name != CURSORS and (config is not None or not name.startswith("config/"))

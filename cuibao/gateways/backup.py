"""Backups of a store: a small one a day that the daemon makes, a full one when a person asks, and putting one back.

A backup is a tar.gz, 0600: the ledgers (whole lines only), the key, the cursors and config/ without .env; a full one also the archives of
mails, letters and papers. manifest.json stands last and has the sha256 of everything, so that a torn file is told from a whole one.
Restoring unpacks beside the store and checks everything before it touches anything; what it replaces is kept in before-restore-…/."""

import errno
import gzip
import hashlib
import json
import os
import pwd
import re
import shutil
import tarfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from io import BytesIO
from itertools import groupby
from pathlib import Path
from typing import IO, Any

from cuibao.gateways.disk import make_folder, replace_file, sync_folder, telling, temporary
from cuibao.gateways.ledger import Mode
from cuibao.gateways.lines import LineFile
from cuibao.gateways.lock import hold
from cuibao.rules.entries import Kind, first_break, stamp
from cuibao.rules.outcomes import LedgerError
from cuibao.rules.workdays import CHINA

FOLDER = "backups"
MANIFEST = "manifest.json"
ARCHIVES = ("mail", "letters", "papers")
DAILY_KEPT, MONTHS_KEPT = 14, 12
_DAILY = re.compile(r"(\d{4}-\d{2}-\d{2})\.tar\.gz", re.ASCII)
_LEDGER = re.compile(r"\d{4}\.jsonl", re.ASCII)
_ARCHIVED = re.compile(r"(?:mail|letters|papers)/\d{4}-\d{2}/[0-9a-f]{64}(?:\.[a-z0-9]{1,8})?", re.ASCII)
_CONFIG = re.compile(r"config/[^/\\.][^/\\]*")
_PRIVATE = 0o600
_LARGEST_FILE = 1 << 30
_LARGEST_MANIFEST = 1 << 28
_PIECE = 1 << 20
_BACKING_UP, _RESTORING = "备份", "恢复备份"
_NOT_OURS = "请核对所选文件；备份在 store/backups/ 中，文件名形如 2020-06-15.tar.gz。现有数据未作改动。"
_DAMAGED = "请改用另一份备份。现有数据未作改动。"
_MODES = {"office": "正式", "sandbox": "演练"}


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was made: how many ledger entries and files it holds, and its own size in bytes."""

    path: Path
    entries: int
    files: int
    size: int


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back, by name; how many entries the ledgers have and when the last one was written; where the files are that
    stood there before, None where there were none."""

    files: tuple[str, ...]
    entries: int
    last_at: datetime | None
    aside: Path | None


# ---- making


def daily_backup(store: Path, config: Path, now: datetime) -> Path | None:
    """Make the day's backup unless it is there or there is no ledger yet, then remove those that are no longer kept. Raises
    LedgerError for a broken ledger or a full disk; all earlier backups then stay."""
    path = store / FOLDER / f"{now.astimezone(CHINA):%Y-%m-%d}.tar.gz"
    if path.exists() or not _ledgers(store):
        return None
    _refuse_root(store)
    with telling(path, _BACKING_UP):
        make_folder(path.parent)
        _clear_drafts(path.parent, now)
    _write(path, store, config, now, archives=())
    with telling(path, "清理旧备份"):
        for day in outdated(daily_backups(store)):
            (path.parent / f"{day.isoformat()}.tar.gz").unlink(missing_ok=True)
    return path


def full_backup(store: Path, config: Path, now: datetime, *, mode: Mode, out: Path | None = None) -> Backup:
    """Make a copy of everything at `out`, else as store/backups/full-YYYY-MM-DD-HHMM.tar.gz. Raises LedgerError where a file is
    there already, there is nothing to copy, the ledger is broken or the other mode's, or the disk refuses."""
    path = out or store / FOLDER / f"full-{now.astimezone(CHINA):%Y-%m-%d-%H%M}.tar.gz"
    if not _ledgers(store):
        raise LedgerError(f"没有可备份的台账（{store}）", "请核对 --store；尚未运行过时无须备份。")
    _refuse_root(store)
    with telling(store, _BACKING_UP):
        _refuse_other_mode(_modes_in(store), mode, "数据目录中的台账")
    if path.exists():
        raise LedgerError(f"备份文件已存在（{path}）", "请稍候一分钟再试，或以 --out 另定文件名；原文件未作改动。")
    if out and not out.parent.is_dir():
        raise LedgerError(f"没有这个文件夹（{out.parent}）", "请先建立该文件夹，或以 --out 另定位置。")
    with telling(path, _BACKING_UP):
        make_folder(path.parent)
    return _write(path, store, config, now, archives=ARCHIVES)


def daily_backups(store: Path) -> list[date]:
    """The days of which there is a daily backup, oldest first."""
    found = (_DAILY.fullmatch(path.name) for path in _listed(store / FOLDER))
    return sorted(day for match in found if match and (day := _day(match[1])))


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
        with telling(path, _BACKING_UP):
            fd = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _PRIVATE)
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
    for path in _ledgers(store):
        lines = _whole_lines(path)
        mode = _mode(lines) or mode
        packing.entries += len(lines)
        packing.add(path.name, b"".join(line + b"\n" for line in lines))
    for name in ("secret", "cursors.json"):
        if (store / name).is_file():
            packing.add(name, (store / name).read_bytes())
    for path in _listed(config):
        if path.is_file() and _CONFIG.fullmatch(f"config/{path.name}"):
            packing.add(f"config/{path.name}", path.read_bytes())
    for folder in archives:
        for path in sorted((store / folder).glob("*/*")):
            name = path.relative_to(store).as_posix()
            if _ARCHIVED.fullmatch(name) and path.is_file():
                packing.add(name, path.read_bytes())
    return mode


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
        member.size, member.mode, member.mtime = len(raw), _PRIVATE, int(self._now.timestamp())
        self._tar.addfile(member, BytesIO(raw))


def _whole_lines(path: Path) -> list[bytes]:
    """The ledger's lines, no batch of them in part. Raises LedgerError where the chain does not hold: such a ledger must not push
    good backups out."""
    file = LineFile(path)
    with file.lock():
        lines = file.tail().lines
    if number := first_break(lines):
        raise LedgerError(
            f"台账 {path} 第 {number} 行校验链中断，未作备份",
            "此前的备份都已保留；请运行 ./bot verify 核对，并从备份恢复。",
        )
    return lines


def _clear_drafts(folder: Path, now: datetime) -> None:
    """Remove what a backup that was cut short left behind a day ago or more."""
    for path in folder.glob(".*.tmp"):
        if now.timestamp() - path.stat().st_mtime > timedelta(days=1).total_seconds():
            path.unlink(missing_ok=True)


# ---- putting back


def restore(file: Path, store: Path, now: datetime, *, mode: Mode, config: Path | None = None) -> Restored:
    """Put a backup back into the store, and into `config` where that is given. The cursors are not put back but set aside: the
    mailbox is read again, so that no mail is missed. Archived files that are there and whole stay. Raises BusyError while
    somebody sends, LedgerError for a file that is no whole backup of this mode, or a disk that refuses; nothing has changed then."""
    _refuse_root(store)
    with hold(store / "sending.lock", "收发件"), _unpacked(file, store) as unpacked, telling(store, _RESTORING):
        _refuse_other_mode(unpacked.modes, mode, "备份")
        _refuse_other_mode(_modes_in(store), mode, "数据目录中的台账")
        aside = store / f"before-restore-{now.astimezone(CHINA):%Y%m%d-%H%M%S}"
        if aside.exists():
            raise LedgerError(f"文件夹已存在（{aside}）", "请稍候一秒再试。现有数据未作改动。")
        _swap(unpacked, store, config, aside)
        return Restored(
            files=tuple(sorted(name for name in unpacked.files if _goes_back(name, config))),
            entries=unpacked.entries,
            last_at=unpacked.last_at,
            aside=aside if aside.exists() else None,
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
        return [self.mode, *(_mode(lines) for lines in self.ledgers.values())]

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
        with telling(folder, _RESTORING):
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
        raise LedgerError(f"备份文件无法读取（{file}）：{error.strerror}", _NOT_OURS) from error
    with raw:
        yield raw


def _foreign_or_torn(file: Path, digests: Mapping[str, str]) -> LedgerError:
    if digests:
        return LedgerError(f"备份文件不完整或已损坏（{file}）", _DAMAGED)
    return LedgerError(f"不是完整的备份文件（{file}）", _NOT_OURS)


def _refuse_strange(file: Path, member: tarfile.TarInfo, seen: Mapping[str, str]) -> None:
    name = member.name
    if not member.isreg() or name in seen or not _known(name):
        raise LedgerError(f"备份文件中有不应有的内容（{file}：{name[:100]!r}）", _NOT_OURS)
    if not 0 <= member.size <= _LARGEST_FILE:
        raise LedgerError(f"备份文件中“{name}”过大（{member.size} 字节）", _NOT_OURS)


def _known(name: str) -> bool:
    patterns = (_LEDGER, _ARCHIVED, _CONFIG)
    return name in (MANIFEST, "secret", "cursors.json") or any(pattern.fullmatch(name) for pattern in patterns)


def _copy(source: IO[bytes], target: Path) -> str:
    """Write a member to a new file, on disk on return; its digest."""
    target.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    fd = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _PRIVATE)
    with os.fdopen(fd, "wb") as file:
        while piece := source.read(_PIECE):
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
        raise LedgerError(f"备份文件的内容与其清单不符（{file}：{names[0]}），已损坏或被改动", _DAMAGED)
    ledgers = {name: (folder / name).read_bytes().split(b"\n")[:-1] for name in files if _LEDGER.fullmatch(name)}
    for name, lines in ledgers.items():
        if number := first_break(lines):
            raise LedgerError(f"备份中的台账 {name} 第 {number} 行校验链中断（{file}）", _DAMAGED)
    return _Unpacked(folder, files, manifest["mode"], ledgers)


def _manifest(file: Path, folder: Path, digests: Mapping[str, str]) -> dict[str, Any]:
    if MANIFEST not in digests:
        raise _foreign_or_torn(file, digests)
    try:
        doc = json.loads((folder / MANIFEST).read_bytes())
        if doc["cuibao"] == 1 and isinstance(doc["files"], dict) and (doc["mode"] in _MODES or doc["mode"] is None):
            return dict(doc)
    except (ValueError, TypeError, KeyError, RecursionError):
        pass
    raise LedgerError(f"备份文件的清单无法识别（{file}）", _NOT_OURS)


def _swap(unpacked: _Unpacked, store: Path, config: Path | None, aside: Path) -> None:
    """Set aside what stands there and put the backup in its place, the archives first and the ledgers last: whenever the machine
    stops, a ledger stands there, its files are there, and the mailbox will be read again. Raises OSError."""
    with ExitStack() as stack:
        ledgers = [LineFile(store / name) for name in unpacked.ledgers]
        for ledger in ledgers:
            stack.enter_context(ledger.lock())
        for name in sorted(name for name in unpacked.files if _ARCHIVED.fullmatch(name)):
            if not _whole(store / name, unpacked.files[name]):
                _put_back(unpacked.folder / name, store / name, aside / name)
        _set_aside(store / "cursors.json", aside / "cursors.json")
        (store / "cursors.json").unlink(missing_ok=True)
        if "secret" in unpacked.files:
            _put_back(unpacked.folder / "secret", store / "secret", aside / "secret")
        for name in unpacked.files:
            if config and _CONFIG.fullmatch(name):
                _put_back(unpacked.folder / name, config / Path(name).name, aside / name)
        for ledger in ledgers:
            os.truncate(ledger.lock_path, 0)  # a batch announced there was one of the ledger that goes
            name = ledger.path.name
            _put_back(unpacked.folder / name, ledger.path, aside / name)


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
    return name != "cursors.json" and (config is not None or not name.startswith("config/"))


# ---- looking


def _refuse_other_mode(found: Iterable[str | None], mode: Mode, what: str) -> None:
    """A sandbox's backup goes into a sandbox only, and an office's never into one."""
    if wrong := next((one for one in found if one and one != mode), None):
        remedy = "若确为演练，请加 --sandbox" if mode == "office" else "若确为正式运行，请去掉 --sandbox"
        raise LedgerError(
            f"{what}属于{_MODES[wrong]}，不能用于{_MODES[mode]}", f"{remedy}；并请核对 --store。现有数据未作改动。"
        )


def _modes_in(store: Path) -> list[str | None]:
    return [_mode([_first_line(path)]) for path in _ledgers(store)]


def _refuse_root(store: Path) -> None:
    """Files that root makes in a store of somebody else's are closed to the daemon."""
    if store.exists() and os.geteuid() == 0 and (owner := store.stat().st_uid) != 0:
        name = _user(owner)
        raise LedgerError(f"数据目录属于用户 {name}，不能以 root 身份备份或恢复", f"请改用 sudo -u {name} ./bot 执行。")


def _user(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"#{number}"


def _listed(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []


def _ledgers(store: Path) -> list[Path]:
    return [path for path in _listed(store) if _LEDGER.fullmatch(path.name)]


def _first_line(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.readline(_PIECE)


def _mode(lines: list[bytes]) -> Mode | None:
    """Whose a ledger is, by its first line; None where that does not say."""
    try:
        kind = json.loads(lines[0])["kind"]
    except (IndexError, ValueError, TypeError, KeyError, RecursionError):
        return None
    return "sandbox" if kind == Kind.SANDBOX_OPENED else "office"


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None

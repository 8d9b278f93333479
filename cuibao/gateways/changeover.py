"""Changes files of config/ as one: whoever reads them sees all of a change or none of it, whenever the machine stops.

The new files are written and synced in a folder beside them; giving that folder the name PENDING decides the change, and what is left
then is to rename and to remove. One that was cut short is completed by whoever reads or changes config/ next. Readers share a lock
on the folder itself, whoever changes it has it alone; the system frees it however a process ends."""

import fcntl
import json
import os
import shutil
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from cuibao.gateways.disk import make_folder, sync_folder, temporary, write_synced
from cuibao.gateways.yaml_places import shown_path
from cuibao.rules.outcomes import ConfigError, Problem

PENDING = ".changing"
_ORDERS = ".orders"
"""In PENDING: the names of the files to be put in place and of those to be removed."""


@contextmanager
def settled(config: Path) -> Iterator[None]:
    """Keep every change of config/ out for the block, which only reads. Raises ConfigError where one was cut short and cannot be
    completed."""
    with _opened(config) as fd:
        _lock(fd, fcntl.LOCK_SH)
        while (config / PENDING).is_dir():  # between the two locks another process may come
            _lock(fd, fcntl.LOCK_EX)
            _complete(config)
            _lock(fd, fcntl.LOCK_SH)
        yield


@contextmanager
def alone(config: Path) -> Iterator[None]:
    """Keep every reader and every other change of config/ out for the block, which should be short and may not ask for
    settled(). Raises ConfigError as settled() does."""
    with _opened(config) as fd:
        _lock(fd, fcntl.LOCK_EX)
        _complete(config)
        yield


def replace_all(config: Path, files: Mapping[str, bytes], gone: Collection[str] = ()) -> None:
    """Put these files in place, by their names in config/ (units.yaml, 2020/units.yaml), and remove those that are to be gone. For
    whoever has it alone(). Raises OSError, config/ being as it was; ConfigError for a change that is decided and not yet completed."""
    for left in config.glob(f".{PENDING}.*.tmp"):  # by a process that was killed
        shutil.rmtree(left, ignore_errors=True)
    scratch = temporary(config / PENDING)
    try:
        make_folder(scratch)
        for name, raw in files.items():
            make_folder((config / name).parent)
            make_folder((scratch / name).parent)
            write_synced(scratch / name, raw, _mode(config / name))
        write_synced(scratch / _ORDERS, json.dumps({"put": list(files), "gone": list(gone)}).encode())
        for folder in {scratch, *((scratch / name).parent for name in files)}:
            sync_folder(folder)
        scratch.rename(config / PENDING)
    except BaseException:
        shutil.rmtree(scratch, ignore_errors=True)
        _remove_empty(config, files)
        raise
    _complete(config)


def _complete(config: Path) -> None:
    """What a decided change has still to do, nothing where there is none; doing it again does no harm."""
    pending = config / PENDING
    if not pending.is_dir():
        return
    try:
        sync_folder(config)
        orders = json.loads((pending / _ORDERS).read_bytes())
        for name in orders["put"]:
            if (pending / name).exists():
                (pending / name).replace(config / name)
        for name in orders["gone"]:
            (config / name).unlink(missing_ok=True)
        for folder in {(config / name).parent for name in (*orders["put"], *orders["gone"])}:
            sync_folder(folder) if folder.is_dir() else None
        _remove_empty(config, orders["gone"])
        done = temporary(pending)
        pending.rename(done)
        sync_folder(config)
    except OSError as error:
        raise ConfigError((_unfinished(config, error),)) from error
    shutil.rmtree(done, ignore_errors=True)


def _unfinished(config: Path, error: OSError) -> Problem:
    message = f"新的配置尚未全部换入：{error.strerror or error}"
    return Problem(shown_path(config), "", message, "请检查磁盘和该文件夹的权限；恢复后运行任一命令，即自动换完")


def _remove_empty(config: Path, names: Collection[str]) -> None:
    """Remove the folders of these files below config/ that hold nothing."""
    for folder in {(config / name).parent for name in names} - {config}:
        with suppress(OSError):
            folder.rmdir()


def _mode(path: Path) -> int:
    """A file keeps the permissions that the office gave it."""
    return path.stat().st_mode & 0o777 if path.is_file() else 0o644


@contextmanager
def _opened(config: Path) -> Iterator[int | None]:
    """The folder, None where there is none that can be read: what it lacks is told by whoever looks for its files."""
    fd = None
    with suppress(OSError):
        fd = os.open(config, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield fd
    finally:
        if fd is not None:
            os.close(fd)


def _lock(fd: int | None, how: int) -> None:
    """Wait for the lock. A file system without locks has none: its files are then read as they stand."""
    if fd is not None:
        with suppress(OSError):
            fcntl.flock(fd, how)

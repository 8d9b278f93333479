"""One at a time: the lock by which a daemon keeps a second one out, and whoever sends keeps other senders out."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cuibao.gateways.disk import make_folder, telling, write_all
from cuibao.rules.outcomes import BusyError


@contextmanager
def hold(path: Path, what: str) -> Iterator[None]:
    """Hold the lock file for the block; the system frees it however the process ends. `what` is Chinese and names what is
    held (守护进程, 发信). Raises BusyError at once, naming the holder's process id, LedgerError when the disk refuses."""
    with telling(path, f"锁定{what}"):
        make_folder(path.parent)
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        _take(fd, path, what)
        # The file stays: to remove it would let two processes lock two files of one name.
        yield
    finally:
        os.close(fd)


def _take(fd: int, path: Path, what: str) -> None:
    with telling(path, f"锁定{what}"):
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _busy(fd, path, what) from None
        os.ftruncate(fd, 0)
        write_all(fd, f"{os.getpid()}\n".encode())


def _busy(fd: int, path: Path, what: str) -> BusyError:
    pid = os.pread(fd, 32, 0).strip().decode("ascii", "replace")
    holder = f"进程 {pid} " if pid.isdecimal() else "另一进程"
    stop = f"，或执行 kill {pid} 令其退出" if pid.isdecimal() else ""
    return BusyError(f"{what}正由{holder}占用（{path}）", f"请等它结束{stop}后再试。")

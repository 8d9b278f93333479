"""The journal's file: whole lines out, whole batches in, under a lock between processes. What a line means is left to journal.py.

A batch is written with one write and one fdatasync. When a process dies in between, a single line is torn (it lacks its line
end), and of several lines some may be whole: so a batch of several is announced first in the lock file, as "start end" in
bytes, and one that ends short of its announcement counts as never written.
"""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from cuibao.gateways import log
from cuibao.gateways.disk import disk_error, make_folder, sync_folder, telling, write_all, write_synced
from cuibao.rules.outcomes import BusyError

WAIT_SECONDS = 30.0
"""A batch takes milliseconds: whoever holds the lock longer hangs."""
_PAUSE = 0.001
_LONGEST_PAUSE = 0.02
_WRITING = "写入台账"
_READING = "读取台账"


class Tail(NamedTuple):
    """What a file holds beyond what was taken, whole lines with their line ends. `restarted` says that what was taken is no longer
    there: begin anew."""

    restarted: bool
    raw: bytes

    def lines(self) -> Iterator[bytes]:
        """The lines without their ends, each made when its turn comes: all at once they would leave as many holes in memory."""
        start = 0
        while (end := self.raw.find(b"\n", start)) >= 0:
            yield self.raw[start:end]
            start = end + 1


class LineFile:
    """One append-only file of lines, read incrementally. `offset` is the end of the last line taken."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lock_path = path.with_suffix(".lock")
        self.offset = 0
        self._last = b""
        self._lock_fd: int | None = None

    @property
    def locked(self) -> bool:
        return self._lock_fd is not None

    def tail(self) -> Tail:
        """The whole lines after `offset`; a torn end is left out. Makes no file. Raises LedgerError when reading fails."""
        with telling(self.path, _READING):
            try:
                fd = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
            except FileNotFoundError:
                return Tail(self._restart(), b"")
            try:
                restarted = not self._stands(fd) and self._restart()
                return Tail(restarted, self._whole_lines(fd))
            finally:
                os.close(fd)

    def take(self, line: bytes) -> None:
        """Count a line of tail() as read; the next tail() begins after it."""
        self.offset += len(line) + 1
        self._last = line

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Keep other writers out, in this process and others. Raises BusyError after 30 s, LedgerError without the right."""
        with telling(self.path, _WRITING):
            make_folder(self.path.parent)
            fd = os.open(self.lock_path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            _wait_for(fd, self.lock_path)
            self._lock_fd = fd
            yield
        finally:
            self._lock_fd = None
            os.close(fd)

    def mend(self) -> None:
        """With the lock held and every whole line taken: set what lies beyond aside, and say so. Raises LedgerError."""
        with telling(self.path, _WRITING):
            fd = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            try:
                torn = _read(fd, self.offset)
                if torn:
                    self._set_aside(fd, torn)
                elif self.offset == 0:
                    sync_folder(self.path.parent)
                if self._announced() is not None:
                    os.fdatasync(fd)
                    self._withdraw()
            finally:
                os.close(fd)

    def append(self, lines: list[bytes]) -> None:
        """With the lock held and the file mended: write all lines or none, on disk on return. Raises LedgerError."""
        payload = b"".join(line + b"\n" for line in lines)
        with telling(self.path, _WRITING):
            if len(lines) > 1:
                self._announce(self.offset, self.offset + len(payload))
            fd = os.open(self.path, os.O_WRONLY | os.O_CLOEXEC)
            try:
                self._write(fd, payload)
            finally:
                os.close(fd)
        if len(lines) > 1:
            # The batch is on disk: an announcement that stays behind names a whole batch and harms nobody.
            with suppress(OSError):
                self._withdraw()

    def _write(self, fd: int, payload: bytes) -> None:
        try:
            write_all(fd, payload, self.offset)
            os.fdatasync(fd)
        except BaseException:
            # Should even this fail, the torn end is told by its missing line end or its announcement.
            with suppress(OSError):
                os.ftruncate(fd, self.offset)
                os.fdatasync(fd)
                self._withdraw()
            raise

    def _restart(self) -> bool:
        moved = self.offset > 0
        self.offset, self._last = 0, b""
        return moved

    def _stands(self, fd: int) -> bool:
        """Whether the last line taken is still where it was; not so after a restored backup or a batch taken back."""
        if self.offset == 0:
            return True
        length = len(self._last) + 1
        return os.pread(fd, length, self.offset - length) == self._last + b"\n"

    def _whole_lines(self, fd: int) -> bytes:
        raw = self._cut(_read(fd, self.offset))
        end = raw.rfind(b"\n") + 1
        if not end:
            return b""
        last = raw.rfind(b"\n", 0, end - 1) + 1
        return raw[: end if _is_json(raw[last:end]) else last]

    def _cut(self, raw: bytes) -> bytes:
        """Leave out a batch that was announced and is not all there."""
        announced = self._announced() if raw else None
        if announced is None or announced[0] < self.offset or self.offset + len(raw) >= announced[1]:
            return raw
        return raw[: announced[0] - self.offset]

    def _set_aside(self, fd: int, torn: bytes) -> None:
        aside = self._aside()
        write_synced(aside, torn)
        sync_folder(aside.parent)
        os.ftruncate(fd, self.offset)
        os.fdatasync(fd)
        log.warning("台账末尾有未写完的内容，已移出另存", ledger=str(self.path), kept_in=aside.name, bytes=len(torn))

    def _aside(self) -> Path:
        number = 1
        while (path := self.path.with_name(f"{self.path.name}.torn-{number}")).exists():
            number += 1
        return path

    def _announced(self) -> tuple[int, int] | None:
        try:
            start, end = self.lock_path.read_bytes().split()
            return int(start), int(end)
        except (OSError, ValueError):
            return None

    def _announce(self, start: int, end: int) -> None:
        if self._lock_fd is not None:
            write_all(self._lock_fd, f"{start} {end}\n".encode())
            os.fdatasync(self._lock_fd)

    def _withdraw(self) -> None:
        if self._lock_fd is not None:
            os.ftruncate(self._lock_fd, 0)


def _read(fd: int, offset: int) -> bytes:
    """Everything from that offset to the end."""
    parts = []
    while part := os.pread(fd, 1 << 24, offset):
        parts.append(part)
        offset += len(part)
    return b"".join(parts)


def _is_json(line: bytes) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


def _wait_for(fd: int, path: Path) -> None:
    """Take the lock, asking again with growing pauses, for a blocked flock could not be given up."""
    give_up = time.monotonic() + WAIT_SECONDS
    pause = _PAUSE
    while True:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > give_up:
                raise BusyError(
                    f"台账被另一进程占用超过 {WAIT_SECONDS:.0f} 秒（{path}）",
                    "请用 ps 查看是否有停滞的 bot 进程，结束后再试。",
                ) from None
            time.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)
        except OSError as error:
            raise disk_error(error, path, "锁定台账") from error
        else:
            return

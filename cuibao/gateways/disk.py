"""How the store touches the disk: durable writes, and a full or read-only disk told as a sentence with a remedy."""

import errno
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from cuibao.gateways.system_words import why
from cuibao.rules.outcomes import LedgerError

_SYNCS_AT_ONCE = 6
"""How many files wait for the disk together: it writes them in one go, and the interpreter waits for none of them."""
_FULL = {errno.ENOSPC, errno.EDQUOT}
_CLOSED = {errno.EROFS, errno.EACCES, errno.EPERM}
_NO_FOLDER = {errno.EEXIST, errno.ENOTDIR}


def disk_error(error: OSError, path: Path, doing: str, option: str = "--store") -> LedgerError:
    """The error that a person reads when `doing` (Chinese, a verb and its object) failed at that path, which `option` can change."""
    if error.errno in _FULL:
        return LedgerError(f"{doing}失败：磁盘空间已满（{path}）", "请清理磁盘或扩容后重试，此前已写入的内容不受影响。")
    if error.errno in _CLOSED:
        return LedgerError(
            f"{doing}失败：没有读写权限（{path}）",
            f"请检查该文件夹的属主与权限、磁盘是否只读，或用 {option} 另行指定文件夹。",
        )
    if error.errno in _NO_FOLDER:
        return LedgerError(f"{doing}失败：路径中有不是文件夹的文件（{path}）", f"请用 {option} 另行指定文件夹。")
    if error.errno == errno.ENAMETOOLONG:
        return LedgerError(f"{doing}失败：文件名过长（{path}）", f"请用 {option} 另行指定路径较短的文件夹。")
    if error.errno == errno.EFBIG:
        return LedgerError(
            f"{doing}失败：文件大小超出系统限制（{path}）", "请放宽系统对文件大小的限制（ulimit -f）后重试。"
        )
    return LedgerError(f"{doing}失败：{why(error)}（{path}）", "请检查磁盘与文件系统后重试。")


@contextmanager
def telling(path: Path, doing: str, option: str = "--store") -> Iterator[None]:
    """Turn an OSError of the block into a LedgerError that names the act and the place, which `option` can change."""
    try:
        yield
    except OSError as error:
        raise disk_error(error, path, doing, option) from error


def sync_folder(folder: Path) -> None:
    """Put a folder's own entries (new names, renames) on disk. Raises OSError."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, durably; nothing when it is there. Raises OSError."""
    missing = []
    while not folder.is_dir():
        missing.append(folder)
        folder = folder.parent
    for step in reversed(missing):
        step.mkdir(exist_ok=True)
        sync_folder(step.parent)


def write_all(fd: int, raw: bytes, at: int = 0) -> None:
    """Write every byte at that offset, however many calls it takes. Raises OSError; part may then be written."""
    rest = memoryview(raw)
    while rest:
        written = os.pwrite(fd, rest, at)
        rest, at = rest[written:], at + written


def write_synced(path: Path, raw: bytes, mode: int = 0o644) -> None:
    """Make a new file with these bytes, on disk on return. Raises OSError (FileExistsError too) and leaves nothing behind."""
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    try:
        write_all(fd, raw)
        os.fsync(fd)
    except BaseException:
        with suppress(OSError):
            path.unlink()
        raise
    finally:
        os.close(fd)


def _write_each(files: Iterable[tuple[Path, bytes]]) -> None:
    for path, raw in files:
        write_synced(path, raw)


def try_writing(folder: Path, size: int = 1 << 20) -> None:
    """Write and sync so many bytes in the folder, and remove them. Raises LedgerError while it takes none."""
    path = temporary(folder / "probe")
    with telling(folder, "写入数据目录"):
        write_synced(path, b"\0" * size)
        path.unlink()


def temporary(path: Path) -> Path:
    """A name beside `path` that no other process or thread takes."""
    return path.with_name(f".{path.name}.{os.getpid()}-{os.urandom(4).hex()}.tmp")


def replace_file(path: Path, raw: bytes, mode: int = 0o644) -> None:
    """Put these bytes at `path` so that a reader sees the old ones or the new ones, never a part. Raises OSError."""
    draft = temporary(path)
    write_synced(draft, raw, mode)
    try:
        draft.replace(path)
    except BaseException:
        with suppress(OSError):
            draft.unlink()
        raise
    sync_folder(path.parent)


def replace_files(files: Mapping[Path, bytes]) -> None:
    """Put all these bytes at their paths as replace_file() does one, waiting for the disk once for many. Raises OSError; some
    files may then be in place, and no draft stays."""
    from concurrent.futures import ThreadPoolExecutor  # only whoever keeps mails needs it

    drafts = {path: temporary(path) for path in files}
    todo = [(drafts[path], raw) for path, raw in files.items()]
    with ThreadPoolExecutor(min(_SYNCS_AT_ONCE, len(files) or 1)) as pool:
        writing = [pool.submit(_write_each, todo[start::_SYNCS_AT_ONCE]) for start in range(_SYNCS_AT_ONCE)]
    try:
        for written in writing:
            written.result()
        for path, draft in drafts.items():
            draft.replace(path)
    except BaseException:
        for draft in drafts.values():
            with suppress(OSError):
                draft.unlink()
        raise
    for folder in {path.parent for path in files}:
        sync_folder(folder)

"""Files for people, in a folder that they name: each is whole or not there, all of them are there or none, and nothing is written over."""

import errno
import os
from collections.abc import Iterable
from contextlib import suppress
from itertools import count
from pathlib import Path

from cuibao.gateways.disk import make_folder, telling, write_synced

_NO_LINKS = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS}
"""What a file system without hard links answers, such as that of a memory stick."""


def add_files(folder: Path, files: Iterable[tuple[str, bytes]], doing: str, option: str) -> list[Path]:
    """Write files, each a name, which may have a folder before it, and its bytes; under a number where one of that name is there:
    somebody may have worked on it. `doing` is Chinese and names the act, `option` what names the folder. Returns the paths. Raises
    LedgerError, and what was written is then gone again."""
    written: list[Path] = []
    try:
        with telling(folder, doing, option):
            for name, raw in files:
                make_folder((folder / name).parent)
                written.append(_added(folder / name, raw))
    except BaseException:
        for path in written:
            with suppress(OSError):
                path.unlink()
        raise
    return written


def _added(path: Path, raw: bytes) -> Path:
    """Write the file beside its place, then give it the first name that is free."""
    draft = path.with_name(f".{os.getpid()}-{os.urandom(4).hex()}.tmp")
    write_synced(draft, raw)
    try:
        for number in count(1):
            free = path if number == 1 else path.with_name(f"{path.stem}_{number}{path.suffix}")
            if not os.path.lexists(free):
                with suppress(FileExistsError):
                    _name(draft, free)
                    return free
    finally:
        draft.unlink(missing_ok=True)
    raise AssertionError


def _name(draft: Path, free: Path) -> None:
    """Raises FileExistsError where somebody else took the name in between, if the file system can tell."""
    try:
        os.link(draft, free)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        draft.rename(free)

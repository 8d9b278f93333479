"""Files for people, in a folder that they name: each is whole or not there, all of them are there or none, and nothing is written over."""

import errno
import os
import re
from collections.abc import Iterable
from contextlib import suppress
from itertools import count
from pathlib import Path

from cuibao.gateways.disk import make_folder, telling, write_synced

_NO_LINKS = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS}
"""What a file system without hard links answers, such as that of a memory stick."""
_DRAFT = re.compile(r"\.([1-9]\d{0,8})-[0-9a-f]{8}\.tmp", re.ASCII)
"""The name of a file on its way, with the process that writes it."""


def add_files(folder: Path, files: Iterable[tuple[str, bytes]], doing: str, option: str) -> list[Path]:
    """Write files, each a name, which may have a folder before it, and its bytes; under a number where one of that name is there:
    somebody may have worked on it. `doing` is Chinese and names the act, `option` what names the folder. Returns the paths. Raises
    LedgerError, and what was written is then gone again, with the folders made for it. What a run that was killed left is removed."""
    written: list[Path] = []
    made: list[Path] = []
    swept: set[Path] = set()
    try:
        with telling(folder, doing, option):
            for name, raw in files:
                parent = (folder / name).parent
                made += (one for one in (parent, *parent.parents) if not os.path.lexists(one))
                make_folder(parent)
                if parent not in swept:
                    _sweep(parent)
                    swept.add(parent)
                written.append(_added(folder / name, raw))
    except BaseException:
        for path in written:
            with suppress(OSError):
                path.unlink()
        for one in sorted(made, reverse=True):  # the inner ones first; one in which others put something stays
            with suppress(OSError):
                one.rmdir()
        raise
    return written


def _sweep(folder: Path) -> None:
    """Remove the files that processes which are no more were writing there; a folder that does not let them go keeps them."""
    for path in list(folder.iterdir()):
        if (found := _DRAFT.fullmatch(path.name)) and not _lives(int(found[1])):
            with suppress(OSError):
                path.unlink()


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # somebody else's
        return True
    return True


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

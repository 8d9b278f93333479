"""Mail from files: a .eml file, a folder of them, an mbox or a Maildir, in the order in which the mails arrived."""

import mailbox
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from cuibao.gateways.system_words import why
from cuibao.papers import mail
from cuibao.rules.outcomes import UsageError
from cuibao.rules.traffic import Arrival
from cuibao.rules.workdays import CHINA

_HEADER = re.compile(rb"[\x21-\x39\x3b-\x7e]+[ \t]*:")
_BEGINNING = 1000
"""Bytes."""
_FAR_PAST = datetime(1990, 1, 1, tzinfo=CHINA)


def read_mails(path: Path) -> list[tuple[str, Arrival]]:
    """Every mail under `path` with its name, sorted by arrival (topmost Received, else Date, else the file's time), then by
    name. Raises UsageError where nothing is there or it cannot be read."""
    if not path.exists():
        raise UsageError(f"没有这个文件或目录：{path}", "请核对 --from 的路径")
    if not path.is_dir():
        _refuse_device(path)
    try:
        found = [(name, _arrival(raw, changed)) for name, raw, changed in _raw_mails(path)]
    except OSError as error:
        raise UsageError(f"{path} 无法读取：{why(error)}", "请检查文件权限") from error
    return sorted(found, key=lambda item: (item[1].arrived_at, item[0]))


def looks_like_mail(raw: bytes) -> bool:
    """Whether any line before the first empty one could be a header (RFC 5322, 2.2)."""
    head = raw.replace(b"\r\n", b"\n").lstrip(b"\n").partition(b"\n\n")[0]
    return any(_HEADER.match(line) for line in head.split(b"\n"))


def is_other_file(path: Path, raw: bytes) -> bool:
    """Whether a single file that was named is plainly something else than a mail: by its name none, and without a header, or with the
    zero bytes of a document at its beginning. A file called .eml is taken for a mail whatever is in it."""
    named = path.is_file() and path.suffix.lower() not in ("", ".eml", ".mbox")
    return named and (not looks_like_mail(raw) or b"\0" in raw[:_BEGINNING])


def _raw_mails(path: Path) -> Iterator[tuple[str, bytes, datetime]]:
    if path.is_dir() and (path / "cur").is_dir():
        for part in ("cur", "new"):
            for file in _files(path / part):
                yield f"{part}/{file.name}", file.read_bytes(), _changed(file)
    elif path.is_dir():
        for file in sorted(file for file in path.rglob("*.eml") if not file.is_dir()):
            _refuse_device(file)
            yield str(file.relative_to(path)), file.read_bytes(), _changed(file)
    elif _is_mbox(path):
        for number, raw in enumerate(_mbox(path), start=1):
            yield f"{path.name}#{number:05d}", raw, _changed(path)
    else:
        yield path.name, path.read_bytes(), _changed(path)


def _refuse_device(path: Path) -> None:
    """A pipe would be waited for and a device read for ever."""
    if path.exists() and not path.is_file():
        raise UsageError(f"{path} 不是普通文件或目录", "请核对 --from 的路径，或将该文件移走")


def _files(folder: Path) -> list[Path]:
    return sorted(file for file in folder.iterdir() if file.is_file()) if folder.is_dir() else []


def _is_mbox(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(5) == b"From "


def _mbox(path: Path) -> Iterator[bytes]:
    box = mailbox.mbox(path, create=False)
    try:
        for key in box.iterkeys():
            yield box.get_bytes(key)
    finally:
        box.close()


def _changed(file: Path) -> datetime:
    return datetime.fromtimestamp(file.stat().st_mtime, CHINA)


def _arrival(raw: bytes, changed: datetime) -> Arrival:
    arrived = changed
    try:
        read = mail.read(raw)
    except Exception:  # noqa: BLE001 - a mail that cannot be read is parked later, by the same path as any other
        read = None
    if read is not None:
        stated = read.received or read.date
        arrived = stated if stated and stated > _FAR_PAST else changed
    return Arrival("", 0, 0, arrived.astimezone(CHINA), raw)

"""The archive of raw bytes by their digest: mails as they came in, letters as they left."""

import hashlib
import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path, PurePath

from cuibao.gateways import log
from cuibao.gateways.disk import make_folder, replace_file, replace_files, sync_folder, telling
from cuibao.rules.outcomes import LedgerError
from cuibao.rules.workdays import CHINA

_FILE = re.compile(r"[a-z]+/\d{4}-\d{2}/([0-9a-f]{64})(?:\.[a-z0-9]{1,8})?", re.ASCII)


_PAPERS = frozenset(
    [
        ".pdf",
        ".ofd",
        ".doc",
        ".docx",
        ".wps",
        ".xls",
        ".xlsx",
        ".et",
        ".jpg",
        ".jpeg",
        ".png",
        ".tif",
        ".tiff",
        ".bmp",
        ".txt",
        ".zip",
        ".rar",
        ".7z",
        ".eml",
    ]
)
"""Suffixes of what offices hand in; no program's is among them."""


def safe_suffix(name: str) -> str:
    """The suffix under which a file that a person named may be kept: its own where that is one of a document, else none."""
    suffix = PurePath(name).suffix.lower()
    return suffix if suffix in _PAPERS else ""


class DigestArchive:
    """Files named by their sha256 under root/folder/YYYY-MM/. A file is whole and on disk when keep() returns."""

    def __init__(self, root: Path, folder: str, suffix: str = ".eml") -> None:
        """`suffix` is what the names of new files end with that nobody named."""
        self.root = root
        self.folder = folder
        self.suffix = suffix
        self._ready: set[Path] = set()

    def keep(self, raw: bytes, at: datetime, name: str = "") -> tuple[str, str]:
        """Store the bytes unless they are there; returns (sha256, "mail/2020-06/<sha256>.eml", relative to the root). `at`,
        zone-aware, chooses the month by China's calendar; a file that a person named ends with safe_suffix() of that `name`.
        Raises LedgerError on a full or read-only disk."""
        digest, file = self._named(raw, at, safe_suffix(name) if name else self.suffix)
        path = self.root / file
        with telling(path, "存档邮件"):
            self._make_ready(path.parent)
            if _holds(path, raw):
                # Who placed it may have died before its name was on disk.
                sync_folder(path.parent)
            else:
                replace_file(path, raw)
        return digest, file

    def keep_all(self, items: Sequence[tuple[bytes, datetime]]) -> list[tuple[str, str]]:
        """Store a batch as keep() does each, but with the disk's waits side by side. All of it is on disk when this returns.
        Raises LedgerError; what was stored by then stays."""
        named = [self._named(raw, at, self.suffix) for raw, at in items]
        fresh: dict[Path, bytes] = {}
        there: set[Path] = set()
        with telling(self.root / self.folder, "存档邮件"):
            for (raw, _), (_, file) in zip(items, named, strict=True):
                path = self.root / file
                self._make_ready(path.parent)
                if _holds(path, raw):
                    there.add(path.parent)
                else:
                    fresh[path] = raw
            replace_files(fresh)
            for folder in there - {path.parent for path in fresh}:
                sync_folder(folder)  # as in keep()
        return named

    def read(self, file: str) -> bytes:
        """The bytes of a file that keep() named. Raises LedgerError when the name is no such name, when the file is gone or
        when its digest is wrong."""
        match = _FILE.fullmatch(file)
        if match is None:
            raise LedgerError(f"“{file}”不是存档内的文件", "请运行 ./bot verify 核对台账。")
        path = self.root / file
        with telling(path, "读取存档"):
            try:
                raw = path.read_bytes()
            except FileNotFoundError as error:
                raise LedgerError(f"存档文件不见了（{path}）", "请用备份恢复该文件后重试。") from error
        if hashlib.sha256(raw).hexdigest() != match.group(1):
            raise LedgerError(f"存档文件内容与其摘要不符（{path}）", "该文件已被改动或损坏，请用备份恢复后重试。")
        return raw

    def _named(self, raw: bytes, at: datetime, suffix: str) -> tuple[str, str]:
        """The digest of the bytes and the file that they belong in."""
        digest = hashlib.sha256(raw).hexdigest()
        return digest, f"{self.folder}/{at.astimezone(CHINA):%Y-%m}/{digest}{suffix}"

    def _make_ready(self, folder: Path) -> None:
        if folder not in self._ready or not folder.is_dir():
            make_folder(folder)
            self._ready.add(folder)


def _holds(path: Path, raw: bytes) -> bool:
    """Whether the file is there with these bytes; a damaged one is to be written again."""
    try:
        there = path.read_bytes()
    except FileNotFoundError:
        return False
    if there != raw:
        log.warning("存档文件已损坏，以原件重写", file=str(path))
    return there == raw

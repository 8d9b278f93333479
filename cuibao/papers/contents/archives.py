"""The members of archives: zip with the names that Chinese programs write, rar, and Outlook's winmail.dat (TNEF)."""

import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import rarfile
from tnefparse import TNEF

from cuibao.papers.charset import guess
from cuibao.papers.contents.limits import NO_UNPACKER, NoToolError

_UTF8_NAME = 0x800
_LOCKED = 0x1
"""Bits of the general purpose flag (APPNOTE.TXT 4.4.4)."""


@dataclass(frozen=True, slots=True)
class Packed:
    """One file in an archive. `size` and `packed` in bytes, as the archive claims; `unpack` gives its bytes, at most `size`,
    and raises NoToolError where a program is missing."""

    name: str
    size: int
    packed: int
    locked: bool
    unpack: Callable[[], bytes]


def listed(data: bytes) -> Iterator[Packed]:
    """Every file of an archive, folders left out. Raises what the libraries do, NoToolError for a kind that none reads."""
    if data.startswith(b"PK"):
        yield from _zip(data)
    elif data.startswith(b"Rar!"):
        yield from _rar(data)
    elif data.startswith(b"\x78\x9f\x3e\x22"):
        yield from _tnef(data)
    else:
        raise NoToolError(NO_UNPACKER)


def _zip(data: bytes) -> Iterator[Packed]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for info in archive.infolist():
            if not info.is_dir():
                locked = bool(info.flag_bits & _LOCKED)
                unpack = partial(archive.read, info)
                yield Packed(_zip_name(info), info.file_size, info.compress_size, locked, unpack)


def _zip_name(info: zipfile.ZipInfo) -> str:
    """Programs in China write GBK without saying so, which zipfile reads as cp437."""
    if info.flag_bits & _UTF8_NAME or info.filename.isascii():
        return info.filename
    return guess(info.filename.encode("cp437", "replace"))


def _rar(data: bytes) -> Iterator[Packed]:
    with rarfile.RarFile(io.BytesIO(data)) as archive:
        for info in archive.infolist():
            if info.is_file():
                unpack = partial(_unrar, archive, info)
                yield Packed(info.filename, info.file_size, info.compress_size, info.needs_password(), unpack)


def _unrar(archive: rarfile.RarFile, info: rarfile.RarInfo) -> bytes:
    try:
        return bytes(archive.read(info))
    except rarfile.RarCannotExec:
        raise NoToolError(NO_UNPACKER) from None


def _tnef(data: bytes) -> Iterator[Packed]:
    for one in TNEF(data, do_checksum=False).attachments:
        content = bytes(one.data or b"")
        yield Packed(one.long_filename() or "", len(content), len(content), False, partial(bytes, content))

"""The process in the reading room: reads requests from standard input until it ends, opens one attachment at a time, answers on
standard output. It limits itself before it reads anything, and owns nothing that it could lose.

A request is one byte, 1 for a notice's layout, and two lengths (8 bytes each, big-endian) and as many bytes: the name in UTF-8, the
content. An answer is a length and a JSON document: kind, state, problem, doubtful, text, reports, tables (rows of cells, the areas of
joined ones, the name of the sheet), tokens, members of the same with name, size, sha256; of a notice, its source, or the problem and the page it is on."""

import json
import os
import resource
import signal
import struct
import sys
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

REQUEST, ANSWER = struct.Struct(">?QQ"), struct.Struct(">Q")
MEMORY = 512 << 20
"""Bytes of address space. What converts old documents may take more, see office_converter."""
LARGEST_FILE = 64 << 20
OVERRUN = "读取时超出时间或内存限度，未能读取"
_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000
"""CLONE_NEWUSER and CLONE_NEWNET of unshare(2)."""


def main(folder: str, seconds: str) -> None:
    """Serve until standard input ends. `folder` is the only one to write to; one request takes `seconds` at most."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    _silence()
    from cuibao.gateways.office_converter import converter, to_docx
    from cuibao.papers.attachments import attach
    from cuibao.papers.contents.converting import no_docx
    from cuibao.papers.contents.layout import laid_out
    from cuibao.papers.contents.opening import opened

    soffice = converter()
    _limit(soffice is not None)
    _without_network()
    convert = partial(to_docx, soffice, Path(folder)) if soffice else no_docx
    read, lay_out = partial(opened, to_docx=convert), partial(laid_out, to_docx=convert)
    while head := requests.read(REQUEST.size):
        # Whoever started us kills us first; if it is gone, nobody would.
        signal.alarm(int(seconds) + 2)
        notice, name, size = REQUEST.unpack(head)
        asked = attach(requests.read(name).decode("utf-8", "replace"), requests.read(size))
        try:
            found = _laid_out(lay_out, asked) if notice else _doc(read(asked) if asked.to_open else asked)
            answer = json.dumps(found).encode()
        except BaseException:  # noqa: BLE001 - out of memory, out of stack, or a panic in a library: after that, only a new process
            answer = json.dumps({"problem": OVERRUN}).encode()
            requests.close()
        signal.alarm(0)
        answers.write(ANSWER.pack(len(answer)) + answer)
        answers.flush()
        if requests.closed:
            return


def _doc(one: Any) -> dict[str, Any]:
    shown = ("name", "size", "sha256", "kind", "state", "problem", "doubtful", "text", "reports")
    tables = [{"rows": table.rows, "joined": table.joined, "name": table.name} for table in one.tables]
    members = [_doc(member) for member in one.members]
    return {name: getattr(one, name) for name in shown} | {"tables": tables, "tokens": one.tokens, "members": members}


def _laid_out(lay_out: Any, asked: Any) -> dict[str, Any]:
    from cuibao.papers.contents.limits import UnreadError

    try:
        return {"source": [{key: getattr(one, key) for key in one.__slots__} for one in lay_out(asked)]}
    except UnreadError as error:
        return {"problem": error.words, "page": getattr(error, "page", 0)}


def _silence() -> None:
    """What a library prints must not get between the answers, nor a request into a library."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)


def _limit(converts: bool) -> None:
    from cuibao.gateways.office_converter import MEMORY as MEMORY_TO_CONVERT

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY_TO_CONVERT if converts else MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_FILE, LARGEST_FILE))
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(OSError):  # when the machine is short of memory, this is the process to go
        Path("/proc/self/oom_score_adj").write_text("1000")


def _without_network() -> None:
    """A network of its own, without a way out, where the system lets us; the service's unit may forbid it."""
    user, group = os.getuid(), os.getgid()
    with suppress(Exception):  # ctypes itself may fail where memory is never both written and run, as in the service
        import ctypes

        if ctypes.CDLL(None).unshare(_NEW_USER | _NEW_NETWORK) == 0:
            Path("/proc/self/setgroups").write_text("deny")
            Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
            Path("/proc/self/gid_map").write_text(f"{group} {group} 1")


if __name__ == "__main__":
    main(*sys.argv[1:])

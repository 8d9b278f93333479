"""The log: structured lines on standard error (structlog), for the daemon in a file that turns over too. Nothing of a mail and no
secret ever reaches one, and a disk that is full stops nobody who logs.

structlog is imported at the first event: commands that only read have none, and start the quicker."""

import base64
import json
import logging
import os
import sys
import threading
import traceback
from collections.abc import Iterator, MutableMapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

from cuibao.gateways.system_words import why
from cuibao.rules.entries import stamp
from cuibao.rules.outcomes import CuibaoError
from cuibao.rules.workdays import CHINA

FILE_BYTES = 5_000_000
FILES = 5
"""The file and those it turned over into: together never more than 25 MB."""
LONGEST_LINE = 16_000
"""Characters. A server may answer at any length."""
BLOT = "……"
_SHORTEST_SECRET = 4
"""Anything shorter would blot out half the log."""
_PRIVATE = 0o600

_LEVELS = {"info": "信息", "warning": "警告", "error": "错误"}
_FACTS = {
    "words": "说明",
    "what": "何处",
    "unit": "单位",
    "count": "封数",
    "tried": "试发",
    "sent": "发出",
    "folder": "文件夹",
    "file": "文件",
    "ledger": "台账",
    "kept_in": "移至",
    "bytes": "字节",
    "error": "原因",
    "way": "途径",
    "configured": "配置为",
    "uid": "编号",
}
"""What people read for the names that a line in JSON has."""

_json = False
_file: "_TurningFile | None" = None
_secrets: tuple[str, ...] = ()


def as_json(chosen: bool) -> None:
    """Whether lines are JSON, for machines, or plain words; asked before the first event."""
    global _json
    _json = chosen


def to_file(path: Path | None) -> None:
    """From now on write every line to this file as well (0600); None ends that. At 5 MB it is renamed path.1, and so on up to
    path.4. A line that the disk does not take stood on standard error; that none can be written is told at once."""
    global _file
    _file = _TurningFile(path) if path else None
    try:
        if _file:
            _file.append("")
    except OSError as trouble:
        warning("日志文件无法写入，目前只输出到终端", file=str(path), error=why(trouble))


def hide(secret: str) -> None:
    """From now on blot this text out of every line, plain, quoted for a URL or a string, and in base64, alone or as part of a
    longer text as in AUTH PLAIN (RFC 4616). Fewer than four characters are no secret."""
    global _secrets
    if len(secret) >= _SHORTEST_SECRET:
        forms = {*_secrets, *_forms(secret)}
        _secrets = tuple(sorted(forms, key=len, reverse=True))


def without_secrets(text: str) -> str:
    """The text with everything that hide() was told of blotted out."""
    for secret in _secrets:
        text = text.replace(secret, BLOT)
    return text


def info(event: str, **facts: object) -> None:
    """Something that happened as it should."""
    _logger().info(event, **facts)


def warning(event: str, **facts: object) -> None:
    """Something that a person should look at."""
    _logger().warning(event, **facts)


def error(event: str, **facts: object) -> None:
    """Something that went wrong."""
    _logger().error(event, **facts)


def exception(event: str, **facts: object) -> None:
    """Something that went wrong in the code itself, with where the exception at hand came from."""
    _logger().error(event, **facts, exception=_origin(sys.exc_info()[1]))


def _logger() -> Any:
    import structlog

    if not structlog.is_configured():
        rendered = structlog.processors.JSONRenderer(ensure_ascii=False) if _json else _in_words
        structlog.configure(
            processors=[structlog.processors.add_log_level, _stamped, _printable, rendered],
            logger_factory=_Door,
        )
        for library in ("apscheduler", "waitress"):  # waitress warns of every request that waits its turn
            logging.getLogger(library).setLevel(logging.ERROR)
    return structlog.get_logger()


class _Door:
    """Where every line leaves: blotted, cut to a length, to standard error and to the file; no trouble comes back."""

    def __init__(self, *_: object) -> None:
        pass

    def msg(self, line: str) -> None:
        line = without_secrets(line)
        if len(line) > LONGEST_LINE:
            line = f"{line[:LONGEST_LINE]}{BLOT}"
        with suppress(OSError, ValueError):  # ValueError: standard error was closed
            print(line, file=sys.stderr, flush=True)
        if _file:
            with suppress(OSError):
                _file.append(f"{line}\n")

    debug = info = warning = error = critical = log = msg


class _TurningFile:
    """A file that turns over at FILE_BYTES. It is opened for every line: there are few, and a buffer would hold back what a full
    disk refused, or write into a file that was moved away."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._mutex = threading.Lock()

    def append(self, text: str) -> None:
        """Append the text. Raises OSError; part of it may then be written."""
        raw = text.encode("utf-8", "backslashreplace")
        with self._mutex:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            fd = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, _PRIVATE)
            try:
                os.write(fd, raw)
                size = os.fstat(fd).st_size
            finally:
                os.close(fd)
            if size >= FILE_BYTES:
                self._turn()

    def _turn(self) -> None:
        names = [self._path, *(self._path.with_name(f"{self._path.name}.{number}") for number in range(1, FILES))]
        for older, newer in zip(reversed(names[1:]), reversed(names[:-1]), strict=True):
            with suppress(FileNotFoundError):
                newer.replace(older)


def _stamped(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {"timestamp": stamp(datetime.now(CHINA)), **event}


def _printable(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Without control characters: what a server says must neither steer a terminal nor pass for another line. A secret that has one is
    blotted out before."""
    for key, value in event.items():
        if isinstance(value, str) and key != "exception":
            event[key] = "".join(char if char.isprintable() else " " for char in without_secrets(value))
    return event


def _in_words(_logger: object, _method: str, event: MutableMapping[str, Any]) -> str:
    """An event as people read it: 2026-12-01T08:30:00+08:00 [警告] 遇到问题（何处：发件服务器；原因：等待答复超时）."""
    at, level, said = (event.pop(key, "") for key in ("timestamp", "level", "event"))
    origin = event.pop("exception", "")
    facts = "；".join(f"{_FACTS.get(key, key)}：{value}" for key, value in event.items())
    line = f"{at} [{_LEVELS.get(level, level)}] {said}"
    return "\n".join(filter(None, (f"{line}（{facts}）" if facts else line, origin)))


def _origin(failure: BaseException | None) -> str:
    """The kinds and places of an exception and of those before it. Its words are told only where they are ours or the system's:
    any other's may quote a mail."""
    chain: list[BaseException] = []
    while failure is not None and failure not in chain:
        chain.append(failure)
        failure = failure.__cause__ or (None if failure.__suppress_context__ else failure.__context__)
    return "\n".join(_told(one) for one in reversed(chain))


def _told(failure: BaseException) -> str:
    places = "".join(traceback.format_tb(failure.__traceback__))
    words = f": {failure}" if isinstance(failure, CuibaoError | OSError) else ""
    return f"{places}{type(failure).__name__}{words}"


def _forms(secret: str) -> Iterator[str]:
    """How a secret may look in a line."""
    yield from (secret, quote(secret, safe=""), quote_plus(secret))
    yield from (json.dumps(secret, ensure_ascii=False)[1:-1], repr(secret)[1:-1])
    raw = secret.encode("utf-8", "surrogatepass")
    yield base64.b64encode(raw).decode()
    for shift, kept_from in ((0, 0), (1, 2), (2, 3)):
        # Within a longer text: only the characters that no neighbour has a part in. Three bytes are four characters.
        whole = (shift + len(raw)) * 4 // 3
        inner = base64.b64encode(b"\0" * shift + raw).decode()[kept_from:whole]
        if len(inner) > _SHORTEST_SECRET:
            yield inner

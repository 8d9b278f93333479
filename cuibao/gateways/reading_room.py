"""The reading room: where attachments that may be hostile are opened, in a child process with limits on time and memory.

The child stays for the next attachment, so that a text costs milliseconds and not the start of a process. When it dies, takes too
long or answers nonsense, the attachment is told of in one sentence, and the next one gets a new child."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import weakref
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

from cuibao.gateways.reading_child import ANSWER, OVERRUN, REQUEST
from cuibao.papers.attachments import Attachment, attach, safe_name
from cuibao.papers.contents.limits import bounded_table
from cuibao.papers.form.layout import Table as FormTable
from cuibao.papers.form.pasted import MOST_TABLES
from cuibao.papers.notice.refusals import refusal
from cuibao.papers.notice.source import Line, Source, Table
from cuibao.papers.token import tokens_in

SECONDS = 20
"""One attachment's time."""
SECONDS_A_MAIL = 60
JOBS = 500
"""After so many attachments the child is replaced, whatever its libraries leaked."""
_LONGEST_ANSWER = 64 << 20
_STALE = 86_400
_ROOT = Path(__file__).resolve().parents[2]
NO_TIME = "未予读取：本信附件读取用时过长"
_STATES = frozenset({"read", "kept", "refused"})
_KINDS = frozenset({"form", "spreadsheet", "document", "pdf", "image", "archive", "mail", "calendar", "tnef", "other"})


class _SilentError(Exception):
    """The child died, was killed, or answered nonsense."""


@dataclass
class _Child:
    """A child at work. `folder` is its own, and goes with it."""

    process: "subprocess.Popen[bytes]"
    requests: IO[bytes]
    answers: IO[bytes]
    folder: Path
    jobs: int = 0

    def ask(self, one: Attachment, seconds: float, *, notice: bool = False) -> Mapping[str, Any]:
        """What the child found in an attachment or, with `notice`, how a document is laid out. Raises _SilentError, at the latest after `seconds`."""
        self.jobs += 1
        name = one.name.encode("utf-8", "replace")
        alarm = threading.Timer(seconds, self.kill)
        alarm.start()
        try:
            self.requests.write(REQUEST.pack(notice, len(name), len(one.data)) + name)
            self.requests.write(one.data)
            self.requests.flush()
            (length,) = ANSWER.unpack(self.answers.read(ANSWER.size))
            found = json.loads(self.answers.read(min(length, _LONGEST_ANSWER)))
        except Exception:  # noqa: BLE001 - a broken pipe, half an answer, or one that only a child that was taken over gives
            raise _SilentError from None
        finally:
            alarm.cancel()
        if not isinstance(found, dict):
            raise _SilentError
        return found

    @property
    def alive(self) -> bool:
        """Whether it runs. A dead one is left unreaped, so that nobody else gets its number before its group is killed."""
        return os.waitid(os.P_PID, self.process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None

    def kill(self) -> None:
        """End it and whatever it started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def end(self) -> None:
        """Kill it, and remove what it wrote."""
        self.kill()
        self.process.wait()
        for pipe in (self.requests, self.answers):
            with contextlib.suppress(OSError):
                pipe.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class ReadingRoom:
    """Fulfils desk.ports.ReadingRoom. `folder` is where the child may write; nothing is started before the first attachment."""

    def __init__(self, folder: Path, seconds: float = SECONDS, seconds_a_mail: float = SECONDS_A_MAIL) -> None:
        self._folder = folder
        self._seconds = seconds
        self._seconds_a_mail = seconds_a_mail
        self._held: list[_Child | None] = [None]
        self._one_at_a_time = threading.Lock()
        weakref.finalize(self, _end, self._held)  # at the end of our process too

    def read(self, attachments: Sequence[Attachment]) -> list[Attachment]:
        """The attachments of one mail, in their order, with what they hold. Never raises for what an attachment does."""
        with self._one_at_a_time:
            until = time.monotonic() + self._seconds_a_mail
            return [self._read(one, until) for one in attachments]

    def lay_out(self, name: str, data: bytes) -> Source:
        """The lines and tables of a notice. Raises NoticeRefused where the file cannot be read whole."""
        one = attach(name, data)
        with self._one_at_a_time:
            try:
                found = self._staffed().ask(one, self._seconds, notice=True)
                if "problem" not in found:
                    return tuple(map(_block, found["source"]))
                words, page = str(found["problem"])[:200], int(found.get("page", 0))
            except (_SilentError, OSError, TypeError, ValueError, KeyError):
                self.close()
                words, page = OVERRUN, 0
        raise refusal(one.name, words, page)

    def close(self) -> None:
        """End the child; the next attachment gets a new one."""
        _end(self._held)

    def _read(self, one: Attachment, until: float) -> Attachment:
        seconds = min(self._seconds, until - time.monotonic())
        if seconds <= 0:
            return _unread(one, NO_TIME)
        try:
            return _with(one, self._staffed().ask(one, seconds))
        except (_SilentError, OSError, TypeError, ValueError, KeyError):
            self.close()
            return _unread(one, OVERRUN)

    def _staffed(self) -> _Child:
        child = self._held[0]
        if child is None or child.jobs >= JOBS or not child.alive:
            self.close()
            self._held[0] = child = self._start()
        return child

    def _start(self) -> _Child:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        sweep(self._folder.iterdir())
        own = Path(tempfile.mkdtemp(dir=self._folder))
        # Nothing of our environment: it holds the mailbox's password.
        environment = {
            "PATH": os.defpath,
            "LANG": "C.UTF-8",
            "HOME": str(own),
            "TMPDIR": str(own),
            "PYTHONPATH": str(_ROOT),
        }
        command = [
            sys.executable,
            "-B",
            "-P",
            "-s",
            "-m",
            "cuibao.gateways.reading_child",
            str(own),
            str(int(self._seconds) + 1),
        ]
        process = subprocess.Popen(  # noqa: S603 - our own module
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=own,
            env=environment,
            start_new_session=True,
        )
        if process.stdin is None or process.stdout is None:
            raise OSError
        return _Child(process, process.stdin, process.stdout, own)


def _end(held: list[_Child | None]) -> None:
    if child := held[0]:
        held[0] = None
        child.end()


def sweep(folders: Iterable[Path]) -> None:
    """Remove of these folders what a process left that was killed: those of ours that are a day old."""
    for left in folders:
        with contextlib.suppress(OSError):
            found = left.lstat()
            if found.st_uid == os.getuid() and time.time() - found.st_mtime > _STALE:
                shutil.rmtree(left, ignore_errors=True)


def _block(doc: Mapping[str, Any]) -> Line | Table:
    place = _clean(doc["place"])
    if "rows" in doc:
        return Table(tuple(tuple(map(_clean, row)) for row in doc["rows"]), place)
    return Line(_clean(doc["text"]), place)


def _clean(text: object) -> str:
    return str(text).encode("utf-8", "ignore").decode()


def _unread(one: Attachment, words: str) -> Attachment:
    return replace(one, problem=words, reports=False)


def _with(one: Attachment, found: Mapping[str, Any]) -> Attachment:
    """The attachment with the child's answer, of which nothing is believed but its form. Raises what a wrong form makes raise."""
    if "kind" not in found:
        raise _SilentError
    return _said(replace(one, members=tuple(map(_member, found["members"]))), found)


def _member(doc: Mapping[str, Any]) -> Attachment:
    kind = doc["kind"] if doc["kind"] in _KINDS else "other"
    name, size, sha256 = safe_name(str(doc["name"])), int(doc["size"]), str(doc["sha256"])[:64]
    return _said(Attachment(name, size, sha256, kind, "kept", inline=False, reports=False, data=b""), doc)


def _said(one: Attachment, doc: Mapping[str, Any]) -> Attachment:
    state = doc["state"] if doc["state"] in _STATES else "kept"
    problem, text = _clean(doc["problem"]), _clean(doc["text"])
    reports, doubtful = doc["reports"] is True, doc["doubtful"] is True
    one = replace(one, state=state, problem=problem[:200], text=text[:100_000], reports=reports, doubtful=doubtful)
    if doc["kind"] != "form":
        return one
    tables = tuple(map(_table, doc["tables"][:MOST_TABLES]))
    return replace(one, kind="form", tables=tables, tokens=tokens_in("\n".join(map(str, doc["tokens"][:100]))))


def _table(doc: Mapping[str, Any]) -> FormTable:
    rows = tuple(tuple(map(_clean, row)) for row in doc["rows"])
    joined = tuple((int(top), int(left), int(bottom), int(right)) for top, left, bottom, right in doc["joined"])
    return bounded_table(FormTable(rows, joined, _clean(doc["name"])))

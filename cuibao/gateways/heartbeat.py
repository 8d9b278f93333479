"""The heartbeat: store/heartbeat.json, by which others see whether the daemon lives and what troubles it.

The file is replaced whole at every beat, and not synced: after a power cut it would tell nothing new. Its own time of change serves a
watcher that reads no JSON."""

import fcntl
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cuibao.gateways import log
from cuibao.rules.entries import stamp

NAME = "heartbeat.json"
_READABLE = 0o644
"""A watcher of another user may read it where the folder lets it in; there is no secret and no mail in it."""


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """What the daemon says of itself. `last_poll` is when the mailbox was last read to its end, `last_letter` when a letter last
    left, `next_stage` when the next stage is due; `alarms` are the keys of the open ones, `troubles` Chinese words."""

    at: datetime
    pid: int
    started_at: datetime
    last_poll: datetime | None = None
    last_letter: datetime | None = None
    next_stage: datetime | None = None
    alarms: tuple[str, ...] = ()
    troubles: tuple[str, ...] = ()

    def age(self, now: datetime) -> timedelta:
        """How long ago it was; negative where the clock was set back since."""
        return now - self.at


def beat(store: Path, said: Heartbeat) -> bool:
    """Put it in place of the last one; whether it could be written. Never raises for the disk."""
    path = store / NAME
    draft = path.with_name(f".{NAME}.tmp")  # one daemon a store: a fixed name leaves nothing behind
    try:
        draft.write_text(json.dumps(_doc(said), ensure_ascii=False, indent=1) + "\n", "utf-8", "backslashreplace")
        draft.chmod(_READABLE)
        draft.replace(path)
    except OSError:
        with suppress(OSError):
            draft.unlink()
        return False
    return True


def last_beat(store: Path) -> Heartbeat | None:
    """The last one, or None where there is none or it cannot be understood. Never raises."""
    try:
        return _heartbeat(json.loads((store / NAME).read_bytes()))
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return None


def holder(lock: Path) -> str:
    """The process id that holds a lock of lock.py, "?" where it does not say, empty where nobody does. Takes nothing and makes no
    file. Raises OSError where the file cannot be opened."""
    try:
        fd = os.open(lock, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return ""
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return os.pread(fd, 32, 0).strip().decode("ascii", "replace") or "?"
    else:
        return ""
    finally:
        os.close(fd)


def _doc(said: Heartbeat) -> dict[str, Any]:
    return {
        "at": stamp(said.at),
        "pid": said.pid,
        "started_at": stamp(said.started_at),
        "last_poll": _stamp(said.last_poll),
        "last_letter": _stamp(said.last_letter),
        "next_stage": _stamp(said.next_stage),
        "alarms": list(said.alarms),
        "troubles": [log.without_secrets(words) for words in said.troubles],
    }


def _stamp(moment: datetime | None) -> str | None:
    return stamp(moment) if moment else None


def _heartbeat(doc: Mapping[str, Any]) -> Heartbeat:
    return Heartbeat(
        at=_moment(doc["at"]),
        pid=int(doc["pid"]),
        started_at=_moment(doc["started_at"]),
        last_poll=_moment(doc["last_poll"]) if doc["last_poll"] else None,
        last_letter=_moment(doc["last_letter"]) if doc["last_letter"] else None,
        next_stage=_moment(doc["next_stage"]) if doc["next_stage"] else None,
        alarms=tuple(map(str, doc["alarms"])),
        troubles=tuple(map(str, doc["troubles"])),
    )


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone")
    return moment

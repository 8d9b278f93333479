"""Runs a call in a process of its own that kills itself (SIGKILL) before its n-th touch of the disk."""

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from threading import Lock
from typing import Any

_TOUCHES = frozenset({"os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.link", "os.truncate"})
_WRITING = os.O_WRONLY | os.O_RDWR
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["cuibao.gateways.adoption", "cuibao.gateways.restoring"])

_ALONE = Lock()
"""Whoever starts a process also asks how others ended, and only the first who asks is told."""


@dataclass(frozen=True)
class Ended:
    """How the process ended: killed or not, and before which touches of the disk it came, where it was not."""

    killed: bool
    touches: tuple[str, ...] = ()


def run(call: Callable[..., object], *arguments: Any, die_at: int = 0, **more: Any) -> Ended:
    """Call in another process, which dies before that touch, the first being 1; 0 lets it live. Raises AssertionError for a process
    that failed."""
    told, telling = _CONTEXT.Pipe(duplex=False)
    process = _CONTEXT.Process(target=_child, args=(telling, die_at, call, arguments, more))
    with _ALONE:
        process.start()
    telling.close()
    try:
        touches: tuple[str, ...] = told.recv()
    except EOFError:
        touches = ()
    wait([process.sentinel])
    with _ALONE:
        process.join()
    killed = process.exitcode == -signal.SIGKILL
    assert killed or process.exitcode == 0, f"exit status {process.exitcode}"
    return Ended(killed, touches)


def _child(telling: Connection, die_at: int, call: Callable[..., object], arguments: Any, more: Any) -> None:
    touches: list[str] = []

    def hear(event: str, given: tuple[Any, ...]) -> None:
        if event in _TOUCHES or (event == "open" and isinstance(given[2], int) and given[2] & _WRITING):
            touches.append(f"{event} {given[0]}")
            if len(touches) == die_at:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hear)
    call(*arguments, **more)
    telling.send(tuple(touches))

"""What the console is handed by whoever opens it: the office's desk, the clock, and the few things that reach beyond both."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, TypeVar

from cuibao.desk.context import Desk
from cuibao.front.console.access import Officers
from cuibao.rules.alarms import Health
from cuibao.rules.outcomes import Problem

T = TypeVar("T")
MOST = 64
"""So many results are remembered; they are small, but anyone may ask for any page."""


class CheckLine(NamedTuple):
    """A line of the self-check: what was looked at, "ok", "warn" or "bad", what was found and what mends it."""

    title: str
    state: str
    message: str
    remedy: str


class ProblemLine(NamedTuple):
    """A line of what check says, in words; alike ones are one line."""

    severity: str
    file: str
    path: str
    message: str
    remedy: str


@dataclass(frozen=True)
class Services:
    """`desk` gives the daemon's desk as it is configured now; `health` how the servers answer, None before the first tick; `alive`
    whether it ticks at all; `checks` and `problems` what doctor and check say; `verify` holds the chain and the archive;
    `contacts_out` is an .xlsx, `contacts_in` takes one and the officer's name and answers (changes, problems); `test_mail` sends
    one to the office itself and answers in words, which may take half a minute; `font` is what reads a font with Chinese, if the machine has one."""

    desk: Callable[[], Desk]
    now: Callable[[], datetime]
    officers: Officers
    secret: bytes
    sandbox: bool
    health: Callable[[], Health | None]
    alive: Callable[[], bool]
    checks: Callable[[], Sequence[CheckLine]]
    problems: Callable[[], Sequence[ProblemLine]]
    verify: Callable[[], Sequence[Problem]]
    contacts_out: Callable[[], bytes]
    contacts_in: Callable[[bytes, str], tuple[Sequence[str], Sequence[Problem]]]
    test_mail: Callable[[], str]
    font: Callable[[], Callable[[], bytes] | None]


@dataclass
class Reader:
    """The console's own desk over the same ledger: its book is apart from the daemon's, which may be at work. `remembered` keeps
    what was reckoned until the ledger, the configuration or the minute is another. To be used under its lock."""

    services: Services
    lock: threading.RLock = field(default_factory=threading.RLock)
    _given: Desk | None = None
    _own: Desk | None = None
    _kept: dict[object, object] = field(default_factory=dict)
    _lasting: dict[object, object] = field(default_factory=dict)
    _state: object = None

    def desk(self) -> Desk:
        given = self.services.desk()
        if self._own is None or given is not self._given:
            self._given, self._own, self._state = given, given.apart(), None
            self._lasting.clear()
        return self._own

    def remembered(self, key: object, now: datetime, reckon: Callable[[], T]) -> T:
        """What `reckon` gives, reckoned once as long as nothing changes; a minute's precision is all that a page needs."""
        counts = tuple(len(one.ledger.entries()) for one in self.desk().years)
        state = (counts, now.replace(second=0, microsecond=0))
        if state != self._state or len(self._kept) >= MOST:
            self._kept.clear()
            self._state = state
        if key not in self._kept:
            self._kept[key] = reckon()
        return self._kept[key]  # type: ignore[return-value]  # what reckon() of this key gave

    def lasting(self, key: object, make: Callable[[], T]) -> T:
        """What `make` gives, made once a desk: for what keeps itself in step with the ledger."""
        self.desk()
        if key not in self._lasting:
            self._lasting[key] = make()
        return self._lasting[key]  # type: ignore[return-value]  # what make() of this key gave


class Job:
    """One thing at a time that takes long, done beside the pages, which never wait for it."""

    def __init__(self, work: Callable[[], str]) -> None:
        self._work = work
        self._thread: threading.Thread | None = None
        self.words = ""

    @property
    def running(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def start(self) -> None:
        """Begin, unless it runs already."""
        if not self.running:
            self.words = ""
            self._thread = threading.Thread(target=self._run, daemon=True)
            self._thread.start()

    def _run(self) -> None:
        try:
            self.words = self._work()
        except Exception as error:  # noqa: BLE001 - whoever began it must be told that it ended
            self.words = f"未能完成（{type(error).__name__}），请告知维护人员"

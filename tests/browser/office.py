"""An office to look at: a quarter that was played in the sandbox, and the console over it on a loopback port."""

import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from world import at

from cuibao.desk.context import Desk
from cuibao.desk.receive import Source, take_in
from cuibao.desk.tick import Bell
from cuibao.front.commands.simulate import next_moment
from cuibao.front.house import ROOT, SANDBOX_START, House
from cuibao.front.sandbox.clock import SteppedClock
from cuibao.front.sandbox.stage import sandbox_servers
from cuibao.front.website import Website
from cuibao.gateways.officers import OfficerFile
from cuibao.rules.alarms import Health
from cuibao.rules.officers import Rank
from cuibao.rules.traffic import Arrival

OFFICER, LEADER, PASSWORD = "陈科员", "王主任", "kan-yi-kan-2020"
SECRET = "the same in every play, so that all plays are alike"
MORNING = at("2020-06-29T10:00")
"""The working day before the second quarter's deadline: letters have left, some have answered, some have not."""


def play(store: Path, until: datetime = MORNING) -> None:
    """The office's work from the sandbox's first day on, with real protocols on loopback, in a new store with two logins."""
    house = House(ROOT / "config", store, True, environ={"CUIBAO_SECRET": SECRET}, writes=True)
    clock, never = SteppedClock(SANDBOX_START), threading.Event()
    with sandbox_servers(house, clock) as stage:
        bell = Bell(house.desk, lambda seconds: clock.sleep(seconds, never))
        while clock.now() < until:
            stage.hand_over()
            bell.tick(clock.now())
            clock.set(next_moment(house.office, clock.now(), stage.post.next_at))
    OfficerFile(store).add(OFFICER, PASSWORD, Rank.OFFICER, until)
    OfficerFile(store).add(LEADER, PASSWORD, Rank.LEADER, until)


@dataclass
class Served:
    """A console that answers at `address`, and the house behind it."""

    address: str
    house: House

    @property
    def desk(self) -> Desk:
        return self.house.desk

    def arrives(self, message: EmailMessage | bytes) -> str:
        """A mail comes in; its digest."""
        raw = message if isinstance(message, bytes) else message.as_bytes()
        [judged] = take_in(self.desk, [Source("测试", Arrival("INBOX", 1, 1, MORNING, raw))], MORNING)
        return judged.sha256


@contextmanager
def serve(
    store: Path, *, config: Path = ROOT / "config", now: datetime = MORNING, health: Health | None = None
) -> Iterator[Served]:
    """The real page over a store, at a moment that stands still."""
    house = House(
        config, store, True, environ={"CUIBAO_SECRET": SECRET, "CUIBAO_CONSOLE_PORT": _free_port()}, writes=True
    )
    site = Website(lambda: house, lambda: now, lambda: health)
    try:
        yield Served(site.open().rstrip("/"), house)
    finally:
        site.close()


def approving(folder: Path) -> Path:
    """The configuration of an office whose every letter waits for an officer's approval."""
    config = copy(ROOT / "config", folder)
    office = config / "office.yaml"
    office.write_text(office.read_text("utf-8").replace("approval: automatic", "approval: required"), "utf-8")
    return config


def copy(store: Path, to: Path) -> Path:
    """A store of one's own to write in."""
    return Path(shutil.copytree(store, to))


def log_in(page: Any, name: str, password: str = PASSWORD) -> None:
    """Fill in the form to log in on the page that shows it."""
    page.get_by_label("姓名").fill(name)
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录").click()


def _free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])

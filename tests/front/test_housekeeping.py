"""What follows a tick: the heartbeat, systemd's watchdog, the day's backup; and signs of life in a long wave."""

import gc
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import weakref
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from world import at

from cuibao.front import housekeeping
from cuibao.front.house import House
from cuibao.front.housekeeping import Housekeeper
from cuibao.gateways.backup import daily_backups
from cuibao.gateways.heartbeat import last_beat
from cuibao.rules.alarms import Health
from cuibao.rules.entries import Draft, Kind
from cuibao.rules.outcomes import LedgerError

ROOT = Path(__file__).parents[2]
NINE = at("2020-06-15T09:00")


class Ring:
    """An object that only itself keeps alive."""

    itself: "Ring"


@pytest.fixture
def house(tmp_path: Path) -> House:
    made = House(ROOT / "config", tmp_path / "store", sandbox=False, environ={}, writes=True)
    made.store.mkdir()
    (made.store / "secret").write_bytes(b"k" * 32)
    (made.store / "secret").chmod(0o600)
    return made


@pytest.fixture
def keeper(house: House) -> Housekeeper:
    return Housekeeper(lambda: house, NINE)


@pytest.fixture
def heard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """systemd's end of the line."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(tmp_path / "notify"))
        listener.settimeout(20)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        yield listener


def test_a_tick_leaves_a_heartbeat(house: House, keeper: Housekeeper, heard: socket.socket) -> None:
    house.ledger.append([Draft(Kind.ALARM_RAISED, NINE, data={"key": "imap", "words": "收不到"})])
    keeper.after(NINE, Health(NINE, read_at=at("2020-06-15T08:57")), ["收件服务器：无答复"])
    said = last_beat(house.store)
    assert said is not None
    assert (said.at, said.pid, said.last_poll) == (NINE, os.getpid(), at("2020-06-15T08:57"))
    assert (said.next_stage, said.alarms, said.troubles) == (at("2020-06-28T09:00"), ("imap",), ("收件服务器：无答复",))
    assert heard.recv(100) == b"WATCHDOG=1"


def test_a_day_is_backed_up_once(house: House, keeper: Housekeeper) -> None:
    house.ledger.append([Draft(Kind.NOTE_ADDED, NINE)])
    for minutes in range(3):
        keeper.after(NINE + timedelta(minutes=minutes), None, [])
    assert len(daily_backups(house.store)) == 1


def test_what_a_day_left_in_memory_goes_with_its_backup(house: House, keeper: Housekeeper) -> None:
    house.ledger.append([Draft(Kind.NOTE_ADDED, NINE)])
    gc.disable()
    try:
        ring = Ring()
        ring.itself, left, pattern = ring, weakref.ref(ring), re.compile("--=_一封信的分界")
        del ring
        keeper.after(NINE, None, [])
        assert left() is None
        assert re.compile("--=_一封信的分界") is not pattern
    finally:
        gc.enable()


def test_a_backup_that_fails_is_told_once_and_stops_nothing(
    house: House, keeper: Housekeeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(housekeeping.log, "warning", lambda event, **_: told.append(event))

    def full(*_: object) -> None:
        raise LedgerError("备份失败：磁盘空间已满")

    monkeypatch.setattr(housekeeping, "daily_backup", full)
    keeper.after(NINE, None, [])
    keeper.after(NINE, None, [])
    assert told == ["每日备份未能完成"]
    assert last_beat(house.store) is not None


def test_a_broken_ledger_does_not_stop_the_heart(house: House, keeper: Housekeeper) -> None:
    house.ledger_path.write_text("x\ny\n")
    keeper.after(NINE, None, ["数据目录：台账损坏"])
    said = last_beat(house.store)
    assert said is not None
    assert said.troubles == ("数据目录：台账损坏",)


def test_letters_that_are_far_apart_do_not_look_like_a_daemon_that_is_stuck(
    house: House, keeper: Housekeeper, heard: socket.socket
) -> None:
    keeper.after(NINE, None, [])
    clock, said = [NINE], [heard.recv(100)]

    def pause(seconds: float) -> datetime:
        said.append(heard.recv(100))
        clock[0] += timedelta(seconds=seconds)
        return clock[0]

    woke = keeper.breathing(pause, lambda: clock[0])(3600.0)
    assert woke == NINE + timedelta(hours=1)
    assert said == [b"WATCHDOG=1"] * 61
    last = last_beat(house.store)
    assert last is not None
    assert last.at == NINE + timedelta(minutes=59)


def test_a_pause_ends_when_the_daemon_is_asked_to_stop(keeper: Housekeeper) -> None:
    asked: list[float] = []
    assert keeper.breathing(asked.append, lambda: NINE)(3600.0) is None  # type: ignore[arg-type]
    assert asked == [60.0]


def test_the_service_says_that_it_is_ready_alive_and_ending(tmp_path: Path, heard: socket.socket) -> None:
    """The daemon itself, its mail servers away: that is a trouble, and no reason not to run."""
    environ = {
        **os.environ,
        **{f"CUIBAO_{name}_HOST": "127.0.0.1" for name in ("SMTP", "IMAP")},
        **{f"CUIBAO_{name}_PORT": "1" for name in ("SMTP", "IMAP")},
        **{f"CUIBAO_{name}_TLS": "none" for name in ("SMTP", "IMAP")},
        "CUIBAO_MAIL_USER": "x@163.com",
        "CUIBAO_MAIL_PASSWORD": "QWERTYUIOPASDFGH",
    }
    store = tmp_path / "store"
    command = [sys.executable, str(ROOT / "bot.py"), "run", "--store", str(store)]
    daemon = subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        assert heard.recv(100) == b"READY=1"
        assert heard.recv(100) == b"WATCHDOG=1"
        give_up = time.monotonic() + 20
        while not (store / "heartbeat.json").exists() and time.monotonic() < give_up:
            time.sleep(0.05)
        said = json.loads((store / "heartbeat.json").read_text(encoding="utf-8"))
        assert said["pid"] == daemon.pid
        assert any("收件服务器" in words for words in said["troubles"])
        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(20) == 0
        assert heard.recv(100) == b"STOPPING=1"
    finally:
        daemon.kill()
        out = daemon.communicate()[0]
    lines = (store / "log" / "cuibao.log").read_text(encoding="utf-8")
    assert "后台服务已启动" in lines
    assert b"QWERTYUIOPASDFGH" not in out + lines.encode()

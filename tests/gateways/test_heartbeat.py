"""The heartbeat file, and who holds a lock."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from world import at

from cuibao.gateways import log
from cuibao.gateways.heartbeat import NAME, Heartbeat, beat, holder, last_beat
from cuibao.gateways.lock import hold

NINE = at("2020-06-15T09:00")
FULL = Heartbeat(
    at=NINE,
    pid=5966,
    started_at=at("2020-05-18T08:30"),
    last_poll=at("2020-06-15T08:59"),
    last_letter=at("2020-06-14T16:00"),
    next_stage=at("2020-06-28T09:00"),
    alarms=("imap",),
    troubles=("收件服务器：无答复",),
)


def test_the_file_is_what_a_watcher_was_promised(tmp_path: Path) -> None:
    assert beat(tmp_path, FULL)
    assert json.loads((tmp_path / NAME).read_text(encoding="utf-8")) == {
        "at": "2020-06-15T09:00:00+08:00",
        "pid": 5966,
        "started_at": "2020-05-18T08:30:00+08:00",
        "last_poll": "2020-06-15T08:59:00+08:00",
        "last_letter": "2020-06-14T16:00:00+08:00",
        "next_stage": "2020-06-28T09:00:00+08:00",
        "alarms": ["imap"],
        "troubles": ["收件服务器：无答复"],
    }


@pytest.mark.parametrize("said", [FULL, Heartbeat(NINE, 1, NINE)], ids=["full", "first"])
def test_what_was_written_is_read_back(tmp_path: Path, said: Heartbeat) -> None:
    beat(tmp_path, said)
    assert last_beat(tmp_path) == said


def test_the_last_beat_counts_and_has_an_age(tmp_path: Path) -> None:
    beat(tmp_path, FULL)
    beat(tmp_path, replace(FULL, at=at("2020-06-15T09:01")))
    said = last_beat(tmp_path)
    assert said is not None
    assert said.age(at("2020-06-15T09:05")) == timedelta(minutes=4)
    assert [path.name for path in tmp_path.iterdir()] == [NAME]


def test_a_watcher_of_another_user_may_read_it_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        beat(tmp_path, FULL)
    finally:
        os.umask(before)
    assert (tmp_path / NAME).stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", "null", '{"at": 1}', "[" * 100_000, '{"at": "2020-06-15T09:00:00"}'], ids=range(8)
)
def test_a_file_that_is_no_heartbeat_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / NAME).write_text(text)
    assert last_beat(tmp_path) is None


def test_without_a_store_there_is_no_heartbeat_and_none_can_be_written(tmp_path: Path) -> None:
    assert last_beat(tmp_path / "none") is None
    assert not beat(tmp_path / "none", FULL)


def test_a_full_disk_keeps_the_last_beat_and_stops_nobody(tmp_path: Path) -> None:
    beat(tmp_path, FULL)
    program = (
        "import resource, sys; from pathlib import Path; from cuibao.gateways.heartbeat import *; store = Path(sys.argv[1]);"
        "said = last_beat(store); resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10)); print(beat(store, said))"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path)], cwd=root, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("False\n", "")
    assert last_beat(tmp_path) == FULL
    assert [path.name for path in tmp_path.iterdir()] == [NAME]


def test_no_secret_reaches_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "_secrets", ())
    log.hide("QWERTYUIOPASDFGH")
    beat(tmp_path, replace(FULL, troubles=("535 QWERTYUIOPASDFGH",)))
    assert "QWERTYUIOPASDFGH" not in (tmp_path / NAME).read_text(encoding="utf-8")


def test_who_holds_a_lock_is_told_by_number(tmp_path: Path) -> None:
    lock = tmp_path / "sending.lock"
    assert holder(lock) == ""
    with hold(lock, "收发件"):
        assert holder(lock) == str(os.getpid())
        lock.write_bytes(b"")
        assert holder(lock) == "?"
    assert holder(lock) == ""

"""A rehearsal that runs takes over a notice that is put live meanwhile: its units are written to, and they answer."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from adopting import PROGRAM, Place

NEW = "市数据资源管理局"
"""Not a unit of the notice of 2020."""


def kinds(ledger: Path) -> set[tuple[str, str | None]]:
    lines = ledger.read_bytes().split(b"\n")[:-1] if ledger.exists() else []
    return {(entry["kind"], entry["unit"]) for entry in map(json.loads, lines)}


def wait_for(found: Callable[[], bool], process: subprocess.Popen[bytes]) -> bool:
    """Whether it comes true while the process runs; three minutes are far more than it takes."""
    deadline = time.monotonic() + 180
    while not found() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    return found()


def test_a_notice_put_live_while_a_rehearsal_runs_is_played_on(tmp_path: Path) -> None:
    place = Place(tmp_path, mode="sandbox")
    for file in (place.draft / "registry.yaml", place.draft / "units.yaml"):
        file.write_text(file.read_text(encoding="utf-8").replace("市医疗保障局", NEW), encoding="utf-8")
    env = {**os.environ, "CUIBAO_SECRET": "k" * 40, "PYTHONUNBUFFERED": "1"}
    options = ["--sandbox", "--config", place.config, "--store", place.store, "--now", "2021-03-16T08:00+08:00"]
    command = [sys.executable, PROGRAM / "bot.py", *options, "run", "--speed", "14400"]
    out = tmp_path / "out"
    with out.open("wb") as log, subprocess.Popen(command, env=env, stdout=log, stderr=log) as process:
        try:
            assert wait_for(lambda: "网页：" in out.read_text(encoding="utf-8"), process), out.read_text()
            place.adopt()
            ledger = place.store / "2021.jsonl"
            assert wait_for(lambda: ("letter.sent", NEW) in kinds(ledger), process), out.read_text()
            assert wait_for(lambda: ("mail.judged", NEW) in kinds(ledger), process), out.read_text()
        finally:
            process.send_signal(signal.SIGINT)
    assert "配置已更新" in out.read_text(encoding="utf-8")

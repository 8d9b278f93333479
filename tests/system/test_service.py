"""The service's unit, as systemd itself judges it, and the promises of it that the rest of the program relies on."""

import os
import shutil
import subprocess
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UNIT = ROOT / "config" / "cuibao.service"
EXPOSURE = 15
"""Tenths, of at most 100 (everything open); measured 11."""

analyze = shutil.which("systemd-analyze") or ""
needs_systemd = pytest.mark.skipif(not analyze, reason="systemd-analyze is missing: apt-get install systemd")


def settings() -> dict[str, list[str]]:
    """The unit's settings, each with its values in order."""
    found: dict[str, list[str]] = defaultdict(list)
    for line in UNIT.read_text(encoding="utf-8").splitlines():
        key, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            found[key].append(value)
    return found


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """The unit for a folder that exists."""
    for folder in ("store", "config"):
        (tmp_path / "office" / folder).mkdir(parents=True)
    shutil.copy(ROOT / "bot", tmp_path / "office" / "bot")
    made = tmp_path / UNIT.name
    made.write_text(UNIT.read_text(encoding="utf-8").replace("/opt/cuibao", str(tmp_path / "office")), encoding="utf-8")
    return made


def ask(*words: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "LC_ALL": "C.UTF-8", "SYSTEMD_COLORS": "0"}
    return subprocess.run([analyze, *words], capture_output=True, text=True, env=env, timeout=60, check=False)


@needs_systemd
def test_systemd_finds_no_fault_in_the_unit(unit: Path) -> None:
    done = ask("verify", "--man=no", str(unit))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@needs_systemd
def test_systemd_would_find_a_misspelt_setting(unit: Path) -> None:
    """Else the test above proves nothing."""
    unit.write_text(unit.read_text(encoding="utf-8").replace("ProtectHome=", "ProtectHouse="), encoding="utf-8")
    assert "ProtectHouse" in ask("verify", "--man=no", str(unit)).stderr


@needs_systemd
def test_the_service_is_open_to_little(unit: Path) -> None:
    done = ask("security", "--offline=true", f"--threshold={EXPOSURE}", "--no-pager", str(unit))
    assert done.returncode == 0, done.stdout[-400:]


def test_the_main_process_tells_systemd_itself() -> None:
    """`bot` ends in exec: were python its child, NotifyAccess=main would not hear it."""
    assert settings()["NotifyAccess"] == ["main"]
    last = (ROOT / "bot").read_text(encoding="utf-8").rstrip().splitlines()[-1]
    assert last == 'exec "$inside" "$here/bot.py" "$@"'


def test_wrong_configuration_is_not_tried_again_and_anything_else_is() -> None:
    found = settings()
    assert (found["Restart"], found["RestartPreventExitStatus"]) == (["on-failure"], ["2"])


def test_only_the_store_and_the_configuration_can_be_written() -> None:
    found = settings()
    assert found["ProtectSystem"] == ["strict"]
    assert found["ReadWritePaths"] == ["/opt/cuibao/store /opt/cuibao/config"]


def test_a_stop_has_time_for_the_answer_of_a_server() -> None:
    from cuibao.gateways.account import Account

    (seconds,) = settings()["TimeoutStopSec"]
    assert int(seconds) > 2 * Account.__dataclass_fields__["timeout"].default

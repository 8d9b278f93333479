"""The locks of the daemon and of whoever sends."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cuibao.gateways.lock import hold
from cuibao.rules.outcomes import BusyError, LedgerError

HOLDER = """
import sys, time
from pathlib import Path
from cuibao.gateways.lock import hold
with hold(Path(sys.argv[1]), "守护进程"):
    print("held", flush=True)
    time.sleep(60)
"""


def holder(path: Path) -> subprocess.Popen[bytes]:
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    process = subprocess.Popen([sys.executable, "-c", HOLDER, str(path)], stdout=subprocess.PIPE, env=env)
    assert process.stdout is not None
    assert process.stdout.readline() == b"held\n"
    return process


def test_a_second_holder_is_refused_and_told_whose_it_is(tmp_path: Path) -> None:
    process = holder(tmp_path / "daemon.lock")
    try:
        with (
            pytest.raises(BusyError, match=f"守护进程正由进程 {process.pid} 占用"),
            hold(tmp_path / "daemon.lock", "守护进程"),
        ):
            pass
    finally:
        process.kill()
        process.wait()


def test_the_lock_of_a_killed_process_is_free_again(tmp_path: Path) -> None:
    process = holder(tmp_path / "daemon.lock")
    process.kill()
    process.wait()
    with hold(tmp_path / "daemon.lock", "守护进程"):
        assert (tmp_path / "daemon.lock").read_text().strip() == str(os.getpid())


def test_a_lock_is_free_after_its_block_even_when_the_block_fails(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), hold(tmp_path / "send.lock", "发信"):
        raise ZeroDivisionError
    with hold(tmp_path / "send.lock", "发信"):
        pass


def test_two_threads_of_one_process_do_not_share_a_lock(tmp_path: Path) -> None:
    with hold(tmp_path / "send.lock", "发信"), pytest.raises(BusyError), hold(tmp_path / "send.lock", "发信"):
        pass


def test_a_holder_that_has_not_written_its_number_is_named_another(tmp_path: Path) -> None:
    path = tmp_path / "send.lock"
    with hold(path, "发信"):
        path.write_bytes(b"")
        with pytest.raises(BusyError, match="另一进程"), hold(path, "发信"):
            pass


def test_a_lock_in_a_place_that_is_no_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("not a folder")
    with pytest.raises(LedgerError, match="锁定发信失败"), hold(tmp_path / "store" / "send.lock", "发信"):
        pass

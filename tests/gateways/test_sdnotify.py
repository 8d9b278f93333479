"""What systemd is told."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from cuibao.gateways.sdnotify import READY, STOPPING, WATCHDOG, notify, status


@pytest.fixture(params=["path", "abstract"])
def listener(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, socket.socket]]:
    """A socket as systemd opens one, and what NOTIFY_SOCKET says of it."""
    abstract = request.param == "abstract"
    shown = f"@cuibao-{os.urandom(8).hex()}" if abstract else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.bind("\0" + shown[1:] if abstract else shown)
        heard.settimeout(5)
        yield shown, heard


def test_what_is_said_arrives_as_one_message(listener: tuple[str, socket.socket]) -> None:
    address, heard = listener
    assert notify(READY, status("下一阶段 06-15 09:00\n提醒"), environ={"NOTIFY_SOCKET": address})
    assert heard.recv(4096).decode() == "READY=1\nSTATUS=下一阶段 06-15 09:00 提醒"


@pytest.mark.parametrize("address", ["", "relative", "vsock:2:1", "@nobody-listens-here", "/nonexistent/notify"])
def test_where_nobody_listens_nothing_is_said_and_nothing_fails(address: str) -> None:
    assert not notify(WATCHDOG, environ={"NOTIFY_SOCKET": address})


def test_without_systemd_nothing_is_said() -> None:
    assert not notify(STOPPING, environ={})


def test_a_listener_that_does_not_read_holds_nobody_up(listener: tuple[str, socket.socket]) -> None:
    address, _ = listener
    said = [notify(WATCHDOG, environ={"NOTIFY_SOCKET": address}) for _ in range(10_000)]
    assert said[0]
    assert not said[-1]

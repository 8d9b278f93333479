"""What systemd is told of a service, by its datagram protocol (sd_notify(3)); without systemd nothing is said.

READY=1 the service has started · WATCHDOG=1 it is not stuck · STOPPING=1 it is ending · STATUS=… a line for `systemctl status`."""

import os
import socket
from collections.abc import Mapping
from contextlib import suppress

READY, WATCHDOG, STOPPING = "READY=1", "WATCHDOG=1", "STOPPING=1"


def status(words: str) -> str:
    """A line that `systemctl status` shows."""
    return "STATUS=" + " ".join(words.split())


def notify(*assignments: str, environ: Mapping[str, str] = os.environ) -> bool:
    """Send the assignments to $NOTIFY_SOCKET, a path or, beginning with @, an abstract name; whether they went. Never raises and
    never waits: a service works on when nobody listens."""
    address = environ.get("NOTIFY_SOCKET", "")
    if address[:1] not in ("/", "@"):
        return False
    if address.startswith("@"):
        address = "\0" + address[1:]
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as line:
        line.sendto("\n".join(assignments).encode("utf-8", "backslashreplace"), address)
        return True
    return False

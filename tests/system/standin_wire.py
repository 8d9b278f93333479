"""What both servers of the stand-in share: connections in threads, faults at chosen points, latency, and the count of round trips."""

import socket
import ssl
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

ALWAYS = 1_000_000_000


class Gone(Exception):  # noqa: N818 - it is how a conversation ends, not an error
    """The conversation is over: somebody hung up."""


class Peer:
    """One end of a conversation, read by lines and literals. `allowance` is how many more bytes it is sent before the line drops."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.allowance: int | None = None
        self._read = b""

    @property
    def waits(self) -> bool:
        """Whether it has said nothing beyond what was read: what it says next begins a new round trip."""
        return not self._read

    def readline(self) -> bytes:
        while b"\n" not in self._read:
            self._more()
        line, _, self._read = self._read.partition(b"\n")
        return line + b"\n"

    def read(self, size: int) -> bytes:
        while len(self._read) < size:
            self._more()
        found, self._read = self._read[:size], self._read[size:]
        return found

    def send(self, raw: bytes) -> None:
        ends = self.allowance is not None and len(raw) >= self.allowance
        with _ending():
            self.sock.sendall(raw[: self.allowance])
        if ends:
            raise Gone
        if self.allowance is not None:
            self.allowance -= len(raw)

    def close(self) -> None:
        with suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)
        self.sock.close()

    def _more(self) -> None:
        with _ending():
            found = self.sock.recv(65536)
        if not found:
            raise Gone
        self._read += found


class _ending:  # noqa: N801 - a context manager
    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, OSError):
            raise Gone from None


@dataclass
class Fault:
    """Something that happens at a point of the conversation, so many times. `act` says whether the command is still obeyed."""

    point: str
    act: Callable[[Peer, bytes], bool]
    times: int


class FaultyServer(ABC):
    """A server on loopback before a real one. Faults are asked for by point: a command's name, or `connect`; each happens once,
    or `times` times. Everything it is told counts for connections to come and for those that are open."""

    def __init__(self, upstream_port: int) -> None:
        self.latency = 0.0
        """Seconds that every answer takes."""
        self.connections = 0
        self.round_trips = 0
        """How often a client waited for an answer; what it sends in one go counts once."""
        self.commands: list[str] = []
        """Every command's name in the order that they came, LOGIN, EXAMINE, SEARCH, MAIL, DATA, `.` …"""
        self.context: ssl.SSLContext | None = None
        """TLS from the first byte with this certificate."""
        self._upstream_port = upstream_port
        self._faults: list[Fault] = []
        self._drop_after: list[int] = []
        self._open: set[Peer] = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    # ---- faults

    def answer_at(self, point: str, text: str | bytes, *, times: int = 1) -> None:
        """Answer this in place of obeying the command; {tag} stands for IMAP's tag. Ends with a line's end unless it has one."""
        raw = text.encode() if isinstance(text, str) else text
        raw = raw if raw.endswith(b"\n") else raw + b"\r\n"
        self._at(point, lambda client, tag: _said(client, raw.replace(b"{tag}", tag)), times)

    def drop_at(self, point: str, *, times: int = 1) -> None:
        """Hang up in place of an answer."""
        self._at(point, _hang_up, times)

    def silent_at(self, point: str, *, times: int = 1) -> None:
        """Never answer, and never hang up."""
        self._at(point, _be_silent, times)

    def flood_at(self, point: str, chunk: bytes, *, times: int = 1) -> None:
        """Send this over and over until the client has had enough."""
        self._at(point, lambda client, tag: _flood(client, chunk), times)

    def drip_at(self, point: str, raw: bytes, *, seconds: float = 0.1, times: int = 1) -> None:
        """Send this over and over, a byte at a time."""
        self._at(point, lambda client, tag: _drip(client, raw, seconds), times)

    def before(self, point: str, act: Callable[[], object], *, times: int = 1) -> None:
        """Do something just before the command is obeyed."""
        self._at(point, lambda client, tag: _do(act), times)

    def drop_after(self, count: int) -> None:
        """Drop the next connection after it was sent so many bytes."""
        self._drop_after.append(count)

    def hang_up(self) -> None:
        """Drop every connection that is open."""
        for peer in list(self._open):
            peer.close()

    def stop(self) -> None:
        """Listen no more and drop everything."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.hang_up()

    def _at(self, point: str, act: Callable[[Peer, bytes], bool], times: int) -> None:
        self._faults.append(Fault(point.upper(), act, times))

    # ---- conversations

    @abstractmethod
    def talk(self, client: Peer, upstream: Peer) -> None:
        """One conversation, to its end. Raises Gone."""

    def obeyed(self, point: str, client: Peer, tag: bytes = b"", *, waited: bool = True) -> bool:
        """Count a command, let its faults happen, and say whether it is to be obeyed."""
        self.commands.append(point)
        self.round_trips += waited
        time.sleep(self.latency)
        fault = next((fault for fault in self._faults if fault.point == point.upper() and fault.times > 0), None)
        if fault is None:
            return True
        fault.times -= 1
        return fault.act(client, tag)

    def greeted(self, client: Peer) -> bool:
        """As obeyed(), for the connection itself, which is no command."""
        going_on = self.obeyed("connect", client, waited=False)
        self.commands.pop()
        return going_on

    def _serve(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._converse, args=(sock,), daemon=True).start()

    def _converse(self, sock: socket.socket) -> None:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client = Peer(sock)
        client.allowance = self._drop_after.pop(0) if self._drop_after else None
        self._open.add(client)
        with suppress(Gone, OSError):
            if self.context is not None:
                client.sock = self.context.wrap_socket(sock, server_side=True)
            upstream = Peer(socket.create_connection(("127.0.0.1", self._upstream_port), 20))
            try:
                self.talk(client, upstream)
            finally:
                upstream.close()
        self._open.discard(client)
        client.close()


def _said(client: Peer, raw: bytes) -> bool:
    client.send(raw)
    return False


def _hang_up(client: Peer, tag: bytes) -> bool:
    raise Gone


def _be_silent(client: Peer, tag: bytes) -> bool:
    while True:
        client.read(1)


def _flood(client: Peer, chunk: bytes) -> bool:
    while True:
        client.send(chunk)


def _drip(client: Peer, raw: bytes, seconds: float) -> bool:
    while True:
        for byte in raw:
            client.send(bytes([byte]))
            time.sleep(seconds)


def _do(act: Callable[[], object]) -> bool:
    act()
    return True

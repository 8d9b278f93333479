"""A mail server that takes everything and keeps nothing, in a process of its own, so that a bench times the sender alone."""

import asyncio
import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection

_ANSWERS = {
    b"EHLO": b"250-sink\r\n250-AUTH PLAIN LOGIN\r\n250 8BITMIME\r\n",
    b"HELO": b"250 sink\r\n",
    b"AUTH": b"235 ok\r\n",
    b"DATA": b"354 go on\r\n",
    b"QUIT": b"221 bye\r\n",
}


class _Session(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._out, self._rest, self._in_data = transport, b"", False
        transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        self._rest += data
        while True:
            end = b"\r\n.\r\n" if self._in_data else b"\r\n"
            line, found, rest = self._rest.partition(end)
            if not found:
                return
            self._rest = rest
            if self._in_data:
                self._in_data = False
                self._out.write(b"250 Mail OK queued as sink\r\n")
                continue
            word = line[:4].upper()
            self._in_data = word == b"DATA"
            self._out.write(_ANSWERS.get(word, b"250 ok\r\n"))


def _serve(ready: Connection) -> None:
    async def run() -> None:
        server = await asyncio.get_running_loop().create_server(_Session, "127.0.0.1", 0)
        ready.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(run())


@contextmanager
def sink() -> Iterator[int]:
    """The port of a running sink."""
    here, there = multiprocessing.Pipe()
    process = multiprocessing.Process(target=_serve, args=(there,), daemon=True)
    process.start()
    try:
        yield here.recv()
    finally:
        process.terminate()
        process.join()

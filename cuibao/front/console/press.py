"""Press: files made beside the pages, one at a time, for each keeps a processor busy for as long as hundreds of pages take."""

import threading
from collections.abc import Callable

from cuibao.rules.outcomes import BusyError

ROOM = 3
"""So many requests make a file or wait for their turn, of all that the server takes at once; the others are told to come again."""


class Press:
    """What is handed in must need no desk: it is made without the console's lock."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._room = threading.BoundedSemaphore(ROOM)

    def make(self, work: Callable[[], bytes]) -> bytes:
        """What `work` gives. Raises BusyError at once where too many wait already, and what `work` raises."""
        if not self._room.acquire(blocking=False):
            raise BusyError("正在为他人生成文件", "请稍候片刻，再点一次")
        try:
            with self._turn:
                return work()
        finally:
            self._room.release()

"""What is remembered of a folder between two polls, and how far it may count as read. No I/O: it is told what the server said."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from cuibao.gateways.imap_session import Opened
from cuibao.rules.traffic import Cursor

_MINUTE = 60.0
WAITS = (0.0, 0.0, 10 * _MINUTE, 30 * _MINUTE, 2 * 60 * _MINUTE, 12 * 60 * _MINUTE)
"""Seconds that a mail which did not come rests after its first, second, … failure; the last one for all that follow."""
TOLD_AT = 3
"""The failure at which a mail that does not come is told."""


@dataclass(slots=True)
class Late:
    """A mail that is listed and did not come."""

    tries: int = 0
    due: float = 0.0


@dataclass(slots=True)
class FolderMemory:
    """One folder under one UIDVALIDITY. It lives as long as the process: losing it costs a second reading, nothing else."""

    uidvalidity: int
    handed: set[int] = field(default_factory=set)
    """UIDs handed over above a cursor that had to stay behind."""
    late: dict[int, Late] = field(default_factory=dict)
    known: set[int] = field(default_factory=set)
    """UIDs that were ever listed."""
    exists: int | None = None
    """How many mails there were when the folder was last read."""

    def failed(self, uids: Iterable[int], now: float) -> list[int]:
        """Note mails that did not come; returns those that are to be told of now."""
        told = []
        for uid in uids:
            late = self.late.setdefault(uid, Late())
            late.tries += 1
            late.due = now + WAITS[min(late.tries, len(WAITS)) - 1]
            if late.tries == TOLD_AT:
                told.append(uid)
        return told

    def due(self, now: float) -> list[int]:
        """Late mails that may be asked for, those that failed least first."""
        ready = (uid for uid, late in self.late.items() if late.due <= now)
        return sorted(ready, key=lambda uid: (self.late[uid].tries, uid))


class Memory:
    """What is remembered of every folder."""

    def __init__(self) -> None:
        self._folders: dict[str, FolderMemory] = {}

    def of(self, name: str, uidvalidity: int, *, anew: bool = False) -> FolderMemory:
        """A folder's memory: a fresh one where UIDVALIDITY changed or when the folder is to be read anew."""
        memory = self._folders.get(name)
        if memory is None or memory.uidvalidity != uidvalidity or anew:
            memory = self._folders[name] = FolderMemory(uidvalidity)
        return memory


def starting_point(opened: Opened, known: Cursor | None) -> Cursor:
    """Where reading goes on. It begins anew when UIDVALIDITY changed, or when UIDNEXT is not above the cursor: a server that
    always says UIDVALIDITY 1 has then numbered the folder again."""
    if known is None or known.uidvalidity != opened.uidvalidity:
        return Cursor(opened.uidvalidity, 0)
    numbered_anew = opened.uidnext is not None and opened.uidnext <= known.uid
    return Cursor(opened.uidvalidity, 0) if numbered_anew else known


def must_look_below(opened: Opened, start: Cursor, listed: Sequence[int], memory: FolderMemory) -> bool:
    """Whether what lies below the cursor must be listed, where the server gives no UIDNEXT to rely on: the cursor's own mail is gone,
    or there are more mails than came since the last poll. `listed` are the UIDs from the cursor on."""
    if opened.uidnext is not None or start.uid == 0:
        return False
    grown = memory.exists is not None and opened.exists > memory.exists + sum(uid > start.uid for uid in listed)
    return start.uid not in listed or grown


def below_is_strange(listed: Sequence[int], start: Cursor, memory: FolderMemory) -> bool:
    """Whether there are mails up to the cursor that were never listed: the folder was numbered anew, or older mail has come to light
    (收取最近30天 was changed). Everything is then read again; what was counted is known by its digest."""
    return any(uid <= start.uid and uid not in memory.known for uid in listed)


class Reading:
    """One folder in one poll: which mails are to be asked for, and how far the folder counts as read."""

    def __init__(self, opened: Opened, start: Cursor, listed: Sequence[int], memory: FolderMemory) -> None:
        """`listed` are the UIDs that the folder holds, at least those above the start."""
        self._start = start
        self._uids = sorted(uid for uid in listed if uid > start.uid)
        self._done = memory.handed & set(self._uids)
        self.memory = memory
        # Mail that came between EXAMINE and the listing may not be counted yet.
        fresh = sum(uid not in memory.known for uid in self._uids)
        memory.exists = max(opened.exists, (memory.exists or 0) + fresh) if fresh else opened.exists
        memory.known.update(listed)
        memory.late = {uid: late for uid, late in memory.late.items() if uid in set(self._uids)}

    @property
    def uidvalidity(self) -> int:
        return self._start.uidvalidity

    def todo(self) -> list[int]:
        """UIDs to be asked for together: neither handed over before nor late."""
        return [uid for uid in self._uids if uid not in self._done and uid not in self.memory.late]

    def done(self, uids: Iterable[int]) -> None:
        """Note mails that were handed over, or need not be."""
        for uid in uids:
            self._done.add(uid)
            self.memory.late.pop(uid, None)

    def cursor(self) -> Cursor:
        """Up to where every mail that is there was handed over."""
        open_from = next((uid for uid in self._uids if uid not in self._done), None)
        below = [uid for uid in self._uids if open_from is None or uid < open_from]
        return Cursor(self._start.uidvalidity, max([self._start.uid, *below]))

    def settle(self) -> None:
        """Remember what was handed over above the cursor. To be called when whoever took it has it safe, and not before."""
        reached = self.cursor().uid
        self.memory.handed = {uid for uid in self._done if uid > reached}

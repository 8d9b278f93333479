"""IMAP as 163.com does it, before a real Dovecot: what it lacks, what it hides, and faults on demand."""

import re
from collections.abc import Callable, Iterable
from datetime import date

from tests.system.standin_wire import ALWAYS, FaultyServer, Gone, Peer

CAPABILITIES = (
    b"IMAP4rev1 XLIST SPECIAL-USE ID LITERAL+ STARTTLS UIDPLUS SASL-IR UNSELECT CHILDREN NAMESPACE AUTH=PLAIN"
)
UNSAFE = b"NO %s Unsafe Login. Please contact kefu@188.com for help"
_LACKING = frozenset({"IDLE", "MOVE", "ENABLE", "COMPRESS", "NOTIFY", "STARTTLS"})
_SEARCHES_NOTHING = re.compile(rb"\b(FROM|SUBJECT|TO|CC|BODY|TEXT|HEADER)\b", re.IGNORECASE)
_FIRST = 1_390_000_001


class ImapStandin(FaultyServer):
    """163's IMAP. Points are the commands' names (UID FETCH is FETCH), and `connect`."""

    def __init__(self, upstream_port: int) -> None:
        super().__init__(upstream_port)
        self.needs_id = True
        """Unsafe Login until the client has sent ID."""
        self.first_uid = _FIRST
        """The UID of a folder's oldest mail; another value numbers every folder anew."""
        self.uidvalidity: int | None = 1
        """What every folder says; None for what Dovecot says."""
        self.tells_uidnext = False
        self.searches = True
        """False: SEARCH finds nothing at all."""
        self.hides_before: date | None = None
        """The window: what arrived before this day is not there, as with 收取最近30天."""
        self._bodies: list[tuple[Callable[[int], bool], Callable[[bytes], bytes], int]] = []
        self._rows: Callable[[list[bytes]], list[bytes]] | None = None
        self._cut_literals = 0

    def withhold_body(self, *uids: int, times: int = ALWAYS) -> None:
        """Answer FETCH for these mails (all, without any) without BODY[]."""
        self._on_body(uids, lambda row: _without_body(row), times)

    def lie_about_literal(self, size: int, *uids: int, times: int = 1) -> None:
        """Give this size for the body of these mails, and then the body as it is."""
        self._on_body(uids, lambda row: re.sub(rb"BODY\[\] \{\d+\}", b"BODY[] {%d}" % size, row, count=1), times)

    def drop_in_literal(self, *uids: int, times: int = 1) -> None:
        """Drop the connection in the middle of the body of these mails."""
        self._on_body(uids, lambda row: row[: row.index(b"}\r\n") + 3 + len(row) // 4] + b"\0CUT\0", times)

    def mix_up(self) -> None:
        """Answer FETCH in another order, with flags that changed elsewhere between the rows and a row that names no UID."""
        self._rows = lambda rows: [
            b"* 1 FETCH (FLAGS (\\Seen))\r\n",
            *reversed(rows),
            b'* 2 FETCH (BODY[] "somebody else\'s")\r\n',
            b"* 3 FETCH (UID 999 FLAGS ())\r\n",
        ]

    def garble_survey(self, uid: int) -> None:
        """Answer every question for this mail's date and size with a row that no client can understand."""
        mark = b"UID %d " % uid
        self._rows = lambda rows: [
            row.replace(b")", b"") if mark in row and b"INTERNALDATE" in row else row for row in rows
        ]

    def _on_body(self, uids: Iterable[int], change: Callable[[bytes], bytes], times: int) -> None:
        wanted = frozenset(uids)
        self._bodies.append((lambda uid: not wanted or uid in wanted, change, times))

    # ---- conversation

    def talk(self, client: Peer, upstream: Peer) -> None:
        upstream.readline()
        if self.greeted(client):
            client.send(b"* OK Coremail System IMap Server Ready(163com[stand-in])\r\n")
        _Conversation(self, client, upstream).run()

    def changed_row(self, row: bytes) -> bytes:
        """A row of FETCH with a body, after what was asked for that mail."""
        uid = _uid_of(row)
        for number, (fits, change, times) in enumerate(self._bodies):
            if times > 0 and uid is not None and fits(uid):
                self._bodies[number] = (fits, change, times - 1)
                return change(row)
        return row

    def ordered(self, rows: list[bytes]) -> list[bytes]:
        return self._rows(rows) if self._rows else rows


class _Conversation:
    """One client's commands, obeyed by Dovecot and retold as 163 would."""

    def __init__(self, server: ImapStandin, client: Peer, upstream: Peer) -> None:
        self.server, self.client, self.upstream = server, client, upstream
        self.named = False
        self.hidden: set[int] = set()

    @property
    def offset(self) -> int:
        return self.server.first_uid - 1

    def run(self) -> None:
        while True:
            waited = self.client.waits
            line = self.client.readline()
            tag, _, rest = line.strip().partition(b" ")
            words = rest.upper().split()
            name = (words[1] if words[:1] == [b"UID"] and len(words) > 1 else words[0] if words else b"").decode(
                "latin-1"
            )
            if self.server.obeyed(name, self.client, tag, waited=waited):
                self.obey(tag, name, rest)
            if name == "LOGOUT":
                raise Gone

    def obey(self, tag: bytes, name: str, rest: bytes) -> None:
        if name == "CAPABILITY":
            self.client.send(b"* CAPABILITY %s\r\n%s OK CAPABILITY completed\r\n" % (CAPABILITIES, tag))
        elif name in _LACKING:
            self.client.send(b"%s BAD command not support\r\n" % tag)
        elif name in ("SELECT", "EXAMINE") and self.server.needs_id and not self.named:
            self.client.send(b"%s %s\r\n" % (tag, UNSAFE % name.encode()))
        elif name == "SEARCH" and (not self.server.searches or _SEARCHES_NOTHING.search(rest)):
            self.client.send(b"* SEARCH\r\n%s OK SEARCH completed\r\n" % tag)
        else:
            self.named |= name == "ID"
            self.client.send(self.retold(tag, name, self.theirs(rest)))

    def theirs(self, rest: bytes) -> bytes | None:
        """The command with Dovecot's UIDs for ours; None where no mail of Dovecot's is meant."""
        found = re.match(rb"(UID (?:FETCH|SEARCH UID) )([\d:,*]+)(.*)", rest, re.IGNORECASE)
        if found is None:
            return rest
        ranges = [part for part in (self.their_range(part) for part in found[2].split(b",")) if part]
        return found[1] + b",".join(ranges) + found[3] if ranges else None

    def their_range(self, text: bytes) -> bytes:
        first, colon, last = text.partition(b":")
        low = first if first == b"*" else b"%d" % max(1, int(first) - self.offset)
        if not colon:
            return low if first == b"*" or int(first) > self.offset else b""
        return low + b":" + (last if last == b"*" else b"%d" % (int(last) - self.offset))

    def retold(self, tag: bytes, name: str, rest: bytes | None) -> bytes:
        if rest is None:
            return b"%s OK %s completed\r\n" % (tag, name.encode())
        *told, end = self.ask(tag, rest)
        if name in ("SELECT", "EXAMINE"):
            self.hidden = self.hidden_uids()
            told = [line for line in map(self.opened, told) if line]
        if name == "SEARCH":
            told = [self.searched(line, rest) for line in told if line.startswith(b"* SEARCH")]
        if name == "FETCH":
            told = self.server.ordered([self.fetched(row) for row in told if b" FETCH (" in row and self.shows(row)])
        told = [line for line in told if not line.startswith(b"* CAPABILITY")]
        raw = b"".join(told) + re.sub(rb"\[CAPABILITY[^]]*\] ?", b"", end)
        if b"\0CUT\0" in raw:
            self.client.send(raw[: raw.index(b"\0CUT\0")])
            raise Gone
        return raw

    def ask(self, tag: bytes, rest: bytes) -> list[bytes]:
        """Dovecot's answer: its lines with their literals, the tagged one last."""
        self.upstream.send(tag + b" " + rest + b"\r\n")
        told: list[bytes] = []
        while not told or not told[-1].startswith(tag + b" "):
            line = self.upstream.readline()
            while literal := re.search(rb"\{(\d+)\}\r\n$", line):
                line += self.upstream.read(int(literal[1])) + self.upstream.readline()
            told.append(line)
        return told

    def opened(self, line: bytes) -> bytes:
        if b"[HIGHESTMODSEQ" in line or (b"[UIDNEXT" in line and not self.server.tells_uidnext):
            return b""
        if exists := re.match(rb"\* (\d+) EXISTS", line):
            return b"* %d EXISTS\r\n" % (int(exists[1]) - len(self.hidden))
        if b"[UIDVALIDITY" in line and self.server.uidvalidity is not None:
            return b"* OK [UIDVALIDITY %d] UIDs valid\r\n" % self.server.uidvalidity
        return re.sub(rb"\[UIDNEXT (\d+)\]", lambda next_: b"[UIDNEXT %d]" % (int(next_[1]) + self.offset), line)

    def hidden_uids(self) -> set[int]:
        before = self.server.hides_before
        if before is None:
            return set()
        return self.numbers(b"BEFORE " + before.strftime("%d-%b-%Y").encode())

    def numbers(self, criteria: bytes) -> set[int]:
        answer = b"".join(line for line in self.ask(b"own", b"UID SEARCH " + criteria) if line.startswith(b"* SEARCH"))
        return set(map(int, re.findall(rb"\d+", answer)))

    def searched(self, line: bytes, rest: bytes) -> bytes:
        found = set(map(int, re.findall(rb"\d+", line))) - self.hidden
        if not found and b":*" in rest:
            found = set(sorted(self.numbers(b"ALL") - self.hidden)[-1:])
        return b"* SEARCH" + b"".join(b" %d" % (uid + self.offset) for uid in sorted(found)) + b"\r\n"

    def shows(self, row: bytes) -> bool:
        return _uid_of(row) not in self.hidden

    def fetched(self, row: bytes) -> bytes:
        row = re.sub(rb"UID (\d+)", lambda uid: b"UID %d" % (int(uid[1]) + self.offset), row, count=1)
        return self.server.changed_row(row) if b"BODY[] {" in row else row


def _uid_of(row: bytes) -> int | None:
    found = re.search(rb"UID (\d+)", row.partition(b"\r\n")[0])
    return int(found[1]) if found else None


def _without_body(row: bytes) -> bytes:
    return re.sub(rb" BODY\[\].*", b")\r\n", row, flags=re.DOTALL)

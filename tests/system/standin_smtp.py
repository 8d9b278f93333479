"""SMTP as 163.com does it, before a real Postfix: its limits, its lockout, a copy in 已发送, and faults on demand."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from tests.system.standin_wire import FaultyServer, Gone, Peer

EHLO = b"250-mail\r\n250-PIPELINING\r\n250-AUTH LOGIN PLAIN\r\n250-AUTH=LOGIN PLAIN\r\n250-STARTTLS\r\n250 8BITMIME\r\n"


@dataclass(frozen=True)
class Accepted:
    """A mail that the server took, be its answer lost or not."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes


class SmtpStandin(FaultyServer):
    """163's SMTP. Points are the commands' names, `connect`, and `.` for the answer to a whole letter."""

    def __init__(self, upstream_port: int, save: Callable[[Accepted], None]) -> None:
        """`save` puts a copy of what was accepted into 已发送."""
        super().__init__(upstream_port)
        self.accepted: list[Accepted] = []
        self.daily_limit: int | None = None
        """After so many mails every other one is answered MI:STC."""
        self.most_recipients: int | None = None
        """After so many recipients of one mail every other one is answered RP:RCL."""
        self.bad_logins = 0
        self.locks_out_after = 5
        """After so many bad logins even a good one is answered `too much fail authentication`."""
        self._lost_replies = 0
        self._cuts: list[int] = []
        self._save = save

    def lose_reply(self, *, times: int = 1) -> None:
        """Accept a letter, and hang up before saying so."""
        self._lost_replies += times

    def cut_in_data(self, count: int = 20) -> None:
        """Hang up after so many bytes of the next letter, of which nothing is then accepted."""
        self._cuts.append(count)

    def unlock(self) -> None:
        """Forget the bad logins."""
        self.bad_logins = 0

    # ---- conversation

    def talk(self, client: Peer, upstream: Peer) -> None:
        read_reply(upstream)
        if self.greeted(client):
            client.send(b"220 163.com Anti-spam GT for Coremail System (163com[stand-in])\r\n")
        _Conversation(self, client, upstream).run()

    def take(self, mail: Accepted) -> bytes:
        """Note an accepted mail; returns the reply, or hangs up in its place."""
        self.accepted.append(mail)
        self._save(mail)
        if self._lost_replies > 0:
            self._lost_replies -= 1
            raise Gone
        return b"250 Mail OK queued as gzga-smtp-mta-g2-0,_____w%04d\r\n" % len(self.accepted)

    def cut(self) -> int | None:
        return self._cuts.pop(0) if self._cuts else None


class _Conversation:
    """One client's commands, obeyed by Postfix."""

    def __init__(self, server: SmtpStandin, client: Peer, upstream: Peer) -> None:
        self.server, self.client, self.upstream = server, client, upstream
        self.sender = ""
        self.recipients: list[str] = []

    def run(self) -> None:
        while True:
            waited = self.client.waits
            line = self.client.readline()
            name = line.split()[0].decode("latin-1").upper() if line.strip() else ""
            if self.server.obeyed(name, self.client, waited=waited):
                self.client.send(self.obey(name, line))
            if name == "QUIT":
                raise Gone

    def obey(self, name: str, line: bytes) -> bytes:
        acts = {"EHLO": self.ehlo, "AUTH": self.auth, "MAIL": self.mail, "RCPT": self.rcpt, "DATA": self.data}
        return acts.get(name, self.ask)(line)

    def ask(self, line: bytes) -> bytes:
        self.upstream.send(line)
        return read_reply(self.upstream)

    def ehlo(self, line: bytes) -> bytes:
        self.ask(line)
        return EHLO

    def auth(self, line: bytes) -> bytes:
        if self.server.bad_logins >= self.server.locks_out_after:
            return b"451 too much fail authentication, mail was blocked\r\n"
        reply = self.ask(line)
        while reply.startswith(b"334"):
            self.client.send(reply)
            reply = self.ask(self.client.readline())
        if reply.startswith(b"235"):
            return b"235 Authentication successful\r\n"
        self.server.bad_logins += 1
        return b"535 Error: authentication failed\r\n"

    def mail(self, line: bytes) -> bytes:
        limit = self.server.daily_limit
        if limit is not None and len(self.server.accepted) >= limit:
            return b"550 MI:STC 163 smtp5,D9GowAB 1592182800 http://mail.163.com/help/help_spam_16.htm\r\n"
        self.sender, self.recipients = _address(line), []
        return _mail_ok(self.ask(line))

    def rcpt(self, line: bytes) -> bytes:
        most = self.server.most_recipients
        if most is not None and len(self.recipients) >= most:
            return b"550 RP:RCL 163 smtp5,D9GowAB 1592182800\r\n"
        reply = self.ask(line)
        if reply.startswith(b"250"):
            self.recipients.append(_address(line))
        return _mail_ok(reply)

    def data(self, line: bytes) -> bytes:
        """Take the letter from the client first, then decide, then hand it to Postfix: a cut leaves nothing there."""
        self.client.send(b"354 End data with <CR><LF>.<CR><LF>\r\n")
        cut = self.server.cut()
        if cut is not None:
            self.client.read(cut)
            raise Gone
        lines: list[bytes] = []
        while not lines or lines[-1] != b".\r\n":
            lines.append(self.client.readline())
        if not self.server.obeyed(".", self.client):
            self.ask(b"RSET\r\n")
            return b""
        reply = self.ask(line)
        reply = self.ask(b"".join(lines)) if reply.startswith(b"354") else reply
        if not reply.startswith(b"250"):
            return reply
        raw = re.sub(rb"(?m)^\.", b"", b"".join(lines[:-1]))
        return self.server.take(Accepted(self.sender, tuple(self.recipients), raw))


def read_reply(peer: Peer) -> bytes:
    """A reply of SMTP, all its lines."""
    lines = [peer.readline()]
    while lines[-1][3:4] == b"-":
        lines.append(peer.readline())
    return b"".join(lines)


def _address(line: bytes) -> str:
    found = re.search(rb"<([^>]*)>", line)
    return found[1].decode("latin-1") if found else ""


def _mail_ok(reply: bytes) -> bytes:
    return b"250 Mail OK\r\n" if reply.startswith(b"250") else reply

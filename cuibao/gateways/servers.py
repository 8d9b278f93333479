"""The mailbox's real servers: opens IMAP and SMTP sessions for one account, leaves reading and sending to them."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from cuibao.gateways.account import Account, ServerAddress
from cuibao.gateways.folder_memory import Memory
from cuibao.gateways.imap import ImapMailbox
from cuibao.gateways.imap_session import Session
from cuibao.gateways.smtp import SmtpPostman

__all__ = ["Account", "RealMailServers", "ServerAddress"]


class RealMailServers:
    """Logged-in sessions with the office's mailbox. Keep one for the life of the process and close() it at the end: it keeps its IMAP
    session from one poll to the next, and remembers which mails it has handed over from beyond one that did not come."""

    def __init__(
        self,
        account: Account,
        *,
        sent_folder: str = "",
        skip_folders: tuple[str, ...] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`sent_folder` names 已发送 where the server does not flag it; `skip_folders` are names that are not read; `clock`
        tells monotonic seconds."""
        self._account = account
        self._sent_folder = sent_folder
        self._skip_folders = skip_folders
        self._clock = clock
        self._memory = Memory()
        self._kept: list[Session] = []

    @contextmanager
    def mailbox(self) -> Iterator[ImapMailbox]:
        """The mailbox, over the kept session or a new one; after any error the session is not kept. A kept one that turns out
        dead is opened anew at its first use. Raises MailServerError, permanent where logging in was refused."""
        session = self._taken() or Session(self._account)
        try:
            yield ImapMailbox(
                session,
                sent_folder=self._sent_folder,
                skip_folders=self._skip_folders,
                memory=self._memory,
                clock=self._clock,
            )
        except BaseException:
            session.close()
            raise
        if session.broken or self._kept:  # another one was opened meanwhile
            session.close()
        else:
            self._kept.append(session)

    @contextmanager
    def postman(self) -> Iterator[SmtpPostman]:
        """An SMTP session. Raises MailServerError when it cannot be opened, permanent where logging in was refused."""
        postman = SmtpPostman(self._account)
        postman.connect()
        try:
            yield postman
        finally:
            postman.close()

    def another(self) -> "RealMailServers":
        """The same account with sessions of its own, for what goes on beside the daemon."""
        return RealMailServers(
            self._account, sent_folder=self._sent_folder, skip_folders=self._skip_folders, clock=self._clock
        )

    def close(self) -> None:
        """Log out of the session that is kept; never raises. The next mailbox() opens another one."""
        while self._kept:
            self._kept.pop().close()

    def _taken(self) -> Session | None:
        try:
            session = self._kept.pop()
        except IndexError:
            return None
        session.resume()
        return session

"""The mailbox's real servers: opens IMAP and SMTP sessions for one account, leaves reading and sending to them."""

from collections.abc import Iterator
from contextlib import contextmanager

from cuibao.gateways.account import Account, ServerAddress
from cuibao.gateways.imap import Handed, ImapMailbox, logged_in
from cuibao.gateways.smtp import SmtpPostman

__all__ = ["Account", "RealMailServers", "ServerAddress"]


class RealMailServers:
    """Logged-in sessions with the office's mailbox. Keep one for the life of the process: it remembers which mails it has
    handed over from beyond one that the server could not give."""

    def __init__(self, account: Account, *, sent_folder: str = "", skip_folders: tuple[str, ...] = ()) -> None:
        """`sent_folder` names 已发送 where the server does not flag it; `skip_folders` are names that are not read."""
        self._account = account
        self._sent_folder = sent_folder
        self._skip_folders = skip_folders
        self._handed: Handed = {}

    @contextmanager
    def mailbox(self) -> Iterator[ImapMailbox]:
        """An IMAP session. Raises MailServerError when it cannot be opened, permanent where logging in was refused."""
        with logged_in(self._account) as client:
            yield ImapMailbox(
                client,
                self._account,
                sent_folder=self._sent_folder,
                skip_folders=self._skip_folders,
                handed=self._handed,
            )

    @contextmanager
    def postman(self) -> Iterator[SmtpPostman]:
        """An SMTP session. Raises MailServerError when it cannot be opened, permanent where logging in was refused."""
        postman = SmtpPostman(self._account)
        postman.connect()
        try:
            yield postman
        finally:
            postman.close()

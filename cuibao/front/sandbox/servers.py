"""A mail provider for the sandbox: SMTP and IMAP on loopback, in a thread of this process, with one mailbox in memory."""

import asyncio
import logging
import secrets
import socket
import threading
from argparse import Namespace
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from proxyprotocol.sock import SocketInfoLocal
from pymap.backend.dict import Config, DictBackend, Login
from pymap.backend.dict.filter import FilterSet
from pymap.backend.dict.mailbox import MailboxSet
from pymap.concurrent import Subsystem
from pymap.imap import IMAPServer
from pymap.listtree import ListEntry, ListTree
from pymap.parsing.message import AppendMessage
from pymap.user import UserMetadata
from pysasl.hashing import Cleartext

from cuibao.front.sandbox.clock import real_now
from cuibao.gateways.system_words import why
from cuibao.rules.outcomes import MailServerError

HOST = "127.0.0.1"
INBOX, SENT, JUNK = "INBOX", "已发送", "垃圾邮件"
_ROLES = {SENT: b"Sent", JUNK: b"Junk"}
"""Special uses (RFC 6154, section 2), which 163.com tells too."""
_LARGEST = 64 * 1024 * 1024
_START_SECONDS = 10.0

# aiosmtpd warns of a deprecated attribute that only its own code reads.
logging.getLogger("mail.log").setLevel(logging.ERROR)

Reply = Callable[[bytes, datetime], None]
"""Puts a mail into the office's INBOX as having arrived at that time."""
OnLetter = Callable[[tuple[str, ...], bytes, Reply], None]
"""Is told of every letter that SMTP accepted: envelope recipients, bytes, and how to answer. Runs in a thread of its own;
what it raises refuses the letter."""


class LoopbackServers:
    """The provider of one mailbox. Enter it to start both servers; leaving it drops every connection and forgets all mail.

    `smtp_port` and `imap_port` are known once it is entered; `user` and `password` log in to both, without TLS."""

    def __init__(
        self,
        address: str,
        on_letter: OnLetter | None = None,
        *,
        now: Callable[[], datetime] = real_now,
        password: str | None = None,
    ) -> None:
        """`now` dates what is saved to 已发送, so that the mailbox lives in simulated time."""
        self.user = address
        self.password = password or secrets.token_hex(8)
        self.smtp_port = 0
        self.imap_port = 0
        self.outbox: list[tuple[tuple[str, ...], bytes]] = []
        self._on_letter = on_letter
        self._now = now
        self._thread: threading.Thread | None = None
        self._started: Future[None] = Future()
        self._loop: asyncio.AbstractEventLoop
        self._stop: asyncio.Event
        self._mailboxes: MailboxSet

    def __enter__(self) -> Self:
        """Raises MailServerError when the servers do not come up."""
        self._thread = threading.Thread(target=self._run, name="sandbox-mail", daemon=True)
        self._thread.start()
        try:
            self._started.result(_START_SECONDS)
        except OSError as error:
            raise MailServerError(f"沙盒邮件服务未能启动：{why(error)}", f"请检查本机 {HOST} 是否可用") from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Stop both servers and wait until they have; stopping twice does nothing."""
        if self._thread is not None:
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join()
            self._thread = None

    def deliver(self, raw: bytes, at: datetime, folder: str = INBOX) -> None:
        """Put a mail into a folder of the office's mailbox, with `at` as its INTERNALDATE. Returns when it can be fetched; not
        to be called from the servers' own thread. Raises MailServerError when they do not run, ValueError for a naive time."""
        if at.tzinfo is None:
            raise ValueError(f"时间缺少时区：{at}")
        if self._thread is None:
            raise MailServerError("沙盒邮件服务未在运行", "请先启动沙盒")
        asyncio.run_coroutine_threadsafe(self._put(raw, at, folder), self._loop).result()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:
            if self._started.done():
                raise
            self._started.set_exception(error)

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        imap = await self._open_imap()
        smtp = await self._loop.create_server(self._smtp_session, HOST, 0)
        self.imap_port = _port(imap)
        self.smtp_port = _port(smtp)
        self._started.set_result(None)
        try:
            await self._stop.wait()
        finally:
            smtp.close()
            imap.close()

    async def _open_imap(self) -> asyncio.Server:
        config = _ImapConfig(self.user, self.password)
        config.apply_context()
        backend = DictBackend(Login(config), config)
        await backend.login.demo_user_identity.set(UserMetadata(config, self.user, password=self.password))
        self._mailboxes = _Mailboxes()
        for name in _ROLES:
            await self._mailboxes.add_mailbox(name)
        config.set_cache[self.user] = (self._mailboxes, FilterSet())
        serve = IMAPServer(backend.login, config)

        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            # Without it every answer waits 40 ms for the client's delayed acknowledgement.
            writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            await serve(reader, writer, SocketInfoLocal(writer))

        return await asyncio.start_server(connected, HOST, 0)

    def _smtp_session(self) -> SMTP:
        return SMTP(
            self,
            hostname="smtp.sandbox.example",
            ident="cuibao sandbox",
            data_size_limit=_LARGEST,
            auth_require_tls=False,
            authenticator=self._authenticate,
            loop=self._loop,
        )

    def _authenticate(self, _server: SMTP, _session: Session, _envelope: Envelope, _how: str, data: Any) -> AuthResult:
        good = isinstance(data, LoginPassword) and (data.login, data.password) == (
            self.user.encode(),
            self.password.encode(),
        )
        return AuthResult(success=good, handled=False)

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Refuse who has not logged in. Done here, for aiosmtpd's own auth_required warns about missing TLS on stderr."""
        if not session.authenticated:
            return "530 5.7.0 Authentication required"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 Mail OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Accept one mail: keep a copy in 已发送 as 163.com does, then tell whoever listens."""
        raw = envelope.content if isinstance(envelope.content, bytes) else b""
        to = tuple(envelope.rcpt_tos)
        if self._on_letter is not None:
            await asyncio.to_thread(self._on_letter, to, raw, self.deliver)
        now = self._now()
        await self._put(raw, now, SENT)
        if self.user.lower() in (address.lower() for address in to):
            await self._put(raw, now, INBOX)
        self.outbox.append((to, raw))
        return f"250 Mail OK queued as sandbox,{len(self.outbox)}"

    async def _put(self, raw: bytes, at: datetime, folder: str) -> None:
        mailbox = await self._mailboxes.get_mailbox(folder)
        await mailbox.append(AppendMessage(raw, at))


class _ImapConfig(Config):
    """pymap's settings for one user whose password needs no hashing, on one event loop."""

    def __init__(self, user: str, password: str) -> None:
        super().__init__(
            Namespace(passlib_cfg=None, proxy_protocol=None),
            host=HOST,
            port=0,
            demo_data=False,
            demo_user=user,
            demo_password=password,
            tls_enabled=False,
            reject_dnsbl=False,
            hash_context=Cleartext(),
            cpu_subsystem=Subsystem.for_asyncio(),
        )

    @property
    def greeting(self) -> bytes:
        # pymap's own asks the resolver for this machine's name, which takes seconds where there is none.
        return b"sandbox ready"


class _Entry(ListEntry):
    @property
    def attributes(self) -> Sequence[bytes]:
        role = _ROLES.get(self.name)
        return [*super().attributes, *([role] if role else [])]


class _Tree(ListTree):
    def list(self) -> Iterable[ListEntry]:
        return (_Entry(e.name, e.exists, e.marked, e.has_children) for e in super().list())


class _Mailboxes(MailboxSet):
    """pymap's folders in memory, listed with their special uses."""

    async def list_mailboxes(self) -> ListTree:
        names = [entry.name for entry in (await super().list_mailboxes()).list()]
        return _Tree(self.delimiter).update(*names)


def _port(server: asyncio.Server) -> int:
    port: int = server.sockets[0].getsockname()[1]
    return port

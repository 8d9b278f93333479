"""Connections: the mail servers a command works with, the real ones or the sandbox's, and the clock that goes with them."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from cuibao.desk.ports import MailServers
from cuibao.front.house import House
from cuibao.front.sandbox.clock import SteppedClock
from cuibao.gateways.lock import hold
from cuibao.gateways.mail_env import MailEnv
from cuibao.gateways.servers import Account, RealMailServers, ServerAddress
from cuibao.rules.outcomes import MailServerError, Problem, UsageError
from cuibao.rules.workdays import CHINA

HOLDS = "收发件"


@dataclass
class WallClock:
    """The machine's own time, and waiting that a signal can end."""

    stop: threading.Event = field(default_factory=threading.Event)

    def now(self) -> datetime:
        return datetime.now(CHINA)

    def pause(self, seconds: float) -> datetime | None:
        """Wait so long; None when asked to stop."""
        return None if self.stop.wait(seconds) else self.now()


def account_of(env: MailEnv, address: str) -> Account:
    """The account that .env describes, sending as `address`."""
    smtp = ServerAddress(env.smtp_host, env.smtp_port, env.smtp_tls)
    imap = ServerAddress(env.imap_host, env.imap_port, env.imap_tls)
    return Account(env.user, env.password, address, smtp, imap, env.ca)


def connected_servers(house: House) -> MailServers:
    """The real servers. Raises UsageError naming what .env lacks."""
    env = house.mail_env
    if env.credentials_missing:
        raise UsageError(
            "尚未设置邮箱账号，不能收发邮件",
            "请在 .env 中写明 CUIBAO_MAIL_USER 和 CUIBAO_MAIL_PASSWORD（授权码），样例见 config/.env.example；"
            "只想演练请用 ./bot --sandbox run",
        )
    rules = house.office.mailbox
    return RealMailServers(
        account_of(env, rules.address), sent_folder=rules.sent_folder, skip_folders=rules.skip_folders
    )


def try_servers(servers: MailServers) -> list[Problem]:
    """Log in to both servers once; a problem for each that refuses."""
    found = []
    for name, connect in (("收件服务器（IMAP）", servers.mailbox), ("发件服务器（SMTP）", servers.postman)):
        try:
            with connect():
                pass
        except MailServerError as error:
            found.append(Problem(".env", name, error.message, error.remedy))
    return found


@contextmanager
def opened(house: House, now: datetime) -> Iterator[WallClock]:
    """Hold the right to send and receive, and give the house its servers: the real ones, or in the sandbox loopback ones that
    live as long as the command."""
    if not house.sandbox:
        house.servers = connected_servers(house)
        house.store.mkdir(parents=True, exist_ok=True)
        with hold(house.store / "sending.lock", HOLDS):
            yield WallClock()
        return
    from cuibao.front.sandbox.stage import sandbox_servers

    clock = SteppedClock(now)
    house.store.mkdir(parents=True, exist_ok=True)
    with hold(house.store / "sending.lock", HOLDS), sandbox_servers(house, clock):
        yield _Stepped(clock)


class _Stepped(WallClock):
    """A command's clock in the sandbox: waiting between letters takes no time."""

    def __init__(self, clock: SteppedClock) -> None:
        super().__init__()
        self._clock = clock

    def now(self) -> datetime:
        return self._clock.now()

    def pause(self, seconds: float) -> datetime | None:
        return self._clock.sleep(seconds, self.stop)

"""Connections: the mail servers a command works with, the real ones or the sandbox's, and the clock that goes with them."""

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cuibao.front.house import House
from cuibao.front.sandbox.clock import SteppedClock
from cuibao.gateways.folders import sent_folder
from cuibao.gateways.lock import hold
from cuibao.gateways.mail_env import MailEnv
from cuibao.gateways.servers import Account, RealMailServers, ServerAddress
from cuibao.rules.outcomes import MailServerError, Problem, Severity, UsageError
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


def connected_servers(house: House) -> RealMailServers:
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


@dataclass(frozen=True, slots=True)
class Tried:
    """What trying both servers came to: a problem for each that refuses, and sentences on what was found."""

    problems: tuple[Problem, ...]
    found: tuple[str, ...]


def try_servers(servers: RealMailServers, sent_name: str = "") -> Tried:
    """Do at both servers what they may refuse: log in, list the folders, open INBOX and look into it; send nothing and change
    nothing. `sent_name` is what the office calls 已发送."""
    problems: list[Problem] = []
    found: list[str] = []
    for name, attempt in (("收件服务器（IMAP）", _try_mailbox), ("发件服务器（SMTP）", _try_postman)):
        try:
            problem, words = attempt(servers, sent_name)
        except MailServerError as error:
            problems.append(Problem(".env", name, error.message, error.remedy))
            continue
        problems += [problem] if problem else []
        found.append(f"{name}：{words}")
    return Tried(tuple(problems), tuple(found))


def _try_mailbox(servers: RealMailServers, sent_name: str) -> tuple[Problem | None, str]:
    tomorrow = datetime.now(CHINA).date() + timedelta(days=1)
    with servers.mailbox() as mailbox:
        folders = mailbox.folders()
        sent = sent_folder(folders, sent_name)
        next(iter(mailbox.batches({}, tomorrow)), None)  # opens INBOX, takes no mail
    if sent:
        return None, f"登录、打开收件箱正常，“已发送”文件夹为“{sent.name}”"
    names = "、".join(folder.name for folder in folders)
    problem = Problem(
        "config/office.yaml",
        "mailbox.sent_folder",
        "没有找到“已发送”文件夹，发送结果不明的函件将无从查找",
        f"请在 mailbox.sent_folder 中写明名称；邮箱现有文件夹：{names}",
        Severity.WARNING,
    )
    return problem, "登录、打开收件箱正常"


def _try_postman(servers: RealMailServers, _sent_name: str) -> tuple[Problem | None, str]:
    with servers.postman():
        return None, "登录正常"


@contextmanager
def opened(house: House, now: datetime) -> Iterator[WallClock]:
    """Hold the right to send and receive, and give the house its servers: the real ones, or in the sandbox loopback ones that
    live as long as the command."""
    if not house.sandbox:
        with closing(connected_servers(house)) as servers, hold(house.store / "sending.lock", HOLDS):
            house.servers = servers
            yield WallClock()
        return
    from cuibao.front.sandbox.stage import sandbox_servers

    clock = SteppedClock(now)
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

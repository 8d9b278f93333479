"""The mailbox's account, where alarms go and the console's address, from the environment and .env; no message shows a secret."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from dotenv import dotenv_values

from cuibao.gateways.account import Tls
from cuibao.gateways.config_models import is_address, nearest
from cuibao.gateways.system_words import why
from cuibao.gateways.webhook import is_loopback, mistake_in
from cuibao.gateways.yaml_places import quoted, shown_path
from cuibao.rules.outcomes import ConfigError, Problem

PREFIX = "CUIBAO_"
DEFAULTS = {
    "CUIBAO_MAIL_USER": "",
    "CUIBAO_MAIL_PASSWORD": "",
    "CUIBAO_SMTP_HOST": "smtp.163.com",
    "CUIBAO_SMTP_PORT": "465",
    "CUIBAO_SMTP_TLS": "tls",
    "CUIBAO_IMAP_HOST": "imap.163.com",
    "CUIBAO_IMAP_PORT": "993",
    "CUIBAO_IMAP_TLS": "tls",
    "CUIBAO_MAIL_CA": "",
    "CUIBAO_ALARM_SMTP_HOST": "",
    "CUIBAO_ALARM_SMTP_PORT": "465",
    "CUIBAO_ALARM_SMTP_TLS": "tls",
    "CUIBAO_ALARM_SMTP_USER": "",
    "CUIBAO_ALARM_SMTP_PASSWORD": "",
    "CUIBAO_ALARM_SMTP_FROM": "",
    "CUIBAO_WEBHOOK": "",
    "CUIBAO_WEBHOOK_SECRET": "",
    "CUIBAO_CONSOLE_BIND": "127.0.0.1",
    "CUIBAO_CONSOLE_PORT": "8020",
    "CUIBAO_SECRET": "",
}
"""Every variable, with what stands for it where it is missing or empty."""
_MODES = ("tls", "starttls", "none")
_LAST_PORT = 65535
_ALARM = "CUIBAO_ALARM_SMTP_"
_ALARM_NEEDS = tuple(f"{_ALARM}{part}" for part in ("HOST", "USER", "PASSWORD", "FROM"))


@dataclass(frozen=True, slots=True)
class AlarmSmtp:
    """A second account, by which alarms leave when the office's own mailbox is what fails. `sender` is its address."""

    host: str
    port: int
    tls: Tls
    user: str
    password: str = field(repr=False)
    sender: str


@dataclass(frozen=True, slots=True)
class MailEnv:
    """What .env and the environment say. `user` and `password` may be empty (see credentials_missing); `secret` too. `alarm_smtp`
    is None where no second account is set; `webhook`, the whole address of a group robot, and `webhook_secret` may be empty."""

    user: str
    password: str = field(repr=False)
    smtp_host: str
    smtp_port: int
    smtp_tls: Tls
    imap_host: str
    imap_port: int
    imap_tls: Tls
    ca: Path | None
    console_bind: str
    console_port: int
    secret: str = field(repr=False)
    alarm_smtp: AlarmSmtp | None = None
    webhook: str = field(default="", repr=False)
    webhook_secret: str = field(default="", repr=False)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Everything that no log and no error may show; the mailbox's user is no secret."""
        second = self.alarm_smtp.password if self.alarm_smtp else ""
        every = (self.password, self.secret, second, self.webhook, self.webhook_secret)
        return tuple(secret for secret in every if secret)

    @property
    def credentials_missing(self) -> tuple[str, ...]:
        """The variables that must be set before the mailbox can be used; empty when nothing is missing."""
        values = (("CUIBAO_MAIL_USER", self.user), ("CUIBAO_MAIL_PASSWORD", self.password))
        return tuple(name for name, value in values if not value)


def load_mail_env(env_file: Path, environ: Mapping[str, str]) -> MailEnv:
    """The settings of `env_file` (it may be missing), each overruled by a non-empty variable of `environ`. Raises ConfigError
    with every mistake, named by file and variable."""
    written = _read(env_file)
    reading = _Reading(shown_path(env_file), written, environ)
    reading.refuse_unknown()
    made = MailEnv(
        user=reading.text("CUIBAO_MAIL_USER"),
        password=reading.text("CUIBAO_MAIL_PASSWORD"),
        smtp_host=reading.host("CUIBAO_SMTP_HOST"),
        smtp_port=reading.port("CUIBAO_SMTP_PORT"),
        smtp_tls=reading.tls("CUIBAO_SMTP_TLS", "CUIBAO_SMTP_HOST"),
        imap_host=reading.host("CUIBAO_IMAP_HOST"),
        imap_port=reading.port("CUIBAO_IMAP_PORT"),
        imap_tls=reading.tls("CUIBAO_IMAP_TLS", "CUIBAO_IMAP_HOST"),
        ca=reading.ca(env_file.parent),
        console_bind=reading.text("CUIBAO_CONSOLE_BIND"),
        console_port=reading.port("CUIBAO_CONSOLE_PORT"),
        secret=reading.text("CUIBAO_SECRET"),
        alarm_smtp=reading.alarm_smtp(),
        webhook=reading.webhook(),
        webhook_secret=reading.text("CUIBAO_WEBHOOK_SECRET"),
    )
    if reading.problems:
        raise ConfigError(tuple(reading.problems))
    return made


def _read(env_file: Path) -> dict[str, str]:
    if not env_file.is_file():
        return {}
    try:
        values = dotenv_values(env_file, interpolate=False, encoding="utf-8-sig")
    except UnicodeDecodeError:
        problem = Problem(shown_path(env_file), "", "文件不是UTF-8编码", "请用编辑器另存为UTF-8编码")
        raise ConfigError((problem,)) from None
    except OSError as error:
        problem = Problem(shown_path(env_file), "", f"文件无法读取（{why(error)}）", "请检查文件权限")
        raise ConfigError((problem,)) from error
    return {key: value or "" for key, value in values.items()}


@dataclass
class _Reading:
    """Values taken one by one, mistakes gathered."""

    shown: str
    written: Mapping[str, str]
    environ: Mapping[str, str]
    problems: list[Problem] = field(default_factory=list)

    def refuse_unknown(self) -> None:
        for name in self.written:
            if name.startswith(PREFIX) and name not in DEFAULTS:
                near = nearest(name, DEFAULTS)
                self._tell(name, "没有这个设置", f"是否应为 {near}？多余的请删去" if near else "请删去")

    def text(self, name: str) -> str:
        return self._given(name) or DEFAULTS[name]

    def port(self, name: str) -> int:
        text = self.text(name)
        if text.isascii() and text.isdigit() and 0 < int(text[:9]) <= _LAST_PORT:
            return int(text)
        self._tell(name, f"不是有效的端口：{quoted(text)}", f"请写1至{_LAST_PORT}的整数，常用的是 {DEFAULTS[name]}")
        return 0

    def host(self, name: str) -> str:
        host = self.text(name)
        if any(mark in host for mark in "/ @：") or host.count(":") == 1:
            self._tell(
                name, f"不是有效的服务器名称：{quoted(host)}", f"请只写名称，如 {DEFAULTS[name] or 'smtp.qq.com'}"
            )
        return host

    def tls(self, name: str, host_name: str) -> Tls:
        mode, host = self.text(name).lower(), self.text(host_name)
        if mode not in _MODES:
            self._tell(name, f"不是可选的加密方式：{quoted(mode)}", "请写 tls、starttls 或 none")
        elif mode == "none" and not is_loopback(host):
            self._tell(name, f"不加密（none）只能用于本机服务器，现为{quoted(host)}", "请改为 tls 或 starttls")
        return cast(Tls, mode)

    def ca(self, folder: Path) -> Path | None:
        text = self.text("CUIBAO_MAIL_CA")
        if not text:
            return None
        path = folder / text
        if not path.is_file():
            self._tell("CUIBAO_MAIL_CA", f"找不到证书文件：{quoted(text)}", "请核对路径，不用时留空")
        return path

    def alarm_smtp(self) -> AlarmSmtp | None:
        """The second account: all of it or nothing."""
        written = [name for name in DEFAULTS if name.startswith(_ALARM) and self._given(name)]
        if not written:
            return None
        for name in _ALARM_NEEDS:
            if name not in written:
                self._tell(
                    name, "没有填写", "告警用的第二个发件账号请填写完整；不用时请将 CUIBAO_ALARM_SMTP_ 各项都留空"
                )
        made = AlarmSmtp(
            host=self.host(f"{_ALARM}HOST"),
            port=self.port(f"{_ALARM}PORT"),
            tls=self.tls(f"{_ALARM}TLS", f"{_ALARM}HOST"),
            user=self.text(f"{_ALARM}USER"),
            password=self.text(f"{_ALARM}PASSWORD"),
            sender=self.text(f"{_ALARM}FROM"),
        )
        if made.sender and not is_address(made.sender):
            self._tell(
                f"{_ALARM}FROM", f"不是有效的邮箱地址：{quoted(made.sender)}", "请写该账号的邮箱地址，如 name@qq.com"
            )
        return made

    def webhook(self) -> str:
        url = self.text("CUIBAO_WEBHOOK")
        if wrong := url and mistake_in(url):
            self._tell("CUIBAO_WEBHOOK", wrong, "请从群机器人的设置中复制完整网址，不用时留空")
        return url

    def _given(self, name: str) -> str:
        return (self.environ.get(name, "") or self.written.get(name, "")).strip()

    def _tell(self, name: str, message: str, remedy: str) -> None:
        place = "环境变量" if self.environ.get(name) else self.shown
        self.problems.append(Problem(place, name, message, remedy))

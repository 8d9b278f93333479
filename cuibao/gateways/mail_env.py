"""The mailbox's account and the console's address from the environment and .env; no message ever shows a secret."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from dotenv import dotenv_values

from cuibao.gateways.account import Tls
from cuibao.gateways.config_models import nearest
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
    "CUIBAO_CONSOLE_BIND": "127.0.0.1",
    "CUIBAO_CONSOLE_PORT": "8020",
    "CUIBAO_SECRET": "",
}
"""Every variable, with what stands for it where it is missing or empty."""
_MODES = ("tls", "starttls", "none")
_LAST_PORT = 65535


@dataclass(frozen=True, slots=True)
class MailEnv:
    """What .env and the environment say. `user` and `password` may be empty (see credentials_missing); `secret` too."""

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
        problem = Problem(shown_path(env_file), "", f"文件无法读取（{error.strerror}）", "请检查文件权限")
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
        return (self.environ.get(name, "") or self.written.get(name, "")).strip() or DEFAULTS[name]

    def port(self, name: str) -> int:
        text = self.text(name)
        if text.isascii() and text.isdigit() and 0 < int(text[:9]) <= _LAST_PORT:
            return int(text)
        self._tell(name, f"不是有效的端口：{quoted(text)}", f"请写1至{_LAST_PORT}的整数，常用的是 {DEFAULTS[name]}")
        return 0

    def host(self, name: str) -> str:
        host = self.text(name)
        if any(mark in host for mark in "/ @：") or host.count(":") == 1:
            self._tell(name, f"不是有效的服务器名称：{quoted(host)}", f"请只写名称，如 {DEFAULTS[name]}")
        return host

    def tls(self, name: str, host_name: str) -> Tls:
        mode, host = self.text(name).lower(), self.text(host_name)
        if mode not in _MODES:
            self._tell(name, f"不是可选的加密方式：{quoted(mode)}", "请写 tls、starttls 或 none")
        elif mode == "none" and not _is_loopback(host):
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

    def _tell(self, name: str, message: str, remedy: str) -> None:
        place = "环境变量" if self.environ.get(name) else self.shown
        self.problems.append(Problem(place, name, message, remedy))


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"

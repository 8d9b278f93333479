"""Where the mailbox's two servers are and how one logs in; says nothing of what is done there."""

import base64
import ipaddress
import ssl
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Literal

from cuibao.gateways.system_words import why
from cuibao.rules.outcomes import MailServerError

Tls = Literal["tls", "starttls", "none"]


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """A host, a port and how the connection is protected: TLS from the first byte, STARTTLS, or none (loopback only)."""

    host: str
    port: int
    tls: Tls

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Account:
    """The office's mailbox. `user` logs in, `address` is the envelope sender; `ca_file` replaces the system's authorities;
    `timeout` is in seconds, for connecting and for every answer."""

    user: str
    password: str = field(repr=False)
    address: str
    smtp: ServerAddress
    imap: ServerAddress
    ca_file: Path | None = None
    timeout: float = 30

    def without_password(self, text: str) -> str:
        """The text with the password blotted out, plain or in the base64 of AUTH PLAIN and LOGIN."""
        for secret in _forms(self.user, self.password):
            text = text.replace(secret, "……")
        return text


@lru_cache(maxsize=8)
def _forms(user: str, password: str) -> tuple[str, ...]:
    """How the password may stand in a server's words."""
    forms = (
        password,
        password.replace("\\", "\\\\").replace('"', '\\"'),  # as IMAP quotes it
        base64.b64encode(password.encode()).decode(),
        base64.b64encode(f"\0{user}\0{password}".encode()).decode(),
    )
    return tuple(filter(None, forms))


def tls_context(account: Account, server: ServerAddress) -> ssl.SSLContext | None:
    """A context that verifies certificate and host name, or None without TLS. Raises MailServerError when the CA file cannot
    be used, or when mail would cross a network unprotected."""
    if server.tls == "none":
        if not _is_loopback(server.host):
            raise MailServerError(
                f"{server} 未启用加密连接", "请将连接方式设为 tls 或 starttls，none 仅限本机", permanent=True
            )
        return None
    try:
        return ssl.create_default_context(cafile=account.ca_file)
    except OSError as error:
        raise MailServerError(
            f"证书文件 {account.ca_file} 无法使用：{why(error)}", "请检查 CUIBAO_MAIL_CA", permanent=True
        ) from error


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False

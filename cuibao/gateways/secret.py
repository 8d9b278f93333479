"""The key of tokens, Message-IDs and sessions: from the environment, else store/secret, made once and kept with the ledger."""

import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from cuibao.gateways import log
from cuibao.gateways.disk import make_folder, sync_folder, telling, temporary, write_synced
from cuibao.rules.outcomes import ConfigError, LedgerError, Problem

VARIABLE = "CUIBAO_SECRET"
LENGTH = 32
_PRIVATE = 0o600


def load_secret(store: Path, environ: Mapping[str, str], ledger_has_entries: bool, create: bool) -> bytes:
    """The key, 32 bytes or more. CUIBAO_SECRET wins; else store/secret. Without either: made (0600) when `create`, else a
    key that lives as long as the process, for commands that write nothing. Raises ConfigError for a short CUIBAO_SECRET,
    LedgerError when the key is damaged, or missing beside a ledger with entries, whose letters it could not know again."""
    if text := environ.get(VARIABLE, ""):
        return _from_environment(text)
    path = store / "secret"
    with telling(path, "读取密钥"):
        if path.exists():
            return _from_file(path)
    if ledger_has_entries:
        raise LedgerError(
            f"台账已有记录，但密钥文件不见了（{path}）",
            "请从备份中恢复该文件（没有它就认不出已发出的信件）；若当初用的是环境变量，请在 .env 中重新设置 CUIBAO_SECRET。",
        )
    return _made(path) if create else secrets.token_bytes(LENGTH)


def _from_environment(text: str) -> bytes:
    key = text.encode("utf-8", "surrogateescape")
    if len(key) < LENGTH:
        message = f"{VARIABLE} 只有 {len(key)} 字节，少于 {LENGTH} 字节"
        remedy = "请改用更长的随机文本；或删去这一行，由程序自行生成 store/secret。"
        raise ConfigError((Problem(".env", VARIABLE, message, remedy),))
    return key


def _from_file(path: Path) -> bytes:
    key = path.read_bytes()
    if len(key) < LENGTH:
        raise LedgerError(f"密钥文件已损坏（{path}）", "请从备份中恢复该文件。")
    if path.stat().st_mode & 0o077:
        log.warning("密钥文件对其他用户可读，请执行 chmod 600", file=str(path))
    return key


def _made(path: Path) -> bytes:
    """Make the key; when another process was first, take its key."""
    with telling(path, "生成密钥"):
        make_folder(path.parent)
        draft = temporary(path)
        write_synced(draft, secrets.token_bytes(LENGTH), _PRIVATE)
        try:
            with suppress(FileExistsError):
                os.link(draft, path)
        finally:
            draft.unlink()
        sync_folder(path.parent)
        return _from_file(path)

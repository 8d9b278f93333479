"""Where logins to the console are kept: store/officers.json, 0600, replaced whole under a lock; passwords only as scrypt digests."""

import fcntl
import json
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from werkzeug.security import check_password_hash, generate_password_hash

from cuibao.gateways.disk import make_folder, replace_file, telling
from cuibao.gateways.store_files import LOGINS, PRIVATE, refuse_root
from cuibao.rules.entries import stamp
from cuibao.rules.officers import Officer, Rank, checked_name, refuse_weak, tidy
from cuibao.rules.outcomes import LedgerError, UsageError

_METHOD = "scrypt:32768:8:1"
_NOBODYS = f"{_METHOD}${'0' * 16}${'0' * 128}"
"""A digest that no password has, and that takes as long to find out as a true one."""
_READING, _WRITING = "读取登录账户", "保存登录账户"


@dataclass(frozen=True, slots=True)
class _Login:
    """One record of the file; the digest is kept out of every text made of it."""

    name: str
    rank: Rank
    mark: str
    digest: str = field(repr=False)
    set_at: str

    @property
    def officer(self) -> Officer:
        return Officer(self.name, self.rank, self.mark)

    def doc(self) -> dict[str, str]:
        return {
            "name": self.name,
            "role": self.rank,
            "mark": self.mark,
            "password": self.digest,
            "set_at": self.set_at,
        }


class OfficerFile:
    """The logins of a store. Read anew at every question, so that what the command line changes holds at once. Every method
    raises LedgerError for a damaged file or a disk that refuses."""

    def __init__(self, store: Path) -> None:
        self.path = store / LOGINS

    def list(self) -> tuple[Officer, ...]:
        """All of them, in the order in which they were added."""
        return tuple(login.officer for login in self._load())

    def find(self, name: str) -> Officer | None:
        login = self._login(name)
        return login.officer if login else None

    def check(self, name: str, password: str) -> Officer | None:
        """Whoever has this name and password. A name that is not there takes as long to refuse as a wrong password."""
        login = self._login(name)
        right = check_password_hash(login.digest if login else _NOBODYS, password)
        return login.officer if login and right else None

    def add(self, name: str, password: str, rank: Rank, at: datetime) -> Officer:
        """Add a login, or give the one of that name this password and rank, which ends its sessions. Raises UsageError for a
        name or password that will not do."""
        name = checked_name(name)
        refuse_weak(password, name)
        # The digest takes long: it is made before others are kept waiting.
        made = _Login(name, rank, secrets.token_hex(8), generate_password_hash(password, _METHOD), stamp(at))
        with self._alone():
            logins = {login.name: login for login in self._load()}
            self._save({**logins, name: made}.values())
        return made.officer

    def remove(self, name: str) -> Officer:
        """Take a login away, which ends its sessions. Raises UsageError where there is none of that name."""
        with self._alone():
            logins = {login.name: login for login in self._load()}
            gone = logins.pop(tidy(name), None)
            if gone is None:
                raise UsageError(f"没有“{tidy(name)}”的账户", "请用 ./bot officer list 查看已有的账户")
            self._save(logins.values())
        return gone.officer

    def _login(self, name: str) -> _Login | None:
        return next((login for login in self._load() if login.name == tidy(name)), None)

    def _load(self) -> tuple[_Login, ...]:
        with telling(self.path, _READING):
            try:
                raw = self.path.read_bytes()
            except FileNotFoundError:
                return ()
        try:
            logins = {login.name: login for login in map(_read, json.loads(raw)["officers"])}
        except (ValueError, TypeError, KeyError, RecursionError):
            # Without its cause: that would show in a traceback what stands in the file.
            raise LedgerError(
                f"登录账户文件已损坏（{self.path}）",
                "请从备份中恢复该文件；没有备份的，请移走它，再用 ./bot officer add 重新设立账户",
            ) from None
        return tuple(logins.values())

    def _save(self, logins: Iterable[_Login]) -> None:
        doc = {"officers": [login.doc() for login in logins]}
        with telling(self.path, _WRITING):
            replace_file(self.path, json.dumps(doc, ensure_ascii=False, indent=1).encode(), PRIVATE)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep others from changing the file meanwhile, in this process and others; they wait, for it takes milliseconds."""
        refuse_root(self.path.parent, "设立或删除账户")
        lock = self.path.with_suffix(".lock")
        with telling(lock, _WRITING):
            make_folder(lock.parent)
            fd = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE)
        try:
            with telling(lock, _WRITING):
                fcntl.flock(fd, fcntl.LOCK_EX)
            yield
        finally:
            os.close(fd)


def _read(record: Any) -> _Login:
    texts = [record[key] for key in ("name", "mark", "password", "set_at")]
    if not all(isinstance(text, str) and text for text in texts):
        raise ValueError("not a text")
    name, mark, digest, set_at = texts
    return _Login(name, Rank(record["role"]), mark, digest, set_at)

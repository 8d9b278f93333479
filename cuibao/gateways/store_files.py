"""What belongs to a store and may stand in a backup of it: names, modes and owners, for those who make one and those who put one back."""

import json
import os
import pwd
import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from cuibao.gateways.ledger import Mode
from cuibao.rules.entries import Kind
from cuibao.rules.outcomes import LedgerError

FOLDER = "backups"
MANIFEST = "manifest.json"
SECRET, LOGINS, CURSORS = "secret", "officers.json", "cursors.json"
ARCHIVES = ("mail", "letters", "papers")
DAILY_KEPT, MONTHS_KEPT = 14, 12
DAILY = re.compile(r"(\d{4}-\d{2}-\d{2})\.tar\.gz", re.ASCII)
LEDGER = re.compile(r"\d{4}\.jsonl", re.ASCII)
ARCHIVED = re.compile(r"(?:mail|letters|papers)/\d{4}-\d{2}/[0-9a-f]{64}(?:\.[a-z0-9]{1,8})?", re.ASCII)
CONFIG = re.compile(r"config/(?:\d{4}/)?[^/\\.][^/\\]*", re.ASCII)
"""What an office has set, and below config/YEAR/ what it had set in a year before."""
YEAR = re.compile(r"\d{4}", re.ASCII)
PRIVATE = 0o600
LARGEST_FILE = 1 << 30
LARGEST_MANIFEST = 1 << 28
PIECE = 1 << 20
BACKING_UP, RESTORING = "备份", "恢复备份"
NOT_OURS = "请核对所选文件；备份在 store/backups/ 中，文件名形如 2020-06-15.tar.gz。现有数据未作改动。"
DAMAGED = "请改用另一份备份。现有数据未作改动。"
MODE_WORDS = {"office": "正式", "sandbox": "演练"}


def refuse_other_mode(found: Iterable[str | None], mode: Mode, what: str) -> None:
    """A sandbox's backup goes into a sandbox only, and an office's never into one."""
    if wrong := next((one for one in found if one and one != mode), None):
        remedy = "若确为演练，请加 --sandbox" if mode == "office" else "若确为正式运行，请去掉 --sandbox"
        raise LedgerError(
            f"{what}属于{MODE_WORDS[wrong]}，不能用于{MODE_WORDS[mode]}",
            f"{remedy}；并请核对 --store。现有数据未作改动。",
        )


def modes_in(store: Path) -> list[str | None]:
    return [mode_of([first_line(path)]) for path in ledgers_in(store)]


def refuse_root(store: Path, doing: str = "备份或恢复") -> None:
    """Files that root makes in a store of somebody else's are closed to the daemon. `doing` is Chinese, what root must not do."""
    if store.exists() and os.geteuid() == 0 and (owner := store.stat().st_uid) != 0:
        name = _user(owner)
        raise LedgerError(f"数据目录属于用户 {name}，不能以 root 身份{doing}", f"请改用 sudo -u {name} ./bot 执行。")


def _user(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"#{number}"


def listed(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []


def ledgers_in(store: Path) -> list[Path]:
    return [path for path in listed(store) if LEDGER.fullmatch(path.name)]


def earlier_configs(config: Path) -> list[Path]:
    """The folders in which the configuration of years before is kept, oldest first."""
    return [path for path in listed(config) if path.is_dir() and YEAR.fullmatch(path.name)]


def first_line(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.readline(PIECE)


def mode_of(lines: list[bytes]) -> Mode | None:
    """Whose a ledger is, by its first line; None where that does not say."""
    try:
        kind = json.loads(lines[0])["kind"]
    except (IndexError, ValueError, TypeError, KeyError, RecursionError):
        return None
    return "sandbox" if kind == Kind.SANDBOX_OPENED else "office"


def day_of(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None

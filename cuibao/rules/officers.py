"""Who may log in to the console, as which rank, and what a name and a password must be."""

import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from cuibao.rules.outcomes import UsageError

LONGEST_NAME = 20
SHORTEST_PASSWORD, LONGEST_PASSWORD = 8, 128
"""Lengths in characters."""
_NOT_PEOPLE = ("cuibao", "系统")
"""The ledger's words for the program itself: no person's act may look like one of its own."""


class Rank(StrEnum):
    """What a login may do: an officer acts, a leader only looks."""

    OFFICER = "officer"
    LEADER = "leader"


RANKS = {Rank.OFFICER: "经办人", Rank.LEADER: "领导（只读）"}
"""The ranks as people see them."""


@dataclass(frozen=True, slots=True)
class Officer:
    """A person who may log in. `mark` is another one after every change of the password, so that sessions begun before end; it
    says nothing about the password."""

    name: str
    rank: Rank
    mark: str


def tidy(name: str) -> str:
    """A name as it is compared: without blanks around it, and composed alike whatever keyboard it comes from."""
    return unicodedata.normalize("NFC", name).strip()


def checked_name(text: str) -> str:
    """A name that may stand under an act in the ledger. Raises UsageError."""
    name = tidy(text)
    if not 1 <= len(name) <= LONGEST_NAME:
        raise UsageError(f"姓名应为 1 至 {LONGEST_NAME} 个字，现为 {len(name)} 个", "请写经办人的姓名，如 陈某")
    if not name.isprintable():
        raise UsageError("姓名中有不可见的字符", "请直接输入姓名，不要从其他文件中复制")
    if name.casefold() in _NOT_PEOPLE:
        raise UsageError(f"“{name}”是台账中程序自身的名称，不能用作姓名", "请写经办人的姓名，如 陈某")
    return name


def refuse_weak(password: str, name: str) -> None:
    """Raises UsageError, which never quotes the password, for one that is short, endless, unprintable or the name."""
    if len(password) < SHORTEST_PASSWORD:
        raise UsageError(f"密码至少 {SHORTEST_PASSWORD} 位", "请换一个更长的密码，或加 --generate 由程序生成")
    if len(password) > LONGEST_PASSWORD:
        raise UsageError(f"密码至多 {LONGEST_PASSWORD} 位", "请换一个短些的密码")
    if not password.isprintable():
        raise UsageError("密码中有不可见的字符", "请只用键盘上能看到的字符")
    if tidy(password).casefold() == tidy(name).casefold():
        raise UsageError("密码不能与姓名相同", "请换一个密码，或加 --generate 由程序生成")

"""`officer add`, `officer list`, `officer remove`: who may log in to the console. A password is typed twice, piped in, or made up."""

import secrets
import sys
from argparse import Namespace
from datetime import datetime
from getpass import getpass

from cuibao.front import show
from cuibao.front.house import House
from cuibao.gateways.officers import OfficerFile
from cuibao.rules.officers import RANKS, Officer, Rank, checked_name, refuse_weak
from cuibao.rules.outcomes import UsageError

_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without i, l, o, 0 and 1, which are read for one another."""
_GROUPS, _IN_GROUP = 4, 4


def run(args: Namespace, now: datetime) -> int:
    logins = OfficerFile(House.of(args, writes=args.act != "list").store)
    if args.act == "list":
        _list(args, logins)
    elif args.act == "add":
        _add(args, logins, now)
    else:
        gone = logins.remove(args.name)
        _answer(args, _doc(gone), f"已删除{RANKS[gone.rank]}“{gone.name}”的账户，其登录随即失效")
    return 0


def _list(args: Namespace, logins: OfficerFile) -> None:
    found = logins.list()
    if args.json:
        show.as_json({"officers": [_doc(officer) for officer in found]})
    elif found:
        show.table("网页登录账户", ("姓名", "身份"), [(officer.name, RANKS[officer.rank]) for officer in found])
    else:
        show.say("尚未设立账户；请用 ./bot officer add 姓名 设立")


def _add(args: Namespace, logins: OfficerFile, now: datetime) -> None:
    name = checked_name(args.name)  # before anybody types a password in vain
    password = _made_up() if args.generate else _asked(name)
    known = logins.find(name)
    officer = logins.add(name, password, Rank(args.role), now)
    doc = _doc(officer)
    lines = [f"已设立{RANKS[officer.rank]}“{officer.name}”的账户"]
    if known:
        lines = [f"已更新{RANKS[officer.rank]}“{officer.name}”的密码和身份，此前的登录随即失效"]
    if args.generate:
        doc["password"] = password
        lines.append(f"密码：{password}（只显示这一次，请当面转交）")
    _answer(args, doc, *lines)


def _made_up() -> str:
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(_IN_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)


def _asked(name: str) -> str:
    """The password, typed twice without being shown; or, where nobody sits at a terminal, the first line of standard input. Raises
    UsageError."""
    if not sys.stdin.isatty():
        password = sys.stdin.readline().rstrip("\r\n")
        if not password:
            raise UsageError("没有读到密码", "请由标准输入给出一行密码，或加 --generate 由程序生成")
        return password
    try:
        password = getpass(f"{name}的密码（输入时不显示）：")
        refuse_weak(password, name)  # before it is typed again in vain
        again = getpass("再输入一次：")
    except EOFError:
        raise UsageError("没有读到密码", "请重新运行并输入密码，或加 --generate 由程序生成") from None
    if again != password:
        raise UsageError("两次输入的密码不一致", "请重新运行")
    return password


def _doc(officer: Officer) -> dict[str, str]:
    return {"name": officer.name, "role": officer.rank}


def _answer(args: Namespace, doc: dict[str, str], *lines: str) -> None:
    if args.json:
        show.as_json(doc)
    else:
        show.say(*lines)

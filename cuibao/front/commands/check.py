"""`check`: configuration, contacts, calendar and questions to the office; with --connect both mail servers."""

from argparse import Namespace
from contextlib import closing
from datetime import datetime

from cuibao.front import problems as told
from cuibao.front import show
from cuibao.front.connections import Tried, connected_servers, try_servers
from cuibao.front.house import House
from cuibao.front.kept_copy import record, send_and_look
from cuibao.gateways.config_questions import unreachable, wave_length, without_table
from cuibao.gateways.settings import HOLIDAYS, OFFICE, UNITS
from cuibao.gateways.yaml_places import shown_path
from cuibao.rules.office import Office
from cuibao.rules.outcomes import ConfigError, Problem, Severity, UsageError
from cuibao.rules.period import closes_at

_REAL_ONLY = frozenset({"office.digest_to"})
"""What does not matter to a rehearsal, whose mail reaches nobody."""


def run(args: Namespace, now: datetime) -> int:
    if args.connect and args.sandbox:
        raise UsageError(
            "--connect 要连接真实的邮件服务器，演练（--sandbox）中不能使用",
            "请先在 .env 中写明邮箱账号（样例见 config/.env.example），再运行 ./bot check --connect",
        )
    house = House.of(args, writes=False)
    found = [*config_problems(house, now), *([] if args.sandbox else _env_problems(house))]
    tried = Tried((), ())
    if args.connect and not _wrong(found):
        tried = _connect(house, now)
        found += tried.problems
    if args.json:
        show.as_json({"problems": told.problems_doc(found)})
        return 2 if _wrong(found) else 0
    if found:
        told.tell(found, "检查结果")
    else:
        show.say("检查完毕，没有发现问题")
    show.say(*tried.found)
    if not _wrong(found):
        recipients, days = wave_length(house.office)
        if recipients:
            time = "当日" if days <= 1 else f"{days} 个工作日"
            show.say(f"一轮提醒共 {recipients} 个收件地址，按每日 {house.office.pace.per_day} 个计，{time}可发完")
    return 2 if _wrong(found) else 0


def _connect(house: House, now: datetime) -> Tried:
    """Try both servers, and with one mail to ourselves whether what we send can be found again."""
    with closing(connected_servers(house)) as servers:
        tried = try_servers(servers, house.office.mailbox.sent_folder)
        if tried.problems:
            return tried
        kept = send_and_look(servers, house.office.mailbox.address, now)
    record(house.store, kept, now)
    problem = kept.problem()
    return Tried((*tried.problems, *([problem] if problem else [])), (*tried.found, kept.words()))


def _wrong(found: list[Problem]) -> bool:
    return any(problem.severity is Severity.ERROR for problem in found)


def config_problems(house: House, now: datetime) -> list[Problem]:
    """Everything that is wrong or open in config/ and templates/, without the servers."""
    try:
        _ = house.templates  # loading them is the check: a broken one raises ConfigError
        found = [*house.left_out, *house.problems, *house.ahead, *dated_problems(house, now)]
    except ConfigError as error:
        return list(error.problems)
    if house.sandbox:
        return [problem for problem in found if problem.path not in _REAL_ONLY]
    return [*unreachable(house.office, shown_path(house.config / UNITS)), *found]


def _env_problems(house: House) -> list[Problem]:
    """What .env gets wrong or lacks, which matters to real use only."""
    try:
        missing = house.mail_env.credentials_missing
    except ConfigError as error:
        return list(error.problems)
    remedy = "启用前请在 .env 中填写，样例见 config/.env.example"
    return [Problem(".env", name, "尚未设置邮箱账号，不能收发邮件", remedy, Severity.WARNING) for name in missing]


def dated_problems(house: House, now: datetime) -> list[Problem]:
    """What is wrong with config/ by what day it is."""
    calendar = without_table(house.office, now, shown_path(house.config / HOLIDAYS))
    return [*past_problems(house.office, now), *calendar]


def past_problems(office: Office, now: datetime, shown: str = f"config/{OFFICE}") -> list[Problem]:
    """A warning when every period's deadline has passed."""
    if now < closes_at(max(period.last_day for period in office.periods)):
        return []
    return [
        Problem(
            shown,
            "periods",
            f"{office.notice.year} 年各季度的报送时限都已过去，不会再发出提醒",
            "请用 ./bot notice import 导入新一年的通知，核对后启用；或用 ./bot --sandbox run 演练",
            Severity.WARNING,
        )
    ]

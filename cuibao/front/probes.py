"""Probes: what `doctor` looks at. Each one looks at one thing and answers with a Finding; the table PROBES at the end is their order
on the page. They read, and write nothing."""

import os
import shutil
import sys
from datetime import datetime, timedelta

from cuibao.front.commands.check import dated_problems
from cuibao.front.kept_copy import recorded
from cuibao.front.patient import SILENT, Finding, Patient, Probe, State
from cuibao.front.probes_page import logins, page
from cuibao.gateways.backup import daily_backups
from cuibao.gateways.heartbeat import holder
from cuibao.gateways.secret import LENGTH
from cuibao.gateways.verify import verify_store
from cuibao.rules.entries import Kind
from cuibao.rules.obligation import obligations
from cuibao.rules.outcomes import ConfigError, Severity
from cuibao.rules.recipients import working
from cuibao.rules.workdays import CHINA

LITTLE_SPACE, HARDLY_SPACE = 1_000_000_000, 200_000_000
BACKUP_LATE, BACKUP_LOST = timedelta(days=2), timedelta(days=7)
CLOCK_SLACK = timedelta(minutes=1)
NAMED = 5
"""So many units are named; the rest are counted."""


# ---- the machine


def python(_: Patient) -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.prefix == sys.base_prefix:
        return Finding(State.WARN, f"Python {version}，未使用程序自带的运行环境（.venv）", "请用 ./bot 运行各命令")
    return Finding(State.OK, f"Python {version}，{sys.prefix}")


def clock(patient: Patient) -> Finding:
    if patient.house.sandbox:
        return Finding(State.OK, "演练用自己的时钟")
    shown = f"{patient.now.astimezone(CHINA):%Y-%m-%d %H:%M}（北京时间）"
    mend = "timedatectl；时间不准时：sudo timedatectl set-ntp true"
    last = patient.book.last_at
    if last and patient.now < last - CLOCK_SLACK:
        return Finding(State.BAD, f"机器时间为 {shown}，早于台账最后一条记录（{_at(last)}）", mend)
    return Finding(State.OK, shown)


def store(patient: Patient) -> Finding:
    folder = patient.house.store
    there = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    free = shutil.disk_usage(there).free
    space = f"可用空间 {free / 1e9:.1f} GB"
    if not there.is_dir() or not all(os.access(path, os.W_OK) for path in (there, *folder.glob("*.jsonl"))):
        return Finding(State.BAD, f"不能写入（{there}）", f"ls -ld {there}；请检查属主、权限，以及磁盘是否只读")
    if free < HARDLY_SPACE:
        return Finding(State.BAD, f"磁盘将满，{space}", f"df -h {there}；请清理磁盘或扩容")
    if free < LITTLE_SPACE:
        return Finding(State.WARN, f"磁盘余量不多，{space}", f"df -h {there}")
    if there != folder:
        return Finding(State.OK, f"尚未建立，首次运行时建立（{folder}）；{space}")
    pid = holder(folder / "sending.lock")
    return Finding(State.OK, f"可以写入，{space}；" + (f"收发件由进程 {pid} 占用" if pid else "收发件未被占用"))


# ---- what the office has set


def config(patient: Patient) -> Finding:
    house, check = patient.house, f"{patient.bot} check"
    try:
        _ = house.templates
        found = [*house.left_out, *house.problems, *house.ahead, *dated_problems(house, patient.now)]
    except ConfigError as error:
        return Finding(State.BAD, f"有误 {len(error.problems)} 处", check)
    if house.left_out:
        return Finding(
            State.BAD, f"往年的配置不能使用，首处：{house.left_out[0].file} {house.left_out[0].message}", check
        )
    if house.ahead:
        return Finding(State.WARN, house.ahead[0].message, house.ahead[0].remedy)
    warnings = sum(problem.severity is Severity.WARNING for problem in found)
    questions = sum(problem.severity is Severity.QUESTION for problem in found)
    if found:
        return Finding(State.WARN, f"没有错误；提示 {warnings} 处，待答复 {questions} 处", check)
    return Finding(State.OK, "没有问题")


def contacts(patient: Patient) -> Finding:
    office = patient.office
    duties = obligations(office.registry, office.reporting)
    owing = [unit for unit in office.registry.units if duties[unit.name]]
    unreached = [unit.name for unit in owing if not working(unit, patient.book)]
    if not unreached:
        return Finding(State.OK, f"{len(owing)} 个单位都有可用邮箱")
    state = State.BAD if len(unreached) == len(owing) else State.WARN
    return Finding(
        state,
        f"{len(owing)} 个单位中 {len(unreached)} 个没有可用邮箱：{_some(unreached)}",
        "./bot contacts export 联系人.xlsx，填好后 ./bot contacts import 联系人.xlsx",
    )


def calendar(patient: Patient) -> Finding:
    office, today = patient.office, patient.now.astimezone(CHINA)
    years = {period.last_day.year for period in office.periods}
    if today.month == 12:
        years.add(today.year + 1)
    missing = office.workdays.unpublished(years)
    if missing:
        which = "、".join(f"{year} 年" for year in missing)
        return Finding(
            State.WARN,
            f"{which}没有放假安排，按双休日计算，不含调休",
            "更新程序；或按国务院办公厅通知写入 config/holidays.yaml",
        )
    return Finding(State.OK, "、".join(f"{year} 年" for year in sorted(years)) + "的放假安排齐备")


def credentials(patient: Patient) -> Finding:
    if patient.house.sandbox:
        return Finding(State.OK, "演练不需要邮箱账号")
    try:
        missing = patient.house.mail_env.credentials_missing
    except ConfigError as error:
        return Finding(
            State.BAD,
            f"有误 {len(error.problems)} 处，首处：{error.problems[0]}",
            "请改正 .env，样例见 config/.env.example",
        )
    if missing:
        make = "" if patient.house.env_file.exists() else "cp config/.env.example .env，"
        return Finding(State.BAD, f"尚未设置 {'、'.join(missing)}", f"{make}填写 .env 后 chmod 600 .env")
    return Finding(State.OK, f"已设置（{patient.house.mail_env.user}）")


def env_file(patient: Patient) -> Finding:
    path = patient.house.env_file
    if not path.exists():
        return Finding(State.OK, "没有 .env")
    if path.stat().st_mode & 0o077:
        return Finding(State.WARN, "其他用户可以读取 .env", f"chmod 600 {path}")
    return Finding(State.OK, "只有本用户可以读取 .env")


def alarm_ways(patient: Patient) -> Finding:
    if patient.house.sandbox:
        return Finding(State.OK, "演练不发告警")
    env, office = patient.env, patient.office
    ways = {"群机器人": env.webhook or office.alarms.webhook, "第二个发件账号": env.alarm_smtp}
    if found := [name for name, way in ways.items() if way]:
        return Finding(State.OK, "、".join(found))
    return Finding(
        State.WARN, "本办邮箱收发不通时，告警无处可发", "在 .env 中设置 CUIBAO_WEBHOOK 或 CUIBAO_ALARM_SMTP_ 各项"
    )


# ---- what is kept


def ledger(patient: Patient) -> Finding:
    _ = patient.office
    house, verify = patient.house, f"{patient.bot} verify"
    problems = [problem for path in house.ledger_paths for problem in verify_store(path, house.store)]
    errors = [problem for problem in problems if problem.severity is Severity.ERROR]
    if errors:
        return Finding(State.BAD, f"核验发现 {len(errors)} 处问题，首处：{errors[0].path} {errors[0].message}", verify)
    count = sum(len(one.ledger.entries()) for one in (house, *house.earlier))  # refuses the other mode's
    if problems:
        return Finding(State.WARN, f"共 {count} 条；{problems[0].message}", verify)
    return Finding(State.OK, f"共 {count} 条，链条完整，存档与台账一致" if count else "尚无记录")


def secret(patient: Patient) -> Finding:
    if patient.env.secret:
        return Finding(State.OK, "取自 CUIBAO_SECRET")
    path = patient.house.store / "secret"
    if not path.exists():
        if patient.recorded:
            return Finding(State.BAD, "台账已有记录，但密钥文件不见了", _put_back(patient))
        return Finding(State.OK, "尚未生成，首次运行时生成")
    if path.stat().st_size < LENGTH:
        return Finding(State.BAD, "密钥文件已损坏", _put_back(patient))
    if path.stat().st_mode & 0o077:
        return Finding(State.WARN, "其他用户可以读取密钥文件", f"chmod 600 {path}")
    return Finding(State.OK, "完好")


def backup(patient: Patient) -> Finding:
    if patient.house.sandbox:
        return Finding(State.OK, "演练数据不作每日备份")
    if not patient.recorded:
        return Finding(State.OK, "台账尚无记录，无须备份")
    days = daily_backups(patient.house.store)
    if not days:
        return Finding(State.WARN, "还没有每日备份（由后台服务每天作一份）", "./bot backup")
    age = patient.now.astimezone(CHINA).date() - days[-1]
    shown = f"最近一份为 {days[-1].isoformat()}，共 {len(days)} 份"
    if age >= BACKUP_LATE:
        return Finding(
            State.BAD if age >= BACKUP_LOST else State.WARN, f"{shown}，已 {age.days} 天未备份", "./bot backup"
        )
    return Finding(State.OK, shown)


def _put_back(patient: Patient) -> str:
    days = daily_backups(patient.house.store)
    file = patient.house.store / "backups" / f"{days[-1].isoformat()}.tar.gz" if days else "备份文件"
    return f"{patient.bot} restore {file}"


# ---- what runs


def daemon(patient: Patient) -> Finding:
    if patient.house.sandbox:
        return Finding(State.OK, "演练不要求后台服务常驻")
    beat, start = patient.beat, "sudo systemctl start cuibao（或 ./bot run）"
    if beat is None:
        return Finding(State.WARN, "后台服务尚未运行过", start)
    age = beat.age(patient.now)
    if not patient.holds:
        return Finding(State.BAD, f"后台服务已停止，最后一次动静在 {_at(beat.at)}", start)
    if age > SILENT:
        return Finding(
            State.BAD, f"后台服务（进程 {beat.pid}）已 {_long(age)}没有动静", "sudo systemctl restart cuibao"
        )
    shown = f"运行中（进程 {beat.pid}，{_at(beat.started_at)} 启动）"
    if beat.troubles:
        return Finding(State.WARN, f"{shown}；{'；'.join(beat.troubles)}", "journalctl -u cuibao -n 50")
    return Finding(State.OK, shown)


def last_poll(patient: Patient) -> Finding:
    if patient.house.sandbox:
        return Finding(State.OK, "演练不连接真实邮箱")
    beat = patient.beat
    if beat is None or beat.last_poll is None:
        return Finding(State.WARN, "后台服务启动以来尚未读完一次邮箱", "./bot check --connect")
    age = patient.now - beat.last_poll
    rules = patient.office
    if age > timedelta(minutes=max(3 * rules.mailbox.poll_minutes, rules.alarms.after_minutes)):
        return Finding(State.BAD, f"已 {_long(age)}未能收取邮箱（上次 {_at(beat.last_poll)}）", "./bot check --connect")
    return Finding(State.OK, f"上次收取 {_at(beat.last_poll)}")


def last_letter(patient: Patient) -> Finding:
    last = next((entry for entry in reversed(patient.entries) if entry.kind is Kind.LETTER_SENT), None)
    if last is None:
        return Finding(State.OK, "尚未发出过函件")
    return Finding(State.OK, f"最近一封发于 {_at(last.at)}（{last.unit or '本办'}）")


def kept_copy(patient: Patient) -> Finding:
    if patient.house.sandbox:
        return Finding(State.OK, "演练不连接真实邮箱")
    found = recorded(patient.house.store)
    if found is None:
        return Finding(State.WARN, "尚未试发，不知服务器是否在“已发送”留存函件、是否保留标识", "./bot check --connect")
    kept, tried_at = found
    shown = f"{_at(tried_at)} {kept.words()}"
    problem = kept.problem()
    return Finding(State.WARN, shown, problem.remedy) if problem else Finding(State.OK, shown)


def alarms(patient: Patient) -> Finding:
    found = [alarm for alarm in patient.book.alarms.values() if alarm.cleared_at is None]
    if not found:
        return Finding(State.OK, "没有未解除的告警")
    named = _some([f"{alarm.words or alarm.key}（{_at(alarm.raised_at)} 起）" for alarm in found])
    return Finding(State.BAD, f"未解除的告警 {len(found)} 项：{named}", f"{patient.bot} ledger --kind alarm")


def imap(patient: Patient) -> Finding:
    return _connects(patient, "收件服务器")


def smtp(patient: Patient) -> Finding:
    return _connects(patient, "发件服务器")


def _connects(patient: Patient, server: str) -> Finding:
    if patient.house.sandbox:
        return Finding(State.OK, "演练不连接真实服务器")
    for problem in patient.tried.problems:
        if problem.path.startswith(server):
            return Finding(State.BAD, problem.message, problem.remedy)
    words = next((words for words in patient.tried.found if words.startswith(server)), "")
    return Finding(State.OK, words.partition("：")[2] or "登录正常")


# ---- words


def _at(moment: datetime) -> str:
    return f"{moment.astimezone(CHINA):%Y-%m-%d %H:%M}"


def _long(age: timedelta) -> str:
    minutes = int(age.total_seconds()) // 60
    if minutes < 120:
        return f" {minutes} 分钟"
    return f" {minutes // 60} 小时" if minutes < 2880 else f" {minutes // 1440} 天"


def _some(names: list[str]) -> str:
    return "、".join(names[:NAMED]) + ("等" if len(names) > NAMED else "")


PROBES: tuple[tuple[str, str, Probe], ...] = (
    ("python", "运行环境", python),
    ("clock", "机器时间", clock),
    ("config", "配置", config),
    ("contacts", "联系人", contacts),
    ("calendar", "放假安排", calendar),
    ("credentials", "邮箱账号", credentials),
    ("env_file", ".env 权限", env_file),
    ("alarm_ways", "告警通路", alarm_ways),
    ("store", "数据目录", store),
    ("ledger", "台账", ledger),
    ("secret", "密钥", secret),
    ("backup", "备份", backup),
    ("daemon", "后台服务", daemon),
    ("page", "网页", page),
    ("logins", "登录账户", logins),
    ("last_poll", "收件", last_poll),
    ("last_letter", "发件", last_letter),
    ("kept_copy", "已发送", kept_copy),
    ("alarms", "告警", alarms),
)
IN_PROCESS = frozenset({"daemon", "page", "last_poll", "last_letter", "alarms"})
"""What the daemon's own page shows better than by its heartbeat."""
CONNECTING: tuple[tuple[str, str, Probe], ...] = (("imap", "收件服务器", imap), ("smtp", "发件服务器", smtp))

"""The page of what works and what does not, probe by probe and as a whole."""

import json
import os
import shutil
import socket
import stat
from argparse import Namespace
from collections import namedtuple
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from world import at, kept

from cuibao.front import probes, probes_page
from cuibao.front.commands import doctor
from cuibao.front.house import House
from cuibao.front.kept_copy import FILE, Found, KeptCopy, record
from cuibao.front.patient import Check, Patient, State, examine
from cuibao.front.probes import CONNECTING, PROBES
from cuibao.gateways.backup import daily_backup
from cuibao.gateways.folders import Folder
from cuibao.gateways.heartbeat import Heartbeat, beat
from cuibao.gateways.lock import hold
from cuibao.gateways.officers import OfficerFile
from cuibao.rules.entries import Draft, Kind
from cuibao.rules.officers import Rank
from cuibao.rules.outcomes import MailServerError

ROOT = Path(__file__).parents[2]
NINE = at("2020-06-15T09:00")
SET = {"CUIBAO_MAIL_USER": "whsmsb@163.com", "CUIBAO_MAIL_PASSWORD": "QWERTYUIOPASDFGH"}


@dataclass
class Clinic:
    """An office's folders, and what doctor says of them."""

    base: Path
    environ: dict[str, str] = field(default_factory=lambda: dict(SET))
    sandbox: bool = False

    def __post_init__(self) -> None:
        shutil.copytree(ROOT / "config", self.config)

    @property
    def config(self) -> Path:
        return self.base / "config"

    @property
    def store(self) -> Path:
        return self.base / "store"

    def house(self) -> House:
        return House(self.config, self.store, self.sandbox, environ=self.environ)

    def write(self, *drafts: Draft) -> None:
        self.store.mkdir(exist_ok=True)
        self.house().ledger.append(drafts)

    def beat(self, moment: datetime = NINE, **said: Any) -> None:
        self.store.mkdir(exist_ok=True)
        beat(self.store, Heartbeat(**{"at": moment, "pid": os.getpid(), "started_at": at("2020-05-18T08:30"), **said}))

    def says(self, name: str, now: datetime = NINE) -> tuple[State, str, str]:
        patient = Patient(self.house(), now)
        (check,) = examine(patient, [probe for probe in PROBES if probe[0] == name])
        return check.finding

    def page(self, now: datetime = NINE) -> list[Check]:
        return examine(Patient(self.house(), now), PROBES)


@pytest.fixture
def clinic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clinic:
    monkeypatch.setattr("cuibao.front.house.ROOT", tmp_path)
    return Clinic(tmp_path)


def note(moment: str, kind: Kind = Kind.NOTE_ADDED, **data: object) -> Draft:
    return Draft(kind, at(moment), data=data)


# ---- the whole page


def test_a_new_folder_has_a_page_and_nothing_is_written(clinic: Clinic) -> None:
    clinic.environ = {}
    page = clinic.page()
    assert [check.name for check in page] == [name for name, _, _ in PROBES]
    bad = [check.name for check in page if check.finding.state is State.BAD]
    assert bad == ["contacts", "credentials"]
    assert not clinic.store.exists()


def test_everything_that_is_not_well_names_a_remedy(clinic: Clinic) -> None:
    clinic.write(note("2020-06-16T09:00"), note("2020-06-14T09:00", Kind.ALARM_RAISED, key="imap", words="收不到"))
    for environ in ({}, SET):
        clinic.environ = dict(environ)
        assert all(check.finding.remedy for check in clinic.page() if check.finding.state is not State.OK)


def test_the_sandbox_has_a_page_without_credentials(clinic: Clinic) -> None:
    clinic.environ, clinic.sandbox = {}, True
    assert [check.name for check in clinic.page() if check.finding.state is State.BAD] == []


def test_a_broken_configuration_is_one_line_and_the_others_say_that_they_wait_for_it(clinic: Clinic) -> None:
    (clinic.config / "office.yaml").write_text("office: [\n", encoding="utf-8")
    page = clinic.page()
    assert [check.name for check in page if check.finding.state is State.BAD] == ["config"]
    assert clinic.says("contacts")[:2] == (State.WARN, "配置有误，未能检查")


def test_a_broken_ledger_is_one_line_and_the_others_say_that_they_wait_for_it(clinic: Clinic) -> None:
    clinic.write(note("2020-06-14T09:00"))
    (clinic.store / "2020.jsonl").write_text("x\ny\n")
    assert clinic.says("ledger")[0] is State.BAD
    assert clinic.says("alarms") == (State.WARN, "台账不能读取，未能检查", "./bot verify")


def test_a_broken_env_file_is_one_line_and_no_secret_is_shown(clinic: Clinic) -> None:
    (clinic.base / ".env").write_text("CUIBAO_SMTP_PORT=ssl\nCUIBAO_WEBHOOK=http://oapi/robot?key=abcdefgh\n")
    (clinic.base / ".env").chmod(0o600)
    state, message, _ = clinic.says("credentials")
    assert state is State.BAD
    assert "CUIBAO_SMTP_PORT" in message
    assert clinic.says("alarm_ways")[:2] == (State.WARN, ".env 有误，未能检查")
    assert not any("abcdefgh" in check.finding.message for check in clinic.page())


def test_an_entry_that_nobody_foresaw_is_a_line_and_not_a_traceback(clinic: Clinic) -> None:
    clinic.write(note("2020-06-15T09:00", Kind.MAIL_KEPT))
    assert clinic.says("clock")[:2] == (State.BAD, "检查时程序出错（KeyError）")


def args(clinic: Clinic, **changes: bool) -> Namespace:
    options = {"sandbox": False, "json": True, "connect": False, **changes}
    return Namespace(config=clinic.config, store=clinic.store, **options)


def test_the_json_is_stable_and_something_bad_ends_with_one(clinic: Clinic, capsys: pytest.CaptureFixture[str]) -> None:
    assert doctor.run(args(clinic), NINE) == 1
    checks = json.loads(capsys.readouterr().out)["checks"]
    assert [check["name"] for check in checks] == [name for name, _, _ in PROBES]
    assert all(set(check) == {"name", "state", "message", "remedy"} for check in checks)
    assert {check["state"] for check in checks} <= {"ok", "warn", "bad"}


def test_people_see_a_table_and_in_the_sandbox_nothing_is_bad(
    clinic: Clinic, capsys: pytest.CaptureFixture[str]
) -> None:
    assert doctor.run(args(clinic, json=False, sandbox=True), NINE) == 0
    shown = capsys.readouterr().out
    assert "自检结果" in shown
    assert "异常 0 项" in shown


# ---- the machine


def test_a_python_of_the_system_is_told(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.base_prefix", "/usr")
    monkeypatch.setattr("sys.prefix", "/opt/cuibao/.venv")
    assert clinic.says("python")[0] is State.OK
    monkeypatch.setattr("sys.prefix", "/usr")
    assert clinic.says("python")[0] is State.WARN


@pytest.mark.parametrize(
    ("now", "state"), [("2020-06-15T09:00", State.OK), ("2020-06-14T09:00", State.BAD), ("2019-01-01T00:00", State.BAD)]
)
def test_a_clock_before_the_ledgers_last_entry_is_bad(clinic: Clinic, now: str, state: State) -> None:
    clinic.write(note("2020-06-15T09:00"))
    assert clinic.says("clock", at(now))[0] is state


DISK = namedtuple("DISK", "total used free")


@pytest.mark.parametrize(
    ("free", "state"), [(5_000_000_000, State.OK), (500_000_000, State.WARN), (10_000_000, State.BAD)]
)
def test_the_disks_free_space_is_judged(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch, free: int, state: State
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: DISK(0, 0, free))
    assert clinic.says("store")[0] is state


def test_a_store_that_cannot_be_written_is_bad(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    clinic.write(note("2020-06-15T09:00"))
    monkeypatch.setattr(os, "access", lambda path, _: Path(path).name != "2020.jsonl")
    state, message, remedy = clinic.says("store")
    assert (state, "不能写入" in message) == (State.BAD, True)
    assert remedy.startswith("ls -ld")


def test_a_file_in_the_stores_place_is_bad(clinic: Clinic) -> None:
    clinic.store.write_text("no folder")
    assert clinic.says("store")[0] is State.BAD


def test_who_sends_is_told(clinic: Clinic) -> None:
    clinic.write(note("2020-06-15T09:00"))
    assert "未被占用" in clinic.says("store")[1]
    with hold(clinic.store / "sending.lock", "收发件"):
        assert f"进程 {os.getpid()} 占用" in clinic.says("store")[1]


# ---- what the office has set


def test_mistakes_of_the_configuration_are_counted(clinic: Clinic) -> None:
    (clinic.config / "office.yaml").write_text("nonsense: 1\n", encoding="utf-8")
    assert clinic.says("config") == (State.BAD, "有误 1 处", "./bot check")


def test_warnings_and_questions_are_counted(clinic: Clinic) -> None:
    state, message, _ = clinic.says("config")
    assert state is State.WARN
    assert "待答复" in message


def test_units_without_an_address_are_named(clinic: Clinic) -> None:
    state, message, remedy = clinic.says("contacts")
    assert (state, "40 个单位中 40 个" in message) == (State.BAD, True)
    assert "contacts import" in remedy


def test_an_address_that_bounced_counts_for_none(clinic: Clinic) -> None:
    before = clinic.says("contacts")[1]
    learned = {"email": "jyj@edu.cn", "name": ""}
    clinic.write(Draft(Kind.CONTACT_LEARNED, at("2020-06-14T09:00"), unit="市教育局", data=learned))
    state, message, _ = clinic.says("contacts")
    assert state is State.WARN
    assert "39 个没有可用邮箱" in message
    clinic.write(
        Draft(
            Kind.CONTACT_DISABLED, at("2020-06-14T10:00"), unit="市教育局", data={"email": "jyj@edu.cn", "reason": "x"}
        )
    )
    assert clinic.says("contacts")[1] == before


def test_next_years_calendar_is_asked_for_in_december(clinic: Clinic) -> None:
    assert clinic.says("calendar", at("2029-11-30T09:00"))[0] is State.OK
    state, message, _ = clinic.says("calendar", at("2029-12-01T09:00"))
    assert state is State.WARN
    assert "2030 年" in message


def test_credentials_that_are_missing_are_named(clinic: Clinic) -> None:
    assert clinic.says("credentials")[0] is State.OK
    clinic.environ = {"CUIBAO_MAIL_USER": "x@163.com"}
    state, message, remedy = clinic.says("credentials")
    assert (state, message) == (State.BAD, "尚未设置 CUIBAO_MAIL_PASSWORD")
    assert remedy.startswith("cp config/.env.example .env")


def test_an_env_file_that_others_may_read_is_told(clinic: Clinic) -> None:
    env = clinic.base / ".env"
    env.write_text("")
    env.chmod(0o644)
    assert clinic.says("env_file") == (State.WARN, "其他用户可以读取 .env", f"chmod 600 {env}")
    env.chmod(stat.S_IRUSR | stat.S_IWUSR)
    assert clinic.says("env_file")[0] is State.OK


@pytest.mark.parametrize(
    ("environ", "state"),
    [({}, State.WARN), ({"CUIBAO_WEBHOOK": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k"}, State.OK)],
)
def test_without_a_second_way_for_alarms_a_page_says_so(
    clinic: Clinic, environ: Mapping[str, str], state: State
) -> None:
    clinic.environ |= environ
    assert clinic.says("alarm_ways")[0] is state


# ---- what is kept


def a_year_ago(clinic: Clinic) -> Path:
    """The configuration of the year before is kept, and its ledger has an entry."""
    kept_there = clinic.config / "2019"
    kept_there.mkdir()
    for name in ("office.yaml", "registry.yaml", "units.yaml"):
        text = (clinic.config / name).read_text(encoding="utf-8")
        (kept_there / name).write_text(text.replace("2020", "2019"), encoding="utf-8")
    clinic.store.mkdir()
    House(kept_there, clinic.store, False, environ={}).ledger.append([note("2019-06-14T09:00")])
    return kept_there


def test_the_ledger_of_the_year_before_is_looked_at_too(clinic: Clinic) -> None:
    a_year_ago(clinic)
    assert clinic.says("ledger") == (State.OK, "共 1 条，链条完整，存档与台账一致", "")
    assert clinic.says("secret")[0] is State.BAD
    (clinic.store / "2019.jsonl").write_bytes(b"{}\n")
    assert clinic.says("ledger")[0] is State.BAD


def test_a_broken_configuration_of_the_year_before_is_told_and_hides_nothing_else(clinic: Clinic) -> None:
    (a_year_ago(clinic) / "units.yaml").write_text("units: []\n", encoding="utf-8")
    state, words, remedy = clinic.says("config")
    assert (state, "往年的配置不能使用，首处：" in words, remedy) == (State.BAD, True, "./bot check")
    assert clinic.says("ledger")[0] is State.OK
    assert clinic.says("secret")[0] is State.BAD  # its ledger has entries all the same


def test_a_broken_ledger_of_the_year_before_leaves_open_what_rests_on_it(clinic: Clinic) -> None:
    a_year_ago(clinic)
    (clinic.store / "2019.jsonl").write_bytes(b"{}\n")
    assert clinic.says("backup") == (State.WARN, "往年的台账不能读取，未能检查", "./bot check")


def test_a_ledger_of_a_later_year_is_told(clinic: Clinic) -> None:
    clinic.write(note("2020-06-14T09:00"))
    (clinic.store / "2020.jsonl").rename(clinic.store / "2021.jsonl")
    state, words, _ = clinic.says("config")
    assert (state, "2021 年的台账暂不使用" in words) == (State.WARN, True)


def test_a_whole_ledger_is_counted(clinic: Clinic) -> None:
    clinic.write(note("2020-06-15T09:00"), note("2020-06-15T09:00"))
    assert clinic.says("ledger") == (State.OK, "共 2 条，链条完整，存档与台账一致", "")


def test_a_torn_end_is_no_damage(clinic: Clinic) -> None:
    clinic.write(note("2020-06-15T09:00"))
    with (clinic.store / "2020.jsonl").open("a") as file:
        file.write('{"seq"')
    assert clinic.says("ledger")[0] is State.WARN


def test_a_mail_that_is_gone_is_told_with_the_command(clinic: Clinic) -> None:
    clinic.write(kept("0" * 64, "2020-06-15T09:00"))
    state, message, remedy = clinic.says("ledger")
    assert (state, remedy) == (State.BAD, "./bot verify")
    assert "存档文件不见了" in message


def test_the_sandboxs_ledger_in_the_offices_place_is_told(clinic: Clinic) -> None:
    clinic.sandbox = True
    clinic.write(note("2020-06-15T09:00"))
    clinic.sandbox = False
    state, message, _ = clinic.says("ledger")
    assert (state, "演练台账" in message) == (State.BAD, True)


def test_the_key_is_looked_after(clinic: Clinic) -> None:
    assert clinic.says("secret")[0] is State.OK
    clinic.write(note("2020-06-15T09:00"))
    assert clinic.says("secret")[:2] == (State.BAD, "台账已有记录，但密钥文件不见了")
    key = clinic.store / "secret"
    key.write_bytes(b"short")
    assert clinic.says("secret")[:2] == (State.BAD, "密钥文件已损坏")
    key.write_bytes(b"k" * 32)
    key.chmod(0o644)
    assert clinic.says("secret") == (State.WARN, "其他用户可以读取密钥文件", f"chmod 600 {key}")
    key.chmod(0o600)
    assert clinic.says("secret") == (State.OK, "完好", "")
    clinic.environ["CUIBAO_SECRET"] = "k" * 32
    assert clinic.says("secret")[1] == "取自 CUIBAO_SECRET"


def test_a_lost_key_is_put_back_from_the_last_backup(clinic: Clinic) -> None:
    clinic.write(note("2020-06-15T09:00"))
    file = daily_backup(clinic.store, clinic.config, NINE)
    assert clinic.says("secret")[2] == f"./bot restore {file}"


@pytest.mark.parametrize(
    ("days", "state"), [(0, State.OK), (1, State.OK), (2, State.WARN), (6, State.WARN), (7, State.BAD)]
)
def test_the_last_backups_age_is_judged(clinic: Clinic, days: int, state: State) -> None:
    assert clinic.says("backup")[0] is State.OK
    clinic.write(note("2020-06-15T09:00"))
    assert clinic.says("backup")[0] is State.WARN
    daily_backup(clinic.store, clinic.config, NINE)
    assert clinic.says("backup", NINE + timedelta(days=days))[0] is state


# ---- what runs


def test_a_daemon_that_never_ran_is_told(clinic: Clinic) -> None:
    assert clinic.says("daemon")[:2] == (State.WARN, "后台服务尚未运行过")


def test_a_daemon_at_work_is_well(clinic: Clinic) -> None:
    clinic.beat()
    with hold(clinic.store / "sending.lock", "收发件"):
        assert clinic.says("daemon", NINE + timedelta(minutes=4))[0] is State.OK


def test_a_daemon_that_holds_the_lock_and_does_not_move_is_bad(clinic: Clinic) -> None:
    clinic.beat()
    with hold(clinic.store / "sending.lock", "收发件"):
        state, message, remedy = clinic.says("daemon", NINE + timedelta(hours=3))
    assert (state, remedy) == (State.BAD, "sudo systemctl restart cuibao")
    assert "3 小时没有动静" in message


def test_a_daemon_that_ended_is_bad_and_so_is_one_whose_lock_another_command_has(clinic: Clinic) -> None:
    clinic.beat(pid=1)
    assert "已停止" in clinic.says("daemon")[1]
    with hold(clinic.store / "sending.lock", "收发件"):
        assert clinic.says("daemon")[0] is State.BAD


def test_a_daemons_troubles_are_told(clinic: Clinic) -> None:
    clinic.beat(troubles=("收件服务器：无答复",))
    with hold(clinic.store / "sending.lock", "收发件"):
        state, message, _ = clinic.says("daemon")
    assert (state, "收件服务器：无答复" in message) == (State.WARN, True)


@pytest.mark.parametrize(("minutes", "state"), [(3, State.OK), (60, State.OK), (61, State.BAD), (3000, State.BAD)])
def test_a_mailbox_that_was_not_read_for_long_is_bad(clinic: Clinic, minutes: int, state: State) -> None:
    assert clinic.says("last_poll")[0] is State.WARN
    clinic.beat(last_poll=NINE - timedelta(minutes=minutes))
    assert clinic.says("last_poll")[0] is state


def test_the_last_letter_is_named(clinic: Clinic) -> None:
    assert clinic.says("last_letter")[1] == "尚未发出过函件"
    clinic.write(Draft(Kind.LETTER_SENT, at("2020-06-15T08:59"), unit="市教育局"), note("2020-06-15T09:00"))
    # A book reads a letter's note; here the entry alone is looked at.
    patient = Patient(clinic.house(), NINE)
    assert probes.last_letter(patient).message == "最近一封发于 2020-06-15 08:59（市教育局）"


def test_before_a_mail_was_tried_the_command_that_tries_one_is_named(clinic: Clinic) -> None:
    state, words, remedy = clinic.says("kept_copy")
    assert (state, remedy) == (State.WARN, "./bot check --connect")
    assert words.startswith("尚未试发")


@pytest.mark.parametrize(
    ("found", "state", "words", "remedy"),
    [
        (Found.MESSAGE_ID, State.OK, "“已发送”中有此信，标识未变", ""),
        (Found.MARK, State.OK, "“已发送”中有此信，标识已被服务器更换", ""),
        (Found.NOTHING, State.WARN, "“已发送”中未见此信（250 Mail OK）", "SMTP发信后保存到服务器"),
    ],
)
def test_how_a_sent_letter_is_found_again_is_told_with_its_date(
    clinic: Clinic, found: Found, state: State, words: str, remedy: str
) -> None:
    record(clinic.store, KeptCopy(found, "250 Mail OK"), at("2020-06-01T10:05"))
    said = clinic.says("kept_copy")
    assert said[0] is state
    assert said[1].startswith("2020-06-01 10:05 试发")
    assert words in said[1]
    assert remedy in said[2]


@pytest.mark.parametrize("raw", [b"", b"[]", b'{"sent_copy_found_by": "magic", "reply": "", "checked_at": "x"}'])
def test_a_result_that_cannot_be_read_counts_for_none(clinic: Clinic, raw: bytes) -> None:
    clinic.store.mkdir()
    (clinic.store / FILE).write_bytes(raw)
    assert clinic.says("kept_copy")[0] is State.WARN


def test_in_the_sandbox_nothing_is_tried_and_nothing_asked_for(clinic: Clinic) -> None:
    clinic.sandbox = True
    assert clinic.says("kept_copy")[0] is State.OK


def test_open_alarms_are_bad_and_cleared_ones_are_not(clinic: Clinic) -> None:
    clinic.write(note("2020-06-15T08:00", Kind.ALARM_RAISED, key="imap", words="自6月15日07:00起未能读取邮箱"))
    state, message, remedy = clinic.says("alarms")
    assert (state, remedy) == (State.BAD, "./bot ledger --kind alarm")
    assert "未能读取邮箱（2020-06-15 08:00 起）" in message
    clinic.write(note("2020-06-15T08:30", Kind.ALARM_CLEARED, key="imap"))
    assert clinic.says("alarms")[0] is State.OK


# ---- the page


@contextmanager
def answering(clinic: Clinic, body: bytes, status: int = 200) -> Iterator[int]:
    """Something answers at the page's port, and a daemon runs."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/healthz" else 404)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server, running(clinic):
        Thread(target=server.serve_forever, daemon=True).start()
        clinic.environ["CUIBAO_CONSOLE_PORT"] = str(server.server_port)
        yield server.server_port
        server.shutdown()


@contextmanager
def running(clinic: Clinic) -> Iterator[None]:
    clinic.beat()
    with hold(clinic.store / "sending.lock", "收发件"):
        yield


@pytest.mark.parametrize("bind", ["127.0.0.1", "0.0.0.0"])  # noqa: S104 - nothing binds
def test_a_page_that_answers_is_well(clinic: Clinic, bind: str) -> None:
    clinic.environ["CUIBAO_CONSOLE_BIND"] = bind
    with answering(clinic, b'{"status":"ok"}\n') as port:
        assert clinic.says("page") == (State.OK, f"http://127.0.0.1:{port}/ 可以打开", "")


def test_a_page_whose_daemon_is_silent_says_so(clinic: Clinic) -> None:
    with answering(clinic, b'{"status":"stale"}\n', 503):
        state, message, remedy = clinic.says("page")
    assert (state, "没有动静" in message, remedy) == (State.WARN, True, "sudo systemctl restart cuibao")


@pytest.mark.parametrize("body", [b"", b"<h1>It works!</h1>", b'{"status":"ok"}' + b"x" * 100_000])
def test_another_program_at_the_pages_port_is_bad(clinic: Clinic, body: bytes) -> None:
    with answering(clinic, body) as port:
        state, message, remedy = clinic.says("page")
    assert (state, message) == (State.BAD, f"http://127.0.0.1:{port}/ 上答复的不是催报的网页")
    assert "CUIBAO_CONSOLE_PORT" in remedy


def test_a_page_that_does_not_answer_is_bad(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as mute, running(clinic):
        mute.bind(("127.0.0.1", 0))
        clinic.environ["CUIBAO_CONSOLE_PORT"] = str(mute.getsockname()[1])
        assert "连接被拒绝" in clinic.says("page")[1]
        mute.listen()
        monkeypatch.setattr(probes_page, "PATIENCE", 0.1)
        state, message, remedy = clinic.says("page")
    assert (state, "没有答复" in message) == (State.BAD, True)
    assert remedy


def test_what_speaks_no_http_at_the_pages_port_is_bad(clinic: Clinic) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other, running(clinic):
        clinic.environ["CUIBAO_CONSOLE_PORT"] = str(other.getsockname()[1])

        def greet() -> None:
            with other.accept()[0] as link:
                link.sendall(b"220 ready\r\n")

        Thread(target=greet, daemon=True).start()
        assert clinic.says("page")[0] is State.BAD


def test_without_a_daemon_the_page_is_not_asked(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probes_page, "_ask", lambda *_: pytest.fail("asked"))
    assert "没有运行" in clinic.says("page")[1]
    clinic.beat(NINE - timedelta(hours=1))
    with hold(clinic.store / "sending.lock", "收发件"):
        assert clinic.says("page")[0] is State.WARN
    clinic.beat(pid=1)
    assert clinic.says("page") == (
        State.WARN,
        "后台服务没有运行，网页没有打开",
        "sudo systemctl start cuibao（或 ./bot run）",
    )
    clinic.sandbox = True
    assert clinic.says("page")[0] is State.OK


def test_who_can_log_in_is_told(clinic: Clinic) -> None:
    add = "./bot officer add 姓名"
    assert clinic.says("logins") == (State.WARN, "尚未设立账户，无人能登录网页", add)
    assert not clinic.store.exists()
    file = OfficerFile(clinic.store)
    file.add("王主任", "kan-yi-kan-2020", Rank.LEADER, NINE)
    assert clinic.says("logins") == (State.WARN, "没有经办人账户，无人能在网页上办理（领导（只读） 1 个）", add)
    file.add("陈科员", "kan-yi-kan-2020", Rank.OFFICER, NINE)
    assert clinic.says("logins") == (State.OK, "经办人 1 个，领导（只读） 1 个", "")


@pytest.mark.parametrize("raw", [b"", b"{}", b'{"officers": [{"name": "\xe9\x99\x88"}]}', b"\xff"])
def test_a_damaged_file_of_logins_is_bad_and_says_what_mends_it(clinic: Clinic, raw: bytes) -> None:
    clinic.store.mkdir()
    OfficerFile(clinic.store).path.write_bytes(raw)
    state, message, remedy = clinic.says("logins")
    assert (state, message.startswith("登录账户文件已损坏"), "备份" in remedy) == (State.BAD, True, True)


# ---- the servers


class Servers:
    """IMAP answers, SMTP does not."""

    closed = False

    def close(self) -> None:
        self.closed = True

    @contextmanager
    def mailbox(self) -> Any:
        yield self

    def folders(self) -> tuple[Folder, ...]:
        return (Folder("已发送", b"sent", "/", frozenset({b"\\sent"})),)

    def batches(self, *_: object) -> list[object]:
        return []

    @contextmanager
    def postman(self) -> Any:
        raise MailServerError("发信服务器连接失败", "请检查网络")
        yield


def test_with_connect_both_servers_are_tried(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    servers = Servers()
    monkeypatch.setattr("cuibao.front.patient.connected_servers", lambda _: servers)
    found = examine(Patient(clinic.house(), NINE), CONNECTING)
    assert [(check.name, check.finding.state) for check in found] == [("imap", State.OK), ("smtp", State.BAD)]
    assert "已发送" in found[0].finding.message
    assert found[1].finding.remedy == "请检查网络"
    assert servers.closed


def test_with_connect_but_without_an_account_that_is_said(clinic: Clinic) -> None:
    clinic.environ = {}
    found = examine(Patient(clinic.house(), NINE), CONNECTING)
    assert all("尚未设置邮箱账号" in check.finding.message for check in found)


def test_in_the_sandbox_no_server_is_tried(
    clinic: Clinic, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cuibao.front.patient.connected_servers", lambda _: pytest.fail("connected"))
    assert doctor.run(args(clinic, connect=True, sandbox=True), NINE) == 0
    assert [check["name"] for check in json.loads(capsys.readouterr().out)["checks"]][-2:] == ["imap", "smtp"]

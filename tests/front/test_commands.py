"""What officers type and what they are told: the whole command line over a store of its own, mostly in the sandbox."""

import json
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from doubles import PDF, Post
from hostile import zipped
from world import at

from cuibao.front import connections, house, kept_copy, show
from cuibao.front.cli import main
from cuibao.front.commands import check
from cuibao.front.words import evidence_words
from cuibao.gateways.folders import Folder
from cuibao.rules.entries import Draft, Kind
from cuibao.rules.period import Period
from cuibao.rules.verdict import Evidence

PROGRAM = Path(__file__).resolve().parents[2]
EDUCATION, HEALTH = "市教育局", "市医保局"
WHO = ("--reason", "按规定办理", "--by", "王五")


@dataclass
class Answer:
    code: int
    out: str
    err: str

    @property
    def doc(self) -> Any:
        return json.loads(self.out)


@dataclass
class Bot:
    """The bot of an office that has just unpacked it: `root` is the program's folder, with a config/ of its own."""

    root: Path
    capsys: pytest.CaptureFixture[str]

    def __call__(self, *words: str) -> Answer:
        self.capsys.readouterr()
        code = main(list(words))
        out, err = self.capsys.readouterr()
        return Answer(code, out, err)

    def play(self, *words: str, now: str = "2020-06-16T10:00") -> Answer:
        """A command in the sandbox at that time."""
        return self("--sandbox", *(("--now", now) if now else ()), *words)

    def configure(self, file: str, old: str, new: str) -> None:
        path = self.root / "config" / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    def mail(self, name: str, sender: str, subject: str, text: str, pdf: str = "") -> Path:
        message = EmailMessage()
        message["From"], message["Subject"], message["Message-ID"] = sender, subject, f"<{name}@x.example>"
        message["Date"] = "Tue, 16 Jun 2020 09:00:00 +0800"
        message.set_content(text)
        if pdf:
            message.add_attachment(PDF, maintype="application", subtype="pdf", filename=pdf)
        path = self.root / f"{name}.eml"
        path.write_bytes(message.as_bytes())
        return path

    @property
    def sandbox(self) -> Path:
        return self.root / "store" / "sandbox"


@pytest.fixture
def bot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Bot:
    root = tmp_path / "催报 一号"
    root.mkdir()
    shutil.copytree(PROGRAM / "config", root / "config")
    (root / "templates").symlink_to(PROGRAM / "templates")
    monkeypatch.setattr(house, "ROOT", root)
    monkeypatch.chdir(root)
    for name in ("CUIBAO_MAIL_USER", "CUIBAO_MAIL_PASSWORD", "CUIBAO_SECRET"):
        monkeypatch.delenv(name, raising=False)
    return Bot(root, capsys)


# ---- contacts


def test_the_sandbox_exports_the_contacts_of_the_office_not_its_made_up_ones(bot: Bot) -> None:
    assert bot.play("contacts", "export", "联系人.xlsx").code == 0
    rows = list(openpyxl.load_workbook(bot.root / "联系人.xlsx").worksheets[0].iter_rows(min_row=2, values_only=True))
    assert len(rows) == 40
    assert not any(row[2] for row in rows)
    assert bot.play("contacts", "import", "联系人.xlsx").out == "联系人没有变化\n"


def test_an_address_that_bounced_stays_unused_until_the_sheet_says_that_it_is_sound(bot: Bot) -> None:
    bot.configure(
        "units.yaml",
        f"  - name: {EDUCATION}\n    aliases: []\n    contacts: []",
        f"  - name: {EDUCATION}\n    aliases: []\n    contacts: [{{email: jyj@wuhu.gov.cn}}]",
    )
    bot.play("record", HEALTH, "2020Q2", *WHO)
    opened = house.House(bot.root / "config", bot.sandbox, True)
    opened.ledger.append(
        [Draft(Kind.CONTACT_DISABLED, at("2020-06-16T10:00"), None, EDUCATION, data={"email": "jyj@wuhu.gov.cn"})]
    )
    bot.play("contacts", "export", "联系人.xlsx")
    said = bot.play("contacts", "import", "联系人.xlsx").out
    assert said.startswith("联系人没有变化\n市教育局：jyj@wuhu.gov.cn 曾退信，仍停用\n")
    book = openpyxl.load_workbook(bot.root / "联系人.xlsx")
    mark = next(row[6] for row in book.worksheets[0].iter_rows(min_row=2) if row[2].value)
    assert mark.value == "退信停用"
    mark.value = "恢复"
    book.save(bot.root / "联系人.xlsx")
    assert bot.play("contacts", "import", "联系人.xlsx").out == "市教育局：jyj@wuhu.gov.cn 曾退信，现恢复使用\n"


def test_an_export_over_a_file_or_of_another_kind_is_refused(bot: Bot) -> None:
    (bot.root / "联系人.xlsx").write_bytes(b"filled in by hand")
    answer = bot.play("contacts", "export", "联系人.xlsx")
    assert (answer.code, answer.err) == (2, "联系人.xlsx 已存在，未作改动。请换一个文件名，或先将原文件移走\n")
    assert bot.play("contacts", "export", "联系人.csv").code == 2


# ---- the key and .env


def test_who_only_reads_needs_no_key(bot: Bot) -> None:
    (bot.root / ".env").write_text(f"CUIBAO_SECRET={'x' * 40}\n", encoding="utf-8")
    assert bot.play("record", EDUCATION, "2020Q2", *WHO).code == 0
    assert not (bot.sandbox / "secret").exists()
    (bot.root / ".env").unlink()
    for words in (("status",), ("ledger",), ("plan",), ("triage", "list"), ("remind", "--dry-run")):
        assert bot.play(*words, "--json").code == 0, words
    assert "密钥文件不见了" in bot.play("accept", EDUCATION, "2020Q2", *WHO).err


@pytest.mark.parametrize("broken", ["CUIBAO_SMTP_PORT=many\n", "CUIBAO_SECRET=short\n", "\ufeffCUIBAO_MAIL_USR=x\n"])
def test_a_broken_env_stops_nobody_who_only_reads(bot: Bot, broken: str) -> None:
    (bot.root / ".env").write_text(broken, encoding="utf-8")
    for words in (("status",), ("ledger",), ("plan",), ("triage", "list")):
        assert bot(*words, "--json").code == 0, words


def test_reading_commands_know_the_key_where_there_is_one(bot: Bot) -> None:
    (bot.root / ".env").write_text(f"CUIBAO_SECRET={'x' * 40}\n", encoding="utf-8")
    assert house.House(bot.root / "config", bot.root / "store", False, {}).desk.secret == b"x" * 40


# ---- acts


def test_accepting_what_never_came_is_refused_with_the_way_to_enter_it(bot: Bot) -> None:
    answer = bot.play("accept", HEALTH, "2020Q2", *WHO)
    assert (answer.code, answer.err) == (
        2,
        "市医保局第二季度尚未收到报送，不能核定。以纸质、电话报送的，请先用 ./bot record 登记\n",
    )


def test_a_report_on_paper_entered_late_is_on_time_and_its_scan_keeps_its_suffix(bot: Bot) -> None:
    (bot.root / "二季度 扫描.PDF").write_bytes(PDF)
    words = ("record", EDUCATION, "2020Q2", *WHO, "--received", "2020-06-30", "--file", "二季度 扫描.PDF", "--json")
    entry = bot.play(*words, now="2020-07-03T10:00").doc
    assert entry["data"]["arrived_at"] == "2020-06-30T00:00:00+08:00"
    assert entry["data"]["file"].endswith(".pdf")
    assert (bot.sandbox / entry["data"]["file"]).read_bytes() == PDF
    found = bot.play("status", "--unit", EDUCATION, "--period", "2020Q2", "--json", now="2020-07-04T10:00").doc
    assert (found["units"][0]["on_time"], found["units"][0]["standing"]) == (True, "received")
    assert bot.play("verify", now="").code == 0


@pytest.mark.parametrize("command", ["record", "accept", "return", "exempt"])
def test_only_an_extension_has_a_new_deadline(bot: Bot, command: str) -> None:
    answer = bot.play(command, EDUCATION, "2020Q2", *WHO, "--until", "2020-07-10")
    assert (answer.code, answer.err.partition(" 20")[0]) == (2, "不认识的参数：--until")


def test_an_extension_and_an_exemption_can_be_taken_back(bot: Bot) -> None:
    bot.play("extend", EDUCATION, "2020Q2", *WHO, "--until", "2020-07-10")
    assert "延期至2020年6月30日：" in bot.play("extend", EDUCATION, "2020Q2", *WHO, "--until", "2020-06-30").out
    bot.play("exempt", EDUCATION, "2020Q2", *WHO)
    told = bot.play("exempt", EDUCATION, "2020Q2", *WHO, "--undo").out
    assert "撤销免报：按规定办理" in told
    found = bot.play("status", "--unit", EDUCATION, "--json").doc["units"][0]
    assert (found["standing"], found["reason"]) == ("missing", "尚未收到")


def test_a_return_tells_what_happens_next(bot: Bot) -> None:
    bot.play("record", EDUCATION, "2020Q2", *WHO)
    told = bot.play("return", EDUCATION, "2020Q2", *WHO, now="2020-06-16T18:00").out
    assert "退回补报的函件将于 2020-06-17 09:00 起的办公时段发往 u" in told


def test_a_return_to_a_unit_without_an_address_is_for_the_telephone(bot: Bot) -> None:
    bot.configure(
        "units.yaml",
        f"  - name: {EDUCATION}\n    aliases: []\n    contacts: []\n",
        f"""
  - name: {EDUCATION}
    aliases: []
    contacts: [{{name: 张三, email: a@x.invalid, phone: 0553-1234567}}]
""".lstrip("\n"),
    )
    bot.play("record", EDUCATION, "2020Q2", *WHO)
    desk = house.House(bot.root / "config", bot.sandbox, True, writes=True).desk
    desk.ledger.append(
        [Draft(Kind.CONTACT_DISABLED, desk.ledger.entries()[-1].at, None, EDUCATION, data={"email": "a@x.invalid"})]
    )
    told = bot.play("return", EDUCATION, "2020Q2", *WHO).out
    assert f"{EDUCATION}没有可用邮箱，发不出函件，请电话告知（张三 0553-1234567）" in told


# ---- check


def problems(answer: Answer) -> dict[str, dict[str, str]]:
    return {problem["path"]: problem for problem in answer.doc["problems"]}


def test_check_names_an_enabled_stage_without_templates_and_nothing_is_sent(bot: Bot) -> None:
    bot.configure(
        "office.yaml",
        "{key: second,  name: 再次提醒, workdays: -5, enabled: false}",
        "{key: early, name: 预告, workdays: -7}",
    )
    answer = bot.play("check", "--json")
    found = problems(answer)["stages[1].key"]
    assert (answer.code, found["file"], found["severity"]) == (2, "config/office.yaml", "error")
    assert "“early”" in found["message"]
    refused = bot.play("remind")
    assert (refused.code, "stages[1].key" in refused.err) == (2, True)
    assert bot.play("plan", "--json").code == 0


def test_check_warns_of_what_real_use_lacks(bot: Bot) -> None:
    bot.configure("units.yaml", "contacts: []", "contacts: [{name: 张三, email: u07@danwei.example}]")
    real, play = problems(bot("check", "--json")), problems(bot.play("check", "--json"))
    for path in (
        "office.contact",
        "office.phone",
        "CUIBAO_MAIL_USER",
        "CUIBAO_MAIL_PASSWORD",
        "units[0].contacts[0].email",
    ):
        assert real[path]["severity"] == "warning", path
    assert {"office.contact", "office.phone"} <= set(play)
    assert not {"CUIBAO_MAIL_USER", "units[0].contacts[0].email"} & set(play)


def test_check_lists_what_is_wrong_in_env(bot: Bot) -> None:
    (bot.root / ".env").write_text("CUIBAO_SMTP_PORT=many\n", encoding="utf-8")
    answer = bot("check", "--json")
    assert (answer.code, problems(answer)["CUIBAO_SMTP_PORT"]["severity"]) == (2, "error")


def test_the_sandbox_checks_a_broken_configuration_in_its_own_words(bot: Bot) -> None:
    bot.configure("office.yaml", "pace:", "pase:")
    answer = bot.play("check", "--json", now="")
    assert (answer.code, set(problems(answer))) == (2, {"pase"})


def test_the_sandbox_never_tries_the_real_servers(bot: Bot) -> None:
    answer = bot.play("check", "--connect")
    assert answer.code == 2
    assert answer.err.startswith("--connect 要连接真实的邮件服务器，演练（--sandbox）中不能使用。")


def test_a_configuration_elsewhere_is_named_as_it_was_typed(bot: Bot, tmp_path: Path) -> None:
    bot.configure("office.yaml", "pace:", "pase:")
    elsewhere = tmp_path / "badcfg"
    shutil.move(bot.root / "config", elsewhere)
    assert f"{elsewhere}/office.yaml：pase" in bot("--config", str(elsewhere), "status").err
    assert "../badcfg/office.yaml：pase" in bot("--config", "../badcfg", "status").err


class Servers(Post):
    """Servers that remember what was looked at, with folders of those names."""

    def __init__(self, *names: str) -> None:
        super().__init__()
        self.names = names

    def close(self) -> None: ...

    def folders(self) -> list[Folder]:
        return [Folder(name, name.encode(), "/", frozenset()) for name in self.names]


def test_connecting_looks_into_the_mailbox_and_says_which_folder_holds_what_was_sent(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    servers = Servers("INBOX", "已发送")
    monkeypatch.setattr(check, "connected_servers", lambda house: servers)
    monkeypatch.setattr(kept_copy, "LOOKS", 0)
    answer = bot("check", "--connect")
    assert answer.code == 0
    assert servers.polls == 1
    assert "“已发送”中未见此信（250 queued as 1）" in answer.out
    assert json.loads((bot.root / "store" / "provider.json").read_text("utf-8"))["sent_copy_found_by"] == "nothing"
    assert (
        "收件服务器（IMAP）：登录、打开收件箱正常，“已发送”文件夹为“已发送”\n发件服务器（SMTP）：登录正常\n"
        in answer.out
    )


def test_a_mailbox_without_a_sent_folder_is_a_warning_that_names_its_folders(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check, "connected_servers", lambda house: Servers("INBOX", "归档"))
    found = problems(bot("check", "--connect", "--json"))["mailbox.sent_folder"]
    assert (found["severity"], "INBOX、归档" in found["remedy"]) == ("warning", True)


def test_a_mailbox_that_does_not_open_its_inbox_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    class Unsafe(Servers):
        def batches(self, *_: object) -> Iterator[Any]:
            raise connections.MailServerError("打开文件夹“INBOX”失败：Unsafe Login", "请登录网页邮箱确认")

        @contextmanager
        def postman(self) -> Iterator[Post]:
            raise connections.MailServerError("登录失败", "请核对授权码", permanent=True)
            yield self

    tried = connections.try_servers(Unsafe("INBOX"))  # type: ignore[arg-type]
    assert [(p.path, p.message) for p in tried.problems] == [
        ("收件服务器（IMAP）", "打开文件夹“INBOX”失败：Unsafe Login"),
        ("发件服务器（SMTP）", "登录失败"),
    ]
    assert tried.found == ()


# ---- verify, and stores without a ledger


def test_a_store_without_a_ledger_is_no_sound_one(bot: Bot) -> None:
    answer = bot("verify")
    assert answer.code == 1
    assert f"没有找到台账 {bot.root}/store/2020.jsonl。请核对 --store；尚未启用的，先运行 ./bot run" in answer.out


def test_the_sandbox_verifies_a_broken_ledger(bot: Bot) -> None:
    bot.play("record", EDUCATION, "2020Q2", *WHO)
    ledger = bot.sandbox / "2020.jsonl"
    ledger.write_bytes(ledger.read_bytes().replace(b"cuibao", b"cuibaO", 1))
    answer = bot.play("verify", now="")
    assert (answer.code, "校验链在此中断" in answer.out) == (1, True)


def test_each_mode_verifies_its_own_ledger_only(bot: Bot) -> None:
    bot.play("record", EDUCATION, "2020Q2", *WHO)
    answer = bot("verify", "--store", str(bot.sandbox))
    assert (answer.code, "是演练台账。请加 --sandbox" in answer.err) == (1, True)
    assert bot.play("verify", now="").code == 0


@pytest.mark.parametrize("command", ["status", "ledger", "plan"])
def test_people_are_told_that_a_store_has_no_ledger_yet(bot: Bot, command: str) -> None:
    assert "（该目录尚无台账）" in bot.play(command).out
    assert "尚无台账" not in bot.play(command, "--json").out
    bot.play("record", EDUCATION, "2020Q2", *WHO)
    assert "尚无台账" not in bot.play(command).out


# ---- what tables say


def tables(monkeypatch: pytest.MonkeyPatch) -> list[Sequence[str]]:
    """Where the rows of all tables go from now on, as they are before a terminal's width breaks them."""
    seen: list[Sequence[str]] = []
    monkeypatch.setattr(show, "table", lambda _title, _columns, rows, caption="": seen.extend(rows))
    return seen


def test_the_plan_names_the_units_that_must_be_telephoned(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    units = bot.root / "config" / "units.yaml"
    units.write_text(units.read_text().replace("contacts: []", "contacts: [{name: 李四, email: a@wuhu.gov.cn}]", 38))
    names = re.findall(r"name: (\S+)\n    aliases: .*\n    contacts: \[\]", units.read_text())
    rows = tables(monkeypatch)
    bot("plan", "--now", "2020-06-15T09:00")
    assert {row[3] for row in rows if row[2] == "无可用邮箱，请电话联系"} == {f"2 个：{'、'.join(names)}"}


def test_the_ledger_is_told_in_words(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    bot.play("extend", EDUCATION, "2020Q2", *WHO, "--until", "2020-07-10")
    bot.play("remind", now="2020-06-15T09:00")
    bot.play("receive", "--from", str(bot.mail("1", "x@y.example", "市教育局二季度情况", "请问怎么填？")))
    rows = tables(monkeypatch)
    bot.play("ledger", now="")
    (extended,) = [row for row in rows if row[2] == "延期"]
    assert extended[1:] == (
        "2020-06-16 10:00",
        "延期",
        "2020Q2",
        EDUCATION,
        "全部",
        "王五",
        "延期至2020年7月10日：按规定办理",
    )
    assert {row[6] for row in rows if row[2] != "延期"} == {"系统"}
    assert {row[7][:6] for row in rows if row[2] in ("拟发", "已发")} == {"提醒：关于报"}
    assert rows[-1][7] == "判为询问（推断）：市教育局二季度情况"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [("延期", {"obligation.extended"}), ("letter", set()), ("obligation.extended", {"obligation.extended"})],
)
def test_kinds_may_be_typed_in_chinese(bot: Bot, typed: str, expected: set[str]) -> None:
    bot.play("extend", EDUCATION, "2020Q2", *WHO, "--until", "2020-07-10")
    lines = bot.play("ledger", "--kind", typed, "--json").out.splitlines()
    assert {json.loads(line)["kind"] for line in lines} == expected


def test_an_unknown_kind_is_refused_with_the_choices(bot: Bot) -> None:
    answer = bot.play("ledger", "--kind", "letters")
    assert answer.code == 2
    assert "已发（letter.sent）" in answer.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("record", EDUCATION, "2020Q2"), "缺少参数：--reason、--by"),
        (("triage",), "缺少操作：list 或 settle"),
        (("triage", "settle", "abcdef"), "缺少参数：--as。请写明来件类别；只登记发件人的，请写 --learn-sender"),
    ],
)
def test_what_is_missing_on_the_command_line_is_told_in_chinese(bot: Bot, words: tuple[str, ...], told: str) -> None:
    answer = bot.play(*words)
    assert (answer.code, answer.err.startswith(told)) == (2, True), answer.err


def test_a_table_breaks_lists_at_their_commas_and_no_address(capsys: pytest.CaptureFixture[str]) -> None:
    items = "第1、2、7—9、12、15、17—22、30、35、41—44、48、52项"
    show.table(
        "计划",
        ("单位", "季度", "事项", "收件人", "原因"),
        [("市人力资源和社会保障局", "2020Q2", items, "renshe-banshi@wuhu.gov.cn", "尚未收到，" * 12)],
    )
    out = capsys.readouterr().out
    assert all(piece in out for piece in ("renshe-banshi@wuhu.gov.cn", "2020Q2", "17—22、", "41—44、", "52项"))
    assert max(map(len, out.splitlines())) <= 120


# ---- notes


def test_a_note_is_written_down_and_listed(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    where = ("--unit", EDUCATION, "--period", "2020Q2", "--items", "7")
    answer = bot.play("note", *where, "--reason", "电话沟通，周五前报", "--by", "王五")
    assert (answer.code, answer.out) == (0, "备注已记入台账（第 2 条）：市教育局　2020Q2　第7项\n")
    answer = bot.play("note", "--reason", "印章外借", "--by", "王五", "--json")
    assert (answer.doc["kind"], answer.doc["unit"], answer.doc["data"]) == ("note.added", None, {"reason": "印章外借"})
    rows = tables(monkeypatch)
    bot.play("ledger", "--kind", "备注")
    assert rows[0][2:] == ("备注", "2020Q2", EDUCATION, "第7项", "王五", "电话沟通，周五前报")
    assert bot("note", "--reason", "印章外借", "--by", "王五", "--now", "2020-06-15T09:00").code == 2


# ---- mails


@pytest.mark.parametrize(
    "raw", [PDF, zipped({"word/document.xml": b"a: b"}), b"no header here"], ids=["pdf", "docx", "txt"]
)
def test_a_file_that_is_no_mail_is_refused_and_nothing_is_written(bot: Bot, raw: bytes) -> None:
    (bot.root / "附件.docx").write_bytes(raw)
    answer = bot.play("receive", "--from", "附件.docx", "--json")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("附件.docx 不是邮件（没有信头），未作登记。")
    assert not list(bot.sandbox.rglob("*.eml"))
    assert bot.play("ledger", "--kind", "mail").out.count("来件") == 0


def test_a_file_that_is_called_a_mail_and_is_none_is_told_and_kept_all_the_same(bot: Bot) -> None:
    (bot.root / "附件.eml").write_bytes(PDF)
    answer = bot.play("receive", "--from", "附件.eml", "--json")
    assert (answer.code, answer.err) == (0, "附件.eml 不是邮件（没有信头），已照原样存档；请核对 --from 的路径\n")
    assert answer.doc["source"] == "附件.eml"
    (kept,) = (bot.sandbox / "mail").rglob("*.eml")
    assert kept.read_bytes() == PDF


def test_triage_shows_the_reasons_and_the_file_of_a_mail(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    bot.play("receive", "--from", str(bot.mail("1", "u40@danwei.example", "进展情况", "请问怎么填？")))
    (waiting,) = bot.play("triage", "list", "--json").doc
    rows = tables(monkeypatch)
    told = bot.play("triage", "list").out
    assert f"{waiting['mail'][:10]}　{bot.sandbox / waiting['file']}" in told
    assert rows[0][-1] == "询问“请问怎么填？”"


def test_evidence_of_a_quarter_names_it() -> None:
    seen = (Evidence("period_window", "2020Q2、2019Q4"), Evidence("sender", "a@b.example"))
    assert evidence_words(seen, [Period("2020Q2", "第二季度", date(2020, 6, 30))]) == (
        "按时间推定的季度“第二季度、2019Q4”；发件人“a@b.example”"
    )


def test_the_sender_of_a_report_in_our_thread_is_shown_and_learned_alone(bot: Bot) -> None:
    bot.play("remind", now="2020-06-15T09:00")
    lines = bot.play("ledger", "--kind", "letter.intended", "--unit", EDUCATION, "--json", now="").out.splitlines()
    token = json.loads(lines[0])["data"]["subject"]
    path = bot.mail("1", "zhang@qq.com", f"回复：{token}", "报表见附件", pdf="市教育局二季度报表.pdf")
    assert bot.play("receive", "--from", str(path), "--json").doc["unknown_sender"] is True
    assert bot.play("triage", "list", "--json").doc == []
    told = bot.play("triage", "list").out
    assert "发件人未登记的报送" in told
    (unknown,) = bot.play("triage", "list", "--senders", "--json").doc
    assert (unknown["sender"], unknown["verdict"]["unit"]) == ("zhang@qq.com", EDUCATION)
    answer = bot.play("triage", "settle", unknown["mail"][:8], "--as", "submission", "--learn-sender")
    assert "不写 --as" in answer.err
    answer = bot.play("triage", "settle", unknown["mail"][:8], "--learn-sender", "--by", "王五")
    assert (answer.code, answer.out) == (0, "已登记：zhang@qq.com 为市教育局联系人\n")
    assert bot.play("triage", "list", "--senders", "--json").doc == []


def test_a_question_settled_as_a_report_gets_a_receipt(bot: Bot) -> None:
    bot.play("remind", now="2020-06-15T09:00")
    path = bot.mail("1", "x@y.example", "市教育局询问", "请问怎么填？")
    mark = bot.play("receive", "--from", str(path), "--json").doc["sha256"]
    words = ("--as", "submission", "--unit", EDUCATION, "--period", "2020Q2", "--json")
    kinds = [entry["kind"] for entry in bot.play("triage", "settle", mark, *words).doc]
    assert kinds == ["mail.judged", "submission.received", "letter.intended"]


def test_a_form_is_adopted_only_for_a_report(bot: Bot) -> None:
    path = bot.mail("1", "x@y.example", "市教育局询问", "请问怎么填？")
    mark = bot.play("receive", "--from", str(path), "--json").doc["sha256"]
    alone = bot.play("triage", "settle", mark, "--learn-sender", "--adopt-form")
    assert (alone.code, alone.err.startswith("采用表中内容须写明 --as submission")) == (2, True)
    asked = bot.play("triage", "settle", mark, "--as", "question", "--adopt-form")
    assert (asked.code, asked.err.startswith("只有定为报送的来件才能采用表中内容")) == (2, True)
    where = ("--as", "submission", "--unit", EDUCATION, "--period", "2020Q2", "--adopt-form")
    assert bot.play("triage", "settle", mark, *where).code == 0


def test_a_mail_is_sent_back_with_words_and_the_officer_told_when_its_letter_leaves(bot: Bot) -> None:
    bot.play("remind", now="2020-06-15T09:00")
    path = bot.mail("1", "x@y.example", "市教育局询问", "请问怎么填？")
    mark = bot.play("receive", "--from", str(path), "--json").doc["sha256"]
    back = ("--send-back", "缺少完成数", "--by", "王五")
    assert bot.play("triage", "settle", mark, *back).err.startswith("退回来件须写明 --as submission")
    where = ("--as", "submission", "--unit", EDUCATION, "--period", "2020Q2")
    told = bot.play("triage", "settle", mark, *where, *back).out
    assert "定为报送，记入台账 3 条\n退回补报的函件将于 " in told
    again = bot.play("triage", "settle", mark, *where, *back)
    assert (again.code, f"来件 {mark[:12]} 已由王五于" in again.err) == (2, True)


# ---- the rehearsal


def test_a_rehearsal_sums_up_each_month_and_ends_with_a_command_that_can_be_pasted(bot: Bot) -> None:
    store = bot.root / "年末"
    answer = bot.play("simulate", "--store", str(store), now="2020-12-28T08:00")
    assert answer.code == 0
    assert "\n2020年12月底：累计发件 " in f"\n{answer.out}"
    assert f"可用 ./bot --sandbox --store '{store}' ledger 查看全部流水" in answer.out


def test_a_year_that_is_played_without_waiting_has_no_speed(bot: Bot) -> None:
    answer = bot.play("simulate", "--speed", "10")
    assert (answer.code, "不认识的参数：--speed 10" in answer.err) == (2, True)


def test_a_store_that_cannot_be_made_is_told_and_no_traceback(bot: Bot, tmp_path: Path) -> None:
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere" / "x")
    code = main(["--sandbox", "--store", str(tmp_path / "dangling"), "--now", "2020-06-15T09:30", "remind"])
    assert code == 1


def test_check_says_how_long_a_wave_takes(bot: Bot) -> None:
    bot.configure("units.yaml", "contacts: []", "contacts: [{name: 张三, email: rsj@wuhu.gov.cn}]")
    assert "一轮提醒共 1 个收件地址，按每日 50 个计，当日可发完" in bot("check").out


def test_a_figure_is_set_with_reason_and_name_and_read_in_the_ledger(bot: Bot) -> None:
    where = (EDUCATION, "2020Q2", "7", "0.16万", "--indicator", "幼儿资助")
    answer = bot.play("figure", "set", *where, "--reason", "电话核实", "--by", "王五")
    told = "第7项“幼儿资助”第二季度完成数1600人次：电话核实"
    assert (answer.code, told in answer.out) == (0, True)
    assert "此前没有登记过该指标本季度的完成数" in answer.out
    assert "第7项“幼儿资助”第二季度" in bot.play("ledger", "--kind", "figure.set").out
    again = (*where[:3], "1700", *where[4:])
    corrected = bot.play("figure", "set", *again, "--reason", "更正", "--by", "王五").out
    assert "第二季度完成数由1600人次更正为1700人次：更正；原数仍保留在台账中" in corrected
    assert bot("figure", "set", *where, "--reason", "核实", "--by", "王五", "--now", "2020-06-15T09:00").code == 2


def test_a_figure_set_is_told_as_the_entry_written(bot: Bot) -> None:
    where = (EDUCATION, "2020Q2", "7", "15", "--indicator", "新建、改扩建公办幼儿园")
    answer = bot.play("figure", "set", *where, "--reason", "电话核实", "--by", "王五", "--json")
    assert json.loads(answer.out)["data"]["value"] == "15"


def test_a_figure_beyond_all_measure_is_asked_about(bot: Bot) -> None:
    where = (
        EDUCATION,
        "2020Q2",
        "7",
        "999999",
        "--indicator",
        "新建、改扩建公办幼儿园",
        "--reason",
        "核实",
        "--by",
        "王五",
    )
    asked = bot.play("figure", "set", *where)
    assert (
        asked.code,
        "远高于年度目标25所。请核对；确实无误的，请注明已核对（命令加 --confirm）再登记" in asked.err,
    ) == (2, True)
    assert bot.play("figure", "set", *where, "--confirm").code == 0

"""An officer's way from one year to the next: the notice is imported, checked and adopted, and the old year stays at hand."""

import json
import os
import shutil
import tempfile
from pathlib import Path

import hostile
import pytest
from office_folder import NOTICE, UNITS, WHO, Office, office_folder
from openpyxl import load_workbook
from world import EDUCATION, FINANCE


@pytest.fixture
def bot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Office:
    return office_folder(tmp_path / "催报", monkeypatch, capsys)


def begun(bot: Office) -> None:
    """2020 was worked with: a unit's report is in its ledger."""
    bot("record", EDUCATION, "2020Q4", *WHO, now="2020-12-20T10:00")


# ---- import


def test_an_import_writes_a_draft_beside_and_leaves_everything_else_alone(bot: Office) -> None:
    before = bot.texts(bot.config)
    out = bot("notice", "import", bot.notice())
    assert (bot.code, bot.err) == (0, "")
    assert out.startswith("已读 测民〔2021〕2号《2021年全市民生工作要点》：3 个事项，3 个单位，0 个成员单位，")
    assert "./bot notice adopt 'store/sandbox/notices/2021-1'" in out
    assert bot.texts(bot.config) == before
    folder = bot.store / "notices" / "2021-1"
    names = {"office.yaml", "registry.yaml", "units.yaml", "核对表.xlsx", "核对表.html", "import.json"}
    assert {path.name for path in folder.iterdir()} == names
    assert [path.name for path in bot.store.iterdir()] == ["notices"]


def test_a_file_whose_name_is_in_gbk_is_read(bot: Office) -> None:
    path = Path(os.fsdecode(os.fsencode(bot.root) + b"/" + "报表.txt".encode("gbk")))
    path.write_text(NOTICE, encoding="utf-8")
    bot("notice", "import", str(path))
    assert bot.code == 0
    assert json.loads((bot.store / "notices" / "2021-1" / "import.json").read_text(encoding="utf-8"))["file"].endswith(
        "txt"
    )
    path.write_text("无关的文字", encoding="utf-8")
    assert bot.doc("notice", "import", str(path))["problems"]


def test_what_an_import_left_that_was_killed_goes_with_a_later_one(
    bot: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = bot.root / "tmp"
    old, running, others = (scratch / name for name in ("cuibao-notice-old", "cuibao-notice-running", "others"))
    for folder in (old, running, others):
        folder.mkdir(parents=True)
    for folder in (old, others):
        (folder / "x").write_text("x")
        os.utime(folder, (0, 0))
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    bot("notice", "import", bot.notice())
    assert sorted(path.name for path in scratch.iterdir()) == ["cuibao-notice-running", "others"]


def test_contacts_settings_and_comments_are_carried_over(bot: Office) -> None:
    bot("notice", "import", bot.notice())
    draft = bot.texts(bot.store / "notices" / "2021-1")
    assert "email: jyj@edu.gov.cn" in draft["units.yaml"]
    assert "escalate_to: [ju@fin.gov.cn]" in draft["units.yaml"]
    assert draft["units.yaml"].startswith("# 责任单位和联系人：测民〔2021〕2号点名的3个单位和0个“成员单位”。")
    assert "市扶贫办" not in draft["units.yaml"]
    assert "# 本办邮箱" in draft["office.yaml"]
    assert "  - {key: 2021Q2, name: " in draft["office.yaml"]
    assert "deadline: 2021-12-25}" in draft["office.yaml"]


def test_a_second_import_never_writes_over_the_first(bot: Office) -> None:
    notice = bot.notice()
    bot("notice", "import", notice)
    bot("notice", "import", notice)
    assert sorted(path.name for path in (bot.store / "notices").iterdir()) == ["2021-1", "2021-2"]
    bot("notice", "import", notice, "--out", "config")
    assert (bot.code, "文件夹已存在（config），未作改动" in bot.err) == (2, True)


def test_programs_get_what_was_read(bot: Office) -> None:
    found = bot.doc("notice", "import", bot.notice(), "--out", "草案", "--diff")
    assert found["notice"]["number"] == "测民〔2021〕2号"
    assert [one["deadline"] for one in found["notice"]["periods"]] == ["2021-06-30", "2021-12-25"]
    first = found["items"][0]
    assert (first["no"], first["title"], first["lead"], first["cooperating"]) == (
        1,
        "新建幼儿园",
        [EDUCATION],
        [FINANCE],
    )
    assert {"comparison": "at_least", "value": 30, "measure": "所"}.items() <= first["targets"][0].items()
    assert found["items"][2]["open_ended"] is True
    assert set(found) == {"notice", "items", "units", "collectives", "aliases", "questions", "draft", "changes"}
    (asked,) = [one for one in found["questions"] if one["unit"]]
    assert (asked["unit"], asked["item"], asked["place"]) == ("市医疗保障局", 3, "第13行")
    assert {"place", "message", "remedy", "item", "unit"} == set(asked)


def test_what_changes_against_the_notice_in_force_is_told_in_words(bot: Office) -> None:
    out = bot("notice", "import", bot.notice(), "--diff")
    assert "新增事项：第2项“资助困难学生”，牵头单位：市教育局" in out
    assert "取消事项：原第2项“扶贫助困”" in out
    assert "目标由新建幼儿园不少于25所改为新建幼儿园不少于30所" in out
    assert "新增单位：市医疗保障局" in out
    assert "不再涉及的单位：市扶贫办" in out
    assert "与现行通知相比" not in bot("notice", "import", bot.notice())


def test_the_same_notice_changes_nothing(bot: Office) -> None:
    bot("notice", "import", bot.notice())
    bot("notice", "adopt", str(bot.store / "notices" / "2021-1"))
    assert "没有变化" in bot("notice", "import", bot.notice(), "--diff")


@pytest.mark.parametrize(
    ("name", "data", "place", "message"),
    [
        ("空.pdf", b"", "空.pdf", "文件没有内容"),
        ("扫描.pdf", hostile.pdf(), "扫描.pdf", "没有"),
        ("密.pdf", hostile.pdf("x", user="x"), "密.pdf", "已加密"),
        ("损坏.docx", b"PK\x03\x04 broken", "损坏.docx", "不完整"),
        ("联系人.xlsx", hostile.sheet(("单位",)), "联系人.xlsx", "不是文档"),
        ("无事项.txt", "某市通知\n请各单位高度重视。\n".encode(), "", "事项"),
        (
            "无单位.txt",
            NOTICE.replace("（牵头责任单位：市医疗保障局，协同责任单位：市财政局等）", "").encode(),
            "第",
            "单位",
        ),
        ("缺号.txt", NOTICE.replace("\n2. 资", "\n资").encode(), "第13行", "事项序号不连续：第1项之后是第3项"),
        ("重号.txt", NOTICE.replace("\n3. 提", "\n2. 提").encode(), "第13行", "事项序号重复或倒退：第2项之后又是第2项"),
        (
            "时限矛盾.txt",
            NOTICE.replace("邮箱：", "请于6月25日前报送二季度完成情况。邮箱：").encode(),
            "第5行",
            "第二季度的报送时限前后不一致：2021-06-30（第5行）和2021-06-25",
        ),
    ],
)
def test_what_cannot_be_taken_over_is_refused_with_place_and_remedy_and_nothing_is_written(
    bot: Office, name: str, data: bytes, place: str, message: str
) -> None:
    (problem,) = bot.doc("notice", "import", bot.notice(name, data))["problems"]
    assert bot.code == 1
    assert problem["file"] == name
    assert problem["path"].startswith(place)
    assert message in problem["message"]
    assert problem["remedy"]
    bot("notice", "import", bot.notice(name, data))
    assert bot.err.startswith("未能导入，没有写入任何文件：")
    assert not bot.store.exists()


def test_a_unit_that_nobody_knows_is_named_and_the_draft_does_not_go_live_before_it_is_answered(bot: Office) -> None:
    begun(bot)
    out = bot("notice", "import", bot.notice())
    assert bot.code == 1
    assert bot.err.startswith("有 1 个单位从未登记（市医疗保障局）")
    assert "草案已写入" in out
    before = bot.texts(bot.config)
    draft = bot.store / "notices" / "2021-1"
    bot("notice", "adopt", str(draft))
    assert bot.code == 2
    assert "units[2]：“市医疗保障局”（通知第13行）原未登记，尚未答复。请填写联系人" in bot.err
    assert bot.texts(bot.config) == before
    assert not (bot.store / "backups").exists()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("name: 市医疗保障局\n", "name: 市医疗保障局\n    duty: inform\n"),
        ("contacts: []", "contacts: [{name: 王, email: ybj@gov.example.cn}]"),
        ("  - name: 市医疗保障局\n    aliases: []\n    contacts: []\n    escalate_to: []\n", ""),
    ],
    ids=["its duty", "a contact", "another unit's name"],
)
def test_an_answer_is_what_it_does_a_contact_or_whose_name_it_is(bot: Office, old: str, new: str) -> None:
    begun(bot)
    bot("notice", "import", bot.notice())
    path = bot.store / "notices" / "2021-1" / "units.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    if not new:
        text = text.replace("name: 市财政局\n    aliases: []", "name: 市财政局\n    aliases: [市医疗保障局]")
    path.write_text(text.replace(old, new), encoding="utf-8")
    bot("notice", "adopt", str(path.parent))
    assert bot.code == 0, bot.err


def test_an_office_that_has_not_begun_knows_nobody_and_is_not_asked_of_each(bot: Office) -> None:
    bot("notice", "import", bot.notice())
    assert (bot.code, bot.err) == (0, "")
    bot("notice", "adopt", str(bot.store / "notices" / "2021-1"))
    assert bot.code == 0


def test_a_file_that_is_not_there_is_told(bot: Office) -> None:
    bot("notice", "import", "没有.docx")
    assert (bot.code, "没有.docx 无法读取" in bot.err) == (2, True)


def test_a_file_of_any_size_is_not_read_into_memory(bot: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cuibao.front.commands.notice.LARGEST", 1 << 20)
    bot("notice", "import", bot.notice("大.txt", b" " * ((1 << 20) + 1)))
    assert (bot.code, "过大，超过 1 MB" in bot.err) == (2, True)


def test_another_mailbox_than_the_one_in_use_is_asked_about_and_not_taken_over(bot: Office) -> None:
    asked = bot.doc("notice", "import", bot.notice(data=NOTICE.replace("bangongshi@", "new@").encode()))["questions"]
    assert "通知所列的报送邮箱是new@163.example，现用的是bangongshi@163.example，草案仍用现用的" in [
        one["message"] for one in asked
    ]
    assert "address: bangongshi@163.example" in bot.texts(bot.store / "notices" / "2021-1")["office.yaml"]


# ---- adopt, and the year before


def adopted(bot: Office) -> str:
    begun(bot)
    bot("notice", "import", bot.notice())
    bot.answer(bot.store / "notices" / "2021-1")
    return bot("notice", "adopt", str(bot.store / "notices" / "2021-1"))


def test_an_adopted_draft_is_what_is_in_force_and_the_old_year_is_kept(bot: Office) -> None:
    before = bot.texts(bot.config)
    out = adopted(bot)
    assert (bot.code, "已启用 测民〔2021〕2号《2021年全市民生工作要点》" in out) == (0, True)
    draft = bot.texts(bot.store / "notices" / "2021-1")
    assert bot.texts(bot.config) == draft
    assert bot.texts(bot.config / "2020") == before
    assert len(list((bot.store / "backups").glob("full-*.tar.gz"))) == 1


def test_a_contact_registered_from_mail_after_the_import_passes_on(bot: Office) -> None:
    begun(bot)
    bot("notice", "import", bot.notice())
    mail = bot.root / "a.eml"
    mail.write_bytes(
        "From: new@edu.gov.cn\r\nSubject: 2020Q4\r\nMessage-ID: <2@x>\r\nDate: Tue, 2 Mar 2021 09:00:00 +0800\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n\r\n本季度已新建幼儿园5所。\r\n".encode()
    )
    bot("receive", "--from", str(mail))
    (waiting,) = bot.doc("triage", "list")
    said = ("--as", "submission", "--unit", EDUCATION, "--period", "2020Q4", "--learn-sender", "--by", "王五")
    bot("triage", "settle", waiting["mail"], *said)
    assert bot.code == 0, bot.err
    bot.answer(bot.store / "notices" / "2021-1")
    bot("notice", "adopt", str(bot.store / "notices" / "2021-1"))
    assert "email: new@edu.gov.cn" in bot.texts(bot.config)["units.yaml"]


def test_programs_are_told_where_the_old_year_is(bot: Office) -> None:
    begun(bot)
    bot("notice", "import", bot.notice())
    bot.answer(bot.store / "notices" / "2021-1")
    found = bot.doc("notice", "adopt", str(bot.store / "notices" / "2021-1"))
    assert (found["year"], found["number"], found["kept"]) == (2021, "测民〔2021〕2号", str(bot.config / "2020"))
    assert Path(found["backup"]).is_file()


def test_both_years_answer_by_their_quarters(bot: Office) -> None:
    adopted(bot)
    assert {unit["unit"] for unit in bot.doc("status")["units"]} == {EDUCATION, FINANCE, "市医疗保障局"}
    old = bot.doc("status", "--period", "2020Q4")
    assert {unit["unit"]: unit["standing"] for unit in old["units"]}[EDUCATION] == "received"
    assert bot("status", "--period", "2019Q4") == ""
    assert "请从 2021Q2、2021Q4、2020Q2、2020Q3、2020Q4 中选择" in bot.err


def test_a_quarter_is_shown_beside_the_same_one_of_the_year_before(bot: Office) -> None:
    adopted(bot)
    found = bot.doc("status", "--period", "2021Q4")["year_before"]
    assert (found["period"], found["counts"]["received"], found["counts"]["missing"]) == ("2020Q4", 1, 2)
    assert "上年同期（2020Q4）：未报 2、已收待核 1" in bot("status", "--period", "2021Q4")
    assert "上年同期（2020Q4）：已收待核 1" in bot("status", "--period", "2021Q4", "--unit", EDUCATION)
    assert bot.doc("status", "--period", "2020Q4")["year_before"] is None


def test_the_old_years_quarters_are_worked_with_until_they_are_closed(bot: Office) -> None:
    adopted(bot)
    bot("accept", EDUCATION, "2020Q4", *WHO)
    bot("note", "--period", "2020Q4", "--unit", "市扶贫办", *WHO)
    kinds = [json.loads(line)["kind"] for line in bot("ledger", "--period", "2020", "--json").splitlines()]
    assert kinds == ["sandbox.opened", "submission.received", "submission.accepted", "note.added"]
    assert bot("ledger", "--json") == ""
    assert "2020.jsonl 链条完整" in bot("verify")


def test_the_old_years_figures_are_set_and_its_documents_made(bot: Office) -> None:
    adopted(bot)
    assert "已记入台账" in bot("figure", "set", EDUCATION, "2020Q4", "1", "30", *WHO)
    files = [Path(name).name for name in bot.doc("report", "2020Q4", "--out", str(bot.root / "out"))["files"]]
    assert "2020年第四季度工作台账.xlsx" in files
    page = load_workbook(bot.root / "out" / "2020年第四季度工作台账.xlsx")["完成数"]
    assert [cell.value for cell in page[4]][5:7] == [30, 120]


def test_mail_that_names_the_older_year_is_found_and_counts_there(bot: Office) -> None:
    adopted(bot)
    mail = bot.root / "a.eml"
    subject = "=?utf-8?b?5biC6LSi5pS/5bGAMjAyMOW5tOesrOWbm+Wto+W6puWujOaIkOaDheWGtQ==?="
    mail.write_bytes(
        f"From: czj@fin.gov.cn\r\nSubject: {subject}\r\nMessage-ID: <1@x>\r\nDate: Tue, 2 Mar 2021 09:00:00 +0800\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n\r\n本季度已发放救助资金120万元，全年任务已完成。\r\n".encode()
    )
    (found,) = [json.loads(line) for line in bot("receive", "--from", str(mail), "--json").splitlines()]
    assert (found["unit"], found["period"], found["late"]) == (FINANCE, "2020Q4", True)
    assert "mail.kept" in bot("ledger", "--period", "2020", "--json")


def test_what_waits_in_the_older_years_triage_is_listed_and_settled(bot: Office) -> None:
    adopted(bot)
    mail = bot.root / "a.eml"
    mail.write_bytes(
        "From: someone@x.cn\r\nSubject: 2020Q4\r\nMessage-ID: <2@x>\r\nDate: Tue, 2 Mar 2021 09:00:00 +0800\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n\r\n本季度已发放救助资金120万元。\r\n".encode()
    )
    bot("receive", "--from", str(mail))
    (waiting,) = bot.doc("triage", "list")
    settled = bot.doc(
        "triage",
        "settle",
        waiting["mail"],
        "--as",
        "submission",
        "--unit",
        FINANCE,
        "--period",
        "2020Q4",
        "--by",
        "王五",
    )
    assert settled[1]["kind"] == "submission.received"
    assert bot.doc("triage", "list") == []


def test_a_contact_entered_after_the_import_is_not_lost(bot: Office) -> None:
    bot("notice", "import", bot.notice())
    path = bot.config / "units.yaml"
    path.write_text(UNITS.replace("jyj@", "new@"), encoding="utf-8")
    bot("notice", "adopt", str(bot.store / "notices" / "2021-1"))
    assert (bot.code, "草案写成之后 config/units.yaml 又有改动" in bot.err) == (2, True)


def test_a_draft_with_a_mistake_is_refused_with_the_place_and_nothing_changes(bot: Office) -> None:
    bot("notice", "import", bot.notice())
    before = bot.texts(bot.config)
    path = bot.store / "notices" / "2021-1" / "registry.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("[市财政局]", "[市财政厅]"), encoding="utf-8")
    bot("notice", "adopt", str(path.parent))
    assert bot.code == 2
    assert "store/sandbox/notices/2021-1/registry.yaml：items[0].cooperating[0]：units.yaml中没有这个单位" in bot.err
    assert bot.texts(bot.config) == before
    assert not (bot.store / "backups").exists()


@pytest.mark.parametrize("draft", ["没有", "config"])
def test_what_is_no_draft_is_refused(bot: Office, draft: str) -> None:
    bot("notice", "adopt", draft)
    assert (bot.code, bot.err.startswith(f"不是通知草案（{draft}）")) == (2, True)


def test_what_the_older_year_still_owes_is_planned_and_may_be_held(bot: Office) -> None:
    adopted(bot)
    bot("extend", FINANCE, "2020Q4", "--until", "2021-03-04", *WHO)
    assert due(bot) == [(FINANCE, "2020Q4", "urge")]
    assert ("2020Q4", "urge") in [(one["period"], one["stage"]) for one in bot.doc("wave", "list")]
    assert "第四季度催报（2020Q4 urge" in bot("wave", "list")
    bot("wave", "hold", "2020Q4", "urge", *WHO)
    assert due(bot) == []


def due(bot: Office) -> list[tuple[str, str, str]]:
    """The letters of this day."""
    letters = bot.doc("plan", "--until", "2021-03-02T23:00")["letters"]
    return [(one["unit"], one["period"], one["stage"]) for one in letters]


def test_a_mistake_in_the_older_years_files_is_named_with_its_file(bot: Office) -> None:
    adopted(bot)
    (bot.config / "2020" / "units.yaml").write_text("units: []\n", encoding="utf-8")
    errors = [problem for problem in bot.doc("check")["problems"] if problem["severity"] == "error"]
    assert (bot.code, {problem["file"] for problem in errors}) == (2, {"config/2020/units.yaml"})


def test_a_configuration_restored_from_before_the_adoption_has_no_year_before(bot: Office) -> None:
    adopted(bot)
    for path in (bot.config / "2020").iterdir():
        shutil.copy(path, bot.config)
    assert bot.doc("status", "--period", "2020Q4")["units"]
    assert bot("status", "--period", "2021Q4") == ""


def test_a_rehearsal_does_not_replace_what_an_office_at_work_has_set(bot: Office) -> None:
    bot("notice", "import", bot.notice())
    (bot.root / "store" / "2020.jsonl").write_bytes(b"")
    before = (bot.root / "config" / "office.yaml").read_bytes()
    bot("notice", "adopt", "store/sandbox/notices/2021-1")
    assert (bot.code, bot.err.startswith("本办已有正式台账，演练中启用会换掉正式使用的配置")) == (2, True)
    assert (bot.root / "config" / "office.yaml").read_bytes() == before
    shutil.copytree(bot.root / "config", bot.root / "copy")
    bot("--config", "copy", "notice", "adopt", "store/sandbox/notices/2021-1")
    assert bot.code == 0
    assert (bot.root / "config" / "office.yaml").read_bytes() == before


def test_a_new_year_without_a_ledger_is_told_from_a_folder_without_any(bot: Office) -> None:
    adopted(bot)
    for command in ("status", "plan", "ledger"):
        assert "（尚无2021年的台账）" in bot(command)

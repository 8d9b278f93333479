"""The folder of a draft: whole or not there, never over another, with what the office has entered carried over."""

import json
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from one_draft import HEAD, ITEMS, draft
from world import at

from cuibao.gateways import draft_folder
from cuibao.gateways.config_models import CollectiveBlock, ContactBlock, FormerBlock, UnitBlock, UnitsFile
from cuibao.gateways.draft_folder import (
    ORIGIN,
    PAGE,
    SHEET,
    carried_over,
    digests,
    new_folder,
    with_learned,
    write_draft,
)
from cuibao.gateways.settings import in_force, load_office
from cuibao.papers.notice.draft import Draft
from cuibao.papers.notice.review import review
from cuibao.rules.outcomes import LedgerError, UsageError
from cuibao.rules.registry import Collective, Duty, Former, Unit

PROGRAM = Path(__file__).resolve().parents[2]
TEMPLATE = (PROGRAM / "templates" / "notice" / "review.html").read_text(encoding="utf-8")
ORIGINAL = {"name": "通知.docx", "sha256": "0" * 64}
NOW = at("2021-02-10T09:00")
ZHANG = ContactBlock(name="张三", email="jyj@wuhu.gov.cn")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return Path(shutil.copytree(PROGRAM / "config", tmp_path / "config"))


def write(folder: Path, config: Path, made: Draft | None = None) -> Path:
    write_draft(folder, review(made or draft()), config, TEMPLATE, ORIGINAL, NOW)
    return folder


def live(*units: UnitBlock, collectives: tuple[CollectiveBlock, ...] = ()) -> UnitsFile:
    return UnitsFile(units=list(units), collectives=list(collectives))


def test_a_draft_is_a_configuration_that_reads_as_what_the_notice_says(tmp_path: Path, config: Path) -> None:
    folder = write(tmp_path / "notices" / "2021-1", config)
    office, _ = load_office(folder)
    assert (office.notice.number, office.notice.year) == (HEAD.number, 2021)
    assert office.registry.items == ITEMS
    assert [unit.name for unit in office.registry.units] == ["市教育局", "市财政局", "市医疗保障局"]
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        ["registry.yaml", "units.yaml", "office.yaml", SHEET, PAGE, ORIGIN]
    )
    assert [path.name for path in folder.parent.iterdir()] == ["2021-1"]


def test_the_drafts_comments_speak_of_the_new_notice(tmp_path: Path, config: Path) -> None:
    folder = write(tmp_path / "2021-1", config)
    units = (folder / "units.yaml").read_text(encoding="utf-8")
    assert units.startswith("# 责任单位和联系人：测民〔2021〕2号点名的3个单位和1个“成员单位”。\n#\n# units ")
    assert (folder / "registry.yaml").read_text(encoding="utf-8").startswith("# 事项清单：测民〔2021〕2号《2021年")
    (config / "units.yaml").write_text("# 本办自记\n" + units.partition("\n")[2], encoding="utf-8")
    assert (write(tmp_path / "2021-2", config) / "units.yaml").read_text(encoding="utf-8").startswith("# 本办自记\n")


def test_the_origin_says_of_which_file_and_which_settings_the_draft_was_made(tmp_path: Path, config: Path) -> None:
    origin = json.loads((write(tmp_path / "2021-1", config) / ORIGIN).read_bytes())
    assert origin == {
        "cuibao": 1,
        "imported_at": "2021-02-10T09:00:00+08:00",
        **ORIGINAL,
        "config": digests(in_force(config)),
        "learned": {},
        "unknown": {},
    }


def test_days_off_that_the_office_entered_go_along(tmp_path: Path, config: Path) -> None:
    (config / "holidays.yaml").write_text("off: [2021-05-04]\n", encoding="utf-8")
    assert (write(tmp_path / "a", config) / "holidays.yaml").read_text(encoding="utf-8") == "off: [2021-05-04]\n"


def test_a_folder_that_is_there_is_never_written_into(tmp_path: Path, config: Path) -> None:
    folder = tmp_path / "2021-1"
    folder.mkdir()
    with pytest.raises(UsageError, match="文件夹已存在"):
        write(folder, config)
    with pytest.raises(UsageError, match="文件夹已存在"):
        write(config, config)
    assert list(folder.iterdir()) == []


def test_a_years_drafts_are_numbered(tmp_path: Path) -> None:
    assert new_folder(tmp_path, 2021).name == "2021-1"
    (tmp_path / "2021-1").mkdir()
    assert new_folder(tmp_path, 2021).name == "2021-2"
    assert new_folder(tmp_path, 2022).name == "2022-1"


def test_a_disk_that_fails_midway_leaves_nothing(tmp_path: Path, config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []

    def full(path: Path, raw: bytes) -> None:
        written.append(path.name)
        if len(written) > 2:
            raise OSError(28, "No space left on device")
        path.write_bytes(raw)

    monkeypatch.setattr(draft_folder, "write_synced", full)
    with pytest.raises(LedgerError, match="磁盘空间已满"):
        write(tmp_path / "notices" / "2021-1", config)
    assert list((tmp_path / "notices").iterdir()) == []


def test_contacts_leaders_duty_and_names_of_a_known_unit_are_carried_over() -> None:
    old = UnitBlock(
        name="市医保局",
        aliases=["市医疗保障局机关"],
        duty=Duty.INFORM,
        contacts=[ZHANG],
        escalate_to=["ld@wuhu.gov.cn"],
        former=[FormerBlock(name="市医保办", until=date(2019, 1, 1))],
    )
    made = carried_over(draft(), live(old))
    health = made.units[2]
    assert (health.name, health.aliases) == ("市医疗保障局", ["市医保局", "市医疗保障局机关"])
    assert (health.duty, health.contacts, health.escalate_to) == (Duty.INFORM, [ZHANG], ["ld@wuhu.gov.cn"])
    assert [former.name for former in health.former] == ["市医保办"]


def test_contacts_that_officers_registered_from_mail_are_written_down() -> None:
    old = live(UnitBlock(name="市教育局", contacts=[ZHANG]), UnitBlock(name="市财政局"))
    learned = {"市教育局": {"jyj@wuhu.gov.cn": "张三", "new@wuhu.gov.cn": "李四"}, "市水务局": {"x@wuhu.gov.cn": ""}}
    made = carried_over(draft(), with_learned(old, learned))
    assert [(one.name, one.email) for one in made.units[0].contacts] == [
        ("张三", "jyj@wuhu.gov.cn"),
        ("李四", "new@wuhu.gov.cn"),
    ]
    assert made.units[1].contacts == []


def test_a_duty_that_nobody_wrote_stays_an_open_question() -> None:
    made = carried_over(draft(), live(UnitBlock(name="市财政局")))
    assert "duty" not in made.units[1].model_fields_set


def test_a_successor_gets_the_contacts_of_the_organ_that_it_followed() -> None:
    new = Unit("市工业和信息化局", former=(Former("市经济和信息化局", date(2023, 1, 1)),))
    made = carried_over(draft(units=(new,)), live(UnitBlock(name="市经济和信息化局", contacts=[ZHANG])))
    assert made.units[0].contacts == [ZHANG]
    assert [former.name for former in made.units[0].former] == ["市经济和信息化局"]
    assert made.units[0].aliases == []


def test_a_unit_of_which_the_notice_says_nothing_goes_unless_a_collective_names_it() -> None:
    body = CollectiveBlock(name="市大病保险成员单位", members=["市民政局"])
    old = live(UnitBlock(name="市民政局", contacts=[ZHANG]), UnitBlock(name="市水务局"), collectives=(body,))
    made = carried_over(draft(), old)
    assert [unit.name for unit in made.units] == ["市教育局", "市财政局", "市医疗保障局", "市民政局"]
    assert made.units[3].contacts == [ZHANG]
    assert made.collectives[0].members == ["市民政局"]


def test_members_that_the_notice_lists_itself_are_taken(tmp_path: Path, config: Path) -> None:
    listed = draft(collectives=(Collective("市大病保险成员单位", members=("市财政局",)),))
    body = CollectiveBlock(name="市大病保险成员单位", members=["市民政局"])
    made = carried_over(listed, live(UnitBlock(name="市民政局"), collectives=(body,)))
    assert made.collectives[0].members == ["市财政局"]
    office, _ = load_office(write(tmp_path / "a", config, replace(listed)))
    assert office.registry.collectives[0].members == ("市财政局",)

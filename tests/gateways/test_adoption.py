"""Adopting a draft: checked first, backed up, the old year kept beside the new one, and nothing lost that the office has edited."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from adopting import NOW, TEMPLATE, Place
from one_draft import HEAD, draft
from world import at

from cuibao.gateways import adoption
from cuibao.gateways.adoption import adopt
from cuibao.gateways.backup import full_backup
from cuibao.gateways.draft_folder import ORIGIN, write_draft
from cuibao.gateways.restoring import restore
from cuibao.gateways.settings import load_office
from cuibao.papers.notice.review import review
from cuibao.rules.outcomes import ConfigError, LedgerError, UsageError


def test_the_draft_is_in_force_the_old_year_is_kept_and_all_is_backed_up(tmp_path: Path) -> None:
    place = Place(tmp_path)
    made = place.adopt()
    assert (made.office.notice.number, made.kept) == (HEAD.number, place.config / "2020")
    assert place.texts(place.config) == place.texts(place.draft)
    assert place.texts(place.config / "2020") == place.before
    assert load_office(place.config / "2020")[0].notice.year == 2020
    assert made.backup.suffixes[-2:] == [".tar", ".gz"]
    assert (place.store / "2020.jsonl").exists()


def test_the_backup_made_before_brings_the_old_year_back_into_force(tmp_path: Path) -> None:
    place = Place(tmp_path)
    backup = place.adopt().backup
    restore(backup, place.store, at("2021-02-11T09:00"), mode="office", config=place.config)
    assert place.texts(place.config) == place.before


def test_a_later_backup_holds_the_years_before_and_puts_them_back(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.adopt()
    backup = full_backup(place.store, place.config, at("2021-03-01T09:00"), mode="office").path
    shutil.rmtree(place.config)
    restore(backup, place.store, at("2021-03-02T09:00"), mode="office", config=place.config)
    assert place.texts(place.config) == place.texts(place.draft)
    assert place.texts(place.config / "2020") == place.before


def test_an_office_that_has_not_begun_keeps_copies_of_its_files_only(tmp_path: Path) -> None:
    place = Place(tmp_path, begun=False)
    made = place.adopt()
    assert made.kept is None
    assert place.texts(made.backup) == place.before
    assert place.texts(place.config) == place.texts(place.draft)


def test_files_keep_the_permissions_that_the_office_gave_them(tmp_path: Path) -> None:
    place = Place(tmp_path)
    (place.config / "units.yaml").chmod(0o640)
    place.adopt()
    assert (place.config / "units.yaml").stat().st_mode & 0o777 == 0o640


def test_a_mistake_in_the_draft_is_named_by_its_place_and_nothing_is_done(tmp_path: Path) -> None:
    place = Place(tmp_path)
    registry = place.draft / "registry.yaml"
    registry.write_text(registry.read_text(encoding="utf-8").replace("市医疗保障局", "市医疗局"), encoding="utf-8")
    place.refuses(ConfigError, r"registry.yaml：items\[2\].lead\[0\]：units.yaml中没有这个单位：“市医疗局”")


def test_a_notice_without_a_number_is_not_adopted(tmp_path: Path) -> None:
    place = Place(tmp_path, made=draft(notice=replace(HEAD, number="")))
    place.refuses(ConfigError, "notice.number")


def test_what_is_no_draft_is_refused(tmp_path: Path) -> None:
    place = Place(tmp_path)
    (place.draft / "units.yaml").unlink()
    place.refuses(UsageError, "不是通知草案")
    with pytest.raises(UsageError, match="不是通知草案"):
        adopt(place.config, place.config, place.store, NOW, mode="office")


def test_contacts_entered_since_the_import_are_not_lost(tmp_path: Path) -> None:
    place = Place(tmp_path)
    units = place.config / "units.yaml"
    units.write_text(units.read_text(encoding="utf-8") + "# 新联系人\n", encoding="utf-8")
    place.before = place.texts(place.config)
    place.refuses(UsageError, "草案写成之后 .*units.yaml 又有改动")
    (place.draft / ORIGIN).write_text("[]")
    place.refuses(UsageError, "无法识别")
    (place.draft / ORIGIN).unlink()
    assert place.adopt().office.notice.year == 2021


@pytest.mark.parametrize(
    ("year", "words"),
    [
        (2020, "2020 年已按 民生办〔2020〕5号 建立台账，不能改用 测民〔2021〕2号"),
        (2019, "草案为 2019 年的通知，早于现行的 2020 年"),
    ],
)
def test_a_notice_of_the_year_in_force_or_before_does_not_take_its_ledger(
    tmp_path: Path, year: int, words: str
) -> None:
    place = Place(tmp_path)
    office = place.draft / "office.yaml"
    text = office.read_text(encoding="utf-8").replace("2021-", f"{year}-").replace("year: 2021", f"year: {year}")
    office.write_text(text.replace("since: 2020-05-15", "since: 2019-01-01"), encoding="utf-8")
    place.refuses(UsageError, words)


def test_the_notice_in_force_may_be_adopted_again_as_it_was_mended(tmp_path: Path) -> None:
    place = Place(tmp_path, made=draft(notice=replace(HEAD, number="民生办〔2020〕5号", year=2020, periods=())))
    made = place.adopt()
    assert made.kept is None
    assert made.office.notice.year == 2020
    assert place.texts(place.config) == place.texts(place.draft)


def test_the_ledger_of_the_other_mode_is_not_adopted_over(tmp_path: Path) -> None:
    place = Place(tmp_path)
    with pytest.raises(LedgerError, match="不能用于演练"):
        adopt(place.draft, place.config, place.store, NOW, mode="sandbox")
    assert place.texts(place.config) == place.before


# ---- what an office has edited or registered since


LEARNED = {"市教育局": {"later@wuhu.example": "李四"}}


def test_contacts_that_were_registered_from_mail_after_the_import_pass_on(tmp_path: Path) -> None:
    place = Place(tmp_path)
    before = place.contacts("市教育局")
    place.adopt(LEARNED)
    assert place.contacts("市教育局") == [*before, "later@wuhu.example"]
    assert place.texts(place.config) == place.texts(place.draft)


def test_one_that_was_known_at_the_import_and_that_a_person_took_out_of_the_draft_stays_out(tmp_path: Path) -> None:
    place = Place(tmp_path)
    path = place.draft / ORIGIN
    path.write_text(json.dumps(json.loads(path.read_bytes()) | {"learned": {"市教育局": ["later@wuhu.example"]}}))
    place.adopt(LEARNED)
    assert "later@wuhu.example" not in place.contacts("市教育局")


def test_what_was_edited_while_the_backup_was_made_is_not_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = Place(tmp_path)

    def slow(*arguments: object, **more: object) -> object:
        with (place.config / "units.yaml").open("a", encoding="utf-8") as file:
            file.write("# 新联系人\n")
        return full_backup(*arguments, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(adoption, "full_backup", slow)
    with pytest.raises(UsageError, match=r"启用期间 .* 又有改动"):
        place.adopt()
    assert place.texts(place.config) == place.before | {
        "units.yaml": place.before["units.yaml"] + "# 新联系人\n".encode()
    }


def test_a_correction_of_the_items_in_force_is_not_undone_by_adopting_again(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.adopt()
    registry = place.config / "registry.yaml"
    registry.write_text(registry.read_text(encoding="utf-8").replace("value: 30", "value: 33"), encoding="utf-8")
    with pytest.raises(UsageError, match=r"草案写成之后 .*registry\.yaml 又有改动"):
        place.adopt()
    assert "value: 33" in registry.read_text(encoding="utf-8")


def test_a_correction_of_the_old_items_stays_with_the_old_year(tmp_path: Path) -> None:
    place = Place(tmp_path)
    registry = place.config / "registry.yaml"
    registry.write_text(registry.read_text(encoding="utf-8") + "# 更正\n", encoding="utf-8")
    place.adopt()
    assert "# 更正" in (place.config / "2020" / "registry.yaml").read_text(encoding="utf-8")


def test_after_an_adoption_was_undone_a_correction_made_since_is_what_is_kept(tmp_path: Path) -> None:
    """The units are those of the old year in both, as where nothing changes from year to year."""
    place = Place(tmp_path)
    backup = place.adopt().backup
    shutil.copytree(place.config / "2020", tmp_path / "first")
    restore(backup, place.store, at("2021-02-11T09:00"), mode="office", config=place.config)
    shutil.copytree(tmp_path / "first", place.config / "2020")  # as an older program left it
    registry = place.config / "registry.yaml"
    registry.write_text(registry.read_text(encoding="utf-8") + "# 更正\n", encoding="utf-8")
    made = place.adopt()
    assert "# 更正" in (place.config / "2020" / "registry.yaml").read_text(encoding="utf-8")
    assert made.aside == place.config / "2020-before-1"
    assert place.texts(made.aside) == place.before
    assert place.texts(place.config) == place.texts(place.draft)


def test_days_off_entered_in_the_draft_are_put_live_and_the_old_ones_kept(tmp_path: Path) -> None:
    place = Place(tmp_path)
    old, new = "off: [2020-05-04]\n", "off: [2021-05-06]\n"
    (place.config / "holidays.yaml").write_text(old, encoding="utf-8")
    shutil.rmtree(place.draft)
    write_draft(place.draft, review(draft()), place.config, TEMPLATE, {"file": "通知.docx"}, NOW)
    (place.draft / "holidays.yaml").write_text(new, encoding="utf-8")
    place.adopt()
    assert (place.config / "holidays.yaml").read_text(encoding="utf-8") == new
    assert (place.config / "2020" / "holidays.yaml").read_text(encoding="utf-8") == old


def test_days_off_entered_since_the_import_are_not_lost(tmp_path: Path) -> None:
    place = Place(tmp_path)
    (place.draft / "holidays.yaml").write_text("off: [2021-05-06]\n", encoding="utf-8")
    (place.config / "holidays.yaml").write_text("off: [2021-05-07]\n", encoding="utf-8")
    place.refuses(UsageError, "草案写成之后 .*holidays.yaml 又有改动")


def test_a_backup_of_the_same_minute_does_not_stand_in_the_way(tmp_path: Path) -> None:
    place = Place(tmp_path)
    first = full_backup(place.store, place.config, NOW, mode="office").path
    assert place.adopt().backup.name == f"{first.name.removesuffix('.tar.gz')}-2.tar.gz"


# ---- restoring what was in force before


def test_a_restoration_takes_away_what_the_adoption_has_added(tmp_path: Path) -> None:
    place = Place(tmp_path)
    (place.draft / "holidays.yaml").write_text("off: [2021-05-06]\n", encoding="utf-8")
    backup = place.adopt().backup
    done = restore(backup, place.store, at("2021-02-11T09:00"), mode="office", config=place.config)
    assert place.texts(place.config) == place.before
    assert not (place.config / "2020").exists()
    assert not (place.config / "holidays.yaml").exists()
    assert done.aside is not None
    assert place.texts(done.aside / "config") == place.texts(place.draft)
    assert place.texts(done.aside / "config" / "2020") == place.before
    assert (done.aside / "config" / "holidays.yaml").exists()

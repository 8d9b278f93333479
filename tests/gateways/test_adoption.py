"""Adopting a draft: checked first, backed up, the old year kept beside the new one, and gone on with after a crash."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from doubles import Killed
from one_draft import HEAD, draft
from world import at

from cuibao.gateways import adoption
from cuibao.gateways.adoption import Adopted, adopt
from cuibao.gateways.backup import full_backup
from cuibao.gateways.disk import replace_file
from cuibao.gateways.draft_folder import ORIGIN, write_draft
from cuibao.gateways.ledger import JsonlLedger
from cuibao.gateways.restoring import restore
from cuibao.gateways.settings import load_office
from cuibao.papers.notice.draft import Draft
from cuibao.papers.notice.review import review
from cuibao.rules.entries import Draft as Entry
from cuibao.rules.entries import Kind
from cuibao.rules.outcomes import ConfigError, LedgerError, UsageError

PROGRAM = Path(__file__).resolve().parents[2]
TEMPLATE = (PROGRAM / "templates" / "notice" / "review.html").read_text(encoding="utf-8")
FILES = ("office.yaml", "registry.yaml", "units.yaml")
NOW = at("2021-02-10T09:00")


class Place:
    """An office in its first year, begun or not, with the draft of the next notice."""

    def __init__(self, base: Path, *, begun: bool = True, made: Draft | None = None) -> None:
        self.config = Path(shutil.copytree(PROGRAM / "config", base / "config"))
        self.store, self.draft = base / "store", base / "store" / "notices" / "2021-1"
        self.store.mkdir()
        if begun:
            ledger = JsonlLedger(self.store / "2020.jsonl", mode="office")
            ledger.append([Entry(Kind.NOTE_ADDED, NOW, data={"reason": "去年"})])
        write_draft(self.draft, review(made or draft()), self.config, TEMPLATE, {"file": "通知.docx"}, NOW)
        self.before = self.texts(self.config)

    def texts(self, folder: Path) -> dict[str, bytes]:
        return {name: (folder / name).read_bytes() for name in FILES}

    def adopt(self) -> Adopted:
        return adopt(self.draft, self.config, self.store, NOW, mode="office")

    def refuses(self, kind: type[Exception], words: str) -> None:
        with pytest.raises(kind, match=words):
            self.adopt()
        assert self.texts(self.config) == self.before
        assert not (self.config / "2020").exists()
        assert not (self.store / "backups").exists()


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


@pytest.mark.parametrize("put", range(3))
def test_an_adoption_that_was_cut_short_is_gone_on_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, put: int
) -> None:
    place = Place(tmp_path)
    done: list[Path] = []

    def dying(path: Path, raw: bytes, mode: int = 0o644) -> None:
        if len(done) == put:
            raise Killed
        done.append(path)
        replace_file(path, raw, mode)

    with monkeypatch.context() as patched:
        patched.setattr(adoption, "replace_file", dying)
        with pytest.raises(Killed):
            place.adopt()
    later = at("2021-02-10T10:00")
    made = adopt(place.draft, place.config, place.store, later, mode="office")
    assert place.texts(place.config) == place.texts(place.draft)
    assert place.texts(place.config / "2020") == place.before
    assert made.kept == place.config / "2020"

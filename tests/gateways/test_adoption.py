"""Adopting a draft: checked first, backed up, the old year kept beside the new one, and gone on with after a crash."""

import copy
import os
import shutil
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import dying
import pytest
from one_draft import HEAD, draft
from world import at

from cuibao.gateways import adoption
from cuibao.gateways.adoption import Adopted, adopt
from cuibao.gateways.backup import full_backup
from cuibao.gateways.draft_folder import ORIGIN, write_draft
from cuibao.gateways.ledger import JsonlLedger
from cuibao.gateways.lock import hold
from cuibao.gateways.restoring import restore
from cuibao.gateways.settings import load_office
from cuibao.papers.notice.draft import Draft
from cuibao.papers.notice.review import review
from cuibao.rules.entries import Draft as Entry
from cuibao.rules.entries import Kind
from cuibao.rules.outcomes import BusyError, ConfigError, LedgerError, UsageError

PROGRAM = Path(__file__).resolve().parents[2]
TEMPLATE = (PROGRAM / "templates" / "notice" / "review.html").read_text(encoding="utf-8")
FILES = ("office.yaml", "registry.yaml", "units.yaml")
NOW = at("2021-02-10T09:00")
AT_ONCE = 4


class Place:
    """An office in its first year, begun or not, with the draft of the next notice."""

    def __init__(self, base: Path, *, begun: bool = True, made: Draft | None = None) -> None:
        self.base = base
        self.config = Path(shutil.copytree(PROGRAM / "config", base / "config"))
        self.store, self.draft = base / "store", base / "store" / "notices" / "2021-1"
        self.store.mkdir(parents=True)
        if begun:
            ledger = JsonlLedger(self.store / "2020.jsonl", mode="office")
            ledger.append([Entry(Kind.NOTE_ADDED, NOW, data={"reason": "去年"})])
        write_draft(self.draft, review(made or draft()), self.config, TEMPLATE, {"file": "通知.docx"}, NOW)
        self.before = self.texts(self.config)

    def texts(self, folder: Path) -> dict[str, bytes]:
        return {name: (folder / name).read_bytes() for name in FILES}

    def adopt(self) -> Adopted:
        return adopt(self.draft, self.config, self.store, NOW, mode="office")

    def copy(self, base: Path) -> "Place":
        """The same office somewhere else."""
        made = copy.copy(self)
        made.base = Path(shutil.copytree(self.base, base))
        made.config, made.store, made.draft = (
            base / path.relative_to(self.base) for path in (self.config, self.store, self.draft)
        )
        return made

    @property
    def told(self) -> tuple[Path, Path, Path, datetime]:
        """What a process of its own is told to adopt."""
        return self.draft, self.config, self.store, NOW

    def whole(self, step: str) -> int:
        """The year in force, which must be in force wholly."""
        year = load_office(self.config)[0].notice.year
        assert self.texts(self.config) == (self.before if year == 2020 else self.texts(self.draft)), step
        return year

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


# ---- killed, on a full disk, two at once


def test_killed_at_any_step_it_is_done_or_not_begun_and_is_adopted_again(tmp_path: Path) -> None:
    whole = Place(tmp_path / "whole")
    sound = whole.copy(tmp_path / "sound")
    touches = dying.run(adopt, *sound.told, mode="office").touches
    names = {path.name for path in sound.config.iterdir()}
    assert 20 < len(touches) < 120

    def year_after(number: int) -> int:
        place = whole.copy(tmp_path / str(number))
        assert dying.run(adopt, *place.told, mode="office", die_at=number).killed
        year = place.whole(touches[number - 1])
        made = adopt(place.draft, place.config, place.store, at("2021-02-10T10:00"), mode="office")
        assert made.aside is None
        assert place.texts(place.config) == place.texts(place.draft)
        assert place.texts(place.config / "2020") == place.before
        assert {path.name for path in place.config.iterdir()} == names
        return year

    with ThreadPoolExecutor(AT_ONCE) as pool:
        assert set(pool.map(year_after, range(1, len(touches) + 1))) == {2020, 2021}


def test_a_change_that_cannot_be_completed_is_told_and_completed_later(tmp_path: Path) -> None:
    place = Place(tmp_path)
    (place.config / "registry.yaml").unlink()
    (place.config / "registry.yaml").mkdir()  # cannot be renamed over
    with pytest.raises(ConfigError, match=r"config：新的配置尚未全部换入：.*自动换完"):
        place.adopt()
    with pytest.raises(ConfigError, match="新的配置尚未全部换入"):
        load_office(place.config)
    (place.config / "registry.yaml").rmdir()
    assert load_office(place.config)[0].notice.number == HEAD.number
    assert place.texts(place.config) == place.texts(place.draft)


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A folder, on a file system of some pages where root may mount one."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=512k", "none", folder]
    mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    yield folder
    if mounted:
        subprocess.run(["umount", folder], check=True)


def test_on_a_full_disk_nothing_is_changed(tmp_path: Path, small: Path) -> None:
    """One page more is free each time, until there is room enough; where nobody may mount, there is room at once."""
    place = Place(tmp_path)
    place.config = Path(shutil.copytree(place.config, small / "config"))
    filler = small / "filler"
    filler.write_bytes(b"")
    if small.is_mount():
        with filler.open("wb", buffering=0) as file, suppress(OSError):
            while True:
                file.write(b"\0" * 4096)
    refusals = 0
    while words := _refusal(place):
        refusals += 1
        assert "启用通知失败：磁盘空间已满" in words
        assert place.texts(place.config) == place.before
        assert [path.name for path in place.config.iterdir() if path.is_dir()] == []
        os.truncate(filler, filler.stat().st_size - 4096)
    assert refusals > 5 or not small.is_mount()
    assert place.texts(place.config) == place.texts(place.draft)
    assert place.texts(place.config / "2020") == place.before


def _refusal(place: Place) -> str:
    try:
        place.adopt()
    except LedgerError as error:
        return str(error)
    return ""


def test_of_two_at_once_one_is_refused(tmp_path: Path) -> None:
    place = Place(tmp_path)
    with hold(place.store / "adopting.lock", "通知启用"):
        place.refuses(BusyError, "通知启用正由进程")
    assert place.adopt().kept == place.config / "2020"


def test_two_processes_that_adopt_two_notices_leave_one_of_them_whole(tmp_path: Path) -> None:
    for number in range(6):
        place = Place(tmp_path / str(number))
        other = Path(shutil.copytree(place.draft, place.draft.with_name("2021-2")))
        text = (other / "office.yaml").read_text(encoding="utf-8").replace("〔2021〕2号", "〔2021〕9号")
        (other / "office.yaml").write_text(text, encoding="utf-8")
        with ThreadPoolExecutor(2) as pool:
            both = [pool.submit(_adopted, draft, place) for draft in (place.draft, other)]
            done = [one.result() for one in both]
        winners = [draft for draft in done if draft]
        assert len(winners) == 1
        assert place.texts(place.config) == place.texts(winners[0])
        assert place.texts(place.config / "2020") == place.before


def _adopted(draft: Path, place: Place) -> Path | None:
    """The draft, where a process of its own has put it live; None where it was refused."""
    with suppress(AssertionError):
        dying.run(adopt, draft, *place.told[1:], mode="office")
        return draft
    return None


def test_readers_see_one_year_or_the_other_while_it_is_put_live(tmp_path: Path) -> None:
    place, seen = Place(tmp_path), set()
    with ThreadPoolExecutor(1) as pool:
        adopting = pool.submit(place.adopt)
        while not adopting.done():
            office, _ = load_office(place.config)
            seen.add((office.notice.year, office.registry.items[0].title))
    office, _ = load_office(place.config)
    seen.add((office.notice.year, office.registry.items[0].title))
    assert len(seen) == len({year for year, _ in seen})


# ---- what an office has edited


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


def test_killed_at_any_step_a_restoration_leaves_no_mix_and_is_done_again(tmp_path: Path) -> None:
    whole = Place(tmp_path / "whole")
    name = whole.adopt().backup.relative_to(whole.base)
    sound = whole.copy(tmp_path / "sound")
    touches = dying.run(restore, sound.base / name, sound.store, NOW, mode="office", config=sound.config).touches
    names = {path.name for path in sound.config.iterdir()}
    assert 30 < len(touches) < 160

    def year_after(number: int) -> int:
        place = whole.copy(tmp_path / str(number))
        told = (place.base / name, place.store)
        assert dying.run(restore, *told, NOW, mode="office", config=place.config, die_at=number).killed
        year = place.whole(touches[number - 1])
        assert (place.config / "2020").exists() == (year == 2021)
        restore(*told, at("2021-02-11T09:00"), mode="office", config=place.config)
        assert place.texts(place.config) == place.before
        assert {path.name for path in place.config.iterdir()} == names
        return year

    with ThreadPoolExecutor(AT_ONCE) as pool:
        assert set(pool.map(year_after, range(1, len(touches) + 1))) == {2020, 2021}

"""An adoption, or its undoing, that is killed, finds the disk full, or meets another: done or not begun, never a mix of two years."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from itertools import count
from pathlib import Path

import dying
import pytest
from adopting import NOW, Place
from one_draft import HEAD
from world import at

from cuibao.gateways.adoption import adopt
from cuibao.gateways.lock import hold
from cuibao.gateways.restoring import restore
from cuibao.gateways.settings import load_office
from cuibao.rules.outcomes import BusyError, ConfigError, LedgerError

AT_ONCE = 4


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


def filled(small: Path) -> Callable[[], None]:
    """Fill its disk; what is returned gives one page free each time. Where nobody may mount, there is room at once."""
    filler = small / "filler"
    filler.write_bytes(b"")
    if small.is_mount():
        with filler.open("wb", buffering=0) as file, suppress(OSError):
            while True:
                file.write(b"\0" * 4096)
    return lambda: os.truncate(filler, filler.stat().st_size - 4096)


def refusal(act: Callable[[], object]) -> str:
    try:
        act()
    except LedgerError as error:
        return str(error)
    return ""


def test_on_a_full_disk_nothing_is_changed(tmp_path: Path, small: Path) -> None:
    place = Place(tmp_path)
    place.config = Path(shutil.copytree(place.config, small / "config"))
    free_a_page, refusals = filled(small), 0
    while words := refusal(place.adopt):
        refusals += 1
        assert "启用通知失败：磁盘空间已满" in words
        assert place.whole(words) == 2020
        assert [path.name for path in place.config.iterdir() if path.is_dir()] == []
        free_a_page()
    assert refusals > 5 or not small.is_mount()
    assert place.whole("adopted") == 2021
    assert place.texts(place.config / "2020") == place.before


def test_on_a_full_disk_nothing_is_undone(tmp_path: Path, small: Path) -> None:
    place = Place(tmp_path)
    place.config = Path(shutil.copytree(place.config, small / "config"))
    backup = place.adopt().backup
    free_a_page, moments = filled(small), (NOW + timedelta(seconds=number) for number in count(1))
    refusals = 0
    while words := refusal(lambda: restore(backup, place.store, next(moments), mode="office", config=place.config)):
        refusals += 1
        assert "恢复备份失败：磁盘空间已满" in words
        assert place.whole(words) == 2021
        assert place.texts(place.config / "2020") == place.before
        free_a_page()
    assert refusals > 5 or not small.is_mount()
    assert place.whole("undone") == 2020
    assert not (place.config / "2020").exists()


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

"""Edited files are noticed once; a mistake in them leaves the old house standing."""

import os
from pathlib import Path

import pytest

from cuibao.front.house import ROOT, House
from cuibao.front.renewal import Renewal
from cuibao.gateways.changeover import PENDING
from cuibao.rules.outcomes import ConfigError


@pytest.fixture
def house(tmp_path: Path) -> House:
    config = tmp_path / "config"
    config.mkdir()
    for name in ("office.yaml", "registry.yaml", "units.yaml"):
        (config / name).write_text((ROOT / "config" / name).read_text("utf-8"), "utf-8")
    return House(config, tmp_path / "store", sandbox=True, environ={}, writes=True)


def rebuilt(old: House) -> House:
    fresh = House(old.config, old.store, old.sandbox, old.environ, writes=True)
    _ = fresh.desk
    return fresh


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    os.utime(path, ns=(1, 1))


def test_nothing_changes_while_nobody_edits(house: House) -> None:
    renewal = Renewal(house, rebuilt)
    assert renewal() is None
    assert renewal.house is house


def test_an_edit_gives_a_new_desk_once(house: House) -> None:
    renewal = Renewal(house, rebuilt)
    edit(house.config / "office.yaml", "short: 市民生办", "short: 民生办")
    assert renewal() is None  # it may still be being written
    desk = renewal()
    assert desk is not None
    assert desk.office.short == "民生办"
    assert renewal() is None


def test_a_mistake_is_told_once_and_mended_by_the_next_edit(house: House) -> None:
    renewal = Renewal(house, rebuilt)
    edit(house.config / "office.yaml", "periods:", "periodes:")
    renewal()
    with pytest.raises(ConfigError):
        renewal()
    assert renewal() is None
    assert renewal.house is house
    text = (ROOT / "config" / "office.yaml").read_text("utf-8")
    (house.config / "office.yaml").write_text(text, "utf-8")
    renewal()
    assert renewal() is not None


def test_a_file_that_was_removed_is_noticed(house: House) -> None:
    renewal = Renewal(house, rebuilt)
    (house.config / "units.yaml").unlink()
    renewal()
    with pytest.raises(ConfigError):
        renewal()


def test_a_change_that_was_cut_short_is_completed_and_taken_over(house: House) -> None:
    renewal = Renewal(house, rebuilt)
    text = (house.config / "office.yaml").read_text("utf-8")
    pending = house.config / PENDING
    pending.mkdir()
    (pending / "office.yaml").write_text(text.replace("short: 市民生办", "short: 民生办"), "utf-8")
    (pending / ".orders").write_text('{"put": ["office.yaml"], "gone": []}')
    renewal()
    desk = renewal()
    assert desk is not None
    assert desk.office.short == "民生办"
    assert not pending.exists()


def test_a_file_that_is_still_being_written_is_left_alone(house: House) -> None:
    renewal = Renewal(house, rebuilt)
    whole = (house.config / "office.yaml").read_text("utf-8")
    for length in (0, 100, 900, len(whole)):
        (house.config / "office.yaml").write_text(whole[:length], "utf-8")
        assert renewal() is None


def test_a_file_that_stays_empty_is_a_mistake(house: House) -> None:
    renewal = Renewal(house, rebuilt)
    (house.config / "office.yaml").write_text("", "utf-8")
    renewal()
    with pytest.raises(ConfigError, match="文件是空的"):
        renewal()
    assert renewal.house is house


def test_an_edit_of_a_year_before_is_taken_over_too(house: House) -> None:
    text = (house.config / "office.yaml").read_text("utf-8")
    (house.config / "2019").mkdir()
    for name in ("registry.yaml", "units.yaml"):
        (house.config / "2019" / name).write_text((house.config / name).read_text("utf-8"), "utf-8")
    (house.config / "2019" / "office.yaml").write_text(text.replace("2020", "2019"), "utf-8")
    renewal = Renewal(house, rebuilt)
    edit(house.config / "2019" / "office.yaml", "short: 市民生办", "short: 旧民生办")
    renewal()
    desk = renewal()
    assert desk is not None
    assert [one.office.short for one in desk.years] == ["市民生办", "旧民生办"]

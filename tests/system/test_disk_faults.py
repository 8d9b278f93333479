"""The store's disk fails while letters leave, or the store is last night's: what the server took is found in 已发送 and does not go again.

The refusals are the system's own. A full disk is a small tmpfs where root may mount one and nothing elsewhere; a ledger that may not grow
by a line (RLIMIT_FSIZE) and a store that is closed to the process (chmod, and root without CAP_DAC_OVERRIDE) are had by root anywhere."""

import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from doubles import mail
from world import EDUCATION, FINANCE, HEALTH, at

from cuibao.gateways.backup import daily_backup, full_backup
from cuibao.gateways.restoring import restore
from cuibao.gateways.verify import verify_store
from tests.system.mailhost import MailHost
from tests.system.standin import Standin
from tests.system.tick_process import LEDGER, Job, Ticks, Town

pytestmark = pytest.mark.system

UNITS = (EDUCATION, HEALTH, FINANCE, "市水务局", "市林业局", "市体育局")
"""So many that a line for each does not fit into what a full disk's last page has left."""
EACH_ONCE = Counter(dict.fromkeys(UNITS, 1))
SENT_COPY = "已发送文件夹中已有此信"
WORDS = {"full": "磁盘空间已满", "limit": "文件大小超出系统限制", "closed": "没有读写权限"}


@pytest.fixture(scope="module")
def ticks() -> Iterator[Ticks]:
    program = Ticks()
    yield program
    program.close()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A folder, on a small file system of its own where root may mount one."""
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "none", tmp_path]
    mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    yield tmp_path
    if mounted:
        subprocess.run(["umount", tmp_path], check=True)


@pytest.fixture
def town(mailhost: MailHost, disk: Path, request: pytest.FixtureRequest) -> Iterator[Town]:
    standin = Standin(mailhost, disk)
    yield Town(standin, disk / "store", f"d{abs(hash(request.node.name)) % 10**8}", UNITS)
    standin.stop()


def spoiled(town: Town, how: str, *moments: str, **more: object) -> Job:
    """A job whose disk fails once a letter was accepted."""
    if how == "full" and not town.store.parent.is_mount():
        how = "limit"  # nobody may mount here; see the module's beginning
    return town.job(*moments, spoil=how, spoil_at="after send", **more)


def words_of(job: Job) -> str:
    return WORDS[job.spoil]


def is_clean(town: Town) -> bool:
    return verify_store(town.store / LEDGER, town.store) == []


@pytest.mark.parametrize("how", ["full", "limit", "closed"])
def test_a_disk_that_fails_while_a_letter_leaves_and_is_mended_under_the_same_process(
    ticks: Ticks, town: Town, how: str
) -> None:
    moments = ("2020-06-15T09:00", "2020-06-15T09:10", "2020-06-15T09:20", "2020-06-15T09:30")
    job = spoiled(town, how, *moments, mend_after=2)
    told = ticks.run(job)
    assert len(told.errors) == 3
    assert all(words_of(job) in words for words in told.errors)
    assert town.letters() == EACH_ONCE
    assert SENT_COPY not in [entry["data"]["reply"] for entry in town.entries("letter.sent")], (
        "the answer was kept in mind"
    )
    assert is_clean(town)


def test_a_disk_that_stays_full_for_an_hour_repeats_no_letter_even_where_the_server_keeps_no_copies(
    ticks: Ticks, town: Town
) -> None:
    town.standin.saves_sent = False
    told = ticks.run(
        spoiled(town, "limit", *(f"2020-06-15T09:{minute:02}" for minute in range(0, 60, 5)), mend_after=10)
    )
    assert len(told.errors) == 11
    assert town.letters() == EACH_ONCE


@pytest.mark.parametrize("how", ["full", "limit", "closed"])
def test_a_disk_that_fails_while_a_letter_leaves_and_is_mended_before_another_process(
    ticks: Ticks, town: Town, how: str
) -> None:
    job = spoiled(town, how, "2020-06-15T09:00", mend_after=0)
    assert words_of(job) in ticks.run(job).errors[0]
    left = town.letters()
    assert ticks.run(town.job("2020-06-15T09:10", spoil=job.spoil, mend_after=0)).sent == 0
    assert town.letters() == left
    told = ticks.run(town.job("2020-06-15T09:20"))
    assert told.errors == ()
    assert town.letters() == EACH_ONCE
    assert is_clean(town)


@pytest.mark.parametrize("how", ["limit", "closed"])
def test_a_mail_that_a_failing_disk_could_not_take_is_counted_once_when_it_is_mended(
    ticks: Ticks, town: Town, how: str
) -> None:
    ticks.run(town.job("2020-06-12T10:00"))
    ticks.run(town.job("2020-06-15T09:00"))
    report = mail(town.address(HEALTH), "第二季度报送", "请查收附件。", pdf="第二季度完成情况.pdf")
    town.arrives(report, at("2020-06-16T09:00"))
    moments = ("2020-06-16T09:10", "2020-06-16T09:20", "2020-06-16T09:30")
    told = ticks.run(town.job(*moments, spoil=how, mend_after=1))
    assert [WORDS[how] in words for words in told.errors] == [True, True]
    assert [entry["unit"] for entry in town.entries("submission.received")] == [HEALTH]
    assert town.letters() == EACH_ONCE + Counter([HEALTH]), "a receipt"
    assert is_clean(town)


@pytest.mark.parametrize("which", ["daily", "full"])
def test_a_store_restored_from_last_night_sends_nothing_again_and_counts_mails_once(
    ticks: Ticks, town: Town, tmp_path: Path, which: str
) -> None:
    """A wave leaves before the backup and one after it; a report comes before it and one after it. The daily backup is put back where
    it was made, the full one in a folder of another machine."""
    config, night, morning = tmp_path / "config", at("2020-06-28T01:00"), at("2020-06-28T12:00")
    config.mkdir()
    ticks.run(town.job("2020-06-12T10:00"))
    ticks.run(town.job("2020-06-15T09:00"))
    town.arrives(_report(town, HEALTH), at("2020-06-16T09:00"))
    ticks.run(town.job("2020-06-16T09:10"))
    made = (
        daily_backup(town.store, config, night)
        if which == "daily"
        else full_backup(town.store, config, night, mode="office").path
    )
    assert made is not None
    town.arrives(_report(town, FINANCE), at("2020-06-28T08:50"))
    ticks.run(town.job("2020-06-28T09:00"))
    before = town.letters()
    owing = Counter(unit for unit in UNITS if unit not in (HEALTH, FINANCE))
    assert before == EACH_ONCE + Counter([HEALTH, FINANCE]) + owing

    if which == "full":
        town.store = tmp_path / "elsewhere"
        town.store.mkdir()
    restore(made, town.store, morning, mode="office")
    for moment in ("2020-06-28T14:40", "2020-06-28T15:40"):
        assert ticks.run(town.job(moment)).errors == ()

    assert town.letters() == before
    assert sorted(entry["unit"] for entry in town.entries("submission.received")) == sorted([HEALTH, FINANCE])
    kept = Counter(entry["data"]["sha256"] for entry in town.entries("mail.kept"))
    assert set(kept.values()) == {1}
    assert is_clean(town)


def _report(town: Town, unit: str) -> bytes:
    return mail(town.address(unit), "第二季度报送", "请查收附件。", pdf="第二季度完成情况.pdf")

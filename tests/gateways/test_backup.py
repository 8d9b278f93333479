"""Backups: what is in them, which are kept, and how one is put back whatever it holds and whenever the machine stops."""

import errno
import hashlib
import io
import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from doubles import Killed
from world import at

from cuibao.gateways import restoring
from cuibao.gateways.archive import DigestArchive
from cuibao.gateways.backup import daily_backup, daily_backups, full_backup, outdated
from cuibao.gateways.cursors import CursorFile
from cuibao.gateways.ledger import JsonlLedger, Mode
from cuibao.gateways.lines import LineFile
from cuibao.gateways.lock import hold
from cuibao.gateways.officers import OfficerFile
from cuibao.gateways.restoring import restore
from cuibao.gateways.verify import verify_store
from cuibao.rules.entries import Draft, Kind
from cuibao.rules.officers import Rank
from cuibao.rules.outcomes import BusyError, LedgerError
from cuibao.rules.traffic import Cursor

NINE = at("2020-06-15T09:00")
TEN = at("2020-06-15T10:00")
ROOT = Path(__file__).parents[2]


@dataclass
class Place:
    """A store and the configuration beside it."""

    base: Path
    mode: Mode = "office"

    def __post_init__(self) -> None:
        self.store, self.config = self.base / "store", self.base / "config"
        self.config.mkdir(parents=True)
        (self.config / "office.yaml").write_text("office: {}\n", encoding="utf-8")
        (self.config / ".env").write_text("CUIBAO_MAIL_PASSWORD=x\n")
        (self.base / ".env").write_text("CUIBAO_MAIL_PASSWORD=x\n")
        self.store.mkdir()
        (self.store / "secret").write_bytes(b"k" * 32)
        OfficerFile(self.store).add("陈某", "eight letters", Rank.OFFICER, NINE)
        self.move_on(1)

    @property
    def ledger(self) -> JsonlLedger:
        return JsonlLedger(self.store / "2020.jsonl", mode=self.mode)

    def move_on(self, count: int) -> None:
        """Mails come in, a letter leaves, the cursor moves."""
        for _ in range(count):
            number = len(self.ledger.entries())
            digest, file = DigestArchive(self.store, "mail").keep(f"mail {number}".encode(), NINE)
            self.ledger.append([Draft(Kind.MAIL_KEPT, NINE, data={"sha256": digest, "file": file})])
            DigestArchive(self.store, "letters").keep(f"letter {number}".encode(), NINE)
            CursorFile(self.store / "cursors.json").save({"INBOX": Cursor(1, number)})

    def daily(self, now: datetime = NINE) -> Path:
        made = daily_backup(self.store, self.config, now)
        assert made is not None
        return made

    def full(self) -> Path:
        return full_backup(self.store, self.config, NINE, mode=self.mode).path

    def put_back(self, file: Path, *, with_config: bool = False, mode: Mode | None = None) -> restoring.Restored:
        config = self.config if with_config else None
        return restore(file, self.store, TEN, mode=mode or self.mode, config=config)

    def looks(self) -> dict[str, str]:
        """Every file of store and config with its digest, backups and locks left out."""
        return {
            path.relative_to(self.base).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for folder in (self.store, self.config)
            for path in folder.rglob("*")
            if path.is_file() and path.suffix != ".lock" and "backups" not in path.parts
        }


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path / "office")


def names(file: Path) -> list[str]:
    with tarfile.open(file) as tar:
        return tar.getnames()


# ---- the daily one


def test_the_daily_backup_holds_what_cannot_be_had_again_and_no_password(place: Place) -> None:
    file = place.daily()
    assert file == place.store / "backups" / "2020-06-15.tar.gz"
    assert names(file) == [
        "2020.jsonl",
        "secret",
        "officers.json",
        "cursors.json",
        "config/office.yaml",
        "manifest.json",
    ]


def test_nobody_else_may_read_it_and_no_draft_stays(place: Place) -> None:
    file = place.daily()
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["2020-06-15.tar.gz"]


def test_a_day_has_one_backup(place: Place) -> None:
    before = place.daily().read_bytes()
    place.move_on(1)
    assert daily_backup(place.store, place.config, NINE + timedelta(hours=5)) is None
    assert (place.store / "backups" / "2020-06-15.tar.gz").read_bytes() == before


def test_the_day_is_that_of_china(place: Place) -> None:
    assert place.daily(datetime.fromisoformat("2020-06-14T18:00:00+00:00")).name == "2020-06-15.tar.gz"


def test_a_store_without_a_ledger_has_nothing_to_back_up(tmp_path: Path) -> None:
    assert daily_backup(tmp_path / "store", tmp_path, NINE) is None
    assert not (tmp_path / "store").exists()


def test_a_line_that_is_being_written_is_left_out(place: Place) -> None:
    with (place.store / "2020.jsonl").open("ab") as file:
        file.write(b'{"seq":2,"at":')
    with tarfile.open(place.daily()) as tar:
        member = tar.extractfile("2020.jsonl")
        assert member is not None
        assert member.read().count(b"\n") == 1


def test_a_batch_that_was_never_finished_is_left_out(place: Place) -> None:
    """The process died within a batch of two: one line of it is whole."""
    path = place.store / "2020.jsonl"
    start = path.stat().st_size
    place.move_on(1)
    LineFile(path).lock_path.write_text(f"{start} {path.stat().st_size + 100}\n")
    with tarfile.open(place.daily()) as tar:
        member = tar.extractfile("2020.jsonl")
        assert member is not None
        assert len(member.read()) == start


def test_a_broken_ledger_pushes_no_good_backup_out(place: Place) -> None:
    place.daily()
    path = place.store / "2020.jsonl"
    path.write_bytes(path.read_bytes() + b'{"seq":2}\n')
    with pytest.raises(LedgerError, match="校验链中断，未作备份"):
        daily_backup(place.store, place.config, NINE + timedelta(days=1))
    assert daily_backups(place.store) == [date(2020, 6, 15)]


def test_fourteen_days_and_the_first_of_twelve_months_are_kept() -> None:
    days = [date(2019, 1, 20) + timedelta(days=number) for number in range(600)]
    gone = outdated(days)
    kept = [day for day in days if day not in gone]
    assert kept[-14:] == days[-14:]
    assert kept[:-14] == [date(2019, month, 1) for month in range(10, 13)] + [date(2020, m, 1) for m in range(1, 9)]
    assert date(2020, 9, 1) in kept


def test_a_month_that_began_switched_off_keeps_its_first_day_that_there_is() -> None:
    days = [date(2020, 5, 18), date(2020, 5, 19), *(date(2020, 6, day) for day in range(8, 23))]
    assert outdated(days) == [date(2020, 5, 19)]


def test_old_backups_go_as_new_ones_come(place: Place) -> None:
    for number in range(40):
        daily_backup(place.store, place.config, NINE + timedelta(days=number))
    kept = daily_backups(place.store)
    assert len(kept) == 14 + 2
    assert kept[:2] == [date(2020, 6, 15), date(2020, 7, 1)]


def test_only_daily_backups_are_ever_removed(place: Place) -> None:
    place.full()
    (place.store / "backups" / "说明.txt").write_text("x", encoding="utf-8")
    (place.store / "backups" / "2020-99-99.tar.gz").write_text("x")
    for number in range(40):
        daily_backup(place.store, place.config, NINE + timedelta(days=number))
    left = {path.name for path in (place.store / "backups").iterdir()}
    assert {"full-2020-06-15-0900.tar.gz", "说明.txt", "2020-99-99.tar.gz"} <= left


def test_what_a_killed_backup_left_is_removed_a_day_later(place: Place) -> None:
    (place.store / "backups").mkdir()
    left = place.store / "backups" / ".2020-06-14.tar.gz.77-aa.tmp"
    left.write_bytes(b"x")
    os.utime(left, (NINE.timestamp() - 90_000,) * 2)
    fresh = left.with_name(".2020-06-15.tar.gz.78-aa.tmp")
    fresh.write_bytes(b"x")
    os.utime(fresh, (NINE.timestamp(),) * 2)
    place.daily()
    assert not left.exists()
    assert fresh.exists()


FULL_DISK = """
import resource, sys
from datetime import datetime
from pathlib import Path
from cuibao.gateways.backup import full_backup
from cuibao.rules.outcomes import LedgerError
resource.setrlimit(resource.RLIMIT_FSIZE, (600, 600))
try:
    base, now = Path(sys.argv[1]), datetime.fromisoformat("2020-06-15T09:00+08:00")
    full_backup(base / "store", base / "config", now, mode="office")
except LedgerError as error:
    print(error)
"""


def test_a_full_disk_is_told_and_leaves_no_part_of_a_backup(place: Place) -> None:
    done = subprocess.run([sys.executable, "-c", FULL_DISK, str(place.base)], cwd=ROOT, capture_output=True, text=True)
    assert "备份失败" in done.stdout
    assert done.stderr == ""
    assert list((place.store / "backups").iterdir()) == []


# ---- the full one


def test_a_full_backup_names_the_ledger_first_and_then_the_archives(place: Place) -> None:
    found = names(place.full())
    assert found[0] == "2020.jsonl"
    assert [name.partition("/")[0] for name in found[-3:]] == ["mail", "letters", "manifest.json"]


@pytest.mark.parametrize("name", ["扫描件.pdf", "无后缀"])
def test_a_scan_that_was_handed_in_is_in_it_whatever_its_suffix(place: Place, name: str) -> None:
    papers = DigestArchive(place.store, "papers", "")
    _, file = papers.keep(b"%PDF-1.4", at("2020-06-15T09:00"), name)
    assert file in names(place.full())


def test_it_tells_what_it_holds(place: Place, tmp_path: Path) -> None:
    made = full_backup(place.store, place.config, NINE, mode="office", out=tmp_path / "copy.tar.gz")
    assert (made.path, made.entries, made.files) == (tmp_path / "copy.tar.gz", 1, 7)
    assert made.size == made.path.stat().st_size


def test_drafts_of_the_archives_are_left_out(place: Place) -> None:
    (next((place.store / "mail").iterdir()) / ".abc.eml.1-2.tmp").write_bytes(b"x")
    assert not any("tmp" in name for name in names(place.full()))


def test_no_file_is_ever_written_over(place: Place, tmp_path: Path) -> None:
    (tmp_path / "copy.tar.gz").write_text("mine")
    with pytest.raises(LedgerError, match="备份文件已存在"):
        full_backup(place.store, place.config, NINE, mode="office", out=tmp_path / "copy.tar.gz")
    assert (tmp_path / "copy.tar.gz").read_text() == "mine"


def test_a_folder_that_is_not_there_is_told(place: Place, tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="没有这个文件夹"):
        full_backup(place.store, place.config, NINE, mode="office", out=tmp_path / "none" / "copy.tar.gz")


def test_the_other_modes_ledger_is_not_backed_up_by_mistake(place: Place) -> None:
    with pytest.raises(LedgerError, match="数据目录中的台账属于正式，不能用于演练"):
        full_backup(place.store, place.config, NINE, mode="sandbox")


def test_a_store_without_a_ledger_is_told(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="没有可备份的台账"):
        full_backup(tmp_path, tmp_path, NINE, mode="office")


def test_root_makes_nothing_in_a_store_of_another_user(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    if os.geteuid() == 0:
        os.chown(place.store, 65534, 65534)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    for act in (place.daily, place.full, lambda: place.put_back(place.base / "x")):
        with pytest.raises(LedgerError, match="不能以 root 身份"):
            act()
    assert not (place.store / "backups").exists()


# ---- putting back


@pytest.mark.parametrize("make", [Place.daily, Place.full], ids=["daily", "full"])
def test_the_ledger_is_again_as_it_was_and_what_stood_there_is_kept(
    place: Place, make: Callable[[Place], Path]
) -> None:
    file = make(place)
    then = (place.store / "2020.jsonl").read_bytes()
    place.move_on(3)
    now = (place.store / "2020.jsonl").read_bytes()
    done = place.put_back(file)
    assert (place.store / "2020.jsonl").read_bytes() == then
    assert done.aside == place.store / "before-restore-20200615-100000"
    assert (done.aside / "2020.jsonl").read_bytes() == now
    assert (done.entries, done.last_at) == (1, NINE)
    assert verify_store(place.store / "2020.jsonl", place.store) == []
    place.move_on(1)
    assert verify_store(place.store / "2020.jsonl", place.store) == []


def test_logins_come_back_closed_to_others_and_those_that_stood_there_are_kept(place: Place) -> None:
    logins = OfficerFile(place.store)
    file = place.daily()
    then = logins.path.read_bytes()
    logins.add("王某", "eight letters", Rank.LEADER, NINE)
    now = logins.path.read_bytes()
    done = place.put_back(file)
    assert logins.path.read_bytes() == then
    assert [officer.name for officer in logins.list()] == ["陈某"]
    assert logins.path.stat().st_mode & 0o777 == 0o600
    assert done.aside is not None
    assert (done.aside / "officers.json").read_bytes() == now
    assert "officers.json" in done.files


def test_a_backup_without_logins_leaves_those_there_are(place: Place) -> None:
    logins = OfficerFile(place.store)
    logins.remove("陈某")
    logins.path.unlink()
    file = place.daily()
    logins.add("王某", "eight letters", Rank.OFFICER, NINE)
    place.put_back(file)
    assert [officer.name for officer in logins.list()] == ["王某"]


def test_the_mailbox_will_be_read_again(place: Place) -> None:
    file = place.daily()
    done = place.put_back(file)
    assert not (place.store / "cursors.json").exists()
    assert done.aside is not None
    assert (done.aside / "cursors.json").exists()
    assert "cursors.json" not in done.files


def test_a_store_that_was_lost_comes_back_whole_from_a_full_backup(place: Place, tmp_path: Path) -> None:
    before = place.looks()
    file = place.full()
    kept = tmp_path / "kept.tar.gz"
    file.rename(kept)
    other = Place(tmp_path / "new")
    for path in sorted(other.store.rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    other.store.rmdir()
    done = other.put_back(kept)
    assert done.aside is None
    assert other.looks() == {name: digest for name, digest in before.items() if name != "store/cursors.json"}


def test_a_damaged_mail_is_mended_and_whole_ones_are_left_alone(place: Place) -> None:
    place.move_on(1)
    file = place.full()
    damaged, whole = sorted((place.store / "mail").rglob("*.eml"))
    damaged.write_bytes(b"x")
    inode = whole.stat().st_ino
    done = place.put_back(file)
    assert verify_store(place.store / "2020.jsonl", place.store) == []
    assert whole.stat().st_ino == inode
    assert done.aside is not None
    assert (done.aside / damaged.relative_to(place.store)).read_bytes() == b"x"


def test_a_ledger_of_another_year_stays(place: Place) -> None:
    file = place.daily()
    JsonlLedger(place.store / "2021.jsonl", mode="office").append([Draft(Kind.NOTE_ADDED, NINE)])
    before = (place.store / "2021.jsonl").read_bytes()
    place.put_back(file)
    assert (place.store / "2021.jsonl").read_bytes() == before


@pytest.mark.parametrize("with_config", [False, True])
def test_the_configuration_comes_back_only_when_asked_for(place: Place, with_config: bool) -> None:
    file = place.daily()
    (place.config / "office.yaml").write_text("changed", encoding="utf-8")
    done = place.put_back(file, with_config=with_config)
    text = (place.config / "office.yaml").read_text(encoding="utf-8")
    assert text == ("office: {}\n" if with_config else "changed")
    assert ("config/office.yaml" in done.files) is with_config
    if with_config:
        assert done.aside is not None
        assert (done.aside / "config" / "office.yaml").read_text(encoding="utf-8") == "changed"
        assert (place.config / "office.yaml").stat().st_mode & 0o777 == 0o644


def test_a_batch_that_the_old_ledger_had_announced_cuts_nothing_of_the_new(place: Place) -> None:
    place.move_on(3)
    file = place.daily()
    size = (place.store / "2020.jsonl").stat().st_size
    (place.store / "2020.lock").write_text(f"{size - 50} {size + 1000}\n")
    place.put_back(file)
    assert len(place.ledger.entries()) == 4


def test_a_process_that_has_the_ledger_open_sees_the_restored_one(place: Place) -> None:
    file = place.daily()
    place.move_on(3)
    reader = place.ledger
    assert len(reader.entries()) == 4
    place.put_back(file)
    assert len(reader.entries()) == 1


def test_while_a_daemon_runs_nothing_is_put_back(place: Place) -> None:
    file = place.daily()
    before = place.looks()
    with (
        hold(place.store / "sending.lock", "收发件"),
        pytest.raises(BusyError, match=f"收发件正由进程 {os.getpid()} ?占用"),
    ):
        place.put_back(file)
    assert place.looks() == before


@pytest.mark.parametrize(("made", "run"), [("office", "sandbox"), ("sandbox", "office")])
def test_sandbox_and_office_never_mix(tmp_path: Path, made: Mode, run: Mode) -> None:
    file = Place(tmp_path / "a", made).daily()
    place = Place(tmp_path / "b", run)
    before = place.looks()
    with pytest.raises(LedgerError, match="备份属于"):
        place.put_back(file)
    with pytest.raises(LedgerError, match="数据目录中的台账属于"):
        restore(Place(tmp_path / "c", run).daily(), Place(tmp_path / "d", made).store, TEN, mode=run)
    assert place.looks() == before


# ---- what is no backup


def rewritten(file: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """The backup with other members."""
    with tarfile.open(file) as tar:
        members = {name: source.read() for name in tar.getnames() if (source := tar.extractfile(name))}
    change(members)
    out = file.with_name("changed.tar.gz")
    with tarfile.open(out, "w:gz") as tar:
        for name, raw in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(raw)
            tar.addfile(info, io.BytesIO(raw))
    return out


def sealed(members: dict[str, bytes], **changes: object) -> None:
    """Make the manifest fit the members, as a forger would."""
    files = {name: hashlib.sha256(raw).hexdigest() for name, raw in members.items() if name != "manifest.json"}
    doc = {**json.loads(members.pop("manifest.json")), "files": files, **changes}
    members["manifest.json"] = json.dumps(doc).encode()


def tampered(members: dict[str, bytes]) -> None:
    members["2020.jsonl"] = members["2020.jsonl"].replace(b"cuibao", b"cuibaO")


def broken_chain(members: dict[str, bytes]) -> None:
    members["2020.jsonl"] = members["2020.jsonl"] * 2
    sealed(members)


def without_a_file(members: dict[str, bytes]) -> None:
    del members["secret"]


def with_a_file(members: dict[str, bytes]) -> None:
    members["config/more.yaml"] = b"x"


def without_manifest(members: dict[str, bytes]) -> None:
    del members["manifest.json"]


def other_manifest(members: dict[str, bytes]) -> None:
    members["manifest.json"] = b'{"cuibao": 2}'


def named(name: str) -> Callable[[dict[str, bytes]], None]:
    def change(members: dict[str, bytes]) -> None:
        members[name] = b"x"
        sealed(members)

    return change


STRANGE = (
    "../outside",
    "/etc/passwd",
    "config/../../outside",
    "config/.env",
    "config/a/b",
    "mail/2020-06/x.eml",
    "sending.lock",
    "backups/2020-06-15.tar.gz",
    ".env",
    "2020.jsonl/x",
)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (tampered, "与其清单不符.*2020.jsonl"),
        (broken_chain, "第 2 行校验链中断"),
        (without_a_file, "与其清单不符.*secret"),
        (with_a_file, "与其清单不符.*config/more.yaml"),
        (without_manifest, "不完整或已损坏"),
        (other_manifest, "清单无法识别"),
        *((named(name), "不应有的内容") for name in STRANGE),
    ],
)
def test_a_backup_that_was_changed_changes_nothing(
    place: Place, change: Callable[[dict[str, bytes]], None], words: str
) -> None:
    file = rewritten(place.daily(), change)
    before = place.looks()
    with pytest.raises(LedgerError, match=words) as caught:
        place.put_back(file, with_config=True)
    assert "现有数据未作改动" in caught.value.remedy
    assert place.looks() == before
    assert not list(place.base.rglob("outside"))


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE])
def test_only_plain_files_are_unpacked(place: Place, kind: bytes) -> None:
    file = place.daily().with_name("strange.tar.gz")
    with tarfile.open(file, "w:gz") as tar:
        info = tarfile.TarInfo("secret")
        info.type, info.linkname = kind, "/etc/passwd"
        tar.addfile(info)
    before = place.looks()
    with pytest.raises(LedgerError, match="不应有的内容"):
        place.put_back(file)
    assert place.looks() == before


def test_a_name_that_comes_twice_is_refused(place: Place) -> None:
    file = place.daily().with_name("twice.tar.gz")
    with tarfile.open(file, "w:gz") as tar:
        for _ in range(2):
            tar.addfile(tarfile.TarInfo("secret"), io.BytesIO())
    with pytest.raises(LedgerError, match="不应有的内容"):
        place.put_back(file)


def test_a_member_that_claims_to_be_huge_is_refused(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    file = place.daily()
    monkeypatch.setattr(restoring, "LARGEST_FILE", 10)
    with pytest.raises(LedgerError, match="过大"):
        place.put_back(file)


@pytest.mark.parametrize("share", [0.0, 0.02, 0.3, 0.6, 0.9, 0.97])
def test_a_torn_backup_changes_nothing(place: Place, share: float) -> None:
    file = place.full()
    raw = file.read_bytes()
    file.write_bytes(raw[: int(len(raw) * share)])
    before = place.looks()
    with pytest.raises(LedgerError, match="完整"):
        place.put_back(file)
    assert place.looks() == before


def test_no_flipped_byte_is_put_back(place: Place) -> None:
    file = place.daily()
    raw = file.read_bytes()
    before = place.looks()
    ledger = (place.store / "2020.jsonl").read_bytes()
    for offset in range(0, len(raw), max(1, len(raw) // 60)):
        file.write_bytes(raw[:offset] + bytes([raw[offset] ^ 0x55]) + raw[offset + 1 :])
        try:
            done = place.put_back(file)
        except LedgerError:
            assert place.looks() == before
        else:  # a byte that says nothing, as in the header's time
            assert (place.store / "2020.jsonl").read_bytes() == ledger
            assert done.aside is not None
            (done.aside / "cursors.json").rename(place.store / "cursors.json")
            for path in done.aside.iterdir():
                path.unlink()
            done.aside.rmdir()


@pytest.mark.parametrize("raw", [b"", b"PK\x03\x04", "一封信".encode(), b"\x1f\x8b" + b"\0" * 50, b"\0" * 10_240])
def test_another_file_changes_nothing(place: Place, raw: bytes) -> None:
    file = place.base / "信.docx"
    file.write_bytes(raw)
    before = place.looks()
    with pytest.raises(LedgerError, match="不是完整的备份文件"):
        place.put_back(file)
    assert place.looks() == before


@pytest.mark.parametrize("name", ["none.tar.gz", "."])
def test_a_file_that_cannot_be_read_is_told(place: Place, name: str) -> None:
    with pytest.raises(LedgerError, match="备份文件无法读取"):
        place.put_back(place.base / name)


def test_a_full_disk_while_unpacking_changes_nothing(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    file = place.daily()
    place.move_on(1)
    before = place.looks()

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(LedgerError, match="磁盘空间已满"):
        place.put_back(file)
    assert place.looks() == before


def test_whenever_the_machine_stops_a_whole_ledger_stands_there_and_no_mail_is_missed(tmp_path: Path) -> None:
    """Killed at each rename in turn; then the same backup is put back after all."""
    for steps in range(12):
        place = Place(tmp_path / str(steps))
        file = place.full()
        old = len(place.ledger.entries())
        place.move_on(2)
        for mail in (place.store / "mail").rglob("*.eml"):
            mail.unlink()
        left = [steps]
        plain = Path.replace

        def dying(self: Path, target: Path, left: list[int] = left, plain: Callable[..., Path] = plain) -> Path:
            if left[0] == 0:
                raise Killed
            left[0] -= 1
            return plain(self, target)

        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(Path, "replace", dying)
            patched.setattr(restoring.shutil, "rmtree", lambda *_, **__: None)
            try:
                place.put_back(file)
            except Killed:
                pass
            else:
                assert steps > 2
                return
        entries = len(place.ledger.entries())
        assert entries in (old, old + 2)
        if entries == old:
            assert not (place.store / "cursors.json").exists()
        restore(file, place.store, TEN + timedelta(seconds=1), mode="office")
        assert len(place.ledger.entries()) == old
        assert verify_store(place.store / "2020.jsonl", place.store) == []
        assert not list(place.store.glob(".restore*"))
    raise AssertionError("it never came to an end")

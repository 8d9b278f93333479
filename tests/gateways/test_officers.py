"""The file of logins: who is in it, what opens it, and what two changes at once or a damage leave."""

import errno
import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from world import at

from cuibao.gateways import officers as module
from cuibao.gateways.officers import OfficerFile
from cuibao.rules.officers import Rank
from cuibao.rules.outcomes import LedgerError, UsageError

NINE = at("2020-06-15T09:00")
PASSWORD = "correct horse"


@pytest.fixture
def logins(tmp_path: Path) -> OfficerFile:
    return OfficerFile(tmp_path / "store")


def test_without_a_file_nobody_may_log_in_and_none_is_made(logins: OfficerFile) -> None:
    assert logins.list() == ()
    assert logins.find("陈某") is None
    assert logins.check("陈某", PASSWORD) is None
    assert not logins.path.parent.exists()


def test_who_was_added_is_found_by_name_and_password(logins: OfficerFile) -> None:
    chen = logins.add(" 陈某 ", PASSWORD, Rank.OFFICER, NINE)
    wang = logins.add("王某", PASSWORD, Rank.LEADER, NINE)
    assert (chen.name, chen.rank) == ("陈某", Rank.OFFICER)
    assert logins.list() == (chen, wang)
    assert logins.find("陈某 ") == logins.check("陈某", PASSWORD) == chen
    assert logins.check("陈某", PASSWORD + " ") is None
    assert logins.check("张某", PASSWORD) is None


def test_another_password_ends_the_old_one_and_gives_another_mark(logins: OfficerFile) -> None:
    before = logins.add("陈某", PASSWORD, Rank.OFFICER, NINE)
    logins.add("王某", PASSWORD, Rank.OFFICER, NINE)
    after = logins.add("陈某", "battery staple", Rank.LEADER, NINE)
    assert (after.rank, after.mark == before.mark) == (Rank.LEADER, False)
    assert logins.check("陈某", PASSWORD) is None
    assert logins.check("陈某", "battery staple") == after
    assert [officer.name for officer in logins.list()] == ["陈某", "王某"]


def test_even_the_same_password_gives_another_mark(logins: OfficerFile) -> None:
    marks = {logins.add("陈某", PASSWORD, Rank.OFFICER, NINE).mark for _ in range(2)}
    assert len(marks) == 2


def test_who_was_removed_is_gone(logins: OfficerFile) -> None:
    logins.add("陈某", PASSWORD, Rank.OFFICER, NINE)
    assert logins.remove(" 陈某").name == "陈某"
    assert logins.check("陈某", PASSWORD) is None
    with pytest.raises(UsageError, match=r"没有“陈某”的账户.*officer list"):
        logins.remove("陈某")


def test_the_file_is_closed_to_others_and_shows_no_password(logins: OfficerFile) -> None:
    logins.add("陈某", PASSWORD, Rank.OFFICER, NINE)
    assert logins.path.stat().st_mode & 0o777 == 0o600
    raw = logins.path.read_text(encoding="utf-8")
    assert PASSWORD not in raw
    assert json.loads(raw)["officers"][0]["set_at"] == "2020-06-15T09:00:00+08:00"
    assert sorted(path.name for path in logins.path.parent.iterdir()) == ["officers.json", "officers.lock"]


def test_no_text_made_of_a_login_holds_its_digest(logins: OfficerFile) -> None:
    officer = logins.add("陈某", PASSWORD, Rank.OFFICER, NINE)
    digest = json.loads(logins.path.read_bytes())["officers"][0]["password"]
    assert digest not in repr(logins._load())
    assert digest.split("$")[2] not in repr(officer)


@pytest.mark.parametrize(("name", "password"), [("cuibao", PASSWORD), ("", PASSWORD), ("陈某", "short")])
def test_what_will_not_do_is_refused_and_changes_nothing(logins: OfficerFile, name: str, password: str) -> None:
    with pytest.raises(UsageError):
        logins.add(name, password, Rank.OFFICER, NINE)
    assert not logins.path.exists()


def test_an_unknown_name_costs_the_same_work_as_a_wrong_password(
    logins: OfficerFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    logins.add("陈某", PASSWORD, Rank.OFFICER, NINE)
    plain, asked = module.check_password_hash, []

    def noting(digest: str, password: str) -> bool:
        asked.append((digest.split("$")[0], len(digest.split("$")[1]), len(digest)))
        return plain(digest, password)

    monkeypatch.setattr(module, "check_password_hash", noting)
    for name in ("陈某", "张某"):
        assert logins.check(name, "battery staple") is None
    assert asked[0] == asked[1]


def test_additions_at_once_lose_nobody(logins: OfficerFile) -> None:
    names = [f"经办人{number}" for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda name: OfficerFile(logins.path.parent).add(name, PASSWORD, Rank.OFFICER, NINE), names))
    assert sorted(officer.name for officer in logins.list()) == names


def record(**changes: Any) -> dict[str, Any]:
    return {"name": "陈某", "role": "officer", "mark": "m", "password": "scrypt:1:1:1$s$d", "set_at": "x", **changes}


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"null",
        b"{}",
        b'{"officers": 1}',
        b'{"officers": ["x"]}',
        b"[" * 100_000,
        json.dumps({"officers": [record(role="chief")]}).encode(),
        json.dumps({"officers": [record(mark=1)]}).encode(),
        json.dumps({"officers": [record(password="")]}).encode(),
    ],
)
def test_a_damaged_file_is_told_with_a_remedy_and_left_as_it_is(logins: OfficerFile, raw: bytes) -> None:
    logins.path.parent.mkdir()
    logins.path.write_bytes(raw)
    for act in (
        logins.list,
        lambda: logins.check("陈某", PASSWORD),
        lambda: logins.add("王某", PASSWORD, Rank.OFFICER, NINE),
        lambda: logins.remove("陈某"),
    ):
        with pytest.raises(LedgerError, match=r"登录账户文件已损坏.*officers\.json.*恢复"):
            act()
    assert logins.path.read_bytes() == raw


def test_a_full_disk_keeps_those_there_are(logins: OfficerFile, monkeypatch: pytest.MonkeyPatch) -> None:
    logins.add("陈某", PASSWORD, Rank.OFFICER, NINE)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(LedgerError, match="保存登录账户失败：磁盘空间已满"):
        logins.add("王某", PASSWORD, Rank.OFFICER, NINE)
    assert [officer.name for officer in logins.list()] == ["陈某"]


def test_root_makes_no_file_that_the_daemon_could_not_read(
    logins: OfficerFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    logins.add("陈某", PASSWORD, Rank.OFFICER, NINE)
    if logins.path.parent.stat().st_uid == 0:
        os.chown(logins.path.parent, 12345, 12345)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with pytest.raises(LedgerError, match="不能以 root 身份设立或删除账户"):
        logins.remove("陈某")

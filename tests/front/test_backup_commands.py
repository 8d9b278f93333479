"""`backup` and `restore` as an office types them."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from world import at

from cuibao.front.cli import main
from cuibao.gateways.archive import DigestArchive
from cuibao.gateways.backup import daily_backup
from cuibao.gateways.ledger import JsonlLedger, Mode
from cuibao.gateways.lock import hold
from cuibao.rules.entries import Draft, Kind

ROOT = Path(__file__).parents[2]
NINE = at("2020-06-15T09:00")
Bot = Callable[..., int]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "config", tmp_path / "config")
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "secret").write_bytes(b"k" * 32)
    keep(tmp_path / "store")
    return tmp_path / "store"


@pytest.fixture
def bot(store: Path) -> Bot:
    def call(*words: str) -> int:
        return main([*words, "--config", str(store.parent / "config"), "--store", str(store)])

    return call


def keep(store: Path, mode: Mode = "office", name: str = "2020.jsonl") -> None:
    """A mail comes in."""
    ledger = JsonlLedger(store / name, mode=mode)
    digest, file = DigestArchive(store, "mail").keep(f"mail {len(ledger.entries())}".encode(), NINE)
    ledger.append([Draft(Kind.MAIL_KEPT, NINE, data={"sha256": digest, "file": file})])


def told(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


def test_a_backup_says_where_it_is_and_how_to_use_it(
    store: Path, bot: Bot, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert bot("backup", "--out", str(tmp_path / "x.tar.gz")) == 0
    said = capsys.readouterr().out
    assert f"已备份：{tmp_path / 'x.tar.gz'}（台账 1 条" in said
    assert f"./bot restore '{tmp_path / 'x.tar.gz'}'" in said


def test_without_a_name_it_lies_beside_the_daily_ones(
    store: Path, bot: Bot, capsys: pytest.CaptureFixture[str]
) -> None:
    assert bot("backup", "--json") == 0
    doc = told(capsys)
    assert Path(doc["file"]).parent == store / "backups"
    assert Path(doc["file"]).name.startswith("full-")
    assert (doc["entries"], doc["bytes"]) == (1, Path(doc["file"]).stat().st_size)


def test_what_was_backed_up_comes_back_and_the_next_steps_are_told(
    store: Path, bot: Bot, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bot("backup", "--out", str(tmp_path / "x.tar.gz"))
    keep(store)
    capsys.readouterr()
    assert bot("restore", str(tmp_path / "x.tar.gz")) == 0
    said = capsys.readouterr().out
    assert "台账 1 条，最后一条记于 2020-06-15 09:00" in said
    assert "before-restore-" in said
    assert "核验完毕" in said
    assert said.index("1. ") < said.index("./bot plan") < said.index("systemctl start cuibao")


@pytest.mark.parametrize(("more", "settings"), [((), True), (("--with-config",), False)])
def test_what_is_in_a_backup_and_was_not_restored_is_told(
    store: Path, bot: Bot, tmp_path: Path, capsys: pytest.CaptureFixture[str], more: tuple[str, ...], settings: bool
) -> None:
    (store / "cursors.json").write_text("{}")
    bot("backup", "--out", str(tmp_path / "x.tar.gz"), "--json")
    files = told(capsys)["files"]
    assert bot("restore", str(tmp_path / "x.tar.gz"), *more) == 0
    said = capsys.readouterr().out
    kept = sum(path.is_file() for path in (store.parent / "config").glob("[!.]*"))
    back = files - 1 - (kept if settings else 0)
    assert f"文件 {back} 个" in said
    assert (f"配置未恢复：备份中的 config/ 有文件 {kept} 个，也要恢复的请加 --with-config" in said) is settings
    assert "读信进度未恢复（备份中的 1 个文件）" in said


def test_restore_in_json(store: Path, bot: Bot, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bot("backup", "--out", str(tmp_path / "x.tar.gz"))
    capsys.readouterr()
    assert bot("restore", str(tmp_path / "x.tar.gz"), "--with-config", "--json") == 0
    doc = told(capsys)
    assert set(doc) == {"files", "entries", "last_entry_at", "moved_to", "problems", "next"}
    assert {"2020.jsonl", "secret", "config/office.yaml"} <= set(doc["files"])
    assert (doc["entries"], doc["last_entry_at"], doc["problems"]) == (1, "2020-06-15T09:00:00+08:00", [])


def test_mails_that_a_daily_backup_does_not_hold_are_asked_for(
    store: Path, bot: Bot, capsys: pytest.CaptureFixture[str]
) -> None:
    file = daily_backup(store, store.parent / "config", NINE)
    shutil.rmtree(store / "mail")
    assert bot("restore", str(file)) == 1
    said = capsys.readouterr().out
    assert "核验发现 1 处问题" in said
    assert "完整备份" in said


def test_a_backup_without_a_key_says_which_key_is_needed(
    store: Path, bot: Bot, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (store / "secret").unlink()
    bot("backup", "--out", str(tmp_path / "x.tar.gz"))
    bot("restore", str(tmp_path / "x.tar.gz"))
    assert "CUIBAO_SECRET" in capsys.readouterr().out


def test_while_the_daemon_runs_restore_says_whose_the_store_is(
    store: Path, bot: Bot, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bot("backup", "--out", str(tmp_path / "x.tar.gz"))
    with hold(store / "sending.lock", "收发件"):
        assert bot("restore", str(tmp_path / "x.tar.gz")) == 1
    assert "收发件正由进程" in capsys.readouterr().err


def test_sandbox_and_office_are_kept_apart(store: Path, bot: Bot, capsys: pytest.CaptureFixture[str]) -> None:
    assert bot("--sandbox", "backup") == 1
    assert "属于正式，不能用于演练" in capsys.readouterr().err
    file = daily_backup(store, store.parent / "config", NINE)
    assert bot("--sandbox", "restore", str(file)) == 1
    assert "备份属于正式，不能用于演练" in capsys.readouterr().err


def test_a_sandbox_is_backed_up_and_restored_too(
    tmp_path: Path, store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    play = tmp_path / "play"
    play.mkdir()
    keep(play, "sandbox")
    common = ["--sandbox", "--config", str(tmp_path / "config"), "--store", str(play)]
    assert main([*common, "backup", "--out", str(tmp_path / "x.tar.gz")]) == 0
    assert main([*common, "restore", str(tmp_path / "x.tar.gz")]) == 0
    assert "./bot --sandbox plan" in capsys.readouterr().out


@pytest.mark.parametrize("broken", ["config", "ledger"])
def test_a_broken_configuration_or_ledger_does_not_keep_a_backup_from_coming_back(
    store: Path, bot: Bot, tmp_path: Path, broken: str
) -> None:
    bot("backup", "--out", str(tmp_path / "x.tar.gz"))
    if broken == "config":
        (store.parent / "config" / "office.yaml").write_text("[", encoding="utf-8")
    else:
        (store / "2020.jsonl").write_text("x\n")
    assert bot("restore", str(tmp_path / "x.tar.gz")) == 0


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_another_time_than_the_machines_is_refused(bot: Bot, command: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["x.tar.gz"] if command == "restore" else []
    assert bot(command, *words, "--now", "2020-06-15T09:00") == 2
    assert "--now" in capsys.readouterr().err

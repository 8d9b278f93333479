"""The key of tokens, Message-IDs and sessions."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from cuibao.gateways.secret import load_secret
from cuibao.rules.outcomes import ConfigError, LedgerError

LONG = "芜湖市民生工作领导小组办公室"
"""14 characters, 42 bytes."""


def test_a_key_is_made_at_first_start_for_its_owner_only(tmp_path: Path) -> None:
    key = load_secret(tmp_path / "store", {}, ledger_has_entries=False, create=True)
    assert len(key) == 32
    assert (tmp_path / "store" / "secret").stat().st_mode & 0o777 == 0o600


def test_the_key_stays_the_same(tmp_path: Path) -> None:
    first = load_secret(tmp_path, {}, ledger_has_entries=False, create=True)
    assert load_secret(tmp_path, {}, ledger_has_entries=True, create=True) == first
    assert load_secret(tmp_path, {}, ledger_has_entries=True, create=False) == first


def test_processes_that_start_at_once_agree_on_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: load_secret(tmp_path, {}, ledger_has_entries=False, create=True), range(16)))
    assert len(keys) == 1
    assert [file.name for file in tmp_path.iterdir()] == ["secret"]


def test_the_environments_key_wins_and_no_file_is_made(tmp_path: Path) -> None:
    key = load_secret(tmp_path, {"CUIBAO_SECRET": LONG}, ledger_has_entries=True, create=True)
    assert key == LONG.encode()
    assert [file.name for file in tmp_path.iterdir()] == []


def test_a_short_key_in_the_environment_is_refused_without_being_shown(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="CUIBAO_SECRET 只有 7 字节") as caught:
        load_secret(tmp_path, {"CUIBAO_SECRET": "geheim!"}, ledger_has_entries=False, create=True)
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize("create", [True, False])
def test_a_key_missing_beside_a_ledger_with_entries_stops_the_bot(tmp_path: Path, create: bool) -> None:
    with pytest.raises(LedgerError, match=r"密钥文件不见了.*备份"):
        load_secret(tmp_path, {}, ledger_has_entries=True, create=create)
    assert [file.name for file in tmp_path.iterdir()] == []


def test_a_reading_command_gets_a_passing_key_and_writes_nothing(tmp_path: Path) -> None:
    assert len(load_secret(tmp_path / "store", {}, ledger_has_entries=False, create=False)) == 32
    assert not (tmp_path / "store").exists()


def test_a_key_cut_short_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"short")
    with pytest.raises(LedgerError, match="密钥文件已损坏"):
        load_secret(tmp_path, {}, ledger_has_entries=False, create=True)


def test_a_key_that_others_can_read_is_used_with_a_warning(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"k" * 32)
    (tmp_path / "secret").chmod(0o644)
    with capture_logs() as logs:
        assert load_secret(tmp_path, {}, ledger_has_entries=True, create=False) == b"k" * 32
    assert [line["log_level"] for line in logs] == ["warning"]

"""The audit of a store."""

from datetime import datetime
from pathlib import Path

import pytest

from cuibao.gateways.archive import DigestArchive
from cuibao.gateways.ledger import JsonlLedger
from cuibao.gateways.verify import audit_store, verify_store
from cuibao.rules.entries import Draft, Kind
from cuibao.rules.outcomes import LedgerError, Problem, Severity
from cuibao.rules.workdays import CHINA

NOON = datetime(2020, 6, 15, 12, 0, tzinfo=CHINA)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store with three mails and a note."""
    archive, ledger = DigestArchive(tmp_path, "mail"), JsonlLedger(tmp_path / "2020.jsonl", mode="office")
    for number in range(3):
        digest, file = archive.keep(f"mail {number}".encode(), NOON)
        ledger.append([Draft(Kind.MAIL_KEPT, NOON, data={"sha256": digest, "file": file})])
    ledger.append([Draft(Kind.NOTE_ADDED, NOON, data={"text": "市教育局来电"})])
    return tmp_path


def audit(store: Path) -> list[Problem]:
    return verify_store(store / "2020.jsonl", store)


def mails(store: Path) -> list[Path]:
    return sorted((store / "mail").rglob("*.eml"))


def test_a_whole_store_has_no_problem(store: Path) -> None:
    assert audit(store) == []


def test_a_store_that_does_not_exist_has_no_problem(tmp_path: Path) -> None:
    assert audit(tmp_path / "store") == []


def test_a_flipped_byte_in_the_ledger_is_named_by_its_line(store: Path) -> None:
    lines = (store / "2020.jsonl").read_bytes().split(b"\n")
    lines[1] = lines[1].replace(b"cuibao", b"cuibaO")
    (store / "2020.jsonl").write_bytes(b"\n".join(lines))
    (problem,) = audit(store)
    assert (problem.path, problem.severity) == ("第 3 行", Severity.ERROR)
    assert "第 2 行被改动" in problem.message


def test_a_line_taken_out_is_named(store: Path) -> None:
    lines = (store / "2020.jsonl").read_bytes().split(b"\n")
    (store / "2020.jsonl").write_bytes(b"\n".join([lines[0], *lines[2:]]))
    assert [problem.path for problem in audit(store)] == ["第 2 行"]


def test_a_torn_end_is_a_warning_only(store: Path) -> None:
    with (store / "2020.jsonl").open("ab") as file:
        file.write(b'{"seq":5')
    assert [(problem.path, problem.severity) for problem in audit(store)] == [("第 5 行", Severity.WARNING)]


def test_a_flipped_byte_in_the_archive_is_told(store: Path) -> None:
    mails(store)[0].write_bytes(b"mail x")
    (problem,) = audit(store)
    assert problem.file.startswith("mail/2020-06/")
    assert "摘要不符" in problem.message


def test_every_mail_that_is_gone_is_told(store: Path) -> None:
    for mail in mails(store)[:2]:
        mail.unlink()
    assert [problem.message for problem in audit(store)] == ["存档文件不见了"] * 2


def test_a_ledger_that_names_a_file_outside_the_store_is_told(store: Path) -> None:
    ledger = JsonlLedger(store / "2020.jsonl", mode="office")
    ledger.append([Draft(Kind.MAIL_KEPT, NOON, data={"sha256": "0" * 64, "file": "../outside"})])
    (problem,) = audit(store)
    assert "不在存档文件夹内" in problem.message


def test_a_broken_line_does_not_hide_a_missing_mail(store: Path) -> None:
    raw = (store / "2020.jsonl").read_bytes()
    (store / "2020.jsonl").write_bytes(b"garbage\n" + raw)
    mails(store)[0].unlink()
    assert len(audit(store)) == 2


# ---- of whom the ledger is


def test_a_ledger_that_is_not_there_is_told_with_the_remedy(tmp_path: Path) -> None:
    (problem,) = audit_store(tmp_path / "2020.jsonl", tmp_path, sandbox=False)
    assert str(problem).endswith(f"没有找到台账 {tmp_path}/2020.jsonl。请核对 --store；尚未启用的，先运行 ./bot run")
    assert problem.severity is Severity.ERROR


def test_the_ledger_of_the_other_mode_is_refused(store: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    assert audit_store(store / "2020.jsonl", store, sandbox=False) == []
    with pytest.raises(LedgerError, match="是正式台账。请去掉 --sandbox"):
        audit_store(store / "2020.jsonl", store, sandbox=True)
    play = tmp_path_factory.mktemp("play")
    JsonlLedger(play / "2020.jsonl", mode="sandbox").append([Draft(Kind.NOTE_ADDED, NOON)])
    assert audit_store(play / "2020.jsonl", play, sandbox=True) == []
    with pytest.raises(LedgerError, match="是演练台账。请加 --sandbox"):
        audit_store(play / "2020.jsonl", play, sandbox=False)


@pytest.mark.parametrize("sandbox", [True, False])
def test_a_ledger_whose_first_line_is_broken_is_still_audited(store: Path, sandbox: bool) -> None:
    (store / "2020.jsonl").write_bytes(b"garbage\n")
    assert [problem.path for problem in audit_store(store / "2020.jsonl", store, sandbox=sandbox)] == ["第 1 行"]

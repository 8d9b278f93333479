"""The archive of raw bytes, and the cursors' file."""

import errno
import hashlib
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from cuibao.gateways import archive as archive_module
from cuibao.gateways import disk as disk_module
from cuibao.gateways.archive import DigestArchive
from cuibao.gateways.cursors import CursorFile
from cuibao.rules.outcomes import LedgerError
from cuibao.rules.traffic import Cursor
from cuibao.rules.workdays import CHINA

JUNE = datetime(2020, 6, 28, 9, tzinfo=CHINA)
MAIL = b"Subject: =?gb2312?B?zvK1xA==?=\r\n\r\n\xb1\xa8\xcb\xcd\0\r\n"


def files(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def test_a_mail_is_kept_under_its_month_and_digest_and_read_back_byte_for_byte(tmp_path: Path) -> None:
    archive = DigestArchive(tmp_path, "mail")
    digest, file = archive.keep(MAIL, JUNE)
    assert digest == hashlib.sha256(MAIL).hexdigest()
    assert file == f"mail/2020-06/{digest}.eml"
    assert archive.read(file) == MAIL


@pytest.mark.parametrize(
    ("name", "suffix"),
    [("扫描/二季度.PDF", ".pdf"), ("a.tar.exe", ""), ("无后缀", ""), ("../x.pdf/..", ""), (".pdf", ""), ("a.p df", "")],
)
def test_a_paper_keeps_the_suffix_of_a_document_and_no_other(tmp_path: Path, name: str, suffix: str) -> None:
    archive = DigestArchive(tmp_path, "papers", "")
    digest, file = archive.keep(b"%PDF", JUNE, name)
    assert file == f"papers/2020-06/{digest}{suffix}"
    assert DigestArchive(tmp_path, "papers").read(file) == b"%PDF"


def test_the_month_is_chinas(tmp_path: Path) -> None:
    _, file = DigestArchive(tmp_path, "mail").keep(MAIL, datetime(2020, 6, 30, 17, tzinfo=UTC))
    assert file.startswith("mail/2020-07/")


def test_the_same_mail_twice_is_one_file_and_no_draft_stays(tmp_path: Path) -> None:
    archive = DigestArchive(tmp_path, "letters")
    assert archive.keep(MAIL, JUNE) == archive.keep(MAIL, JUNE)
    assert len(files(tmp_path)) == 1


def test_an_empty_mail_is_kept_too(tmp_path: Path) -> None:
    archive = DigestArchive(tmp_path, "mail")
    assert archive.read(archive.keep(b"", JUNE)[1]) == b""


def test_a_damaged_file_is_written_again_when_its_mail_comes_again(tmp_path: Path) -> None:
    archive = DigestArchive(tmp_path, "mail")
    _, file = archive.keep(MAIL, JUNE)
    (tmp_path / file).write_bytes(b"")
    with capture_logs() as logs:
        archive.keep(MAIL, JUNE)
    assert archive.read(file) == MAIL
    assert len(logs) == 1


def test_a_flipped_byte_is_told(tmp_path: Path) -> None:
    archive = DigestArchive(tmp_path, "mail")
    _, file = archive.keep(MAIL, JUNE)
    (tmp_path / file).write_bytes(MAIL.replace(b"S", b"s"))
    with pytest.raises(LedgerError, match=r"摘要不符.*备份"):
        archive.read(file)


def test_a_file_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="不见了"):
        DigestArchive(tmp_path, "mail").read(f"mail/2020-06/{'0' * 64}.eml")


@pytest.mark.parametrize(
    "file", ["../secret", "/etc/passwd", "mail/../../secret", "secret", "mail/2020-06/../../secret", ""]
)
def test_nothing_outside_the_archive_is_read(tmp_path: Path, file: str) -> None:
    store = tmp_path / "store"
    store.mkdir()
    (tmp_path / "secret").write_bytes(b"key")
    (store / "secret").write_bytes(b"key")
    with pytest.raises(LedgerError, match="不是存档内的文件"):
        DigestArchive(store, "mail").read(file)


@pytest.mark.parametrize(("code", "words"), [(errno.ENOSPC, "空间已满"), (errno.EROFS, "没有读写权限")])
def test_a_disk_that_refuses_is_told_and_nothing_half_written_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, words: str
) -> None:
    def refuse(fd: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fsync", refuse)
    (tmp_path / "mail" / "2020-06").mkdir(parents=True)
    with pytest.raises(LedgerError, match=words):
        DigestArchive(tmp_path, "mail").keep(MAIL, JUNE)
    assert files(tmp_path) == []


def test_the_name_is_durable_before_keep_returns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[Path] = []
    monkeypatch.setattr(disk_module, "sync_folder", synced.append)
    DigestArchive(tmp_path, "mail").keep(MAIL, JUNE)
    assert synced[-1] == tmp_path / "mail" / "2020-06"


# cursors


def test_cursors_come_back_as_they_were_saved(tmp_path: Path) -> None:
    cursors = {"INBOX": Cursor(1, 1390000007), "垃圾邮件": Cursor(1, 3)}
    CursorFile(tmp_path / "store" / "cursors.json").save(cursors)
    assert CursorFile(tmp_path / "store" / "cursors.json").load() == cursors


def test_without_a_file_there_are_no_cursors_and_no_warning(tmp_path: Path) -> None:
    with capture_logs() as logs:
        assert CursorFile(tmp_path / "cursors.json").load() == {}
    assert logs == []


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"[]", b'{"INBOX":[1]}', b'{"INBOX":{"uid":1}}', b'{"INBOX":[1,"2"]}', b"\xff\xfe"]
)
def test_a_bad_cursor_file_counts_as_none_and_is_logged(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "cursors.json").write_bytes(raw)
    with capture_logs() as logs:
        assert CursorFile(tmp_path / "cursors.json").load() == {}
    assert [line["log_level"] for line in logs] == ["warning"]


def test_a_failed_save_leaves_the_old_cursors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = CursorFile(tmp_path / "cursors.json")
    file.save({"INBOX": Cursor(1, 5)})

    def refuse(fd: int) -> None:
        raise OSError(errno.ENOSPC, "full")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", refuse)
        with pytest.raises(LedgerError, match="保存读信进度失败"):
            file.save({"INBOX": Cursor(1, 9)})
    assert file.load() == {"INBOX": Cursor(1, 5)}
    assert files(tmp_path) == ["cursors.json"]


# batches


def test_a_batch_is_kept_as_its_mails_would_be_one_by_one(tmp_path: Path) -> None:
    items = [(b"one", JUNE), (b"two", datetime(2020, 7, 1, tzinfo=CHINA)), (b"one", JUNE), (b"", JUNE)]
    batch, single = DigestArchive(tmp_path / "batch", "mail"), DigestArchive(tmp_path / "single", "mail")
    assert batch.keep_all(items) == [single.keep(raw, at) for raw, at in items]
    assert files(tmp_path / "batch") == files(tmp_path / "single")
    assert [batch.read(file) for _, file in batch.keep_all(items)] == [raw for raw, _ in items]


def test_an_empty_batch_is_nothing(tmp_path: Path) -> None:
    assert DigestArchive(tmp_path, "mail").keep_all([]) == []
    assert files(tmp_path) == []


def test_a_batch_writes_a_damaged_file_again(tmp_path: Path) -> None:
    archive = DigestArchive(tmp_path, "mail")
    _, file = archive.keep(MAIL, JUNE)
    (tmp_path / file).write_bytes(b"")
    with capture_logs() as logs:
        archive.keep_all([(MAIL, JUNE), (b"new", JUNE)])
    assert archive.read(file) == MAIL
    assert len(logs) == 1


def test_a_batch_is_on_disk_with_its_names_when_it_returns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    events: list[str] = []
    sync = os.fsync
    monkeypatch.setattr(os, "fsync", lambda fd: (events.append("file"), sync(fd))[1])
    (tmp_path / "mail" / "2020-06").mkdir(parents=True)
    monkeypatch.setattr(disk_module, "sync_folder", lambda folder: events.append(folder.name))
    DigestArchive(tmp_path, "mail").keep_all([(b"1", JUNE), (b"2", JUNE), (b"3", JUNE)])
    assert events == ["file", "file", "file", "2020-06"]


def test_names_that_an_earlier_run_left_are_synced_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    DigestArchive(tmp_path, "mail").keep(MAIL, JUNE)
    synced: list[str] = []
    monkeypatch.setattr(archive_module, "sync_folder", lambda folder: synced.append(folder.name))
    DigestArchive(tmp_path, "mail").keep_all([(MAIL, JUNE)])
    assert synced == ["2020-06"]


def test_a_disk_that_fills_up_in_a_batch_is_told_and_no_draft_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mail" / "2020-06").mkdir(parents=True)
    left = [1, 1]

    def fill_up(fd: int) -> None:
        if not left:
            raise OSError(errno.ENOSPC, "full")
        left.pop()

    monkeypatch.setattr(os, "fsync", fill_up)
    with pytest.raises(LedgerError, match="空间已满"):
        DigestArchive(tmp_path, "mail").keep_all([(str(number).encode(), JUNE) for number in range(6)])
    assert [name for name in files(tmp_path) if name.endswith(".tmp")] == []

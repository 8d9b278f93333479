"""Files for people: whole or not there, all of them or none, nothing written over, and every refusal in Chinese with its remedy."""

import errno
import os
import signal
from pathlib import Path

import pytest

from cuibao.gateways import disk, new_files
from cuibao.rules.outcomes import LedgerError


def add(folder: Path, *names: str) -> list[Path]:
    return new_files.add_files(folder, [(name, name.encode()) for name in names], "生成文件", "--out")


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def test_files_are_written_with_the_folders_before_them(tmp_path: Path) -> None:
    out = tmp_path / "新" / "季度"
    assert add(out, "台账.xlsx", "催报函/甲.docx") == [out / "台账.xlsx", out / "催报函" / "甲.docx"]
    assert names(out) == ["催报函", "催报函/甲.docx", "台账.xlsx"]
    assert (out / "台账.xlsx").read_text() == "台账.xlsx"


def test_what_is_there_stays_and_the_next_gets_a_number(tmp_path: Path) -> None:
    (tmp_path / "台账.xlsx").write_text("已改")
    (tmp_path / "台账_2.xlsx").symlink_to(tmp_path / "nowhere")
    assert add(tmp_path, "台账.xlsx") == [tmp_path / "台账_3.xlsx"]
    assert (tmp_path / "台账.xlsx").read_text() == "已改"


def test_a_name_that_somebody_takes_in_between_is_left_to_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = os.link

    def late(draft: Path, free: Path) -> None:
        if free.name == "台账.xlsx":
            free.write_text("他人")
        own(draft, free)

    monkeypatch.setattr(os, "link", late)
    assert add(tmp_path, "台账.xlsx") == [tmp_path / "台账_2.xlsx"]
    assert (names(tmp_path), (tmp_path / "台账.xlsx").read_text()) == (["台账.xlsx", "台账_2.xlsx"], "他人")


def test_a_file_system_without_links_takes_them_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", none)
    add(tmp_path, "台账.xlsx", "台账.xlsx")
    assert names(tmp_path) == ["台账.xlsx", "台账_2.xlsx"]


def test_a_kill_in_the_midst_of_a_file_leaves_no_half_of_it_under_its_name(tmp_path: Path) -> None:
    child = os.fork()
    if child == 0:
        own = disk.write_all

        def half(fd: int, raw: bytes, at: int = 0) -> None:
            own(fd, raw[: len(raw) // 2], at)
            os.kill(os.getpid(), signal.SIGKILL)

        disk.write_all = half
        add(tmp_path, "台账.xlsx")
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    assert [name.endswith(".tmp") for name in names(tmp_path)] == [True], "what it was writing is left"
    assert add(tmp_path, "台账.xlsx") == [tmp_path / "台账.xlsx"]
    assert names(tmp_path) == ["台账.xlsx"], "the next run sweeps it"


def test_only_what_processes_that_are_gone_left_is_swept(tmp_path: Path) -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    gone, inner = f".{child}-0123abcd.tmp", f"催报函/.{child}-0123abcd.tmp"
    stays = (f".{os.getpid()}-0123abcd.tmp", ".1-0123abcd.tmp", f".{child}-x.tmp", f".甲.{child}-0123abcd.tmp", ".tmp")
    (tmp_path / "催报函").mkdir()
    for name in (gone, inner, *stays):
        (tmp_path / name).write_text("x")
    (tmp_path / f".{child}-00000000.tmp").mkdir()
    add(tmp_path, "台账.xlsx", "催报函/甲.docx")
    folders = ("催报函", f".{child}-00000000.tmp")
    assert names(tmp_path) == sorted((*folders, *stays, "台账.xlsx", "催报函/甲.docx"))


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (errno.ENOSPC, "生成文件失败：磁盘空间已满"),
        (errno.EROFS, "生成文件失败：没有读写权限.*或用 --out 另行指定文件夹"),
        (errno.EIO, "生成文件失败："),
    ],
)
def test_a_disk_that_refuses_is_told_and_nothing_of_the_run_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, words: str
) -> None:
    (tmp_path / "甲.docx").write_text("旧")
    own = os.link

    def refuse_second(draft: Path, free: Path) -> None:
        if free.name == "丙.docx":
            raise OSError(code, os.strerror(code))
        own(draft, free)

    monkeypatch.setattr(os, "link", refuse_second)
    with pytest.raises(LedgerError, match=words):
        add(tmp_path, "甲.docx", "乙.docx", "丙.docx")
    assert (names(tmp_path), (tmp_path / "甲.docx").read_text()) == (["甲.docx"], "旧")
    with pytest.raises(LedgerError):
        add(tmp_path / "新" / "季度", "催报函/乙.docx", "丙.docx")
    assert names(tmp_path) == ["甲.docx"], "nor do the folders that it made"


def test_a_file_where_a_folder_should_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("x")
    for folder in (tmp_path / "out", tmp_path / "out" / "in"):
        with pytest.raises(LedgerError, match=r"路径中有不是文件夹的文件.*请用 --out 另行指定文件夹"):
            add(folder, "台账.xlsx")


def test_a_name_that_is_too_long_is_told(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match=r"文件名过长"):
        add(tmp_path, f"{'长' * 100}.docx")

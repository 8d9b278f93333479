"""What is a mail and what only lies among mails."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from cuibao.gateways.mail_files import looks_like_mail, read_mails
from cuibao.rules.outcomes import UsageError


@pytest.mark.parametrize(
    "raw",
    [
        b"Subject: x\r\n\r\n%PDF",
        b"\r\nX-Odd : y\n",
        b"From me Mon Jun 15 09:00:00 2020\nTo: y@z.example\n\nhello",
        "主题：报送\nSubject: x\n\n".encode(),
    ],
)
def test_one_header_makes_a_mail(raw: bytes) -> None:
    assert looks_like_mail(raw)


@pytest.mark.parametrize(
    "raw", [b"", b"\n\n", b"%PDF-1.4\n1 0 obj", "市教育局：已报送\n".encode(), b"hello\n\nTo: y\n"]
)
def test_a_file_without_a_header_is_no_mail(raw: bytes) -> None:
    assert not looks_like_mail(raw)


def test_a_device_or_a_pipe_is_no_file_of_mails(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (Path("/dev/zero"), tmp_path / "pipe"):
        with pytest.raises(UsageError, match="不是普通文件或目录"):
            read_mails(path)


@pytest.mark.parametrize("make", [os.mkfifo, lambda path: path.symlink_to("/dev/zero")])
def test_a_device_or_a_pipe_among_mails_is_refused_by_its_name(tmp_path: Path, make: Callable[[Path], None]) -> None:
    (tmp_path / "信.eml").mkdir()
    (tmp_path / "信.eml" / "1.eml").write_bytes(b"Subject: x\n\n")
    assert [name for name, _ in read_mails(tmp_path)] == ["信.eml/1.eml"]
    make(tmp_path / "2.eml")
    with pytest.raises(UsageError, match=r"2\.eml 不是普通文件或目录"):
        read_mails(tmp_path)

"""Why the system refused something: in Chinese, in whichever command an officer meets it."""

import socket
import ssl
from pathlib import Path

import pytest

from cuibao.front import cli
from cuibao.gateways.system_words import why
from cuibao.gateways.wire import said

ACT = ["record", "市教育局", "2020Q2", "--reason", "纸质报送", "--by", "陈某", "--file"]


@pytest.mark.parametrize(
    ("file", "words"),
    [("没有.pdf", "没有这个文件或文件夹"), (".", "这是文件夹，不是文件"), ("有.txt/页.pdf", "路径中有一处不是文件夹")],
)
@pytest.mark.parametrize("command", [ACT, ["notice", "import"], ["restore"]])
def test_a_path_that_cannot_be_read_is_told_in_chinese(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: list[str], file: str, words: str
) -> None:
    (tmp_path / "有.txt").write_text("一")
    assert cli.main(["--sandbox", "--store", str(tmp_path / "store"), *command, str(tmp_path / file)]) != 0
    said = capsys.readouterr().err
    assert f"无法读取：{words}" in said or f"：{words}" in said


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (PermissionError(13, "Permission denied"), "没有权限"),
        (TimeoutError("timed out"), "等待答复超时"),
        (OSError(71, "Protocol error"), "Protocol error"),
        (OSError("some words"), "some words"),
        (ssl.SSLError(1, "[X509] no certificate"), "[X509] no certificate"),
    ],
)
def test_an_error_is_told_in_the_systems_words_only_where_there_are_no_others(error: OSError, words: str) -> None:
    assert why(error) == words


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ConnectionRefusedError(111, "Connection refused"), "服务器拒绝连接"),
        (OSError(101, "Network is unreachable"), "网络不通"),
        (
            socket.gaierror(socket.EAI_NONAME, "Name or service not known"),
            "服务器域名无法解析（没有这个域名，或本机未联网）",
        ),
        (ssl.SSLCertVerificationError(1, "self-signed certificate"), "self-signed certificate"),
        (ConnectionResetError("said so"), "连接被断开（said so）"),
    ],
)
def test_a_connection_that_fails_is_told_in_chinese_and_a_certificate_in_its_own_words(
    error: OSError, words: str
) -> None:
    assert words in said(error)

"""The log: what reaches it, what never does, and how large it may grow."""

import ast
import base64
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from cuibao.gateways import log
from cuibao.rules.outcomes import MailServerError

CODE = "QWERTYUIOPASDFGH"
MAIL = "第7项已完成9所"
ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _afresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A log as a new process has it."""
    structlog.reset_defaults()
    monkeypatch.setattr(log, "_secrets", ())
    monkeypatch.setattr(log, "_file", None)
    monkeypatch.setattr(log, "_json", False)
    yield
    structlog.reset_defaults()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "log" / "cuibao.log"
    log.to_file(path)
    return path


def test_a_line_goes_to_standard_error_and_to_the_file(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log.info("后台服务已启动")
    assert "后台服务已启动" in capsys.readouterr().err
    assert "后台服务已启动" in file.read_text(encoding="utf-8")


def test_nobody_else_may_read_the_file(file: Path) -> None:
    log.info("后台服务已启动")
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_line_in_json_has_the_time_with_its_zone(file: Path) -> None:
    log.as_json(True)
    log.warning("遇到问题", what="发件服务器")
    line = json.loads(file.read_text(encoding="utf-8"))
    assert (line["event"], line["level"], line["what"]) == ("遇到问题", "warning", "发件服务器")
    assert line["timestamp"].endswith("+08:00")


def test_a_line_for_people_has_no_english_names(file: Path) -> None:
    log.warning("遇到问题", what="发件服务器", words="等待答复超时")
    log.info("配置已更新")
    first, second = file.read_text(encoding="utf-8").splitlines()
    assert first.partition(" ")[2] == "[警告] 遇到问题（何处：发件服务器；说明：等待答复超时）"
    assert second.partition(" ")[2] == "[信息] 配置已更新"


def test_every_name_that_the_program_gives_a_fact_is_told_in_chinese() -> None:
    calls = (
        node
        for path in (ROOT / "cuibao").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("log.info", "log.warning", "log.error")
    )
    assert {fact.arg for call in calls for fact in call.keywords} <= log._FACTS.keys()


def test_the_file_turns_over_and_never_more_than_five_are_kept(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "FILE_BYTES", 2_000)
    for number in range(400):
        log.info("收到来件", count=number)
    kept = sorted(path.name for path in file.parent.iterdir())
    assert len(kept) <= 5
    assert {"cuibao.log.1", "cuibao.log.4"} <= set(kept)
    assert sum(path.stat().st_size for path in file.parent.iterdir()) < 5 * 2_200
    assert "封数：399" in (file if file.exists() else file.with_name("cuibao.log.1")).read_text(encoding="utf-8")


def test_a_line_of_any_length_is_cut(file: Path) -> None:
    log.warning("遇到问题", words="啊" * 1_000_000)
    assert len(file.read_text(encoding="utf-8")) < log.LONGEST_LINE + 10


def test_a_file_that_cannot_be_written_is_told_once_and_stops_nobody(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "log").write_text("no folder")
    log.to_file(tmp_path / "log" / "cuibao.log")
    log.info("收到来件")
    said = capsys.readouterr().err
    assert said.count("日志文件无法写入") == 1
    assert "收到来件" in said


FULL = """
import resource, sys
from pathlib import Path
from cuibao.gateways import log
path = Path(sys.argv[1])
log.to_file(path)
log.info("before")
resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size, resource.RLIM_INFINITY))
log.info("while full")
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
log.info("after")
print("went on")
"""


def test_a_full_disk_loses_lines_and_nothing_else(tmp_path: Path) -> None:
    """A limit on the file's size stands in for the disk: both make write() fail."""
    path = tmp_path / "cuibao.log"
    done = subprocess.run([sys.executable, "-c", FULL, str(path)], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "went on\n"
    assert "while full" in done.stderr
    lines = path.read_text(encoding="utf-8")
    assert "before" in lines
    assert "while full" not in lines
    assert "after" in lines


def test_standard_error_that_was_closed_stops_nobody(file: Path) -> None:
    program = "import sys; sys.stderr.close(); from cuibao.gateways import log; log.info('x'); print('went on')"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "went on\n"


AROUND = [f"\0{user}\0{CODE}" for user in ("a@163.com", "ab@163.com", "abc@163.com")]


@pytest.mark.parametrize(
    "shown",
    [
        CODE,
        f"login {CODE} refused",
        base64.b64encode(CODE.encode()).decode(),
        *(base64.b64encode(text.encode()).decode() for text in AROUND),
    ],
    ids=["plain", "within", "base64", "auth plain 0", "auth plain 1", "auth plain 2"],
)
def test_a_secret_is_blotted_out_in_every_form(file: Path, capsys: pytest.CaptureFixture[str], shown: str) -> None:
    log.hide(CODE)
    log.warning(shown, words=shown, nested={"words": [shown]})
    for text in (file.read_text(encoding="utf-8"), capsys.readouterr().err):
        assert CODE not in text
        assert base64.b64encode(CODE.encode()).decode()[4:-4] not in text
        assert log.BLOT in text


@pytest.mark.parametrize("secret", ['a"b\\c\nd', "空格 与#号", "SEC+/=&"])
@pytest.mark.parametrize("as_json", [False, True])
def test_a_secret_of_odd_characters_is_blotted_out(file: Path, secret: str, as_json: bool) -> None:
    log.as_json(as_json)
    log.hide(secret)
    log.warning("遇到问题", words=f"<{secret}>", listed=[f"<{secret}>"])
    text = file.read_text(encoding="utf-8")
    for piece in secret.splitlines():
        assert f"<{piece}" not in text
    assert log.BLOT in text


def test_a_text_too_short_to_be_a_secret_blots_out_nothing(file: Path) -> None:
    log.hide("")
    log.hide("a")
    log.info("a plain word")
    assert "a plain word" in file.read_text(encoding="utf-8")


def test_what_a_server_says_cannot_pass_for_a_line_of_ours(file: Path) -> None:
    log.warning("遇到问题", words="550 no\r\n2020-06-15 [info] 发件\x1b[2J")
    text = file.read_text(encoding="utf-8")
    assert text.count("\n") == 1
    assert "\x1b" not in text


def caught(failure: Exception) -> None:
    """Log a failure that comes of another."""
    empty: dict[str, str] = {}
    try:
        try:
            _ = empty[MAIL]
        except KeyError as first:
            raise failure from first
    except type(failure):
        log.exception("本轮办理出错，下一轮再试")


def test_an_exception_shows_where_it_came_from_and_nothing_of_a_mail(file: Path) -> None:
    caught(ValueError(MAIL))
    text = file.read_text(encoding="utf-8")
    assert "in caught" in text
    assert "KeyError" in text
    assert "ValueError" in text
    assert MAIL not in text


def test_an_exception_of_ours_keeps_its_words(file: Path) -> None:
    caught(MailServerError("服务器无答复"))
    assert "MailServerError: 服务器无答复" in file.read_text(encoding="utf-8")


def test_the_scheduler_is_quiet_below_errors(file: Path) -> None:
    import logging

    log.info("后台服务已启动")
    assert not logging.getLogger("apscheduler").isEnabledFor(logging.WARNING)
    assert not logging.getLogger("waitress.queue").isEnabledFor(logging.WARNING)

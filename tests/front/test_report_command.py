"""`report` as an office types it: files that are never written over, and what is told of them."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pytest

from cuibao.front.cli import main
from cuibao.front.commands import report
from cuibao.front.house import House
from cuibao.gateways.fonts import chinese_font

ROOT = Path(__file__).parents[2]
Bot = Callable[..., int]


@pytest.fixture
def bot(tmp_path: Path) -> Bot:
    shutil.copytree(ROOT / "config", tmp_path / "config")
    base = ["--config", str(tmp_path / "config"), "--store", str(tmp_path / "store"), "--sandbox"]

    def call(*words: str, now: str = "2020-07-03T10:00") -> int:
        return main(["report", *words, "--out", str(tmp_path / "out"), *base, "--now", now])

    return call


def test_the_files_of_a_quarter_are_written_and_named(
    bot: Bot, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert bot("2020Q2") == 0
    said = capsys.readouterr().out
    ledger = tmp_path / "out" / "2020年第二季度工作台账.xlsx"
    assert f"  {ledger}\n" in said
    assert said.endswith("文件名注明“草稿”的，请核对后按程序印发。\n")
    letters = list((tmp_path / "out" / "催报函").iterdir())
    assert len(letters) == 40
    assert ledger.read_bytes().startswith(b"PK")


def test_a_quarter_that_has_not_begun_is_told_so(bot: Bot, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert bot("2020Q4") == 0
    assert "第四季度尚未开始报送，报送时限为12月30日前（含当日）；未生成通报和催报函。" in capsys.readouterr().out
    said = docx.Document(str(tmp_path / "out" / "2020年第四季度完成情况汇总（草稿）.docx")).paragraphs[3].text
    assert said.endswith("汇总如下。第四季度报送时限为12月30日前（含当日），尚未到期，以下为目前情况。")


def test_what_lies_there_is_not_written_over(bot: Bot, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    summary = tmp_path / "out" / "2020年第二季度完成情况汇总（草稿）.docx"
    summary.parent.mkdir()
    summary.write_text("已改")
    assert bot("2020Q2", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    files = told["files"]
    again = summary.with_name("2020年第二季度完成情况汇总（草稿）_2.docx")
    assert str(again) in files
    assert told["problems"] == []
    assert (summary.read_text(), bool(docx.Document(str(again)).paragraphs)) == ("已改", True)


def test_a_document_that_cannot_be_made_leaves_no_others(
    bot: Bot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = House.of

    def with_broken_template(*args: Any, **settings: Any) -> House:
        house = broken(*args, **settings)
        house.desk.templates = {**house.desk.templates, "documents/bulletin.txt": "{{ nobody.knows }}"}
        return house

    monkeypatch.setattr(House, "of", with_broken_template)
    assert bot("2020Q2") == 1
    assert "templates/documents/bulletin.txt不能用来拟稿" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_an_out_that_is_a_file_is_told(bot: Bot, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "out").write_text("x")
    assert bot("2020Q2") == 1
    assert "生成文件失败：路径中有不是文件夹的文件" in capsys.readouterr().err


def test_without_a_font_the_picture_is_left_out_and_the_remedy_told(
    bot: Bot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(report, "chinese_font", lambda: None)
    assert bot("2020Q2") == 0
    assert "未能制作一图：本机没有中文字体。请安装中文字体" in capsys.readouterr().out
    assert not list((tmp_path / "out").glob("*.png"))
    assert bot("2020Q2", "--json") == 0
    (problem,) = json.loads(capsys.readouterr().out)["problems"]
    assert (problem["message"], problem["severity"]) == ("未能制作一图：本机没有中文字体", "warning")
    assert problem["remedy"].startswith("请安装中文字体")


def test_a_quarter_that_does_not_exist_is_told(bot: Bot, capsys: pytest.CaptureFixture[str]) -> None:
    assert bot("2020Q9") == 2
    assert "没有编号为“2020Q9”的季度" in capsys.readouterr().err


def test_the_best_font_is_taken(tmp_path: Path) -> None:
    assert chinese_font([tmp_path, tmp_path / "none"]) is None
    for name in ("simhei.ttf", "wqy-microhei.ttc", "other.otf"):
        (tmp_path / name).write_bytes(name.encode())
    read = chinese_font([tmp_path])
    assert read
    assert read() == b"wqy-microhei.ttc"

"""Documents in the old formats, read in the reading room by the LibreOffice that is installed."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import hostile
import pytest
from suites import lacking

from cuibao.gateways.reading_room import ReadingRoom
from cuibao.papers.attachments import attach

WORDS = ("芜湖市教育局文件", "2020年第二季度民生工作完成情况", "第7项：已新建幼儿园9所。")


@pytest.fixture
def room(tmp_path: Path) -> Iterator[ReadingRoom]:
    made = ReadingRoom(tmp_path / "reading")
    yield made
    made.close()


@pytest.mark.parametrize("ending", ["doc", "rtf"])
def test_an_old_document_gives_its_text(room: ReadingRoom, tmp_path: Path, ending: str) -> None:
    soffice = shutil.which("soffice")
    if soffice is None:
        lacking("LibreOffice is needed")
    (tmp_path / "报告.docx").write_bytes(hostile.word(*WORDS))
    subprocess.run(
        [str(soffice), f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", ending,
         "--outdir", str(tmp_path), str(tmp_path / "报告.docx")],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    (found,) = room.read([attach(f"报告.{ending}", (tmp_path / f"报告.{ending}").read_bytes())])
    assert (found.state, found.problem, found.reports) == ("read", "", True)
    assert [line.strip() for line in found.text.split("\n") if line.strip()] == list(WORDS)

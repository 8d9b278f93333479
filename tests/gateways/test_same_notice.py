"""The same notice through every kind of file is the same registry; pdf by way of the browser is in tests/browser."""

import subprocess
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from one_notice import PARAGRAPHS, TABLE, Blocks, as_docx, as_html, as_markdown, as_text

from cuibao.gateways import office_converter
from cuibao.gateways.reading_room import ReadingRoom
from cuibao.papers.notice.draft import Draft
from cuibao.papers.notice.reading import read_notice

needs_office = pytest.mark.skipif(office_converter.converter() is None, reason="needs LibreOffice")


@pytest.fixture
def room(tmp_path: Path) -> Iterator[ReadingRoom]:
    made = ReadingRoom(tmp_path / "reading")
    yield made
    made.close()


def converted(data: bytes, folder: Path, form: str) -> bytes:
    """A docx in another form, by LibreOffice: a doc by way of odt, for straight from a docx it writes tables that it cannot read itself."""
    (folder / "通知.docx").write_bytes(data)
    steps = ("docx", "odt", "doc") if form == "doc" else ("docx", form)
    for before, after in pairwise(steps):
        command = ["soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--convert-to"]
        command += [after, "--outdir", str(folder), str(folder / f"通知.{before}")]
        subprocess.run(command, check=True, capture_output=True)
    return (folder / f"通知.{form}").read_bytes()


def same(one: Draft, other: Draft) -> None:
    """Everything but the places."""
    assert (one.notice, one.items, one.words) == (other.notice, other.items, other.words)
    assert (one.units, one.collectives, one.aliases, one.targets) == (
        other.units,
        other.collectives,
        other.aliases,
        other.targets,
    )
    assert [question.message for question in one.questions] == [question.message for question in other.questions]


@pytest.mark.parametrize("blocks", [PARAGRAPHS, TABLE], ids=["running text", "table"])
def test_docx_html_text_and_markdown_give_the_same_registry(room: ReadingRoom, blocks: Blocks) -> None:
    first = read_notice(room.lay_out("通知.docx", as_docx(blocks)))
    assert len(first.items) == 3
    assert sum(len(item.targets) for item in first.items) > 2
    for name, made in (("通知.html", as_html), ("通知.txt", as_text), ("通知.md", as_markdown)):
        same(read_notice(room.lay_out(name, made(blocks))), first)


@needs_office
@pytest.mark.parametrize("blocks", [PARAGRAPHS, TABLE], ids=["running text", "table"])
@pytest.mark.parametrize("form", ["pdf", "doc"])
def test_pdf_and_old_word_files_give_it_too(room: ReadingRoom, tmp_path: Path, blocks: Blocks, form: str) -> None:
    data = as_docx(blocks)
    first = read_notice(room.lay_out("通知.docx", data))
    same(read_notice(room.lay_out(f"通知.{form}", converted(data, tmp_path, form))), first)

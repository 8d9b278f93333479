"""The reading room: a child that stays, limits that hold, and one sentence where an attachment breaks it."""

import os
import resource
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import hostile
import pytest

from cuibao.gateways import office_converter, reading_room
from cuibao.gateways.reading_child import OVERRUN
from cuibao.gateways.reading_room import NO_TIME, ReadingRoom
from cuibao.papers.attachments import Attachment, attach
from cuibao.papers.contents.documents import document_contents
from cuibao.papers.contents.limits import LOCKED, NO_CONVERTER, TOO_LARGE, UNSAFE, UnreadError
from cuibao.papers.notice.draft import NoticeRefused
from cuibao.papers.notice.source import Line, Table


@pytest.fixture
def room(tmp_path: Path) -> Iterator[ReadingRoom]:
    made = ReadingRoom(tmp_path / "reading")
    yield made
    made.close()


def read(room: ReadingRoom, name: str, data: bytes) -> Attachment:
    (found,) = room.read([attach(name, data)])
    return found


def child_of(room: ReadingRoom) -> int:
    held = room._held[0]
    assert held
    return held.process.pid


def test_attachments_are_read_by_one_child_that_stays(room: ReadingRoom) -> None:
    asked = [attach("a.docx", hostile.word("市教育局")), attach("b.xlsx", hostile.sheet((9,)))]
    first, second = room.read(asked)
    pid = child_of(room)
    assert (first.text, second.text, first.data) == ("市教育局", "9", asked[0].data)
    found = read(room, "a.zip", hostile.zipped({"../报告.docx": hostile.word("9")}))
    assert [(one.name, one.text, one.kind) for one in found.members] == [("报告.docx", "9", "document")]
    assert child_of(room) == pid


def test_nothing_is_started_before_the_first_attachment_and_nothing_is_left(tmp_path: Path) -> None:
    room = ReadingRoom(tmp_path / "reading")
    assert room.read([]) == []
    assert not (tmp_path / "reading").exists()
    read(room, "a.docx", hostile.word("9"))
    pid = child_of(room)
    room.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert list((tmp_path / "reading").iterdir()) == []


def test_a_room_that_is_forgotten_ends_its_child(tmp_path: Path) -> None:
    room = ReadingRoom(tmp_path / "reading")
    read(room, "a.docx", hostile.word("9"))
    pid = child_of(room)
    del room
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


@pytest.mark.parametrize(
    ("name", "made", "problem"),
    [
        ("flat.zip", hostile.flat_bomb, f"内的“报表.xls”{TOO_LARGE}"),
        ("nested.zip", hostile.nested_bomb, TOO_LARGE),
        ("million.xlsx", hostile.million_cells, TOO_LARGE),
        ("far.xlsx", hostile.far_cells, OVERRUN),
        ("long.xlsx", hostile.long_sheet, OVERRUN),
        ("external.docx", lambda: hostile.word_xml(b"<w:p>&x;</w:p>", hostile.EXTERNAL), UNSAFE),
        ("laughs.docx", lambda: hostile.word_xml(b"<w:p>&b;</w:p>", hostile.LAUGHS), UNSAFE),
    ],
    ids=["flat", "nested", "million", "far", "long", "external", "laughs"],
)
def test_what_would_harm_is_kept_and_told_in_bounded_time_and_memory(
    room: ReadingRoom, name: str, made: Callable[[], bytes], problem: str
) -> None:
    data = made()
    begun = time.monotonic()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = read(room, name, data)
    assert (found.problem, found.reports, found.text) == (problem, False, "")
    assert time.monotonic() - begun < 30
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000  # KB, of this process
    assert read(room, "a.docx", hostile.word("9")).text == "9"


def test_a_large_attachment_never_reaches_the_child(room: ReadingRoom) -> None:
    found = attach("a.zip", b"PK\x03\x04" + b"x" * (70 << 20))
    assert (found.state, found.problem, found.reports, found.to_open) == ("kept", TOO_LARGE, False, False)


def test_a_child_that_is_killed_midway_costs_that_attachment_its_text_and_the_next_nothing(room: ReadingRoom) -> None:
    read(room, "a.docx", hostile.word("9"))
    os.kill(child_of(room), signal.SIGSTOP)
    pid = child_of(room)
    if os.fork() == 0:
        time.sleep(0.3)
        os.kill(pid, signal.SIGKILL)
        os._exit(0)
    found = read(room, "b.docx", hostile.word("9"))
    os.wait()
    assert (found.state, found.problem, found.reports) == ("kept", OVERRUN, False)
    assert read(room, "c.docx", hostile.word("9")).text == "9"


def test_a_child_that_takes_too_long_is_killed_with_what_it_started(tmp_path: Path) -> None:
    room = ReadingRoom(tmp_path / "reading", seconds=2)
    assert read(room, "a.docx", hostile.word("9")).text == "9"
    os.kill(child_of(room), signal.SIGSTOP)
    begun = time.monotonic()
    assert read(room, "b.docx", hostile.word("9")).problem == OVERRUN
    assert time.monotonic() - begun < 10
    room.close()


def test_a_mail_has_a_limit_of_time_too(tmp_path: Path) -> None:
    room = ReadingRoom(tmp_path / "reading", seconds_a_mail=0)
    found = read(room, "a.docx", hostile.word("9"))
    assert (found.problem, found.reports, found.state) == (NO_TIME, False, "kept")


def test_the_child_is_replaced_after_many_attachments(room: ReadingRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading_room, "JOBS", 2)
    seen = []
    for _ in range(3):
        assert read(room, "a.docx", hostile.word("9")).text == "9"
        seen.append(child_of(room))
    assert seen[0] == seen[1] != seen[2]


def test_the_child_has_neither_our_environment_nor_our_memory(
    room: ReadingRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUIBAO_MAIL_PASSWORD", "geheim")
    read(room, "a.docx", hostile.word("9"))
    process = Path(f"/proc/{child_of(room)}")
    assert b"geheim" not in (process / "environ").read_bytes()
    limits = (process / "limits").read_text()
    assert "Max address space" in limits
    assert str(512 << 20) in limits


def test_what_a_killed_process_left_is_removed_a_day_later(room: ReadingRoom, tmp_path: Path) -> None:
    left, fresh = tmp_path / "reading" / "left", tmp_path / "reading" / "fresh"
    for folder in (left, fresh):
        folder.mkdir(parents=True)
    os.utime(left, (0, 0))
    read(room, "a.docx", hostile.word("9"))
    assert (left.exists(), fresh.exists()) == (False, True)


@pytest.mark.parametrize(
    "answer",
    [{}, [], {"kind": "x"}, {"kind": 1, "members": [3], "state": "", "problem": "", "text": "", "reports": True}],
)
def test_nonsense_from_a_child_is_not_believed(
    room: ReadingRoom, monkeypatch: pytest.MonkeyPatch, answer: object
) -> None:
    monkeypatch.setattr(reading_room._Child, "ask", lambda child, one, seconds: answer)
    assert read(room, "a.docx", hostile.word("9")).problem == OVERRUN


def test_what_a_child_says_is_cut_to_form(room: ReadingRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    member = {
        "name": "../a\u202e",
        "size": 1,
        "sha256": "0",
        "kind": "?",
        "state": "?",
        "problem": "",
        "text": "\ud800",
        "doubtful": False,
    }
    answer = {**member, "kind": "pdf", "text": "9" * 200_000, "reports": 1, "members": [{**member, "reports": True}]}
    monkeypatch.setattr(reading_room._Child, "ask", lambda child, one, seconds: answer)
    found = read(room, "a.docx", hostile.word("9"))
    assert (found.kind, found.state, len(found.text), found.reports) == ("document", "kept", 100_000, False)
    assert [(one.name, one.kind, one.state, one.text) for one in found.members] == [("a", "other", "kept", "")]


# ---- old documents


OLD = hostile.OLE + "WordDocument".encode("utf-16-le") + b"\0" * 600


def soffice(folder: Path, act: str) -> str:
    """A program that stands for LibreOffice."""
    program = folder / "soffice"
    find = 'while [ "$1" != --outdir ]; do shift; done\n'
    program.write_text(f"#!/bin/sh\n{find}{act}\n", encoding="utf-8")
    program.chmod(0o755)
    return str(program)


def test_an_old_document_is_converted_where_a_program_is(tmp_path: Path) -> None:
    program = soffice(tmp_path, 'printf "完成9所" >"$2/in.docx"')
    assert office_converter.to_docx(program, tmp_path, OLD).decode() == "完成9所"
    assert office_converter.to_docx(program, tmp_path, OLD).decode() == "完成9所"
    assert "DisableMacrosExecution" in (tmp_path / "profile/user/registrymodifications.xcu").read_text()


@pytest.mark.parametrize("act", ["exit 1", "exit 0"])
def test_a_program_that_fails_is_told(tmp_path: Path, act: str) -> None:
    with pytest.raises(UnreadError):
        office_converter.to_docx(soffice(tmp_path, act), tmp_path, OLD)


def test_a_program_that_hangs_ends_the_child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office_converter, "SECONDS", 1)
    with pytest.raises(SystemExit):
        office_converter.to_docx(soffice(tmp_path, "exec sleep 9"), tmp_path, OLD)


def test_an_old_document_stays_a_report_without_one(room: ReadingRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "defpath", "/nowhere")
    found = read(room, "a.doc", OLD)
    assert (found.state, found.problem, found.reports) == ("kept", NO_CONVERTER, True)


def test_a_locked_pdf_is_told(room: ReadingRoom) -> None:
    assert read(room, "a.pdf", hostile.pdf("x", user="x")).problem == LOCKED
    assert replace(read(room, "a.pdf", hostile.pdf("x", user="")), data=b"").text == "x"


def test_a_notice_is_laid_out_by_the_same_child(room: ReadingRoom) -> None:
    read(room, "a.docx", hostile.word("9"))
    pid = child_of(room)
    assert room.lay_out("要点.docx", hostile.word("某市要点")) == (Line("某市要点", "第1段"),)
    assert room.lay_out("要点.txt", "1\t甲\t乙\n2\t甲\t乙".encode()) == (
        Table((("1", "甲", "乙"), ("2", "甲", "乙")), "第1行的表格"),
    )
    assert child_of(room) == pid


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [("a.pdf", b"", "文件没有内容"), ("a.docx", hostile.word_xml(b"<w:p>&b;</w:p>", hostile.LAUGHS), f"文件{UNSAFE}")],
)
def test_a_notice_that_cannot_be_read_is_refused(room: ReadingRoom, name: str, data: bytes, message: str) -> None:
    with pytest.raises(NoticeRefused) as told:
        room.lay_out(name, data)
    assert (told.value.place, told.value.message) == (name, message)
    assert told.value.remedy


def test_a_notice_that_takes_too_long_is_refused_and_the_next_is_read(tmp_path: Path) -> None:
    room = ReadingRoom(tmp_path / "reading", seconds=0.01)
    with pytest.raises(NoticeRefused, match=OVERRUN):
        room.lay_out("a.docx", hostile.word("9"))
    room = ReadingRoom(tmp_path / "reading")
    assert room.lay_out("a.docx", hostile.word("9"))
    room.close()


@pytest.mark.skipif(office_converter.converter() is None, reason="needs LibreOffice")
def test_an_old_document_is_converted_by_the_real_program(tmp_path: Path) -> None:
    program = office_converter.converter() or ""
    rtf = rb"{\rtf1\ansi notice 5\par}"
    assert document_contents(office_converter.to_docx(program, tmp_path, rtf)).text.strip() == "notice 5"

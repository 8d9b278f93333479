"""The ledger through its journal: what is acknowledged stays, what is torn is set aside, what is broken is named."""

import errno
import fcntl
import json
import os
import random
import resource
import subprocess
import sys
import time
import tracemalloc
from datetime import datetime
from pathlib import Path

import pytest
from structlog.testing import capture_logs
from tinydb import TinyDB, where

from cuibao.gateways import lines as lines_module
from cuibao.gateways.journal import JournalDB, JournalStorage, JournalTable
from cuibao.gateways.ledger import JsonlLedger, Mode
from cuibao.rules.entries import Draft, Kind, draft_to_doc, entry_to_doc, first_break, line_of
from cuibao.rules.outcomes import BusyError, LedgerError
from cuibao.rules.workdays import CHINA

ROOT = Path(__file__).parents[2]
NOON = datetime(2020, 6, 15, 12, 0, tzinfo=CHINA)

WRITER = """
import sys
from datetime import datetime
from pathlib import Path
from cuibao.gateways.ledger import JsonlLedger
from cuibao.rules.entries import Draft, Kind
from cuibao.rules.workdays import CHINA

path, name, (times, size, length) = Path(sys.argv[1]), sys.argv[2], map(int, sys.argv[3:])
ledger = JsonlLedger(path, mode="office")
for turn in range(times):
    batch = [Draft(Kind.NOTE_ADDED, datetime(2020, 6, 15, 12, tzinfo=CHINA), unit=name,
                   data={"turn": turn, "part": part, "of": size, "text": "催" * length}) for part in range(size)]
    ledger.append(batch)
    print(turn, flush=True)
"""


def note(text: str, unit: str = "市教育局") -> Draft:
    return Draft(Kind.NOTE_ADDED, NOON, unit=unit, data={"text": text})


def office(path: Path, mode: Mode = "office") -> JsonlLedger:
    return JsonlLedger(path, mode=mode)


def texts(ledger: JsonlLedger) -> list[str]:
    return [entry.data["text"] for entry in ledger.entries()]


def file_lines(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines()


def writer(path: Path, name: str, times: int, size: int = 1, length: int = 900) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", WRITER, str(path), name, str(times), str(size), str(length)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store" / "2020.jsonl"


# what is written


def test_a_missing_ledger_is_empty_and_reading_it_makes_no_file(path: Path) -> None:
    assert office(path).entries() == []
    assert not path.parent.exists()


def test_what_is_appended_is_there_for_the_next_process(path: Path) -> None:
    written = office(path).append([note("一"), note("二")])
    assert list(office(path).entries()) == list(written)


def test_each_line_is_the_entry_in_the_ledgers_order_of_keys(path: Path) -> None:
    entries = office(path).append([note("收到"), note("已退")])
    assert file_lines(path) == [line_of(entry_to_doc(entry)) for entry in entries]


def test_chinese_stands_in_the_file_as_it_is(path: Path) -> None:
    office(path).append([note("市教育局来电")])
    assert "市教育局来电" in path.read_text("utf-8")


def test_the_chain_holds_over_batches_and_processes(path: Path) -> None:
    office(path).append([note("一"), note("二")])
    office(path).append([note("三")])
    assert first_break(file_lines(path)) is None


def test_an_empty_batch_writes_nothing(path: Path) -> None:
    assert office(path).append([]) == ()
    assert not path.exists()


def test_a_line_end_and_an_unpaired_surrogate_in_the_data_stay_in_one_line(path: Path) -> None:
    office(path).append([note("一\n二\u2028三\udc80")])
    assert texts(office(path)) == ["一\n二\u2028三\udc80"]


def test_data_that_is_no_json_writes_nothing_at_all(path: Path) -> None:
    ledger = office(path)
    with pytest.raises(TypeError):
        ledger.append([note("一"), Draft(Kind.NOTE_ADDED, NOON, data={"text": object()})])
    assert ledger.entries() == []


def test_what_is_returned_does_not_share_the_callers_data(path: Path) -> None:
    data = {"text": ["一"]}
    (entry,) = office(path).append([Draft(Kind.NOTE_ADDED, NOON, data=data)])
    data["text"].append("二")
    assert entry.data["text"] == ["一"]


def test_a_snapshot_of_the_entries_does_not_grow(path: Path) -> None:
    ledger = office(path)
    ledger.append([note("一")])
    before = ledger.entries()
    ledger.append([note("二")])
    assert (len(before), len(ledger.entries())) == (1, 2)
    assert before[-1].data["text"] == "一"
    assert [entry.seq for entry in ledger.entries()[1:]] == [2]


def test_a_snapshot_has_no_index_beyond_its_end(path: Path) -> None:
    ledger = office(path)
    ledger.append([note("一")])
    before = ledger.entries()
    ledger.append([note("二")])
    with pytest.raises(IndexError):
        before[1]


def test_a_part_of_a_snapshot_is_a_snapshot(path: Path) -> None:
    ledger = office(path)
    ledger.append([note("一"), note("二"), note("三")])
    tail = ledger.entries()[1:]
    ledger.append([note("四")])
    assert [entry.data["text"] for entry in tail] == ["二", "三"]
    assert [entry.seq for entry in tail[1:]] == [3]
    assert tail[-1] == ledger.entries()[2]


def test_a_long_ledger_takes_less_room_than_its_file(path: Path) -> None:
    office(path).append([note("一")])  # what is made once is made
    tracemalloc.start()
    try:
        ledger = office(path)
        ledger.append(note(str(number)) for number in range(2000))
        assert sum(1 for _ in ledger.entries()) == 2001
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert taken < 0.6 * path.stat().st_size


# other processes


def test_the_tail_that_another_process_wrote_is_picked_up(path: Path) -> None:
    mine, other = office(path), office(path)
    mine.append([note("一")])
    other.append([note("二")])
    assert texts(mine) == ["一", "二"]


def test_an_append_follows_what_another_process_wrote_since(path: Path) -> None:
    mine, other = office(path), office(path)
    mine.append([note("一")])
    other.append([note("二")])
    assert mine.append([note("三")])[0].seq == 3
    assert first_break(file_lines(path)) is None


def test_a_line_that_another_process_is_writing_is_not_read_before_its_end(path: Path) -> None:
    ledger = office(path)
    ledger.append([note("一")])
    with path.open("ab") as file:
        file.write(b'{"seq":2,"at"')
    assert texts(ledger) == ["一"]
    assert not path.with_name("2020.jsonl.torn-1").exists()


def test_a_restored_backup_is_read_anew(path: Path) -> None:
    ledger = office(path)
    ledger.append([note("一"), note("二")])
    before = ledger.entries()
    path.unlink()
    office(path).append([note("备份")])
    assert texts(ledger) == ["备份"]
    assert [entry.data["text"] for entry in before] == ["一", "二"]


def test_two_processes_at_once_keep_one_chain(path: Path) -> None:
    both = [writer(path, name, 200) for name in ("市财政局", "市医保局")]
    assert [process.wait(60) for process in both] == [0, 0]
    assert first_break(file_lines(path)) is None
    units = [entry.unit for entry in office(path).entries()]
    assert (units.count("市财政局"), units.count("市医保局")) == (200, 200)


def test_a_writer_killed_at_any_instant_loses_nothing_acknowledged_and_leaves_no_half_batch(path: Path) -> None:
    dice = random.Random(20200615)  # noqa: S311 - instants, not keys
    for round_ in range(20):
        process = writer(path, f"第{round_}次", 10_000, size=4, length=100_000)
        assert process.stdout is not None
        first = process.stdout.readline()
        time.sleep(dice.uniform(0, 0.02))
        process.kill()
        said = (first + process.stdout.read()).splitlines()
        # The warning that a torn end was set aside comes on the same stream.
        acknowledged = sum(line.isdigit() for line in said)
        process.wait()
        mine = [entry for entry in office(path).entries() if entry.unit == f"第{round_}次"]
        assert len(mine) % 4 == 0
        assert acknowledged <= len(mine) // 4 <= acknowledged + 1
    office(path).append([note("仍可写入")])
    assert first_break(file_lines(path)) is None


def test_a_writer_that_waits_too_long_for_the_lock_says_so(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = office(path)
    ledger.append([note("一")])
    monkeypatch.setattr(lines_module, "WAIT_SECONDS", 0.05)
    with path.with_suffix(".lock").open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(BusyError, match="占用"):
            ledger.append([note("二")])


# torn and broken lines


def torn(path: Path, end: bytes) -> None:
    with path.open("ab") as file:
        file.write(end)


@pytest.mark.parametrize("end", [b'{"seq":3,"at":"2020', b"\0\0\0\0\n", b"{}", b'{"seq":3,\n'])
def test_a_torn_last_line_hides_nothing_and_the_next_writer_sets_it_aside(path: Path, end: bytes) -> None:
    office(path).append([note("一"), note("二")])
    torn(path, end)
    assert texts(office(path)) == ["一", "二"]
    with capture_logs() as logs:
        office(path).append([note("三")])
    assert texts(office(path)) == ["一", "二", "三"]
    assert path.with_name("2020.jsonl.torn-1").read_bytes() == end
    assert [line["log_level"] for line in logs] == ["warning"]


def test_a_second_torn_line_is_kept_beside_the_first(path: Path) -> None:
    for text in ("一", "二"):
        office(path).append([note(text)])
        torn(path, b"{")
    office(path).append([note("三")])
    assert sorted(file.name for file in path.parent.glob("*.torn-*")) == ["2020.jsonl.torn-1", "2020.jsonl.torn-2"]


def test_a_batch_that_ends_short_of_its_announcement_was_never_written(path: Path) -> None:
    ledger = office(path)
    ledger.append([note("一")])
    start = path.stat().st_size
    ledger.append([note("二"), note("三")])
    end = path.stat().st_size
    whole = path.read_bytes()
    path.write_bytes(whole[: end - 5])
    path.with_suffix(".lock").write_text(f"{start} {end}\n")
    assert texts(office(path)) == ["一"]
    office(path).append([note("四")])
    assert texts(office(path)) == ["一", "四"]
    assert path.with_name("2020.jsonl.torn-1").read_bytes() == whole[start : end - 5]


def test_a_batch_that_is_all_there_stands_though_its_announcement_was_left(path: Path) -> None:
    office(path).append([note("一"), note("二")])
    path.with_suffix(".lock").write_text(f"0 {path.stat().st_size}\n")
    office(path).append([note("三")])
    assert texts(office(path)) == ["一", "二", "三"]


def test_a_flipped_byte_in_the_middle_is_named_by_its_line(path: Path) -> None:
    office(path).append([note("一"), note("二"), note("三")])
    path.write_bytes(path.read_bytes().replace("二".encode(), "贰".encode()))
    with pytest.raises(LedgerError, match=r"第 3 行与第 2 行接不上.*\./bot verify"):
        office(path).entries()


def test_a_line_in_the_middle_that_is_no_json_is_named(path: Path) -> None:
    office(path).append([note("一"), note("二"), note("三")])
    lines = file_lines(path)
    path.write_bytes(b"\n".join([lines[0], lines[1][:-1], lines[2], b""]))
    with pytest.raises(LedgerError, match=r"第 2 行.*\./bot verify"):
        office(path).entries()


def test_a_line_that_is_json_and_no_entry_is_named(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b'{"seq":1,"at":"2020-06-15T12:00:00","kind":"note.added"}\n')
    with pytest.raises(LedgerError, match=r"第 1 行不是一条台账记录.*\./bot verify"):
        office(path).entries()


def test_nothing_is_appended_to_a_broken_ledger(path: Path) -> None:
    office(path).append([note("一"), note("二"), note("三")])
    broken = path.read_bytes().replace("二".encode(), "贰".encode())
    path.write_bytes(broken)
    ledger = office(path)
    for _ in range(2):
        with pytest.raises(LedgerError):
            ledger.append([note("四")])
    assert path.read_bytes() == broken


# a disk that refuses


@pytest.mark.parametrize(("code", "words"), [(errno.ENOSPC, "空间已满"), (errno.EIO, "台账失败")])
@pytest.mark.parametrize("size", [1, 3])
def test_a_write_that_fails_half_way_is_taken_back(
    path: Path, monkeypatch: pytest.MonkeyPatch, code: int, words: str, size: int
) -> None:
    ledger, other = office(path), office(path)
    ledger.append([note("一")])
    before = path.read_bytes()

    def half(fd: int, raw: bytes, at: int = 0) -> None:
        os.pwrite(fd, raw[: len(raw) // 2], at)
        if len(raw) > 100:
            raise OSError(code, os.strerror(code))
        os.pwrite(fd, raw, at)

    with monkeypatch.context() as patched:
        patched.setattr(lines_module, "write_all", half)
        with pytest.raises(LedgerError, match=words):
            ledger.append([note("二")] * size)
    assert path.read_bytes() == before
    assert texts(other) == ["一"]
    ledger.append([note("三")])
    assert texts(other) == ["一", "三"]


def test_a_file_that_may_not_grow_is_told_and_stays_whole(path: Path) -> None:
    ledger = office(path)
    ledger.append([note("一")])
    before = path.read_bytes()
    old = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 1000, old[1]))
        with pytest.raises(LedgerError, match="超出系统限制"):
            ledger.append([note("长" * 200), note("长" * 200)])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, old)
    assert path.read_bytes() == before
    assert ledger.append([note("二")])[0].seq == 2


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a tiny disk needs root")
def test_a_tiny_disk_that_fills_up_keeps_all_that_was_acknowledged(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("no right to mount here")
    try:
        ledger, count = office(disk / "2020.jsonl"), 0
        with pytest.raises(LedgerError, match="磁盘空间已满"):  # noqa: PT012 - which append fills the disk is the disk's affair
            while True:
                count += len(ledger.append([note("长" * 300)] * 3))
        assert len(office(disk / "2020.jsonl").entries()) == count > 0
        assert first_break(file_lines(disk / "2020.jsonl")) is None
    finally:
        subprocess.run(["umount", disk], check=True)


@pytest.mark.parametrize("code", [errno.EROFS, errno.EACCES])
def test_a_read_only_folder_is_told_with_a_remedy_and_can_still_be_read(
    path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    ledger = office(path)
    ledger.append([note("一")])
    real = os.open

    def closed(name: os.PathLike[str], flags: int, *rest: int) -> int:
        if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            raise OSError(code, os.strerror(code))
        return real(name, flags, *rest)

    monkeypatch.setattr(os, "open", closed)
    with pytest.raises(LedgerError, match=r"没有读写权限.*--store"):
        ledger.append([note("二")])
    assert texts(office(path)) == ["一"]


# TinyDB's side


def test_tinydb_reads_and_queries_the_ledger(path: Path) -> None:
    office(path).append([note("一", "市财政局"), note("二")])
    database = JournalDB(path)
    assert [doc["data"]["text"] for doc in database.search(where("unit") == "市财政局")] == ["一"]
    assert database.get(doc_id=2)["data"]["text"] == "二"


def test_a_query_sees_what_was_appended_since_it_was_last_asked(path: Path) -> None:
    database, query = JournalDB(path), where("unit") == "市教育局"
    assert database.search(query) == []
    office(path).append([note("一")])
    assert len(database.search(query)) == 1


def test_inserting_through_tinydb_appends_to_the_chain(path: Path) -> None:
    database = JournalDB(path)
    assert database.insert(draft_to_doc(note("一"))) == 1
    assert database.insert_multiple(draft_to_doc(note(text)) for text in ("二", "三")) == [2, 3]
    assert texts(office(path)) == ["一", "二", "三"]


def test_what_is_no_entry_is_not_inserted(path: Path) -> None:
    with pytest.raises(KeyError):
        JournalDB(path).insert({"text": "一"})
    assert JournalDB(path).all() == []


def test_the_ledger_uses_our_table_and_our_storage(path: Path) -> None:
    database = JournalDB(path)
    assert isinstance(database, TinyDB)
    assert isinstance(database.table("ledger"), JournalTable)
    assert isinstance(database.storage, JournalStorage)


@pytest.mark.parametrize(
    "act",
    [
        lambda database: database.update({"unit": "市财政局"}),
        lambda database: database.update_multiple([({"unit": "市财政局"}, where("seq") == 1)]),
        lambda database: database.upsert({"unit": "市财政局"}, where("seq") == 1),
        lambda database: database.remove(where("seq") == 1),
        lambda database: database.truncate(),
        lambda database: database.drop_tables(),
        lambda database: database.drop_table("ledger"),
        lambda database: database.storage.write({}),
        lambda database: database.table("other"),
    ],
)
def test_nothing_that_was_written_can_be_changed(path: Path, act) -> None:  # type: ignore[no-untyped-def]
    office(path).append([note("一")])
    before = path.read_bytes()
    with pytest.raises(LedgerError, match="台账"):
        act(JournalDB(path))
    assert path.read_bytes() == before


# office and sandbox


def test_a_sandbox_marks_its_ledger_in_the_first_entry(path: Path) -> None:
    (written,) = office(path, "sandbox").append([note("演练")])
    kinds = [entry.kind for entry in office(path, "sandbox").entries()]
    assert kinds == [Kind.SANDBOX_OPENED, Kind.NOTE_ADDED]
    assert written.seq == 2


def test_a_sandbox_marks_its_ledger_once(path: Path) -> None:
    for words in ("一", "二"):
        office(path, "sandbox").append([note(words)])
    kinds = [entry.kind for entry in office(path, "sandbox").entries()]
    assert kinds == [Kind.SANDBOX_OPENED, Kind.NOTE_ADDED, Kind.NOTE_ADDED]


@pytest.mark.parametrize(
    ("made_by", "asked_by", "words"), [("sandbox", "office", "演练"), ("office", "sandbox", "正式")]
)
def test_each_mode_refuses_the_others_ledger(path: Path, made_by: Mode, asked_by: Mode, words: str) -> None:
    office(path, made_by).append([note("一")])
    before = path.read_bytes()
    with pytest.raises(LedgerError, match=words):
        office(path, asked_by).entries()
    with pytest.raises(LedgerError, match=words):
        office(path, asked_by).append([note("二")])
    assert path.read_bytes() == before


def test_an_office_ledger_cannot_be_marked_as_a_sandbox(path: Path) -> None:
    with pytest.raises(LedgerError):
        office(path).append([Draft(Kind.SANDBOX_OPENED, NOON)])
    assert not path.exists() or not json.loads(path.read_bytes() or b"[]")

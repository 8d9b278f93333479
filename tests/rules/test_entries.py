"""The ledger's lines and the chain that binds them."""

import json
from datetime import UTC, datetime

import pytest
from world import EDUCATION, Log, act, at

from cuibao.rules.entries import (
    GENESIS,
    Draft,
    Kind,
    doc_to_entry,
    entry_to_doc,
    first_break,
    line_of,
    link,
    moment,
    stamp,
)


def lines(count: int = 3) -> list[bytes]:
    log = Log()
    log.append([act(Kind.NOTE_ADDED, EDUCATION, "2020-06-15T09:00", text=f"第{n}条") for n in range(count)])
    return [line_of(entry_to_doc(entry)) for entry in log.entries()]


def test_times_are_written_in_chinas_zone_to_the_second() -> None:
    assert stamp(datetime(2020, 6, 30, 15, 59, 59, 999, tzinfo=UTC)) == "2020-06-30T23:59:59+08:00"


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        stamp(datetime(2020, 6, 30))  # noqa: DTZ001 - that is the point
    with pytest.raises(ValueError, match="zone"):
        moment("2020-06-30T09:00:00")


def test_an_entry_survives_its_line() -> None:
    entry = Log().append([Draft(Kind.NOTE_ADDED, at("2020-06-15T09:00"), data={"文": "字"})])[0]
    line = line_of(entry_to_doc(entry))
    assert "字".encode() in line
    assert doc_to_entry(json.loads(line)) == entry


def test_the_first_entry_follows_nothing_and_each_other_the_one_before() -> None:
    found = [json.loads(line)["prev"] for line in lines()]
    assert found == [GENESIS, link(lines()[0]), link(lines()[1])]


def test_a_whole_chain_has_no_break() -> None:
    assert first_break(lines()) is None
    assert first_break([]) is None


@pytest.mark.parametrize(
    ("change", "broken"),
    [
        (lambda found: found[1:], 1),
        (lambda found: [found[0], found[2]], 2),
        (lambda found: [found[0].replace("第0条".encode(), "第9条".encode()), *found[1:]], 2),
        (lambda found: [found[0], b"{", found[2]], 2),
        (lambda found: [found[0], b"[]", found[2]], 2),
        (lambda found: [found[0], b"{}", found[2]], 2),
        (lambda found: [found[0], found[1].replace(b"note.added", b"note.lost"), found[2]], 2),
    ],
)
def test_the_first_line_that_does_not_follow_is_named(change: object, broken: int) -> None:
    assert first_break(change(lines())) == broken  # type: ignore[operator]

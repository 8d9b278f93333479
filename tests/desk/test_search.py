"""Searching the ledger: by unit, quarter, kind, person, day and words, each narrowing what the others leave."""

from datetime import date
from typing import Any

import pytest
from doubles import desk
from world import EDUCATION, FINANCE, act, at

from cuibao.desk.context import Desk
from cuibao.desk.search import Index, Wanted
from cuibao.front.words import summary
from cuibao.rules.entries import Draft, Kind


def book() -> Desk:
    found = desk()
    found.ledger.append(
        [
            act(Kind.SUBMISSION_RECEIVED, EDUCATION, "2020-06-16T23:59", reason="电话报送"),
            Draft(
                Kind.SUBMISSION_ACCEPTED,
                at("2020-06-17T00:00"),
                "2020Q2",
                EDUCATION,
                (),
                "陈某",
                {"reason": "ABC已核对"},
            ),
            act(Kind.SUBMISSION_RECEIVED, FINANCE, "2020-09-18T09:00", period="2020Q3", reason="纸质报送"),
            Draft(Kind.NOTE_ADDED, at("2020-09-19T09:00"), actor="周某", data={"reason": "百分之百"}),
        ]
    )
    return found


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, [1, 2, 3, 4]),
        ({"unit": EDUCATION}, [1, 2]),
        ({"period": "2020Q3"}, [3]),
        ({"kind": "submission.received"}, [1, 3]),
        ({"kind": "submission"}, [1, 2, 3]),
        ({"kind": "sub"}, []),
        ({"by": "周某"}, [4]),
        ({"since": date(2020, 6, 17)}, [2, 3, 4]),
        ({"until": date(2020, 6, 16)}, [1]),
        ({"since": date(2020, 6, 17), "until": date(2020, 6, 17)}, [2]),
        ({"since": date(2020, 6, 17), "until": date(2020, 6, 16)}, []),
        ({"words": "报送"}, [1, 3]),
        ({"words": "abc"}, [2]),
        ({"words": FINANCE}, [3]),
        ({"words": "没有写过"}, []),
        ({"unit": EDUCATION, "by": "陈某", "words": "核对"}, [2]),
    ],
)
def test_what_is_found(wanted: dict[str, Any], found: list[int]) -> None:
    assert [entry.seq for entry in Index(summary).search(book(), Wanted(**wanted))] == found


def test_what_is_written_later_is_found_by_the_same_index() -> None:
    found, index = book(), Index(summary)
    wanted = Wanted(words="百分之百")
    assert len(index.search(found, wanted)) == 1
    found.ledger.append([Draft(Kind.NOTE_ADDED, at("2020-09-20T09:00"), actor="周某", data={"reason": "又是百分之百"})])
    assert [entry.seq for entry in index.search(found, wanted)] == [4, 5]


def test_a_ledger_put_back_from_a_backup_is_read_anew() -> None:
    found, index = book(), Index(summary)
    assert len(index.search(found, Wanted(words="报送"))) == 2
    del found.ledger.lines[1:]  # type: ignore[attr-defined]
    assert [entry.seq for entry in index.search(found, Wanted(words="报送"))] == [1]


def test_everyone_who_entered_something_is_known() -> None:
    assert Index(summary).actors(book()) == ["cuibao", "周某", "陈某"]


def test_what_was_found_is_taken_apart_like_a_list() -> None:
    found = Index(summary).search(book(), Wanted(kind="submission"))
    assert [entry.seq for entry in found[1:]] == [2, 3]
    assert (found[-1].seq, len(found)) == (3, 3)


def test_an_empty_ledger_is_searched_without_a_find() -> None:
    assert list(Index(summary).search(desk(), Wanted(words="报送"))) == []

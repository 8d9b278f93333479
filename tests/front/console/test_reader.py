"""What the console remembers between requests: as long as nothing changed, and never without bound."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from world import SECRET, Log, at, office

from cuibao.desk.context import Desk
from cuibao.front.console.services import MOST, Reader
from cuibao.rules.entries import Draft, Kind
from cuibao.rules.office import Notice

NOW = at("2020-06-15T10:00")


class Given:
    """Services that hand over a desk."""

    def __init__(self) -> None:
        nothing: Any = None
        self.at_hand = Desk(office(), Log(), nothing, nothing, nothing, nothing, nothing, {}, SECRET)

    def desk(self) -> Desk:
        return self.at_hand


class Counter:
    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> int:
        self.count += 1
        return self.count


def reader() -> tuple[Reader, Given]:
    given: Any = Given()
    return Reader(given), given


def test_a_result_is_kept_until_the_ledger_or_the_minute_is_another() -> None:
    made, given = reader()
    reckon = Counter()
    assert [made.remembered("a", NOW, reckon), made.remembered("a", NOW.replace(second=59), reckon)] == [1, 1]
    given.at_hand.ledger.append([Draft(Kind.NOTE_ADDED, NOW, data={"reason": "x"})])
    assert made.remembered("a", NOW, reckon) == 2
    assert made.remembered("a", NOW.replace(minute=1), reckon) == 3


def test_an_edited_configuration_ends_what_was_kept_and_what_lasts() -> None:
    made, given = reader()
    reckon, make = Counter(), Counter()
    assert (made.remembered("a", NOW, reckon), made.lasting("i", make), made.lasting("i", make)) == (1, 1, 1)
    given.at_hand.ledger.append([Draft(Kind.NOTE_ADDED, NOW, data={"reason": "x"})])
    assert made.lasting("i", make) == 1
    given.at_hand = replace(given.at_hand)
    assert (made.remembered("a", NOW, reckon), made.lasting("i", make)) == (2, 2)


def test_the_consoles_book_is_not_the_daemons(tmp_path: Path) -> None:
    made, given = reader()
    assert made.desk() is not given.at_hand
    assert made.desk().book() is not given.at_hand.book()
    assert made.desk().ledger is given.at_hand.ledger


def test_whoever_asks_for_many_pages_fills_no_memory() -> None:
    made, _ = reader()
    for number in range(10 * MOST):
        made.remembered(number, NOW, Counter())
    assert len(made._kept) <= MOST


def test_nor_are_those_of_the_years_before() -> None:
    made, given = reader()
    before = replace(office(), notice=Notice("测民〔2019〕1号", 2019, "2019年民生工作要点"))
    given.at_hand = given.at_hand.with_years_before([(before, Log())])
    own, theirs = made.desk(), given.at_hand
    assert [one.office for one in own.years] == [one.office for one in theirs.years]
    assert all(mine.ledger is other.ledger for mine, other in zip(own.years, theirs.years, strict=True))
    assert all(mine.book() is not other.book() for mine, other in zip(own.years, theirs.years, strict=True))
    theirs.earlier[0].ledger.append([Draft(Kind.NOTE_ADDED, NOW, data={"reason": "x"})])
    assert own.earlier[0].book().count == 1
    assert own.sent_recipients(own.book(), NOW.date()) == (0, 0)

"""Which period a mail is about when nothing in it says so."""

import pytest
from world import EDUCATION, PERIODS, Log, act, at, duties, office

from cuibao.rules.entries import Draft, Kind
from cuibao.rules.window import begun, period_by_window


def window(moment: str, *drafts: Draft, unit: str = EDUCATION) -> str:
    log = Log()
    log.append(drafts)
    base = office()
    return period_by_window(base, duties(base), log.book(), unit, at(moment)).key


def reported(period: str) -> Draft:
    return act(Kind.SUBMISSION_RECEIVED, EDUCATION, "2020-06-20T10:00", period=period)


@pytest.mark.parametrize(
    ("moment", "drafts", "period"),
    [
        ("2020-05-20T10:00", [], "2020Q2"),
        ("2020-06-14T23:59", [], "2020Q2"),
        ("2020-06-15T00:00", [], "2020Q2"),
        ("2020-08-01T10:00", [], "2020Q2"),
        ("2020-09-20T10:00", [], "2020Q2"),
        ("2020-08-01T10:00", [reported("2020Q2")], "2020Q2"),
        ("2020-09-20T10:00", [reported("2020Q2")], "2020Q3"),
        ("2020-12-20T10:00", [reported("2020Q2"), reported("2020Q3")], "2020Q4"),
        ("2020-12-20T10:00", [reported("2020Q2")], "2020Q3"),
        ("2021-02-01T10:00", [reported("2020Q2"), reported("2020Q3"), reported("2020Q4")], "2020Q4"),
    ],
)
def test_the_earliest_begun_period_that_is_owed_else_a_correction(
    moment: str, drafts: list[Draft], period: str
) -> None:
    assert window(moment, *drafts) == period


def test_what_was_returned_is_owed_again() -> None:
    back = act(Kind.SUBMISSION_SENT_BACK, EDUCATION, "2020-07-05T10:00", 7)
    assert window("2020-09-20T10:00", reported("2020Q2"), back) == "2020Q2"


def test_a_unit_that_nobody_knows_gets_the_latest_begun() -> None:
    assert window("2020-09-20T10:00", unit="某单位") == "2020Q3"


def test_without_stages_a_period_begins_on_its_deadline() -> None:
    base = office(stages=())
    assert begun(base, PERIODS[0], at("2020-06-30T00:00"))
    assert not begun(base, PERIODS[0], at("2020-06-29T23:59"))

"""A period summed up: who has reported in time, late, in part or not at all; by unit, by item, and day by day."""

from datetime import date

from world import EDUCATION, FINANCE, HEALTH, PERIODS, Log, act, at, duties, office

from cuibao.rules.entries import Draft, Kind
from cuibao.rules.standing import Standing, UnitStanding, unit_standing
from cuibao.rules.tally import LONGEST_DAYS, by_item, complete_since, curve, tally

NOW = at("2020-07-02T09:00")


def found(*acts: Draft) -> list[UnitStanding]:
    log = Log()
    log.append(acts)
    owed = duties(office())
    return [unit_standing(name, PERIODS[0], owed[name], log.book(), NOW) for name in (EDUCATION, HEALTH, FINANCE)]


def received(unit: str, moment: str, *items: int) -> Draft:
    return act(Kind.SUBMISSION_RECEIVED, unit, moment, *items)


def test_units_are_counted_by_when_and_whether_all_of_theirs_came() -> None:
    counted = tally(found(received(EDUCATION, "2020-06-20T09:00"), received(HEALTH, "2020-07-01T09:00")))
    assert (counted.owing, counted.reported, counted.in_time, counted.late) == (3, 2, 1, 1)
    assert (counted.partly, counted.missing, counted.exempt, counted.percent) == (0, 1, 0, 66)


def test_an_exempt_unit_is_not_among_those_that_owe() -> None:
    counted = tally(
        found(act(Kind.OBLIGATION_EXEMPTED, FINANCE, "2020-06-20T09:00"), received(EDUCATION, "2020-06-20T09:00", 7))
    )
    assert (counted.owing, counted.partly, counted.missing, counted.exempt) == (2, 1, 1, 1)


def test_where_nobody_owes_all_is_done() -> None:
    assert tally([]).percent == 100


def test_an_item_stands_as_all_its_units_do() -> None:
    items = by_item(found(received(EDUCATION, "2020-06-20T09:00"), received(FINANCE, "2020-07-01T09:00", 11)), NOW)
    assert [(no, one.standing, one.on_time) for no, one in items.items()] == [
        (7, Standing.RECEIVED, True),
        (11, Standing.RECEIVED, False),
        (18, Standing.MISSING, False),
        (19, Standing.MISSING, False),
    ]
    assert [name for name, _ in items[11].parties] == [EDUCATION, FINANCE]


def test_a_unit_is_complete_from_the_arrival_of_its_last_item() -> None:
    acts = (received(EDUCATION, "2020-06-20T09:00", 7), received(EDUCATION, "2020-06-22T09:00", 11))
    education, health, finance = found(*acts, act(Kind.OBLIGATION_EXEMPTED, FINANCE, "2020-06-20T09:00"))
    assert complete_since(education) == at("2020-06-22T09:00")
    assert complete_since(health) is None
    assert complete_since(finance) is None


def test_the_curve_counts_letters_a_day_and_units_by_its_end() -> None:
    days = curve(
        found(received(EDUCATION, "2020-06-16T09:00")),
        [at("2020-06-15T09:00"), at("2020-06-15T09:01")],
        date(2020, 6, 15),
        date(2020, 6, 18),
        date(2020, 6, 17),
    )
    assert [(day.day.day, day.letters, day.reported) for day in days] == [
        (15, 2, 0),
        (16, 0, 1),
        (17, 0, 1),
        (18, 0, None),
    ]


def test_the_curve_begins_with_what_came_first_and_stays_short() -> None:
    early = curve(
        found(received(EDUCATION, "2020-06-01T09:00")), [], date(2020, 6, 15), date(2020, 6, 30), date(2020, 6, 30)
    )
    assert (early[0].day, early[0].reported) == (date(2020, 6, 1), 1)
    long_after = curve(
        found(received(EDUCATION, "2020-06-01T09:00")), [], date(2020, 6, 15), date(2020, 6, 30), date(2021, 6, 30)
    )
    assert (len(long_after), long_after[0].reported, long_after[-1].day) == (LONGEST_DAYS, 1, date(2020, 10, 28))

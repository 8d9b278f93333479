"""A quarter by its items: parties with their words, figures of those who lead, lights, who is late."""

from decimal import Decimal
from typing import Any

import pytest
from world import EDUCATION, FINANCE, HEALTH, ITEMS, PERIODS, Log, act, at, duties, office

from cuibao.rules.entries import Draft, Kind
from cuibao.rules.progress import Light
from cuibao.rules.quarter import ItemReport, Quarter, Reporting, quarter
from cuibao.rules.standing import Standing

AFTER, BEFORE = at("2020-07-03T10:00"), at("2020-06-20T10:00")


def figure(value: str, item: int = 7, indicator: str = "新建") -> dict[str, Any]:
    return {"item": item, "indicator": indicator, "value": value, "measure": "所"}


def refused(text: str, item: int = 7, indicator: str = "新建") -> dict[str, Any]:
    return {"item": item, "indicator": indicator, "text": text, "wrong": "不是确数"}


def words(item: int, progress: str) -> dict[str, Any]:
    return {"item": item, "progress": progress, "problems": "", "next_steps": ""}


def report(unit: str, *items: int, when: str = "2020-06-20T09:00", **data: Any) -> Draft:
    return act(Kind.SUBMISSION_RECEIVED, unit, when, *items, arrived_at=f"{when}:00+08:00", **data)


def found(*drafts: Draft, now: Any = AFTER, **changes: Any) -> Quarter:
    log, base = Log(), office(**changes)
    log.append(drafts)
    return quarter(base, duties(base), log.book(), PERIODS[0], now)


def item(of: Quarter, no: int) -> ItemReport:
    return next(one for one in of.items if one.item.no == no)


def test_an_item_shows_its_parties_with_their_words_and_who_is_missing() -> None:
    seen = item(found(report(EDUCATION, words=[words(11, "已资助")])), 11)
    assert [(party.unit, party.owes) for party in seen.parties] == [(EDUCATION, False), (FINANCE, True)]
    assert [party.unit for party in seen.leads] == [EDUCATION]
    told = seen.parties[0].words
    assert told
    assert told.what.progress == "已资助"
    assert seen.missing == (FINANCE,)


@pytest.mark.parametrize(("value", "behind", "light"), [("9", True, Light.YELLOW), ("13", False, None)])
def test_a_figure_is_held_against_what_is_due(value: str, behind: bool, light: Light | None) -> None:
    seen = item(found(report(EDUCATION, figures=[figure(value)]), progress=(("2020Q2", 50),)), 7)
    ((target, (measured,)),) = seen.figures
    assert (target, measured.unit, measured.told.what.value) == (ITEMS[0].targets[0], EDUCATION, Decimal(value))
    assert (seen.behind, seen.light) == (behind, light)


def test_a_figure_in_another_measure_is_behind_nothing() -> None:
    seen = item(found(report(EDUCATION, figures=[figure("1") | {"measure": "个"}]), progress=(("2020Q2", 50),)), 7)
    ((_, (measured,)),) = seen.figures
    assert (measured.reach, measured.behind, seen.behind, seen.light) == (None, False, False, None)


def test_the_figures_of_those_who_lead_come_before_those_of_others() -> None:
    shared = ITEMS[0].__class__(7, "教育", "新建", (EDUCATION,), (FINANCE,), targets=ITEMS[0].targets)
    registry = office().registry.__class__((shared,), office().registry.units)
    by_both = (report(FINANCE, figures=[figure("5")]), report(EDUCATION, figures=[figure("9")]))
    by_one = by_both[:1]
    units = [
        [one.unit for _, measured in item(found(*drafts, registry=registry), 7).figures for one in measured]
        for drafts in (by_both, by_one, ())
    ]
    assert units == [[EDUCATION], [FINANCE], []]


def test_a_nil_report_is_told_apart_from_one_without_words() -> None:
    quiet = found(report(EDUCATION, nil=True), report(FINANCE))
    seen = item(quiet, 11)
    assert (seen.nil, seen.silent, seen.missing) == ((EDUCATION,), (FINANCE,), ())
    assert [one.indicator for one in item(quiet, 7).unfilled] == []
    back = act(Kind.SUBMISSION_SENT_BACK, EDUCATION, "2020-06-25T09:00", reason="x")
    seen = item(found(report(EDUCATION, nil=True), back), 11)
    assert (seen.nil, seen.returned) == ((), (EDUCATION,))


@pytest.mark.parametrize(
    ("drafts", "unfilled"),
    [
        ([], []),
        ([report(EDUCATION)], ["新建"]),
        ([report(EDUCATION, figures=[figure("9")])], []),
        ([report(EDUCATION, refused=[refused("约9")])], []),
        ([report(EDUCATION), act(Kind.SUBMISSION_SENT_BACK, EDUCATION, "2020-06-25T09:00", reason="x")], []),
        ([act(Kind.OBLIGATION_EXEMPTED, EDUCATION, "2020-06-20T09:00", reason="x")], []),
    ],
)
def test_a_target_is_unfilled_where_the_leads_report_has_no_figure(drafts: list[Draft], unfilled: list[str]) -> None:
    assert [one.indicator for one in item(found(*drafts), 7).unfilled] == unfilled


def test_sections_come_in_the_notices_order() -> None:
    assert [(name, [one.item.no for one in items]) for name, items in found().sections] == [
        ("教育", [7, 11]),
        ("社会保障", [18, 19]),
    ]


def test_before_the_deadline_nobody_is_late_and_after_it_who_owes_is() -> None:
    assert found(now=BEFORE).overdue == ()
    late = report(FINANCE, when="2020-07-01T09:00")
    after = found(report(EDUCATION), late)
    assert [unit.unit for unit in after.overdue] == [HEALTH]
    assert after.by_reporting[Reporting.LATE] == (FINANCE,)
    assert [one.obligation.item for one in after.overdue_items(after.overdue[0])] == [18, 19]
    assert item(after, 18).light is Light.RED


def test_an_extension_moves_the_day_on_which_a_unit_is_late() -> None:
    extended = act(Kind.OBLIGATION_EXTENDED, HEALTH, "2020-06-20T09:00", until="2020-07-10", reason="x")
    assert HEALTH not in [unit.unit for unit in found(extended).overdue]


def test_units_stand_as_status_says() -> None:
    assert [unit.standing for unit in found(report(EDUCATION)).units] == [
        Standing.RECEIVED,
        Standing.MISSING,
        Standing.MISSING,
    ]


def test_every_unit_that_owes_reports_keeps_the_deadline_in_one_way() -> None:
    exempt = act(Kind.OBLIGATION_EXEMPTED, HEALTH, "2020-06-20T09:00", reason="x")
    seen = found(report(EDUCATION), report(FINANCE, 11, when="2020-07-01T09:00"), exempt)
    assert [unit.unit for unit in seen.obliged] == [EDUCATION, FINANCE]
    told = {how: names for how, names in seen.by_reporting.items() if names}
    assert told == {Reporting.IN_TIME: (EDUCATION,), Reporting.PARTIAL: (FINANCE,)}
    assert set(seen.by_reporting) == set(Reporting)


@pytest.mark.parametrize(
    ("drafts", "now", "how"),
    [
        ([], BEFORE, Reporting.OPEN),
        ([], AFTER, Reporting.MISSING),
        ([report(FINANCE, 11)], BEFORE, Reporting.OPEN),
        ([report(FINANCE, 11)], AFTER, Reporting.PARTIAL),
        ([report(FINANCE, when="2020-07-01T09:00")], AFTER, Reporting.LATE),
        ([report(FINANCE), act(Kind.SUBMISSION_SENT_BACK, FINANCE, "2020-06-25T09:00", reason="x")], AFTER, Reporting.RETURNED),
        ([act(Kind.OBLIGATION_EXTENDED, FINANCE, "2020-06-25T09:00", reason="x", until="2020-07-10")], AFTER, Reporting.OPEN),
    ],
)  # fmt: skip
def test_missing_left_out_late_and_sent_back_are_told_apart(drafts: list[Draft], now: Any, how: Reporting) -> None:
    assert FINANCE in found(*drafts, now=now).by_reporting[how]


def test_what_was_sent_back_is_not_missing() -> None:
    back = act(Kind.SUBMISSION_SENT_BACK, FINANCE, "2020-06-25T09:00", reason="x")
    seen = item(found(report(FINANCE), back), 11)
    assert (seen.missing, seen.returned) == ((EDUCATION,), (FINANCE,))


def test_without_a_figure_nothing_is_known_of_progress() -> None:
    assert not item(found(report(EDUCATION)), 7).measured
    assert item(found(report(EDUCATION, figures=[figure("9")])), 7).measured


def test_a_figure_of_the_only_lead_needs_no_name() -> None:
    seen = item(found(), 7)
    assert not seen.ambiguous(EDUCATION)
    assert seen.ambiguous(FINANCE)


def test_a_figure_that_was_sent_back_counts_for_nothing_and_stays_visible() -> None:
    back = act(Kind.SUBMISSION_SENT_BACK, EDUCATION, "2020-06-21T09:00", 7, reason="x")
    by_school = report(EDUCATION, figures=[figure("1")], words=[words(11, "已资助")])
    seen = found(by_school, back, now=BEFORE, progress=(("2020Q2", 50),))
    ((_, (measured,)),) = item(seen, 7).figures
    assert (measured.returned, measured.reach, measured.told.what.value) == (True, None, 1)
    assert (item(seen, 7).behind, item(seen, 7).measured, item(seen, 7).light) == (False, False, None)
    assert [item(seen, no).shows_returned for no in (7, 11)] == [True, False]


def test_a_figure_that_was_refused_is_told_of_the_unit_that_filled_it_in() -> None:
    seen = item(found(report(EDUCATION, refused=[refused("约9")])), 7)
    assert [(one.unit, one.target.indicator, one.told.what.text) for one in seen.refused] == [
        (EDUCATION, "新建", "约9")
    ]
    assert (seen.measured, seen.silent) == (False, ())


def test_a_cooperating_units_refused_figure_counts_where_no_lead_has_one() -> None:
    both = ITEMS[0].__class__(7, "教育", "新建", (EDUCATION,), (FINANCE,), targets=ITEMS[0].targets)
    registry = office().registry.__class__((both,), office().registry.units)
    helped = report(FINANCE, refused=[refused("约5")])
    alone = item(found(helped, registry=registry), 7)
    beside = item(found(helped, report(EDUCATION, figures=[figure("9")]), registry=registry), 7)
    assert [[one.unit for one in seen.refused] for seen in (alone, beside)] == [[FINANCE], []]
    assert [sorted(seen.told_by(both.targets[0])) for seen in (alone, beside)] == [[FINANCE], [EDUCATION]]


def test_nothing_is_overdue_of_who_still_has_time() -> None:
    more = act(Kind.OBLIGATION_EXTENDED, FINANCE, "2020-06-20T09:00", until="2020-07-10", reason="x")
    seen = item(found(more), 11)
    assert (seen.missing, seen.awaited, seen.overdue) == ((EDUCATION, FINANCE), (FINANCE,), (EDUCATION,))
    assert item(found(now=BEFORE), 11).overdue == ()

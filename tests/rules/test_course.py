"""The course of a figure over the year's quarters: what was due, what was reported, how it stands, and the lights."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from courses import AFTER, BEFORE, LIMIT, PROGRESS, TWO_LEADS, Seen, figure, later, report, words
from world import EDUCATION, FINANCE, HEALTH, PERIODS, act, at, duties, office

from cuibao.rules.course import gravest, said_over
from cuibao.rules.entries import Kind
from cuibao.rules.progress import Light
from cuibao.rules.quarter import quarter
from cuibao.rules.registry import Duty, Registry, Target


def test_a_course_has_a_point_for_every_quarter_with_what_was_due() -> None:
    seen = Seen(report(EDUCATION, figures=[figure("9")]), later("20"), period=1, now=at("2020-10-09T10:00"))
    points = seen.course().points
    assert [(point.period.key, point.due) for point in points] == list(PROGRESS)
    assert [point.reach and (point.reach.value, point.reach.behind) for point in points] == [
        (9, True),
        (20, False),
        None,
    ]


def test_the_newest_figure_is_that_of_the_quarter_or_an_earlier_one_never_a_later_one() -> None:
    drafts = (report(EDUCATION, figures=[figure("9")]), later("20"))
    found = [Seen(*drafts, period=place).course().newest for place in range(3)]
    assert [one and one.period.key for one in found] == ["2020Q2", "2020Q3", "2020Q3"]
    assert Seen(later("20")).course().newest is None


def test_last_years_figure_is_asked_for_by_unit_target_and_quarter() -> None:
    seen = Seen()
    asked = []

    def last_year(unit: str, target: Target, period: Any) -> Decimal:
        asked.append((unit, target.indicator, period.key))
        return Decimal(8)

    ((_, (course,)),) = replace(seen.courses, last_year=last_year).of_item(seen.quarter.items[0])
    assert asked == [(EDUCATION, "新建", key) for key, _ in PROGRESS]
    assert course.here.last_year == 8


def test_a_figure_in_another_measure_is_told_and_held_against_nothing() -> None:
    point = Seen(report(EDUCATION, figures=[figure("1", measure="个")])).course().here
    assert point.told
    assert (point.told.what.measure, point.reach) == ("个", None)


def test_a_figure_that_was_sent_back_is_told_and_lights_nothing() -> None:
    back = act(Kind.SUBMISSION_SENT_BACK, EDUCATION, "2020-06-21T09:00", 7, reason="请核实")
    course = Seen(report(EDUCATION, figures=[figure("9")]), back, now=BEFORE).course()
    assert course.here.told
    assert (course.here.told.returned, course.here.reach, course.light) == (True, None, None)


def test_two_leads_have_a_course_each_be_it_empty_and_who_cooperates_only_where_its_figure_counts() -> None:
    both = Seen(report(FINANCE, figures=[figure("5")]), report(HEALTH, figures=[figure("9")]), items=(TWO_LEADS,))
    assert [one.party.unit for one in both.of_item()[0][1]] == [EDUCATION, HEALTH]
    alone = Seen(report(FINANCE, figures=[figure("5")]), items=(TWO_LEADS,))
    assert [one.party.unit for one in alone.of_item()[0][1]] == [EDUCATION, HEALTH, FINANCE]


def test_a_limit_is_behind_only_when_it_is_passed() -> None:
    item = replace(TWO_LEADS, lead=(EDUCATION,), targets=(LIMIT,))

    def light(value: str) -> Light | None:
        said = figure(value, indicator="投诉件", measure="件")
        return Seen(report(EDUCATION, figures=[said]), items=(item,)).course().light

    assert (light("20"), light("21")) == (None, Light.YELLOW)


def test_a_course_is_lit_red_when_overdue_yellow_when_behind_and_blue_near_the_limit() -> None:
    assert Seen().course().light is Light.RED
    assert Seen(now=at("2020-06-29T10:00")).course().light is Light.BLUE
    assert Seen(now=BEFORE).course().light is None
    assert Seen(report(EDUCATION, figures=[figure("9")])).course().light is Light.YELLOW


def test_a_unit_that_is_only_informed_is_lit_for_its_figures_alone() -> None:
    item = replace(TWO_LEADS, lead=(EDUCATION,))
    units = tuple(replace(one, duty=Duty.INFORM) for one in office().registry.units)
    seen = Seen(items=(item,))
    seen.office = replace(seen.office, registry=Registry((item,), units))
    seen.quarter = quarter(seen.office, duties(seen.office), seen.book, PERIODS[0], AFTER)
    assert seen.course().light is None


def test_a_unit_has_a_part_in_every_item_and_courses_where_it_leads_or_has_figures() -> None:
    second = replace(TWO_LEADS, no=8, lead=(HEALTH,), cooperating=(EDUCATION,))
    third = replace(TWO_LEADS, no=9, lead=(EDUCATION,), cooperating=())
    items = (second, third)
    seen = Seen(items=items), Seen(report(EDUCATION, figures=[figure("5", 8)]), items=items)
    assert [[(part.item.no, len(part.courses)) for part in one.of_unit(EDUCATION)] for one in seen] == [
        [(8, 0), (9, 1)],
        [(8, 1), (9, 1)],
    ]


def test_an_item_without_targets_has_no_course() -> None:
    seen = Seen()
    assert seen.of_item(11) == []
    assert [len(part.courses) for part in seen.of_unit(EDUCATION)] == [1, 0]


def test_the_lights_of_a_unit_are_by_item_and_the_gravest_counts() -> None:
    parts = Seen(report(EDUCATION, 7, figures=[figure("9")])).of_unit(EDUCATION)
    assert [part.light for part in parts] == [Light.YELLOW, Light.RED]
    assert gravest(part.light for part in parts) is Light.RED
    assert gravest([None]) is None


def test_words_come_by_unit_leads_first_and_the_latest_quarter_first() -> None:
    drafts = (
        report(FINANCE, words=[words(7, "已拨付")]),
        report(EDUCATION, words=[words(7, "开工9所")]),
        replace(report(EDUCATION, words=[words(7, "开工20所")]), period="2020Q3"),
    )
    seen = Seen(*drafts, items=(TWO_LEADS,))
    told = said_over(seen.quarter.items[0], seen.book, PERIODS)
    assert [(one.party.unit, one.period.key, one.told.what.progress) for one in told] == [
        (EDUCATION, "2020Q3", "开工20所"),
        (EDUCATION, "2020Q2", "开工9所"),
        (FINANCE, "2020Q2", "已拨付"),
    ]

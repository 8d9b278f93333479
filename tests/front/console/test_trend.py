"""The small chart of a course: bars or dots in the right places, and the same in words."""

from dataclasses import replace
from decimal import Decimal

import pytest
from courses import LIMIT, Seen, figure, later, report
from world import EDUCATION, ITEMS

from cuibao.front.console.trend import FLOOR, TOP, draw
from cuibao.rules.course import Course
from cuibao.rules.registry import Comparison, Item, Target

SHARE = Target("参保率", Comparison.AT_LEAST, Decimal(98), "%")


def course(value: str, target: Target = ITEMS[0].targets[0]) -> Course:
    item = Item(7, "教育", "新建", (EDUCATION,), targets=(target,))
    said = figure(value, indicator=target.indicator, measure=target.measure)
    return Seen(report(EDUCATION, figures=[said]), items=(item,)).course()


def test_bars_stand_on_the_floor_and_reach_their_share_of_the_target() -> None:
    seen = draw(Seen(report(EDUCATION, figures=[figure("5")]), later("25")).course())
    assert [(mark.label, mark.behind, mark.y + mark.height) for mark in seen.marks] == [
        ("5", True, FLOOR),
        ("25", False, FLOOR),
    ]
    assert seen.marks[0].height == pytest.approx((FLOOR - TOP) / 5)
    assert (seen.marks[1].y, seen.target.at, seen.target.words) == (TOP, TOP, "目标25")


def test_what_is_due_rises_to_the_target_at_the_years_end() -> None:
    seen = draw(course("9"))
    ends = [step.split()[1] for step in seen.due.replace("M", "L").split("L")[1:]]
    assert [float(end) for end in ends] == pytest.approx([51, 33.5, 16])


def test_a_figure_above_the_target_makes_room_for_itself() -> None:
    seen = draw(course("50"))
    assert (seen.marks[0].y, seen.target.at) == (TOP, (TOP + FLOOR) / 2)


def test_a_limit_has_a_line_and_no_slope_and_what_passes_it_is_marked() -> None:
    below, above = draw(course("12", LIMIT)), draw(course("21", LIMIT))
    assert (below.due, below.target.words, below.marks[0].behind, above.marks[0].behind) == ("", "上限20", False, True)
    assert below.summary == "投诉件不超过20件；第二季度为12件，未超上限"


def test_a_limit_of_nothing_can_be_drawn() -> None:
    none = replace(LIMIT, value=Decimal(0))
    assert [draw(course(value, none)).marks[0].height for value in ("0", "3")] == [0, FLOOR - TOP]


def test_shares_are_levels_joined_by_a_line_and_no_part_of_them_is_due() -> None:
    seen = draw(course("95", SHARE))
    assert (seen.share, seen.line[0], draw(course("9")).line) == (True, "M", "")
    assert (seen.due, seen.summary) == ("", "参保率不低于98%；第二季度达到95%，未达目标")


def test_without_figures_target_and_slope_are_drawn_and_it_is_said() -> None:
    seen = draw(Seen().course())
    assert seen.silent
    assert (seen.marks, bool(seen.due), seen.summary) == ((), True, "新建不少于25所；尚无完成数")


def test_a_figure_in_another_measure_is_said_and_not_drawn() -> None:
    seen = draw(Seen(report(EDUCATION, figures=[figure("9", measure="个")])).course())
    assert not seen.silent
    assert (seen.marks, seen.summary) == ((), "新建不少于25所；第二季度累计完成9个，计量单位与目标不一致")


def test_a_long_number_stands_at_the_axis_without_its_word() -> None:
    many = replace(ITEMS[0].targets[0], value=Decimal(14500))
    assert draw(course("9", many)).target.words == "14500"


def test_last_year_is_drawn_and_said_where_it_is_known() -> None:
    plain = course("9")
    points = tuple(replace(point, last_year=Decimal(8)) for point in plain.points[:1]) + plain.points[1:]
    seen = draw(replace(plain, points=points))
    assert [mark.words for mark in seen.before] == ["第二季度的上年同期8所"]
    assert seen.summary.endswith("第二季度累计完成9所，完成率36%，序时进度50%，进度滞后，上年同期8所")

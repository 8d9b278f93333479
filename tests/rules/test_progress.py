"""Which figures and words stand, where they came from, and how far a target is reached."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from world import EDUCATION, HEALTH, PERIODS, Log, act, at

from cuibao.rules.entries import Draft, Kind
from cuibao.rules.progress import (
    Figure,
    Light,
    Reported,
    Words,
    doc_to_figure,
    due_share,
    figure_to_doc,
    light,
    plain,
    reach,
    words_to_doc,
)
from cuibao.rules.registry import Comparison, Target

LAST_DAY = date(2020, 6, 30)


def figure(value: str, item: int = 7) -> dict[str, Any]:
    return {"item": item, "indicator": "新建", "value": value, "measure": "所"}


def report(moment: str, *figures: dict[str, Any], period: str = "2020Q2", **data: Any) -> Draft:
    return act(Kind.SUBMISSION_RECEIVED, EDUCATION, moment, period=period, figures=list(figures), sha256="ab", **data)


def reported(*drafts: Draft) -> Reported:
    log = Log()
    log.append(drafts)
    return log.book().reported


def test_the_latest_report_stands_and_keeps_what_it_replaced() -> None:
    found = reported(report("2020-06-20T09:00", figure("12")), report("2020-06-21T09:00", figure("13")))
    told = found.figure(EDUCATION, "2020Q2", 7, "新建")
    assert told
    assert told.what == Figure(7, "新建", Decimal(13), "所")
    assert (told.source.seq, told.source.sha256, told.source.kind) == (2, "ab", Kind.SUBMISSION_RECEIVED)
    assert [(old.value, source.seq) for old, source in told.replaced] == [(Decimal(12), 1)]


def test_an_officers_figure_stands_over_the_units_with_its_reason() -> None:
    by_officer = act(Kind.FIGURE_SET, EDUCATION, "2020-06-22T09:00", 7, **figure("14"), reason="电话核实")
    told = reported(report("2020-06-20T09:00", figure("12")), by_officer).figure(EDUCATION, "2020Q2", 7, "新建")
    assert told
    assert (told.what.value, told.source.reason, len(told.replaced)) == (Decimal(14), "电话核实", 1)


def returned(*drafts: Draft) -> bool:
    told = reported(report("2020-06-20T09:00", figure("12")), *drafts).figure(EDUCATION, "2020Q2", 7, "新建")
    assert told
    return told.returned


def sent_back(moment: str, *items: int) -> Draft:
    return act(Kind.SUBMISSION_SENT_BACK, EDUCATION, moment, *items, reason="数字有误")


def accepted(moment: str, *items: int) -> Draft:
    return act(Kind.SUBMISSION_ACCEPTED, EDUCATION, moment, *items)


BACK = sent_back("2020-06-21T09:00")


@pytest.mark.parametrize(
    ("drafts", "so"),
    [
        ([], False),
        ([BACK], True),
        ([sent_back("2020-06-21T09:00", 7)], True),
        ([sent_back("2020-06-21T09:00", 11)], False),
        ([BACK, report("2020-06-22T09:00", figure("12"))], False),
        ([BACK, report("2020-06-22T09:00")], True),
        ([BACK, accepted("2020-06-22T09:00", 7)], False),
        ([BACK, accepted("2020-06-22T09:00", 11)], True),
        ([BACK, report("2020-06-22T09:00"), accepted("2020-06-23T09:00")], True),
        ([act(Kind.FIGURE_SET, EDUCATION, "2020-06-20T10:00", 7, **figure("14"), reason="电话核实"), BACK], False),
        ([BACK, act(Kind.FIGURE_SET, EDUCATION, "2020-06-22T09:00", 7, **figure("14"), reason="电话核实")], False),
    ],
)
def test_a_figure_that_was_sent_back_is_so_until_it_is_told_again(drafts: list[Draft], so: bool) -> None:
    assert returned(*drafts) is so


def test_words_that_were_sent_back_are_so_too() -> None:
    said = report(
        "2020-06-20T09:00", words=[words_to_doc(7, Words("已开工", "", "")), words_to_doc(11, Words("x", "", ""))]
    )
    found = reported(said, sent_back("2020-06-21T09:00", 7))
    seven, eleven = (found.said(EDUCATION, "2020Q2", item) for item in (7, 11))
    assert seven
    assert eleven
    assert (seven.returned, eleven.returned) == (True, False)


def test_words_that_nobody_can_see_are_none() -> None:
    said = report("2020-06-20T09:00", words=[words_to_doc(7, Words("\u202e\x07", " \u3000", "\n"))])
    assert reported(said).said(EDUCATION, "2020Q2", 7) is None


@pytest.mark.parametrize(
    ("drafts", "nil"),
    [
        ([], (False, False)),
        ([report("2020-06-20T09:00", nil=True)], (True, True)),
        ([act(Kind.SUBMISSION_RECEIVED, EDUCATION, "2020-06-20T09:00", 11, nil=True)], (False, True)),
        ([report("2020-06-20T09:00", nil=True), report("2020-06-21T09:00")], (False, False)),
        (
            [
                report("2020-06-20T09:00", nil=True),
                act(Kind.SUBMISSION_RECEIVED, EDUCATION, "2020-06-21T09:00", 7, nil=False),
            ],
            (False, True),
        ),
        ([report("2020-06-20T09:00"), report("2020-06-21T09:00", nil=True)], (True, True)),
        ([report("2020-06-20T09:00", words=[words_to_doc(7, Words("零报告，资金未到位", "", ""))])], (True, False)),
    ],
)
def test_a_nil_report_is_one_until_another_covers_the_item(drafts: list[Draft], nil: tuple[bool, bool]) -> None:
    found = reported(*drafts)
    assert (found.nil(EDUCATION, "2020Q2", 7), found.nil(EDUCATION, "2020Q2", 11)) == nil
    assert not found.nil(EDUCATION, "2020Q3", 7)


def test_a_figure_that_was_sent_back_is_no_measure_for_the_next() -> None:
    later = report("2020-09-20T09:00", figure("15"), period="2020Q3")
    back = act(Kind.SUBMISSION_SENT_BACK, EDUCATION, "2020-09-21T09:00", period="2020Q3", reason="x")
    found = reported(report("2020-06-20T09:00", figure("12")), later, back)
    told = found.before(EDUCATION, PERIODS, "2020Q4", 7, "新建")
    assert told
    assert told.what.value == 12


def test_a_figure_that_is_no_number_replaces_nothing() -> None:
    found = reported(report("2020-06-20T09:00", figure("12")), report("2020-06-21T09:00", figure("many")))
    told = found.figure(EDUCATION, "2020Q2", 7, "新建")
    assert told
    assert (told.what.value, told.replaced) == (Decimal(12), ())


def test_a_later_report_without_a_figure_leaves_the_earlier_one() -> None:
    found = reported(report("2020-06-20T09:00", figure("12")), report("2020-06-21T09:00"))
    assert found.figure(EDUCATION, "2020Q2", 7, "新建")
    assert found.figure(HEALTH, "2020Q2", 7, "新建") is None


def test_words_stand_by_item_and_empty_ones_replace_nothing() -> None:
    words = {"item": 7, "progress": "已开工", "problems": "", "next_steps": "九月完工"}
    empty = {"item": 7, "progress": "", "problems": "", "next_steps": ""}
    found = reported(report("2020-06-20T09:00", words=[words]), report("2020-06-21T09:00", words=[empty]))
    told = found.said(EDUCATION, "2020Q2", 7)
    assert told
    assert told.what == Words("已开工", "", "九月完工")
    assert words_to_doc(7, told.what) == words
    assert found.said(EDUCATION, "2020Q2", 11) is None


def test_the_last_periods_figure_is_the_latest_earlier_one() -> None:
    found = reported(
        report("2020-06-20T09:00", figure("12")), report("2020-12-20T09:00", figure("25"), period="2020Q4")
    )
    before = found.before(EDUCATION, PERIODS, "2020Q4", 7, "新建")
    assert before
    assert before.what.value == 12
    assert found.before(EDUCATION, PERIODS, "2020Q2", 7, "新建") is None
    assert found.before(EDUCATION, PERIODS, "another", 7, "新建") == found.figure(EDUCATION, "2020Q4", 7, "新建")


@pytest.mark.parametrize("kind", [Kind.SUBMISSION_ACCEPTED, Kind.NOTE_ADDED])
def test_an_entry_of_another_kind_tells_no_figure(kind: Kind) -> None:
    found = Reported()
    found.take(Log().append([act(kind, EDUCATION, "2020-06-20T09:00", figures=[figure("1")])])[0])
    assert not found.figures


@pytest.mark.parametrize(
    ("text", "value"), [("14500", "14500"), ("98.50", "98.5"), ("0.00", "0"), ("1E+2", "100"), ("100", "100")]
)
def test_a_figure_is_written_as_people_write_it(text: str, value: str) -> None:
    doc = figure_to_doc(Figure(7, "新建", Decimal(text), "所"))
    assert doc == figure(value)
    assert doc_to_figure(doc) == Figure(7, "新建", Decimal(value), "所")
    assert plain(Decimal(text)) == value


@pytest.mark.parametrize("text", ["", "many", "NaN", "Infinity"])
def test_what_is_no_number_is_no_figure(text: str) -> None:
    assert doc_to_figure(figure(text)) is None


@pytest.mark.parametrize(
    ("comparison", "goal", "value", "due", "percent", "behind", "met"),
    [
        (Comparison.AT_LEAST, "200", "100", 50, "50.0", False, False),
        (Comparison.AT_LEAST, "200", "99", 50, "49.5", True, False),
        (Comparison.AT_LEAST, "200", "201", 100, "100.5", False, True),
        (Comparison.AT_LEAST, "2416", "1207", 50, "49.9", True, False),
        (Comparison.AT_LEAST, "14500", "14494", 100, "99.9", True, False),
        (Comparison.AT_LEAST, "14500", "7", 50, "0.0", True, False),
        (Comparison.EQUAL, "3", "1", 50, "33.3", True, False),
        (Comparison.AT_MOST, "4.5", "3.9", 50, None, False, True),
        (Comparison.AT_MOST, "4.5", "4.6", 50, None, True, False),
        (Comparison.AT_MOST, "0", "0", 50, None, False, True),
        (Comparison.EQUAL, "0", "0", 50, None, False, True),
        (Comparison.EQUAL, "0", "3", 50, None, True, False),
        (Comparison.AT_LEAST, "0", "0", 100, None, False, True),
    ],
)
def test_how_far_a_target_is_reached(
    comparison: Comparison, goal: str, value: str, due: int, percent: str | None, behind: bool, met: bool
) -> None:
    found = reach(Target("新建", comparison, Decimal(goal), "所"), Decimal(value), due)
    assert found.percent == (None if percent is None else Decimal(percent))
    assert (found.behind, found.met) == (behind, met)


@pytest.mark.parametrize(
    ("value", "due", "behind", "met"),
    [("98", 50, False, True), ("60", 50, False, False), ("40", 50, True, False), ("97.9", 100, True, False)],
)
def test_a_share_is_no_part_of_the_year(value: str, due: int, behind: bool, met: bool) -> None:
    found = reach(Target("毛入学率", Comparison.AT_LEAST, Decimal(98), "%"), Decimal(value), due)
    assert found.percent is None
    assert (found.behind, found.met) == (behind, met)


def test_the_share_that_is_due_is_the_offices_or_the_whole() -> None:
    assert due_share((("2020Q2", 50),), "2020Q2") == 50
    assert due_share((("2020Q2", 50),), "2020Q4") == 100


@pytest.mark.parametrize(
    ("now", "owed", "behind", "shown"),
    [
        ("2020-06-27T23:59", True, False, None),
        ("2020-06-28T00:00", True, False, Light.BLUE),
        ("2020-06-28T00:00", True, True, Light.YELLOW),
        ("2020-06-28T00:00", False, False, None),
        ("2020-06-30T23:59", True, False, Light.BLUE),
        ("2020-07-01T00:00", True, True, Light.RED),
        ("2020-07-01T00:00", False, True, Light.YELLOW),
        ("2020-07-01T00:00", False, False, None),
    ],
)
def test_the_lights(now: str, owed: bool, behind: bool, shown: Light | None) -> None:
    assert light(at(now), LAST_DAY, owed=owed, behind=behind) is shown


def refused(item: int | None, text: str, wrong: str = "不是确数", indicator: str = "新建") -> dict[str, Any]:
    return {"item": item, "indicator": indicator, "text": text, "wrong": wrong}


def doubtful(*drafts: Draft, indicator: str = "新建") -> tuple[str, str] | None:
    told = reported(*drafts).refusal(EDUCATION, "2020Q2", 7, indicator)
    return (told.what.text, told.what.wrong) if told else None


FIRST = report("2020-06-20T09:00", refused=[refused(7, "约9")])


def test_what_was_filled_in_and_not_taken_is_known_until_a_figure_is_told() -> None:
    assert doubtful(FIRST) == ("约9", "不是确数")
    assert doubtful(FIRST, report("2020-06-21T09:00", figure("9"))) is None
    by_officer = act(Kind.FIGURE_SET, EDUCATION, "2020-06-22T09:00", 7, **figure("9"), reason="电话核实")
    assert doubtful(FIRST, by_officer) is None
    assert doubtful(report("2020-06-19T09:00", figure("9")), FIRST) == ("约9", "不是确数")
    assert doubtful(FIRST, report("2020-06-21T09:00", refused=[refused(7, "-5", "为负数")])) == ("-5", "为负数")


def test_two_numbers_for_one_figure_are_told_together() -> None:
    both = [refused(7, text, "同一指标填写不一致") for text in ("9", "13")]
    assert doubtful(report("2020-06-20T09:00", refused=both)) == ("9、13", "同一指标填写不一致")


def test_a_number_without_indicator_may_be_any_figure_that_is_wanting() -> None:
    nameless = report("2020-06-20T09:00", refused=[refused(7, "9", "未写明指标", indicator="")])
    assert doubtful(nameless) == ("9", "未写明指标")
    assert doubtful(nameless, report("2020-06-21T09:00", figure("9"))) is None


def test_a_number_of_no_item_and_an_entry_that_tells_of_none_refuse_nothing() -> None:
    assert doubtful(report("2020-06-20T09:00", refused=[refused(None, "9")])) is None
    assert doubtful(report("2020-06-20T09:00")) is None


def test_what_a_returned_report_filled_in_is_not_asked_about_until_that_report_is_accepted() -> None:
    back = act(Kind.SUBMISSION_SENT_BACK, EDUCATION, "2020-06-21T09:00", 7, reason="请核实")
    accepted = act(Kind.SUBMISSION_ACCEPTED, EDUCATION, "2020-06-22T09:00", 7, reason="已核实")
    assert doubtful(FIRST, back) is None
    assert doubtful(FIRST, back, accepted) == ("约9", "不是确数")
    other = act(Kind.SUBMISSION_SENT_BACK, EDUCATION, "2020-06-21T09:00", 11, reason="请核实")
    assert doubtful(FIRST, other) == ("约9", "不是确数")


@pytest.mark.parametrize(("value", "trace"), [("0", False), ("14", True), ("15", False)])
def test_less_than_a_tenth_of_a_percent_is_more_than_nothing(value: str, trace: bool) -> None:
    assert reach(Target("培训", Comparison.AT_LEAST, Decimal(14500), "人"), Decimal(value), 50).trace is trace


def test_without_a_share_of_the_year_there_is_no_trace_of_it() -> None:
    assert not reach(Target("参保率", Comparison.AT_LEAST, Decimal(95), "%"), Decimal(1), 50).trace


def test_an_old_figure_in_wide_percent_is_in_percent() -> None:
    kept = doc_to_figure(figure("95") | {"measure": "％"})
    assert kept
    assert kept.measure == "%"

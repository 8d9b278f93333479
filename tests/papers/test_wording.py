"""Numbers, dates, deadlines and targets in the words of an office."""

from datetime import date
from decimal import Decimal

import pytest

from cuibao.papers import wording
from cuibao.rules.period import Period
from cuibao.rules.registry import Comparison, Target

Q2 = Period("2020Q2", "第二季度", date(2020, 6, 30))
Q4 = Period("2020Q4", "第四季度", date(2020, 12, 30))


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ((), ""),
        ((7,), "第7项"),
        ((7, 8), "第7、8项"),
        ((7, 8, 9, 12), "第7—9、12项"),
        ((16, 31, 36), "第16、31、36项"),
        ((12, 7, 11, 9, 8, 10, 16, 7), "第7—12、16项"),
        ((1, 3, 4, 5, 7, 8), "第1、3—5、7、8项"),
    ],
)
def test_item_numbers_are_joined_where_three_or_more_follow_each_other(numbers, words):
    assert wording.item_ranges(numbers) == words


def test_a_date_has_no_zeros():
    assert wording.chinese_date(date(2020, 6, 5)) == "2020年6月5日"


def test_a_short_date_leaves_out_the_year():
    assert wording.short_date(date(2020, 6, 30)) == "6月30日"


def test_the_deadline_says_that_the_day_counts():
    assert wording.deadline_words(Q2) == "6月30日前（含当日）"


def test_the_deadline_says_that_the_day_does_not_count():
    assert (
        wording.deadline_words(Period("2020Q2", "第二季度", date(2020, 6, 30), inclusive=False))
        == "6月30日前（不含当日）"
    )


@pytest.mark.parametrize(
    ("period", "last_day", "words"),
    [
        (Q2, date(2020, 6, 30), "6月30日前（含当日）"),
        (Q2, date(2020, 7, 7), "7月7日前（含当日，原定6月30日）"),
        (Q4, date(2021, 1, 8), "2021年1月8日前（含当日，原定12月30日）"),
        (Period("2020Q2", "第二季度", date(2020, 6, 30), inclusive=False), date(2020, 6, 29), "6月30日前（不含当日）"),
    ],
)
def test_an_extended_deadline_stands_beside_the_printed_one(period, last_day, words):
    assert wording.effective_words(period, last_day) == words


@pytest.mark.parametrize(
    ("today", "days_left", "words"),
    [
        (date(2020, 6, 28), 2, "截至6月28日，距报送截止还有2个工作日"),
        (date(2020, 6, 30), 0, "报送将于6月30日截止"),
        (date(2020, 7, 1), -1, "报送时限6月30日已过"),
    ],
)
def test_the_time_left_is_told_in_working_days(today, days_left, words):
    assert wording.remaining_words(today, date(2020, 6, 30), days_left) == words


@pytest.mark.parametrize(
    ("comparison", "value", "measure", "words"),
    [
        (Comparison.AT_LEAST, "14500", "人", "培训不少于14500人"),
        (Comparison.AT_MOST, "5", "起", "培训不超过5起"),
        (Comparison.EQUAL, "23", "个", "培训23个"),
        (Comparison.AT_LEAST, "98.50", "%", "培训不低于98.5%"),
        (Comparison.AT_LEAST, "1E+3", "户", "培训不少于1000户"),
        (Comparison.EQUAL, "100", "", "培训100"),
        (Comparison.AT_MOST, "3", "‰", "培训不超过3‰"),
    ],
)
def test_a_target_says_which_way_it_is_meant(comparison, value, measure, words):
    assert wording.target_words(Target("培训", comparison, Decimal(value), measure)) == words


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "〇"),
        (1, "一"),
        (10, "十"),
        (12, "十二"),
        (20, "二十"),
        (45, "四十五"),
        (100, "一百"),
        (101, "一百零一"),
        (110, "一百一十"),
        (120, "一百二十"),
        (1005, "一千零五"),
        (1010, "一千零一十"),
        (2000, "二千"),
        (9999, "九千九百九十九"),
        (10000, "10000"),
    ],
)
def test_numbers_in_chinese(number: int, words: str) -> None:
    assert wording.chinese_number(number) == words


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("新建幼儿园", "“新建幼儿园”"),
        ("深化“三权分置”改革和“三变”改革", "“深化‘三权分置’改革和‘三变’改革”"),
        ("“甲‘乙’丙”", "“‘甲“乙”丙’”"),
    ],
)
def test_quotation_marks_within_others_are_single_ones(text: str, shown: str) -> None:
    assert wording.quoted(text) == shown


@pytest.mark.parametrize(
    ("value", "measure", "shown"),
    [
        ("14500", "人", "14500人"),
        ("62000", "人", "6.2万人"),
        ("62001", "人", "62001人"),
        ("10000", "人", "1万人"),
        ("9000", "人", "9000人"),
        ("350000000", "元", "3.5亿元"),
        ("354500000", "元", "35450万元"),
        ("-20000", "亩", "-2万亩"),
        ("350000", "万元", "350000万元"),
        ("62000.5", "亩", "62000.5亩"),
        ("20000", "%", "20000%"),
    ],
)
def test_large_round_numbers_are_counted_by_ten_thousands(value: str, measure: str, shown: str) -> None:
    assert wording.amount_words(Decimal(value), measure) == shown

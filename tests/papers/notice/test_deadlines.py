"""Deadlines in the ways that notices write them."""

from datetime import date

import pytest

from cuibao.papers.notice.deadlines import read_deadlines
from cuibao.papers.notice.draft import NoticeRefused, Question
from cuibao.papers.notice.source import Line
from cuibao.papers.notice.text import running
from cuibao.rules.period import Period

ISSUED = date(2021, 1, 20)


def read(words: str, issued_on: date | None = ISSUED) -> tuple[tuple[Period, ...], list[Question]]:
    """What a notice of 2021 with these words sets."""
    periods, questions, _ = read_deadlines(running([Line(words, "第2行")]), 2021, issued_on)
    return periods, questions


def days(words: str) -> list[tuple[str, str]]:
    return [(period.key[4:], period.deadline.isoformat()) for period in read(words)[0]]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("于6月30日、9月30日和12月20日前报送进展。", [("Q2", "06-30"), ("Q3", "09-30"), ("Q4", "12-20")]),
        ("6月底、12月底前报送进展。", [("Q2", "06-30"), ("Q4", "12-31")]),
        ("2021年7月10日前报送上半年进展。", [("Q2", "07-10")]),
        ("每季度末月25日前报送进展。", [("Q1", "03-25"), ("Q2", "06-25"), ("Q3", "09-25"), ("Q4", "12-25")]),
        ("每季度最后一个月的31日前报送进展。", [("Q1", "03-31"), ("Q2", "06-30"), ("Q3", "09-30"), ("Q4", "12-31")]),
        ("每季度末前报送进展。", [("Q1", "03-31"), ("Q2", "06-30"), ("Q3", "09-30"), ("Q4", "12-31")]),
        ("6月30日（星期三）、9月30日、12月20日前报送进展。", [("Q2", "06-30"), ("Q3", "09-30"), ("Q4", "12-20")]),
        ("分别于3、6、9、12月底前报送进展。", [("Q1", "03-31"), ("Q2", "06-30"), ("Q3", "09-30"), ("Q4", "12-31")]),
        ("各季度末25日前报送进展。", [("Q1", "03-25"), ("Q2", "06-25"), ("Q3", "09-25"), ("Q4", "12-25")]),
        ("每半年报送进展。", [("Q2", "06-30"), ("Q4", "12-31")]),
    ],
)
def test_quarters_are_read(words: str, expected: list[tuple[str, str]]) -> None:
    assert days(words) == [(key, f"2021-{day}") for key, day in expected]


@pytest.mark.parametrize(
    "words", ["每季度结束后5日内报送进展。", "每季度次月5日前报送进展。", "按季度于下季度首月5日前报送进展情况。"]
)
def test_a_quarter_may_be_reported_after_its_end(words: str) -> None:
    assert days(words) == [("Q1", "2021-04-05"), ("Q2", "2021-07-05"), ("Q3", "2021-10-05"), ("Q4", "2022-01-05")]


def test_a_day_of_next_year_closes_the_fourth_quarter() -> None:
    assert days("7月10日、次年1月10日前报送进展。") == [("Q2", "2021-07-10"), ("Q4", "2022-01-10")]
    assert days("1月10日前报送全年进展。") == [("Q4", "2022-01-10")]


def test_who_is_the_contact_may_stand_beside_a_deadline() -> None:
    assert days("按照实施方案要求，6月30日前报送进展，联系人：李四。") == [("Q2", "2021-06-30")]


def test_halves_are_called_halves() -> None:
    periods, questions = read("请按半年、年终报送工作总结，6月25日、12月15日前报送。")
    assert [period.name for period in periods] == ["上半年", "全年"]
    assert not questions


def test_the_last_working_day_of_a_quarter_is_asked_about() -> None:
    periods, (question,) = read("每季度末最后一个工作日前报送进展。")
    assert [period.deadline for period in periods] == [
        date(2021, month, 31 if month in (3, 12) else 30) for month in (3, 6, 9, 12)
    ]
    assert "最后一个工作日" in question.message


def test_working_days_are_asked_about() -> None:
    periods, questions = read("每季度结束后5个工作日内报送进展。")
    assert periods[0].deadline == date(2021, 4, 5)
    assert "工作日" in questions[0].message


def test_months_are_listed_and_asked_about() -> None:
    periods, questions = read("每月25日前报送进展。")
    assert [(period.key, period.deadline.day) for period in periods] == [(f"2021M{n:02d}", 25) for n in range(1, 13)]
    assert "按月" in questions[0].message
    assert read("每月底前报送进展。")[0][1].deadline == date(2021, 2, 28)
    assert read("每月5日前报送上月进展。")[0][-1].deadline == date(2022, 1, 5)


@pytest.mark.parametrize(
    "words",
    [
        "6月30日前报送联络员名单和进展联系人。",
        "6月30日前将联络员名单和进展安排报我办。",
        "6月30日前完成改造。",
        "6月30日前报送人员信息。",
        "请及时报送进展。",
    ],
)
def test_other_days_are_no_deadlines(words: str) -> None:
    assert read(words) == ((), [])


def test_what_had_passed_when_the_notice_was_issued_is_left_out_and_asked() -> None:
    periods, questions = read("3月31日、6月30日前报送进展。", date(2021, 4, 2))
    assert [period.key for period in periods] == ["2021Q2"]
    assert "2021-03-31早于通知印发之日" in questions[0].message


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("6月30日前报送进展。请于6月25日前报送二季度进展。", "第二季度"),
        ("每月25日前报送进展。每月20日前将进度报我办。", "1月份"),
    ],
)
def test_two_deadlines_that_contradict_each_other_are_refused(words: str, named: str) -> None:
    with pytest.raises(NoticeRefused, match=f"{named}的报送时限前后不一致") as refused:
        read(words)
    assert refused.value.place == "第2行"

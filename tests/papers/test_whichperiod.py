"""Which period and which year a mail names, where a notice has a first quarter and where years stand side by side."""

from dataclasses import replace
from datetime import date

import pytest
from world import EDUCATION

from cuibao.papers import mail as mails
from cuibao.papers.attachments import attach
from cuibao.papers.whichperiod import _OTHER_QUARTER, periods_in, quarters_named, which_period, years_named
from cuibao.papers.whose import View, Whose
from cuibao.rules.period import Period
from cuibao.rules.registry import Registry

OF_2021 = (
    Period("2021Q1", "第一季度", date(2021, 3, 31)),
    Period("2021Q2", "第二季度", date(2021, 6, 30)),
    Period("2021Q4", "第四季度", date(2021, 12, 20)),
)
OURS = Whose(EDUCATION, sure=True, disputed=False, letter=None, evidence=(), reasons=(), unknown_sender=False)


def view(periods: tuple[Period, ...] = OF_2021) -> View:
    return View(Registry((), ()), "a@b.example", r"^mx\d+$", {}, {}, {}, lambda _: None, periods)


def mail(subject: str = "报送", text: str = "", attachment: str = "") -> mails.Mail:
    plain = mails.Mail(message_id="<a@b>", in_reply_to="", subject=subject, sender="a@b.example", own_text=text)
    return replace(plain, attachments=(attach(attachment, b"x"),)) if attachment else plain


@pytest.mark.parametrize(
    "text", ["一季度完成情况", "第1季度报表", "2021年第一季度", "1—3月", "1月至3月份", "2021Q1", "Q1报表"]
)
def test_a_notice_with_a_first_quarter_knows_its_names(text: str) -> None:
    assert periods_in(text, view()) == {"2021Q1"}
    assert periods_in(text, view(OF_2021[1:])) == frozenset()


@pytest.mark.parametrize("subject", ["一季度完成情况", "2021年1—3月完成情况", "Q1报表"])
def test_the_first_quarter_is_strange_only_to_a_notice_that_has_none(subject: str) -> None:
    told = which_period(mail(subject), view(OF_2021[:1]), OURS)
    assert (told.sure, told.reasons) == (True, ())
    assert not which_period(mail(subject), view(OF_2021[1:]), OURS).sure


@pytest.mark.parametrize("subject", ["1—5月完成情况", "下半年完成情况", "一、二季度完成情况"])
def test_other_times_are_strange_to_it_all_the_same(subject: str) -> None:
    assert not which_period(mail(subject), view(), OURS).sure


@pytest.mark.parametrize(
    ("subject", "text", "attachment", "years"),
    [
        ("2020年第四季度完成情况", "", "", {2020}),
        ("2020年民生工作要点四季度完成情况", "", "", {2020}),
        ("2020Q4报表", "", "", {2020}),
        ("2021年通知要求补报2020年四季度", "", "", {2020, 2021}),
        ("2020年工作总结", "", "", set()),
        ("报送", "见附件", "2020年度第四季度.docx", {2020}),
        ("报送", "2020年四季度新增就业2000人。", "", {2020}),
        ("报送", "2021年一季度新增就业2000人。", "", {2021}),
        ("一季度", "新增就业2000人，较2020年四季度增长5%。", "", set()),
        ("一季度", "2020年四季度结转的3个项目已完成。", "", set()),
        ("报送", "项目2020年开工，四季度完工。", "", set()),
    ],
)
def test_the_year_of_a_quarter_is_the_mails_and_one_that_is_compared_with_is_not(
    subject: str, text: str, attachment: str, years: set[int]
) -> None:
    assert years_named(mail(subject, text, attachment)) == years


@pytest.mark.parametrize(
    ("subject", "text", "attachment", "quarters"),
    [
        ("第四季度完成情况", "一季度计划另报。", "", {4}),
        ("报送", "全文见附件", "1—6月.docx", {2}),
        ("报送", "一季度新增2000人，二季度新增3000人。", "", {1, 2}),
        ("报送", "较四季度增长5%。", "", set()),
        ("报送", "新增2000人。", "", set()),
    ],
)
def test_the_quarters_of_a_mail_are_those_of_the_first_place_that_names_any(
    subject: str, text: str, attachment: str, quarters: set[int]
) -> None:
    assert quarters_named(mail(subject, text, attachment)) == quarters


def test_a_quarter_for_which_the_notice_asks_nothing_goes_to_a_person() -> None:
    half_years = (OF_2021[1], OF_2021[2], Period("final", "总结", date(2021, 12, 30)))
    assert which_period(mail("上半年完成情况"), view(half_years), OURS).sure
    told = which_period(mail("三季度完成情况"), view(half_years), OURS)
    assert not told.sure
    assert told.reasons == ("信中写有“三季度”，与本通知的报送季度不符，请经办人核定",)


def test_a_token_that_ends_as_a_quarter_does_names_none() -> None:
    assert [
        bool(_OTHER_QUARTER.search(text)) for text in ("〔MS-V5RB9S16Q1〕", "MS-V5RB9S1AQ1", "2020Q1", "Q1报表")
    ] == [
        False,
        False,
        True,
        True,
    ]

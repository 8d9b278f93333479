"""Forms in mails: whose they make a mail, for which period, what they make certain and what they leave to a person."""

from dataclasses import replace
from typing import Any

import pytest
from forms import OTHERS, PLACES, PUPILS, SAID, SECOND, TOKEN, UNIT_VIEW, filled, made, mail_of, page, put
from world import EDUCATION

from cuibao.papers.figures import ALTERED, UNDECIDED, figures_of
from cuibao.papers.form.layout import Column
from cuibao.papers.judge import NOTHING_TAKEN, judge, with_figures
from cuibao.papers.mail import Mail
from cuibao.papers.whose import View
from cuibao.rules.verdict import Confidence, MailKind, Verdict


def judged(*data: bytes, **changes: Any) -> Verdict:
    found = mail_of(*data)
    plain = {"sender": "jyj@edu.example", "subject": "报送三季度完成情况", "message_id": "<1@edu.example>"}
    return judge(replace(found, **(plain | changes)), UNIT_VIEW)


def html_of(data: bytes, first: int = 3) -> str:
    rows = [["" if cell.value is None else str(cell.value) for cell in row] for row in page(data).iter_rows()]
    cells = ("".join(f"<td><p>{cell}</p></td>" for cell in row) for row in rows[first - 1 :])
    return f"<p>现将完成情况报上</p><table>{''.join(f'<tr>{row}</tr>' for row in cells)}</table>"


def text_of(data: bytes) -> str:
    rows = [["" if cell.value is None else str(cell.value) for cell in row] for row in page(data).iter_rows()]
    return "现将完成情况报上：\n" + "\n".join("\t".join(row) for row in rows[2:])


def unmarked(sheet: Any) -> None:
    """As a form copied by hand: without its marks, whose text stands under the table."""
    sheet.delete_rows(sheet.max_row)


def test_a_forms_token_decides_whose_it_is_be_the_sender_known_or_not() -> None:
    found = judged(filled(), sender="somebody@163.example", subject="")
    assert (found.kind, found.confidence, found.unit, found.period) == (
        MailKind.SUBMISSION,
        Confidence.CERTAIN,
        EDUCATION,
        "2020Q3",
    )
    assert found.evidence[0].rule == "form_token"
    assert found.unknown_sender


def test_a_form_names_the_items_in_which_something_is_filled() -> None:
    assert judged(filled()).items == (7, 11, 18, 20, 31)


def test_a_complete_form_of_a_registered_sender_is_complete() -> None:
    assert judged(filled()).complete


def test_a_complete_form_of_a_stranger_is_not() -> None:
    assert not judged(filled(), sender="somebody@163.example").complete


def test_another_units_form_is_a_disagreement_without_figures() -> None:
    found = judged(filled(token=OTHERS))
    assert (found.unit, found.confidence, found.figures) == (None, Confidence.PROBABLE, ())
    assert "完成情况表中的标识指向市医保局" in found.reasons[0]


def test_the_name_over_a_form_without_marks_can_contradict() -> None:
    def foreign(sheet: Any) -> None:
        sheet["A2"] = "填报单位：市财政局"

    found = judged(filled(foreign))
    assert (found.unit, found.confidence) == (None, Confidence.PROBABLE)


ANSWERED = replace(UNIT_VIEW, by_message_id={"<a@163.example>": UNIT_VIEW.letters[TOKEN]})
"""A view that knows the letter of the third quarter by its Message-ID."""


def answered(*data: bytes, view: View = ANSWERED, **changes: Any) -> Verdict:
    """The judgement of a mail that answers the letter of the third quarter."""
    plain = {"sender": "jyj@edu.example", "subject": "报送", "in_reply_to": "<a@163.example>"}
    return judge(replace(mail_of(*data), **(plain | changes)), view)


def of_period(found: Verdict) -> list[tuple[str, str]]:
    return [(one.rule, one.value) for one in found.evidence if one.rule.startswith("period_")]


def test_the_form_of_another_quarter_than_the_words_name_goes_to_a_person_who_is_told_of_the_form() -> None:
    found = judged(filled(token=SECOND))
    assert (found.period, found.confidence) == ("2020Q2", Confidence.PROBABLE)
    assert found.reasons[0] == "信中所写季度（第三季度）与所附完成情况表（第二季度）不一致"
    assert of_period(found)[:2] == [("period_form", "2020Q2"), ("period_in_subject", "2020Q3")]


def test_forms_of_two_quarters_leave_the_quarter_to_a_person() -> None:
    found = judged(filled(), filled(token=SECOND))
    assert (found.unit, found.period, found.confidence) == (EDUCATION, None, Confidence.PROBABLE)
    assert found.reasons == ("附件为第二季度、第三季度的完成情况表，不能确定填报的是哪个季度",)


def test_an_old_form_in_answer_to_a_new_letter_leaves_the_quarter_to_a_person() -> None:
    found = answered(filled(put(PUPILS, "约500"), token=SECOND), subject="Re: 第三季度完成情况")
    assert (found.kind, found.unit, found.period) == (MailKind.SUBMISSION, EDUCATION, None)
    assert found.confidence is Confidence.PROBABLE
    assert found.reasons == ("附件为第二季度的完成情况表，所复发件为第三季度的函，不能确定填报的是哪个季度",)
    assert of_period(found)[:2] == [("period_form", "2020Q2"), ("period_token", "2020Q3")]
    assert found.figures == ()
    shown = {one.indicator: (one.text, one.wrong) for one in found.written}
    assert shown[PLACES] == ("4500", UNDECIDED)
    assert shown[PUPILS] == ("约500", UNDECIDED)


def test_an_old_form_beside_the_letters_own_leaves_that_letters_quarter_as_the_guess() -> None:
    found = answered(filled(token=SECOND), filled())
    assert (found.period, found.confidence) == ("2020Q3", Confidence.PROBABLE)
    assert found.reasons == ("附件中有第二季度、第三季度的完成情况表，所复发件为第三季度的函，请经办人核定",)
    assert len(found.figures) == 7
    assert "附件“完成情况表.xlsx”是市教育局第二季度的完成情况表，其中内容未予采用" in found.problems


def test_the_form_of_the_letter_that_is_answered_is_certain() -> None:
    found = answered(filled())
    assert (found.period, found.confidence) == ("2020Q3", Confidence.CERTAIN)
    assert of_period(found)[:2] == [("period_form", "2020Q3"), ("period_token", "2020Q3")]


def test_the_words_that_contradict_a_letter_without_a_form_are_told_so() -> None:
    found = answered(own_text="二季度新建幼儿园已开工18所。")
    assert (found.period, found.confidence) == ("2020Q3", Confidence.PROBABLE)
    assert found.reasons == ("信中所写季度（第二季度）与所复发件（第三季度）不一致",)


def test_an_old_form_that_an_officer_passes_on_leaves_the_quarter_open() -> None:
    inner = replace(mail_of(filled(token=SECOND)), sender="jyj@edu.example", in_reply_to="<a@163.example>")
    passed = Mail(sender=UNIT_VIEW.mailbox_address, subject="转发", message_id="<2@163.example>", enclosed=(inner,))
    found = judge(passed, ANSWERED)
    assert (found.unit, found.period, found.confidence) == (EDUCATION, None, Confidence.PROBABLE)


def adopted(*data: bytes, period: str = "2020Q3", **changes: Any) -> Verdict:
    """What an officer gets who has the form of another quarter adopted."""
    decided = Verdict(MailKind.SUBMISSION, Confidence.CERTAIN, EDUCATION, period)
    return with_figures(decided, replace(mail_of(*data), **changes), UNIT_VIEW, adopt=True)


def test_the_form_of_another_quarter_is_adopted_by_an_officers_word_and_told() -> None:
    found = adopted(filled(token=SECOND))
    assert (len(found.figures), len(found.words), found.adopted, found.complete) == (7, 5, True, False)
    assert found.problems == ("附件“完成情况表.xlsx”是第二季度的完成情况表，其中内容已按第三季度登记",)


def test_a_form_whose_title_alone_is_of_another_quarter_is_adopted_too() -> None:
    def older(sheet: Any) -> None:
        sheet["A1"] = "2020年民生工作要点第二季度完成情况表"

    assert adopted(filled(older)).adopted


def test_a_form_of_the_quarter_itself_goes_before_one_that_would_be_adopted() -> None:
    found = adopted(filled(), filled(put(PLACES, 4600), token=SECOND))
    assert (found.adopted, len(found.figures)) == (False, 7)
    assert any("其中内容未予采用" in problem for problem in found.problems)


@pytest.mark.parametrize("token", [OTHERS, "MS-7K2M9QXD4A"])
def test_no_officers_word_adopts_another_units_form_or_one_that_is_not_ours(token: str) -> None:
    found = adopted(filled(token=token))
    assert (found.adopted, found.figures) == (False, ())


def test_no_officers_word_adopts_another_years_form() -> None:
    def older(sheet: Any) -> None:
        sheet["A1"] = "2019年民生工作要点第三季度完成情况表"

    assert not adopted(filled(older)).adopted


def test_an_altered_token_leaves_the_mail_to_a_person() -> None:
    found = judged(filled(token="MS-7K2M9QXD4A"))
    assert (found.unit, found.confidence, found.figures) == (EDUCATION, Confidence.PROBABLE, ())
    assert NOTHING_TAKEN in found.reasons


def test_what_a_form_with_an_altered_token_says_is_shown_and_not_taken() -> None:
    found = judged(filled(put(PUPILS, "约500"), token="MS-7K2M9QXD4A"))
    shown = {one.indicator: (one.text, one.wrong) for one in found.written}
    assert (found.figures, found.words, len(shown)) == ((), (), 7)
    assert (shown[PLACES], shown[PUPILS]) == (("4500", ALTERED), ("约500", ALTERED))


def test_what_an_altered_form_says_beside_a_good_one_is_not_shown() -> None:
    found = judged(filled(put(PLACES, "约500")), filled(token="MS-7K2M9QXD4A"))
    assert [(one.indicator, one.wrong) for one in found.written] == [(PLACES, "不是确数")]


def test_a_form_of_another_year_goes_to_a_person() -> None:
    def older(sheet: Any) -> None:
        sheet["A1"] = "2019年民生工作要点第三季度完成情况表"

    found = judged(filled(older, token="MS-7K2M9QXD4A"))
    assert found.confidence is Confidence.PROBABLE
    assert (found.figures, found.written) == ((), ())
    assert any("2019年" in reason for reason in found.reasons)


def test_an_empty_form_alone_reports_nothing() -> None:
    found = judged(made())
    assert found.kind is MailKind.UNCLEAR
    assert any("没有填写任何内容" in reason for reason in found.reasons)


def test_a_form_all_of_whose_items_say_nil_is_a_nil_report() -> None:
    def nil(sheet: Any) -> None:
        for row in sheet.iter_rows(min_row=4):
            if row[6].value is not None and row[6].value != "—":
                row[6].value = None
            if row[8].value in SAID.values():
                row[8].value = "零报告：项目四季度开工"

    found = judged(filled(nil))
    assert (found.nil, found.figures) == (True, ())


def test_the_table_pasted_into_a_mail_is_read() -> None:
    html = html_of(filled(unmarked))
    found = judged(own_text=text_of(filled(unmarked)), html=html)
    assert (found.kind, len(found.figures)) == (MailKind.SUBMISSION, 7)
    assert any(one.rule == "form" for one in found.evidence)


def test_the_table_pasted_as_plain_text_is_read() -> None:
    found = judged(own_text=text_of(filled(unmarked)))
    assert (found.kind, len(found.figures), found.items) == (MailKind.SUBMISSION, 7, (7, 11, 18, 20, 31))


@pytest.mark.parametrize("as_html", [True, False], ids=["html", "text"])
@pytest.mark.parametrize(
    ("token", "why"),
    [
        ("MS-7K2M9QXD4A", "的标识与我办发件不符（可能被改动，或为往年的表），其中内容未予采用"),
        (SECOND, "是市教育局第二季度的完成情况表，其中内容未予采用"),
        (OTHERS, "是市医保局第三季度的完成情况表，其中内容未予采用"),
    ],
)
def test_a_pasted_form_under_another_token_is_told_and_not_taken(token: str, why: str, as_html: bool) -> None:
    data = filled(token=token)
    mail = Mail(own_text=text_of(data), html=html_of(data) if as_html else "")
    found = figures_of(mail, UNIT_VIEW, EDUCATION, "2020Q3")
    assert (found.figures, found.complete) == ((), False)
    assert found.problems == (f"来信正文{why}",)


def test_an_altered_token_in_a_pasted_form_leaves_the_mail_to_a_person() -> None:
    data = filled(token="MS-7K2M9QXD4A")
    found = judged(own_text=text_of(data), html=html_of(data))
    assert (found.unit, found.confidence, found.figures) == (EDUCATION, Confidence.PROBABLE, ())
    assert NOTHING_TAKEN in found.reasons


def test_a_pasted_form_under_its_own_token_is_read() -> None:
    found = judged(own_text=text_of(filled()), html=html_of(filled()))
    assert len(found.figures) == 7


def test_the_rest_of_a_pasted_form_in_a_table_without_heads_is_told() -> None:
    rest = f"<table><tr>{'<td></td>' * 6}<td>5</td>{'<td></td>' * 4}</tr></table>"
    found = judged(own_text=text_of(filled(unmarked)) + "\n5", html=html_of(filled(unmarked)) + rest)
    assert (len(found.figures), found.complete) == (7, False)
    assert found.problems == ("来信正文中的完成情况表分为几段，后面一段没有表头，其中内容未予采用",)


def test_a_quoted_table_is_not_read_again() -> None:
    found = judged(own_text="收到，谢谢", html=html_of(filled(unmarked)))
    assert (found.kind, found.figures) == (MailKind.ACKNOWLEDGEMENT, ())


def test_a_form_in_an_enclosed_mail_is_read() -> None:
    inner = replace(mail_of(filled()), sender="jyj@edu.example", subject="三季度完成情况")
    found = judge(
        Mail(sender="jyj@edu.example", subject="转发", message_id="<2@edu.example>", enclosed=(inner,)), UNIT_VIEW
    )
    assert (found.kind, len(found.figures)) == (MailKind.SUBMISSION, 7)


def test_what_is_wrong_is_told_among_the_problems() -> None:
    found = judged(filled(put(PUPILS, "约500")))
    assert found.confidence is Confidence.CERTAIN
    assert found.problems == ("第11项“受助学生”填写的“约500”不是确数，未予采用，请核实后更正",)


@pytest.mark.parametrize("token", [TOKEN, SECOND])
def test_the_same_token_under_the_table_is_enough(token: str) -> None:
    def no_sheet(sheet: Any) -> None:
        del sheet.parent["催报标识"]
        sheet.parent.properties.subject = sheet.parent.properties.keywords = None

    assert judged(filled(no_sheet, token=token), sender="x@163.example", subject="").evidence[0].value == token


def test_words_are_kept_by_column() -> None:
    def hand(sheet: Any) -> None:
        put(PUPILS, "资金未到位", Column.PROBLEMS)(sheet)
        put(PUPILS, "10月底前发放", Column.NEXT)(sheet)

    said = dict(judged(filled(hand)).words)[11]
    assert (said.progress, said.problems, said.next_steps) == (SAID[11], "资金未到位", "10月底前发放")

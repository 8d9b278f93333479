"""Forms in mails: whose they make a mail, for which period, what they make certain and what they leave to a person."""

from dataclasses import replace
from typing import Any

import pytest
from forms import OTHERS, PUPILS, SAID, SECOND, TOKEN, UNIT_VIEW, filled, made, mail_of, page, put
from world import EDUCATION

from cuibao.papers.form.layout import Column
from cuibao.papers.judge import NOTHING_TAKEN, judge
from cuibao.papers.mail import Mail
from cuibao.papers.whose import MIXED
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


def test_the_form_of_another_quarter_goes_to_a_person() -> None:
    found = judged(filled(token=SECOND))
    assert (found.period, found.confidence) == ("2020Q2", Confidence.PROBABLE)


def test_forms_of_two_quarters_go_to_a_person() -> None:
    found = judged(filled(), filled(token=SECOND))
    assert found.confidence is Confidence.PROBABLE
    assert MIXED in found.reasons


def test_a_form_in_answer_to_another_quarters_letter_goes_to_a_person() -> None:
    view = replace(UNIT_VIEW, by_message_id={"<b@163.example>": UNIT_VIEW.letters[SECOND]})
    found = judge(
        replace(mail_of(filled()), sender="jyj@edu.example", subject="报送", in_reply_to="<b@163.example>"), view
    )
    assert MIXED in found.reasons
    assert found.confidence is Confidence.PROBABLE


def test_an_altered_token_leaves_the_mail_to_a_person() -> None:
    found = judged(filled(token="MS-7K2M9QXD4A"))
    assert (found.unit, found.confidence, found.figures) == (EDUCATION, Confidence.PROBABLE, ())
    assert NOTHING_TAKEN in found.reasons


def test_a_form_of_another_year_goes_to_a_person() -> None:
    def older(sheet: Any) -> None:
        sheet["A1"] = "2019年民生工作要点第三季度完成情况表"

    found = judged(filled(older, token="MS-7K2M9QXD4A"))
    assert found.confidence is Confidence.PROBABLE
    assert found.figures == ()
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

"""What a report in plain words says of each item."""

from dataclasses import replace

import pytest

from cuibao.papers.attachments import Attachment
from cuibao.papers.byitem import said_by_item
from cuibao.papers.form.layout import Table
from cuibao.papers.mail import Mail
from cuibao.rules.progress import Words

LETTER = """市民生办：

现将我单位第二季度民生工作完成情况报送如下：
第７项：新建幼儿园已开工9所，完成4所。
其余5所计划8月开工。
第11项：
（1）进展情况：已资助困难学生3600人。
（2）存在的问题：部分信息比对较慢。
（3）下一步打算：加快比对。
第18、19项：方案已印发实施。
第20项：数据正在核对，随后报送。

市教育局
"""


def said(text: str, *items: int) -> dict[int, Words]:
    return dict(said_by_item(Mail(own_text=text), items))


def attached(text: str, kind: str = "document", tables: tuple[Table, ...] = ()) -> Mail:
    return Mail(attachments=(Attachment("报告.docx", 1, "", kind, "kept", False, True, b"", text=text, tables=tables),))


def test_lines_that_begin_with_an_item_are_its_words() -> None:
    found = said(LETTER, 7, 11, 18, 19, 20)
    assert found[7].progress == "新建幼儿园已开工9所，完成4所。"
    assert found[11] == Words("已资助困难学生3600人。", "部分信息比对较慢。", "加快比对。")
    assert found[18].progress == found[19].progress == "方案已印发实施。"
    assert 20 not in found  # a promise tells nothing


def test_only_the_items_asked_for_are_told_and_nothing_without_a_head() -> None:
    assert list(said(LETTER, 7, 24)) == [7]
    assert said("我单位各项工作按计划推进，已完成计划的48%。", 7) == {}
    assert said("按照第7项要求，我局已完成9所。", 7) == {}


def test_what_goes_on_in_the_next_lines_belongs_to_it_until_the_letter_ends() -> None:
    found = said("第7项 已开工9所，\n总投资1.2亿元。\n二、下一步打算\n继续推进。", 7)
    assert found[7].progress == "已开工9所，\n总投资1.2亿元。"
    signed = said("第7项：已开工9所。\n芜湖市教育局\n2020年6月28日", 7)
    assert signed[7].progress == "已开工9所。"
    assert said("第7项：已开工9所。\n联系人：张某，电话0553-3830000", 7)[7].progress == "已开工9所。"


def test_an_item_named_twice_is_told_once_with_both() -> None:
    found = said("第7项：已开工9所。\n第11项：已资助3600人。\n第7项：已完成4所。\n第7项：已完成4所。", 7)
    assert found[7].progress == "已开工9所。\n已完成4所。"


@pytest.mark.parametrize("line", ["第7项：", "第7项。", "第7项：好。", "第7项：何时报送？"])
def test_what_tells_nothing_is_left_out(line: str) -> None:
    assert said(line, 7) == {}


def test_a_document_tells_as_the_mail_does_but_a_form_does_not() -> None:
    text = "完成情况报告\n（第7项）新建幼儿园已开工9所\n第11项、已资助3600人。"
    assert [no for no, _ in said_by_item(attached(text), (7, 11))] == [7, 11]
    assert said_by_item(attached(text, "archive"), (7, 11)) == ()
    assert said_by_item(attached(text, tables=(Table((("第7项", "已开工9所"),)),)), (7, 11)) == ()


def test_endless_lines_are_cut() -> None:
    ((_, words),) = said_by_item(
        replace(
            Mail(),
            own_text="第7项：已开工\n"
            + "已完成九所。\n" * 5
            + "".join(f"{n}已建成{n}所，进展顺利。\n" for n in range(99)),
        ),
        (7,),
    )
    assert len(words.progress.split("\n")) < 25
    ((_, words),) = said_by_item(Mail(own_text="第7项：已开工" + "很多" * 9_000), (7,))
    assert len(words.progress) == 4_000


def test_a_head_that_folds_to_another_length_is_none() -> None:
    assert said("第㉑项：已开工9所。", 21) == {}

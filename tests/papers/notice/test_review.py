"""The review of a draft: what was read beside its words, doubts first, as a sheet without formulas and a page of its own."""

import io
import re
from dataclasses import replace
from pathlib import Path

import openpyxl
from one_draft import HEAD, ITEMS, draft

from cuibao.papers.notice.draft import Alias
from cuibao.papers.notice.review import merged_names, review, review_page, review_sheet

TEMPLATE = (Path(__file__).resolve().parents[3] / "templates" / "notice" / "review.html").read_text(encoding="utf-8")


def test_items_with_questions_come_first_and_questions_of_no_item_apart() -> None:
    found = review(draft())
    assert [row.item.no for row in found.rows] == [2, 1, 3]
    assert [one.place for one in found.questions] == ["第3段"]
    assert [one.message for one in found.rows[0].questions] == ["单位无法识别"]


def test_what_the_notice_does_not_say_of_itself_is_empty() -> None:
    bare = HEAD.__class__("", 2021, "", "", None, "", (), "")
    facts = dict(review(draft(notice=bare)).facts)
    assert (facts["文号"], facts["印发日期"], facts["报送时限"]) == ("", "", "")
    assert dict(review(draft()).facts)["报送时限"] == "第一季度 3月31日前；第二季度 6月30日前；第四季度 12月20日前"


def test_the_sheet_shows_words_beside_what_was_read_and_no_formula() -> None:
    book = openpyxl.load_workbook(io.BytesIO(review_sheet(review(draft(), ["新增单位：市民政局"]))))
    assert book.sheetnames == ["事项核对", "其他疑问", "单位归并", "文件信息", "与现行对比"]
    rows = list(book["事项核对"].iter_rows(min_row=2, values_only=True))
    assert rows[0] == (
        "有疑问",
        2,
        "办好教育",
        "=资助：困难学生。应助尽助。",
        "（牵头责任单位：市教育局，协同责任单位：市财政局、市大病保险成员单位等）",
        "=资助：困难学生",
        "市教育局",
        "市财政局、市大病保险成员单位",
        "是",
        None,
        None,
        "第9段：单位无法识别。请在 units.yaml 中登记",
    )
    assert rows[1][9:11] == ("新建幼儿园不少于30所", "全年新建 30 所")
    assert rows[2][0] == "请核对"
    assert [row[0].value for row in book["与现行对比"].iter_rows(min_row=2)] == ["新增单位：市民政局"]
    assert book["单位归并"]["A2"].value == "市医保局"


def test_the_page_needs_nothing_beside_it_and_escapes_what_the_notice_says() -> None:
    hostile = (*ITEMS[:2], ITEMS[2].__class__(3, "社会保障", "<script>x()</script>", ("市医疗保障局",)))
    page = review_page(review(draft(items=hostile), ["新增单位：市民政局"]), TEMPLATE)
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert not re.search(r"(?:src|href)=", page)
    assert page.index("单位无法识别") < page.index("全年新建 30 所")
    assert "“医保”是“医疗保障”的简称" in page
    assert "新增单位：市民政局" in page
    assert "（名单后有“等”）" in page


def test_a_name_of_units_yaml_only_is_not_shown_as_the_notice_s() -> None:
    aliases = (
        Alias("市医保局", "市医疗保障局", "简称"),
        Alias("市卫计委", "市卫生健康委", "机构改革", printed=False),
    )
    assert merged_names(aliases) == (
        ("市医保局", "", "市医疗保障局", "简称"),
        ("市卫生健康委", "市卫计委", "市卫生健康委", "机构改革"),
    )
    page = review_page(review(draft(aliases=aliases)), TEMPLATE)
    assert "<tr><th>文件写法</th><th>原名</th><th>归入单位</th><th>理由</th></tr>" in page
    assert "<tr><td>市卫生健康委</td><td>市卫计委</td><td>市卫生健康委</td><td>机构改革</td></tr>" in page


def test_a_draft_without_doubts_has_no_list_of_them() -> None:
    page = review_page(review(draft(questions=(), aliases=(), words={}, clauses={})), TEMPLATE)
    assert 'class="doubt"' not in page
    assert "归并的单位名称" not in page
    assert "与现行通知相比" not in page
    assert "（没有原文）" in page
    assert 'class="clause"' not in page


def test_who_leads_and_who_helps_can_be_checked_against_the_clause_as_printed() -> None:
    page = review_page(review(draft()), TEMPLATE)
    assert '<p class="clause">（牵头责任单位：市教育局，协同责任单位：市财政局、市大病保险成员单位等）</p>' in page


def test_a_sentence_of_several_targets_is_their_ground_once() -> None:
    one = draft().targets[0]
    other = replace(one, target=replace(one.target, indicator="改建幼儿园"))
    found = review(draft(targets=(one, other)))
    assert next(row.grounds for row in found.rows if row.item.no == 1) == ("全年新建 30 所",)

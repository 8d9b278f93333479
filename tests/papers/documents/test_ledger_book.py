"""台账 as a workbook: three sheets with the columns that offices use, numbers as numbers."""

from dataclasses import replace
from decimal import Decimal
from io import BytesIO

import docx
import pytest
from doubles import TEMPLATES
from openpyxl import load_workbook
from rules.test_quarter import BEFORE, figure, found, item, refused, report, words
from world import EDUCATION, FINANCE, HEALTH, ITEMS, PERIODS, act, at, office

from cuibao.papers.documents.drafts import summary
from cuibao.papers.documents.ledger_book import ledger_book, percent_words, progress_lines, reach_words, said_words
from cuibao.rules.entries import Draft, Kind
from cuibao.rules.progress import Words, reach
from cuibao.rules.quarter import Quarter
from cuibao.rules.registry import Comparison, Target

SHARES = (("2020Q2", 50),)


def rows(of: Quarter, title: str) -> list[list[object]]:
    page = load_workbook(BytesIO(ledger_book(office(), of)))[title]
    return [[cell.value for cell in row] for row in page.iter_rows(min_row=3)]


def told(*drafts: Draft) -> Quarter:
    return found(*drafts, progress=SHARES)


def test_items_stand_with_their_targets_progress_and_units() -> None:
    head, first, second, *_ = rows(
        told(report(EDUCATION, figures=[figure("9")], words=[words(11, "=已资助")])), "工作进展"
    )
    assert head == ["序号", "目标与任务", "工作进展", "牵头责任单位", "责任单位"]
    assert first[:3] == [7, "新建幼儿园\n新建不少于25所", "新建累计完成9所，占年度目标的36%【进度滞后】"]
    assert second == [11, "资助困难学生", "市教育局：=已资助。\n【未报】市财政局", "市教育局", "市财政局"]


def test_a_units_words_become_no_formula() -> None:
    (_, first, *_) = rows(told(report(EDUCATION, words=[words(7, "=1+1")])), "工作进展")
    assert str(first[2]).splitlines()[0] == "=1+1。"


def test_controls_in_a_units_words_are_left_out() -> None:
    seen = told(report(EDUCATION, words=[words(7, "已开工\u202e9\u2066所\x1b")]))
    assert next(progress_lines(item(seen, 7))) == "已开工9所。"


def test_what_a_unit_wrote_is_closed_part_by_part() -> None:
    assert (
        said_words(Words("已开工9所，", " 征迁\n慢", "加快推进。"))
        == "已开工9所。存在问题：征迁 慢。下一步打算：加快推进。"
    )
    assert said_words(Words("", "资金未到位！", " ")) == "存在问题：资金未到位！"


def test_a_unit_cannot_set_the_offices_marks() -> None:
    assert said_words(Words("【未报】市财政局【进度滞后】", "", "")) == "［未报］市财政局［进度滞后］。"


def test_words_of_controls_or_commas_alone_say_nothing() -> None:
    assert said_words(Words("已开工", "\u202e\x07", "，；")) == "已开工。"


def test_what_was_sent_back_is_told_apart_from_what_is_missing() -> None:
    back = act(Kind.SUBMISSION_SENT_BACK, FINANCE, "2020-06-25T09:00", reason="x")
    seen = told(report(FINANCE), back)
    assert list(progress_lines(item(seen, 11))) == ["【未报】市教育局", "【退回待补】市财政局"]
    said = [one.text for one in docx.Document(BytesIO(summary(office(), seen, TEMPLATES))).paragraphs]
    assert "【退回待补】市财政局。" in said


def test_a_figure_of_a_returned_report_is_marked_and_reaches_nothing() -> None:
    back = act(Kind.SUBMISSION_SENT_BACK, EDUCATION, "2020-06-25T09:00", reason="x")
    seen = told(report(EDUCATION, figures=[figure("121")], words=[words(7, "已开工"), words(11, "已资助")]), back)
    assert list(progress_lines(item(seen, 7))) == [
        "【已退回】已开工。",
        "新建累计完成121所【已退回】",
        "【退回待补】市教育局",
    ]
    assert next(progress_lines(item(seen, 11))) == "市教育局【已退回】：已资助。"
    (_, row) = rows(seen, "完成数")
    assert row[4:] == ["市教育局", "121所", "—", "—", "已退回"]


def test_a_returned_report_without_a_figure_is_not_missing() -> None:
    back = act(Kind.SUBMISSION_SENT_BACK, EDUCATION, "2020-06-25T09:00", reason="x")
    (_, row) = rows(told(report(EDUCATION), back), "完成数")
    assert row[4:] == ["—", "—", "—", "—", "退回待补"]


def test_units_stand_with_their_times() -> None:
    exempt = act(Kind.OBLIGATION_EXEMPTED, HEALTH, "2020-06-20T09:00", reason="x")
    (_, *found_rows) = rows(told(report(EDUCATION), report(FINANCE, 11, when="2020-07-01T09:00"), exempt), "报送情况")
    assert found_rows[0][:7] == [1, "市教育局", "牵头第7、11项", "已收待核", "2020-06-20 09:00", "按时报送", "—"]
    assert found_rows[1][:7] == [2, "市医保局", "牵头第18、19项", "免报", "—", "—", "—"]
    assert found_rows[2][:7] == [3, "市财政局", "协同第11、18项", "部分报送", "2020-07-01 09:00", "漏报", "第18项"]


def test_figures_are_numbers_beside_their_targets() -> None:
    (_, row) = rows(told(report(EDUCATION, figures=[figure("13")])), "完成数")
    assert row == [7, "新建不少于25所", 25, "所", "市教育局", 13, 52, 50, "正常推进"]
    (_, row) = rows(told(), "完成数")
    assert row[4:] == ["—", "—", "—", "—", "未报"]


def test_a_target_of_nothing_has_no_share() -> None:
    none = ITEMS[0].__class__(
        7,
        "安全",
        "零事故",
        (EDUCATION,),
        targets=(Target("新建", Comparison.AT_MOST, ITEMS[0].targets[0].value * 0, "所"),),
    )
    registry = office().registry.__class__((none,), office().registry.units)
    seen = found(report(EDUCATION, figures=[figure("1")]), registry=registry)
    assert list(progress_lines(item(seen, 7))) == ["新建为1所，年度目标为0所【超过上限】"]
    (_, row) = rows(seen, "完成数")
    assert row[6:] == ["—", "—", "超过上限"]


@pytest.mark.parametrize(
    ("value", "line", "word"),
    [
        ("98.5", "新建达到98.5%", "已达目标"),
        ("60", "新建达到60%，年度目标98%", "未达目标"),
        ("40", "新建达到40%，不足年度目标98%的50%【进度滞后】", "进度滞后"),
    ],
)
def test_a_share_is_told_beside_its_target_and_not_as_a_part_of_it(value: str, line: str, word: str) -> None:
    share = replace(ITEMS[0], targets=(Target("新建", Comparison.AT_LEAST, Decimal(98), "%"),))
    seen = found(
        report(EDUCATION, figures=[figure(value) | {"measure": "%"}]),
        registry=replace(office().registry, items=(share,)),
        progress=SHARES,
    )
    assert list(progress_lines(item(seen, 7))) == [line]
    (_, row) = rows(seen, "完成数")
    assert row[6:] == ["—", "—", word]


def test_a_figure_in_another_measure_is_shown_and_held_against_nothing() -> None:
    seen = told(report(EDUCATION, figures=[figure("1") | {"measure": "个"}]))
    assert list(progress_lines(item(seen, 7))) == ["新建累计完成1个【计量单位与目标不一致】"]
    (_, row) = rows(seen, "完成数")
    assert row == [7, "新建不少于25所", 25, "所", "市教育局", "1个", "—", "—", "计量单位与目标不一致"]


def test_an_indicator_that_is_a_total_already_is_not_called_one_twice() -> None:
    villages = replace(ITEMS[0], targets=(replace(ITEMS[0].targets[0], indicator="集体经济强村累计"),))
    registry = office().registry.__class__((villages,), office().registry.units)
    seen = found(report(EDUCATION, figures=[figure("13") | {"indicator": "集体经济强村累计"}]), registry=registry)
    assert next(progress_lines(item(seen, 7))).startswith("集体经济强村累计完成13所")


@pytest.mark.parametrize(
    ("indicator", "said"),
    [("完成造林", "造林累计完成13000所"), ("累计", "累计累计完成13000所"), ("完成", "完成累计完成13000所")],
)
def test_an_indicator_does_not_say_done_before_it_is_done(indicator: str, said: str) -> None:
    woods = replace(ITEMS[0], targets=(replace(ITEMS[0].targets[0], indicator=indicator),))
    registry = office().registry.__class__((woods,), office().registry.units)
    seen = found(report(EDUCATION, figures=[figure("13000") | {"indicator": indicator}]), registry=registry)
    assert next(progress_lines(item(seen, 7))).startswith(said)


def test_a_unit_that_reported_without_a_figure_is_not_said_to_be_missing() -> None:
    (_, row) = rows(told(report(EDUCATION)), "完成数")
    assert row[4:] == ["—", "—", "—", "—", "未填完成数"]


def test_a_nil_report_and_a_unit_that_is_exempt_owe_no_figure() -> None:
    nil = told(report(EDUCATION, nil=True))
    exempt = told(act(Kind.OBLIGATION_EXEMPTED, EDUCATION, "2020-06-20T09:00", reason="x"))
    assert [rows(seen, "完成数")[1][-1] for seen in (nil, exempt)] == ["零报告", "免报"]
    assert list(progress_lines(item(nil, 7))) == ["【零报告】市教育局"]


def test_a_report_without_words_or_figures_is_told_of() -> None:
    assert list(progress_lines(item(told(report(EDUCATION)), 7))) == [
        "【未填完成数】新建",
        "市教育局已报送，未按事项填写进展，详见来件",
    ]


def test_how_far_a_target_is_is_said_in_a_word() -> None:
    limit, least = (
        Target("x", how, PERIODS[0].deadline.day * ITEMS[0].targets[0].value, "人")
        for how in (Comparison.AT_MOST, Comparison.AT_LEAST)
    )
    value = limit.value
    assert [reach_words(reach(limit, value * share, 50)) for share in (1, 2)] == ["未超上限", "超过上限"]
    assert [reach_words(reach(least, value * share // 10, 50)) for share in (10, 6, 2)] == [
        "已达目标",
        "正常推进",
        "进度滞后",
    ]
    assert [reach_words(reach(least, value * share // 10, 100)) for share in (10, 6)] == ["已达目标", "未达目标"]


def test_every_sheet_prints_on_a4_with_its_head_on_each_page() -> None:
    for page in load_workbook(BytesIO(ledger_book(office(), told()))):
        assert (page.page_setup.orientation, int(page.page_setup.paperSize), page.print_title_rows) == (
            "landscape",
            9,
            "$3:$3",
        )
        assert page.freeze_panes == "A4"
        assert page["A3"].border.left.style == "thin"
        assert (
            page["A1"].value
            == f"2020年民生工作要点第二季度{ {'工作进展': '工作台账', '报送情况': '报送情况', '完成数': '目标完成数'}[page.title] }"
        )


def test_a_row_is_as_tall_as_its_text() -> None:
    many = "已开工建设，按时间节点推进。" * 20
    page = load_workbook(BytesIO(ledger_book(office(), told(report(EDUCATION, words=[words(7, many)])))))["工作进展"]
    assert page.row_dimensions[4].height > 10 * 15 > page.row_dimensions[5].height
    assert at("2020-07-03T10:00") == told().at


def test_a_figure_that_was_not_taken_is_no_blank() -> None:
    seen = told(report(EDUCATION, refused=[refused("约9【已核】")]))
    assert list(progress_lines(item(seen, 7))) == ["【填报数待核实】新建：填写“约9［已核］”，不是确数"]
    (_, row) = rows(seen, "完成数")
    assert row[4:] == ["市教育局", "—", "—", "—", "填报数待核实：填写“约9［已核］”，不是确数"]


def test_a_figure_that_was_not_taken_stands_beside_the_one_that_holds_with_its_unit() -> None:
    items = (replace(ITEMS[0], lead=(EDUCATION, HEALTH)), *ITEMS[1:])
    seen = found(
        report(EDUCATION, figures=[figure("13")]),
        report(EDUCATION, 7, when="2020-06-21T09:00", refused=[refused("约9")]),
        report(HEALTH, 7),
        registry=replace(office().registry, items=items),
        progress=SHARES,
    )
    assert list(progress_lines(item(seen, 7)))[:2] == [
        "新建累计完成13所（市教育局），占年度目标的52%",
        "【填报数待核实】新建（市教育局）：填写“约9”，不是确数",
    ]
    (_, *found_rows) = rows(seen, "完成数")
    assert [row[4:6] for row in found_rows] == [["市教育局", 13], ["市教育局", "—"]]


@pytest.mark.parametrize(
    ("value", "line", "percent"),
    [
        ("24.99", "新建累计完成24.99所，占年度目标的99.9%", Decimal("99.9")),
        ("0.01", "新建累计完成0.01所，不足年度目标的0.1%【进度滞后】", "不足0.1"),
        ("0", "新建累计完成0所，占年度目标的0%【进度滞后】", 0),
    ],
)
def test_a_share_of_the_year_is_never_rounded_up(value: str, line: str, percent: object) -> None:
    seen = told(report(EDUCATION, figures=[figure(value)]))
    assert list(progress_lines(item(seen, 7))) == [line]
    (_, row) = rows(seen, "完成数")
    assert row[6] == (float(percent) if isinstance(percent, Decimal) else percent)


@pytest.mark.parametrize(
    ("comparison", "goal", "measure", "value", "line", "word"),
    [
        ("at_most", "40", "微克/立方米", "38", "新建为38微克/立方米，年度目标不超过40微克/立方米", "未超上限"),
        ("at_most", "4.5", "%", "5", "新建为5%，年度目标不超过4.5%【超过上限】", "超过上限"),
        ("equal", "0", "起", "3", "新建为3起，年度目标为0起【超过上限】", "超过上限"),
        ("equal", "0", "起", "0", "新建为0起，年度目标为0起", "未超上限"),
    ],
)
def test_a_limit_is_a_level_that_is_kept_or_passed(
    comparison: str, goal: str, measure: str, value: str, line: str, word: str
) -> None:
    limit = replace(ITEMS[0], targets=(Target("新建", Comparison(comparison), Decimal(goal), measure),))
    seen = found(
        report(EDUCATION, figures=[figure(value) | {"measure": measure}]),
        registry=replace(office().registry, items=(limit,)),
        progress=SHARES,
    )
    assert list(progress_lines(item(seen, 7))) == [line]
    (_, row) = rows(seen, "完成数")
    assert row[6:] == ["—", "—", word]


def test_a_share_of_a_returned_report_is_a_level_too() -> None:
    share = replace(ITEMS[0], targets=(Target("新建", Comparison.AT_LEAST, Decimal(98), "%"),))
    back = act(Kind.SUBMISSION_SENT_BACK, EDUCATION, "2020-06-25T09:00", reason="x")
    by_school = report(EDUCATION, figures=[figure("60") | {"measure": "%"}])
    seen = found(by_school, back, registry=replace(office().registry, items=(share,)), progress=SHARES)
    assert next(progress_lines(item(seen, 7))) == "新建达到60%【已退回】"


def test_a_share_that_lacks_at_the_years_end_lacks_the_target() -> None:
    share = replace(ITEMS[0], targets=(Target("新建", Comparison.AT_LEAST, Decimal(98), "%"),))
    by_school = report(EDUCATION, figures=[figure("60") | {"measure": "%"}])
    seen = found(by_school, registry=replace(office().registry, items=(share,)), progress=(("2020Q2", 100),))
    assert next(progress_lines(item(seen, 7))) == "新建达到60%，年度目标98%【未达目标】"


def test_every_sheet_says_whose_it_is_and_of_which_day() -> None:
    for page in load_workbook(BytesIO(ledger_book(office(), told()))):
        (line,) = page.iter_rows(min_row=2, max_row=2)
        assert [line[0].value, line[-1].value] == ["测试市民生工作领导小组办公室", "数据截至2020年7月3日"]
        assert {cell.value for cell in line[1:-1]} == {None}


def test_before_the_deadline_nobody_is_said_to_have_failed_to_report() -> None:
    seen = found(now=BEFORE)
    assert list(progress_lines(item(seen, 11))) == ["【尚未报送】市教育局、市财政局"]
    assert rows(seen, "完成数")[1][-1] == "尚未报送"
    assert {(row[3], row[5]) for row in rows(seen, "报送情况")[1:]} == {("尚未报送", "未到时限")}


def test_who_was_given_more_time_is_told_apart_from_who_is_late() -> None:
    more = act(Kind.OBLIGATION_EXTENDED, FINANCE, "2020-06-20T09:00", until="2020-07-10", reason="x")
    seen = told(more)
    assert list(progress_lines(item(seen, 11))) == ["【尚未报送】市财政局", "【未报】市教育局"]
    assert [row[3] for row in rows(seen, "报送情况")[1:]] == ["未报", "未报", "尚未报送"]


def test_of_a_target_of_at_least_nothing_no_share_is_told() -> None:
    nothing = replace(ITEMS[0], targets=(replace(ITEMS[0].targets[0], value=Decimal(0)),))
    registry = replace(office().registry, items=(nothing,))
    seen = found(report(EDUCATION, figures=[figure("3")]), registry=registry, progress=SHARES)
    assert list(progress_lines(item(seen, 7))) == ["新建累计完成3所"]
    (_, row) = rows(seen, "完成数")
    assert row[5:] == [3, "—", 50, "已达目标"]


@pytest.mark.parametrize(("value", "words"), [("0.01", "不足0.1%"), ("13", "52%"), ("0", "0%")])
def test_a_share_of_the_year_is_worded_for_pages(value: str, words: str) -> None:
    assert percent_words(reach(ITEMS[0].targets[0], Decimal(value), 50)) == words
    assert percent_words(reach(replace(ITEMS[0].targets[0], measure="%"), Decimal(value), 50)) == ""


@pytest.mark.parametrize(("goal", "line"), [("14500", "新建累计完成13000所"), ("17000", "新建累计完成1.3万所")])
def test_a_figure_is_told_by_ten_thousands_where_its_target_is(goal: str, line: str) -> None:
    many = replace(ITEMS[0], targets=(replace(ITEMS[0].targets[0], value=Decimal(goal)),))
    registry = replace(office().registry, items=(many,))
    assert next(
        progress_lines(item(found(report(EDUCATION, figures=[figure("13000")]), registry=registry), 7))
    ).startswith(line)

"""What must never become a figure, whoever typed, copied, moved or hid it. Each case was once taken, or could not be told."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from forms import (
    COLUMN,
    COVER,
    EDUCATION,
    GOOD,
    PLACES,
    PUPILS,
    ROADS,
    TOKEN,
    UNIT_VIEW,
    filled,
    mail_of,
    put,
    read,
    row_of,
)

from cuibao.papers.figures import figures_of
from cuibao.papers.form.layout import Area, Column, Table
from cuibao.papers.form.reading import Expected, FormRead, read_forms
from cuibao.rules.registry import Comparison, Item, Target

Hand = Callable[[Any], None]


def taken(found: FormRead, indicator: str) -> int | None:
    return next((int(one.value) for one in found.figures if one.indicator == indicator), None)


@pytest.mark.parametrize(
    "typed",
    [
        "12\n34", "2 3000", "23 000", "20000 3000",  # two numbers in a cell are not one
        "①", "㉑", "⑵", "10³", "5×10²", "²³⁰⁰⁰", "١٢٣", "½", "𝟐𝟑", "12①", "12²", "12½", "12Ⅱ", "12⑴", "12㊿",  # digits that only look like some
        "同上", "已完成", "全部", "√", "23:00", "9月底", "2020年9月", "2万3千", "百分之九十八", "贰万叁仟",
        "100-200", "100～200", "1—9月23000", "23000→24000", "23000人（含续保）", "23000人/年", "±500", "(500)", "（500）",
        "￥23000", "￥2.3万元", "0x59D8", "2.3e4", "∞", "NaN", "Infinity", "1_000", "23000*", "23000?", "第23000", "NO.5",
    ],
)  # fmt: skip
def test_what_is_not_one_plain_number_is_told(typed: str) -> None:
    found = read(filled(put(PUPILS, typed)))
    assert taken(found, PUPILS) is None
    assert len(found.problems) == 1
    assert "未予采用，请核实后更正" in found.problems[0]


@pytest.mark.parametrize(
    "typed", ["0.98", "1", "2", "201", "98,5", "98.5/100", "98点5", "99%→98%", "≈98", "-1%", "98.5％以上"]
)
def test_a_share_that_may_mean_two_things_is_told(typed: str) -> None:
    found = read(filled(put(COVER, typed)))
    assert taken(found, COVER) is None
    assert "未予采用" in found.problems[0]


@pytest.mark.parametrize("typed", ["9500", "9公里500米", "9.5公里/12.5", "9.5平方公里", "9.5k", "5英里", "9500m"])
def test_a_length_in_doubtful_measures_is_told(typed: str) -> None:
    found = read(filled(put(ROADS, typed)))
    assert taken(found, ROADS) is None
    assert "未予采用" in found.problems[0]


def unmarked(sheet: Any) -> None:
    """No token anywhere, as where a unit keeps a table of its own."""
    book = sheet.parent
    book["催报标识"]["A1"] = None
    book.properties.subject = book.properties.keywords = None
    for page in book.worksheets:
        for row in page.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and TOKEN in cell.value:
                    cell.value = ""


def twin(sheet: Any) -> Any:
    """The sheet once more, with a figure that this one lacks."""
    other = sheet.parent.copy_worksheet(sheet)
    put(PUPILS, 111)(other)
    put(PUPILS, None)(sheet)
    return other


def hidden(sheet: Any) -> None:
    twin(sheet).sheet_state = "hidden"


def very_hidden(sheet: Any) -> None:
    twin(sheet).sheet_state = "veryHidden"


def titled(words: str) -> Hand:
    def hand(sheet: Any) -> None:
        twin(sheet)["A1"] = words

    return hand


@pytest.mark.parametrize("state", [hidden, very_hidden])
def test_a_sheet_that_nobody_sees_gives_no_figures(state: Hand) -> None:
    found = read(filled(state))
    assert taken(found, PUPILS) is None
    assert len(found.figures) == len(GOOD) - 1


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("2020年民生工作要点第二季度完成情况表", "附件“完成情况表.xlsx”中有第二季度的完成情况表，其中内容未予采用"),
        ("2020年上半年民生工作完成情况表", "附件“完成情况表.xlsx”中有第二季度的完成情况表，其中内容未予采用"),
        ("2019年民生工作要点第三季度完成情况表", "附件“完成情况表.xlsx”中有2019年的完成情况表，其中内容未予采用"),
    ],
)
@pytest.mark.parametrize("marks", [lambda _sheet: None, unmarked])
def test_a_sheet_of_another_quarter_or_year_in_the_same_book_gives_no_figures(
    words: str, told: str, marks: Hand
) -> None:
    def hand(sheet: Any) -> None:
        titled(words)(sheet)
        marks(sheet)

    found = read(filled(hand))
    assert taken(found, PUPILS) is None
    assert found.problems[0] == told
    assert len(found.figures) == len(GOOD) - 1


def test_another_quarters_table_in_the_words_of_a_mail_gives_no_figures() -> None:
    text = f"第二季度完成情况表\n序号\t指标\t本年累计完成\n11\t{PUPILS}\t111"
    found = figures_of(replace(mail_of(), own_text=text), UNIT_VIEW, EDUCATION, "2020Q3")
    assert (found.figures, found.problems) == ((), ("来信正文中有第二季度的完成情况表，其中内容未予采用",))
    compared = text.replace("第二季度完成情况表", "与上半年相比，进度加快：")
    assert len(figures_of(replace(mail_of(), own_text=compared), UNIT_VIEW, EDUCATION, "2020Q3").figures) == 1


@pytest.mark.parametrize("words", ["本季度完成", "完成数", ""])
def test_our_form_without_its_head_is_told(words: str) -> None:
    def hand(sheet: Any) -> None:
        sheet.cell(3, COLUMN[Column.DONE]).value = words

    found = read(filled(hand))
    assert found.figures == ()
    assert found.problems == ("附件“完成情况表.xlsx”中的完成情况表不能按表格读取，完成数请经办人对照原件登记",)


def test_two_columns_with_the_same_head_are_told() -> None:
    def hand(sheet: Any) -> None:
        sheet.cell(3, COLUMN[Column.LAST]).value = str(Column.DONE)

    assert read(filled(hand)).figures == ()
    assert "不能按表格读取" in read(filled(hand)).problems[0]


TRAINED = tuple(
    Item(no, "教育", f"培训{no}", (), targets=(Target("培训人数", Comparison.AT_LEAST, value, "人"), Target("场次", Comparison.AT_LEAST, value, "场")))
    for no, value in ((1, 100), (2, 500))
)  # fmt: skip


def test_a_row_that_moved_under_another_item_with_the_same_indicator_is_not_taken_for_it() -> None:
    rows = (
        ("序号", "指标", "年度目标", "本年累计完成"),
        ("1", "场次", "≥100", "20"),
        ("2", "场次", "≥500", "30"),
        ("", "培训人数", "≥100", "70"),
    )
    found = read_forms([Table(rows)], Expected(TRAINED))
    assert [(one.item, one.indicator) for one in found.figures] == [(1, "场次"), (2, "场次")]
    assert found.problems[0] == "表中指标“培训人数”与序号不一致，该行未予采用"
    beside = read_forms([Table((*rows[:3], ("", "培训人数", "≥500", "70")))], Expected(TRAINED))
    assert [(one.item, one.value) for one in beside.figures if one.indicator == "培训人数"] == [(2, 70)]


def total(sheet: Any) -> None:
    row = row_of(sheet, PLACES)
    sheet.cell(row, COLUMN[Column.INDICATOR]).value = "小计"


def test_a_sum_of_ones_own_is_no_target() -> None:
    found = read(filled(total))
    assert taken(found, PLACES) is None
    assert found.problems == ("第7项“新增学位”未填写本年累计完成数",)


def test_words_that_are_cut_are_told() -> None:
    found = read(filled(put(PUPILS, "好" * 5_000, Column.PROGRESS)))
    assert found.problems == ("第11项进展情况过长，只登记了前4000字",)
    assert len(dict(found.words)[11].progress) == 4_000


HEADS = ("序号", "工作事项", "指标", "年度目标", "本年累计完成", "进展情况")
ONE = tuple(
    Item(no, "教育", title, (), targets=(Target(indicator, Comparison.AT_LEAST, Decimal(500), "人"),))
    for no, title, indicator in ((1, "技能培训", "培训人数"), (2, "困难帮扶", "帮扶人数"))
)


def of_rows(*rows: tuple[str, ...], items: tuple[Item, ...] = ONE, joined: tuple[Area, ...] = ()) -> FormRead:
    return read_forms([Table((HEADS, *rows), joined)], Expected(items))


OWN = ("1", "技能培训", "培训人数", "≥500", "80", "已开班")


@pytest.mark.parametrize(
    "rows",
    [
        (("", "外单位工作", "帮扶人数", "", "77", ""),),
        (("", "外单位工作", "", "", "", "与本项无关"),),
        (("", "外单位工作", "", "", "", ""), ("", "", "帮扶人数", "", "77", "与本项无关")),
        (("", "外单位工作", "", "", "", ""), ("", "—", "", "", "", "与本项无关")),
    ],
)
def test_a_row_with_a_title_that_is_not_the_units_and_no_number_is_nobodys(rows: tuple[tuple[str, ...], ...]) -> None:
    found = of_rows(OWN, *rows)
    assert [(one.indicator, one.value) for one in found.figures] == [("培训人数", 80)]
    assert [(no, said.progress) for no, said in found.words] == [(1, "已开班")]
    assert found.problems == ("表中工作事项“外单位工作”不是贵单位的事项，该行未予采用",)


def test_rows_below_a_number_that_is_not_the_units_go_with_it() -> None:
    found = of_rows(OWN, ("9", "", "", "", "", ""), ("", "", "帮扶人数", "", "77", ""))
    assert [(one.indicator, one.value) for one in found.figures] == [("培训人数", 80)]
    assert found.problems == ("表中第9项不是贵单位的事项，该行未予采用",)


def test_an_unknown_title_beside_a_number_of_the_units_is_taken_and_asked_about() -> None:
    empty = ("2", "结对帮扶", "", "", "", "")
    found = of_rows(("1", "技能提升", *OWN[2:]), empty)
    assert [(one.indicator, one.value) for one in found.figures] == [("培训人数", 80)]
    assert found.problems == ("表中第1项的事项名称“技能提升”与所发表格不一致，已按序号登记，请核实是否填错行",)
    assert not of_rows(("1", "—", *OWN[2:])).problems


def test_a_figure_in_a_cell_merged_over_two_items_is_nobodys() -> None:
    other = ("2", "困难帮扶", "帮扶人数", "≥500", "", "已走访")
    found = of_rows(OWN, other, joined=((1, 4, 2, 4),))
    assert found.figures == ()
    assert found.problems[0] == "第1项“培训人数”填写的“80”与其他指标合并在一格，未予采用，请核实后更正"


@pytest.mark.parametrize(
    ("rows", "joined"),
    [
        ((OWN, ("", "", "—", "", "", "已结业")), ((1, 4, 2, 4),)),
        ((OWN, ("1", "技能培训", "", "", "", "已结业")), ((1, 4, 2, 4),)),
        (
            (OWN, ("", "", "", "", "", "已结业"), ("2", "困难帮扶", "帮扶人数", "", "60", "")),
            ((1, 4, 2, 4), (3, 4, 4, 4)),
        ),
    ],
)
def test_one_merged_over_rows_of_its_own_item_is_taken(
    rows: tuple[tuple[str, ...], ...], joined: tuple[Area, ...]
) -> None:
    assert [one.value for one in of_rows(*rows, joined=joined).figures][:1] == [80]


@pytest.mark.parametrize("words", ["/", "无", "暂无。", "\u200b", "……"])
def test_words_without_substance_are_no_progress(words: str) -> None:
    found = of_rows((*OWN[:5], words), ("2", "困难帮扶", "帮扶人数", "≥500", "60", "无新增"))
    assert [(no, said.progress) for no, said in found.words] == [(2, "无新增")]
    assert (found.problems, found.complete) == (("第1项未填写进展情况",), False)


def test_none_is_an_answer_to_what_the_problems_are() -> None:
    rows = (("序号", "指标", "本年累计完成", "进展情况", "存在问题"), ("1", "", "", "无", "无"))
    found = read_forms([Table(rows)], Expected(ONE))
    assert [(no, said.progress, said.problems) for no, said in found.words] == [(1, "", "无")]


@pytest.mark.parametrize(
    "cells",
    [
        ("合计", "", "", "", "160", ""),
        ("", "合计", "", "", "160", ""),
        ("", "", "小计", "", "160", ""),
        ("总计：", "", "", "", "160", ""),
        ("", "", "培训人数合计", "", "160", ""),
        ("", "", "其中：女性", "", "40", ""),
        ("1", "技能培训", "其中女性", "", "40", ""),
        ("", "", "其中", "", "40", ""),
    ],
)
def test_a_row_of_a_sum_or_a_part_is_left_out_without_a_word(cells: tuple[str, ...]) -> None:
    found = of_rows(OWN, cells, ("2", "困难帮扶", "帮扶人数", "≥500", "60", "已走访"))
    assert [(one.indicator, one.value) for one in found.figures] == [("培训人数", 80), ("帮扶人数", 60)]
    assert (found.problems, found.written, found.complete) == ((), (), True)


@pytest.mark.parametrize("cells", [("", "", "统计", "", "9", ""), ("", "", "其中：女性", "", "40", "多为返乡人员")])
def test_but_not_one_that_may_say_more(cells: tuple[str, ...]) -> None:
    found = of_rows(OWN, cells)
    assert [(one.indicator, one.value) for one in found.figures] == [("培训人数", 80)]
    assert "不在本表所列指标之内，该行未予采用" in found.problems[0]


def test_a_part_that_the_notice_asks_for_is_a_target() -> None:
    part = Target("其中：女性", Comparison.AT_LEAST, Decimal(200), "人")
    item = Item(1, "教育", "技能培训", (), targets=(*ONE[0].targets, part))
    found = of_rows(OWN, ("", "", "其中：女性", "≥200", "40", ""), items=(item,))
    assert [(one.indicator, one.value) for one in found.figures] == [("培训人数", 80), ("其中：女性", 40)]


TERMS = tuple(
    Item(no, "教育", title, (), targets=tuple(Target(name, Comparison.AT_LEAST, Decimal(50), measure) for name, measure in targets))
    for no, title, targets in (
        (1, "培训", (("培训班", "期"), ("学员", "人"), ("经费", "万元"))),
        (2, "同名", (("床位", "张"), ("床位数", "张"))),
    )
)  # fmt: skip


@pytest.mark.parametrize(
    ("no", "indicator", "taken_"),
    [
        ("1", "学员数", "学员"),
        ("1", "学员人数", "学员"),
        ("1", "学员（人）", "学员"),
        ("1", "学员：", "学员"),
        ("1", "2.学员", "学员"),
        ("1", "（2）学员数（人）", "学员"),
        ("1", "培训班数量", "培训班"),
        ("1", "经费（万元）", "经费"),
        ("1", "培训班人数", ""),
        ("1", "学员（万人）", ""),
        ("1", "学员（新增）", ""),
        ("1", "经费（元）", ""),
        ("1", "毕业学员数", ""),
        ("2", "学员数", ""),
        ("2", "床位数", "床位数"),
        ("2", "床位数（张）", ""),
        ("", "学员数", ""),
    ],
)
def test_an_indicator_with_a_word_more_is_the_same(no: str, indicator: str, taken_: str) -> None:
    found = of_rows((no, "", indicator, "", "40", "推进中"), items=TERMS)
    assert [one.indicator for one in found.figures] == ([taken_] if taken_ else [])
    assert ("不在本表所列指标之内" in "".join(found.problems)) is (not taken_)


@pytest.mark.parametrize(("goal", "taken_"), [("", 1), ("≥50", 1), ("≥70", 0)])
def test_so_it_is_below_its_item_where_the_goal_is_its_own(goal: str, taken_: int) -> None:
    found = of_rows(("1", "", "培训班", "", "5", "推进中"), ("", "", "学员数", goal, "40", ""), items=TERMS)
    assert len(found.figures) == 1 + taken_


FAR = tuple(
    Item(no, "教育", title, (), targets=(Target(indicator, Comparison.AT_LEAST, Decimal(500), "人"),))
    for no, title, indicator in (
        (2, "甲", "甲类"),
        (7, "乙", "乙类"),
        (9, "丙", "丙类"),
        (30, "丁", "丁类"),
        (31, "丁", "戊类"),
    )
)


def counted(*rows: tuple[str, str, str]) -> tuple[tuple[str, ...], ...]:
    return tuple(
        (no, title, indicator, "", f"{number}0", "推进中") for number, (no, title, indicator) in enumerate(rows, 8)
    )


@pytest.mark.parametrize(
    ("rows", "items", "taken_"),
    [
        ((("1", "甲", "甲类"), ("2", "乙", "乙类"), ("3", "丙", "丙类")), FAR, {2: 80, 7: 90, 9: 100}),
        ((("牵头事项（3项）", "", ""), ("1", "丙", "丙类"), ("2", "甲", "甲类")), FAR, {9: 90, 2: 100}),
        ((("1", "甲", "甲类"), ("1", "甲", "甲类"), ("2", "乙", "乙类")), FAR[:2], {7: 100}),
        ((("1", "乙", "乙类"),), FAR, {7: 80}),
        ((("1", "甲", "乙类"), ("2", "乙", "乙类")), FAR, {7: 90}),  # the indicator is not that item's
        ((("2", "甲", "甲类"), ("1", "乙", "乙类")), FAR, {2: 80}),  # not in order
        ((("1", "甲", "甲类"), ("3", "乙", "乙类")), FAR, {}),  # one left out
        ((("1", "甲", "甲类"), ("2", "戊", "乙类")), FAR, {}),  # a title that is none
        ((("1", "甲", "甲类"), ("2", "", "乙类")), FAR, {}),
        ((("1", "甲", "甲类"), ("2", "甲", "甲类")), FAR, {2: 90}),  # one item twice
        ((("1", "甲", "甲类"), ("2", "丁", "戊类")), FAR, {}),  # of two items with one title
        ((("1", "困难帮扶", "帮扶人数"), ("2", "技能培训", "培训人数")), ONE, {}),  # numbers that are the unit's
    ],
)
def test_items_that_are_counted_anew_are_known_by_their_titles(
    rows: tuple[tuple[str, str, str], ...], items: tuple[Item, ...], taken_: dict[int, int]
) -> None:
    found = of_rows(*counted(*rows), items=items)
    assert {one.item: int(one.value) for one in found.figures} == taken_
    assert not found.complete


def test_that_they_are_is_asked_about() -> None:
    found = of_rows(*counted(("1", "甲", "甲类"), ("2", "乙", "乙类")), items=FAR[:2])
    assert found.problems == ("表中序号为重新编排，与所发表格不一致，已按事项名称登记，请核实",)

"""Columns of a form that are not what their heads say: remarks, sub-heads, joined cells, rows above the heads. No wrong figure is taken."""

from collections.abc import Callable
from typing import Any

import pytest
from forms import COLUMN, GOOD, PUPILS, SAID, SUPPORT, TEACHING, filled, put, read, row_of

from cuibao.papers.form.blocks import blocks, captions
from cuibao.papers.form.layout import UNIT, Column, Table, beside, figure_cells, squeezed
from cuibao.papers.form.reading import Expected, read_forms
from cuibao.papers.form.rows import lines

Hand = Callable[[Any], None]
HEADS = ("序号", "工作事项", "指标", "计量单位", "年度目标", "本年累计完成", "", "进展情况")


def head(text: str, column: Column = Column.DONE) -> Hand:
    def hand(sheet: Any) -> None:
        sheet.cell(row_of(sheet, column, column), COLUMN[column]).value = text

    return hand


@pytest.mark.parametrize(
    ("remark", "told"),
    [
        ("（万人）", "填写的“23000”所在列注明（万人），未予采用"),
        ("(%)", "所在列注明（%）"),
        ("（预计）", "所在列注明（预计）"),
        ("（本季度新增）", "所在列注明（本季度新增）"),
        ("（去年同期）", "所在列注明（去年同期）"),
        ("（截至9月底）", ""),
        ("（至9月30日）", ""),
        ("（必填）", ""),
        ("（1—9月，请填写）", ""),
        ("（第三季度）", ""),
        ("（截至9月30日，万人）", "所在列注明（万人）"),
        ("（万人填报）", "所在列注明（万人填报）"),
    ],
)
def test_a_remark_behind_the_head_may_make_it_another_column(remark: str, told: str) -> None:
    found = read(filled(head(f"本年累计完成{remark}")))
    assert {one.indicator: float(one.value) for one in found.figures} == ({} if told else GOOD)
    assert told in "".join(found.problems)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("本年累计完成*", ""),
        ("*本年累计完成：", ""),
        ("本年累计完成【必填】", ""),
        ("本年累计完成（必填）*", ""),
        ("本年累计完成（截至9月底）（必填）", ""),
        ("本年累计完成（万人）（必填）", "所在列注明（万人）"),
        ("本年累计完成［预计］", "所在列注明（预计）"),
        ("本年累计完成情况", ""),
        ("本年度累计完成", ""),
        ("2020年累计完成数", ""),
        ("1—9月累计完成", ""),
        ("2020年1-9月累计完成情况（必填）", ""),
        ("截至9月底累计完成", ""),
        ("1-6月累计完成", "中“1-6月累计完成”注明的时间不是本季度"),
        ("截至8月底累计完成", "注明的时间不是本季度"),
        ("本年累计完成（一季度）", "注明的时间不是本季度"),
        ("前三季度累计完成", ""),
        ("上半年累计完成", "注明的时间不是本季度"),
        ("2019年累计完成", "注明的时间不是本季度"),
        ("7-9月累计完成", "不能按表格读取"),
        ("去年累计完成", "不能按表格读取"),
        ("预计本年累计完成", "不能按表格读取"),
    ],
)
def test_the_figures_head_in_other_words(words: str, told: str) -> None:
    found = read(filled(head(words)))
    assert {one.indicator: float(one.value) for one in found.figures} == ({} if told else GOOD)
    assert told in "".join(found.problems)
    assert bool(told) is bool(found.problems)


def test_a_table_of_ones_own_whose_figures_have_another_head_is_told() -> None:
    rows = "序号\t指标\t计量单位\t年度目标\t三季度累计完成\n11\t受助学生\t人\t≥30000\t23000"
    found = read(rows.encode(), name="完成情况表.txt")
    assert (found.figures, len(found.problems)) == ((), 1)
    assert "不能按表格读取" in found.problems[0]


@pytest.mark.parametrize("other", ["2019年累计完成", "1-6月累计完成", "本年累计完成情况"])
def test_the_figures_head_goes_before_one_in_other_words(other: str) -> None:
    found = read(filled(head(other, Column.LAST)))
    assert {one.indicator: float(one.value) for one in found.figures} == GOOD


def test_of_two_heads_in_other_words_none_is_the_figures() -> None:
    def hand(sheet: Any) -> None:
        head("1-6月累计完成", Column.LAST)(sheet)
        head("1-9月累计完成")(sheet)

    found = read(filled(hand))
    assert (found.figures, "不能按表格读取" in found.problems[0]) == ((), True)


@pytest.mark.parametrize("note", ["*为预计数", "＊ 含外省"])
def test_a_star_that_a_note_explains_makes_the_figures_doubtful(note: str) -> None:
    def hand(sheet: Any) -> None:
        head("本年累计完成*")(sheet)
        sheet.cell(sheet.max_row + 1, 1).value = note

    found = read(filled(hand))
    assert found.figures == ()
    assert f"所在列注明（{squeezed(note)}）" in "".join(found.problems)
    assert len(read(filled(lambda sheet: sheet.append([note]))).figures) == len(GOOD)


def test_a_measure_behind_the_head_is_that_of_its_own_rows() -> None:
    found = read(filled(head("本年累计完成（人）")))
    assert {one.indicator: float(one.value) for one in found.figures} == {PUPILS: GOOD[PUPILS]}


@pytest.mark.parametrize(
    ("column", "words"),
    [
        (Column.PROGRESS, "工作进展情况"),
        (Column.PROGRESS, "进展情况及成效"),
        (Column.PROBLEMS, "存在的主要问题"),
        (Column.PROBLEMS, "问题和困难"),
        (Column.NEXT, "下步打算"),
        (Column.NEXT, "下一步工作计划"),
        (Column.INDICATOR, "指标名称"),
    ],
)
def test_a_head_in_other_words_is_known_again(column: Column, words: str) -> None:
    def hand(sheet: Any) -> None:
        sheet.cell(row_of(sheet, "7", Column.NO), COLUMN[Column.PROBLEMS]).value = "资金缺口"
        sheet.cell(row_of(sheet, "7", Column.NO), COLUMN[Column.NEXT]).value = "加快推进"
        head(words, column)(sheet)

    found = read(filled(hand))
    said = dict(found.words)[7]
    assert (said.progress, said.problems, said.next_steps) == (SAID[7], "资金缺口", "加快推进")
    assert {one.indicator: float(one.value) for one in found.figures} == GOOD


def test_the_measures_head_may_be_shortened() -> None:
    def hand(sheet: Any) -> None:
        head("单位", Column.MEASURE)(sheet)
        put(PUPILS, "万人", Column.MEASURE)(sheet)
        put(PUPILS, 2.3)(sheet)

    assert {one.indicator: float(one.value) for one in read(filled(hand)).figures} == GOOD


def row(*cells: str) -> tuple[str, ...]:
    return cells + ("",) * (len(HEADS) - len(cells))


DATA = row("11", SUPPORT.title, PUPILS, "人", "≥30000", "23000", "", "推进中")


def test_of_two_columns_under_one_head_none_is_taken() -> None:
    table = Table(
        (
            HEADS,
            row("", "", "", "", "", "上半年", "1-9月"),
            row("11", SUPPORT.title, PUPILS, "人", "≥30000", "11000", "23000", "推进中"),
        )
    )
    found = read_forms([table], Expected((SUPPORT,), frozenset({11})))
    assert found.figures == ()
    assert "第11项“受助学生”填写的“11000”所在列注明（上半年），未予采用" in "".join(found.problems)


@pytest.mark.parametrize("words", ["预计", "本季度", "去年同期", "其中：农村", "（%）"])
def test_a_row_right_below_the_heads_may_make_the_figures_another_column(words: str) -> None:
    table = Table((HEADS, row("", "", "", "", "", words), DATA))
    found = read_forms([table], Expected((SUPPORT,), frozenset({11})))
    assert found.figures == ()
    assert f"所在列注明（{squeezed(words).strip('()')}）" in "".join(found.problems)


@pytest.mark.parametrize("words", ["1-9月", "必填", "无", "1"])
def test_or_change_nothing(words: str) -> None:
    table = Table((HEADS, row("", "", "", "", "", words), DATA))
    assert len(read_forms([table], Expected((SUPPORT,), frozenset({11}))).figures) == 1


@pytest.mark.parametrize("count", ["12345678", "甲乙丙丁1234"])
def test_a_row_that_counts_the_columns_says_nothing(count: str) -> None:
    found = read_forms([Table((HEADS, tuple(count), DATA))], Expected((SUPPORT,), frozenset({11})))
    assert ([float(one.value) for one in found.figures], found.problems) == ([23000], ())


@pytest.mark.parametrize(
    ("head_", "other", "read_"),
    [
        ("更正后", "22000", 0),
        ("核实数", "22000", 0),
        ("实际完成", "22000", 0),
        ("更正后", "23000", 1),
        ("更正后", "", 1),
        ("审核意见", "2020", 1),
        ("实际完成时间", "2020年9月", 1),
        ("其中：农村", "9000", 1),
    ],
)
def test_a_column_of_corrected_numbers_makes_the_figures_doubtful(head_: str, other: str, read_: int) -> None:
    table = Table(((*HEADS[:6], head_, HEADS[7]), (*DATA[:6], other, DATA[7])))
    found = read_forms([table], Expected((SUPPORT,), frozenset({11})))
    assert len(found.figures) == read_
    assert bool(read_) or f"与“{head_}”一列不同" in found.problems[0]


@pytest.mark.parametrize("below", [DATA, row("", "", PUPILS, "人", "≥30000", "23000")])
def test_a_row_that_is_filled_in_only_where_it_comes_again_below_words_of_its_own(below: tuple[str, ...]) -> None:
    empty = row("11", SUPPORT.title, PUPILS, "人", "≥30000", "", "", "推进中")
    found = read_forms([Table((HEADS, empty, row("更正前"), below))], Expected((SUPPORT,), frozenset({11})))
    assert (found.figures, "在“更正前”之下重复填写" in found.problems[0]) == ((), True)
    for between in ("协同事项（2项）", ""):
        again = read_forms([Table((HEADS, empty, row(between), below))], Expected((SUPPORT,), frozenset({11})))
        assert len(again.figures) == 1


def test_a_column_without_head_that_is_empty_means_nothing() -> None:
    table = Table((HEADS, row("11", SUPPORT.title, PUPILS, "人", "≥30000", "23000", "", "推进中")))
    found = read_forms([table], Expected((SUPPORT,), frozenset({11})))
    assert [float(one.value) for one in found.figures] == [23000]
    assert found.complete


def test_of_a_target_in_two_rows_no_part_is_the_whole() -> None:
    def hand(sheet: Any) -> None:
        first = row_of(sheet, PUPILS)
        sheet.insert_rows(first + 1)
        put(PUPILS, 11000)(sheet)
        sheet.cell(first + 1, COLUMN[Column.DONE]).value = 12000
        sheet.merge_cells(start_row=first, end_row=first + 1, start_column=3, end_column=3)

    found = read(filled(hand))
    assert PUPILS not in {one.indicator for one in found.figures}
    assert "填写的“11000”所在指标分几行填写，未予采用" in "".join(found.problems)


def test_rows_that_were_sorted_above_the_heads_are_read() -> None:
    above = row("11", SUPPORT.title, PUPILS, "人", "≥30000", "23000", "", "推进中")
    below = row("20", TEACHING.title, "—", "—", "—", "—", "", "已开展")
    table = Table((row("2020年民生工作要点第三季度完成情况表"), above, HEADS, below))
    found = read_forms([table], Expected((SUPPORT, TEACHING), frozenset({11, 20})))
    assert ([float(one.value) for one in found.figures], found.items, found.complete) == ([23000], (11, 20), True)


def test_a_form_without_indicators_has_no_target_in_two_rows() -> None:
    heads_ = ("序号", "本年累计完成", "进展情况")
    (line,) = lines(Table((heads_, ("11", "23000", "推进中")), ((1, 0, 2, 0),)))
    assert (line.no, line.done, line.doubt) == ("11", "23000", "")


def test_where_the_figures_stand() -> None:
    assert list(figure_cells(Table((row("题"), HEADS, row("11"), ("12",))))) == [(2, 5)]


TITLED = (row("2020年民生工作要点第三季度完成情况表"), row("填报单位：市教育局", "报送时限：9月30日前"))


def test_a_block_under_a_title_of_its_own_is_another_form() -> None:
    below = (
        row("附：2019年同期"),
        row("填报单位：市教育局"),
        HEADS,
        row("11", SUPPORT.title, PUPILS, "人", "≥30000", "21000"),
    )
    first, second = blocks(Table((*TITLED, HEADS, DATA, row(), *below), ((3, 0, 3, 1), (8, 0, 9, 0)), "汇总"))
    assert (first.rows, first.joined, first.name) == ((*TITLED, HEADS, DATA), ((3, 0, 3, 1),), "汇总")
    assert (second.rows, second.joined, second.name) == ((row(), *below), ((4, 0, 4, 0),), "汇总")
    assert (captions(first), captions(second)) == (("2020年民生工作要点第三季度完成情况表",), ("附：2019年同期",))


@pytest.mark.parametrize("between", [(), (row("协同事项（2项）"),), (row("填报人：张三"),)])
def test_heads_that_are_only_repeated_begin_no_other_form(between: tuple[tuple[str, ...], ...]) -> None:
    table = Table((*TITLED, HEADS, DATA, *between, HEADS, DATA))
    assert list(blocks(table)) == [table]


def test_a_row_above_the_heads_is_no_caption() -> None:
    assert captions(Table((*TITLED, DATA, HEADS))) == ("2020年民生工作要点第三季度完成情况表",)


def test_heads_of_two_cells_are_heads() -> None:
    few = ("指标", "本年累计完成")
    table = Table((few, (PUPILS, "23000"), few, ("受助", "1")))
    assert [line.done for part in blocks(table) for line in lines(part)] == ["23000", "1"]
    assert len(list(blocks(Table((few, ("附：去年", ""), few, (PUPILS, "1")))))) == 2


def test_a_cell_of_brackets_that_nothing_closes_is_no_unit() -> None:
    assert beside(Table((("（" * 100_000,), ("填报单位（盖章）：市教育局",))), UNIT) == "市教育局"


@pytest.mark.parametrize(
    ("cell", "read_"), [("电话回访", 1), ("填报单位数", 1), ("联系电话：0553", 0), ("填报人", 0), ("说明（略）", 0)]
)
def test_an_indicator_that_begins_as_a_line_at_the_foot_does_is_one(cell: str, read_: int) -> None:
    assert len(list(lines(Table((("指标", "本年累计完成"), (cell, "23000")))))) == read_

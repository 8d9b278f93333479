"""Items out of the tables that cities use: columns by their headings, merged cells, rows that go on, headings as rows."""

import pytest

from cuibao.papers.notice.draft import Draft, NoticeRefused
from cuibao.papers.notice.reading import read_notice
from cuibao.papers.notice.source import Line, Table

HEAD = Line("关于印发《2021年民生要点》的通知", "第1段")
COLUMNS = ("序号", "工作任务", "牵头单位", "责任单位")
JYJ, CZJ, KX = "市教育局", "市财政局", "市科协"


def read(*rows: tuple[str, ...], columns: tuple[str, ...] = COLUMNS, more: tuple[Table, ...] = ()) -> Draft:
    """What the notice says whose table has these rows under these headings."""
    return read_notice((HEAD, Table((columns, *rows), "表1"), *more))


def items(draft: Draft) -> list[tuple[int, str, str, tuple[str, ...], tuple[str, ...]]]:
    return [(one.no, one.section, one.title, one.lead, one.cooperating) for one in draft.items]


def briefly(draft: Draft) -> list[tuple[int, str, tuple[str, ...]]]:
    return [(one.no, one.title, one.lead) for one in draft.items]


def test_four_columns() -> None:
    draft = read(("1", "办好甲事。新建公厕3座", JYJ, f"{CZJ}、{KX}"), ("2", "办好乙事。", CZJ, ""))
    section = "2021年民生要点"
    assert items(draft) == [(1, section, "办好甲事", (JYJ,), (CZJ, KX)), (2, section, "办好乙事", (CZJ,), ())]
    assert draft.words[1] == "办好甲事。新建公厕3座"
    assert draft.clauses == {1: f"牵头栏：{JYJ}\n责任单位栏：{CZJ}、{KX}", 2: f"牵头栏：{CZJ}"}


@pytest.mark.parametrize(
    "heading",
    [("一、教育",) * 4, ("一、教育", "", "", ""), ("", "一、教育", "", ""), ("教育",) * 4, ("（一）教育",) * 4],
)
def test_a_row_of_its_own_is_a_section(heading: tuple[str, ...]) -> None:
    assert items(read(heading, ("1", "办好甲事", JYJ, "")))[0][:3] == (1, "教育", "办好甲事")


def test_a_column_may_be_the_section_and_be_merged() -> None:
    columns = ("类别", "序号", "事项", "责任单位")
    draft = read(("教育", "1", "甲事", JYJ), ("", "2", "乙事", JYJ), ("卫生", "3", "丙事", JYJ), columns=columns)
    assert [one[1] for one in items(draft)] == ["教育", "教育", "卫生"]


def test_one_lead_a_row_with_merged_or_empty_cells() -> None:
    draft = read(("1", "甲事", JYJ, ""), ("1", "甲事", CZJ, ""), ("", "", KX, ""), ("2", "乙事", KX, ""))
    assert briefly(draft) == [(1, "甲事", (JYJ, CZJ, KX)), (2, "乙事", (KX,))]


def test_a_row_goes_on_after_a_page_break_with_or_without_headings() -> None:
    more = Table((("", "座，改造公厕2座", "", "协"), ("2", "乙事", JYJ, "")), "表2")
    last = Table((COLUMNS, ("3", "丙事", JYJ, "")), "表3")
    draft = read(("1", "甲事。新建公厕3", JYJ, f"{CZJ}、市科"), more=(more, last))
    assert draft.words[1] == "甲事。新建公厕3座，改造公厕2座"
    assert draft.items[0].cooperating == (CZJ, KX)
    assert [one[:2] for one in briefly(draft)] == [(1, "甲事"), (2, "乙事"), (3, "丙事")]


def test_lines_of_a_cell_are_names_of_their_own_or_one_name_broken_off() -> None:
    draft = read(("1", "甲事", f"{JYJ}\n{CZJ}", "市发展\n改革委，\n市科协\n市人力资源和社会\n保障局"))
    assert items(draft)[0][3:] == ((JYJ, CZJ), ("市发展改革委", KX, "市人力资源和社会保障局"))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("序号", "任务", "责任单位", "责任单位"), ("", "", "牵头单位", "配合单位")),
        (("序号", "任务", "责任单位", "责任单位"), ("序号", "任务", "牵头单位", "配合单位")),
        (("序号", "任务", "责任分工", "责任分工"), ("序号", "任务", "牵头单位", "配合单位")),
    ],
)
def test_headings_may_stand_in_two_rows(first: tuple[str, ...], second: tuple[str, ...]) -> None:
    assert items(read(second, ("1", "甲事", JYJ, CZJ), columns=first))[0][3:] == ((JYJ,), (CZJ,))


def test_task_and_goal_are_title_and_words() -> None:
    columns = ("序号", "项目名称", "年度目标", "责任单位")
    draft = read(("1", "甲事。", "新建公厕3座", JYJ), columns=columns)
    assert (draft.items[0].title, draft.words[1]) == ("甲事", "甲事。新建公厕3座")
    assert [target.indicator for target in draft.items[0].targets] == ["新建公厕"]


def test_a_goal_alone_is_the_task() -> None:
    assert briefly(read(("1", "新建公厕3座", JYJ), columns=("序号", "年度目标", "责任单位"))) == [
        (1, "新建公厕3座", (JYJ,))
    ]


def test_without_a_column_of_numbers_rows_are_counted() -> None:
    columns = ("工作任务", "责任单位")
    draft = read(("甲事", JYJ), ("甲事", CZJ), ("", KX), ("乙事", JYJ), columns=columns)
    assert briefly(draft) == [(1, "甲事", (JYJ, CZJ, KX)), (2, "乙事", (JYJ,))]


def test_empty_rows_and_rows_before_the_first_item_are_passed_over() -> None:
    draft = read(("", "单位：个", "", "—"), ("", "", "", ""), ("1", "甲事", JYJ, ""), ("", "", "", ""))
    assert briefly(draft) == [(1, "甲事", (JYJ,))]


def test_a_number_of_its_own_within_the_task_is_no_part_of_the_title() -> None:
    assert read(("1", "1.甲事", JYJ, "")).items[0].title == "甲事"


def test_numbers_that_begin_anew_under_another_section_run_on() -> None:
    draft = read(("一、教育",) * 4, ("1", "甲事", JYJ, ""), ("二、卫生",) * 4, ("1", "乙事", JYJ, ""))
    assert [one[:2] for one in items(draft)] == [(1, "教育"), (2, "卫生")]
    assert any("分别编号" in question.message for question in draft.questions)


@pytest.mark.parametrize(
    ("rows", "message", "place"),
    [
        ((("1", "甲事", JYJ, ""), ("3", "丙事", JYJ, "")), "第1项之后是第3项", "表1第3行"),
        ((("2", "乙事", JYJ, ""), ("3", "丙事", JYJ, "")), "第一个事项的序号是2", "表1第2行"),
        ((("1", "甲事", "", ""),), "第1项“甲事”没有写明责任单位", "表1第2行"),
        ((("1", "", JYJ, ""),), "第1项“”没有写明责任单位", "表1第2行"),
        ((("1", "甲事", "", CZJ), ("2", "乙事", "张三", "")), "“张三”不像单位名称", "表1第3行"),
    ],
)
def test_what_cannot_be_right_is_refused_with_the_row(
    rows: tuple[tuple[str, ...], ...], message: str, place: str
) -> None:
    with pytest.raises(NoticeRefused, match=message) as refused:
        read(*rows)
    assert refused.value.place == place


def test_a_table_without_items_is_part_of_the_text() -> None:
    letterhead = Table((("云川市民生办公室文件", "云川市民生办公室文件"),), "表1")
    lines = (Line("关于印发《2021年民生要点》的通知", "第2段"), Line("1.甲事。（牵头单位：市教育局）", "第3段"))
    draft = read_notice((letterhead, *lines, Table((), "表2"), Table((COLUMNS,), "表3")))
    assert draft.notice.organ == "云川市民生办公室"
    assert briefly(draft) == [(1, "甲事", (JYJ,))]


def test_other_tables_beside_the_items_are_left() -> None:
    contacts = Table((("姓名", "电话"), ("张三", "0553-1")), "表2")
    assert briefly(read(("1", "甲事", JYJ, ""), more=(contacts,))) == [(1, "甲事", (JYJ,))]


def test_names_of_two_columns_never_run_into_one() -> None:
    rows = (("序号", "目标与任务", "责任单位", "责任单位"), ("1", "提高低保水平。新建站点3个。", "市民", "市财政局"))
    with pytest.raises(NoticeRefused, match="“市民”不像单位名称"):
        read_notice((Line("2020年民生工作要点", "第1行"), Table(rows, "表一")))

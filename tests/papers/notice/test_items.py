"""Items out of running text: which numbers are the items', what belongs to one, and which orders of numbers are refused."""

import pytest

from cuibao.papers.notice.draft import Draft, NoticeRefused
from cuibao.papers.notice.items import han_number
from cuibao.papers.notice.reading import read_notice
from cuibao.papers.notice.source import Line

HEAD = ("关于印发《2021年民生要点》的通知", "各责任单位于6月30日前报送进展，邮箱a@example.cn。", "一、就业")
CLAUSE = "（牵头责任单位：市教育局）"


def read(*lines: str, head: tuple[str, ...] = HEAD) -> Draft:
    """What the notice with these lines says, under a head that is as it should be."""
    return read_notice([Line(text, f"第{number}行") for number, text in enumerate((*head, *lines), start=1)])


def titles(draft: Draft) -> list[tuple[int, str, str]]:
    return [(item.no, item.section, item.title) for item in draft.items]


def asked(draft: Draft) -> str:
    return "\n".join(question.message for question in draft.questions)


@pytest.mark.parametrize(
    ("text", "number"), [("一", 1), ("十", 10), ("十二", 12), ("二十", 20), ("三十五", 35), ("", 0), ("一一", 0)]
)
def test_han_numbers(text: str, number: int) -> None:
    assert han_number(text) == number


@pytest.mark.parametrize("style", ["{}.", "{}、", "（{}）", "第{}项：", "{}. "])
def test_items_are_numbered_in_several_styles(style: str) -> None:
    draft = read(f"{style.format(1)}办好甲事。{CLAUSE}", f"{style.format(2)}办好乙事。{CLAUSE}")
    assert titles(draft) == [(1, "就业", "办好甲事"), (2, "就业", "办好乙事")]


def test_headings_in_brackets_are_sections_where_there_are_no_others() -> None:
    draft = read(f"1.办好甲事。{CLAUSE}", "（二）健康", f"2.办好乙事。{CLAUSE}", head=(*HEAD[:2], "（一）教育"))
    assert titles(draft) == [(1, "教育", "办好甲事"), (2, "健康", "办好乙事")]


def test_items_with_han_numbers_stand_under_the_notices_title() -> None:
    draft = read(f"一、办好甲事。{CLAUSE}", f"二、办好乙事。{CLAUSE}", head=HEAD[:2])
    assert titles(draft) == [(1, "2021年民生要点", "办好甲事"), (2, "2021年民生要点", "办好乙事")]


def test_numbers_that_begin_anew_run_on_and_a_person_is_asked() -> None:
    draft = read(f"1.办好甲事。{CLAUSE}", "二、教育", f"1.办好乙事。{CLAUSE}")
    assert titles(draft) == [(1, "就业", "办好甲事"), (2, "教育", "办好乙事")]
    assert "分别编号" in asked(draft)


@pytest.mark.parametrize(
    ("numbers", "message", "place"),
    [
        ((1, 3), "事项序号不连续：第1项之后是第3项", "第5行"),
        ((1, 2, 2), "事项序号重复或倒退：第2项之后又是第2项", "第6行"),
        ((2, 3), "第一个事项的序号是2，前面的事项缺失", "第4行"),
    ],
)
def test_numbers_that_skip_or_repeat_are_refused(numbers: tuple[int, ...], message: str, place: str) -> None:
    with pytest.raises(NoticeRefused, match=message) as refused:
        read(*(f"{number}.办好实事。{CLAUSE}" for number in (*numbers, max(numbers) + 1)))
    assert refused.value.place == place
    assert "导入" in refused.value.remedy


def test_an_item_that_names_nobody_is_refused() -> None:
    with pytest.raises(NoticeRefused, match="第2项“办好乙事”没有写明责任单位") as refused:
        read(f"1.办好甲事。{CLAUSE}", "2.办好乙事。要抓好落实。", f"3.办好丙事。{CLAUSE}")
    assert refused.value.place == "第5行"


def test_a_text_without_items_is_refused() -> None:
    with pytest.raises(NoticeRefused, match="没有找到带责任单位的事项"):
        read("1.坚持以人为本。", "2.坚持问题导向。")


def test_a_heading_whose_parts_name_nobody_is_left_out_and_asked() -> None:
    lines = ("1.坚持以人为本。", "2.坚持问题导向。", "二、任务", f"1.办好甲事。{CLAUSE}", f"2.办好乙事。{CLAUSE}")
    draft = read(*lines, head=(*HEAD[:2], "一、总体要求"))
    assert titles(draft) == [(1, "任务", "办好甲事"), (2, "任务", "办好乙事")]
    assert "“总体要求”下的内容没有责任单位" in asked(draft)


def test_other_numbers_within_an_item_are_its_words() -> None:
    draft = read("1.办好甲事，包括3.小事和", "7.其他事，展望", f"2030.远景。{CLAUSE}", f"2.办好乙事。{CLAUSE}")
    assert [item.title for item in draft.items] == ["办好甲事，包括3.小事和7.其他事，展望2030.远景", "办好乙事"]


def test_two_clauses_of_one_item_are_put_together_and_asked_about() -> None:
    draft = read(f"1.办好甲事。新建公厕3座{CLAUSE}，改造公厕2座（责任单位：市财政局）。", f"2.办好乙事。{CLAUSE}")
    assert (draft.items[0].lead, draft.items[0].cooperating) == (("市教育局",), ("市财政局",))
    assert "一项中有2处责任单位" in asked(draft)
    assert draft.clauses == {1: f"{CLAUSE}\n（责任单位：市财政局）", 2: CLAUSE}
    assert draft.words[1] == "办好甲事。新建公厕3座，改造公厕2座"


def test_words_behind_a_clause_are_asked_about() -> None:
    behind = "这些文字不知属于哪一项，可能缺了一个序号。"
    draft = read(
        f"1.办好甲事。{CLAUSE}",
        behind,
        f"2.办好乙事。{CLAUSE}",
        f"3.办好丙事。{CLAUSE}",
        "（此件公开发布，联系电话另附）",
    )
    assert len([one for one in draft.questions if one.item]) == 1
    assert "责任单位之后还有文字：“这些文字不知属于哪一项" in asked(draft)
    assert draft.words[1] == "办好甲事。"


def test_clauses_may_stand_before_the_words() -> None:
    behind = "新建公厕三十座，改造公厕二十座"
    draft = read(f"1.办好甲事。{CLAUSE}", behind, f"2.办好乙事。{CLAUSE}", behind, "云川市民生办公室", "2021年3月2日")
    assert list(draft.words.values()) == [f"办好甲事。{behind}", f"办好乙事。{behind}"]
    assert read(f"1.甲。{CLAUSE}", behind, f"2.乙。{CLAUSE}", behind).words[2] == f"乙。{behind}"


def test_a_bracket_that_is_not_closed_is_asked_about() -> None:
    draft = read(f"1.办好甲事。{CLAUSE}", "2.办好乙事。（牵头责任单位：市教育局")
    assert "括号没有闭合" in asked(draft)


def test_a_title_on_a_line_of_its_own_needs_no_mark() -> None:
    draft = read("1.办好甲事", f"　　新建公厕3座。{CLAUSE}", "2.办好乙事", f"　　新建公园2个。{CLAUSE}")
    assert [item.title for item in draft.items] == ["办好甲事", "办好乙事"]
    assert [target.indicator for item in draft.items for target in item.targets] == ["新建公厕", "新建公园"]


def test_an_item_without_a_title_is_asked_about() -> None:
    assert "该项没有名称" in asked(read(f"1.{CLAUSE}", f"2.办好乙事。{CLAUSE}"))


def test_a_clause_that_names_people_alone_is_refused() -> None:
    with pytest.raises(NoticeRefused, match="第1项“办好甲事”没有写明责任单位"):
        read("1.办好甲事。（责任领导：张三）")


def test_a_clause_without_a_lead_is_refused() -> None:
    with pytest.raises(NoticeRefused, match="第1项只写协同单位，没有写明牵头单位"):
        read("1.办好甲事。（配合单位：市财政局）")


def test_what_is_no_units_name_is_refused_with_the_place_of_its_clause() -> None:
    with pytest.raises(NoticeRefused, match="第1项的“市教”不像单位名称") as refused:
        read("1.办好甲事。", "（牵头责任单位：市教、市财政局）")
    assert refused.value.place == "第5行"


@pytest.mark.parametrize("lines", [(), ("", " ")])
def test_a_file_without_text_is_refused(lines: tuple[str, ...]) -> None:
    with pytest.raises(NoticeRefused, match="文件中没有文字") as refused:
        read(*lines, head=())
    assert refused.value.place == "全文"

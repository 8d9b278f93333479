"""What conversion leaves is taken out of lines, and every character keeps its place."""

import pytest

from cuibao.papers.notice.source import Line
from cuibao.papers.notice.text import Text, plain, running


def joined(*lines: str, places: tuple[str, ...] = ()) -> Text:
    named = places or tuple(f"第{number}行" for number in range(1, len(lines) + 1))
    return running([Line(text, place) for text, place in zip(lines, named, strict=True)])


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("**加强** 管理", "加强管理"),
        ("## 一、就业", "一、就业"),
        ("１４ ５００ 人", "14500人"),
        ("1,264 户", "1264户"),
        ("市财政局,市科协", "市财政局，市科协"),
        ("(责任单位:市财政局)", "（责任单位：市财政局）"),
        ("完成改造.推进", "完成改造。推进"),
        ("1 . 12个小区", "1、12个小区"),
        ("市经济— 12 —和信息化局", "市经济和信息化局"),
        ("市财第 3 页 共 9 页政局", "市财政局"),
        ("⽀持⽣产", "支持生产"),
        ("web  site", "web site"),
        ("强化 VOCs 治理", "强化VOCs治理"),
        ("“三权分置”", "“三权分置”"),
    ],
)
def test_marks_of_conversion_are_removed(raw: str, clean: str) -> None:
    assert plain(raw) == clean


def test_lines_are_joined_and_keep_their_places() -> None:
    text = joined("市教", "育局", "", "市财政局")
    assert text.text == "市教育局市财政局"
    assert [text.place(index) for index in (0, 1, 2, 4)] == ["第1行", "第1行", "第2行", "第4行"]


def test_english_words_of_two_lines_stay_apart() -> None:
    assert joined("web", "site").text == "web site"


def test_an_address_that_a_line_breaks_goes_on() -> None:
    assert joined("邮箱office@exa", "mple.cn").text == "邮箱office@example.cn"


def test_numbers_of_pages_are_left_out() -> None:
    assert joined("甲", "— 1 —", "乙", "2", "丙", "第 3 页", "丁").text == "甲乙丙丁"
    assert joined("完成改造", "1", "二", "99", "三").text == "完成改造二99三"


def test_headers_that_come_again_stand_once() -> None:
    header = "云川市民生工作办公室"
    lines = (header, "甲", header, "乙", header, "丙")
    pages = ("第1页第1行", "第1页第2行", "第2页第1行", "第2页第2行", "第3页第1行", "第3页第2行")
    assert joined(*lines, places=pages).text == f"{header}甲乙丙"


def test_names_that_come_again_in_a_list_stay() -> None:
    assert (
        joined("市住房和城乡建设局", "甲", "市住房和城乡建设局", "乙", "市住房和城乡建设局").text.count("市住房") == 3
    )


def test_sentences_end_with_marks_and_with_lines_that_close_by_themselves() -> None:
    text = joined("关于做好工作的通知", "各单位：请报送。。再报")
    assert list(text.sentences()) == [(0, "关于做好工作的通知"), (9, "各单位：请报送"), (18, "再报")]


def test_a_part_taken_out_leaves_the_rest_with_its_places() -> None:
    text = joined("甲甲", "乙乙", "丙丙")
    rest = text.without(2, 4)
    assert rest.text == "甲甲丙丙"
    assert rest.place(2) == "第3行"
    assert text.without(2, 6).text == "甲甲"
    assert text.without(0, 6).place(0) == "全文"

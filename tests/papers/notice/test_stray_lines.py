"""A line that conversion left between two items never makes the rest of the list go unseen."""

import pytest

from cuibao.papers.notice.draft import NoticeRefused
from cuibao.papers.notice.reading import read_notice
from cuibao.papers.notice.source import Line

BEFORE = (
    "关于印发2021年民生工作要点的通知",
    "一、强化就业",
    "1. 开展培训。全年培训人员500人。（牵头责任单位：市人力资源和社会保障局）",
    "2. 推动创业。开发岗位300个。（牵头责任单位：市人力资源和社会保障局）",
    "二、做好社保",
)
AFTER = (
    "3. 实施医保。参保率稳定在95%以上。（牵头责任单位：市医保局）",
    "4. 深化大病保险。应保尽保。（牵头责任单位：市医保局）",
)


def read(*stray: str) -> list[int]:
    lines = (Line(text, f"第{number}行") for number, text in enumerate((*BEFORE, *stray, *AFTER), start=1))
    return [item.no for item in read_notice(tuple(lines)).items]


@pytest.mark.parametrize("stray", [(), ("— 3 —",), ("3/8",), ("3",), ("3/8/21, 7:56 AM",)])
def test_page_numbers_between_items_are_passed_over(stray: tuple[str, ...]) -> None:
    assert read(*stray) == [1, 2, 3, 4]


@pytest.mark.parametrize("stray", ["某市人民政府公报 3", "file:///notice.html 3/8"])
def test_where_a_footer_hides_an_items_number_the_notice_is_refused_with_the_place(stray: str) -> None:
    with pytest.raises(NoticeRefused, match="第2项之后是第4项") as refused:
        read(stray)
    assert refused.value.place == "第8行"

"""An item that is missing, or that stands twice, is never passed over: the notice is refused with the place, wherever the item stood."""

import pytest

from cuibao.papers.notice.draft import NoticeRefused
from cuibao.papers.notice.reading import read_notice
from cuibao.papers.notice.source import Line, Source

SECTIONS, EACH = 9, 4
HEAD = ("明湖市民生工程协调小组文件", "明民生〔2021〕1号", "关于印发《2021年明湖市民生工作要点》的通知")


def lines() -> list[str]:
    """Nine sections of four items, numbered through."""
    found = list(HEAD)
    for section in range(SECTIONS):
        found.append(f"{'一二三四五六七八九'[section]}、第{section + 1}类工作")
        for no in range(section * EACH + 1, section * EACH + EACH + 1):
            found.append(f"{no}. 推进第{no}件实事。新建幼儿园{no}所。（牵头责任单位：市教育局）")
    return found


def source(texts: list[str]) -> Source:
    return tuple(Line(text, f"第{number}行") for number, text in enumerate(texts, start=1))


def at(number: int) -> int:
    """Which line an item is."""
    return next(place for place, text in enumerate(lines()) if text.startswith(f"{number}. "))


def test_the_whole_list_is_read() -> None:
    assert len(read_notice(source(lines())).items) == SECTIONS * EACH


@pytest.mark.parametrize("number", range(1, SECTIONS * EACH))
def test_without_any_one_item_the_notice_is_refused(number: int) -> None:
    texts = lines()
    del texts[at(number)]
    with pytest.raises(NoticeRefused, match=r"不连续|缺失") as refused:
        read_notice(source(texts))
    assert refused.value.place.startswith("第")


@pytest.mark.parametrize("number", range(1, SECTIONS * EACH + 1))
def test_with_any_one_item_twice_it_is_refused(number: int) -> None:
    texts = lines()
    texts.insert(at(number), texts[at(number)])
    with pytest.raises(NoticeRefused, match="重复或倒退"):
        read_notice(source(texts))

"""A file that is no readable notice is refused with the place and what to do."""

import pytest

from cuibao.papers.contents import limits
from cuibao.papers.notice.refusals import refusal


@pytest.mark.parametrize(
    ("words", "page", "place", "message", "remedy"),
    [
        (limits.SCANNED, 3, "要点.pdf第3页", "第3页是扫描件，没有文字", "文字识别"),
        (limits.LOCKED, 0, "要点.pdf", "文件已加密，无法读取", "去掉密码"),
        ("是可执行程序，不予接收", 0, "要点.pdf", "文件是可执行程序，不予接收", "另存为 .docx"),
    ],
)
def test_a_refusal_names_place_reason_and_remedy(words: str, page: int, place: str, message: str, remedy: str) -> None:
    told = refusal("要点.pdf", words, page)
    assert (told.place, told.message) == (place, message)
    assert remedy in told.remedy

"""A stranger's html is shown without anything that could act, call out or pretend."""

import pytest

from cuibao.papers.cleaned import cleaned, page_of


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ("<p>第二季度<b>完成</b></p>", "<p>第二季度<b>完成</b></p>"),
        (
            "<table><tbody><tr><td colspan=2>14500</td></tr></tbody></table>",
            '<table><tbody><tr><td colspan="2">14500</td></tr></tbody></table>',
        ),
        ("<script>alert(1)</script>见附件", "见附件"),
        ('<p onclick="x()" style="position:fixed" class="a">好</p>', "<p>好</p>"),
        ('<img src="http://track.example/1.png">好', "好"),
        ('<a href="http://evil.example">点此</a>', "<a>点此</a>"),
        ("<form action=/acts><input name=a><button>交</button></form>", "交"),
        ("<style>p{}</style><svg><script>1</script></svg>字", "字"),
        ("<iframe src=x></iframe><!-- [if mso]>x<![endif] -->完", "完"),
        ("<p>没有关", "<p>没有关</p>"),
    ],
)
def test_only_harmless_markup_is_left(html: str, shown: str) -> None:
    assert cleaned(html) == shown


def test_a_page_of_it_is_whole() -> None:
    assert page_of("<p>甲</p>").endswith("<body><p>甲</p></body></html>")

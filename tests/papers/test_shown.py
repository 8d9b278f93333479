"""What of a page's words a reader sees: nothing that is struck out or hidden, and raised figures as such."""

import pytest

from cuibao.papers.contents.html_layout import html_blocks
from cuibao.papers.form.amounts import amount
from cuibao.papers.quoting import html_text
from cuibao.papers.shown import Look, Shown, apart, look


@pytest.mark.parametrize(
    ("tag", "attributes", "shown"),
    [
        ("s", "", Look.STRUCK),
        ("del", ' datetime="2020"', Look.STRUCK),
        ("strike", ' style="vertical-align:super"', Look.STRUCK),
        ("span", ' style="color:red; TEXT-DECORATION: underline line-through"', Look.STRUCK),
        ("font", " style='text-decoration-line:line-through'", Look.STRUCK),
        ("span", " style=display:none", Look.ABSENT),
        ("p", ' STYLE="mso-hide: all"', Look.ABSENT),
        ("td", " hidden", Look.ABSENT),
        ("td", ' hidden=""', Look.ABSENT),
        ("td", ' width="9"hidden', Look.ABSENT),
        ("td", " style=overflow:hidden", None),
        ("td", ' aria-hidden="true"', None),
        ("td", ' style="visibility: hidden"', Look.BLANK),
        ("sup", ' style="display:none"', Look.ABSENT),
        ("sup", "", Look.RAISED),
        ("sub", "", Look.LOWERED),
        ("span", ' style="vertical-align: super"', Look.RAISED),
        ("span", ' style="position:relative;top:-5.0pt;mso-text-raise:5.0pt"', Look.RAISED),
        ("span", ' style="mso-text-raise:-3.0pt"', Look.LOWERED),
        ("span", ' style="mso-text-raise:0pt"', None),
        ("span", ' data-style="display:none" title="hidden"', None),
        ("td", ' style="overflow:hidden;vertical-align:top"', None),
        ("span", ' class="none"', None),
        ("img", ' style="display:none"', None),
        ("b", "", None),
    ],
)
def test_how_an_element_is_shown(tag: str, attributes: str, shown: Look | None) -> None:
    assert look(tag, attributes) is shown


@pytest.mark.parametrize(
    ("before", "text", "shown", "words"),
    [
        (["面积300 m"], "2", Look.RAISED, "²"),
        (["PM"], "2.5", Look.LOWERED, "₂.₅"),
        (["2", "3000", " "], "1", Look.RAISED, "^1"),
        (["23000"], "1", Look.LOWERED, "_1"),
        ([], "1", Look.RAISED, "^1 "),
        (["98"], "%", Look.RAISED, "%"),
        (["10"], "-4", Look.RAISED, "^-4"),
        (["s"], "-1", Look.RAISED, "⁻¹"),
    ],
)
def test_a_raised_figure_is_none_of_the_numbers(before: list[str], text: str, shown: Look, words: str) -> None:
    assert apart(before, text, shown) == words


@pytest.mark.parametrize("text", ["23000^1", "^1 23000", "23000_1", "10^4", "10^4人", "300m²", "12^.5"])
def test_such_a_cell_is_no_plain_number(text: str) -> None:
    found = amount(text, "人")
    assert found.value is None
    assert found.wrong


def test_elements_end_where_their_own_tag_ends() -> None:
    shown = Shown()
    assert shown.words([], "2") == "2"
    shown.start("span", Look.STRUCK)
    shown.start("span", None)
    shown.end("span")
    shown.end("b")
    assert shown.words([], "2") == ""
    shown.start("div", Look.ABSENT)
    shown.end_inline()
    assert shown.unread
    shown.end("div")
    shown.end("div")
    assert shown.words([], "2") == "2"


@pytest.mark.parametrize(
    "inner",
    [
        "8<option>500</option>",
        "<label>8</label><figcaption>500</figcaption>",
        "8<b style='display:block'>500</b>",
        "<b style='display:flex'>8</b>500",
        "<b style='float:left'>8</b>500",
    ],
)
def test_no_reader_of_pages_takes_what_stands_apart_for_one_number(inner: str) -> None:
    assert html_text(f"<p>{inner}<p>市<output>级</output>").splitlines()[0] == "8 500"
    assert html_blocks(f"<p>{inner}<p>市<output>级</output>") == ["8 500", "市级"]


def test_words_that_a_page_moves_stay_as_they_are_where_no_figures_are_read() -> None:
    page = "<p style='position:relative;left:1em'>第7项已完成</p><noscript>2020年</noscript>"
    assert html_text(page) == "第7项已完成\n2020年"
    assert html_blocks(page) == ["第7项已完成"]

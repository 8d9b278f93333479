"""Tables out of html and text: cells in their places, whatever spans or lacks."""

from time import perf_counter

import pytest
from forms import PUPILS

from cuibao.papers.form.amounts import amount
from cuibao.papers.form.pasted import html_tables, text_tables
from cuibao.papers.quoting import html_text

HEADS = "<tr><th>序号</th><th>指标</th><th>本年累计完成</th></tr>"


def rows(source: str) -> list[tuple[str, ...]]:
    (table,) = html_tables(source)
    return list(table.rows)


def test_a_cell_over_several_rows_leaves_the_others_in_their_columns() -> None:
    html = f"<table>{HEADS}<tr><td rowspan=2>7</td><td>新建</td><td>9</td></tr><tr><td>新增</td><td>8</td></tr></table>"
    assert rows(html)[1:] == [("7", "新建", "9"), ("", "新增", "8")]
    assert html_tables(html)[0].joined == ((1, 0, 2, 0),)


def test_a_cell_over_several_columns_takes_their_places() -> None:
    assert rows(f"<table>{HEADS}<tr><td colspan='2'>合计</td><td>9</td></tr></table>")[1] == ("合计", "", "9")


def test_a_cell_before_any_row_begins_one() -> None:
    assert rows(f"<table><td>说明</td>{HEADS}</table>")[0] == ("说明",)


def test_a_table_wider_than_any_form_is_cut() -> None:
    wide = "<td>1</td>" * 70 + "<td colspan=900>1</td>"
    assert len(rows(f"<table>{HEADS}<tr>{wide}</tr></table>")[1]) == 60


def test_rows_beyond_the_limit_are_not_read() -> None:
    found = rows(f"<table>{HEADS}{'<tr><td>1</td></tr>' * 2100}</table>")
    assert (len(found), found[-2:]) == (2001, [("1",), ("…",)])


def test_lines_within_a_cell_are_one_text() -> None:
    assert rows(f"<p>报送</p><table>{HEADS}<tr><td>1<br><span>1</span></td></tr></table>")[1] == ("1 1",)


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("<td>2<hr>3000</td>", "2 3000"),
        ("<td>2<li>3000</td>", "2 3000"),
        ("<td>2<table><tr><td>3000</td></tr></table></td>", "2 3000"),
        ("<td>2<table style='display:none'><tr><td>3000</td></tr></table>0</td>", "20"),
        ("<td>23000<sup>1</sup></td>", "23000^1"),
        ("<td>23000 <span style='vertical-align:super'>&#49;</span></td>", "23000 ^1"),
        ("<td>300m<sup>2</sup></td>", "300m²"),
        ("<td><s>2</s>23000</td>", "23000"),
        ("<td><del>2<br>1</del>23000</td>", "23000"),
        ("<td><p style='text-decoration:line-through'>2</p><p>23000</p></td>", "23000"),
        ("<td>23000<span style='display:none'>0</span></td>", "23000"),
        ("<td><span style='visibility:hidden'>2<span>1</span></span>23000</td>", "23000"),
        ("<td>23000<style>p{}</style><script>1</b></script></td>", "23000"),
        ("<td style='text-decoration:line-through'>2</td>", ""),
        ("<td style='display:none'>2<table><tr><td>5</td></tr></table></td><td>23000</td>", "23000"),
        ("<form style='display:none'><td>23000</td>", "23000"),
    ],
)
def test_a_cell_says_what_the_page_shows_in_it(cell: str, words: str) -> None:
    assert rows(f"<table>{HEADS}<tr><td>11</td><td>{PUPILS}</td>{cell}</tr></table>")[1] == ("11", PUPILS, words)


@pytest.mark.parametrize(
    "inner",
    [
        "23000<a><span class=MsoFootnoteReference>1</span></a>",
        "23000<span style='mso-special-character:footnote'>1</span>",
        "<font color=white>2</font>3000",
        "<span style='color: #FFF'>2</span>3000",
        "<span style='color:white;background:#ffffff'>2</span>3000",
    ],
)
def test_a_notes_mark_and_what_is_white_on_white_are_no_part_of_a_number(inner: str) -> None:
    assert told(cell(inner))


@pytest.mark.parametrize(
    "inner", ["<span style='color:white;background:#000080'>23000</span>", "<font color=red>23000</font>"]
)
def test_other_colours_change_nothing(inner: str) -> None:
    assert cell(inner) == "23000"


def cell(inner: str, attributes: str = "") -> str:
    return rows(f"<table>{HEADS}<tr><td>11</td><td>{PUPILS}</td><td{attributes}>{inner}</td></tr></table>")[1][2]


def told(words: str) -> bool:
    """Whether no number is taken from a cell, and that is said."""
    found = amount(words, "人")
    return found.value is None and bool(found.wrong)


@pytest.mark.parametrize(
    "tag",
    [
        "address",
        "article",
        "aside",
        "button",
        "caption",
        "center",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "header",
        "hr",
        "img",
        "legend",
        "li",
        "main",
        "marquee",
        "nav",
        "ol",
        "optgroup",
        "option",
        "output",
        "p",
        "picture",
        "pre",
        "q",
        "rp",
        "rt",
        "ruby",
        "section",
        "select",
        "small",
        "summary",
        "textarea",
        "ul",
        "x-y",
    ],
)
def test_only_tags_that_are_known_to_stand_in_a_line_leave_a_number_whole(tag: str) -> None:
    assert told(cell(f"8<{tag}>500</{tag}>"))
    assert told(cell(f"<{tag}>8</{tag}>500"))


@pytest.mark.parametrize(
    "tag",
    [
        "a",
        "b",
        "code",
        "em",
        "font",
        "i",
        "ins",
        "kbd",
        "label",
        "mark",
        "nobr",
        "o:p",
        "samp",
        "span",
        "st1:chmetcnv",
        "strong",
        "tt",
        "u",
        "var",
    ],
)
def test_a_number_in_pieces_of_one_line_is_whole(tag: str) -> None:
    assert cell(f"<{tag}>8</{tag}><{tag} class=x>500</{tag}>") == "8500"
    assert cell("8<wbr>5<!-- 9 -->0<!---->0<?php?>") == "8500"


@pytest.mark.parametrize(
    "style",
    [
        "display:block", "DISPLAY : inline-block !important", "display:table", "display:table-cell", "display:list-item", "float:right",
        "display:inline;display:flex", "display:/* */grid", "display&#58;block", "margin-left:2em", "padding:0 1px", "unicode-bidi:isolate",
        "visibility:hidden", "opacity:0", "position:absolute",
    ],
)  # fmt: skip
def test_what_its_style_sets_apart_is_no_part_of_a_number(style: str) -> None:
    assert told(cell(f"8<span style='{style}'>500</span>")) or style in ("visibility:hidden", "opacity:0")
    assert told(cell(f"8<span style='{style}'>0</span>500"))


@pytest.mark.parametrize(
    "style", ["display:inline", "display:contents", "margin:0cm 0pt", "float:none", "position:relative", "font-size:9pt", "color:#0000ff", "color:rgb(0, 0, 0)", "color:rgba(0, 0, 0, 0.9)", "opacity:1", "opacity:0.5", "visibility:visible"]
)  # fmt: skip
def test_a_style_that_sets_nothing_apart_leaves_a_number_whole(style: str) -> None:
    assert cell(f"8<span style='{style}'>500</span>") == "8500"


def test_what_runs_in_its_own_direction_is_no_part_of_a_number() -> None:
    assert told(cell("<span dir=rtl>500</span><span dir=rtl>8</span>"))
    assert told(cell("<bdi>500</bdi><bdi>8</bdi>"))
    assert told(cell("<bdo dir=rtl>0058</bdo>"))


@pytest.mark.parametrize(
    "inner",
    [
        "<template>2</template>23000",
        "<span style='opacity:0.0'>2</span>23000",
        "<span style='opacity:-.5'>2</span>23000",
        "<s style='visibility:visible'>2</s>23000",
        "<span style='text-decoration-line:underline line-through'>2</span>23000",
        "<strike>2</strike><del>1</del>23000",
        '<span title="style=display:none">23000</span>',
        "<span style='display:none;display:inline'>23000</span>",
        "<span style='display:inline' style='display:none'>23000</span>",
        f"<span title='{'x' * 2000}' style='display:none'>2</span>23000",
        "<input value=23000>",
        "<input type=hidden value=2>23000<input type=radio value=3><input style='display:none' value=4><input>",
        "<s><input value=2></s>23000",
    ],
)  # fmt: skip
def test_what_nobody_sees_is_no_figure(inner: str) -> None:
    assert cell(inner) == "23000"


@pytest.mark.parametrize(
    "style",
    [
        "font-size:0", "font-size:0px", "font:0/0 a", "font:bold 0pt 宋体", "color:transparent", "color:rgba(0, 0, 0, 0)", "color:#0000",
        "-webkit-text-fill-color:transparent", "clip:rect(0,0,0,0)", "clip-path:inset(50%)", "text-indent:-9999px", "text-indent:-100em",
        "position:absolute;left:-9999px", "position:fixed", "position:relative;top:-5px", "position:relative;left:3em",
        "transform:scaleX(-1)", "rotate:180deg", "display:flex;flex-direction:row-reverse", "display:inline-grid",
        "direction:rtl;unicode-bidi:bidi-override", "color:hsl(0 0% 0% / 0)", "opacity:calc(0)", "display:var(--x)",
        "content-visibility:hidden",
    ],
)  # fmt: skip
def test_what_may_be_seen_otherwise_or_not_at_all_is_for_a_person(style: str) -> None:
    shown = cell(f"<span style='{style}'>23000</span>")
    assert shown == "23000（显示方式特殊）"
    assert told(shown)
    assert cell("23000", f" style='{style}'") == shown
    assert cell(f"<p style='{style}'>无</p>") == "无"


def test_what_is_seen_again_within_what_is_hidden_is_for_a_person() -> None:
    assert told(cell("<span style='visibility:hidden'>1<b style='visibility:visible'>2</b></span>23000"))
    assert told(cell("<noscript>2</noscript>23000"))
    assert cell("<b style='visibility:visible'>23000</b>") == "23000"


@pytest.mark.parametrize(
    "attributes",
    [
        "s style='text-decoration:none'",
        "span hidden style='display:inline'",
        "p style='height:0;overflow:hidden'",
        "b style='max-height:0px;overflow:clip'",
    ],
)
def test_what_one_thing_hides_and_another_shows_is_for_a_person(attributes: str) -> None:
    assert told(cell(f"<{attributes}>2</{attributes.split()[0]}>3000"))


def test_a_cell_is_as_large_as_its_words() -> None:
    assert cell("23000", " style='overflow:hidden;max-width:0'") == "23000"


def test_a_row_whose_size_is_none_is_for_a_person() -> None:
    row = f"<td>十一</td><td>{PUPILS}</td><td>23000</td>"
    for html in ("<tr style='font-size:0'>{}</tr>", "<tbody style='color:transparent'><tr>{}</tr></tbody>"):
        assert told(rows(f"<table>{HEADS}{html.format(row)}</table>")[1][2])


@pytest.mark.parametrize(
    "inner",
    ["23000<span style='vertical-align:{}'>1</span>", "<span style='vertical-align:{}'>1</span>23000"],
)  # fmt: skip
@pytest.mark.parametrize("place", ["5pt", "-.5em", "30%", "super", "sub", "top", "text-top", "bottom", "text-bottom"])
def test_what_stands_higher_or_lower_is_no_part_of_a_number(inner: str, place: str) -> None:
    assert told(cell(inner.format(place)))


@pytest.mark.parametrize("place", ["0", "0pt", "0.0%", "baseline", "middle"])
def test_what_stands_on_the_line_is_part_of_a_number(place: str) -> None:
    assert cell(f"2<span style='vertical-align:{place}'>3000</span>") == "23000"


def test_what_only_looks_like_a_tag_is_seen() -> None:
    assert told(cell("8<1>500"))
    assert told(cell("8<!-->1-->500"))


@pytest.mark.parametrize("mark", ["\u200b", "\u2060", "\ufeff", "\u00ad", "&shy;"])
def test_marks_that_nobody_sees_are_no_part_of_a_cell(mark: str) -> None:
    assert cell(f"8{mark}500") == "8500"


@pytest.mark.parametrize("mark", ["\u202e", "\u200f", "\x0b", "\x01"])
def test_marks_that_turn_or_part_digits_leave_them_to_a_person(mark: str) -> None:
    assert told(cell(f"8{mark}500"))


def test_a_row_with_what_is_odd_is_known_among_the_own_words() -> None:
    html = f"<table>{HEADS}<tr><td>11</td><td>{PUPILS}</td><td><b style='font-size:0'>2</b>3<s>4</s></td></tr></table>"
    for own in (f"序号指标本年累计完成11{PUPILS}23", html_text(html)):
        assert html_tables(html, own)[0].rows[1] == ("11", PUPILS, "2（显示方式特殊） 3")


@pytest.mark.parametrize(
    "piece",
    ["<span style='display:block;x:{}'>", "<b><i style=opacity:0>{}", "<x a='{}\"", "<p style='{}", "</span>{}"],
)
def test_a_page_of_styles_takes_a_time_in_proportion(piece: str) -> None:
    def seconds(times: int) -> float:
        source = f"<table>{HEADS}<tr><td>" + "".join(piece.format(number) for number in range(times))
        begun = perf_counter()
        html_tables(source)
        html_text(source)
        return perf_counter() - begun

    assert seconds(8_000) < 20 * seconds(1_000) + 0.5


def test_what_nobody_ends_ends_with_its_cell() -> None:
    html = f"<table>{HEADS}<tr><td><s>11</td><td>{PUPILS}</td><td>23000</td></tr></table>"
    assert rows(html)[1] == ("", PUPILS, "23000")


@pytest.mark.parametrize(
    "html",
    [
        "<table>{}<tr style='display:none'><td>11</td></tr>{}</table>",
        "<table>{}<tbody style='display:none'><tr><td>11</td></tr></tbody>{}</table>",
        "<table>{}<tr hidden><td rowspan=2>11</td></tr>{}</table>",
    ],
)
def test_a_row_that_is_not_shown_is_none(html: str) -> None:
    row = f"<tr><td>11</td><td>{PUPILS}</td><td>9</td></tr>"
    assert rows(html.format(HEADS, row))[1:] == [("11", PUPILS, "9")]


def test_a_row_that_is_struck_out_says_nothing() -> None:
    struck = f"<tr style='text-decoration:line-through'><td>11</td><td>{PUPILS}</td><td>9</td></tr>"
    assert rows(f"<table>{HEADS}{struck}</table>")[1] == ("", "", "")


def test_a_form_that_is_not_shown_is_none() -> None:
    form = f"<table>{HEADS}</table>"
    assert html_tables(f"<div style='display:none'>{form}</div>") == ()
    assert html_tables(f"<s>{form}</s>") == ()
    assert len(html_tables(f"<div style='display:none'>{form}")) == 1
    assert html_tables("<table><tr><td>" * 40 + form) == ()


@pytest.mark.parametrize("own", ["序号指标本年累计完成 11受助学生 23000", "序号指标本年累计完成 11受助学生 223000"])
def test_a_row_is_known_among_the_own_words_with_and_without_what_it_strikes_out(own: str) -> None:
    html = f"<table>{HEADS}<tr><td>11</td><td>{PUPILS}</td><td><s>2</s>23000</td></tr></table>"
    assert html_tables(html, own)[0].rows[1] == ("11", PUPILS, "23000")


def test_a_table_of_something_else_is_no_form() -> None:
    assert html_tables("<table><tr><td>姓名</td></tr></table>") == ()
    assert text_tables("姓名,本年累计完成\n张三,1") == ()


def test_comments_and_tags_that_nothing_ends_take_no_time() -> None:
    form = f"<table>{HEADS}<tr><td>11</td><td>{PUPILS}</td><td>9</td></tr></table>"
    for unended in ("<!--" * 100_000, "<!" * 100_000, "<table><tr><td " + "a " * 100_000):
        assert rows(form + unended)[1] == ("11", PUPILS, "9")


def test_text_that_no_reader_of_commas_takes_is_no_form() -> None:
    assert text_tables('"' + "一" * 140_000) == ()


def test_commas_divide_cells_where_tabs_do_not() -> None:
    (table,) = text_tables(f"序号,指标,本年累计完成\n11,{PUPILS},9")
    assert table.rows[1] == ("11", PUPILS, "9")


def test_a_line_that_ends_within_a_cell_of_csv_parts_two_numbers() -> None:
    (table,) = text_tables(f'序号,指标,本年累计完成\r\n11,{PUPILS},"8\r\n500"\r\n7,新建,18')
    assert table.rows[1:] == (("11", PUPILS, "8\r\n500"), ("7", "新建", "18"))
    assert amount("8\r\n500", "人").value is None


def test_a_page_of_spans_and_of_tables_is_read_as_far_as_is_of_use() -> None:
    spans = "<table>" + "<tr><td rowspan=999 colspan=57>x</table><table>" * 1000
    tables = "<table><tr><td>甲</td></tr></table>" * 8000
    assert html_tables(spans + tables, "甲" * 1000) == ()
    assert html_tables(("<table>" + "<tr><td>乙" * 2000 + "</table>") * 4, "甲" * 1000) == ()

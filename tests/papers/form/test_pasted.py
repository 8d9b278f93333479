"""Tables out of html and text: cells in their places, whatever spans or lacks."""

import pytest
from forms import PUPILS

from cuibao.papers.form.amounts import amount
from cuibao.papers.form.pasted import html_tables, text_tables

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
    assert (len(found), found[-1]) == (2000, ("1",))


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

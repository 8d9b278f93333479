"""Tables out of html and text: cells in their places, whatever spans or lacks."""

from forms import PUPILS

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
    assert len(rows(f"<table>{HEADS}{'<tr><td>1</td></tr>' * 2100}</table>")) == 2000


def test_lines_within_a_cell_are_one_text() -> None:
    assert rows(f"<p>报送</p><table>{HEADS}<tr><td>1<br><span>1</span></td></tr></table>")[1] == ("1 1",)


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

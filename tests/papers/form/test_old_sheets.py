"""A form that a unit saved in the old format, and one on a web page with a style of its own."""

from decimal import Decimal
from pathlib import Path

from forms import PLACES, TOKEN

from cuibao.papers.attachments import attach
from cuibao.papers.contents.opening import opened
from cuibao.papers.form.pasted import html_tables
from cuibao.papers.form.rows import lines

SAVED_BY_LIBREOFFICE = Path(__file__).parents[2] / "data/forms/returned.xls"


def test_an_old_sheet_is_read_with_its_token() -> None:
    one = opened(attach("完成情况表.et", SAVED_BY_LIBREOFFICE.read_bytes()))
    done = {line.indicator: line.done for table in one.tables for line in lines(table)}
    assert (one.kind, one.tokens) == ("form", (TOKEN,))
    assert (Decimal(str(done["新建"])), Decimal(str(done[PLACES]))) == (13, 3200)


def test_a_style_inside_a_table_is_no_word_of_it() -> None:
    page = "<table><style></style><tr><td>序号</td><td>本年累计完成</td></tr><tr><td>7</td><td>13</td></tr></table>"
    (table,) = html_tables(page)
    assert table.rows == (("序号", "本年累计完成"), ("7", "13"))

"""Ruled tables of a pdf, as Word, LibreOffice and browsers draw them, and characters that a browser's pdf tells as radicals."""

import io

import pypdf
import pytest
from pypdf.generic import DictionaryObject, NameObject, StreamObject

from cuibao.papers.attachments import attach
from cuibao.papers.contents import pdf_layout, pdf_rules
from cuibao.papers.contents.layout import laid_out
from cuibao.papers.contents.radicals import ordinary
from cuibao.papers.notice.source import Line, Table

COLUMNS, ROWS = (100, 150, 300), (700, 670, 640)


def drawn(*contents: str) -> tuple[Line | Table, ...]:
    """What is read of pages with these contents, whose font F knows nothing but ASCII."""
    writer = pypdf.PdfWriter()
    for content in contents:
        draw(writer, content)
    held = io.BytesIO()
    writer.write(held)
    return laid_out(attach("a.pdf", held.getvalue()))


def draw(writer: pypdf.PdfWriter, content: str) -> None:
    page = writer.add_blank_page(600, 800)
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): DictionaryObject({NameObject("/F"): font})})
    stream = StreamObject()
    stream.set_data(content.encode())
    page[NameObject("/Contents")] = writer._add_object(stream)


def says(text: str, x: float, y: float, turned: str = "1 0 0 1") -> str:
    return f"BT /F 10 Tf {turned} {x} {y} Tm ({text}) Tj ET\n"


def line(x0: float, y0: float, x1: float, y1: float) -> str:
    return f"{x0} {y0} m {x1} {y1} l S\n"


def ruled(columns: tuple[int, ...] = COLUMNS, rows: tuple[int, ...] = ROWS) -> str:
    """Every rule of a table from edge to edge."""
    level = (line(columns[0], y, columns[-1], y) for y in rows)
    upright = (line(x, rows[-1], x, rows[0]) for x in columns)
    return "".join((*level, *upright))


WORDS = says("No", 105, 680) + says("Task", 155, 680) + says("1", 105, 650) + says("Build", 155, 650)
TABLE = (("No", "Task"), ("1", "Build"))


def test_a_table_stands_between_the_lines_before_and_after_it() -> None:
    found = drawn(says("Before", 100, 750) + ruled() + WORDS + says("After", 100, 600))
    assert found == (Line("Before", "第1页第1行"), Table(TABLE, "第1页的表格"), Line("After", "第1页第2行"))


def test_a_page_may_begin_with_a_table() -> None:
    assert [one for one in drawn(ruled() + WORDS) if isinstance(one, Table)] == [Table(TABLE, "第1页的表格")]


def test_a_browser_draws_a_box_for_each_cell_on_a_page_upside_down() -> None:
    boxes = "".join(f"{x} {y} {w - 2} 28 re S\n" for y in (100, 130) for x, w in ((100, 50), (150, 150)))
    words = says("No", 105, 120, "1 0 0 -1") + says("Task", 155, 120, "1 0 0 -1")
    words += says("1", 105, 150, "1 0 0 -1") + says("Build", 155, 150, "1 0 0 -1")
    (table,) = drawn(f"1 0 0 -1 0 800 cm {boxes}{words}")
    assert isinstance(table, Table)
    assert table.rows == TABLE


def test_word_draws_rules_as_thin_boxes_and_colours_cells_with_wide_ones() -> None:
    thin = "".join(f"{x} 640 0.5 60 re f\n" for x in COLUMNS) + "".join(f"100 {y} 200 0.5 re f*\n" for y in ROWS)
    (table,) = drawn(f"100 670 50 30 re f\n{thin}{WORDS}")
    assert isinstance(table, Table)
    assert table.rows == TABLE


def test_what_only_clips_is_no_rule_and_neither_is_a_slanting_line() -> None:
    clip = "100 640 50 60 re W n\n150 640 150 60 re W n\n" + line(100, 640, 300, 700)
    assert all(isinstance(one, Line) for one in drawn(clip + WORDS))


def test_lines_without_columns_are_no_table() -> None:
    letterhead = line(100, 745, 300, 745) + line(100, 742, 300, 742)
    frame = "90 90 400 700 re S\n"
    assert all(isinstance(one, Line) for one in drawn(letterhead + frame + WORDS))


def test_two_tables_on_a_page_are_two() -> None:
    other = ruled(rows=(500, 470)) + says("2", 105, 480) + says("Mend", 155, 480)
    tables = [one.rows for one in drawn(ruled() + WORDS + other) if isinstance(one, Table)]
    assert tables == [TABLE, (("2", "Mend"),)]


def test_a_cell_over_two_rows_stands_in_each_and_one_over_two_columns_in_the_first() -> None:
    rules = (
        line(100, 700, 300, 700)
        + line(100, 670, 300, 670)
        + line(150, 640, 300, 640)
        + line(100, 610, 300, 610)
        + line(100, 610, 100, 700)
        + line(150, 610, 150, 670)
        + line(300, 610, 300, 700)
    )
    words = says("Part One", 105, 680) + says("1", 105, 640) + says("Build", 155, 650) + says("Mend", 155, 620)
    (table,) = drawn(rules + words)
    assert isinstance(table, Table)
    assert table.rows == (("Part One", ""), ("1", "Build"), ("1", "Mend"))


def test_a_line_that_filled_its_cell_was_only_broken_there() -> None:
    cell = says("a long line that goes to the", 155, 690) + says("edge", 155, 678)
    (table,) = drawn(ruled() + says("No", 105, 680) + cell + says("one", 155, 655) + says("two", 155, 644))
    assert isinstance(table, Table)
    assert table.rows == (("No", "a long line that goes to theedge"), ("", "one\ntwo"))


def test_text_that_is_turned_or_outside_stands_in_no_cell() -> None:
    found = drawn(ruled() + WORDS + says("side", 120, 650, "0 1 -1 0") + says("far", 500, 650))
    assert [one.text for one in found if isinstance(one, Line)] == ["far", "side"]


def test_a_drawing_of_very_many_lines_is_no_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_rules, "_MOST_RULES", 5)
    assert all(isinstance(one, Line) for one in drawn(ruled() + WORDS))
    monkeypatch.setattr(pdf_rules, "_MOST_RULES", 6)
    monkeypatch.setattr(pdf_rules, "_MOST_CELLS", 8)
    assert all(isinstance(one, Line) for one in drawn(ruled() + WORDS))


def test_a_line_that_was_not_written_from_left_to_right_is_read_so() -> None:
    pieces = "BT /F 10 Tf 12 TL 1 0 0 1 100 700 Tm (first) Tj T* (next) Tj (again) ' 0 0 (more) \" 0 -20 TD (low) Tj T* (end) Tj ET"
    found = drawn(says("late", 200, 700) + pieces)
    assert ["".join(one.text.split()) for one in found if isinstance(one, Line)] == [
        "firstlate",
        "next",
        "again",
        "more",
        "low",
        "end",
    ]


def run(text: str, x: float) -> pdf_rules.Run:
    return pdf_rules.Run(text, x, 700, 10, level=True)


@pytest.mark.parametrize(
    ("pieces", "text"),
    [
        ((("“ ”", 120), ("深化 三权", 100), ("分置 改革", 150)), "深化“三权分置”改革"),
        ((("”", 125), ("深化改革", 100), ("和三变", 145)), "深化改”革和三变"),
        ((("“ ”", 140), ("培育50 个", 100), ("三品 产品", 141)), "培育50 个“三品”产品"),
        ((("“ ”", 150), ("一", 100), ("兜底", 120)), "一兜底“”"),
        ((("“", 100), ("深化", 110), ("”", 130)), "“深化”"),
    ],
)
def test_quotation_marks_that_were_written_before_their_line_stand_in_its_gaps(
    pieces: tuple[tuple[str, float], ...], text: str
) -> None:
    assert pdf_layout._joined([run(piece, x) for piece, x in pieces]) == text


def test_a_page_that_is_turned_as_a_whole_is_read_as_the_library_reads_it() -> None:
    found = drawn(says("side", 120, 650, "0 1 -1 0") + says("ways", 140, 650, "0 1 -1 0") + says("on", 9, 9))
    assert "".join("".join(one.text for one in found if isinstance(one, Line)).split()) == "sidewayson"


def test_headers_and_footers_go_and_what_names_a_unit_stays() -> None:
    pages = [
        says("News", 100, 780) + says(f"text {word}", 100, 700) + says("kept.", 100, 650) + says(f"- {n} -", 300, 20)
        for n, word in enumerate("abc", start=1)
    ]
    lines = [(one.text, one.place) for one in drawn(*pages) if isinstance(one, Line)]
    assert [text for text, _ in lines if text != "kept."] == ["text a", "text b", "text c"]
    assert lines[0][1] == "第1页第1行"
    assert len(drawn(*pages[:2])) == 8


def test_radicals_are_told_as_the_characters_that_they_look_like() -> None:
    assert ordinary("⼀、办好⼈⺠满意教育⼯程，⻓⻰⻬⽼") == "一、办好人民满意教育工程，长龙齐老"
    assert ordinary("一、办好（２）《〔") == "一、办好（２）《〔"

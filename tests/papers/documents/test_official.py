"""The form of an official document (GB/T 9704-2012): margins, lines, fonts, page numbers, and lines that say what they are."""

from io import BytesIO

import docx
import pytest
from docx.document import Document
from docx.oxml.ns import qn
from docx.shared import Length, Mm, Pt
from world import at

from cuibao.papers.documents.official import official
from cuibao.papers.documents.page import STANDING_IN
from cuibao.papers.documents.typeset import FANG, HEI, KAI, SONG_TITLE


def made(text: str, organ: str = "") -> Document:
    data = official(text, name="通报（草稿）", author="某市民生办", at=at("2020-07-03T10:00"), organ=organ)
    return docx.Document(BytesIO(data))


def test_the_page_leaves_156_by_225_millimetres() -> None:
    section = made("正文").sections[0]
    assert [round(edge.mm) for edge in (section.page_width, section.page_height) if edge] == [210, 297]
    edges = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(edge.mm) for edge in edges if edge] == [37, 35, 28, 26]


@pytest.mark.parametrize(
    ("line", "font", "size", "words"),
    [
        ("# 标题", SONG_TITLE, 22, "标题"),
        ("## 一、标题", HEI, 16, "一、标题"),
        ("### （一）标题", KAI, 16, "（一）标题"),
        (": 市教育局：", FANG, 16, "市教育局："),
        ("= 草稿", HEI, 16, "草稿"),
        ("正文", FANG, 16, "正文"),
        ("> 2020年7月3日", FANG, 16, "2020年7月3日"),
    ],
)
def test_a_line_says_what_it_is(line: str, font: str, size: int, words: str) -> None:
    (paragraph,) = made(line).paragraphs
    (run,) = paragraph.runs
    fonts = run._r.rPr.rFonts  # type: ignore[union-attr]
    assert (paragraph.text, run.font.size, run.font.bold) == (words, Pt(size), None)
    assert {fonts.get(qn(f"w:{script}")) for script in ("ascii", "hAnsi", "eastAsia", "cs")} == {font}


def test_body_text_is_indented_by_two_characters_and_22_lines_fill_a_page() -> None:
    (paragraph,) = made("正文").paragraphs
    form = paragraph.paragraph_format
    assert (form.first_line_indent, form.alignment) == (Pt(32), docx.enum.text.WD_ALIGN_PARAGRAPH.JUSTIFY)
    assert int(Mm(225) / form.line_spacing) == 22  # type: ignore[arg-type, operator]


def test_what_is_marked_stands_out_without_bold() -> None:
    (paragraph,) = made("占年度目标的22%【进度滞后】。").paragraphs
    fonts = [run._r.rPr.rFonts.get(qn("w:eastAsia")) for run in paragraph.runs]  # type: ignore[union-attr]
    assert ([run.text for run in paragraph.runs], fonts) == (
        ["占年度目标的22%", "【进度滞后】", "。"],
        [FANG, HEI, FANG],
    )


def test_the_organ_stands_in_the_middle_above_its_date() -> None:
    above, organ, day = made("正文\n>> 某市民生工作领导小组办公室\n> 2020年7月3日").paragraphs
    assert (above.paragraph_format.keep_with_next, above.paragraph_format.widow_control) == (True, True)
    assert (organ.text, day.text) == ("某市民生工作领导小组办公室", "2020年7月3日")
    assert day.paragraph_format.right_indent == Pt(4 * 16)
    assert organ.paragraph_format.right_indent == Pt(0.5 * 16)  # 4 + 6 / 2 to the middle, less 13 / 2
    assert organ.paragraph_format.keep_with_next


def test_two_lines_of_text_and_what_follows_go_with_the_signature() -> None:
    text = f"## 一、教育\n{'已开工。' * 30}\n【未报】市财政局。\n【退回待补】市教育局。\n>> 某办公室\n> 2020年7月3日\n（联系人：张三）"
    kept = [one.text for one in made(text).paragraphs if one.paragraph_format.keep_with_next]
    assert kept == ["一、教育", "【未报】市财政局。", "【退回待补】市教育局。", "某办公室", "2020年7月3日"]


def letter_lines(items: int) -> list[float]:
    """From line to line in a letter with so many lines of items, in points."""
    body = "已开工。" * 7
    text = (
        f"= 草稿\n# 关于某事\n# 的函\n: 市教育局：\n{body * 3}\n{body * items}\n{body * 3}\n>> 某办公室\n> 2020年7月3日"
    )
    spaces = [one.paragraph_format.line_spacing for one in made(text, organ="某市办公室").paragraphs]
    assert all(isinstance(space, Length) for space in spaces)
    return [space.pt for space in spaces if isinstance(space, Length)]


def test_a_letters_lines_stand_closer_where_that_spares_it_a_second_page() -> None:
    short, longer, long = (set(letter_lines(items)) for items in (1, 4, 12))
    assert short == long == {28.95}
    (closer,) = longer
    assert 26 <= closer < 28


def test_a_letter_leaves_two_lines_above_its_title() -> None:
    _, title = made("= 草稿\n# 关于某事的函", organ="某市办公室").paragraphs
    assert title.paragraph_format.space_before == Pt(2 * 28.95)


def test_a_number_stands_at_the_right_edge_beside_the_mark() -> None:
    (paragraph,) = made("= 草稿 → 民生办〔2020〕　　号").paragraphs
    assert paragraph.text == "草稿\t民生办〔2020〕　　号"
    (stop,) = paragraph.paragraph_format.tab_stops
    assert round(stop.position.mm) == 156
    assert [run._r.rPr.rFonts.get(qn("w:eastAsia")) for run in paragraph.runs] == [HEI, FANG]  # type: ignore[union-attr]


def test_the_file_bears_the_offices_name_and_is_in_chinese() -> None:
    document = made("正文")
    told = document.core_properties
    assert (told.title, told.author, told.last_modified_by, told.comments) == (
        "通报（草稿）",
        "某市民生办",
        "某市民生办",
        "",
    )
    assert (told.created, told.language) == (at("2020-07-03T10:00"), "zh-CN")
    languages = list(document.styles.element.iter(qn("w:lang")))
    assert [one.get(qn("w:eastAsia")) for one in languages] == ["zh-CN"]


def test_a_runs_properties_stand_in_the_order_of_the_schema() -> None:
    (paragraph,) = made("正文").paragraphs
    names = [child.tag.rpartition("}")[2] for child in paragraph.runs[0]._r.rPr]  # type: ignore[union-attr]
    assert names == ["rFonts", "spacing", "sz"]  # ECMA-376, part 1, 17.3.2.28


def test_a_title_may_take_several_lines_and_parts_from_the_text_once() -> None:
    first, second, _ = made("# 关于某事\n# 的通报\n正文").paragraphs
    forms = [one.paragraph_format for one in (first, second)]
    assert [(form.space_before, form.space_after) for form in forms] == [(Pt(28.95), Pt(0)), (Pt(0), Pt(28.95))]


def test_a_table_repeats_its_head_and_is_as_wide_as_the_text() -> None:
    document = made("上\n| 序号 | 单位 |\n| 1 | 市教育局【未报】 |\n下")
    (table,) = document.tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == [["序号", "单位"], ["1", "市教育局【未报】"]]
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert table.rows[1]._tr.trPr.find(qn("w:tblHeader")) is None
    assert sum(column.width.mm for column in table.columns if column.width) == pytest.approx(156, abs=0.1)
    assert [paragraph.text for paragraph in document.paragraphs] == ["上", "下"]


def test_a_column_begins_at_the_left_as_soon_as_one_of_its_cells_is_long() -> None:
    (table,) = made("| 序号 | 事项 |\n| 1 | 第1项 |\n| 2 | 第1、3、5、7、9、11、13、15、17、19、21、23、25项 |").tables
    sides = [[cell.paragraphs[0]._p.pPr.find(qn("w:jc")).get(qn("w:val")) for cell in row.cells] for row in table.rows]  # type: ignore[union-attr]
    assert sides == [["center", "center"], ["center", "left"], ["center", "left"]]
    narrow, wide = (column.width.mm for column in table.columns if column.width)
    assert narrow < 20 < 130 < wide


def test_a_mark_and_a_number_stay_on_one_line_however_long_the_other_cells_are() -> None:
    unit, items = "市人力资源和社会保障局（市就业局）、市退役军人事务局", "、".join(map(str, range(1, 60)))
    (table,) = made(f"| 序号 | 责任单位 | 事项 | 情况 |\n| 10 | {unit} | {items} | 【退回待补】 |").tables
    number, name, _, mark = (column.width.mm for column in table.columns if column.width)
    character = 12 / (72 / 25.4)
    assert number > 2 * character + 4
    assert mark > 6 * character + 4
    assert name > 10 * character
    assert sum(column.width.mm for column in table.columns if column.width) == pytest.approx(156, abs=0.1)


def test_short_columns_that_are_too_wide_together_are_all_made_narrower() -> None:
    cells = " | ".join(["市人力资源和社会保障局"] * 6)
    (table,) = made(f"| {cells} |").tables
    widths = [column.width.mm for column in table.columns if column.width]
    assert widths == pytest.approx([26] * 6, abs=0.1)


def test_a_list_of_numbers_in_a_cell_may_be_broken_between_them() -> None:
    (table,) = made("| 第7、11、18—20项、市教育局 |").tables
    assert table.rows[0].cells[0].text == "第7、\u200b11、\u200b18—20项、市教育局"


def test_pages_are_numbered_odd_right_even_left() -> None:
    document = made("正文")
    section = document.sections[0]
    assert document.settings.odd_and_even_pages_header_footer
    sides = []
    for footer in (section.footer, section.even_page_footer):
        paragraph = footer.paragraphs[0]
        sides.append(paragraph._p.pPr.find(qn("w:jc")).get(qn("w:val")))
        assert "— " in paragraph.text
        assert "PAGE" in paragraph._p.xml
    assert sides == ["right", "left"]
    assert not section.different_first_page_header_footer


def test_a_letters_first_page_has_the_organ_between_red_lines_and_no_number() -> None:
    section = made("正文", "某市民生工作领导小组办公室").sections[0]
    head, foot = section.first_page_header.paragraphs[0], section.first_page_footer.paragraphs[0]
    assert (section.different_first_page_header_footer, head.text) == (True, "某市民生工作领导小组办公室")
    assert "thickThinSmallGap" in head._p.xml
    assert "thinThickSmallGap" in foot._p.xml
    assert "PAGE" not in foot._p.xml
    for red in (head, foot):
        form = red.paragraph_format
        assert (round(form.left_indent.mm), round(form.right_indent.mm)) == (-8, -6)  # type: ignore[union-attr]


def test_fonts_are_named_with_those_that_stand_in_and_none_is_embedded() -> None:
    package = made("正文").part.package
    parts = {part.partname: part for part in package.iter_parts()}
    table = parts["/word/fontTable.xml"].blob.decode()
    for name, other in STANDING_IN.items():
        assert f'<w:font w:name="{name}"><w:altName w:val="{other}"/>' in table
        assert not set(other) & set(",;")  # Word takes a list for one name
    assert not [name for name in parts if "fonts/" in name]


def test_what_xml_cannot_hold_and_empty_lines_are_left_out() -> None:
    assert [one.text for one in made("甲\x00\x0b\n\n  \n乙\ud800").paragraphs] == ["甲", "乙"]

"""The form of an official document (GB/T 9704-2012): margins, lines, fonts, page numbers, and lines that say what they are."""

from io import BytesIO

import docx
import pytest
from docx.document import Document
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from cuibao.papers.documents.official import FANG, HEI, KAI, SONG_TITLE, official


def made(text: str, organ: str = "") -> Document:
    return docx.Document(BytesIO(official(text, organ=organ)))


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
        (">> 市民生办", FANG, 16, "市民生办"),
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


def test_a_title_may_take_several_lines_and_parts_from_the_text_once() -> None:
    first, second, _ = made("# 关于某事\n# 的通报\n正文").paragraphs
    assert [one.paragraph_format.space_after for one in (first, second)] == [Pt(0), Pt(28.95)]


def test_a_table_repeats_its_head_and_is_as_wide_as_the_text() -> None:
    document = made("上\n| 序号 | 单位 |\n| 1 | 市教育局【未报】 |\n下")
    (table,) = document.tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == [["序号", "单位"], ["1", "市教育局【未报】"]]
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert table.rows[1]._tr.trPr.find(qn("w:tblHeader")) is None
    assert round(sum(column.width.mm for column in table.columns if column.width)) == 156
    assert [paragraph.text for paragraph in document.paragraphs] == ["上", "下"]


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
    assert round(head.paragraph_format.left_indent.mm) == -7  # type: ignore[union-attr]


def test_fonts_are_named_with_those_that_stand_in_and_none_is_embedded() -> None:
    package = made("正文").part.package
    parts = {part.partname: part for part in package.iter_parts()}
    assert '<w:altName w:val="仿宋;华文仿宋;FangSong"/>' in parts["/word/fontTable.xml"].blob.decode()
    assert not [name for name in parts if "fonts/" in name]


def test_what_xml_cannot_hold_and_empty_lines_are_left_out() -> None:
    assert [one.text for one in made("甲\x00\x0b\n\n  \n乙\ud800").paragraphs] == ["甲", "乙"]

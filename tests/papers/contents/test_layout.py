"""A notice's lines and tables with their places, out of each kind of file, and what keeps one from being read."""

import io

import docx
import hostile
import pypdf
import pytest
from pypdf.generic import DictionaryObject, NameObject, StreamObject

from cuibao.papers.attachments import attach
from cuibao.papers.contents import docx_layout, html_layout, layout, limits, pdfs
from cuibao.papers.contents.layout import laid_out
from cuibao.papers.contents.limits import ScannedError, UnreadError
from cuibao.papers.notice.source import Line, Source, Table

W = f'xmlns:w="{hostile.WORD}"'


def read(name: str, data: bytes | str) -> Source:
    return laid_out(attach(name, data.encode() if isinstance(data, str) else data))


def texts(source: Source) -> list[object]:
    return [one.text if isinstance(one, Line) else one.rows for one in source]


def word(body: str, **parts: str) -> bytes:
    """A docx with this body, and other parts by their names."""
    members = {
        "[Content_Types].xml": b"x",
        "word/document.xml": f"<w:document {W}><w:body>{body}</w:body></w:document>",
    }
    members |= {f"word/{name}.xml": f"<w:{name} {W}>{content}</w:{name}>" for name, content in parts.items()}
    return hostile.zipped({name: text if isinstance(text, bytes) else text.encode() for name, text in members.items()})


def p(text: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def numbered(text: str, key: int = 1, level: int = 0) -> str:
    return p(text, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{key}"/></w:numPr>')


def lists(*levels: tuple[str, str, int], more: str = "") -> str:
    """numbering.xml's content: list 1 of these levels (format, text, start), and what else is given."""
    shapes = "".join(
        f'<w:lvl w:ilvl="{n}"><w:start w:val="{start}"/><w:numFmt w:val="{kind}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for n, (kind, text, start) in enumerate(levels)
    )
    base = f'<w:abstractNum w:abstractNumId="7">{shapes}</w:abstractNum>'
    return f'{base}<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num>{more}'


def test_a_docx_is_paragraphs_and_tables_in_their_order_each_with_its_place() -> None:
    made = docx.Document()
    made.add_paragraph("某市2021年要点")
    made.add_paragraph("")
    table = made.add_table(3, 3)
    for cell, text in zip(table.rows[0].cells, ("序号", "目标", "牵头"), strict=True):
        cell.text = text
    table.cell(1, 0).merge(table.cell(2, 0)).text = "1"
    table.cell(1, 2).text, table.cell(2, 2).text = "市教育局", "市财政局"
    table.cell(1, 1).text = "建园\n十所"
    made.add_paragraph("落款")
    held = io.BytesIO()
    made.save(held)
    assert read("a.docx", held.getvalue()) == (
        Line("某市2021年要点", "第1段"),
        Table((("序号", "目标", "牵头"), ("1", "建园\n十所", "市教育局"), ("1", "", "市财政局")), "第1个表格"),
        Line("落款", "第2段"),
    )


def test_a_cell_over_several_columns_stands_in_the_first_of_them() -> None:
    wide = '<w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr>' + p("一、就业") + "</w:tc>"
    odd = '<w:tc><w:tcPr><w:gridSpan w:val="x"/></w:tcPr>' + p("甲") + "</w:tc>"
    body = f"<w:tbl><w:tr>{wide}</w:tr><w:sdt><w:sdtContent><w:tr>{odd}<w:tc>{p('乙')}</w:tc></w:tr></w:sdtContent></w:sdt></w:tbl>"
    assert texts(read("a.docx", word(body))) == [(("一、就业", ""), ("甲", "乙"))]


def test_a_table_in_a_cell_is_lines_of_the_cell() -> None:
    inner = f"<w:tbl><w:tr><w:tc>{p('甲')}</w:tc><w:tc>{p('乙')}</w:tc></w:tr></w:tbl>"
    assert texts(read("a.docx", word(f"<w:tbl><w:tr><w:tc>{p('外')}{inner}</w:tc></w:tr></w:tbl>"))) == [
        (("外\n甲\t乙",),)
    ]


def test_what_stands_in_a_text_box_is_read_and_what_was_struck_out_is_not() -> None:
    box = f"<w:txbxContent>{p('市政府办公室文件')}<w:tbl><w:tr><w:tc>{p('密级')}</w:tc></w:tr></w:tbl></w:txbxContent>"
    fallback = f'<m:Fallback xmlns:m="http://schemas.openxmlformats.org/markup-compatibility/2006">{box}</m:Fallback>'
    struck = "<w:del><w:r><w:delText>旧</w:delText></w:r></w:del><w:ins><w:r><w:t>新</w:t><w:tab/><w:t>文</w:t></w:r></w:ins>"
    body = f"<w:p><w:r>{box}{fallback}</w:r>{struck}<w:r><w:br/><w:t>二</w:t></w:r></w:p><w:ins>{p('三')}</w:ins><w:bookmarkEnd/>"
    assert texts(read("a.docx", word(body))) == ["市政府办公室文件", "密级", "新\t文", "二", "三"]


def test_runs_of_a_notice_that_are_struck_out_are_gone_and_raised_figures_are_no_part_of_a_number() -> None:
    runs = (
        ("培训", ""),
        ("2", "<w:dstrike/>"),
        ("14500", "<w:b/>"),
        ("1", '<w:vertAlign w:val="superscript"/>'),
        ("人", ""),
    )
    body = "".join(f"<w:r><w:rPr>{look}</w:rPr><w:t>{words}</w:t></w:r>" for words, look in runs)
    assert texts(read("a.docx", word(f"<w:p>{body}</w:p>"))) == ["培训14500^1人"]


def test_numbers_that_word_writes_by_itself_are_written_out() -> None:
    kinds = lists(("japaneseCounting", "%1、", 1), ("decimal", "%2.", 3), ("decimal", "（%1.%2.%3）", 1))
    body = (
        numbered("就业")
        + numbered("培训", level=1)
        + numbered("分项", level=2)
        + numbered("电商", level=1)
        + numbered("教育")
    )
    body += numbered("幼儿园", level=1)
    found = texts(read("a.docx", word(body, numbering=kinds)))
    assert found == ["一、就业", "3.培训", "（一.3.1）分项", "4.电商", "二、教育", "3.幼儿园"]


def test_a_list_that_starts_anew_is_counted_anew_and_others_of_its_kind_go_on() -> None:
    anew = '<w:num w:numId="2"><w:abstractNumId w:val="7"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>'
    on = '<w:num w:numId="3"><w:abstractNumId w:val="7"/><w:lvlOverride w:ilvl="0"/></w:num>'
    body = numbered("甲") + numbered("乙", 3) + numbered("丙", 2) + numbered("丁", 2) + numbered("戊", 9)
    found = texts(read("a.docx", word(body, numbering=lists(("decimal", "%1.%2", 1), more=anew + on))))
    assert found == ["1.1甲", "2.1乙", "1.1丙", "2.1丁", "戊"]


def test_bullets_are_no_numbers() -> None:
    assert texts(read("a.docx", word(numbered("甲"), numbering=lists(("bullet", "●", 1))))) == ["甲"]


def test_a_number_may_come_from_the_paragraphs_style() -> None:
    styles = '<w:style w:styleId="a"><w:basedOn w:val="b"/></w:style>'
    styles += (
        '<w:style w:styleId="b"><w:basedOn w:val="a"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
    )
    body = p("甲", '<w:pStyle w:val="a"/>') + "<w:p><w:r><w:t>乙</w:t></w:r></w:p>"
    assert texts(read("a.docx", word(body, numbering=lists(("decimal", "%1．", 1)), styles=styles))) == ["1．甲", "乙"]


def test_what_a_page_strikes_out_is_gone_and_raised_figures_are_no_part_of_a_number() -> None:
    page = """<p>培训<s>2</s>14500<sup>1</sup>人</p><p style="display:none">整治300m<sup>2</sup></p>
    <table><tr><td>1</td><td style="text-decoration:line-through">甲</td></tr><tr><td>2</td><td>乙</td></tr></table>"""
    assert texts(read("a.html", page)) == ["培训14500^1人", "整治300m²", (("1", ""), ("2", "乙"))]
    assert texts(read("a.html", "<p>一</p><s><p>二</p>")) == ["一", "二"]


def test_html_is_lines_and_tables_as_a_browser_stacks_them() -> None:
    page = """<html><head><title>网站</title></head><body><nav>首页<nav>要闻</nav></nav><h1>某市 要点</h1>
    <script>x()</script><p>第一<b>句</b><br>第二句&nbsp;</p><ol start=3><li><p>甲</p><li>乙</ol><ul><li>丙</ul>
    <table><tr><th>序号<th colspan=2>单位</tr><tr><td rowspan=2>1</td><td>牵头<br>甲局</td><td>乙局</td></tr>
    <tr><td>丙局</td></tr></table></body>"""
    assert read("a.html", page) == (
        Line("某市 要点", "第1段"),
        Line("第一句", "第2段"),
        Line("第二句", "第3段"),
        Line("3. 甲", "第4段"),
        Line("4. 乙", "第5段"),
        Line("丙", "第6段"),
        Table((("序号", "单位", ""), ("1", "牵头\n甲局", "乙局"), ("1", "丙局")), "第1个表格"),
    )


def test_a_table_that_only_arranges_a_page_is_its_lines() -> None:
    page = "<table><td>左<p>\x07</p><td><table><tr><td>甲<td>乙<tr><td>丙<td>丁</table></table><table><tr><td>独<tr><td>列</table><li>末</td>"
    assert texts(read("a.htm", page)) == ["左", (("甲", "乙"), ("丙", "丁")), "独", "列", "末"]


def test_a_cell_merged_beyond_its_table_ends_with_it() -> None:
    page = '<table><tr><td rowspan="9x">甲<td colspan=0 rowspan=7>乙<tr><td>丙'
    assert texts(read("a.html", page)) == [(("甲", "乙"), ("丙", "乙"))]


def test_a_table_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html_layout, "MOST_CELLS", 3)
    monkeypatch.setattr(docx_layout, "MOST_CELLS", 1)
    with pytest.raises(UnreadError, match=limits.TOO_LARGE):
        read("a.html", "<table><tr><td>1<td>2<tr><td>3<td>4</table>")
    with pytest.raises(UnreadError, match=limits.TOO_LARGE):
        read("a.docx", word(f"<w:tbl><w:tr><w:tc>{p('甲')}</w:tc><w:tc>{p('乙')}</w:tc></w:tr></w:tbl>"))


def test_markdown_is_read_as_it_would_be_shown() -> None:
    text = (
        "# 某市要点\n\n1. 开展**培训**。\n2. 推动就业。\n（牵头单位：甲局）\n\n| 序号 | 目标 |\n|---|---|\n| 1 | 甲 |\n"
    )
    shown = ["某市要点", "1. 开展培训。", "2. 推动就业。", "（牵头单位：甲局）", (("序号", "目标"), ("1", "甲"))]
    assert texts(read("a.MD", text)) == shown


def test_plain_text_is_lines_with_their_numbers_and_columns_between_tabs_are_a_table() -> None:
    text = "\ufeff某市要点\r\n\r\n1\t甲\t甲局\r\n2\t乙\t乙局\r\n一\t行\t独\t立\r\n末\x07行\r\n"
    expected = (
        Line("某市要点", "第1行"),
        Table((("1", "甲", "甲局"), ("2", "乙", "乙局")), "第3行的表格"),
        Line("一\t行\t独\t立", "第5行"),
        Line("末行", "第6行"),
    )
    assert read("a.txt", text) == expected
    assert read("a.txt", text.lstrip("\ufeff").encode("gb18030")) == expected


def test_a_pdf_is_lines_with_page_and_line() -> None:
    assert read("a.pdf", hostile.pdf("notice 5", pages=2)) == (
        Line("notice 5", "第1页第1行"),
        Line("notice 5", "第2页第1行"),
    )


def scan() -> bytes:
    """A pdf of a page with words, an empty page, and one that is a picture."""
    writer = pypdf.PdfWriter(io.BytesIO(hostile.pdf("words")))
    writer.add_blank_page(200, 200)
    page = writer.add_blank_page(200, 200)
    picture = writer._add_object(StreamObject())
    page[NameObject("/Resources")] = DictionaryObject(
        {NameObject("/XObject"): DictionaryObject({NameObject("/I"): picture})}
    )
    held = io.BytesIO()
    writer.write(held)
    return held.getvalue()


def test_a_page_that_is_only_a_picture_is_refused_with_its_number() -> None:
    with pytest.raises(ScannedError, match=limits.SCANNED) as told:
        read("a.pdf", scan())
    assert told.value.page == 3


def test_a_pdf_of_too_many_pages_is_refused_and_never_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdfs, "MOST_NOTICE_PAGES", 1)
    with pytest.raises(UnreadError, match=limits.TOO_LARGE):
        read("a.pdf", hostile.pdf("x", pages=2))


def test_so_is_a_text_that_is_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "_LARGEST", 3)
    with pytest.raises(UnreadError, match=limits.TOO_LARGE):
        read("a.txt", "甲\t乙\t丙\n甲\t乙\t丙\n")
    monkeypatch.setattr(docx_layout, "LARGEST_PART", 3)
    with pytest.raises(UnreadError, match=limits.TOO_LARGE):
        read("a.docx", word(p("甲")))


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.txt", b"", limits.EMPTY),
        ("a.html", b"<html><body></body></html>", limits.EMPTY),
        ("a.pdf", hostile.pdf("x", user="x"), limits.LOCKED),
        ("a.pdf", hostile.pdf(), limits.EMPTY),
        ("a.docx", hostile.word_xml(b"<w:p/>"), limits.BROKEN),
        ("a.docx", hostile.word_xml(b"<w:p>"), limits.BROKEN),
        ("a.docx", hostile.word_xml(b"<w:p>&b;</w:p>", hostile.LAUGHS), limits.UNSAFE),
        ("a.ofd", hostile.zipped({"OFD.xml": b"x"}), limits.NO_CONVERTER),
        ("a.doc", hostile.OLE, limits.NO_CONVERTER),
        ("a.xlsx", hostile.sheet(("甲",)), limits.NOT_A_DOCUMENT),
        ("a.png", b"\x89PNG\r\n\x1a\n" + b"IEND", limits.NOT_A_DOCUMENT),
    ],
)
def test_what_is_not_read_is_told(name: str, data: bytes, words: str) -> None:
    with pytest.raises(UnreadError) as told:
        read(name, data)
    assert told.value.words == words


def test_an_old_document_is_read_by_way_of_docx() -> None:
    found = laid_out(attach("a.doc", hostile.OLE), lambda data: hostile.word("某市要点"))
    assert found == (Line("某市要点", "第1段"),)

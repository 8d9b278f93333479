"""What comes out of attachments, and what is told of those that cannot or must not be read."""

import zipfile
from collections.abc import Callable

import hostile
import pypdf
import pytest
import python_calamine
import rarfile
from pypdf.errors import DependencyError

from cuibao.papers.attachments import Attachment, attach
from cuibao.papers.contents import limits, pdfs, spreadsheets
from cuibao.papers.contents.limits import UnreadError
from cuibao.papers.contents.opening import opened

WORD_2003 = b'<?xml version="1.0"?><?mso-application progid="Word.Document"?><w:document xmlns:w="w">'


def read(name: str, data: bytes) -> Attachment:
    found = attach(name, data)
    return opened(found) if found.to_open else found


def words(text: str) -> bytes:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>".encode()


@pytest.mark.parametrize(
    ("name", "data", "text"),
    [
        ("a.docx", hostile.word("市教育局文件", "完成9所"), "市教育局文件\n完成9所"),
        (
            "a.xlsx",
            hostile.sheet(("事项", "完成数"), (), (7, 9.0), ("二\n季度", 0.5)),
            "事项\t完成数\n7\t9\n二 季度\t0.5",
        ),
        ("a.docx", hostile.sheet(("名不副实",)), "名不副实"),
        ("a.pdf", hostile.pdf("nine"), "nine"),
        ("a.pdf", hostile.pdf("free to read", user=""), "free to read"),
        ("a.txt", "完成9所".encode("gbk"), "完成9所"),
        ("a.txt", "完成9所".encode("utf-16"), "完成9所"),
        ("a.txt", b"\xff\xfe\x01\xd8" + "完成9所".encode(), "���完成9所"),
        ("a.xls", "<table><tr><td>完成9所</td></tr></table>".encode(), "完成9所"),
        ("a.doc", WORD_2003 + words("完成9所") + b"</w:document>", "完成9所"),
    ],
)
def test_what_can_be_read_is_read(name: str, data: bytes, text: str) -> None:
    found = read(name, data)
    assert (found.text, found.state, found.problem, found.reports) == (text, "read", "", True)


def test_a_documents_text_boxes_tables_tabs_headers_and_lines_are_read_in_their_places() -> None:
    box = b"<w:Choice>" + words("文头") + b"</w:Choice><w:Fallback>" + words("文头") + b"</w:Fallback>"
    row = b"<w:tbl><w:tr><w:tc>" + words("事项") + b"</w:tc><w:tc>" + words("9") + b"</w:tc></w:tr></w:tbl>"
    tabs = b'<w:p><w:tab w:val="left"/><w:t>A</w:t><w:tab/><w:t>B</w:t><w:br/><w:t>C</w:t></w:p>'
    assert read("a.docx", hostile.word_xml(box + row + tabs)).text == "文头\n事项 \t9 \t\nA\tB\nC"
    header = b'<w:hdr xmlns:w="w">' + words("市教育局") + b"</w:hdr>"
    body = b'<w:document xmlns:w="w">' + words("正文") + b"</w:document>"
    parts = {"[Content_Types].xml": b"x", "word/document.xml": body, "word/header1.xml": header}
    assert read("a.docx", hostile.zipped(parts)).text == "市教育局\n\n正文"


def test_an_ofd_is_read() -> None:
    page = (
        b'<o:Page xmlns:o="o"><o:TextObject><o:TextCode>\xe5\xae\x8c\xe6\x88\x90</o:TextCode></o:TextObject></o:Page>'
    )
    assert read("a.ofd", hostile.zipped({"OFD.xml": b"x", "Doc_0/Pages/Page_0/Content.xml": page})).text == "完成"


@pytest.mark.parametrize(
    ("name", "data", "problem"),
    [
        ("a.docx", hostile.word_xml(b"<w:p><w:t>&x;</w:t></w:p>", hostile.EXTERNAL), limits.UNSAFE),
        ("a.docx", hostile.word_xml(b"<w:p><w:t>&b;</w:t></w:p>", hostile.LAUGHS), limits.UNSAFE),
        ("a.docx", hostile.word_xml(b"<w:p>"), limits.BROKEN),
        ("a.docx", hostile.word_xml(b" " * (33 << 20)), limits.TOO_LARGE),
        ("a.docx", hostile.word_xml(b""), limits.BROKEN),
        ("a.xlsx", hostile.million_cells(), limits.TOO_LARGE),
        ("a.xls", hostile.OLE + "Workbook".encode("utf-16-le") + b"\0" * 600, limits.BROKEN),
        ("a.pdf", b"%PDF-1.4\nrubbish\n%%EOF", limits.BROKEN),
        ("a.rar", b"Rar!\x1a\x07\0rubbish", limits.EMPTY),
        ("a.dat", b"\x78\x9f\x3e\x22", limits.BROKEN),
    ],
    ids=["external", "laughs", "cut xml", "long part", "nothing", "cells", "xls", "pdf", "rar", "tnef"],
)
def test_what_cannot_be_read_is_kept_told_and_no_report_or_a_doubtful_one(name: str, data: bytes, problem: str) -> None:
    found = read(name, data)
    assert (found.state, found.problem, found.text) == ("kept", problem, "")
    assert (
        found.doubtful
        is found.reports
        is (problem == limits.BROKEN and found.kind in ("document", "pdf", "spreadsheet"))
    )


@pytest.mark.parametrize(
    ("name", "data", "problem"),
    [
        ("a.pdf", hostile.pdf("secret", user="x"), limits.LOCKED),
        ("a.zip", hostile.locked_zip({"a.doc": b"x"}), limits.LOCKED),
        ("a.docx", hostile.OLE + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600, limits.LOCKED),
        ("a.docx", hostile.word_xml(b"<w:p/>"), limits.EMPTY),
        ("a.docx", hostile.word("x")[:400], "不完整，无法读取"),
        ("a.xlsx", b"\0" * 400, limits.EMPTY),
    ],
    ids=["pdf", "zip", "docx", "no words", "cut", "nuls"],
)
def test_what_is_locked_empty_or_cut_is_refused_and_told(name: str, data: bytes, problem: str) -> None:
    found = read(name, data)
    assert (found.state, found.problem, found.reports) == ("refused", problem, False)


def test_a_scan_is_a_report_without_a_text() -> None:
    found = read("a.pdf", hostile.pdf())
    assert (found.state, found.problem, found.reports) == ("kept", "", True)
    pictures = {"[Content_Types].xml": b"x", "word/document.xml": b"<a><p/></a>", "word/media/image1.png": b"x"}
    found = read("a.docx", hostile.zipped(pictures))
    assert (found.state, found.problem, found.reports) == ("kept", "", True)


@pytest.mark.parametrize(
    "data",
    [
        hostile.OLE + "WordDocument".encode("utf-16-le") + b"\0" * 600,
        b"{\\rtf1 x}",
        hostile.zipped({"[Content_Types].xml": b"x", "ppt/presentation.xml": b"x"}),
    ],
    ids=["doc", "rtf", "pptx"],
)
def test_what_only_lacks_a_program_here_stays_a_report(data: bytes) -> None:
    found = read("a.doc", data)
    assert (found.state, found.problem, found.reports) == ("kept", limits.NO_CONVERTER, True)


def test_a_seven_zip_is_kept_and_told() -> None:
    found = read("a.7z", b"7z\xbc\xaf\x27\x1c" + b"x" * 60)
    assert (found.state, found.problem, found.reports) == ("kept", limits.NO_UNPACKER, False)


def test_a_document_says_what_is_shown_in_it() -> None:
    runs = (
        ("2", "<w:strike/>"),
        ("3", ""),
        ("所，整治9m", "<w:b/>"),
        ("2", '<w:vertAlign w:val="superscript"/>'),
        ("密", "<w:vanish/>"),
    )
    body = "".join(f"<w:r><w:rPr>{look}</w:rPr><w:t>{words}</w:t></w:r>" for words, look in runs)
    assert read("a.docx", hostile.word_xml(f"<w:p>{body}</w:p>".encode())).text == "3所，整治9m²"


# ---- archives


def test_the_members_of_an_archive_are_read_under_safe_names() -> None:
    found = read("a.zip", hostile.zipped({"../../报告.docx": hostile.word("完成9所"), "b.png": b"\x89PNG", "c/": b""}))
    assert [(one.name, one.text, one.data) for one in found.members] == [
        ("报告.docx", "完成9所", b""),
        ("b.png", "", b""),
    ]
    assert (found.state, found.reports, found.names) == ("read", True, ("a.zip", "报告.docx", "b.png"))


def test_names_in_gbk_are_read() -> None:
    assert read("a.zip", hostile.gbk_zip("二季度报告.txt", "完成9所".encode())).names[1] == "二季度报告.txt"


@pytest.mark.parametrize("build", [hostile.rar, hostile.zipped])
def test_archives_in_archives_are_read_three_deep(build: Callable[[dict[str, bytes]], bytes]) -> None:
    ending = "rar" if build is hostile.rar else "zip"
    inner = build({"report.docx": hostile.word("9")})
    third = build({f"2.{ending}": build({f"3.{ending}": inner})})
    assert read(f"1.{ending}", third).texts == ("9",)
    found = read(f"0.{ending}", build({f"1.{ending}": third}))
    assert (found.texts, found.reports) == ((), False)
    assert found.problem.endswith(limits.TOO_DEEP)


def test_a_rar_whose_members_nothing_here_unpacks_stays_a_report(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object) -> bytes:
        raise rarfile.RarCannotExec

    monkeypatch.setattr(rarfile.RarFile, "read", fail)
    found = read("a.rar", hostile.rar({"report.xls": b"packed"}, 0x33))
    assert (found.reports, found.problem) == (True, f"内的“report.xls”{limits.NO_UNPACKER}")
    assert [(one.kind, one.size) for one in found.members] == [("spreadsheet", 6)]


def test_what_outlook_wraps_is_read() -> None:
    found = read("winmail.dat", hostile.tnef("report.docx", hostile.word("9")))
    assert (found.kind, found.texts, found.names, found.reports) == (
        "tnef",
        ("9",),
        ("winmail.dat", "report.docx"),
        True,
    )


@pytest.mark.parametrize("bomb", [hostile.flat_bomb(), hostile.nested_bomb()], ids=["flat", "nested"])
def test_a_zip_bomb_is_kept_and_told(bomb: bytes) -> None:
    found = read("a.zip", bomb)
    assert (found.reports, found.texts) == (False, ())
    assert limits.TOO_LARGE in found.problem


def test_an_archive_of_many_members_is_read_so_far() -> None:
    found = read("a.zip", hostile.zipped({f"{n}.txt": b"9" for n in range(300)}))
    assert (len(found.members), found.problem) == (limits.MOST_MEMBERS, limits.TOO_LARGE)


def test_one_bad_member_does_not_hide_the_others() -> None:
    whole = hostile.zipped({"a.txt": b"A" * 60, "b.docx": hostile.word("9")}, zipfile.ZIP_STORED)
    found = read("a.zip", whole.replace(b"A" * 60, b"B" * 60))
    assert (found.reports, found.texts, found.problem) == (True, ("9",), f"内的“a.txt”{limits.BROKEN}")


def test_an_archive_whose_only_report_does_not_open_is_a_doubtful_one() -> None:
    found = read("a.zip", hostile.zipped({"报表.xls": b"rubbish", "a.png": b"x"}))
    assert (found.reports, found.doubtful, found.problem) == (True, True, f"内的“报表.xls”{limits.BROKEN}")
    found = read("a.zip", hostile.zipped({"报表.xls": b"rubbish", "b.docx": hostile.word("9")}))
    assert (found.reports, found.doubtful) == (True, False)


def test_one_locked_member_of_a_rar_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rarfile.Rar3Info, "needs_password", lambda info: True)
    found = read("a.rar", hostile.rar({"report.xls": b"x"}))
    assert (found.reports, found.problem) == (False, f"内的“report.xls”{limits.LOCKED}")


def test_an_archive_of_folders_only_is_kept_and_told() -> None:
    found = read("a.rar", hostile.rar({}))
    assert (found.state, found.problem) == ("kept", limits.EMPTY)
    assert read("winmail.dat", hostile.tnef("", b"")).reports is False


# ---- lengths and libraries


def test_a_long_text_keeps_its_beginning_and_its_end() -> None:
    found = read("a.txt", ("头" + "中9" * 60_000 + "尾").encode())
    assert len(found.text) == limits.LONGEST_TEXT + 1
    assert (found.text[0], found.text[-1]) == ("头", "尾")


def test_a_pdf_is_read_until_there_is_enough_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdfs, "LONGEST_TEXT", 3)
    assert pdfs.pdf_text(hostile.pdf("nine", pages=4)) == "nine\nnine"


def test_a_pdf_locked_in_a_way_that_needs_a_library_is_locked(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(reader: pypdf.PdfReader, password: str) -> None:
        raise DependencyError

    data = hostile.pdf("x", user="")
    monkeypatch.setattr(pypdf.PdfReader, "decrypt", fail)
    assert read("a.pdf", data).problem == limits.LOCKED


def test_a_locked_workbook_is_locked(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(stream: object) -> None:
        raise python_calamine.PasswordError

    monkeypatch.setattr(spreadsheets, "load_workbook", fail)
    assert read("a.xlsx", hostile.sheet((1,))).problem == limits.LOCKED


def test_a_converter_is_asked_for_old_documents() -> None:
    def fail(data: bytes) -> bytes:
        raise UnreadError(limits.BROKEN)

    old = attach("a.doc", hostile.OLE + "WordDocument".encode("utf-16-le") + b"\0" * 600)
    assert opened(old, lambda data: hostile.word("完成9所")).text == "完成9所"
    assert opened(old, fail).problem == limits.BROKEN

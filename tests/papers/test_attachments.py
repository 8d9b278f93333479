"""What attachments turn out to be by their content, and how their names are made safe."""

import io
import zipfile

import pytest

from cuibao.papers.attachments import attach, safe_name, sniff

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40 + b"IEND\xaeB`\x82"
SHEET = b"\x09\x08\x10\x00\x00\x06\x05\x00" + b"\0" * 12


def packed(**members: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "/").replace("_DOT_", "."), data)
    return target.getvalue()


def office_file(part: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("[Content_Types].xml", "x")
        archive.writestr(part, "x")
    return target.getvalue()


def stream(name: str, more: bytes = b"") -> bytes:
    return OLE + more + b"\0" * 8 + name.encode("utf-16-le") + b"\0" * 64


def locked(data: bytes) -> bytes:
    """The same zip with the encryption bit of its members set."""
    return data.replace(b"PK\x01\x02\x14\x03\x14\x00\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01\x00")


@pytest.mark.parametrize(
    ("data", "name", "kind", "state"),
    [
        (office_file("xl/workbook.xml"), "a.bin", "spreadsheet", "kept"),
        (office_file("word/document.xml"), "a.xlsx", "document", "kept"),
        (packed(OFD_DOT_xml=b"x"), "a.ofd", "document", "kept"),
        (packed(mimetype=b"application/vnd.oasis.opendocument.spreadsheet"), "a.ods", "spreadsheet", "kept"),
        (packed(mimetype=b"application/vnd.oasis.opendocument.text"), "a.odt", "document", "kept"),
        (office_file("xl/workbook.xml")[:60], "a.xlsx", "spreadsheet", "refused"),
        (b"PK\x03\x04rubbish", "a.zip", "archive", "refused"),
        (packed(), "a.zip", "archive", "refused"),
        (locked(packed(a_DOT_xls=b"x")), "a.zip", "archive", "refused"),
        (stream("Workbook"), "a.et", "spreadsheet", "kept"),
        (stream("Workbook", SHEET + b"\x2f\x00"), "a.xls", "spreadsheet", "refused"),
        (stream("WordDocument"), "a.wps", "document", "kept"),
        (stream("WordDocument", b"\xec\xa5\xc1\x00" + b"\0" * 7 + b"\x01"), "a.doc", "document", "refused"),
        (stream("EncryptedPackage"), "a.xlsx", "spreadsheet", "refused"),
        (stream("EncryptionInfo"), "a.docx", "document", "refused"),
        (OLE, "a.db", "other", "kept"),
        (b"%PDF-1.4\n%%EOF", "a", "pdf", "kept"),
        (b"%PDF-1.4\n", "a.pdf", "pdf", "refused"),
        (b"%PDF-1.4 /Encrypt %%EOF", "a.pdf", "pdf", "refused"),
        (PNG, "a.png", "image", "kept"),
        (PNG[:20], "a.png", "image", "refused"),
        (b"\xff\xd8\xff" + b"x" * 60, "a", "image", "kept"),
        (b"RIFF\0\0\0\0WEBPx", "a", "image", "kept"),
        (b"Rar!\x1a\x07\x00x", "a.rar", "archive", "kept"),
        (b"\x78\x9f\x3e\x22x", "winmail.dat", "tnef", "kept"),
        (b"{\\rtf1 x}", "a.doc", "document", "kept"),
        (b"BEGIN:VCALENDAR", "a.ics", "calendar", "kept"),
        (b"<html><table>", "a.xls", "spreadsheet", "kept"),
        (b"<html>", "a.doc", "document", "kept"),
        (b"a,b", "a.csv", "spreadsheet", "kept"),
        (b"words", "a.txt", "document", "kept"),
        (b"words", "a.asc", "other", "kept"),
        (b"a\0b", "a.txt", "other", "kept"),
        (b"BMX rally, a text", "a.bin", "other", "kept"),
        (b"BM\x46\0\0\0\0\0\0\0" + b"\0" * 40, "a.bmp", "image", "kept"),
        (b"MZ\x90", "a.xlsx", "other", "refused"),
        (b"", "a.xlsx", "other", "refused"),
    ],
    ids=lambda value: "data" if isinstance(value, bytes) else None,  # a zip's bytes hold the time
)
def test_kind_is_told_by_content(data, name, kind, state):
    found = sniff(data, name)
    assert (found.kind, found.state) == (kind, state)


def test_an_archive_reports_only_when_it_lists_a_report():
    assert attach("a.zip", packed(b_DOT_xlsx=b"x")).reports
    assert not attach("a.zip", packed(b_DOT_exe=b"x")).reports
    assert not attach("a.rar", b"Rar!\x1a\x07\x00x").reports


def test_a_picture_shown_in_the_text_does_not_report():
    assert not attach("a.png", PNG, inline=True).reports
    assert attach("a.png", PNG).reports


def test_only_pictures_are_inline():
    assert attach("a.pdf", b"%PDF-1.4\n%%EOF", inline=True).reports


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\x\\报表.xlsx", "报表.xlsx"),
        ("a\u202excod.exe", "axcod.exe"),
        ("a\0b\n.doc", "ab.doc"),
        ("...", "附件"),
        ("", "附件"),
        ("a:b?.xls", "a_b_.xls"),
        ("长" * 200 + ".xlsx", "长" * 115 + ".xlsx"),
        ("x" * 200, "x" * 120),
    ],
)
def test_names_are_made_safe(name, safe):
    assert safe_name(name) == safe


def test_a_note_tells_what_people_need():
    note = attach("a.txt", b"words").note()
    assert (note.name, note.size, note.kind, note.state, len(note.sha256)) == ("a.txt", 5, "document", "kept", 64)


@pytest.mark.parametrize(
    ("data", "reports"), [(b".", False), (b"see above", False), ("已完成".encode("gbk"), True), (b"7,12", True)]
)
def test_a_plain_text_reports_only_with_a_figure_or_a_word_of_chinese(data, reports):
    assert attach("a.txt", data).reports is reports
    assert attach("a.csv", data).reports is reports

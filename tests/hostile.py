"""Attachments that tests build: ordinary ones, and those that would harm whoever opened them without care."""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

import docx
import openpyxl
import pypdf
from pypdf.generic import DictionaryObject, NameObject, StreamObject

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
EXTERNAL = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
LAUGHS = b'<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'


def zipped(members: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return target.getvalue()


def gbk_zip(name: str, data: bytes) -> bytes:
    """A zip whose one name is GBK without saying so, as programs in China write it."""
    raw = name.encode("gbk")
    return zipped({"x" * len(raw): data}).replace(b"x" * len(raw), raw)


def locked_zip(members: Mapping[str, bytes]) -> bytes:
    """The same zip with the encryption bit of its members set."""
    whole = bytearray(zipped(members))
    at = whole.find(b"PK\x01\x02")
    while at >= 0:
        whole[at + 8] |= 1
        at = whole.find(b"PK\x01\x02", at + 4)
    return bytes(whole)


def word(*paragraphs: str) -> bytes:
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def word_xml(body: bytes, doctype: bytes = b"", part: str = "word/document.xml") -> bytes:
    """A docx of one part, with `body` between its tags."""
    xml = b'<?xml version="1.0"?>' + doctype + b'<w:document xmlns:w="%s">' % WORD.encode() + body + b"</w:document>"
    return zipped({"[Content_Types].xml": b"x", part: xml})


def sheet(*rows: tuple[object, ...]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def sheet_xml(rows: bytes, times: int = 1) -> bytes:
    """A workbook whose sheet has these rows so many times."""
    head = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    with zipfile.ZipFile(io.BytesIO(sheet((1,)))) as plain:
        members = {name: plain.read(name) for name in plain.namelist()}
    del members["xl/worksheets/sheet1.xml"]
    target = io.BytesIO(zipped(members))
    with (
        zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/worksheets/sheet1.xml", "w") as page,
    ):
        page.write(head)
        for _ in range(times):
            page.write(rows)
        page.write(b"</sheetData></worksheet>")
    return target.getvalue()


def long_sheet() -> bytes:
    """A sheet of 20 million rows: 760 MB that are packed into less than one."""
    row = b'<row r="1"><c r="A1"><v>1</v></c></row>'
    return sheet_xml(row * 100_000, times=200)


def million_cells() -> bytes:
    return sheet_xml(b"".join(b'<row r="%d">' % n + b"<c><v>1</v></c>" * 100 + b"</row>" for n in range(1, 10_001)))


def far_cells() -> bytes:
    """Two cells, at the ends of the largest sheet there is."""
    return sheet_xml(b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')


def flat_bomb() -> bytes:
    return zipped({"报表.xls": b"\0" * (120 << 20)})


def nested_bomb() -> bytes:
    """A zip in which each of 16 holds 16 that hold 10 MB."""
    inner = zipped({f"{n}.xls": b"\0" * (10 << 20) for n in range(2)})
    middle = zipped({f"{n}.zip": inner for n in range(16)})
    return zipped({f"{n}.zip": middle for n in range(16)})


def pdf(text: str = "", user: str | None = None, algorithm: str = "RC4-128", pages: int = 1) -> bytes:
    """A pdf whose pages say `text` (ASCII), or nothing, as a scan; locked with the password `user`."""
    writer = pypdf.PdfWriter()
    font = DictionaryObject({NameObject("/Type"): NameObject("/Font"), NameObject("/Subtype"): NameObject("/Type1")})
    font[NameObject("/BaseFont")] = NameObject("/Helvetica")
    for _ in range(pages):
        page = writer.add_blank_page(200, 200)
        content = StreamObject()
        content.set_data(f"BT /F 9 Tf 9 99 Td ({text}) Tj ET".encode())
        page[NameObject("/Contents")] = writer._add_object(content)
        page[NameObject("/Resources")] = DictionaryObject(
            {NameObject("/Font"): DictionaryObject({NameObject("/F"): font})}
        )
    if user is not None:
        writer.encrypt(user, "owner", algorithm=algorithm)
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def rar(members: Mapping[str, bytes], method: int = 0x30) -> bytes:
    """A RAR 3 archive of stored files (`method` 0x33: said to be packed) and a folder."""

    def block(kind: int, flags: int, body: bytes) -> bytes:
        rest = struct.pack("<BHH", kind, flags, 7 + len(body)) + body
        return struct.pack("<H", zlib.crc32(rest) & 0xFFFF) + rest

    def header(name: str, data: bytes, flags: int, attributes: int) -> bytes:
        raw = name.encode()
        fields = (len(data), len(data), 3, zlib.crc32(data), 0x50000000, 29, method, len(raw), attributes)
        return block(0x74, 0x8000 | flags, struct.pack("<IIBIIBBHI", *fields) + raw) + data

    files = b"".join(header(name, data, 0, 0o100644) for name, data in members.items())
    return b"Rar!\x1a\x07\0" + block(0x73, 0, b"\0" * 6) + header("folder", b"", 0xE0, 0o40755) + files


def tnef(name: str, data: bytes) -> bytes:
    """Outlook's winmail.dat with one attachment."""

    def part(attribute: int, kind: int, content: bytes) -> bytes:
        check = struct.pack("<H", sum(content) & 0xFFFF)
        return struct.pack("<BHHI", 2, attribute, kind, len(content)) + content + check

    rendered, title, content = (
        part(0x9002, 6, b"\0" * 14),
        part(0x8010, 1, name.encode() + b"\0"),
        part(0x800F, 6, data),
    )
    return struct.pack("<IH", 0x223E9F78, 1) + rendered + title + content

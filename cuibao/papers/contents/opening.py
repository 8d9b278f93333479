"""Opening an attachment: its text, and for an archive its members, within the limits. Never decides anything about the mail."""

import io
import re
from dataclasses import replace

from cuibao.papers.attachments import REPORT_MEMBER, Attachment, attach, claimed_kind
from cuibao.papers.charset import decode
from cuibao.papers.contents import limits
from cuibao.papers.contents.archives import Packed, listed
from cuibao.papers.contents.converting import ToDocx, no_docx
from cuibao.papers.contents.documents import document_contents, xml_text
from cuibao.papers.contents.limits import Budget, Found, NoToolError, UnreadError, bounded, bounded_table
from cuibao.papers.contents.pdfs import pdf_tables, pdf_text
from cuibao.papers.contents.spreadsheets import sheet_contents
from cuibao.papers.form.layout import is_form, may_hold_form
from cuibao.papers.form.pasted import html_tables, text_tables
from cuibao.papers.form.rows import is_filled
from cuibao.papers.quoting import html_text
from cuibao.papers.token import tokens_in

_HOLDS = frozenset({"form", "spreadsheet", "document", "pdf"})
_PICTURES = re.compile(rb"(?:word|xl)/media/|Res/")
_OLE = b"\xd0\xcf\x11\xe0"
_XML_2003 = (b"word.document", b"excel.sheet", b"schemas-microsoft-com:office")
_NO_REPORT = re.compile(r"\.(?:txt|html?)$", re.IGNORECASE)


def opened(one: Attachment, to_docx: ToDocx = no_docx, budget: Budget | None = None, depth: int = 1) -> Attachment:
    """The attachment with what it holds. State read when text came out of it; what cannot be read stays kept, with a `problem`, and
    is no report unless only a program is missing, or a doubtful one where the file is broken: other programs read what libraries do
    not. The members of an archive have no bytes."""
    try:
        if one.kind in ("archive", "tnef"):
            return _unpacked(one, to_docx, budget or Budget(), depth)
        return _with_forms(_read(one, bounded((found := _found(one, to_docx)).text)), found)
    except NoToolError as error:
        return replace(one, problem=error.words)
    except UnreadError as error:
        if error.words == limits.BROKEN:
            return _broken(one)
        state = "refused" if error.words == limits.LOCKED else "kept"
        return replace(one, problem=error.words, state=state, reports=False)
    except Exception:  # noqa: BLE001 - the libraries raise a hundred kinds of errors on broken files
        return _broken(one)


def _broken(one: Attachment) -> Attachment:
    return replace(one, problem=limits.BROKEN, state="kept", doubtful=one.reports)


def _read(one: Attachment, text: str) -> Attachment:
    if text:
        return replace(one, text=text, state="read", problem="", reports=one.reports or one.kind == "pdf")
    if one.kind == "pdf":  # a scan
        return replace(one, state="kept", problem="", reports=True)
    if one.data.startswith(b"PK") and not _PICTURES.search(one.data):
        return replace(one, problem=limits.EMPTY, state="refused", reports=False)
    return one


def _with_forms(one: Attachment, found: Found) -> Attachment:
    """The attachment as the form that it is, where it is one; a form in which nothing is filled in reports nothing."""
    if not found.tables and not found.tokens:
        return one
    tables = tuple(map(bounded_table, found.tables))
    shown = tokens_in(found.text)
    tokens = tuple(dict.fromkeys((*found.tokens, *shown)))
    made = replace(one, kind="form", tables=tables, tokens=tokens)
    blank = bool(tables) and not any(is_filled(table) or not is_form(table) for table in tables)
    return replace(made, reports=False, problem=limits.BLANK) if blank else made


def _found(one: Attachment, to_docx: ToDocx) -> Found:
    data = one.data
    if one.kind == "pdf":
        text = pdf_text(data)
        return Found(text, pdf_tables(data)) if may_hold_form(text) else Found(text)
    if data.startswith((b"PK", _OLE)) and one.kind == "spreadsheet":
        return sheet_contents(data)
    if data.startswith(b"PK"):
        return document_contents(data)
    if data.startswith((_OLE, b"{\\rtf")):
        return document_contents(to_docx(data))
    text = _text(data)
    if not may_hold_form(text):
        return Found(text)
    source = decode(data)
    return Found(text, html_tables(source) if "<t" in source.lower() else text_tables(text))


def _text(data: bytes) -> str:
    head = data[:2000].lower()
    if b"<?xml" in head and any(mark in head for mark in _XML_2003):
        return xml_text(io.BytesIO(data))
    text = decode(data)
    return html_text(text) if text.lstrip("\ufeff \t\r\n").startswith("<") else text


def _unpacked(one: Attachment, to_docx: ToDocx, budget: Budget, depth: int) -> Attachment:
    if depth > limits.DEEPEST:
        raise UnreadError(limits.TOO_DEEP)
    members: list[Attachment] = []
    problem = ""
    for packed in listed(one.data):
        if budget.members <= 0:
            problem = limits.TOO_LARGE
            break
        budget.members -= 1
        member = _member(packed, to_docx, budget, depth)
        members += [replace(member, data=b"", members=()), *member.members]
    if not members and one.kind == "archive":
        raise UnreadError(limits.EMPTY)
    told = problem or next((f"内的“{member.name}”{member.problem}" for member in members if member.problem), "")
    holding = [member for member in members if member.reports and member.kind in _HOLDS]
    doubtful = bool(holding) and all(member.doubtful for member in holding)
    state = "read" if members else "kept"
    return replace(one, state=state, members=tuple(members), problem=told, reports=bool(holding), doubtful=doubtful)


def _member(packed: Packed, to_docx: ToDocx, budget: Budget, depth: int) -> Attachment:
    try:
        made = attach(packed.name, _bytes(packed, budget))
    except NoToolError as error:  # its name is all that can be told
        kind = claimed_kind(packed.name, "other")
        reports = bool(packed.size and REPORT_MEMBER.search(packed.name))
        return replace(
            attach(packed.name, b""), size=packed.size, kind=kind, state="kept", reports=reports, problem=error.words
        )
    except UnreadError as error:
        return replace(attach(packed.name, b""), size=packed.size, problem=error.words)
    if made.kind == "other" and made.state == "kept" and not made.problem and REPORT_MEMBER.search(made.name):
        return _broken(replace(made, kind=claimed_kind(made.name, "document"), reports=True))
    if made.kind not in ("archive", "tnef", *_HOLDS) or made.state == "refused":
        return made
    found = opened(made, to_docx, budget, depth + 1)
    return replace(found, reports=found.reports and not _NO_REPORT.search(found.name))


def _bytes(packed: Packed, budget: Budget) -> bytes:
    """The bytes of a member that is not locked, too large, or packed steeper than files are."""
    if packed.locked:
        raise UnreadError(limits.LOCKED)
    steep = packed.size > limits.SMALL and packed.size > limits.STEEPEST * max(packed.packed, 1)
    if steep or packed.size > min(limits.LARGEST_MEMBER, budget.size):
        raise UnreadError(limits.TOO_LARGE)
    budget.size -= packed.size
    try:
        return packed.unpack()
    except NoToolError:
        raise
    except Exception:  # noqa: BLE001 - as above; the other members are still read
        raise UnreadError(limits.BROKEN) from None

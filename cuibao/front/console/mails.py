"""One mail, letter or paper as it is kept: read on a page, its html in a frame of its own, its attachments and bytes to download."""

from collections import OrderedDict
from collections.abc import Sequence
from urllib.parse import quote

from flask import Blueprint, Response, abort, render_template

from cuibao.desk.context import Desk
from cuibao.front.console import here
from cuibao.papers.cleaned import page_of
from cuibao.papers.mail import Mail as ReadMail
from cuibao.papers.mail import read
from cuibao.rules.entries import Entry
from cuibao.rules.outcomes import LedgerError
from cuibao.rules.records import Letter, Mail

pages = Blueprint("mails", __name__)
_FRAMED = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
"""For a page of mail: no script, no picture, nothing loaded; the inline styles are those of our own letters."""
UNREADABLE = "程序未能读取这封来件的内容，请下载原件查看"
GONE = "这封来件的存档原件不见了或已损坏，请告知维护人员用备份恢复；知悉其内容的，仍可在此办理"
_REMEMBERED = 8
_read: OrderedDict[str, ReadMail] = OrderedDict()
"""The mails that were read last: a page, its frame and its attachments are several requests."""


def parsed(desk: Desk, mail: Mail) -> ReadMail:
    """A mail's content from the archive, or word that it cannot be read: a person may have to decide it all the same."""
    try:
        raw = desk.mails.read(mail.file)
    except LedgerError:
        return ReadMail(problems=(GONE,))
    try:
        return _parsed(mail.sha256, raw)
    except Exception:  # noqa: BLE001 - what parked a mail breaks here too, and a parked mail is for people to decide
        return ReadMail(problems=(UNREADABLE,))


def _parsed(sha256: str, raw: bytes) -> ReadMail:
    if sha256 not in _read:
        _read[sha256] = read(raw)
        while len(_read) > _REMEMBERED:
            _read.popitem(last=False)
    return _read[sha256]


@pages.get("/mails/<sha256>/html")
def html(sha256: str) -> Response:
    desk = here.desk()
    return frame(page_of(parsed(desk, here.mail_or_404(sha256)).html))


@pages.get("/mails/<sha256>/raw")
def raw(sha256: str) -> Response:
    desk = here.desk()
    return download(desk.mails.read(here.mail_or_404(sha256).file), f"来件{sha256[:10]}.eml")


@pages.get("/mails/<sha256>/attachments/<int:number>")
def attachment(sha256: str, number: int) -> Response:
    desk = here.desk()
    found = parsed(desk, here.mail_or_404(sha256)).attachments
    one = found[number] if number < len(found) else abort(404)
    return download(one.data, one.name) if one.data else abort(404)


@pages.get("/letters/<sha256>")
def letter(sha256: str) -> str:
    desk = here.desk()
    found = _letter(desk, sha256)
    content = _parsed(sha256, desk.letters.read(found.note.file))
    told = [entry for entry in desk.ledger.entries() if entry.data.get("message_id") == found.note.message_id]
    return render_template("letter.html", letter=found, read=content, told=told)


@pages.get("/letters/<sha256>/html")
def letter_html(sha256: str) -> Response:
    desk = here.desk()
    # Our own words, and what of a stranger's stands in them the template has escaped.
    return frame(_parsed(sha256, desk.letters.read(_letter(desk, sha256).note.file)).html)


@pages.get("/letters/<sha256>/raw")
def letter_raw(sha256: str) -> Response:
    desk = here.desk()
    return download(desk.letters.read(_letter(desk, sha256).note.file), f"发件{sha256[:10]}.eml")


@pages.get("/papers/<sha256>")
def paper(sha256: str) -> Response:
    desk = here.desk()
    found = _paper(desk.ledger.entries(), sha256)
    return download(desk.papers.read(str(found.data["file"])), str(found.data.get("name") or "登记材料"))


def download(data: bytes, name: str, kind: str = "application/octet-stream") -> Response:
    """Bytes to be saved, never shown: whatever they are, the browser must not run them under our address (RFC 6266, 8187)."""
    plain = "".join(char for char in name if char.isprintable() and char not in '/\\:*?"<>|').strip(". ") or "附件"
    return Response(
        data,
        mimetype=kind,
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(plain[-120:], safe='')}",
            "Content-Security-Policy": "sandbox; default-src 'none'",
        },
    )


def frame(page: str) -> Response:
    """A page of mail for a frame of ours: it may do nothing and load nothing."""
    return Response(
        page, mimetype="text/html", headers={"Content-Security-Policy": _FRAMED, "X-Frame-Options": "SAMEORIGIN"}
    )


def _letter(desk: Desk, sha256: str) -> Letter:
    found = (letter for letter in desk.book().letters.values() if letter.note.sha256 == sha256)
    return next(found, None) or abort(404)


def _paper(entries: Sequence[Entry], sha256: str) -> Entry:
    found = (e for e in entries if e.data.get("sha256") == sha256 and str(e.data.get("file", "")).startswith("papers/"))
    return next(found, None) or abort(404)

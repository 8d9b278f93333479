"""Text out of pdf files; a scan has none."""

import io
from collections.abc import Iterator

from pypdf import PageObject, PasswordType, PdfReader
from pypdf.errors import DependencyError

from cuibao.papers.contents.html_layout import Block
from cuibao.papers.contents.limits import (
    LOCKED,
    LONGEST_TEXT,
    MOST_NOTICE_PAGES,
    MOST_PAGES,
    TOO_LARGE,
    ScannedError,
    UnreadError,
)
from cuibao.papers.contents.pdf_layout import page_blocks
from cuibao.papers.contents.radicals import ordinary


def pdf_text(data: bytes) -> str:
    """The pages' text in order. A file that only forbids printing or copying opens without a password. Raises UnreadError, and
    whatever the library does."""
    texts: list[str] = []
    for page in _reader(data).pages[:MOST_PAGES]:
        texts.append(ordinary(page.extract_text()))
        if sum(map(len, texts)) > 2 * LONGEST_TEXT:
            break
    return "\n".join(texts)


def pdf_pages(data: bytes) -> Iterator[list[Block]]:
    """Every page's blocks in order. Raises UnreadError, ScannedError at a page that is only a picture, and whatever the library does."""
    pages = _reader(data).pages
    if len(pages) > MOST_NOTICE_PAGES:
        raise UnreadError(TOO_LARGE)
    for number, page in enumerate(pages, start=1):
        blocks = page_blocks(page)
        if not any(isinstance(block, tuple) or block.strip() for block in blocks) and _has_picture(page):
            raise ScannedError(number)
        yield blocks


def _has_picture(page: PageObject) -> bool:
    resources = page.get("/Resources")
    objects = resources.get_object().get("/XObject") if resources is not None else None
    return bool(objects is not None and objects.get_object())


def _reader(data: bytes) -> PdfReader:
    reader = PdfReader(io.BytesIO(data), strict=False)
    if reader.is_encrypted and not _opens(reader):
        raise UnreadError(LOCKED)
    return reader


def _opens(reader: PdfReader) -> bool:
    try:
        return reader.decrypt("") is not PasswordType.NOT_DECRYPTED
    except DependencyError:  # AES needs a library that is not worth its size here
        return False

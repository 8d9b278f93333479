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
from cuibao.papers.contents.pdf_layout import PartlyStruckError, page_blocks, page_tables
from cuibao.papers.contents.radicals import ordinary
from cuibao.papers.form.layout import Column, Table, heads, is_form
from cuibao.papers.form.pasted import MOST_TABLES
from cuibao.papers.form.rows import lines


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


def pdf_tables(data: bytes) -> tuple[Table, ...]:
    """The forms among a file's ruled tables; none at all where one is not sure to be read right. Raises what the library does."""
    try:
        found = [table for page in _reader(data).pages[:MOST_PAGES] for table in page_tables(page)]
    except PartlyStruckError:
        return ()
    first = next((place for place, table in enumerate(found) if is_form(table)), len(found))
    forms = found[first:]
    return tuple(forms) if len(forms) <= MOST_TABLES and all(map(_sure, forms)) else ()


def _sure(table: Table) -> bool:
    """Whether a table is a form on a page of its own: below its heads begins a row and not the rest of one that the page before holds,
    which might be the rest of a number; and no rule is wanting beside a figure."""
    if not is_form(table):
        return False
    below = next(lines(table), None)
    place = next(place for row in table.rows for place, column in heads(row).items() if column is Column.DONE)
    beside = any(0 < left <= place <= right and left < right for _, left, _, right in table.joined)
    return below is not None and not beside and bool(below.no or below.indicator)


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

"""The layout of a notice: its lines and tables with their places, out of docx, pdf, html, Markdown and plain text, and of old
Word and WPS documents by way of a program. A notice is read whole or not at all: what is left out would be an item nobody reports."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from cuibao.papers.attachments import Attachment
from cuibao.papers.charset import decode
from cuibao.papers.contents import limits
from cuibao.papers.contents.converting import ToDocx, no_docx
from cuibao.papers.contents.docx_layout import docx_blocks
from cuibao.papers.contents.html_layout import Block, html_blocks
from cuibao.papers.contents.limits import UnreadError, visible
from cuibao.papers.contents.pdfs import pdf_pages
from cuibao.papers.notice.source import Line, Source, Table

_OLD = (b"\xd0\xcf\x11\xe0", b"{\\rtf")
_MARKDOWN = re.compile(r"\.(?:md|markdown)$", re.IGNORECASE)
_SAYS = re.compile(r"。|责任|牵头|协同|单位")
"""No header or footer, however often it stands at an edge."""
_LARGEST = 5_000_000
"""Characters: a notice of 1,000 items has some 200,000."""


def laid_out(one: Attachment, to_docx: ToDocx = no_docx) -> Source:
    """The lines and tables of a document. Raises UnreadError for one that is not read, whatever its libraries do."""
    if one.problem and not one.to_open:
        raise UnreadError(one.problem)
    try:
        found = tuple(_source(one, to_docx))
    except UnreadError:
        raise
    except Exception:  # noqa: BLE001 - the libraries raise a hundred kinds of errors on broken files
        raise UnreadError(limits.BROKEN) from None
    if not found:
        raise UnreadError(limits.EMPTY)
    if sum(map(_size, found)) > _LARGEST:
        raise UnreadError(limits.TOO_LARGE)
    return found


def _size(one: Line | Table) -> int:
    return len(one.text) if isinstance(one, Line) else sum(len(cell) for row in one.rows for cell in row)


def _source(one: Attachment, to_docx: ToDocx) -> Iterator[Line | Table]:
    data = one.data
    if one.kind == "pdf":
        return _pages(data)
    if data.startswith(b"PK") and one.kind == "document":
        return _numbered(docx_blocks(data), "段")
    if data.startswith(_OLD) and one.kind in ("document", "other"):
        return _numbered(docx_blocks(to_docx(data)), "段")
    if one.kind not in ("document", "other"):
        raise UnreadError(limits.NOT_A_DOCUMENT)
    text = decode(data).lstrip("\ufeff")
    if text.lstrip().startswith("<"):
        return _numbered(html_blocks(text), "段")
    if _MARKDOWN.search(one.name):
        return _numbered(html_blocks(_markdown(text)), "段")
    return _plain(text)


def _markdown(text: str) -> str:
    from markdown_it import MarkdownIt

    return str(MarkdownIt("commonmark", {"breaks": True}).enable("table").render(text))


def _numbered(blocks: Iterable[Block], word: str) -> Iterator[Line | Table]:
    lines = tables = 0
    for block in blocks:
        if isinstance(block, str):
            lines += 1
            if text := visible(block):
                yield Line(text, f"第{lines}{word}")
        else:
            tables += 1
            yield Table(tuple(tuple(map(visible, row)) for row in block), f"第{tables}个表格")


def _pages(data: bytes) -> Iterator[Line | Table]:
    pages = list(pdf_pages(data))
    margins = _margins(pages)
    for page, blocks in enumerate(pages, start=1):
        lines = 0
        for block in blocks:
            if isinstance(block, tuple):
                yield Table(tuple(tuple(map(visible, row)) for row in block), f"第{page}页的表格")
            elif (line := visible(block)) and _without_digits(line) not in margins:
                lines += 1
                yield Line(line, f"第{page}页第{lines}行")


def _margins(pages: Sequence[Sequence[Block]]) -> frozenset[str]:
    """The headers and footers: what stands, but for its figures, at the edge of three pages and of more than half."""
    edges = ({_without_digits(block) for block in (*page[:2], *page[-2:]) if isinstance(block, str)} for page in pages)
    counts = Counter(line for lines in edges for line in lines if not _SAYS.search(line))
    return frozenset(line for line, count in counts.items() if count > 2 and 2 * count > len(pages))


def _without_digits(line: str) -> str:
    return re.sub(r"\d+", "#", "".join(line.split()))


def _plain(text: str) -> Iterator[Line | Table]:
    """Lines, and what stands in columns between tabs as tables."""
    lines = ((number, visible(line)) for number, line in enumerate(text.splitlines(), start=1))
    for tabs, group in groupby(((number, line) for number, line in lines if line), key=_columns):
        held = list(group)
        if tabs and len(held) > 1:
            rows = tuple(tuple(cell.strip() for cell in line.split("\t")) for _, line in held)
            yield Table(rows, f"第{held[0][0]}行的表格")
        else:
            yield from (Line(line, f"第{number}行") for number, line in held)


def _columns(numbered: tuple[int, str]) -> int:
    count = numbered[1].count("\t")
    return count if count > 1 else 0

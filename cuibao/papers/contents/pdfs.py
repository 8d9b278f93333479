"""Text out of pdf files; a scan has none."""

import io

from pypdf import PasswordType, PdfReader
from pypdf.errors import DependencyError

from cuibao.papers.contents.limits import LOCKED, LONGEST_TEXT, MOST_PAGES, UnreadError


def pdf_text(data: bytes) -> str:
    """The pages' text in order. A file that only forbids printing or copying opens without a password. Raises UnreadError, and
    whatever the library does."""
    reader = PdfReader(io.BytesIO(data), strict=False)
    if reader.is_encrypted and not _opens(reader):
        raise UnreadError(LOCKED)
    texts: list[str] = []
    for page in reader.pages[:MOST_PAGES]:
        texts.append(page.extract_text())
        if sum(map(len, texts)) > 2 * LONGEST_TEXT:
            break
    return "\n".join(texts)


def _opens(reader: PdfReader) -> bool:
    try:
        return reader.decrypt("") is not PasswordType.NOT_DECRYPTED
    except DependencyError:  # AES needs a library that is not worth its size here
        return False

"""Old Word, WPS and rtf documents by way of a program that reads them. Which program, and where it runs, is for others to say."""

from collections.abc import Callable

from cuibao.papers.contents.limits import NO_CONVERTER, NoToolError

ToDocx = Callable[[bytes], bytes]
"""An old Word, WPS or rtf document as a docx. Raises NoToolError where no program converts it, UnreadError where it fails."""


def no_docx(data: bytes) -> bytes:
    """Stands where no program is."""
    del data
    raise NoToolError(NO_CONVERTER)

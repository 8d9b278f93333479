"""A notice as it was read out of a file: lines and tables in the order in which they stand, each with its place."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """A line or a paragraph, with the marks that conversion left in it. `place` is as a person finds it: 第3页第12行, 第5段."""

    text: str
    place: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table of rows of cells. A merged cell stands in each row and column that it covers, or in the first only and is "" in the
    others; a cell's own line breaks are "\\n". A table that goes on after a page break may be several. `place` is where it begins."""

    rows: tuple[tuple[str, ...], ...]
    place: str


Source = tuple[Line | Table, ...]
"""Headers, footers and page numbers may stand among the lines. Rows that tabs or pipes make in a text file are a Table."""

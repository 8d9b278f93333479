"""A form on its way back: a unit's mail with the form of the letter that went to it, filled in, and a room that opens it."""

from collections.abc import Sequence
from typing import Any

from doubles import entries, mail, parsed
from forms import COLUMN, changed, put, row_of
from world import EDUCATION

from cuibao.desk.context import Desk
from cuibao.papers.attachments import Attachment
from cuibao.papers.contents.opening import opened
from cuibao.papers.form.layout import Column


class OpenRoom:
    """A reading room without walls."""

    def read(self, attachments: Sequence[Attachment]) -> list[Attachment]:
        return [opened(one, lambda _data: "") for one in attachments]


def letter_to(book: Desk, unit: str = EDUCATION, period: str = "") -> bytes:
    """The first letter that went to the unit, about that period if one is named."""
    letters = (entry for entry in entries(book, "letter.intended") if entry.unit == unit)
    found = next(entry for entry in letters if period in ("", entry.period))
    return book.letters.read(found.data["file"])


def form_of(
    book: Desk, *, sender: str = "jyj@edu.example", answering: str = "", token: str = "", **figures: object
) -> bytes:
    """A mail of 市教育局 with its form, filled in; in answer to the letter that brought it, or to that of the period `answering`; with
    `token` in its own one's place."""
    letter, answered = letter_to(book), letter_to(book, period=answering)
    message = parsed(mail(sender, "Re: 报送", "附件为完成情况表。", answering=answered, number="f"))
    (form,) = [one for one in parsed(letter).iter_attachments() if "sheet" in one.get_content_type()]

    def hand(sheet: Any) -> None:
        if token:
            _mark(sheet.parent, token)
        for indicator, value in figures.items():
            put(indicator, value)(sheet)
        for no in ("7", "11"):
            sheet.cell(row_of(sheet, no, Column.NO), COLUMN[Column.PROGRESS]).value = "按计划推进"

    message.add_attachment(
        changed(form.get_content(), hand), maintype="application", subtype="octet-stream", filename="完成情况表.xlsx"
    )
    return message.as_bytes()


def _mark(book: Any, token: str) -> None:
    """Put another token into a form's properties, its hidden sheet and its foot."""
    own = book.properties.keywords
    book.properties.subject = book.properties.keywords = token
    for cell in (cell for sheet in book for row in sheet.iter_rows() for cell in row if own in str(cell.value)):
        cell.value = str(cell.value).replace(own, token)

"""The view: what the judge may know of the office when it judges a mail."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from cuibao.desk.context import Desk
from cuibao.papers.judge import LetterRef, View
from cuibao.rules.book import Letter
from cuibao.rules.letters import LetterKey
from cuibao.rules.recipients import senders
from cuibao.rules.window import period_by_window


def view_of(desk: Desk, arrived_at: datetime) -> View:
    """What is known at this moment: letters sent, registered senders, and the window for a mail that arrived then."""
    book = desk.book()
    office = desk.office

    def window(unit: str) -> str | None:
        return period_by_window(office, desk.duties, book, unit, arrived_at).key

    return View(
        registry=office.registry,
        mailbox_address=office.mailbox.address,
        trusted_host=office.mailbox.trusted_host,
        letters=_Refs(book.by_token, book.letters),
        by_message_id=_Refs(book.by_message_id, book.letters),
        senders=senders(office.registry.units, book),
        period_choice=window,
        periods=office.periods,
        duties={unit: frozenset(duty.item for duty in owed) for unit, owed in desk.duties.items()},
    )


class _Refs(Mapping[str, LetterRef]):
    """Letters by one of their marks, made into references only when asked for."""

    def __init__(self, keys: Mapping[str, LetterKey], letters: Mapping[LetterKey, Letter]) -> None:
        self._keys = keys
        self._letters = letters

    def __getitem__(self, mark: str) -> LetterRef:
        note = self._letters[self._keys[mark]].note
        return LetterRef(note.key.unit, note.key.period, note.message_id, note.items)

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)

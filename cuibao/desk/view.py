"""The view: what the judge may know of the office when it judges a mail."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from cuibao.desk.context import Desk
from cuibao.papers.form.doubts import Known
from cuibao.papers.judge import LetterRef, View
from cuibao.rules.letters import LetterKey
from cuibao.rules.recipients import senders
from cuibao.rules.records import Letter
from cuibao.rules.registry import Role
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
        by_recipient=_LastSent(book.letters),
        leads={
            unit: frozenset(duty.item for duty in owed if duty.role is Role.LEAD) for unit, owed in desk.duties.items()
        },
        known=lambda unit, period: known_figures(desk, unit, period),
    )


def known_figures(desk: Desk, unit: str, period: str) -> Known:
    """The figures of a unit that stand when it reports for a period; those sent back do not."""
    told = desk.book().reported.figures.get((unit, period), {})
    current = {key: one for key, one in told.items() if not one.returned}
    return Known(desk.last_figures(unit, period), current, desk.later_figures(unit, period))


def _ref(letter: Letter) -> LetterRef:
    note = letter.note
    to = tuple(address.lower() for address in (*note.to, *note.cc))
    return LetterRef(note.key.unit, note.key.period, note.message_id, note.items, to, note.subject)


class _Refs(Mapping[str, LetterRef]):
    """Letters by one of their marks, made into references only when asked for."""

    def __init__(self, keys: Mapping[str, LetterKey], letters: Mapping[LetterKey, Letter]) -> None:
        self._keys = keys
        self._letters = letters

    def __getitem__(self, mark: str) -> LetterRef:
        return _ref(self._letters[self._keys[mark]])

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)


class _LastSent(Mapping[str, LetterRef]):
    """The last letter sent to an address. Only a bounce that names no mail asks, so that the letters are gone through each time."""

    def __init__(self, letters: Mapping[LetterKey, Letter]) -> None:
        self._letters = letters

    def __getitem__(self, address: str) -> LetterRef:
        sent = [
            (letter.sent_at, letter) for letter in self._letters.values() if letter.sent_at and _went(letter, address)
        ]
        if not sent:
            raise KeyError(address)
        return _ref(max(sent, key=lambda one: one[0])[1])

    def __iter__(self) -> Iterator[str]:
        return iter(
            {address.lower() for letter in self._letters.values() if letter.sent_at for address in letter.note.to}
        )

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _went(letter: Letter, address: str) -> bool:
    return any(one.lower() == address for one in (*letter.note.to, *letter.note.cc))

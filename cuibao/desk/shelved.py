"""Shelved: ledgers in the store that no year in use reads, as after an adoption was undone. They are asked only which mails they hold,
so that none is counted a second time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from cuibao.desk.ports import Ledger
from cuibao.rules.book import Book
from cuibao.rules.records import Mail
from cuibao.rules.verdict import Confidence, Judged, MailKind, Verdict

_UNJUDGED = Verdict(MailKind.UNCLEAR, Confidence.NONE, reasons=("此信已登记在另一年的台账中",))


@dataclass
class Shelved:
    """Each of the ledgers is read on from where it was read last."""

    ledgers: Sequence[Ledger] = ()
    _books: list[Book] = field(init=False)

    def __post_init__(self) -> None:
        self._books = [Book("") for _ in self.ledgers]

    def judged(self, sha256: str, fingerprint: str, source: str) -> Judged | None:
        """What one of them knows of a mail with these bytes or this fingerprint, as a second copy; None where none does. Raises
        LedgerError."""
        found = (_mail(book, sha256, fingerprint) for book in self._fresh())
        kept = next((mail for mail in found if mail), None)
        if kept is None:
            return None
        return Judged(
            sha256=sha256,
            message_id=kept.message_id,
            subject=kept.subject,
            sender=kept.sender,
            received_at=kept.arrived_at,
            verdict=kept.verdict or _UNJUDGED,
            duplicate=True,
            late=None,
            source=source,
        )

    def _fresh(self) -> Iterator[Book]:
        for ledger, book in zip(self.ledgers, self._books, strict=True):
            book.apply(ledger.entries()[book.count :])
            yield book


def _mail(book: Book, sha256: str, fingerprint: str) -> Mail | None:
    return book.mails.get(sha256) or book.mails.get(book.fingerprints.get(fingerprint, ""))

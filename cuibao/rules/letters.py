"""What a letter is before it is text: its key, its purpose, whom it goes to and what it names."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from cuibao.rules.entries import kept_once, shared

RECEIPT = "receipt"
SEND_BACK = "send_back"
DIGEST = "digest"
ALARM = "alarm"
TO_OFFICE = frozenset({DIGEST, ALARM})
"""Purposes of letters to the office itself: they count against the day's quota, and are never held."""


@dataclass(frozen=True, slots=True)
class LetterKey:
    """What makes two letters the same letter. `purpose` is a stage's key, receipt, send_back, digest or alarm (these two
    have no unit); `occasion` is empty for the plain letter of a stage, and names the mail, send_back, contact or resend that
    called for one more."""

    notice: str
    period: str
    unit: str
    purpose: str
    deadline: date
    occasion: str = ""

    def text(self) -> str:
        """One line that names the key, for hashing."""
        parts = (self.notice, self.period, self.unit, self.purpose, self.deadline.isoformat(), self.occasion)
        return "\n".join(parts)


@dataclass(frozen=True, slots=True)
class LetterNote:
    """What the ledger keeps of a letter from its intention on: `file` is relative to the store, and named after its bytes' sha256."""

    key: LetterKey
    items: tuple[int, ...]
    to: tuple[str, ...]
    cc: tuple[str, ...]
    subject: str
    message_id: str
    token: str
    file: str

    @property
    def sha256(self) -> str:
        """That of the letter's bytes."""
        return self.file.rpartition("/")[2].partition(".")[0]

    @property
    def recipients(self) -> int:
        """How many addresses it counts as against the daily quota."""
        return len(self.to) + len(self.cc)


def note_to_data(note: LetterNote) -> dict[str, Any]:
    """The data of every letter.* entry."""
    return {
        "purpose": note.key.purpose,
        "deadline": note.key.deadline.isoformat(),
        "occasion": note.key.occasion,
        "to": list(note.to),
        "cc": list(note.cc),
        "subject": note.subject,
        "message_id": note.message_id,
        "token": note.token,
        "file": note.file,
        "sha256": note.sha256,
    }


def data_to_note(data: Mapping[str, Any], *, notice: str, period: str, unit: str, items: tuple[int, ...]) -> LetterNote:
    """The note that note_to_data wrote, with what the entry itself says."""
    key = LetterKey(
        notice,
        period,
        unit,
        shared(data["purpose"]),
        _day(data["deadline"]),
        data.get("occasion", ""),
    )
    return LetterNote(
        key,
        kept_once(items),
        kept_once(tuple(map(shared, data["to"]))),
        kept_once(tuple(map(shared, data["cc"]))),
        data["subject"],
        data["message_id"],
        data["token"],
        data["file"],
    )


@lru_cache(maxsize=64)
def _day(text: str) -> date:
    """The day, kept once for the many letters about it."""
    return date.fromisoformat(text)

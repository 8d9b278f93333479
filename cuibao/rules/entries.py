"""The ledger's entries: what kinds there are, what a line holds, and the chain of hashes that binds them."""

import hashlib
import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, TypeVar

from cuibao.rules.workdays import CHINA

GENESIS = "0" * 64
"""`prev` of a ledger's first entry."""
T = TypeVar("T")
BOT = "cuibao"
"""The actor of everything that no person did."""
_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


class Kind(StrEnum):
    """What happened. Past tense; a correction is another entry."""

    LETTER_INTENDED = "letter.intended"
    LETTER_SENT = "letter.sent"
    LETTER_FAILED = "letter.failed"
    LETTER_DOUBTFUL = "letter.doubtful"
    LETTER_BOUNCED = "letter.bounced"
    LETTER_WITHDRAWN = "letter.withdrawn"
    STAGE_LAPSED = "stage.lapsed"
    MAIL_KEPT = "mail.kept"
    MAIL_JUDGED = "mail.judged"
    MAIL_PARKED = "mail.parked"
    SUBMISSION_RECEIVED = "submission.received"
    SUBMISSION_ACCEPTED = "submission.accepted"
    SUBMISSION_SENT_BACK = "submission.sent_back"
    OBLIGATION_EXEMPTED = "obligation.exempted"
    OBLIGATION_EXTENDED = "obligation.extended"
    CONTACT_LEARNED = "contact.learned"
    CONTACT_DISABLED = "contact.disabled"
    CONTACT_ENABLED = "contact.enabled"
    FIGURE_SET = "figure.set"
    WAVE_APPROVED = "wave.approved"
    WAVE_HELD = "wave.held"
    NOTE_ADDED = "note.added"
    ALARM_RAISED = "alarm.raised"
    ALARM_CLEARED = "alarm.cleared"
    SANDBOX_OPENED = "sandbox.opened"


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry that has not been written yet. `data` is JSON-able; `items` empty means all of the unit's."""

    kind: Kind
    at: datetime
    period: str | None = None
    unit: str | None = None
    items: tuple[int, ...] = ()
    actor: str = BOT
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the ledger. `prev` is the sha256 (hex) of the line before, without its line end."""

    seq: int
    at: datetime
    kind: Kind
    period: str | None
    unit: str | None
    items: tuple[int, ...]
    actor: str
    data: Mapping[str, Any]
    prev: str


def stamp(moment: datetime) -> str:
    """YYYY-MM-DDTHH:MM:SS+08:00, the one form of time in ledger and JSON. Raises ValueError for a naive moment."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone")
    return moment.astimezone(CHINA).isoformat(timespec="seconds")


@lru_cache(maxsize=64)
def moment(text: str) -> datetime:
    """The moment that stamp() wrote, in the one zone of all moments. Raises ValueError for any without a zone. What a tick wrote
    together has the same one, which is kept once."""
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError("a moment without a zone")
    return found.astimezone(CHINA)


def shared(text: str) -> str:
    """The text, kept once however often the ledger says it: units, addresses, Message-IDs. Raises TypeError for no text."""
    return sys.intern(text)


@lru_cache(maxsize=512)
def kept_once(values: tuple[T, ...]) -> tuple[T, ...]:
    """The tuple, the same one for as long as it is among those asked for last: the recipients and items of a unit's letters."""
    return values


def draft_to_doc(draft: Draft) -> dict[str, Any]:
    """What a draft becomes in the journal, before seq and prev are given."""
    return {
        "at": stamp(draft.at),
        "kind": str(draft.kind),
        "period": draft.period,
        "unit": draft.unit,
        "items": list(draft.items),
        "actor": draft.actor,
        "data": dict(draft.data),
    }


def doc_to_entry(doc: Mapping[str, Any]) -> Entry:
    """A line of the journal as an entry. Raises KeyError, TypeError or ValueError for a line that is not one."""
    period, unit = doc["period"], doc["unit"]
    return Entry(
        seq=doc["seq"],
        at=moment(doc["at"]),
        kind=Kind(doc["kind"]),
        period=period and shared(period),
        unit=unit and shared(unit),
        items=tuple(doc["items"]),
        actor=shared(doc["actor"]),
        data=doc["data"],
        prev=doc["prev"],
    )


def line_to_entry(line: bytes) -> Entry:
    """A line of the journal as an entry. Raises KeyError, TypeError or ValueError for a line that is not one."""
    return doc_to_entry(json.loads(line))


def entry_to_doc(entry: Entry) -> dict[str, Any]:
    """The stable JSON form of an entry, keys in the ledger's order."""
    return {
        "seq": entry.seq,
        "at": stamp(entry.at),
        "kind": str(entry.kind),
        "period": entry.period,
        "unit": entry.unit,
        "items": list(entry.items),
        "actor": entry.actor,
        "data": dict(entry.data),
        "prev": entry.prev,
    }


def line_of(doc: Mapping[str, Any]) -> bytes:
    """The one way an entry is written as a line (UTF-8 JSON, Chinese as it is), without the line end."""
    return _JSON.encode(doc).encode("utf-8", "surrogatepass")


def link(line: bytes) -> str:
    """The hash by which the next entry names this line."""
    return hashlib.sha256(line).hexdigest()


def first_break(lines: Iterable[bytes]) -> int | None:
    """The number (from 1) of the first line that does not follow from the one before it, or None when the chain holds."""
    prev = GENESIS
    for number, line in enumerate(lines, start=1):
        try:
            doc = json.loads(line)
            entry = doc_to_entry(doc)
        except (ValueError, KeyError, TypeError):
            return number
        if entry.seq != number or entry.prev != prev:
            return number
        prev = link(line)
    return None

"""What a judgement of a mail says: what it is, whose, for which period and items, with the evidence and the reasons."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from cuibao.rules.entries import kept_once, shared, stamp
from cuibao.rules.progress import (
    Figure,
    Words,
    Written,
    doc_to_figure,
    doc_to_words,
    doc_to_written,
    figure_to_doc,
    words_to_doc,
    written_to_doc,
)


class MailKind(StrEnum):
    """The best guess of what a mail is."""

    SUBMISSION = "submission"
    ACKNOWLEDGEMENT = "acknowledgement"
    QUESTION = "question"
    BOUNCE = "bounce"
    AUTO_REPLY = "auto_reply"
    OWN = "own"
    OTHER = "other"
    UNCLEAR = "unclear"


class Confidence(StrEnum):
    """Whether a verdict is acted on: only a certain one is; a probable one is a guess for a person."""

    CERTAIN = "certain"
    PROBABLE = "probable"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One rule that spoke, and what it saw: ("sender", "jyj@wuhu.example")."""

    rule: str
    value: str


@dataclass(frozen=True, slots=True)
class AttachmentNote:
    """What is told of an attachment; `kind` and `state` as the command line's contract lists them."""

    name: str
    size: int
    sha256: str
    kind: str
    state: str


@dataclass(frozen=True, slots=True)
class BounceNote:
    """Who could not be reached, whether for good, and which of our letters (Message-ID) it was, where that is known. `also` are the
    other recipients of it that could not be reached for good."""

    recipient: str | None
    permanent: bool
    letter: str | None
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """A judgement. `unit` is null where rules on whose it is disagree; `reasons` are Chinese sentences for people. A
    submission that names no item has empty `items`. `nil` marks 零报告. `problems` are Chinese sentences too. `figures` are what a form
    says, `words` (by item) what it or the mail's own lines say, `written` what a form said otherwise than as that number, or what was not
    taken; `complete` when the form says all that the unit owes and nothing is wrong with it. `adopted` when an officer had the form of
    another quarter taken for this one."""

    kind: MailKind
    confidence: Confidence
    unit: str | None = None
    period: str | None = None
    items: tuple[int, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    reasons: tuple[str, ...] = ()
    bounce: BounceNote | None = None
    attachments: tuple[AttachmentNote, ...] = ()
    problems: tuple[str, ...] = ()
    nil: bool = False
    unknown_sender: bool = False
    figures: tuple[Figure, ...] = ()
    words: tuple[tuple[int, Words], ...] = ()
    written: tuple[Written, ...] = ()
    complete: bool = False
    adopted: bool = False

    @property
    def needs_person(self) -> bool:
        """Whether it waits in triage: unclear or question, a submission that is not certain, or any other guess that is only
        probable."""
        if self.kind in (MailKind.UNCLEAR, MailKind.QUESTION) or self.confidence is Confidence.PROBABLE:
            return True
        return self.kind is MailKind.SUBMISSION and self.confidence is not Confidence.CERTAIN


@dataclass(frozen=True, slots=True)
class Judged:
    """A mail with its verdict, as the command line and the ledger tell it."""

    sha256: str
    message_id: str
    subject: str
    sender: str
    received_at: datetime
    verdict: Verdict
    duplicate: bool = False
    late: bool | None = None
    source: str = ""


def verdict_to_doc(verdict: Verdict) -> dict[str, Any]:
    """The stable JSON form of a verdict, for ledger and command line."""
    bounce = verdict.bounce
    return {
        "kind": str(verdict.kind),
        "confidence": str(verdict.confidence),
        "unit": verdict.unit,
        "period": verdict.period,
        "items": list(verdict.items),
        "evidence": [{"rule": e.rule, "value": e.value} for e in verdict.evidence],
        "reasons": list(verdict.reasons),
        "bounce": bounce and _bounce_to_doc(bounce),
        "attachments": [
            {"name": a.name, "size": a.size, "sha256": a.sha256, "kind": a.kind, "state": a.state}
            for a in verdict.attachments
        ],
        "figures": [figure_to_doc(figure) for figure in verdict.figures],
        "problems": list(verdict.problems),
        "nil": verdict.nil,
        "unknown_sender": verdict.unknown_sender,
        "words": [words_to_doc(item, words) for item, words in verdict.words],
        "complete": verdict.complete,
        **({"written": [written_to_doc(one) for one in verdict.written]} if verdict.written else {}),
        **({"adopted": True} if verdict.adopted else {}),
    }


def _bounce_to_doc(bounce: BounceNote) -> dict[str, Any]:
    """`also` only where it names somebody: nearly every bounce concerns one address."""
    doc = {"recipient": bounce.recipient, "permanent": bounce.permanent, "letter": bounce.letter}
    return doc | ({"also": list(bounce.also)} if bounce.also else {})


def doc_to_verdict(doc: Mapping[str, Any]) -> Verdict:
    """The verdict that verdict_to_doc wrote."""
    bounce = doc.get("bounce")
    return Verdict(
        kind=MailKind(doc["kind"]),
        confidence=Confidence(doc["confidence"]),
        unit=doc["unit"] and shared(doc["unit"]),
        period=doc["period"] and shared(doc["period"]),
        items=tuple(doc["items"]),
        evidence=kept_once(tuple(Evidence(shared(e["rule"]), shared(e["value"])) for e in doc["evidence"])),
        reasons=kept_once(tuple(map(shared, doc["reasons"]))),
        bounce=BounceNote(**{**bounce, "also": tuple(bounce.get("also", ()))}) if bounce else None,
        attachments=tuple(AttachmentNote(**a) for a in doc["attachments"]),
        problems=tuple(doc["problems"]),
        nil=bool(doc.get("nil", False)),
        unknown_sender=bool(doc.get("unknown_sender", False)),
        figures=tuple(figure for one in doc.get("figures", ()) if (figure := doc_to_figure(one))),
        words=tuple((int(one["item"]), doc_to_words(one)) for one in doc.get("words", ())),
        written=tuple(map(doc_to_written, doc.get("written", ()))),
        complete=bool(doc.get("complete", False)),
        adopted=bool(doc.get("adopted", False)),
    )


def judged_to_doc(judged: Judged) -> dict[str, Any]:
    """One line of `receive --json`."""
    return {
        "source": judged.source,
        "sha256": judged.sha256,
        "duplicate": judged.duplicate,
        "message_id": judged.message_id,
        "subject": judged.subject,
        "sender": judged.sender,
        **verdict_to_doc(judged.verdict),
        "received_at": stamp(judged.received_at),
        "late": judged.late,
    }

"""The judgement of a mail: a table of rules in order, each deciding or passing on. Pure; acts on nothing."""

from collections.abc import Callable

from cuibao.papers import bounce
from cuibao.papers.mail import Mail
from cuibao.papers.token import tokens_in
from cuibao.papers.what import What, bulk, what
from cuibao.papers.whichperiod import WhichPeriod, which_period
from cuibao.papers.whose import LetterRef, View, Whose, whose
from cuibao.rules.verdict import BounceNote, Confidence, Evidence, MailKind, Verdict

__all__ = ["LetterRef", "View", "judge"]

NOT_OURS = "与我方发件无关"
Rule = Callable[[Mail, View], Verdict | None]


def own(mail: Mail, view: View) -> Verdict | None:
    """What we sent ourselves: our address, and our Message-ID or the mark of an automatic mail."""
    if mail.sender_key != view.mailbox_address.lower():
        return None
    letter = view.by_message_id.get(mail.message_id.lower())
    if letter:
        return Verdict(
            MailKind.OWN, Confidence.CERTAIN, letter.unit, letter.period, evidence=(Evidence("own", mail.message_id),)
        )
    if mail.header("auto-submitted").lower().startswith("auto-generated"):
        return Verdict(MailKind.OWN, Confidence.CERTAIN, evidence=(Evidence("own", mail.sender_key),))
    return None


def bounced(mail: Mail, view: View) -> Verdict | None:
    """A report that a mail did not arrive; it has an effect only when that mail was ours."""
    note = bounce.read(mail)
    if note is None:
        return None
    letter = _letter_of_bounce(mail, note, view)
    known = BounceNote(note.recipient, note.permanent, letter.message_id if letter else None)
    return _by_form(MailKind.BOUNCE, letter, Evidence("bounce", note.recipient or mail.sender_key), known)


def auto_reply(mail: Mail, view: View) -> Verdict | None:
    """An answer that a machine gave; ruled out before a thread can count."""
    seen = bounce.auto_reply(mail)
    if seen is None:
        return None
    return _by_form(MailKind.AUTO_REPLY, whose(mail, view).letter, Evidence("auto_reply", seen), None)


def by_content(mail: Mail, view: View) -> Verdict:
    """Submission, acknowledgement, question, unclear or other: whose it is and what it is, judged apart."""
    who = whose(mail, view)
    content = what(mail, view.registry, view.mailbox_address)
    if _unconnected(mail, who, content):
        return Verdict(MailKind.OTHER, Confidence.NONE, evidence=content.evidence, reasons=(NOT_OURS,))
    when = which_period(mail, view, who)
    reasons = (*content.reasons, *who.reasons, *when.reasons)
    return Verdict(
        kind=content.kind,
        confidence=_confidence(who, content, when),
        unit=who.unit,
        period=when.period,
        items=content.items,
        evidence=(*who.evidence, *content.evidence, *when.evidence),
        reasons=tuple(dict.fromkeys(reasons)),
        nil=content.nil,
        unknown_sender=who.unknown_sender,
    )


RULES: tuple[Rule, ...] = (own, bounced, auto_reply, by_content)
"""The order of judgement: what is told by form alone first, what must be read last."""


def judge(mail: Mail, view: View) -> Verdict:
    """The verdict on a mail: what it is, whose, for which period and items, with evidence and reasons in Chinese."""
    found = next(verdict for rule in RULES if (verdict := rule(mail, view)))
    notes = tuple(one.note() for one in mail.attachments)
    return Verdict(
        kind=found.kind,
        confidence=found.confidence,
        unit=found.unit,
        period=found.period,
        items=found.items,
        evidence=found.evidence,
        reasons=found.reasons,
        bounce=found.bounce,
        attachments=notes,
        problems=mail.problems,
        nil=found.nil,
        unknown_sender=found.unknown_sender,
    )


def _by_form(kind: MailKind, letter: LetterRef | None, seen: Evidence, note: BounceNote | None) -> Verdict:
    if letter is None:
        return Verdict(kind, Confidence.NONE, evidence=(seen,), reasons=(NOT_OURS,), bounce=note)
    evidence = (seen, Evidence("letter", letter.message_id))
    return Verdict(kind, Confidence.CERTAIN, letter.unit, letter.period, evidence=evidence, bounce=note)


def _letter_of_bounce(mail: Mail, note: BounceNote, view: View) -> LetterRef | None:
    """The letter that came back: by its Message-ID, by the thread, or by the token in what was returned."""
    for name in (note.letter or "", mail.in_reply_to, *mail.references, *(inner.message_id for inner in mail.enclosed)):
        if letter := view.by_message_id.get(name.lower()):
            return letter
    returned = "\n".join((mail.subject, mail.text, *(inner.subject for inner in mail.enclosed)))
    known = (view.letters.get(token) for token in tokens_in(returned))
    return next((letter for letter in known if letter), None)


def _unconnected(mail: Mail, who: Whose, content: What) -> bool:
    """Whether nothing ties the mail to a unit, nor its words to reporting: advertisements, bills, lists. A readable attachment
    from a stranger is still shown to a person, unless it went to a list."""
    if who.concerned:
        return False
    if bulk(mail):
        return True
    if content.kind is MailKind.SUBMISSION:
        return not (content.related or any(one.reports for one in mail.attachments))
    return content.kind is not MailKind.ACKNOWLEDGEMENT and not content.related


def _confidence(who: Whose, content: What, when: WhichPeriod) -> Confidence:
    if not who.concerned:
        return Confidence.NONE
    if not (who.sure and content.sure and when.sure) or when.period is None:
        return Confidence.PROBABLE
    return Confidence.CERTAIN

"""The judgement of a mail: a table of rules in order, each deciding or passing on. Pure; acts on nothing."""

import re
from collections.abc import Callable
from dataclasses import replace
from operator import itemgetter

from cuibao.papers import autoreply, bounce
from cuibao.papers.byitem import said_by_item
from cuibao.papers.figures import adoptable, figures_of, undecided
from cuibao.papers.form.inmail import forms_in
from cuibao.papers.form.reading import FormRead
from cuibao.papers.form.rows import is_filled
from cuibao.papers.mail import Mail
from cuibao.papers.token import tokens_in
from cuibao.papers.what import What, bulk, unreadable, what
from cuibao.papers.whichperiod import WhichPeriod, which_period
from cuibao.papers.whose import LetterRef, View, Whose, whose
from cuibao.papers.wording import item_ranges
from cuibao.rules.progress import NIL
from cuibao.rules.verdict import BounceNote, Confidence, Evidence, MailKind, Verdict

__all__ = ["LetterRef", "View", "judge"]

NOT_OURS = "与我方发件无关"
NOTHING_TAKEN = "完成情况表中没有可以采用的内容，请经办人核定"
ENCLOSED_STRANGER = "所附邮件的发件人不是该单位登记的地址，请经办人核定"
PASSED_ON = "此信由本办邮箱转发，请经办人核定所属单位和内容"
_QUOTED_SUBJECT = re.compile(
    r"^[^\w\n]*(?:主\s*题|标\s*题|subject)\s*[:：]?[ \t]*(\S.{0,200})", re.IGNORECASE | re.MULTILINE
)
Rule = Callable[[Mail, View], Verdict | None]


def own(mail: Mail, view: View) -> Verdict | None:
    """What came from our own mailbox: the bot's letters, and what officers wrote there. Where an officer passes a unit's report on
    from it, a person says whose it is and whether it counts."""
    if mail.sender_key != view.mailbox_address.lower():
        return None
    letter = view.by_message_id.get(mail.message_id.lower())
    seen = (Evidence("own", mail.message_id if letter else mail.sender_key),)
    if letter:
        return Verdict(MailKind.OWN, Confidence.CERTAIN, letter.unit or None, letter.period or None, evidence=seen)
    if not autoreply.auto_reply(mail) and (passed := _passed_on(mail, view)):
        return passed
    return Verdict(MailKind.OWN, Confidence.CERTAIN, evidence=seen)


def _passed_on(mail: Mail, view: View) -> Verdict | None:
    """A unit's report that came in our own mail: enclosed, or quoted beside a readable attachment."""
    quoted = view.units_quoted(mail.quoted_text) if any(one.reports for one in mail.attachments) else frozenset()
    if not quoted and not any(inner.sender_key != mail.sender_key for inner in mail.enclosed):
        return None
    found = by_content(mail, view)
    if found.kind is not MailKind.SUBMISSION:
        return None
    unit = found.unit or (next(iter(quoted)) if len(quoted) == 1 else None)
    # Where the mail's own marks name the unit, a quarter that they leave open is in dispute: no window decides it.
    period = found.period or (view.period_choice(unit) if unit and not found.unit else None)
    return replace(found, confidence=Confidence.PROBABLE, unit=unit, period=period, reasons=(PASSED_ON, *found.reasons))


def bounced(mail: Mail, view: View) -> Verdict | None:
    """A report that a mail did not arrive; it has an effect only when that mail was ours."""
    note = bounce.read(mail)
    if note is None:
        return None
    letter = _letter_of_bounce(mail, note, view)
    ours = letter.message_id if letter else None
    known = replace(note, recipient=_contact(note.recipient, letter), letter=ours, also=_also(note, letter))
    return _by_form(MailKind.BOUNCE, letter, Evidence("bounce", note.recipient or mail.sender_key), known)


def _also(note: BounceNote, letter: LetterRef | None) -> tuple[str, ...]:
    """The other addresses that could not be reached; a letter that went to one address has none."""
    return note.also if letter is None or len(letter.to) > 1 else ()


def _contact(recipient: str | None, letter: LetterRef | None) -> str | None:
    """The contact that could not be reached: where a letter went to one address and another came back, that one passes its mail on."""
    if letter and len(letter.to) == 1 and recipient not in letter.to:
        return letter.to[0]
    return recipient


def auto_reply(mail: Mail, view: View) -> Verdict | None:
    """An answer that a machine gave; ruled out before a thread can count."""
    seen = autoreply.auto_reply(mail)
    if seen is None:
        return None
    found = _by_form(MailKind.AUTO_REPLY, whose(mail, view).letter, Evidence("auto_reply", seen), None)
    until = autoreply.away_until(mail)
    return replace(found, evidence=(*found.evidence, Evidence("away_until", until))) if until else found


def by_content(mail: Mail, view: View) -> Verdict:
    """Submission, acknowledgement, question, unclear or other: whose it is and what it is, judged apart."""
    who = whose(mail, view)
    content = what(mail, view.registry, view.mailbox_address)
    if _unconnected(mail, who, content):
        return Verdict(
            MailKind.OTHER, Confidence.NONE, evidence=content.evidence, reasons=(NOT_OURS, *unreadable(mail))
        )
    when = which_period(mail, view, who)
    items, doubts = _items(content, who.unit, view)
    if content.enclosed_from and who.unit not in view.senders.get(content.enclosed_from, ()):
        doubts = (*doubts, ENCLOSED_STRANGER)
    reasons = (*content.reasons, *who.reasons, *when.reasons, *doubts, *unreadable(mail))
    found = Verdict(
        kind=content.kind,
        confidence=_confidence(who, content, when, certain=not doubts),
        unit=who.unit,
        period=when.period,
        items=items,
        evidence=(*who.evidence, *content.evidence, *when.evidence),
        reasons=tuple(dict.fromkeys(reasons)),
        nil=content.nil,
        unknown_sender=who.unknown_sender,
    )
    return with_figures(found, mail, view) if found.kind is MailKind.SUBMISSION else found


def with_figures(found: Verdict, mail: Mail, view: View, *, adopt: bool = False) -> Verdict:
    """The submission with what its forms say of its unit and period, and its own words about the items on which they say nothing.
    Where nothing in a form can be taken, or the only one has another unit's token or one that is not ours, a person decides what the
    mail counts for; where nothing tells the quarter, the figures are shown to that person. `adopt` as figures_of() has it."""
    if found.unit is None:
        return found
    if found.period is None:
        return replace(found, written=undecided(mail, view, found.unit))
    read = figures_of(mail, view, found.unit, found.period, adopt=adopt)
    known = {no for no, _ in read.words}
    told = said_by_item(mail, (no for no in found.items if no not in known))
    doubtful = not read.items and any(map(is_filled, forms_in(mail)))
    if read == FormRead() and not told and not doubtful:
        return found
    return replace(
        found,
        confidence=Confidence.PROBABLE if doubtful and found.confidence is Confidence.CERTAIN else found.confidence,
        items=tuple(sorted({*found.items, *read.items})),
        reasons=(*found.reasons, NOTHING_TAKEN) if doubtful else found.reasons,
        problems=read.problems,
        nil=found.nil
        or (bool(read.words) and not read.figures and all(NIL in said.progress for _, said in read.words)),
        figures=read.figures,
        words=tuple(sorted((*read.words, *told), key=itemgetter(0))),
        written=read.written,
        complete=read.complete and not found.unknown_sender,
        adopted=adopt and adoptable(mail, view, found.unit, found.period),
    )


RULES: tuple[Rule, ...] = (own, bounced, auto_reply, by_content)
"""The order of judgement: what is told by form alone first, what must be read last."""


def judge(mail: Mail, view: View) -> Verdict:
    """The verdict on a mail: what it is, whose, for which period and items, with evidence and reasons in Chinese."""
    found = next(verdict for rule in RULES if (verdict := rule(mail, view)))
    if not (mail.attachments or mail.problems):
        return found
    notes = tuple(one.note() for one in mail.attachments)
    return replace(found, attachments=notes, problems=(*mail.problems, *found.problems))


def _by_form(kind: MailKind, letter: LetterRef | None, seen: Evidence, note: BounceNote | None) -> Verdict:
    if letter is None:
        return Verdict(kind, Confidence.NONE, evidence=(seen,), reasons=(NOT_OURS,), bounce=note)
    evidence = (seen, Evidence("letter", letter.message_id))
    return Verdict(kind, Confidence.CERTAIN, letter.unit or None, letter.period or None, evidence=evidence, bounce=note)


def _letter_of_bounce(mail: Mail, note: BounceNote, view: View) -> LetterRef | None:
    """The letter that came back: by its Message-ID, by the thread, by the token in what was returned; where the bounce names no mail
    at all, the last letter to that address."""
    for name in (note.letter or "", mail.in_reply_to, *mail.references, *(inner.message_id for inner in mail.enclosed)):
        if letter := view.by_message_id.get(name.lower()):
            return letter
    returned = "\n".join((mail.subject, mail.text, *(inner.subject for inner in mail.enclosed)))
    if tokens := tokens_in(returned):
        return next((letter for token in tokens if (letter := view.letters.get(token))), None)
    last = view.by_recipient.get(note.recipient or "")
    return last if last and not note.letter and not mail.enclosed and _is_about(mail.text, last) else None


def _is_about(text: str, letter: LetterRef) -> bool:
    """Whether the subject that a bounce quotes, if it quotes one, is the letter's, be it cut short."""
    found = _QUOTED_SUBJECT.search(text)
    quoted = re.sub(r"\s|\.{3}|…", "", found.group(1)) if found else ""
    return re.sub(r"\s", "", letter.subject).startswith(quoted)


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


def _items(content: What, unit: str | None, view: View) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """The items that count as named, and what is wrong with the others. First, second, third where the unit has no such items
    only number its own list, which names none: it then covers all that the unit owes."""
    named = frozenset(content.items)
    theirs = view.duties.get(unit or "")
    if theirs is None:
        theirs = frozenset(item.no for item in view.registry.items)
    if content.numbering.isdisjoint(theirs):
        named -= content.numbering
    foreign = named - theirs
    if not foreign or content.kind is not MailKind.SUBMISSION:
        return tuple(sorted(named & theirs)), ()
    reason = f"信中所列{item_ranges(foreign)}不是{unit or '本通知'}的事项，请经办人核定"
    return tuple(sorted(named & theirs)), (reason,)


def _confidence(who: Whose, content: What, when: WhichPeriod, *, certain: bool) -> Confidence:
    if not who.concerned:
        return Confidence.NONE
    if not (certain and who.sure and content.sure and when.sure) or when.period is None:
        return Confidence.PROBABLE
    return Confidence.CERTAIN

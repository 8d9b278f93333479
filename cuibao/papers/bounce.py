"""Bounces, told by their form alone: RFC 3464 reports, what flufl.bounce knows, and the text-only ones of Chinese providers (QQ,
Coremail in two languages, Winmail)."""

import re
from collections.abc import Iterable
from dataclasses import replace

from cuibao.papers.autoreply import auto_reply_subject
from cuibao.papers.mail import Mail
from cuibao.papers.returned import ANSWERED, DAEMON, FAILURE
from cuibao.papers.token import message_ids_in
from cuibao.rules.verdict import BounceNote

_BODY = re.compile(
    r"退信|无法投递|无法送达|未能送达|投递失败|被拒绝|不存在|could not be delivered|was not delivered|undeliverable|"
    r"delivery (?:to the following|failed|has failed)|unable to deliver|returned to sender|user unknown|permanent error|"
    r"has been delayed|message that you sent",
    re.IGNORECASE,
)
_WAITING = re.compile(
    r"暂时(?:无法|不能|未能)|投递延迟|延迟投递|将继续(?:尝试|重试|投递)|稍后(?:将|会)?(?:继续|重新|再)|delayed|will (?:be )?retr|"
    r"still (?:be )?(?:trying|retrying)|warning message only|do not need to resend",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"(?<![\w.+-])[A-Za-z0-9][\w.+-]*@[A-Za-z0-9](?:[\w-]*\.)+[A-Za-z]{2,}")
_TOLD_ADDRESS = re.compile(
    rf"(?:收\s*件\s*人|收\s*信\s*人|无法(?:发送|投递|送达|递送)(?:到|至|给)|recipients?|mailbox)[^\n@]{{0,30}}?({_ADDRESS.pattern})",
    re.IGNORECASE,
)
"""The address that a notice itself calls the recipient; others beside it are servers' and senders'."""
_FIELD = re.compile(r"^(final-recipient|original-recipient|action|status)\s*:\s*(.+)$", re.IGNORECASE | re.MULTILINE)
_ORIGINAL_ID = re.compile(r"x-cm-original-message-id\s*:\s*<?([^<>\s]+@[^<>\s]+)>?", re.IGNORECASE)
_FOREIGN = 400
"""Characters at the start of a notice by which a server's English is told from a person's Chinese."""
_MOST_RECIPIENTS = 100
_PASSED_ON = re.compile(r"^action\s*:\s*(?:delivered|relayed|expanded)", re.IGNORECASE | re.MULTILINE)


def read(mail: Mail) -> BounceNote | None:
    """What a bounce says, or None when the mail is none. `letter` is the Message-ID that it names, lower case in <>, be it ours
    or not; `permanent` is False for a report that delivery only waits (RFC 3464 section 2.3.3, delayed)."""
    if mail.status_text and (note := _report(mail)):
        return replace(note, letter=letter_id(mail))
    if not _has_form(mail):
        return None
    if mail.returned:
        permanent = mail.returned[0].permanent
    else:
        permanent = not _WAITING.search("\n".join((mail.subject, mail.text)))
    first = _named_recipient(mail)
    failed = (_single(one.address) for one in mail.returned if one.permanent)
    return BounceNote(first, permanent, letter_id(mail), _others(failed, first))


def _report(mail: Mail) -> BounceNote | None:
    """What a delivery report says: of several recipients the first that failed for good, beside the others that did, else the first
    that waits. One whose fields stand in blocks of their own is read as a whole."""
    blocks = [block for block in mail.status_text.split("\n\n") if _is_whole(block)] or [mail.status_text]
    told = [note for block in blocks[:_MOST_RECIPIENTS] if (note := _recipient(block, mail))]
    failed = [note for note in told if note.permanent]
    if not failed:
        return told[0] if told else None
    return replace(failed[0], also=_others((note.recipient for note in failed), failed[0].recipient))


def _others(addresses: Iterable[str | None], first: str | None) -> tuple[str, ...]:
    """The addresses but the first one, each once, as they come."""
    return tuple(dict.fromkeys(one for one in addresses if one and one != first))


def _is_whole(block: str) -> bool:
    """Whether a block says of somebody what became of the mail."""
    names = {match.group(1).lower() for match in _FIELD.finditer(block)}
    return not names.isdisjoint(("final-recipient", "original-recipient")) and not names.isdisjoint(
        ("action", "status")
    )


def _recipient(block: str, mail: Mail) -> BounceNote | None:
    fields: dict[str, str] = {}
    for match in _FIELD.finditer(block):
        fields.setdefault(match.group(1).lower(), match.group(2).strip())
    action = fields.get("action", "").split(";")[0].strip().lower()
    status = fields.get("status", "")
    if _PASSED_ON.search(block) or not (action or status) or status.startswith("2."):
        return None
    permanent = action == "failed" or (action != "delayed" and not status.startswith("4."))
    # the original recipient is whom we wrote to, the final one where that address passes its mail on (RFC 3464 2.3.1, 2.3.2)
    named = [
        value for name in ("original-recipient", "final-recipient") if (value := fields.get(name)) and "@" in value
    ]
    recipient = _single(named[0].rpartition(";")[2].strip().strip("<>")) if named else _named_recipient(mail)
    return BounceNote(recipient, permanent, None)


def _has_form(mail: Mail) -> bool:
    """A machine's sender and words of failure, or what only a server writes: a person who forwards a bounce has neither, and a
    unit's program may send its report with an empty envelope sender."""
    if mail.header("x-wm-report").lower() == "bounce" or mail.header("x-failed-recipients") or mail.returned:
        return True
    if auto_reply_subject(mail):
        return False
    daemon = bool(DAEMON.match(mail.sender))
    envelope = mail.header("return-path").strip().strip("<>")
    failed = bool(FAILURE.search(mail.subject)) and not ANSWERED.match(mail.subject)
    if failed and (daemon or not mail.sender or _is_nobody(mail, envelope)):
        return True
    if failed and mail.enclosed and mail.text[:_FOREIGN].isascii():
        return bool(_BODY.search(mail.text[:_FOREIGN]))
    return daemon and bool(_BODY.search(mail.text[:4000]))


def _is_nobody(mail: Mail, envelope: str) -> bool:
    """Whether the envelope names no sender to whom an answer could go, and says so."""
    return bool(DAEMON.match(envelope)) or (not envelope and bool(mail.header("return-path").strip()))


def _single(address: str) -> str | None:
    """An address that Coremail wrote twice in a row, once; lower case. None for one that was made unreadable (david...@x.cn)."""
    once = _once(address)
    return None if ".." in once else once.lower()


def _once(address: str) -> str:
    half = len(address) // 2
    return address[:half] if len(address) % 2 == 0 and address[:half] == address[half:] else address


def _named_recipient(mail: Mail) -> str | None:
    """The address in the header made for it, that flufl.bounce found, that the notice calls the recipient, or the first that is
    nobody else's."""
    if mail.returned and not mail.header("x-failed-recipients"):
        return _single(mail.returned[0].address)
    text = mail.text[:20_000]
    told = " ".join(match.group(1) for match in _TOLD_ADDRESS.finditer(text))
    own = {mail.sender_key, *(address.lower() for address in mail.to)}
    # Coremail names there whom it could not reach; on a mail of others it would be our own mailbox
    delivered = mail.header("delivered-to") if mail.header("x-cm-original-message-id") else ""
    for source in (mail.header("x-failed-recipients"), told, _once(delivered), text):
        for match in _ADDRESS.finditer(source):
            address = _single(match.group(0))
            if address and address not in own and not address.startswith("cuibao.") and not DAEMON.match(address):
                return address
    return None


def letter_id(mail: Mail) -> str | None:
    """The Message-ID that a bounce gives as the mail it is about, lower case in <>, or None."""
    told = mail.header("x-cm-original-message-id")
    found = _ORIGINAL_ID.search(f"x-cm-original-message-id: {told}\n{mail.status_text}\n{mail.text[:20_000]}")
    if found:
        return f"<{found.group(1).lower()}>"
    for inner in mail.enclosed:
        if inner.message_id:
            return inner.message_id.lower()
    ours = message_ids_in(mail.in_reply_to, *mail.references, mail.text)
    return ours[0] if ours else (mail.in_reply_to.lower() or None)

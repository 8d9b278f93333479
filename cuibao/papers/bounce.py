"""Bounces and automatic replies, told by their form alone: RFC 3464 reports, and the text-only ones of Chinese providers."""

import re

from cuibao.papers.mail import Mail
from cuibao.papers.token import message_ids_in
from cuibao.rules.verdict import BounceNote

_DAEMON = re.compile(
    r"^(?:mailer-?daemon|post-?master|mail-?daemon|mdaemon|bounces?|邮件系统|系统管理员)(?:[+\-@]|$)", re.IGNORECASE
)
_SUBJECT = re.compile(
    r"退信|错误回弹|未送达|未能送达|无法送达|投递失败|发送失败|投递延迟|undeliver|delivery (?:status|failure|has failed|notification)|"
    r"mail delivery|failure notice|returned mail|delivery failed|non remis|delayed mail|(?:mail|message) delayed",
    re.IGNORECASE,
)
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
_FIELD = re.compile(r"^(final-recipient|original-recipient|action|status)\s*:\s*(.+)$", re.IGNORECASE | re.MULTILINE)
_ORIGINAL_ID = re.compile(r"x-cm-original-message-id\s*:\s*<?([^<>\s]+@[^<>\s]+)>?", re.IGNORECASE)
_AUTO_SUBJECT = re.compile(
    r"^\s*(?:自动回复|自动答复|自動回覆|假期回复|automatic reply|auto[- ]?reply|auto[- ]?response|out of (?:the )?office)\s*[:：]?",
    re.IGNORECASE,
)
_AUTO_ENVELOPE = re.compile(r"\+auto_[^@]*@", re.IGNORECASE)
_PASSED_ON = re.compile(r"^action\s*:\s*(?:delivered|relayed|expanded)", re.IGNORECASE | re.MULTILINE)
_ENVELOPE = ("return-path", "x-mail-from", "x-envelope-from", "x-sender", "sender")


def read(mail: Mail) -> BounceNote | None:
    """What a bounce says, or None when the mail is none. `letter` is the Message-ID that it names, lower case in <>, be it ours
    or not; `permanent` is False for a report that delivery only waits (RFC 3464 section 2.3.3, delayed)."""
    if mail.status_text and (note := _report(mail)):
        return note
    if not _has_form(mail):
        return None
    body = "\n".join((mail.subject, mail.text))
    return BounceNote(_named_recipient(mail), not _WAITING.search(body), letter_id(mail))


def _report(mail: Mail) -> BounceNote | None:
    """What a delivery report says: of several recipients the first that failed for good, else the first that waits. One whose
    fields stand in blocks of their own is read as a whole."""
    blocks = [block for block in mail.status_text.split("\n\n") if _is_whole(block)] or [mail.status_text]
    told = [note for block in blocks if (note := _recipient(block, mail))]
    return next((note for note in told if note.permanent), told[0] if told else None)


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
    named = fields.get("final-recipient") or fields.get("original-recipient") or ""
    recipient = _single(named.rpartition(";")[2].strip().strip("<>")) if "@" in named else _named_recipient(mail)
    return BounceNote(recipient, permanent, letter_id(mail))


def _has_form(mail: Mail) -> bool:
    """A daemon's sender and words of failure, or an empty envelope sender and a subject of failure: a person who forwards a
    bounce has neither, and a unit's program may send its report with an empty envelope sender."""
    if mail.header("x-wm-report").lower() == "bounce" or mail.header("x-failed-recipients"):
        return True
    daemon = bool(_DAEMON.match(mail.sender))
    if _AUTO_SUBJECT.match(mail.subject) or not (daemon or mail.header("return-path").strip() == "<>"):
        return False
    return bool(_SUBJECT.search(mail.subject)) or (daemon and bool(_BODY.search(mail.text[:4000])))


def _single(address: str) -> str:
    """An address that Coremail wrote twice in a row, once; lower case."""
    half = len(address) // 2
    once = address[:half] if len(address) % 2 == 0 and address[:half] == address[half:] else address
    return once.lower()


def _named_recipient(mail: Mail) -> str | None:
    failed = mail.header("x-failed-recipients")
    own = {mail.sender_key, *(address.lower() for address in mail.to)}
    for source in (failed, mail.text[:20_000]):
        for match in _ADDRESS.finditer(source):
            address = _single(match.group(0))
            if address not in own and not address.startswith("cuibao.") and not _DAEMON.match(address):
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


def auto_reply(mail: Mail) -> str | None:
    """What shows that a mail was sent by a machine in answer (the header or the words), or None when nothing does."""
    submitted = mail.header("auto-submitted").split(";")[0].strip().lower()
    if submitted and submitted != "no":
        return f"Auto-Submitted: {submitted}"
    for name in ("x-autoreply", "x-autorespond", "x-auto-reply"):
        if mail.header(name).strip().lower() not in ("", "no", "false"):
            return f"{name}: {mail.header(name)[:60]}"
    if mail.header("precedence").strip().lower() in ("auto_reply", "auto-reply"):
        return "Precedence: auto_reply"
    if "disposition-notification" in mail.header("content-type").lower():
        return "Content-Type: disposition-notification"
    if match := _AUTO_SUBJECT.match(mail.subject):
        return match.group(0).strip()
    envelope = (mail.header(name) for name in _ENVELOPE)
    return next((value[:80] for value in envelope if _AUTO_ENVELOPE.search(value)), None)

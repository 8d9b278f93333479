"""Automatic replies, told by their form alone, and when whoever is away will be back."""

import re
from datetime import date, timedelta

from cuibao.papers.mail import Mail

_SUBJECT = re.compile(
    r"^\s*(?:(?:自动回复|自动答复|自動回覆|假期回复|automatic reply|auto[- ]?reply|auto[- ]?response|out of (?:the )?office)\s*[:：]?|"
    r"(?:已读(?:回执)?|阅读回执|(?:邮件)?收条|read(?: receipt)?)\s*[:：])",
    re.IGNORECASE,
)
_ENVELOPE_SENDER = re.compile(r"\+auto_[^@]*@", re.IGNORECASE)
_ENVELOPE = ("return-path", "x-mail-from", "x-envelope-from", "x-sender", "sender")
_DATE = r"(?:(20\d\d)\s?[年\-/.]\s?)?(\d{1,2})\s?[月\-/.]\s?(\d{1,2})\s?[日号]?"
_BACK = r"返岗|返回|返校|返程|回到|回来|回单位|回岗|上班|复工|到岗|恢复(?:办公|工作|上班)|销假"
_RETURNS = (
    re.compile(rf"(?<![\d\-/.年月]){_DATE}[^，,。；;\d]{{0,6}}(?:{_BACK})"),
    re.compile(rf"(?:{_BACK})(?:时间|日期)?[^，,。；;\d]{{0,4}}{_DATE}"),
    re.compile(rf"(?:休假|请假|外出|出差|离岗|放假|假期|学习|培训).{{0,20}}?(?:至|到|—|–|-|~|～)\s?{_DATE}"),
    re.compile(rf"(?:至|到|—|–|~|～)\s?{_DATE}[^，,。；;\d]{{0,6}}(?:休假|请假|外出|出差|离岗|放假|假期|学习|培训)"),
)
"""The day of the return, before or after its word; else the last day away."""
_LONGEST = 2_000
_QUARTER = timedelta(days=90)


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
    if seen := auto_reply_subject(mail):
        return seen
    envelope = (mail.header(name) for name in _ENVELOPE)
    return next((value[:80] for value in envelope if _ENVELOPE_SENDER.search(value)), None)


def auto_reply_subject(mail: Mail) -> str | None:
    """The words at the start of a subject that mark an automatic reply, or None."""
    match = _SUBJECT.match(mail.subject)
    return match.group(0).strip() if match else None


def away_until(mail: Mail) -> str | None:
    """The day that an automatic reply names for its sender's return, or as the last day away, with its words:
    "2020-07-10（7月10日返岗）"; None where it names none. A year that is not written is the mail's, or the next where the day would be
    a quarter of a year past."""
    own = mail.own_text[:_LONGEST]
    found = next((match for rule in _RETURNS if (match := rule.search(own))), None)
    if found is None:
        return None
    words = re.sub(r"\s+", "", found.group(0))
    day = _day(found.group(1), int(found.group(2)), int(found.group(3)), mail)
    return f"{day.isoformat()}（{words}）" if day else words


def _day(year: str | None, month: int, day: int, mail: Mail) -> date | None:
    written = mail.received or mail.date
    try:
        if year:
            return date(int(year), month, day)
        if written is None:
            return None
        found = date(written.year, month, day)
        return found if written.date() - found < _QUARTER else found.replace(year=found.year + 1)
    except ValueError:  # the 31st of June, the 13th month
        return None

"""A letter as the unit sees it that receives it: only what stands in its bytes, nothing of what the office knows."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses, parsedate_to_datetime

from cuibao.rules.letters import RECEIPT, SEND_BACK
from cuibao.rules.workdays import CHINA

_ADDRESSED = re.compile(r"（((?:[^（）]|（[^（）]*）)+)）\s*〔(MS-[0-9A-Z]{10})〕")
_QUARTER = re.compile(r"第([一二三四])季度")
_YEAR = re.compile(r"(20\d\d)年")
_ITEMS = re.compile(r"(?:牵头|协同)事项（\d+项）：第([\d、—–-]+)项")
_DEADLINE = re.compile(r"(?:(20\d\d)年)?(\d{1,2})月(\d{1,2})日前（")
_PURPOSES = (
    ("回执", RECEIPT),
    ("补充报送", SEND_BACK),
    ("再次商请", "final"),
    ("尽快报送", "overdue"),
    ("催报", "urge"),
    ("截止提醒", "due"),
    ("再次提醒", "second"),
)
"""Words of a subject and the purpose that they tell, the more particular ones first; any other letter is a first reminder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedLetter:
    """One letter of the office. `purpose` is a stage's key, receipt or send_back, as far as the subject shows; `period_key` is
    "2020Q2" where it names 第二季度; `deadline` is None where the letter prints none; `office` is its From address; `form` the
    bytes of 完成情况表 where one came with it."""

    raw: bytes
    subject: str
    message_id: str
    token: str
    unit: str
    period_key: str
    period_name: str
    items: tuple[int, ...]
    purpose: str
    sent_at: datetime
    to: tuple[str, ...]
    office: str
    office_name: str
    text: str
    deadline: date | None
    form: bytes = b""


def read_letter(raw: bytes) -> ReceivedLetter | None:
    """The letter in these bytes, or None for mail that is no letter to a unit (a digest, an alarm). The subject must hold
    （unit）〔token〕 and 第N季度."""
    message = message_from_bytes(raw, _class=EmailMessage, policy=policy.default)
    subject = str(message["Subject"] or "")
    addressed, quarter = _ADDRESSED.search(subject), _QUARTER.search(subject)
    if addressed is None or quarter is None:
        return None
    sent_at = _sent_at(message)
    text = _text(message)
    name, office = getaddresses([str(message["From"])])[0]
    year = _YEAR.search(subject)
    return ReceivedLetter(
        raw=raw,
        subject=subject,
        message_id=str(message["Message-ID"] or "").strip(),
        token=addressed.group(2),
        unit=addressed.group(1),
        period_key=f"{year.group(1) if year else sent_at.year}Q{'一二三四'.index(quarter.group(1)) + 1}",
        period_name=quarter.group(0),
        items=_items(text),
        purpose=next((purpose for words, purpose in _PURPOSES if words in subject), "first"),
        sent_at=sent_at,
        to=tuple(address for _, address in getaddresses([str(message["To"] or "")])),
        office=office,
        office_name=name,
        text=text,
        deadline=_deadline(text, sent_at),
        form=_form(message),
    )


def _sent_at(message: EmailMessage) -> datetime:
    return parsedate_to_datetime(str(message["Date"])).astimezone(CHINA)


def _text(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    return str(body.get_content()) if body is not None else ""


def _form(message: EmailMessage) -> bytes:
    sheets = (part for part in message.iter_attachments() if "spreadsheetml" in part.get_content_type())
    return next((bytes(part.get_content()) for part in sheets), b"")


def _items(text: str) -> tuple[int, ...]:
    """The numbers in 牵头事项（3项）：第7—8、12项, in order, each once."""
    found: set[int] = set()
    for listed in _ITEMS.findall(text):
        for run in listed.split("、"):
            ends = [int(number) for number in re.findall(r"\d+", run)]
            found.update(range(ends[0], ends[-1] + 1) if ends else ())
    return tuple(sorted(found))


def _deadline(text: str, sent_at: datetime) -> date | None:
    match = _DEADLINE.search(text)
    if match is None:
        return None
    year, month, day = (int(part) if part else sent_at.year for part in match.groups())
    return date(year, month, day)

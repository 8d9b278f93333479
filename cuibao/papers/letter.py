"""Letters to units: facts and templates in, subject, text and html out, and from these the bytes of one mail.

What a letter says is decided by whoever gathers its facts; whom it goes to and when it leaves is decided elsewhere."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import lru_cache

from jinja2 import Environment, FunctionLoader, StrictUndefined, TemplateError, TemplateNotFound, TemplateSyntaxError
from jinja2.exceptions import UndefinedError

from cuibao.papers import wording
from cuibao.papers.token import Marks
from cuibao.rules.letters import RECEIPT, SEND_BACK
from cuibao.rules.office import Notice, Office
from cuibao.rules.outcomes import CuibaoError
from cuibao.rules.period import Period
from cuibao.rules.progress import Figure, Words
from cuibao.rules.registry import Item
from cuibao.rules.workdays import CHINA

FOLDER = "mail"
"""Where the templates of letters stand inside templates/."""
PURPOSES = ("first", "second", "urge", "due", "overdue", "final", RECEIPT, SEND_BACK)
"""Every purpose that has three sibling templates, FOLDER/purpose.subject, .txt and .html."""
PARTS = ("subject", "txt", "html")
NAMES = frozenset({"letter", "words", "lists", "caller"})
"""The names that a template may use: `letter`, whose fields are those of LetterFacts or ReceiptFacts, and the sentences and
lists that _base imports for its children."""
_FAILURES = (TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError, RecursionError)
"""What a template that an office has edited can raise while it is filled in."""
_LONGEST_QUOTE = 120
_INVITATION_NAME = "报送时限.ics"
_XLSX = "vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class OfficeFacts:
    """Who writes. `contact` and `phone` may be empty; `mailbox` is the address that reports go to."""

    name: str
    short: str
    contact: str
    phone: str
    mailbox: str


@dataclass(frozen=True, slots=True)
class Returned:
    """An item that was sent back, in the officer's own words."""

    no: int
    reason: str


@dataclass(frozen=True, slots=True)
class PassOn:
    """An item whose collective (成员单位) has no members configured: its lead is asked to pass the letter on."""

    no: int
    collective: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterFacts:
    """All that a reminder, chaser or send_back says. `lead` and `cooperating` are the items owed, returned ones included
    (`returned` adds the officer's words); `last_day` is the effective deadline; `days_left` counts working days after
    `today` up to it; `inform_only` marks a unit that is written to without owing a report."""

    office: OfficeFacts
    notice: Notice
    unit: str
    period: Period
    last_day: date
    today: date
    token: str
    lead: tuple[Item, ...] = ()
    cooperating: tuple[Item, ...] = ()
    returned: tuple[Returned, ...] = ()
    pass_on: tuple[PassOn, ...] = ()
    earlier_letter: date | None = None
    days_left: int = 0
    inform_only: bool = False

    @property
    def deadline(self) -> str:
        """The deadline that holds for this unit, in words."""
        return wording.effective_words(self.period, self.last_day)

    @property
    def extended(self) -> bool:
        return self.last_day != self.period.last_day

    @property
    def remaining(self) -> str:
        """How much time is left, in words."""
        return wording.remaining_words(self.today, self.last_day, self.days_left)

    @property
    def count(self) -> int:
        """How many items the letter names."""
        return len(self.lead) + len(self.cooperating)

    def reason(self, no: int) -> str:
        """Why that item was sent back, or ""."""
        return next((returned.reason for returned in self.returned if returned.no == no), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptFacts:
    """All that a receipt says. `received` and `missing` are items; `whole` is true where the mail named no item and
    so covers them all; `figures` are what a form said, `standing` those registered before beside which it said none that was taken,
    `said` (words by item) what it or the mail did; `problems` are
    Chinese sentences. `subject`, `from_address` and `attachments` are the sender's own words."""

    office: OfficeFacts
    notice: Notice
    unit: str
    period: Period
    last_day: date
    today: date
    token: str
    from_address: str
    received_at: datetime
    subject: str
    attachments: tuple[str, ...] = ()
    received: tuple[Item, ...] = ()
    missing: tuple[Item, ...] = ()
    figures: tuple[Figure, ...] = ()
    standing: tuple[Figure, ...] = ()
    said: tuple[tuple[int, Words], ...] = ()
    problems: tuple[str, ...] = ()
    whole: bool = False
    late: bool = False
    nil: bool = False
    correction: bool = False

    @property
    def deadline(self) -> str:
        """The deadline that holds for this unit, in words."""
        return wording.effective_words(self.period, self.last_day)

    @property
    def closed(self) -> bool:
        """Whether the deadline has passed."""
        return self.today > self.last_day

    @property
    def unmeasured(self) -> tuple[Item, ...]:
        """The items with targets that the unit leads and reported without a form: no figure is registered for them. Of a form every
        missing figure is told among the problems."""
        if self.nil or self.figures or self.problems:
            return ()
        known = {(one.item, one.indicator) for one in self.standing}
        owed = (item for item in self.received if self.unit in item.lead)
        return tuple(item for item in owed if any((item.no, one.indicator) not in known for one in item.targets))

    def read(self, no: int) -> tuple[str, ...]:
        """What was read about an item, a line each; nothing where its report names none."""
        figures = (one for one in self.figures if one.item == no)
        told = [f"{one.indicator}：本年累计完成{wording.number_words(one.value)}{one.measure}" for one in figures]
        stand = (one for one in self.standing if one.item == no)
        told += [f"{one.indicator}：仍按此前登记的{wording.number_words(one.value)}{one.measure}计" for one in stand]
        said = next((words for item, words in self.said if item == no), Words("", "", ""))
        parts = (("进展情况", said.progress), ("存在问题", said.problems), ("下一步打算", said.next_steps))
        return (*told, *(f"{name}：{quote(text)}" for name, text in parts if text))


@dataclass(frozen=True, slots=True)
class Composed:
    """A letter's words: one line of subject, plain text, and html that shows the same."""

    subject: str
    text: str
    html: str


def office_facts(office: Office) -> OfficeFacts:
    """Who writes, from what the office has set."""
    return OfficeFacts(office.name, office.short, office.contact, office.phone, office.mailbox.address)


def sender_of(office: OfficeFacts) -> Address:
    """The From of every letter: the office's name and mailbox. Raises CuibaoError when the mailbox is no address."""
    return _address(office.mailbox, one_line(office.name))


def compose(purpose: str, facts: object, templates: Mapping[str, str]) -> Composed:
    """Fill in the three templates of a purpose with `facts` (LetterFacts, ReceiptFacts, or those of office_letters). `templates` maps names like "mail/first.txt" to their text. Raises
    CuibaoError naming the template and its line when one is missing, wrong, or asks for what the facts do not have."""
    known = tuple(sorted(templates.items()))
    subject, text, html = (
        _render(_environment(known, part == "html"), f"{FOLDER}/{purpose}.{part}", facts) for part in PARTS
    )
    return Composed(one_line(subject), _tidy(text), _clean(html))


def one_line(text: str) -> str:
    """The text as one line without control characters, fit for a header."""
    return " ".join(_clean(text).split())


def quote(text: str) -> str:
    """A stranger's words (a subject, a file name) as one short line."""
    line = one_line(text)
    return line if len(line) <= _LONGEST_QUOTE else f"{line[:_LONGEST_QUOTE]}……"


def _clean(text: str) -> str:
    """Without control and direction characters or lone surrogates, which foreign headers carry and letters must not."""
    shown = (char for char in text if char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cf", "Cs"))
    return "".join(shown)


def _tidy(text: str) -> str:
    """Trailing blanks gone and never two empty lines in a row, whatever a template's branches left behind."""
    lines: list[str] = []
    for line in _clean(text).split("\n"):
        if line.strip() or (lines and lines[-1]):
            lines.append(line.rstrip())
    return "\n".join(lines).rstrip() + "\n"


@lru_cache(maxsize=8)
def _environment(templates: tuple[tuple[str, str], ...], html: bool) -> Environment:
    return new_environment(dict(templates), html=html)


def new_environment(templates: Mapping[str, str], *, html: bool = False) -> Environment:
    """The environment in which letters are filled in: everything undefined an error, everything escaped for html. Text and
    html each need their own, since both share sentences, and a macro of an unescaped file counts as safe html."""
    environment = Environment(
        loader=FunctionLoader(lambda name: (templates[name], name, None) if name in templates else None),
        undefined=StrictUndefined,
        autoescape=html,  # noqa: S701 - subject and plain text are no html
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    words = (wording.item_ranges, wording.chinese_date, wording.short_date, wording.target_words)
    environment.filters.update({word.__name__: word for word in words}, quote=quote, moment=_moment)
    return environment


def _moment(at: datetime) -> str:
    local = at.astimezone(CHINA)
    return f"{wording.chinese_date(local.date())}{local:%H:%M}"


def _render(environment: Environment, name: str, facts: object) -> str:
    try:
        return environment.get_template(name).render(letter=facts)
    except _FAILURES as error:
        raise _told(error, name) from error


def _told(error: Exception, name: str) -> CuibaoError:
    place = f"templates/{name}"
    if isinstance(error, TemplateNotFound):
        return CuibaoError(f"缺少发件模板 templates/{error.name}", "请从安装包中恢复该文件")
    if isinstance(error, TemplateSyntaxError):
        place = f"templates/{error.name or name}：第{error.lineno}行"
        return CuibaoError(f"{place}：模板语法有误（{error.message}）", "请对照安装包中的原模板改正")
    file, line = _failing_line(error, name)
    what = "模板引用了没有的内容" if isinstance(error, UndefinedError) else "模板无法填写"
    return CuibaoError(f"templates/{file}：第{line}行：{what}（{error}）", "请对照安装包中的原模板改正")


def _failing_line(error: Exception, name: str) -> tuple[str, int]:
    """The innermost template line of a traceback: Jinja rewrites its frames to the template's own names and lines."""
    found, frame = (name, 1), error.__traceback__
    while frame is not None:
        if "__jinja_exception__" in frame.tb_frame.f_globals:
            found = (frame.tb_frame.f_code.co_filename, frame.tb_lineno)
        frame = frame.tb_next
    return found


def build(
    composed: Composed,
    *,
    sender: Address,
    to: Sequence[str],
    cc: Sequence[str],
    marks: Marks,
    at: datetime,
    invitation: bytes | None = None,
    form: tuple[str, bytes] | None = None,
) -> bytes:
    """The mail's bytes, CRLF, 7 bit, ready to be archived and sent as they are; the same input always gives the same bytes.
    `form` is the name and bytes of 完成情况表. The invitation is an attachment and no alternative: Outlook would show an alternative instead of the letter. Raises
    CuibaoError for an address that is none."""
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = [_address(email) for email in to]
    if cc:
        message["Cc"] = [_address(email) for email in cc]
    message["Subject"] = one_line(composed.subject)
    message["Date"] = format_datetime(at.astimezone(CHINA))
    message["Message-ID"] = marks.message_id
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = "zh-CN"
    message.set_content(composed.text, cte="base64")
    message.add_alternative(composed.html, subtype="html", cte="base64")
    if form is not None:
        name, data = form
        message.add_attachment(data, maintype="application", subtype=_XLSX, filename=name)
    if invitation is not None:
        _attach(message, invitation)
    _fix_boundaries(message, marks.token)
    return message.as_bytes()


def _attach(message: EmailMessage, invitation: bytes) -> None:
    params = {"method": "PUBLISH", "charset": "utf-8"}
    message.add_attachment(invitation, maintype="text", subtype="calendar", filename=_INVITATION_NAME, params=params)


def _fix_boundaries(message: EmailMessage, token: str) -> None:
    """Boundaries from the token, where the library would draw lots. "=_" never occurs in base64."""
    parts = (part for part in message.walk() if part.is_multipart())
    for number, part in enumerate(parts, start=1):
        part.set_boundary(f"=_{token}_{number}")


def _address(email: str, name: str = "") -> Address:
    try:
        return Address(display_name=name, addr_spec=email)
    except (ValueError, MessageError, IndexError) as error:
        raise CuibaoError(f"邮箱地址有误：{one_line(email)!r}", "请在联系人表或配置中改正该地址") from error

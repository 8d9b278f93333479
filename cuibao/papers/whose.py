"""Whose a mail is: rules in order of strength, each giving its clue. Only strong ones decide; names merely support or contradict."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from cuibao.papers.form.doubts import Known
from cuibao.papers.form.inmail import form_heads, form_tokens
from cuibao.papers.mail import Mail
from cuibao.papers.token import tokens_in
from cuibao.rules.period import Period
from cuibao.rules.registry import Registry
from cuibao.rules.verdict import Evidence

UNKNOWN_SENDER = "发件人未登记"
_PUBLIC_DOMAINS = frozenset(
    (
        "163.com",
        "126.com",
        "yeah.net",
        "qq.com",
        "vip.qq.com",
        "foxmail.com",
        "sina.com",
        "sina.cn",
        "sohu.com",
        "139.com",
        "189.cn",
        "wo.cn",
        "aliyun.com",
        "21cn.com",
        "tom.com",
        "gmail.com",
        "outlook.com",
        "hotmail.com",
        "live.cn",
        "188.com",
        "vip.163.com",
    )
)
_FAILED = re.compile(r"\b(?:spf|dkim|dmarc)\s*=\s*fail\b", re.IGNORECASE)
_HEAD_LINE = 40
_HEADING = re.compile(
    r"(?=.*[:：]$|[一二三四五六七八九十\d(（])(?:[(（]?[一二三四五六七八九十\d]{1,3}[)）、.．]\s*)?([^\s，。,；;:：]{2,24}?)(?:的?(?:工作)?(?:完成|进展)?情况)?[:：]?"
)
"""A line that may head a part of a text."""
_SIGNED_LINES = 4
_SIGNED_LINE = 24


@dataclass(frozen=True, slots=True)
class LetterRef:
    """One of our letters, as much of it as judging needs. `message_id` lower case in <>; `unit` "" for one to the office itself
    (a digest or an alarm), which ties no mail to a unit; `to` every address that it went to, lower case."""

    unit: str
    period: str
    message_id: str
    items: tuple[int, ...]
    to: tuple[str, ...] = ()
    subject: str = ""


@dataclass(frozen=True)
class View:
    """What is known when a mail is judged. `letters` by token, `by_message_id` by lower-case id in <> (server aliases too),
    `by_recipient` the last letter sent to a lower-case address; `senders` by lower-case address: the units it is registered for or was learned for; `period_choice` gives the window's
    period key for a unit, or None; `trusted_host` is the regular expression of the office's own receiving hosts; `duties` are
    the items of each unit: a unit that is not in it may name any; `leads` those that it leads; `known` gives a unit's figures
    that stand when it reports for a period."""

    registry: Registry
    mailbox_address: str
    trusted_host: str
    letters: Mapping[str, LetterRef]
    by_message_id: Mapping[str, LetterRef]
    senders: Mapping[str, tuple[str, ...]]
    period_choice: Callable[[str], str | None]
    periods: tuple[Period, ...]
    duties: Mapping[str, frozenset[int]] = field(default_factory=dict)
    by_recipient: Mapping[str, LetterRef] = field(default_factory=dict)
    leads: Mapping[str, frozenset[int]] = field(default_factory=dict)
    known: Callable[[str, str], Known] = lambda _unit, _period: Known()

    @cached_property
    def names(self) -> re.Pattern[str]:
        """Every name and alias of every unit, longest first."""
        known = {name for unit in self.registry.units for name in (unit.name, *unit.aliases)}
        return re.compile("|".join(map(re.escape, sorted(known, key=lambda name: (-len(name), name)))) or r"(?!)")

    @cached_property
    def domains(self) -> Mapping[str, frozenset[str]]:
        """The units that have registered addresses in a domain, public providers left out."""
        found: dict[str, set[str]] = {}
        for address, units in self.senders.items():
            domain = address.rpartition("@")[2]
            if domain not in _PUBLIC_DOMAINS:
                found.setdefault(domain, set()).update(units)
        return {domain: frozenset(units) for domain, units in found.items()}

    def units_named(self, text: str) -> frozenset[str]:
        """The units whose name or alias stands in a text."""
        found = (self.registry.unit(match.group(0)) for match in self.names.finditer(text))
        return frozenset(unit.name for unit in found if unit)

    def units_quoted(self, text: str) -> frozenset[str]:
        """The units whose registered address stands in a quoted text, or, where none does, whose name."""
        lower = text.lower()
        found = frozenset(name for address, units in self.senders.items() if address in lower for name in units)
        return found or self.units_named(text)


@dataclass(frozen=True, slots=True)
class Clue:
    """What one rule saw. `units` are those that it allows; `letter` the letter of ours that it leads to."""

    evidence: Evidence
    units: frozenset[str]
    letter: LetterRef | None = None


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose a mail is. `unit` is None where nothing tells or rules disagree; `sure` when a deciding rule stands undisputed and the
    mail names no other unit beside it: a bureau may report for its subordinate too. `forms` are the periods of our forms that it brings,
    `answered` that of our letter which it answers, whatever form is with it."""

    unit: str | None
    sure: bool
    disputed: bool
    letter: LetterRef | None
    evidence: tuple[Evidence, ...]
    reasons: tuple[str, ...]
    unknown_sender: bool
    forms: tuple[str, ...] = ()
    answered: str | None = None

    @property
    def concerned(self) -> bool:
        """Whether anything at all ties the mail to a unit."""
        return bool(self.evidence)


Rule = Callable[[Mail, View], "list[Clue]"]


def form_token(mail: Mail, view: View) -> list[Clue]:
    """A token of ours in a form that is attached: in its properties, on its hidden sheet or under its table."""
    return _by_tokens("form_token", "\n".join(form_tokens(mail)), view)


def thread(mail: Mail, view: View) -> list[Clue]:
    """Our Message-ID in In-Reply-To or References, the nearest first."""
    found = []
    for name in dict.fromkeys((mail.in_reply_to, *reversed(mail.references))):
        if (letter := view.by_message_id.get(name.lower())) and letter.unit:
            found.append(Clue(Evidence("thread", name), frozenset({letter.unit}), letter))
    return found


def _by_tokens(rule: str, text: str, view: View) -> list[Clue]:
    known = ((token, view.letters.get(token)) for token in tokens_in(text))
    return [
        Clue(Evidence(rule, token), frozenset({letter.unit}), letter)
        for token, letter in known
        if letter and letter.unit
    ]


def subject_token(mail: Mail, view: View) -> list[Clue]:
    """A token of ours in the subject."""
    return _by_tokens("subject_token", mail.subject, view)


def body_token(mail: Mail, view: View) -> list[Clue]:
    """A token of ours in the quoted text, or, where a program quotes in no known way, anywhere in the text."""
    return _by_tokens("body_token", mail.quoted_text, view) or _by_tokens("body_token", mail.own_text, view)


def sender(mail: Mail, view: View) -> list[Clue]:
    """A registered or learned address. One that several units share allows them all and decides for none."""
    units = view.senders.get(mail.sender_key, ())
    return [Clue(Evidence("sender", mail.sender_key), frozenset(units))] if units else []


def sender_domain(mail: Mail, view: View) -> list[Clue]:
    """A domain in which only one unit has addresses."""
    units = view.domains.get(mail.sender_key.rpartition("@")[2], frozenset())
    return [Clue(Evidence("sender_domain", mail.sender_key.rpartition("@")[2]), units)] if len(units) == 1 else []


def _by_names(rule: str, text: str, view: View) -> list[Clue]:
    units = view.units_named(text)
    return [Clue(Evidence(rule, "、".join(sorted(units))), units)] if units else []


def name_in_subject(mail: Mail, view: View) -> list[Clue]:
    """A unit's name in the subject."""
    return _by_names("name_in_subject", mail.subject, view)


def name_in_attachment(mail: Mail, view: View) -> list[Clue]:
    """A unit's name in an attachment's name."""
    return _by_names(
        "name_in_attachment", "\n".join(name for one in mail.attachments if not one.inline for name in one.names), view
    )


def name_in_letterhead(mail: Mail, view: View) -> list[Clue]:
    """A unit's name at the start of the first line, or of one of an attachment's first lines, unless that line greets the unit or
    goes on as a sentence; after a form's 填报单位; or over a part of the own words."""
    line = next((line.strip() for line in mail.own_text.split("\n") if line.strip()), "")
    titles = (title for one in mail.attachments for title in one.titles)
    heads = [clue for one in (line, *titles) for clue in _by_head(one, view)]
    return heads + _by_names("name_in_letterhead", form_heads(mail), view) + _by_headings(mail, view)


def _by_headings(mail: Mail, view: View) -> list[Clue]:
    """The units that head parts of the own words, each on a line of its own with a colon or a number: 市财政局：, 二、市财政局. A first line
    greets, unless others like it follow."""
    lines = [line.strip() for line in mail.own_text.split("\n") if line.strip()]
    heads = {
        place: name
        for place, line in enumerate(lines)
        if len(line) <= _HEAD_LINE
        and (match := _HEADING.fullmatch(line))
        and view.names.fullmatch(name := match.group(1).removeprefix("芜湖"))
    }
    return [] if heads.keys() <= {0} else _by_names("name_in_letterhead", "\n".join(heads.values()), view)


def _by_head(line: str, view: View) -> list[Clue]:
    if len(line) > _HEAD_LINE or line.endswith((":", "：")) or re.search(r"[，。,；;]", line):
        return []
    start = line.removeprefix("芜湖")
    return _by_names("name_in_letterhead", start, view) if view.names.match(start) else []


def name_in_signature(mail: Mail, view: View) -> list[Clue]:
    """A unit's name on a short line at the end of the own words, in the signature under them, or at the end of an attached
    document."""
    lines = [line.strip() for line in mail.own_text.split("\n") if line.strip()][1:][-_SIGNED_LINES:]
    own = "\n".join([*_signed(lines), mail.signature])
    ends = ("\n".join(_signed(end.split("\n"))) for one in mail.attachments for end in one.endings)
    return [clue for text in (own, *ends) for clue in _by_names("name_in_signature", text, view)]


def _signed(lines: Iterable[str]) -> list[str]:
    return [line for line in lines if len(line) <= _SIGNED_LINE and not re.search(r"[，。,；;:：]", line)]


STRONG: tuple[Rule, ...] = (form_token, thread, subject_token, body_token)
"""Rules that only someone who has our letter can satisfy, strongest first."""
FROM: tuple[Rule, ...] = (sender,)
"""The registered address: decides, but only where the receiving host does not say that it is forged."""
DOMAIN: tuple[Rule, ...] = (sender_domain,)
NAMES: tuple[Rule, ...] = (name_in_subject, name_in_attachment, name_in_letterhead, name_in_signature)
"""Rules that never decide alone."""


def forged(mail: Mail, view: View) -> str | None:
    """What the office's own host found wrong with the sender ("spf=fail"), or None. Only the topmost header is believed."""
    told = mail.header("authentication-results")
    host = told.split(";", 1)[0].strip().split(" ", 1)[0]
    if not view.trusted_host or not host or not re.search(view.trusted_host, host):
        return None
    failed = _FAILED.search(told)
    return failed.group(0) if failed else None


def whose(mail: Mail, view: View) -> Whose:
    """Ask every rule, then weigh: the strongest deciding clue names the unit, and any clue that does not allow it disputes it."""
    failure = forged(mail, view)
    strong = _ask(STRONG, mail, view)
    senders = [] if failure else _ask(FROM, mail, view)
    names = _ask(NAMES, mail, view)
    several = frozenset[str]().union(*(clue.units for clue in names if len(clue.units) > 1))
    support = _ask(() if failure else DOMAIN, mail, view) + names
    strong += [clue for inner in _others(mail, view) for clue in _ask(STRONG, inner, view)]
    support += [clue for inner in _others(mail, view) for clue in _enclosed_sender(inner, view)]
    reasons = [f"发件人身份验证未通过（{failure}），不作为判定依据"] if failure else []
    deciding = [*strong, *(clue for clue in senders if len(clue.units) == 1)]
    clues = [*strong, *senders, *support]
    unit, disputed = _weigh(deciding, clues)
    if disputed:
        reasons.append(_dispute(clues))
    if several:
        reasons.append(f"信中写有{'、'.join(sorted(several))}，可能一并报送：请就其一办理本件，其余单位另行登记报送")
    registered = bool(view.senders.get(mail.sender_key))
    unknown = bool(strong) and not failure and not registered
    if unknown or (not deciding and not failure and not senders):
        reasons.append(UNKNOWN_SENDER)
    if senders and not deciding:
        reasons.append(f"发件地址为{'、'.join(sorted(senders[0].units))}共用，不能据以确定单位")
    letter = _letter(unit, [clue.letter for clue in strong if clue.letter])
    evidence = tuple(dict.fromkeys(clue.evidence for clue in clues))
    sure = bool(deciding) and not (disputed or several or (failure and registered))
    return Whose(unit, sure, disputed, letter, evidence, tuple(reasons), unknown, *_periods(strong))


def _periods(strong: list[Clue]) -> tuple[tuple[str, ...], str | None]:
    """The periods of the forms that a mail brings, in their order, and that of the letter which it answers, the nearest."""
    letters = [(clue.evidence.rule == "form_token", clue.letter.period) for clue in strong if clue.letter]
    forms = sorted({period for is_form, period in letters if is_form})
    return tuple(forms), next((period for is_form, period in letters if not is_form), None)


def _letter(unit: str | None, letters: list[LetterRef]) -> LetterRef | None:
    """The letter that a mail answers; where units are disputed, one still tells the period if all letters agree on it."""
    if unit is None and len({letter.period for letter in letters}) == 1:
        return letters[0]
    return next((letter for letter in letters if letter.unit == unit), None)


def _ask(rules: tuple[Rule, ...], mail: Mail, view: View) -> list[Clue]:
    return [clue for rule in rules for clue in rule(mail, view)]


def _others(mail: Mail, view: View) -> list[Mail]:
    """Enclosed mails that are not letters of ours."""
    return [inner for inner in mail.enclosed if inner.sender_key != view.mailbox_address.lower()]


def _enclosed_sender(mail: Mail, view: View) -> list[Clue]:
    """The registered sender of an enclosed mail: it can contradict, but whoever forwards it is someone else."""
    units = view.senders.get(mail.sender_key, ())
    return [Clue(Evidence("enclosed_sender", mail.sender_key), frozenset(units))] if units else []


def _weigh(deciding: list[Clue], clues: list[Clue]) -> tuple[str | None, bool]:
    """(unit, disputed). Without a deciding clue the unit is a guess: the one that all clues allow."""
    if deciding:
        unit = next(iter(deciding[0].units))
        disputed = any(unit not in clue.units for clue in clues)
        return (None if disputed else unit), disputed
    if not clues:
        return None, False
    allowed = frozenset.intersection(*(clue.units for clue in clues))
    return (next(iter(allowed)) if len(allowed) == 1 else None), not allowed


_LABELS = {
    "form_token": "完成情况表中的标识",
    "thread": "所复邮件",
    "subject_token": "主题中的标识",
    "body_token": "引文中的标识",
    "sender": "发件人",
    "sender_domain": "发件人邮箱域名",
    "name_in_subject": "主题中的单位名称",
    "name_in_attachment": "附件名称中的单位",
    "name_in_letterhead": "文头单位名称",
    "name_in_signature": "落款单位名称",
    "enclosed_sender": "所附邮件的发件人",
}


def _dispute(clues: list[Clue]) -> str:
    told = dict.fromkeys(f"{_LABELS[clue.evidence.rule]}指向{'、'.join(sorted(clue.units))}" for clue in clues)
    return "单位判定依据不一致：" + "，".join(told)

"""What a mail is: whether its attachments or its sender's own words report anything, ask, thank, or only point elsewhere."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from cuibao.papers import bounce
from cuibao.papers.mail import Mail
from cuibao.papers.quoting import without_letter
from cuibao.papers.whose import folded
from cuibao.rules.registry import Registry
from cuibao.rules.verdict import Evidence, MailKind

NOTHING_REPORTED = "信中未见报送内容"
_OWN_LIMIT = 20_000
_ENOUGH = 15
_ENOUGH_WITH_ITEM = 8
_ENOUGH_WITHOUT_NUMBER = 60
_MOST_ITEM_NUMBERS = 99

_CLAUSES = re.compile(r"(?<=[?!。;\n])|(?<=[^\d],)|(?<=\d,)(?!\d)")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_AMOUNT = re.compile(
    r"(?:完成|累计|建成|新增|发放|收到)[^，。,;]{0,30}\d+(?:\.\d+)?\s*(?:万|亿|人|户|套|%|个|所|家|公里|元)"
)
_NUMBER = re.compile(r"\d|%|[一二三四五六七八九十百千万亿两]+(?:个|项|人|家|所|户|次|套|公里|万|亿)")


_DATE = re.compile(r"\d{4}年|\d{1,2}月(?:份|初|底|\d{1,2}日)?|\d{1,2}日")
"""A date's digits are no figure."""


class Clause(StrEnum):
    """What one clause of the own words does."""

    QUESTION = "question"
    NIL = "nil"
    THANKS = "thanks"
    POINTER = "pointer"
    AHEAD = "ahead"
    PROGRESS = "progress"
    GREETING = "greeting"
    REST = "rest"


_CLAUSE_RULES: tuple[tuple[Clause, frozenset[str], re.Pattern[str]], ...] = (
    (
        Clause.QUESTION,
        frozenset("?问否不吗延宽确知何怎什推误为"),
        re.compile(
            r"\?|请问|能否|可否|能不能|可不可以|是否(?:可以|需要|能|可|要|必须|应|属)|吗[。!,\s]*$|(?:申请|请求|希望|恳请).{0,12}(?:延期|延长|宽限|延后)|"
            r"请(?:予)?明确|请告知|如何(?:填|报|办理)|怎么(?:填|报|办)|什么时候|"
            r"推迟|延(?:迟|后|期)(?:至|到|报)|(?:目标|通知|文件|要点|指标).{0,12}(?:应为|有误|误写|写错)"
        ),
    ),
    (
        Clause.NIL,
        frozenset("零无没"),
        re.compile(
            r"零报告|暂?(?:无|没有)(?:新的?|实质性|明显|具体)?进展|无(?:相关|此项|该项)?工作?进展|(?:本季度|二季度|三季度|四季度|本期)(?:暂)?(?:无|没有)(?!.{0,8}(?:数据|统计|材料|数字))|"
            r"无(?:内容)?可报|无(?:相关)?(?:报送)?(?:内容|情况)(?:需要?)?(?:报送|上报)|(?:无|没有)(?:需|需要)(?:报送|上报)"
        ),
    ),
    (
        Clause.GREETING,
        frozenset("尊各您你好办局委导师志科处致礼祝"),
        re.compile(
            r"^\s*(?:尊敬的.{0,12}|各位.{0,8}|您好|你好|.{0,6}老师好|.{2,20}(?:办公室|办|局|委|领导|老师|同志|科|处)[:：]?)\s*[:：!。,]?\s*$|^\s*此致|^\s*敬礼|^\s*祝.{0,12}$"
        ),
    ),
    (
        Clause.POINTER,
        frozenset("附见收阅审已报交馈现如过"),
        re.compile(
            r"附件|附后|见(?:正文|下|附|表)|详见|(?:请|敬请|烦请|望).{0,4}(?:查收|审阅|查阅|审核|审定|阅示|收阅)|已.{0,12}(?:报送|上报|发送|提交|反馈|发至|寄|传真|报出)|"
            r"(?:报送|上报|提交|反馈|填报)(?:完毕|完成|完了|如下|给|至|到|贵)|现(?:将|就|把).{0,40}(?:报送|上报|反馈|汇报|发送|报告)|如下|之前(?:报|发)过"
        ),
    ),
    (
        Clause.THANKS,
        frozenset("收好谢悉白知解苦照题意嗯行可已oOtTrRnN"),
        re.compile(
            r"收到|收悉|已收|好的|好嘞|谢谢|感谢|多谢|知悉|获悉|明白|知道了|了解|辛苦|遵照|照办|没问题|同意|^\s*(?:好|嗯|行|可以|已阅|ok|okay)\s*[。!,.]?\s*$|"
            r"thank|received|noted",
            re.IGNORECASE,
        ),
    ),
    (
        Clause.AHEAD,
        frozenset("下将会尽抓近稍随明拟预争计按及马立正补再才方"),
        re.compile(
            r"下一步|下步|下阶段|将(?:于|在|按|尽|会|继续|及时|认真|抓紧|进一步)|(?:我局|我委|我们|我办|我单位|我).{0,4}(?:会|将)|尽快|抓紧|近日|稍后|随后|明天|拟|预计|争取|力争|计划(?:于|在)|"
            r"(?:按时|按要求|及时|马上|立即).{0,6}(?:报|办|落实|组织|准备|填)|正在(?:准备|汇总|整理|收集|统计|起草)|"
            r"补报|再(?:行)?(?:报|补)|才能(?:报|出)|方能(?:报|出)"
        ),
    ),
    (
        Clause.PROGRESS,
        frozenset("完开推累落施建竣达新放织举印启训造设拨投惠救制台提增签付验检整办已进同占实"),
        re.compile(
            r"完成|开展|推进|累计|落实|实施|建成|开工|竣工|达到?|新增|发放|组织|举办|印发|启动|培训|改造|建设|下达|拨付|投入|惠及|救助|建立|制定|出台|"
            r"提高|增长|签约|交付|验收|检查|整治|办理|已|进度|同比|占年度|占全年"
        ),
    ),
)
"""Asked in this order; the first that matches says what the clause is. A match holds at least one of the characters before its
pattern: most clauses have none of them, and the pattern is not tried."""

_DIGITS = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_ONE = r"(?:\d{1,3}|[一二三四五六七八九十]{1,3})"
_TO = r"(?:-|–|—|~|―|至|到)+"
_ITEMS = re.compile(rf"第\s*({_ONE}\s*项?(?:\s*(?:{_TO}|[、,和及与])\s*第?\s*{_ONE}\s*项?){{0,60}})(?<=项)")
_SPAN = re.compile(rf"({_ONE})\s*项?\s*{_TO}\s*第?\s*({_ONE})|({_ONE})")
_RELATED = re.compile(r"民生|报送|完成情况|零报告|报表|工作要点|工作进展|季度|催报|延期")
_BULK = ("list-unsubscribe", "list-id", "x-campaign")


@dataclass(frozen=True, slots=True)
class What:
    """What a mail is by its content. `sure` when it can be acted on; `related` when its words are about reporting; `items` are
    those that it names, of the registry; `nil` marks 零报告."""

    kind: MailKind
    sure: bool
    nil: bool = False
    related: bool = False
    items: tuple[int, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    reasons: tuple[str, ...] = ()


@dataclass
class _Words:
    """The clauses of the own words by what they do."""

    by_kind: dict[Clause, list[str]] = field(default_factory=dict)

    def has(self, kind: Clause) -> bool:
        return kind in self.by_kind

    def text(self, kind: Clause) -> str:
        return "".join(self.by_kind.get(kind, ())).strip()


def what(mail: Mail, registry: Registry, mailbox_address: str = "") -> What:
    """What the mail is, whoever sent it. An enclosed mail makes it a submission only if it would be one itself; a letter of
    our own (`mailbox_address`) that is enclosed never does."""
    own = folded(without_letter(mail.own_text[:_OWN_LIMIT]))
    words = _sort(own)
    names = "\n".join(one.name for one in mail.attachments if not one.inline)
    items = items_named((own, folded(mail.subject), folded(names)), registry)
    related = bool(_RELATED.search(f"{mail.subject}\n{names}\n{own}")) or bool(items)
    kind, sure, nil, evidence, reasons = _decide(mail, words, names)
    if kind is MailKind.UNCLEAR and (inner := _enclosed(mail, registry, mailbox_address)):
        evidence = (Evidence("enclosed", inner[0]), *inner[1].evidence)
        kind, sure, nil, reasons = inner[1].kind, inner[1].sure, inner[1].nil, inner[1].reasons
        items = tuple(sorted({*items, *inner[1].items}))
        related = related or inner[1].related
    return What(kind, sure, nil, related, items, evidence, reasons)


_Decision = tuple[MailKind, bool, bool, tuple[Evidence, ...], tuple[str, ...]]


def _decide(mail: Mail, words: _Words, names: str) -> _Decision:
    reports = [one for one in mail.attachments if one.reports]
    asked = ("信中另有询问，请经办人留意",) if words.has(Clause.QUESTION) else ()
    if reports:
        nil = "零报告" in names or (words.has(Clause.NIL) and "零报告" in mail.subject)
        evidence = tuple(Evidence("attachment", one.name) for one in reports)
        return MailKind.SUBMISSION, True, nil, evidence, asked
    if _states_progress(words):
        evidence = (Evidence("own_words", _short(words.text(Clause.PROGRESS))),)
        return MailKind.SUBMISSION, not asked, False, evidence, asked
    if words.has(Clause.NIL):
        return MailKind.SUBMISSION, not asked, True, (Evidence("nil_report", _short(words.text(Clause.NIL))),), asked
    if asked:
        return MailKind.QUESTION, True, False, (Evidence("question", _short(words.text(Clause.QUESTION))),), ()
    if (
        words.has(Clause.THANKS)
        and set(words.by_kind) <= {Clause.THANKS, Clause.AHEAD, Clause.GREETING}
        and not _carries(mail)
    ):
        return MailKind.ACKNOWLEDGEMENT, True, False, (Evidence("thanks", _short(words.text(Clause.THANKS))),), ()
    return MailKind.UNCLEAR, False, False, (), (NOTHING_REPORTED, *_unreadable(mail))


def _carries(mail: Mail) -> bool:
    """Whether anything but a shown picture or a calendar hangs on the mail."""
    return any(not one.inline and one.kind not in ("calendar", "mail") for one in mail.attachments)


def _unreadable(mail: Mail) -> Iterable[str]:
    for one in mail.attachments:
        if one.state == "refused":
            yield f"附件“{one.name}”为空、已加密、不完整或不予接收，无法读取"
        elif not one.inline and one.kind in ("archive", "other", "tnef"):
            yield f"附件“{one.name}”无法查看内容"


def _sort(own: str) -> _Words:
    words = _Words()
    for clause in _CLAUSES.split(own):
        if clause.strip(" \t\n。,;!.、~-—:：*"):
            words.by_kind.setdefault(_clause(clause), []).append(clause)
    return words


def _clause(clause: str) -> Clause:
    for kind, needed, pattern in _CLAUSE_RULES:
        if not needed.isdisjoint(clause) and pattern.search(clause):
            if kind in (Clause.THANKS, Clause.POINTER) and _reports_anyway(clause):
                continue
            return kind
    if _counts(clause) and len(_HAN.findall(clause)) > 2:
        return Clause.PROGRESS
    return Clause.REST


def _counts(text: str) -> bool:
    """Whether a number stands there that is not a date's."""
    return bool(_NUMBER.search(_DATE.sub("", text)))


def _reports_anyway(clause: str) -> bool:
    """收到资金1200万元 and 详见下文：已完成9800人 report, whatever else they say."""
    return bool(_AMOUNT.search(clause))


def _states_progress(words: _Words) -> bool:
    """Own words that say what was done: enough of them, with a number or an item; or many without."""
    done = words.text(Clause.PROGRESS)
    if not done:
        return False
    han = len(_HAN.findall(done + words.text(Clause.NIL)))
    if _ITEMS.search(done) and _counts(_ITEMS.sub("", done)) and han >= _ENOUGH_WITH_ITEM:
        return True
    if _counts(done) and han >= _ENOUGH:
        return True
    return han >= _ENOUGH_WITHOUT_NUMBER


def _short(text: str) -> str:
    line = re.sub(r"\s+", "", text)
    return line if len(line) <= 40 else line[:39] + "…"


def _enclosed(mail: Mail, registry: Registry, mailbox_address: str) -> tuple[str, What] | None:
    for inner in mail.enclosed:
        if inner.sender_key == mailbox_address.lower() or bounce.read(inner) or bounce.auto_reply(inner):
            continue
        found = what(inner, registry, mailbox_address)
        if found.kind is MailKind.SUBMISSION:
            return inner.subject or inner.sender, found
    return None


def items_named(texts: Iterable[str], registry: Registry) -> tuple[int, ...]:
    """The numbers of the registry's items that texts name: 第7—12项, 第7、8项, 第七项. In order, each once."""
    found: set[int] = set()
    for text in texts:
        for match in _ITEMS.finditer(text) if "第" in text else ():
            found.update(_numbers(match.group(1)))
    return tuple(no for no in sorted(found) if registry.item(no))


def _numbers(listed: str) -> Iterable[int]:
    for first, last, single in _SPAN.findall(listed):
        if single:
            yield _number(single)
        else:
            yield from range(_number(first), min(_number(last), _MOST_ITEM_NUMBERS) + 1)


def _number(text: str) -> int:
    if text.isdigit():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    return (_DIGITS.get(tens, 1) * 10 if ten else 0) + _DIGITS.get(ones, 0)


def bulk(mail: Mail) -> bool:
    """Whether it was sent to a list."""
    return any(mail.header(name) for name in _BULK) or mail.header("precedence").strip().lower() in (
        "bulk",
        "list",
        "junk",
    )

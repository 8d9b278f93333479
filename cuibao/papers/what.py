"""What a mail is: whether its attachments or its sender's own words report anything, ask, thank, or only point elsewhere."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from cuibao.papers import bounce
from cuibao.papers.attachments import Attachment
from cuibao.papers.autoreply import auto_reply
from cuibao.papers.clauses import Clause, Words, counts, han, sort, without_dates
from cuibao.papers.folding import as_written, folded
from cuibao.papers.form.inmail import pasted
from cuibao.papers.form.rows import is_filled
from cuibao.papers.itemnumbers import ITEMS, items_in, listed
from cuibao.papers.mail import Mail
from cuibao.papers.wording import item_ranges
from cuibao.rules.registry import Registry
from cuibao.rules.verdict import Evidence, MailKind

NOTHING_REPORTED = "信中未见报送内容"
PASTED = "正文中的完成情况表"
ASKED = "信中另有询问，请经办人留意"
DELAYED = "信中有延期、更正一类请求，请经办人核定"
PROMISED = "信中称有关材料尚在准备或将另行报送，请经办人核定"
THANKED = "信中仅表示收悉，附件是否为完成情况请经办人核定"
LINKED = "报送材料以超大附件或网盘链接发来，不在邮件中，请经办人在有效期内下载核对"
NO_FIGURE = "信中未写明确的完成数，请经办人核定"
BETWEEN = "答复写在所引来文各行之间，所答事项请经办人核定"
_OWN_LIMIT = 20_000
_ATTACHED_LIMIT = 200_000
_ENOUGH = 15
_ENOUGH_WITH_ITEM = 8
_ENOUGH_WITHOUT_NUMBER = 60

_RESULT = re.compile(
    r"完成|建成|新建|开工|竣工|完工|新增|发放|培训|资助|救助|改造|整治|拨付|投入|落实|达|实现|交付|启动|办理|开展|累计|增长|惠及|受益|占|率|签约|安置|"
    r"支出|举办|组织|引进|输送|参保|造林|培育|创建|认定|建立|受理|办结|兑付|出台|制定|印发|验收|封顶|使用|覆盖|减少|下降|提高|支付|缴|补助|补贴|服务|检查|"
    r"整改|修复|维修|开放|开通|进度|开发|建设|收到|下达|安装|到位"
)
_FIGURE = re.compile(
    r"(?:(?<![\d.])(\d{1,12}(?:\.\d{1,4})?)|(?!(?<![十百千])一[个次批项])[一二三四五六七八九十百千两])\s?[余多]?(万|亿)?[余多]?\s?"
    r"(?:人|户|套|%|个|所|家|公里|元|名|件|次|亩|台|辆|平方|吨|例|场|批|条|处|座|里|岗|张|床|起|宗|期|班|项|部|只|株|米|千瓦|对|组|篇|幅|笔)|百分之"
)
_SCALE = {"万": 10_000, "亿": 100_000_000, None: 1}
_DONE = re.compile(r"已|累计|截至|截止|目前|了|占|率|实际|超额|同比|到位|共计|总计|其中")
_TOLD = re.compile(r"情况(?:报告|汇报|报送|反馈|说明)?如下|截[至止]")
"""Words over a list of what was done, whose lines need say no more than 新建9所."""
_REPORTING = re.compile(r"报送|上报|填报|填写|材料|报表|数据|表格|汇总|来函|通知")
_HEADED = re.compile(r"(?:完成|进展|落实|推进)情况")

_STARTS = frozenset("\n。;,:!?、( \t")
_NO_REPORT_NAME = re.compile(r"延期|推迟|缓报|更正函|免报|请示|勘误")
_MAYBE_NO_REPORT_NAME = re.compile(
    r"申请|样表|样式|模板|征求意见|通知|回执|邀请|联系人|联络员|通讯录|名单|会议|简报|发票|方案|计划|请假"
)
_REPORT_NAME = re.compile(r"完成|进展|情况|总结|报表|汇报|报告|台账|季度|统计")
_RELATED = re.compile(r"民生|报送|完成情况|零报告|报表|工作要点|工作进展|季度|催报|延期")
_LINK = re.compile(r"超大附件|云附件|网盘|提取码|进入下载页面")
_LINKED_FILE = re.compile(r"^.{0,150}\(\s*\d[\d.]*\s?[KMG]B?\s*[,)].*$", re.MULTILINE | re.IGNORECASE)
"""A file's name and size, as programs write them over the link: no words of the sender's."""
_BULK = ("list-unsubscribe", "list-id", "x-campaign")


@dataclass(frozen=True, slots=True)
class What:
    """What a mail is by its content. `sure` when it can be acted on; `related` when its words are about reporting; `items` are
    the numbers that it names, whosever they are, and `numbering` those of them that may be no more than the numbers of a list
    of its own (第一项……第二项……); `nil` marks 零报告; `enclosed_from` is who wrote the enclosed mail that makes it a submission."""

    kind: MailKind
    sure: bool
    nil: bool = False
    related: bool = False
    items: tuple[int, ...] = ()
    numbering: frozenset[int] = frozenset()
    evidence: tuple[Evidence, ...] = ()
    reasons: tuple[str, ...] = ()
    enclosed_from: str = ""


def what(mail: Mail, registry: Registry, mailbox_address: str = "") -> What:
    """What the mail is, whoever sent it. An enclosed mail makes it a submission only if it would be one itself; a letter of
    our own (`mailbox_address`) that is enclosed never does."""
    own = folded(mail.own_text[:_OWN_LIMIT])
    linked = bool(_LINK.search(own))
    own = _LINKED_FILE.sub("", own) if linked else own
    words = sort(own)
    names = "\n".join(name for one in mail.attachments if not one.inline for name in (*one.names, *one.titles))
    headings = _headings(mail)
    titled = "\n".join(line for line in folded(names).split("\n") if not ITEMS.match(line))
    elsewhere = {*items_in(folded(mail.subject)), *items_in(titled)}
    items = elsewhere | set(items_in(own)) | set(items_in(headings))
    numbering = (_numbering(own) | _numbering(headings)) - elsewhere
    related = bool(_RELATED.search(f"{mail.subject}\n{names}\n{own}")) or any(map(registry.item, items))
    kind, sure, nil, evidence, reasons = _decide(mail, own, words, registry)
    if items and evidence and evidence[0].rule == "own_words" and (left := _unreported(words, elsewhere, numbering)):
        sure, reasons = False, (*reasons, f"信中提及{item_ranges(left)}，未写明完成情况，请经办人核定")
    if linked:
        sure, reasons = False, (*reasons, LINKED)
    found = What(kind, sure, nil, related, tuple(sorted(items)), numbering, evidence, reasons)
    inner = _enclosed(mail, registry, mailbox_address) if kind in _OPEN_TO_ENCLOSED else None
    return _with_enclosed(found, inner, words) if inner else found


_OPEN_TO_ENCLOSED = frozenset({MailKind.UNCLEAR, MailKind.ACKNOWLEDGEMENT})


def _with_enclosed(outer: What, enclosed: tuple[Mail, What], words: Words) -> What:
    """The outer mail as the submission that the enclosed one is: certain only where its own words say nothing else."""
    mail, inner = enclosed
    return What(
        inner.kind,
        inner.sure and outer.kind is MailKind.UNCLEAR and not _put_off(words),
        inner.nil,
        outer.related or inner.related,
        tuple(sorted({*outer.items, *inner.items})),
        outer.numbering | inner.numbering,
        (Evidence("enclosed", mail.subject or mail.sender), *inner.evidence),
        inner.reasons,
        mail.sender_key,
    )


def _unreported(words: Words, elsewhere: set[int], numbering: frozenset[int]) -> set[int]:
    """The items that are named but of which nothing done, nor a nil report, is said before the next is named."""
    named, reported = _by_item(words)
    named -= numbering
    return named - reported | (elsewhere - reported if named else set())


def _by_item(words: Words) -> tuple[set[int], set[int]]:
    """The items that the own words name, and those of them that they report: what is said belongs to the item named last."""
    named: set[int] = set()
    reported: set[int] = set()
    current: set[int] = set()
    for kind, clause in words.order:
        current = set(items_in(clause)) or current
        named |= current
        if kind in (Clause.PROGRESS, Clause.NIL):
            reported |= current
    return named, reported


_Decision = tuple[MailKind, bool, bool, tuple[Evidence, ...], tuple[str, ...]]


def _decide(mail: Mail, own: str, words: Words, registry: Registry) -> _Decision:
    if reports := [one for one in mail.attachments if one.reports]:
        return _by_attachments(mail, reports, words)
    doubts = _doubts(mail, words)
    if any(map(is_filled, pasted(mail))):
        return MailKind.SUBMISSION, not doubts, False, (Evidence("form", PASTED),), doubts
    seen = partial(_seen, mail.own_text[:_OWN_LIMIT], own, words)
    if _states_result(own, words, registry) or _long_report(own, words):
        return MailKind.SUBMISSION, not doubts, False, seen("own_words", Clause.PROGRESS), doubts
    loose = _may_be_progress(words)
    if words.has(Clause.NIL):
        return MailKind.SUBMISSION, not doubts, not loose, seen("nil_report", Clause.NIL), doubts
    if asking := next((kind for kind in (Clause.DELAY, Clause.QUESTION) if words.has(kind)), None):
        return MailKind.QUESTION, True, False, seen("question", asking), ()
    if loose and not _put_off(words):
        return MailKind.SUBMISSION, False, False, seen("own_words", Clause.PROGRESS), (NO_FIGURE,)
    if words.has(Clause.THANKS) and set(words.by_kind) <= _THANKING and not _carries(mail):
        return MailKind.ACKNOWLEDGEMENT, True, False, seen("thanks", Clause.THANKS), ()
    return MailKind.UNCLEAR, False, False, (), (NOTHING_REPORTED, *unreadable(mail), *_closed(mail))


_THANKING = frozenset({Clause.THANKS, Clause.AHEAD, Clause.LATER, Clause.ARRANGED, Clause.GREETING})


def _by_attachments(mail: Mail, reports: list[Attachment], words: Words) -> _Decision:
    """A readable attachment reports, unless its name or title, the subject or the words beside it speak of something else."""
    names = [one.name for one in reports]
    inside = [title for one in reports for title in (*one.names[1:], *one.titles)]
    nil = any("零报告" in name for name in (*names, *inside)) or (words.has(Clause.NIL) and "零报告" in mail.subject)
    doubts = [reason for kind, reason in ((Clause.DELAY, DELAYED), (Clause.LATER, PROMISED)) if words.has(kind)]
    if words.others_later and not _by_item(words)[0] and not any(items_in("".join((mail.subject, *names)))):
        doubts.append(PROMISED)
    doubts += _doubts_by_title(mail.subject, names, inside)
    doubts += _doubts_by_company(mail, words)
    doubts += _doubts_by_damage(reports)
    evidence = tuple(Evidence("attachment", name) for name in names)
    asked = (ASKED,) if words.has(Clause.QUESTION) else ()
    return MailKind.SUBMISSION, not doubts, nil, evidence, (*dict.fromkeys(doubts), *asked)


def _doubts_by_company(mail: Mail, words: Words) -> list[str]:
    """What words beside an attachment make doubtful of it: a question and nothing else, or thanks beside a picture."""
    kinds = set(words.by_kind) - {Clause.GREETING, Clause.REST}
    if kinds == {Clause.QUESTION}:
        return [ASKED]
    plain = all(one.kind == "image" or one.name.lower().endswith(".txt") for one in mail.attachments if one.reports)
    return [THANKED] if plain and Clause.THANKS in kinds <= _THANKING else []


def _doubts_by_damage(reports: list[Attachment]) -> list[str]:
    """What is wrong with the reports where none of them opens."""
    return [f"附件“{reports[0].name}”{reports[0].problem}"] if all(one.doubtful for one in reports) else []


def _doubts(mail: Mail, words: Words) -> tuple[str, ...]:
    """Why own words that report something are still not acted on."""
    found = [
        (DELAYED, words.has(Clause.DELAY)),
        (PROMISED, _put_off(words) or (words.others_later and not _by_item(words)[1])),
        (ASKED, words.has(Clause.QUESTION)),
        (BETWEEN, mail.between),
    ]
    told = [reason for reason, holds in found if holds] + _doubts_by_title(mail.subject, [], [])
    return tuple(dict.fromkeys(told))


def _doubts_by_title(subject: str, names: list[str], inside: list[str]) -> list[str]:
    """What the subject, the attachments' names and the names and titles in them (`inside`) say that a report would not be called."""
    if any(map(_NO_REPORT_NAME.search, (subject, *names, *inside))):
        return [DELAYED]
    if any(map(_MAYBE_NO_REPORT_NAME.search, inside)) and not any(map(_REPORT_NAME.search, (*names, *inside))):
        return [f"附件“{names[0]}”从标题看不是完成情况，请经办人核定"]
    if names and all(map(_is_odd, names)):
        return [f"附件“{names[0]}”从名称看不是完成情况，请经办人核定"]
    if _is_odd(subject) and not any(map(_REPORT_NAME.search, names)):
        return [f"主题“{_short(subject)}”看不出是完成情况，请经办人核定"]
    return []


def _is_odd(title: str) -> bool:
    return bool(_MAYBE_NO_REPORT_NAME.search(title)) and not _REPORT_NAME.search(title)


def _put_off(words: Words) -> bool:
    return words.has(Clause.LATER, Clause.PAPERWORK)


def _seen(written: str, own: str, words: Words, rule: str, kind: Clause) -> tuple[Evidence, ...]:
    """The clauses that do this, in the characters in which the unit wrote them."""
    return (Evidence(rule, _short(as_written(words.by_kind.get(kind, ()), own, written))),)


def _carries(mail: Mail) -> bool:
    """Whether anything but a shown picture or a calendar hangs on the mail."""
    return any(not one.inline and one.kind not in ("calendar", "mail") for one in mail.attachments)


def unreadable(mail: Mail) -> Iterable[str]:
    """A sentence for each attachment that could not be read, in whole or in part."""
    for one in mail.attachments:
        if one.problem:
            yield f"附件“{one.name}”{one.problem}"


def _closed(mail: Mail) -> Iterable[str]:
    for one in mail.attachments:
        if one.state == "kept" and not one.problem and not one.inline and one.kind in ("archive", "other", "tnef"):
            yield f"附件“{one.name}”无法查看内容"


def _states_result(own: str, words: Words, registry: Registry) -> bool:
    """Whether a clause says how much was done: a verb of doing and a figure that is not just the notice's target again."""
    told = bool(_TOLD.search(own))
    return any(_is_result(clause, told or bool(_DONE.search(sentence)), registry) for clause, sentence in words.done)


def _is_result(clause: str, done: bool, registry: Registry) -> bool:
    said = without_dates(ITEMS.sub("", clause.rpartition(":")[2]))
    if _REPORTING.search(said) or not _RESULT.search(said):
        return False
    figures = list(_FIGURE.finditer(said))
    return bool(figures) and (done or any(not _is_target(figure, registry) for figure in figures))


def _is_target(figure: re.Match[str], registry: Registry) -> bool:
    if not figure.group(1):
        return True
    value = Decimal(figure.group(1)) * _SCALE[figure.group(2)]
    return any(target.value == value for item in registry.items for target in item.targets)


def _may_be_progress(words: Words) -> bool:
    """Own words that seem to say what was done: enough of them, with a number or an item; or many without."""
    done = words.text(Clause.PROGRESS)
    if not done:
        return False
    said = han(done + words.text(Clause.NIL))
    if ITEMS.search(done) and counts(ITEMS.sub("", done)) and said >= _ENOUGH_WITH_ITEM:
        return True
    if counts(done) and said >= _ENOUGH:
        return True
    return _long(words)


def _long(words: Words) -> bool:
    """Enough of it to be a report without a figure: many words, half of them of doing."""
    done = han(words.text(Clause.PROGRESS))
    return 2 * done >= _ENOUGH_WITHOUT_NUMBER <= done + han(words.text(Clause.REST))


def _long_report(own: str, words: Words) -> bool:
    """A report without a figure: by item, or under a heading that calls it one."""
    return _long(words) and bool(ITEMS.search(words.text(Clause.PROGRESS)) or _HEADED.search(own))


def _short(text: str) -> str:
    line = re.sub(r"\s+", "", text)
    return line if len(line) <= 40 else line[:39] + "…"


def _enclosed(mail: Mail, registry: Registry, mailbox_address: str) -> tuple[Mail, What] | None:
    for inner in mail.enclosed:
        if inner.sender_key == mailbox_address.lower() or bounce.read(inner) or auto_reply(inner):
            continue
        found = what(inner, registry, mailbox_address)
        if found.kind is MailKind.SUBMISSION:
            return inner, found
    return None


def _headings(mail: Mail) -> str:
    """The 第几项 that lines of attached texts begin with, a line each: what a report is ordered by. Those within a sentence are not,
    they may speak of anything."""
    texts = (folded(text[:_ATTACHED_LIMIT]) for one in mail.attachments for text in one.texts)
    lines = (line.strip() for text in texts for line in text.split("\n"))
    return "\n".join(found.group() for line in lines if (found := ITEMS.match(line)))


def _numbering(own: str) -> frozenset[int]:
    """1 to n where the own words number a list so, each 第几项 by itself at the start of a clause; else nothing."""
    found: list[int] = []
    for match in ITEMS.finditer(own) if "第" in own else ():
        numbers = list(listed(match.group(1)))
        if len(numbers) != 1 or (match.start() and own[match.start() - 1] not in _STARTS):
            return frozenset()
        found += numbers
    return frozenset(found) if len(found) > 1 and found == list(range(1, len(found) + 1)) else frozenset()


def bulk(mail: Mail) -> bool:
    """Whether it was sent to a list."""
    return any(mail.header(name) for name in _BULK) or mail.header("precedence").strip().lower() in (
        "bulk",
        "list",
        "junk",
    )

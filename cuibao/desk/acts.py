"""Acts: what an officer decides about a unit's report, each an entry with a reason and the officer's name."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from cuibao.desk import signed
from cuibao.desk.context import Desk
from cuibao.desk.opening import opened
from cuibao.desk.receive import judgement, receipt, submission
from cuibao.desk.view import view_of
from cuibao.papers.attachments import safe_name
from cuibao.papers.judge import with_figures
from cuibao.papers.mail import read
from cuibao.papers.wording import MAILS, item_ranges
from cuibao.rules.book import Mail
from cuibao.rules.entries import Draft, Entry, Kind, stamp
from cuibao.rules.outcomes import LedgerError, OvertakenError, SettledError, UsageError
from cuibao.rules.period import Period
from cuibao.rules.recipients import senders
from cuibao.rules.registry import Unit
from cuibao.rules.standing import Standing, unit_standing
from cuibao.rules.verdict import Confidence, MailKind, Verdict
from cuibao.rules.workdays import CHINA

TRIES = 5
"""So often a decision is taken afresh where others write at the same time."""
LARGEST_PAPER = 25 * 1024 * 1024
"""In bytes: what is handed in with an act is a scan or a document."""
BY_COMMAND = {
    "record": Kind.SUBMISSION_RECEIVED,
    "accept": Kind.SUBMISSION_ACCEPTED,
    "return": Kind.SUBMISSION_SENT_BACK,
    "exempt": Kind.OBLIGATION_EXEMPTED,
    "extend": Kind.OBLIGATION_EXTENDED,
}
"""The acts by the name under which the command line offers them."""

ACCEPT, RETURN, UNDO = "核定", "退回", "撤销免报"
_FITS = {
    ACCEPT: (Standing.RECEIVED, Standing.RETURNED),
    RETURN: (Standing.RECEIVED, Standing.ACCEPTED),
    UNDO: (Standing.EXEMPT,),
}
"""Where an obligation must stand for an act that answers a report or an exemption."""
_DONE = {ACCEPT: Standing.ACCEPTED, RETURN: Standing.RETURNED}
_STANDS = {
    Standing.MISSING: "尚未收到报送",
    Standing.RECEIVED: "已收待核",
    Standing.ACCEPTED: "已核定",
    Standing.RETURNED: "已退回",
    Standing.EXEMPT: "免报",
    None: "无须报送",
}
"""Where an obligation stands, in the words of a refusal; None is one that is not owed."""


T = TypeVar("T")
P = ParamSpec("P")


def _undisturbed(decide: Callable[Concatenate[Desk, P], T]) -> Callable[Concatenate[Desk, P], T]:
    """Decide once more where somebody wrote to the ledger in between: of two officers who settle the same mail, the second is told."""

    @wraps(decide)
    def again(desk: Desk, /, *args: P.args, **kwargs: P.kwargs) -> T:
        for _ in range(TRIES):
            try:
                return decide(desk, *args, **kwargs)
            except OvertakenError:
                continue
        return decide(desk, *args, **kwargs)

    return again


@_undisturbed
def act(
    desk: Desk,
    command: str,
    unit: str,
    period: str,
    now: datetime,
    *,
    items: Sequence[int],
    reason: str,
    by: str,
    until: date | None = None,
    received: datetime | None = None,
    undo: bool = False,
    paper: tuple[str, bytes] | None = None,
) -> Entry:
    """Write one act. `paper` is the (name, bytes) of a report handed in otherwise than by mail, `received` when it was; `undo`
    takes an exemption back. Raises UsageError for a blank reason or name, a unit, period or item that does not exist, a date that
    makes no sense, items that stand where the act has no meaning, or a paper that is empty or larger than LARGEST_PAPER."""
    seen = len(desk.ledger.entries())
    by, reason = signed.name(by), signed.words(reason, "原因")
    if paper is not None:
        _check_paper(*paper)
    body, quarter = desk.unit(unit), desk.period(period)
    chosen = chosen_items(desk, body, items)
    data: dict[str, Any] = {"reason": reason}
    if command == "record":
        data["arrived_at"] = stamp(_received(desk, received, now))
    if command == "extend":
        data["until"] = _until(quarter, until).isoformat()
    if command == "exempt" and undo:
        data |= {"undone": True, "until": now.astimezone(CHINA).date().isoformat()}
    if answer := _answer(command, undo):
        chosen = _fitting(desk, body, quarter, chosen, answer, now)
    if paper is not None:
        data["sha256"], data["file"] = desk.papers.keep(paper[1], now, paper[0])
        data["name"] = safe_name(paper[0])
    draft = Draft(BY_COMMAND[command], now, quarter.key, body.name, chosen, by, data)
    return desk.ledger.append([draft], after=seen)[0]


def note(
    desk: Desk,
    text: str,
    now: datetime,
    *,
    by: str,
    unit: str | None = None,
    period: str | None = None,
    items: Sequence[int] = (),
) -> Entry:
    """Write down what an officer wants remembered (a telephone call, an agreement), of a unit, a period and items or of none; no
    standing changes. Raises UsageError for a text that is blank or longer than signed.LONGEST_WORDS, or for what does not exist."""
    by, text = signed.name(by), signed.words(text, "备注")
    body = desk.unit(unit) if unit else None
    quarter = desk.period(period) if period else None
    if items and body is None:
        raise UsageError("备注写明了事项，但未写明单位", "请一并写明责任单位")
    chosen = chosen_items(desk, body, items) if body else ()
    draft = Draft(
        Kind.NOTE_ADDED,
        now,
        quarter.key if quarter else None,
        body.name if body else None,
        chosen,
        by,
        {"reason": text},
    )
    return desk.ledger.append([draft])[0]


def _check_paper(name: str, raw: bytes) -> None:
    shown = safe_name(name)
    if not raw:
        raise UsageError(f"文件“{shown}”是空的", "请核对所选文件")
    if len(raw) > LARGEST_PAPER:
        raise UsageError(
            f"文件“{shown}”超过 {LARGEST_PAPER // 1024 // 1024} MB", "请压缩、降低扫描分辨率或分次提交后再登记"
        )


def _answer(command: str, undo: bool) -> str:
    """What the act answers with, where it answers a report or an exemption; else ""."""
    if command == "exempt":
        return UNDO if undo else ""
    return {"accept": ACCEPT, "return": RETURN}.get(command, "")


def _fitting(
    desk: Desk, unit: Unit, period: Period, named: tuple[int, ...], answer: str, now: datetime
) -> tuple[int, ...]:
    """The items that the act covers: those named, all of which must stand where it has a meaning, else all that do. Raises
    UsageError naming those that do not."""
    items = unit_standing(unit.name, period, desk.duties[unit.name], desk.book(), now).items
    stands = {item.obligation.item: item.standing for item in items}
    asked = named or tuple(stands)
    fits = tuple(no for no in asked if stands.get(no) in _FITS[answer])
    strange = {no: stands.get(no) for no in asked if no not in fits}
    if not fits or (named and strange):
        raise _does_not_fit(f"{unit.name}{period.name}", strange, answer, whole=not named)
    return fits


def _does_not_fit(what: str, strange: Mapping[int, Standing | None], answer: str, *, whole: bool) -> UsageError:
    """The refusal, which names items unless the whole unit stands alike. `strange` is where each of them stands, None for one
    that is not owed."""
    if answer == UNDO:
        numbers = "" if whole else f"第{'、'.join(map(str, strange))}项"
        return UsageError(f"{what}{numbers}没有登记免报，无须撤销")
    found = list(dict.fromkeys(strange.values())) or [None]
    alike = whole and len(found) == 1
    places = [f"{'' if alike else _listed(strange, one)}{_STANDS[one]}" for one in found]
    verb = f"无须重复{answer}" if found == [_DONE[answer]] else f"不能{answer}"
    remedy = "以纸质、电话报送的，请先用 ./bot record 登记" if Standing.MISSING in found else ""
    return UsageError(f"{what}{'，'.join(places)}，{verb}", remedy)


def _listed(strange: Mapping[int, Standing | None], one: Standing | None) -> str:
    return f"第{'、'.join(str(no) for no, standing in strange.items() if standing is one)}项"


def _received(desk: Desk, received: datetime | None, now: datetime) -> datetime:
    """When a report was handed in: as the officer says, else now."""
    if received is None:
        return now
    shown = f"{received.astimezone(CHINA):%Y-%m-%d %H:%M}"
    if received > now:
        raise UsageError(f"收到时间 {shown} 晚于当前时间", "请填写实际收到报送的日期")
    if received.year < desk.office.notice.year:
        raise UsageError(f"收到时间 {shown} 早于通知印发的年份", "请核对年份")
    return received


def chosen_items(desk: Desk, unit: Unit, items: Sequence[int]) -> tuple[int, ...]:
    """The items as given, checked to be the unit's. Raises UsageError."""
    own = {duty.item for duty in desk.duties[unit.name]}
    if strange := [no for no in items if no not in own]:
        raise UsageError(f"{item_ranges(strange)}不是{unit.name}的事项", f"{unit.name}的事项为{item_ranges(own)}")
    return tuple(sorted(set(items)))


def _until(period: Period, until: date | None) -> date:
    if until is None:
        raise UsageError("延期须注明新的截止日期", "请加 --until，例如 --until 2020-07-10")
    if until < period.last_day:
        raise UsageError(
            f"新的截止日期 {until.isoformat()} 早于原定的 {period.last_day.isoformat()}",
            "请填写原定截止日期之后的日期；填写原定日期即撤销延期",
        )
    if until.year > period.last_day.year + 1:
        raise UsageError(f"新的截止日期 {until.isoformat()} 太远", f"延期最迟至 {period.last_day.year + 1} 年底")
    return until


def find_mail(desk: Desk, mark: str) -> Mail:
    """The mail whose sha256 begins with `mark` (six characters or more). Raises UsageError."""
    found = [mail for sha256, mail in desk.book().mails.items() if len(mark) >= 6 and sha256.startswith(mark.lower())]
    if len(found) == 1:
        return found[0]
    trouble = "对应多封来件" if found else "没有对应的来件"
    raise UsageError(f"编号“{mark}”{trouble}", "请用 ./bot triage list 查看编号，至少输入前六位")


def waiting_mail(desk: Desk, mark: str) -> Mail:
    """The mail of that mark, which must wait for a person. Raises SettledError where it is settled, else UsageError."""
    mail = find_mail(desk, mark)
    if not mail.in_triage:
        raise _settled_before(desk, mail)
    return mail


@_undisturbed
def settle(
    desk: Desk,
    mark: str,
    kind: MailKind,
    now: datetime,
    *,
    by: str,
    unit: str | None = None,
    period: str | None = None,
    items: Sequence[int] | None = None,
    learn_sender: bool = False,
    send_back: str = "",
    brought: tuple[Mail, Draft] | None = None,
) -> Sequence[Entry]:
    """Write an officer's decision on a mail: what it is and, for a submission, whose and for which period; what is None is
    taken from the guess, and no items at all are all that the unit reports. A submission gets its receipt, or with `send_back`,
    the officer's words, is sent back as it is recorded: the letter about that is the answer then. `brought` is a mail that this ledger
    does not know yet, and the line that keeps it. Raises SettledError when the mail is already settled, UsageError when the guess leaves open what must be known, or no officer is named."""
    seen = len(desk.ledger.entries())
    by = signed.name(by)
    if send_back:
        send_back = signed.words(send_back, "退回说明")
        if kind is not MailKind.SUBMISSION:
            raise UsageError("只有定为报送的来件才能退回", "请将来件定为报送（--as submission），或不写退回说明")
    if brought and brought[0].sha256 in desk.book().mails:  # another officer was quicker
        brought = None
    mail = brought[0] if brought else waiting_mail(desk, mark)
    decided = _with_figures(desk, mail, _decided(desk, mail, kind, unit, period, items), now)
    drafts = [judgement(mail, decided, now, settled=True)]
    if kind is MailKind.SUBMISSION:
        if decided.unit is None or decided.period is None:
            raise UsageError(
                "登记为报送须注明单位和季度", "请加 --unit 单位名称 --period 季度编号，例如 --period 2020Q2"
            )
        drafts.append(submission(desk, desk.book(), mail, decided, now))
    if send_back:
        drafts.append(_sent_back(desk, decided, send_back, now))
    if learn_sender:
        drafts.append(_learned(mail, decided.unit, now))
    drafts = [replace(draft, actor=by) for draft in drafts]
    if kind is MailKind.SUBMISSION and not send_back:
        drafts += receipt(desk, mail, decided, now)
    if brought:
        drafts = [brought[1], *drafts]
    return desk.ledger.append(drafts, after=seen)


def _settled_before(desk: Desk, mail: Mail) -> UsageError:
    """The refusal to settle a mail that does not wait: by whom and as what it was settled, if a person did."""
    remedy = "如需更正，请用 record、return 等命令另行登记；只登记发件人的，请写 --learn-sender，不写 --as"
    entry = settling(desk, mail)
    if entry is None:
        return UsageError(f"来件 {mail.sha256[:12]} 不在待办之列", remedy)
    at = entry.at.astimezone(CHINA)
    whose = f"（{entry.unit}）" if entry.unit else ""
    kind = MAILS[MailKind(entry.data["verdict"]["kind"])]
    when = f"{at.month}月{at.day}日 {at:%H:%M}"
    return SettledError(f"来件 {mail.sha256[:12]} 已由{entry.actor}于{when}定为{kind}{whose}", remedy)


def settling(desk: Desk, mail: Mail) -> Entry | None:
    """The entry by which a person settled a mail, None where nobody has."""
    if not mail.settled:
        return None
    judged = (entry for entry in reversed(desk.ledger.entries()) if entry.kind is Kind.MAIL_JUDGED)
    return next((one for one in judged if one.data["sha256"] == mail.sha256 and one.data.get("settled")), None)


def _sent_back(desk: Desk, decided: Verdict, words: str, now: datetime) -> Draft:
    """The entry that sends back what a mail that is being recorded covers: what it names, else all that the unit reports, without
    what it is exempt from. Raises UsageError where nothing is left."""
    unit, period = desk.unit(decided.unit or ""), desk.period(decided.period or "")
    items = unit_standing(unit.name, period, desk.duties[unit.name], desk.book(), now).items
    covered = tuple(
        item.obligation.item
        for item in items
        if item.standing is not Standing.EXEMPT and item.obligation.item in (decided.items or (item.obligation.item,))
    )
    if not covered:
        raise UsageError(
            f"{unit.name}{period.name}无须报送来件所涉事项，不能退回", "请核对单位、季度和事项，或不写退回说明"
        )
    return Draft(Kind.SUBMISSION_SENT_BACK, now, period.key, unit.name, covered, data={"reason": words})


def _decided(
    desk: Desk, mail: Mail, kind: MailKind, unit: str | None, period: str | None, items: Sequence[int] | None
) -> Verdict:
    """The guess with what the officer says in its place."""
    guess = mail.verdict or Verdict(MailKind.UNCLEAR, Confidence.NONE)
    body = desk.unit(unit or guess.unit or "") if (unit or guess.unit) else None
    quarter = desk.period(period or guess.period or "") if (period or guess.period) else None
    guessed = guess.items if body is not None and body.name == guess.unit else ()
    if body is not None and kind is not MailKind.SUBMISSION:
        own = {duty.item for duty in desk.duties[body.name]}
        guessed = tuple(no for no in guessed if no in own)
    return replace(
        guess,
        kind=kind,
        confidence=Confidence.CERTAIN,
        unit=body.name if body else None,
        period=quarter.key if quarter else None,
        items=chosen_items(desk, body, guessed if items is None else items) if body else (),
    )


def _with_figures(desk: Desk, mail: Mail, decided: Verdict, now: datetime) -> Verdict:
    """The decision with the figures and words of the mail: those of the guess, or, where an officer names another unit or period, read
    again for these; only those of the items that the decision names."""
    guess = mail.verdict
    if decided.kind is not MailKind.SUBMISSION:
        return decided
    if guess is None or (guess.unit, guess.period, guess.kind) != (decided.unit, decided.period, decided.kind):
        decided = _read_again(desk, mail, replace(decided, figures=(), words=(), written=()), now)
    named = decided.items
    return replace(
        decided,
        figures=tuple(one for one in decided.figures if not named or one.item in named),
        words=tuple(one for one in decided.words if not named or one[0] in named),
        written=tuple(one for one in decided.written if not named or one.item in (None, *named)),
    )


def _read_again(desk: Desk, mail: Mail, decided: Verdict, now: datetime) -> Verdict:
    """The decision with what the mail says of its unit and period. Raises LedgerError when an archived form is gone, whose
    figures would be missed; without a form an officer may decide though the file is gone."""
    try:
        raw = desk.mails.read(mail.file)
    except LedgerError:
        if any(one.kind == "form" for one in decided.attachments):
            raise
        return decided
    text = opened(read(raw), desk.reading_room)
    found = with_figures(decided, text, view_of(desk, now))
    problems = (*text.problems, *found.problems)
    return replace(decided, figures=found.figures, words=found.words, written=found.written, problems=problems)


def strangers(desk: Desk) -> tuple[Mail, ...]:
    """The mails that count as reports though their senders are not registered for the unit, oldest first."""
    book = desk.book()
    known = senders(desk.office.registry.units, book)
    return tuple(mail for mail in book.mails.values() if _is_strangers(mail, known.get(mail.sender.lower(), ())))


def _is_strangers(mail: Mail, speaks_for: Sequence[str]) -> bool:
    verdict = mail.verdict
    if verdict is None or mail.duplicate or verdict.kind is not MailKind.SUBMISSION:
        return False
    certain = verdict.confidence is Confidence.CERTAIN
    return certain and verdict.unknown_sender and verdict.unit not in speaks_for


def learn(desk: Desk, mark: str, now: datetime, *, by: str) -> Sequence[Entry]:
    """Register the sender of a mail that was taken for a unit's report without it. Raises UsageError for any other mail."""
    mail = find_mail(desk, mark)
    if mail.in_triage:
        raise UsageError(f"来件 {mail.sha256[:12]} 尚待处理", "请加 --as 类别 一并作出决定")
    if mail not in strangers(desk):
        raise UsageError(f"来件 {mail.sha256[:12]} 的发件人无须登记", "可登记的发件人见 ./bot triage list --senders")
    draft = _learned(mail, mail.verdict.unit if mail.verdict else None, now)
    return desk.ledger.append([replace(draft, actor=signed.name(by))])


def _learned(mail: Mail, unit: str | None, now: datetime) -> Draft:
    if unit is None or not mail.sender:
        raise UsageError("登记发件人须知道发件地址和所属单位", "请加 --unit 单位名称")
    return Draft(Kind.CONTACT_LEARNED, now, None, unit, data={"email": mail.sender, "mail": mail.sha256})

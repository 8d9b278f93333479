"""Settling: what an officer decides about a mail that waits for a person, and whose address a sender's is."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from cuibao.desk import signed
from cuibao.desk.acts import chosen_items, undisturbed
from cuibao.desk.context import Desk
from cuibao.desk.effects import judgement, receipt, submission
from cuibao.desk.opening import opened
from cuibao.desk.view import view_of
from cuibao.papers.judge import with_figures
from cuibao.papers.mail import Mail as ReadMail
from cuibao.papers.mail import read
from cuibao.papers.wording import MAILS, cited
from cuibao.rules.entries import Draft, Entry, Kind
from cuibao.rules.outcomes import LedgerError, SettledError, UsageError
from cuibao.rules.recipients import senders
from cuibao.rules.records import Mail
from cuibao.rules.standing import Standing, unit_standing
from cuibao.rules.verdict import Confidence, MailKind, Verdict
from cuibao.rules.workdays import CHINA

UNREAD = "来件未能由程序读取，完成数请经办人对照原件登记"
_ABOUT_ITEM = re.compile(r"第(\d{1,3})项", re.ASCII)
"""How a problem begins that is about one of the unit's items."""


def find_mail(desk: Desk, mark: str) -> Mail:
    """The mail whose sha256 begins with `mark` (six characters or more). Raises UsageError."""
    found = [mail for sha256, mail in desk.book().mails.items() if len(mark) >= 6 and sha256.startswith(mark.lower())]
    if len(found) == 1:
        return found[0]
    trouble = "对应多封来件" if found else "没有对应的来件"
    raise UsageError(f"编号{cited(mark)}{trouble}", "请用 ./bot triage list 查看编号，至少输入前六位")


def waiting_mail(desk: Desk, mark: str) -> Mail:
    """The mail of that mark, which must wait for a person. Raises SettledError where it is settled, else UsageError."""
    mail = find_mail(desk, mark)
    if not mail.in_triage:
        raise _settled_before(desk, mail)
    return mail


@undisturbed
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
    adopt: bool = False,
    brought: tuple[Mail, Draft] | None = None,
) -> Sequence[Entry]:
    """Write an officer's decision on a mail: what it is and, for a submission, whose and for which period; what is None is
    taken from the guess, and no items at all are all that the unit reports. A submission gets its receipt, or with `send_back`,
    the officer's words, is sent back as it is recorded: the letter about that is the answer then. `adopt` has the form of another quarter
    taken for this one, where none of this one came: the officer knows that an old form was filled in again. `brought` is a mail that this ledger
    does not know yet, and the line that keeps it. Raises SettledError when the mail is already settled, UsageError when the guess leaves
    open what must be known, or no officer is named."""
    seen = len(desk.ledger.entries())
    by, send_back = signed.name(by), signed.words(send_back, "退回说明") if send_back else ""
    _refuse_without_report(kind, send_back, adopt=adopt)
    if brought and brought[0].sha256 in desk.book().mails:  # another officer was quicker
        brought = None
    mail = brought[0] if brought else waiting_mail(desk, mark)
    decided = _with_figures(desk, mail, _decided(desk, mail, kind, unit, period, items), now, adopt=adopt)
    decision = _decision(desk, mail, decided, now, send_back=send_back, learn_sender=learn_sender)
    drafts = [replace(draft, actor=by) for draft in decision]
    if kind is MailKind.SUBMISSION and not send_back:
        drafts += receipt(desk, mail, decided, now)
    if brought:
        drafts = [brought[1], *drafts]
    return desk.ledger.append(drafts, after=seen)


def _refuse_without_report(kind: MailKind, send_back: str, *, adopt: bool) -> None:
    """Only a report can be sent back, or have its form adopted. Raises UsageError."""
    if kind is MailKind.SUBMISSION:
        return
    if send_back:
        raise UsageError("只有定为报送的来件才能退回", "请将来件定为报送（--as submission），或不写退回说明")
    if adopt:
        raise UsageError("只有定为报送的来件才能采用表中内容", "请将来件定为报送（--as submission）")


def _decision(
    desk: Desk, mail: Mail, decided: Verdict, now: datetime, *, send_back: str, learn_sender: bool
) -> Iterator[Draft]:
    """The entries that say what the officer decided. Raises UsageError where something that they need is not known."""
    yield judgement(mail, decided, now, settled=True)
    if decided.kind is MailKind.SUBMISSION:
        if decided.unit is None or decided.period is None:
            raise UsageError(
                "登记为报送须注明单位和季度", "请加 --unit 单位名称 --period 季度编号，例如 --period 2020Q2"
            )
        yield submission(desk, desk.book(), mail, decided, now)
    if send_back:
        yield _sent_back(desk, decided, send_back, now)
    if learn_sender:
        yield _learned(mail, decided.unit, now)


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


def _with_figures(desk: Desk, mail: Mail, decided: Verdict, now: datetime, *, adopt: bool) -> Verdict:
    """The decision with the figures, words and problems of the mail, read again: other figures may stand by now than when it came in, and the
    officer may name another unit or period, or have another quarter's form adopted; only those of the items that the decision names."""
    if decided.kind is not MailKind.SUBMISSION:
        return decided
    decided = _read_again(desk, mail, decided, now, adopt=adopt)
    named = decided.items
    return replace(
        decided,
        figures=tuple(one for one in decided.figures if not named or one.item in named),
        words=tuple(one for one in decided.words if not named or one[0] in named),
        written=tuple(one for one in decided.written if not named or one.item in (None, *named)),
        problems=tuple(one for one in decided.problems if not named or _item_of(one) in (None, *named)),
    )


def _item_of(problem: str) -> int | None:
    """Which item a problem is about, None for one about the mail or a row that could not be told."""
    found = _ABOUT_ITEM.match(problem)
    return int(found[1]) if found else None


def _read_again(desk: Desk, mail: Mail, decided: Verdict, now: datetime, *, adopt: bool) -> Verdict:
    """The decision with what the mail says of its unit and period. What was read of a mail that cannot be read now stands, where it was
    read for these. Raises LedgerError when an archived form is gone, whose figures would be missed; without a form an officer may decide
    though the file is gone."""
    guess = mail.verdict
    same = guess and (guess.unit, guess.period, guess.kind) == (decided.unit, decided.period, decided.kind)
    before = decided if same and not adopt else replace(decided, figures=(), words=(), written=())
    try:
        raw = desk.mails.read(mail.file)
    except LedgerError:
        if before is not decided and any(one.kind == "form" for one in decided.attachments):
            raise
        return before
    items = decided.items or tuple(duty.item for duty in desk.duties.get(decided.unit or "", ()))
    fresh = replace(decided, items=items, figures=(), words=(), written=(), problems=(), adopted=False)
    try:
        text = opened(read(raw), desk.reading_room)
        if before is decided and _reads_less(text, decided):
            return before
        found = with_figures(fresh, text, view_of(desk, now), adopt=adopt)
    except LedgerError:
        raise
    except Exception:  # noqa: BLE001 - what parked a mail breaks here too, and a person has read what the code cannot
        return before if before is decided else replace(before, problems=(*before.problems, UNREAD))
    return replace(
        decided,
        figures=found.figures,
        words=found.words,
        written=found.written,
        problems=(*text.problems, *found.problems),
        adopted=found.adopted,
    )


def _reads_less(text: ReadMail, decided: Verdict) -> bool:
    """Whether an attachment that was read when the mail came in cannot be read now, as when the reading room is short of time."""
    lost = {one.sha256 for one in text.attachments if one.note().state != "read"}
    return any(one.state == "read" and one.sha256 in lost for one in decided.attachments)


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

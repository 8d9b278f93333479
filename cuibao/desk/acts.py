"""Acts: what an officer decides about a unit's report, each an entry with a reason and the officer's name."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import PurePath
from typing import Any

from cuibao.desk.context import Desk
from cuibao.desk.receive import judgement, submission
from cuibao.rules.book import Mail
from cuibao.rules.entries import Draft, Entry, Kind, stamp
from cuibao.rules.outcomes import UsageError
from cuibao.rules.period import Period
from cuibao.rules.registry import Unit
from cuibao.rules.verdict import Confidence, MailKind, Verdict

BY_COMMAND = {
    "record": Kind.SUBMISSION_RECEIVED,
    "accept": Kind.SUBMISSION_ACCEPTED,
    "return": Kind.SUBMISSION_SENT_BACK,
    "exempt": Kind.OBLIGATION_EXEMPTED,
    "extend": Kind.OBLIGATION_EXTENDED,
}
"""The acts by the name under which the command line offers them."""


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
    paper: tuple[str, bytes] | None = None,
) -> Entry:
    """Write one act. `paper` is the (name, bytes) of a report handed in otherwise than by mail. Raises UsageError for a unit,
    period or item that does not exist, or a date that makes no sense."""
    body, quarter = desk.unit(unit), desk.period(period)
    chosen = chosen_items(desk, body, items)
    data: dict[str, Any] = {"reason": reason}
    if command == "record":
        data["arrived_at"] = stamp(now)
    if command == "extend":
        data["until"] = _until(quarter, until).isoformat()
    if paper is not None:
        data["sha256"], data["file"] = desk.papers.keep(paper[1], now)
        data["name"] = PurePath(paper[0]).name
    draft = Draft(BY_COMMAND[command], now, quarter.key, body.name, chosen, by, data)
    return desk.ledger.append([draft])[0]


def chosen_items(desk: Desk, unit: Unit, items: Sequence[int]) -> tuple[int, ...]:
    """The items as given, checked to be the unit's. Raises UsageError."""
    own = {duty.item for duty in desk.duties[unit.name]}
    if strange := [no for no in items if no not in own]:
        numbers = "、".join(map(str, strange))
        raise UsageError(
            f"第{numbers}项不是{unit.name}的事项", f"{unit.name}的事项为第{'、'.join(map(str, sorted(own)))}项"
        )
    return tuple(sorted(set(items)))


def _until(period: Period, until: date | None) -> date:
    if until is None:
        raise UsageError("延期须注明新的截止日期", "请加 --until，例如 --until 2020-07-10")
    if until <= period.last_day:
        raise UsageError(
            f"新的截止日期 {until.isoformat()} 不晚于原定的 {period.last_day.isoformat()}",
            "请填写原定截止日期之后的日期",
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


def settle(
    desk: Desk,
    mark: str,
    kind: MailKind,
    now: datetime,
    *,
    by: str,
    unit: str | None = None,
    period: str | None = None,
    items: Sequence[int] = (),
    learn_sender: bool = False,
) -> tuple[Entry, ...]:
    """Write an officer's decision on a mail: what it is and, for a submission, whose and for which period; what is not given is
    taken from the guess. Raises UsageError when the guess leaves that open too, or the mail is already settled."""
    mail = find_mail(desk, mark)
    if not mail.in_triage:
        raise UsageError(f"来件 {mail.sha256[:12]} 不在待办之列", "如需更正，请用 record、return 等命令另行登记")
    guess = mail.verdict or Verdict(MailKind.UNCLEAR, Confidence.NONE)
    body = desk.unit(unit or guess.unit or "") if (unit or guess.unit) else None
    quarter = desk.period(period or guess.period or "") if (period or guess.period) else None
    guessed = guess.items if body is not None and body.name == guess.unit else ()
    chosen = chosen_items(desk, body, items or guessed) if body else ()
    decided = replace(
        guess,
        kind=kind,
        confidence=Confidence.CERTAIN,
        unit=body.name if body else None,
        period=quarter.key if quarter else None,
        items=chosen,
    )
    drafts = [judgement(mail, decided, now, settled=True)]
    if kind is MailKind.SUBMISSION:
        if body is None or quarter is None:
            raise UsageError(
                "登记为报送须注明单位和季度", "请加 --unit 单位名称 --period 季度编号，例如 --period 2020Q2"
            )
        drafts.append(submission(desk, mail, decided, now))
    if learn_sender:
        drafts.append(_learn(mail, body, now))
    return desk.ledger.append(replace(draft, actor=by) for draft in drafts)


def _learn(mail: Mail, unit: Unit | None, now: datetime) -> Draft:
    if unit is None or not mail.sender:
        raise UsageError("登记发件人须知道发件地址和所属单位", "请加 --unit 单位名称")
    return Draft(Kind.CONTACT_LEARNED, now, None, unit.name, data={"email": mail.sender, "mail": mail.sha256})

"""An officer's decision on a mail that belongs to another year than the ledger that took it in: it counts there, and once."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from cuibao.desk import signed
from cuibao.desk.context import Desk
from cuibao.desk.effects import judgement
from cuibao.desk.opening import opened
from cuibao.desk.report import names_then
from cuibao.desk.settling import settle, waiting_mail
from cuibao.desk.view import view_of
from cuibao.papers.judge import judge
from cuibao.papers.mail import read
from cuibao.rules.entries import Draft, Entry, Kind
from cuibao.rules.outcomes import LedgerError, UsageError
from cuibao.rules.records import Mail
from cuibao.rules.verdict import Confidence, MailKind, Verdict


def settle_in_its_year(
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
) -> tuple[Desk, Sequence[Entry]]:
    """Settle as settling.settle() does, in the ledger of the year that has the period: the mail is kept, judged and settled there first,
    then settled in the desk's own as belonging there. After a crash in between it still waits, and settled again for that year it is not
    counted again. Returns that year's desk and what was written. Raises as settling.settle() does."""
    target = next((one for one in (desk, *desk.beside) if period and one.office.period(period)), desk)
    mail = waiting_mail(desk, mark)
    holder = next((one for one in desk.beside if mail.sha256 in one.book().mails), target)
    if holder is not target:
        year = holder.office.notice.year
        raise UsageError(
            f"来件 {mail.sha256[:12]} 已登记在{year}年台账中", f"请加 --period，写明{year}年的季度，以办结本件"
        )
    written: list[Entry] = []
    if target is desk or holder.book().mails.get(mail.sha256) is None:
        written += settle(
            target,
            mark,
            kind,
            now,
            by=by,
            unit=unit if target is desk else _name_then(desk, target, unit),
            period=period,
            items=items,
            learn_sender=learn_sender,
            send_back=send_back,
            adopt=adopt,
            brought=None if target is desk else _brought(desk, target, mail, now),
        )
    if target is not desk:
        written += desk.ledger.append([replace(_handed_over(target, mail, kind, now), actor=signed.name(by))])
    return target, written


def _name_then(desk: Desk, target: Desk, unit: str | None) -> str | None:
    """What the target's year calls a unit that this year calls so."""
    names = names_then(desk, target, unit) if unit else ()
    return names[0] if len(names) == 1 else unit


def _brought(desk: Desk, target: Desk, mail: Mail, now: datetime) -> tuple[Mail, Draft]:
    """The mail as the target's year judges it, and the line that keeps it there. Raises LedgerError where its file is gone."""
    kept = next(
        one for one in desk.ledger.entries() if one.kind is Kind.MAIL_KEPT and one.data["sha256"] == mail.sha256
    )
    guess = _judged(target, mail)
    if guess.unit is None and mail.verdict and mail.verdict.unit:
        guess = replace(guess, unit=_name_then(desk, target, mail.verdict.unit))
    return replace(mail, verdict=guess, parked=False), Draft(Kind.MAIL_KEPT, now, data=kept.data)


def _judged(desk: Desk, mail: Mail) -> Verdict:
    raw = desk.mails.read(mail.file)
    try:
        return judge(opened(read(raw), desk.reading_room), view_of(desk, mail.arrived_at))
    except LedgerError:
        raise
    except Exception:  # noqa: BLE001 - what parked a mail breaks here too, and an officer decides without a guess
        return Verdict(MailKind.UNCLEAR, Confidence.NONE)


def _handed_over(target: Desk, mail: Mail, kind: MailKind, now: datetime) -> Draft:
    """The decision by which the mail waits no more in the ledger that took it in. It names no unit and no period of that year's."""
    guess = mail.verdict
    verdict = Verdict(
        kind,
        Confidence.CERTAIN,
        evidence=guess.evidence if guess else (),
        reasons=(f"此信属{target.office.notice.year}年，已登记在该年台账中",),
        attachments=guess.attachments if guess else (),
    )
    return judgement(mail, verdict, now, settled=True)

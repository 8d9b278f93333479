"""来件: the mails that a person must decide, each beside its guess and the evidence, and the decision."""

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from cuibao.desk.context import Desk
from cuibao.desk.read_figures import read_figures
from cuibao.desk.rightyear import settle_in_its_year
from cuibao.desk.settling import learn, settling, strangers
from cuibao.desk.thread import Paper
from cuibao.front.console import here
from cuibao.front.console.mails import parsed
from cuibao.front.console.show import day, evidence_line
from cuibao.front.words import EVIDENCE, MAILS, stage_name
from cuibao.papers.wording import item_ranges
from cuibao.rules.outcomes import UsageError
from cuibao.rules.recipients import senders
from cuibao.rules.verdict import Evidence, MailKind, Verdict

pages = Blueprint("triage", __name__)
SETTLED_AS = (
    MailKind.SUBMISSION,
    MailKind.QUESTION,
    MailKind.ACKNOWLEDGEMENT,
    MailKind.AUTO_REPLY,
    MailKind.BOUNCE,
    MailKind.OTHER,
)
"""What an officer may call a mail; our own letters are told without them."""
_SAID = "请写明哪些内容需要补正，对方将在退回函中看到"
SETTLE, RETURN, ACCEPT_GUESS, LEARN = "settle", "return", "guess", "learn"


@pages.get("/triage")
def listed() -> str:
    desk = here.desk()
    mails = [mail for mail in reversed(tuple(desk.book().mails.values())) if not mail.in_triage][:50]
    return render_template("triage.html", waiting=here.triage(), strangers=strangers(desk), settled=mails)


@pages.get("/triage/<mark>")
def show(mark: str) -> str:
    desk = here.desk()
    mail = here.mail_or_404(mark)
    queue = here.triage()
    place = next((number for number, one in enumerate(queue) if one.sha256 == mail.sha256), None)
    guess = mail.verdict
    return render_template(
        "mail.html",
        mail=mail,
        read=parsed(desk, mail),
        guess=guess,
        figures=read_figures(desk, mail),
        has_form=has_form(guess),
        untold=has_form(guess) and not (guess and guess.unit and guess.period),
        states={note.sha256: note.state for note in guess.attachments} if guess else {},
        clear=guess_is_clear(guess),
        place=place,
        queue=queue,
        kinds=SETTLED_AS,
        units=[unit.name for unit in desk.office.registry.units if desk.duties[unit.name]],
        periods=_choices(desk),
        guessed_items=item_ranges(guess.items).strip("第项") if guess else "",
        known=senders(desk.office.registry.units, desk.book()).get(mail.sender.lower(), ()),
        stranger=mail in strangers(desk),
        decided=settling(desk, mail),
        evidence=[_evidence(desk, one) for one in guess.evidence] if guess else [],
    )


@pages.post("/triage/<mark>")
def decide(mark: str) -> Response:
    """One decision: the guess as it stands, another one, or the report sent back with words; then the next mail."""
    desk, now, act = here.desk(), here.now(), here.field("act")
    mail = here.mail_or_404(mark)
    if act == LEARN:
        learn(desk, mail.sha256, now, by=here.officer())
        return here.done(f"已登记发件人 {mail.sender}", "triage.listed")
    if act == ACCEPT_GUESS:
        kind = _guessed(mail.verdict)
        settle_in_its_year(desk, mail.sha256, kind, now, by=here.officer())
    elif act in (SETTLE, RETURN):
        kind = MailKind.SUBMISSION if act == RETURN else _kind(here.field("kind"))
        report = kind is MailKind.SUBMISSION
        words = here.needed("words", "没有填写退回说明", _SAID) if act == RETURN else ""
        if report:  # what the form leaves open the officer has seen open: no guess takes its place
            here.needed("unit", "没有指定单位", "登记为报送的，请选择单位")
            here.needed("period", "没有指定季度", "登记为报送的，请选择季度")
        settle_in_its_year(
            desk,
            mail.sha256,
            kind,
            now,
            by=here.officer(),
            unit=here.field("unit") or None,
            period=here.field("period") or None,
            items=here.items_typed(here.field("items")) if report else None,
            learn_sender=bool(request.form.get("learn")),
            send_back=words,
            adopt=bool(request.form.get("adopt")) and report,
        )
    else:
        raise UsageError("没有选择如何办理", "请使用页面上的按钮")
    told = f"已{'退回' if act == RETURN else '定为' + MAILS[kind]}：{mail.subject[:30] or '（无主题）'}"
    following = next((one for one in here.triage() if one.sha256 != mail.sha256), None)
    if following is None:
        return here.done(f"{told}。待办来件已处理完", "triage.listed")
    return here.done(told, "triage.show", mark=following.sha256)


def _choices(desk: Desk) -> list[tuple[str, str]]:
    """The quarters for which a mail may be settled, as (key, name): those of its own year, then those of the others with their year."""
    own = [(one.key, one.name) for one in desk.office.periods]
    others = [
        (one.key, f"{other.office.notice.year}年{one.name}") for other in desk.beside for one in other.office.periods
    ]
    return own + others


def has_form(guess: Verdict | None) -> bool:
    """Whether the form came with the mail, attached or in its own words."""
    if guess is None:
        return False
    return any(one.kind == "form" for one in guess.attachments) or any(one.rule == "form" for one in guess.evidence)


def guess_is_clear(guess: Verdict | None) -> bool:
    """Whether the guess says enough to be taken as it stands."""
    if guess is None or guess.kind is MailKind.UNCLEAR:
        return False
    return guess.kind is not MailKind.SUBMISSION or (guess.unit is not None and guess.period is not None)


def _evidence(desk: Desk, one: Evidence) -> tuple[str, Paper]:
    """A piece of evidence in words; a letter that was answered is named by what it was, with the way to it."""
    book = desk.book()
    key = book.by_message_id.get(one.value.lower()) or book.by_token.get(one.value)
    if key is None or key not in book.letters:
        return evidence_line(one, desk.office.periods), Paper()
    letter = book.letters[key]
    told = f"{day(letter.sent_at)}发出的{stage_name(desk.office, key.purpose)}"
    return f"{EVIDENCE.get(one.rule, one.rule)}：{told}", Paper("letter", letter.note.sha256)


def _guessed(guess: Verdict | None) -> MailKind:
    if guess is None or not guess_is_clear(guess):
        raise UsageError("这封来件没有可以照办的推断", "请选择类别、单位和季度")
    return guess.kind


def _kind(text: str) -> MailKind:
    found = next((kind for kind in SETTLED_AS if kind == text), None)
    if found is None:
        raise UsageError("没有选择类别", "请先选择这封来件属于哪一类")
    return found

"""What a request is about: the console's desk of which year, the moment, the officer, the quarter asked for, and what a form says."""

import argparse
from datetime import date, datetime, time

from flask import abort, current_app, flash, g, redirect, request, url_for
from werkzeug.wrappers import Response

from cuibao.desk.context import Desk
from cuibao.desk.report import current_period
from cuibao.front.console.access import safe_next
from cuibao.front.console.press import Press
from cuibao.front.console.services import Reader, Services
from cuibao.front.typed import item_numbers
from cuibao.papers.wording import cited
from cuibao.rules.outcomes import UsageError
from cuibao.rules.period import Period
from cuibao.rules.records import Mail
from cuibao.rules.registry import Unit
from cuibao.rules.workdays import CHINA

_OF_ANY_YEAR = ("overview", "sections", "units", "acts", "triage", "mails", "documents", "waves", "ledger")
"""The pages that show an older year too; the others are this year's."""


def reader() -> Reader:
    found: Reader = current_app.config["READER"]
    return found


def press() -> Press:
    found: Press = current_app.config["PRESS"]
    return found


def services() -> Services:
    return reader().services


def this_year() -> Desk:
    return reader().desk()


def desk() -> Desk:
    """The desk of the year that the request is about: that whose ledger holds the mail or the letter, else the year that it names, else
    that which has the quarter; this year's where none says another."""
    if "desk" not in g:
        g.desk = _asked() if request.blueprint in _OF_ANY_YEAR else this_year()
    found: Desk = g.desk
    return found


def _asked() -> Desk:
    given = request.view_args or {}
    if sha256 := given.get("mark") or given.get("sha256"):
        return next((one for one in this_year().years if _holds(one, sha256)), this_year())
    if year := request.args.get("year"):
        return next((one for one in this_year().years if str(one.office.notice.year) == year), None) or abort(404)
    period = given.get("period") or request.values.get("period", "")
    return next((one for one in this_year().years if one.office.period(period)), this_year())


def _holds(desk: Desk, sha256: str) -> bool:
    book = desk.book()
    return sha256 in book.mails or any(one.note.sha256 == sha256 for one in book.letters.values())


def triage() -> tuple[Mail, ...]:
    """The mails that wait for a person, whatever their year, this year's first."""
    return tuple(mail for one in this_year().years for mail in one.book().triage())


def now() -> datetime:
    """The moment of this request, the same throughout."""
    if "moment" not in g:
        g.moment = services().now()
    moment: datetime = g.moment
    return moment


def officer() -> str:
    """The name under which the ledger keeps what this request does."""
    return str(g.officer.name)


def period() -> Period:
    """The quarter that ?period= names, else the current one. 404 for one that does not exist."""
    key = request.args.get("period", "")
    if not key:
        return current_period(desk().office, now())
    return desk().office.period(key) or abort(404)


def unit_or_404(name: str) -> Unit:
    return desk().office.registry.unit(name) or abort(404)


def mail_or_404(sha256: str) -> Mail:
    return desk().book().mails.get(sha256) or abort(404)


def field(name: str) -> str:
    """A form's field without the blanks around it, "" where it is not there."""
    return request.form.get(name, "").strip()


def reason() -> str:
    """The reason that an act must have. Raises UsageError."""
    return needed("reason", "没有填写理由", "请写明理由")


def needed(name: str, trouble: str, remedy: str) -> str:
    """A form's field that must be filled in. Raises UsageError."""
    if found := field(name):
        return found
    raise UsageError(trouble, remedy)


def items_typed(text: str) -> tuple[int, ...]:
    """Items as officers write them: 7-12、16. Raises UsageError."""
    if not text:
        return ()
    try:
        return item_numbers(text)
    except argparse.ArgumentTypeError as error:
        raise UsageError(str(error)) from None


def items_ticked() -> tuple[int, ...]:
    """The items ticked in a form; none means all. Raises UsageError."""
    return tuple(_number(value) for value in request.form.getlist("items"))


def _number(value: str) -> int:
    if not (value.isascii() and value.isdigit() and len(value) <= 4):
        raise UsageError("事项编号有误", "请从页面上勾选")
    return int(value)


def day_typed(name: str, what: str) -> date | None:
    """A date field, None where it is empty. Raises UsageError."""
    text = field(name)
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{what}{cited(text)}不是日期", "请写成 2020-07-10") from None


def morning(day: date | None) -> datetime | None:
    """A day that a form names, as the moment at which it begins."""
    return datetime.combine(day, time(), CHINA) if day else None


def done(words: str, endpoint: str, **values: object) -> Response:
    """Tell what was done on the page that follows (303, so that reloading does nothing twice)."""
    flash(words, "done")
    return redirect(url_for(endpoint, **values), 303)  # type: ignore[arg-type]  # flask's own looseness


def back() -> str:
    """The page that a form came from, where it is one of ours; else the overview."""
    came, own = request.referrer or "", request.host_url
    return (came.startswith(own) and safe_next(came[len(own) - 1 :])) or url_for("overview.show")

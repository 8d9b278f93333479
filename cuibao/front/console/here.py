"""What a request is about: the console's desk, the moment, the officer, the quarter asked for, and what a form says."""

import argparse
from collections.abc import Iterable
from datetime import date, datetime, time
from urllib.parse import urlsplit

from flask import abort, current_app, flash, g, redirect, request, url_for
from werkzeug.wrappers import Response

from cuibao.desk.context import Desk
from cuibao.desk.report import current_period
from cuibao.front.console.services import Reader, Services
from cuibao.front.typed import item_numbers
from cuibao.rules.outcomes import UsageError
from cuibao.rules.period import Period
from cuibao.rules.registry import Unit
from cuibao.rules.workdays import CHINA


def reader() -> Reader:
    found: Reader = current_app.config["READER"]
    return found


def services() -> Services:
    return reader().services


def desk() -> Desk:
    return reader().desk()


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


def field(name: str) -> str:
    """A form's field without the blanks around it, "" where it is not there."""
    return request.form.get(name, "").strip()


def reason() -> str:
    """The reason that an act must have. Raises UsageError."""
    return field("reason") or _lacking("理由", "请写明理由")


def _lacking(what: str, remedy: str) -> str:
    raise UsageError(f"没有填写{what}", remedy)


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
        raise UsageError(f"{what}“{text[:20]}”不是日期", "请写成 2020-07-10") from None


def morning(day: date | None) -> datetime | None:
    """A day that a form names, as the moment at which it begins."""
    return datetime.combine(day, time(), CHINA) if day else None


def done(words: str, endpoint: str, **values: object) -> Response:
    """Tell what was done on the page that follows (303, so that reloading does nothing twice)."""
    flash(words, "done")
    return redirect(url_for(endpoint, **values), 303)  # type: ignore[arg-type]  # flask's own looseness


def back() -> str:
    """The page that a form came from, where it is one of ours; else the overview."""
    parts = urlsplit(request.referrer or "")
    if parts.netloc == request.host and parts.path.startswith("/"):
        return f"{parts.path}?{parts.query}" if parts.query else parts.path
    return url_for("overview.show")


def numbers(found: Iterable[int]) -> str:
    return "、".join(map(str, found))

"""台账: every entry, searched by unit, quarter, kind, person, time and words; the chain held; an Excel file out."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple
from urllib.parse import urlencode

from flask import Blueprint, Response, flash, render_template, request
from markupsafe import Markup
from werkzeug.wrappers import Response as WebResponse

from cuibao.desk.context import Desk
from cuibao.desk.search import Index, Wanted
from cuibao.desk.thread import paper_of
from cuibao.front.console import here
from cuibao.front.console.mails import download
from cuibao.front.console.show import actor, stamp
from cuibao.front.console.units import Line
from cuibao.front.words import KINDS, summary
from cuibao.papers.sheets import sheet
from cuibao.papers.wording import cited, item_ranges
from cuibao.rules.entries import Entry
from cuibao.rules.office import Office
from cuibao.rules.outcomes import UsageError

pages = Blueprint("ledger", __name__)
A_PAGE = 100
_SHOWN, _LINE = 8, 100
"""So many problems of a verification are shown, and so much of each: a cookie carries them."""
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_HEADERS = ("序号", "时间", "事由", "季度", "单位", "事项", "经办", "摘要", "存档文件")
_WIDTHS = (8, 18, 14, 10, 22, 18, 10, 60, 40)


class Sheet(NamedTuple):
    """One page of what was found, newest first, as rows of a table."""

    rows: Markup
    number: int
    pages: int
    total: int


@pages.get("/ledger")
def show() -> str:
    desk, wanted = here.desk(), _wanted()
    entries = desk.ledger.entries()
    return render_template(
        "ledger.html",
        sheet=_sheet(desk, wanted, request.args.get("page", 1, int)),
        wanted=wanted,
        query=urlencode([(key, value) for key, value in request.args.items() if key != "page" and value]),
        kinds=KINDS,
        actors=here.reader().remembered(("actors", _year()), here.now(), lambda: _index().actors(desk)),
        head=entries[-1] if entries else None,
    )


def _sheet(desk: Desk, wanted: Wanted, number: int) -> Sheet:
    """That page, or the nearest one that there is."""
    found = _found(wanted)
    count = max(1, -(-len(found) // A_PAGE))
    number = min(max(number, 1), count)
    end = len(found) - (number - 1) * A_PAGE
    part = found[max(end - A_PAGE, 0) : end]
    rows = here.reader().remembered(("rows", _year(), wanted, number), here.now(), lambda: _rows(desk, part))
    return Sheet(rows, number, count, len(found))


def _rows(desk: Desk, part: Sequence[Entry]) -> Markup:
    lines = [Line(one, summary(desk.office, one), paper_of(one)) for one in reversed(part)]
    own = "" if desk is here.this_year() else desk.office.periods[-1].key
    return Markup(render_template("_entries.html", lines=lines, own=own))  # noqa: S704 - what a template made


@pages.get("/ledger.xlsx")
def excel() -> Response:
    """What was found as an Excel file, made beside the pages: a ledger of a year takes seconds."""
    with here.reader().lock:
        office, found = here.desk().office, _found(_wanted())
    rows = (_row(office, entry) for entry in found)
    name = f"{office.notice.year}年台账_{here.now():%Y%m%d}.xlsx"
    return download(here.press().make(lambda: sheet("台账", _HEADERS, _WIDTHS, rows)), name, _XLSX)


def _index() -> Index:
    return here.reader().lasting(("index", _year()), lambda: Index(summary))


def _year() -> int:
    return here.desk().office.notice.year


def _found(wanted: Wanted) -> Sequence[Entry]:
    return here.reader().remembered(
        ("found", _year(), wanted), here.now(), lambda: _index().search(here.desk(), wanted)
    )


def _row(office: Office, entry: Entry) -> Sequence[str | int]:
    return (
        entry.seq,
        stamp(entry.at),
        KINDS[entry.kind],
        entry.period or "",
        entry.unit or "",
        item_ranges(entry.items),
        actor(entry.actor),
        summary(office, entry),
        str(entry.data.get("file", "")),
    )


@pages.post("/ledger/verify")
def verify() -> WebResponse:
    """Hold the chain and every archived file against their digests."""
    found = here.services().verify()
    if not found:
        return here.done("核验完毕：台账记录首尾相接，存档文件与登记一致", "ledger.show")
    for problem in found[:_SHOWN]:
        flash(str(problem)[:_LINE], "wrong")
    return here.done(f"核验发现 {len(found)} 处问题，请告知维护人员", "ledger.show")


def _wanted() -> Wanted:
    asked = request.args
    unit = here.desk().unit(asked["unit"]).name if asked.get("unit") else ""
    period = here.desk().period(asked["period"]).key if asked.get("period") else ""
    return Wanted(
        unit,
        period,
        asked.get("kind", ""),
        asked.get("by", ""),
        _day("since"),
        _day("until"),
        asked.get("q", "").strip(),
    )


def _day(name: str) -> date | None:
    text = request.args.get(name, "")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise UsageError(f"{cited(text)}不是日期", "请写成 2020-07-10") from None

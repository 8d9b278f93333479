"""总览: a quarter at one look, and the matrix of its units and items."""

from datetime import datetime

from flask import Blueprint, render_template
from markupsafe import Markup

from cuibao.desk.context import Desk
from cuibao.desk.overview import overview, waiting, work
from cuibao.front.console import here
from cuibao.front.console.chart import draw
from cuibao.rules.alarms import Health
from cuibao.rules.period import Period

pages = Blueprint("overview", __name__)


def count_waiting(desk: Desk, now: datetime) -> tuple[int, int]:
    """How many mails and how many waves wait for an officer."""
    found = here.reader().remembered("waits", now, lambda: waiting(desk, now))
    return len(found.mails), len(found.waves)


@pages.get("/")
def show() -> str:
    desk, now, period, health = here.desk(), here.now(), here.period(), here.services().health()
    main = here.reader().remembered(
        ("overview page", period.key, health), now, lambda: _main(desk, now, period, health)
    )
    return render_template("remembered.html", title=f"{period.name}总览", main=main)


def _main(desk: Desk, now: datetime, period: Period, health: Health | None) -> Markup:
    remembered = here.reader().remembered
    seen = remembered(("overview", period.key), now, lambda: overview(desk, period, now))
    page = render_template(
        "overview.html",
        period=period,
        seen=seen,
        chart=draw(seen.days, period.last_day, seen.units.owing),
        waits=remembered("waits", now, lambda: waiting(here.this_year(), now)),
        work=work(here.this_year(), now),
        health=health,
        ahead=max(0, (period.last_day - now.date()).days),
    )
    return Markup(page)  # noqa: S704 - what a template made


@pages.get("/matrix")
def matrix() -> str:
    desk, now, period = here.desk(), here.now(), here.period()
    seen = here.reader().remembered(("overview", period.key), now, lambda: overview(desk, period, now))
    names = [unit.name for unit in desk.office.registry.units if desk.duties[unit.name]]
    cells = {no: dict(tally.parties) for no, tally in seen.by_item.items()}
    return render_template(
        "matrix.html", period=period, seen=seen, names=names, cells=cells, registry_items=desk.office.registry.items
    )

"""总览: a quarter at one look, and the matrix of its units and items."""

from datetime import datetime

from flask import Blueprint, render_template

from cuibao.desk.context import Desk
from cuibao.desk.overview import overview, waiting, work
from cuibao.front.console import here
from cuibao.front.console.chart import draw

pages = Blueprint("overview", __name__)


def count_waiting(desk: Desk, now: datetime) -> tuple[int, int]:
    """How many mails and how many waves wait for an officer."""
    found = here.reader().remembered("waits", now, lambda: waiting(desk, now))
    return len(found.mails), len(found.waves)


@pages.get("/")
def show() -> str:
    desk, now, period = here.desk(), here.now(), here.period()
    remembered = here.reader().remembered
    seen = remembered(("overview", period.key), now, lambda: overview(desk, period, now))
    return render_template(
        "overview.html",
        period=period,
        seen=seen,
        chart=remembered(("chart", period.key), now, lambda: draw(seen.days, period.last_day, seen.units.owing)),
        waits=remembered("waits", now, lambda: waiting(desk, now)),
        work=remembered("work", now, lambda: work(desk, now)),
        health=here.services().health(),
        ahead=max(0, (period.last_day - now.date()).days),
    )


@pages.get("/matrix")
def matrix() -> str:
    desk, now, period = here.desk(), here.now(), here.period()
    seen = here.reader().remembered(("overview", period.key), now, lambda: overview(desk, period, now))
    names = [unit.name for unit in desk.office.registry.units if desk.duties[unit.name]]
    cells = {no: dict(tally.parties) for no, tally in seen.by_item.items()}
    return render_template(
        "matrix.html", period=period, seen=seen, names=names, cells=cells, registry_items=desk.office.registry.items
    )

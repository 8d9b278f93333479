"""分领域: a quarter by the notice's sections, all of it or the items of one light."""

from flask import Blueprint, abort, render_template, request
from markupsafe import Markup

from cuibao.front.console import here
from cuibao.front.console.progress import quarter_here
from cuibao.rules.period import Period
from cuibao.rules.progress import Light
from cuibao.rules.sections import sections, whole

pages = Blueprint("sections", __name__)


@pages.get("/sections")
def show() -> str:
    period, light = here.period(), _light(request.args.get("light", ""))
    main = here.reader().remembered(("sections page", period.key, light), here.now(), lambda: _main(period, light))
    return render_template("remembered.html", title=f"{period.name}分领域情况", main=main)


def _light(key: str) -> Light | None:
    """The light whose items are asked for, None for all. 404 for one that does not exist."""
    if not key:
        return None
    return next((one for one in Light if one == key), None) or abort(404)


def _main(period: Period, light: Light | None) -> Markup:
    quarter = quarter_here(period)
    page = render_template(
        "sections.html", period=period, light=light, due=quarter.due, sections=sections(quarter), whole=whole(quarter)
    )
    return Markup(page)  # noqa: S704 - what a template made

"""提醒: the letters about to leave with exact recipients and text, and an officer's word on them; every template seen with real data."""

from typing import NamedTuple

from flask import Blueprint, abort, render_template, request
from werkzeug.wrappers import Response

from cuibao.desk.context import Desk
from cuibao.desk.preview import preview, purposes
from cuibao.desk.waves import Wave, approve, hold, send_now, waves
from cuibao.front.console import here
from cuibao.front.console.mails import frame
from cuibao.front.words import stage_name
from cuibao.rules.office import Office
from cuibao.rules.outcomes import UsageError

pages = Blueprint("waves", __name__)


class Listed(NamedTuple):
    """A wave of whatever year, what it is called, and the office as its year has it."""

    wave: Wave
    name: str
    office: Office


def _waves() -> tuple[Listed, ...]:
    """Those of all years, soonest first."""
    now = here.now()

    def found() -> tuple[Listed, ...]:
        years = ((desk, wave) for desk in here.this_year().years for wave in waves(desk, now))
        listed = (Listed(wave, _name(desk, wave.period, wave.stage), desk.office) for desk, wave in years)
        return tuple(sorted(listed, key=lambda one: one.wave.due_at))

    return here.reader().remembered("waves", now, found)


def _name(desk: Desk, period: str, stage: str) -> str:
    """第四季度催报, of an older year 2020年第四季度催报."""
    quarter = desk.period(period).name_in(here.this_year().office.notice.year)
    return f"{quarter}{stage_name(desk.office, stage)}"


@pages.get("/waves")
def listed() -> str:
    return render_template("waves.html", waves=_waves())


@pages.post("/waves/<period>/<stage>")
def decide(period: str, stage: str) -> Response:
    """Approve, hold, send now, or leave units out; the code says what the officer saw."""
    desk, now, act = here.desk(), here.now(), here.field("act")
    about = _name(desk, period, stage)
    units, by, reason = tuple(request.form.getlist("unit")), here.officer(), here.reason()
    code = here.needed("code", "没有核对码", "请在提醒页面上核对后办理") if act in ("approve", "now") else ""
    if act == "approve":
        entry = approve(desk, period, stage, now, units=units, code=code, by=by, reason=reason)
        words = f"已批准{about} {len(entry.data['letters'])} 封；收件人或内容如有变化，须重新批准"
    elif act == "now":
        entry = send_now(desk, period, stage, now, units=units, code=code, by=by, reason=reason)
        words = f"{about} {len(entry.data['letters'])} 封将在办公时段内陆续发出，不等原定时间"
    elif act == "hold":
        hold(desk, period, stage, now, units=units, by=by, reason=reason)
        words = f"已暂缓{about}（{'、'.join(units) or '全部单位'}）；需要发出时请在本页批准"
    else:
        raise UsageError("没有选择如何处理", "请使用页面上的按钮")
    return here.done(words, "waves.listed")


@pages.get("/templates")
def templates() -> str:
    desk = here.desk()
    unit, purpose = _asked(desk)
    return render_template(
        "templates.html",
        period=here.period(),
        unit=unit,
        purpose=purpose,
        purposes={key: stage_name(desk.office, key) for key in purposes(desk)},
        words=preview(desk, purpose, unit, here.period(), here.now()),
        units=_units(desk),
    )


@pages.get("/templates/html")
def template_html() -> Response:
    desk = here.desk()
    unit, purpose = _asked(desk)
    return frame(preview(desk, purpose, unit, here.period(), here.now()).html)


def _asked(desk: Desk) -> tuple[str, str]:
    """The unit and the purpose asked for, else the first ones."""
    unit, purpose = request.args.get("unit", ""), request.args.get("purpose", "")
    name = here.unit_or_404(unit).name if unit else next(iter(_units(desk)), "")
    known = purposes(desk)
    if name not in _units(desk) or (purpose and purpose not in known):
        abort(404)
    return name, purpose or known[0]


def _units(desk: Desk) -> list[str]:
    return [one.name for one in desk.office.registry.units if desk.duties[one.name]]

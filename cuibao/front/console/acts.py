"""An officer's acts about a unit's report, each where it is needed, with a reason and the officer's name in the ledger."""

from flask import Blueprint, request
from werkzeug.wrappers import Response

from cuibao.desk.acts import BY_COMMAND, act, note
from cuibao.desk.figure import set_figure
from cuibao.front.console import here
from cuibao.rules.outcomes import UsageError

pages = Blueprint("acts", __name__)
NOTE = "note"
DONE = {
    "record": "已登记报送",
    "accept": "已核定",
    "return": "已退回，退回函将随后发出",
    "exempt": "已登记免报",
    "extend": "已登记延期",
    NOTE: "已记入备注",
}


@pages.post("/units/<path:name>/acts")
def write(name: str) -> Response:
    """Write one act about a unit in a quarter; what the desk refuses, the page says."""
    desk, now, command = here.desk(), here.now(), here.field("act")
    period = desk.period(here.field("period"))
    unit = here.unit_or_404(name)
    items, reason = here.items_ticked(), here.reason()
    if command == NOTE:
        note(desk, reason, now, by=here.officer(), unit=unit.name, period=period.key, items=items)
    elif command in BY_COMMAND:
        act(
            desk,
            command,
            unit.name,
            period.key,
            now,
            items=items,
            reason=reason,
            by=here.officer(),
            until=here.day_typed("until", "新的截止日期") if command == "extend" else None,
            received=here.morning(here.day_typed("received", "收到日期")) if command == "record" else None,
            undo=command == "exempt" and bool(request.form.get("undo")),
            paper=_paper() if command == "record" else None,
        )
    else:
        raise UsageError("没有选择如何办理", "请使用页面上的按钮")
    words = "已撤销免报" if command == "exempt" and request.form.get("undo") else DONE[command]
    return here.done(f"{unit.name}{period.name}：{words}", "units.unit", name=unit.name, period=period.key)


@pages.post("/items/<int:no>/figures")
def figure(no: int) -> Response:
    """Set a figure of a unit, the old one kept; then back to the item, or to the mail beside which it was done."""
    desk, now, period = here.desk(), here.now(), here.desk().period(here.field("period"))
    unit = here.unit_or_404(here.needed("unit", "没有选择填报单位", "请选择完成数是哪个单位填报的"))
    mail = here.field("mail") and here.mail_or_404(here.field("mail")).sha256
    value = here.needed("value", "没有填写完成数", "请填写本年累计完成数")
    entry = set_figure(
        desk,
        unit.name,
        period.key,
        no,
        value,
        now,
        reason=here.reason(),
        by=here.officer(),
        indicator=here.field("indicator"),
        confirmed=bool(here.field("confirmed")),
    )
    words = f"{unit.name}{period.name}：已登记第{no}项“{entry.data['indicator']}”完成数{entry.data['value']}{entry.data['measure']}"
    if mail:
        return here.done(words, "triage.show", mark=mail)
    return here.done(words, "units.item", no=no, period=period.key)


def _paper() -> tuple[str, bytes] | None:
    """The uploaded file, None where none was chosen."""
    found = request.files.get("paper")
    if found is None or not found.filename:
        return None
    return found.filename, found.read()

"""An officer's acts about a unit's report, each where it is needed, with a reason and the officer's name in the ledger."""

from flask import Blueprint, request
from werkzeug.wrappers import Response

from cuibao.desk.acts import BY_COMMAND, act, note
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


def _paper() -> tuple[str, bytes] | None:
    """The uploaded file, None where none was chosen."""
    found = request.files.get("paper")
    if found is None or not found.filename:
        return None
    return found.filename, found.read()

"""配置检查: what check and doctor say, a test mail to the office itself, and the contacts in and out as the office's Excel file."""

from collections.abc import Sequence

from flask import Blueprint, current_app, render_template, request
from werkzeug.wrappers import Response

from cuibao.front.console import here
from cuibao.front.console.mails import download
from cuibao.front.console.services import Job
from cuibao.rules.outcomes import UsageError

pages = Blueprint("checks", __name__)
_SHOWN = 100
"""So many lines about a sheet are shown."""
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pages.get("/check")
def show() -> str:
    return _page()


def _page(told: Sequence[str] = (), wrong: Sequence[str] = ()) -> str:
    services = here.services()
    return render_template(
        "check.html", checks=services.checks(), problems=services.problems(), job=_job(), told=told, wrong=wrong
    )


@pages.post("/check/mail")
def test_mail() -> Response:
    """Begin sending; the page does not wait for the server."""
    _job().start()
    return here.done("正在试发一封给本邮箱，约半分钟后刷新本页查看结果", "checks.show")


@pages.get("/contacts.xlsx")
def contacts_out() -> Response:
    return download(here.services().contacts_out(), "联系人.xlsx", _XLSX)


@pages.post("/contacts")
def contacts_in() -> tuple[str, int]:
    """Take the sheet over and show at once what came of it: a hundred lines are too many for a cookie, and the same sheet once
    more changes nothing."""
    found = request.files.get("sheet")
    if found is None or not found.filename:
        raise UsageError("没有选择文件", "请先选择填好的联系人表（.xlsx）")
    changes, problems = here.services().contacts_in(found.read(), here.officer())
    if problems:
        heading = f"联系人未导入，未作任何改动，问题 {len(problems)} 处"
        return _page(wrong=[heading, *map(str, problems[:_SHOWN])]), 400
    heading = f"联系人已更新，共 {len(changes)} 处变化" if changes else "联系人没有变化"
    return _page(told=[heading, *changes[:_SHOWN]]), 200


def _job() -> Job:
    """The one test mail of this process."""
    if "TEST_MAIL" not in current_app.config:
        current_app.config["TEST_MAIL"] = Job(here.services().test_mail)
    job: Job = current_app.config["TEST_MAIL"]
    return job

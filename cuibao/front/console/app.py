"""The officers' web page put together: its pages, its guard, its headers and its errors. What the pages show, desk and rules say."""

import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from flask import Flask, Response, g, render_template, request
from jinja2 import StrictUndefined
from werkzeug.exceptions import BadRequest, HTTPException, RequestEntityTooLarge

from cuibao.front.console import acts, checks, documents, here, ledger, mails, overview, sections, triage, units, waves
from cuibao.front.console.access import guard
from cuibao.front.console.press import Press
from cuibao.front.console.services import Reader, Services
from cuibao.front.console.show import furnish
from cuibao.rules.outcomes import BusyError, CuibaoError, LedgerError, SettledError, UsageError

LARGEST_UPLOAD = 26 * 1024 * 1024
"""Bytes of one request: a paper of 25 MB and its form."""
MOST_FIELDS = 1000
_PAGES = (overview, sections, units, triage, mails, waves, ledger, acts, documents, checks)
_UNLOCKED = frozenset({"static", "healthz", "access.login", "access.logout", "documents.one", "ledger.excel"})
"""What needs no desk, or takes the lock itself for as long as it does: hashing a password or making a file must not hold up the
pages of others."""
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_SERVER_PATH = re.compile(r"（/[^）]*）")
"""Where a file lies on the server, which says nothing to who looks at a page."""
_WORDS = {
    400: ("请求有误", "请返回上一页重试"),
    403: ("没有权限", "领导账户只能查看；需要办理的，请用经办人账户登录"),
    404: ("没有这一页", "地址可能有误，或内容已不在台账中"),
    405: ("不能这样访问", "请从页面上的按钮办理"),
    413: ("上传的文件过大", "单个文件不超过 25 MB，请压缩或拆分后再传"),
}


class Console(Flask):
    """Flask, one request at a time at the console's desk: its book is a fold that grows, and pages take milliseconds."""

    def full_dispatch_request(self) -> Response:
        if isinstance(request.routing_exception, BadRequest):
            # Without a sound name of this host no address can be made, and so no page of ours either.
            plain = Response("网址中的主机名有误，请核对后重试", 400, mimetype="text/plain")
            return self.finalize_request(plain)
        if request.endpoint in _UNLOCKED:
            return super().full_dispatch_request()
        reader: Reader = self.config["READER"]
        with reader.lock:
            return super().full_dispatch_request()

    def log_exception(self, exc_info: object) -> None:
        """Nothing: a traceback may quote a mail, and what broke has been told without it."""


def make_app(services: Services, templates: Path, *, tell: Callable[[str], None] = lambda _words: None) -> Flask:
    """The console as a WSGI application. `templates` is the folder of its pages; `tell` takes words for the log."""
    app = Console(__name__, template_folder=str(templates), static_folder="static")
    app.config.update(
        READER=Reader(services), PRESS=Press(), MAX_CONTENT_LENGTH=LARGEST_UPLOAD, MAX_FORM_PARTS=MOST_FIELDS
    )
    app.jinja_env.undefined = StrictUndefined
    furnish(app.jinja_env)
    guard(app, services.officers, services.secret, tell=tell)
    for page in _PAGES:
        app.register_blueprint(page.pages)
    app.add_url_rule("/healthz", "healthz", healthz)
    app.context_processor(_around)
    app.after_request(_with_headers)
    app.register_error_handler(CuibaoError, _refused)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _broken(tell))
    return app


def healthz() -> tuple[dict[str, str], int]:
    """Whether the page is up and the daemon ticks; says nothing else, for nobody has logged in."""
    alive = here.services().alive()
    return {"status": "ok" if alive else "stale"}, 200 if alive else 503


def _around() -> dict[str, Any]:
    """What every page has around it. Without a login that is only the office's name: such pages come out beside others, without
    the lock, and so must leave the console's desk alone."""
    reader = here.reader()
    around: dict[str, Any] = {
        "office": None,
        "now": None,
        "years": (),
        "sandbox": reader.services.sandbox,
        "waiting_counts": (0, 0),
    }
    with suppress(Exception):  # an error page about this very thing must still come out
        years = tuple(one.office for one in reader.services.desk().years)
        around |= {"office": g.desk.office if "desk" in g else years[0], "years": years, "now": here.now()}
        if g.officer:
            with reader.lock:  # which a logout that is refused does not hold yet
                around["waiting_counts"] = overview.count_waiting(reader.desk(), here.now())
    return around


def _with_headers(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if request.endpoint == "static":
        response.headers["Cache-Control"] = "max-age=3600"
    return response


def _page(status: int, title: str, words: str, remedy: str) -> tuple[str, int]:
    text = render_template(
        "refused.html",
        heading=title,
        words=words or remedy,
        remedy=remedy if words else "",
        link=here.back(),
        link_words="返回",
    )
    return text, status


def _refused(error: CuibaoError) -> tuple[str, int]:
    """Somebody asked for what cannot be, or the store cannot do it; nothing was changed."""
    if isinstance(error, SettledError):
        return _page(409, "已由他人办理", error.message, "如需更正，请在该单位的页面上另行办理")
    if isinstance(error, UsageError):
        return _page(400, "未能办理", error.message, _for_officers(error.remedy) or "请返回核对后再办理")
    titles = ((LedgerError, "台账或存档暂不能读写"), (BusyError, "请稍候"))
    title = next((words for kind, words in titles if isinstance(error, kind)), "未能办理")
    words = _SERVER_PATH.sub("", error.message)
    return _page(503, title, words, _for_officers(error.remedy) or "请告知维护人员")


def _for_officers(remedy: str) -> str:
    """The remedy, "" where it is one for the command line: officers look at pages, not at a terminal."""
    return "" if "./bot" in remedy or "--" in remedy or _SERVER_PATH.search(remedy) else remedy


def _http_error(error: HTTPException) -> tuple[str, int] | HTTPException:
    status = error.code or 500
    if status < 400:
        return error
    if isinstance(error, RequestEntityTooLarge):
        status = 413
    title, remedy = _WORDS.get(status, ("未能完成", "请稍后重试"))
    return _page(status, title, "", remedy)


def _broken(tell: Callable[[str], None]) -> Callable[[Exception], tuple[str, int]]:
    def handler(error: Exception) -> tuple[str, int]:
        # The error's own words may quote a mail, and no mail may reach the log.
        tell(f"页面 {request.endpoint} 出错：{type(error).__name__}，{_place(error)}")
        return _page(500, "程序出错", "本次操作未完成，已记入日志", "请稍后重试；多次出现时请告知维护人员")

    return handler


def _place(error: BaseException) -> str:
    """The innermost of our own lines at which it was raised."""
    frames: Iterable[Any] = _frames(error.__traceback__)
    ours = [
        f"{Path(f.tb_frame.f_code.co_filename).name}:{f.tb_lineno}"
        for f in frames
        if "cuibao" in f.tb_frame.f_code.co_filename
    ]
    return ours[-1] if ours else "?"


def _frames(traceback: Any) -> Iterable[Any]:
    while traceback is not None:
        yield traceback
        traceback = traceback.tb_next

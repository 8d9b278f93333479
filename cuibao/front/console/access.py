"""Who may see the console: the page to log in, the session and its end, and what a rank may not do."""

import math
import re
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from threading import Lock
from typing import Protocol

from flask import Blueprint, Flask, g, make_response, redirect, render_template, request, session, url_for
from flask.sessions import SecureCookieSessionInterface
from flask.wrappers import Response
from flask_wtf.csrf import CSRFError, CSRFProtect

from cuibao.front.console.slowdown import Slowdown, minutes
from cuibao.rules.officers import LONGEST_NAME, Officer, Rank, tidy

COOKIE = "cuibao"
HOUR = 60 * 60
IDLE, LONGEST = 8 * HOUR, 12 * HOUR
"""A session ends after so many seconds without a request, and after so many in any case."""
TOUCH = 60
"""A request notes that the session is in use once in so many seconds: not every answer then sets a cookie."""
LOGIN, LOGOUT = "access.login", "access.logout"
READING = ("GET", "HEAD")
_FIELDS = {"name", "mark", "since", "seen"}
"""What a session holds: whose it is, under which password, since when, and when it was last used."""
_LOCAL = re.compile(r"/(?![/\\])[^\\\x00-\x1f\x7f]{0,2000}")
"""A path of this host. Browsers take // and \\ for another host, and drop tabs and line ends before they look."""


class Officers(Protocol):
    """Those who may log in. Both raise LedgerError where that cannot be read."""

    def find(self, name: str) -> Officer | None: ...

    def check(self, name: str, password: str) -> Officer | None: ...


def guard(
    app: Flask,
    officers: Officers,
    secret: bytes,
    *,
    public: Collection[str] = ("static", "healthz"),
    clock: Callable[[], float] = time.time,
    tell: Callable[[str], None] = lambda _: None,
) -> None:
    """Close the app to all who have not logged in, but for the endpoints in `public`. g.officer is then the Officer of the
    request, None on public pages. `secret` signs sessions and forms; `clock` tells seconds since any moment that stays the same
    between two starts; `tell` is given a Chinese sentence for every login and every one refused, never with a password."""
    _keep_sessions(app, secret)
    access = _Access(officers, clock, tell)

    @app.before_request
    def demand_login() -> Response | None:
        g.officer = None
        if request.endpoint == LOGIN or request.endpoint in public:
            return None
        g.officer = access.officer()
        if g.officer is None:
            return _to_login()
        if g.officer.rank is Rank.LEADER and request.method not in READING and request.endpoint != LOGOUT:
            return _refused(403, "仅供查看", "领导账户只能查看，不能办理。", "需要办理的，请由经办人登录后处理。")
        return None

    CSRFProtect(app)  # after the login: who has none is told so, not that the page is out of date

    @app.errorhandler(CSRFError)
    def out_of_date(_: object) -> Response:
        return _refused(400, "页面已过期", "页面已过期，请返回重新提交。", "返回后请先刷新页面；本次提交未作任何改动。")

    @app.after_request
    def keep_nowhere(response: Response) -> Response:
        if request.endpoint not in public:
            # After the logout, a browser's way back shows nothing.
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    app.register_blueprint(_pages(access))


def _keep_sessions(app: Flask, secret: bytes) -> None:
    """Sessions and forms signed with `secret`, in a cookie that scripts and other sites do not get."""
    app.secret_key = secret
    app.session_interface = _Sessions()
    app.config.update(
        SESSION_COOKIE_NAME=COOKIE,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=LONGEST,  # how old a signature may be; the cookie itself goes with the browser
        WTF_CSRF_TIME_LIMIT=None,  # a form is good for as long as its session
        WTF_CSRF_SSL_STRICT=False,  # proxies and privacy settings take the Referer away; the token is what proves
    )


def safe_next(text: str) -> str | None:
    """Where to go after the login, when that is a page of this console."""
    return text if _LOCAL.fullmatch(text) else None


@dataclass
class _Access:
    """Sessions and attempts of one console."""

    officers: Officers
    clock: Callable[[], float]
    tell: Callable[[str], None]
    slowdown: Slowdown = field(default_factory=Slowdown)
    one: Lock = field(default_factory=Lock)

    def officer(self) -> Officer | None:
        """Whose session this request belongs to. One that has ended is emptied."""
        if not session.keys() >= _FIELDS:
            return None
        now, officer = self.clock(), self.officers.find(session["name"])
        # Either way round: a clock that was set back must not make a session last for ever.
        fresh = abs(now - session["seen"]) < IDLE and abs(now - session["since"]) < LONGEST
        if officer is None or officer.mark != session["mark"] or not fresh:
            session.clear()
            return None
        if abs(now - session["seen"]) >= TOUCH:
            session["seen"] = int(now)
        return officer

    def log_in(self, name: str, password: str, address: str) -> Officer | float | None:
        """Begin a new session; the Officer it is of, None for a wrong name or password, or the seconds to wait."""
        # One password is tried at a time: none slips past the count, and many at once do not eat the memory.
        with self.one:
            now = self.clock()
            if wait := self.slowdown.wait(name, address, now):
                self.tell(f"登录被拒（失败次数过多）：{self._known(name)}（{address}）")
                return wait
            officer = self.officers.check(name, password)
            if officer is None:
                self.slowdown.failed(name, address, now)
                self.tell(f"登录失败：{self._known(name)}（{address}）")
                return None
            self.slowdown.succeeded(name, address)
        # Nothing of the session before goes on, so that nobody can have prepared it.
        session.clear()
        session.update(name=officer.name, mark=officer.mark, since=int(now), seen=int(now))
        self.tell(f"已登录：{officer.name}（{address}）")
        return officer

    def _known(self, name: str) -> str:
        """The name as it may be logged: what is nobody's may be a password typed in the wrong place."""
        officer = self.officers.find(name)
        return officer.name if officer else "未登记的姓名"


class _Sessions(SecureCookieSessionInterface):
    """Signed cookies that go back over https only, when they were set over https."""

    def get_cookie_secure(self, app: Flask) -> bool:  # noqa: ARG002 - as Flask calls it
        return request.is_secure


def _pages(access: _Access) -> Blueprint:
    pages = Blueprint("access", __name__)

    @pages.route("/login", methods=["GET", "POST"])
    def login() -> Response:
        if request.method == "POST":
            return _log_in(access)
        following = request.args.get("next", "")
        return _redirect(_after(following)) if access.officer() else _form(200, following=following)

    @pages.post("/logout")
    def logout() -> Response:
        session.clear()
        return _redirect(url_for(LOGIN))

    return pages


def _log_in(access: _Access) -> Response:
    # A name cut off here is nobody's, and the memory of failures stays small.
    name = tidy(request.form.get("name", ""))[: LONGEST_NAME + 1]
    following = request.form.get("next", "")
    found = access.log_in(name, request.form.get("password", ""), request.remote_addr or "")
    if isinstance(found, Officer):
        return _redirect(_after(following))
    if found is None:
        return _form(401, "姓名或密码不正确。", name, following)
    response = _form(429, f"登录失败次数过多，请在 {minutes(found)} 分钟后再试。", name, following)
    response.headers["Retry-After"] = str(math.ceil(found))
    return response


def _to_login() -> Response:
    if request.method not in READING:
        words = "登录已失效，本次提交未作任何改动。"
        return _refused(401, "请重新登录", words, "请重新登录后再办理。", url_for(LOGIN))
    wanted = request.script_root + request.full_path.removesuffix("?")
    return make_response(redirect(url_for(LOGIN, next=wanted if wanted != _home() else None)))


def _form(status: int, error: str = "", name: str = "", following: str = "") -> Response:
    text = render_template("login.html", error=error, name=name, following=safe_next(following) or "")
    return make_response(text, status)


def _refused(status: int, title: str, words: str, remedy: str, link: str = "") -> Response:
    text = render_template("refused.html", heading=title, words=words, remedy=remedy, link=link, link_words="前往登录")
    return make_response(text, status)


def _redirect(place: str) -> Response:
    return make_response(redirect(place, 303))


def _after(following: str) -> str:
    return safe_next(following) or _home()


def _home() -> str:
    return f"{request.script_root}/"

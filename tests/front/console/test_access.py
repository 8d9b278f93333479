"""Logging in to the console, by real requests: who comes in, where to, for how long, and who may only look."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask, Response, g
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf
from jinja2 import ChoiceLoader, DictLoader, FileSystemLoader
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.test import TestResponse

from cuibao.front.console.access import guard, safe_next
from cuibao.rules.officers import Officer, Rank

TEMPLATES = Path(__file__).parents[3] / "templates" / "console"
BASE = "<!doctype html><title>{% block title %}{% endblock %}</title>{% block main %}{% endblock %}"
PASSWORD = "correct horse"
HOUR = 3600.0


class Logins:
    """Two people in memory, with one password."""

    def __init__(self) -> None:
        self.people = {
            name: Officer(name, rank, "first mark") for name, rank in (("陈某", Rank.OFFICER), ("王某", Rank.LEADER))
        }
        self.checks = 0

    def find(self, name: str) -> Officer | None:
        return self.people.get(name)

    def check(self, name: str, password: str) -> Officer | None:
        self.checks += 1
        return self.people.get(name) if password == PASSWORD else None


class House:
    """A tiny console: one page that shows who looks, one act, one page for all."""

    def __init__(self) -> None:
        self.logins, self.now, self.told = Logins(), 1_600_000_000.0, list[str]()
        self.app = Flask(__name__, static_url_path="/static", static_folder=str(Path(__file__).parent))
        self.app.jinja_loader = ChoiceLoader([DictLoader({"base.html": BASE}), FileSystemLoader(TEMPLATES)])
        self.app.wsgi_app = ProxyFix(self.app.wsgi_app, x_prefix=1)  # type: ignore[method-assign]
        guard(self.app, self.logins, b"k" * 32, clock=lambda: self.now, tell=self.told.append)
        self.app.add_url_rule("/", "home", lambda: f"{g.officer.name}，{g.officer.rank}")
        self.app.add_url_rule("/units/<name>", "unit", lambda name: name)
        self.app.add_url_rule("/act", "act", lambda: "done", methods=["POST", "PUT"])
        self.app.add_url_rule("/healthz", "healthz", lambda: f"ok {g.officer}")
        self.app.add_url_rule("/form", "form", generate_csrf)
        self.app.add_url_rule("/kept", "kept", lambda: Response("x", headers={"Cache-Control": "max-age=5"}))

    def browser(self) -> "Browser":
        return Browser(self.app.test_client())


class Browser:
    """Does what an officer's browser does: keeps the cookie and sends the token of the form it has seen."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, path: str, **settings: object) -> TestResponse:
        return self.client.get(path, **settings)  # type: ignore[arg-type]

    def token(self) -> str:
        return self.client.get("/form").text

    def post(self, path: str, form: dict[str, str] | None = None, **settings: object) -> TestResponse:
        return self.client.post(path, data={"csrf_token": self.token(), **(form or {})}, **settings)  # type: ignore[arg-type]

    def log_in(
        self, name: str = "陈某", password: str = PASSWORD, following: str = "", **settings: object
    ) -> TestResponse:
        page = self.client.get("/login", **settings)  # type: ignore[arg-type]
        match = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
        assert match is not None
        form = {"name": name, "password": password, "next": following, "csrf_token": match[1]}
        return self.client.post("/login", data=form, **settings)  # type: ignore[arg-type]


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
def browser(house: House) -> Browser:
    return house.browser()


@pytest.fixture
def inside(browser: Browser) -> Browser:
    assert browser.log_in().status_code == 303
    return browser


# ---- without a login


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/", "/login"),
        ("/units/x?period=2020Q2", "/login?next=/units/x?period%3D2020Q2"),
        ("/units/市教育局", "/login?next=/units/%E5%B8%82%E6%95%99%E8%82%B2%E5%B1%80"),
        ("/nowhere", "/login?next=/nowhere"),
    ],
)
def test_who_has_not_logged_in_is_led_to_the_login(browser: Browser, path: str, place: str) -> None:
    response = browser.get(path)
    assert (response.status_code, response.headers["Location"]) == (302, place)


def test_head_is_led_there_too(browser: Browser) -> None:
    assert browser.client.head("/").status_code == 302


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_what_is_sent_without_a_login_is_refused_with_a_way_on(browser: Browser, method: str) -> None:
    response = browser.client.open("/act", method=method)
    assert response.status_code == 401
    assert "登录已失效，本次提交未作任何改动。" in response.text
    assert 'href="/login"' in response.text


def test_static_files_and_the_health_page_are_for_all(browser: Browser) -> None:
    assert browser.get("/static/test_access.py").status_code == 200
    assert browser.get("/healthz").text == "ok None"
    assert "Cache-Control" not in browser.get("/healthz").headers


def test_the_login_page_binds_labels_and_holds_no_script(browser: Browser) -> None:
    page = browser.get("/login?next=/units/x").text
    for name, autocomplete in (("name", "username"), ("password", "current-password")):
        assert f'<label for="{name}">' in page
        assert re.search(rf'<input id="{name}" name="{name}"[^>]*autocomplete="{autocomplete}"', page)
    assert '<input type="hidden" name="next" value="/units/x">' in page
    assert not re.search(r"<script|style=|\son\w+=|role=\"alert\"", page)


# ---- logging in


def test_an_officer_comes_in(house: House, browser: Browser) -> None:
    response = browser.log_in(" 陈某 ")
    assert (response.status_code, response.headers["Location"]) == (303, "/")
    assert browser.get("/").text == "陈某，officer"
    assert house.told == ["已登录：陈某（127.0.0.1）"]


@pytest.mark.parametrize(
    ("name", "password"), [("张某", PASSWORD), ("陈某", "battery staple"), ("", ""), ("陈" * 999, "")]
)
def test_an_unknown_name_and_a_wrong_password_are_refused_alike(browser: Browser, name: str, password: str) -> None:
    response = browser.log_in(name, password)
    assert response.status_code == 401
    assert '<p class="flash wrong" role="alert" id="login-error">姓名或密码不正确。</p>' in response.text
    assert "battery" not in response.text
    assert browser.get("/").status_code == 302


def test_the_log_names_officers_only_and_never_a_password(house: House, browser: Browser) -> None:
    browser.log_in("陈某", "battery staple")
    browser.log_in("battery staple", "")
    assert house.told == ["登录失败：陈某（127.0.0.1）", "登录失败：未登记的姓名（127.0.0.1）"]


def test_what_was_typed_is_shown_as_text(browser: Browser) -> None:
    page = browser.log_in('"><b>x', "x").text
    assert "<b>" not in page


def test_who_is_inside_is_led_on_from_the_login_page(inside: Browser) -> None:
    response = inside.get("/login?next=/units/x")
    assert (response.status_code, response.headers["Location"]) == (303, "/units/x")


def test_nothing_of_the_session_before_goes_on(house: House, browser: Browser) -> None:
    browser.get("/login")
    with browser.client.session_transaction() as session:
        before = session["csrf_token"]
        session["planted"] = "x"
    browser.log_in()
    with browser.client.session_transaction() as session:
        assert set(session) == {"name", "mark", "since", "seen"}
    assert browser.get("/login").status_code == 303
    assert browser.client.post("/act", data={"csrf_token": before}).status_code == 400


# ---- where to


@pytest.mark.parametrize(
    "text",
    ["/", "/units/x", "/units/市教育局?period=2020Q2#top", "/search?next=//evil.example", "/a b"],
)
def test_a_page_of_this_console_is_gone_on_to(browser: Browser, text: str) -> None:
    assert safe_next(text) == text
    assert browser.log_in(following=text).headers["Location"].startswith("/")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "units",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/units\\x",
        "/\t/evil.example",
        "/\n/evil.example",
        "\t//evil.example",
        " //evil.example",
        "/\x00",
        "https://evil.example/",
        "https:evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "/" + "x" * 3000,
    ],
)
def test_any_other_place_is_not(browser: Browser, text: str) -> None:
    assert safe_next(text) is None
    assert browser.log_in(following=text).headers["Location"] == "/"


def test_a_failure_does_not_lose_the_way_and_takes_no_other(browser: Browser) -> None:
    assert 'name="next" value="/units/x"' in browser.log_in(password="x", following="/units/x").text
    assert "evil" not in browser.log_in(password="x", following="//evil.example").text


def test_behind_a_proxys_prefix_all_ways_keep_it(browser: Browser) -> None:
    headers = {"X-Forwarded-Prefix": "/cuibao"}
    assert browser.get("/units/x", headers=headers).headers["Location"] == "/cuibao/login?next=/cuibao/units/x"
    assert browser.get("/", headers=headers).headers["Location"] == "/cuibao/login"


# ---- the session


@pytest.mark.parametrize(("hours", "status"), [(7.99, 200), (8.01, 302)])
def test_a_session_left_alone_ends_after_eight_hours(house: House, inside: Browser, hours: float, status: int) -> None:
    house.now += hours * HOUR
    assert inside.get("/").status_code == status


@pytest.mark.parametrize(("hours", "status"), [(11.99, 200), (12.01, 302)])
def test_a_session_in_use_ends_after_twelve(house: House, inside: Browser, hours: float, status: int) -> None:
    for half_hours in range(1, 24):
        house.now = 1_600_000_000.0 + half_hours * HOUR / 2
        assert inside.get("/").status_code == 200
    house.now = 1_600_000_000.0 + hours * HOUR
    assert inside.get("/").status_code == status


def test_a_clock_that_was_set_far_back_ends_it_too(house: House, inside: Browser) -> None:
    house.now -= 24 * HOUR
    assert inside.get("/").status_code == 302


def test_another_password_ends_the_session_at_once(house: House, inside: Browser) -> None:
    house.logins.people["陈某"] = replace(house.logins.people["陈某"], mark="second mark")
    assert inside.get("/").status_code == 302
    assert inside.log_in().status_code == 303
    assert inside.get("/").status_code == 200


def test_who_was_removed_is_out_at_once_even_for_what_was_sent(house: House, inside: Browser) -> None:
    token = inside.token()
    del house.logins.people["陈某"]
    assert inside.client.post("/act", data={"csrf_token": token}).status_code == 401
    assert inside.get("/").status_code == 302


def test_a_cookie_of_another_key_or_without_all_it_needs_is_no_session(house: House, inside: Browser) -> None:
    with inside.client.session_transaction() as session:
        del session["mark"]
    assert inside.get("/").status_code == 302
    inside.log_in()
    house.app.secret_key = b"x" * 32
    assert inside.get("/").status_code == 302


def test_a_logout_ends_it(inside: Browser) -> None:
    response = inside.post("/logout")
    assert (response.status_code, response.headers["Location"]) == (303, "/login")
    assert inside.get("/").status_code == 302


def test_a_link_does_not_log_out(inside: Browser) -> None:
    assert inside.get("/logout").status_code == 405
    assert inside.get("/").status_code == 200


def test_the_cookie_is_not_set_anew_with_every_answer(house: House, inside: Browser) -> None:
    house.now += 59
    assert "Set-Cookie" not in inside.get("/").headers
    house.now += 2
    assert "Set-Cookie" in inside.get("/").headers


def test_the_cookie_is_closed_to_scripts_and_other_sites(browser: Browser) -> None:
    cookie = browser.log_in().headers["Set-Cookie"]
    assert cookie.startswith("cuibao=")
    assert {"HttpOnly", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "Secure" not in cookie
    assert "Expires" not in cookie


def test_over_https_the_cookie_goes_back_over_https_only(browser: Browser) -> None:
    cookie = browser.log_in(base_url="https://cuibao.example").headers["Set-Cookie"]
    assert "Secure" in cookie.split("; ")


def test_pages_are_not_kept_by_the_browser(inside: Browser) -> None:
    assert inside.get("/").headers["Cache-Control"] == "no-store"
    assert inside.get("/login").headers["Cache-Control"] == "no-store"
    assert inside.get("/kept").headers["Cache-Control"] == "max-age=5"


# ---- forged requests


@pytest.mark.parametrize("token", ["", "x", "IjEi.X.Y"])
def test_without_the_forms_token_nothing_is_done(house: House, inside: Browser, token: str) -> None:
    for path in ("/act", "/logout", "/login"):
        response = inside.client.post(path, data={"csrf_token": token, "name": "陈某", "password": PASSWORD})
        assert response.status_code == 400
        assert "页面已过期，请返回重新提交。" in response.text
    assert inside.get("/").status_code == 200
    assert house.logins.checks == 1


def test_a_form_is_good_for_as_long_as_the_session(inside: Browser, house: House) -> None:
    token = inside.token()
    house.now += 7 * HOUR
    assert inside.client.post("/act", data={"csrf_token": token}).text == "done"


def test_over_https_no_referer_is_needed(browser: Browser) -> None:
    assert browser.log_in(base_url="https://cuibao.example").status_code == 303


# ---- ranks


def test_an_officer_acts(inside: Browser) -> None:
    assert inside.post("/act").text == "done"


def test_a_leader_looks_and_logs_out_but_does_not_act(browser: Browser) -> None:
    browser.log_in("王某")
    assert browser.get("/").text == "王某，leader"
    response = browser.post("/act")
    assert response.status_code == 403
    assert "领导账户只能查看，不能办理。" in response.text
    assert browser.client.put("/act").status_code == 403
    assert browser.post("/logout").status_code == 303


# ---- guessing


def test_after_five_failures_one_waits_and_is_told_how_long(house: House, browser: Browser) -> None:
    for _ in range(5):
        assert browser.log_in(password="x").status_code == 401
    response = browser.log_in()
    assert (response.status_code, response.headers["Retry-After"]) == (429, "60")
    assert "登录失败次数过多，请在 1 分钟后再试。" in response.text
    assert house.logins.checks == 5
    assert house.told[-1] == "登录被拒（失败次数过多）：陈某（127.0.0.1）"
    house.now += 60
    assert browser.log_in(password="x").status_code == 401
    assert browser.log_in().headers["Retry-After"] == "120"
    house.now += 120
    assert browser.log_in().status_code == 303


def test_twenty_names_from_one_address_wait_too_and_another_address_does_not(browser: Browser) -> None:
    for number in range(20):
        assert browser.log_in(f"某{number}", "x").status_code == 401
    assert browser.log_in().status_code == 429
    assert browser.log_in(environ_base={"REMOTE_ADDR": "10.0.0.6"}).status_code == 303


def test_a_success_lets_the_failures_before_it_be_forgotten(browser: Browser) -> None:
    for _ in range(3):
        for _ in range(4):
            assert browser.log_in(password="x").status_code == 401
        assert browser.log_in().status_code == 303
        browser.post("/logout")

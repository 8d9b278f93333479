"""The example of a reverse proxy, docs/nginx.conf, as a real nginx runs it on loopback before the real page."""

import os
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from suites import lacking
from world import EDUCATION, at

from cuibao.front import website
from cuibao.front.house import ROOT, House
from cuibao.front.website import Website
from cuibao.gateways.officers import OfficerFile
from cuibao.rules.entries import Kind
from cuibao.rules.officers import Rank
from tests.system.standin_certificates import Certificates

pytestmark = pytest.mark.system
NOW = at("2020-06-29T10:00")
OFFICER, PASSWORD = "陈科员", "kan-yi-kan-2020"
DESK, HALL = "127.0.0.1", "127.0.0.2"
"""Two addresses from which people look; nginx itself asks the page from 127.0.0.1."""
AROUND = """\
daemon off;
{user}
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {example}
}}
"""


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    text: str

    @classmethod
    def of(cls, response: HTTPResponse) -> "Answer":
        return cls(response.status, dict(response.getheaders()), response.read().decode())


@dataclass
class Proxied:
    """nginx by its two ports, and the page behind it."""

    plain: int
    tls: int
    site: Website
    port: int
    house: House
    context: ssl.SSLContext
    told: list[str]


@dataclass
class Browser:
    """Somebody at an address, with one cookie."""

    proxied: Proxied
    address: str = DESK
    headers: dict[str, str] = field(default_factory=dict)
    cookie: str = ""

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> Answer:
        """Ask over https."""
        link = HTTPSConnection(
            DESK, self.proxied.tls, timeout=30, context=self.proxied.context, source_address=(self.address, 0)
        )
        try:
            link.request(method, path, body or None, {**self.headers, "Cookie": self.cookie, **headers})
            answer = Answer.of(link.getresponse())
        finally:
            link.close()
        if "Set-Cookie" in answer.headers:
            self.cookie = answer.headers["Set-Cookie"].partition(";")[0]
        return answer

    def post(self, path: str, token_from: str, form: dict[str, str]) -> Answer:
        found = self.token(token_from)
        body = urlencode({"csrf_token": found, **form}).encode()
        return self.ask("POST", path, body, **{"Content-Type": "application/x-www-form-urlencoded"})

    def upload(self, path: str, token_from: str, form: dict[str, str], size: int) -> Answer:
        """A form with a file of so many bytes."""
        parts = [
            f'--edge\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in {"csrf_token": self.token(token_from), **form}.items()
        ]
        parts.append('--edge\r\nContent-Disposition: form-data; name="paper"; filename="a.bin"\r\n\r\n')
        body = "".join(parts).encode() + bytes(size) + b"\r\n--edge--\r\n"
        return self.ask("POST", path, body, **{"Content-Type": "multipart/form-data; boundary=edge"})

    def token(self, path: str) -> str:
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.ask("GET", path).text)
        assert found is not None
        return found[1]

    def log_in(self, password: str = PASSWORD) -> Answer:
        return self.post("/login", "/login", {"name": OFFICER, "password": password})


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((DESK, 0))
        return int(probe.getsockname()[1])


def example(proxied: Proxied, folder: Path) -> str:
    """docs/nginx.conf with loopback's ports, the test's certificate and the page's port instead of its own."""
    text = (ROOT / "docs" / "nginx.conf").read_text(encoding="utf-8")
    for old, new in (
        ("listen 80;", f"listen {DESK}:{proxied.plain};"),
        ("listen 443 ssl;", f"listen {DESK}:{proxied.tls} ssl;"),
        ("/etc/ssl/cuibao/fullchain.pem", f"{folder}/good.pem"),
        ("/etc/ssl/cuibao/privkey.pem", f"{folder}/good.key"),
        ("http://127.0.0.1:8020;", f"http://127.0.0.1:{proxied.port};"),
    ):
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def wait_for(port: int, nginx: subprocess.Popen[bytes], folder: Path) -> None:
    for _ in range(200):
        if nginx.poll() is not None:
            break
        with socket.socket() as probe:
            if probe.connect_ex((DESK, port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail(f"nginx did not start: {(folder / 'error.log').read_text('utf-8', 'replace')[-800:]}")


@pytest.fixture
def proxied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxied]:
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        lacking("needs Debian's package nginx-light")
    told: list[str] = []
    monkeypatch.setattr(website.log, "info", lambda _event, words="", **_: told.append(words))
    port = free_port()
    environ = {"CUIBAO_CONSOLE_PORT": str(port)}
    house = House(ROOT / "config", tmp_path / "store", True, environ=environ, writes=True)
    OfficerFile(house.store).add(OFFICER, PASSWORD, Rank.OFFICER, NOW)
    certificates = Certificates(tmp_path)
    certificates.context("good")
    site = Website(lambda: house, lambda: NOW, lambda: None)
    assert site.open() == f"http://127.0.0.1:{port}/"
    context = ssl.create_default_context(cafile=str(certificates.authority))
    made = Proxied(free_port(), free_port(), site, port, house, context, told)
    conf = tmp_path / "nginx.conf"
    user = "user root;" if os.geteuid() == 0 else ""  # the test's folder is closed to others
    conf.write_text(AROUND.format(user=user, folder=tmp_path, example=example(made, tmp_path)), encoding="utf-8")
    nginx = subprocess.Popen(
        [str(program), "-p", str(tmp_path), "-c", str(conf)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_for(made.tls, nginx, tmp_path)
        yield made
    finally:
        nginx.terminate()
        nginx.wait(timeout=20)
        site.close()


def test_an_officer_logs_in_through_the_proxy_and_stays_on_https(proxied: Proxied) -> None:
    officer = Browser(proxied)
    first = officer.ask("GET", "/matrix")
    assert (first.status, first.headers["Location"]) == (302, "/login?next=/matrix")
    answer = officer.log_in()
    cookie = answer.headers["Set-Cookie"]
    assert answer.status == 303
    assert answer.headers["Location"].startswith("/")
    assert {"Secure", "HttpOnly", "SameSite=Lax"} <= set(cookie.split("; "))
    page = officer.ask("GET", answer.headers["Location"])
    assert (page.status, "退出" in page.text) == (200, True)
    assert page.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert "script" not in page.headers["Content-Security-Policy"]


def test_an_act_through_the_proxy_leads_back_on_https(proxied: Proxied) -> None:
    officer = Browser(proxied)
    officer.log_in()
    form = {"act": "note", "period": "2020Q2", "reason": "电话沟通"}
    answer = officer.post(f"/units/{quote(EDUCATION)}/acts", f"/units/{quote(EDUCATION)}", form)
    assert (answer.status, answer.headers["Location"][:7]) == (303, "/units/")
    assert proxied.house.ledger.entries()[-1].kind is Kind.NOTE_ADDED


def test_without_the_proxy_the_cookie_is_one_for_http(proxied: Proxied) -> None:
    """Else the word Secure above proves nothing; and what a visitor claims is believed of the proxy only."""
    link = HTTPConnection(DESK, proxied.port, timeout=30)
    link.request("GET", "/login")
    assert "Secure" not in Answer.of(link.getresponse()).headers["Set-Cookie"]
    link.close()


def test_http_is_led_to_https(proxied: Proxied) -> None:
    link = HTTPConnection(DESK, proxied.plain, timeout=30)
    link.request("GET", "/triage?x=1", headers={"Host": "cuibao.example"})
    answer = Answer.of(link.getresponse())
    link.close()
    assert (answer.status, answer.headers["Location"]) == (301, "https://cuibao.example/triage?x=1")


def test_guessing_is_counted_by_the_visitors_address_and_not_by_the_proxys(proxied: Proxied) -> None:
    guesser, officer = Browser(proxied, HALL), Browser(proxied)
    answers = [guesser.log_in("wrong").status for _ in range(6)]
    assert answers == [401] * 5 + [429]
    assert guesser.log_in().status == 429
    assert officer.log_in().status == 303
    assert f"登录失败：{OFFICER}（{HALL}）" in proxied.told
    assert f"已登录：{OFFICER}（{DESK}）" in proxied.told


def test_an_address_that_a_visitor_claims_changes_nothing(proxied: Proxied) -> None:
    answers = []
    for number in range(6):
        claimed = f"203.0.113.{number}"
        headers = {"X-Forwarded-For": claimed, "Forwarded": f"for={claimed}", "X-Real-IP": claimed}
        answers.append(Browser(proxied, HALL, headers).log_in("wrong").status)
    assert answers == [401] * 5 + [429]
    assert not any("203.0.113" in words for words in proxied.told)


def test_a_large_paper_passes_and_a_larger_one_is_refused_in_the_pages_words(proxied: Proxied) -> None:
    officer = Browser(proxied)
    officer.log_in()
    unit = f"/units/{quote(EDUCATION)}"
    form = {"act": "record", "period": "2020Q2", "reason": "纸质报送"}
    million = 1024 * 1024
    large = officer.upload(f"{unit}/acts", unit, form, 25 * million)
    assert large.status == 303
    count = len(proxied.house.ledger.entries())
    larger = officer.upload(f"{unit}/acts", unit, form, 27 * million)
    assert (larger.status, "上传的文件过大" in larger.text) == (413, True)
    assert len(proxied.house.ledger.entries()) == count


def test_while_the_daemon_is_away_the_proxy_says_so(proxied: Proxied) -> None:
    proxied.site.close()
    answer = Browser(proxied).ask("GET", "/")
    assert (answer.status, answer.headers["Content-Type"]) == (503, "text/plain; charset=utf-8")
    assert "催报后台服务没有运行" in answer.text

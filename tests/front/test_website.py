"""The officers' page opened beside the daemon: what it is handed of the house, and what comes of it."""

import re
import socket
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from world import at

from cuibao.front.console.app import make_app
from cuibao.front.house import ROOT, House
from cuibao.front.website import PAGES, Website, rehearsal_login
from cuibao.rules.entries import Entry

NOW = at("2020-06-16T10:00")


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(ROOT / "config", tmp_path / "store", True, environ={}, writes=True)


@pytest.fixture
def site(house: House) -> Iterator[Website]:
    made = Website(lambda: house, lambda: NOW, lambda: None)
    yield made
    made.close()


def token(client: FlaskClient, path: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).text)
    assert found is not None
    return found[1]


def recorded(house: House, site: Website, name: str) -> Entry:
    """What an officer enters who hands in a file of that name."""
    client = make_app(site._services(), PAGES).test_client()
    person, password = rehearsal_login(house.store, NOW)
    client.post("/login", data={"name": person, "password": password, "csrf_token": token(client, "/login")})
    unit = house.office.registry.units[0].name
    form = {
        "act": "record",
        "period": "2020Q2",
        "reason": "送来纸质件",
        "csrf_token": token(client, "/ledger"),
        "paper": (BytesIO(b"%PDF-1.4"), name),
    }
    assert client.post(f"/units/{unit}/acts", data=form).status_code == 303
    return house.ledger.entries()[-1]


@pytest.mark.parametrize(("name", "suffix"), [("二季度.PDF", ".pdf"), ("../二季度.exe", ""), ("二季度", "")])
def test_a_scan_is_kept_under_its_own_suffix_where_that_is_a_documents(
    house: House, site: Website, name: str, suffix: str
) -> None:
    entry = recorded(house, site, name)
    assert Path(entry.data["file"]).suffix == suffix
    assert (house.store / entry.data["file"]).read_bytes() == b"%PDF-1.4"


def answered(site: Website, request: str) -> str:
    """The first line that the server answers a request with, as it comes over the wire."""
    place = urlsplit(site.open())
    with socket.create_connection((str(place.hostname), place.port or 0), timeout=10) as wire:
        wire.sendall(request.encode())
        return wire.makefile("rb").readline().decode().strip()


def test_a_gigabyte_is_refused_before_it_is_sent(site: Website) -> None:
    request = "POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\nConnection: close\r\n\r\n"
    assert answered(site, request) == "HTTP/1.1 413 Request Entity Too Large"


@pytest.mark.parametrize("host", ["x" * 300, "a..b", ".", "-" * 80])
def test_a_host_that_cannot_be_is_told_without_a_page(site: Website, host: str) -> None:
    answer = make_app(site._services(), PAGES).test_client().get("/login", headers={"Host": host})
    assert (answer.status_code, answer.text) == (400, "网址中的主机名有误，请核对后重试")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"

"""The console over a real ledger, and those who look at it: an officer, a leader, a stranger."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import doubles
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse
from world import at

from cuibao.desk import receive, remind
from cuibao.desk.context import Desk
from cuibao.front.console.app import make_app
from cuibao.front.console.services import CheckLine, ProblemLine, Services
from cuibao.gateways.ledger import JsonlLedger
from cuibao.rules.entries import Entry
from cuibao.rules.officers import Officer, Rank
from cuibao.rules.outcomes import Problem

PAGES = Path(__file__).parents[1] / "templates" / "console"
PASSWORD = "correct horse"
OFFICER, SECOND, LEADER = "陈某", "周某", "王某"
NOW = at("2020-06-16T10:00")


class Logins:
    """Two officers and a leader, with one password."""

    def __init__(self) -> None:
        ranks = {OFFICER: Rank.OFFICER, SECOND: Rank.OFFICER, LEADER: Rank.LEADER}
        self.people = {name: Officer(name, rank, "mark") for name, rank in ranks.items()}

    def find(self, name: str) -> Officer | None:
        return self.people.get(name)

    def check(self, name: str, password: str) -> Officer | None:
        return self.people.get(name) if password == PASSWORD else None


@dataclass
class Browser:
    """What a person at a browser does: keeps the cookie, and sends the token of the page that was seen."""

    client: FlaskClient
    token: str = ""

    def get(self, path: str, **settings: Any) -> TestResponse:
        return self.client.get(path, **settings)

    def post(self, path: str, form: dict[str, Any] | None = None, **settings: Any) -> TestResponse:
        return self.client.post(path, data={"csrf_token": self.token, **(form or {})}, **settings)

    def log_in(self, name: str) -> "Browser":
        self._take_token("/login")
        answer = self.post("/login", {"name": name, "password": PASSWORD})
        assert answer.status_code == 303
        self._take_token("/ledger")
        return self

    def _take_token(self, path: str) -> None:
        match = re.search(r'name="csrf_token" value="([^"]+)"', self.get(path).text)
        assert match is not None
        self.token = match[1]


@dataclass
class House:
    """A small office with its page. What the page is handed can be exchanged by a test."""

    folder: Path
    now: datetime = NOW
    post: doubles.Post = field(default_factory=doubles.Post)
    told: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)
    alive: bool = True
    sheets: list[tuple[bytes, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.desk = doubles.desk(self.post, JsonlLedger(self.folder / "2020.jsonl", mode="office"))
        self.test_mail = lambda: "试发成功"
        self.font: Callable[[], bytes] | None = None
        services = Services(
            desk=lambda: self.desk,
            now=lambda: self.now,
            officers=Logins(),
            secret=b"k" * 32,
            sandbox=False,
            health=lambda: None,
            alive=lambda: self.alive,
            checks=lambda: [CheckLine("磁盘", "ok", "余量充足", "")],
            problems=lambda: [ProblemLine("待答复", "config/units.yaml", "", "市大病保险成员单位尚未列明", "请列明")],
            verify=lambda: self.problems,
            contacts_out=lambda: b"PK",
            contacts_in=self._contacts_in,
            test_mail=lambda: self.test_mail(),
            font=lambda: self.font,
        )
        self.app: Flask = make_app(services, PAGES, tell=self.told.append)

    def _contacts_in(self, sheet: bytes, by: str) -> tuple[list[str], list[Problem]]:
        self.sheets.append((sheet, by))
        return self.changes, self.problems

    def visitor(self) -> Browser:
        return Browser(self.app.test_client())

    def officer(self, name: str = OFFICER) -> Browser:
        return self.visitor().log_in(name)

    def leader(self) -> Browser:
        return self.visitor().log_in(LEADER)

    def renewed(self, desk: Desk) -> None:
        """The configuration was taken over anew."""
        self.desk = desk

    # ---- what has happened

    def remind(self) -> None:
        """The first letters of the quarter are written."""
        remind.write(self.desk, at("2020-06-15T09:00"))

    def comes(self, raw: bytes) -> str:
        """A mail comes in; its sha256."""
        self.post.arrive(raw, self.now)
        (found,) = receive.poll(self.desk, self.now)
        return found.sha256

    def question(self, number: str = "1", subject: str = "市教育局询问", text: str = "请问怎么填？") -> str:
        """A mail that a person must decide comes in."""
        return self.comes(doubles.mail("jyj@edu.example", subject, text, number=number))

    # ---- what the ledger holds

    def entries(self, kind: str = "") -> list[Entry]:
        return [entry for entry in self.desk.ledger.entries() if entry.kind.startswith(kind)]

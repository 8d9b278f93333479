"""The officers' web page in requests a second, beside a bare Flask page that renders a Jinja template of the same size: over waitress
on loopback, by one browser that has logged in and keeps its connection. Also a page right after the ledger has grown, and what the
page's own book takes of memory.

A page is remembered: what was reckoned, until the ledger, the configuration or the minute is another. "warm" is that page asked for
again; "grown" is the first one after an entry was added, with everything reckoned anew; the first one of a process also reads the
ledger and folds it."""

import gc
import http.client
import logging
import multiprocessing
import re
import socket
import statistics
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from _desk import ROOT, desk, many_units
from flask import Flask, render_template
from waitress.server import create_server
from world import at, letter, note

from cuibao.desk.context import Desk
from cuibao.desk.search import Index, Wanted
from cuibao.front.console.app import make_app
from cuibao.front.console.services import Services
from cuibao.front.house import NoServers
from cuibao.front.website import THREADS
from cuibao.front.words import summary
from cuibao.gateways.ledger import JsonlLedger
from cuibao.gateways.officers import OfficerFile
from cuibao.rules.entries import Draft, Kind
from cuibao.rules.office import Office
from cuibao.rules.officers import Rank
from cuibao.rules.period import Period

NAME, PASSWORD = "陈某", "correct horse battery"
NOW = at("2020-07-03T10:00")
"""Between 逾期催报 and the end of its letters: half of the units have reported, the other half has been written to three times."""
LEDGER_LINES = 50_000
SECONDS = 3.0
ROUNDS = 3
COLD = 15


class Page(NamedTuple):
    """A page of the console and the table on it, as the bare page shows it again."""

    title: str
    path: str


class Speed(NamedTuple):
    """Requests a second of the remembered page, and milliseconds of one that is not."""

    warm: float
    grown: float


def owing(count: int) -> Office:
    """The office of so many units in which every one answers for some item."""
    base = many_units(count)
    names = [unit.name for unit in base.registry.units]
    items = tuple(replace(item, cooperating=tuple(names[item.no % 52 :: 52])) for item in base.registry.items)
    return replace(base, registry=replace(base.registry, items=items))


def filled(here: Desk, entries: int = 0) -> None:
    """Three letters to every unit and a report by every second one; then as many more of them as `entries` asks for."""
    names = [unit.name for unit in here.office.registry.units]
    drafts = list(a_quarter(names, here.office.periods[0]))
    number = 0
    while len(drafts) < entries:
        number += 1
        drafts += a_quarter(names, here.office.periods[0], str(number))
    here.ledger.append(drafts[: entries or None])


def a_quarter(names: list[str], period: Period, occasion: str = "") -> Iterator[Draft]:
    stages = (("first", "2020-06-15"), ("urge", "2020-06-28"), ("overdue", "2020-07-01"))
    for place, name in enumerate(names):
        reports = place % 2 == 0
        for stage, day in stages[: 2 if reports else 3]:
            one = note(name, stage, period, occasion, (f"u{place}@x.example",))
            yield letter(Kind.LETTER_INTENDED, one, f"{day}T09:00")
            yield letter(Kind.LETTER_SENT, one, f"{day}T09:05", reply="250 Mail OK queued as smtp8")
        if reports:
            data = {
                "message_id": f"<{place}.{occasion}@x.example>",
                "from": f"u{place}@x.example",
                "subject": "报送二季度完成情况",
            }
            yield Draft(Kind.SUBMISSION_RECEIVED, at("2020-06-29T15:00"), period.key, name, data=data)


def console(here: Desk, store: Path, now: Callable[[], datetime]) -> Flask:
    """The console as the daemon opens it, its services beyond the desk left out: no page measured here asks for them."""
    nothing: Any = lambda *_: ()  # noqa: E731
    services = Services(
        desk=lambda: here, now=now, officers=OfficerFile(store), secret=b"k" * 32, sandbox=False, health=lambda: None,
        alive=lambda: True, checks=nothing, problems=nothing, verify=nothing, contacts_out=nothing, contacts_in=nothing,
        test_mail=nothing, font=nothing,
    )  # fmt: skip
    return make_app(services, ROOT / "templates" / "console")


BARE = """<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><title>{{ title }}</title></head><body><table>
<tr>{% for one in heads %}<th>{{ one }}</th>{% endfor %}</tr>
{% for row in rows %}<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>
{% endfor %}</table><p>{{ rest }}</p></body></html>"""


def bare(folder: Path, page: bytes) -> Flask:
    """A page of as many bytes from plain data: a table with as many rows and cells, the text of each cell filled up evenly."""
    text = page.decode()
    rows = [re.findall(r"<t[dh][ >]", row) for row in re.findall(r"<tr>.*?</tr>", text, re.DOTALL)]
    app = Flask("bare", template_folder=str(folder))
    (folder / "bare.html").write_text(BARE, encoding="utf-8")
    width = max(map(len, rows))

    def shown(length: int, rest: str = "") -> str:
        data = [["表" * (length // 3)] * len(row) for row in rows[1:]]
        return render_template("bare.html", title="总览", heads=["列"] * width, rows=data, rest=rest)

    with app.app_context():
        empty = len(shown(0).encode())
        cells = sum(map(len, rows[1:]))
        length = max(0, (len(page) - empty) // max(cells, 1))
        missing = max(0, len(page) - len(shown(length).encode()))
        rest = "字" * (missing // 3) + "x" * (missing % 3)
    app.add_url_rule("/", "bare", lambda: shown(length, rest))
    return app


class Served:
    """An app in a process of its own, as the daemon's is: the one who asks takes none of its time."""

    def __init__(self, make: Callable[[], Flask]) -> None:
        listener = socket.create_server(("127.0.0.1", 0))
        self._process = multiprocessing.get_context("fork").Process(target=_serve, args=(make, listener), daemon=True)
        self._process.start()
        self._line = http.client.HTTPConnection("127.0.0.1", listener.getsockname()[1], timeout=120)
        listener.close()
        self._cookie = ""

    def ask(self, path: str, form: dict[str, str] | None = None) -> bytes:
        headers = {"Cookie": self._cookie} if self._cookie else {}
        if form is None:
            self._line.request("GET", path, headers=headers)
        else:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            self._line.request("POST", path, urlencode(form), headers)
        answer = self._line.getresponse()
        body = answer.read()
        assert answer.status in (200, 303), (path, answer.status)
        if cookie := answer.getheader("Set-Cookie"):
            self._cookie = cookie.partition(";")[0]
        return body

    def log_in(self) -> "Served":
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.ask("/login").decode())
        assert token
        self.ask("/login", {"csrf_token": token[1], "name": NAME, "password": PASSWORD})
        return self

    def close(self) -> None:
        self._line.close()
        self._process.kill()
        self._process.join()


def _serve(make: Callable[[], Flask], listener: socket.socket) -> None:
    logging.getLogger("waitress").setLevel(logging.ERROR)  # as the product has it
    create_server(make(), sockets=[listener], threads=THREADS, ident="").run()


def a_second(served: Served, path: str) -> float:
    """Requests a second, for some seconds."""
    served.ask(path)
    count, begun = 0, time.perf_counter()
    while (spent := time.perf_counter() - begun) < SECONDS:
        served.ask(path)
        count += 1
    return count / spent


def grown_ms(served: Served, ledger: JsonlLedger, path: str) -> float:
    """Milliseconds of a page that is asked for right after another process has added an entry."""
    times = []
    for _ in range(COLD):
        ledger.append([Draft(Kind.NOTE_ADDED, NOW, data={"reason": "备注"})])
        begun = time.perf_counter()
        served.ask(path)
        times.append(time.perf_counter() - begun)
    return statistics.median(times) * 1000


def first_ms(served: Served, path: str) -> tuple[float, bytes]:
    begun = time.perf_counter()
    body = served.ask(path)
    return (time.perf_counter() - begun) * 1000, body


def measure(folder: Path, units: int, entries: int, pages: list[Page]) -> dict[str, Speed]:
    """Each page warm beside a bare one of its size, turn about, then grown; returns how many were answered a second."""
    store = folder / f"{units}-{entries}"
    store.mkdir()
    OfficerFile(store).add(NAME, PASSWORD, Rank.OFFICER, NOW)
    filled(desk(store, owing(units), NoServers()), entries)
    other = JsonlLedger(store / "2020.jsonl", mode="office")
    served = Served(lambda: console(desk(store, owing(units), NoServers()), store, lambda: NOW)).log_in()
    found = {}
    for page in pages:
        first, body = first_ms(served, page.path)
        beside = Served(lambda: bare(store, body))  # noqa: B023 - forked at once
        pairs = [(a_second(served, page.path), a_second(beside, "/")) for _ in range(ROUNDS)]
        size = len(beside.ask("/"))
        assert abs(size - len(body)) < 10, (size, len(body))
        beside.close()
        ours, plain = (statistics.median(column) for column in zip(*pairs, strict=True))
        grown = grown_ms(served, other, page.path)
        found[page.title] = Speed(ours, grown)
        print(
            f"{page.title}, {len(body) / 1024:.0f} KB: {ours:.0f}/s, bare page {plain:.0f}/s, ratio {ours / plain:.2f}; "
            f"when the ledger has just grown {grown:.1f} ms, {grown * plain / 1000:.0f} bare pages; the first one of the process {first:.0f} ms",
            flush=True,
        )
    served.close()
    return found


def own_book(folder: Path, units: int, entries: int) -> None:
    """What the console's desk adds to a daemon that has read the same ledger and has a book of its own."""
    store = folder / f"{units}-{entries}"
    given = desk(store, owing(units), NoServers())
    given.book()
    size = (store / "2020.jsonl").stat().st_size
    own, index = replace(given), Index(summary)
    tracemalloc.start()
    own.book()
    book = _held()
    index.search(own, Wanted(unit="第3单位"))
    columns = _held() - book
    index.search(own, Wanted(words="二季度"))
    words = _held() - book - columns
    tracemalloc.stop()
    print(
        f"the page's own memory at {entries:,} entries, beside a ledger of {size / 1e6:.0f} MB that it shares with the daemon: "
        f"book {book / 1e6:.0f} MB, index {columns / 1e6:.0f} MB, words {words / 1e6:.0f} MB once they are searched"
    )


def _held() -> int:
    gc.collect()
    return tracemalloc.get_traced_memory()[0]


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="cuibao-console-") as name:
        folder = Path(name)
        few = measure(folder, 40, 0, [Page("overview, 40 units", "/?period=2020Q2")])
        many = measure(folder, 400, 0, [Page("overview, 400 units", "/?period=2020Q2")])
        (forty,), (hundreds,) = few.values(), many.values()
        print(
            f"overview, time at 400 units beside that at 40: {forty.warm / hundreds.warm:.1f} times remembered, "
            f"{hundreds.grown / forty.grown:.1f} times when the ledger has just grown (promise: at most 10)"
        )
        unit = quote("第3单位")
        lines = f"{LEDGER_LINES:,} entries"
        measure(
            folder,
            40,
            LEDGER_LINES,
            [
                Page(f"ledger, {lines}", "/ledger"),
                Page(f"ledger, {lines}, one unit", f"/ledger?unit={unit}"),
                Page(f"ledger, {lines}, by words", f"/ledger?q={quote('二季度')}"),
            ],
        )
        own_book(folder, 40, LEDGER_LINES)


if __name__ == "__main__":
    main()

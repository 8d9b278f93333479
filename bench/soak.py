"""The daemon for 1,000 simulated days against the stand-in for 163 with faults drawn at random and units that answer: memory, threads,
descriptors and log, month by month.

    python bench/soak.py [minutes=20]

The daemon is a process of its own, with its house, log, heartbeat and daily backups as `run` has them, and a clock so fast that the days
fit into the minutes; an hour of its time passes between two ticks. `soak.py daemon …` is how it is started."""

import json
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from doubles import mail, parsed
from world import OFF, WORKED, at, office

from cuibao.front.daemon import Daemon, stop_on_signals
from cuibao.front.herald import Herald
from cuibao.front.house import House
from cuibao.front.housekeeping import Housekeeper
from cuibao.gateways import log
from cuibao.gateways.account import Account, ServerAddress
from cuibao.gateways.backup import daily_backup
from cuibao.gateways.ledger import JsonlLedger
from cuibao.gateways.servers import RealMailServers
from cuibao.gateways.verify import verify_store
from cuibao.rules.book import Book
from cuibao.rules.office import Alarms, Office
from cuibao.rules.period import Period
from cuibao.rules.workdays import OfficeHours, Workdays
from tests.system.mailhost import MailHost, running_mailhost
from tests.system.standin import Standin
from tests.system.standin_wire import ALWAYS, FaultyServer
from tests.system.tick_process import LEDGER, Job, Town, office_of

DAYS = 1000
BEGIN = at("2020-06-01T00:00")
UNITS = ("市教育局", "市医保局", "市财政局", "市水务局", "市林业局", "市体育局")
MONTH = timedelta(days=365.25 / 12)
TIMEOUT = 1.0
"""Seconds that the daemon waits for a server: most of one of its days."""
PATIENCE = 3 * 24 * 60
"""Minutes of its time until a server's silence is an alarm: three times as long as one answer may be waited for, as in an office."""
WARM_UP = 2
"""Months that the slope leaves out: everything is imported and compiled then."""
AS_BOT = {"MALLOC_MMAP_THRESHOLD_": "65536", "MALLOC_TRIM_THRESHOLD_": "131072", "MALLOC_ARENA_MAX": "1"}
"""What `bot` sets for its process."""
QUARTERS = {3: ("Q1", "第一季度", 31), 6: ("Q2", "第二季度", 30), 9: ("Q3", "第三季度", 30), 12: ("Q4", "第四季度", 30)}


@dataclass(frozen=True)
class Clock:
    """Simulated time, the same in both processes: `begun` is the machine's monotonic time at BEGIN."""

    begun: float
    speed: float

    def now(self) -> datetime:
        return BEGIN + timedelta(seconds=(time.monotonic() - self.begun) * self.speed)

    def pause(self, stop: threading.Event) -> Callable[[float], datetime | None]:
        return lambda seconds: None if stop.wait(seconds / self.speed) else self.now()


def long_office(job: Job, digest_to: str) -> Office:
    """The small office, with quarters over three years and a digest each morning."""
    base = office_of(job)
    days = Workdays(OFF, WORKED, frozenset(range(2020, 2025)))
    periods = tuple(
        Period(f"{year}{key}", f"{year}年{name}", date(year, month, day))
        for year in (2020, 2021, 2022)
        for month, (key, name, day) in QUARTERS.items()
        if (year, month) > (2020, 3)
    )
    hours = OfficeHours(base.hours.windows, days)
    return replace(base, periods=periods, hours=hours, digest_to=(digest_to,), alarms=Alarms(PATIENCE))


# ---- the daemon


def be_daemon(given: str) -> None:
    """Run the daemon until SIGTERM."""
    doc = json.loads(given)
    job, clock = Job(**doc["job"]), Clock(**doc["clock"])
    stop = threading.Event()
    stop_on_signals(stop)
    house_office = long_office(job, doc["digest_to"])
    smtp, imap = (ServerAddress("127.0.0.1", port, "none") for port in (job.smtp, job.imap))
    account = Account(job.mailbox, job.password, job.mailbox, smtp, imap, None, TIMEOUT)
    store = Path(job.store)
    house = House(store.parent / "config", store, False, environ={}, writes=True)
    house.__dict__["_loaded"] = (house_office, ())  # in place of the files in config/
    house.servers = servers = RealMailServers(account)
    house.herald = Herald(house_office, house.mail_env, clock.now)
    log.to_file(store / "log" / "cuibao.log")
    keeper = Housekeeper(lambda: house, clock.now())
    pause = keeper.breathing(clock.pause(stop), clock.now)
    Daemon(house.desk, clock.now, pause, stop, seconds=3600 / clock.speed, beat=keeper.after).run()
    servers.close()


# ---- its world


@dataclass
class World:
    """What goes on around the daemon: units answer, spam comes, servers fail."""

    town: Town
    clock: Clock
    rng: random.Random
    heard: int = 0
    answers: list[tuple[datetime, bytes]] = field(default_factory=list)
    came: list[str] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)
    mends_at: datetime = BEGIN

    def __post_init__(self) -> None:
        imap, smtp, draw = self.town.standin.imap, self.town.standin.smtp, self.rng
        self._imap: dict[str, Callable[[], object]] = {
            "imap drops": lambda: imap.drop_at(draw.choice(("EXAMINE", "SEARCH"))),
            "imap drops at a mail": lambda: imap.drop_at("FETCH"),
            "imap drops in a literal": imap.drop_in_literal,
            "imap drops after some bytes": lambda: (imap.drop_after(draw.randint(0, 2000)), imap.hang_up()),
            "imap says BAD": lambda: imap.answer_at(draw.choice(("SEARCH", "EXAMINE")), "{tag} BAD internal error"),
            "imap is silent": lambda: imap.silent_at("EXAMINE"),
            "imap gives no body": lambda: imap.withhold_body(times=1),
            "imap refuses the login": lambda: (imap.answer_at("LOGIN", "{tag} NO LOGIN Login error"), imap.hang_up()),
            "imap drops at login": lambda: (imap.drop_at(draw.choice(("LOGIN", "LIST"))), imap.hang_up()),
            "imap is down": lambda: (imap.answer_at("connect", "* BYE too many connections", times=9), imap.hang_up()),
            "imap is down for days": lambda: self._down_for_days(imap),
            "imap hangs up": imap.hang_up,
            "imap is slow": lambda: setattr(imap, "latency", 0.005),
            "imap is quick": lambda: setattr(imap, "latency", 0.0),
        }
        tags = ("451 DT:SPM", "421 HL:ICC", "450 RP:DRC", "451 RP:QRC", "450 MI:SFQ", "550 MI:STC", "421 HL:IFC")
        self._smtp: dict[str, Callable[[], object]] = {
            "smtp drops": lambda: smtp.drop_at(draw.choice(("EHLO", "AUTH", "MAIL", "RCPT", "DATA", "."))),
            "smtp tag": lambda: smtp.answer_at(draw.choice((".", "MAIL", "RCPT")), f"{draw.choice(tags)} 163 smtp5"),
            "smtp loses a reply": smtp.lose_reply,
            "smtp cuts a letter": lambda: smtp.cut_in_data(draw.randint(1, 4000)),
            "smtp is silent": lambda: smtp.silent_at("."),
            "smtp refuses the login": lambda: smtp.answer_at("AUTH", "535 Error: authentication failed"),
            "smtp is down for days": lambda: self._down_for_days(smtp),
            "smtp hangs up": smtp.hang_up,
        }

    def turn(self) -> None:
        """Let happen what is to happen by now."""
        now = self.town.standin.now = self.clock.now()
        self._hear(now)
        for moment, raw in [answer for answer in self.answers if answer[0] <= now]:
            self.answers.remove((moment, raw))
            self._arrive(raw, moment)
        if now >= self.mends_at:
            self._mend()
        if self.rng.random() < 0.01:
            self._arrive(mail("fapiao@ads.example", "优惠", "代开发票。", number=str(len(self.came))), now)
        if self.rng.random() < 0.03:
            self._fail()

    def _hear(self, now: datetime) -> None:
        """Two units of three answer a letter within days, with a report or only with thanks."""
        fresh = self.town.standin.smtp.accepted[self.heard :]
        self.heard += len(fresh)
        for letter in fresh:
            subject = str(parsed(letter.raw)["Subject"])
            if letter.recipients[0] not in self.town.names or "回执" in subject or self.rng.random() < 0.33:
                continue
            text, pdf = self.rng.choice(
                (("请查收附件。", "完成情况.pdf"), ("请查收附件。", "表.pdf"), ("收到，谢谢。", ""))
            )
            number = f"{len(self.came)}-{self.heard}"
            raw = mail(letter.recipients[0], f"Re: {subject}", text, answering=letter.raw, pdf=pdf, number=number)
            self.answers.append((now + timedelta(hours=self.rng.uniform(1, 60)), raw))

    def _arrive(self, raw: bytes, when: datetime) -> None:
        self.town.arrives(raw, when)
        self.came.append(str(parsed(raw)["Message-ID"]))

    def _fail(self) -> None:
        server, faults = self.rng.choice(((self.town.standin.imap, self._imap), (self.town.standin.smtp, self._smtp)))
        if sum(fault.times > 0 for fault in server._faults) < 2:  # what is asked for waits until it happens
            kind = self.rng.choice(sorted(faults))
            faults[kind]()
            self.faults[kind] += 1

    def _down_for_days(self, server: FaultyServer) -> None:
        self.mends_at = self.clock.now() + timedelta(days=self.rng.uniform(1, 6))
        server.answer_at("connect", "* BYE 421 down for maintenance", times=ALWAYS)
        server.hang_up()

    def _mend(self) -> None:
        for server in (self.town.standin.imap, self.town.standin.smtp):
            for fault in server._faults:
                if fault.point == "CONNECT":
                    fault.times = 0

    def heal(self) -> None:
        """No more faults, also of those that wait."""
        for server in (self.town.standin.imap, self.town.standin.smtp):
            server._faults.clear()
            server._drop_after.clear()
            server.latency = 0.0


# ---- what is seen of it


@dataclass(frozen=True)
class Sample:
    """A process at a moment: megabytes resident, threads, descriptors, bytes of log ever written, lines of the ledger."""

    rss: float
    threads: int
    descriptors: int
    log: int
    ledger: int


def sample(pid: int, store: Path) -> Sample:
    status = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    descriptors = len(list(Path(f"/proc/{pid}/fd").iterdir()))
    written = sum(path.stat().st_size for path in (store / "log").glob("*"))
    ledger = store / LEDGER
    lines = ledger.read_bytes().count(b"\n") if ledger.exists() else 0
    return Sample(int(status["VmRSS"].split()[0]) / 1024, int(status["Threads"]), descriptors, written, lines)


def months(samples: list[tuple[datetime, Sample]]) -> list[Sample]:
    """A sample a month: the median of memory, the most of threads and descriptors, the log and ledger at its end."""
    groups: dict[int, list[Sample]] = {}
    for moment, one in samples:
        groups.setdefault(int((moment - BEGIN) / MONTH), []).append(one)
    return [
        Sample(
            statistics.median(one.rss for one in group),
            max(one.threads for one in group),
            max(one.descriptors for one in group),
            group[-1].log,
            group[-1].ledger,
        )
        for _, group in sorted(groups.items())
    ]


def slope(values: list[float]) -> float:
    """A month's growth, by least squares, the warm-up left out."""
    kept = values[WARM_UP:]
    return statistics.linear_regression(range(len(kept)), kept).slope if len(kept) > 1 else 0.0


def row(name: str, values: list[float]) -> str:
    middle = statistics.median(values)
    return f"  {name:<28} {values[0]:>10.1f} {middle:>10.1f} {values[-1]:>10.1f} {slope(values):>+14.3f}"


def tell(found: list[Sample], store: Path) -> None:
    grown = [later.log - earlier.log for earlier, later in pairwise(found)]
    lines = [later.ledger - earlier.ledger for earlier, later in pairwise(found)]
    print(f"  {'':<28} {'first':>10} {'median':>10} {'last':>10} {'slope a month':>14}")
    print(row("memory, MB", [one.rss for one in found]))
    print(row("threads, most", [float(one.threads) for one in found]))
    print(row("descriptors, most", [float(one.descriptors) for one in found]))
    print(row("log, KB written in a month", [number / 1024 for number in grown]))
    print(row("ledger, lines in a month", [float(number) for number in lines]))
    weighed = subprocess.run(
        [sys.executable, __file__, "weigh", str(store)], check=True, capture_output=True, text=True
    )
    print(f"  the ledger's {found[-1].ledger:,} lines alone take {weighed.stdout.strip()} in a fresh process")


def weigh(store: Path) -> None:
    """How many megabytes a fresh process takes for the ledger and its book, and then for a backup: the daemon needs as many."""
    JsonlLedger(store / "none.jsonl", mode="office").entries()  # what reading itself needs
    before = sample(os.getpid(), store).rss
    ledger, book = JsonlLedger(store / LEDGER, mode="office"), Book(office().notice.number)
    book.apply(ledger.entries())
    read = sample(os.getpid(), store).rss
    daily_backup(store, store, BEGIN + timedelta(days=2 * DAYS))
    print(f"{read - before:.1f} MB, and its backup {sample(os.getpid(), store).rss - read:.1f} MB")


def broken_promises(world: World, store: Path) -> str:
    """What the year left, held against the promises."""
    town = world.town
    copies = Counter((recipient, str(parsed(raw)["Message-ID"])) for recipient, raw in town.accepted())
    kept = Counter(entry["data"]["message_id"] for entry in town.entries("mail.kept"))
    counted = Counter(entry["data"]["sha256"] for entry in town.entries("submission.received"))
    twice = sum(number - 1 for number in copies.values())
    again = sum(number - 1 for number in [*kept.values(), *counted.values()])
    lost = len(set(world.came) - set(kept))
    wrong = len(verify_store(store / LEDGER, store))
    return (
        f"  letters {len(copies)}, sent twice {twice}; mails {len(world.came)}, lost {lost}, counted twice {again}; "
        f"reports {len(counted)}; ledger {len(town.entries())} lines, problems {wrong}"
    )


# ---- together


def soak(host: MailHost, folder: Path, minutes: float) -> None:
    standin, store = Standin(host, folder), folder / "store"
    (folder / "config").mkdir()
    store.mkdir()
    town = Town(standin, store, "soak", UNITS)
    clock = Clock(time.monotonic() + 2, DAYS * 86400 / (minutes * 60))
    time.sleep(2)  # Postfix waits after its list of mailboxes has changed
    world = World(town, clock, random.Random(20200601))  # noqa: S311 - a play
    given = {"job": asdict(town.job()), "clock": asdict(clock), "digest_to": host.account("zhuren").address}
    command = [sys.executable, __file__, "daemon", json.dumps(given, ensure_ascii=False)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, env={**os.environ, **AS_BOT})
    try:
        samples = _watched(process, world, store)
        process.send_signal(signal.SIGTERM)
        ended = process.wait(20)
    finally:
        process.kill()
        process.wait()
        standin.stop()
    days = (clock.now() - BEGIN).days
    print(f"{days} simulated days in {minutes:g} minutes, {sum(world.faults.values())} faults,", end=" ")
    print(f"{standin.imap.connections} IMAP and {standin.smtp.connections} SMTP connections,", end=" ")
    print(f"{standin.imap.commands.count('EXAMINE')} folders opened; the daemon ended with {ended}")
    tell(months(samples), store)
    print(broken_promises(world, store))
    print("  faults:", ", ".join(f"{kind} {number}" for kind, number in sorted(world.faults.items())))


def _watched(process: "subprocess.Popen[bytes]", world: World, store: Path) -> list[tuple[datetime, Sample]]:
    """Let the world turn until its days are over, and look at the daemon once a second."""
    samples: list[tuple[datetime, Sample]] = []
    looked = time.monotonic()
    calm_from = BEGIN + timedelta(days=DAYS - 10)
    while (now := world.clock.now()) < BEGIN + timedelta(days=DAYS):
        assert process.poll() is None, f"the daemon ended with {process.returncode}"
        if now < calm_from:
            world.turn()
        else:
            world.heal()  # what is under way ends before the last look
        if time.monotonic() - looked >= 1:
            looked = time.monotonic()
            samples.append((now, sample(process.pid, store)))
        time.sleep(0.04)
    return samples


def main() -> None:
    if sys.argv[1:2] == ["daemon"]:
        be_daemon(sys.argv[2])
        return
    if sys.argv[1:2] == ["weigh"]:
        weigh(Path(sys.argv[2]))
        return
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 20.0
    host = running_mailhost()
    try:
        with tempfile.TemporaryDirectory(prefix="cuibao-soak-") as folder:
            soak(host, Path(folder), minutes)
    finally:
        host.stop()


if __name__ == "__main__":
    main()

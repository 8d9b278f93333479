"""The daemon for 1,000 simulated days against the stand-in for 163 with faults drawn at random and units that answer: memory, threads,
descriptors and log, month by month, and the promises.

    python bench/soak.py [minutes=20] [seed=20200601]"""

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from _soak_daemon import BEGIN, Clock
from _soak_figures import Sample, months, sample, table
from doubles import mail, parsed
from world import office

from cuibao.gateways.backup import daily_backup
from cuibao.gateways.ledger import JsonlLedger
from cuibao.gateways.verify import verify_store
from cuibao.rules.book import Book
from tests.system.mailhost import MailHost, running_mailhost
from tests.system.standin import Standin
from tests.system.standin_wire import ALWAYS, FaultyServer
from tests.system.tick_process import LEDGER, Town

DAYS = 1000
CALM_DAYS = 10
"""The last days are without faults, so that what is under way ends."""
LAST_POLLS = 60.0
"""Seconds after the last day until a mail that is not in the ledger is lost: a loaded machine makes the days short."""
SEED = 20200601
UNITS = ("市教育局", "市医保局", "市财政局", "市水务局", "市林业局", "市体育局")
AS_BOT = {"MALLOC_MMAP_THRESHOLD_": "65536", "MALLOC_TRIM_THRESHOLD_": "131072", "MALLOC_ARENA_MAX": "1"}
"""What `bot` sets for its process."""
DAEMON = Path(__file__).with_name("_soak_daemon.py")


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


def weighed(store: Path) -> str:
    """What the ledger and its backup take in a fresh process: the daemon needs as much."""
    command = [sys.executable, __file__, "weigh", str(store)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def weigh(store: Path) -> None:
    """How many megabytes this process takes for the ledger and its book, and then for a backup."""
    JsonlLedger(store / "none.jsonl", mode="office").entries()  # what reading itself needs
    before = sample(os.getpid(), store).memory
    ledger, book = JsonlLedger(store / LEDGER, mode="office"), Book(office().notice.number)
    book.apply(ledger.entries())
    read = sample(os.getpid(), store).memory
    daily_backup(store, store, BEGIN + timedelta(days=2 * DAYS))
    backed_up = sample(os.getpid(), store).memory
    print(f"the ledger's {book.count:,} lines: {read - before:.1f} MB; their backup: {backed_up - read:.1f} MB")


def lost(world: World) -> set[str]:
    """The Message-IDs of mails that reached the mailbox and are not in the ledger."""
    return set(world.came) - {entry["data"]["message_id"] for entry in world.town.entries("mail.kept")}


def broken_promises(world: World, store: Path) -> str:
    """What the year left, held against the promises."""
    town = world.town
    copies = Counter((recipient, str(parsed(raw)["Message-ID"])) for recipient, raw in town.accepted())
    kept = Counter(entry["data"]["message_id"] for entry in town.entries("mail.kept"))
    counted = Counter(entry["data"]["sha256"] for entry in town.entries("submission.received"))
    twice = sum(number - 1 for number in copies.values())
    again = sum(number - 1 for number in [*kept.values(), *counted.values()])
    wrong = len(verify_store(store / LEDGER, store))
    return (
        f"  letters {len(copies)}, sent twice {twice}; mails {len(world.came)}, lost {len(lost(world))}, counted twice {again}; "
        f"reports {len(counted)}; ledger {len(town.entries())} lines, problems {wrong}"
    )


# ---- together


def soak(host: MailHost, folder: Path, minutes: float, seed: int) -> None:
    standin, store = Standin(host, folder), folder / "store"
    (folder / "config").mkdir()
    store.mkdir()
    town = Town(standin, store, "soak", UNITS)
    clock = Clock(time.monotonic() + 2, DAYS * 86400 / (minutes * 60))
    time.sleep(2)  # Postfix waits after its list of mailboxes has changed
    world = World(town, clock, random.Random(seed))  # noqa: S311 - a play
    given = {"job": asdict(town.job()), "clock": asdict(clock), "digest_to": host.account("zhuren").address}
    command = [sys.executable, str(DAEMON), json.dumps(given, ensure_ascii=False)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, env={**os.environ, **AS_BOT})
    try:
        samples = _watched(process, world, store)
        waited = _wait_for_last_polls(process, world)
        process.send_signal(signal.SIGTERM)
        ended = process.wait(20)
    finally:
        process.kill()
        process.wait()
        standin.stop()
    print(f"{DAYS} simulated days in {minutes:g} minutes, seed {seed}, {sum(world.faults.values())} faults,", end=" ")
    print(f"{standin.imap.connections} IMAP and {standin.smtp.connections} SMTP connections,", end=" ")
    print(f"{standin.imap.commands.count('EXAMINE')} folders opened; the daemon ended with {ended}")
    print("\n".join(table(months(samples))))
    print(f"  in a fresh process: {weighed(store)}")
    print(broken_promises(world, store))
    print(f"  the last mail was read {waited:.1f} seconds after the last day")
    print("  faults:", ", ".join(f"{kind} {number}" for kind, number in sorted(world.faults.items())))


def _watched(process: "subprocess.Popen[bytes]", world: World, store: Path) -> list[tuple[datetime, Sample]]:
    """Let the world turn until its days are over, and look at the daemon once a second."""
    samples: list[tuple[datetime, Sample]] = []
    looked = time.monotonic()
    calm_from = BEGIN + timedelta(days=DAYS - CALM_DAYS)
    while (now := world.clock.now()) < BEGIN + timedelta(days=DAYS):
        assert process.poll() is None, f"the daemon ended with {process.returncode}"
        if now < calm_from:
            world.turn()
        else:
            world.heal()
        if time.monotonic() - looked >= 1:
            looked = time.monotonic()
            samples.append((now, sample(process.pid, store)))
        time.sleep(0.04)
    return samples


def _wait_for_last_polls(process: "subprocess.Popen[bytes]", world: World) -> float:
    """Wait until every mail is in the ledger, but not for ever; the seconds that it took."""
    begun = time.monotonic()
    while lost(world) and time.monotonic() - begun < LAST_POLLS and process.poll() is None:
        time.sleep(0.1)
    return time.monotonic() - begun


def main() -> None:
    if sys.argv[1:2] == ["weigh"]:
        weigh(Path(sys.argv[2]))
        return
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 20.0
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else SEED
    host = running_mailhost()
    try:
        with tempfile.TemporaryDirectory(prefix="cuibao-soak-") as folder:
            soak(host, Path(folder), minutes, seed)
    finally:
        host.stop()


if __name__ == "__main__":
    main()

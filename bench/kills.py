"""kill -9 at random instants, over waves and polls against a real Dovecot and Postfix: letters missing and sent twice, mails lost and counted
twice, ledgers whole; then the same where 已发送 has no copy to look for, which is the weaker promise.

    python bench/kills.py [kills=500]

Several offices live side by side, each in a quarter after another; at each wave some units have reported, and the office's process is
killed at an instant drawn evenly from as long as such a process takes, again and again at even odds, before one may live."""

import random
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes
from pathlib import Path

from doubles import mail

from cuibao.gateways.verify import verify_store
from cuibao.rules.office import Office
from cuibao.rules.outcomes import Severity
from cuibao.rules.period import Period, spans
from cuibao.rules.workdays import CHINA
from tests.system.mailhost import MailHost, running_mailhost
from tests.system.standin import Standin
from tests.system.tick_process import LEDGER, Job, Ticks, Told, Town, office_of

UNITS = ("市教育局", "市医保局", "市财政局", "市水务局", "市林业局", "市体育局", "市民政局", "市交通局")
STAGES = ("first", "second", "urge", "due", "overdue")
AT_ONCE = 3
MEASURED = 6
"""So many waves live undisturbed at first, to learn how long one takes."""
REPORTS, THANKS, SPAM = 0.12, 0.25, 0.5
"""How likely a unit reports, or says thank you, before a wave, and how likely spam comes."""


@dataclass
class Score:
    """What came of all lives, of `wanted` kills."""

    wanted: int
    kills: int = 0
    whole: int = 0
    torn: int = 0
    due: int = 0
    missing: int = 0
    twice: int = 0
    other_bytes: int = 0
    uncalled: int = 0
    undelivered: int = 0
    mails: int = 0
    lost: int = 0
    counted_twice: int = 0
    lives: int = 0
    took: list[float] = field(default_factory=list)
    mutex: threading.Lock = field(default_factory=threading.Lock)

    @property
    def reached(self) -> bool:
        return self.kills >= self.wanted

    def add(self, **more: int) -> None:
        with self.mutex:
            for name, number in more.items():
                setattr(self, name, getattr(self, name) + number)


@dataclass
class Life:
    """One office through its quarters."""

    town: Town
    ticks: Ticks
    score: Score
    rng: random.Random
    reported: set[tuple[str, str]] = field(default_factory=set)
    sent_mails: list[str] = field(default_factory=list)
    sent_reports: int = 0
    accepted: int = 0
    ledger: bytes = b""

    def live(self) -> None:
        begin = datetime.fromisoformat("2020-06-11T10:00").replace(tzinfo=CHINA)
        self._arrive("", "优惠", "代开发票。", begin)  # a mail from before, so that receipts have a beginning
        self._tick(begin)
        for moment, period in waves(office_of(self._job(begin))):
            if self.score.reached:
                break
            reports = self._mails_before(moment, period)
            self._wave(moment)
            self._check(period, reports)
        self._check_mailboxes()
        self.score.add(lives=1)

    # ---- a wave

    def _wave(self, moment: datetime) -> None:
        if len(self.score.took) < MEASURED:
            self.score.took.append(self._tick(moment).seconds)
            return
        takes = statistics.median(self.score.took)
        while not self.score.reached and self._tick(moment, self.rng.uniform(0.001, takes)).killed:
            moment += timedelta(minutes=5)
            if self.rng.random() < 0.5:
                break
        moment += timedelta(minutes=5)
        self._tick(moment)

    def _tick(self, moment: datetime, kill_after: float = 0.0) -> Told:
        told = self.ticks.run(self._job(moment, kill_after))
        if told.killed:
            self.score.add(kills=1, whole=self._is_whole())
            self.town.wait_until_quiet()
        else:
            assert (told.errors, told.troubles) == ((), ()), told
        return told

    def _job(self, moment: datetime, kill_after: float = 0.0) -> Job:
        return self.town.job(moment.isoformat()[:19], stages=STAGES, kill_after=kill_after)

    def _is_whole(self) -> bool:
        """Whether what the last wave left still stands, and what follows it is sound but for a torn end."""
        path = self.town.store / LEDGER
        problems = verify_store(path, self.town.store)
        self.score.add(torn=bool(problems))
        broken = [problem for problem in problems if problem.severity is not Severity.WARNING]
        return not broken and path.read_bytes().startswith(self.ledger)

    # ---- mails in

    def _mails_before(self, moment: datetime, period: Period) -> list[str]:
        """Some units report and some say thank you; returns those that reported."""
        reports = []
        for unit in UNITS:
            owes = (unit, period.key) not in self.reported
            drawn = self.rng.random()
            if owes and drawn < REPORTS:
                self._arrive(unit, f"{period.name}报送", "请查收附件。", moment, pdf=f"{period.name}完成情况.pdf")
                self.reported.add((unit, period.key))
                reports.append(unit)
            elif drawn > 1 - THANKS:
                self._arrive(unit, "通知", "收到，谢谢。", moment)
        if self.rng.random() < SPAM:
            self._arrive("", "优惠", "代开发票。", moment, folder="垃圾邮件")
        return reports

    def _arrive(
        self, unit: str, subject: str, text: str, wave: datetime, *, pdf: str = "", folder: str = "INBOX"
    ) -> None:
        sender = self.town.address(unit) if unit else "fapiao@ads.example"
        number = str(len(self.sent_mails))
        self.town.arrives(mail(sender, subject, text, pdf=pdf, number=number), wave - timedelta(minutes=20), folder)
        self.sent_mails.append(f"<{number}.{sender}>")
        self.sent_reports += bool(pdf)

    # ---- what came of it

    def _check(self, period: Period, reports: list[str]) -> None:
        self._check_letters(period, reports)
        kept = Counter(entry["data"]["message_id"] for entry in self.town.entries("mail.kept"))
        counted = Counter(entry["data"]["sha256"] for entry in self.town.entries("submission.received"))
        lost = len(set(self.sent_mails) - set(kept)) + max(0, self.sent_reports - len(counted))
        self.score.add(lost=lost, counted_twice=repeated(kept) + repeated(counted))
        self.ledger = (self.town.store / LEDGER).read_bytes()

    def _check_letters(self, period: Period, reports: list[str]) -> None:
        """A letter to each unit that owes a report, a receipt to each that has just reported, and nothing else."""
        due = Counter(unit for unit in UNITS if (unit, period.key) not in self.reported) + Counter(reports)
        fresh = list(self.town.accepted())[self.accepted :]
        self.accepted += len(fresh)
        copies = Counter((recipient, str(message_from_bytes(raw)["Message-ID"])) for recipient, raw in fresh)
        came = Counter(recipient for recipient, _ in copies)
        missing = sum(max(0, due[unit] - came[self.town.address(unit)]) for unit in UNITS)
        uncalled = sum(max(0, came[self.town.address(unit)] - due[unit]) for unit in UNITS)
        other_bytes = len(set(fresh)) - len(copies)
        self.score.add(due=due.total(), missing=missing, twice=repeated(copies), uncalled=uncalled)
        self.score.add(other_bytes=other_bytes)

    def _check_mailboxes(self) -> None:
        """What the server took has come to the units' own mailboxes."""
        host = self.town.standin.host
        for unit, number in self.town.letters().items():
            host.wait_for(self.town.address(unit), number)
            self.score.add(undelivered=number - host.count(self.town.address(unit)))
        self.score.add(mails=len(self.sent_mails))


def repeated(counter: Counter[tuple[str, str]] | Counter[str]) -> int:
    return sum(number - 1 for number in counter.values())


def waves(office: Office) -> Iterator[tuple[datetime, Period]]:
    """When letters are due, in order."""
    found = [(s.due_at, p) for p in office.periods for s in spans(office.stages, p.last_day, office.hours)]
    yield from sorted(found, key=lambda wave: wave[0])


def lives_until(score: Score, host: MailHost, folder: Path, names: Iterator[str], *, copies: bool) -> None:
    """Live one life after another until there were kills enough."""
    ticks = Ticks()
    try:
        while not score.reached:
            name = next(names)
            standin = Standin(host, folder)
            standin.saves_sent = copies
            rng = random.Random(name)  # noqa: S311 - a play
            try:
                Life(Town(standin, folder / name, name, UNITS), ticks, score, rng).live()
            finally:
                standin.stop()
    finally:
        ticks.close()


def measured(kills: int, host: MailHost, mark: str, *, copies: bool) -> Score:
    """So many kills; mailboxes are made ahead, for Postfix waits a second after its list of them has changed."""
    made = [f"{mark}{number}" for number in range(kills // 4 + 2 * AT_ONCE)]
    names = iter(made)
    with tempfile.TemporaryDirectory(prefix="cuibao-kills-") as folder:
        for name in made:
            Town(Standin(host, Path(folder)), Path(folder), name, UNITS).standin.stop()
        score = Score(kills)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            works = [pool.submit(lives_until, score, host, Path(folder), names, copies=copies) for _ in range(AT_ONCE)]
            for work in works:
                work.result()
    return score


def told(score: Score, minutes: float) -> None:
    takes = statistics.median(score.took)
    print(
        f"{score.kills} kill -9 in {score.lives} lives of an office with {len(UNITS)} units, {AT_ONCE} at once;",
        end=" ",
    )
    print(f"a wave left alone takes {takes:.2f} s; {minutes:.1f} minutes")
    print(f"  letters due {score.due:,}: missing {score.missing}, sent twice {score.twice}", end=" ")
    print(
        f"(with other bytes {score.other_bytes}), not called for {score.uncalled}, not in the unit's mailbox", end=" "
    )
    print(score.undelivered)
    print(f"  mails {score.mails:,}: lost {score.lost}, counted twice {score.counted_twice}")
    print(f"  ledger whole {score.whole} of {score.kills}, with a torn end to set aside {score.torn} times")


def broken(score: Score, *, copies: bool) -> int:
    """How often a promise was broken."""
    always = score.missing + score.other_bytes + score.uncalled + score.undelivered + score.lost + score.counted_twice
    return always + score.kills - score.whole + (score.twice if copies else 0)


def main() -> int:
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    host, wrong = running_mailhost(), 0
    try:
        for number, mark, copies in ((kills, "w", True), (max(1, kills // 5), "n", False)):
            begun = time.monotonic()
            score = measured(number, host, mark, copies=copies)
            print("with copies in 已发送:" if copies else "without copies in 已发送:", end=" ")
            told(score, (time.monotonic() - begun) / 60)
            wrong += broken(score, copies=copies)
    finally:
        host.stop()
    return min(wrong, 1)


if __name__ == "__main__":
    sys.exit(main())

"""Ticks of a small office in processes of their own, which die by SIGKILL at a chosen step or instant, or whose disk fails under them.

As a program (`python -m tests.system.tick_process`) it imports everything once, then reads jobs, a JSON object a line; each is done in
a child forked for it, which is the process that dies, and answered with a line. As a module it holds Ticks, which runs that program
and gives it jobs, and Town, the office with its units' mailboxes that they are about."""

import json
import os
import select
import signal
import subprocess
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cuibao.desk.context import Desk
    from tests.system.standin import Standin

ROOT = Path(__file__).resolve().parents[2]
LEDGER = "2020.jsonl"


@dataclass(frozen=True)
class Job:
    """Ticks to be rung in one process, and what befalls it. A step's number or name is as Told.steps has them."""

    store: str
    mailbox: str
    units: dict[str, str]
    """Name and address of every unit; each leads one item, numbered in this order."""
    password: str
    imap: int
    smtp: int
    ticks: tuple[str, ...]
    stages: tuple[str, ...] = ("first", "urge", "overdue")
    die_at: int = 0
    """The step at which the process kills itself."""
    kill_after: float = 0.0
    """Seconds after which it is killed."""
    spoil: str = ""
    """What becomes of the disk: full (its file system has no byte left), limit (the ledger may not grow by a whole line), closed (it
    can only be read)."""
    spoil_at: str = ""
    """The step at whose first time that happens; before the first tick where none is named."""
    mend_after: int = 99
    """The tick after which the disk is well again."""


@dataclass(frozen=True)
class Told:
    """What became of a job. What a process did that was killed, only the ledger and the servers know."""

    killed: bool
    seconds: float
    steps: tuple[str, ...] = ()
    sent: int = 0
    errors: tuple[str, ...] = ()
    """What the ticks raised of the store."""
    troubles: tuple[str, ...] = ()
    """What they told of the servers."""
    failed: str = ""
    """The traceback of anything else."""


class Ticks:
    """The program at work. One job at a time; several of these may work side by side."""

    def __init__(self) -> None:
        env = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}", "PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, "-m", "tests.system.tick_process"]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        self._program = subprocess.Popen(command, cwd=ROOT, env=env, text=True, **pipes)  # type: ignore[call-overload]

    def run(self, job: Job) -> Told:
        """Do a job. Raises AssertionError where the process broke off by itself."""
        self._program.stdin.write(json.dumps(asdict(job)) + "\n")
        self._program.stdin.flush()
        line = self._program.stdout.readline()
        assert line, "tick_process.py has ended"
        doc = json.loads(line)
        told = Told(**{key: tuple(value) if isinstance(value, list) else value for key, value in doc.items()})
        assert not told.failed, told.failed
        return told

    def close(self) -> None:
        self._program.stdin.close()
        self._program.wait(10)
        self._program.stdout.close()


@dataclass
class Town:
    """An office with its mailbox, and units with theirs, behind a stand-in of 163 that is theirs alone; the first tick makes the store."""

    standin: "Standin"
    store: Path
    name: str
    units: tuple[str, ...]
    _addresses: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        host = self.standin.host
        self.mailbox = host.account(f"office-{self.name}").address
        self._addresses = {
            unit: host.account(f"u{number}-{self.name}@wuhu.example").address for number, unit in enumerate(self.units)
        }

    def address(self, unit: str) -> str:
        return self._addresses[unit]

    @property
    def names(self) -> dict[str, str]:
        """The units by their addresses."""
        return {address: unit for unit, address in self._addresses.items()}

    def job(self, *ticks: str, **more: Any) -> Job:
        """A job of this town at these simulated times."""
        account = self.standin.account(self.mailbox)
        ports = {"imap": account.imap.port, "smtp": account.smtp.port}
        return Job(str(self.store), self.mailbox, self._addresses, account.password, ticks=ticks, **ports, **more)

    def arrives(self, raw: bytes, when: datetime, folder: str = "INBOX") -> None:
        """A mail reaches the office's mailbox."""
        self.standin.host.append(self.mailbox, raw, folder=folder, when=when)

    def accepted(self) -> Iterator[tuple[str, bytes]]:
        """What the server took: whom for, and the bytes."""
        for mail in self.standin.smtp.accepted:
            for recipient in mail.recipients:
                yield recipient, mail.raw

    def letters(self) -> Counter[str]:
        """How many letters the server took for each unit."""
        names = self.names
        return Counter(names[recipient] for recipient, _ in self.accepted())

    def wait_until_quiet(self, seconds: float = 10) -> None:
        """Wait until the server is through with whatever a dead process has left it: no restart is faster than that."""
        deadline = time.monotonic() + seconds
        while self.standin.smtp._open:
            assert time.monotonic() < deadline, "the stand-in still talks to a dead process"
            time.sleep(0.002)

    def entries(self, kind: str = "") -> list[dict[str, Any]]:
        """The ledger's whole lines, of one kind or all."""
        path = self.store / LEDGER
        lines = path.read_bytes().split(b"\n")[:-1] if path.exists() else []
        return [doc for doc in map(json.loads, lines) if not kind or doc["kind"] == kind]


# ---- the program


class Steps:
    """Counts the steps of a process, and lets happen what is to happen at one of them."""

    def __init__(self, job: Job) -> None:
        self.names: list[str] = []
        self._die_at = job.die_at
        self._spoil_at = job.spoil_at
        self._disk = Disk(Path(job.store), job.spoil)

    def begin(self) -> None:
        """The process has its lock, and the ticks begin."""
        if not self._spoil_at:
            self._disk.spoil()

    def at(self, name: str) -> None:
        if self.is_last(name):
            die()
        if self._spoil_at and name == self._spoil_at:
            self._spoil_at = ""
            self._disk.spoil()

    def is_last(self, name: str) -> bool:
        """Count a step, and say whether it is the one to die at."""
        self.names.append(name)
        return len(self.names) == self._die_at

    def mend(self) -> None:
        self._spoil_at = ""
        self._disk.mend()

    # ---- where they are

    def watch(self) -> None:
        """Put the steps into the code."""
        from cuibao.gateways import disk, lines
        from cuibao.gateways.archive import DigestArchive
        from cuibao.gateways.cursors import CursorFile
        from cuibao.gateways.imap import ImapMailbox
        from cuibao.gateways.ledger import JsonlLedger
        from cuibao.gateways.smtp import SmtpPostman

        self._around(JsonlLedger, "append")
        self._around(DigestArchive, "keep")
        self._around(DigestArchive, "keep_all")
        self._around(CursorFile, "save")
        self._around(SmtpPostman, "send")
        self._before_answer(SmtpPostman)
        self._each_batch(ImapMailbox)
        self._within_write(lines, "line")
        self._within_write(disk, "file")

    def _around(self, owner: Any, name: str) -> None:
        sound = getattr(owner, name)

        def watched(*arguments: Any) -> Any:
            self.at(f"before {name}")
            result = sound(*arguments)
            self.at(f"after {name}")
            return result

        setattr(owner, name, watched)

    def _before_answer(self, postman: Any) -> None:
        """Between a letter's last byte and the server's answer to it."""
        sound = postman._hand_over

        def watched(this: Any, raw: bytes) -> Any:
            smtp, heard = this._yag.smtp, []
            getreply = smtp.getreply

            def watched_reply() -> Any:
                heard.append(None)
                if len(heard) == 2:  # the first is the answer to DATA
                    self.at("before the answer to a letter")
                return getreply()

            smtp.getreply = watched_reply
            try:
                return sound(this, raw)
            finally:
                del smtp.getreply

        postman._hand_over = watched

    def _each_batch(self, mailbox: Any) -> None:
        sound = mailbox.batches

        def watched(*arguments: Any) -> Iterator[Any]:
            self.at("before batches")
            for batch in sound(*arguments):
                self.at("before a batch is given")
                yield batch
                self.at("after a batch was taken")
            self.at("after batches")

        mailbox.batches = watched

    def _within_write(self, module: Any, what: str) -> None:
        """Half written, and of several lines also the first one whole."""
        sound = module.write_all

        def watched(fd: int, raw: bytes, at: int = 0) -> None:
            if self.is_last(f"half a {what}"):
                sound(fd, raw[: len(raw) // 2], at)
                die()
            first = raw.find(b"\n") + 1
            if what == "line" and 0 < first < len(raw) and self.is_last("the first line of several"):
                sound(fd, raw[:first], at)
                die()
            sound(fd, raw, at)

        module.write_all = watched


class Disk:
    """The store's disk, which can be spoiled and mended. Each way is the system's own refusal, and needs no more than root."""

    def __init__(self, store: Path, how: str) -> None:
        self._store = store
        self.spoil, self.mend = {
            "": (_nothing, _nothing),
            "full": (self._fill, self._clear),
            "limit": (self._limit, self._unlimit),
            "closed": (self._close, self._open),
        }[how]

    def _fill(self) -> None:
        with (self._store / "filler").open("wb", buffering=0) as file, suppress(OSError):
            while True:
                file.write(b"\0" * 4096)

    def _clear(self) -> None:
        (self._store / "filler").unlink(missing_ok=True)

    def _limit(self) -> None:
        import resource

        size = (self._store / LEDGER).stat().st_size
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 40, resource.RLIM_INFINITY))

    def _unlimit(self) -> None:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

    def _close(self) -> None:
        for path in self._all():
            path.chmod(0o555 if path.is_dir() else 0o444)

    def _open(self) -> None:
        for path in reversed(self._all()):
            path.chmod(0o755 if path.is_dir() else 0o644)

    def _all(self) -> Sequence[Path]:
        """Files before the folders that they are in."""
        return [path for path in (*sorted(self._store.rglob("*"), reverse=True), self._store) if path.exists()]


def _nothing() -> None:
    """A disk of which nothing is asked."""


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    """Do jobs until standard input ends."""
    _warm_up()
    for line in sys.stdin:
        given = json.loads(line)
        job = Job(**{one.name: _tuple(given[one.name]) for one in fields(Job) if one.name in given})
        print(json.dumps(_supervised(job), ensure_ascii=False), flush=True)


def _tuple(value: object) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _warm_up() -> None:
    """Import and compile whatever a child would, by a morning in memory, so that its time goes into what it does."""
    import structlog
    import yagmail
    from doubles import Post, desk, mail, no_wait
    from world import HEALTH, at

    from cuibao.desk.tick import Bell
    from cuibao.gateways import servers

    del structlog, yagmail, servers
    post, nine = Post(), at("2020-06-15T09:00")
    office = desk(post)
    Bell(office, no_wait(nine)).tick(at("2020-06-12T09:00"))
    address = office.unit(HEALTH).contacts[0].email
    post.arrive(mail(address, "第二季度报送", "请查收附件。", pdf="第二季度完成情况.pdf"), nine)
    Bell(office, no_wait(nine)).tick(nine)


def _supervised(job: Job) -> dict[str, object]:
    """Run a job in a child; what it told, or that it was killed."""
    reading, writing = os.pipe()
    begun = time.perf_counter()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        _child(job, writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        if not select.select([pipe], [], [], job.kill_after or None)[0]:
            os.kill(pid, signal.SIGKILL)
        told = pipe.read()
    _, status = os.waitpid(pid, 0)
    ended = {"seconds": time.perf_counter() - begun, "killed": os.WIFSIGNALED(status)}
    return ended if ended["killed"] else {**json.loads(told or b'{"failed": "told nothing"}'), **ended}


def _child(job: Job, writing: int) -> None:
    """The process that may die."""
    try:
        told = _do(job)
    except BaseException:  # noqa: BLE001 - whatever it is, the test is to see it
        told = {"failed": traceback.format_exc()}
    with os.fdopen(writing, "wb") as pipe:
        pipe.write(json.dumps(told).encode())
    os._exit(0)


def _do(job: Job) -> dict[str, object]:
    from doubles import no_wait
    from world import at

    from cuibao.desk.tick import Bell
    from cuibao.gateways.lock import hold
    from cuibao.gateways.servers import RealMailServers
    from cuibao.rules.outcomes import LedgerError

    store = Path(job.store)
    store.mkdir(parents=True, exist_ok=True)
    if job.spoil == "closed":
        _give_up_rights()
    steps, sent = Steps(job), 0
    steps.watch()
    errors: list[str] = []
    troubles: list[str] = []
    desk = _desk(job)
    bell = Bell(desk, no_wait(at(job.ticks[0])))
    with hold(store / "sending.lock", "收发件"):
        steps.begin()
        for number, moment in enumerate(map(at, job.ticks)):
            bell.pause = no_wait(moment)
            try:
                done = bell.tick(moment)
            except LedgerError as error:
                errors.append(str(error))
            else:
                sent += sum(item.state == "sent" for item in done.delivered)
                troubles += [str(error) for _, error in done.troubles]
            if number == job.mend_after:
                steps.mend()
    assert isinstance(desk.servers, RealMailServers)
    desk.servers.close()
    return {"steps": steps.names, "sent": sent, "errors": errors, "troubles": troubles}


def _give_up_rights() -> None:
    """Root may write what is closed to others: drop CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH (capset(2), version 3)."""
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    sets = (ctypes.c_uint32 * 6)()
    given = libc.capget(header, sets) == 0
    for which in (0, 1, 2):  # effective, permitted, inheritable; these capabilities are numbers 1 and 2
        sets[which] &= ~0b110
    if not given or libc.capset(header, sets) != 0:
        raise OSError(ctypes.get_errno(), "capset")


def _desk(job: Job) -> "Desk":
    """The office's desk, on the store as it is."""
    from doubles import TEMPLATES
    from world import SECRET

    from cuibao.desk.context import Desk
    from cuibao.gateways.account import Account, ServerAddress
    from cuibao.gateways.archive import DigestArchive
    from cuibao.gateways.cursors import CursorFile
    from cuibao.gateways.ledger import JsonlLedger
    from cuibao.gateways.servers import RealMailServers

    store = Path(job.store)
    smtp, imap = (ServerAddress("127.0.0.1", port, "none") for port in (job.smtp, job.imap))
    account = Account(job.mailbox, job.password, job.mailbox, smtp, imap, None, 10)
    return Desk(
        office=office_of(job),
        ledger=JsonlLedger(store / LEDGER, mode="office"),
        mails=DigestArchive(store, "mail"),
        letters=DigestArchive(store, "letters"),
        papers=DigestArchive(store, "papers"),
        cursors=CursorFile(store / "cursors.json"),
        servers=RealMailServers(account),
        templates=TEMPLATES,
        secret=SECRET,
    )


def office_of(job: Job) -> Any:
    """The office that a job is about."""
    from dataclasses import replace

    from world import STAGES, at, office

    from cuibao.rules.office import MailboxRules
    from cuibao.rules.registry import Contact, Item, Registry, Unit

    units = tuple(Unit(name, contacts=(Contact("张三", address),)) for name, address in job.units.items())
    items = tuple(Item(number, "民生", f"民生事项{number}", (unit.name,)) for number, unit in enumerate(units, start=1))
    return office(
        registry=Registry(items, units),
        stages=tuple(replace(stage, enabled=stage.key in job.stages) for stage in STAGES),
        mailbox=MailboxRules(job.mailbox, at("2020-05-15T00:00").date()),
    )


if __name__ == "__main__":
    main()

"""The patient that probes look at, and what a probe answers."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from cuibao.front.connections import Tried, connected_servers, try_servers
from cuibao.front.house import House
from cuibao.gateways.heartbeat import Heartbeat, holder, last_beat
from cuibao.gateways.mail_env import MailEnv
from cuibao.gateways.system_words import why
from cuibao.rules.book import Book
from cuibao.rules.entries import Entry
from cuibao.rules.office import Office
from cuibao.rules.outcomes import ConfigError, CuibaoError, LedgerError

SILENT = timedelta(minutes=5)
"""A daemon beats every minute, and between two letters."""


class State(StrEnum):
    OK = "ok"
    WARN = "warn"
    BAD = "bad"


WORDS = {State.OK: "正常", State.WARN: "提示", State.BAD: "异常"}


class Finding(NamedTuple):
    """What a probe found, in Chinese, and the command that mends it."""

    state: State
    message: str
    remedy: str = ""


class Check(NamedTuple):
    """A line of the page. `name` is the stable key of --json, `title` what people read."""

    name: str
    title: str
    finding: Finding


class Unknown(Exception):  # noqa: N818 - no error: something else must be mended first
    """It cannot be told, since something that has a line of its own does not work."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.finding = Finding(State.WARN, message, remedy)


@dataclass
class Patient:
    """What probes look at. Each part is read once, when first asked for."""

    house: House
    now: datetime

    @property
    def bot(self) -> str:
        return "./bot --sandbox" if self.house.sandbox else "./bot"

    @cached_property
    def office(self) -> Office:
        try:
            return self.house.office
        except ConfigError:
            raise Unknown("配置有误，未能检查", f"{self.bot} check") from None

    @cached_property
    def entries(self) -> Sequence[Entry]:
        _ = self.office
        try:
            return self.house.ledger.entries()
        except LedgerError:
            raise Unknown("台账不能读取，未能检查", f"{self.bot} verify") from None

    @cached_property
    def recorded(self) -> bool:
        """Whether the ledger of any year holds anything."""
        if self.entries:
            return True
        try:
            return self.house.has_entries
        except (ConfigError, LedgerError):
            raise Unknown("往年的台账不能读取，未能检查", f"{self.bot} check") from None

    @cached_property
    def book(self) -> Book:
        book = Book(self.office.notice.number)
        book.apply(self.entries)
        return book

    @cached_property
    def env(self) -> MailEnv:
        try:
            return self.house.mail_env
        except ConfigError:
            raise Unknown(".env 有误，未能检查", "请改正 .env，样例见 config/.env.example") from None

    @cached_property
    def tried(self) -> Tried:
        """What came of doing at both servers what they may refuse."""
        with closing(connected_servers(self.house)) as servers:
            return try_servers(servers, self.office.mailbox.sent_folder)

    @cached_property
    def beat(self) -> Heartbeat | None:
        return last_beat(self.house.store)

    @property
    def holds(self) -> bool:
        """Whether the daemon that beat last is the process that sends and receives."""
        return self.beat is not None and holder(self.house.store / "sending.lock") in (str(self.beat.pid), "?")

    @property
    def runs(self) -> bool:
        """Whether a daemon is at work."""
        return self.holds and self.beat is not None and self.beat.age(self.now) <= SILENT


Probe = Callable[[Patient], Finding]


def examine(patient: Patient, probes: Iterable[tuple[str, str, Probe]]) -> list[Check]:
    """Every probe's line; a probe that fails is a line too, and hinders no other."""
    return [Check(name, title, _found(patient, probe)) for name, title, probe in probes]


def _found(patient: Patient, probe: Probe) -> Finding:
    try:
        return probe(patient)
    except Unknown as unknown:
        return unknown.finding
    except CuibaoError as error:
        return Finding(State.BAD, error.message, error.remedy)
    except OSError as error:
        return Finding(State.BAD, f"不能读取：{why(error)}", "请检查文件的属主与权限")
    except Exception as error:  # noqa: BLE001 - whoever asks what is wrong must get an answer
        return Finding(
            State.BAD, f"检查时程序出错（{type(error).__name__}）", f"{patient.bot} verify；仍不明白的，请联系维护人员"
        )

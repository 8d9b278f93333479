"""The house put together: from the command's options to an office, a ledger and a desk. Each part is made when first asked for."""

import os
from argparse import Namespace
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from cuibao.desk.context import Desk
from cuibao.desk.ports import Mailbox, MailServers, Postman
from cuibao.gateways.archive import DigestArchive
from cuibao.gateways.cursors import CursorFile
from cuibao.gateways.ledger import JsonlLedger
from cuibao.gateways.secret import load_secret
from cuibao.gateways.settings import load_office
from cuibao.rules.office import Office
from cuibao.rules.outcomes import MailServerError, Problem
from cuibao.rules.workdays import CHINA

if TYPE_CHECKING:
    from cuibao.gateways.mail_env import MailEnv

ROOT = Path(__file__).resolve().parents[2]
"""The folder of bot.py."""
SANDBOX_START = datetime(2020, 6, 12, 8, 0, tzinfo=CHINA)


class NoServers:
    """Stands where a command touches no mail server."""

    def mailbox(self) -> AbstractContextManager[Mailbox]:
        raise MailServerError("本命令不连接邮件服务器")

    def postman(self) -> AbstractContextManager[Postman]:
        raise MailServerError("本命令不连接邮件服务器")


@dataclass
class House:
    """What the options of a command make of the files on disk."""

    config: Path
    store: Path
    sandbox: bool
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    writes: bool = False
    servers: MailServers = field(default_factory=NoServers)

    @classmethod
    def of(cls, args: Namespace, *, writes: bool) -> "House":
        """From parsed options. `writes` says whether the store may be made."""
        default = ROOT / "store" / "sandbox" if args.sandbox else ROOT / "store"
        return cls(args.config or ROOT / "config", args.store or default, args.sandbox, writes=writes)

    @cached_property
    def _loaded(self) -> tuple[Office, tuple[Problem, ...]]:
        office, problems = load_office(self.config)
        if self.sandbox:
            office = _peopled(office)
        return office, problems

    @property
    def office(self) -> Office:
        return self._loaded[0]

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Warnings and questions of the configuration."""
        return self._loaded[1]

    @cached_property
    def mail_env(self) -> "MailEnv":
        from cuibao.gateways.mail_env import load_mail_env  # not for commands that only read, which start the quicker

        return load_mail_env(ROOT / ".env", self.environ)

    @property
    def _secrets(self) -> Mapping[str, str]:
        """Where CUIBAO_SECRET may stand. Commands that only read ask no .env, so that a broken one does not stop them."""
        return {**self.environ, "CUIBAO_SECRET": self.mail_env.secret} if self.writes else self.environ

    @cached_property
    def templates(self) -> Mapping[str, str]:
        """Every template's text, checked. Raises ConfigError."""
        from cuibao.gateways.templates import load_templates  # as above

        return load_templates(ROOT / "templates")

    @cached_property
    def ledger_path(self) -> Path:
        return self.store / f"{self.office.notice.year}.jsonl"

    @cached_property
    def ledger(self) -> JsonlLedger:
        return JsonlLedger(self.ledger_path, mode="sandbox" if self.sandbox else "office")

    def play_time(self) -> datetime:
        """Where the sandbox's play stands: at its start, or where its ledger ends."""
        entries = self.ledger.entries()
        return max(SANDBOX_START, entries[-1].at) if entries else SANDBOX_START

    @cached_property
    def desk(self) -> Desk:
        has_entries = bool(self.ledger.entries())
        return Desk(
            office=self.office,
            ledger=self.ledger,
            mails=DigestArchive(self.store, "mail"),
            letters=DigestArchive(self.store, "letters"),
            papers=DigestArchive(self.store, "papers"),
            cursors=CursorFile(self.store / "cursors.json"),
            servers=self.servers,
            templates=self.templates if self.writes else _WhenAsked(lambda: self.templates),
            secret=load_secret(self.store, self._secrets, has_entries, self.writes),
        )


class _WhenAsked(Mapping[str, str]):
    """Templates that are loaded at the first question: commands that only read seldom ask, and start the quicker."""

    def __init__(self, load: Callable[[], Mapping[str, str]]) -> None:
        self._load = load

    def __getitem__(self, name: str) -> str:
        return self._load()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._load())

    def __len__(self) -> int:
        return len(self._load())


def _peopled(office: Office) -> Office:
    """The office with made-up contacts for the units that have none: the sandbox writes to nobody real by mistake."""
    from cuibao.front.sandbox.addresses import made_up_contact

    units = tuple(
        unit if unit.contacts else replace(unit, contacts=(made_up_contact(unit.name, number),))
        for number, unit in enumerate(office.registry.units, start=1)
    )
    return replace(office, registry=replace(office.registry, units=units))

"""The house put together: from the command's options to an office, a ledger and a desk. Each part is made when first asked for."""

import os
import secrets
from argparse import Namespace
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from cuibao.desk.context import Desk, Nobody, Unread
from cuibao.desk.ports import Herald, Mailbox, MailServers, Postman, ReadingRoom
from cuibao.desk.shelved import Shelved
from cuibao.gateways.archive import DigestArchive
from cuibao.gateways.cursors import CursorFile
from cuibao.gateways.ledger import JsonlLedger
from cuibao.gateways.secret import LENGTH, VARIABLE, load_secret
from cuibao.gateways.settings import OFFICE, load_office
from cuibao.gateways.store_files import ledgers_in
from cuibao.gateways.yaml_places import shown_path
from cuibao.gateways.years import ahead, refuse_other_year, without_settings, years_before
from cuibao.rules.office import Office
from cuibao.rules.outcomes import ConfigError, CuibaoError, MailServerError, Problem
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
    herald: Herald = field(default_factory=Nobody)
    template_folder: Path = ROOT / "templates"
    later: "House | None" = field(default=None, repr=False)
    """The house of this year, where this one is of a year before."""
    last_good: "tuple[House, ...]" = ()
    """Years before as they were read last, for those that cannot be read now."""

    @classmethod
    def of(cls, args: Namespace, *, writes: bool) -> "House":
        """From parsed options. `writes` says whether the store may be made."""
        default = ROOT / "store" / "sandbox" if args.sandbox else ROOT / "store"
        return cls(args.config or ROOT / "config", args.store or default, args.sandbox, writes=writes)

    @cached_property
    def _loaded(self) -> tuple[Office, tuple[Problem, ...]]:
        return load_office(self.config)

    @property
    def configured(self) -> Office:
        """The office as config/ has it, in the sandbox too."""
        return self._loaded[0]

    @cached_property
    def office(self) -> Office:
        """The office that commands work with: in the sandbox every unit has a contact."""
        return _peopled(self.configured) if self.sandbox else self.configured

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Warnings and questions of the configuration."""
        return self._loaded[1]

    @cached_property
    def mail_env(self) -> "MailEnv":
        from cuibao.gateways.mail_env import load_mail_env  # not for commands that only read, which start the quicker

        return load_mail_env(self.env_file, self.environ)

    @property
    def _secret(self) -> bytes:
        """The key of tokens and Message-IDs. Commands that only read go on without one: its lack is for those that write."""
        if self.writes:
            secrets_of = {**self.environ, VARIABLE: self.mail_env.secret}
            return load_secret(self.store, secrets_of, self.has_entries, True)
        try:
            return load_secret(self.store, {**self.environ, VARIABLE: self._secret_in_env}, False, False)
        except CuibaoError:
            return secrets.token_bytes(LENGTH)

    @property
    def _secret_in_env(self) -> str:
        """CUIBAO_SECRET for commands that only read, which a broken .env does not stop."""
        if not self.env_file.exists():
            return self.environ.get(VARIABLE, "")
        try:
            return self.mail_env.secret
        except ConfigError:
            return self.environ.get(VARIABLE, "")

    @property
    def env_file(self) -> Path:
        return ROOT / ".env"

    @cached_property
    def templates(self) -> Mapping[str, str]:
        """Every template's text, checked, those of each enabled stage among them. Raises ConfigError."""
        from cuibao.gateways.templates import load_templates, stages_without_templates  # as above

        texts = load_templates(self.template_folder)
        shown = shown_path(self.config / OFFICE)
        if missing := tuple(stages_without_templates(self.configured.stages, texts, shown)):
            raise ConfigError(missing)
        return texts

    @cached_property
    def ledger_path(self) -> Path:
        return self.store / f"{self.office.notice.year}.jsonl"

    @property
    def ledger_paths(self) -> list[Path]:
        """The ledgers of all years, this year's where there is none yet."""
        return ledgers_in(self.store) or [self.ledger_path]

    @cached_property
    def ledger(self) -> JsonlLedger:
        return JsonlLedger(self.ledger_path, mode="sandbox" if self.sandbox else "office")

    @cached_property
    def _years(self) -> "tuple[tuple[House, ...], Mapping[str, tuple[Problem, ...]]]":
        """The years before that can be worked with, the latest first, and by year what is amiss with the others."""
        found: list[House] = []
        wrong: dict[str, tuple[Problem, ...]] = {}
        for folder in years_before(self.config, self.office.notice.year):
            one = replace(self, config=folder, last_good=(), later=self)
            try:
                refuse_other_year(folder, one.office)
                found.append(one)
            except ConfigError as error:
                wrong[folder.name] = error.problems
        known = {*wrong, *(one.config.name for one in found)}
        for year, problem in without_settings(self.config, self.store, self.office.notice.year, known):
            wrong[year] = (problem,)
        found += [one.under(self) for one in self.last_good if one.config.name in wrong]
        return tuple(sorted(found, key=lambda one: one.config.name, reverse=True)), wrong

    def under(self, later: "House") -> "House":
        """This year before, as it has been read, beside that house of this year."""
        kept = copy(self)
        kept.__dict__.pop("desk", None)
        kept.later = later
        return kept

    @property
    def earlier(self) -> "tuple[House, ...]":
        """The years before, the latest first, each as config/YEAR/ keeps it, over the same store. One that cannot be used stops no
        other: it is left out, or as a running daemon had read it before."""
        return self._years[0]

    @property
    def left_out(self) -> tuple[Problem, ...]:
        """What is amiss with years before."""
        return tuple(problem for problems in self._years[1].values() for problem in problems)

    @property
    def ahead(self) -> tuple[Problem, ...]:
        """The ledgers of years that are not in force yet, or no more."""
        return ahead(self.store, self.office.notice.year)

    def of_period(self, period: str | None) -> "House":
        """The house of the year that has that period, or is that year (2020); this one where none has it or none is asked for. Raises
        ConfigError for a year before that cannot be used."""
        if period is None or self.office.period(period):
            return self
        for one in self.earlier:
            if one.office.period(period) or str(one.office.notice.year) == period:
                return one
        if problems := self._years[1].get(period[:4]):
            raise ConfigError(problems)
        return self

    @property
    def has_entries(self) -> bool:
        """Whether the ledger of any year holds anything, be it one that cannot be used now."""
        return any(ledger.entries() for ledger in (*(one.ledger for one in (self, *self.earlier)), *self._shelved))

    @cached_property
    def _shelved(self) -> tuple[JsonlLedger, ...]:
        """The ledgers of the store that no year in use reads."""
        used = {one.ledger_path for one in (self, *self.earlier)}
        return tuple(JsonlLedger(path, mode=self.ledger.mode) for path in ledgers_in(self.store) if path not in used)

    @property
    def begun(self) -> bool:
        """Whether the store has a ledger of this year."""
        return self.ledger_path.exists()

    @property
    def no_ledger(self) -> tuple[str, ...]:
        """Said to people under what a store without a ledger of this year answers."""
        if self.begun:
            return ()
        return (f"（尚无{self.office.notice.year}年的台账）" if ledgers_in(self.store) else "（该目录尚无台账）",)

    def play_time(self) -> datetime:
        """Where the sandbox's play stands: at its start, or where its ledger ends."""
        ledgers = (house.ledger.entries() for house in (self, *self.earlier))
        return max((SANDBOX_START, *(entries[-1].at for entries in ledgers if entries)))

    @cached_property
    def desk(self) -> Desk:
        """The desk of this year; those of the years before share with it all but their office and their ledger, and one quota."""
        if self.later:
            return next(one for one in self.later.desk.earlier if one.ledger is self.ledger)
        return self._desk().with_years_before([(house.office, house.ledger) for house in self.earlier])

    def _desk(self) -> Desk:
        return Desk(
            office=self.office,
            ledger=self.ledger,
            mails=DigestArchive(self.store, "mail"),
            letters=DigestArchive(self.store, "letters"),
            papers=DigestArchive(self.store, "papers", ""),
            cursors=CursorFile(self.store / "cursors.json"),
            servers=self.servers,
            herald=self.herald,
            reading_room=self._reading_room(),
            left_out=_first_of(self.left_out),
            shelved=Shelved(self._shelved),
            templates=self.templates if self.writes else _WhenAsked(lambda: self.templates),
            secret=self._secret,
        )

    def _reading_room(self) -> ReadingRoom:
        if not self.writes:
            return Unread()
        from cuibao.gateways import reading_room  # as above

        return reading_room.ReadingRoom(self.store / "reading")


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


def _first_of(problems: Sequence[Problem]) -> str:
    """The first in words, the others by their number."""
    more = f"（共 {len(problems)} 处）" if len(problems) > 1 else ""
    return f"{problems[0]}{more}" if problems else ""


def _peopled(office: Office) -> Office:
    """The office with made-up contacts for the units that have none: the sandbox writes to nobody real by mistake."""
    from cuibao.front.sandbox.addresses import made_up_contact

    units = tuple(
        unit if unit.contacts else replace(unit, contacts=(made_up_contact(unit.name, number),))
        for number, unit in enumerate(office.registry.units, start=1)
    )
    return replace(office, registry=replace(office.registry, units=units))

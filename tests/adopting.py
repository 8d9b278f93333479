"""An office between two years: begun under the shipped notice of 2020, with the draft of the next one at hand."""

import copy
import shutil
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

import pytest
from one_draft import draft
from world import at

from cuibao.gateways.adoption import Adopted, adopt
from cuibao.gateways.draft_folder import Learned, write_draft
from cuibao.gateways.ledger import JsonlLedger, Mode
from cuibao.gateways.settings import load_office
from cuibao.papers.notice.draft import Draft
from cuibao.papers.notice.review import review
from cuibao.rules.entries import Draft as Entry
from cuibao.rules.entries import Kind

PROGRAM = Path(__file__).resolve().parents[1]
TEMPLATE = (PROGRAM / "templates" / "notice" / "review.html").read_text(encoding="utf-8")
FILES = ("office.yaml", "registry.yaml", "units.yaml")
NOW = at("2021-02-10T09:00")


class Place:
    """An office in its first year, begun or not, with the draft of the next notice."""

    def __init__(self, base: Path, *, begun: bool = True, made: Draft | None = None, mode: Mode = "office") -> None:
        self.mode: Mode = mode
        self.base = base
        self.config = Path(shutil.copytree(PROGRAM / "config", base / "config"))
        self.store, self.draft = base / "store", base / "store" / "notices" / "2021-1"
        self.store.mkdir(parents=True)
        if begun:
            ledger = JsonlLedger(self.store / "2020.jsonl", mode=mode)
            ledger.append([Entry(Kind.NOTE_ADDED, NOW, data={"reason": "去年"})])
        write_draft(self.draft, review(made or draft()), self.config, TEMPLATE, {"file": "通知.docx"}, NOW)
        self.before = self.texts(self.config)

    def texts(self, folder: Path) -> dict[str, bytes]:
        return {name: (folder / name).read_bytes() for name in FILES}

    def adopt(self, learned: Learned = MappingProxyType({})) -> Adopted:
        return adopt(self.draft, self.config, self.store, NOW, mode=self.mode, learned=learned)

    def contacts(self, unit: str) -> list[str]:
        """The addresses of a unit in force."""
        office, _ = load_office(self.config)
        found = office.registry.unit(unit)
        return [contact.email for contact in found.contacts] if found else []

    def copy(self, base: Path) -> "Place":
        """The same office somewhere else."""
        made = copy.copy(self)
        made.base = Path(shutil.copytree(self.base, base))
        made.config, made.store, made.draft = (
            base / path.relative_to(self.base) for path in (self.config, self.store, self.draft)
        )
        return made

    @property
    def told(self) -> tuple[Path, Path, Path, datetime]:
        """What a process of its own is told to adopt."""
        return self.draft, self.config, self.store, NOW

    def whole(self, step: str) -> int:
        """The year in force, which must be in force wholly."""
        year = load_office(self.config)[0].notice.year
        assert self.texts(self.config) == (self.before if year == 2020 else self.texts(self.draft)), step
        return year

    def refuses(self, kind: type[Exception], words: str) -> None:
        with pytest.raises(kind, match=words):
            self.adopt()
        assert self.texts(self.config) == self.before
        assert not (self.config / "2020").exists()
        assert not (self.store / "backups").exists()

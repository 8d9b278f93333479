"""Renewal: notices that config/, templates/ or .env were edited while the daemon runs, and makes a desk of what they say now."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from cuibao.desk.context import Desk
from cuibao.front.house import House
from cuibao.gateways.changeover import PENDING
from cuibao.gateways.store_files import earlier_configs
from cuibao.gateways.yaml_places import shown_path
from cuibao.rules.outcomes import ConfigError, Problem

Seen = tuple[tuple[str, int, int], ...]


@dataclass
class Renewal:
    """Asked before each tick. `make` builds a house from the files as they are, with its servers; the one before it stays in
    force until it succeeds. An edit is taken over when it has stood still from one question to the next: an editor that is
    still writing must not leave the office with half of its settings."""

    house: House
    make: Callable[[House], House]
    _seen: Seen = field(init=False)
    _moving: Seen = field(init=False)

    def __post_init__(self) -> None:
        self._seen = self._moving = self._files()

    def __call__(self) -> Desk | None:
        """The new desk, or None where nothing changed since the last question. Raises CuibaoError, once, for a mistake."""
        seen = self._files()
        still, self._moving = seen == self._moving, seen
        if seen == self._seen or not still:
            return None
        self._seen = seen
        self._refuse_empty()
        fresh = self.make(self.house)
        made = fresh.desk
        self.house = fresh
        return made

    def _refuse_empty(self) -> None:
        """An empty office.yaml is a good one, with every default; among edits it is one that was cut off."""
        for path in self.house.config.glob("*.yaml"):
            if path.stat().st_size == 0:
                problem = Problem(shown_path(path), "", "文件是空的", "请重新保存该文件，或从备份恢复")
                raise ConfigError((problem,))

    def _files(self) -> Seen:
        templates = sorted(path for path in self.house.template_folder.rglob("*") if path.is_file())
        folders = (self.house.config, *earlier_configs(self.house.config))
        settings = [path for folder in folders for path in sorted(folder.glob("*.yaml"))]
        # A change that was cut short is an edit too: making a house completes it.
        return _marks([*settings, *templates, self.house.env_file, self.house.config / PENDING])


def _marks(paths: list[Path]) -> Seen:
    return tuple(_mark(paths))


def _mark(paths: list[Path]) -> Iterator[tuple[str, int, int]]:
    for path in paths:
        try:
            found = path.stat()
        except OSError:
            continue
        yield str(path), found.st_mtime_ns, found.st_size

"""Renewal: notices that config/, templates/ or .env were edited while the daemon runs, and makes a desk of what they say now."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from cuibao.desk.context import Desk
from cuibao.front.house import House

Seen = tuple[tuple[str, int, int], ...]


@dataclass
class Renewal:
    """Asked before each tick. `make` builds a house from the files as they are, with its servers; the one before it stays in
    force until it succeeds."""

    house: House
    make: Callable[[House], House]
    _seen: Seen = field(init=False)

    def __post_init__(self) -> None:
        self._seen = self._files()

    def __call__(self) -> Desk | None:
        """The new desk, or None where nothing changed since the last question. Raises CuibaoError, once, for a mistake."""
        seen = self._files()
        if seen == self._seen:
            return None
        self._seen = seen
        fresh = self.make(self.house)
        made = fresh.desk
        self.house = fresh
        return made

    def _files(self) -> Seen:
        templates = sorted(path for path in self.house.template_folder.rglob("*") if path.is_file())
        return _marks([*sorted(self.house.config.glob("*.yaml")), *templates, self.house.env_file])


def _marks(paths: list[Path]) -> Seen:
    return tuple(_mark(paths))


def _mark(paths: list[Path]) -> Iterator[tuple[str, int, int]]:
    for path in paths:
        try:
            found = path.stat()
        except OSError:
            continue
        yield str(path), found.st_mtime_ns, found.st_size

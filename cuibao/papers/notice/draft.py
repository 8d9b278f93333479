"""What was read of a notice: the configuration that it asks for, names that were taken for one unit, and what a person must answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from cuibao.rules.outcomes import CuibaoError
from cuibao.rules.period import Period
from cuibao.rules.registry import Collective, Item, Target, Unit


class NoticeRefused(CuibaoError):  # noqa: N818, it is a decision about a notice and not a fault of the program
    """The notice cannot be imported as it is; nothing may be written. `place` is as a person finds it in the document."""

    def __init__(self, place: str, message: str, remedy: str) -> None:
        super().__init__(message, remedy)
        self.place = place


@dataclass(frozen=True, slots=True)
class NoticeHead:
    """What stands around the items. What the notice does not say is "", None or (), and is a question. `periods` are in order of
    time, their keys YEARQn (the quarter that is reported), `reporters` is who must report, in the notice's words."""

    number: str
    year: int
    title: str
    organ: str
    issued_on: date | None
    mailbox: str
    periods: tuple[Period, ...]
    reporters: str


@dataclass(frozen=True, slots=True)
class Alias:
    """A name that was taken for a unit of another name: as it was seen, the unit's name, and why, as a Chinese clause. One that is not
    `printed` stands in units.yaml only, and the notice calls the unit by its name of now."""

    seen: str
    name: str
    why: str
    printed: bool = True


@dataclass(frozen=True, slots=True)
class Question:
    """A doubt for a person: where in the document, what is open and what to do, in Chinese without the last mark. `item` is the
    number of the item that it concerns, or None; `unit` is the unit that nobody knows, where that is the question."""

    place: str
    message: str
    remedy: str
    item: int | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class TargetRead:
    """A target beside the words that it was read from. `cumulative`: figures only grow over the year (培训人数); a level that is
    kept or bounded (参保率, 控制在) is not. `share`: a part of a whole, in percent. `lower_is_better`: the fewer the better."""

    item: int
    target: Target
    words: str
    cumulative: bool
    share: bool
    lower_is_better: bool


@dataclass(frozen=True)
class Draft:
    """The configuration that a notice asks for. Names in items are as the notice prints them; `units` are in order of first mention,
    with every name seen among their aliases and, of those that were known, contacts and duty carried over. `words` are an item's
    own words by its number, marks of conversion removed, without the responsibility clause, which `clauses` hold as printed."""

    notice: NoticeHead
    items: tuple[Item, ...]
    words: Mapping[int, str]
    clauses: Mapping[int, str]
    units: tuple[Unit, ...]
    collectives: tuple[Collective, ...]
    aliases: tuple[Alias, ...] = ()
    questions: tuple[Question, ...] = ()
    targets: tuple[TargetRead, ...] = field(default=())

"""Progress: the figures and words that units reported for each item, which of them stand, and how far a target is reached.

The fold goes by the ledger's order: what came last stands, be it a unit's report or an officer's act, and what it replaced is kept."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import ROUND_DOWN, Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, Generic, TypeVar

from cuibao.rules.entries import Entry, Kind, shared
from cuibao.rules.period import Period, closes_at
from cuibao.rules.registry import Target, plain_measure

T = TypeVar("T")
NEAR = timedelta(days=3)
"""A report that is owed is near its limit from three days before it, as 红黄蓝 lights are practised elsewhere."""
NIL = "零报告"
YEAR_END = 100
"""The share of a yearly target, in percent, that is due where the office has set none for the period."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number reported against a target, cumulative since January, in the target's measure."""

    item: int
    indicator: str
    value: Decimal
    measure: str


@dataclass(frozen=True, slots=True)
class Words:
    """What was written about one item: 进展情况, 存在问题, 下一步打算. Each may be empty, never all."""

    progress: str
    problems: str
    next_steps: str

    @property
    def visible(self) -> bool:
        """Whether anything in it can be seen: blanks and control characters say nothing."""
        return any(
            char.isprintable() and not char.isspace()
            for text in (self.progress, self.problems, self.next_steps)
            for char in text
        )


@dataclass(frozen=True, slots=True)
class Written:
    """What a form's cell said of a figure, where that is not simply the number that was taken. `wrong` says in words why it was not, ""
    where it was; `item` is None where it is not known which item the row is about."""

    item: int | None
    indicator: str
    text: str
    wrong: str


@dataclass(frozen=True, slots=True)
class Source:
    """The entry that said it: its number, time and actor; the mail's digest and file where it came by mail, and the reason where
    an officer gave one."""

    seq: int
    at: datetime
    kind: Kind
    actor: str
    sha256: str
    file: str
    reason: str


@dataclass(frozen=True, slots=True)
class Told(Generic[T]):
    """What stands, where it came from, and what it replaced, oldest first. `returned` while the report that said it is sent back and
    neither told again nor accepted after all: it is kept and shown as such, and nothing rests on it."""

    what: T
    source: Source
    replaced: tuple[tuple[T, Source], ...] = ()
    returned: bool = False


def _followed(old: Told[T] | None, what: T, source: Source) -> Told[T]:
    """The new one over the old. The same said again is still the newer report."""
    return Told(what, source, (*old.replaced, (old.what, old.source)) if old else ())


@dataclass(slots=True)
class Reported:
    """What units reported, by (unit, period). `take` entries in order, each once; everything else is read."""

    figures: dict[tuple[str, str], dict[tuple[int, str], Told[Figure]]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    """By item and indicator."""
    words: dict[tuple[str, str], dict[int, Told[Words]]] = field(default_factory=lambda: defaultdict(dict))
    """By item."""
    refused: dict[tuple[str, str], dict[tuple[int, str], Told[Written]]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    """By item and indicator, "" where the row named none: what was filled in and not taken, until a figure is told."""
    sent_back: dict[tuple[str, str], set[int]] = field(default_factory=lambda: defaultdict(set))
    """Items whose report was sent back, and of which nothing has come since."""
    reports: dict[tuple[str, str], list[tuple[tuple[int, ...], bool]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    """Each report's items, none for all of the unit's, and whether it is a nil report; the newest last."""

    def take(self, entry: Entry) -> None:
        """Take in an entry of kind submission.received, .sent_back or .accepted, or figure.set; others say nothing here."""
        where = (entry.unit or "", entry.period or "")
        if entry.kind is Kind.FIGURE_SET:
            self._figures(where, [entry.data], entry)
        elif entry.kind is Kind.SUBMISSION_RECEIVED:
            self.reports[where].append((entry.items, bool(entry.data.get("nil"))))
            self._figures(where, entry.data.get("figures", ()), entry)
            self._refusals(where, map(doc_to_written, entry.data.get("refused", ())), entry)
            for doc in entry.data.get("words", ()):
                said = doc_to_words(doc)
                if said.visible:
                    found = self.words[where]
                    found[int(doc["item"])] = _followed(found.get(int(doc["item"])), said, _source(entry))
            self.sent_back[where] -= self._told_of(where, entry.items)
        elif entry.kind is Kind.SUBMISSION_SENT_BACK:
            back = self._told_of(where, entry.items)
            self._mark(where, back, returned=True)
            self.sent_back[where] |= back
        elif entry.kind is Kind.SUBMISSION_ACCEPTED:
            # What came after the return is another report: to accept that one makes the numbers of the first no better.
            back = self._told_of(where, entry.items) & self.sent_back[where]
            self._mark(where, back, returned=False)
            self.sent_back[where] -= back

    def _figures(self, where: tuple[str, str], docs: Iterable[Mapping[str, Any]], entry: Entry) -> None:
        for doc in docs:
            if figure := doc_to_figure(doc):
                found, key = self.figures[where], (figure.item, figure.indicator)
                found[key] = _followed(found.get(key), figure, _source(entry))
                self.refused[where].pop(key, None)

    def _refusals(self, where: tuple[str, str], written: Iterable[Written], entry: Entry) -> None:
        """What one report filled in for the same figure, differently in two places, stands together."""
        by_key: dict[tuple[int, str], list[Written]] = defaultdict(list)
        for one in written:
            if one.item is not None:
                by_key[one.item, one.indicator].append(one)
        for key, found in by_key.items():
            both = replace(found[-1], text="、".join(one.text for one in found))
            self.refused[where][key] = Told(both, _source(entry))

    def _told_of(self, where: tuple[str, str], items: Sequence[int]) -> set[int]:
        """Those of the items, or of all where there are none, of which figures or words stand, or a figure was refused."""
        figures = {item for told in (self.figures, self.refused) for item, _ in told.get(where, ())}
        known = figures | self.words.get(where, {}).keys()
        return known & set(items) if items else known

    def _mark(self, where: tuple[str, str], items: Collection[int], *, returned: bool) -> None:
        """Mark what a report said of these items. An officer's own figure is no part of what is sent back."""
        figures, words = self.figures.get(where, {}), self.words.get(where, {})
        for key, figure in figures.items():
            if key[0] in items and figure.source.kind is not Kind.FIGURE_SET:
                figures[key] = replace(figure, returned=returned)
        refused = self.refused.get(where, {})
        for key, one in refused.items():
            if key[0] in items:
                refused[key] = replace(one, returned=returned)
        for item, said in words.items():
            if item in items:
                words[item] = replace(said, returned=returned)

    def figure(self, unit: str, period: str, item: int, indicator: str) -> Told[Figure] | None:
        """The figure that stands, or None where none was reported."""
        return self.figures.get((unit, period), {}).get((item, indicator))

    def refusal(self, unit: str, period: str, item: int, indicator: str) -> Told[Written] | None:
        """What was filled in for it and not taken, since when no figure was told. None where nothing was, and where the report that said it
        was sent back. A row that named no indicator may be meant for any of the item's that has no figure."""
        found = self.refused.get((unit, period), {})
        told = found.get((item, indicator))
        if told is None and self.figure(unit, period, item, indicator) is None:
            told = found.get((item, ""))
        return None if told is None or told.returned else told

    def said(self, unit: str, period: str, item: int) -> Told[Words] | None:
        """The words that stand, or None where none were reported."""
        return self.words.get((unit, period), {}).get(item)

    def nil(self, unit: str, period: str, item: int) -> bool:
        """Whether the newest report that covers the item is a nil report, by the whole of it or by its words on the item."""
        covering = (nil for items, nil in reversed(self.reports.get((unit, period), ())) if not items or item in items)
        said = self.said(unit, period, item)
        return next(covering, False) or (said is not None and NIL in said.what.progress)

    def before(
        self, unit: str, periods: Sequence[Period], period: str, item: int, indicator: str
    ) -> Told[Figure] | None:
        """The figure that stands for the latest earlier period of `periods` (in order of time) that has one; those sent back are none."""
        found: Told[Figure] | None = None
        for one in periods:
            if one.key == period:
                break
            told = self.figure(unit, one.key, item, indicator)
            found = told if told and not told.returned else found
        return found


def _source(entry: Entry) -> Source:
    data = entry.data
    sha256, file, reason = (str(data.get(key, "")) for key in ("sha256", "file", "reason"))
    return Source(entry.seq, entry.at, entry.kind, entry.actor, sha256, file, reason)


def figure_to_doc(figure: Figure) -> dict[str, Any]:
    """The stable JSON form of a figure; its value as a decimal string, without exponent."""
    return {
        "item": figure.item,
        "indicator": figure.indicator,
        "value": plain(figure.value),
        "measure": figure.measure,
    }


def doc_to_figure(doc: Mapping[str, Any]) -> Figure | None:
    """The figure that figure_to_doc wrote, or None where the value is no number, so that no entry can stop the ledger from being
    read. Raises KeyError, TypeError or ValueError for a line that is not one."""
    try:
        value = Decimal(str(doc["value"]))
    except InvalidOperation:
        return None
    if not value.is_finite():
        return None
    return Figure(int(doc["item"]), shared(str(doc["indicator"])), value, shared(plain_measure(str(doc["measure"]))))


def written_to_doc(written: Written) -> dict[str, Any]:
    """The stable JSON form of what a cell said."""
    return {"item": written.item, "indicator": written.indicator, "text": written.text, "wrong": written.wrong}


def doc_to_written(doc: Mapping[str, Any]) -> Written:
    """What written_to_doc wrote."""
    return Written(doc["item"], shared(str(doc["indicator"])), str(doc["text"]), shared(str(doc["wrong"])))


def words_to_doc(item: int, words: Words) -> dict[str, Any]:
    """The stable JSON form of the words about one item."""
    return {"item": item, "progress": words.progress, "problems": words.problems, "next_steps": words.next_steps}


def doc_to_words(doc: Mapping[str, Any]) -> Words:
    """The words that words_to_doc wrote."""
    return Words(*(str(doc.get(key, "")) for key in ("progress", "problems", "next_steps")))


def plain(value: Decimal) -> str:
    """A number as people write it: no exponent, no zeros at the end: 14500, 98.5."""
    text = format(value, "f")
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


@dataclass(frozen=True, slots=True)
class Reach:
    """A figure against its target. `percent` is the share of the yearly value, rounded down, so that 50 and 100 are never read of what has
    not come to them; None where that is zero, a limit, or a share itself, none of which is a sum of a year's work; `due` the share, in percent, that the office expects by the period; `behind` whether 进度滞后."""

    target: Target
    value: Decimal
    percent: Decimal | None
    due: int
    behind: bool

    @property
    def trace(self) -> bool:
        """Whether it is more than nothing, but no tenth of a percent of the target."""
        return not self.percent and self.percent is not None and self.value > 0

    @property
    def met(self) -> bool:
        """Whether the yearly target itself is met."""
        if self.target.is_limit:
            return self.value <= self.target.value
        return self.value >= self.target.value


def due_share(progress: Iterable[tuple[str, int]], period: str) -> int:
    """序时进度: the share in percent that office.yaml expects by that period."""
    return dict(progress).get(period, YEAR_END)


def reach(target: Target, value: Decimal, due: int) -> Reach:
    """How far a target is reached. A limit is behind only when it is passed: whether it is a level or a sum over the year
    is not said, so that no share of it is due. A share (毛入学率, 完成率) is behind where it would be as a sum as well as as a level."""
    summed = target.grows and target.value
    percent = (100 * value / target.value).quantize(Decimal("0.1"), ROUND_DOWN) if summed else None
    behind = value > target.value if target.is_limit else 100 * value < due * target.value
    return Reach(target, value, percent, due, behind)


def reached(target: Target, told: Told[Figure], due: int) -> Reach | None:
    """How far a figure that was told reaches; None where nothing can be said of that: it was sent back, or it is not in the target's
    measure, as when the registry was changed since, and what it comes to is a person's to say."""
    comparable = not told.returned and told.what.measure == target.measure
    return reach(target, told.what.value, due) if comparable else None


class Light(StrEnum):
    """What needs attention, the gravest last."""

    BLUE = "blue"
    YELLOW = "yellow"
    RED = "red"


LIGHT_WORDS = {Light.BLUE: "临近时限", Light.YELLOW: "进度滞后", Light.RED: "逾期未报"}
"""What people see beside the colour: 蓝, 黄, 红."""


def light(now: datetime, last_day: date, *, owed: bool, behind: bool) -> Light | None:
    """The light of an obligation, an item or a unit: red where something is owed (missing or returned) after its effective
    deadline `last_day`, yellow where a figure is behind, blue where something is owed within three days, else none."""
    closes = closes_at(last_day)
    if owed and now >= closes:
        return Light.RED
    if behind:
        return Light.YELLOW
    return Light.BLUE if owed and now >= closes - NEAR else None

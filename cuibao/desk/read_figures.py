"""What a mail's forms say, figure by figure: as it was written and as it was read, beside target and last quarter, and what became of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from cuibao.desk.context import Desk
from cuibao.rules.progress import Figure, Told, Written, plain
from cuibao.rules.records import Mail
from cuibao.rules.registry import Item, Target
from cuibao.rules.verdict import Confidence, MailKind, Verdict


class Fate(StrEnum):
    """What became of a figure that a form says."""

    STANDS = "stands"
    REPLACED = "replaced"
    WAITS = "waits"
    REFUSED = "refused"
    RETURNED = "returned"
    UNCOUNTED = "uncounted"


@dataclass(frozen=True, slots=True)
class ReadFigure:
    """One figure of a mail. `item` and `target` are None where it is not known which it is; `figure` is None where none could be
    taken; `last` is what was reported before this quarter, `now` what stands for it; `why` says why it was refused. Where the quarter is
    still open, `by_quarter` is what stands for each, by its name: it tells which one the form was filled in for."""

    item: Item | None
    indicator: str
    target: Target | None
    written: str
    figure: Figure | None
    last: Told[Figure] | None
    now: Told[Figure] | None
    fate: Fate
    why: str = ""
    by_quarter: tuple[tuple[str, Told[Figure]], ...] = ()


def read_figures(desk: Desk, mail: Mail) -> tuple[ReadFigure, ...]:
    """The figures in the order of the notice's targets; those of rows that could not be told last. None before the mail has been judged."""
    verdict = mail.verdict
    if verdict is None:
        return ()
    found = [*_taken(desk, mail, verdict), *_refused(desk, mail, verdict)]
    places = [(item.no, target.indicator) for item in desk.office.registry.items for target in item.targets]
    order = {key: place for place, key in enumerate(places)}

    def place(one: ReadFigure) -> int:
        return order.get((one.item.no, one.indicator), len(order)) if one.item else len(order)

    return tuple(sorted(found, key=place))


def _taken(desk: Desk, mail: Mail, verdict: Verdict) -> Iterator[ReadFigure]:
    texts = {(one.item, one.indicator): one.text for one in verdict.written if not one.wrong}
    for figure in verdict.figures:
        written = texts.get((figure.item, figure.indicator), plain(figure.value))
        yield _row(desk, mail, verdict, Written(figure.item, figure.indicator, written, ""), figure)


def _refused(desk: Desk, mail: Mail, verdict: Verdict) -> Iterator[ReadFigure]:
    return (_row(desk, mail, verdict, one, None) for one in verdict.written if one.wrong)


def _row(desk: Desk, mail: Mail, verdict: Verdict, written: Written, figure: Figure | None) -> ReadFigure:
    item = desk.office.registry.item(written.item) if written.item is not None else None
    target = next((one for one in item.targets if one.indicator == written.indicator), None) if item else None
    unit, reported = verdict.unit or "", desk.book().reported
    last = now = None
    by_quarter: tuple[tuple[str, Told[Figure]], ...] = ()
    if item and target and verdict.period:
        last = reported.before(unit, desk.office.periods, verdict.period, item.no, target.indicator)
        now = reported.figure(unit, verdict.period, item.no, target.indicator)
    elif item and target:
        told = ((one.name, reported.figure(unit, one.key, item.no, target.indicator)) for one in desk.office.periods)
        by_quarter = tuple((name, stands) for name, stands in told if stands)
    undecided = mail.in_triage and verdict.period is None
    fate = Fate.WAITS if undecided else _fate(mail, verdict, now) if figure else Fate.REFUSED
    why = "" if undecided else written.wrong
    return ReadFigure(item, written.indicator, target, written.text, figure, last, now, fate, why, by_quarter)


def _fate(mail: Mail, verdict: Verdict, now: Told[Figure] | None) -> Fate:
    if mail.in_triage:
        return Fate.WAITS
    counts = verdict.kind is MailKind.SUBMISSION and verdict.confidence is Confidence.CERTAIN and not mail.duplicate
    if not counts or now is None:
        return Fate.UNCOUNTED
    if now.source.sha256 == mail.sha256:
        return Fate.RETURNED if now.returned else Fate.STANDS
    return Fate.REPLACED if any(source.sha256 == mail.sha256 for _, source in now.replaced) else Fate.UNCOUNTED

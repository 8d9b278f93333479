"""Waves: what is about to leave and what waits for an officer, with exact recipients and text; let go or held by an entry."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cuibao.desk import signed
from cuibao.desk.compose import stage_words
from cuibao.desk.context import Desk
from cuibao.papers.letter import Composed
from cuibao.papers.wording import cited
from cuibao.rules.decide import plain_fingerprint
from cuibao.rules.entries import Draft, Entry, Kind, stamp
from cuibao.rules.outcomes import CuibaoError, UsageError
from cuibao.rules.period import Period, Stage, closes_at, spans
from cuibao.rules.plan import Year, make_plans
from cuibao.rules.planned import (
    ALREADY_SENT,
    HELD,
    INFORM_ONLY,
    NEVER_AN_ADDRESS,
    NO_WINDOW,
    RETURNED,
    Fingerprint,
    Plan,
    PlannedLetter,
)

_CODE = 6
FAR = timedelta(days=366)
"""So far behind the last deadline a stage can lie, after an extension."""


@dataclass(frozen=True, slots=True)
class WaveLetter:
    """One letter of a wave as it would leave. `waits` is why an officer must let it go, "" where it goes by itself."""

    planned: PlannedLetter
    waits: str
    words: Composed
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Wave:
    """The letters of one stage of one period, `due_at` the stage's own time. `code` stands for all their recipients
    and texts: whoever names it approves what they saw."""

    period: str
    stage: str
    due_at: datetime
    letters: tuple[WaveLetter, ...]

    @property
    def code(self) -> str:
        """A short digest of every letter's fingerprint."""
        whole = "\n".join(sorted(letter.fingerprint for letter in self.letters))
        return hashlib.sha256(whole.encode()).hexdigest()[:_CODE]


def plan(desk: Desk, now: datetime, until: datetime | None = None) -> Plan:
    """What is due in the desk's own year, what will be, and what is withheld; what other years' letters take of the quota is counted.
    Approvals hold only for the very recipients and text that were shown."""
    years = sorted((desk, *desk.beside), key=lambda one: -one.office.notice.year)
    made = make_plans([_asked(one) for one in years], now, until)
    return next(plan for one, plan in zip(years, made, strict=True) if one is desk)


def plans(desk: Desk, now: datetime, until: datetime | None = None) -> "tuple[tuple[Desk, Plan], ...]":
    """Every year's desk with its plan, this year's first."""
    return tuple(zip(desk.years, make_plans([_asked(one) for one in desk.years], now, until), strict=True))


def plan_of_all(desk: Desk, now: datetime, until: datetime | None = None) -> Plan:
    """The plans of all years as one, in the order in which letters leave."""
    made = [plan for _, plan in plans(desk, now, until)]
    letters = sorted((letter for one in made for letter in one.letters), key=lambda letter: letter.send_at)
    return Plan(now, tuple(letters), tuple(item for one in made for item in one.withheld))


def _asked(desk: Desk) -> Year:
    return Year(desk.office, desk.duties, desk.book(), fingerprint_of(desk))


def fingerprint_of(desk: Desk) -> Fingerprint:
    """What tells a letter from any other: recipients, items, deadline and its words as of its stage's day, so that the date
    printed on it voids no approval. A letter that cannot be written has none that an approval could match."""

    def fingerprint(letter: PlannedLetter) -> str:
        try:
            return _digest(letter, _as_of_its_day(desk, letter))
        except CuibaoError:
            return ""

    return fingerprint


def _as_of_its_day(desk: Desk, letter: PlannedLetter) -> Composed:
    """Its words on its stage's own day, though it may leave before."""
    return stage_words(desk, letter, _own_time(desk, letter))


def _own_time(desk: Desk, letter: PlannedLetter) -> datetime:
    """When its stage begins by itself, though an officer may have let it leave before."""
    found = spans(desk.office.stages, letter.key.deadline, desk.office.hours)
    return next((span for span in found if span.stage.key == letter.stage), letter.span).due_at


def _digest(letter: PlannedLetter, words: Composed) -> str:
    whole = "\n".join((plain_fingerprint(letter), words.subject, words.text))
    return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()


def waves(desk: Desk, now: datetime, until: datetime | None = None) -> tuple[Wave, ...]:
    """What leaves by the end of the next stage's day (or `until`) and what waits for an officer, by stage, soonest first. Raises
    CuibaoError when a letter cannot be written."""
    found: dict[tuple[str, str], list[WaveLetter]] = {}
    for letter, waits in _letters(plan(desk, now, until)):
        words = stage_words(desk, letter, max(now, letter.send_at))
        one = WaveLetter(letter, waits, words, _digest(letter, _as_of_its_day(desk, letter)))
        found.setdefault((letter.key.period, letter.stage), []).append(one)
    made = [
        Wave(period, stage, min(_own_time(desk, one.planned) for one in letters), tuple(letters))
        for (period, stage), letters in found.items()
    ]
    return tuple(sorted(made, key=lambda wave: wave.due_at))


def _letters(made: Plan) -> Iterator[tuple[PlannedLetter, str]]:
    yield from ((letter, "") for letter in made.letters)
    yield from ((held.letter, held.reason) for held in made.withheld if held.letter)


def _horizon(desk: Desk) -> datetime:
    """So late that every stage of the notice has begun."""
    return closes_at(max(one.last_day for one in desk.office.periods)) + FAR


def approve(
    desk: Desk,
    period: str,
    stage: str,
    now: datetime,
    *,
    units: Sequence[str] = (),
    code: str = "",
    by: str,
    reason: str,
) -> Entry:
    """Let a wave go, or only its letters to some units. With `code`, only if it still is what was shown. Raises UsageError."""
    by, reason = signed.name(by), signed.words(reason, "理由")
    quarter, known = desk.period(period), _stage(desk, stage)
    wave, chosen = _chosen(desk, quarter, known, now, units, code)
    return _let_go(desk, wave, chosen, now, by, {"reason": reason})


def send_now(
    desk: Desk,
    period: str,
    stage: str,
    now: datetime,
    *,
    units: Sequence[str] = (),
    code: str = "",
    by: str,
    reason: str,
) -> Entry:
    """Let a wave's letters, or only those to some units, leave before the stage's own time: as soon as office hours, quota and pace
    allow, as they were shown, approved thereby. Letters on hold stay, unless their unit is named. With `code`, only if the wave
    still is what was shown. Raises UsageError, also where a letter's time has come already, or where it is one for after the
    deadline and the deadline has not passed."""
    by, reason = signed.name(by), signed.words(reason, "理由")
    quarter, known = desk.period(period), _stage(desk, stage)
    if known is RETURNED:
        raise UsageError(
            "退回补报的函件随退回即发，无须提前", "尚待批准的请用 ./bot wave approve；不在办公时段的，到办公时段即发"
        )
    wave, chosen = _chosen(desk, quarter, known, now, units, code)
    refusals = [(one, _not_now(desk, one, now, named=bool(units))) for one in chosen]
    going = [one for one, refusal in refusals if refusal is None]
    served = {one.planned.key.unit for one in going}
    for one, refusal in refusals:
        if refusal and one.planned.key.unit not in served and (units or not going):
            raise UsageError(f"{one.planned.key.unit}的{quarter.name}{known.name}{refusal[0]}", refusal[1])
    return _let_go(desk, wave, going, now, by, {"reason": reason, "now": stamp(now)})


def _not_now(desk: Desk, letter: WaveLetter, now: datetime, *, named: bool) -> tuple[str, str] | None:
    """Why a letter does not leave before its time, and the remedy; None where it may."""
    planned = letter.planned
    last_day = planned.key.deadline
    if planned.span.due_at <= now:
        return "已到发出时间，无须提前", "尚待批准的请用 ./bot wave approve"
    if planned.span.stage.workdays > 0 and now < closes_at(last_day):
        day = f"{last_day.month}月{last_day.day}日"
        return f"须待报送截止（{day}）后方可发出", "截止前请发提醒或催报"
    if not named and (planned.key.period, planned.stage, planned.key.unit) in desk.book().holds:
        return "已由经办人暂缓", "如确须发出，请用 --unit 写明该单位"
    return None


def _chosen(
    desk: Desk, period: Period, stage: Stage, now: datetime, units: Sequence[str], code: str
) -> tuple[Wave, list[WaveLetter]]:
    """The wave that `code` stands for, and of its letters those to the units, all where none is named. Raises UsageError."""
    names = {desk.unit(unit).name for unit in units}
    listed = _wave(desk, period, stage, now, None)
    # The list ends with the next stage's day; a unit with an extension may have a letter of this stage beyond it.
    wave = listed if listed and code == listed.code else _wave(desk, period, stage, now, _horizon(desk))
    chosen = [one for one in wave.letters if not names or one.planned.key.unit in names] if wave else []
    if wave is None or not chosen:
        raise UsageError(f"{period.key} 的{stage.name}没有待发的函件", "请用 ./bot wave list 查看哪些函件待发")
    if code and code != wave.code:
        raise UsageError(
            f"核对码已变为 {wave.code}：所列函件的收件人或内容与您看到的不同", "请用 ./bot wave list 重新查看后再批准"
        )
    return wave, chosen


def _wave(desk: Desk, period: Period, stage: Stage, now: datetime, until: datetime | None) -> Wave | None:
    """The wave of that stage as it is listed up to `until`: as people see it, its code stands for what they saw."""
    return next((one for one in waves(desk, now, until) if (one.period, one.stage) == (period.key, stage.key)), None)


def _let_go(
    desk: Desk, wave: Wave, chosen: Sequence[WaveLetter], now: datetime, by: str, said: Mapping[str, str]
) -> Entry:
    letters = [
        {
            "unit": one.planned.key.unit,
            "deadline": one.planned.key.deadline.isoformat(),
            "fingerprint": one.fingerprint,
            "to": list(one.planned.to),
            "cc": list(one.planned.cc),
        }
        for one in chosen
    ]
    data = {"stage": wave.stage, **said, "code": wave.code, "letters": letters}
    return desk.ledger.append([Draft(Kind.WAVE_APPROVED, now, wave.period, actor=by, data=data)])[0]


def hold(
    desk: Desk, period: str, stage: str, now: datetime, *, units: Sequence[str] = (), by: str, reason: str
) -> Entry:
    """Keep a wave from leaving, or only its letters to some units, until it is approved. Raises UsageError, also for a
    named unit whose letter has left, or that gets none."""
    by, reason = signed.name(by), signed.words(reason, "理由")
    quarter, known = desk.period(period), _stage(desk, stage)
    names = list(dict.fromkeys(desk.unit(unit).name for unit in units))
    if known is not RETURNED:  # a report may yet be sent back
        _check_can_be_held(desk, quarter, known, names, now)
    data = {
        "stage": known.key,
        "reason": reason,
        "units": names or [unit for unit, owed in desk.duties.items() if owed],
    }
    return desk.ledger.append([Draft(Kind.WAVE_HELD, now, quarter.key, actor=by, data=data)])[0]


def held(desk: Desk, hold: Entry, now: datetime) -> int:
    """How many letters wait because of that hold."""
    about, units = (hold.period, hold.data["stage"]), hold.data["units"]
    withheld = plan(desk, now, _horizon(desk)).withheld
    letters = (one for one in withheld if one.letter and one.unit in units and one.reason.startswith(HELD))
    return sum((one.period, one.stage) == about for one in letters)


def why_none(desk: Desk, unit: str, now: datetime) -> str:
    """Why no letter to a unit waits up to the next stage's day, of the latest stage that could have one; "" where none could."""
    reasons = [one for one in plan(desk, now).withheld if one.unit == unit and one.letter is None]
    if not reasons:
        return ""
    last = reasons[-1]
    stage = _stage(desk, last.stage)
    return f"{desk.period(last.period).name}{stage.name}：{last.reason}"


def _check_can_be_held(desk: Desk, period: Period, stage: Stage, names: Sequence[str], now: datetime) -> None:
    """A unit that owes nothing just now may be held, for it may owe again; one for whose letter it is too late may not."""
    made = plan(desk, now, _horizon(desk)) if names else Plan(now, (), ())
    coming = {
        letter.key.unit for letter in made.letters if (letter.key.period, letter.stage) == (period.key, stage.key)
    }
    withheld = [one for one in made.withheld if (one.period, one.stage) == (period.key, stage.key)]
    over = (ALREADY_SENT, INFORM_ONLY, NO_WINDOW, NEVER_AN_ADDRESS)
    coming |= {one.unit for one in withheld if not one.reason.startswith(over)}
    if late := [name for name in names if name not in coming]:
        why = next((f"（{one.reason}）" for one in withheld if one.unit == late[0]), "")
        raise UsageError(
            f"{late[0]}没有待发的{period.name}{stage.name}函件{why}，无须暂缓", "请用 ./bot wave list 查看哪些函件待发"
        )


def _stage(desk: Desk, name: str) -> Stage:
    """The stage of that key or name, or the letter that a send_back calls for. Raises UsageError."""
    stages = (*desk.office.stages, RETURNED)
    found = [stage for stage in stages if name in (stage.key, stage.name)]
    if len(found) == 1:
        return found[0]
    known = "、".join(f"{stage.key}（{stage.name}）" for stage in stages)
    raise UsageError(f"没有名为{cited(name)}的阶段", f"请从以下各项中选择：{known}")

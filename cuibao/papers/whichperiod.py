"""Which period a mail is about: the token, then words in subject, attachments' names and titles, and own text; then the window."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from cuibao.papers.folding import folded
from cuibao.papers.mail import Mail
from cuibao.papers.whose import View, Whose
from cuibao.rules.verdict import Evidence

_YEAR = r"(?:(20\d\d)\s*年?(?:度)?\s*)?"
_TO = r"\s*(?:-|–|—|~|～|―|至|到|一)+\s*"
_Q = r"(?:(?<![A-Z\d])|(?<=(?<![A-Z\d])20\d\d))Q"
"""A quarter's Q stands by itself or after a year: a token may hold Q2 as well."""
_FIRST = r"(?<!\d)第?[一1]季度"
_QUARTERS: tuple[tuple[str, int], ...] = (
    (rf"(?<!\d)1\s*月?(?:份)?{_TO}3\s*月", 1),
    (rf"(?<!\d)[14]\s*月?(?:份)?{_TO}6\s*月", 2),
    (rf"(?<!\d)[17]\s*月?(?:份)?{_TO}9\s*月", 3),
    (rf"(?<!\d)10?\s*月?(?:份)?{_TO}12\s*月", 4),
    (rf"{_Q}1(?![A-Z\d])|{_FIRST}", 1),
    (rf"上半年|前[二两2]个?季度|{_Q}2(?![A-Z\d])|第?[二2]季度", 2),
    (rf"前[三3]个?季度|{_Q}3(?![A-Z\d])|第?[三3]季度", 3),
    (rf"{_Q}4(?![A-Z\d])|第?[四4]季度|年终|全年(?!度?(?:目标|任务|计划|指标|预期|的?\d))", 4),
)
_ORDER = tuple(quarter for _, quarter in _QUARTERS)
_WORDS = re.compile(
    r"(?=[12347一二三四第上前年全Q])" + _YEAR + r"(?:" + "|".join(f"({words})" for words, _ in _QUARTERS) + ")",
    re.IGNORECASE,
)
"""The characters before it are those that a match begins with: looked at first, they save most of the time."""
_HINT = re.compile(
    "|".join((*(rf"{digit}\s*月" for digit in "3692３６９２"), "季度|上半年|全年|年终|Q[1234]|q[1234]|Ｑ|ｑ"))
)
"""Here and below each alternative begins with a character and none is asked for in two cases: then a search leaps to those that any
begins with, and is thirty times as fast."""
_LOOSE_YEAR = re.compile(r"(?:完成|占|达到?|为)全年|全年(?!.{0,6}(?:完成情况|总结|报告|工作|累计))")
_STRANGE_HINT = re.compile(
    "|".join(
        (
            *(f"{digit}月" for digit in "0123456789０１２３４５６７８９"),
            r"一季|1季|、第?.季|和第?.季|及第?.季|去年|上年|Q1|q1|二[〇○零]|20\d\d年|月份|个月|下半年|月报|周报",
        )
    )
)
_OTHER_YEAR = re.compile(
    r"(20\d\d)年(?:度)?(?!\d{1,2}月\d{1,2}日|.{0,3}(?:以来|起))(?:第?[一二三四1-4]季度|[上下]半年)?"
)
_OTHER_QUARTER = re.compile(
    rf"(?<![、,和\d])第?[一1]季度|{_Q}1(?![A-Z\d])|下半年|前[一二四五七八1-24578]个月|(?<!\d)[月周]报",
    re.IGNORECASE,
)
_SEVERAL_QUARTERS = re.compile(
    r"第?[一二三1-3][、和及]第?[二三四2-4]季度|(?:去年|上年)(?:第?[一二三四1-4]季度|[上下]半年)|二[〇○零]一[〇○零一二三四五六七八九]年"
)
_OTHER_RANGE = re.compile(rf"(?<!\d)1\s*月?(?:份)?{_TO}(\d{{1,2}})\s*月")
_MONTH = re.compile(r"(?<![\d至到截前\-–—~―、])(\d{1,2})月(?!份?\s*[-–—~―至到一])(?:份|(?=[^\d底末初中前以]|$))")
_MONTH_IN_TEXT = re.compile(r"(?<![\d至到截前\-–—~―、])(\d{1,2})月份(?!以来)")
_SUMMED = re.compile(r"截[至止]|累计|目前")
_COMPARED = re.compile(r"比|较|同期|增长|去年|上年|结转")
_AHEAD = re.compile(r"下一步|下步|下阶段|计划|打算|拟|(?<!现)将|预计|力争|确保|争取|去年|同期|上年")
_NEVER_OURS = (_OTHER_QUARTER, _SEVERAL_QUARTERS)
_KEYS = frozenset({"Q1", "Q2", "Q3", "Q4"})
_FIRST_QUARTER = re.compile(rf"{_FIRST}|Q1", re.IGNORECASE)
_YEARS = re.compile(r"(?<!\d)20\d\d(?=\s*年|\s*(?:度\s*)?第?[一二三四]季|Q)", re.IGNORECASE)
_SENTENCES = re.compile(r"[。;!\n]")
_OWN_LIMIT = 20_000


@dataclass(frozen=True, slots=True)
class WhichPeriod:
    """The period's key or None; `sure` is False where words and token, words among themselves, or form and letter disagree."""

    period: str | None
    sure: bool
    evidence: tuple[Evidence, ...]
    reasons: tuple[str, ...]


def which_period(mail: Mail, view: View, whose: Whose) -> WhichPeriod:
    """Token, words, window, in that order; what disagrees, or names no period of the notice's, goes to a person."""
    places = _places(mail)
    told = [(rule, found) for rule, text in places if (found := periods_in(text, view))]
    guess = _guess(told, view, whose)
    strange = _strange(places, guess.period, view, named=any(rule == "period_in_text" for rule, _ in told))
    if not strange:
        return guess
    reason = f"信中写有“{'”“'.join(strange)}”，与本通知的报送季度不符，请经办人核定"
    return replace(guess, sure=False, reasons=(*guess.reasons, reason))


def _guess(told: list[tuple[str, frozenset[str]]], view: View, whose: Whose) -> WhichPeriod:
    evidence = list(dict.fromkeys(Evidence(rule, "、".join(sorted(found))) for rule, found in told))
    if whose.answered:
        evidence.insert(0, Evidence("period_token", whose.answered))
    evidence[:0] = [Evidence("period_form", period) for period in whose.forms]
    if whose.forms and len({*whose.forms, whose.answered} - {None}) > 1:
        return _by_forms(whose, view, evidence)
    if whose.letter:
        period, what = whose.letter.period, "所附完成情况表" if whose.forms else "所复发件"
        other = sorted({key for _, found in told if period not in found for key in found})
        reasons = [f"信中所写季度（{_names(other, view)}）与{what}（{_names([period], view)}）不一致"] if other else []
        return WhichPeriod(period, not other, tuple(evidence), tuple(reasons))
    if told:
        return _by_words([found for _, found in told], view, evidence)
    window = view.period_choice(whose.unit) if whose.unit else None
    return WhichPeriod(window, True, (Evidence("period_window", window),) if window else (), ())


def _by_forms(whose: Whose, view: View, evidence: list[Evidence]) -> WhichPeriod:
    """Forms of several periods, or of another one than the letter that is answered. An old form that was filled in again would take the
    place of what its own quarter has: only a form that is the letter's own leaves a guess."""
    forms = _names(whose.forms, view)
    letter = f"，所复发件为{_names([whose.answered], view)}的函" if whose.answered else ""
    if whose.answered in whose.forms:
        told = f"附件中有{forms}的完成情况表{letter}，请经办人核定"
        return WhichPeriod(whose.answered, False, tuple(evidence), (told,))
    told = f"附件为{forms}的完成情况表{letter}，不能确定填报的是哪个季度"
    return WhichPeriod(None, False, tuple(evidence), (told,))


def _by_words(places: list[frozenset[str]], view: View, evidence: list[Evidence]) -> WhichPeriod:
    agreed = frozenset.intersection(*places)
    if len(agreed) == 1:
        return WhichPeriod(next(iter(agreed)), True, tuple(evidence), ())
    named = sorted(frozenset.union(*places))
    guess = next((next(iter(found)) for found in places if len(found) == 1), named[0])
    return WhichPeriod(guess, False, tuple(evidence), (f"信中写有不止一个季度（{_names(named, view)}）",))


def _names(keys: Iterable[str], view: View) -> str:
    known = {period.key: period.name for period in view.periods}
    return "、".join(known.get(key, key) for key in keys)


def _places(mail: Mail) -> list[tuple[str, str]]:
    names = (name for one in mail.attachments if not one.inline for name in one.names)
    titles = "\n".join(title for one in mail.attachments for title in one.titles)
    return [
        ("period_in_subject", mail.subject),
        ("period_in_attachment", "\n".join(name.rpartition(".")[0] or name for name in names)),
        ("period_in_attachment", titles),  # apart: a name that says otherwise than the title under it is a disagreement
        ("period_in_text", _present(mail.own_text[:_OWN_LIMIT])),
    ]


def _strange(places: list[tuple[str, str]], period: str | None, view: View, *, named: bool) -> tuple[str, ...]:
    """What subject, attachment names and own words say of a time that is no period of the notice's: another year, the first
    quarter, a month. Own words that name the period may speak of other times besides (`named`)."""
    found: list[str] = []
    for rule, text in places:
        in_text = rule == "period_in_text"
        if not text or (in_text and named):
            continue
        found += _unasked(text, view)
        if _STRANGE_HINT.search(text):
            found += _other_times(folded(text), period, view, in_text=in_text)
    return tuple(dict.fromkeys(found))


def _unasked(text: str, view: View) -> Iterable[str]:
    """Quarters for which the notice, say one of half-years, asks no report; of the first one _other_times() tells."""
    unasked = {2, 3, 4} - {int(one.key[5:]) for one in view.periods if one.key[4:] in _KEYS}
    if unasked and _HINT.search(text):
        yield from (match.group(0) for match in _WORDS.finditer(folded(text)) if _quarter(match) in unasked)


def _other_times(text: str, period: str | None, view: View, *, in_text: bool) -> Iterable[str]:
    years = {one.key[:4] for one in view.periods}
    ours = {one.key[4:] for one in view.periods}
    ends = {str(3 * quarter) for quarter in range(1, 5) if f"Q{quarter}" in ours or quarter > 1}
    for sentence in _SENTENCES.split(text):
        if in_text and _COMPARED.search(sentence):
            continue
        yield from (match.group(0) for match in _OTHER_YEAR.finditer(sentence) if match.group(1) not in years)
        strange = (match.group(0) for rule in _NEVER_OURS for match in rule.finditer(sentence))
        yield from (words for words in strange if not ("Q1" in ours and _FIRST_QUARTER.fullmatch(words)))
        yield from (match.group(0) for match in _OTHER_RANGE.finditer(sentence) if match.group(1) not in ends)
        if not (in_text and _SUMMED.search(text)):
            months = (_MONTH_IN_TEXT if in_text else _MONTH).finditer(sentence)
            yield from (match.group(0) for match in months if not _closes(int(match.group(1)), period))


def _closes(month: int, period: str | None) -> bool:
    """Whether a period ends with that month: 6月份 may well be said of the second quarter."""
    return month % 3 == 0 and (period is None or period.endswith(f"Q{month // 3}"))


def _present(text: str) -> str:
    """The parts of a report that speak of what is done: not of what comes next, last year, or a share of the year's plan."""
    if not _HINT.search(text) and not _STRANGE_HINT.search(text):
        return ""
    return "\n".join(_done(sentence) for sentence in _SENTENCES.split(folded(text)) if _speaks_of_time(sentence))


def _speaks_of_time(sentence: str) -> bool:
    return bool(_HINT.search(sentence) or _STRANGE_HINT.search(sentence))


def _done(sentence: str) -> str:
    ahead = _AHEAD.search(sentence)
    return _LOOSE_YEAR.sub("", sentence[: ahead.start()] if ahead else sentence)


def periods_in(text: str, view: View) -> frozenset[str]:
    """The keys of the periods that a text names: 二季度 and 上半年 are Q2, 1—9月 and 前三季度 Q3, 全年 and 年终 Q4. A quarter of
    another year than the notice's is none."""
    if not _HINT.search(text):
        return frozenset()
    text = folded(text)
    known = {period.key for period in view.periods}
    years = sorted({key[:4] for key in known})
    found: set[str] = set()
    for match in _WORDS.finditer(text):
        year = match.group(1)
        found.update(key for one in ([year] if year else years) if (key := f"{one}Q{_quarter(match)}") in known)
    return frozenset(found)


def years_named(mail: Mail) -> frozenset[int]:
    """The years of which a mail names a quarter. A subject or an attachment's name may write them apart (2020年民生工作四季度); own
    words only together, and a year that something is compared with is not meant."""
    found: set[str] = set()
    for rule, sentence, matches in _sentences_with_quarters(mail):
        together = [match.group(1) for match in matches if match.group(1)]
        found.update(together if rule == "period_in_text" else _YEARS.findall(sentence))
    return frozenset(map(int, found))


def quarters_named(mail: Mail) -> frozenset[int]:
    """The quarters, 1 to 4, that the first place of a mail names which names any: subject, attachments' names, own text."""
    by_place: dict[str, set[int]] = {}
    for rule, _, matches in _sentences_with_quarters(mail):
        by_place.setdefault(rule, set()).update(_quarter(match) for match in matches)
    return frozenset(next(iter(by_place.values()), ()))


def _sentences_with_quarters(mail: Mail) -> Iterator[tuple[str, str, list[re.Match[str]]]]:
    """Where they stand, the sentences, and the quarters in each; without own words that only compare."""
    for rule, text in _places(mail):
        for sentence in _SENTENCES.split(folded(text)) if _HINT.search(text) else ():
            matches = list(_WORDS.finditer(sentence))
            if matches and not (rule == "period_in_text" and _COMPARED.search(sentence)):
                yield rule, sentence, matches


def _quarter(match: re.Match[str]) -> int:
    """The quarter that a match of _WORDS names."""
    return _ORDER[(match.lastindex or 2) - 2]

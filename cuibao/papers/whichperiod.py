"""Which period a mail is about: the token, then words in subject, attachment names and own text, then the window."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from cuibao.papers.mail import Mail
from cuibao.papers.whose import View, Whose, folded
from cuibao.rules.verdict import Evidence

_YEAR = r"(?:(20\d\d)\s*年?(?:度)?\s*)?"
_TO = r"\s*(?:-|–|—|~|～|―|至|到|一)+\s*"
_QUARTERS: tuple[tuple[str, int], ...] = (
    (rf"1\s*月?(?:份)?{_TO}6\s*月", 2),
    (rf"1\s*月?(?:份)?{_TO}9\s*月", 3),
    (rf"1\s*月?(?:份)?{_TO}12\s*月", 4),
    (r"上半年|前[二两2]个?季度|Q2|第?[二2]季度", 2),
    (r"前[三3]个?季度|Q3|第?[三3]季度", 3),
    (r"Q4|第?[四4]季度|年终|全年(?!度?(?:目标|任务|计划|指标|预期|的?\d))", 4),
)
_ORDER = tuple(quarter for _, quarter in _QUARTERS)
_WORDS = re.compile(_YEAR + r"(?<!\d)(?:" + "|".join(f"({words})" for words, _ in _QUARTERS) + ")", re.IGNORECASE)
_HINT = re.compile(r"季度|6\s*月|9\s*月|2\s*月|[６９２]\s*月|上半年|全年|年终|Q[234]|Ｑ", re.IGNORECASE)
_LOOSE_YEAR = re.compile(r"(?:完成|占|达到?|为)全年|全年(?!.{0,6}(?:完成情况|总结|报告|工作|累计))")
_AHEAD = re.compile(r"下一步|下步|下阶段|计划|打算|拟|(?<!现)将|预计|力争|确保|争取|去年|同期|上年")
_SENTENCES = re.compile(r"[。;!\n]")
_OWN_LIMIT = 20_000


@dataclass(frozen=True, slots=True)
class WhichPeriod:
    """The period's key or None; `sure` is False where words and token, or words among themselves, disagree."""

    period: str | None
    sure: bool
    evidence: tuple[Evidence, ...]
    reasons: tuple[str, ...]


def which_period(mail: Mail, view: View, whose: Whose) -> WhichPeriod:
    """Token, words, window, in that order; what disagrees goes to a person."""
    told = [(rule, found) for rule, found in _places(mail, view) if found]
    evidence = [Evidence(rule, "、".join(sorted(found))) for rule, found in told]
    if whose.letter:
        period = whose.letter.period
        evidence.insert(0, Evidence("period_token", period))
        other = sorted({key for _, found in told if period not in found for key in found})
        reasons = (
            [f"信中所写季度（{_names(other, view)}）与所复发件（{_names([period], view)}）不一致"] if other else []
        )
        return WhichPeriod(period, not other, tuple(evidence), tuple(reasons))
    if told:
        return _by_words([found for _, found in told], view, evidence)
    window = view.period_choice(whose.unit) if whose.unit else None
    return WhichPeriod(window, True, (Evidence("period_window", window),) if window else (), ())


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


def _places(mail: Mail, view: View) -> list[tuple[str, frozenset[str]]]:
    names = "\n".join(one.name.rpartition(".")[0] or one.name for one in mail.attachments if not one.inline)
    return [
        ("period_in_subject", periods_in(mail.subject, view)),
        ("period_in_attachment", periods_in(names, view)),
        ("period_in_text", periods_in(_present(mail.own_text[:_OWN_LIMIT]), view)),
    ]


def _present(text: str) -> str:
    """The parts of a report that speak of what is done: not of what comes next, last year, or a share of the year's plan."""
    if not _HINT.search(text):
        return ""
    return "\n".join(_done(sentence) for sentence in _SENTENCES.split(folded(text)) if _HINT.search(sentence))


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
        quarter = _ORDER[(match.lastindex or 2) - 2]
        year = match.group(1)
        found.update(key for one in ([year] if year else years) if (key := f"{one}Q{quarter}") in known)
    return frozenset(found)

"""Writes office.yaml for the next notice: its notice, periods and progress in the places of the old ones, all else as the office
keeps it, comments included."""

import re
from collections.abc import Iterator, Mapping

from cuibao.gateways.config_models import OfficeFile
from cuibao.gateways.units_file import scalar
from cuibao.papers.notice.draft import NoticeHead
from cuibao.rules.period import Period

_SHARES = {"Q1": 25, "Q2": 50, "Q3": 75, "Q4": 100}
_STALE = re.compile(r"(?m)^(\s*- \{key: .*\})[ \t]+#.*$")
_STALE_WORDS = re.compile(r"。右侧为[^\n]*的日期")


def office_text(old: str, file: OfficeFile, head: NoticeHead) -> str:
    """The new text. `old` is the text of office.yaml, `file` what it says. Where the notice names no deadlines the old ones stay; a
    number or title that it lacks is left empty, so that nothing is adopted under the old one. Dates noted beside the stages were the
    old notice's, and go where it names others."""
    text = _STALE_WORDS.sub("", _STALE.sub(r"\1", old)) if _other_dates(file, head) else old
    blocks = {"notice": _notice(head)}
    if head.periods:
        blocks["periods"] = "\n".join(["periods:", *map(_period, head.periods)])
        shares = ", ".join(f"{key}: {share}" for key, share in _progress(file, head.periods))
        blocks["progress"] = f"progress: {{{shares}}}"
    for key, block in blocks.items():
        text = _put(text, key, block)
    return text


def _other_dates(file: OfficeFile, head: NoticeHead) -> bool:
    return bool(head.periods) and head.periods[0].deadline != file.periods[0].deadline


def _notice(head: NoticeHead) -> str:
    return f"notice: {{number: {scalar(head.number)}, year: {head.year}, title: {scalar(head.title)}}}"


def _period(period: Period) -> str:
    return f"  - {{key: {period.key}, name: {scalar(period.name)}, deadline: {period.deadline.isoformat()}}}"


def _progress(file: OfficeFile, periods: tuple[Period, ...]) -> Iterator[tuple[str, int]]:
    """The share due by each period: as the office had it for that quarter, else the usual one, the whole for the last."""
    before: Mapping[str, int] = {key[4:]: share for key, share in file.progress.items()}
    for period in periods:
        usual = 100 if period is periods[-1] else _SHARES.get(period.key[4:], 100)
        yield period.key, before.get(period.key[4:], usual)


def _put(text: str, key: str, block: str) -> str:
    """The text with that block of the first level replaced, or added at its end."""
    found = re.search(rf"(?m)^{key}:.*\n?(?:[ \t}}\]-].*\n?)*", text)
    if found is None:
        return f"{text.rstrip(chr(10))}\n\n{block}\n"
    return f"{text[: found.start()]}{block}\n{text[found.end() :]}"

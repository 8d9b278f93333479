"""Problems as the terminal and JSON show them."""

import re
from collections.abc import Iterable, Iterator

from cuibao.front import show
from cuibao.rules.outcomes import Problem, Severity

_QUOTED = re.compile(r"“([^”]+)”")
FEW = 6
"""So many problems of one kind are listed one by one."""
WORDS = {Severity.ERROR: "错误", Severity.WARNING: "提示", Severity.QUESTION: "待答复"}


def problems_doc(problems: Iterable[Problem]) -> list[dict[str, str]]:
    """The stable JSON form."""
    return [
        {
            "file": problem.file,
            "path": problem.path,
            "message": problem.message,
            "remedy": problem.remedy,
            "severity": str(problem.severity),
        }
        for problem in problems
    ]


def tell(problems: Iterable[Problem], title: str) -> None:
    """A table for people."""
    show.table(title, ("性质", "文件", "位置", "情况", "办法"), rows(problems))


def rows(problems: Iterable[Problem]) -> list[tuple[str, str, str, str, str]]:
    """(severity, file, path, message, remedy) in words; what recurs with the same remedy is one row that names them all."""
    alike: dict[tuple[Severity, str, str], list[Problem]] = {}
    for problem in problems:
        alike.setdefault((problem.severity, problem.file, problem.remedy), []).append(problem)
    return [row for group in alike.values() for row in _rows(group)]


def _rows(group: list[Problem]) -> Iterator[tuple[str, str, str, str, str]]:
    first = group[0]
    if len(group) > FEW:
        others = "、".join(name[1] for problem in group[1:] if (name := _QUOTED.search(problem.message)))
        yield (
            WORDS[first.severity],
            first.file,
            first.path,
            f"{first.message}。同类共 {len(group)} 处：{others}",
            first.remedy,
        )
        return
    for p in group:
        yield WORDS[p.severity], p.file, p.path, p.message, p.remedy

"""Problems as the terminal and JSON show them."""

from collections.abc import Iterable

from cuibao.front import show
from cuibao.rules.outcomes import Problem, Severity

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
    show.table(
        title,
        ("性质", "文件", "位置", "情况", "办法"),
        [(WORDS[p.severity], p.file, p.path, p.message, p.remedy) for p in problems],
    )

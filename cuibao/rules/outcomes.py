"""Errors and problems as every floor names them: the thing, the place and the remedy."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    QUESTION = "question"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong or open. `file` and `path` say where ("config/units.yaml", "units[3].contacts[0].email");
    `message` and `remedy` are Chinese sentences for people."""

    file: str
    path: str
    message: str
    remedy: str
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        place = "：".join(part for part in (self.file, self.path) if part)
        return f"{place}：{self.message}。{self.remedy}" if place else f"{self.message}。{self.remedy}"


class CuibaoError(Exception):
    """Something a person must know; `message` and `remedy` are Chinese. Every error that cuibao raises is one of these."""

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(f"{message}。{remedy}" if remedy else message)
        self.message = message
        self.remedy = remedy


class ConfigError(CuibaoError):
    """The configuration cannot be used; carries every problem found, not only the first."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class UsageError(CuibaoError):
    """The command was asked for something that does not exist (a unit, a period, a mail)."""


class SettledError(UsageError):
    """Somebody has already decided what was to be decided; the words say who, when and how."""


class LedgerError(CuibaoError):
    """The ledger cannot be read or written safely: broken chain, wrong mode, disk full, read-only, secret missing."""


class OvertakenError(CuibaoError):
    """Somebody else wrote to the ledger since what is to be written was decided."""


class BusyError(CuibaoError):
    """Another process holds the store or the right to send."""


class MailServerError(CuibaoError):
    """A mail server did not do what was asked. `permanent` is true where trying again cannot help (wrong password); `wait` is how
    long it asked to be left alone."""

    def __init__(
        self, message: str, remedy: str = "", *, permanent: bool = False, wait: timedelta | None = None
    ) -> None:
        super().__init__(message, remedy)
        self.permanent = permanent
        self.wait = wait

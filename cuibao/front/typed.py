"""What is typed: a parser that speaks Chinese, and the texts that stand for times, days, items and the like."""

import argparse
import re
from datetime import date, datetime
from typing import Any, NoReturn

from cuibao.papers.wording import cited
from cuibao.rules.outcomes import UsageError
from cuibao.rules.workdays import CHINA


class Parser(argparse.ArgumentParser):
    """A parser that speaks Chinese where argparse would speak English."""

    def __init__(self, *, helps: bool = True, **settings: Any) -> None:
        super().__init__(**{"add_help": False, "formatter_class": _Formatter, "allow_abbrev": False, **settings})
        self._positionals.title, self._optionals.title = "参数", "选项"
        if helps:
            self.add_argument("-h", "--help", action="help", help="显示本说明")

    def error(self, message: str) -> NoReturn:
        raise UsageError(_in_chinese(message), f"用法见 {self.prog} --help")


class _Formatter(argparse.RawDescriptionHelpFormatter):
    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
        super().add_usage(usage, actions, groups, "用法：" if prefix is None else prefix)


_MESSAGES = (
    (r"the following arguments are required: (\w+)\|(\w+)", r"缺少操作：\1 或 \2"),
    (r"the following arguments are required: (.*)", r"缺少参数：\1"),
    (r"unrecognized arguments: (.*)", r"不认识的参数：\1"),
    (r"argument (\S+): invalid choice: '?([^' ]*)'? \(choose from (.*)\)", r"\1 不能是“\2”，可选：\3"),
    (r"argument (\S+): expected one argument", r"\1 后面须写明内容"),
    (r"argument (\S+): (.*)", r"\1：\2"),
)


def _in_chinese(message: str) -> str:
    for pattern, words in _MESSAGES:
        if re.fullmatch(pattern, message, re.DOTALL):
            told = re.sub(pattern, words, message, flags=re.DOTALL)
            return told.replace("', '", "、").replace("'", "").replace(", ", "、")
    return message


def moment(text: str) -> datetime:
    """A time as typed; without an offset it is Asia/Shanghai."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{cited(text)}不是时间，请写成 2020-06-15T09:00") from None
    if not 2000 <= found.year <= 2100:
        raise argparse.ArgumentTypeError(f"{cited(text)}不在 2000 年至 2100 年之间")
    return found.astimezone(CHINA) if found.tzinfo else found.replace(tzinfo=CHINA)


def words(text: str) -> str:
    """A reason or a name as typed, which must say something."""
    if not text.strip():
        raise argparse.ArgumentTypeError("不能为空")
    return text.strip()


def speed(text: str) -> float:
    """How fast the sandbox's clock runs."""
    try:
        found = float(text)
    except ValueError:
        found = 0.0
    if not 0 < found <= 1_000_000:
        raise argparse.ArgumentTypeError(f"{cited(text)}不是倍数，请写一个大于零的数，如 14400")
    return found


def day(text: str) -> date:
    """A date as typed."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{cited(text)}不是日期，请写成 2020-07-10") from None


def item_numbers(text: str) -> tuple[int, ...]:
    """Items as typed: 7-12, 7,8 or 7、8；9—11."""
    numbers: set[int] = set()
    for part in re.split(r"[,，、;；\s]+", text.strip()):
        match = re.fullmatch(r"(\d{1,4})(?:[-—–~～](\d{1,4}))?", part)
        if not match:
            raise argparse.ArgumentTypeError(f"{cited(text)}不是事项编号，请写成 7-12 或 7,8")
        first, last = int(match[1]), int(match[2] or match[1])
        if last < first:
            raise argparse.ArgumentTypeError(f"“{part}”前大后小，请写成 {last}-{first}")
        numbers.update(range(first, last + 1))
    return tuple(sorted(numbers))

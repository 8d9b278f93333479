"""The command line: which command answers to what was typed, at what time, and how its errors are told."""

import argparse
import gc
import sys
from collections.abc import Sequence
from datetime import datetime
from importlib import import_module

from cuibao.front.grammar import build_parser
from cuibao.gateways import log
from cuibao.gateways.system_words import why
from cuibao.rules.outcomes import ConfigError, CuibaoError, UsageError
from cuibao.rules.workdays import CHINA

FINE, FOUND, WRONG = 0, 1, 2
"""Exit statuses: fine; the work found a problem; wrong usage or configuration."""
SENDING = ("run", "remind", "receive", "simulate")
"""Commands that send or take in mail."""
WRITING = (
    *SENDING,
    "record",
    "accept",
    "return",
    "exempt",
    "extend",
    "figure",
    "note",
    "wave",
    "officer",
    "backup",
    "restore",
)
"""Commands with which --now is accepted only in the sandbox."""


TIMELESS = ("verify", "backup", "restore", "doctor", "officer")
"""Commands that do not ask what time the play has reached, and so work on a ledger that cannot be read."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status. Every error that people can cause is told in Chinese, without a traceback."""
    try:
        args = build_parser().parse_args(argv)
        _refuse_other_times(args)
        log.as_json(args.json)
        module = import_module(f"cuibao.front.commands.{_MODULES[args.command]}")
        gc.freeze()
        gc.enable()  # bot.py disables it while everything is loaded
        return int(module.run(args, args.now or time_of(args)))
    except ConfigError as error:
        _tell("配置有误，请改正后重试：", *(f"  {problem}" for problem in error.problems))
        return WRONG
    except UsageError as error:
        _tell(str(error))
        return WRONG
    except CuibaoError as error:
        _tell(str(error))
        return FOUND
    except KeyboardInterrupt:
        _tell("已中断")
        return FOUND
    except BrokenPipeError:
        return FINE
    except OSError as error:
        _tell(f"操作未能完成：{why(error)}" + (f"（{error.filename}）" if error.filename else ""))
        return FOUND


def writes(args: argparse.Namespace) -> bool:
    """Whether a command as typed writes to the store or sends."""
    if args.command in ("triage", "wave", "officer"):
        return bool(args.act != "list")
    return args.command in WRITING and not getattr(args, "dry_run", False)


def time_of(args: argparse.Namespace) -> datetime:
    """What time it is: the machine's, or in the sandbox the time that its play has reached."""
    if not args.sandbox or args.command in TIMELESS:
        return datetime.now(CHINA)
    from cuibao.front.house import SANDBOX_START, House

    try:
        return House.of(args, writes=False).play_time()
    except ConfigError:  # the command comes upon it too, and tells it in its own way
        return SANDBOX_START


def _refuse_other_times(args: argparse.Namespace) -> None:
    if args.now and writes(args) and not args.sandbox:
        raise UsageError(
            "--now 只能与 --sandbox 一起用于会写入或发件的命令", "请去掉 --now，或加 --sandbox 在演练环境中试"
        )


def _tell(*lines: str) -> None:
    print(*lines, sep="\n", file=sys.stderr)


_MODULES = {
    "run": "run",
    "check": "check",
    "plan": "plan",
    "remind": "remind",
    "receive": "receive",
    "status": "status",
    "ledger": "ledger",
    "triage": "triage",
    "record": "acts",
    "accept": "acts",
    "return": "acts",
    "exempt": "acts",
    "extend": "acts",
    "figure": "figure",
    "note": "note",
    "contacts": "contacts",
    "report": "report",
    "notice": "notice",
    "simulate": "simulate",
    "verify": "verify",
    "wave": "wave",
    "officer": "officer",
    "backup": "backup",
    "restore": "restore",
    "doctor": "doctor",
}

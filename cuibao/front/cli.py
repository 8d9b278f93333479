"""The command line: what may be typed, in Chinese, and which command answers to it."""

import argparse
import re
import sys
from collections.abc import Sequence
from datetime import date, datetime
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

from cuibao.gateways import log
from cuibao.rules.outcomes import ConfigError, CuibaoError, UsageError
from cuibao.rules.workdays import CHINA

FINE, FOUND, WRONG = 0, 1, 2
"""Exit statuses: fine; the work found a problem; wrong usage or configuration."""
SENDING = ("run", "remind", "receive", "simulate")
"""Commands that send or take in mail."""
WRITING = (*SENDING, "record", "accept", "return", "exempt", "extend")
"""Commands with which --now is accepted only in the sandbox."""


TIMELESS = ("verify",)
"""Commands that do not ask what time it is, and so work on a ledger that cannot be read."""


class _Parser(argparse.ArgumentParser):
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
        raise argparse.ArgumentTypeError(f"“{text}”不是时间，请写成 2020-06-15T09:00") from None
    if not 2000 <= found.year <= 2100:
        raise argparse.ArgumentTypeError(f"“{text}”不在 2000 年至 2100 年之间")
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
        raise argparse.ArgumentTypeError(f"“{text}”不是倍数，请写一个大于零的数，如 14400")
    return found


def day(text: str) -> date:
    """A date as typed."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}”不是日期，请写成 2020-07-10") from None


def item_numbers(text: str) -> tuple[int, ...]:
    """Items as typed: 7-12, 7,8 or 7、8；9—11."""
    numbers: set[int] = set()
    for part in re.split(r"[,，、;；\s]+", text.strip()):
        match = re.fullmatch(r"(\d{1,4})(?:[-—–~～](\d{1,4}))?", part)
        if not match:
            raise argparse.ArgumentTypeError(f"“{text}”不是事项编号，请写成 7-12 或 7,8")
        first, last = int(match[1]), int(match[2] or match[1])
        if last < first:
            raise argparse.ArgumentTypeError(f"“{part}”前大后小，请写成 {last}-{first}")
        numbers.update(range(first, last + 1))
    return tuple(sorted(numbers))


def _common(*, top: bool) -> _Parser:
    """The global options, which may stand before or after the command."""
    default: Any = None if top else argparse.SUPPRESS
    off: Any = False if top else argparse.SUPPRESS
    common = _Parser(helps=False)
    group = common.add_argument_group("通用选项（可写在命令之前或之后）")
    group.add_argument("--config", type=Path, metavar="目录", default=default, help="配置目录，默认 config/")
    group.add_argument("--store", type=Path, metavar="目录", default=default, help="数据目录，默认 store/")
    group.add_argument("--sandbox", action="store_true", default=off, help="演练：邮件不出本机，数据在 store/sandbox/")
    group.add_argument(
        "--now", type=moment, metavar="时间", default=default, help="以此时间为当前时间，如 2020-06-15T09:00"
    )
    group.add_argument("--json", action="store_true", default=off, help="输出 JSON，供程序读取")
    return common


def build_parser() -> argparse.ArgumentParser:
    """The whole command line."""
    parser = _Parser(
        prog="./bot",
        description="催报：按季度提醒各责任单位报送完成情况，读取来件，登记报送台账。",
        epilog="初次使用可先运行 ./bot run，在演练环境中看一遍全过程；./bot 命令 --help 查看某个命令的用法。",
        parents=[_common(top=True)],
    )
    commands = parser.add_subparsers(title="命令", dest="command", metavar="命令", required=True, parser_class=_Parser)

    def command(name: str, words: str) -> _Parser:
        return commands.add_parser(name, help=words, description=words, parents=[_common(top=False)])

    run = command("run", "启动后台服务：按时发件、收件、登记；Ctrl-C 结束")
    _sandbox_options(run)
    check = command("check", "检查配置、联系人、节假日，列出需由办公室答复的问题")
    check.add_argument("--connect", action="store_true", help="同时试连收、发件服务器")
    plan = command("plan", "列出应发的提醒和不发的原因，不发出任何邮件")
    plan.add_argument("--until", type=moment, metavar="时间", help="看到哪一时刻为止，默认到下一阶段当日")
    remind = command("remind", "立即办理一次到期的提醒并发出")
    remind.add_argument("--dry-run", action="store_true", help="只列出，不写台账、不发件")
    receive = command("receive", "立即收取一次邮箱，或读取文件中的邮件")
    receive.add_argument("--from", dest="source", type=Path, metavar="路径", help=".eml 文件或目录、mbox、Maildir")
    status = command("status", "查看各单位报送状态")
    _narrow(status)
    ledger = command("ledger", "查看台账流水，最新的在最后")
    _narrow(ledger)
    ledger.add_argument("--kind", metavar="类别", help="只看某一类，如 已发（letter.sent），或一族，如 letter")
    _triage(command("triage", "查看、处理待办来件"))
    for name, words in (
        ("record", "登记纸质、电话等方式的报送"),
        ("accept", "核定报送"),
        ("return", "退回补报"),
        ("exempt", "免报"),
        ("extend", "延期"),
    ):
        _act(command(name, words), name)
    contacts = command("contacts", "导入、导出联系人 Excel 表")
    contacts.add_argument("direction", choices=("import", "export"), metavar="import|export", help="导入或导出")
    contacts.add_argument("file", type=Path, metavar="文件", help="Excel 文件（.xlsx）")
    simulate = command("simulate", "在演练环境中快速走完全年三个季度")
    _sandbox_options(simulate)
    command("verify", "核验台账链条和邮件存档是否完好")
    return parser


def _narrow(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--period", metavar="季度", help="季度编号，如 2020Q2")
    parser.add_argument("--unit", metavar="单位", help="单位名称或别名")


def _sandbox_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--speed", type=speed, default=14400.0, metavar="倍数", help="演练时钟一秒走多少秒，默认 14400（四小时）"
    )
    parser.add_argument("--seed", type=int, default=2020, metavar="数", help="各单位如何答复由此数决定，默认 2020")


def _triage(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(title="操作", dest="act", metavar="list|settle", required=True, parser_class=_Parser)
    listed = acts.add_parser("list", help="列出待办来件", parents=[_common(top=False)])
    listed.add_argument("--senders", action="store_true", help="只列发件人未登记、已按报送登记的来件")
    settle = acts.add_parser("settle", help="作出决定", parents=[_common(top=False)])
    settle.add_argument("mail", metavar="编号", help="来件编号（list 中所列，至少六位）")
    settle.add_argument(
        "--as",
        dest="kind",
        choices=("submission", "acknowledgement", "question", "auto_reply", "bounce", "other"),
        metavar="类别",
        help="submission 报送、acknowledgement 回复知悉、question 询问、auto_reply 自动回复、bounce 退信、other 其他",
    )
    settle.add_argument("--unit", metavar="单位", help="来件单位，默认取判定结果")
    settle.add_argument("--period", metavar="季度", help="季度编号，默认取判定结果")
    settle.add_argument("--items", type=item_numbers, default=(), metavar="事项", help="如 7-12，默认全部")
    settle.add_argument(
        "--learn-sender",
        action="store_true",
        help="将发件地址登记为该单位联系人；已登记为报送的来件可不写 --as，只登记发件人",
    )
    settle.add_argument("--by", default="经办人", metavar="姓名", help="经办人姓名")


_COVERS = {"accept": "已收待核和退回的事项", "return": "已收待核和已核定的事项"}
"""Which items an act covers where none is named."""


def _act(parser: argparse.ArgumentParser, name: str) -> None:
    parser.add_argument("unit", metavar="单位", help="单位名称或别名")
    parser.add_argument("period", metavar="季度", help="季度编号，如 2020Q2")
    parser.add_argument(
        "--items",
        type=item_numbers,
        default=(),
        metavar="事项",
        help=f"如 7-12，默认{_COVERS.get(name, '该单位全部事项')}",
    )
    parser.add_argument("--reason", type=words, required=True, metavar="原因", help="记入台账的原因")
    parser.add_argument("--by", type=words, required=True, metavar="姓名", help="经办人姓名")
    _particulars(parser, name)
    parser.add_argument("--file", type=Path, metavar="文件", help="随附的扫描件或文件")


def _particulars(parser: argparse.ArgumentParser, name: str) -> None:
    """What only one of the acts asks."""
    if name == "record":
        words = "实际收到的日期或时间，如 2020-06-29；不写为当前时间，只写日期的按当日零时计"
        parser.add_argument("--received", type=moment, metavar="日期", help=words)
    if name == "exempt":
        parser.add_argument("--undo", action="store_true", help="撤销误登的免报，该单位（或 --items 所列事项）恢复报送")
    if name == "extend":
        words = "延期到哪一天（含当日），如 2020-07-10；填写原定截止日期即撤销延期，填错的再登记一次即可更正"
        parser.add_argument("--until", type=day, required=True, metavar="日期", help=words)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status. Every error that people can cause is told in Chinese, without a traceback."""
    try:
        args = build_parser().parse_args(argv)
        _refuse_other_times(args)
        log.as_json(args.json)
        module = import_module(f"cuibao.front.commands.{_MODULES[args.command]}")
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


def writes(args: argparse.Namespace) -> bool:
    """Whether a command as typed writes to the ledger or sends."""
    if args.command == "triage":
        return bool(args.act == "settle")
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
    "contacts": "contacts",
    "simulate": "simulate",
    "verify": "verify",
}

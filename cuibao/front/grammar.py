"""The grammar of the command line: which commands there are and what each may be told, in Chinese."""

import argparse
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from cuibao.front.typed import Parser, day, item_numbers, moment, speed, words

Command = Callable[[str, str], Parser]
"""Adds a command of that name with its words, and gives its parser."""


@cache
def _common(*, top: bool) -> Parser:
    """The global options, which may stand before or after the command."""
    default: Any = None if top else argparse.SUPPRESS
    off: Any = False if top else argparse.SUPPRESS
    common = Parser(helps=False)
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
    parser = Parser(
        prog="./bot",
        description="催报：按季度提醒各责任单位报送完成情况，读取来件，登记报送台账。",
        epilog="初次使用可先运行 ./bot run，在演练环境中看一遍全过程；./bot 命令 --help 查看某个命令的用法。",
        parents=[_common(top=True)],
    )
    commands = parser.add_subparsers(title="命令", dest="command", metavar="命令", required=True, parser_class=Parser)

    def command(name: str, words: str) -> Parser:
        return commands.add_parser(name, help=words, description=words, parents=[_common(top=False)])

    _work(command)
    _decisions(command)
    _keeping(command)
    return parser


def _work(command: Command) -> None:
    """What the bot does by itself, and what one may see of it."""
    run = command("run", "启动后台服务：按时发件、收件、登记；Ctrl-C 结束")
    run.add_argument(
        "--speed", type=speed, default=14400.0, metavar="倍数", help="演练时钟一秒走多少秒，默认 14400（四小时）"
    )
    _seed(run)
    check = command("check", "检查配置、联系人、节假日，列出需由办公室答复的问题")
    check.add_argument(
        "--connect",
        action="store_true",
        help="同时试连收、发件服务器，并向本邮箱发一封邮件，查明已发送中的副本如何查找",
    )
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


def _decisions(command: Command) -> None:
    """What officers decide."""
    _triage(command("triage", "查看、处理待办来件"))
    _wave(command("wave", "查看、批准、提前发出、暂缓待发的函件"))
    for name, title in (
        ("record", "登记纸质、电话等方式的报送"),
        ("accept", "核定报送"),
        ("return", "退回补报"),
        ("exempt", "免报"),
        ("extend", "延期"),
    ):
        _act(command(name, title), name)
    _figure(command("figure", "登记、更正某一指标的完成数"))
    _note(command("note", "记入备注，如电话沟通情况；不改变报送状态"))
    _officer(command("officer", "设立、查看、删除网页登录账户"))


def _keeping(command: Command) -> None:
    """What keeps the office's files in order, and the rehearsal of a year."""
    _contacts(command("contacts", "导入、导出联系人 Excel 表"))
    _report(command("report", "生成一个季度的台账，汇总、通报、催报函草稿，以及报送情况一图"))
    _notice(command("notice", "读取新的通知，写成配置草案；核对后启用"))
    _seed(command("simulate", "在演练环境中快速走完全年三个季度"))
    command("verify", "核验台账链条和邮件存档是否完好")
    _backup(command("backup", "备份台账、密钥、配置和全部邮件存档（后台服务每日另作一份不含邮件的备份）"))
    _restore(command("restore", "从备份恢复；现有台账、密钥移到旁边，不删除"))
    doctor = command("doctor", "一页看清各项是否正常，不正常的如何处理")
    doctor.add_argument("--connect", action="store_true", help="同时试连收、发件服务器")


def _report(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("period", metavar="季度", help="季度编号，如 2020Q2")
    parser.add_argument(
        "--out", type=Path, required=True, metavar="目录", help="文件放在哪个目录下；已有的同名文件不覆盖"
    )


def _backup(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, metavar="文件", help="备份文件（.tar.gz），默认放在数据目录的 backups/ 下")


def _restore(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="文件", help="备份文件（.tar.gz）")
    parser.add_argument("--with-config", action="store_true", help="一并恢复配置目录")


def _contacts(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("direction", choices=("import", "export"), metavar="import|export", help="导入或导出")
    parser.add_argument("file", type=Path, metavar="文件", help="Excel 文件（.xlsx）")


def _notice(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(title="操作", dest="act", metavar="import|adopt", required=True, parser_class=Parser)
    help_words = "读取通知，写成草案，不改动现行配置"
    take = acts.add_parser("import", help=help_words, description=help_words, parents=[_common(top=False)])
    kinds = "通知：.docx、.pdf（有文字的）、.html、.txt、.md；装有 LibreOffice 的，还有 .doc、.wps"
    take.add_argument("file", type=Path, metavar="文件", help=kinds)
    default = "草案文件夹，须尚不存在，默认为数据目录的 notices/ 下，如 2021-1"
    take.add_argument("--out", type=Path, metavar="目录", help=default)
    take.add_argument(
        "--diff", action="store_true", help="同时列出与现行通知相比的变化：事项增减和调整、单位增减和更名"
    )
    help_words = "启用核对过的草案：先备份，再换上草案的三个配置文件；上一年未了的季度照常办理"
    adopt = acts.add_parser("adopt", help=help_words, description=help_words, parents=[_common(top=False)])
    adopt.add_argument("draft", type=Path, metavar="草案", help="notice import 写成的文件夹")


def _officer(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(
        title="操作", dest="act", metavar="add|list|remove", required=True, parser_class=Parser
    )
    help_words = "设立账户；已有的，更换其密码和身份"
    how = "密码在终端输入两遍，输入时不显示；不在终端运行时，由标准输入读取一行。"
    add = acts.add_parser("add", help=help_words, description=f"{help_words}。{how}", parents=[_common(top=False)])
    add.add_argument("name", type=words, metavar="姓名", help="登录所用的姓名，办理时记入台账")
    add.add_argument(
        "--role",
        choices=("officer", "leader"),
        default="officer",
        metavar="身份",
        help="officer 经办人、leader 领导（只读），默认 officer",
    )
    add.add_argument("--generate", action="store_true", help="由程序生成密码，只显示一次")
    acts.add_parser("list", help="列出账户", parents=[_common(top=False)])
    remove = acts.add_parser("remove", help="删除账户，其登录随即失效", parents=[_common(top=False)])
    remove.add_argument("name", type=words, metavar="姓名", help="要删除的账户")


def _narrow(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--period", metavar="季度", help="季度编号，如 2020Q2")
    parser.add_argument("--unit", metavar="单位", help="单位名称或别名")


def _seed(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seed", type=int, default=2020, metavar="数", help="各单位如何答复由此数决定，默认 2020")


def _wave(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(
        title="操作", dest="act", metavar="list|approve|send|hold", required=True, parser_class=Parser
    )
    listed = acts.add_parser("list", help="列出待发的函件：收件人、事项和函件全文", parents=[_common(top=False)])
    listed.add_argument("--stage", metavar="阶段", help="只看某一阶段，如 first")
    listed.add_argument("--unit", action="append", metavar="单位", help="只看某一单位的函件全文；可写多次")
    listed.add_argument("--text", action="store_true", help="列出每一封的全文")
    for name, help_words in (
        ("approve", "批准发出"),
        ("send", "提前发出：不待本阶段规定的日期，即在办公时段内发出"),
        ("hold", "暂缓发出，直至批准"),
    ):
        act = acts.add_parser(name, help=help_words, description=help_words, parents=[_common(top=False)])
        act.add_argument("period", metavar="季度", help="季度编号，如 2020Q2")
        act.add_argument("stage", metavar="阶段", help="阶段的键或名称，如 urge 或 催报")
        act.add_argument("--unit", action="append", metavar="单位", help="只对某一单位；可写多次，默认全部")
        act.add_argument(
            "--reason",
            type=words,
            required=name != "approve",
            default="同意发出",
            metavar="理由",
            help="记入台账的理由",
        )
        act.add_argument("--by", type=words, required=True, metavar="姓名", help="经办人姓名")
        if name != "hold":
            code = "wave list 所列的核对码；写明后，所列内容如有变化即不予受理"
            act.add_argument("--code", default="", metavar="核对码", help=code)


def _triage(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(title="操作", dest="act", metavar="list|settle", required=True, parser_class=Parser)
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
    settle.add_argument("--items", type=item_numbers, metavar="事项", help="如 7-12，默认按推断")
    settle.add_argument(
        "--learn-sender",
        action="store_true",
        help="将发件地址登记为该单位联系人；已登记为报送的来件可不写 --as，只登记发件人",
    )
    settle.add_argument(
        "--adopt-form",
        action="store_true",
        help="所附完成情况表是其他季度的，而实为本季度填报：表中内容按此季度采用（须与 --as submission 同用）",
    )
    settle.add_argument("--send-back", type=words, metavar="说明", help="登记为报送并随即退回，说明写入退回补报的函件")
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
    parser.add_argument("--file", type=Path, metavar="文件", help="随附的扫描件或文件，不超过 25 MB")


def _figure(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(title="操作", dest="act", metavar="set", required=True, parser_class=Parser)
    title = "登记或更正完成数；原有的数在台账中保留"
    act = acts.add_parser("set", help=title, description=title, parents=[_common(top=False)])
    act.add_argument("unit", metavar="单位", help="单位名称或别名")
    act.add_argument("period", metavar="季度", help="季度编号，如 2020Q2")
    act.add_argument("item", type=int, metavar="事项", help="事项序号，如 7")
    act.add_argument("value", metavar="完成数", help="本年累计完成数，如 12000、1.2万")
    act.add_argument("--indicator", default="", metavar="指标", help="指标名称；该事项只有一个指标的可不写")
    act.add_argument(
        "--confirm",
        action="store_true",
        help="已核对，与年度目标、其他季度或此前登记的数明显不符，或季度尚未开始的，也照登",
    )
    act.add_argument("--reason", type=words, required=True, metavar="原因", help="记入台账的原因")
    act.add_argument("--by", type=words, required=True, metavar="姓名", help="经办人姓名")


def _note(parser: argparse.ArgumentParser) -> None:
    _narrow(parser)
    parser.add_argument("--items", type=item_numbers, default=(), metavar="事项", help="如 7-12，须同时写明 --unit")
    parser.add_argument("--reason", type=words, required=True, metavar="内容", help="备注内容，不超过 2000 字")
    parser.add_argument("--by", type=words, required=True, metavar="姓名", help="经办人姓名")


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

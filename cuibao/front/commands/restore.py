"""`restore`: a backup put back into the store, checked before and after; what stood there is kept."""

from argparse import Namespace
from datetime import datetime
from pathlib import Path

from cuibao.front import show
from cuibao.front.house import House
from cuibao.front.problems import problems_doc
from cuibao.gateways.restoring import Restored, restore
from cuibao.gateways.verify import verify_store
from cuibao.rules.entries import stamp
from cuibao.rules.outcomes import ConfigError, Problem, Severity
from cuibao.rules.workdays import CHINA

SHOWN = 10
"""So many problems of the store are listed; `verify` lists them all."""


def run(args: Namespace, now: datetime) -> int:
    house = House.of(args, writes=False)
    config = house.config if args.with_config else None
    done = restore(args.file, house.store, now, mode="sandbox" if args.sandbox else "office", config=config)
    ledgers = [house.store / name for name in done.files if name.endswith(".jsonl")]
    problems = [problem for ledger in ledgers for problem in verify_store(ledger, house.store)]
    following = _following(house, done)
    if args.json:
        show.as_json(_doc(done, problems, following))
    else:
        _tell(args.file, done, problems, following)
    return 1 if any(problem.severity is Severity.ERROR for problem in problems) else 0


def _following(house: House, done: Restored) -> list[str]:
    """What is to be done next, in order."""
    bot = "./bot --sandbox" if house.sandbox else "./bot"
    start = f"{bot} run" if house.sandbox else "sudo systemctl start cuibao（或 ./bot run）"
    steps = [f"{problem.message}：{problem.remedy}" for problem in _ahead(house)]
    if "secret" not in done.files and not (house.store / "secret").exists():
        steps.append("备份中没有密钥：请在 .env 中设置当初所用的 CUIBAO_SECRET，否则认不出已发出的信件")
    if not house.sandbox:
        steps.append("核对账号和服务器：./bot check --connect（.env 不在备份中）")
    steps.append(f"核对将要发出的函件：{bot} plan；备份之后发出的函件不在台账中，请与“已发送”对照")
    return [*steps, f"启动后台服务：{start}"]


def _ahead(house: House) -> tuple[Problem, ...]:
    """The ledgers of years that what is now in force does not know."""
    try:
        return house.ahead
    except ConfigError:  # `check` tells it
        return ()


def _tell(file: Path, done: Restored, problems: list[Problem], following: list[str]) -> None:
    last = f"，最后一条记于 {done.last_at.astimezone(CHINA):%Y-%m-%d %H:%M}" if done.last_at else ""
    show.say(f"已恢复 {file}：文件 {len(done.files)} 个，台账 {done.entries} 条{last}。")
    if done.aside:
        show.say(f"原有文件移在 {done.aside}，确认无误后可自行删除。")
    if settings := [name for name in done.left_out if name.startswith("config/")]:
        show.say(f"配置未恢复：备份中的 config/ 有文件 {len(settings)} 个，也要恢复的请加 --with-config。")
    progress = "（备份中的 1 个文件）" if len(settings) < len(done.left_out) else ""
    show.say(f"读信进度未恢复{progress}：下次收取从 mailbox.since 起重读邮箱，已登记的来件不会重复计数。")
    if problems:
        show.say(f"核验发现 {len(problems)} 处问题（全部见 ./bot verify）：", *map(str, problems[:SHOWN]))
        show.say(
            "存档文件缺失的，多因每日备份只含台账：请再用完整备份（./bot backup 所作）恢复，或补回 mail/、letters/。"
        )
    else:
        show.say("核验完毕：台账链条完整，存档与台账一致。")
    show.say("接下来：", *(f"  {number}. {step}" for number, step in enumerate(following, start=1)))


def _doc(done: Restored, problems: list[Problem], following: list[str]) -> dict[str, object]:
    return {
        "files": list(done.files),
        "entries": done.entries,
        "last_entry_at": stamp(done.last_at) if done.last_at else None,
        "moved_to": str(done.aside) if done.aside else None,
        "problems": problems_doc(problems),
        "next": following,
    }

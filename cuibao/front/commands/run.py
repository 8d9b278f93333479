"""`run`: the daemon on the real mailbox, or in the sandbox with a fast clock and units that answer."""

import threading
from argparse import Namespace
from datetime import datetime

from cuibao.desk.tick import Done
from cuibao.front import show
from cuibao.front.commands.check import past_problems
from cuibao.front.connections import HOLDS, WallClock, connected_servers
from cuibao.front.daemon import Daemon, stop_on_signals
from cuibao.front.house import SANDBOX_START, House
from cuibao.front.words import CONFIDENCE, MAILS
from cuibao.gateways.lock import hold
from cuibao.rules.workdays import CHINA

RINGS_A_SECOND = 4
"""How often the sandbox rings the bell in real time."""


def run(args: Namespace, now: datetime) -> int:
    stop = threading.Event()
    stop_on_signals(stop)
    house = House.of(args, writes=True)
    return _sandbox(args, house, stop) if args.sandbox else _office(house, now, stop)


def _office(house: House, now: datetime, stop: threading.Event) -> int:
    house.servers = connected_servers(house)
    show.say(*(str(problem) for problem in past_problems(house.office, now)))
    house.store.mkdir(parents=True, exist_ok=True)
    with hold(house.store / "sending.lock", HOLDS):
        clock = WallClock(stop)
        Daemon(house.desk, clock.now, clock.pause, stop).run()
    return 0


def _sandbox(args: Namespace, house: House, stop: threading.Event) -> int:
    from cuibao.front.sandbox.clock import SandboxClock
    from cuibao.front.sandbox.stage import sandbox_servers

    clock = SandboxClock(args.now or SANDBOX_START, args.speed)
    house.store.mkdir(parents=True, exist_ok=True)
    with hold(house.store / "sending.lock", HOLDS), sandbox_servers(house, clock, args.seed) as stage:
        show.say(
            f"演练开始：时钟从 {clock.now():%Y-%m-%d %H:%M} 起，每秒走 {args.speed:g} 秒；邮件只在本机收发。",
            f"数据在 {house.store}；另开一个终端可用 ./bot status 查看；按 Ctrl-C 结束。",
        )
        daemon = Daemon(
            house.desk,
            clock.now,
            lambda seconds: clock.sleep(seconds, stop),
            stop,
            seconds=1 / RINGS_A_SECOND,
            before=stage.hand_over,
            after=tell,
        )
        daemon.run()
    return 0


def tell(now: datetime, done: Done) -> None:
    """What a tick did, a line each, as one watches it happen."""
    at = f"{now.astimezone(CHINA):%m-%d %H:%M}"
    for item in done.delivered:
        show.say(f"{at}　发　{item.note.key.unit}　{item.note.subject}")
    for mail in done.judged:
        verdict = mail.verdict
        guess = f"{MAILS[verdict.kind]}（{CONFIDENCE[verdict.confidence]}）"
        show.say(f"{at}　收　{verdict.unit or mail.sender}　{guess}　{mail.subject}")

"""`run`: the daemon on the real mailbox, or in the sandbox with a fast clock and units that answer."""

import os
import threading
from argparse import Namespace
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime

from cuibao.desk.alarms import sentence
from cuibao.desk.context import Desk
from cuibao.desk.report import ORDER, current_period, standings
from cuibao.desk.tick import Done
from cuibao.front import show
from cuibao.front.commands.check import past_problems
from cuibao.front.connections import HOLDS, WallClock, connected_servers
from cuibao.front.daemon import Daemon, stop_on_signals
from cuibao.front.herald import Herald
from cuibao.front.house import House
from cuibao.front.housekeeping import Housekeeper
from cuibao.front.renewal import Renewal
from cuibao.front.website import Website, rehearsal_login
from cuibao.front.words import CONFIDENCE, MAILS, short_subject
from cuibao.gateways import log, sdnotify
from cuibao.gateways.disk import try_writing
from cuibao.gateways.lock import hold
from cuibao.gateways.servers import RealMailServers
from cuibao.rules.office import Office
from cuibao.rules.outcomes import CuibaoError
from cuibao.rules.period import spans
from cuibao.rules.recipients import working
from cuibao.rules.standing import WORDS
from cuibao.rules.workdays import CHINA

RING_SECONDS = (0.02, 0.125)
"""The shortest and longest real time between two rings in the sandbox."""
STEP = 1800
"""Between two rings no more than so many of the sandbox's seconds should pass, or a window of office hours is jumped."""


def run(args: Namespace, now: datetime) -> int:
    stop = threading.Event()
    stop_on_signals(stop)
    house = House.of(args, writes=True)
    return _sandbox(args, house, now, stop) if args.sandbox else _office(house, now, stop)


def _office(house: House, now: datetime, stop: threading.Event) -> int:
    clock = WallClock(stop)
    _furnish(house, clock.now)
    show.say(*(str(problem) for problem in past_problems(house.office, now)))
    _tell_unreachable(house)
    with hold(house.store / "sending.lock", HOLDS):
        log.to_file(house.store / "log" / "cuibao.log")
        renewal = Renewal(house, lambda old: _rebuilt(old, clock.now))
        keeper = Housekeeper(lambda: renewal.house, now)
        pause = keeper.breathing(clock.pause, clock.now)
        daemon = Daemon(
            house.desk, clock.now, pause, stop, renew=renewal, probe=lambda: try_writing(house.store), beat=keeper.after
        )
        site = Website(lambda: renewal.house, clock.now, daemon.health)
        _open(site, "（登录账户用 ./bot officer add 设立）")
        sdnotify.notify(sdnotify.READY)
        ended = daemon.run()
        sdnotify.notify(sdnotify.STOPPING)
        site.close()
        if not ended:
            os._exit(0)  # a thread still waits for a server; what it had begun is taken up at the next start
        _close(renewal.house)
    return 0


def _open(site: Website, login: str) -> None:
    """Open the officers' page; without it the mail goes on all the same."""
    try:
        show.say(f"网页：{site.open()}{login}")
    except CuibaoError as error:
        show.say(str(error))
        log.warning("网页未能打开", words=str(error))


def _furnish(house: House, now: Callable[[], datetime]) -> None:
    """Give a house its servers and its herald, and keep its secrets out of the log."""
    house.servers = connected_servers(house)
    house.herald = Herald(house.office, house.mail_env, now)
    for secret in house.mail_env.secrets:
        log.hide(secret)


def _rebuilt(old: House, now: Callable[[], datetime]) -> House:
    """The house as the files describe it now, its servers opened anew. Raises CuibaoError and leaves the old one as it was."""
    fresh = House(old.config, old.store, old.sandbox, old.environ, writes=True, last_good=old.earlier)
    _furnish(fresh, now)
    _ = fresh.desk  # made now, so that a mistake is found before the old servers are closed
    _close(old)
    return fresh


def _close(house: House) -> None:
    if isinstance(house.servers, RealMailServers):
        house.servers.close()


def _tell_unreachable(house: House) -> None:
    """Name the units that no letter can reach, so that none is skipped in silence."""
    book = house.desk.book()
    unreached = [u.name for u in house.office.registry.units if house.desk.duties[u.name] and not working(u, book)]
    if unreached:
        show.say(
            f"以下 {len(unreached)} 个单位没有可用邮箱，发不出提醒，请电话联系并导入联系人（./bot contacts import）：",
            "　　" + "、".join(unreached),
        )


def _sandbox(args: Namespace, house: House, now: datetime, stop: threading.Event) -> int:
    from cuibao.front.sandbox.clock import SandboxClock
    from cuibao.front.sandbox.stage import sandbox_servers

    clock = SandboxClock(now, args.speed)
    with ExitStack() as opened:
        opened.enter_context(hold(house.store / "sending.lock", HOLDS))
        with clock.halted():
            stage = opened.enter_context(sandbox_servers(house, clock, args.seed))
            show.say(
                f"演练开始：时钟从 {now:%Y-%m-%d %H:%M} 起，每秒走 {args.speed:g} 秒；邮件只在本机收发。",
                f"接下来：{_next_stage(house.office, now)}。",
                f"数据在 {house.store}；另开一个终端可用 ./bot --sandbox --store '{house.store}' status 查看；按 Ctrl-C 结束。",
            )
            renewal = Renewal(house, stage.rebuilt)
            daemon = Daemon(
                house.desk,
                clock.now,
                lambda seconds: clock.sleep(seconds, stop),
                stop,
                seconds=max(RING_SECONDS[0], min(RING_SECONDS[1], STEP / args.speed)),
                before=stage.hand_over,
                during=clock.halted,
                renew=renewal,
                quiet=True,
                after=lambda now, done: tell(renewal.house.desk, now, done),
            )
            site = Website(lambda: renewal.house, clock.now, daemon.health)
            name, password = rehearsal_login(house.store, now)
            _open(site, f"　姓名：{name}　密码：{password}")
        daemon.run()
        site.close()
    return 0


def _next_stage(office: Office, now: datetime) -> str:
    """What the clock runs towards, in words."""
    coming = [(s.due_at, p, s.stage) for p in office.periods for s in spans(office.stages, p.last_day, office.hours)]
    later = sorted((moment, period.name, stage.name) for moment, period, stage in coming if moment > now)
    if not later:
        return "全年各阶段都已过去；删去数据目录即可重新演练"
    moment, period, stage = later[0]
    return f"{moment:%Y-%m-%d %H:%M} 发出{period}的{stage}"


def tell(desk: Desk, now: datetime, done: Done) -> None:
    """What a tick did, a line each, as one watches it happen; after mails, where the period stands."""
    at = f"{now.astimezone(CHINA):%m-%d %H:%M}"
    for mail in done.judged:
        verdict = mail.verdict
        guess = f"{MAILS[verdict.kind]}（{CONFIDENCE[verdict.confidence]}）"
        show.say(f"{at}　收　{verdict.unit or mail.sender}　{guess}　{short_subject(mail.subject)}")
    for item in done.delivered:
        show.say(f"{at}　发　{item.note.key.unit or '本办'}　{item.note.subject}")
    for what, wrong in done.told:
        show.say(f"{at}　警　{sentence(what, wrong)}")
    if done.judged:
        period = current_period(desk.office, now)
        counts = Counter(unit.standing for unit in standings(desk, period, now))
        words = "　".join(f"{WORDS[standing]} {counts[standing]}" for standing in ORDER if counts[standing])
        show.say(f"{at}　——　{period.name}：{words}")

"""`simulate`: the year's quarters without waiting: the same tick, real protocols on loopback, units that answer as units do."""

import shlex
import shutil
import threading
from argparse import Namespace
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from cuibao.desk.report import ORDER, standings
from cuibao.desk.tick import Bell
from cuibao.front import show
from cuibao.front.house import SANDBOX_START, House
from cuibao.front.sandbox.clock import SteppedClock
from cuibao.front.sandbox.stage import Stage, sandbox_servers
from cuibao.rules.office import Office
from cuibao.rules.period import closes_at, day_start
from cuibao.rules.planned import PAUSE_WORKDAYS
from cuibao.rules.standing import WORDS

SETTLING_WORKDAYS = 10
"""How long after the last deadline the play goes on, for those who answer late."""


def run(args: Namespace, now: datetime) -> int:
    args.sandbox = True
    house = House.of(args, writes=True)
    if args.store is None:
        house.store = house.store / "simulate"
        shutil.rmtree(house.store, ignore_errors=True)
    clock = SteppedClock(args.now or SANDBOX_START)
    with sandbox_servers(house, clock, args.seed) as stage:
        letters, mails = play(house, clock, stage, quiet=args.json)
    document = outcome(house, clock.now()) | {"letters": letters, "mails": mails}
    if args.json:
        show.as_json(document)
    else:
        _tell(document, house)
    return 0


def play(house: House, clock: SteppedClock, stage: Stage, *, quiet: bool) -> tuple[int, int]:
    """Ring the bell from moment to moment until everybody has had time to answer; returns (letters sent, mails read)."""
    never = threading.Event()
    bell = Bell(house.desk, lambda seconds: clock.sleep(seconds, never))
    office = house.office
    end = _end(office)
    letters = mails = 0
    while clock.now() < end:
        stage.hand_over()
        done = bell.tick(clock.now())
        letters += sum(item.state == "sent" for item in done.delivered)
        mails += len(done.judged)
        before = clock.now()
        clock.set(next_moment(office, before, stage.post.next_at))
        if not quiet and clock.now().month != before.month:
            show.say(f"{before.year}年{before.month}月底：累计发件 {letters} 封，来件 {mails} 封")
    return letters, mails


def next_moment(office: Office, now: datetime, reply_at: datetime | None) -> datetime:
    """When something may happen next: a reply arrives, or an office window opens."""
    opens = next(start for start, _ in office.hours.spans(now) if start > now)
    later = now + timedelta(minutes=1)
    return min(opens, max(reply_at, later)) if reply_at else opens


def _end(office: Office) -> datetime:
    last = max(period.last_day for period in office.periods)
    return closes_at(office.workdays.shift(last, SETTLING_WORKDAYS + PAUSE_WORKDAYS))


def outcome(house: House, now: datetime) -> dict[str, Any]:
    """What the year came to."""
    desk = house.desk
    triage = desk.book().triage()
    periods = []
    for period in desk.office.periods:
        found = standings(desk, period, now)
        periods.append(
            {
                "period": period.key,
                "deadline": day_start(period.last_day).date().isoformat(),
                "counts": {str(s): n for s, n in Counter(unit.standing for unit in found).items()},
                "on_time": sum(unit.on_time is True for unit in found),
            }
        )
    return {"periods": periods, "triage": len(triage), "entries": len(desk.ledger.entries())}


def _tell(document: dict[str, Any], house: House) -> None:
    show.table(
        "全年演练结果",
        ("季度", "截止", "按时", *(WORDS[standing] for standing in ORDER)),
        [
            (p["period"], p["deadline"], str(p["on_time"]), *(str(p["counts"].get(str(s), 0)) for s in ORDER))
            for p in document["periods"]
        ],
        caption=f"发件 {document['letters']} 封，来件 {document['mails']} 封，待办 {document['triage']} 封，台账 {document['entries']} 条",
    )
    show.say(f"数据在 {house.store}，可用 ./bot --sandbox --store {shlex.quote(str(house.store))} ledger 查看全部流水")

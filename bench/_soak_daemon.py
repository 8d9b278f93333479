"""The daemon of the soak, a process of its own that imports what `run` imports: its house, log, heartbeat and daily backups, and a clock
so fast that its days fit into minutes; an hour of its time passes between two ticks."""

import json
import sys
import threading
import time
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from world import OFF, WORKED, at

from cuibao.desk.ports import Pause
from cuibao.front.daemon import Daemon, stop_on_signals
from cuibao.front.herald import Herald
from cuibao.front.house import House
from cuibao.front.housekeeping import Housekeeper
from cuibao.gateways import log
from cuibao.gateways.account import Account, ServerAddress
from cuibao.gateways.servers import RealMailServers
from cuibao.rules.office import Alarms, Office
from cuibao.rules.period import Period
from cuibao.rules.workdays import OfficeHours, Workdays
from tests.system.tick_process import Job, office_of

BEGIN = at("2020-06-01T00:00")
TIMEOUT = 1.0
"""Seconds that the daemon waits for a server: most of one of its days."""
PATIENCE = 3 * 24 * 60
"""Minutes of its time until a server's silence is an alarm: three times as long as one answer may be waited for, as in an office."""
QUARTERS = {3: ("Q1", "第一季度", 31), 6: ("Q2", "第二季度", 30), 9: ("Q3", "第三季度", 30), 12: ("Q4", "第四季度", 30)}


@dataclass(frozen=True)
class Clock:
    """Simulated time, the same in both processes: `begun` is the machine's monotonic time at BEGIN."""

    begun: float
    speed: float

    def now(self) -> datetime:
        return BEGIN + timedelta(seconds=self.seconds())

    def seconds(self) -> float:
        """Simulated seconds since BEGIN."""
        return (time.monotonic() - self.begun) * self.speed

    def pause(self, stop: threading.Event) -> Pause:
        return lambda seconds: None if stop.wait(seconds / self.speed) else self.now()


def long_office(job: Job, digest_to: str) -> Office:
    """The small office, with quarters over three years and a digest each morning."""
    base: Office = office_of(job)
    days = Workdays(OFF, WORKED, frozenset(range(2020, 2025)))
    periods = tuple(
        Period(f"{year}{key}", f"{year}年{name}", date(year, month, day))
        for year in (2020, 2021, 2022)
        for month, (key, name, day) in QUARTERS.items()
        if (year, month) > (2020, 3)
    )
    hours = OfficeHours(base.hours.windows, days)
    return replace(base, periods=periods, hours=hours, digest_to=(digest_to,), alarms=Alarms(PATIENCE))


def main(given: str) -> None:
    """Run the daemon until SIGTERM."""
    doc = json.loads(given)
    job, clock = Job(**doc["job"]), Clock(**doc["clock"])
    stop = threading.Event()
    stop_on_signals(stop)
    house_office = long_office(job, doc["digest_to"])
    smtp, imap = (ServerAddress("127.0.0.1", port, "none") for port in (job.smtp, job.imap))
    account = Account(job.mailbox, job.password, job.mailbox, smtp, imap, None, TIMEOUT)
    store = Path(job.store)
    house = House(store.parent / "config", store, False, environ={}, writes=True)
    house.__dict__["_loaded"] = (house_office, ())  # in place of the files in config/
    # A mail that did not come three times is asked for again after minutes, then hours: of its time, not of the machine's.
    house.servers = servers = RealMailServers(account, clock=clock.seconds)
    house.herald = Herald(house_office, house.mail_env, clock.now)
    log.to_file(store / "log" / "cuibao.log")
    keeper = Housekeeper(lambda: house, clock.now())
    pause = keeper.breathing(clock.pause(stop), clock.now)
    Daemon(house.desk, clock.now, pause, stop, seconds=3600 / clock.speed, beat=keeper.after).run()
    servers.close()


if __name__ == "__main__":
    main(*sys.argv[1:])

"""The daemon: a schedule that rings the tick, tells what came of it, and ends cleanly when asked."""

import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from types import FrameType

from cuibao.desk.context import Desk
from cuibao.desk.ports import Pause
from cuibao.desk.tick import Bell, Done
from cuibao.gateways import log
from cuibao.rules.outcomes import CuibaoError

TICK_SECONDS = 60.0
NAMES = {"imap": "收件服务器", "smtp": "发件服务器", "store": "数据目录"}
"""What the log calls the parts of the world that fail and recover."""


@dataclass
class Daemon:
    """Rings `tick` now and every `seconds` until `stop` is set. `now` is asked once a tick; `before` runs ahead of each one (the
    sandbox hands over the post there); `after` is told what was done; `quiet` keeps what went well out of the log."""

    desk: Desk
    now: Callable[[], datetime]
    pause: Pause
    stop: threading.Event
    seconds: float = TICK_SECONDS
    before: Callable[[], object] = lambda: None
    quiet: bool = False
    after: Callable[[datetime, Done], None] = lambda _now, _done: None
    _troubles: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._bell = Bell(self.desk, self.pause)

    def tick(self, now: datetime) -> Done:
        """One tick; a store that cannot be written is logged and the next tick tries again."""
        try:
            done = self._bell.tick(now)
        except CuibaoError as error:
            self._tell_once("store", str(error))
            return Done()
        self._recovered("store", {})
        self._tell(done)
        self.after(now, done)
        return done

    def run(self) -> None:
        """Until stopped. A tick in hand is finished; between two letters it ends early."""
        from apscheduler.schedulers.background import BackgroundScheduler

        scheduler = BackgroundScheduler(timezone="Asia/Shanghai")
        scheduler.add_job(
            self._ring,
            "interval",
            seconds=self.seconds,
            next_run_time=datetime.now().astimezone(),
            coalesce=True,
            misfire_grace_time=None,
            max_instances=1,
        )
        scheduler.start()
        log.info("后台服务已启动")
        self.stop.wait()
        scheduler.shutdown(wait=True)
        log.info("后台服务已停止")

    def _ring(self) -> None:
        if self.stop.is_set():
            return
        try:
            self.before()
            self.tick(self.now())
        except Exception:  # noqa: BLE001 - the schedule must outlive whatever a tick raises; the traceback names no mail
            log.exception("本轮办理出错，下一轮再试")

    def _tell(self, done: Done) -> None:
        failing = {server: str(error) for server, error in done.troubles}
        for server, words in failing.items():
            self._tell_once(server, words)
        if done.polled:
            self._recovered("imap", failing)
        if done.delivered:
            self._recovered("smtp", failing)
        if done.judged and not self.quiet:
            log.info("收到来件", count=len(done.judged))
        if done.delivered and not self.quiet:
            sent = sum(item.state == "sent" for item in done.delivered)
            log.info("发件", tried=len(done.delivered), sent=sent)
        for item in done.delivered:
            if item.state != "sent":
                self._tell_once(f"发件 {item.note.message_id}", f"{item.note.key.unit}：{item.reply}")
        for which, why in done.unwritten:
            self._tell_once(f"拟稿 {which}", why)

    def _recovered(self, server: str, failing: dict[str, str]) -> None:
        if server not in failing and self._troubles.pop(server, ""):
            log.info("已恢复", what=NAMES.get(server, server))

    def _tell_once(self, what: str, words: str) -> None:
        if self._troubles.get(what) != words:
            self._troubles[what] = words
            log.warning("遇到问题", what=NAMES.get(what, what), words=words)


def stop_on_signals(stop: threading.Event) -> None:
    """SIGTERM and SIGINT set `stop`."""

    def ask(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, ask)
    signal.signal(signal.SIGINT, ask)

"""The daemon: a schedule that rings the tick, tells what came of it, and ends cleanly when asked."""

import logging
import signal
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import FrameType

from cuibao.desk.context import Desk
from cuibao.desk.ports import Pause
from cuibao.desk.tick import Bell, Done
from cuibao.gateways import log
from cuibao.rules.alarms import Health, Wrong, news
from cuibao.rules.outcomes import CuibaoError
from cuibao.rules.records import Alarm

TICK_SECONDS = 60.0
GRACE_SECONDS = 8.0
"""How long a tick in hand is waited for when the daemon is asked to stop: a server that hangs must not keep it."""
NAMES = {"imap": "收件服务器", "smtp": "发件服务器", "store": "数据目录", "config": "配置"}
"""What the log calls the parts of the world that fail and recover."""


@dataclass
class Daemon:
    """Rings `tick` now and every `seconds` until `stop` is set. `now` is asked once a tick; `before` runs ahead of
    each one (the sandbox hands over the post there) and `during` is held around both (it stops its clock there);
    `renew` gives a new desk where the configuration was edited; `probe` raises CuibaoError while the store that
    failed cannot be written yet; `after` is told what was done, `beat` runs whatever came of it; `quiet` keeps what
    went well out of the log."""

    desk: Desk
    now: Callable[[], datetime]
    pause: Pause
    stop: threading.Event
    seconds: float = TICK_SECONDS
    before: Callable[[], object] = lambda: None
    during: Callable[[], AbstractContextManager[object]] = nullcontext
    renew: Callable[[], Desk | None] = lambda: None
    probe: Callable[[], object] = lambda: None
    quiet: bool = False
    after: Callable[[datetime, Done], None] = lambda _now, _done: None
    beat: Callable[[datetime, Health | None, list[str]], None] = lambda _now, _health, _troubles: None
    _troubles: dict[str, str] = field(default_factory=dict)
    _store_alarm: dict[str, Alarm] = field(default_factory=dict)
    _config_words: str = ""
    _idle: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._bell = Bell(self.desk, self.pause)
        self._idle.set()

    @property
    def bell(self) -> Bell:
        return self._bell

    def health(self) -> Health | None:
        """How the servers answer; None before the first tick."""
        return self._bell.watch.health if self._bell.watch else None

    def tick(self, now: datetime) -> Done:
        """One tick; a store that cannot be written is told, and the next tick tries again."""
        self._renew()
        done = self._tick(now)
        self.beat(
            now, self.health(), [f"{NAMES[what]}：{words}" for what, words in self._troubles.items() if what in NAMES]
        )
        return done

    def _tick(self, now: datetime) -> Done:
        if self._bell.watch:
            watch = self._bell.watch
            watch.health = replace(watch.health, config_words=self._config_words)
        try:
            if "store" in self._troubles:
                self.probe()  # a tick that has nothing to write would tell nothing
            done = self._bell.tick(now)
        except CuibaoError as error:
            self._tell_once("store", str(error))
            self._cry(now, str(error))
            return Done()
        self._recovered("store", {})
        self._cry(now, "")
        self._tell(done)
        self.after(now, done)
        return done

    def run(self) -> bool:
        """Until stopped. A tick in hand is finished, and between two letters it ends early. False where it did not end within
        the grace: the caller may end the process, for whatever is half done is taken up at the next start."""
        from apscheduler.schedulers.background import BackgroundScheduler

        # That a tick takes longer than the bell's interval is no news: the next one does what is due.
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
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
        scheduler.shutdown(wait=False)
        ended = self._idle.wait(GRACE_SECONDS)
        log.info("后台服务已停止" if ended else "邮件服务器迟迟不答复，后台服务不再等待，已停止")
        return ended

    def _ring(self) -> None:
        if self.stop.is_set():
            return
        self._idle.clear()
        try:
            with self.during():
                self.before()
                self.tick(self.now())
        except Exception:  # noqa: BLE001 - the schedule must outlive whatever a tick raises; the traceback names no mail
            log.exception("本轮办理出错，下一轮再试")
        finally:
            self._idle.set()

    def _renew(self) -> None:
        """Take over an edited configuration; one with a mistake leaves the old one in force and is told."""
        try:
            fresh = self.renew()
        except CuibaoError as error:
            self._config_words = str(error)
            self._tell_once("config", str(error))
            return
        if fresh is not None:
            self.desk = self._bell.desk = fresh
            if self._bell.watch:
                self._bell.watch.forgive()  # the account may be among what was mended
            self._config_words = ""
            self._troubles.pop("config", None)
            log.info("配置已更新")

    def _cry(self, now: datetime, words: str) -> None:
        """A store that cannot be written keeps no alarm: it is told by the other ways, once, then daily, then the all-clear."""
        remedy = "请检查磁盘空间和读写权限；恢复后自动继续"
        found = [Wrong("store", words, remedy, mailbox=True)] if words else []
        for _, wrong in news(self._store_alarm, found, now):
            cleared = None if words else now
            self._store_alarm["store"] = Alarm("store", wrong.words, now, now, cleared)
            state = (
                "数据目录已恢复正常" if cleared else f"数据目录无法写入，暂停收发：{wrong.words}。处理办法：{remedy}"
            )
            self.desk.herald.tell(state, mailbox_fails=True)

    def _tell(self, done: Done) -> None:
        failing = {server: str(error) for server, error in done.troubles}
        for server, words in failing.items():
            self._tell_once(server, words)
        if done.polled:
            self._recovered("imap", failing)
        if any(item.state == "sent" for item in done.delivered):
            self._recovered("smtp", failing)
        if done.judged and not self.quiet:
            log.info("收到来件", count=len(done.judged))
        if done.delivered and not self.quiet:
            sent = sum(item.state == "sent" for item in done.delivered)
            log.info("发件", tried=len(done.delivered), sent=sent)
        for item in done.delivered:
            if item.state != "sent":
                log.warning("一封函件未发出", unit=item.note.key.unit or "本办", words=item.reply)
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

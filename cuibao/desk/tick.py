"""The tick: everything the bot does when the bell rings, in order; a schedule or a simulation rings it alike.

poll when it is time or letters are about to leave ▶ judge ▶ write what is due ▶ the morning's digest ▶ deliver ▶ alarms. A server
that is away stops only its own step; what it said is returned, told once by whoever rings, and tried again at the next tick."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cuibao.desk import alarms, deliver, digest, receive, remind, waves
from cuibao.desk.context import Desk
from cuibao.desk.ports import Pause
from cuibao.desk.watch import Watch
from cuibao.rules.alarms import Health, News, Wrong
from cuibao.rules.outcomes import CuibaoError, LedgerError, MailServerError
from cuibao.rules.period import day_start
from cuibao.rules.traffic import Delivery
from cuibao.rules.verdict import Judged

KNOCK_AGAIN = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Done:
    """What a tick did. `unwritten` are (which letter, why); `troubles` are ("imap" or "smtp", what the server said); `polled` is
    true where the mailbox was read to its end; `told` are the alarms that were raised, repeated or cleared."""

    judged: tuple[Judged, ...] = ()
    delivered: tuple[deliver.Delivered, ...] = ()
    unwritten: tuple[tuple[str, str], ...] = ()
    troubles: tuple[tuple[str, MailServerError], ...] = ()
    polled: bool = False
    told: tuple[tuple[News, Wrong], ...] = ()


class Bell:
    """Rings ticks over one desk, and remembers only what a restart may forget: when the mailbox was last tried, how the servers
    answered, and whether 已发送 was asked what an older store does not know."""

    def __init__(self, desk: Desk, pause: Pause) -> None:
        self.desk = desk
        self.pause = pause
        self.watch: Watch | None = None
        self._polled_at: datetime | None = None
        self._pasts: dict[int, deliver.Past] = {}
        """By the notice's year: what was not recorded belongs to one ledger."""
        self._paused_till: datetime | None = None
        self._knocked_at: datetime | None = None

    def tick(self, now: datetime) -> Done:
        """Do everything that is due at `now`. Raises LedgerError when the store cannot be written; nothing else."""
        self._paused_till = None
        watch = self.watch = self.watch or Watch(Health(started_at=now))
        # The store may be a backup of last night: what left since is in 已发送 and not in the ledger.
        for desk in self.desk.years:
            if desk.office.notice.year not in self._pasts:
                self._pasts[desk.office.notice.year] = self._beginning(now)
        troubles: list[tuple[str, MailServerError]] = []
        judged: list[Judged] = []
        if self._poll_due(now) or self._wave_due(now):
            judged = self._poll(now, watch, troubles)
        unwritten = [*remind.write(self.desk, now)]
        unwritten += self._digest(now)
        delivered = self._deliver(now, watch, troubles)
        told = alarms.ring(self.desk, watch.health, max(now, self._paused_till or now))
        return Done(
            tuple(judged), delivered, tuple(unwritten), tuple(troubles), watch.health.read_at == now, tuple(told)
        )

    def _beginning(self, now: datetime) -> deliver.Past:
        last = max((at for desk in self.desk.years if (at := desk.book().last_at)), default=None)
        unknown_since = last or min(now, day_start(self.desk.office.mailbox.since))
        return deliver.Past(now, unknown_since, waits=last is not None)

    def _pause(self, seconds: float) -> datetime | None:
        """Wait between letters; a long wave ends much later than its tick began."""
        later = self.pause(seconds)
        self._paused_till = later or self._paused_till
        return later

    def _poll_due(self, now: datetime) -> bool:
        minutes = self.desk.office.mailbox.poll_minutes
        return self._polled_at is None or not timedelta(0) <= now - self._polled_at < timedelta(minutes=minutes)

    def _wave_due(self, now: datetime) -> bool:
        """Whether letters are about to leave: the mailbox is read first, so that nobody is urged who has just reported."""
        if self.watch and self.watch.rests("smtp", now):
            return False
        if any(deliver.sendable(desk, now) for desk in self.desk.years):
            return True
        return any(remind.due(desk, made) for desk, made in waves.plans(self.desk, now, now))

    def _poll(self, now: datetime, watch: Watch, troubles: list[tuple[str, MailServerError]]) -> list[Judged]:
        judged = receive.judge_waiting(self.desk, now)
        if watch.rests("imap", now):
            return judged
        self._polled_at = now
        try:
            receive.poll(self.desk, now, judged)
            watch.read(now)
        except MailServerError as error:
            watch.unread(error, now)
            troubles.append(("imap", error))
        return judged

    def _digest(self, now: datetime) -> list[tuple[str, str]]:
        try:
            digest.write(self.desk, now)
        except LedgerError:
            raise
        except CuibaoError as error:
            return [("日报", str(error))]
        return []

    def _deliver(
        self, now: datetime, watch: Watch, troubles: list[tuple[str, MailServerError]]
    ) -> tuple[deliver.Delivered, ...]:
        if watch.rests("smtp", now):
            return ()
        waiting = deliver.waiting(self.desk.years, now)
        if not waiting:
            self._knock(now, watch, troubles)
        delivered: list[deliver.Delivered] = []
        for desk in waiting:
            if delivered and self._pause(desk.office.pace.seconds_between) is None:
                break
            delivered += self._deliver_of(desk, max(now, self._paused_till or now), watch, troubles)
        return tuple(delivered)

    def _deliver_of(
        self, desk: Desk, now: datetime, watch: Watch, troubles: list[tuple[str, MailServerError]]
    ) -> tuple[deliver.Delivered, ...]:
        """What one year's ledger has waiting; nothing where the year before has just found the server out of order."""
        if watch.rests("smtp", now):
            return ()
        past = self._pasts[desk.office.notice.year]
        past.mailbox_rests = watch.rests("imap", now)
        try:
            delivered = deliver.deliver(desk, now, self._pause, past)
        except LedgerError:
            past.own_since = now + timedelta(seconds=1)  # a letter may have left that could not be recorded
            raise
        except MailServerError as error:
            watch.unsent(error.message, now, refused=error.permanent, wait=error.wait)
            troubles.append(("smtp", error))
            return ()
        for item in delivered:
            self._note(item, watch, self._paused_till or now)  # an answer late in a wave counts from then
        return delivered

    def _knock(self, now: datetime, watch: Watch, troubles: list[tuple[str, MailServerError]]) -> None:
        """With nothing to send, log in now and then to a server that failed last: nobody else would find out that it is back."""
        lately = self._knocked_at and timedelta(0) <= now - self._knocked_at < KNOCK_AGAIN
        alarms_of = self.desk.book().alarms
        told = any(alarms_of[key].cleared_at is None for key in ("smtp", "smtp.login") if key in alarms_of)
        if not (watch.health.smtp_words or told) or lately:
            return
        self._knocked_at = now
        try:
            with self.desk.servers.postman():
                watch.sent()
        except MailServerError as error:
            watch.unsent(error.message, now, refused=error.permanent, wait=error.wait)
            troubles.append(("smtp", error))

    def _note(self, item: deliver.Delivered, watch: Watch, now: datetime) -> None:
        """What an answer says of the server itself: one that asked to be left alone is left alone with every letter."""
        if item.state == Delivery.STOPPED:
            watch.unsent(item.reply, now, refused=True)
        elif item.state == Delivery.SENT:
            watch.sent()
        elif item.rest:
            watch.unsent(item.reply, now, refused=False, wait=item.rest)

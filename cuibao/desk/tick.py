"""The tick: everything the bot does when the bell rings, in order; a schedule or a simulation rings it alike.

poll when it is time or letters are about to leave ▶ judge ▶ write what is due ▶ deliver. A server that is away stops only its own
step; what it said is returned, told once by whoever rings, and tried again at the next tick."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cuibao.desk import deliver, receive, remind, waves
from cuibao.desk.context import Desk
from cuibao.desk.ports import Pause
from cuibao.rules.outcomes import MailServerError
from cuibao.rules.planned import PlannedLetter
from cuibao.rules.verdict import Judged


@dataclass(frozen=True, slots=True)
class Done:
    """What a tick did. `troubles` are ("imap" or "smtp", what the server said); `polled` is true where the mailbox was read to
    its end."""

    judged: tuple[Judged, ...] = ()
    delivered: tuple[deliver.Delivered, ...] = ()
    unwritten: tuple[tuple[PlannedLetter, str], ...] = ()
    troubles: tuple[tuple[str, MailServerError], ...] = ()
    polled: bool = False


@dataclass
class Bell:
    """Rings ticks over one desk, and remembers only what a restart may forget: when the mailbox was last tried, and how long
    a refused login rests."""

    desk: Desk
    pause: Pause
    _polled_at: datetime | None = None
    _rests_until: dict[str, datetime] = field(default_factory=dict)

    def tick(self, now: datetime) -> Done:
        """Do everything that is due at `now`. Raises LedgerError when the store cannot be written; nothing else."""
        troubles: list[tuple[str, MailServerError]] = []
        judged: list[Judged] = []
        if self._poll_due(now) or self._wave_due(now):
            judged = self._poll(now, troubles)
        unwritten = remind.write(self.desk, now)
        delivered: tuple[deliver.Delivered, ...] = ()
        if deliver.sendable(self.desk, now) and not self._rests("smtp", now):
            try:
                delivered = deliver.deliver(self.desk, now, self.pause)
                self._note_rest(delivered, now)
            except MailServerError as error:
                self._note_trouble("smtp", error, now, troubles)
        polled = self._polled_at == now and not any(server == "imap" for server, _ in troubles)
        return Done(tuple(judged), delivered, unwritten, tuple(troubles), polled)

    def _poll_due(self, now: datetime) -> bool:
        minutes = self.desk.office.mailbox.poll_minutes
        return self._polled_at is None or not timedelta(0) <= now - self._polled_at < timedelta(minutes=minutes)

    def _wave_due(self, now: datetime) -> bool:
        """Whether letters are about to leave: the mailbox is read first, so that nobody is urged who has just reported."""
        desk = self.desk
        return bool(deliver.sendable(desk, now) or remind.due(desk, waves.plan(desk, now, now)))

    def _poll(self, now: datetime, troubles: list[tuple[str, MailServerError]]) -> list[Judged]:
        judged = receive.judge_waiting(self.desk, now)
        if self._rests("imap", now):
            return judged
        self._polled_at = now
        try:
            receive.poll(self.desk, now, judged)
        except MailServerError as error:
            self._note_trouble("imap", error, now, troubles)
        return judged

    def _rests(self, server: str, now: datetime) -> bool:
        return now < self._rests_until.get(server, now)

    def _note_rest(self, delivered: tuple[deliver.Delivered, ...], now: datetime) -> None:
        """A server that asked to be left alone is left alone with every letter, not only the one it refused."""
        for item in delivered:
            if item.rest:
                self._rests_until["smtp"] = now + item.rest

    def _note_trouble(
        self, server: str, error: MailServerError, now: datetime, troubles: list[tuple[str, MailServerError]]
    ) -> None:
        """A refused login rests an hour, so that no account is locked out by trying; anything else until the next tick."""
        if error.permanent:
            self._rests_until[server] = now + timedelta(hours=1)
        troubles.append((server, error))

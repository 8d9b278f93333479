"""Watch: how the servers have answered since the process began, and how long one that refused us is left alone."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from cuibao.rules.alarms import Health
from cuibao.rules.outcomes import MailServerError

FIRST_REST = timedelta(hours=1)
LONGEST_REST = timedelta(hours=8)
"""A refused account is tried again after an hour, then after twice as long each time: trying too often locks it out."""


@dataclass(frozen=True, slots=True)
class _Rest:
    since: datetime
    length: timedelta

    def holds(self, now: datetime) -> bool:
        """Whether it still lasts; one that begins in the future was noted by a clock that was wrong."""
        return self.since <= now < self.since + self.length


@dataclass
class Watch:
    """Remembers only what a restart may forget."""

    health: Health
    _rests: dict[str, _Rest] = field(default_factory=dict)
    _refusals: dict[str, int] = field(default_factory=dict)

    def rests(self, server: str, now: datetime) -> bool:
        """Whether "imap" or "smtp" is to be left alone."""
        rest = self._rests.get(server)
        return rest is not None and rest.holds(now)

    def forgive(self) -> None:
        """Try again at once: somebody has changed the account."""
        self._rests.clear()
        self._refusals.clear()

    def rest(self, server: str, now: datetime, length: timedelta) -> None:
        """The server asked to be left alone so long."""
        self._rests[server] = _Rest(now, length)

    def read(self, now: datetime) -> None:
        """The mailbox was read to its end."""
        self._refusals.pop("imap", None)
        self.health = replace(self.health, read_at=now, imap_since=None, imap_words="", imap_refused=False)

    def unread(self, error: MailServerError, now: datetime) -> None:
        """The mailbox could not be read."""
        self._refused("imap", now, error.permanent)
        since = self.health.imap_since or now
        self.health = replace(self.health, imap_since=since, imap_words=error.message, imap_refused=error.permanent)

    def sent(self) -> None:
        """A letter was accepted, or at least a login."""
        self._refusals.pop("smtp", None)
        self.health = replace(self.health, smtp_well=True, smtp_since=None, smtp_words="", smtp_refused=False)

    def unsent(self, words: str, now: datetime, *, refused: bool, wait: timedelta | None = None) -> None:
        """No letter could be sent; with `refused` because the server will not have our account. `wait` is how long it asked to be
        left alone."""
        if wait:
            self.rest("smtp", now, wait)
        self._refused("smtp", now, refused)
        since = self.health.smtp_since or now
        self.health = replace(self.health, smtp_well=False, smtp_since=since, smtp_words=words, smtp_refused=refused)

    def _refused(self, server: str, now: datetime, refused: bool) -> None:
        if refused:
            times = self._refusals.get(server, 0)
            self._refusals[server] = times + 1
            self.rest(server, now, min(FIRST_REST * 2**times, LONGEST_REST))

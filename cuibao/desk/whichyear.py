"""Which year's ledger a mail belongs to: the one that knows it, that of the letter it answers or whose form it brings, the year that it
names itself, or that in which the quarter it names is nearest."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from cuibao.desk.context import Desk
from cuibao.desk.opening import opened
from cuibao.desk.view import view_of
from cuibao.papers.judge import View, bounced
from cuibao.papers.mail import Mail
from cuibao.papers.whichperiod import quarters_named, years_named
from cuibao.papers.whose import whose
from cuibao.rules.outcomes import LedgerError
from cuibao.rules.workdays import CHINA


@dataclass(frozen=True)
class Years:
    """The desks of this year and of those before, and what the judge may know in each."""

    desk: Desk
    views: Mapping[int, View]

    @classmethod
    def of(cls, desk: Desk, now: datetime) -> "Years":
        """As of this moment. Without a year before nothing is looked at."""
        return cls(desk, {one.office.notice.year: view_of(one, now) for one in desk.years} if desk.earlier else {})

    def place(self, sha256: str, mail: Mail | None, arrived_at: datetime) -> tuple[Desk, Mail | None]:
        """The desk whose ledger takes the mail in, and the mail opened, where the year had to be told by what is attached. `mail` is
        None where it could not be read; such a one, and one that cannot be opened, is this year's. Raises LedgerError."""
        known = next((one for one in self.desk.years if sha256 in one.book().mails), None)
        if known or mail is None or not self.desk.earlier:
            return known or self.desk, None
        try:
            text = opened(mail, self.desk.reading_room)
            return self.desk_of(text, arrived_at), text
        except LedgerError:
            raise
        except Exception:  # noqa: BLE001 - what a hostile mail raises it raises again where it is judged, and is parked there
            return self.desk, None

    def desk_of(self, mail: Mail, arrived_at: datetime) -> Desk:
        """The desk whose ledger takes in a mail that is new, opened; this year's unless something says otherwise. An answer to a letter
        is the letter's year's, as is a form that came with one; only then words count, and those that name this year too do not."""
        desk = self.desk
        if self._answers(mail, desk):
            return desk
        if answered := next((one for one in desk.earlier if self._answers(mail, one)), None):
            return answered
        named = years_named(mail)
        if not named:
            return self._nearest(quarters_named(mail), arrived_at.astimezone(CHINA).date())
        return next((one for one in desk.years if one.office.notice.year in named), desk)

    def _nearest(self, quarters: frozenset[int], day: date) -> Desk:
        """The desk, of this year and the one before, with that of these quarters whose deadline is nearest: 第四季度 in January is
        last year's."""
        away = [
            (abs((period.deadline - day).days), place)
            for place, one in enumerate(self.desk.years[:2])
            for period in one.office.periods
            if any(period.key.endswith(f"Q{quarter}") for quarter in quarters)
        ]
        return self.desk.years[min(away)[1]] if away else self.desk

    def _answers(self, mail: Mail, desk: Desk) -> bool:
        """Whether it answers, bounces, or brings the form of, a letter of that desk's."""
        view = self.views[desk.office.notice.year]
        if whose(mail, view).letter:
            return True
        found = bounced(mail, view)
        return bool(found and found.bounce and found.bounce.letter)

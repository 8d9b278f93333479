"""Which year's ledger a mail belongs to: the one that knows it, that of the letter it answers, the year that it names itself, or that in
which the quarter it names is nearest."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from cuibao.desk.context import Desk
from cuibao.desk.view import view_of
from cuibao.papers.judge import View, judge
from cuibao.papers.mail import Mail
from cuibao.papers.whichperiod import quarters_named, years_named
from cuibao.papers.whose import whose
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

    def desk_of(self, sha256: str, mail: Mail | None, arrived_at: datetime) -> Desk:
        """The desk whose ledger takes the mail in; this year's unless something says otherwise. `mail` is None where it could not
        be read. An answer to a letter is the letter's year's; only then words count, and those that name this year too do not."""
        desk = self.desk
        if not desk.earlier:
            return desk
        if known := next((one for one in desk.years if sha256 in one.book().mails), None):
            return known
        if mail is None or self._answers(mail, desk):
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
        """Whether it answers, or bounces, a letter of that desk's."""
        view = self.views[desk.office.notice.year]
        if whose(mail, view).letter:
            return True
        bounce = judge(mail, view).bounce
        return bool(bounce and bounce.letter)

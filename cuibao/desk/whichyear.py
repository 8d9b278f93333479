"""Which year's ledger a mail belongs to: the one that knows it, that of the letter it answers, or the year that it names itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from cuibao.desk.context import Desk
from cuibao.desk.view import view_of
from cuibao.papers.judge import View, judge
from cuibao.papers.mail import Mail
from cuibao.papers.whichperiod import years_named
from cuibao.papers.whose import whose


@dataclass(frozen=True)
class Years:
    """The desks of this year and of those before, and what the judge may know in each."""

    desk: Desk
    views: Mapping[int, View]

    @classmethod
    def of(cls, desk: Desk, now: datetime) -> "Years":
        """As of this moment. Without a year before nothing is looked at."""
        return cls(desk, {one.office.notice.year: view_of(one, now) for one in desk.years} if desk.earlier else {})

    def desk_of(self, sha256: str, mail: Mail | None) -> Desk:
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
        if desk.office.notice.year in named:
            return desk
        return next((one for one in desk.earlier if one.office.notice.year in named), desk)

    def _answers(self, mail: Mail, desk: Desk) -> bool:
        """Whether it answers, or bounces, a letter of that desk's."""
        view = self.views[desk.office.notice.year]
        if whose(mail, view).letter:
            return True
        bounce = judge(mail, view).bounce
        return bool(bounce and bounce.letter)

"""What a plan is made of: the letters that are due or will be, those that are withheld, and the reasons in words."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from cuibao.rules.letters import SEND_BACK, LetterKey
from cuibao.rules.period import Span, Stage
from cuibao.rules.records import Letter

NO_WINDOW = "已无可发时段"
NO_ADDRESS = "无可用邮箱，请电话联系"
NEVER_AN_ADDRESS = "本阶段内无可用邮箱"
"""Why a stage lapsed of a unit that cannot be reached."""
ALREADY_SENT = "本阶段已发"
OVER_QUOTA = "每日发信限额内已排不到"
INFORM_ONLY = "只告知、不负报送任务，不催报"
WAITS_FOR_OFFICER = "有来件待经办人处理，暂缓催报"
WAITS_FOR_APPROVAL = "待经办人批准"
CHANGED_SINCE = "批准后收件人或内容有变化，待重新批准"
HELD = "经办人暂缓"
WAITS_FOR_HOURS = "待上班时间发出"
WAITS_FOR_QUOTA = "当日限额已满，顺延至下一工作日"
WAITS_FOR_SHARE = "当日余额留作回执，16时后发出"
WAITS_FOR_SERVER = "邮件服务器要求稍后再发"
FAILED = "发送失败，待经办人处理"
TOO_LATE = "已过本阶段的发送时间"
"""Why a letter that was written and never left is withdrawn."""
TOLD_OF_RETURN = "已另函退回补报"
OVERTAKEN = "后一阶段的函件已提前发出，本阶段不再另发"
PAUSE_WORKDAYS = 2
"""A mail in triage holds back 催报 to its unit no longer than so many working days."""

RETURNED = Stage(SEND_BACK, "退回补报", 0)
"""Stands in the plan for the letter that a send_back calls for: due at once, until what was returned has come again."""


@dataclass(frozen=True, slots=True)
class PlannedLetter:
    """A letter that is due or will be. `pending` is true where its intention is already in the ledger;
    `waits` says why it does not leave at once, "" where it does; `failed` is an earlier one
    to the same recipients that could not be sent for a reason that only a person can mend."""

    key: LetterKey
    stage: str
    span: Span
    send_at: datetime
    to: tuple[str, ...]
    cc: tuple[str, ...]
    items: tuple[int, ...]
    reason: str
    pending: bool = False
    waits: str = ""
    failed: Letter | None = None


Fingerprint = Callable[["PlannedLetter"], str]


@dataclass(frozen=True, slots=True)
class Withheld:
    """A letter that is not written, and why. `lapses` marks a stage whose time is over without a letter; `letter` is what an
    officer may let go, where it waits for one."""

    unit: str
    period: str
    stage: str
    deadline: date
    reason: str
    lapses: bool = False
    letter: PlannedLetter | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What is due at `now` and what will be by the horizon, most urgent first, and what is withheld."""

    now: datetime
    letters: tuple[PlannedLetter, ...]
    withheld: tuple[Withheld, ...]

"""What the detectors of flufl.bounce read out of a bounce in the forms of old and foreign mail servers, guarded: they raise on what a
hostile mail may hold, and some would take an ordinary mail for a bounce."""

import logging
import re
from dataclasses import dataclass
from email.iterators import body_line_iterator
from email.message import Message

DAEMON = re.compile(
    r"^(?:mailer-?daemon|post-?master|mail-?daemon|mdaemon|mail[._-]?delivery|bounces?|邮件系统|系统管理员)(?:[+\-@._]|$)",
    re.IGNORECASE,
)
"""The local part of an address from which no person writes."""
FAILURE = re.compile(
    r"退信|错误回弹|未送达|未能送达|无法送达|投递失败|发送失败|投递延迟|undeliver|not? (?:yet been |be )?deliver|non-?delivery|"
    r"delivery (?:status|failure|has failed|notification|warning|problem)|mail (?:delivery|failed|error)|failed mail|failure notice|"
    r"returned (?:mail|to sender)|delivery failed|non remis|delayed mail|(?:mail|message) (?:delayed|rejected)|rejected mail",
    re.IGNORECASE,
)
"""What the subject of a bounce says."""
ANSWERED = re.compile(r"^\s*(?:(?:re|fw|fwd|aw|tr|答复|回复|转发|转寄)\s*[:：])(?!.*[:：]\s*non remis)", re.IGNORECASE)
"""A subject under which a person answers or passes on; one French server begins its bounces like an answer."""
_MOST_TEXT = 50_000
_LONGEST_LINE = 500
"""Characters. The detectors try some patterns whose time grows with the square of a line's length."""
_LOG = "flufl.bounce"


@dataclass(frozen=True, slots=True)
class Returned:
    """One address that a bounce names, lower case, and whether it is given up for good."""

    address: str
    permanent: bool


def looks_returned(sender: str, subject: str) -> bool:
    """Whether a mail may be a bounce by its sender or its subject, so that its body is worth a look."""
    if DAEMON.match(sender):
        return True
    return not ANSWERED.match(subject) and bool(FAILURE.search(subject))


def returned(message: Message) -> tuple[Returned, ...]:
    """The addresses that flufl.bounce finds, those given up for good first, in alphabetical order; none where it raises, and none of
    a mail that would take it long."""
    # status and plan read no mail, and need not wait for seventeen detectors
    from flufl.bounce import all_failures

    logging.getLogger(_LOG).disabled = True  # it logs a traceback for each mail at which it raises
    try:
        if not _is_small(message):
            return ()
        waiting, gone = all_failures(message)
    except Exception:  # noqa: BLE001 - a mail without From, raw 8-bit bytes, NULs: its detectors raise whatever they please
        return ()
    found = {one.decode("ascii", "replace").lower(): False for one in sorted(waiting)}
    found |= {one.decode("ascii", "replace").lower(): True for one in sorted(gone)}
    return tuple(Returned(address, gone) for address, gone in sorted(found.items(), key=lambda one: not one[1]))


def _is_small(message: Message) -> bool:
    room = _MOST_TEXT
    for line in body_line_iterator(message):
        room -= len(line)
        if room < 0 or len(line) > _LONGEST_LINE:
            return False
    return True

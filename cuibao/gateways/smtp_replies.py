"""What a sending server's reply means for a letter: one table, by NetEase's tags first, for the same tag comes under several
codes, then by known words, then by the digits of RFC 5321 (section 4.2.1)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum

from cuibao.gateways.wire import WORDS
from cuibao.rules.traffic import Delivery, Outcome

SENT, LATER, REFUSED, HELD = Delivery.SENT, Delivery.LATER, Delivery.REFUSED, Delivery.HELD
DOUBTFUL, STOPPED = Delivery.DOUBTFUL, Delivery.STOPPED

MINUTE = timedelta(minutes=1)
QUARTER = timedelta(minutes=15)
HOUR = timedelta(hours=1)


class Then(StrEnum):
    """What the postman does about a reply before the letter's outcome is told."""

    TELL = "tell"
    RECONNECT = "reconnect"
    """The limit is this connection's: the same letter once more over a new one."""
    SPLIT = "split"
    """Too many recipients for one mail: the same bytes to halves of them."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply understood. Its outcome stands where what is to be done then cannot be done or does not help."""

    outcome: Outcome
    then: Then = Then.TELL


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of the table: the words in a reply, and what they mean. `codes` limits it to some first digits; with `for_all` the
    server is to be left alone, and not only the letter."""

    words: str
    delivery: Delivery
    wait: timedelta | None = None
    for_all: bool = False
    next_day: bool = False
    tries: int | None = None
    then: Then = Then.TELL
    codes: str = "12345"

    def fits(self, code: int, text: str) -> bool:
        return self.words in text and (self.codes == "12345" or str(code)[0] in self.codes)

    def outcome(self, reply: str) -> Outcome:
        return Outcome(
            self.delivery, reply, wait=self.wait, for_all=self.for_all, next_day=self.next_day, tries=self.tries
        )


_TABLE = (
    # limits that pass by themselves
    _Row("hl:icc", LATER, QUARTER, for_all=True),
    _Row("hl:ifc", LATER, QUARTER, for_all=True),
    _Row("mi:sfq", LATER, QUARTER, for_all=True),
    _Row("rp:qrc", LATER, HOUR, for_all=True),
    _Row("mi:dmc", LATER, MINUTE, for_all=True, then=Then.RECONNECT),
    _Row("rp:drc", LATER, MINUTE, for_all=True, then=Then.RECONNECT),
    _Row("mi:stc", LATER, next_day=True),
    _Row("rp:trc", LATER, next_day=True),
    _Row("rp:rcl", LATER, HOUR, tries=3, then=Then.SPLIT),
    # taken for spam, for now or for good
    _Row("dt:spm", LATER, timedelta(minutes=2), tries=3, codes="4"),
    _Row("dt:spm", HELD),
    # the account cannot send
    _Row("mi:cel", STOPPED),
    _Row("mi:ccl", STOPPED),
    _Row("rp:cel", STOPPED),
    _Row("mi:spb", STOPPED),
    _Row("hl:itc", STOPPED),
    _Row("too much fail authentication", STOPPED),
    _Row("user has no permission", STOPPED),
    _Row("mail from must equal authorized user", STOPPED),
    # the address is wrong
    _Row("invalid user", REFUSED, codes="5"),
    _Row("5.1.1", REFUSED, codes="5"),
)
_STOPPING_CODES = frozenset({530, 534, 535, 538, 553})
_ABOUT_AN_ADDRESS = re.compile(r"\b5\.1\.(1|2|3|6|10)\b")


def classify(code: int, text: str) -> Reply:
    """What a reply means for the letter. A code that is none (-1 for a garbled line) leaves it in doubt."""
    reply = bounded(f"{code} {text}" if code > 0 else text)
    if 200 <= code < 300:
        return Reply(Outcome(SENT, reply))
    for row in _TABLE:
        if code > 0 and row.fits(code, text.casefold()):
            return Reply(row.outcome(reply), row.then)
    return _by_digits(code, text, reply)


def _by_digits(code: int, text: str, reply: str) -> Reply:
    if code in _STOPPING_CODES and not _ABOUT_AN_ADDRESS.search(text):
        return Reply(Outcome(STOPPED, reply))
    if code == 421:
        return Reply(Outcome(LATER, reply, wait=MINUTE, for_all=True), Then.RECONNECT)
    if 400 <= code < 500:
        return Reply(Outcome(LATER, reply, wait=QUARTER))
    if 500 <= code < 600:
        return Reply(Outcome(REFUSED, reply))
    return Reply(Outcome(DOUBTFUL, reply))


def classify_recipient(code: int, text: str) -> Reply:
    """As classify(), for the answer to one RCPT: there a bare 553 is about the address, not about us, unless it says so."""
    found = classify(code, text)
    about_sender = re.search(r"sender|mail from", text, re.IGNORECASE)
    if code == 553 and found.outcome.delivery is STOPPED and not about_sender:
        return Reply(replace(found.outcome, delivery=REFUSED))
    return found


# ---- one letter, several recipients --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said of one recipient."""

    recipient: str
    reply: Reply


_IN_THE_WAY = (STOPPED, LATER, DOUBTFUL, HELD)


def standing_in_the_way(replies: Sequence[Reply]) -> Reply | None:
    """The recipients' answer that keeps the letter from being sent, if any: too many of them, else the account stopped, else a
    refusal for now, else the first refusal when all are refused for good."""
    for reply in replies:
        if reply.then is Then.SPLIT:
            return reply
    for delivery in _IN_THE_WAY:
        for reply in replies:
            if reply.outcome.delivery is delivery:
                return reply
    if any(reply.outcome.delivery is SENT for reply in replies):
        return None
    return next(iter(replies), Reply(Outcome(REFUSED, "信件没有收件人")))


def with_refusals(outcome: Outcome, answers: Sequence[Answer]) -> Outcome:
    """The letter's outcome with the recipients that were refused for good and the server's words about each."""
    refused = {a.recipient: a.reply.outcome.reply for a in answers if a.reply.outcome.delivery is REFUSED}
    if not refused:
        return outcome
    about = [f"{recipient}：{words}" for recipient, words in refused.items() if words != outcome.reply]
    return replace(outcome, reply=bounded("；".join([outcome.reply, *about]), 4 * WORDS), refused=tuple(refused))


@dataclass(slots=True)
class Parts:
    """The outcomes of one letter that was sent to its recipients in parts, combined into the letter's own."""

    _told: list[tuple[Sequence[str], Outcome]] = field(default_factory=list)

    def add(self, recipients: Sequence[str], outcome: Outcome) -> None:
        self._told.append((recipients, outcome))

    @property
    def blocked(self) -> bool:
        """Whether trying the other parts is useless: nothing was accepted yet, and what was said holds for all of them."""
        deliveries = {outcome.delivery for _, outcome in self._told}
        return SENT not in deliveries and bool(deliveries & {STOPPED, LATER, DOUBTFUL})

    def combined(self) -> Outcome:
        """SENT where any part was accepted, with the words about those not served; else the gravest of the outcomes."""
        order = (SENT, DOUBTFUL, STOPPED, LATER, HELD, REFUSED)
        leading = min((outcome for _, outcome in self._told), key=lambda outcome: order.index(outcome.delivery))
        refused = tuple(address for recipients, outcome in self._told for address in _refused_of(recipients, outcome))
        unserved = [
            f"{'、'.join(recipients)}：{outcome.reply}"
            for recipients, outcome in self._told
            if outcome.delivery is not leading.delivery
        ]
        return replace(leading, reply=bounded("；".join([leading.reply, *unserved]), 4 * WORDS), refused=refused)


def _refused_of(recipients: Sequence[str], outcome: Outcome) -> Sequence[str]:
    return recipients if outcome.delivery is REFUSED else outcome.refused


def bounded(words: str, largest: int = WORDS) -> str:
    """At most so many characters of a server's words."""
    return words if len(words) <= largest else words[: largest - 2] + "……"

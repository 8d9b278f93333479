"""kill -9 at every step of a morning, against a real Dovecot and Postfix behind the stand-in for 163: no letter is lost or doubled, no
mail is lost or counted twice, and the ledger is whole, whatever the step."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from doubles import mail
from world import EDUCATION, FINANCE, HEALTH, at

from cuibao.gateways.verify import verify_store
from cuibao.rules.outcomes import Severity
from tests.system.mailhost import MailHost
from tests.system.standin import Standin
from tests.system.tick_process import LEDGER, Ticks, Told, Town

pytestmark = pytest.mark.system

UNITS = (EDUCATION, HEALTH, FINANCE)
MOST_STEPS = 100
"""More than a morning has: mailboxes are made ahead, for Postfix waits a second after its list of them has changed."""
AT_ONCE = 3
DUE = Counter(dict.fromkeys(UNITS, 1))
"""A first letter to each unit that has not reported, a receipt to the one that has."""


class Morning:
    """An office that has read a mail some days ago; three more come in, at 8:40 they are read, at 9:00 letters are due."""

    def __init__(self, host: MailHost, folder: Path, name: str) -> None:
        self.standin = Standin(host, folder)
        self.town = Town(self.standin, folder / name, name, UNITS)

    def begin(self, ticks: Ticks) -> None:
        self.town.arrives(mail("fapiao@ads.example", "优惠", "代开发票。", number="0"), at("2020-06-11T10:00"))
        told = ticks.run(self.town.job("2020-06-12T10:00"))
        assert not told.killed
        report = mail(self.town.address(HEALTH), "第二季度报送", "请查收附件。", pdf="第二季度完成情况.pdf")
        thanks = mail(self.town.address(EDUCATION), "通知", "收到，谢谢。", number="2")
        other = mail("fapiao@ads.example", "优惠", "代开发票。", number="3")
        self.town.arrives(report, at("2020-06-15T08:30"))
        self.town.arrives(thanks, at("2020-06-15T08:31"))
        self.town.arrives(other, at("2020-06-15T08:32"), "垃圾邮件")

    def pass_by(self, ticks: Ticks, *, die_at: int = 0) -> Told:
        """The ticks in which everything happens."""
        return ticks.run(self.town.job("2020-06-15T08:40", "2020-06-15T09:00", die_at=die_at))

    def go_on(self, ticks: Ticks) -> None:
        """Two further processes, which live."""
        self.town.wait_until_quiet()
        for moment in ("2020-06-15T09:30", "2020-06-15T10:30"):
            told = ticks.run(self.town.job(moment))
            assert (told.killed, told.errors, told.troubles) == (False, (), ())

    def wrong(self) -> list[str]:
        """What went against the promises."""
        found = [str(problem) for problem in verify_store(self.town.store / LEDGER, self.town.store)]
        if self.town.letters() != DUE:
            found.append(f"letters {dict(self.town.letters())}")
        kept = Counter(entry["data"]["sha256"] for entry in self.town.entries("mail.kept"))
        if len(kept) != 4 or set(kept.values()) != {1}:
            found.append(f"mails {sorted(kept.values())}")
        counted = [entry["unit"] for entry in self.town.entries("submission.received")]
        if counted != [HEALTH]:
            found.append(f"counted {counted}")
        return found

    def delivered(self) -> Counter[str]:
        """What lies in the units' own mailboxes."""
        return Counter({unit: self.standin.host.count(self.town.address(unit)) for unit in UNITS})


@pytest.fixture
def mornings(mailhost: MailHost, tmp_path: Path) -> Iterator[list[Morning]]:
    made = [Morning(mailhost, tmp_path, f"k{number}") for number in range(MOST_STEPS + 1)]
    yield made
    for morning in made:
        morning.standin.stop()


def test_a_death_at_any_step_of_a_morning_breaks_no_promise(mornings: list[Morning]) -> None:
    sound, *others = mornings
    hands = [Ticks() for _ in range(AT_ONCE)]
    try:
        sound.begin(hands[0])
        steps = sound.pass_by(hands[0]).steps
        sound.go_on(hands[0])
        assert sound.wrong() == []
        assert 40 < len(steps) <= MOST_STEPS
        killed = list(zip(others, range(1, len(steps) + 1), strict=False))
        with ThreadPoolExecutor(AT_ONCE) as pool:
            shares = [pool.submit(_die_at, hand, killed[n::AT_ONCE], steps) for n, hand in enumerate(hands)]
            wrong = [words for share in shares for words in share.result()]
    finally:
        for hand in hands:
            hand.close()
    assert wrong == []
    for morning, number in killed:
        for unit in UNITS:
            morning.standin.host.wait_for(morning.town.address(unit), 1)
        assert morning.delivered() == DUE, f"step {number}"


def _die_at(ticks: Ticks, mornings: list[tuple[Morning, int]], steps: tuple[str, ...]) -> list[str]:
    """Let each of these mornings die at its step, then go on; what went wrong, by step."""
    wrong = []
    for morning, number in mornings:
        morning.begin(ticks)
        assert morning.pass_by(ticks, die_at=number).killed, f"step {number} of {len(steps)}"
        town = morning.town
        broken = [p for p in verify_store(town.store / LEDGER, town.store) if p.severity is not Severity.WARNING]
        morning.go_on(ticks)
        step = f"step {number} ({steps[number - 1]}): "
        wrong += [step + words for words in [*map(str, broken), *morning.wrong()]]
    return wrong

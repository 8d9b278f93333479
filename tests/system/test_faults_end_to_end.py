"""Whole ticks against a mailbox that throttles, drops and lies, as 163.com's does: what leaves, what is told, what comes back by itself."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from doubles import TEMPLATES, entries, kinds, mail, no_wait, parsed
from world import EDUCATION, HEALTH, ITEMS, SECRET, UNITS, at, office

from cuibao.desk import waves
from cuibao.desk.context import Desk
from cuibao.desk.tick import Bell, Done
from cuibao.gateways.account import Account
from cuibao.gateways.archive import DigestArchive
from cuibao.gateways.cursors import CursorFile
from cuibao.gateways.ledger import JsonlLedger
from cuibao.gateways.servers import RealMailServers
from cuibao.rules.office import MailboxRules
from cuibao.rules.registry import Contact, Registry
from tests.system.standin import Standin

pytestmark = pytest.mark.system
pytest_plugins = ("tests.system.standin_fixture",)

NINE = at("2020-06-15T09:00")
JYJ, YBJ = "jyj", "ybj"


@dataclass
class Town:
    """An office behind the stand-in and two units, in a process that lives as long as the test; restart() begins another one."""

    standin: Standin
    store: Path
    account: Account
    suffix: str
    bell: Bell = field(init=False)

    def __post_init__(self) -> None:
        self.restart()

    def unit(self, local: str) -> str:
        return self.standin.host.account(f"{local}-{self.suffix}@wuhu.example").address

    def restart(self, account: Account | None = None) -> None:
        names = {EDUCATION: self.unit(JYJ), HEALTH: self.unit(YBJ)}
        units = tuple(
            replace(unit, contacts=(Contact("张三", names[unit.name]),), escalate_to=()) for unit in UNITS[:2]
        )
        items = tuple(replace(item, cooperating=()) for item in ITEMS if item.no in (7, 18))
        mailbox = MailboxRules(self.account.address, at("2020-05-15T00:00").date())
        self.bell = Bell(
            Desk(
                office=office(registry=Registry(items, units), mailbox=mailbox),
                ledger=JsonlLedger(self.store / "2020.jsonl", mode="office"),
                mails=DigestArchive(self.store, "mail"),
                letters=DigestArchive(self.store, "letters"),
                papers=DigestArchive(self.store, "papers"),
                cursors=CursorFile(self.store / "cursors.json"),
                servers=RealMailServers(account or self.account),
                templates=TEMPLATES,
                secret=SECRET,
            ),
            no_wait(NINE),
        )

    @property
    def desk(self) -> Desk:
        return self.bell.desk

    def tick(self, now: datetime = NINE) -> Done:
        self.standin.now = now
        self.bell.pause = no_wait(now)
        return self.bell.tick(now)

    def states(self, now: datetime = NINE) -> list[str]:
        done = self.tick(now)
        return [item.state for item in done.delivered]

    def accepted(self, local: str) -> list[bytes]:
        """What the server took for a unit, whoever heard of it."""
        return [one.raw for one in self.standin.smtp.accepted if self.unit(local) in one.recipients]


@pytest.fixture
def town(standin: Standin, tmp_path: Path, request: pytest.FixtureRequest) -> Town:
    suffix = f"e{abs(hash(request.node.name)) % 10**8}"
    return Town(standin, tmp_path, standin.account(f"office-{suffix}", timeout=15), suffix)


def later(minutes: float) -> datetime:
    return NINE + timedelta(minutes=minutes)


def test_a_reply_lost_after_data_costs_no_second_letter(town: Town) -> None:
    town.standin.smtp.lose_reply()
    assert town.states() == ["doubtful", "sent"]
    assert town.states(later(6)) == []
    assert len(town.accepted(JYJ)) == 1
    assert kinds(town.desk, "letter.sent") == ["letter.sent"] * 2


def test_it_is_found_under_another_message_id_too(town: Town) -> None:
    town.standin.keeps_message_id = False
    town.standin.smtp.lose_reply()
    town.tick()
    town.tick(later(6))
    assert len(town.accepted(JYJ)) == 1


def test_where_no_copy_is_kept_the_same_bytes_go_again(town: Town) -> None:
    town.standin.saves_sent = False
    town.standin.smtp.lose_reply()
    town.tick()
    town.tick(later(6))
    first, second = town.accepted(JYJ)
    assert first == second


def test_a_connection_cut_within_data_sends_the_letter_once(town: Town) -> None:
    town.standin.smtp.cut_in_data()
    town.tick()
    town.tick(later(6))
    assert [len(town.accepted(unit)) for unit in (JYJ, YBJ)] == [1, 1]


def test_after_the_daily_limit_the_rest_goes_the_next_morning(town: Town) -> None:
    town.standin.smtp.daily_limit = 1
    assert town.states() == ["sent", "later"]
    assert town.states(later(120)) == []
    town.standin.smtp.daily_limit = None
    assert town.states(at("2020-06-16T08:59")) == []
    assert town.states(at("2020-06-16T09:00")) == ["sent"]


def test_a_letter_taken_for_spam_waits_for_an_officer_and_the_others_leave(town: Town) -> None:
    town.standin.smtp.answer_at(".", "554 DT:SPM 163 smtp5,D9GowAB")
    assert town.states() == ["held", "sent"]
    assert town.states(later(60)) == []
    waves.approve(town.desk, "2020Q2", "first", later(61), by="陈某", reason="内容无误")
    assert town.states(later(62)) == ["sent"]
    assert len(town.accepted(JYJ)) == 1


@pytest.mark.parametrize(
    ("reply", "minutes"),
    [("421 HL:IFC 163 smtp5", 15), ("450 MI:SFQ 163 smtp5", 15), ("451 RP:QRC 163 smtp5", 60)],
)
def test_a_limit_rests_the_whole_account_as_long_as_it_says(town: Town, reply: str, minutes: int) -> None:
    town.standin.smtp.answer_at("MAIL", reply)
    assert town.states() == ["later"]
    assert town.states(later(minutes - 1)) == []
    assert town.states(later(minutes)) == ["sent", "sent"]


def test_a_limit_of_the_connection_is_met_with_another_one(town: Town) -> None:
    town.standin.smtp.answer_at("MAIL", "451 MI:DMC 163 smtp5")
    assert town.states() == ["sent", "sent"]


def test_servers_away_for_days_are_told_and_the_stage_that_is_due_then_leaves(town: Town) -> None:
    town.standin.stop()
    for day in (15, 16, 28):
        for hour in (9, 11):
            town.tick(at(f"2020-06-{day}T{hour:02}:00"))
    assert {entry.data["key"] for entry in entries(town.desk, "alarm.raised")} >= {"imap", "smtp"}
    town.restart(town.standin.host.account(f"office-{town.suffix}"))
    done = town.tick(at("2020-06-28T14:30"))
    assert [(item.note.key.purpose, item.state) for item in done.delivered] == [("urge", "sent")] * 2


def test_a_wrong_code_is_an_alarm_and_no_lockout_and_the_right_one_mends_it(town: Town) -> None:
    town.restart(replace(town.account, password="expired"))
    for minute in range(0, 120, 3):
        town.tick(later(minute))
    assert {entry.data["key"] for entry in entries(town.desk, "alarm.raised")} == {"imap.login", "smtp.login"}
    assert town.standin.smtp.bad_logins < town.standin.smtp.locks_out_after
    town.restart()
    assert town.states(later(121)) == ["sent", "sent"]
    assert kinds(town.desk, "alarm.cleared") == ["alarm.cleared"] * 2
    text = (town.store / "2020.jsonl").read_text("utf-8")
    assert "expired" not in text


def test_a_poll_dropped_in_the_middle_of_a_mail_counts_each_mail_once(town: Town) -> None:
    town.tick()
    letter = town.accepted(JYJ)[0]
    for number in ("1", "2"):
        raw = mail(
            town.unit(JYJ),
            f"Re: {parsed(letter)['Subject']}",
            f"第7项已完成幼儿园建设{number}9所，新增学位2430个。",
            answering=letter,
            number=number,
        )
        town.standin.host.append(f"office-{town.suffix}", raw, when=later(10))
    town.standin.imap.drop_in_literal(town.standin.uid(2))
    assert [server for server, _ in town.tick(later(20)).troubles] in ([], ["imap"])
    town.tick(later(24))
    town.tick(later(28))
    assert len(entries(town.desk, "mail.kept")) == 2
    assert len(entries(town.desk, "submission.received")) == 2


def test_a_certificate_that_expired_is_told_and_nothing_is_sent(standin: Standin, tmp_path: Path) -> None:
    standin.certificate = "expired"
    town = Town(standin, tmp_path, standin.account("office-cert", timeout=15), "cert")
    done = town.tick()
    assert {server for server, _ in done.troubles} == {"imap", "smtp"}
    assert all("证书" in str(error) or "certificate" in str(error) for _, error in done.troubles)
    assert standin.smtp.accepted == []

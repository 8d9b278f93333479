"""A quarter's first days against a real Dovecot and Postfix: letters out, an answer in, a receipt, and a restart in between."""

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import pytest
from doubles import TEMPLATES, Killed, entries, kinds, mail, no_wait, parsed
from world import EDUCATION, HEALTH, ITEMS, SECRET, UNITS, at, office

from cuibao.desk import receive
from cuibao.desk.context import Desk
from cuibao.desk.tick import Bell, Done
from cuibao.gateways.archive import DigestArchive
from cuibao.gateways.cursors import CursorFile
from cuibao.gateways.ledger import JsonlLedger
from cuibao.gateways.servers import RealMailServers
from cuibao.gateways.smtp import SmtpPostman
from cuibao.rules.office import MailboxRules
from cuibao.rules.registry import Contact, Registry
from cuibao.rules.traffic import Outcome
from tests.system.mailhost import MailHost

pytestmark = pytest.mark.system

NINE = at("2020-06-15T09:00")


@dataclass
class Town:
    """An office with its mailbox and two units with theirs, on one mail host; every process() starts anew from the store."""

    host: MailHost
    store: Path
    name: str

    @property
    def mailbox(self) -> str:
        return self.host.account(f"office-{self.name}").address

    def unit(self, name: str) -> str:
        local = "jyj" if name == EDUCATION else "ybj"
        return self.host.account(f"{local}-{self.name}@wuhu.example").address

    def process(self) -> Desk:
        units = tuple(
            replace(unit, contacts=(Contact("张三", self.unit(unit.name)),), escalate_to=()) for unit in UNITS[:2]
        )
        items = tuple(replace(item, cooperating=()) for item in ITEMS if item.no in (7, 18))
        return Desk(
            office=office(
                registry=Registry(items, units), mailbox=MailboxRules(self.mailbox, at("2020-05-15T00:00").date())
            ),
            ledger=JsonlLedger(self.store / "2020.jsonl", mode="office"),
            mails=DigestArchive(self.store, "mail"),
            letters=DigestArchive(self.store, "letters"),
            papers=DigestArchive(self.store, "papers"),
            cursors=CursorFile(self.store / "cursors.json"),
            servers=RealMailServers(self.host.account(f"office-{self.name}")),
            templates=TEMPLATES,
            secret=SECRET,
        )

    def tick(self, now: datetime) -> Done:
        return Bell(self.process(), no_wait(now)).tick(now)

    def answer(self, text: str, pdf: str = "") -> None:
        """市教育局 answers the letter that lies in its mailbox, by SMTP."""
        letter = self.host.mails(self.unit(EDUCATION))[0]
        raw = mail(self.unit(EDUCATION), f"Re: {parsed(letter)['Subject']}", text, answering=letter, pdf=pdf)
        self.host.deliver(raw, self.mailbox, sender=self.unit(EDUCATION))


@pytest.fixture
def town(mailhost: MailHost, tmp_path: Path, request: pytest.FixtureRequest) -> Town:
    made = Town(mailhost, tmp_path, f"t{abs(hash(request.node.name)) % 10**8}")
    assert made.mailbox
    assert made.unit(HEALTH)
    return made


def test_the_first_tick_reaches_both_units_mailboxes_and_the_second_sends_nothing(town: Town) -> None:
    done = town.tick(NINE)
    assert [(item.note.key.unit, item.state) for item in done.delivered] == [(EDUCATION, "sent"), (HEALTH, "sent")]
    for unit in (EDUCATION, HEALTH):
        town.host.wait_for(town.unit(unit), 1)
    assert town.tick(at("2020-06-15T09:05")).delivered == ()
    assert town.host.count(town.unit(EDUCATION)) == 1


def test_an_answer_in_the_thread_with_an_attachment_counts_and_gets_a_receipt(town: Town) -> None:
    town.tick(NINE)
    town.host.wait_for(town.unit(EDUCATION), 1)
    town.answer("请查收附件。", pdf="第二季度完成情况.pdf")
    now = datetime.now(NINE.tzinfo)  # the real Dovecot stamps the mail with the real time
    (found,) = receive.poll(town.process(), now)
    assert (found.verdict.kind, found.verdict.confidence, found.verdict.unit) == ("submission", "certain", EDUCATION)
    book = town.process()
    assert kinds(book)[-4:] == ["mail.kept", "mail.judged", "submission.received", "letter.intended"]
    assert entries(book, "letter.intended")[-1].data["purpose"] == "receipt"
    assert entries(book, "letter.intended")[-1].data["to"] == [town.unit(EDUCATION)]


def test_who_has_answered_is_not_urged(town: Town) -> None:
    town.tick(NINE)
    town.host.wait_for(town.unit(EDUCATION), 1)
    town.answer("第7项已完成幼儿园建设9所，新增学位2430个。")
    done = town.tick(at("2020-06-28T09:00"))
    urged = [item.note.key.unit for item in done.delivered if item.note.key.purpose == "urge"]
    assert urged == [HEALTH]


def test_a_death_between_intention_and_sending_loses_no_letter(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    def die(*_: object) -> Outcome:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(SmtpPostman, "send", die)
        with pytest.raises(Killed):
            town.tick(NINE)
    assert kinds(town.process()) == ["letter.intended"] * 2
    town.tick(at("2020-06-15T09:01"))
    for unit in (EDUCATION, HEALTH):
        town.host.wait_for(town.unit(unit), 1)
    assert kinds(town.process()) == ["letter.intended"] * 2 + ["letter.sent"] * 2


def test_a_death_after_the_servers_answer_sends_the_same_bytes_at_worst(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = SmtpPostman.send

    def send_and_die(self: SmtpPostman, raw: bytes, recipients: tuple[str, ...]) -> Outcome:
        sound(self, raw, recipients)
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(SmtpPostman, "send", send_and_die)
        with pytest.raises(Killed):
            town.tick(NINE)
    town.tick(at("2020-06-15T09:01"))
    town.host.wait_for(town.unit(EDUCATION), 2)
    first, second = (raw[raw.index(b"From: =?utf-8") :] for raw in town.host.mails(town.unit(EDUCATION)))
    assert first == second


def test_a_letter_that_lies_in_the_sent_folder_is_not_sent_again(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    def die(*_: object) -> Outcome:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(SmtpPostman, "send", die)
        with pytest.raises(Killed):
            town.tick(NINE)
    book = town.process()
    for entry in entries(book, "letter.intended"):
        town.host.append(f"office-{town.name}", book.letters.read(entry.data["file"]), folder="已发送", when=NINE)
    assert town.tick(at("2020-06-15T09:01")).delivered == ()
    assert kinds(town.process()) == ["letter.intended"] * 2 + ["letter.sent"] * 2
    assert town.host.count(town.unit(EDUCATION)) == 0

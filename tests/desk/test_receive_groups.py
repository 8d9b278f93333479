"""Judgements are written in groups: seen by the mails after them as if each had been written at once, and fewer waits for the disk."""

from datetime import timedelta
from typing import Any

import pytest
from doubles import PROGRESS, Killed, Post, desk, entries, kinds, mail, restarted
from world import EDUCATION, Log, at

from cuibao.desk import effects, receive, remind
from cuibao.desk.context import Desk
from cuibao.papers import judge
from cuibao.rules.entries import Draft, Entry, Kind
from cuibao.rules.outcomes import LedgerError
from cuibao.rules.traffic import Arrival
from cuibao.rules.verdict import Judged, Verdict

ARRIVED = at("2020-06-16T10:00")
NOW = at("2020-06-16T10:03")
JYJ = "jyj@edu.example"


class Counting(Log):
    """A ledger that notes what was appended together, and can fail from some append on."""

    def __init__(self) -> None:
        super().__init__()
        self.groups: list[list[Kind]] = []
        self.fails_at = 99

    def append(self, drafts: Any) -> tuple[Entry, ...]:
        batch: list[Draft] = list(drafts)
        self.groups.append([draft.kind for draft in batch])
        if len(self.groups) >= self.fails_at:
            raise LedgerError("磁盘空间已满")
        return super().append(batch)


def a_desk() -> tuple[Desk, Counting]:
    """A desk that has written to every unit; what was appended until then is forgotten."""
    ledger = Counting()
    book = desk(Post(), ledger)
    remind.write(book, at("2020-06-15T09:00"))
    ledger.groups.clear()
    return book, ledger


def report(book: Desk, number: int) -> bytes:
    found = next(entry for entry in entries(book, "letter.intended") if entry.unit == EDUCATION)
    return mail(
        JYJ, f"Re: 报送 {number}", PROGRESS, answering=book.letters.read(found.data["file"]), number=str(number)
    )


def take_in(book: Desk, *raws: bytes, receipts: bool = True) -> list[Judged]:
    sources = [receive.Source(str(n), Arrival("INBOX", 1, n, ARRIVED, raw)) for n, raw in enumerate(raws, 1)]
    return receive.take_in(book, sources, NOW, receipts_from=None if receipts else NOW)


def test_a_batch_of_answers_to_letters_takes_two_appends() -> None:
    book, ledger = a_desk()
    take_in(book, report(book, 1), report(book, 2), report(book, 3), receipts=False)
    assert [len(group) for group in ledger.groups] == [3, 6]


def test_receipts_count_those_of_the_same_batch() -> None:
    book, _ = a_desk()
    take_in(book, *(report(book, number) for number in range(5)))
    purposes = [entry.data["purpose"] for entry in entries(book, "letter.intended")]
    assert purposes.count("receipt") == effects.RECEIPTS_A_DAY


def test_the_window_sees_what_an_earlier_mail_of_the_batch_reported() -> None:
    book, _ = a_desk()
    bare = [mail(JYJ, f"工作情况 {n}", PROGRESS, number=str(n)) for n in (1, 2)]
    together = [found.verdict.period for found in take_in(book, *bare)]
    apart, _ = a_desk()
    assert together == [found.verdict.period for raw in bare for found in take_in(apart, raw)]


def test_the_same_mail_under_other_bytes_gets_the_verdict_of_the_first_in_its_batch() -> None:
    book, _ = a_desk()
    raw = report(book, 1)
    first, second = take_in(book, raw, b"X-Spam: no\n" + raw)
    assert (first.duplicate, second.duplicate) == (False, True)
    assert first.verdict == second.verdict
    assert len(entries(book, "submission.received")) == 1


def test_a_full_disk_in_the_middle_of_a_batch_parks_no_mail_and_the_rest_is_judged_later() -> None:
    book, ledger = a_desk()
    ledger.fails_at = 2
    bare = [mail(JYJ, f"工作情况 {n}", PROGRESS, number=str(n)) for n in (1, 2)]
    with pytest.raises(LedgerError):
        take_in(book, *bare)
    ledger.fails_at = 99
    assert kinds(book, "mail") == ["mail.kept", "mail.kept"]
    assert len(receive.judge_waiting(restarted(book), NOW)) == 2
    assert kinds(book, "mail").count("mail.judged") == 2


def test_a_death_before_the_group_is_written_costs_no_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    book, _ = a_desk()
    judge_one = judge.judge
    seen: list[object] = []

    def die_at_the_second(*given: Any) -> Verdict:
        seen.append(given)
        if len(seen) == 2:
            raise Killed
        return judge_one(*given)

    with monkeypatch.context() as patched:
        patched.setattr(judge, "judge", die_at_the_second)
        with pytest.raises(Killed):
            take_in(book, report(book, 1), report(book, 2))
    again = restarted(book)
    assert len(receive.judge_waiting(again, NOW + timedelta(minutes=3))) == 2
    assert len(entries(again, "submission.received")) == 2

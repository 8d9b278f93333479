"""Sending what is intended: once, in office hours, within the quota; and what becomes of refusals, doubts and deaths."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from doubles import Killed, Post, desk, entries, kinds, no_wait, parsed, restarted
from world import EDUCATION, FINANCE, HEALTH, Log, act, at, judged, kept, letter, note

from cuibao.desk import deliver, remind, waves
from cuibao.desk.context import Desk
from cuibao.rules.entries import Kind
from cuibao.rules.office import Pace
from cuibao.rules.outcomes import LedgerError, MailServerError
from cuibao.rules.traffic import Delivery, Outcome, SentMessage
from cuibao.rules.verdict import MailKind

NINE = at("2020-06-15T09:00")
LATER = Outcome(Delivery.LATER, "451 try later")
DOUBTFUL = Outcome(Delivery.DOUBTFUL, "connection lost")
STOPPED = Outcome(Delivery.STOPPED, "550 User suspended")
SETTLED = timedelta(minutes=5)
"""After so long a doubtful letter is looked for."""


def refused(*addresses: str) -> Outcome:
    return Outcome(Delivery.REFUSED, "550 5.1.1 unknown", addresses)


def written(post: Post, now: datetime = NINE, **changes: object) -> Desk:
    """A desk with the first stage's letters written."""
    book = desk(post, **changes)
    remind.write(book, now)
    return book


def send(book: Desk, now: datetime = NINE) -> tuple[str, ...]:
    return tuple(item.state for item in deliver.deliver(book, now, no_wait(now)))


def received(unit: str, moment: str, *items: int) -> object:
    return act(Kind.SUBMISSION_RECEIVED, unit, moment, *items)


def sent_copy(book: Desk, number: int, **changes: object) -> SentMessage:
    """What 已发送 says of the letter that was intended as that one."""
    data = entries(book, "letter.intended")[number].data
    return replace(SentMessage(data["message_id"], data["subject"], tuple(data["to"])), **changes)  # type: ignore[arg-type]


def test_what_leaves_is_the_archived_bytes() -> None:
    post = Post()
    book = written(post)
    assert send(book) == ("sent", "sent", "sent")
    kept = [book.letters.read(entry.data["file"]) for entry in entries(book, "letter.intended")]
    assert [raw for raw, _ in post.accepted] == kept


def test_the_record_holds_the_servers_words() -> None:
    book = written(Post())
    send(book)
    assert entries(book, "letter.sent")[0].data["reply"] == "250 queued as 1"


def test_nothing_is_sent_twice() -> None:
    post = Post()
    book = written(post)
    send(book)
    assert send(book, NINE + timedelta(minutes=1)) == ()
    assert len(post.accepted) == 3


@pytest.mark.parametrize("moment", ["2020-06-15T12:00", "2020-06-15T17:00", "2020-06-20T10:00"])
def test_nothing_leaves_outside_office_hours(moment: str) -> None:
    post = Post()
    assert send(written(post), at(moment)) == ()
    assert post.tried == []


def test_a_wave_ends_with_the_office_hours() -> None:
    book = written(Post(), at("2020-06-15T11:29"))
    assert send(book, at("2020-06-15T11:29:30")) == ("sent", "sent")


def test_a_wave_ends_when_the_daemon_is_asked_to_stop() -> None:
    post = Post()
    book = written(post)
    assert len(deliver.deliver(book, NINE, lambda _seconds: None)) == 1
    assert len(post.accepted) == 1


def test_the_quota_holds_back_reminders_but_not_receipts() -> None:
    post = Post()
    book = desk(post, pace=Pace(per_day=2, receipts_share=1))
    for unit, purpose in ((EDUCATION, "first"), (HEALTH, "first"), (FINANCE, "receipt")):
        intended = note(unit, purpose, to=(f"{purpose}@{unit}.example",))
        items = {EDUCATION: (7, 11), HEALTH: (18, 19), FINANCE: (11, 18)}[unit]
        _, file = book.letters.keep(unit.encode(), NINE)
        book.ledger.append(
            [letter(Kind.LETTER_INTENDED, replace(intended, file=file, items=items), "2020-06-15T09:00")]
        )
    assert send(book) == ("sent", "sent")
    assert [recipients[0].partition("@")[0] for recipients in post.tried] == ["first", "receipt"]


def test_a_receipt_leaves_before_four_even_while_a_reminder_waits_for_room() -> None:
    post = Post()
    book = desk(post, pace=Pace(per_day=3, receipts_share=2))
    remind.write(book, NINE)
    send(book)
    _, file = book.letters.keep(b"receipt", NINE)
    receipt = replace(note(EDUCATION, "receipt"), file=file)
    book.ledger.append([letter(Kind.LETTER_INTENDED, receipt, "2020-06-15T09:00")])
    assert send(book, at("2020-06-15T10:00")) == ("sent",)
    assert post.tried[-1] == ("x@y.example",)


def test_a_unit_that_has_just_reported_gets_no_letter() -> None:
    post = Post()
    book = written(post)
    book.ledger.append([received(EDUCATION, "2020-06-15T09:00:30")])
    send(book, NINE + timedelta(minutes=1))
    assert post.to("jyj@edu.example") == []
    assert [entry.unit for entry in entries(book, "letter.withdrawn")] == [EDUCATION]


def test_a_letter_that_names_too_much_is_withdrawn_and_written_anew() -> None:
    post = Post()
    book = written(post)
    book.ledger.append([received(EDUCATION, "2020-06-15T09:00:30", 7)])
    send(book, NINE + timedelta(minutes=1))
    remind.write(book, NINE + timedelta(minutes=2))
    send(book, NINE + timedelta(minutes=2))
    assert [entry.items for entry in entries(book, "letter.sent") if entry.unit == EDUCATION] == [(11,)]


def test_a_letter_whose_stage_is_over_is_withdrawn() -> None:
    post = Post(smtp_down=MailServerError("connection refused"))
    book = written(post)
    post.smtp_down = None
    assert send(book, at("2020-06-28T09:00")) == ()
    assert {entry.data["reason"] for entry in entries(book, "letter.withdrawn")} == {"已过本阶段的发送时间"}


def test_a_transient_refusal_is_tried_again_after_a_while() -> None:
    post = Post(answers=[LATER])
    book = written(post)
    assert send(book) == ("later", "sent", "sent")
    assert send(book, NINE + timedelta(minutes=4)) == ()
    assert send(book, NINE + timedelta(minutes=6)) == ("sent",)


def test_a_permanent_refusal_is_not_tried_again() -> None:
    post = Post(answers=[refused("jyj@edu.example")])
    book = written(post)
    assert send(book) == ("refused", "sent", "sent")
    assert send(book, NINE + timedelta(hours=1)) == ()


def test_a_refused_address_gives_way_to_the_fallback_contact() -> None:
    post = Post(answers=[Outcome(Delivery.SENT, "250"), refused("ybj@med.example")])
    book = written(post)
    send(book)
    remind.write(book, NINE + timedelta(minutes=1))
    send(book, NINE + timedelta(minutes=1))
    assert len(post.to("bf@med.example")) == 1


@pytest.mark.parametrize("answer", [STOPPED, Outcome(Delivery.LATER, "421", wait=timedelta(minutes=30), for_all=True)])
def test_when_the_server_will_not_have_us_no_further_letter_is_tried(answer: Outcome) -> None:
    post = Post(answers=[answer])
    assert len(send(written(post))) == 1
    assert len(post.tried) == 1


def test_a_letter_whose_file_is_gone_does_not_keep_the_others_from_leaving() -> None:
    post = Post()
    book = written(post)
    del book.letters.files[entries(book, "letter.intended")[0].data["file"]]  # type: ignore[attr-defined]
    assert send(book) == ("refused", "sent", "sent")
    assert "存档文件不见了" in entries(book, "letter.failed")[0].data["reply"]


def test_without_a_login_the_letters_wait() -> None:
    book = written(Post(smtp_down=MailServerError("connection refused")))
    with pytest.raises(MailServerError):
        send(book)
    assert kinds(book) == ["letter.intended"] * 3


# ---- doubts and deaths


def test_fresh_letters_are_not_looked_for_even_when_the_clock_shows_fractions_of_a_second() -> None:
    post = Post()
    now = NINE + timedelta(microseconds=300_000)
    assert len(send(written(post, now), now)) == 3
    assert post.lookups == 0


def test_a_letter_accepted_before_a_death_is_found_and_not_sent_again() -> None:
    post = Post()
    book = written(post)

    def die() -> None:
        raise Killed

    post.before_answer = die
    with pytest.raises(Killed):
        send(book)
    post.before_answer = lambda: None
    post.sent_folder = [sent_copy(book, 0)]
    send(restarted(book), NINE + timedelta(minutes=1))
    assert len(post.to("jyj@edu.example")) == 1
    assert len(entries(book, "letter.sent")) == 3


def test_where_nothing_is_found_the_same_bytes_go_again() -> None:
    post = Post(answers=[DOUBTFUL])
    book = written(post)
    assert send(book)[0] == "doubtful"
    assert send(book, NINE + SETTLED) == ("sent",)
    first, second = post.to("jyj@edu.example")
    assert first == second


@pytest.mark.parametrize("found_by", ["message_id", "token"])
def test_a_doubtful_letter_in_the_sent_folder_counts_as_sent(found_by: str) -> None:
    post = Post(answers=[DOUBTFUL])
    book = written(post)
    send(book)
    post.sent_folder = [sent_copy(book, 0, **({"message_id": "<theirs@163.com>"} if found_by == "token" else {}))]
    assert send(book, NINE + SETTLED) == ()
    assert len(post.to("jyj@edu.example")) == 1
    assert book.book().by_message_id[post.sent_folder[0].message_id].unit == EDUCATION


def test_another_letter_with_the_token_but_other_recipients_is_not_taken_for_it() -> None:
    post = Post(answers=[DOUBTFUL])
    book = written(post)
    send(book)
    post.sent_folder = [sent_copy(book, 0, message_id="<a@b>", recipients=("someone@else.example",))]
    assert send(book, NINE + SETTLED) == ("sent",)


def test_a_doubtful_letter_is_not_sent_again_to_a_unit_that_has_reported() -> None:
    post = Post(answers=[DOUBTFUL])
    book = written(post)
    send(book)
    book.ledger.append([received(EDUCATION, "2020-06-15T09:01")])
    send(book, NINE + SETTLED)
    assert len(post.to("jyj@edu.example")) == 1
    assert kinds(book)[-1] == "letter.withdrawn"


def test_a_doubtful_letter_goes_again_with_the_same_bytes_while_part_of_it_is_owed() -> None:
    post = Post(answers=[DOUBTFUL])
    book = written(post)
    send(book)
    book.ledger.append([received(EDUCATION, "2020-06-15T09:01", 7)])
    assert send(book, NINE + SETTLED) == ("sent",)
    first, second = post.to("jyj@edu.example")
    assert first == second


def test_while_the_mailbox_cannot_be_read_a_doubtful_letter_waits_for_its_stages_last_working_day() -> None:
    post = Post(answers=[DOUBTFUL])
    book = written(post)
    send(book)
    post.imap_down = MailServerError("connection refused")
    for moment in ("2020-06-15T10:01", "2020-06-16T09:00", "2020-06-23T16:59"):
        assert send(book, at(moment)) == ()
    post.imap_down = None
    post.sent_folder.append(sent_copy(book, 0))
    assert send(book, at("2020-06-23T16:59")) == ()
    assert len(post.to("jyj@edu.example")) == 1
    assert "letter.sent" in kinds(book)


def test_on_its_stages_last_working_day_a_doubtful_letter_goes_again_unasked() -> None:
    post = Post(answers=[DOUBTFUL])
    book = written(post)
    send(book)
    post.imap_down = MailServerError("connection refused")
    assert send(book, at("2020-06-24T09:00")) == ("sent",)
    first, second = post.to("jyj@edu.example")
    assert first == second


def test_a_letter_of_a_process_that_ended_waits_an_hour_at_most() -> None:
    post = Post()
    book = written(post)
    post.imap_down = MailServerError("connection refused")
    for minutes, states in ((30, ()), (61, ("sent", "sent", "sent"))):
        moment = NINE + timedelta(minutes=minutes)
        past = deliver.Past(NINE + timedelta(minutes=1))
        assert tuple(item.state for item in deliver.deliver(book, moment, no_wait(moment), past)) == states


def test_a_mailbox_that_is_to_be_left_alone_is_not_asked_for_a_doubtful_letter() -> None:
    post = Post(answers=[DOUBTFUL])
    book = written(post)
    send(book)
    past = deliver.Past(NINE, mailbox_rests=True)
    later = NINE + SETTLED
    assert deliver.deliver(book, later, no_wait(later), past) == ()
    assert post.lookups == 0


def test_the_most_urgent_stage_leaves_first() -> None:
    post = Post()
    book = desk(post, Log())
    for unit, purpose, items in ((HEALTH, "first", (18, 19)), (EDUCATION, "urge", (7, 11))):
        _, file = book.letters.keep(purpose.encode(), NINE)
        one = replace(note(unit, purpose, to=(f"{purpose}@x.example",)), file=file, items=items)
        book.ledger.append([letter(Kind.LETTER_INTENDED, one, "2020-06-15T09:00")])
    assert [item.note.key.purpose for item in deliver.sendable(book, NINE)] == ["urge", "first"]


def test_every_letter_says_that_a_machine_wrote_it() -> None:
    post = Post()
    send(written(post))
    assert all(parsed(raw)["Auto-Submitted"] == "auto-generated" for raw, _ in post.accepted)


def test_a_doubtful_letter_rests_a_while_before_it_is_looked_for() -> None:
    post = Post(answers=[DOUBTFUL])
    book = written(post)
    send(book)
    assert send(book, NINE + timedelta(minutes=1)) == ()
    assert post.lookups == 0


def test_a_doubt_outlives_a_later_refusal_for_now() -> None:
    post = Post(answers=[DOUBTFUL])
    book = written(post)
    send(book)
    post.answers = [LATER]
    assert send(book, NINE + SETTLED) == ("later",)
    book.ledger.append([received(EDUCATION, "2020-06-15T09:06", 7)])
    assert send(book, NINE + 2 * SETTLED) == ("sent",)
    first, second = post.to("jyj@edu.example")
    assert first == second


def test_a_mail_in_triage_holds_back_an_urging_letter_that_was_already_written() -> None:
    post = Post(smtp_down=MailServerError("connection refused"))
    now = at("2020-06-28T09:00")
    book = written(post, now)
    post.smtp_down = None
    book.ledger.append([kept("aa", "2020-06-28T09:01"), judged("aa", "2020-06-28T09:01", MailKind.QUESTION)])
    assert send(book, at("2020-06-28T09:05")) == ("sent", "sent")
    assert post.to("jyj@edu.example") == []
    assert send(book, at("2020-06-30T09:05")) == ("sent",)


def test_the_letter_about_a_return_goes_after_all_stages_are_over() -> None:
    post = Post()
    book = desk(post)
    now = at("2020-08-03T09:00")
    book.ledger.append([received(EDUCATION, "2020-07-01T10:00")])
    book.ledger.append([act(Kind.SUBMISSION_SENT_BACK, EDUCATION, "2020-08-02T20:00", 7, reason="缺少完成数")])
    remind.write(book, now)
    assert send(book, now) == ("sent",)
    assert "缺少完成数" in parsed(post.to("jyj@edu.example")[0]).get_body(("plain",)).get_content()  # type: ignore[union-attr]


def test_the_letter_about_a_return_is_withdrawn_when_the_report_has_come_again() -> None:
    post = Post(smtp_down=MailServerError("connection refused"))
    book = desk(post)
    book.ledger.append([act(Kind.SUBMISSION_SENT_BACK, EDUCATION, "2020-08-02T20:00", 7, reason="缺少完成数")])
    remind.write(book, at("2020-08-03T09:00"))
    post.smtp_down = None
    book.ledger.append([received(EDUCATION, "2020-08-03T09:01", 7)])
    assert send(book, at("2020-08-03T09:02")) == ()
    assert kinds(book)[-1] == "letter.withdrawn"


def test_an_address_that_is_put_off_again_and_again_does_not_keep_the_others_from_leaving() -> None:
    post = Post(answers=[Outcome(Delivery.LATER, "450 greylisted", wait=timedelta(minutes=15))])
    book = written(post)
    assert send(book) == ("later", "sent", "sent")


def test_a_letter_that_was_put_off_goes_after_those_that_were_not_tried() -> None:
    post = Post(answers=[Outcome(Delivery.LATER, "421", wait=timedelta(minutes=15), for_all=True)])
    book = written(post)
    assert send(book) == ("later",)
    send(book, NINE + timedelta(minutes=15))
    assert [recipients[0] for recipients in post.tried[1:]] == ["ybj@med.example", "czj@fin.example", "jyj@edu.example"]


def test_what_the_server_may_say_three_times_is_held_for_a_person_at_the_third() -> None:
    spam = Outcome(Delivery.LATER, "451 DT:SPM", wait=timedelta(minutes=2), tries=3)
    post = Post(answers=[spam])
    book = written(post)
    states = [send(book)[0]]
    for number in (1, 2):
        post.answers = [spam]
        states += send(book, NINE + number * timedelta(minutes=3))
    assert states == ["later", "later", "held"]
    assert entries(book, "letter.failed")[-1].data["held"] is True
    assert send(book, NINE + timedelta(minutes=10)) == ()


def test_after_the_days_limit_nothing_leaves_before_the_next_day() -> None:
    post = Post(answers=[Outcome(Delivery.LATER, "550 MI:STC", next_day=True)])
    book = written(post)
    assert send(book) == ("later",)
    assert entries(book, "letter.failed")[0].data["retry_at"] == "2020-06-16T00:00:00+08:00"


def test_a_letter_that_changed_is_another_letter_with_marks_of_its_own() -> None:
    post = Post(answers=[LATER])
    book = written(post)
    send(book)
    book.ledger.append([act(Kind.OBLIGATION_EXEMPTED, EDUCATION, "2020-06-15T09:02", 7)])
    send(book, NINE + timedelta(minutes=10))
    remind.write(book, NINE + timedelta(minutes=11))
    first, again = (one.data for one in entries(book, "letter.intended") if one.unit == EDUCATION)
    assert (again["occasion"], again["message_id"] == first["message_id"]) == ("again:1", False)


def test_a_letter_that_an_officer_holds_does_not_leave_though_it_is_written() -> None:
    post = Post()
    book = written(post)
    waves.hold(book, "2020Q2", "first", NINE, units=[EDUCATION], by="陈某", reason="领导外出")
    assert send(book) == ("sent", "sent")
    assert post.to("jyj@edu.example") == []


def test_a_hold_stops_a_wave_that_is_already_under_way() -> None:
    post = Post()
    book = written(post)

    def pause(_seconds: float) -> datetime:
        waves.hold(book, "2020Q2", "first", NINE, by="陈某", reason="有误")
        return NINE + timedelta(seconds=20)

    assert [item.state for item in deliver.deliver(book, NINE, pause)] == ["sent"]


def test_while_an_answer_is_not_on_disk_nothing_more_is_sent() -> None:
    post = Post()
    book = written(post)
    write, past = book.ledger.append, deliver.Past(NINE)

    def full(*_: object) -> None:
        raise LedgerError("磁盘已满")

    book.ledger.append = full  # type: ignore[method-assign,assignment]
    for _ in range(5):
        with pytest.raises(LedgerError):
            deliver.deliver(book, NINE, no_wait(NINE), past)
    assert len(post.accepted) == 1
    book.ledger.append = write  # type: ignore[method-assign]
    deliver.deliver(book, NINE + timedelta(minutes=9), no_wait(NINE + timedelta(minutes=9)), past)
    assert [len(post.to(address)) for address in ("jyj@edu.example", "ybj@med.example", "czj@fin.example")] == [1, 1, 1]


def test_an_older_store_waits_an_hour_for_the_sent_folder() -> None:
    post = Post(imap_down=MailServerError("away"))
    book = written(post)
    past = deliver.Past(NINE, unknown_since=NINE - timedelta(days=1))
    assert deliver.deliver(book, NINE + timedelta(minutes=59), no_wait(NINE + timedelta(minutes=59)), past) == ()
    later = NINE + timedelta(minutes=60)
    assert len(deliver.deliver(book, later, no_wait(later), past)) == 3

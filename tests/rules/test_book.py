"""What the ledger's entries add up to."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from world import EDUCATION, HEALTH, Log, act, at, judged, kept, letter, note

from cuibao.rules.book import Book
from cuibao.rules.entries import Draft, Kind
from cuibao.rules.records import LetterState
from cuibao.rules.verdict import MailKind

FIRST = note(EDUCATION, "first", to=("a@edu.example", "b@edu.example"))
INTENDED = letter(Kind.LETTER_INTENDED, FIRST, "2020-06-15T09:00")
SENT = letter(Kind.LETTER_SENT, FIRST, "2020-06-15T09:01", reply="250")


def book(*drafts: Draft) -> Book:
    log = Log()
    log.append(drafts)
    return log.book()


def of(kind: Kind, moment: str = "2020-06-15T09:02", **data: Any) -> Draft:
    return letter(kind, FIRST, moment, **data)


def contact(kind: Kind, email: str) -> Draft:
    return Draft(kind, at("2020-06-16T09:00"), None, EDUCATION, data={"email": email})


@pytest.mark.parametrize(
    ("drafts", "state", "waits"),
    [
        ([], LetterState.INTENDED, True),
        ([SENT], LetterState.SENT, False),
        ([of(Kind.LETTER_FAILED, permanent=False)], LetterState.RETRYING, True),
        ([of(Kind.LETTER_FAILED, permanent=True)], LetterState.FAILED, False),
        ([of(Kind.LETTER_DOUBTFUL)], LetterState.DOUBTFUL, True),
        ([of(Kind.LETTER_DOUBTFUL), SENT], LetterState.SENT, False),
        ([of(Kind.LETTER_WITHDRAWN)], LetterState.WITHDRAWN, False),
        ([SENT, of(Kind.LETTER_BOUNCED, permanent=True)], LetterState.BOUNCED, False),
        ([SENT, of(Kind.LETTER_BOUNCED, permanent=False)], LetterState.SENT, False),
        ([SENT, of(Kind.LETTER_BOUNCED, permanent=True, recipient="A@edu.example")], LetterState.SENT, False),
    ],
)
def test_the_state_of_a_letter(drafts: list[Draft], state: LetterState, waits: bool) -> None:
    found = book(INTENDED, *drafts)
    assert found.letters[FIRST.key].state is state
    assert (FIRST.key in found.open_letters) is waits


def test_a_letter_bounces_when_all_its_recipients_have() -> None:
    bounces = [of(Kind.LETTER_BOUNCED, permanent=True, recipient=who) for who in FIRST.to]
    found = book(INTENDED, SENT, *bounces)
    assert found.letters[FIRST.key].state is LetterState.BOUNCED
    assert found.bad_addresses[EDUCATION] == set(FIRST.to)


def test_a_retry_waits_until_the_time_it_was_given() -> None:
    found = book(INTENDED, of(Kind.LETTER_FAILED, permanent=False, retry_at="2020-06-15T09:10:00+08:00"))
    assert found.letters[FIRST.key].retry_at == at("2020-06-15T09:10")


@pytest.mark.parametrize("kind", [Kind.LETTER_SENT, Kind.LETTER_FAILED])
def test_a_refused_address_is_bad_from_then_on(kind: Kind) -> None:
    found = book(INTENDED, of(kind, permanent=True, refused=["A@edu.example"]))
    assert found.bad_addresses[EDUCATION] == {"a@edu.example"}


@pytest.mark.parametrize(
    "kind",
    [Kind.LETTER_SENT, Kind.LETTER_FAILED, Kind.LETTER_DOUBTFUL, Kind.LETTER_BOUNCED, Kind.LETTER_WITHDRAWN],
)
def test_news_of_a_letter_that_nobody_intended_changes_nothing(kind: Kind) -> None:
    found = book(of(kind, permanent=True))
    assert (found.letters, found.recipients_by_day) == ({}, {})


def test_the_days_recipients_count_once_and_receipts_apart() -> None:
    receipt = note(HEALTH, "receipt")
    found = book(
        INTENDED,
        SENT,
        SENT,
        letter(Kind.LETTER_INTENDED, receipt, "2020-06-15T09:05"),
        letter(Kind.LETTER_SENT, receipt, "2020-06-15T09:06"),
    )
    assert found.sent_recipients(date(2020, 6, 15)) == (3, 1)
    assert found.sent_recipients(date(2020, 6, 16)) == (0, 0)


def test_a_letter_is_found_by_its_token_its_id_and_the_servers_id() -> None:
    found = book(INTENDED, of(Kind.LETTER_SENT, server_message_id="<THEIRS@163.com>"))
    assert found.by_token[FIRST.token] == FIRST.key
    assert found.by_message_id[FIRST.message_id.lower()] == found.by_message_id["<theirs@163.com>"] == FIRST.key


def test_a_letter_intended_anew_after_it_was_withdrawn_is_one_letter() -> None:
    found = book(INTENDED, of(Kind.LETTER_WITHDRAWN), INTENDED)
    assert [one.state for one in found.letters_to(EDUCATION, "2020Q2")] == [LetterState.INTENDED]


def test_what_is_not_in_the_book_is_empty() -> None:
    assert book().letters_to(EDUCATION, "2020Q2") == []


# ---- mails


def test_a_mail_waits_in_triage_until_it_is_settled() -> None:
    asked = [kept("aa", "2020-06-16T10:00"), judged("aa", "2020-06-16T10:01", MailKind.QUESTION)]
    assert [mail.sha256 for mail in book(*asked).triage()] == ["aa"]
    settled = judged("aa", "2020-06-17T10:01", MailKind.QUESTION, settled=True)
    found = book(*asked, settled)
    assert found.triage() == ()
    assert found.mails["aa"].judged_at == at("2020-06-16T10:01")


def test_a_second_copy_does_not_wait_in_triage() -> None:
    copy = judged("aa", "2020-06-16T10:01", MailKind.QUESTION, duplicate=True)
    assert book(kept("aa", "2020-06-16T10:00"), copy).triage() == ()


def test_a_parked_mail_waits_for_a_person() -> None:
    parked = Draft(Kind.MAIL_PARKED, at("2020-06-16T10:01"), data={"sha256": "aa"})
    found = book(kept("aa", "2020-06-16T10:00"), parked)
    assert ([mail.sha256 for mail in found.triage()], found.unjudged) == (["aa"], {})


def test_a_kept_mail_is_to_be_judged() -> None:
    assert set(book(kept("aa", "2020-06-16T10:00")).unjudged) == {"aa"}


def test_the_first_of_two_mails_with_the_same_content_is_remembered() -> None:
    one, two, none = kept("aa", "2020-06-16T10:00"), kept("bb", "2020-06-16T10:01"), kept("cc", "2020-06-16T10:02")
    two.data["fingerprint"] = "aa"  # type: ignore[index]
    none.data["fingerprint"] = ""  # type: ignore[index]
    assert book(one, two, none).fingerprints == {"aa": "aa"}


@pytest.mark.parametrize("kind", [Kind.MAIL_PARKED, Kind.MAIL_JUDGED])
def test_news_of_a_mail_that_nobody_kept_changes_nothing(kind: Kind) -> None:
    news = judged("aa", "2020-06-16T10:01", MailKind.QUESTION)
    assert book(Draft(kind, news.at, data=news.data)).mails == {}


# ---- officers


def test_an_address_can_be_disabled_and_enabled_again() -> None:
    off, on = contact(Kind.CONTACT_DISABLED, "A@edu.example"), contact(Kind.CONTACT_ENABLED, "a@EDU.example")
    assert book(off).bad_addresses[EDUCATION] == {"a@edu.example"}
    assert book(off, on).bad_addresses[EDUCATION] == set()


def test_a_learned_address_belongs_to_its_unit() -> None:
    assert book(contact(Kind.CONTACT_LEARNED, "Li@qq.example")).learned[EDUCATION] == {"li@qq.example": ""}


WAVE = ("2020Q2", "first", EDUCATION)
APPROVED = Draft(
    Kind.WAVE_APPROVED,
    at("2020-06-15T09:00"),
    "2020Q2",
    data={"stage": "first", "letters": [{"unit": EDUCATION, "deadline": "2020-06-30", "fingerprint": "f"}]},
)
HELD = Draft(
    Kind.WAVE_HELD, at("2020-06-15T09:00"), "2020Q2", data={"stage": "first", "units": [EDUCATION], "reason": "待核"}
)


def test_a_wave_can_be_approved_and_held_again() -> None:
    assert book(APPROVED).approvals[(*WAVE, "2020-06-30")].fingerprint == "f"
    held = book(APPROVED, HELD)
    assert (held.approvals, held.holds) == ({}, {WAVE: "待核"})


def test_a_letter_that_may_leave_at_once_leaves_no_later_for_another_approval_of_the_same() -> None:
    now = replace(APPROVED, data={**APPROVED.data, "now": "2020-06-12T09:00:00+08:00"})
    other = replace(APPROVED, data={**APPROVED.data, "letters": [{**APPROVED.data["letters"][0], "fingerprint": "g"}]})
    key = (*WAVE, "2020-06-30")
    assert book(now).approvals[key].now == at("2020-06-12T09:00")
    assert book(APPROVED, now, APPROVED).approvals[key].now == at("2020-06-12T09:00")
    assert book(now, other).approvals[key].now is None
    assert book(now, HELD, APPROVED).approvals[key].now is None


def test_an_approval_ends_a_hold() -> None:
    assert book(HELD, APPROVED).holds == {}


def alarm(kind: Kind, moment: str, key: str = "imap") -> Draft:
    return Draft(kind, at(moment), data={"key": key, "words": "读不到邮箱"})


def test_an_alarm_stands_from_its_first_word_until_it_is_cleared() -> None:
    told = book(
        alarm(Kind.ALARM_RAISED, "2020-06-15T09:00"),
        alarm(Kind.ALARM_RAISED, "2020-06-16T09:00"),
    ).alarms["imap"]
    assert (told.raised_at, told.told_at, told.cleared_at) == (at("2020-06-15T09:00"), at("2020-06-16T09:00"), None)


def test_an_alarm_that_was_cleared_begins_anew() -> None:
    story = [
        alarm(Kind.ALARM_RAISED, "2020-06-15T09:00"),
        alarm(Kind.ALARM_CLEARED, "2020-06-15T10:00"),
        alarm(Kind.ALARM_CLEARED, "2020-06-15T10:00", "never raised"),
    ]
    assert book(*story).alarms["imap"].cleared_at == at("2020-06-15T10:00")
    again = book(*story, alarm(Kind.ALARM_RAISED, "2020-06-17T09:00")).alarms["imap"]
    assert (again.raised_at, again.cleared_at) == (at("2020-06-17T09:00"), None)


def test_a_rest_that_a_wrong_clock_wrote_is_not_kept() -> None:
    first = note(EDUCATION, "first")
    failed = letter(
        Kind.LETTER_FAILED, first, "2020-06-15T09:00", permanent=False, retry_at="2020-06-15T09:15:00+08:00"
    )
    found = book(letter(Kind.LETTER_INTENDED, first, "2020-06-15T09:00"), failed).letters[first.key]
    assert found.rests_until(at("2020-06-15T09:10")) == at("2020-06-15T09:15")
    assert found.rests_until(at("2020-06-15T09:15")) is None
    assert found.rests_until(at("2020-06-10T09:00")) is None


def test_a_lapse_is_remembered_by_unit_period_stage_and_deadline() -> None:
    lapse = act(Kind.STAGE_LAPSED, EDUCATION, "2020-07-01T09:00", stage="first", deadline="2020-06-30")
    assert set(book(lapse).lapsed) == {(EDUCATION, "2020Q2", "first", "2020-06-30")}


def test_an_act_keeps_when_a_report_arrived_and_when_it_was_entered() -> None:
    entered = act(Kind.SUBMISSION_RECEIVED, EDUCATION, "2020-07-01T09:00", arrived_at="2020-06-30T22:00:00+08:00")
    (found,) = book(entered).acts[(EDUCATION, "2020Q2")]
    assert (found.at, found.arrived_at) == (at("2020-07-01T09:00"), at("2020-06-30T22:00"))


def test_entries_that_the_book_does_not_fold_are_only_counted() -> None:
    assert book(Draft(Kind.NOTE_ADDED, at("2020-06-15T09:00"))).count == 1


def test_entries_taken_in_one_by_one_add_up_to_the_same_book() -> None:
    log = Log()
    log.append([INTENDED, SENT, kept("aa", "2020-06-16T10:00"), judged("aa", "2020-06-16T10:01", MailKind.QUESTION)])
    slowly = Book(log.book().notice)
    for entry in log.entries():
        slowly.apply([entry])
    assert slowly == log.book()


def test_a_letter_that_was_sent_is_not_opened_again_by_a_second_intention() -> None:
    first = note(EDUCATION, "first")
    intended = letter(Kind.LETTER_INTENDED, first, "2020-06-15T09:00")
    found = book(intended, letter(Kind.LETTER_SENT, first, "2020-06-15T09:00"), intended)
    assert found.letters[first.key].state is LetterState.SENT
    assert found.open_letters == {}

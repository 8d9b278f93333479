"""The overview: where a quarter stands, what waits for an officer, and how the bot's own work goes."""

from dataclasses import replace

from doubles import Post, desk, mail, no_wait
from world import EDUCATION, FINANCE, HEALTH, PERIODS, UNITS, act, at, judged, kept, letter, note, office, with_unit

from cuibao.desk.overview import overview, waiting, work
from cuibao.desk.receive import poll
from cuibao.desk.settling import settle
from cuibao.desk.tick import Bell
from cuibao.desk.waves import approve
from cuibao.rules.entries import Draft, Kind
from cuibao.rules.office import Approval
from cuibao.rules.registry import Contact
from cuibao.rules.standing import Standing
from cuibao.rules.verdict import MailKind

NOW = at("2020-06-16T10:00")
Q2 = PERIODS[0]


def test_missing_units_come_before_those_that_have_reported() -> None:
    book = desk()
    book.ledger.append([act(Kind.SUBMISSION_RECEIVED, EDUCATION, "2020-06-16T09:00")])
    rows = overview(book, Q2, NOW).rows
    assert [row.standing.unit for row in rows] == [HEALTH, FINANCE, EDUCATION]


def test_units_and_items_that_have_reported_are_counted() -> None:
    book = desk()
    book.ledger.append([act(Kind.SUBMISSION_RECEIVED, EDUCATION, "2020-06-16T09:00")])
    seen = overview(book, Q2, NOW)
    assert (seen.units.owing, seen.units.in_time, seen.units.missing) == (3, 1, 2)
    assert (seen.items.owing, seen.items.in_time, seen.items.partly) == (4, 1, 1)
    assert seen.by_item[11].standing is Standing.PARTIAL


def test_working_days_to_the_deadline_leave_out_the_festival() -> None:
    assert overview(desk(), Q2, NOW).days_left == 9
    assert overview(desk(), Q2, at("2020-08-01T10:00")).days_left == 0


def test_reminders_are_counted_and_receipts_are_not() -> None:
    post = Post()
    book = desk(post)
    Bell(book, no_wait(at("2020-06-15T09:00"))).tick(at("2020-06-15T09:00"))
    receipt = note(EDUCATION, "receipt", occasion="mail:1")
    book.ledger.append([letter(kind, receipt, "2020-06-16T09:00") for kind in (Kind.LETTER_INTENDED, Kind.LETTER_SENT)])
    row = next(row for row in overview(book, Q2, NOW).rows if row.standing.unit == EDUCATION)
    assert row.reminders == 1
    assert row.reminded_at is not None
    assert row.reminded_at.date() == at("2020-06-15T09:00").date()


def test_whom_to_telephone_is_the_first_contact_with_a_number() -> None:
    contacts = (UNITS[0].contacts[0], Contact("刘老师", "l@edu.example", "0553-1111111"))
    book = desk(registry=with_unit(office(), EDUCATION, contacts=contacts).registry)
    assert overview(book, Q2, NOW).rows[0].phone == "刘老师 0553-1111111"


def test_a_unit_without_an_address_is_unreachable_and_waits_for_an_officer() -> None:
    book = desk(registry=with_unit(office(), EDUCATION, contacts=()).registry)
    assert [row.reachable for row in overview(book, Q2, NOW).rows] == [False, True, True]
    assert waiting(book, NOW).unreachable == (EDUCATION,)


def test_the_curve_runs_from_the_first_stages_day_to_the_deadline() -> None:
    days = overview(desk(), Q2, NOW).days
    assert (days[0].day, days[-1].day) == (at("2020-06-15T00:00").date(), at("2020-07-01T00:00").date())


def test_nothing_waits_in_a_quiet_office() -> None:
    assert waiting(desk(), at("2020-06-01T10:00")).nothing


def test_a_mail_in_triage_waits_until_it_is_settled() -> None:
    book = desk()
    book.ledger.append([kept("a" * 64, "2020-06-16T09:00"), judged("a" * 64, "2020-06-16T09:00", MailKind.QUESTION)])
    assert [mail.sha256 for mail in waiting(book, NOW).mails] == ["a" * 64]
    settle(book, "a" * 64, MailKind.QUESTION, NOW, by="陈某")
    assert waiting(book, NOW).mails == ()


def test_letters_that_need_approval_wait_as_one_wave_a_stage() -> None:
    book = desk(approval=Approval.REQUIRED)
    wave, _ = waiting(book, at("2020-06-15T09:00")).waves
    assert (wave.period, wave.stage, wave.number) == ("2020Q2", "first", 3)


def test_an_alarm_waits_until_it_is_cleared() -> None:
    book = desk()
    data = {"alarm": "imap", "key": "imap", "words": "收件服务器连不上"}
    book.ledger.append([Draft(Kind.ALARM_RAISED, NOW, data=data)])
    assert [alarm.words for alarm in waiting(book, NOW).alarms] == ["收件服务器连不上"]
    book.ledger.append([Draft(Kind.ALARM_CLEARED, NOW, data=data)])
    assert waiting(book, NOW).alarms == ()


def test_the_last_letter_to_a_unit_and_what_may_still_leave_today() -> None:
    post = Post()
    book = desk(post)
    nine = at("2020-06-15T09:00")
    Bell(book, no_wait(nine)).tick(nine)
    done = work(book, at("2020-06-15T10:00"))
    assert done.last_letter is not None
    assert (done.used_today, done.left_today) == (3, book.office.pace.per_day - 3)


def test_the_next_stage_is_the_first_that_is_still_to_come() -> None:
    found = work(desk(), NOW).next_stage
    assert found is not None
    assert (found[0].key, found[1].stage.key) == ("2020Q2", "urge")


def test_after_the_last_stage_of_the_year_there_is_no_next_one() -> None:
    assert work(desk(), at("2021-06-01T09:00")).next_stage is None


def test_an_office_without_stages_still_has_an_overview() -> None:
    book = desk(stages=tuple(replace(stage, enabled=False) for stage in office().stages))
    assert overview(book, Q2, NOW).days[-1].day == Q2.last_day


def test_a_report_after_the_deadline_is_counted_as_late() -> None:
    book = desk()
    book.ledger.append([act(Kind.SUBMISSION_RECEIVED, EDUCATION, "2020-07-02T09:00")])
    seen = overview(book, Q2, at("2020-07-02T10:00"))
    assert (seen.units.in_time, seen.units.late) == (0, 1)


def test_an_exempt_unit_is_not_among_those_that_owe() -> None:
    book = desk()
    book.ledger.append([act(Kind.OBLIGATION_EXEMPTED, FINANCE, "2020-06-16T09:00")])
    seen = overview(book, Q2, NOW)
    assert (seen.units.owing, seen.units.exempt) == (2, 1)


def test_a_reminder_of_one_quarter_is_none_of_the_next() -> None:
    book = desk(Post())
    Bell(book, no_wait(at("2020-06-15T09:00"))).tick(at("2020-06-15T09:00"))
    assert {row.reminders for row in overview(book, PERIODS[1], NOW).rows} == {0}


def test_a_quarter_that_has_not_begun_can_be_looked_at() -> None:
    seen = overview(desk(), PERIODS[2], at("2020-01-02T10:00"))
    assert (seen.units.missing, {day.reported for day in seen.days}) == (3, {None})


def test_a_wave_that_was_approved_waits_no_longer() -> None:
    morning = at("2020-06-15T08:30")
    book = desk(approval=Approval.REQUIRED)
    approve(book, "2020Q2", "first", morning, by="陈某", reason="同意发出")
    assert waiting(book, morning).waves == ()


def test_a_report_from_a_sender_who_is_not_registered_waits() -> None:
    post = Post()
    book = desk(post)
    Bell(book, no_wait(at("2020-06-15T09:00"))).tick(at("2020-06-15T09:00"))
    post.arrive(mail("new@edu.example", "二季度", "见附件。", answering=post.accepted[0][0], pdf="二季度.pdf"), NOW)
    poll(book, NOW)
    assert [one.sender for one in waiting(book, NOW).strangers] == ["new@edu.example"]


def test_a_digest_is_no_letter_to_a_unit() -> None:
    morning = at("2020-06-15T08:30")
    book = desk(Post(), digest_to=("chen@office.example",))
    Bell(book, no_wait(morning)).tick(morning)
    assert [one.note.key.purpose for one in book.book().letters.values()] == ["digest"]
    assert work(book, morning).last_letter is None

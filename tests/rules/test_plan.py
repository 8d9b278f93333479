"""To whom a letter is due, when, and why not: tables of (now, ledger, expected) through the year 2020."""

from dataclasses import replace

import pytest
from world import (
    EDUCATION,
    FINANCE,
    HEALTH,
    PERIODS,
    STAGES,
    Log,
    act,
    at,
    duties,
    judged,
    kept,
    letter,
    make_plan,
    note,
    office,
    with_unit,
)

from cuibao.rules.decide import plain_fingerprint
from cuibao.rules.entries import Draft, Kind
from cuibao.rules.office import Approval, Office, Pace
from cuibao.rules.planned import (
    ALREADY_SENT,
    CHANGED_SINCE,
    HELD,
    INFORM_ONLY,
    NEVER_AN_ADDRESS,
    NO_ADDRESS,
    NO_WINDOW,
    OVER_QUOTA,
    OVERTAKEN,
    TOLD_OF_RETURN,
    WAITS_FOR_APPROVAL,
    WAITS_FOR_HOURS,
    WAITS_FOR_OFFICER,
    WAITS_FOR_QUOTA,
    WAITS_FOR_SERVER,
    WAITS_FOR_SHARE,
    Plan,
)
from cuibao.rules.registry import Contact, Duty
from cuibao.rules.verdict import MailKind

SENT, INTENDED, FAILED = Kind.LETTER_SENT, Kind.LETTER_INTENDED, Kind.LETTER_FAILED


def plan(now: str, *drafts: Draft, base: Office | None = None, until: str | None = None) -> Plan:
    base = base or office()
    log = Log()
    log.append(drafts)
    return make_plan(base, duties(base), log.book(), at(now), at(until or now))


def letters(found: Plan) -> list[tuple[str, str, str]]:
    return [(letter.key.unit, letter.key.period, letter.stage) for letter in found.letters]


def why_not(found: Plan, unit: str, stage: str, period: str = "2020Q2") -> str:
    reasons = [w.reason for w in found.withheld if (w.unit, w.stage, w.period) == (unit, stage, period)]
    assert len(reasons) == 1, found.withheld
    return reasons[0]


ALL = (EDUCATION, HEALTH, FINANCE)


@pytest.mark.parametrize(
    ("now", "stage", "period"),
    [
        ("2020-06-15T09:00", "first", "2020Q2"),
        ("2020-06-24T16:59", "first", "2020Q2"),
        ("2020-06-28T09:00", "urge", "2020Q2"),
        ("2020-06-30T16:00", "urge", "2020Q2"),
        ("2020-07-01T09:00", "overdue", "2020Q2"),
        ("2020-07-06T16:00", "overdue", "2020Q2"),
        ("2020-09-17T09:00", "first", "2020Q3"),
        ("2020-10-09T09:00", "overdue", "2020Q3"),
        ("2020-12-31T10:00", "overdue", "2020Q4"),
        ("2021-01-06T10:00", "overdue", "2020Q4"),
    ],
)
def test_one_stage_is_due_to_everyone_at_a_time(now: str, stage: str, period: str) -> None:
    assert letters(plan(now)) == [(unit, period, stage) for unit in ALL]


@pytest.mark.parametrize("now", ["2020-06-12T10:00", "2020-06-15T08:59", "2020-08-03T10:00", "2021-01-08T10:00"])
def test_nothing_is_due_before_the_first_stage_and_between_periods(now: str) -> None:
    assert letters(plan(now)) == []


def test_a_unit_that_no_item_names_is_written_to_by_nothing() -> None:
    base = office()
    spare = replace(base.registry.units[0], name="市气象局", aliases=())
    base = replace(base, registry=replace(base.registry, units=(*base.registry.units, spare)))
    found = plan("2020-06-15T09:00", base=base)
    assert {unit for unit, *_ in letters(found)} == set(ALL)
    assert not [one for one in found.withheld if one.unit == spare.name]


def test_by_default_the_plan_looks_to_the_end_of_the_next_stages_day() -> None:
    base = office()
    found = make_plan(base, duties(base), Log().book(), at("2020-06-12T10:00"))
    assert letters(found) == [(unit, "2020Q2", "first") for unit in ALL]
    assert found.letters[0].send_at == at("2020-06-15T09:00")


def test_letters_leave_seconds_apart_from_the_opening_on() -> None:
    found = plan("2020-06-15T07:00", until="2020-06-15T12:00")
    assert [f"{item.send_at:%H:%M:%S}" for item in found.letters] == ["09:00:00", "09:00:20", "09:00:40"]


def test_a_letter_names_what_is_owed_by_that_unit() -> None:
    found = plan("2020-06-16T10:00", act(Kind.SUBMISSION_RECEIVED, EDUCATION, "2020-06-15T12:00", 7))
    assert {item.key.unit: item.items for item in found.letters} == {
        EDUCATION: (11,),
        HEALTH: (18, 19),
        FINANCE: (11, 18),
    }


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        (Kind.SUBMISSION_RECEIVED, "已收待核"),
        (Kind.SUBMISSION_ACCEPTED, "已报送"),
        (Kind.OBLIGATION_EXEMPTED, "免报"),
    ],
)
def test_nothing_goes_to_a_unit_that_owes_nothing(kind: Kind, word: str) -> None:
    found = plan("2020-06-16T10:00", act(kind, EDUCATION, "2020-06-15T12:00"))
    assert EDUCATION not in [unit for unit, _, _ in letters(found)]
    assert why_not(found, EDUCATION, "first") == word


def test_a_stage_is_sent_once() -> None:
    first = note(EDUCATION, "first")
    found = plan(
        "2020-06-16T10:00", letter(INTENDED, first, "2020-06-15T09:00"), letter(SENT, first, "2020-06-15T09:00")
    )
    assert EDUCATION not in [unit for unit, _, _ in letters(found)]
    assert why_not(found, EDUCATION, "first") == f"{ALREADY_SENT}（6月15日）"


def test_an_intended_letter_is_pending_and_not_written_again() -> None:
    found = plan("2020-06-15T10:00", letter(INTENDED, note(EDUCATION, "first"), "2020-06-15T09:00"))
    assert [item.pending for item in found.letters if item.key.unit == EDUCATION] == [True]


def test_a_longer_downtime_lapses_old_stages_and_makes_no_burst() -> None:
    found = plan("2020-07-02T10:00")
    assert letters(found) == [(unit, "2020Q2", "overdue") for unit in ALL]
    assert why_not(found, EDUCATION, "first") == NO_WINDOW
    assert [w.lapses for w in found.withheld if w.stage == "urge"] == [True, True, True]


def test_a_stage_that_lapsed_for_want_of_an_address_says_so() -> None:
    base = with_unit(office(), EDUCATION, contacts=())
    found = plan("2020-07-02T10:00", base=base)
    assert why_not(found, EDUCATION, "urge") == NEVER_AN_ADDRESS
    assert why_not(found, HEALTH, "urge") == NO_WINDOW


def test_a_lapse_is_noted_once() -> None:
    lapse = Draft(
        Kind.STAGE_LAPSED,
        at("2020-07-01T09:00"),
        "2020Q2",
        EDUCATION,
        data={"stage": "first", "deadline": "2020-06-30"},
    )
    found = plan("2020-07-02T10:00", lapse)
    assert "first" not in [w.stage for w in found.withheld if w.unit == EDUCATION]


def test_a_stage_with_no_window_left_lapses_before_its_span_ends() -> None:
    assert why_not(plan("2020-06-30T17:00"), EDUCATION, "urge") == NO_WINDOW


def test_an_extension_counts_the_stages_anew_for_its_items_only() -> None:
    extended = act(Kind.OBLIGATION_EXTENDED, EDUCATION, "2020-06-16T10:00", 7, until="2020-07-31")
    found = plan("2020-07-17T10:00", extended)
    mine = [item for item in found.letters if item.key.unit == EDUCATION]
    assert [(item.stage, item.items, item.key.deadline.isoformat()) for item in mine] == [("first", (7,), "2020-07-31")]


SENT_BACK = act(Kind.SUBMISSION_SENT_BACK, EDUCATION, "2020-06-17T10:00", 7, reason="缺少数据")
FIRST = note(EDUCATION, "first")
REPORTED = (
    letter(INTENDED, FIRST, "2020-06-15T09:00"),
    letter(SENT, FIRST, "2020-06-15T09:00"),
    act(Kind.SUBMISSION_RECEIVED, EDUCATION, "2020-06-16T10:00"),
)


def mine(found: Plan) -> list[tuple[str, tuple[int, ...], str]]:
    """The letters to 市教育局: stage, items, occasion."""
    return [(one.stage, one.items, one.key.occasion) for one in found.letters if one.key.unit == EDUCATION]


def told_of_return(seq: int, moment: str) -> list[Draft]:
    told = note(EDUCATION, "send_back", occasion=f"send_back:{seq}")
    return [letter(INTENDED, told, moment), letter(SENT, told, moment)]


@pytest.mark.parametrize("now", ["2020-06-17T10:30", "2020-07-01T10:00", "2020-08-03T10:00", "2021-02-01T10:00"])
def test_a_send_back_calls_for_a_letter_of_its_own_at_any_time(now: str) -> None:
    found = plan(now, *REPORTED, SENT_BACK)
    assert mine(found) == [("send_back", (7,), "send_back:4")]


def test_a_send_back_in_the_night_is_told_at_the_next_opening() -> None:
    night = act(Kind.SUBMISSION_SENT_BACK, EDUCATION, "2020-06-17T20:00", 7)
    (told,) = [one for one in plan("2020-06-17T20:01", *REPORTED, night).letters if one.stage == "send_back"]
    assert told.send_at == at("2020-06-18T09:00")


def test_the_letter_about_a_send_back_goes_once() -> None:
    found = plan("2020-06-17T11:00", *REPORTED, SENT_BACK, *told_of_return(4, "2020-06-17T10:31"))
    assert why_not(found, EDUCATION, "send_back") == f"{ALREADY_SENT}（6月17日）"
    assert mine(found) == []


def test_a_later_send_back_calls_for_another_letter_that_names_all_that_is_returned() -> None:
    again = act(Kind.SUBMISSION_SENT_BACK, EDUCATION, "2020-06-18T10:00", 11)
    found = plan("2020-06-18T11:00", *REPORTED, SENT_BACK, *told_of_return(4, "2020-06-17T10:31"), again)
    assert mine(found) == [("send_back", (7, 11), "send_back:7")]


def test_a_report_that_comes_again_calls_the_letter_off() -> None:
    mended = act(Kind.SUBMISSION_RECEIVED, EDUCATION, "2020-06-17T10:10", 7)
    assert mine(plan("2020-06-17T10:30", *REPORTED, SENT_BACK, mended)) == []


def test_a_stage_that_has_not_gone_yet_leaves_it_to_the_letter_about_the_send_back() -> None:
    early = act(Kind.SUBMISSION_RECEIVED, EDUCATION, "2020-06-12T10:00")
    returned = act(Kind.SUBMISSION_SENT_BACK, EDUCATION, "2020-06-14T10:00", 7, 11)
    found = plan("2020-06-15T10:00", early, returned)
    assert mine(found) == [("send_back", (7, 11), "send_back:2")]
    assert why_not(found, EDUCATION, "first") == TOLD_OF_RETURN


def test_a_stage_goes_where_the_letter_about_the_send_back_is_held() -> None:
    told = note(EDUCATION, "send_back", occasion="send_back:4", to=("jyj@edu.example",))
    spam = [
        letter(INTENDED, told, "2020-06-17T10:31"),
        letter(FAILED, told, "2020-06-17T10:31", permanent=True, refused=[], reply="554 DT:SPM"),
    ]
    assert mine(plan("2020-06-28T10:00", *REPORTED, SENT_BACK, *spam)) == [("urge", (7,), "")]


def test_a_return_long_after_the_stages_lapses_none_of_them() -> None:
    late = act(Kind.SUBMISSION_SENT_BACK, EDUCATION, "2020-08-03T09:00", 7)
    found = plan("2020-08-03T10:00", *REPORTED, late)
    assert [item for item in found.withheld if item.unit == EDUCATION and item.lapses] == []


def test_a_stage_still_names_what_is_missing_beside_what_was_returned() -> None:
    returned = act(Kind.SUBMISSION_SENT_BACK, EDUCATION, "2020-06-14T10:00", 7)
    assert mine(plan("2020-06-15T10:00", returned)) == [
        ("send_back", (7,), "send_back:1"),
        ("first", (7, 11), ""),
    ]


def test_the_next_stage_urges_what_was_returned_and_not_mended() -> None:
    story = (*REPORTED, SENT_BACK, *told_of_return(4, "2020-06-17T10:31"))
    assert mine(plan("2020-06-28T10:00", *story)) == [("urge", (7,), "")]


def test_an_extension_after_the_letter_about_a_send_back_calls_for_it_again_with_the_new_day() -> None:
    extended = act(Kind.OBLIGATION_EXTENDED, EDUCATION, "2020-06-18T10:00", 7, until="2020-07-31")
    found = plan("2020-06-18T11:00", *REPORTED, SENT_BACK, *told_of_return(4, "2020-06-17T10:31"), extended)
    (told,) = [one for one in found.letters if one.key.unit == EDUCATION]
    assert (told.stage, told.key.deadline.isoformat()) == ("send_back", "2020-07-31")


def test_a_unit_without_an_address_is_told_and_never_skipped_in_silence() -> None:
    base = with_unit(office(), EDUCATION, contacts=())
    assert why_not(plan("2020-06-15T10:00", base=base), EDUCATION, "first") == NO_ADDRESS


def test_after_a_refusal_the_next_contact_is_written_to_on_a_new_occasion() -> None:
    first = note(HEALTH, "first", to=("ybj@med.example",))
    story = [
        letter(INTENDED, first, "2020-06-15T09:00"),
        letter(FAILED, first, "2020-06-15T09:01", permanent=True, refused=["ybj@med.example"], reply="550"),
    ]
    mine = [item for item in plan("2020-06-15T10:00", *story).letters if item.key.unit == HEALTH]
    assert [(item.to, item.key.occasion) for item in mine] == [(("bf@med.example",), "contact:bf@med.example")]


def test_a_refusal_that_is_not_the_addresss_fault_waits_for_a_person() -> None:
    first = note(EDUCATION, "first", to=("jyj@edu.example",))
    story = [
        letter(INTENDED, first, "2020-06-15T09:00"),
        letter(FAILED, first, "2020-06-15T09:01", permanent=True, refused=[], reply="554 DT:SPM"),
    ]
    assert "554 DT:SPM" in why_not(plan("2020-06-15T10:00", *story), EDUCATION, "first")


def test_a_unit_that_is_only_informed_is_reminded_but_not_urged() -> None:
    base = with_unit(office(), FINANCE, duty=Duty.INFORM)
    assert (FINANCE, "2020Q2", "first") in letters(plan("2020-06-15T10:00", base=base))
    assert why_not(plan("2020-06-28T10:00", base=base), FINANCE, "urge") == INFORM_ONLY


def test_a_mail_in_triage_pauses_urging_for_two_working_days() -> None:
    waits = [kept("aa", "2020-06-28T08:00"), judged("aa", "2020-06-28T08:00", MailKind.QUESTION)]
    assert why_not(plan("2020-06-28T10:00", *waits), EDUCATION, "urge") == WAITS_FOR_OFFICER
    assert (EDUCATION, "2020Q2", "urge") in letters(plan("2020-06-30T10:00", *waits))


def test_a_mail_in_triage_holds_back_an_urging_letter_that_was_already_written() -> None:
    waits = [kept("aa", "2020-06-28T09:01"), judged("aa", "2020-06-28T09:01", MailKind.QUESTION)]
    found = plan("2020-06-28T10:00", letter(INTENDED, note(EDUCATION, "urge"), "2020-06-28T09:00"), *waits)
    assert why_not(found, EDUCATION, "urge") == WAITS_FOR_OFFICER


def test_a_mail_in_triage_does_not_hold_back_a_reminder_before_the_deadline() -> None:
    waits = [kept("aa", "2020-06-15T08:00"), judged("aa", "2020-06-15T08:00", MailKind.UNCLEAR)]
    assert (EDUCATION, "2020Q2", "first") in letters(plan("2020-06-15T10:00", *waits))


def test_where_approval_is_required_a_wave_waits_for_it() -> None:
    base = office(approval=Approval.REQUIRED)
    assert why_not(plan("2020-06-15T10:00", base=base), EDUCATION, "first") == WAITS_FOR_APPROVAL
    let_go = approved("first", plan("2020-06-15T10:00", base=base))
    assert letters(plan("2020-06-15T10:00", let_go, base=base)) == [(unit, "2020Q2", "first") for unit in ALL]


def approved(stage: str, shown: Plan, moment: str = "2020-06-15T09:30") -> Draft:
    """An officer's approval of every letter of a stage that a plan shows."""
    waiting = [one.letter for one in shown.withheld if one.letter and one.stage == stage]
    going = [one for one in shown.letters if one.stage == stage]
    data = [
        {"unit": one.key.unit, "deadline": one.key.deadline.isoformat(), "fingerprint": plain_fingerprint(one)}
        for one in [*waiting, *going]
    ]
    return Draft(Kind.WAVE_APPROVED, at(moment), "2020Q2", actor="陈某", data={"stage": stage, "letters": data})


def test_a_change_of_recipients_voids_the_approval() -> None:
    base = office(approval=Approval.REQUIRED)
    let_go = approved("first", plan("2020-06-15T10:00", base=base))
    moved = with_unit(base, EDUCATION, contacts=(Contact("张老师", "xin@edu.example"),))
    found = plan("2020-06-15T10:00", let_go, base=moved)
    assert why_not(found, EDUCATION, "first") == CHANGED_SINCE
    assert HEALTH in [unit for unit, _, _ in letters(found)]


def held(*units: str) -> Draft:
    data = {"stage": "first", "units": units, "reason": "领导外出"}
    return Draft(Kind.WAVE_HELD, at("2020-06-15T08:00"), "2020Q2", actor="陈某", data=data)


def test_a_wave_can_be_held_though_none_waits_for_approval() -> None:
    found = plan("2020-06-15T10:00", held(EDUCATION))
    assert why_not(found, EDUCATION, "first") == f"{HELD}：领导外出"
    assert letters(plan("2020-06-15T10:00", held(EDUCATION), approved("first", found))) == [
        (unit, "2020Q2", "first") for unit in ALL
    ]


def test_a_letter_that_is_already_written_is_held_too() -> None:
    found = plan("2020-06-15T10:00", letter(INTENDED, note(EDUCATION, "first"), "2020-06-15T09:00"), held(EDUCATION))
    assert why_not(found, EDUCATION, "first") == f"{HELD}：领导外出"


# ---- letters that leave before their stage's time


def let_go_now(
    stage: str, moment: str, *units: str, until: str = "2020-07-01T23:00", base: Office | None = None
) -> Draft:
    """An officer's word that a stage's letters leave at once, as a plan shows them."""
    shown = plan(moment, until=until, base=base)
    found = [*shown.letters, *(one.letter for one in shown.withheld if one.letter)]
    data = [
        {"unit": one.key.unit, "deadline": one.key.deadline.isoformat(), "fingerprint": plain_fingerprint(one)}
        for one in found
        if one.stage == stage and one.key.unit in (units or ALL)
    ]
    assert data
    said = {"stage": stage, "letters": data, "now": at(moment).isoformat()}
    return Draft(Kind.WAVE_APPROVED, at(moment), "2020Q2", actor="陈某", data=said)


EARLY = "2020-06-22T10:00"


def test_a_letter_that_an_officer_lets_leave_now_is_due_from_then_and_its_stage_ends_when_it_would() -> None:
    found = plan(EARLY, let_go_now("urge", EARLY, EDUCATION))
    (early,) = [one for one in found.letters if one.key.unit == EDUCATION]
    assert (early.stage, early.send_at, early.key.occasion) == ("urge", at(EARLY), "")
    assert (early.span.due_at, early.span.ends_at) == (at(EARLY), at("2020-07-01T00:00"))
    assert {one.stage for one in found.letters if one.key.unit != EDUCATION} == {"first"}


def test_it_waits_for_office_hours_and_its_place_in_the_quota() -> None:
    night = "2020-06-22T20:00"
    pace = office(pace=Pace(per_day=2, receipts_share=0))
    found = plan(night, let_go_now("urge", night, base=pace), base=pace)
    assert [f"{one.send_at:%m-%d %H:%M:%S}" for one in found.letters] == [
        "06-23 09:00:00",
        "06-23 09:00:20",
        "06-24 09:00:00",
    ]
    assert [one.waits for one in found.letters] == [WAITS_FOR_HOURS, WAITS_FOR_HOURS, WAITS_FOR_QUOTA]


def test_the_letter_of_the_stage_before_is_then_not_written() -> None:
    found = plan(EARLY, let_go_now("urge", EARLY, EDUCATION))
    assert why_not(found, EDUCATION, "first") == OVERTAKEN
    assert [one.lapses for one in found.withheld] == [False]


def early_sent() -> list[Draft]:
    told = note(EDUCATION, "urge")
    return [
        let_go_now("urge", EARLY, EDUCATION),
        letter(INTENDED, told, "2020-06-22T10:00"),
        letter(SENT, told, "2020-06-22T10:00"),
    ]


@pytest.mark.parametrize("now", ["2020-06-22T11:00", "2020-06-28T09:00", "2020-06-30T16:00"])
def test_at_its_real_time_it_is_not_sent_again(now: str) -> None:
    found = plan(now, *early_sent())
    assert why_not(found, EDUCATION, "urge") == f"{ALREADY_SENT}（6月22日）"
    assert mine(found) == []


def test_after_it_the_stage_before_neither_goes_nor_lapses_and_the_next_goes_in_its_time() -> None:
    assert why_not(plan("2020-06-23T10:00", *early_sent()), EDUCATION, "first") == OVERTAKEN
    over = plan("2020-06-29T10:00", *early_sent())
    assert [one.stage for one in over.withheld if one.unit == EDUCATION] == ["urge"]
    assert mine(plan("2020-07-01T10:00", *early_sent())) == [("overdue", (7, 11), "")]


def test_a_letter_of_the_stage_before_that_is_written_does_not_leave_any_more() -> None:
    waiting = letter(INTENDED, note(EDUCATION, "first"), "2020-06-22T09:59")
    assert why_not(plan(EARLY, waiting, let_go_now("urge", EARLY, EDUCATION)), EDUCATION, "first") == OVERTAKEN


def test_a_stage_before_that_was_sent_is_told_as_sent() -> None:
    found = plan(EARLY, *REPORTED[:2], let_go_now("urge", EARLY, EDUCATION))
    assert why_not(found, EDUCATION, "first") == f"{ALREADY_SENT}（6月15日）"
    assert mine(found) == [("urge", (7, 11), "")]


def test_a_change_voids_it_and_the_letter_leaves_in_its_own_time() -> None:
    reported = act(Kind.SUBMISSION_RECEIVED, EDUCATION, "2020-06-22T10:30", 7)
    story = (let_go_now("urge", EARLY, EDUCATION), reported)
    assert mine(plan("2020-06-22T11:00", *story)) == [("first", (11,), "")]
    assert mine(plan("2020-06-28T10:00", *story)) == [("urge", (11,), "")]


def test_a_unit_that_has_reported_since_is_not_written_to_early() -> None:
    reported = act(Kind.SUBMISSION_RECEIVED, EDUCATION, "2020-06-22T10:30")
    found = plan("2020-06-22T11:00", let_go_now("urge", EARLY, EDUCATION), reported)
    assert why_not(found, EDUCATION, "urge") == "已收待核"


def test_a_mail_in_triage_pauses_what_urges_before_its_time_too() -> None:
    waits = [kept("aa", "2020-06-22T09:00"), judged("aa", "2020-06-22T09:00", MailKind.QUESTION)]
    found = plan(EARLY, let_go_now("urge", EARLY, EDUCATION), *waits)
    assert why_not(found, EDUCATION, "urge") == WAITS_FOR_OFFICER
    assert mine(found) == [("first", (7, 11), "")]


def test_it_counts_as_the_approval_that_a_wave_waits_for_until_it_is_held() -> None:
    base = office(approval=Approval.REQUIRED)
    let_go = let_go_now("urge", EARLY, base=base)
    assert {one.stage for one in plan(EARLY, let_go, base=base).letters} == {"urge"}
    stop = Draft(Kind.WAVE_HELD, at(EARLY), "2020Q2", data={"stage": "urge", "units": ALL, "reason": "误"})
    assert plan(EARLY, let_go, stop, base=base).letters == ()


def test_a_letter_that_is_written_before_its_time_is_held_and_let_go_like_any_other() -> None:
    story = [let_go_now("urge", EARLY, EDUCATION), letter(INTENDED, note(EDUCATION, "urge"), EARLY)]
    assert [one.pending for one in plan(EARLY, *story).letters if one.key.unit == EDUCATION] == [True]
    stop = Draft(Kind.WAVE_HELD, at(EARLY), "2020Q2", data={"stage": "urge", "units": [EDUCATION], "reason": "误"})
    assert why_not(plan(EARLY, *story, stop), EDUCATION, "urge") == f"{HELD}：误"


def test_one_that_was_taken_for_spam_goes_again_at_once_when_it_is_approved() -> None:
    urge = note(EDUCATION, "urge", to=("jyj@edu.example",))
    spam = letter(FAILED, urge, "2020-06-22T10:01", permanent=True, refused=[], reply="554 DT:SPM")
    story = [let_go_now("urge", EARLY, EDUCATION), letter(INTENDED, urge, EARLY), spam]
    assert "554 DT:SPM" in why_not(plan("2020-06-22T10:05", *story), EDUCATION, "urge")
    let_go = approved("urge", plan("2020-06-22T10:05", *story), moment="2020-06-22T10:10")
    assert mine(plan("2020-06-22T10:15", *story, let_go)) == [("urge", (7, 11), "contact:jyj@edu.example/approved:4")]


def test_a_word_from_a_clock_that_was_wrong_does_not_count_before_its_time() -> None:
    assert mine(plan("2020-06-22T09:00", let_go_now("urge", EARLY, EDUCATION))) == [("first", (7, 11), "")]


def test_a_letter_that_was_taken_for_spam_goes_again_when_an_officer_lets_it() -> None:
    first = note(EDUCATION, "first", to=("jyj@edu.example",))
    story = [
        letter(INTENDED, first, "2020-06-15T09:00"),
        letter(FAILED, first, "2020-06-15T09:01", permanent=True, refused=[], reply="554 DT:SPM"),
    ]
    too_early = approved("first", plan("2020-06-15T10:00", *story), moment="2020-06-15T09:00")
    assert "554 DT:SPM" in why_not(plan("2020-06-15T10:00", *story, too_early), EDUCATION, "first")
    let_go = approved("first", plan("2020-06-15T10:00", *story))
    again = [one for one in plan("2020-06-15T10:00", *story, let_go).letters if one.key.unit == EDUCATION]
    assert [one.key.occasion for one in again] == ["contact:jyj@edu.example/approved:3"]


def test_leaders_are_copied_only_after_approval() -> None:
    base = office(stages=tuple(replace(stage, enabled=True) for stage in STAGES))
    shown = plan("2020-07-03T10:00", base=base)
    assert why_not(shown, EDUCATION, "final") == WAITS_FOR_APPROVAL
    assert {item.key.unit: item.cc for item in shown.letters} == {HEALTH: (), FINANCE: ()}
    found = plan("2020-07-03T10:00", approved("final", shown, "2020-07-03T09:00"), base=base)
    assert {item.key.unit: item.cc for item in found.letters}[EDUCATION] == ("juzhang@edu.example",)


def test_what_does_not_fit_a_day_goes_on_the_next_most_urgent_first() -> None:
    base = office(pace=Pace(per_day=2, receipts_share=1, seconds_between=20))
    found = plan("2020-06-15T09:00", base=base)
    assert [f"{item.send_at:%m-%d %H:%M}" for item in found.letters] == ["06-15 09:00", "06-15 16:00", "06-16 09:00"]


def test_what_finds_no_place_before_its_stage_ends_is_withheld() -> None:
    base = office(pace=Pace(per_day=1, receipts_share=0))
    found = plan("2020-06-30T14:30", base=base)
    assert len(found.letters) == 1
    assert why_not(found, HEALTH, "urge") == OVER_QUOTA


def test_the_same_arguments_give_the_same_plan() -> None:
    assert plan("2020-06-15T09:00") == plan("2020-06-15T09:00")


def test_every_period_is_planned_for_by_itself() -> None:
    received = act(Kind.SUBMISSION_RECEIVED, EDUCATION, "2020-06-16T10:00")
    assert (EDUCATION, "2020Q3", "first") in letters(plan("2020-09-17T10:00", received))
    assert PERIODS[1].key == "2020Q3"


def waits(found: Plan, unit: str) -> str:
    return next(one.waits for one in found.letters if one.key.unit == unit)


@pytest.mark.parametrize(
    ("now", "pace", "unit", "why"),
    [
        ("2020-06-15T09:00", Pace(), EDUCATION, ""),
        ("2020-06-15T12:00", Pace(), EDUCATION, WAITS_FOR_HOURS),
        ("2020-06-20T10:00", Pace(), EDUCATION, WAITS_FOR_HOURS),
        ("2020-06-15T09:00", Pace(per_day=2, receipts_share=1), HEALTH, WAITS_FOR_SHARE),
        ("2020-06-15T09:00", Pace(per_day=2, receipts_share=1), FINANCE, WAITS_FOR_QUOTA),
    ],
)
def test_the_plan_says_why_a_letter_does_not_leave_at_once(now: str, pace: Pace, unit: str, why: str) -> None:
    assert waits(plan(now, base=office(pace=pace)), unit) == why


def test_the_plan_keeps_the_servers_words_about_a_letter_that_it_put_off() -> None:
    first = note(EDUCATION, "first")
    later = letter(
        FAILED, first, "2020-06-15T09:01", permanent=False, retry_at="2020-06-15T10:01:00+08:00", reply="451 RP:QRC"
    )
    found = plan("2020-06-15T09:10", letter(INTENDED, first, "2020-06-15T09:00"), later)
    assert waits(found, EDUCATION) == f"{WAITS_FOR_SERVER}（451 RP:QRC）"
    assert (
        waits(plan("2020-06-15T12:10", letter(INTENDED, first, "2020-06-15T09:00"), later), EDUCATION)
        == WAITS_FOR_HOURS
    )


def test_a_lapse_from_a_clock_that_was_wrong_does_not_count_before_its_time() -> None:
    lapse = Draft(
        Kind.STAGE_LAPSED,
        at("2021-06-16T09:00"),
        "2020Q2",
        EDUCATION,
        data={"stage": "first", "deadline": "2020-06-30"},
    )
    assert (EDUCATION, "2020Q2", "first") in letters(plan("2020-06-16T10:00", lapse))

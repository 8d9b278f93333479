"""What is wrong with the bot's own work, and when it is told: once, then daily, then the all-clear, never a flood."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from world import (
    EDUCATION,
    HOURS,
    WORKDAYS,
    Log,
    act,
    at,
    duties,
    kept,
    letter,
    make_plan,
    note,
    office,
    with_unit,
)

from cuibao.rules.alarms import Facts, Health, News, Wrong, ending, news, wrongs
from cuibao.rules.entries import Draft, Kind
from cuibao.rules.office import Office, Pace
from cuibao.rules.records import Alarm

START = at("2020-06-10T09:00")


def found(now: str, *drafts: Draft, base: Office | None = None, **health: object) -> dict[str, Wrong]:
    base = base or office()
    log = Log()
    log.append(drafts)
    moment, book = at(now), log.book()
    plan = make_plan(base, duties(base), book, moment)
    state = replace(Health(started_at=START), **health)  # type: ignore[arg-type]
    return {wrong.key: wrong for wrong in wrongs(Facts(base, duties(base), book, plan, state, moment))}


def test_nothing_is_wrong_on_a_quiet_morning() -> None:
    assert found("2020-06-10T09:30") == {}


def test_a_mailbox_that_cannot_be_read_is_told_after_an_hour() -> None:
    down = {"imap_since": at("2020-06-10T09:00"), "imap_words": "connection refused"}
    assert found("2020-06-10T09:59", **down) == {}
    wrong = found("2020-06-10T10:00", **down)["imap"]
    assert wrong.words == "自6月10日09:00起未能读取邮箱：connection refused"
    assert wrong.mailbox


def test_a_machine_that_wakes_gives_the_network_its_hour() -> None:
    woken = {"read_at": at("2020-06-09T18:00"), "imap_since": at("2020-06-10T08:00"), "imap_words": "no route"}
    assert found("2020-06-10T08:30", **woken) == {}


def test_a_refused_login_is_told_at_once() -> None:
    assert "LOGIN failed" in found("2020-06-10T09:01", imap_words="LOGIN failed", imap_refused=True)["imap.login"].words
    assert "535" in found("2020-06-10T09:01", smtp_words="535", smtp_refused=True)["smtp.login"].words


def test_letters_that_cannot_be_sent_are_told_after_an_hour() -> None:
    down = {"smtp_since": at("2020-06-10T09:00"), "smtp_words": "connection refused"}
    assert found("2020-06-10T09:59", **down) == {}
    assert found("2020-06-10T10:00", **down)["smtp"].words == "自6月10日09:00起发不出邮件：connection refused"


def test_a_quota_that_starves_a_stage_names_the_units() -> None:
    base = office(pace=Pace(per_day=1, receipts_share=0))
    wrong = found("2020-06-30T14:30", base=base)["quota.2020Q2.urge"]
    assert wrong.words == "每日发信限额内排不到以下单位的催报（2020Q2）：市医保局、市财政局"


def test_units_without_an_address_are_told_a_week_before_a_stage() -> None:
    base = with_unit(office(), EDUCATION, contacts=())
    assert found("2020-06-08T08:59", base=base) == {}
    wrong = found("2020-06-08T09:00", base=base)["address.2020Q2.first"]
    assert wrong.words == "第二季度提醒将于6月15日发出，以下单位没有可用邮箱：市教育局"


def test_the_same_units_are_not_told_for_two_stages_of_one_quarter() -> None:
    base = with_unit(office(), EDUCATION, contacts=())
    addresses = [[key for key in found(now, base=base) if key.startswith("address")] for now in WEEK]
    assert addresses == [["address.2020Q2.urge"], ["address.2020Q2.urge"], ["address.2020Q2.overdue"], []]


def test_a_unit_that_owes_nothing_needs_no_address() -> None:
    base = with_unit(office(), EDUCATION, contacts=())
    assert found("2020-06-10T10:00", act(Kind.OBLIGATION_EXEMPTED, EDUCATION, "2020-06-09T10:00"), base=base) == {}


@pytest.mark.parametrize(
    ("now", "told"),
    [("2020-11-30T10:00", False), ("2020-12-01T10:00", True), ("2021-01-05T10:00", True), ("2021-12-01T10:00", False)],
)
def test_next_years_calendar_is_missed_in_december(now: str, told: bool) -> None:
    base = office(hours=replace(HOURS, workdays=replace(WORKDAYS, published=frozenset({2020}))))
    assert ("calendar.2021" in found(now, base=base)) is told


def test_a_configuration_that_cannot_be_used_is_told() -> None:
    assert "units[3]" in found("2020-06-10T10:00", config_words="units[3]…")["config"].words


def test_a_year_before_that_cannot_be_used_is_told() -> None:
    book = Log().book()
    plan = make_plan(office(), duties(office()), book, START)
    facts = Facts(office(), duties(office()), book, plan, Health(started_at=START), START, left_out="config/2019：…")
    assert [(wrong.key, wrong.words) for wrong in wrongs(facts)] == [
        ("years", "往年的配置不能使用，今年的工作照常进行：config/2019：…")
    ]
    assert ending(replace(facts, left_out=""), "years") is News.CLEARED


def test_a_clock_behind_the_ledger_is_told() -> None:
    last = kept("aa", "2020-06-10T12:00")
    assert found("2020-06-10T11:30", last) == {}
    assert found("2020-06-10T10:00", last)["clock"].words.endswith("（6月10日12:00）")


def tried(minutes: int, attempts: int, reply: str = "450 greylisted") -> list[Draft]:
    first = note(EDUCATION, "first")
    failed = letter(Kind.LETTER_FAILED, first, "2020-06-15T09:20", permanent=False, reply=reply)
    return [letter(Kind.LETTER_INTENDED, first, f"2020-06-15T09:{60 - minutes:02}"), *[failed] * attempts]


@pytest.mark.parametrize(
    ("now", "attempts", "told"),
    [
        ("2020-06-15T10:00", 3, True),
        ("2020-06-15T10:00", 2, False),
        ("2020-06-15T09:59", 3, False),
        ("2020-06-15T12:00", 3, False),
    ],
)
def test_letters_that_are_put_off_again_and_again_are_told_in_office_hours(now: str, attempts: int, told: bool) -> None:
    wrong = found(now, *tried(60, attempts)).get("letters")
    assert (wrong is not None) is told
    assert wrong is None or wrong.words == "1封函件屡次未能发出（市教育局）：450 greylisted"


def test_an_office_whose_own_address_is_dead_is_told_by_other_ways() -> None:
    digest = replace(note("", "digest"), to=("chen@office.example",))
    story = [
        letter(Kind.LETTER_INTENDED, digest, "2020-06-10T08:30"),
        letter(Kind.LETTER_FAILED, digest, "2020-06-10T08:31", permanent=True, refused=[], reply="550 no such user"),
    ]
    wrong = found("2020-06-10T09:30", *story)["office.mail"]
    assert (wrong.mailbox, "chen@office.example" in wrong.words) == (True, True)
    assert found("2020-06-13T09:30", *story) == {}


WEEK = ("2020-06-21T09:00", "2020-06-27T10:00", "2020-06-28T09:00", "2020-07-01T09:00")
"""From a week before 催报 to 逾期催报; the 24th is a week before that."""

# ---- how it ends


def facts(now: str, base: Office | None = None, **health: object) -> Facts:
    base = base or office()
    book = Log().book()
    plan = make_plan(base, duties(base), book, at(now))
    state = replace(Health(started_at=START), **health)  # type: ignore[arg-type]
    return Facts(base, duties(base), book, plan, state, at(now))


@pytest.mark.parametrize(
    ("key", "now", "health", "how"),
    [
        ("imap", "2020-06-10T10:00", {}, None),
        ("imap.login", "2020-06-10T10:00", {"read_at": START, "imap_words": "timed out"}, None),
        ("imap.login", "2020-06-10T10:00", {"read_at": START}, News.CLEARED),
        ("smtp", "2020-06-10T10:00", {}, None),
        ("smtp.login", "2020-06-10T10:00", {"smtp_well": True}, News.CLEARED),
        ("address.2020Q2.first", "2020-06-14T10:00", {}, News.CLEARED),
        ("address.2020Q2.first", "2020-06-24T10:00", {}, News.CLEARED),
        ("address.2020Q2.first", "2020-06-28T10:00", {}, News.PASSED),
        ("quota.2020Q2.urge", "2020-07-01T10:00", {}, News.PASSED),
        ("letters", "2020-06-10T10:00", {}, News.CLEARED),
        ("config", "2020-06-10T10:00", {}, News.CLEARED),
    ],
)
def test_how_an_alarm_ends(key: str, now: str, health: dict[str, object], how: News | None) -> None:
    assert ending(facts(now, **health), key) is how


def test_letters_that_wait_over_noon_are_not_told_as_well() -> None:
    log = Log()
    log.append(tried(60, 3))
    stuck = replace(facts("2020-06-15T12:00"), book=log.book())
    assert ending(stuck, "letters") is None


@pytest.mark.parametrize(("reached", "how"), [(True, News.CLEARED), (False, News.PASSED)])
def test_an_office_that_is_reached_again_ends_that_alarm(reached: bool, how: News) -> None:
    log = Log()
    digest = note("", "digest")
    log.append([letter(Kind.LETTER_INTENDED, digest, "2020-06-10T08:30")])
    if reached:
        log.append([letter(Kind.LETTER_SENT, digest, "2020-06-10T08:31")])
    assert ending(replace(facts("2020-06-15T12:00"), book=log.book()), "office.mail") is how


# ---- when to tell

ADDRESS = Wrong("address.2020Q2.urge", "没有可用邮箱", "请电话联系")


@pytest.mark.parametrize(("wrong", "repeated"), [(ADDRESS, []), (replace(ADDRESS, mailbox=True), [News.STANDS])])
def test_outside_office_hours_only_what_fails_the_mailbox_is_told_again(wrong: Wrong, repeated: list[News]) -> None:
    first = Alarm(wrong.key, wrong.words, *[at("2020-06-24T10:00")] * 2)
    for at_work, expected in ((False, repeated), (True, [News.STANDS])):
        found = news({wrong.key: first}, [wrong], at("2020-06-26T10:00"), at_work=at_work)
        assert [what for what, _ in found] == expected
    assert news({}, [wrong], at("2020-06-26T10:00"), at_work=False) == ((News.RAISED, wrong),)


IMAP = Wrong("imap", "读不到邮箱", "请检查网络")


def told(now: str, wrong: bool, *alarms: Alarm) -> list[tuple[str, str]]:
    known: Mapping[str, Alarm] = {alarm.key: alarm for alarm in alarms}
    return [(str(what), one.key) for what, one in news(known, [IMAP] if wrong else [], at(now))]


def standing(told_at: str, cleared_at: str | None = None) -> Alarm:
    return Alarm("imap", "读不到邮箱", at(told_at), at(told_at), at(cleared_at) if cleared_at else None)


@pytest.mark.parametrize(
    ("now", "wrong", "alarms", "expected"),
    [
        ("2020-06-10T10:00", True, [], [News.RAISED]),
        ("2020-06-10T10:01", True, [standing("2020-06-10T10:00")], []),
        ("2020-06-11T09:59", True, [standing("2020-06-10T10:00")], []),
        ("2020-06-11T10:00", True, [standing("2020-06-10T10:00")], [News.STANDS]),
        ("2020-06-10T10:30", False, [standing("2020-06-10T10:00")], [News.CLEARED]),
        ("2020-06-10T12:00", False, [standing("2020-06-10T10:00", "2020-06-10T10:30")], []),
        ("2020-06-10T12:00", True, [standing("2020-06-10T10:00", "2020-06-10T10:30")], []),
        ("2020-06-10T14:00", True, [standing("2020-06-10T10:00", "2020-06-10T10:30")], [News.RAISED]),
        ("2020-06-10T10:00", True, [standing("2021-06-10T10:00")], [News.STANDS]),
    ],
)
def test_when_an_alarm_is_told(now: str, wrong: bool, alarms: list[Alarm], expected: list[News]) -> None:
    assert told(now, wrong, *alarms) == [(str(what), "imap") for what in expected]


def test_an_alarm_that_cannot_be_judged_yet_stands() -> None:
    known = {"imap": standing("2020-06-10T10:00")}
    assert news(known, [], at("2020-06-10T11:00"), lambda _key: None) == ()


def test_a_server_that_comes_and_goes_makes_no_flood() -> None:
    known: dict[str, Alarm] = {}
    count = 0
    for minute in range(24 * 60):
        now = at("2020-06-10T00:00").replace(hour=minute // 60, minute=minute % 60)
        for what, wrong in news(known, [IMAP] if minute % 2 else [], now):
            count += 1
            cleared = now if what is News.CLEARED else None
            since = known[wrong.key].told_at if cleared else now
            known[wrong.key] = Alarm(wrong.key, wrong.words, since, since, cleared)
    assert count <= 2 * 6

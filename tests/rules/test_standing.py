"""Where obligations and units stand, by what the ledger says."""

from datetime import datetime

import pytest
from world import EDUCATION, FINANCE, PERIODS, Log, act, at, duties, office, with_unit

from cuibao.rules.entries import Draft, Kind
from cuibao.rules.registry import Duty
from cuibao.rules.standing import Standing, UnitStanding, unit_standing

RECEIVED, ACCEPTED, RETURNED = Kind.SUBMISSION_RECEIVED, Kind.SUBMISSION_ACCEPTED, Kind.SUBMISSION_SENT_BACK
EXEMPT, EXTENDED = Kind.OBLIGATION_EXEMPTED, Kind.OBLIGATION_EXTENDED


def stand(*drafts: Draft, now: str = "2020-06-20T10:00", unit: str = EDUCATION) -> UnitStanding:
    log = Log()
    log.append(drafts)
    return unit_standing(unit, PERIODS[0], duties(office())[unit], log.book(), at(now))


@pytest.mark.parametrize(
    ("drafts", "expected", "reason"),
    [
        ([], Standing.MISSING, "尚未收到"),
        ([act(RECEIVED, EDUCATION, "2020-06-16T10:00")], Standing.RECEIVED, "6月16日收到，待核"),
        ([act(RECEIVED, EDUCATION, "2020-06-16T10:00", 7)], Standing.PARTIAL, "第11项尚未收到"),
        (
            [act(RECEIVED, EDUCATION, "2020-06-16T10:00"), act(ACCEPTED, EDUCATION, "2020-06-17T10:00")],
            Standing.ACCEPTED,
            "6月17日核定",
        ),
        (
            [
                act(RECEIVED, EDUCATION, "2020-06-16T10:00"),
                act(RETURNED, EDUCATION, "2020-06-17T10:00", 7, reason="缺数"),
            ],
            Standing.RETURNED,
            "第7项已退回：缺数",
        ),
        ([act(EXEMPT, EDUCATION, "2020-06-16T10:00", reason="机构划转")], Standing.EXEMPT, "免报：机构划转"),
        (
            [act(EXEMPT, EDUCATION, "2020-06-16T10:00", 11), act(RECEIVED, EDUCATION, "2020-06-17T10:00")],
            Standing.RECEIVED,
            "6月17日收到，待核",
        ),
        (
            [
                act(RECEIVED, EDUCATION, "2020-06-16T10:00"),
                act(ACCEPTED, EDUCATION, "2020-06-17T10:00"),
                act(RECEIVED, EDUCATION, "2020-06-18T10:00"),
            ],
            Standing.RECEIVED,
            "6月18日收到，待核",
        ),
    ],
)
def test_a_units_standing(drafts: list[Draft], expected: Standing, reason: str) -> None:
    found = stand(*drafts)
    assert (found.standing, found.reason) == (expected, reason)


def test_what_is_missing_after_the_deadline_is_told_so_and_is_not_on_time() -> None:
    found = stand(now="2020-07-01T00:00")
    assert (found.reason, found.on_time) == ("已过报送时限，尚未收到", False)


def test_whether_it_is_on_time_is_open_while_something_is_missing_before_the_deadline() -> None:
    assert stand(act(RECEIVED, EDUCATION, "2020-06-16T10:00", 7)).on_time is None


@pytest.mark.parametrize(
    ("arrived", "on_time"), [("2020-06-30T23:59:59+08:00", True), ("2020-07-01T00:00:00+08:00", False)]
)
def test_the_time_of_arrival_decides_not_the_time_of_registration(arrived: str, on_time: bool) -> None:
    found = stand(act(RECEIVED, EDUCATION, "2020-07-02T09:00", arrived_at=arrived), now="2020-07-03T09:00")
    assert found.on_time is on_time


def test_a_correction_after_the_deadline_keeps_the_first_arrival() -> None:
    found = stand(
        act(RECEIVED, EDUCATION, "2020-06-16T10:00"),
        act(RECEIVED, EDUCATION, "2020-07-05T10:00"),
        now="2020-07-06T09:00",
    )
    assert (found.first_received_at, found.on_time) == (at("2020-06-16T10:00"), True)


def test_an_extension_moves_only_the_items_it_names() -> None:
    found = stand(act(EXTENDED, EDUCATION, "2020-06-16T10:00", 7, until="2020-07-10"), now="2020-07-02T09:00")
    assert [item.last_day.isoformat() for item in found.items] == ["2020-07-10", "2020-06-30"]


def test_a_report_within_the_extension_is_on_time() -> None:
    found = stand(
        act(EXTENDED, EDUCATION, "2020-06-16T10:00", until="2020-07-10"),
        act(RECEIVED, EDUCATION, "2020-07-08T10:00"),
        now="2020-07-11T10:00",
    )
    assert found.on_time is True


def test_what_is_owed_is_missing_or_returned_only() -> None:
    found = stand(act(RECEIVED, EDUCATION, "2020-06-16T10:00"), act(RETURNED, EDUCATION, "2020-06-17T10:00", 11))
    assert [item.obligation.item for item in found.owed] == [11]


def test_a_unit_that_is_only_informed_owes_nothing() -> None:
    base = with_unit(office(), FINANCE, duty=Duty.INFORM)
    now: datetime = at("2020-06-20T10:00")
    found = unit_standing(FINANCE, PERIODS[0], duties(base)[FINANCE], Log().book(), now)
    assert (found.standing, found.items, found.reason, found.on_time) == (Standing.EXEMPT, (), "无须报送", None)


def test_acceptance_is_kept_apart_from_arrival() -> None:
    found = stand(act(RECEIVED, EDUCATION, "2020-06-16T10:00"), act(ACCEPTED, EDUCATION, "2020-06-19T10:00"))
    assert found.items[0].accepted_at == at("2020-06-19T10:00")
    assert found.items[0].first_received_at == at("2020-06-16T10:00")


# ---- what only a report brings about


def test_acceptance_alone_is_no_arrival_and_is_neither_late_nor_on_time() -> None:
    found = stand(act(ACCEPTED, EDUCATION, "2020-06-19T10:00"), now="2020-07-10T10:00")
    assert (found.standing, found.first_received_at, found.on_time) == (Standing.ACCEPTED, None, None)


def test_what_was_returned_and_is_missing_after_the_deadline_is_not_on_time() -> None:
    found = stand(act(RETURNED, EDUCATION, "2020-06-19T10:00"), now="2020-07-10T10:00")
    assert found.on_time is False


# ---- exemptions that were undone


def undone(*items: int) -> Draft:
    return act(EXEMPT, EDUCATION, "2020-06-18T10:00", *items, undone=True, until="2020-06-18", reason="登记有误")


def test_an_exemption_that_was_undone_leaves_what_was_before() -> None:
    found = stand(act(EXEMPT, EDUCATION, "2020-06-16T10:00", reason="机构划转"), undone(7, 11))
    assert (found.standing, found.reason) == (Standing.MISSING, "尚未收到")


def test_an_exemption_may_be_undone_for_one_item_and_given_again() -> None:
    exempted = act(EXEMPT, EDUCATION, "2020-06-16T10:00", reason="机构划转")
    assert [item.standing for item in stand(exempted, undone(7)).items] == [Standing.MISSING, Standing.EXEMPT]
    assert stand(exempted, undone(7, 11), exempted).standing is Standing.EXEMPT


def test_a_report_that_came_while_exempt_counts_once_the_exemption_is_undone() -> None:
    found = stand(
        act(EXEMPT, EDUCATION, "2020-06-16T10:00"), act(RECEIVED, EDUCATION, "2020-06-17T10:00"), undone(7, 11)
    )
    assert (found.standing, found.first_received_at) == (Standing.RECEIVED, at("2020-06-17T10:00"))


# ---- the reason in words


def test_what_was_returned_and_what_is_missing_are_told_apart() -> None:
    found = stand(
        act(RECEIVED, EDUCATION, "2020-06-16T10:00", 7),
        act(RETURNED, EDUCATION, "2020-06-17T10:00", 7, reason="缺少完成数"),
    )
    assert found.reason == "第7项已退回：缺少完成数；第11项未报"


def test_items_returned_for_one_reason_are_told_together_and_others_apart() -> None:
    whole = act(RECEIVED, EDUCATION, "2020-06-16T10:00")
    together = act(RETURNED, EDUCATION, "2020-06-17T10:00", 7, 11, reason="缺少完成数")
    later = act(RETURNED, EDUCATION, "2020-06-18T10:00", 11)
    assert stand(whole, together).reason == "第7、11项已退回：缺少完成数"
    assert stand(whole, together, later).reason == "第7项已退回：缺少完成数；第11项已退回"


def test_reports_in_parts_are_complete_on_the_day_of_the_last_one() -> None:
    found = stand(act(RECEIVED, EDUCATION, "2020-06-16T10:00", 7), act(RECEIVED, EDUCATION, "2020-06-19T10:00", 11))
    assert found.reason == "6月19日收齐，待核"


def test_a_correction_of_reports_in_parts_is_what_waits_to_be_checked() -> None:
    parts = (act(RECEIVED, EDUCATION, "2020-06-16T10:00", 7), act(RECEIVED, EDUCATION, "2020-06-17T10:00", 11))
    assert stand(*parts, act(RECEIVED, EDUCATION, "2020-06-18T10:00")).reason == "6月18日收到，待核"


def test_a_part_that_is_accepted_does_not_say_when_the_other_came() -> None:
    found = stand(
        act(RECEIVED, EDUCATION, "2020-06-16T10:00"),
        act(ACCEPTED, EDUCATION, "2020-06-19T10:00", 7),
    )
    assert found.reason == "6月16日收到，待核"


@pytest.mark.parametrize(
    ("drafts", "now", "reason"),
    [
        (
            [act(EXTENDED, EDUCATION, "2020-06-16T10:00", until="2020-07-15")],
            "2020-07-02T09:00",
            "延期至7月15日，尚未收到",
        ),
        (
            [act(EXTENDED, EDUCATION, "2020-06-16T10:00", until="2020-07-15")],
            "2020-07-16T09:00",
            "延期至7月15日，已过报送时限，尚未收到",
        ),
        (
            [act(EXTENDED, EDUCATION, "2020-06-16T10:00", until="2021-01-15")],
            "2020-07-16T09:00",
            "延期至2021年1月15日，尚未收到",
        ),
        ([act(EXTENDED, EDUCATION, "2020-06-16T10:00", 7, until="2020-07-15")], "2020-06-20T09:00", "尚未收到"),
        (
            [
                act(EXTENDED, EDUCATION, "2020-06-16T10:00", 11, until="2020-07-15"),
                act(RECEIVED, EDUCATION, "2020-06-17T10:00", 7),
            ],
            "2020-07-02T09:00",
            "延期至7月15日，第11项尚未收到",
        ),
    ],
)
def test_an_extension_is_told_where_all_that_is_missing_has_it(drafts: list[Draft], now: str, reason: str) -> None:
    assert stand(*drafts, now=now).reason == reason


def test_an_extension_is_undone_by_one_to_the_printed_day() -> None:
    found = stand(
        act(EXTENDED, EDUCATION, "2020-06-16T10:00", until="2020-07-15"),
        act(EXTENDED, EDUCATION, "2020-06-17T10:00", until="2020-06-30"),
        now="2020-07-02T09:00",
    )
    assert (found.reason, found.on_time) == ("已过报送时限，尚未收到", False)

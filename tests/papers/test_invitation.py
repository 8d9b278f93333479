"""The calendar invitation, read back as a calendar program reads it."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from icalendar import Calendar

from cuibao.papers.invitation import invitation
from cuibao.papers.letter import LetterFacts, OfficeFacts
from cuibao.rules.office import Notice
from cuibao.rules.period import Period
from cuibao.rules.registry import Comparison, Item, Target
from cuibao.rules.workdays import CHINA

AT = datetime(2020, 6, 15, 9, 0, tzinfo=CHINA)


def letter(unit: str = "市教育局", last_day: date = date(2020, 6, 30)) -> LetterFacts:
    targets = (Target("幼儿资助", Comparison.AT_LEAST, Decimal(2276), "人次"),)
    return LetterFacts(
        office=OfficeFacts("芜湖市民生工作领导小组办公室", "市民生办", "", "", "whsmsb@163.com"),
        notice=Notice("民生办〔2020〕5号", 2020, "2020年全市民生工作要点"),
        unit=unit,
        period=Period("2020Q2", "第二季度", date(2020, 6, 30)),
        last_day=last_day,
        today=date(2020, 6, 15),
        token="MS-7K2M9QXD4T",
        lead=(Item(7, "二", "推进学前教育促进工程", ("市教育局",), targets=targets),),
        days_left=10,
    )


@pytest.fixture
def event():
    return Calendar.from_ical(invitation(letter(), AT)).walk("VEVENT")[0]


def test_it_is_published_and_asks_nobody_to_accept():
    calendar = Calendar.from_ical(invitation(letter(), AT))
    assert (calendar["method"], calendar["version"]) == ("PUBLISH", "2.0")


def test_it_lasts_the_whole_last_day(event):
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (date(2020, 6, 30), date(2020, 7, 1))


def test_an_extended_deadline_is_the_day_that_it_names():
    moved = Calendar.from_ical(invitation(letter(last_day=date(2020, 7, 7)), AT)).walk("VEVENT")[0]
    assert moved.decoded("dtstart") == date(2020, 7, 7)


def test_it_is_known_by_the_letters_token(event):
    assert event["uid"] == "ms-7k2m9qxd4t@163.com"


def test_it_is_stamped_with_the_letters_time(event):
    assert event.decoded("dtstamp") == AT


def test_it_names_unit_items_and_where_to_report(event):
    assert event["summary"] == "报送民生工作要点第二季度完成情况（市教育局）"
    assert all(words in event["description"] for words in ("6月30日前（含当日）", "whsmsb@163.com", "牵头事项：第7项"))


def test_it_rings_at_nine_three_days_and_one_day_before():
    alarms = Calendar.from_ical(invitation(letter(), AT)).walk("VALARM")
    rings = [datetime(2020, 6, 30, tzinfo=CHINA) + alarm.decoded("trigger") for alarm in alarms]
    assert rings == [datetime(2020, 6, day, 9, tzinfo=CHINA) for day in (27, 29)]
    assert all(alarm.decoded("trigger") < timedelta() for alarm in alarms)


def test_every_line_ends_in_crlf_and_is_short_enough():
    raw = invitation(letter(), AT)
    assert raw.endswith(b"\r\n")
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert max(map(len, raw.split(b"\r\n"))) <= 75


def test_a_newline_in_a_unit_name_adds_no_property():
    raw = invitation(letter("市教育局\r\nATTENDEE:mailto:x@y.z"), AT)
    assert not any(line.startswith(b"ATTENDEE") for line in raw.split(b"\r\n"))


def test_the_same_letter_gives_the_same_bytes():
    assert invitation(letter(), AT) == invitation(letter(), AT)

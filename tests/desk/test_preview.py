"""Previews: every template filled in with what is known now, and nothing kept or sent."""

from dataclasses import replace

import pytest
from doubles import desk
from world import EDUCATION, PERIODS, STAGES, act, at, office, with_unit

from cuibao.desk.preview import preview, purposes
from cuibao.rules.entries import Draft, Kind
from cuibao.rules.outcomes import CuibaoError
from cuibao.rules.period import Stage

NOW = at("2020-06-12T10:00")
ALL = ("first", "second", "urge", "due", "overdue", "final", "send_back", "receipt", "digest", "alarm")


def test_every_stage_with_a_template_and_every_other_letter_can_be_seen() -> None:
    assert purposes(desk()) == ALL


@pytest.mark.parametrize("purpose", ALL)
@pytest.mark.parametrize("period", PERIODS)
def test_each_is_written_whatever_the_quarter_and_nothing_is_kept(purpose: str, period: object) -> None:
    book = desk()
    words = preview(book, purpose, EDUCATION, period, NOW)  # type: ignore[arg-type]
    assert words.subject
    assert words.text.strip()
    assert words.html
    assert (book.ledger.entries(), book.letters.files) == ([], {})  # type: ignore[attr-defined]


def test_a_stage_to_come_is_dated_on_its_own_day() -> None:
    assert "2020年6月15日" in preview(desk(), "first", EDUCATION, PERIODS[0], NOW).text


def test_only_what_is_still_owed_is_named() -> None:
    book = desk()
    book.ledger.append([act(Kind.SUBMISSION_RECEIVED, EDUCATION, "2020-06-10T10:00", 7)])
    text = preview(book, "first", EDUCATION, PERIODS[0], NOW).text
    assert "资助困难学生" in text
    assert "新建幼儿园" not in text


def test_a_unit_that_owes_nothing_is_shown_the_letter_as_it_would_have_been() -> None:
    book = desk()
    book.ledger.append([act(Kind.SUBMISSION_RECEIVED, EDUCATION, "2020-06-10T10:00")])
    assert "新建幼儿园" in preview(book, "first", EDUCATION, PERIODS[0], NOW).text


def test_the_alarm_shows_what_is_open_and_else_an_example() -> None:
    book = desk()
    assert "（示例）" in preview(book, "alarm", EDUCATION, PERIODS[0], NOW).text
    book.ledger.append([Draft(Kind.ALARM_RAISED, NOW, data={"alarm": "disk", "key": "disk", "words": "磁盘将满"})])
    text = preview(book, "alarm", EDUCATION, PERIODS[0], NOW).text
    assert "磁盘将满" in text
    assert "（示例）" not in text


def test_a_template_that_fails_is_told_of() -> None:
    book = desk()
    broken = replace(book, templates={**book.templates, "mail/first.txt": "{{ nothing.at.all }}"})
    with pytest.raises(CuibaoError):
        preview(broken, "first", EDUCATION, PERIODS[0], NOW)


def test_a_stage_without_a_template_is_not_offered() -> None:
    assert purposes(desk(stages=(*STAGES, Stage("hurry", "加急", -1)))) == ALL


@pytest.mark.parametrize("purpose", ALL)
def test_a_unit_without_contacts_can_be_shown_each_letter_too(purpose: str) -> None:
    book = desk(registry=with_unit(office(), EDUCATION, contacts=()).registry)
    assert preview(book, purpose, EDUCATION, PERIODS[0], NOW).subject


def test_after_a_stages_own_day_its_letter_is_dated_today() -> None:
    assert "2020年6月17日" in preview(desk(), "first", EDUCATION, PERIODS[0], at("2020-06-17T10:00")).text

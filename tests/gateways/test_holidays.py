"""The table of working days and what an office lays over it."""

from datetime import date
from pathlib import Path

import pytest

from cuibao.gateways.holidays import load_workdays
from cuibao.rules.outcomes import ConfigError


def overrides(folder: Path, text: str) -> Path:
    path = folder / "holidays.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2020, 6, 25), False),
        (date(2020, 6, 28), True),
        (date(2020, 9, 27), True),
        (date(2020, 10, 8), False),
        (date(2020, 10, 9), True),
        (date(2021, 1, 1), False),
    ],
)
def test_2020_is_as_the_state_council_published_it(day: date, worked: bool) -> None:
    assert load_workdays([2020, 2021]).is_workday(day) is worked


def test_only_the_years_asked_for_are_taken() -> None:
    workdays = load_workdays([2020])
    assert workdays.published == {2020}
    assert {day.year for day in workdays.off | workdays.worked} == {2020}


def test_a_year_nobody_has_published_is_said_to_be_so(tmp_path: Path) -> None:
    assert load_workdays([2040], tmp_path / "holidays.yaml").unpublished([2040]) == (2040,)


def test_one_date_in_the_office_s_own_table_makes_its_year_published(tmp_path: Path) -> None:
    workdays = load_workdays([2040], overrides(tmp_path, "off: [2040-01-02]\nworked: [2040-01-07]\n"))
    assert workdays.published == {2040}
    assert not workdays.is_workday(date(2040, 1, 2))
    assert workdays.is_workday(date(2040, 1, 7))


def test_the_office_s_own_table_wins_over_the_library(tmp_path: Path) -> None:
    workdays = load_workdays([2020], overrides(tmp_path, "off: [2020-06-28]\nworked: [2020-06-27]\n"))
    assert not workdays.is_workday(date(2020, 6, 28))
    assert workdays.is_workday(date(2020, 6, 27))


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("off: [明天]", "off[0]"),
        ("of: [2040-01-02]", "of"),
        ("off: [2040-01-02]\nworked: [2040-01-02]", "off[0]"),
        ("off: [2040-01-02", "第1行"),
    ],
)
def test_a_mistake_names_its_place(tmp_path: Path, text: str, path: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_workdays([2040], overrides(tmp_path, text))
    assert [problem.path for problem in caught.value.problems] == [path]

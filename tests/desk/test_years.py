"""A year with faults drawn at random keeps its promises; bench/years.py lives ten of them with the shipped office."""

import pytest
from world import at, office
from year import FAULTS, Year


@pytest.mark.parametrize("seed", range(3))
def test_a_year_of_faults_breaks_no_promise(seed: int) -> None:
    year = Year(office(digest_to=("chen@office.example",)), seed)
    assert year.live() == []
    assert len(year.sent_to) > 30


@pytest.mark.parametrize("kind", FAULTS)
def test_each_fault_alone_breaks_no_promise(kind: str) -> None:
    assert Year(office(), 7, kinds=(kind,), end=at("2020-07-20T18:00")).live() == []

"""分领域 on the officers' page: counts by section, and the items of one light."""

import re
from pathlib import Path

import doubles
import pytest
from courses import figure, report
from office_page import Browser, House
from world import EDUCATION, HEALTH, at

from cuibao.gateways.ledger import JsonlLedger


@pytest.fixture
def house(tmp_path: Path) -> House:
    made = House(tmp_path)
    ledger = JsonlLedger(tmp_path / "2020.jsonl", mode="office")
    made.renewed(doubles.desk(made.post, ledger, progress=(("2020Q2", 50),)))
    made.now = at("2020-07-03T10:00")
    return made


def page_of(person: Browser, query: str = "") -> str:
    """What stands on the page, without its marks."""
    html = person.get(f"/sections?period=2020Q2{query}").text
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_sections_tell_who_reported_how_targets_stand_and_which_lights_are_on(house: House) -> None:
    house.desk.ledger.append([report(EDUCATION, figures=[figure("9")])])
    page = page_of(house.officer())
    assert "教育 2 1／1 — 正常 0，滞后 1，尚无 0 1 1 —" in page
    assert "社会保障 2 0／1 市医保局 — 2 — —" in page
    assert "合计 4 1／2 1 个单位 正常 0，滞后 1，尚无 0 3 1 —" in page
    assert "新建 9／25所 36% 进度滞后" in page
    assert "红 逾期未报 尚待报送：市医保局、市财政局" in page


def test_the_items_of_one_light_can_be_seen_alone(house: House) -> None:
    house.desk.ledger.append([report(EDUCATION, figures=[figure("9")])])
    officer = house.officer()
    assert "18．居民医保" in page_of(officer)
    yellow = page_of(officer, "&light=yellow")
    assert ("7．新建幼儿园" in yellow, "18．居民医保" in yellow) == (True, False)
    assert "没有“临近时限”的事项" in page_of(officer, "&light=blue")
    assert officer.get("/sections?light=green").status_code == 404


def test_the_page_follows_the_ledger(house: House) -> None:
    officer = house.officer()
    assert "社会保障 2 0／1 市医保局" in page_of(officer)
    house.desk.ledger.append([report(HEALTH)])
    assert "社会保障 2 1／1 —" in page_of(officer)


def test_the_two_views_of_a_quarter_lead_to_each_other(house: House) -> None:
    officer = house.officer()
    assert 'href="/sections?period=2020Q2"' in officer.get("/?period=2020Q2").text
    assert 'href="/?period=2020Q2"' in officer.get("/sections?period=2020Q2").text

"""The officers' page with a year before: its quarters are looked at and worked with, and what is done lands in its own ledger."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from urllib.parse import quote, unquote

import pytest
from doubles import mail
from office_page import House
from world import EDUCATION, act, at, office

from cuibao.desk import receive
from cuibao.front.console import mails
from cuibao.gateways.ledger import JsonlLedger
from cuibao.rules.entries import Kind
from cuibao.rules.office import Approval, Notice
from cuibao.rules.period import Period

NOW = at("2021-04-06T10:00")
NEW = office(notice=Notice("测民〔2021〕2号", 2021, "要点"), periods=(Period("2021Q2", "第二季度", date(2021, 6, 30)),))


@pytest.fixture
def house(tmp_path: Path) -> House:
    """In April 2021 the notice of 2021 is in force, and 2020 before it."""
    mails._read.clear()
    made = House(tmp_path, now=NOW)
    old = made.desk
    ledger = JsonlLedger(tmp_path / "2021.jsonl", mode="office")
    made.renewed(replace(old, office=NEW, ledger=ledger).with_years_before([(old.office, old.ledger)]))
    return made


def kinds(house: House, year: int) -> list[str]:
    """What a year's ledger says, read anew from its file."""
    entries = JsonlLedger(house.folder / f"{year}.jsonl", mode="office").entries()
    return [str(entry.kind) for entry in entries]


@pytest.mark.parametrize("path", ["/", "/matrix", "/sections"])
def test_the_older_years_quarters_are_one_step_away_and_back(house: House, path: str) -> None:
    officer = house.officer()
    assert f'href="{path}?period=2020Q4">2020年' in officer.get(path).text
    then = officer.get(f"{path}?period=2020Q4").text
    assert f'href="{path}?period=2021Q2">2021年' in then
    assert f'href="{path}?period=2020Q2"' in then
    assert "测民〔2020〕1号" in then
    assert officer.get(f"{path}?period=2019Q4").status_code == 404


def test_an_act_about_an_older_quarter_is_an_entry_of_its_year(house: House) -> None:
    officer = house.officer()
    page = officer.get("/?period=2020Q4").text
    assert "未报 3" in page
    form = {"act": "record", "period": "2020Q4", "reason": "电话报送"}
    answer = officer.post(f"/units/{EDUCATION}/acts", form)
    assert answer.status_code == 303
    assert officer.get(answer.headers["Location"]).status_code == 200
    assert kinds(house, 2020) == ["submission.received"]
    assert kinds(house, 2021) == []
    assert "未报 2" in officer.get("/?period=2020Q4").text


def test_a_mail_of_an_older_year_is_listed_shown_and_decided_there(house: House) -> None:
    house.post.arrive(mail("x@x.example", "2020年第四季度", "市教育局新建幼儿园3所。"), NOW)
    receive.poll(house.desk, NOW)
    (waiting,) = house.desk.earlier[0].book().triage()
    officer = house.officer()
    assert f"/triage/{waiting.sha256}" in officer.get("/triage").text
    shown = officer.get(f"/triage/{waiting.sha256}")
    assert '<option value="2020Q4"' in shown.text
    form = {"act": "settle", "kind": "submission", "unit": EDUCATION, "period": "2020Q4"}
    assert officer.post(f"/triage/{waiting.sha256}", form).status_code == 303
    assert "submission.received" in kinds(house, 2020)
    assert kinds(house, 2021) == []
    assert "没有待办来件" in officer.get("/triage").text


def test_a_mail_that_this_year_took_in_is_settled_for_an_older_quarter(house: House) -> None:
    house.post.arrive(mail("x@x.example", "完成情况", "市教育局新建幼儿园3所。"), NOW)
    receive.poll(house.desk, NOW)
    (waiting,) = house.desk.book().triage()
    officer = house.officer()
    page = officer.get(f"/triage/{waiting.sha256}").text
    assert '<option value="2021Q2">第二季度</option>' in page
    assert '<option value="2020Q4">2020年第四季度</option>' in page
    form = {"act": "settle", "kind": "submission", "unit": EDUCATION, "period": "2020Q4"}
    assert officer.post(f"/triage/{waiting.sha256}", form).status_code == 303
    assert "submission.received" in kinds(house, 2020)
    assert "submission.received" not in kinds(house, 2021)
    assert "没有待办来件" in officer.get("/triage").text
    assert "此信属2020年，已登记在该年台账中" in officer.get(f"/triage/{waiting.sha256}").text


def awaiting(house: House) -> None:
    """A letter of 2020 waits for approval: a unit has more time, and the stage before its new deadline has come."""
    years = [replace(one.office, approval=Approval.REQUIRED) for one in house.desk.years]
    old = house.desk.earlier[0].ledger
    old.append([act(Kind.OBLIGATION_EXTENDED, EDUCATION, "2020-12-29T09:00", period="2020Q4", reason="x", until="2021-04-08")])  # fmt: skip
    house.renewed(replace(house.desk, office=years[0], earlier=(), beside=()).with_years_before([(years[1], old)]))


def test_an_older_years_letters_that_wait_are_seen_and_let_go(house: House) -> None:
    awaiting(house)
    officer = house.officer()
    assert 'href="/waves#2020Q4-' in officer.get("/").text
    page = officer.get("/waves").text
    assert "2020年第四季度" in page
    assert EDUCATION in page
    path = page.split('action="/waves/')[1].split('"')[0]
    assert path.startswith("2020Q4/")
    code = page.split('name="code" value="')[1][:6]
    answer = officer.post(f"/waves/{path}", {"act": "approve", "reason": "已核对", "code": code})
    assert answer.status_code == 303
    assert kinds(house, 2020)[-1] == "wave.approved"
    assert kinds(house, 2021) == []
    assert "已批准2020年第四季度" in officer.get("/waves").text


def test_an_older_years_documents_are_made(house: House) -> None:
    officer = house.officer()
    assert 'href="/documents?period=2020Q4">2020年' in officer.get("/documents").text
    page = officer.get("/documents?period=2020Q4").text
    first = page.split('href="/documents/2020Q4/')[1].split('"')[0]
    assert officer.get(f"/documents/2020Q4/{first}").status_code == 200


def test_an_older_years_ledger_is_one_step_away_searched_and_taken_out(house: House) -> None:
    house.desk.earlier[0].ledger.append([act(Kind.OBLIGATION_EXEMPTED, EDUCATION, "2020-12-01T09:00", period="2020Q4", reason="x")])  # fmt: skip
    officer = house.officer()
    now = officer.get("/ledger").text
    assert "没有符合条件的记录" in now
    assert 'href="/ledger?year=2020">2020年' in now
    then = officer.get("/ledger?year=2020").text
    assert 'href="/ledger?year=2021">2021年' in then
    assert f"/units/{quote(EDUCATION)}?period=2020Q4" in then
    assert '<input type="hidden" name="year" value="2020">' in then
    assert '<option value="2020Q4">' in then
    found = "共 1 条"
    assert found in then
    assert found in officer.get("/ledger?year=2020&period=2020Q4&kind=obligation.exempted").text
    assert "没有符合条件的记录" in officer.get("/ledger?year=2020&period=2020Q2").text
    sheet = officer.get("/ledger.xlsx?year=2020")
    assert "2020" in unquote(sheet.headers["Content-Disposition"]).split("filename")[-1]
    assert officer.get("/ledger?year=2019").status_code == 404


def test_a_ledger_shows_no_years_where_there_is_one(tmp_path: Path) -> None:
    assert "year=" not in House(tmp_path).officer().get("/ledger").text

"""The figures of a form beside the mail that brought it, and an officer who sets one there."""

import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import doubles
import pytest
from office_page import Browser, House
from returned import OpenRoom, form_of
from world import EDUCATION, at, kept

from cuibao.desk import remind
from cuibao.front.console import mails
from cuibao.gateways.ledger import JsonlLedger
from cuibao.rules.entries import Draft, Kind
from cuibao.rules.progress import Figure, Written
from cuibao.rules.verdict import Confidence, MailKind, Verdict, verdict_to_doc

EVIL = "<script>alert(1)</script>"
NINE = Figure(7, "新建", Decimal(9), "所")


@pytest.fixture
def house(tmp_path: Path) -> House:
    mails._read.clear()
    made = House(tmp_path)
    desk = doubles.desk(made.post, JsonlLedger(tmp_path / "2020.jsonl", mode="office"), progress=(("2020Q2", 50),))
    made.renewed(replace(desk, reading_room=OpenRoom()))
    made.remind()
    return made


@pytest.fixture
def officer(house: House) -> Browser:
    return house.officer()


def text(person: Browser, path: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", person.get(path).text).split())


def test_a_figure_that_was_taken_stands_as_written_and_as_read(house: House, officer: Browser) -> None:
    mail = house.comes(form_of(house.desk, 新建="９所"))
    page = text(officer, f"/triage/{mail}")
    assert "7．新建幼儿园 新建不少于25所 ９所 9 所 — 已采用" in page
    assert "7．新建幼儿园 按计划推进 — —" in page


def test_a_figure_that_was_not_taken_says_why_and_can_be_set_beside_the_mail(house: House, officer: Browser) -> None:
    mail = house.comes(form_of(house.desk, 新建="约9"))
    where = f"/triage/{mail}"
    assert "约9 — — 未采用 不是确数" in text(officer, where)
    form = {
        "mail": mail,
        "unit": EDUCATION,
        "period": "2020Q2",
        "indicator": "新建",
        "value": "9",
        "reason": "电话核实",
    }
    assert officer.post("/items/7/figures", form).headers["Location"].endswith(where)
    assert "约9 — — 未采用 不是确数 现为 9所（陈某登记：电话核实）" in text(officer, where)


def test_a_form_whose_unit_is_in_doubt_waits_with_its_figures(house: House, officer: Browser) -> None:
    mail = house.comes(form_of(house.desk, sender="ybj@med.example", 新建=9))
    assert "单位和季度定下后读取其中的完成数" in text(officer, f"/triage/{mail}")
    officer.post(f"/triage/{mail}", {"act": "settle", "kind": "submission", "unit": EDUCATION, "period": "2020Q2"})
    assert "新建不少于25所 9 9 所 — 已采用" in text(officer, f"/triage/{mail}")


def test_the_queue_says_how_many_figures_were_read_and_the_page_that_they_wait(house: House, officer: Browser) -> None:
    said = (Written(7, "改建", "约5", "不是确数"), Written(None, EVIL, EVIL, "对不上事项"))
    guess = Verdict(MailKind.SUBMISSION, Confidence.PROBABLE, EDUCATION, "2020Q2", figures=(NINE,), written=said)
    data = {"sha256": "a" * 64, "verdict": verdict_to_doc(guess)}
    came = [kept("a" * 64, "2020-06-16T09:00"), Draft(Kind.MAIL_JUDGED, house.now, "2020Q2", EDUCATION, data=data)]
    house.desk.ledger.append(came)
    assert "读出 1 个 另 2 个有疑问" in text(officer, "/triage")
    page = text(officer, f"/triage/{'a' * 64}")
    assert "9 9 所 — 待办理" in page
    assert "办理为报送后采用" in page
    assert "登记完成数" not in page
    assert "<script>alert" not in officer.get(f"/triage/{'a' * 64}").text


def test_a_leader_sees_the_figures_and_no_form_to_set_them(house: House) -> None:
    mail = house.comes(form_of(house.desk, 新建=9))
    page = house.leader().get(f"/triage/{mail}").text
    assert "表中完成数" in page
    assert "/figures" not in page


def test_a_mail_without_a_form_has_no_table_of_figures(house: House, officer: Browser) -> None:
    assert "表中完成数" not in text(officer, f"/triage/{house.question()}")


def test_a_form_with_an_altered_token_shows_its_figures_as_not_taken(house: House, officer: Browser) -> None:
    mail = house.comes(form_of(house.desk, token="MS-7K2M9QXD4A", 新建=9))
    page = text(officer, f"/triage/{mail}")
    assert "9 — — 未采用 所在表的标识与我办发件不符" in page
    officer.post(f"/triage/{mail}", {"act": "guess"})
    assert "9 — — 未采用 所在表的标识与我办发件不符" in text(officer, f"/triage/{mail}")
    assert house.desk.book().reported.figure(EDUCATION, "2020Q2", 7, "新建") is None


def old_form(house: House) -> str:
    """The form of the second quarter, in which 9 stood and 17 does now, comes in answer to the letter of the third."""
    house.comes(form_of(house.desk, 新建=9))
    house.now = at("2020-09-17T10:00")
    remind.write(house.desk, at("2020-09-17T09:00"))
    return house.comes(form_of(house.desk, answering="2020Q3", 新建=17).replace(b"<f@", b"<g@"))


def test_an_old_form_is_shown_with_what_stands_for_each_quarter_and_no_button_takes_its_guess(
    house: House, officer: Browser
) -> None:
    mail = old_form(house)
    page = text(officer, f"/triage/{mail}")
    assert "附件为第二季度的完成情况表，所复发件为第三季度的函，不能确定填报的是哪个季度" in page
    assert "完成情况表的季度：第二季度" in page
    assert "所复函件的季度：第三季度" in page
    assert "17 — — 待办理 第二季度已登记 9所" in page
    assert "照推断办理" not in page
    assert "2020Q" not in page
    assert "读出 1 个 季度待定" in text(officer, "/triage")


@pytest.mark.parametrize(("tick", "count"), [({}, 0), ({"adopt": "1"}, 1)])
def test_an_officer_ticks_that_an_old_form_holds_this_quarters_figures(
    house: House, officer: Browser, tick: dict[str, str], count: int
) -> None:
    mail = old_form(house)
    assert 'name="adopt" value="1">' in officer.get(f"/triage/{mail}").text
    form = {"act": "settle", "kind": "submission", "unit": EDUCATION, "period": "2020Q3"}
    officer.post(f"/triage/{mail}", {**form, **tick})
    assert len(house.desk.book().mails[mail].verdict.figures) == count  # type: ignore[union-attr]
    assert ("内容按本季度登记" in text(officer, f"/units/{EDUCATION}?period=2020Q3")) is bool(count)


def test_the_tick_is_for_reports_only(house: House, officer: Browser) -> None:
    mail = old_form(house)
    officer.post(f"/triage/{mail}", {"act": "settle", "kind": "question", "adopt": "1"})
    assert house.desk.book().mails[mail].settled


def test_the_button_for_the_guess_names_the_quarter_and_the_figure_that_it_would_replace(
    house: House, officer: Browser
) -> None:
    house.comes(form_of(house.desk, 新建=9))
    raw = form_of(house.desk, 新建=17).replace(b"<f@", b"<g@")
    mail = house.comes(re.sub(rb"(?m)^Subject:.*$", "Subject: 第三季度完成情况".encode(), raw))
    page = text(officer, f"/triage/{mail}")
    assert "照推断办理：报送，市教育局，第二季度" in page
    assert "17 17 所 — 待办理 现为 9所" in page

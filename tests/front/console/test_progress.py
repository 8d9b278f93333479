"""Figures against targets on the pages of items and units, and an officer who sets one."""

import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import doubles
import pytest
from courses import figure, later, refused, report, words
from office_page import OFFICER, Browser, House
from world import EDUCATION, FINANCE, HEALTH, ITEMS, REGISTRY, Log, act, at, office

from cuibao.gateways.ledger import JsonlLedger
from cuibao.rules.entries import Draft, Kind
from cuibao.rules.office import Notice
from cuibao.rules.period import Period
from cuibao.rules.registry import Comparison, Item, Target

PROGRESS = (("2020Q2", 50), ("2020Q3", 75), ("2020Q4", 100))
SET = {"period": "2020Q2", "unit": EDUCATION, "indicator": "新建", "value": "12", "reason": "电话核实，张某"}
EVIL = "<script>alert(1)</script>\"'<img src=x onerror=alert(1)>"
ITEM, UNIT = "/items/7?period=2020Q2", f"/units/{EDUCATION}?period=2020Q2"


@pytest.fixture
def house(tmp_path: Path) -> House:
    made = House(tmp_path)
    made.renewed(doubles.desk(made.post, JsonlLedger(tmp_path / "2020.jsonl", mode="office"), progress=PROGRESS))
    made.now = at("2020-07-03T10:00")
    return made


@pytest.fixture
def officer(house: House) -> Browser:
    return house.officer()


def told(house: House, *drafts: Draft) -> None:
    house.desk.ledger.append(list(drafts))


def text(page: str) -> str:
    """What stands on the page, without its marks."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def with_leads(house: House, *lead: str) -> None:
    with_first_item(house, replace(ITEMS[0], lead=lead))


def with_targets(house: House, *targets: Target) -> None:
    with_first_item(house, replace(ITEMS[0], targets=targets))


def with_first_item(house: House, item: Item) -> None:
    items = (item, *ITEMS[1:])
    made = doubles.desk(house.post, house.desk.ledger, progress=PROGRESS, registry=replace(REGISTRY, items=items))
    house.renewed(made)


def test_an_item_shows_its_figure_against_target_and_time(house: House, officer: Browser) -> None:
    told(house, report(EDUCATION, figures=[figure("9")]))
    page = officer.get(ITEM).text
    assert "新建不少于25所 市教育局 9 所 36% 50% 黄 进度滞后" in text(page)
    assert 'aria-label="新建不少于25所；第二季度累计完成9所，完成率36%，序时进度50%，进度滞后"' in page


def test_next_to_nothing_is_not_shown_as_nothing(house: House, officer: Browser) -> None:
    told(house, report(EDUCATION, figures=[figure("0.01")]))
    page = officer.get(ITEM).text
    assert "0.01 所 不足0.1% 50% 黄 进度滞后" in text(page)
    assert "完成率不足0.1%，序时进度50%" in page
    assert "0.01／25所 不足0.1% 进度滞后" in text(officer.get("/sections?period=2020Q2").text)


def test_what_is_in_time_has_no_light_and_says_so(house: House, officer: Browser) -> None:
    told(house, report(EDUCATION, 7, figures=[figure("13")]), report(EDUCATION, 11))
    for page in (officer.get(ITEM).text, officer.get(UNIT).text):
        assert "13 所 52% 50% 正常推进" in text(page)
        assert 'class="lamp' not in page


@pytest.mark.parametrize(
    ("now", "words"),
    [("2020-07-03T10:00", "红 逾期未报"), ("2020-06-29T10:00", "蓝 临近时限"), ("2020-06-15T10:00", "未报")],
)
def test_without_a_figure_the_page_says_why_and_draws_target_and_slope(house: House, now: str, words: str) -> None:
    house.now = at(now)
    page = house.officer().get(ITEM).text
    assert f"— — 50% {words}" in text(page)
    assert "尚无完成数" in page
    assert 'class="due"' in page


def test_who_reported_without_its_figure_is_asked_for_the_figure(house: House, officer: Browser) -> None:
    told(house, report(EDUCATION))
    assert "— — 50% 未填完成数" in text(officer.get(ITEM).text)


def test_who_filled_in_a_figure_that_was_not_taken_is_not_said_to_have_left_it_out(
    house: House, officer: Browser
) -> None:
    told(house, report(EDUCATION, refused=[refused("约9")], sha256="ab"))
    for page in (officer.get(ITEM).text, officer.get(UNIT).text):
        assert "— — 50% 填报数待核实 填写“约9”，不是确数 6月20日 09:00 看来件" in text(page)
        assert "未填完成数" not in page
        assert "第二季度填报数待核实（填写“约9”，不是确数）" in page
    assert "—／25所 填报数待核实" in text(officer.get("/sections?period=2020Q2").text)


def test_a_later_figure_that_was_not_taken_stands_beside_the_one_that_holds(house: House, officer: Browser) -> None:
    told(house, report(EDUCATION, figures=[figure("13")]), report(EDUCATION, refused=[refused("约9")]))
    page = officer.get(ITEM).text
    assert "13 所 52% 50% 正常推进 填报数待核实 填写“约9”，不是确数" in text(page)
    assert "完成率52%，序时进度50%，正常推进，填报数待核实（填写“约9”，不是确数）" in page


def test_figures_that_were_not_taken_wait_for_the_officer(house: House, officer: Browser) -> None:
    told(house, report(EDUCATION, refused=[refused("约9")]))
    assert "填报数待核实 1 个 第7项新建 （市教育局，第二季度）：填写“约9”，不是确数" in text(officer.get("/").text)
    told(house, later("13"))
    assert "填报数待核实" not in officer.get("/").text


def test_many_figures_that_were_not_taken_are_counted(house: House, officer: Browser) -> None:
    with_targets(house, *(replace(ITEMS[0].targets[0], indicator=f"指标{number}") for number in range(8)))
    told(house, report(EDUCATION, refused=[refused("约9", indicator=f"指标{number}") for number in range(8)]))
    page = text(officer.get("/").text)
    assert "填报数待核实 8 个" in page
    assert "指标5 （市教育局，第二季度）：填写“约9”，不是确数 等" in page


def test_a_share_has_neither_a_percentage_nor_a_part_that_is_due(house: House, officer: Browser) -> None:
    share = replace(ITEMS[0].targets[0], indicator="参保率", value=Decimal(98), measure="%")
    with_targets(house, share)
    told(house, report(EDUCATION, figures=[figure("95", indicator="参保率", measure="%")]))
    assert "参保率不低于98% 市教育局 95 % — — 未达目标" in text(officer.get(ITEM).text)
    assert "95／98% 未达目标" in text(officer.get("/sections?period=2020Q2").text)


def test_a_share_that_is_far_from_its_target_says_how_far(house: House, officer: Browser) -> None:
    share = replace(ITEMS[0].targets[0], indicator="参保率", value=Decimal(98), measure="%")
    with_targets(house, share)
    told(house, report(EDUCATION, figures=[figure("40", indicator="参保率", measure="%")]))
    page = officer.get(ITEM).text
    assert "40 % — — 黄 进度滞后 不足年度目标的50%" in text(page)
    assert "第二季度达到40%，不足年度目标的50%，进度滞后" in page


def test_a_limit_of_none_at_all_is_passed_by_one(house: House, officer: Browser) -> None:
    none = replace(ITEMS[0].targets[0], indicator="事故", value=Decimal(0), comparison=Comparison.EQUAL, measure="起")
    with_targets(house, none)
    told(house, report(EDUCATION, figures=[figure("3", indicator="事故", measure="起")]))
    page = officer.get(ITEM).text
    assert "3 起 — — 黄 进度滞后 超过上限" in text(page)
    assert "第二季度为3起，超过上限" in page


def test_what_was_sent_back_is_shown_as_such_and_lights_nothing(house: House, officer: Browser) -> None:
    house.now = at("2020-06-21T10:00")
    back = act(Kind.SUBMISSION_SENT_BACK, EDUCATION, "2020-06-21T09:00", reason="请核实")
    told(house, report(EDUCATION, figures=[figure("9")], words=[words(7, "已开工9所")]), back)
    page = text(officer.get(ITEM).text)
    assert "9 所 — 50% 已退回" in page
    assert "进展情况 已开工9所 已退回" in page
    assert "9／25所 已退回" in text(officer.get("/sections?period=2020Q2").text)


def test_two_leads_have_their_own_figures(house: House, officer: Browser) -> None:
    with_leads(house, EDUCATION, HEALTH)
    told(house, report(EDUCATION, figures=[figure("9")]), report(HEALTH, figures=[figure("14")]))
    page = text(officer.get(ITEM).text)
    assert "市教育局 9 所 36% 50% 黄 进度滞后" in page
    assert "市医保局 14 所 56% 50% 正常推进" in page


def test_an_item_whose_leads_are_not_named_yet_shows_its_target_alone(house: House, officer: Browser) -> None:
    with_leads(house, "市大病保险成员单位")
    assert "新建不少于25所 — — — — 未填完成数" in text(officer.get(ITEM).text)


def test_the_figure_of_an_earlier_quarter_is_shown_as_such(house: House, officer: Browser) -> None:
    told(house, report(EDUCATION, figures=[figure("9")]))
    assert "9 所 第二季度数 36% 75% 未报" in text(officer.get("/items/7?period=2020Q3").text)
    told(house, act(Kind.SUBMISSION_SENT_BACK, EDUCATION, "2020-06-21T09:00", reason="请核实"))
    assert "9 所 第二季度数，已退回 — 75% 未报" in text(officer.get("/items/7?period=2020Q3").text)


def test_the_words_of_a_quarter_stand_open_and_earlier_ones_behind_a_fold(house: House, officer: Browser) -> None:
    told(house, report(EDUCATION, words=[words(7, "已开工9所") | {"problems": "征迁慢", "next_steps": "加快<推进>"}]))
    page = officer.get(ITEM).text
    assert "进展情况 已开工9所 存在问题 征迁慢 下一步打算 加快&lt;推进&gt;" in text(page)
    later = officer.get("/items/7?period=2020Q3").text
    assert "第三季度尚未填报" in later
    assert "<summary>第二季度</summary>" in later
    assert "尚未收到进展情况" in officer.get("/items/18").text


def test_a_unit_shows_its_targets_and_its_lights(house: House, officer: Browser) -> None:
    told(house, report(EDUCATION, 7, figures=[figure("9")]))
    page = officer.get(UNIT).text
    assert "7．新建幼儿园 新建不少于25所 9 所 36% 50% 黄 进度滞后" in text(page)
    assert text(page).count("逾期未报") == 2  # of the unit as a whole, and of item 11


def test_a_unit_without_targets_has_no_table_of_them(officer: Browser) -> None:
    assert "目标与进度" not in officer.get(f"/units/{FINANCE}").text


def test_last_years_figure_stands_beside(house: House, officer: Browser) -> None:
    period = Period("2019Q2", "第二季度", at("2019-06-30T00:00").date())
    old, ledger = office(notice=Notice("测民〔2019〕1号", 2019, "要点"), periods=(period,)), Log()
    ledger.append([replace(report(EDUCATION, figures=[figure("8", 3)]), period="2019Q2")])
    house.renewed(house.desk.with_years_before([(old, ledger)]))
    page = officer.get(ITEM).text
    assert "第二季度的上年同期8所" in page
    assert '<i class="before"></i>上年同期' in page
    assert '<td class="n">8所</td>' in page


def test_nothing_that_a_unit_or_an_officer_wrote_becomes_a_part_of_the_page(house: House, officer: Browser) -> None:
    told(
        house, report(EDUCATION, figures=[figure("9")], words=[words(7, EVIL) | {"problems": EVIL, "next_steps": EVIL}])
    )
    officer.post("/items/7/figures", SET | {"reason": EVIL})
    for path in (ITEM, UNIT, "/sections?period=2020Q2"):
        assert "<script>alert" not in officer.get(path).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in officer.get(ITEM).text


# ---- an officer sets a figure


def test_a_figure_is_set_with_reason_and_name_and_the_old_one_struck_through(house: House, officer: Browser) -> None:
    told(house, report(EDUCATION, figures=[figure("9")]))
    assert officer.post("/items/7/figures", SET).headers["Location"].endswith(ITEM)
    entry = house.entries()[-1]
    assert (entry.kind, entry.actor, entry.data["value"], entry.data["reason"]) == (
        "figure.set",
        OFFICER,
        "12",
        SET["reason"],
    )
    page = officer.get(ITEM).text
    assert "市教育局第二季度：已登记第7项“新建”完成数12所" in page
    assert re.search(r"<del [^>]*>9</del> <b>12</b>所", page)
    assert "第7项“新建”第二季度完成数由9所更正为12所：电话核实，张某" in page
    assert f"{OFFICER}登记：电话核实，张某" in page
    assert "原数9所" in page
    assert re.search(r"<del [^>]*>9</del>", officer.get(UNIT).text)


def test_the_same_reported_again_strikes_nothing_through(house: House, officer: Browser) -> None:
    told(house, report(EDUCATION, figures=[figure("9")]), report(EDUCATION, figures=[figure("9")]))
    assert "<del" not in officer.get(ITEM).text


def test_a_figure_set_beside_a_mail_leads_back_to_it(house: House, officer: Browser) -> None:
    mail = house.question()
    assert officer.post("/items/7/figures", SET | {"mail": mail}).headers["Location"].endswith(f"/triage/{mail}")
    assert house.entries()[-1].kind == "figure.set"


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        ({"value": "约12"}, 400, "不是确数"),
        ({"value": "  "}, 400, "没有填写完成数"),
        ({"reason": ""}, 400, "没有填写理由"),
        ({"unit": ""}, 400, "没有选择填报单位"),
        ({"unit": "市没有的局"}, 404, ""),
        ({"unit": HEALTH}, 400, "不是市医保局的事项"),
        ({"indicator": "改建"}, 400, "没有名为“改建”的指标"),
        ({"period": "2020Q9"}, 400, "没有编号为“2020Q9”的季度"),
        ({"mail": "0" * 64}, 404, ""),
    ],
)
def test_what_cannot_be_set_is_told_and_nothing_written(
    house: House, officer: Browser, change: dict[str, Any], status: int, words: str
) -> None:
    answer = officer.post("/items/7/figures", SET | change)
    assert (answer.status_code, words in answer.text, house.entries()) == (status, True, [])


def test_a_leader_and_a_page_without_its_token_set_nothing(house: House, officer: Browser) -> None:
    assert house.leader().post("/items/7/figures", SET).status_code == 403
    assert "登记或更正完成数" not in house.leader().get(ITEM).text
    officer.token = ""
    assert officer.post("/items/7/figures", SET).status_code == 400
    assert house.entries() == []

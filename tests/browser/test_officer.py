"""An officer's day in a real browser: what is read, and what a click does to the ledger."""

import io
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from cuibao.desk.report import standings
from cuibao.front.house import ROOT
from cuibao.rules.entries import Kind
from cuibao.rules.standing import Standing
from cuibao.rules.verdict import MailKind
from tests.browser.conftest import Open
from tests.browser.office import LEADER, MORNING, OFFICER, Served, log_in
from tests.browser.watched import watched


def report_of_a_stranger() -> EmailMessage:
    """A report from an address that nobody knows: the guess names no unit."""
    message = EmailMessage()
    message["From"], message["To"] = "某人 <moren@someone.example>", "whsmsb@163.com"
    message["Subject"] = "二季度民生工作完成情况报送"
    message["Message-ID"], message["Date"] = "<1@someone.example>", "Mon, 29 Jun 2020 09:00:00 +0800"
    message.set_content("现将我单位第二季度完成情况报送如下：新建幼儿园12所，完成年度任务的60%。")
    return message


def kinds(site: Served) -> list[Kind]:
    return [entry.kind for entry in site.desk.ledger.entries()]


# ---- in


def test_a_wrong_password_is_told_and_the_right_one_opens_the_overview(chromium: Any, calm: Served) -> None:
    with watched(chromium, calm.address) as page:
        page.goto(calm.address)
        log_in(page, OFFICER, "bu-dui-de-mima")
        assert page.get_by_role("alert").inner_text() == "姓名或密码不正确。"
        # The refusal's own status, which Chromium writes to its console, is the one that is meant here.
        page.wrong[:] = [one for one in page.wrong if "401" not in one]
        log_in(page, OFFICER)
        assert page.get_by_role("heading", level=1).inner_text() == "第二季度报送情况"


def test_a_leader_sees_the_mail_and_no_button_to_settle_it(chromium: Any, calm: Served) -> None:
    with watched(chromium, calm.address) as page:
        page.goto(calm.address)
        log_in(page, LEADER)
        page.get_by_role("link", name="来件待判定").click()
        page.get_by_role("heading", name="程序的推断").wait_for()
        assert page.locator("main button").count() == 0


# ---- looking


def test_the_overview_says_what_the_standings_say(calm: Served, look: Open) -> None:
    found = standings(calm.desk, calm.desk.period("2020Q2"), MORNING)
    reported = sum(one.standing in (Standing.RECEIVED, Standing.ACCEPTED) for one in found)
    page = look(calm)
    units = page.locator(".figure").nth(1).locator("b").inner_text()
    assert units.split("／")[0].strip() == str(reported)
    assert page.locator("table .tag").count() == len(found)
    missing = sum(one.standing is Standing.MISSING for one in found)
    assert page.locator("table .tag.s-missing").count() == missing


def test_two_clicks_lead_from_a_units_standing_to_the_mail_that_caused_it(calm: Served, look: Open) -> None:
    page = look(calm)
    page.get_by_role("link", name="市教育局", exact=True).click()
    page.get_by_role("link", name="看来件").first.click()
    assert page.get_by_role("region", name="来件内容").or_(page.locator("section.letter")).first.is_visible()


def test_another_quarter_is_one_click_away(calm: Served, look: Open) -> None:
    page = look(calm)
    page.get_by_role("link", name="第三季度").click()
    assert page.get_by_role("heading", level=1).inner_text() == "第三季度报送情况"


def test_the_items_of_one_light_are_two_clicks_away(calm: Served, look: Open) -> None:
    page = look(calm)
    page.get_by_role("link", name="按领域").click()
    page.get_by_role("navigation", name="按亮灯筛选").get_by_role("link", name="进度滞后").click()
    items, behind = page.locator(".by-item tbody tr"), page.locator(".by-item tbody tr .l-yellow")
    assert items.count() == behind.count() > 0


# ---- triage


def test_one_click_settles_a_mail_as_guessed(site: Served, look: Open) -> None:
    first = site.desk.book().triage()[0]
    assert first.verdict is not None
    page = look(site, f"/triage/{first.sha256}")
    page.get_by_role("button", name="照推断办理").click()
    assert page.get_by_role("status").first.is_visible()
    settled = site.desk.book().mails[first.sha256]
    assert settled.settled
    assert settled.verdict
    assert settled.verdict.kind is first.verdict.kind
    assert site.desk.ledger.entries()[-1].actor == OFFICER


def test_a_mail_of_nobody_is_given_its_unit_quarter_and_items(site: Served, look: Open) -> None:
    mark = site.arrives(report_of_a_stranger())
    page = look(site, f"/triage/{mark}")
    page.get_by_label("报送", exact=True).check()
    page.locator("select[name=unit]").select_option("市残联")
    page.locator("select[name=period]").select_option("2020Q2")
    page.get_by_label("事项", exact=True).fill("24")
    page.get_by_label("登记 moren@someone.example").check()
    page.get_by_role("button", name="按以上办理").click()
    page.wait_for_load_state()
    received = [e for e in site.desk.ledger.entries() if e.kind is Kind.SUBMISSION_RECEIVED][-1]
    assert (received.unit, received.period, received.items) == ("市残联", "2020Q2", (24,))
    assert "moren@someone.example" in site.desk.book().learned["市残联"]


def test_a_report_is_sent_back_with_words(site: Served, look: Open) -> None:
    mark = site.arrives(report_of_a_stranger())
    page = look(site, f"/triage/{mark}")
    page.locator("select[name=unit]").select_option("市残联")
    page.locator("select[name=period]").select_option("2020Q2")
    page.get_by_text("作为报送收下并退回补正").click()
    page.get_by_label("退回说明").fill("第24项缺少累计完成数，请补报")
    page.get_by_role("button", name="退回补报").click()
    page.wait_for_load_state()
    back = [e for e in site.desk.ledger.entries() if e.kind is Kind.SUBMISSION_SENT_BACK][-1]
    assert (back.unit, back.actor) == ("市残联", OFFICER)
    assert back.data["reason"] == "第24项缺少累计完成数，请补报"


def test_after_the_last_mail_the_queue_says_that_it_is_empty(site: Served, look: Open) -> None:
    page = look(site, f"/triage/{site.desk.book().triage()[0].sha256}")
    for _ in site.desk.book().triage():
        page.get_by_label("与报送无关").check()
        page.get_by_role("button", name="按以上办理").click()
        page.wait_for_load_state()
    assert page.get_by_text("没有待办来件").is_visible()


def test_who_decides_second_is_told_who_was_first(site: Served, look: Open) -> None:
    mark = site.desk.book().triage()[0].sha256
    first, second = look(site, f"/triage/{mark}"), look(site, f"/triage/{mark}")
    first.get_by_role("button", name="照推断办理").click()
    first.wait_for_load_state()
    written = len(site.desk.ledger.entries())
    second.get_by_label("与报送无关").check()
    second.get_by_role("button", name="按以上办理").click()
    assert second.get_by_role("heading", level=1).inner_text() == "已由他人办理"
    second.wrong[:] = [one for one in second.wrong if "409" not in one]
    assert len(site.desk.ledger.entries()) == written
    assert site.desk.book().mails[mark].verdict.kind is not MailKind.OTHER  # type: ignore[union-attr]


# ---- acts


def test_a_paper_report_is_recorded_with_its_scan_and_can_be_downloaded(
    site: Served, look: Open, tmp_path: Path
) -> None:
    scan = tmp_path / "市残联二季度报表.pdf"
    scan.write_bytes(b"%PDF-1.4 a scan")
    page = look(site, "/units/市残联")
    page.locator("summary", has_text="登记电话、纸质报送").click()
    form = page.locator("details[open] form")
    form.get_by_label("扫描件或记录").set_input_files(scan)
    form.get_by_label("24", exact=True).check()
    form.get_by_label("理由").fill("专人送达，李某收")
    form.get_by_role("button", name="登记电话、纸质报送").click()
    assert page.locator(".standing .tag").inner_text() == "已收待核"
    with page.expect_download() as found:
        page.get_by_role("link", name="下载材料").first.click()
    assert found.value.suggested_filename == scan.name
    assert Path(found.value.path()).read_bytes() == scan.read_bytes()
    assert site.desk.ledger.entries()[-1].actor == OFFICER


def test_a_figure_is_set_on_an_items_page_and_the_old_one_struck_through(site: Served, look: Open) -> None:
    page = look(site, "/items/7")
    old = page.locator(".progress td.n b").first.inner_text()
    page.get_by_text("登记或更正完成数").click()
    page.get_by_label("末的本年累计完成数").fill("14")
    page.get_by_label("理由").fill("电话核实，张某")
    page.get_by_role("button", name="登记完成数").click()
    page.wait_for_load_state()
    assert page.locator(".progress del").first.inner_text() == old
    assert page.locator(".progress td.n b").first.inner_text() == "14"
    entry = site.desk.ledger.entries()[-1]
    assert (entry.kind, entry.actor, entry.data["value"]) == (Kind.FIGURE_SET, OFFICER, "14")


# ---- waves


def test_a_wave_is_approved_with_a_reason(strict_site: Served, look: Open) -> None:
    page = look(strict_site, "/waves")
    page.get_by_label("理由").first.fill("收件人和内容已核对")
    page.get_by_role("button", name="全部批准").click()
    assert "已批准第二季度逾期催报" in page.get_by_role("status").first.inner_text()
    assert page.get_by_role("button", name="全部批准").count() == 0
    assert kinds(strict_site)[-1] is Kind.WAVE_APPROVED


def test_one_unit_is_left_out_of_a_wave(site: Served, look: Open) -> None:
    page = look(site, "/waves")
    unit = page.locator("tbody th").first.inner_text()
    page.locator("summary", has_text="不发").first.click()
    page.locator("details[open]").get_by_label("理由").fill("已电话答复，次日报送")
    page.locator("details[open]").get_by_role("button", name="暂不发给该单位").click()
    assert unit in page.get_by_role("status").first.inner_text()
    held = site.desk.ledger.entries()[-1]
    assert (held.kind, held.actor) == (Kind.WAVE_HELD, OFFICER)


# ---- the ledger


def test_the_ledger_comes_as_an_excel_file_with_every_entry(calm: Served, look: Open) -> None:
    page = look(calm, "/ledger")
    with page.expect_download() as found:
        page.get_by_role("link", name="导出 Excel").click()
    assert found.value.suggested_filename == "2020年台账_20200629.xlsx"
    sheet = load_workbook(io.BytesIO(Path(found.value.path()).read_bytes())).active
    assert sheet.max_row == len(calm.desk.ledger.entries()) + 1
    assert [cell.value for cell in sheet[1]][:3] == ["序号", "时间", "事由"]


def test_a_search_finds_one_units_entries_only(calm: Served, look: Open) -> None:
    page = look(calm, "/ledger")
    page.locator("select[name=unit]").select_option("市教育局")
    page.get_by_role("button", name="查询").click()
    rows = page.locator("tbody tr td:nth-child(5)").all_inner_texts()
    assert rows
    assert set(rows) == {"市教育局"}


def test_the_chain_is_verified_on_the_page(calm: Served, look: Open) -> None:
    page = look(calm, "/ledger")
    page.get_by_role("button", name="核验记录与存档").click()
    assert "核验完毕" in page.get_by_role("status").first.inner_text()


def test_nothing_of_this_touches_the_offices_own_files() -> None:
    assert "approval: automatic" in (ROOT / "config" / "office.yaml").read_text("utf-8")

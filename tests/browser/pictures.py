"""The README's pictures of the officers' page: a quarter is played to the day before its deadline, and looked at. `make pictures`."""

import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from cuibao.desk.acts import act
from cuibao.desk.context import Desk
from cuibao.desk.figure import set_figure
from cuibao.front.house import ROOT
from cuibao.rules.alarms import Health
from tests.browser.office import MORNING, OFFICER, approving, log_in, play, serve
from tests.browser.watched import DESKTOP, OPTIONS, PHONE, watched

PICTURES = ROOT / "docs" / "pictures"
UNIT = "市残联"
HEALTH = Health(started_at=MORNING - timedelta(days=14), read_at=MORNING - timedelta(minutes=2), smtp_well=True)
CHECKED = (
    "市农业农村局",
    "市扶贫办",
    "市商务局",
    "市教育局",
    "市财政局",
    "市国资委",
    "市民政局",
    "市总工会",
    "市司法局",
    "市科协",
)


def work_through(desk: Desk) -> None:
    """What an officer does about reports in a quarter: most are checked, one is sent back, one need not come, one comes on paper."""
    for number, unit in enumerate(CHECKED):
        decide(desk, "accept", unit, "数据已核对", minutes=number)
    decide(desk, "return", "市文化和旅游局", "第29项缺少累计完成数，请补报", 29, minutes=20)
    decide(desk, "exempt", "市体育局", "经领导同意，本季度无此项任务", 31, minutes=25)
    figure = {"indicator": "幼儿教师培训", "reason": "电话核实，张某", "by": OFFICER}
    set_figure(desk, "市教育局", "2020Q2", 7, "78", MORNING - timedelta(minutes=12), **figure)
    scan = ("市残联二季度报表.pdf", b"%PDF-1.4")
    decide(desk, "record", UNIT, "专人送达，李某收", minutes=30, paper=scan)


def decide(desk: Desk, command: str, unit: str, reason: str, *items: int, minutes: int, **more: Any) -> None:
    moment = MORNING - timedelta(minutes=40 - minutes)
    act(desk, command, unit, "2020Q2", moment, items=items, reason=reason, by=OFFICER, **more)


def main() -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="cuibao-pictures-") as folder, sync_playwright() as playwright:
        store = Path(folder) / "store"
        play(store)
        browser = playwright.chromium.launch(**OPTIONS)
        with serve(store, config=approving(Path(folder) / "config"), health=HEALTH) as site:
            work_through(site.desk)
            mail = site.desk.book().triage()[-1].sha256
            with watched(browser, site.address, height=860) as page:
                page.goto(site.address)
                log_in(page, OFFICER)
                page.wait_for_url(f"{site.address}/")
                key = page.context.storage_state()
            for name, path, width, height in (
                ("overview", "/", DESKTOP, 1000),
                ("sections", "/sections", DESKTOP, 1000),
                ("item", "/items/7", DESKTOP, 1000),
                ("matrix", "/matrix", DESKTOP, 1000),
                ("triage", f"/triage/{mail}", DESKTOP, 1000),
                ("unit", f"/units/{UNIT}", DESKTOP, 860),
                ("waves", "/waves", DESKTOP, 760),
                ("ledger", "/ledger", DESKTOP, 860),
                ("overview-390", "/", PHONE, 844),
            ):
                with watched(browser, site.address, width=width, height=height, storage_state=key) as page:
                    page.goto(site.address + path)
                    page.screenshot(path=PICTURES / f"{name}.png")
                print(f"docs/pictures/{name}.png")
        browser.close()


if __name__ == "__main__":
    main()

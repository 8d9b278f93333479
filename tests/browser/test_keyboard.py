"""Everything is within reach of who has no mouse."""

from typing import Any

from tests.browser.office import OFFICER, PASSWORD, Served
from tests.browser.watched import watched

FAR = 200
_WHAT = "() => [document.activeElement.tagName, (document.activeElement.innerText || '').trim()]"


def tab_to(page: Any, tag: str, words: str) -> None:
    """Press Tab until the focus is on an element of that kind with those words."""
    for _ in range(FAR):
        page.keyboard.press("Tab")
        at, text = page.evaluate(_WHAT)
        if at == tag and words in text:
            return
    raise AssertionError(f"Tab does not reach {words}")


def test_an_officer_logs_in_goes_to_triage_and_settles_by_keyboard_alone(chromium: Any, site: Served) -> None:
    first = site.desk.book().triage()[0]
    with watched(chromium, site.address) as page:
        page.goto(site.address)
        page.locator("#name:focus").wait_for()
        page.keyboard.type(OFFICER)
        page.keyboard.press("Tab")
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(f"{site.address}/")
        tab_to(page, "A", "来件")
        page.keyboard.press("Enter")
        page.wait_for_url("**/triage")
        tab_to(page, "A", "第二季度")
        page.keyboard.press("Enter")
        page.wait_for_url("**/triage/*")
        tab_to(page, "BUTTON", "照推断办理")
        page.keyboard.press("Space")
        page.wait_for_selector("[role=status]")
    assert site.desk.book().mails[first.sha256].settled


def test_the_first_tab_offers_to_skip_the_menu(calm: Served, look: Any) -> None:
    page = look(calm)
    page.keyboard.press("Tab")
    assert page.evaluate(_WHAT) == ["A", "跳到正文"]
    page.keyboard.press("Enter")
    assert page.url.endswith("#main")


def test_what_has_the_focus_is_seen_to_have_it(calm: Served, look: Any) -> None:
    page = look(calm)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"

"""Every page, at a desk's width and at a telephone's: nothing sticks out, nothing fails, nothing bars anybody."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.browser.conftest import Open
from tests.browser.office import Served
from tests.browser.watched import DESKTOP, PHONE, watched

PAGES: dict[str, Callable[[Served], str]] = {
    "overview": lambda _: "/",
    "a quarter to come": lambda _: "/?period=2020Q4",
    "sections": lambda _: "/sections",
    "sections, one light": lambda _: "/sections?light=yellow",
    "matrix": lambda _: "/matrix",
    "triage": lambda _: "/triage",
    "a mail to decide": lambda site: f"/triage/{site.desk.book().triage()[0].sha256}",
    "a mail with attachments": lambda site: f"/triage/{_with_attachment(site)}",
    "a mail with a form": lambda site: f"/triage/{_with_figures(site)}",
    "unit": lambda _: "/units/市教育局",
    "unit that cannot be reached": lambda _: "/units/市委编办",
    "item": lambda _: "/items/7",
    "item without targets": lambda _: "/items/11",
    "waves": lambda _: "/waves",
    "templates": lambda _: "/templates",
    "a letter": lambda site: f"/letters/{next(iter(site.desk.book().letters.values())).note.sha256}",
    "ledger": lambda _: "/ledger",
    "ledger without a hit": lambda _: "/ledger?q=没有这样的字",
    "documents": lambda _: "/documents",
    "check": lambda _: "/check",
}
WIDTHS = (DESKTOP, PHONE)
OPEN_ALL = "document.querySelectorAll('details').forEach(one => { one.removeAttribute('name'); one.open = true })"
OVERHANG = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
FINDINGS = """async () => (await axe.run(document, {runOnly: ['wcag2a', 'wcag2aa'], iframes: false})).violations
  .filter(one => ['serious', 'critical'].includes(one.impact))
  .map(one => `${one.id}: ${one.nodes.length} of ${one.nodes[0].html.slice(0, 200)} ${one.nodes[0].failureSummary}`)"""

both_widths = pytest.mark.parametrize("width", WIDTHS)


def _with_attachment(site: Served) -> str:
    from cuibao.papers.mail import read

    mails = site.desk.book().mails.values()
    return next(one.sha256 for one in mails if read(site.desk.mails.read(one.file)).attachments)


def _with_figures(site: Served) -> str:
    mails = site.desk.book().mails.values()
    return next(one.sha256 for one in mails if one.verdict and one.verdict.figures)


def findings(page: Any, axe: str) -> list[str]:
    """What axe finds serious or critical, in words. The page's own policy lets no script in; the debugger's door does."""
    page.evaluate(axe)
    found: list[str] = page.evaluate(FINDINGS)
    return found


@pytest.fixture(
    scope="module", params=[(name, width) for name in PAGES for width in WIDTHS], ids="{0[0]}-{0[1]}".format
)
def opened(request: pytest.FixtureRequest, chromium: Any, key: Any, calm: Served) -> Iterator[Any]:
    """Each page at each width, opened once for all that is asked of it; what goes wrong on it fails at its end."""
    name, width = request.param
    with watched(chromium, calm.address, width=width, storage_state=key) as page:
        page.goto(calm.address + PAGES[name](calm))
        yield page


def test_a_page_fits_its_width_also_with_everything_opened(opened: Any) -> None:
    assert opened.evaluate(OVERHANG) == 0
    opened.evaluate(OPEN_ALL)
    assert opened.evaluate(OVERHANG) == 0


def test_axe_finds_nothing_serious_on_a_page(opened: Any, axe: str) -> None:
    opened.evaluate(OPEN_ALL)
    assert findings(opened, axe) == []


def test_axe_would_find_a_field_without_a_name(calm: Served, look: Open, axe: str) -> None:
    page = look(calm)
    page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<input>')")
    assert [one.split(":")[0] for one in findings(page, axe)] == ["label"]


@both_widths
def test_the_page_to_log_in_fits_and_bars_nobody(chromium: Any, calm: Served, axe: str, width: int) -> None:
    with watched(chromium, calm.address, width=width) as page:
        page.goto(calm.address)
        assert page.evaluate(OVERHANG) == 0
        assert findings(page, axe) == []


@both_widths
def test_a_page_that_does_not_exist_fits_and_bars_nobody(calm: Served, look: Open, axe: str, width: int) -> None:
    page = look(calm, "/units/没有的单位", width=width)
    assert page.get_by_role("heading", level=1).inner_text() == "没有这一页"
    assert page.evaluate(OVERHANG) == 0
    assert findings(page, axe) == []
    page.wrong[:] = [one for one in page.wrong if "404" not in one]


@both_widths
def test_a_wave_that_waits_fits_and_bars_nobody(strict_site: Served, look: Open, axe: str, width: int) -> None:
    page = look(strict_site, "/waves", width=width)
    page.evaluate(OPEN_ALL)
    assert page.evaluate(OVERHANG) == 0
    assert findings(page, axe) == []


def test_a_forms_figures_stand_beside_the_decision_and_on_a_telephone_under_it(calm: Served, look: Open) -> None:
    where = f"/triage/{_with_figures(calm)}"
    for width, beside in ((DESKTOP, True), (PHONE, False)):
        page = look(calm, where, width=width)
        figures = page.get_by_role("region", name="表中完成数").first.bounding_box()
        decision = page.get_by_role("region", name="判定").bounding_box()
        assert (figures["x"] + figures["width"] < decision["x"]) is beside
        assert (figures["y"] < decision["y"] + decision["height"]) is beside


def test_the_lights_of_a_section_are_seen_on_a_telephone_without_scrolling_sideways(calm: Served, look: Open) -> None:
    page = look(calm, "/sections", width=PHONE)
    assert (
        page.evaluate("(one => one.scrollWidth - one.clientWidth)(document.querySelector('.scroll:has(.sections)'))")
        == 0
    )

"""What the browser's tests share: one played quarter, a Chromium for each file of tests, and pages that are watched."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from suites import lacking

from tests.browser.office import OFFICER, Served, approving, copy, log_in, play, serve
from tests.browser.watched import CHROMIUM, DESKTOP, OPTIONS, watched

HERE = Path(__file__).parent
AXE = HERE / "node_modules" / "axe-core" / "axe.min.js"
Open = Callable[..., Any]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def quarter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store of a quarter up to the day before its deadline; only to be read and copied."""
    store = tmp_path_factory.mktemp("quarter") / "store"
    play(store)
    return store


# Not for the whole session: while Playwright runs, no other test of this thread can run an event loop.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """A running Chromium."""
    if not Path(CHROMIUM).exists():
        lacking("needs Debian's package chromium")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        lacking("needs the Python package playwright")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**OPTIONS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def calm(quarter: Path) -> Iterator[Served]:
    """The console over the quarter, for tests that only look."""
    with serve(quarter) as served:
        yield served


@pytest.fixture(scope="module")
def key(chromium: Any, calm: Served) -> Any:
    """The cookie of an officer who has logged in; good for every copy of the quarter."""
    with watched(chromium, calm.address) as page:
        page.goto(calm.address)
        log_in(page, OFFICER)
        return page.context.storage_state()


@pytest.fixture
def site(quarter: Path, tmp_path: Path) -> Iterator[Served]:
    """The console over a copy of the quarter, to write in."""
    with serve(copy(quarter, tmp_path / "store")) as served:
        yield served


@pytest.fixture
def strict_site(quarter: Path, tmp_path: Path) -> Iterator[Served]:
    """The same in an office that approves every letter."""
    with serve(copy(quarter, tmp_path / "store"), config=approving(tmp_path / "config")) as served:
        yield served


@pytest.fixture
def look(chromium: Any, key: Any) -> Iterator[Open]:
    """look(site, path, width=1280): a page as a logged-in officer has it; what goes wrong on it fails the test at its end."""
    with ExitStack() as pages:

        def open_page(site: Served, path: str = "/", *, width: int = DESKTOP, **options: Any) -> Any:
            options = {"storage_state": key, **options}
            page = pages.enter_context(watched(chromium, site.address, width=width, **options))
            page.goto(site.address + path)
            return page

        yield open_page


@pytest.fixture(scope="session")
def axe() -> str:
    """The text of axe-core, fetched once with npm."""
    if not AXE.exists():
        npm = shutil.which("npm")
        if npm is None:
            lacking("needs npm, for axe-core")
        made = subprocess.run([str(npm), "ci"], cwd=HERE, capture_output=True, text=True)
        if made.returncode:
            lacking(f"needs axe-core: npm ci failed\n{made.stderr[-500:]}")
    return AXE.read_text("utf-8")

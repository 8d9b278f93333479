"""On paper: A4, and nothing is cut off at its edge."""

import re
from typing import Any

import pytest

from tests.browser.conftest import Open
from tests.browser.office import Served

A4 = (595, 842)
MARGINS_MM = 2 * 14
INSIDE = round((210 - MARGINS_MM) / 25.4 * 96)
"""The width of A4 between the margins, in CSS pixels."""


def pages_of(pdf: bytes) -> list[tuple[int, int]]:
    """The size in points of every page."""
    boxes = re.findall(rb"/MediaBox\s*\[\s*0\s+0\s+([\d.]+)\s+([\d.]+)\s*\]", pdf)
    return [(round(float(width)), round(float(height))) for width, height in boxes]


def widest(page: Any) -> float:
    """How far to the right anything reaches when the page is laid out for paper."""
    page.set_viewport_size({"width": INSIDE, "height": 1000})
    page.emulate_media(media="print")
    reach: float = page.evaluate(
        "Math.max(...[...document.querySelectorAll('body *')].map(e => e.getBoundingClientRect().right))"
    )
    return reach


@pytest.mark.parametrize(
    ("path", "most"), [("/", 3), ("/sections", 6), ("/matrix", 1), ("/units/市教育局", 2), ("/items/7", 2)]
)
def test_a_page_prints_on_a_few_sheets_of_a4(calm: Served, look: Open, path: str, most: int) -> None:
    sheets = pages_of(look(calm, path).pdf(prefer_css_page_size=True))
    assert 1 <= len(sheets) <= most
    assert {(min(size), max(size)) for size in sheets} == {A4}


@pytest.mark.parametrize("path", ["/", "/sections", "/matrix", "/units/市教育局", "/items/7", "/triage", "/ledger"])
def test_nothing_is_cut_off_at_the_edge_of_the_paper(calm: Served, look: Open, path: str) -> None:
    assert widest(look(calm, path)) <= INSIDE + 1

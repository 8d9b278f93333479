"""The picture of a quarter: what is on it, whatever the number of units and the length of names."""

from io import BytesIO

import pytest
from PIL import Image, ImageFont
from rules.test_quarter import figure, found, report
from world import EDUCATION, FINANCE, HEALTH, ITEMS, UNITS, act, office

from cuibao.papers.documents.picture import picture
from cuibao.rules.entries import Kind
from cuibao.rules.registry import Registry, Unit

FONT = ImageFont.load_default(10).font_bytes
"""Pillow's own: it has no Chinese, but draws a box for every character."""
OWED, GOOD = (0x8B, 0x20, 0x20), (0x3D, 0x7A, 0x57)


def drawn(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data)).convert("RGB")


def amount(image: Image.Image, colour: tuple[int, int, int]) -> int:
    return sum(count for count, seen in image.getcolors(1 << 20) or () if seen == colour)


def test_more_reports_give_more_green_and_fewer_names() -> None:
    exempt = act(Kind.OBLIGATION_EXEMPTED, HEALTH, "2020-06-20T09:00", reason="x")
    none = drawn(picture(office(), found(), FONT))
    all_of_them = found(report(EDUCATION, figures=[figure("9")]), report(FINANCE, when="2020-07-01T09:00"), exempt)
    whole = drawn(picture(office(), all_of_them, FONT))
    assert none.size == whole.size == (1600, 900)
    assert amount(whole, GOOD) > amount(none, GOOD)
    assert amount(whole, OWED) < amount(none, OWED)


@pytest.mark.parametrize("count", [13, 60])
def test_many_units_are_shown_in_columns_and_then_counted(count: int) -> None:
    units = tuple(Unit(f"芜湖市某某某某某某某某某工作委员会{number}") for number in range(count))
    items = (ITEMS[0].__class__(7, "长" * 60, "新建幼儿园", tuple(unit.name for unit in units)),)
    base = office(registry=Registry(items, (*units, *UNITS)))
    image = drawn(picture(base, found(registry=base.registry), FONT))
    edge = image.crop((1540, 330, 1600, 850))
    assert set(edge.getcolors() or ()) == {(60 * 520, (255, 255, 255))}


def test_what_is_no_font_is_refused() -> None:
    with pytest.raises(OSError):  # noqa: PT011 - what FreeType calls it differs
        picture(office(), found(), b"no font")

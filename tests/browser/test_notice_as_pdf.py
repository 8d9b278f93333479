"""A notice that a browser printed into a pdf is the notice: its lines, its ruled table, and characters instead of radicals."""

from pathlib import Path
from typing import Any

import pytest
from one_notice import PARAGRAPHS, TABLE, Blocks, as_html

from cuibao.papers.attachments import attach
from cuibao.papers.contents.layout import laid_out
from cuibao.papers.notice.reading import read_notice


@pytest.mark.parametrize("blocks", [PARAGRAPHS, TABLE], ids=["running text", "table"])
def test_a_printed_page_gives_the_same_registry_as_the_page(chromium: Any, tmp_path: Path, blocks: Blocks) -> None:
    page = chromium.new_page()
    page.set_content(as_html(blocks).decode())
    page.pdf(path=tmp_path / "通知.pdf", format="A4")
    page.close()
    printed = read_notice(laid_out(attach("通知.pdf", (tmp_path / "通知.pdf").read_bytes())))
    shown = read_notice(laid_out(attach("通知.html", as_html(blocks))))
    assert (printed.notice, printed.items, printed.words) == (shown.notice, shown.items, shown.words)
    assert printed.units == shown.units

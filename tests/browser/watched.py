"""A browser's page that is watched: errors of any kind, and requests to anywhere but the console, fail who opened it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

CHROMIUM = "/usr/bin/chromium"
OPTIONS: dict[str, Any] = {
    "executable_path": CHROMIUM,
    "args": ["--no-sandbox", "--disable-gpu", "--lang=zh-CN"],
    "env": {**os.environ, "LANGUAGE": "zh_CN"},
}
DESKTOP, PHONE = 1280, 390


@contextmanager
def watched(browser: Any, home: str, *, width: int = DESKTOP, height: int = 900, **options: Any) -> Iterator[Any]:
    """A page of its own context. Raises AssertionError at its end for anything that went wrong on it."""
    wrong: list[str] = []
    context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN", **options)
    context.set_default_timeout(20_000)
    context.on("request", lambda request: _elsewhere(request.url, home) and wrong.append(f"asked for {request.url}"))
    context.on("weberror", lambda error: wrong.append(f"page error: {error.error}"))
    page = context.new_page()
    page.on("console", lambda said: said.type in ("error", "warning") and wrong.append(f"console: {said.text}"))
    page.on("dialog", lambda dialog: (wrong.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    page.wrong = wrong
    try:
        yield page
    finally:
        context.close()
    assert not wrong, wrong


def _elsewhere(url: str, home: str) -> bool:
    return not url.startswith((f"{home}/", "data:", "about:", "blob:"))

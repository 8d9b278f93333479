"""A mail written to harm who looks at it: on the page it is text, and nothing in it runs, loads or leaves."""

from email.message import EmailMessage
from pathlib import Path
from typing import Any

from tests.browser.conftest import Open
from tests.browser.office import Served

ELSEWHERE = "http://elsewhere.example"
HTML = f"""<html><head><meta http-equiv="refresh" content="0;url={ELSEWHERE}/gone">
<base href="{ELSEWHERE}/"><link rel="stylesheet" href="{ELSEWHERE}/x.css"><style>@import url({ELSEWHERE}/y.css);</style>
<script>document.title = 'run'; parent.document.title = 'run'; alert(1)</script></head>
<body onload="alert(2)" background="{ELSEWHERE}/b.png"><p style="background:url({ELSEWHERE}/c.png)">二季度完成情况</p>
<img src="{ELSEWHERE}/a.png" onerror="alert(3)"><img src=x onerror=alert(4)><svg onload="alert(5)"></svg>
<form action="{ELSEWHERE}/form"><input name="password" autofocus onfocus="alert(6)"><button>提交</button></form>
<iframe src="javascript:alert(7)"></iframe><iframe src="{ELSEWHERE}/f"></iframe><object data="{ELSEWHERE}/o"></object>
<a href="javascript:alert(8)">点击</a><video src="{ELSEWHERE}/v.mp4" autoplay></video></body></html>"""
NAME = "../../store/\u202egpj.x\u2066.html"


def hostile() -> EmailMessage:
    message = EmailMessage()
    message["From"] = '"<script>alert(9)</script>" <x@elsewhere.example>'
    message["Subject"] = "二季度完成情况<script>alert(10)</script><img src=x onerror=alert(11)>"
    message["To"], message["Message-ID"] = "whsmsb@163.com", "<2@elsewhere.example>"
    message.set_content("二季度完成情况见附件。<script>alert(12)</script>\n{{ 7 * 7 }}")
    message.add_alternative(HTML, subtype="html")
    page = b"<script>alert(13)</script>"
    message.add_attachment(page, maintype="text", subtype="html", filename=NAME)
    return message


def open_hostile(site: Served, look: Open) -> Any:
    page = look(site, f"/triage/{site.arrives(hostile())}")
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    page.frame_locator("iframe").locator("body").wait_for()
    page.wait_for_timeout(300)  # what would run or load had time to
    return page


def test_a_hostile_mail_runs_nothing_loads_nothing_and_goes_nowhere(site: Served, look: Open) -> None:
    # `look` fails on any dialog, request elsewhere or message on the console.
    page = open_hostile(site, look)
    assert "二季度完成情况<script>alert(10)</script>" in page.title()
    assert page.url.startswith(f"{site.address}/triage/")
    assert all(frame.url.startswith(site.address) for frame in page.frames)


def test_its_html_is_shown_without_forms_scripts_pictures_and_frames(site: Served, look: Open) -> None:
    frame = open_hostile(site, look).frame_locator("iframe")
    assert "二季度完成情况" in frame.locator("body").inner_text()
    assert (
        frame.locator("script, form, input, button, img, svg, iframe, object, video, meta[http-equiv], base").count()
        == 0
    )


def test_its_words_are_shown_as_they_were_written(site: Served, look: Open) -> None:
    text = open_hostile(site, look).locator("pre.text").first.inner_text()
    assert "<script>alert(12)</script>" in text
    assert "{{ 7 * 7 }}" in text


def test_its_attachment_is_saved_under_a_tame_name_and_never_opened(site: Served, look: Open) -> None:
    page = open_hostile(site, look)
    with page.expect_download() as found:
        page.locator(".files a").first.click()
    name = found.value.suggested_filename
    assert not set(name) & {"/", "\\", "\u202e", "\u2066"}
    assert not name.startswith(".")
    assert Path(found.value.path()).read_bytes().strip() == b"<script>alert(13)</script>"


def test_its_attachments_name_cannot_turn_the_line_around(site: Served, look: Open) -> None:
    shown = open_hostile(site, look).locator(".files").inner_text()
    assert not set(shown) & {"\u202e", "\u2066"}

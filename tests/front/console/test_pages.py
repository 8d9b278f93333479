"""Every page and act of the console over a real ledger: what an officer, a leader and a stranger see, and what is then written."""

import io
import re
import threading
from contextlib import closing, suppress
from datetime import date
from email.message import EmailMessage
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import doubles
import hostile
import pytest
from office_page import LEADER, NOW, OFFICER, SECOND, Browser, House
from openpyxl import load_workbook
from world import EDUCATION, REGISTRY, UNITS, Log, act, at, letter, note, office

from cuibao.front.console import mails
from cuibao.gateways.ledger import JsonlLedger
from cuibao.rules.entries import Draft, Kind
from cuibao.rules.office import Approval, Notice
from cuibao.rules.outcomes import LedgerError, Problem
from cuibao.rules.period import Period
from cuibao.rules.registry import Item, Registry

PAGES = [
    "/",
    "/sections",
    "/matrix",
    "/triage",
    "/waves",
    "/ledger",
    "/check",
    "/templates",
    f"/units/{EDUCATION}",
    "/items/7",
]
FILES = ["/ledger.xlsx", "/contacts.xlsx", "/templates/html"]
ACTS = f"/units/{EDUCATION}/acts"
RECORD = {"act": "record", "period": "2020Q2", "reason": "电话报送，张老师"}
EVIL = "<script>alert(1)</script>\"'<img src=x onerror=alert(1)>"


@pytest.fixture
def house(tmp_path: Path) -> House:
    mails._read.clear()
    return House(tmp_path)


@pytest.fixture
def officer(house: House) -> Browser:
    return house.officer()


# ---- who sees what


@pytest.mark.parametrize("path", PAGES + FILES)
def test_an_officer_and_a_leader_see_every_page_of_an_empty_office(house: House, path: str) -> None:
    for person in (house.officer(), house.leader()):
        assert person.get(path).status_code == 200


@pytest.mark.parametrize("path", PAGES + FILES)
def test_a_stranger_is_led_to_the_login(house: House, path: str) -> None:
    answer = house.visitor().get(path)
    assert (answer.status_code, answer.headers["Location"].startswith("/login")) == (302, True)


@pytest.mark.parametrize(
    ("path", "form"),
    [
        (ACTS, RECORD),
        ("/waves/2020Q2/urge", {"act": "hold", "reason": "暂缓"}),
        ("/check/mail", {}),
        ("/contacts", {}),
        ("/ledger/verify", {}),
    ],
)
def test_a_leader_acts_nowhere_and_nothing_is_written(house: House, path: str, form: dict[str, str]) -> None:
    answer = house.leader().post(path, form)
    assert (answer.status_code, house.entries()) == (403, [])
    assert "领导账户只能查看，不能办理。" in answer.text


def test_without_the_pages_token_nothing_is_written(house: House, officer: Browser) -> None:
    officer.token = ""
    assert officer.post(ACTS, RECORD).status_code == 400
    assert house.entries() == []


def test_a_leader_is_shown_no_form_but_the_logout(house: House) -> None:
    house.question()
    person = house.leader()
    for path in (*PAGES, f"/triage/{house.desk.book().triage()[0].sha256}"):
        assert person.get(path).text.count('method="post"') == 1


def test_the_login_page_tells_a_stranger_nothing_of_the_work(house: House) -> None:
    house.question()
    page = house.visitor().get("/login").text
    assert "测试办" in page
    assert "待办" not in page


# ---- acts


@pytest.mark.parametrize(
    ("form", "kind"),
    [
        (RECORD, "submission.received"),
        (RECORD | {"act": "exempt"}, "obligation.exempted"),
        (RECORD | {"act": "extend", "until": "2020-07-10"}, "obligation.extended"),
        (RECORD | {"act": "note"}, "note.added"),
    ],
)
def test_an_act_is_written_with_the_officers_name_and_reason(
    house: House, officer: Browser, form: dict[str, str], kind: str
) -> None:
    assert officer.post(ACTS, form).status_code == 303
    (entry,) = house.entries()
    assert (entry.kind, entry.actor, entry.data["reason"]) == (kind, OFFICER, RECORD["reason"])


@pytest.mark.parametrize(("act", "kind"), [("accept", "submission.accepted"), ("return", "submission.sent_back")])
def test_a_report_is_accepted_or_returned(house: House, officer: Browser, act: str, kind: str) -> None:
    officer.post(ACTS, RECORD)
    officer.post(ACTS, RECORD | {"act": act, "items": ["7"]})
    assert [(entry.kind, entry.items) for entry in house.entries()][1:] == [(kind, (7,))]


def test_an_exemption_is_taken_back(house: House, officer: Browser) -> None:
    officer.post(ACTS, RECORD | {"act": "exempt"})
    officer.post(ACTS, RECORD | {"act": "exempt", "undo": "1"})
    assert "已撤销免报" in officer.get(f"/units/{EDUCATION}").text


def test_a_scan_is_kept_and_given_back_as_it_was(house: House, officer: Browser) -> None:
    raw = bytes(range(256))
    officer.post(ACTS, RECORD | {"paper": (io.BytesIO(raw), "../../etc/扫描.pdf")})
    (entry,) = house.entries()
    answer = officer.get(f"/papers/{entry.data['sha256']}")
    assert (entry.data["name"], answer.data) == ("扫描.pdf", raw)
    assert answer.headers["Content-Disposition"] == f"attachment; filename*=UTF-8''{quote('扫描.pdf')}"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"act": ""}, "没有选择如何办理"),
        ({"act": "conquer"}, "没有选择如何办理"),
        ({"period": "2020Q9"}, "没有编号为“2020Q9”的季度"),
        ({"reason": " \u3000"}, "没有填写理由"),
        ({"reason": "x" * 3000}, "原因过长"),
        ({"received": "abc"}, "收到日期“abc”不是日期"),
        ({"received": "0001-01-01"}, "早于通知印发的年份"),
        ({"received": "9999-12-31"}, "晚于当前时间"),
        ({"items": ["7", "x"]}, "事项编号有误"),
        ({"items": "٧"}, "事项编号有误"),
        ({"items": "9" * 5000}, "事项编号有误"),
        ({"items": "99"}, "第99项不是市教育局的事项"),
        ({"act": "extend"}, "延期须注明新的截止日期"),
        ({"act": "extend", "until": "9999-12-31"}, "太远"),
        ({"act": "accept"}, "尚未收到报送，不能核定"),
        ({"act": "return"}, "尚未收到报送，不能退回"),
        ({"act": "exempt", "undo": "1"}, "没有登记免报，无须撤销"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_written(
    house: House, officer: Browser, change: dict[str, Any], words: str
) -> None:
    answer = officer.post(ACTS, RECORD | change)
    assert (answer.status_code, house.entries()) == (400, [])
    assert words in answer.text


def test_no_remedy_sends_an_officer_to_the_command_line(officer: Browser) -> None:
    for form in (RECORD | {"act": "extend"}, RECORD | {"act": "accept"}):
        page = officer.post(ACTS, form).text
        assert "./bot" not in page
        assert "--" not in page
        assert "请返回核对后再办理" in page


@pytest.mark.parametrize("raw", [b"", b"x" * (25 * 1024 * 1024 + 1)])
def test_a_file_that_is_empty_or_too_large_is_refused(house: House, officer: Browser, raw: bytes) -> None:
    answer = officer.post(ACTS, RECORD | {"paper": (io.BytesIO(raw), "扫描.pdf")})
    assert (answer.status_code, house.entries()) == (400, [])


def test_a_request_beyond_all_measure_is_refused_unread(house: House, officer: Browser) -> None:
    answer = officer.post(ACTS, RECORD | {"paper": (io.BytesIO(b"x" * 27 * 1024 * 1024), "扫描.pdf")})
    assert (answer.status_code, house.entries()) == (413, [])
    assert "上传的文件过大" in answer.text


@pytest.mark.parametrize(
    ("referrer", "place"),
    [
        ("http://localhost/triage?x=1", "/triage?x=1"),
        ("http://localhost//evil.example", "/"),
        ("http://evil.example/x", "/"),
        ("http://[", "/"),
        ("", "/"),
    ],
)
def test_the_way_back_is_one_of_this_console(officer: Browser, referrer: str, place: str) -> None:
    assert f'<a href="{place}">返回</a>' in officer.post(ACTS, headers={"Referer": referrer}).text


# ---- what does not exist


@pytest.mark.parametrize(
    "path",
    [
        "/nowhere", "/?period=2020Q9", "/matrix?period=x", "/units/无此单位", "/units/%00", "/items/99", "/items/-1",
        f"/items/{'9' * 5000}", "/triage/x", f"/triage/{'a' * 64}", "/mails/x/html", "/mails/x/raw", "/mails/x/attachments/0",
        "/letters/x", "/letters/x/html", "/letters/x/raw", "/papers/x", "/templates?unit=x", "/templates?purpose=x",
        "/templates?period=x", "/static/x", "/static/%2e%2e/app.py", "/%ff%fe",
    ],
)  # fmt: skip
def test_what_does_not_exist_is_a_page_that_says_so(officer: Browser, path: str) -> None:
    answer = officer.get(path)
    assert answer.status_code == 404
    assert "没有这一页" in answer.text


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("page=-1", 200), ("page=abc", 200), ("page=99999999999", 200), (f"page={'9' * 5000}", 200), ("page=٣", 200),
        ("kind=x", 200), ("by=x", 200), ("q=%00%ff", 200), ("since=0001-01-01&until=9999-12-31", 200), ("unit=教育局", 200),
        ("unit=x", 400), ("period=x", 400), ("since=abc", 400), ("until=2020-99-99", 400),
    ],
)  # fmt: skip
def test_whatever_is_asked_of_the_ledger_is_answered(officer: Browser, query: str, status: int) -> None:
    assert officer.get(f"/ledger?{query}").status_code == status
    assert officer.get(f"/ledger.xlsx?{query}").status_code == status


@pytest.mark.parametrize("path", ["/logout", "/check/mail", "/contacts", "/waves/2020Q2/first", "/ledger/verify"])
def test_a_link_does_nothing(officer: Browser, path: str) -> None:
    assert officer.get(path).status_code == 405


# ---- mails


def test_a_guess_is_taken_with_one_click_and_the_next_mail_follows(house: House, officer: Browser) -> None:
    first, second = house.question("1"), house.question("2", "市教育局再问", "能否延期？")
    answer = officer.post(f"/triage/{first}", {"act": "guess"})
    assert answer.headers["Location"] == f"/triage/{second}"
    assert [entry.actor for entry in house.entries("mail.judged") if entry.data.get("settled")] == [OFFICER]


def test_a_mail_is_settled_as_a_report_of_the_items_named(house: House, officer: Browser) -> None:
    mark = house.question()
    form = {"act": "settle", "kind": "submission", "unit": EDUCATION, "period": "2020Q2", "items": "7"}
    assert officer.post(f"/triage/{mark}", form).status_code == 303
    assert [(one.unit, one.items) for one in house.entries("submission")] == [(EDUCATION, (7,))]


def test_a_mail_is_sent_back_with_words(house: House, officer: Browser) -> None:
    mark = house.question()
    form = {"act": "return", "unit": EDUCATION, "period": "2020Q2", "words": "第7项缺少完成数"}
    officer.post(f"/triage/{mark}", form)
    (entry,) = house.entries("submission.sent_back")
    assert (entry.actor, entry.data["reason"]) == (OFFICER, "第7项缺少完成数")


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({}, "没有选择如何办理"),
        ({"kind": "question"}, "没有选择如何办理"),
        ({"act": "settle"}, "没有选择类别"),
        ({"act": "settle", "kind": "own"}, "没有选择类别"),
        ({"act": "settle", "kind": "submission", "period": "2020Q2"}, "没有指定单位"),
        ({"act": "settle", "kind": "submission", "unit": EDUCATION}, "没有指定季度"),
        ({"act": "settle", "kind": "submission", "unit": "x", "period": "2020Q2"}, "没有名为“x”的责任单位"),
        ({"act": "settle", "kind": "submission", "unit": EDUCATION, "period": "2020Q2", "items": "七"}, "不是事项编号"),
        ({"act": "return", "unit": EDUCATION, "period": "2020Q2"}, "没有填写退回说明"),
        ({"act": "learn"}, "尚待处理"),
    ],
)
def test_a_decision_that_leaves_something_open_is_no_decision(
    house: House, officer: Browser, form: dict[str, str], words: str
) -> None:
    mark = house.question()
    answer = officer.post(f"/triage/{mark}", form)
    assert answer.status_code == 400
    assert words in answer.text
    assert house.desk.book().mails[mark].in_triage


def test_the_second_of_two_officers_is_told_who_was_first(house: House, officer: Browser) -> None:
    mark, second = house.question(), house.officer(SECOND)
    officer.post(f"/triage/{mark}", {"act": "guess"})
    answer = second.post(f"/triage/{mark}", {"act": "settle", "kind": "other"})
    assert answer.status_code == 409
    assert f"已由{OFFICER}于6月16日 10:00定为询问（市教育局）" in answer.text


def test_two_officers_at_once_through_the_server_make_one_decision(house: House) -> None:
    from waitress.server import create_server

    mark = house.question()
    server = create_server(house.app, host="127.0.0.1", port=0, threads=4)

    def serve() -> None:
        with suppress(OSError):  # closing the sockets from another thread ends the loop with an error about them
            server.run()

    threading.Thread(target=serve, daemon=True).start()
    statuses: list[int] = []
    start = threading.Barrier(2)

    def settle(name: str) -> None:
        person = house.officer(name)
        cookie = person.client.get_cookie("cuibao")
        assert cookie is not None
        body = urlencode({"csrf_token": person.token, "act": "guess"})
        headers = {"Cookie": f"cuibao={cookie.value}", "Content-Type": "application/x-www-form-urlencoded"}
        with closing(HTTPConnection("127.0.0.1", server.effective_port)) as line:
            start.wait()
            line.request("POST", f"/triage/{mark}", body, headers)
            statuses.append(line.getresponse().status)

    both = [threading.Thread(target=settle, args=(name,)) for name in (OFFICER, SECOND)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    server.close()
    assert sorted(statuses) == [303, 409]
    assert len([entry for entry in house.entries("mail.judged") if entry.data.get("settled")]) == 1


def test_a_mail_is_read_with_its_html_in_a_sandbox_that_loads_nothing(house: House, officer: Browser) -> None:
    message = EmailMessage()
    message["From"], message["Subject"], message["Message-ID"] = "jyj@edu.example", "询问", "<1@edu.example>"
    message.set_content("请问怎么填？")
    message.add_alternative(f"<p>请问{EVIL}<a href='http://evil.example'>x</a></p>", subtype="html")
    mark = house.comes(message.as_bytes())
    page, framed = officer.get(f"/triage/{mark}"), officer.get(f"/mails/{mark}/html")
    assert f'<iframe sandbox title="来件原格式" src="/mails/{mark}/html">' in page.text
    assert framed.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    for word in ("<script", "<img", "href", "onerror"):
        assert word not in framed.text


@pytest.mark.parametrize(
    ("name", "kept"),
    [("a\r\nSet-Cookie: x=1.pdf", "aSet-Cookie x=1.pdf"), ("../../etc/passwd", "passwd"), (EVIL + ".pdf", None)],
)
def test_an_attachment_comes_as_a_download_under_a_harmless_name(
    house: House, officer: Browser, name: str, kept: str | None
) -> None:
    answer = mails.download(b"<script>", name)
    assert "Set-Cookie" not in answer.headers
    told = answer.headers["Content-Disposition"]
    assert told.startswith("attachment; filename*=UTF-8''")
    assert not set(told.removeprefix("attachment; filename*=UTF-8''")) & set("\r\n\"'<>/\\ ;")
    assert answer.mimetype == "application/octet-stream"


def test_a_strangers_scripts_are_text_wherever_they_are_shown(house: House, officer: Browser) -> None:
    message = EmailMessage()
    message["From"], message["Subject"], message["Message-ID"] = (
        f'"{EVIL[:25]}" <x@evil.example>',
        EVIL,
        "<1@evil.example>",
    )
    message.set_content(EVIL)
    message.add_attachment(EVIL, filename=f"{EVIL}.txt")
    mark = house.comes(message.as_bytes())
    officer.post(ACTS, RECORD | {"reason": EVIL, "paper": (io.BytesIO(b"x"), f"{EVIL}.pdf")})
    for path in (
        *PAGES,
        f"/triage/{mark}",
        f"/ledger?q={quote(EVIL)}",
        f"/?period={quote(EVIL)}",
        f"/units/{quote(EVIL, '')}",
    ):
        page = officer.get(path).text
        assert "<script" not in page
        assert "<img" not in page


@pytest.mark.parametrize(
    "raw", [b"\x00\xff" * 50, b"From: x\r\nContent-Type: multipart/mixed\r\n\r\n--x", b"Subject: =?utf-8?b?/w==?="]
)
def test_a_mail_that_is_no_mail_is_shown_as_far_as_it_goes(house: House, officer: Browser, raw: bytes) -> None:
    mark = house.comes(raw)
    for path in (f"/triage/{mark}", f"/mails/{mark}/html", f"/mails/{mark}/raw", "/triage"):
        assert officer.get(path).status_code == 200


def test_a_mail_whose_file_is_gone_is_told_of_and_can_still_be_decided(house: House, officer: Browser) -> None:
    mark = house.question()
    house.desk.mails.files.clear()  # type: ignore[attr-defined]
    assert mails.GONE in officer.get(f"/triage/{mark}").text
    answer = officer.get(f"/mails/{mark}/raw")
    assert (answer.status_code, "存档文件不见了" in answer.text) == (503, True)
    assert officer.post(f"/triage/{mark}", {"act": "settle", "kind": "question"}).status_code == 303
    assert house.entries("mail.judged")[-1].data["settled"] is True


@pytest.mark.parametrize(("state", "said"), [("read", False), ("kept", True)])
def test_an_attachment_is_called_what_the_verdict_calls_it(
    house: House, officer: Browser, state: str, said: bool
) -> None:
    house.desk.reading_room = doubles.Room({"报告.docx": {"state": state, "text": "9"}})
    letter = EmailMessage()
    letter["From"], letter["Subject"] = "jyj@edu.example", "市教育局第二季度完成情况"
    letter.add_attachment(hostile.word("9"), maintype="application", subtype="msword", filename="报告.docx")
    page = officer.get(f"/triage/{house.comes(letter.as_bytes())}").text
    assert ("报告.docx" in page, "已存未读" in page) == (True, said)


def test_a_mail_that_breaks_whoever_reads_it_can_still_be_decided(
    house: House, officer: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = house.question(text="请问怎么填？机密")

    def broken(_raw: bytes) -> None:
        raise ValueError("机密")

    monkeypatch.setattr(mails, "read", broken)
    assert mails.UNREADABLE in officer.get(f"/triage/{mark}").text
    assert officer.get(f"/mails/{mark}/html").status_code == 200
    assert "机密".encode() in officer.get(f"/mails/{mark}/raw").data
    assert officer.post(f"/triage/{mark}", {"act": "settle", "kind": "question"}).status_code == 303
    assert not [words for words in house.told if "出错" in words]


def test_letters_that_came_back_are_counted_apart_on_the_overview(house: House, officer: Browser) -> None:
    of = note(EDUCATION, "first")
    for kind in (Kind.LETTER_INTENDED, Kind.LETTER_SENT, Kind.LETTER_BOUNCED):
        house.desk.ledger.append([letter(kind, of, "2020-06-15T09:00", recipient=of.to[0], permanent=True)])
    assert '<td class="n">—<small>退信 1</small></td>' in officer.get("/?period=2020Q2").text


def test_a_letter_is_shown_and_downloaded_as_it_left(house: House, officer: Browser) -> None:
    house.remind()
    letter = house.entries("letter.intended")[0].data
    assert "jyj@edu.example" in officer.get(f"/letters/{letter['sha256']}").text
    assert officer.get(f"/letters/{letter['sha256']}/html").headers["X-Frame-Options"] == "SAMEORIGIN"
    assert officer.get(f"/letters/{letter['sha256']}/raw").data == house.desk.letters.read(letter["file"])


# ---- waves


@pytest.fixture
def waiting(house: House) -> House:
    """Every wave waits for an officer."""
    house.now = at("2020-06-15T08:30")
    house.renewed(doubles.desk(house.post, house.desk.ledger, approval=Approval.REQUIRED))
    return house


def code_on(person: Browser) -> str:
    return person.get("/waves").text.split('name="code" value="')[1][:6]


def test_a_wave_is_approved_as_it_was_seen(waiting: House, officer: Browser) -> None:
    officer.post("/waves/2020Q2/first", {"act": "approve", "reason": "已核对", "code": code_on(officer)})
    (entry,) = waiting.entries("wave")
    assert (entry.kind, entry.actor, entry.data["reason"], len(entry.data["letters"])) == (
        "wave.approved", OFFICER, "已核对", 3,
    )  # fmt: skip


def test_one_unit_is_left_out_with_a_reason(waiting: House, officer: Browser) -> None:
    officer.post("/waves/2020Q2/first", {"act": "hold", "reason": "已电话沟通", "unit": EDUCATION})
    (entry,) = waiting.entries("wave.held")
    assert (entry.actor, entry.data["units"], entry.data["reason"]) == (OFFICER, [EDUCATION], "已电话沟通")


@pytest.mark.parametrize(
    ("path", "form", "words"),
    [
        ("2020Q2/first", {}, "没有填写理由"),
        ("2020Q2/first", {"reason": "x"}, "没有选择如何处理"),
        ("2020Q2/first", {"act": "approve", "reason": "x"}, "没有核对码"),
        ("2020Q2/first", {"act": "now", "reason": "x"}, "没有核对码"),
        ("2020Q2/first", {"act": "approve", "reason": "x", "code": "000000"}, "所列函件的收件人或内容与您看到的不同"),
        ("2020Q2/first", {"act": "hold", "reason": "x", "unit": "x"}, "没有名为“x”的责任单位"),
        ("2020Q9/first", {"act": "hold", "reason": "x"}, "没有编号为“2020Q9”的季度"),
        ("2020Q2/x", {"act": "hold", "reason": "x"}, "没有名为“x”的阶段"),
    ],
)
def test_a_wave_that_nobody_has_seen_so_is_not_let_go(
    waiting: House, officer: Browser, path: str, form: dict[str, str], words: str
) -> None:
    answer = officer.post(f"/waves/{path}", form)
    assert (answer.status_code, waiting.entries()) == (400, [])
    assert words in answer.text


# ---- the store and the log


@pytest.mark.parametrize("act", ["record", "note", "exempt"])
def test_a_store_that_takes_nothing_is_told_of_in_words(house: House, officer: Browser, act: str) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise LedgerError("台账所在磁盘为只读（/var/lib/cuibao/2020.jsonl）", "请运行 ./bot doctor")

    house.desk.ledger.append = refuse  # type: ignore[method-assign]
    answer = officer.post(ACTS, RECORD | {"act": act})
    assert (answer.status_code, house.entries()) == (503, [])
    assert "台账所在磁盘为只读" in answer.text
    assert "请告知维护人员" in answer.text
    for word in ("/var/lib", "./bot", "Traceback"):
        assert word not in answer.text


@pytest.mark.parametrize("path", ["/", "/matrix", "/triage", "/waves", "/ledger", "/ledger.xlsx"])
def test_a_ledger_that_cannot_be_read_is_told_of_on_a_page(house: House, officer: Browser, path: str) -> None:
    def refuse() -> None:
        raise LedgerError("台账第 1 行不是一条台账记录", "请运行 ./bot verify")

    house.desk.ledger.entries = refuse  # type: ignore[method-assign, assignment]
    answer = officer.get(path)
    assert (answer.status_code, "台账或存档暂不能读写" in answer.text, "./bot" in answer.text) == (503, True, False)


def test_nothing_of_a_mail_reaches_the_log(
    house: House, officer: Browser, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = house.question()

    def fail(*_: Any) -> None:
        raise ValueError("请问怎么填？")

    monkeypatch.setattr(mails, "page_of", fail)
    answer = officer.get(f"/mails/{mark}/html")
    assert (answer.status_code, "程序出错" in answer.text) == (500, True)
    assert house.told[-1].startswith("页面 mails.html 出错：ValueError，mails.py:")
    for words in (answer.text, *house.told, *capfd.readouterr()):
        assert "请问" not in words
        assert "Traceback" not in words


def test_the_log_stays_clean_when_even_the_error_page_fails(
    house: House, officer: Browser, capfd: pytest.CaptureFixture[str]
) -> None:
    class Broken:
        @property
        def office(self) -> None:
            raise ValueError("请问怎么填？")

    house.app.config["READER"].desk = Broken
    officer.client.get("/")
    assert "请问" not in "".join(capfd.readouterr())


# ---- what is remembered


def test_what_another_process_writes_is_seen_at_once(house: House, officer: Browser) -> None:
    assert "别处所记" not in officer.get(f"/units/{EDUCATION}").text
    assert "未报 3" in officer.get("/").text
    other = JsonlLedger(house.folder / "2020.jsonl", mode="office")
    other.append([Draft(Kind.SUBMISSION_RECEIVED, NOW, "2020Q2", EDUCATION, (), "周某", {"reason": "别处所记"})])
    assert "别处所记" in officer.get(f"/units/{EDUCATION}").text
    assert "未报 2" in officer.get("/").text


def test_a_configuration_taken_over_anew_is_seen_at_once(house: House, officer: Browser) -> None:
    assert "新名称办公室" not in officer.get("/").text
    house.renewed(doubles.desk(house.post, house.desk.ledger, name="新名称办公室"))
    assert "新名称办公室" in officer.get("/").text


def test_the_next_minute_is_another_page(house: House, officer: Browser) -> None:
    assert "距截止" in officer.get("/").text
    house.now = at("2020-07-01T10:00")
    assert "已截止" in officer.get("/").text


# ---- headers, files, health


def test_every_answer_forbids_what_it_does_not_need(house: House, officer: Browser) -> None:
    mark = house.question()
    paths = [*PAGES, *FILES, "/login", "/healthz", "/static/console.css", "/nowhere", "/logout", f"/mails/{mark}/raw"]
    for person in (officer, house.visitor()):
        for path in paths:
            headers = person.get(path).headers
            assert "default-src 'none'" in headers["Content-Security-Policy"]
            assert "unsafe-inline" not in headers["Content-Security-Policy"] or path == "/templates/html"
            assert headers["X-Content-Type-Options"] == "nosniff"
    assert officer.post(ACTS, {}).headers["X-Content-Type-Options"] == "nosniff"


def test_late_is_told_apart_from_what_is_still_owed(house: House, officer: Browser) -> None:
    late = "2020-07-01T09:00:00+08:00"
    house.desk.ledger.append([act(Kind.SUBMISSION_RECEIVED, EDUCATION, late, arrived_at=late)])
    house.now = at("2020-07-03T10:00")
    page = house.officer().get("/?period=2020Q2").text
    assert re.search(r"市教育局.*?<td>迟报</td>", page, re.S)
    assert re.search(r"市医保局.*?<td>逾期</td>", page, re.S)
    assert "<td>—</td>" in house.officer().get("/?period=2020Q3").text


def test_no_cell_of_the_ledgers_sheet_is_a_formula(house: House, officer: Browser) -> None:
    for reason in ("=1+1", "@SUM(A1)", "+86", "-1"):
        officer.post(ACTS, RECORD | {"act": "note", "reason": reason})
    book = load_workbook(io.BytesIO(officer.get("/ledger.xlsx").data))
    cells = [cell for row in book.active.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert {"=1+1", "@SUM(A1)", "+86", "-1"} <= {cell.value for cell in cells}


@pytest.mark.parametrize(("alive", "status"), [(True, 200), (False, 503)])
def test_the_health_page_is_for_all_and_says_whether_the_daemon_ticks(house: House, alive: bool, status: int) -> None:
    house.alive = alive
    assert house.visitor().get("/healthz").status_code == status


def test_a_test_mail_holds_up_no_page(house: House, officer: Browser) -> None:
    going = threading.Event()
    house.test_mail = lambda: "试发成功" if going.wait(10) else "太慢"
    assert officer.post("/check/mail").status_code == 303
    assert "正在试发" in officer.get("/check").text
    going.set()
    house.app.config["TEST_MAIL"]._thread.join()
    assert "试发成功" in officer.get("/check").text


def test_a_test_mail_that_breaks_is_told_of(house: House, officer: Browser) -> None:
    def fail() -> str:
        raise RuntimeError("secret")

    house.test_mail = fail
    officer.post("/check/mail")
    house.app.config["TEST_MAIL"]._thread.join()
    assert "未能完成（RuntimeError）" in officer.get("/check").text


def test_many_changes_of_contacts_are_all_shown(house: House, officer: Browser) -> None:
    house.changes = [f"某局{number}：新增联系人" for number in range(90)]
    page = officer.post("/contacts", {"sheet": (io.BytesIO(b"any bytes"), "联系人.xlsx")})
    assert page.status_code == 200
    assert "共 90 处变化" in page.text
    assert "某局89：新增联系人" in page.text
    assert house.sheets == [(b"any bytes", OFFICER)]


def test_a_sheet_with_mistakes_changes_nothing_and_each_is_named(house: House, officer: Browser) -> None:
    house.problems = [Problem("联系人.xlsx", f"第 {row} 行", "邮箱有误", "请更正") for row in range(30)]
    page = officer.post("/contacts", {"sheet": (io.BytesIO(b"x"), "联系人.xlsx")})
    assert page.status_code == 400
    assert "第 29 行" in page.text


def test_no_sheet_is_asked_for_again(officer: Browser) -> None:
    assert "没有选择文件" in officer.post("/contacts").text


@pytest.mark.parametrize(("count", "words"), [(0, "核验完毕"), (300, "核验发现 300 处问题")])
def test_a_verification_tells_what_it_found(house: House, officer: Browser, count: int, words: str) -> None:
    house.problems = [Problem("mail/x.eml", "", "内容与登记的摘要不符" * 30, "请恢复")] * count
    assert officer.post("/ledger/verify").status_code == 303
    assert words in officer.get("/ledger").text


def test_a_leaders_name_stands_on_the_page(house: House) -> None:
    assert LEADER in house.leader().get("/").text


def test_the_login_page_waits_for_nobody_elses_page(house: House) -> None:
    answers: list[int] = []
    visit = threading.Thread(target=lambda: answers.append(house.visitor().get("/login").status_code), daemon=True)
    with house.app.config["READER"].lock:  # as a page holds it that takes long
        visit.start()
        visit.join(10)
        assert answers == [200]


@pytest.mark.parametrize("path", ["/templates", "/templates/html"])
def test_where_no_unit_owes_anything_there_is_no_letter_to_show(house: House, officer: Browser, path: str) -> None:
    items = (Item(1, "社会保障", "大病保险", ("市大病保险成员单位",)),)
    house.renewed(doubles.desk(registry=Registry(items, UNITS, REGISTRY.collectives)))
    assert officer.get(path).status_code == 404


def test_a_units_page_tells_where_it_stood_a_year_ago(house: House, officer: Browser) -> None:
    assert "上年同期" not in officer.get("/units/市教育局?period=2020Q2").text
    old = office(
        notice=Notice("测民〔2019〕1号", 2019, "要点"), periods=(Period("2019Q2", "第二季度", date(2019, 6, 30)),)
    )
    ledger = Log()
    ledger.append([act(Kind.SUBMISSION_RECEIVED, EDUCATION, "2019-07-02T09:00", period="2019Q2")])
    house.renewed(house.desk.with_years_before([(old, ledger)]))
    assert "上年同期（2019Q2）：已收待核 1，其中迟报 1" in officer.get("/units/市教育局?period=2020Q2").text

"""Group robots, against an endpoint of our own that answers as WeCom's and DingTalk's do."""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from world import at

from cuibao.gateways import log
from cuibao.gateways.webhook import LONGEST_TEXT, mistake_in, post
from cuibao.rules.outcomes import MailServerError

NINE = at("2020-06-15T09:00")
KEY = "693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa"
SIGN_KEY = "SEC0123456789abcdef"
FINE = b'{"errcode":0,"errmsg":"ok"}'


@dataclass
class Robot:
    """An endpoint: what it was asked, and what it answers."""

    base: str = ""
    answer: bytes = FINE
    code: int = 200
    location: str = ""
    drip: float = 0.0
    asked: list[tuple[str, str, dict[str, object]]] = field(default_factory=list)

    @property
    def wecom(self) -> str:
        return f"{self.base}/cgi-bin/webhook/send?key={KEY}"

    @property
    def dingtalk(self) -> str:
        return f"{self.base}/robot/send?access_token={KEY}"


@pytest.fixture
def robot(monkeypatch: pytest.MonkeyPatch) -> Iterator[Robot]:
    monkeypatch.setattr(log, "_secrets", ())
    made = Robot()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            made.asked.append((self.path, self.headers["Content-Type"], body))
            self.send_response(made.code)
            if made.location:
                self.send_header("Location", made.location)
            self.end_headers()
            with suppress(ConnectionError):  # whoever asked may have had enough
                for start in range(len(made.answer)) if made.drip else ():
                    time.sleep(made.drip)
                    self.wfile.write(made.answer[start : start + 1])
                if not made.drip:
                    self.wfile.write(made.answer)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    made.base = f"http://127.0.0.1:{server.server_address[1]}"
    yield made
    server.shutdown()
    thread.join()
    server.server_close()


def refusal(robot: Robot, url: str = "", timeout: float = 5.0, secret: str = "") -> MailServerError:
    """What is raised for a post, which never shows the key."""
    with pytest.raises(MailServerError) as caught:
        post(url or robot.wecom, "收件服务器已 60 分钟没有答复", NINE, timeout=timeout, secret=secret)
    assert KEY not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return caught.value


def test_wecom_gets_the_text_in_the_form_it_wants(robot: Robot) -> None:
    post(robot.wecom, "收件服务器已 60 分钟没有答复", NINE)
    (asked,) = robot.asked
    assert asked == (
        f"/cgi-bin/webhook/send?key={KEY}",
        "application/json; charset=utf-8",
        {"msgtype": "text", "text": {"content": "收件服务器已 60 分钟没有答复"}},
    )


def test_dingtalk_without_a_secret_gets_the_same(robot: Robot) -> None:
    post(robot.dingtalk, "告警", NINE)
    assert robot.asked[0][0] == f"/robot/send?access_token={KEY}"


def test_dingtalk_with_a_secret_gets_the_time_and_a_signature(robot: Robot) -> None:
    post(robot.dingtalk, "告警", NINE, secret=SIGN_KEY)
    query = parse_qs(urlsplit(robot.asked[0][0]).query)
    assert query["access_token"] == [KEY]
    assert query["timestamp"] == ["1592182800000"]
    expected = hmac.new(SIGN_KEY.encode(), f"1592182800000\n{SIGN_KEY}".encode(), hashlib.sha256).digest()
    assert query["sign"] == [base64.b64encode(expected).decode()]


def test_a_long_text_is_cut_between_characters(robot: Robot) -> None:
    post(robot.wecom, "催" * 1000, NINE)
    content = robot.asked[0][2]["text"]["content"]  # type: ignore[index]
    assert len(content.encode()) <= LONGEST_TEXT
    assert content.endswith("催……")


def test_a_known_secret_never_leaves_in_a_text(robot: Robot) -> None:
    log.hide("QWERTYUIOPASDFGH")
    post(robot.wecom, "535 QWERTYUIOPASDFGH", NINE)
    assert robot.asked[0][2]["text"] == {"content": "535 ……"}


@pytest.mark.parametrize(
    ("answer", "words", "permanent"),
    [
        (b'{"errcode":93000,"errmsg":"invalid webhook url, hint: [1592182800]"}', "93000 invalid webhook url", True),
        (b'{"errcode":310000,"errmsg":"sign not match"}', "310000 sign not match", True),
        ('{"errcode":310000,"errmsg":"关键词不匹配"}'.encode(), "310000 关键词不匹配", True),
        (b'{"errcode":45009,"errmsg":"api freq out of limit"}', "45009 api freq out of limit", False),
        (b'{"errcode":130101,"errmsg":"send too fast"}', "130101 send too fast", False),
        (b'{"errcode":-1}', "-1 （无说明）", False),
    ],
)
def test_a_refusal_keeps_the_robots_own_words(robot: Robot, answer: bytes, words: str, permanent: bool) -> None:
    robot.answer = answer
    error = refusal(robot)
    assert words in error.message
    assert error.permanent is permanent
    assert error.remedy


@pytest.mark.parametrize(
    "answer",
    [b"", b"<html>login</html>", b"[]", b"null", b'{"errcode":"x"}', b'{"ok":true}', b"\xff\xfe", b"[" * 60_000],
    ids=range(8),
)
def test_an_answer_that_is_none_is_told(robot: Robot, answer: bytes) -> None:
    robot.answer = answer
    assert "答非所问" in refusal(robot).message


def test_an_answer_without_end_is_read_no_further_than_needed(robot: Robot) -> None:
    robot.answer = b'{"errcode":0,"x":"' + b"a" * 5_000_000
    assert len(refusal(robot).message) < 300


@pytest.mark.parametrize(("code", "permanent"), [(404, True), (500, False), (502, False)])
def test_an_error_of_http_is_told_by_number(robot: Robot, code: int, permanent: bool) -> None:
    robot.code = code
    error = refusal(robot)
    assert f"HTTP {code}" in error.message
    assert error.permanent is permanent


def test_a_redirect_is_not_followed(robot: Robot) -> None:
    robot.code, robot.location = 302, f"{robot.base}/elsewhere"
    assert "HTTP 302" in refusal(robot).message
    assert len(robot.asked) == 1


def test_an_answer_that_quotes_the_key_is_shown_without_it(robot: Robot) -> None:
    robot.answer = json.dumps({"errcode": 40001, "errmsg": f"bad key {KEY} sign {SIGN_KEY}"}).encode()
    assert "bad key …… sign ……" in refusal(robot, secret=SIGN_KEY).message


@pytest.mark.parametrize("drip", [0.05, 5.0], ids=["drips", "silent"])
def test_a_robot_that_does_not_come_to_an_end_is_given_up(robot: Robot, drip: float) -> None:
    robot.drip, robot.answer = drip, FINE * 10
    before = time.monotonic()
    assert "对方无答复" in refusal(robot, timeout=0.3).message
    assert time.monotonic() - before < 3


def test_nobody_at_the_address_is_told_and_tried_again(robot: Robot) -> None:
    error = refusal(robot, "http://127.0.0.1:1/send?key=" + KEY)
    assert "连接失败" in error.message
    assert not error.permanent


@pytest.mark.parametrize(
    "url",
    [
        "",
        "qyapi.weixin.qq.com/cgi-bin",
        "ftp://qyapi.weixin.qq.com/",
        f"http://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={KEY}",
        f"https:///send?key={KEY}",
        f"https://a b/send?key={KEY}",
        f"https://host:x/send?key={KEY}",
        f"https://[::1/send?key={KEY}",
        f"https://user:pass@host/send?key={KEY}",
        "https://群机器人/send",
        "file:///etc/passwd",
    ],
)
def test_an_address_that_cannot_be_a_robots_is_refused_without_showing_it(robot: Robot, url: str) -> None:
    assert mistake_in(url)
    with pytest.raises(MailServerError) as caught:
        post(url, "告警", NINE)
    assert caught.value.permanent
    assert KEY not in str(caught.value)
    assert robot.asked == []


@pytest.mark.parametrize("url", [f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={KEY}", "http://[::1]:8080/x"])
def test_a_robots_address_has_no_mistake(url: str) -> None:
    assert mistake_in(url) == ""

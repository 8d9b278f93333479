"""Posts a text to a group robot of WeCom (企业微信) or DingTalk (钉钉): both take the same JSON and answer with an errcode.

The address holds the robot's key: it is a secret, and no message here ever shows any of it."""

import base64
import hashlib
import hmac
import ipaddress
import json
import time
from collections.abc import Iterator
from datetime import datetime
from http.client import HTTPException, HTTPResponse
from typing import Any
from urllib.parse import parse_qsl, quote_plus, urlsplit

from cuibao.gateways import log
from cuibao.gateways.system_words import why
from cuibao.rules.outcomes import MailServerError

TIMEOUT = 10.0
"""Seconds, for connecting, for every answer, and for the whole of an answer."""
LONGEST_TEXT = 2000
"""Bytes of UTF-8: WeCom takes 2048, DingTalk more."""
_LONGEST_ANSWER = 65_536
_LONGEST_WORDS = 200
_SHORTEST_KEY = 8
_BUSY = (-1, 45009, 130101, 410100)
"""errcodes that another time mends: the provider is busy, WeCom's and DingTalk's limits of messages a minute."""
_WHERE = "请检查 CUIBAO_WEBHOOK（或 office.yaml 的 alarms.webhook）是否为群机器人的完整网址"


def mistake_in(url: str) -> str:
    """What is wrong with a robot's address, in Chinese and without showing it; empty when nothing is."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "不是有效的网址"
    if not host or parts.scheme not in ("https", "http") or not url.isascii() or any(char.isspace() for char in url):
        return "不是有效的网址"
    if parts.username or parts.password:
        return "网址中不能带账号和密码"
    if parts.scheme == "http" and not is_loopback(host):
        return "网址须以 https:// 开头（http 仅限本机）"
    return ""


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine's own."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def post(url: str, text: str, now: datetime, *, secret: str = "", timeout: float = TIMEOUT) -> None:
    """Post the text, cut to 2000 bytes, to the robot of that address; `secret` is that of DingTalk's 加签, with which `now` is
    signed. Raises MailServerError with the robot's own words, permanent where trying again cannot help."""
    if wrong := mistake_in(url):
        raise MailServerError(f"群机器人{wrong}", _WHERE, permanent=True)
    for hidden in _secrets(url, secret):
        log.hide(hidden)
    body = json.dumps({"msgtype": "text", "text": {"content": _fitting(log.without_secrets(text))}}).encode()
    try:
        answer = _answer(_signed(url, secret, now) if secret else url, body, timeout)
    except (OSError, HTTPException, ValueError) as error:
        raise _unreachable(error) from None  # the error itself may hold the address
    _judge(answer)


def _signed(url: str, secret: str, now: datetime) -> str:
    """The address with DingTalk's signature: base64 of HMAC-SHA256 over the time in milliseconds, a line end and the secret."""
    moment = str(int(now.timestamp() * 1000))
    digest = hmac.new(secret.encode(), f"{moment}\n{secret}".encode(), hashlib.sha256).digest()
    sign = quote_plus(base64.b64encode(digest))
    return f"{url}{'&' if urlsplit(url).query else '?'}timestamp={moment}&sign={sign}"


def _answer(url: str, body: bytes, timeout: float) -> bytes:
    """What the robot answers, at most 64 KB. Raises OSError (URLError, HTTPError), HTTPException or ValueError."""
    from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener  # slow to load, seldom needed

    class NoRedirect(HTTPRedirectHandler):
        def redirect_request(self, *_: Any, **__: Any) -> None:
            """A robot never moves: following would carry the key elsewhere."""

    aside = [ProxyHandler({})] if is_loopback(urlsplit(url).hostname or "") else []
    request = Request(url, body, {"Content-Type": "application/json; charset=utf-8"})  # noqa: S310 - the scheme was checked
    give_up = time.monotonic() + timeout
    with build_opener(NoRedirect, *aside).open(request, timeout=timeout) as response:
        return b"".join(_pieces(response, give_up))


def _pieces(response: HTTPResponse, give_up: float) -> Iterator[bytes]:
    """The answer piece by piece: one that drips must not hold anybody up."""
    left = _LONGEST_ANSWER
    while left > 0 and (piece := response.read1(left)):
        yield piece
        left -= len(piece)
        if time.monotonic() > give_up:
            raise TimeoutError


def _judge(answer: bytes) -> None:
    try:
        doc = json.loads(answer)
        code, words = int(doc["errcode"]), str(doc.get("errmsg", ""))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise MailServerError(f"群机器人答非所问：{_shown(answer.decode(errors='replace'))}", _WHERE) from None
    if code != 0:
        raise MailServerError(
            f"群机器人未接受消息：{code} {_shown(words)}",
            "请核对群机器人是否停用，及其安全设置（关键词、加签、IP 地址段）",
            permanent=code not in _BUSY,
        )


def _unreachable(error: Exception) -> MailServerError:
    from urllib.error import HTTPError, URLError

    if isinstance(error, HTTPError):
        with error:
            words = _shown(f"HTTP {error.code} {error.reason}")
        return MailServerError(f"群机器人未接受消息：{words}", _WHERE, permanent=400 <= error.code < 500)
    reason = error.reason if isinstance(error, URLError) else error
    if isinstance(reason, TimeoutError):
        words = "对方无答复"
    elif isinstance(reason, OSError):
        words = _shown(why(reason))
    else:
        words = type(reason).__name__
    return MailServerError(f"群机器人连接失败：{words}", "请检查网络，稍后会自动重试")


def _secrets(url: str, secret: str) -> Iterator[str]:
    parts = urlsplit(url)
    yield from (secret, url, parts.query)
    yield from (value for _, value in parse_qsl(parts.query) if len(value) >= _SHORTEST_KEY)


def _shown(words: str) -> str:
    """Words of the robot's for people: one line, not long, and nothing of the key."""
    line = " ".join(log.without_secrets(words).split())
    return line[:_LONGEST_WORDS] or "（无说明）"


def _fitting(text: str) -> str:
    raw = text.encode("utf-8", "replace")
    if len(raw) <= LONGEST_TEXT:
        return raw.decode()
    cut = LONGEST_TEXT - len(log.BLOT.encode())
    return raw[:cut].decode(errors="ignore") + log.BLOT

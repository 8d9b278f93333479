"""Files are made beside the pages: one at a time, few may wait, and no page waits for any."""

import threading
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from urllib.parse import quote

import pytest
from office_page import House
from PIL import ImageFont
from werkzeug.test import TestResponse
from world import at

from cuibao.front.console.press import ROOM, Press

PICTURE = f"/documents/2020Q2/{quote('2020年第二季度报送情况一图.png')}"
EVERYTHING = f"/documents/2020Q2/{quote('2020年第二季度全部文件.zip')}"
LEDGER = f"/documents/2020Q2/{quote('2020年第二季度工作台账.xlsx')}"


class Slow:
    """A font that is read when the test says so."""

    def __init__(self) -> None:
        self.begun, self.may_end, self.reads = threading.Event(), threading.Event(), 0

    def __call__(self) -> bytes:
        self.reads += 1
        self.begun.set()
        assert self.may_end.wait(60)
        found: bytes = ImageFont.load_default(10).font_bytes
        return found


@pytest.fixture
def font(house: House) -> Slow:
    slow = Slow()
    house.font = slow
    return slow


@pytest.fixture
def people() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(ROOM + 1) as pool:
        yield pool


def clicks(house: House, people: ThreadPoolExecutor, path: str) -> "Future[TestResponse]":
    return people.submit(house.leader().get, path)


@pytest.mark.parametrize("path", [PICTURE, EVERYTHING])
def test_pages_come_while_a_document_is_made(house: House, font: Slow, people: ThreadPoolExecutor, path: str) -> None:
    officer = house.officer()
    making = clicks(house, people, path)
    try:
        assert font.begun.wait(60)
        assert officer.get("/").status_code == 200
        assert officer.get("/documents?period=2020Q2").status_code == 200
        assert not making.done()
    finally:
        font.may_end.set()
    assert making.result(60).status_code == 200


def test_who_finds_too_many_waiting_is_told_at_once(house: House, font: Slow, people: ThreadPoolExecutor) -> None:
    officer = house.officer()
    paths = (PICTURE, LEDGER, "/ledger.xlsx", LEDGER)
    assert len(paths) == ROOM + 1
    asked = [clicks(house, people, PICTURE)]
    try:
        assert font.begun.wait(60)
        asked += [clicks(house, people, path) for path in paths[1:]]
        ((refused,), others) = wait(asked, 60, FIRST_COMPLETED)
        assert refused.result().status_code == 503
        assert "请稍候" in refused.result().text
        assert "正在为他人生成文件" in refused.result().text
        assert officer.get("/").status_code == 200
    finally:
        font.may_end.set()
    assert [one.result(60).status_code for one in others] == [200] * ROOM
    assert officer.get(LEDGER).status_code == 200


def test_a_document_is_made_once_as_long_as_nothing_changes(house: House, font: Slow) -> None:
    font.may_end.set()
    officer = house.officer()
    assert officer.get(PICTURE).data == officer.get(PICTURE).data
    assert font.reads == 1
    house.now = at("2020-07-03T10:01")
    officer.get(PICTURE)
    assert font.reads == 2


def test_what_fails_leaves_its_place_to_others() -> None:
    press = Press()

    def fails() -> bytes:
        return bytes(1 // 0)

    for _ in range(ROOM + 1):
        with pytest.raises(ZeroDivisionError):
            press.make(fails)
    assert press.make(lambda: b"x") == b"x"

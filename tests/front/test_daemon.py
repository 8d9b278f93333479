"""The daemon: rings, tells once what fails, takes over an edited configuration, and ends in good time."""

import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from doubles import Post, desk, entries, kinds
from world import EDUCATION, at, office, with_unit

from cuibao.desk.context import Desk
from cuibao.front import daemon as front
from cuibao.front.daemon import Daemon
from cuibao.front.sandbox.clock import SandboxClock
from cuibao.gateways import log
from cuibao.rules.outcomes import ConfigError, LedgerError, MailServerError, Problem
from cuibao.rules.registry import Contact
from cuibao.rules.traffic import Outcome

NINE = at("2020-06-15T09:00")
DOWN = MailServerError("connection refused")


class Crier:
    def __init__(self) -> None:
        self.told: list[str] = []

    def tell(self, words: str, *, mailbox_fails: bool) -> None:
        del mailbox_fails
        self.told.append(words)


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    """What the log was told."""
    told: list[tuple[str, dict[str, Any]]] = []
    for level in ("info", "warning", "error", "exception"):
        monkeypatch.setattr(log, level, lambda event, **facts: told.append((event, facts)))
    return told


def made(book: Desk, **changes: Any) -> Daemon:
    return Daemon(book, lambda: NINE, lambda _seconds: NINE, threading.Event(), **changes)


def minutes(*numbers: int) -> list[datetime]:
    return [NINE + timedelta(minutes=number) for number in numbers]


def test_a_server_that_is_away_is_logged_once_and_its_recovery_once(lines: list[Any]) -> None:
    post = Post(imap_down=DOWN, smtp_down=DOWN)
    one = made(desk(post))
    for moment in minutes(0, 3, 6):
        one.tick(moment)
    post.imap_down = post.smtp_down = None
    for moment in minutes(9, 12):
        one.tick(moment)
    assert [(event, facts["what"]) for event, facts in lines if "what" in facts] == [
        ("遇到问题", "收件服务器"),
        ("遇到问题", "发件服务器"),
        ("已恢复", "收件服务器"),
        ("已恢复", "发件服务器"),
    ]


def test_a_store_that_cannot_be_written_is_told_once_and_the_next_tick_goes_on(lines: list[Any]) -> None:
    post, crier = Post(), Crier()
    book = replace(desk(post), herald=crier)
    write = book.ledger.append

    def full(*_: object) -> None:
        raise LedgerError("磁盘空间已满")

    book.ledger.append = full  # type: ignore[method-assign,assignment]
    one = made(book)
    for moment in minutes(0, 1, 2):
        one.tick(moment)
    book.ledger.append = write  # type: ignore[method-assign]
    one.tick(NINE + timedelta(minutes=3))
    assert len(post.accepted) == 3
    assert [words.partition("：")[0] for words in crier.told] == ["数据目录无法写入，暂停收发", "数据目录已恢复正常"]
    assert [event for event, facts in lines if facts.get("what") == "数据目录"] == ["遇到问题", "已恢复"]


def test_a_disk_that_is_still_full_is_not_told_as_well_by_a_tick_that_writes_nothing(lines: list[Any]) -> None:
    post, crier = Post(), Crier()
    book = replace(desk(post), herald=crier)

    def full(*_: object) -> None:
        raise LedgerError("磁盘空间已满")

    write, book.ledger.append = book.ledger.append, full  # type: ignore[method-assign,assignment]
    one = made(book, probe=full)
    one.tick(NINE)
    post.accepted.clear()
    book.office = office(stages=())
    for moment in minutes(1, 2, 3):
        one.tick(moment)
    assert len(crier.told) == 1
    one.probe = lambda: None
    book.ledger.append = write  # type: ignore[method-assign]
    one.tick(NINE + timedelta(minutes=4))
    assert crier.told[-1] == "数据目录已恢复正常"


def test_an_edited_configuration_is_taken_over_without_a_restart(lines: list[Any]) -> None:
    post = Post()
    book = desk(post)
    moved = with_unit(office(), EDUCATION, contacts=(Contact("新", "xin@edu.example"),))
    fresh = iter([None, replace(book, office=moved)])
    one = made(book, renew=lambda: next(fresh, None))
    one.tick(at("2020-06-12T10:00"))
    one.tick(NINE)
    assert post.to("xin@edu.example")
    assert ("配置已更新", {}) in lines


def test_a_mistake_in_it_keeps_the_old_one_and_is_told(lines: list[Any]) -> None:
    post = Post()
    book = desk(post)

    def broken() -> Desk | None:
        raise ConfigError((Problem("config/units.yaml", "units[3].name", "不能为空", "请填写"),))

    one = made(book, renew=broken)
    one.tick(NINE)
    one.renew = lambda: None
    one.tick(NINE + timedelta(minutes=1))
    assert len(post.accepted) == 3
    raised = entries(book, "alarm.raised")
    assert [entry.data["key"] for entry in raised] == ["config"]
    assert "units[3].name" in raised[0].data["words"]
    one.renew = lambda: book
    one.tick(NINE + timedelta(minutes=2))
    assert kinds(book, "alarm") == ["alarm.raised", "alarm.cleared"]


def test_the_heartbeat_beats_whatever_came_of_the_tick(lines: list[Any]) -> None:
    beats: list[tuple[datetime, list[str]]] = []
    book = desk(Post(imap_down=DOWN))
    one = made(book, beat=lambda now, _health, troubles: beats.append((now, troubles)))
    one.tick(NINE)
    assert beats == [(NINE, ["收件服务器：connection refused"])]


def test_a_tick_that_raises_is_not_the_end(lines: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    rung = []

    def tick(_self: Daemon, _now: datetime) -> None:
        rung.append(1)
        if len(rung) == 1:
            raise RuntimeError("a fault of the code")

    monkeypatch.setattr(Daemon, "tick", tick)
    one = made(desk(Post()), seconds=0.02)
    running = threading.Thread(target=one.run)
    running.start()
    time.sleep(0.4)
    one.stop.set()
    running.join(5)
    assert len(rung) > 1
    assert ("本轮办理出错，下一轮再试", {}) in lines


def test_it_does_not_wait_for_a_server_that_hangs(lines: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(front, "GRACE_SECONDS", 0.2)
    hangs, ended = threading.Event(), []
    monkeypatch.setattr(Daemon, "tick", lambda _self, _now: hangs.wait(5))
    one = made(desk(Post()))
    running = threading.Thread(target=lambda: ended.append(one.run()))
    running.start()
    time.sleep(0.3)
    one.stop.set()
    running.join(2)
    hangs.set()
    assert ended == [False]


def test_a_daemon_at_rest_ends_at_once(lines: list[Any]) -> None:
    one = made(desk(Post()))
    one.stop.set()
    assert one.run() is True


def test_a_slow_machine_takes_no_letter_of_the_rehearsal_to_another_day() -> None:
    """Each letter takes the machine as long as ten hours of the sandbox's clock."""
    real = [0.0]
    clock = SandboxClock(NINE, 3600, lambda: real[0])

    class Slow(Post):
        def send(self, raw: bytes, recipients: Sequence[str]) -> Outcome:
            real[0] += 10
            return super().send(raw, recipients)

    book, stop = desk(Slow()), threading.Event()
    Daemon(book, clock.now, lambda _: clock.sleep(20, stop), stop, during=clock.halted)._ring()
    sent = [entry.at - NINE for entry in entries(book, "letter.sent")]
    assert sent == [timedelta(seconds=seconds) for seconds in (0, 20, 40)]

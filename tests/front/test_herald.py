"""The herald: the log always, the group robot where one is set, the second account where the mailbox fails."""

from dataclasses import dataclass, replace
from typing import Any

import pytest
from world import at, office

from cuibao.front import herald as front
from cuibao.front.herald import Herald
from cuibao.gateways import log, webhook
from cuibao.gateways.mail_env import AlarmSmtp, load_mail_env
from cuibao.rules.outcomes import MailServerError
from cuibao.rules.traffic import Delivery, Outcome

CHEN = "chen@office.example"
SECOND = AlarmSmtp("smtp.second.example", 465, "tls", "user", "password", "bot@second.example")


SENT = Outcome(Delivery.SENT, "250")


@dataclass
class World:
    posted: list[str]
    mailed: list[tuple[bytes, tuple[str, ...]]]
    logged: list[tuple[str, dict[str, Any]]]
    answer: Outcome = SENT
    robot_fails: bool = False


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    made = World([], [], [])

    def post(url: str, text: str, *_: object, **__: object) -> None:
        if made.robot_fails:
            raise MailServerError("群机器人连接失败")
        made.posted.append(f"{url} {text}")

    class Postman:
        def __init__(self, account: object) -> None:
            del account

        def connect(self) -> None: ...

        def close(self) -> None: ...

        def send(self, raw: bytes, recipients: tuple[str, ...]) -> Outcome:
            made.mailed.append((raw, recipients))
            return made.answer

    monkeypatch.setattr(webhook, "post", post)
    monkeypatch.setattr(front, "SmtpPostman", Postman)
    monkeypatch.setattr(log, "warning", lambda event, **facts: made.logged.append((event, facts)))
    return made


def herald(tmp_path: Any, **env: object) -> Herald:
    plain = replace(load_mail_env(tmp_path / ".env", {}), **env)
    return Herald(office(digest_to=(CHEN,)), plain, lambda: at("2020-06-15T09:00"))


def test_without_any_other_way_the_log_has_it(world: World, tmp_path: Any) -> None:
    herald(tmp_path).tell("告警：读不到邮箱", mailbox_fails=True)
    assert world.logged == [("告警", {"words": "告警：读不到邮箱"})]
    assert (world.posted, world.mailed) == ([], [])


def test_the_robot_is_told_everything(world: World, tmp_path: Any) -> None:
    herald(tmp_path, webhook="https://robot.example/k").tell("告警：限额不足", mailbox_fails=False)
    assert world.posted == ["https://robot.example/k 【测试办报送提醒系统】告警：限额不足"]


def test_the_second_account_writes_where_the_mailbox_fails_and_only_then(world: World, tmp_path: Any) -> None:
    one = herald(tmp_path, alarm_smtp=SECOND)
    one.tell("告警：限额不足", mailbox_fails=False)
    assert world.mailed == []
    one.tell("告警：收件服务器拒绝登录", mailbox_fails=True)
    ((raw, to),) = world.mailed
    assert to == (CHEN,)
    assert b"bot@second.example" in raw


def test_a_way_that_fails_is_logged_and_the_others_are_tried(world: World, tmp_path: Any) -> None:
    world.robot_fails = True
    world.answer = Outcome(Delivery.REFUSED, "550 no")
    herald(tmp_path, webhook="https://robot.example/k", alarm_smtp=SECOND).tell("告警：X", mailbox_fails=True)
    assert [facts["way"] for event, facts in world.logged if event == "告警未能送达"] == ["群机器人", "第二发件账号"]

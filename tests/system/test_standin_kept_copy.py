"""Whether the server keeps what we send, found out with one mail against the stand-in."""

import pytest
from world import at

from cuibao.front.kept_copy import Found, send_and_look
from cuibao.gateways.servers import RealMailServers
from tests.system.standin import Standin

pytestmark = pytest.mark.system
pytest_plugins = ("tests.system.standin_fixture",)


@pytest.mark.parametrize(
    ("saves", "keeps", "found"),
    [(True, True, Found.MESSAGE_ID), (True, False, Found.MARK), (False, True, Found.NOTHING)],
)
def test_one_mail_tells_what_the_server_keeps(standin: Standin, saves: bool, keeps: bool, found: Found) -> None:
    now = at("2020-06-15T09:00")
    standin.saves_sent, standin.keeps_message_id, standin.now = saves, keeps, now
    account = standin.account(f"kept-{found}", timeout=15)
    servers = RealMailServers(account)
    assert send_and_look(servers, account.address, now, lambda _seconds: None).found is found
    servers.close()

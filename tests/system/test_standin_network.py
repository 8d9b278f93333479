"""The network between the office and 163.com: names, certificates, servers that are down; the same for reading and for sending."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

import pytest

from cuibao.gateways.account import Account, ServerAddress
from cuibao.gateways.servers import RealMailServers
from cuibao.rules.outcomes import MailServerError
from tests.system.standin import Standin
from tests.system.standin_certificates import Certificate

pytestmark = pytest.mark.system
pytest_plugins = ("tests.system.standin_fixture",)

Way = Callable[[RealMailServers], AbstractContextManager[Any]]
WAYS = pytest.mark.parametrize("way", [RealMailServers.mailbox, RealMailServers.postman], ids=["imap", "smtp"])


def refused(account: Account, way: Way) -> MailServerError:
    with pytest.raises(MailServerError) as caught, way(RealMailServers(account)):
        pass
    return caught.value


@WAYS
def test_a_good_certificate_is_trusted(standin: Standin, way: Way) -> None:
    standin.certificate = "good"
    with way(RealMailServers(standin.account())) as session:
        assert session is not None


@WAYS
@pytest.mark.parametrize(
    ("certificate", "words"), [("wrong host", "mismatch"), ("untrusted", "self-signed"), ("expired", "expired")]
)
def test_a_wrong_certificate_gets_no_password(standin: Standin, way: Way, certificate: Certificate, words: str) -> None:
    standin.certificate = certificate
    error = refused(standin.account(), way)
    assert "服务器证书未通过验证" in error.message
    assert words in error.message
    assert "CUIBAO_MAIL_CA" in error.remedy
    assert standin.imap.commands == standin.smtp.commands == []


@WAYS
def test_a_server_that_speaks_no_tls_gets_no_password(standin: Standin, way: Way) -> None:
    standin.certificate = "good"
    account = standin.account(timeout=1)
    standin.certificate = None
    assert not refused(account, way).permanent


@WAYS
@pytest.mark.parametrize("host", ["no-such-host.invalid", "a..b", "x" * 70 + ".example"])
def test_a_name_that_cannot_be_resolved_is_an_error_that_passes(standin: Standin, way: Way, host: str) -> None:
    nowhere = ServerAddress(host, 993, "tls")
    error = refused(replace(standin.account(), imap=nowhere, smtp=nowhere), way)
    assert not error.permanent
    assert host in error.message


@WAYS
def test_a_server_that_is_down_is_an_error_that_passes(standin: Standin, way: Way) -> None:
    account = standin.account()
    standin.stop()
    error = refused(account, way)
    assert "拒绝连接" in error.message
    assert not error.permanent


@WAYS
def test_a_server_that_accepts_and_says_nothing_is_left_after_the_timeout(standin: Standin, way: Way) -> None:
    standin.imap.silent_at("connect")
    standin.smtp.silent_at("connect")
    assert "超时" in refused(standin.account(timeout=1), way).message


@WAYS
def test_what_worked_before_works_after_an_outage(standin: Standin, way: Way) -> None:
    servers = RealMailServers(standin.account())
    standin.imap.drop_at("connect")
    standin.smtp.drop_at("connect")
    with pytest.raises(MailServerError), way(servers):
        pass
    with way(servers):
        pass

"""The postman against a real Postfix."""

from email.message import EmailMessage
from email.policy import SMTP

import pytest

from cuibao.gateways.account import Tls
from cuibao.gateways.servers import RealMailServers
from cuibao.rules.outcomes import MailServerError
from cuibao.rules.traffic import Delivery
from tests.system.mailhost import MailHost

pytestmark = pytest.mark.system


def letter(
    subject: str = "关于报送第二季度完成情况的提醒（市教育局）", body: str = "市教育局：\n.请于6月30日前报送。\n"
) -> bytes:
    message = EmailMessage(policy=SMTP)
    message["From"] = "市民生办 <whsmsb@163.example>"
    message["To"] = "jyj@wuhu.example"
    message["Subject"] = subject
    message["Date"] = "Mon, 15 Jun 2020 09:00:00 +0800"
    message["Message-ID"] = f"<{abs(hash(subject))}@163.example>"
    message.set_content(body, cte="8bit")
    return message.as_bytes()


@pytest.mark.parametrize("tls", ["none", "starttls", "tls"])
def test_a_letter_arrives_with_the_bytes_that_were_archived(mailhost: MailHost, tls: Tls) -> None:
    to = mailhost.account(f"jyj-{tls}@wuhu.example").address
    raw = letter()
    with RealMailServers(mailhost.account(tls=tls)).postman() as postman:
        outcome = postman.send(raw, [to])
    assert outcome.delivery is Delivery.SENT
    assert "queued as" in outcome.reply
    mailhost.wait_for(to, 1)
    assert mailhost.mails(to)[0].endswith(raw)


def test_an_unknown_recipient_is_refused_and_the_next_letter_goes(mailhost: MailHost) -> None:
    known = mailhost.account("ybj@wuhu.example").address
    with RealMailServers(mailhost.account()).postman() as postman:
        refused = postman.send(letter(), ["nobody-here@wuhu.example"])
        sent = postman.send(letter(), [known])
    assert refused.delivery is Delivery.REFUSED
    assert "550 5.1.1" in refused.reply
    assert sent.delivery is Delivery.SENT


def test_one_unknown_recipient_among_two_is_named_and_the_other_gets_the_letter(mailhost: MailHost) -> None:
    known = mailhost.account("czj@wuhu.example").address
    with RealMailServers(mailhost.account()).postman() as postman:
        outcome = postman.send(letter(), [known, "gone@wuhu.example"])
    assert outcome.delivery is Delivery.SENT
    assert outcome.refused == ("gone@wuhu.example",)
    mailhost.wait_for(known, 1)


def test_an_address_that_cannot_be_written_is_refused_without_stopping_the_others(mailhost: MailHost) -> None:
    known = mailhost.account("mzj@wuhu.example").address
    with RealMailServers(mailhost.account()).postman() as postman:
        outcome = postman.send(letter(), ["民政局@wuhu.example", "a@b.example>\r\nRSET", known])
    assert outcome.delivery is Delivery.SENT
    assert len(outcome.refused) == 2


@pytest.mark.parametrize("tls", ["none", "tls"])
def test_a_wrong_password_is_a_permanent_error_that_does_not_repeat_it(mailhost: MailHost, tls: Tls) -> None:
    servers = RealMailServers(mailhost.account(tls=tls, password="wrong-authorization-code"))
    with pytest.raises(MailServerError) as caught, servers.postman():
        pass
    assert caught.value.permanent
    assert "535" in str(caught.value)
    assert "wrong-authorization-code" not in str(caught.value)


def test_a_server_whose_certificate_nobody_vouches_for_gets_no_password(mailhost: MailHost) -> None:
    account = mailhost.account(tls="tls")
    stranger = type(account)(account.user, account.password, account.address, account.smtp, account.imap)
    with pytest.raises(MailServerError, match=r"(?i)certificate") as caught, RealMailServers(stranger).postman():
        pass
    assert not caught.value.permanent


def test_a_connection_that_dropped_between_letters_is_made_again(mailhost: MailHost) -> None:
    to = mailhost.account("wjw@wuhu.example").address
    with RealMailServers(mailhost.account()).postman() as postman:
        first = postman.send(letter("其一"), [to])
        postman._yag.smtp.sock.shutdown(2)
        second = postman.send(letter("其二"), [to])
    assert [first.delivery, second.delivery] == [Delivery.SENT, Delivery.SENT]
    mailhost.wait_for(to, 2)

"""The herald: tells people by the log, by a group robot, and by a second account where the mailbox itself is what fails."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid

from cuibao.gateways import log, webhook
from cuibao.gateways.account import Account, ServerAddress
from cuibao.gateways.mail_env import AlarmSmtp, MailEnv
from cuibao.gateways.smtp import SmtpPostman
from cuibao.rules.office import Office
from cuibao.rules.outcomes import MailServerError
from cuibao.rules.traffic import Delivery


@dataclass(frozen=True)
class Herald:
    """Fulfils the desk's port. What cannot be told by one way is logged and told by the others."""

    office: Office
    env: MailEnv
    now: Callable[[], datetime]

    def tell(self, words: str, *, mailbox_fails: bool) -> None:
        """Tell one piece of news; with `mailbox_fails` by the second account too. Never raises."""
        log.warning("告警", words=words)
        sentence = f"【{self.office.short}报送提醒系统】{words}"
        self._try("群机器人", lambda: self._to_robot(sentence))
        if mailbox_fails:
            self._try("第二发件账号", lambda: self._by_second_account(sentence))

    def _try(self, way: str, tell: Callable[[], None]) -> None:
        try:
            tell()
        except MailServerError as error:
            log.warning("告警未能送达", way=way, words=str(error))

    def _to_robot(self, sentence: str) -> None:
        if url := self.env.webhook or self.office.alarms.webhook:
            webhook.post(url, sentence, self.now(), secret=self.env.webhook_secret)

    def _by_second_account(self, sentence: str) -> None:
        second = self.env.alarm_smtp
        if second is None or not self.office.digest_to:
            return
        postman = SmtpPostman(_account(second, self.env))
        try:
            postman.connect()
            outcome = postman.send(
                _mail(second.sender, self.office.digest_to, sentence, self.now()), self.office.digest_to
            )
        finally:
            postman.close()
        if outcome.delivery is not Delivery.SENT:
            raise MailServerError(f"第二发件账号未能发出：{outcome.reply}")


def _account(second: AlarmSmtp, env: MailEnv) -> Account:
    server = ServerAddress(second.host, second.port, second.tls)
    return Account(second.user, second.password, second.sender, server, server, env.ca)


def _mail(sender: str, to: tuple[str, ...], sentence: str, at: datetime) -> bytes:
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = ", ".join(to)
    message["Subject"] = sentence[:80]
    message["Date"] = format_datetime(at)
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(sentence, cte="base64")
    return message.as_bytes()

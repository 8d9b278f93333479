"""A stand-in for 163.com: two small servers before a mail host's Dovecot and Postfix, which behave as captured sessions and public reports tell of NetEase, and
in which a test asks for any fault in one line:

    standin.smtp.answer_at(".", "554 DT:SPM 163 smtp5")      standin.imap.drop_in_literal()
    standin.smtp.lose_reply()                                 standin.imap.withhold_body(standin.uid(2))
    standin.certificate = "expired"                           standin.keeps_message_id = False
"""

import re
from datetime import datetime
from pathlib import Path

from cuibao.gateways.account import Account, ServerAddress
from tests.system.mailhost import PASSWORD, MailHost
from tests.system.standin_certificates import Certificate, Certificates
from tests.system.standin_imap import ImapStandin
from tests.system.standin_smtp import Accepted, SmtpStandin

SENT_FOLDER = "已发送"


class Standin:
    """Both servers. `imap` and `smtp` take faults; what is accepted is in `smtp.accepted` and, by `saves_sent`, in 已发送."""

    def __init__(self, host: MailHost, certificates: Path) -> None:
        """`certificates` is a folder where they are kept, for several stand-ins if need be."""
        self.host = host
        self.imap = ImapStandin(host.ports["imap"])
        self.smtp = SmtpStandin(host.ports["smtp"], self._save)
        self.saves_sent = True
        """Whether what was sent by SMTP lies in 已发送 afterwards."""
        self.keeps_message_id = True
        """Whether it lies there under the Message-ID that we gave it."""
        self.now: datetime | None = None
        """When what is saved in 已发送 has arrived there, for tests in a time of their own."""
        self._certificates = Certificates(certificates)
        self._certificate: Certificate | None = None

    @property
    def certificate(self) -> Certificate | None:
        """The servers' certificate, by what is wrong with it; None for no TLS at all. Set it before account()."""
        return self._certificate

    @certificate.setter
    def certificate(self, kind: Certificate | None) -> None:
        self._certificate = kind
        self.imap.context = self.smtp.context = self._certificates.context(kind) if kind else None

    def account(self, name: str = "whsmsb", *, password: str = PASSWORD, timeout: float = 5) -> Account:
        """A mailbox of the mail host, made at first asking, reached through the stand-in."""
        address = self.host.account(name).address
        tls = "tls" if self._certificate else "none"
        return Account(
            user=address,
            password=password,
            address=address,
            smtp=ServerAddress("127.0.0.1", self.smtp.port, tls),
            imap=ServerAddress("127.0.0.1", self.imap.port, tls),
            ca_file=self._certificates.authority if self._certificate else None,
            timeout=timeout,
        )

    def uid(self, number: int) -> int:
        """The UID of the folder's mail that came as the number-th."""
        return self.imap.first_uid + number - 1

    def stop(self) -> None:
        """Both servers are down."""
        self.imap.stop()
        self.smtp.stop()

    def _save(self, mail: Accepted) -> None:
        if not self.saves_sent:
            return
        raw = mail.raw
        if not self.keeps_message_id:
            anew = b"Message-ID: <server-made-%d@163.example>\r\n" % len(self.smtp.accepted)
            raw = re.sub(rb"(?im)^message-id:.*\r\n", anew, raw, count=1)
        self.host.append(mail.sender, raw, folder=SENT_FOLDER, when=self.now)

"""Finds out, with one mail from the office to itself, whether the server keeps a copy of what we send in 已发送, and under whose
Message-ID: on that rests whether a letter in doubt can be told from one that was lost."""

import json
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from enum import StrEnum
from pathlib import Path

from cuibao.desk.ports import MailServers
from cuibao.gateways.disk import make_folder, replace_file, telling
from cuibao.papers.token import ALPHABET, LENGTH
from cuibao.rules.entries import moment, stamp
from cuibao.rules.outcomes import MailServerError, Problem, Severity
from cuibao.rules.traffic import Delivery

FILE = "provider.json"
LOOKS, SECONDS_BETWEEN = 10, 2.0


class Found(StrEnum):
    """By what the copy was found."""

    MESSAGE_ID = "message_id"
    MARK = "token"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class KeptCopy:
    """What came of it. `reply` is the server's own words."""

    found: Found
    reply: str

    def words(self) -> str:
        """The result in one sentence."""
        return {
            Found.MESSAGE_ID: "试发一封给本邮箱：“已发送”中有此信，标识未变",
            Found.MARK: "试发一封给本邮箱：“已发送”中有此信，标识已被服务器更换，以主题编号辨认",
            Found.NOTHING: f"试发一封给本邮箱：“已发送”中未见此信（{self.reply}）",
        }[self.found]

    def problem(self) -> Problem | None:
        """A warning where a letter in doubt could not be found again."""
        if self.found is not Found.NOTHING:
            return None
        return Problem(
            ".env",
            "发件服务器（SMTP）",
            "发出的邮件在“已发送”中找不到：连接中断时无从得知是否已发出，只能以同样内容再发一次",
            "请在网页邮箱的设置中开启“SMTP发信后保存到服务器”；不能开启的可不管，最多是个别单位收到两封相同的函件",
            Severity.WARNING,
        )


def send_and_look(
    servers: MailServers, address: str, now: datetime, wait: Callable[[float], object] = time.sleep
) -> KeptCopy:
    """Send the mail and look for it for some twenty seconds. Raises nothing for what a server does: what fails is not found."""
    token = "MS-" + "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    message_id = f"<cuibao.{token[3:].lower()}.{secrets.token_hex(8)}@{address.rpartition('@')[2]}>"
    try:
        with servers.postman() as postman:
            outcome = postman.send(_mail(address, token, message_id, now), [address])
    except MailServerError as error:
        return KeptCopy(Found.NOTHING, error.message)
    if outcome.delivery is not Delivery.SENT:
        return KeptCopy(Found.NOTHING, outcome.reply)
    for _ in range(LOOKS):
        with suppress(MailServerError), servers.mailbox() as mailbox:
            for message in mailbox.sent_since(now.date() - timedelta(days=1)):
                if message.message_id.lower() == message_id:
                    return KeptCopy(Found.MESSAGE_ID, outcome.reply)
                if token in message.subject:
                    return KeptCopy(Found.MARK, outcome.reply)
        wait(SECONDS_BETWEEN)
    return KeptCopy(Found.NOTHING, outcome.reply)


def record(store: Path, kept: KeptCopy, now: datetime) -> None:
    """Note the result as store/provider.json. Raises LedgerError when the disk refuses."""
    doc = {"checked_at": stamp(now), "sent_copy_found_by": str(kept.found), "reply": kept.reply}
    with telling(store / FILE, "记录试发结果"):
        make_folder(store)
        replace_file(store / FILE, json.dumps(doc, ensure_ascii=False, indent=1).encode())


def recorded(store: Path) -> tuple[KeptCopy, datetime] | None:
    """The last result and its time; None where there is none, or none that can be read."""
    try:
        doc = json.loads((store / FILE).read_bytes())
        return KeptCopy(Found(doc["sent_copy_found_by"]), str(doc["reply"])), moment(doc["checked_at"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _mail(address: str, token: str, message_id: str, now: datetime) -> bytes:
    message = EmailMessage(policy=SMTP)
    message["From"] = message["To"] = address
    message["Subject"] = f"报送提醒系统连接测试〔{token}〕"
    message["Date"] = format_datetime(now)
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content("本邮件由报送提醒系统发给本邮箱，用于核对收发是否正常，可以删除。", cte="base64")
    return message.as_bytes()

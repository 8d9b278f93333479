"""Doubles of the desk's ports: an archive, cursors and mail servers in memory, which answer as a test tells them; and units' mails."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import hostile
from world import SECRET, Log, office

from cuibao.desk.context import Desk
from cuibao.gateways.templates import load_templates
from cuibao.papers.attachments import Attachment
from cuibao.rules.entries import Entry
from cuibao.rules.outcomes import LedgerError, MailServerError
from cuibao.rules.traffic import Arrival, Batch, Cursor, Delivery, Outcome, SentMessage

TEMPLATES = load_templates(Path(__file__).parents[1] / "templates")
PROGRESS = "第7项已完成幼儿园建设9所，新增学位2430个。第11项已资助困难学生1.2万人，发放1200万元。"
PDF = hostile.pdf()
"""A scan."""


class Killed(BaseException):
    """The process dies here: nothing catches it but the test."""


class Shelf:
    """An archive in memory; a file can be lost."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.files: dict[str, bytes] = {}

    def keep(self, raw: bytes, at: datetime, name: str = "") -> tuple[str, str]:
        sha256 = hashlib.sha256(raw).hexdigest()
        file = f"{self.folder}/{sha256}.eml"
        self.files[file] = raw
        return sha256, file

    def keep_all(self, items: Sequence[tuple[bytes, datetime]]) -> list[tuple[str, str]]:
        return [self.keep(raw, at) for raw, at in items]

    def read(self, file: str) -> bytes:
        if file not in self.files:
            raise LedgerError(f"存档文件不见了（{file}）")
        return self.files[file]


class Memory:
    """Cursors in memory."""

    def __init__(self) -> None:
        self.saved: dict[str, Cursor] = {}

    def load(self) -> Mapping[str, Cursor]:
        return self.saved

    def save(self, cursors: Mapping[str, Cursor]) -> None:
        self.saved = dict(cursors)


@dataclass
class Room:
    """A reading room that finds in attachments, by their names, what a test says; `asked` are the visits to it."""

    found: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    asked: list[list[str]] = field(default_factory=list)

    def read(self, attachments: Sequence[Attachment]) -> list[Attachment]:
        self.asked.append([one.name for one in attachments])
        return [replace(one, **self.found.get(one.name, {})) for one in attachments]


SENT = Outcome(Delivery.SENT, "250 queued as 1")


@dataclass
class Post:
    """Mail servers in memory. `answers` are given in turn, then every letter is accepted; `imap_down` and `smtp_down` are what
    logging in raises; `before_answer` runs when a letter is accepted and before anybody hears of it."""

    answers: list[Outcome] = field(default_factory=list)
    accepted: list[tuple[bytes, tuple[str, ...]]] = field(default_factory=list)
    tried: list[tuple[str, ...]] = field(default_factory=list)
    inbox: list[Arrival] = field(default_factory=list)
    sent_folder: list[SentMessage] = field(default_factory=list)
    imap_down: MailServerError | None = None
    smtp_down: MailServerError | None = None
    before_answer: Callable[[], object] = lambda: None
    polls: int = 0
    lookups: int = 0

    @contextmanager
    def mailbox(self) -> Iterator["Post"]:
        if self.imap_down:
            raise self.imap_down
        yield self

    @contextmanager
    def postman(self) -> Iterator["Post"]:
        if self.smtp_down:
            raise self.smtp_down
        yield self

    def batches(self, cursors: Mapping[str, Cursor], since: date) -> Iterator[Batch]:
        self.polls += 1
        seen = cursors["INBOX"].uid if "INBOX" in cursors else 0
        fresh = tuple(arrival for arrival in self.inbox if arrival.uid > seen)
        yield Batch("INBOX", fresh, Cursor(1, max([seen, *(arrival.uid for arrival in fresh)])))

    def sent_since(self, day: date) -> tuple[SentMessage, ...]:
        self.lookups += 1
        return tuple(self.sent_folder)

    def send(self, raw: bytes, recipients: Sequence[str]) -> Outcome:
        self.tried.append(tuple(recipients))
        answer = self.answers.pop(0) if self.answers else SENT
        if answer.delivery in (Delivery.SENT, Delivery.DOUBTFUL):
            self.accepted.append((raw, tuple(recipients)))
            self.before_answer()
        return answer

    # ---- for tests

    def arrive(self, raw: bytes, moment: datetime) -> None:
        """A mail reaches the mailbox."""
        self.inbox.append(Arrival("INBOX", 1, len(self.inbox) + 1, moment, raw))

    def to(self, address: str) -> list[bytes]:
        """What was accepted for an address."""
        return [raw for raw, recipients in self.accepted if address in recipients]


def desk(post: Post | None = None, ledger: Any = None, **changes: Any) -> Desk:
    """A desk of the test office, all in memory; `changes` are the office's."""
    return Desk(
        office=office(**changes),
        ledger=ledger if ledger is not None else Log(),
        mails=Shelf("mail"),
        letters=Shelf("letters"),
        papers=Shelf("papers"),
        cursors=Memory(),
        servers=post or Post(),
        templates=TEMPLATES,
        secret=SECRET,
    )


def restarted(old: Desk) -> Desk:
    """The same stores under a new process, which remembers nothing else."""
    return Desk(
        old.office,
        old.ledger,
        old.mails,
        old.letters,
        old.papers,
        old.cursors,
        old.servers,
        old.templates,
        old.secret,
    )


def no_wait(start: datetime) -> Callable[[float], datetime | None]:
    """A pause that takes no time but moves the clock."""
    clock = [start]

    def pause(seconds: float) -> datetime | None:
        clock[0] += timedelta(seconds=seconds)
        return clock[0]

    return pause


def kinds(book: Desk, prefix: str = "") -> list[str]:
    """The kinds of the ledger's entries, in order."""
    return [str(entry.kind) for entry in book.ledger.entries() if entry.kind.startswith(prefix)]


def entries(book: Desk, kind: str) -> list[Entry]:
    """The ledger's entries of one kind."""
    return [entry for entry in book.ledger.entries() if entry.kind == kind]


def parsed(raw: bytes) -> EmailMessage:
    """A letter as a mail program shows it."""
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def mail(
    sender: str, subject: str, text: str, *, answering: bytes | None = None, pdf: str = "", number: str = "1"
) -> bytes:
    """A mail from a unit: in our letter's thread where `answering` is that letter, with a PDF where `pdf` names one."""
    message = EmailMessage(policy=policy.SMTP)
    message["From"] = sender
    message["To"] = "bangongshi@163.example"
    message["Subject"] = subject
    message["Date"] = "Tue, 16 Jun 2020 10:00:00 +0800"
    message["Message-ID"] = f"<{number}.{sender}>"
    if answering is not None:
        message["In-Reply-To"] = parsed(answering)["Message-ID"]
    message.set_content(text)
    if pdf:
        message.add_attachment(PDF, maintype="application", subtype="pdf", filename=pdf)
    return message.as_bytes()

"""Every mail of a folder of public test mails taken in as the bot takes mails in: verdicts, archived bytes, bounces beside what a table
expects of them, ordinary mails taken for bounces, and garbled fields beside those that the standard library leaves."""

import json
import re
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from _desk import desk, many_units
from world import at

from cuibao.desk.receive import Source, take_in
from cuibao.front.house import NoServers
from cuibao.papers import bounce, mail
from cuibao.rules.entries import Kind
from cuibao.rules.traffic import Arrival
from cuibao.rules.verdict import BounceNote

NOW = at("2020-06-20T10:00")
BATCH = 50
TABLE = "expected.json"
NO_MAILS = re.compile(r"(?i)^(?:readme|manifest|licen[cs]e|copying|mit-licen[cs]e|\.git)|\.json$")
ENDINGS = ("", ".eml", ".txt", ".mbox", ".msg")
REAL_BOUNCES = "report"
"""Where the name of a mail's folder holds this, its bounces are meant."""
FIELDS = ("subject", "sender", "body", "file name")


@dataclass(frozen=True)
class Expected:
    """What the table says of one bounce: its recipients, lower case, and whether delivery only waits."""

    addresses: frozenset[str]
    temporary: bool


def mails_in(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not NO_MAILS.search(path.name) and path.suffix.lower() in ENDINGS:
            yield path


def expectations(folder: Path) -> dict[Path, Expected]:
    """The tables under a folder, by the path of the mail: [{detector, file, addresses, temporary}]."""
    found: dict[Path, Expected] = {}
    for table in sorted(folder.rglob(TABLE)):
        rows: dict[str, list[dict[str, object]]] = defaultdict(list)
        for row in json.loads(table.read_text("utf-8")):
            rows[row["file"]].append(row)
        for name, several in rows.items():
            addresses = frozenset(str(one).lower() for row in several for one in row["addresses"])  # type: ignore[attr-defined]
            found[table.parent / name] = Expected(addresses, any(bool(row["temporary"]) for row in several))
    return found


def take_all(paths: list[Path]) -> None:
    """Through archive, judge and ledger; every mail's bytes are then read back."""
    with tempfile.TemporaryDirectory(dir=".") as name:
        here = desk(Path(name), many_units(40), NoServers())
        judged = []
        for start in range(0, len(paths), BATCH):
            sources = [
                Source(str(path), Arrival("INBOX", 1, start + n, NOW - timedelta(hours=1), path.read_bytes()))
                for n, path in enumerate(paths[start : start + BATCH], start=1)
            ]
            judged += take_in(here, sources, NOW, receipts_from=NOW)
        book = here.book()
        equal = sum(
            here.mails.read(book.mails[one.sha256].file) == path.read_bytes()
            for path, one in zip(paths, judged, strict=True)
        )
        parked = [entry for entry in here.ledger.entries() if entry.kind is Kind.MAIL_PARKED]
    kinds = Counter(str(one.verdict.kind) for one in judged)
    print(f"{len(paths)} mails: {len(judged)} verdicts, {len(parked)} parked, {equal} archived byte for byte")
    print("  " + ", ".join(f"{kind} {number}" for kind, number in kinds.most_common()))


def compare_bounces(notes: dict[Path, BounceNote | None], table: dict[Path, Expected]) -> None:
    """Bounces beside the table. A mail whose row names no address is right where we name none either."""
    beside = {path.parent for path in table}
    rest = [path for path in notes if path.parent in beside and path not in table]
    wrong = []
    temporary = 0
    for path, wanted in table.items():
        note = notes.get(path)
        named = {note.recipient} if note and note.recipient else set()
        right = bool(named) and named <= wanted.addresses if wanted.addresses else not named
        temporary += bool(note and wanted.addresses and note.permanent is wanted.temporary)
        if not right:
            wrong.append(f"{path.name}: {note}, expected {', '.join(sorted(wanted.addresses)) or 'no address'}")
    missed = [path.name for path in rest if notes[path] is None]
    total = len(table) + len(rest)
    print(f"bounces beside the table: {total - len(wrong) - len(missed)} of {total} found with its recipient", end="; ")
    print(f"{temporary} permanent for temporary or the reverse")
    for line in [*wrong, *(f"{name}: no bounce; not in the table" for name in missed)]:
        print(f"  {line}")


def ordinary_bounces(notes: dict[Path, BounceNote | None], table: dict[Path, Expected]) -> None:
    beside = {path.parent for path in table}
    others = {path: note for path, note in notes.items() if path.parent not in beside}
    plain = {path: note for path, note in others.items() if REAL_BOUNCES not in path.parent.name}
    false = [path for path, note in plain.items() if note]
    print(f"ordinary mails called a bounce: {len(false)} of {len(plain)}", end="; ")
    real = [note for path, note in others.items() if path not in plain]
    print(f"in folders of delivery reports {sum(note is not None for note in real)} of {len(real)}")
    for path in false:
        print(f"  {path}: {notes[path]}")


def garbled(text: str) -> bool:
    """Whether a text shows signs of having been read wrongly."""
    return any(sign(text) for sign in (_broken, _undecoded, _latin_for_utf8, _latin_for_gbk, _gbk_for_utf8))


def _broken(text: str) -> bool:
    return bool(re.search("[\ufffd\ud800-\udfff\x80-\x9f]", text))


def _undecoded(text: str) -> bool:
    return bool(re.search(r"=\?[\w-]+\?[bBqQ]\?[^?\s]*\?=", text))


def _latin_for_utf8(text: str) -> bool:
    return bool(re.search("[\u00c2-\u00f4][\u0080-\u00bf]", text)) and _reads(text, "latin-1", "utf-8")


def _latin_for_gbk(text: str) -> bool:
    return bool(re.search("[\u00a1-\u00ff]{6}", text))


def _gbk_for_utf8(text: str) -> bool:
    return bool(re.search("[\u4e00-\u9fff]{3}", text)) and _reads(text, "gb18030", "utf-8")


def _reads(text: str, wrongly: str, really: str) -> bool:
    """Whether the text, taken back to bytes as it was wrongly read, is text in what it really was."""
    try:
        return text.encode(wrongly).decode(really) != text
    except UnicodeError:
        return False


def our_fields(raw: bytes) -> dict[str, str]:
    found = mail.read(raw)
    names = "\n".join(one.name for one in found.attachments)
    return dict(zip(FIELDS, (found.subject, f"{found.sender_name} {found.sender}", found.text, names), strict=True))


def library_fields(raw: bytes) -> dict[str, str]:
    """What email.policy.default gives; a field at which it raises is "\ufffd"."""
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)

    def body() -> str:
        part = message.get_body(("plain", "html"))
        return str(part.get_content()) if part else ""

    def names() -> str:
        return "\n".join(part.get_filename() or "" for part in message.walk())

    def header(name: str) -> str:
        return str(message[name] or "")

    readers: tuple[Callable[[], str], ...] = (lambda: header("subject"), lambda: header("from"), body, names)
    found = {}
    for field, reader in zip(FIELDS, readers, strict=True):
        try:
            found[field] = reader()
        except Exception:  # noqa: BLE001 - how often it raises is part of the figure
            found[field] = "\ufffd"
    return found


def compare_fields(paths: Iterable[Path]) -> None:
    ours: Counter[str] = Counter()
    theirs: Counter[str] = Counter()
    left = []
    for path in paths:
        raw = path.read_bytes()
        mine = our_fields(raw)
        bad = [field for field, text in mine.items() if garbled(text)]
        ours.update(bad)
        theirs.update(field for field, text in library_fields(raw).items() if garbled(text))
        left += [f"{path}: {field}: {_around(mine[field])}" for field in bad]
    for name, counts in (("cuibao", ours), ("email.policy.default", theirs)):
        told = ", ".join(f"{field} {counts[field]}" for field in FIELDS)
        print(f"garbled fields, {name}: {counts.total()} ({told})")
    print(*(f"  {line}" for line in left), sep="\n")


def _around(text: str) -> str:
    """The first place that reads wrongly, as ASCII."""
    at_sign = re.search("[\ufffd\ud800-\udfff\x80-\x9f]|=\\?|[\u00a1-\u00ff]{2}", text)
    start = max(0, at_sign.start() - 20) if at_sign else 0
    return ascii(text[start : start + 60])


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit("usage: bench/corpora.py FOLDER")
    folder = Path(sys.argv[1])
    paths = list(mails_in(folder))
    take_all(paths)
    notes = {path: bounce.read(mail.read(path.read_bytes())) for path in paths}
    table = expectations(folder)
    compare_bounces(notes, table)
    ordinary_bounces(notes, table)
    compare_fields(paths)


if __name__ == "__main__":
    main()

"""A desk on real files in a temporary folder, with the office of the tests' world."""

from dataclasses import replace
from pathlib import Path

from world import SECRET, office

from cuibao.desk.context import Desk
from cuibao.desk.ports import MailServers
from cuibao.gateways.archive import DigestArchive
from cuibao.gateways.cursors import CursorFile
from cuibao.gateways.ledger import JsonlLedger
from cuibao.gateways.reading_room import ReadingRoom
from cuibao.gateways.templates import load_templates
from cuibao.rules.office import Office
from cuibao.rules.registry import Contact, Item, Registry, Unit

ROOT = Path(__file__).resolve().parents[1]


def desk(folder: Path, base: Office, servers: MailServers) -> Desk:
    """Everything but the mail servers as the product has it."""
    return Desk(
        office=base,
        ledger=JsonlLedger(folder / "2020.jsonl", mode="office"),
        mails=DigestArchive(folder, "mail"),
        letters=DigestArchive(folder, "letters"),
        papers=DigestArchive(folder, "papers"),
        cursors=CursorFile(folder / "cursors.json"),
        servers=servers,
        templates=load_templates(ROOT / "templates"),
        secret=SECRET,
        reading_room=ReadingRoom(folder / "reading"),
    )


def many_units(count: int) -> Office:
    """An office of 52 items shared among so many units, each with a contact, in the shape of the real registry."""
    names = [f"第{n}单位" for n in range(count)]
    items = tuple(
        Item(n + 1, "节", "事项", (names[n % count],), tuple(names[(n + k) % count] for k in (1, 2, 3)))
        for n in range(52)
    )
    units = tuple(Unit(name, contacts=(Contact("某", f"u{n}@x.example"),)) for n, name in enumerate(names))
    return replace(office(), registry=Registry(items, units))

"""Contacts: the addresses that letters could not reach, and an officer's word that one is sound again."""

from collections.abc import Collection, Sequence
from datetime import datetime

from cuibao.desk.context import Desk
from cuibao.rules.book import Book
from cuibao.rules.entries import Draft, Entry, Kind
from cuibao.rules.registry import Registry


def bounced(registry: Registry, book: Book) -> tuple[tuple[str, str], ...]:
    """The registry's addresses that letters could not reach, as (unit, address)."""
    named = ((unit.name, contact.email) for unit in registry.units for contact in unit.contacts)
    return tuple((unit, email) for unit, email in named if email.lower() in book.bad_addresses.get(unit, ()))


def enable_again(desk: Desk, restored: Collection[tuple[str, str]], now: datetime, *, by: str) -> Sequence[Entry]:
    """Take addresses that bounced as sound again, by an officer's word: a mailbox that was full or a server that was away is no dead
    one. `restored` are (unit, address in lower case)."""
    drafts = [
        Draft(Kind.CONTACT_ENABLED, now, None, unit, actor=by, data={"email": email, "reason": "联系人表注明恢复"})
        for unit, email in bounced(desk.office.registry, desk.book())
        if (unit, email.lower()) in restored
    ]
    return desk.ledger.append(drafts)

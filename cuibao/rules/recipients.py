"""Recipients: which addresses a letter to a unit goes to, first contacts before fallbacks, dead ones left out."""

from cuibao.rules.book import Book
from cuibao.rules.registry import Unit


def working(unit: Unit, book: Book) -> tuple[str, ...]:
    """The addresses to write to now: the unit's contacts that work; where none does, its first fallback that works; empty where
    nobody can be reached."""
    bad = book.bad_addresses.get(unit.name, set())
    learned = book.learned.get(unit.name, {})
    first = [contact.email for contact in unit.contacts if not contact.fallback]
    alive = [email for email in (*first, *learned) if email.lower() not in bad]
    if alive:
        return tuple(dict.fromkeys(alive))
    spare = (contact.email for contact in unit.contacts if contact.fallback and contact.email.lower() not in bad)
    return tuple(email for email in [next(spare, "")] if email)


def senders(units: tuple[Unit, ...], book: Book) -> dict[str, tuple[str, ...]]:
    """Every registered or learned address, lower-cased, with the units that it speaks for."""
    found: dict[str, list[str]] = {}
    for unit in units:
        addresses = [contact.email for contact in unit.contacts] + list(book.learned.get(unit.name, {}))
        for address in dict.fromkeys(address.lower() for address in addresses):
            found.setdefault(address, []).append(unit.name)
    return {address: tuple(names) for address, names in found.items()}


def telephone(unit: Unit | None) -> str:
    """Whom to telephone: the unit's first contact with a number, name and number; "" where there is none."""
    contacts = (contact for contact in unit.contacts if contact.phone) if unit else iter(())
    return next((f"{contact.name} {contact.phone}".strip() for contact in contacts), "")

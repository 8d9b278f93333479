"""Addresses that letters could not reach: told, and written to again only by an officer's word."""

from doubles import desk
from world import EDUCATION, HEALTH, at

from cuibao.desk.contacts import bounced, enable_again
from cuibao.rules.entries import Draft, Kind

NOW = at("2020-06-16T10:00")


def test_an_address_that_bounced_is_written_to_again_by_an_officers_word_only() -> None:
    book = desk()
    bad = {"email": "jyj@edu.example"}
    book.ledger.append([Draft(Kind.CONTACT_DISABLED, NOW, None, EDUCATION, data=bad)])
    assert bounced(book.office.registry, book.book()) == ((EDUCATION, "jyj@edu.example"),)
    assert enable_again(book, {(HEALTH, "jyj@edu.example")}, NOW, by="陈某") == ()
    word = {(EDUCATION, "jyj@edu.example")}
    (entry,) = enable_again(book, word, NOW, by="陈某")
    assert (entry.kind, entry.unit, entry.actor) == (Kind.CONTACT_ENABLED, EDUCATION, "陈某")
    assert not book.book().bad_addresses[EDUCATION]
    assert enable_again(book, word, NOW, by="陈某") == ()

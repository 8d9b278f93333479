"""Threads: what passed about a unit or an item, and what each entry rests on."""

from doubles import desk, mail
from world import EDUCATION, FINANCE, PERIODS, at

from cuibao.desk import acts, receive, remind
from cuibao.desk.context import Desk
from cuibao.desk.thread import cause, item_thread, paper_of, unit_thread
from cuibao.rules.entries import Draft, Entry, Kind
from cuibao.rules.standing import unit_standing

NOW = at("2020-06-16T10:00")


def record(book: Desk, unit: str = EDUCATION, *items: int, paper: tuple[str, bytes] | None = None) -> Entry:
    return acts.act(book, "record", unit, "2020Q2", NOW, items=items, reason="电话报送", by="陈某", paper=paper)


def test_a_units_thread_holds_its_entries_in_order_and_no_others() -> None:
    book = desk()
    record(book)
    record(book, FINANCE)
    acts.note(book, "已电话催促", NOW, by="陈某", unit=EDUCATION)
    assert [entry.kind for entry in unit_thread(book, EDUCATION)] == ["submission.received", "note.added"]


def test_what_the_next_entry_tells_better_is_left_out() -> None:
    book = desk()
    remind.write(book, at("2020-06-15T09:00"))
    assert list(unit_thread(book, EDUCATION)) == []


def test_an_items_thread_holds_what_names_it() -> None:
    book = desk()
    record(book, EDUCATION, 7)
    record(book, EDUCATION, 11)
    assert [entry.items for entry in item_thread(book, 11)] == [(11,)]


def test_an_act_with_a_scan_rests_on_the_scan() -> None:
    entry = record(desk(), paper=("扫描.pdf", b"%PDF"))
    assert (paper_of(entry).kind, paper_of(entry).sha256) == ("paper", entry.data["sha256"])


def test_an_act_by_telephone_rests_on_nothing_that_is_kept() -> None:
    assert paper_of(record(desk())).kind == ""


def test_a_letters_entry_rests_on_the_letter() -> None:
    book = desk()
    remind.write(book, at("2020-06-15T09:00"))
    assert paper_of(book.ledger.entries()[0]).kind == "letter"


def test_a_standing_leads_to_the_mail_that_caused_it() -> None:
    book = desk()
    post = book.servers
    post.arrive(mail("jyj@edu.example", "二季度完成情况", "请查收", pdf="二季度.pdf"), NOW)  # type: ignore[attr-defined]
    (found,) = receive.poll(book, NOW)
    item = unit_standing(EDUCATION, PERIODS[0], book.duties[EDUCATION], book.book(), NOW).items[0]
    assert item.act is not None
    assert (cause(book, item.act).kind, cause(book, item.act).sha256) == ("mail", found.sha256)


def test_a_contact_that_was_learned_rests_on_the_mail_it_was_learned_from() -> None:
    data = {"email": "new@edu.example", "mail": "a1"}
    (entry,) = desk().ledger.append([Draft(Kind.CONTACT_LEARNED, NOW, None, EDUCATION, data=data)])
    assert (paper_of(entry).kind, paper_of(entry).sha256) == ("mail", "a1")


def test_what_covers_all_of_a_units_items_is_in_no_items_thread() -> None:
    book = desk()
    record(book)
    assert list(item_thread(book, 7)) == []

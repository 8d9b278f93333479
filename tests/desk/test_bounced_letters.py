"""A letter that came back from everyone it was addressed to: nowhere is it told as one that the unit got."""

from io import BytesIO

import docx
import pytest
from doubles import Post, desk, no_wait, parsed
from world import FINANCE, HEALTH, PERIODS, at, letter, note

from cuibao.desk.context import Desk
from cuibao.desk.digest import facts_of
from cuibao.desk.documents import documents, quarter_of
from cuibao.desk.overview import UnitRow, overview
from cuibao.desk.tick import Bell
from cuibao.rules.entries import Kind
from cuibao.rules.letters import DIGEST, LetterKey, LetterNote

Q2 = PERIODS[0]
FIRST, SECOND = "ybj@med.example", "bf@med.example"
AFTER = at("2020-07-03T10:00")


def went(book: Desk, of: LetterNote, day: str, *bounced: str) -> None:
    """A letter that left on that day, and came back from those addresses."""
    kinds = (Kind.LETTER_INTENDED, Kind.LETTER_SENT)
    book.ledger.append([letter(kind, of, f"{day}T09:00") for kind in kinds])
    returned = [letter(Kind.LETTER_BOUNCED, of, f"{day}T09:01", recipient=one, permanent=True) for one in bounced]
    if returned:
        book.ledger.append(returned)


def row(book: Desk, unit: str) -> UnitRow:
    return next(one for one in overview(book, Q2, AFTER).rows if one.standing.unit == unit)


def digest_line(book: Desk, unit: str) -> str:
    key = LetterKey(book.office.notice.number, Q2.key, "", DIGEST, AFTER.date())
    return next(one.words for one in facts_of(book, key, Q2, AFTER).missing if one.unit == unit)


def urged(book: Desk, unit: str) -> str:
    found = documents(book, quarter_of(book, Q2, AFTER), None)
    made = next(one.make() for one in found if one.name.endswith(f"_{unit}.docx"))
    return "\n".join(paragraph.text for paragraph in docx.Document(BytesIO(made)).paragraphs)


def test_the_next_letter_does_not_say_that_the_unit_was_written_to() -> None:
    """And as the first that may reach it, it brings the invitation."""
    post = Post()
    book = desk(post)
    went(book, note(HEALTH, "first", to=(FIRST,)), "2020-06-12", FIRST)
    went(book, note(FINANCE, "first", to=("czj@fin.example",)), "2020-06-12")
    now = at("2020-06-28T09:00")
    Bell(book, no_wait(now)).tick(now)
    (to_health,), (to_finance,) = post.to(SECOND), post.to("czj@fin.example")
    texts = [str(parsed(raw).get_body(("plain",)).get_content()) for raw in (to_health, to_finance)]  # type: ignore[union-attr]
    assert ["我办曾于6月12日" in text for text in texts] == [False, True]
    assert [b"text/calendar" in raw for raw in (to_health, to_finance)] == [True, False]


def test_the_draft_of_an_urging_letter_names_only_days_on_which_a_letter_arrived() -> None:
    book = desk()
    went(book, note(HEALTH, "first", to=(FIRST,)), "2020-06-15", FIRST)
    assert "函告贵单位" not in urged(book, HEALTH)
    went(book, note(HEALTH, "urge", to=(SECOND,)), "2020-06-28")
    assert "我办曾于6月28日函告贵单位" in urged(book, HEALTH)


def test_overview_and_digest_count_it_apart() -> None:
    book = desk()
    went(book, note(HEALTH, "first", to=(FIRST,)), "2020-06-15", FIRST)
    went(book, note(FINANCE, "first", to=("czj@fin.example",)), "2020-06-15")
    assert (row(book, HEALTH).reminders, row(book, HEALTH).reminded_at, row(book, HEALTH).bounced) == (0, None, 1)
    assert (row(book, FINANCE).reminders, row(book, FINANCE).bounced) == (1, 0)
    assert (digest_line(book, HEALTH), digest_line(book, FINANCE)) == ("退信1封", "已函告1次")
    went(book, note(HEALTH, "urge", to=(SECOND,)), "2020-06-28")
    assert digest_line(book, HEALTH) == "已函告1次，退信1封"


@pytest.mark.parametrize(("bounced", "reached"), [((FIRST,), 1), ((FIRST, SECOND), 0)])
def test_a_letter_that_one_of_two_got_was_received(bounced: tuple[str, ...], reached: int) -> None:
    book = desk()
    went(book, note(HEALTH, "first", to=(FIRST, SECOND)), "2020-06-15", *bounced)
    assert row(book, HEALTH).reminders == reached

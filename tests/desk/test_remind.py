"""Writing what is due: bytes and intention first, lapses noted, one bad template stopping nobody else."""

from dataclasses import replace
from io import BytesIO

import pytest
from doubles import TEMPLATES, desk, entries, kinds, parsed
from openpyxl import load_workbook
from world import EDUCATION, FINANCE, HEALTH, STAGES, act, at, office, with_unit

from cuibao.desk import remind
from cuibao.desk.context import Desk
from cuibao.rules.entries import Draft, Kind
from cuibao.rules.office import Invitation, Pace
from cuibao.rules.registry import Duty


def letter_to(book: Desk, unit: str) -> str:
    """The text of the last letter written to a unit."""
    note = [entry.data for entry in entries(book, "letter.intended") if entry.unit == unit][-1]
    body = parsed(book.letters.read(note["file"])).get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def has_invitation(book: Desk, unit: str) -> bool:
    note = [entry.data for entry in entries(book, "letter.intended") if entry.unit == unit][-1]
    parts = parsed(book.letters.read(note["file"])).walk()
    return any(part.get_content_type() == "text/calendar" for part in parts)


def test_each_unit_gets_one_letter_whose_bytes_are_kept() -> None:
    book = desk()
    assert remind.write(book, at("2020-06-15T09:00")) == ()
    written = entries(book, "letter.intended")
    assert [entry.unit for entry in written] == [EDUCATION, HEALTH, FINANCE]
    assert all(book.letters.read(entry.data["file"]) for entry in written)


@pytest.mark.parametrize("moment", ["2020-06-15T08:59", "2020-06-15T12:00", "2020-06-20T10:00"])
def test_nothing_is_written_outside_office_hours(moment: str) -> None:
    book = desk()
    remind.write(book, at(moment))
    assert kinds(book) == []


def test_a_second_tick_writes_nothing_more() -> None:
    book = desk()
    remind.write(book, at("2020-06-15T09:00"))
    remind.write(book, at("2020-06-15T09:01"))
    assert kinds(book) == ["letter.intended"] * 3


def test_the_same_letter_always_has_the_same_token_and_message_id() -> None:
    one, other = desk(), desk()
    remind.write(one, at("2020-06-15T09:00"))
    remind.write(other, at("2020-06-16T10:00"))
    marks = [
        [(entry.data["token"], entry.data["message_id"]) for entry in entries(book, "letter.intended")]
        for book in (one, other)
    ]
    assert marks[0] == marks[1]


def test_a_stage_whose_time_went_by_is_noted_once_for_each_unit() -> None:
    book = desk()
    remind.write(book, at("2020-07-02T10:00"))
    remind.write(book, at("2020-07-02T10:01"))
    assert [entry.data["stage"] for entry in entries(book, "stage.lapsed")] == ["first", "urge"] * 3
    assert len(entries(book, "letter.intended")) == 3


def test_a_template_that_fails_stops_only_its_own_letters() -> None:
    base = office(stages=(replace(STAGES[0], key="broken"), *STAGES[1:]))
    book = replace(desk(), office=base, templates={**TEMPLATES, "mail/broken.subject": "{{ nobody.knows }}"})
    failed = remind.write(book, at("2020-06-15T09:00"))
    assert [which for which, _ in failed] == [f"{unit} broken" for unit in (EDUCATION, HEALTH, FINANCE)]
    assert kinds(book) == []


def test_what_the_quota_has_no_place_for_is_written_another_day() -> None:
    book = desk(pace=Pace(per_day=2, receipts_share=0))
    remind.write(book, at("2020-06-15T09:00"))
    assert len(entries(book, "letter.intended")) == 2


def test_a_letter_names_items_by_role() -> None:
    book = desk()
    remind.write(book, at("2020-06-15T09:00"))
    text = letter_to(book, FINANCE)
    assert "资助困难学生" in text
    assert "居民医保" in text
    assert "新建幼儿园" not in text


def test_a_letter_after_a_send_back_gives_the_reason() -> None:
    book = desk()
    book.ledger.append([act(Kind.SUBMISSION_SENT_BACK, EDUCATION, "2020-06-14T10:00", 7, reason="缺少完成率")])
    remind.write(book, at("2020-06-15T09:00"))
    assert "缺少完成率" in letter_to(book, EDUCATION)


def test_the_lead_of_an_item_with_an_open_collective_is_asked_to_pass_the_letter_on() -> None:
    book = desk()
    remind.write(book, at("2020-06-15T09:00"))
    assert "市大病保险成员单位" in letter_to(book, HEALTH)


@pytest.mark.parametrize(
    ("setting", "first", "urge", "overdue"),
    [
        (Invitation.FIRST, True, False, False),
        (Invitation.ALWAYS, True, True, False),
        (Invitation.NEVER, False, False, False),
    ],
)
def test_with_which_letters_an_invitation_goes(setting: Invitation, first: bool, urge: bool, overdue: bool) -> None:
    book = desk(invitation=setting)
    found = []
    for moment in ("2020-06-15T09:00", "2020-06-28T09:00", "2020-07-01T09:00"):
        remind.write(book, at(moment))
        found.append(has_invitation(book, EDUCATION))
        for entry in entries(book, "letter.intended")[-3:]:
            sent = act(Kind.LETTER_SENT, entry.unit or "", moment, **entry.data)
            book.ledger.append([sent])
    assert found == [first, urge, overdue]


def test_a_unit_without_address_gets_no_letter_and_the_others_do() -> None:
    book = replace(desk(), office=with_unit(office(), EDUCATION, contacts=()))
    remind.write(book, at("2020-06-15T09:00"))
    assert [entry.unit for entry in entries(book, "letter.intended")] == [HEALTH, FINANCE]


def form_to(book: Desk, unit: str) -> tuple[str, bytes] | None:
    note = [entry.data for entry in entries(book, "letter.intended") if entry.unit == unit][-1]
    found = [
        part
        for part in parsed(book.letters.read(note["file"])).iter_attachments()
        if "sheet" in part.get_content_type()
    ]
    return (str(found[0].get_filename()), found[0].get_content()) if found else None


def test_a_letter_carries_the_units_form_with_its_own_token() -> None:
    book = desk()
    remind.write(book, at("2020-06-15T09:00"))
    name, data = form_to(book, EDUCATION) or ("", b"")
    assert name == "市教育局第二季度完成情况表.xlsx"
    token = next(entry.data["token"] for entry in entries(book, "letter.intended") if entry.unit == EDUCATION)
    assert load_workbook(BytesIO(data)).properties.subject == token


def test_a_unit_that_owes_no_report_gets_no_form() -> None:
    book = desk(registry=with_unit(office(), FINANCE, duty=Duty.INFORM).registry)
    remind.write(book, at("2020-06-15T09:00"))
    assert form_to(book, FINANCE) is None


def test_the_form_shows_what_was_reported_last_quarter() -> None:
    book = desk()
    figure = {"item": 7, "indicator": "新建", "value": "9", "measure": "所", "reason": "电话核对"}
    book.ledger.append([Draft(Kind.FIGURE_SET, at("2020-07-02T09:00"), "2020Q2", EDUCATION, (7,), "陈某", figure)])
    remind.write(book, at("2020-09-17T09:00"))
    _, data = form_to(book, EDUCATION) or ("", b"")
    shown = [[cell.value for cell in row] for row in load_workbook(BytesIO(data)).worksheets[0].iter_rows()]
    assert next(row[5] for row in shown if row[2] == "新建") == "9"

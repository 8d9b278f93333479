"""The documents of a quarter: which there are, under which names, and what they say of the letters that left."""

from dataclasses import replace
from io import BytesIO
from zipfile import ZIP_STORED, ZipFile

import docx
from doubles import desk
from rules.test_quarter import report
from world import EDUCATION, FINANCE, HEALTH, PERIODS, at, letter, note

from cuibao.desk.context import Desk
from cuibao.desk.documents import documents, not_made, quarter_of, together
from cuibao.rules.entries import Kind
from cuibao.rules.letters import RECEIPT
from cuibao.rules.quarter import Quarter

AFTER, BEFORE = at("2020-07-03T10:00"), at("2020-06-20T10:00")


def test_drafts_about_late_units_are_made_once_a_deadline_is_over() -> None:
    book = desk()
    book.ledger.append([report(EDUCATION)])
    before, after = (
        [one.name for one in documents(book, quarter_of(book, PERIODS[0], now), None)] for now in (BEFORE, AFTER)
    )
    assert before == ["2020年第二季度工作台账.xlsx", "2020年第二季度完成情况汇总（草稿）.docx"]
    assert after[2:] == [
        "2020年第二季度报送工作通报（草稿）.docx",
        f"催报函/2020年第二季度催报函（草稿）_{HEALTH}.docx",
        f"催报函/2020年第二季度催报函（草稿）_{FINANCE}.docx",
    ]


def test_it_is_told_why_a_draft_is_not_made() -> None:
    book = desk()
    told = [not_made(book.office, quarter_of(book, PERIODS[0], now)) for now in (at("2020-05-20T10:00"), BEFORE, AFTER)]
    assert told == [
        "第二季度尚未开始报送，报送时限为6月30日前（含当日）；未生成通报和催报函。",
        "第二季度报送时限为6月30日前（含当日），尚未到期；未生成通报和催报函。",
        "",
    ]
    book.ledger.append([report(EDUCATION), report(HEALTH), report(FINANCE, when="2020-07-01T09:00")])
    assert not_made(book.office, quarter_of(book, PERIODS[0], AFTER)) == "没有逾期未报的单位，未生成催报函。"
    in_time = desk()
    in_time.ledger.append([report(unit) for unit in (EDUCATION, HEALTH, FINANCE)])
    seen = quarter_of(in_time, PERIODS[0], AFTER)
    assert not_made(in_time.office, seen) == "没有逾期未报或迟报的单位，未生成通报和催报函。"


def test_a_units_name_cannot_lead_out_of_the_folder() -> None:
    book = desk()
    seen = quarter_of(book, PERIODS[0], AFTER)
    odd: Quarter = replace(seen, units=tuple(replace(one, unit="../甲/乙\\丙局") for one in seen.units[:1]))
    *_, last = documents(book, odd, None)
    assert last.name == "催报函/2020年第二季度催报函（草稿）_..／甲／乙＼丙局.docx"


def test_units_whose_file_names_come_to_the_same_keep_a_file_each() -> None:
    book = desk()
    seen = quarter_of(book, PERIODS[0], AFTER)
    names = ("甲:A局", "甲?a局", "甲_A局")
    alike: Quarter = replace(seen, units=tuple(replace(seen.units[0], unit=name) for name in names))
    stem = "催报函/2020年第二季度催报函（草稿）_甲_"
    drafts = [one for one in documents(book, alike, None) if one.name.startswith(stem)]
    assert [one.name for one in drafts] == [f"{stem}A局.docx", f"{stem}a局_2.docx", f"{stem}A局_3.docx"]
    addressed = [[line.text for line in docx.Document(BytesIO(one.make())).paragraphs] for one in drafts]
    assert all(f"{name}：" in lines for name, lines in zip(names, addressed, strict=True))


def test_a_name_stays_a_units_own_when_another_one_has_reported() -> None:
    book = desk()
    seen = quarter_of(book, PERIODS[0], AFTER)
    first, second = replace(seen.units[0], unit="甲:局"), replace(seen.units[0], unit="甲?局")
    reported = replace(first, items=())
    *_, last = documents(book, replace(seen, units=(reported, second)), None)
    assert last.name == "催报函/2020年第二季度催报函（草稿）_甲_局_2.docx"


def sent(book: Desk, purpose: str, day: str) -> None:
    """A letter to 市财政局 that left on that day."""
    of = note(FINANCE, purpose)
    book.ledger.append([letter(Kind.LETTER_INTENDED, of, f"{day}T09:00"), letter(Kind.LETTER_SENT, of, f"{day}T09:01")])


def urged(book: Desk) -> str:
    """The 催报函 to 市财政局, as text."""
    found = documents(book, quarter_of(book, PERIODS[0], AFTER), None)
    made = next(one.make() for one in found if one.name.endswith(f"_{FINANCE}.docx"))
    return "\n".join(paragraph.text for paragraph in docx.Document(BytesIO(made)).paragraphs)


def test_an_urging_letter_names_the_days_of_reminders_and_not_those_of_receipts() -> None:
    book = desk()
    sent(book, "first", "2020-06-15")
    sent(book, RECEIPT, "2020-06-18")
    sent(book, "urge", "2020-06-28")
    assert "我办曾于6月15日、6月28日函告贵单位" in urged(book)


def test_a_receipt_alone_is_no_earlier_letter() -> None:
    book = desk()
    sent(book, RECEIPT, "2020-06-18")
    assert "函告贵单位" not in urged(book)


def test_all_files_come_in_one_archive_whose_chinese_names_every_program_reads() -> None:
    book = desk()
    found = quarter_of(book, PERIODS[0], AFTER)
    files = list(documents(book, found, None))
    made = together(book.office, found, files)
    assert made.name == "2020年第二季度全部文件.zip"
    with ZipFile(BytesIO(made.make())) as archive:
        entries = archive.infolist()
        assert [one.filename for one in entries] == [one.name for one in files]
        assert {one.flag_bits & 0x800 for one in entries} == {0x800}, "the mark of a name in UTF-8"
        assert {(one.date_time, one.external_attr >> 16, one.compress_type) for one in entries} == {
            ((2020, 7, 3, 10, 0, 0), 0o644, ZIP_STORED)
        }
        assert archive.testzip() is None
        letter = docx.Document(BytesIO(archive.read(f"催报函/2020年第二季度催报函（草稿）_{HEALTH}.docx")))
    assert f"{HEALTH}：" in [one.text for one in letter.paragraphs]

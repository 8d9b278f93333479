"""The documents of a quarter: which there are, and under which names."""

from dataclasses import replace

from doubles import desk
from rules.test_quarter import report
from world import EDUCATION, FINANCE, HEALTH, PERIODS, at

from cuibao.desk.documents import documents, quarter_of
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


def test_a_units_name_cannot_lead_out_of_the_folder() -> None:
    book = desk()
    seen = quarter_of(book, PERIODS[0], AFTER)
    odd: Quarter = replace(seen, units=tuple(replace(one, unit="../甲/乙\\丙局") for one in seen.units[:1]))
    *_, last = documents(book, odd, None)
    assert last.name == "催报函/2020年第二季度催报函（草稿）_..／甲／乙／丙局.docx"

"""What the page of a mail tells of its form's figures: as written, as read, beside last quarter's, and what became of each."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from courses import figure
from doubles import desk
from world import EDUCATION, REGISTRY, Log, act, at, kept

from cuibao.desk.context import Desk
from cuibao.desk.effects import submission
from cuibao.desk.figure import set_figure
from cuibao.desk.read_figures import Fate, ReadFigure, read_figures
from cuibao.rules.entries import Draft, Kind
from cuibao.rules.progress import Figure, Written, doc_to_figure
from cuibao.rules.verdict import Confidence, MailKind, Verdict, verdict_to_doc

NOW = at("2020-07-02T10:00")
NINE = Figure(7, "新建", Decimal(9), "所")
GUESS = Verdict(MailKind.SUBMISSION, Confidence.CERTAIN, EDUCATION, "2020Q2", figures=(NINE,))


def came(verdict: Verdict, sha256: str = "a", when: str = "2020-06-20T09:00", **data: Any) -> list[Draft]:
    """A mail came in and was judged so; where that counts, it is a report."""
    entries = [
        kept(sha256, when),
        Draft(
            Kind.MAIL_JUDGED,
            at(when),
            verdict.period,
            verdict.unit,
            data={"sha256": sha256, "verdict": verdict_to_doc(verdict), **data},
        ),
    ]
    if verdict.kind is MailKind.SUBMISSION and verdict.confidence is Confidence.CERTAIN and not data:
        figures = [figure(f"{one.value}", one.item, one.indicator, one.measure) for one in verdict.figures]
        entries.append(
            act(
                Kind.SUBMISSION_RECEIVED,
                EDUCATION,
                when,
                sha256=sha256,
                figures=figures,
                words=[],
                arrived_at=at(when).isoformat(),
            )
        )
    return entries


def office_with(*drafts: Draft) -> Desk:
    log = Log()
    log.append(drafts)
    return desk(ledger=log)


def found(on: Desk, sha256: str = "a") -> tuple[ReadFigure, ...]:
    return read_figures(on, on.book().mails[sha256])


def test_a_plain_number_that_stands_was_written_as_it_was_read() -> None:
    (one,) = found(office_with(*came(GUESS)))
    assert (one.item, one.target) == (REGISTRY.items[0], REGISTRY.items[0].targets[0])
    assert (one.written, one.figure, one.fate, one.why) == ("9", NINE, Fate.STANDS, "")


def test_what_was_written_otherwise_stands_beside_what_was_read() -> None:
    (one,) = found(office_with(*came(replace(GUESS, written=(Written(7, "新建", "９ 所", ""),)))))
    assert (one.written, one.figure) == ("９ 所", NINE)


def test_what_was_not_taken_says_why_and_rows_that_could_not_be_told_come_last() -> None:
    refused = (Written(None, "绿化", "5", "表中第40项不是贵单位的事项"), Written(7, "新建", "约9", "不是确数"))
    first, last = found(office_with(*came(replace(GUESS, figures=(), written=refused))))
    assert (first.written, first.figure, first.fate, first.why) == ("约9", None, Fate.REFUSED, "不是确数")
    assert (last.item, last.target, last.indicator, last.fate) == (None, None, "绿化", Fate.REFUSED)


def test_the_ledger_keeps_with_the_report_what_was_not_taken_of_it() -> None:
    read = (Written(7, "新建", "９ 所", ""), Written(11, "资助", "约9", "不是确数"))
    on = office_with(*came(replace(GUESS, written=read)))
    entry = submission(on, on.book(), on.book().mails["a"], replace(GUESS, written=read), NOW)
    assert entry.data["refused"] == [{"item": 11, "indicator": "资助", "text": "约9", "wrong": "不是确数"}]
    assert "refused" not in submission(on, on.book(), on.book().mails["a"], GUESS, NOW).data


def test_figures_come_in_the_order_of_the_targets_whether_taken_or_not() -> None:
    targets = (replace(REGISTRY.items[0].targets[0], indicator="改建"), *REGISTRY.items[0].targets)
    items = (replace(REGISTRY.items[0], targets=targets), *REGISTRY.items[1:])
    log = Log()
    log.append(came(replace(GUESS, written=(Written(7, "改建", "约9", "不是确数"),))))
    on = desk(ledger=log, registry=replace(REGISTRY, items=items))
    assert [one.indicator for one in found(on)] == ["改建", "新建"]


def test_a_row_without_an_indicator_has_its_item_and_no_target() -> None:
    (one,) = found(office_with(*came(replace(GUESS, figures=(), written=(Written(7, "", "5", "未写明指标"),)))))
    assert one.item
    assert (one.item.no, one.target) == (7, None)


@pytest.mark.parametrize(
    ("verdict", "data", "fate"),
    [
        (replace(GUESS, confidence=Confidence.PROBABLE), {}, Fate.WAITS),
        (GUESS, {"duplicate": True}, Fate.UNCOUNTED),
        (replace(GUESS, kind=MailKind.OTHER), {}, Fate.UNCOUNTED),
    ],
)
def test_what_does_not_count_is_not_taken_over(verdict: Verdict, data: dict[str, Any], fate: Fate) -> None:
    assert [one.fate for one in found(office_with(*came(verdict, **data)))] == [fate]


def test_a_figure_that_another_took_the_place_of_says_what_stands_now() -> None:
    on = office_with(*came(GUESS))
    set_figure(on, EDUCATION, "2020Q2", 7, "12", NOW, reason="电话核实", by="陈某")
    (one,) = found(on)
    assert one.now
    assert (one.fate, one.now.what.value, one.now.source.actor) == (Fate.REPLACED, 12, "陈某")


def test_a_figure_of_a_report_that_was_sent_back_is_not_taken() -> None:
    back = act(Kind.SUBMISSION_SENT_BACK, EDUCATION, "2020-06-21T09:00", reason="请核实")
    assert [one.fate for one in found(office_with(*came(GUESS), back))] == [Fate.RETURNED]


def test_a_figure_that_never_came_into_the_book_does_not_count() -> None:
    on = office_with(*came(GUESS)[:2], *came(replace(GUESS, figures=(replace(NINE, value=Decimal(10)),)), "b"))
    assert [one.fate for one in found(on)] == [Fate.UNCOUNTED]
    assert [one.fate for one in found(on, "b")] == [Fate.STANDS]


def test_last_quarters_figure_stands_beside() -> None:
    later = replace(GUESS, period="2020Q3")
    on = office_with(*came(GUESS, "b"), *came(later, when="2020-09-20T09:00"))
    assert [one.last and one.last.what for one in found(on)] == [doc_to_figure(figure("9"))]


UNDECIDED = replace(
    GUESS, confidence=Confidence.PROBABLE, period=None, figures=(), written=(Written(7, "新建", "17", "季度待定"),)
)


def test_a_figure_whose_quarter_is_open_waits_beside_what_stands_for_each() -> None:
    (one,) = found(office_with(*came(GUESS, "b"), *came(UNDECIDED)))
    assert (one.written, one.figure, one.fate, one.why) == ("17", None, Fate.WAITS, "")
    assert [(name, stands.what.value) for name, stands in one.by_quarter] == [("第二季度", 9)]


def test_a_figure_whose_quarter_stayed_open_was_not_taken() -> None:
    (one,) = found(office_with(*came(replace(UNDECIDED, kind=MailKind.OTHER, confidence=Confidence.CERTAIN))))
    assert (one.fate, one.why, one.by_quarter) == (Fate.REFUSED, "季度待定", ())


def test_a_mail_that_was_not_judged_says_nothing() -> None:
    assert found(office_with(kept("a", "2020-06-20T09:00"))) == ()

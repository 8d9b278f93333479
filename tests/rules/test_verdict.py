"""A verdict's stable form, and when it needs a person."""

import json
from decimal import Decimal

import pytest
from world import EDUCATION, at

from cuibao.rules.progress import Figure, Words, Written
from cuibao.rules.verdict import (
    AttachmentNote,
    BounceNote,
    Confidence,
    Evidence,
    Judged,
    MailKind,
    Verdict,
    doc_to_verdict,
    judged_to_doc,
    verdict_to_doc,
)

FULL = Verdict(
    MailKind.SUBMISSION,
    Confidence.CERTAIN,
    EDUCATION,
    "2020Q2",
    (7, 11),
    (Evidence("thread", "<a@b>"),),
    ("发件人未登记",),
    BounceNote("a@b.example", True, "<c@d>"),
    (AttachmentNote("情况.pdf", 3, "00", "pdf", "kept"),),
    ("信头中有不合规的行，已略过",),
    nil=True,
    unknown_sender=True,
    figures=(Figure(7, "新建", Decimal(9), "所"),),
    words=((11, Words("已资助", "", "")),),
    written=(Written(7, "新建", "9 所", ""), Written(None, "", "5", "对不上事项")),
    complete=True,
    adopted=True,
)
BARE = Verdict(MailKind.OTHER, Confidence.NONE)


@pytest.mark.parametrize("verdict", [FULL, BARE])
def test_a_verdict_survives_the_ledger(verdict: Verdict) -> None:
    assert doc_to_verdict(json.loads(json.dumps(verdict_to_doc(verdict)))) == verdict


def test_a_verdict_of_an_old_ledger_adopted_no_form() -> None:
    assert "adopted" not in verdict_to_doc(BARE)
    assert not doc_to_verdict(verdict_to_doc(BARE)).adopted


@pytest.mark.parametrize(
    ("kind", "confidence", "needs"),
    [
        (MailKind.SUBMISSION, Confidence.CERTAIN, False),
        (MailKind.SUBMISSION, Confidence.PROBABLE, True),
        (MailKind.SUBMISSION, Confidence.NONE, True),
        (MailKind.UNCLEAR, Confidence.PROBABLE, True),
        (MailKind.QUESTION, Confidence.CERTAIN, True),
        (MailKind.ACKNOWLEDGEMENT, Confidence.CERTAIN, False),
        (MailKind.OTHER, Confidence.NONE, False),
        (MailKind.BOUNCE, Confidence.CERTAIN, False),
    ],
)
def test_what_needs_a_person(kind: MailKind, confidence: Confidence, needs: bool) -> None:
    assert Verdict(kind, confidence).needs_person is needs


def test_a_judged_mail_is_told_with_its_verdict_and_time() -> None:
    doc = judged_to_doc(Judged("aa", "<a@b>", "报送", "a@b.example", at("2020-06-16T10:00"), FULL, late=False))
    assert (doc["received_at"], doc["late"], doc["kind"], doc["figures"]) == (
        "2020-06-16T10:00:00+08:00",
        False,
        "submission",
        [{"item": 7, "indicator": "新建", "value": "9", "measure": "所"}],
    )

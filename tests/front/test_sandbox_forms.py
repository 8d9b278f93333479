"""The sandbox's clerks fill in the form: what they write is what is read, and some write as people do."""

import random
from dataclasses import replace

import pytest
from forms import FACTS, LEAD, TOKEN, UNIT_VIEW, made, mail_of, read

from cuibao.front.sandbox.forms import filled_in
from cuibao.papers.figures import figures_of
from cuibao.papers.form.doubts import Known
from cuibao.rules.registry import Item


def chance(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - a play, no secret


def test_a_clerk_fills_in_what_the_unit_leads_and_words_for_all() -> None:
    found = read(filled_in(made(), "2020Q3", chance(1)))
    assert {one.item for one in found.figures} == {7, 11}
    assert [no for no, _ in found.words] == [7, 11, 18, 20, 31]


def test_the_token_stays() -> None:
    (one,) = mail_of(filled_in(made(), "2020Q3", chance(1))).attachments
    assert one.tokens == (TOKEN,)


@pytest.mark.parametrize("seed", range(20))
def test_what_is_told_of_a_clerks_form_is_at_most_one_figure(seed: int) -> None:
    plain = replace(FACTS, last={})
    view = replace(UNIT_VIEW, known=lambda _unit, _period: Known())
    mail = mail_of(filled_in(made(last=plain.last), "2020Q3", chance(seed)))
    told = figures_of(mail, view, FACTS.unit, "2020Q3").problems
    assert len(told) <= 1
    assert all("不是确数" in one for one in told)


def test_some_clerks_write_as_people_do() -> None:
    forms = [filled_in(made(), "2020Q3", chance(seed)) for seed in range(20)]
    assert 0 < sum(bool(read(one).problems) for one in forms) < 20


def test_the_same_seed_gives_the_same_form() -> None:
    assert filled_in(made(), "2020Q2", chance(7)) == filled_in(made(), "2020Q2", chance(7))


def test_a_form_without_targets_gets_words_only() -> None:
    words = Item(20, "教育", "师德师风建设", LEAD[0].lead)
    found = read(filled_in(made(lead=(words,), cooperating=()), "2020Q3", chance(1)))
    assert (found.figures, [no for no, _ in found.words]) == ((), [20])

"""Texts in half width for rules, and the way back to the characters in which a person wrote them."""

import pytest

from cuibao.papers.folding import as_written, folded


@pytest.mark.parametrize(
    "text",
    [
        "统一报送，还是分项报送？",
        "已新建１２０㎡……其余（3处）在建。",
        "plain, half width",
    ],
)
@pytest.mark.parametrize("cut", [2, 5, 9])
def test_what_was_folded_is_shown_as_it_was_written(text: str, cut: int) -> None:
    first, second = text[:cut], text[cut:]
    assert as_written([folded(first), folded(second)], folded(text), text) == text
    assert as_written([folded(second)], folded(text), text) == second


def test_the_same_words_twice_are_told_apart() -> None:
    text = "完成１项，完成1项"
    assert as_written(["完成1项"], folded(text), text) == "完成１项"
    assert as_written(["完成1项", "完成1项"], folded(text), text) == "完成１项完成1项"


def test_signs_that_fold_only_together_stay_folded() -> None:
    text = "e\u0301cole，完成"
    assert as_written([folded(text)], folded(text), text) == "\u00e9cole,完成"

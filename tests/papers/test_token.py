"""The marks of a letter: made from its key and the office's secret, found again in what people write around them."""

from datetime import date

import pytest

from cuibao.papers.token import marks, message_ids_in, tokens_in
from cuibao.rules.letters import LetterKey

KEY = LetterKey("20", "2020Q2", "市教育局", "warmup", date(2020, 6, 30))


def test_a_letter_has_the_same_marks_every_time_and_others_have_others():
    made = marks(KEY, b"secret", "163.com")
    assert made == marks(KEY, b"secret", "163.com")
    assert made.token != marks(KEY, b"another", "163.com").token
    assert made.token != marks(LetterKey("20", "2020Q3", *"ab", date(2020, 9, 30)), b"secret", "163.com").token


def test_marks_are_found_in_what_carries_them():
    made = marks(KEY, b"secret", "163.com")
    assert tokens_in(f"Re: 报送（{made.token}）") == (made.token,)
    assert message_ids_in(f"<x@y> {made.message_id}", made.message_id.upper()) == (made.message_id,)


@pytest.mark.parametrize(
    "text",
    [
        "MS-7K2M9QXD4T",
        "ms-7k2m9qxd4t",
        "MS7K2M9QXD4T",
        "ＭＳ－７Ｋ２Ｍ９ＱＸＤ４Ｔ",
        "［MＳ-7K2M9QXD4T］",
        "mS-7K2M9QXD4T MS-7K2M9QXD4T",
    ],
)
def test_a_token_is_read_in_any_width_and_case(text):
    assert tokens_in(text) == ("MS-7K2M9QXD4T",)


def test_letters_that_look_like_digits_are_those_digits():
    assert tokens_in("MS-OK2M9QXDIL") == ("MS-0K2M9QXD11",)


@pytest.mark.parametrize(
    "text", ["", "没有标识", "MS-7K2M9QXD4", "MS-7K2M9QXD4TT", "M S-7K2M9QXD4T", "items in MS Office"]
)
def test_what_is_no_token_is_none(text):
    assert tokens_in(text) == ()

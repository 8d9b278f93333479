"""Folding: a text in half width, as rules with patterns read it, and the way back to what was written."""

import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache


def folded(text: str) -> str:
    """A text in half width."""
    return text if text.isascii() else _folded(text)


@lru_cache(maxsize=8)
def _folded(text: str) -> str:
    """Several rules read the same words of a mail one after another."""
    return unicodedata.normalize("NFKC", text)


def as_written(parts: Iterable[str], whole: str, text: str) -> str:
    """Parts of the folded text `whole`, in the order in which they stand there, joined in the characters of `text`. They stay folded where
    `text` has signs that fold only together."""
    places = _places(whole, text)
    shown, end = [], 0
    for part in parts:
        begin = whole.index(part, end)
        end = begin + len(part)
        shown.append(text[places[begin] : places[end]] if places else part)
    return "".join(shown)


def _places(whole: str, text: str) -> Sequence[int]:
    """Where in `text` each sign of its folded form comes from, and where it ends; empty where that cannot be told."""
    if len(whole) == len(
        text
    ):  # sign for sign, as nearly always: what folds together is made up for by what comes apart in no mail
        return range(len(text) + 1)
    signs = [folded(sign) for sign in text]
    if "".join(signs) != whole:
        return []
    return [*(place for place, sign in enumerate(signs) for _ in sign), len(text)]

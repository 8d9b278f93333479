"""Numbers that a sentence bounds (不超过, 达到, 以内) and of which nothing could be made: a person must say what they are."""

import re
from collections.abc import Iterator
from decimal import Decimal

from cuibao.papers.notice.quantities import DURATIONS, Quantity, veiled
from cuibao.papers.notice.sentences import Sentence

_NUMBER = r"\d+(?:\.\d+)?"
_BEFORE = (
    r"(?:不(?:得|应)?(?:超过|高于|低于|少于|大于|小于|多于)|至少|达到|控制在"
    r"|(?:提高|提升|增加|下降|降低|压减|压缩|减少|缩短)[到至])[^\d，。；、：（）A-Za-z]{0,4}"
)
_BEHIND = r"[^\d，。；、：（）]{0,5}?(?:及?以[上下内]|之内)(?=[，。；、）]|$)"
_BOUNDED = re.compile(
    rf"{_BEFORE}(?P<number>{_NUMBER})(?:[:：/]{_NUMBER})?|(?<![\dA-Za-z.])(?P<within>{_NUMBER}){_BEHIND}"
)
_RANK = re.compile(r"A|G(?![A-Za-z])|星|[^，。；、]{0,4}标准")
"""What a thing is called or must keep to: 5A级, 5G, 4星级, 国6标准."""


def doubt_bounded(sentence: Sentence) -> None:
    """Ask about every number that the sentence bounds and that nothing else has looked at, but those that are known to be no target:
    ages, years, ranks, standards and what stands in quotes or names."""
    for quantity in _overlooked(sentence):
        if quantity.measure:
            sentence.doubt(quantity, "写的是时间长短，未列为目标")
        else:
            sentence.doubt(quantity, "写有限值，但计量单位无法识别，未列为目标")


def _overlooked(sentence: Sentence) -> Iterator[Quantity]:
    text = veiled(sentence.text)
    for found in _BOUNDED.finditer(text):
        side = "number" if found["number"] else "within"
        known = next((one for one in sentence.every if one.start == found.start(side)), None)
        if _RANK.match(text, found.end(side)) or (known and known in sentence.quantities and sentence.counts(known)):
            continue
        if not known or not known.measure:
            yield Quantity(found.start(side), found.end(), Decimal(found[side]), "", "")
        elif side == "number" and known.measure in DURATIONS:
            yield known

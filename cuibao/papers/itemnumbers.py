"""The numbers of items as mails write them: 第7项, 第7、8项, 第7—12项, 第七项."""

import re
from collections.abc import Iterator

_MOST = 99
_DIGITS = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_ONE = r"(?:\d{1,3}|[一二三四五六七八九十]{1,3})"
_TO = r"(?:-|–|—|~|―|至|到)+"
ITEMS = re.compile(rf"第\s*({_ONE}\s*项?(?:\s*(?:{_TO}|[、,和及与])\s*第?\s*{_ONE}\s*项?){{0,60}})(?<=项)")
"""In folded text; its group is what listed() takes."""
_SPAN = re.compile(rf"({_ONE})\s*项?\s*{_TO}\s*第?\s*({_ONE})|({_ONE})")


def items_in(text: str) -> Iterator[int]:
    """Every number that a folded text names, as often as it does."""
    for match in ITEMS.finditer(text) if "第" in text else ():
        yield from listed(match.group(1))


def listed(words: str) -> Iterator[int]:
    """7、9—11项 is 7, 9, 10, 11."""
    for first, last, single in _SPAN.findall(words):
        if single:
            yield _number(single)
        else:
            yield from range(_number(first), min(_number(last), _MOST) + 1)


def _number(text: str) -> int:
    if text.isdigit():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    return (_DIGITS.get(tens, 1) * 10 if ten else 0) + _DIGITS.get(ones, 0)

"""How a page or document shows its words: struck out or hidden ones are none, raised and lowered figures are no part of a number."""

import re
from collections.abc import Sequence
from enum import Enum


class Look(Enum):
    """How an element's words are shown."""

    ABSENT = "absent"
    """It takes no room either: a cell is missing from its row."""
    BLANK = "blank"
    """It takes its room and cannot be read."""
    STRUCK = "struck"
    RAISED = "^"
    LOWERED = "_"


UNREAD = frozenset({Look.ABSENT, Look.BLANK, Look.STRUCK})
"""What is left out, as a reader leaves it out."""
_EMPTY = frozenset({"br", "hr", "img", "input", "meta", "link", "col", "area", "base", "wbr"})
"""Tags that nothing closes."""
_INLINE = frozenset({"s", "del", "strike", "ins", "sup", "sub", "span", "font", "a", "b", "i", "u", "em", "strong"})
_TAGS = dict.fromkeys(("s", "del", "strike"), Look.STRUCK) | {"sup": Look.RAISED, "sub": Look.LOWERED}
_MAY_TELL = re.compile("none|hidden|mso-hide|collapse|through|super|sub|raise", re.IGNORECASE)
_STYLE = re.compile(r"(?<![\w-])style\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|(\S+))", re.IGNORECASE)
_HIDDEN = re.compile(r"(?:^|\s)hidden(?:\s*=|\s|/|$)", re.IGNORECASE)
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_SPACES = re.compile(r"\s+")
_LONGEST = 1_000
"""Characters of a tag that are looked at."""
_STYLES = (
    (re.compile(r"(?:^|;)(?:display:none|mso-hide:all)"), Look.ABSENT),
    (re.compile(r"(?:^|;)visibility:(?:hidden|collapse)"), Look.BLANK),
    (re.compile(r"(?:^|;)text-(?:decoration|decoration-line):[^;]*line-through"), Look.STRUCK),
    (re.compile(r"(?:^|;)(?:vertical-align:super|mso-text-raise:[0.]*[1-9])"), Look.RAISED),
    (re.compile(r"(?:^|;)(?:vertical-align:sub|mso-text-raise:-)"), Look.LOWERED),
)
_DIGITS = "0123456789０１２３４５６７８９"
_HIGH = str.maketrans(_DIGITS + "+-()", "⁰¹²³⁴⁵⁶⁷⁸⁹" * 2 + "⁺⁻⁽⁾")
_LOW = str.maketrans(_DIGITS + "+-()", "₀₁₂₃₄₅₆₇₈₉" * 2 + "₊₋₍₎")


def look(tag: str, attributes: str) -> Look | None:
    """How an html element, its name in lower case, is shown by its name and its own style; None for plainly."""
    by_tag = _TAGS.get(tag)
    attributes = attributes[:_LONGEST]
    if tag in _EMPTY or not _MAY_TELL.search(attributes):
        return by_tag
    if _HIDDEN.search(_QUOTED.sub(" ", attributes)):
        return Look.ABSENT
    found = _STYLE.search(attributes)
    style = _SPACES.sub("", "".join(filter(None, found.groups()))).strip("\"'").lower() if found else ""
    by_style = next((shown for pattern, shown in _STYLES if pattern.search(style)), None)
    return by_style if by_style in UNREAD else by_tag or by_style


def apart(before: Sequence[str], text: str, shown: Look) -> str:
    """Raised or lowered words behind these: figures as raised figures (m²), and behind or before a number after a mark (23000^1), so that
    nobody takes both for one number."""
    if not any(character in _DIGITS for character in text):
        return text
    last = next((piece.rstrip()[-1] for piece in reversed(before) if piece.strip()), "")
    if last and not last.isdigit():
        return text.translate(_HIGH if shown is Look.RAISED else _LOW)
    return f"{shown.value}{text}" if last else f"{shown.value}{text} "


class Shown:
    """Follows the elements of a page that are open, and tells how what stands in them is shown."""

    def __init__(self) -> None:
        self._open: dict[str, list[tuple[Look, int]]] = {}
        self._count = dict.fromkeys(Look, 0)

    def start(self, tag: str, shown: Look | None) -> None:
        """An element begins; within one that is shown otherwise, those of its name are counted, to know its end."""
        if shown:
            self._open.setdefault(tag, []).append((shown, 1))
            self._count[shown] += 1
        elif held := self._open.get(tag):
            held[-1] = (held[-1][0], held[-1][1] + 1)

    def end(self, tag: str) -> None:
        """An element ends."""
        if held := self._open.get(tag):
            shown, count = held.pop()
            if count > 1:
                held.append((shown, count - 1))
            else:
                self._count[shown] -= 1

    def end_inline(self) -> None:
        """A cell ends, and with it what stands in lines and nobody closed."""
        for tag in _INLINE & self._open.keys():
            for shown, _ in self._open.pop(tag):
                self._count[shown] -= 1

    @property
    def unread(self) -> bool:
        """Whether what stands here is left out."""
        return any(self._count[shown] for shown in UNREAD)

    def words(self, before: Sequence[str], text: str) -> str:
        """What a reader has of a text behind these words."""
        if not self._open:
            return text
        if self.unread:
            return ""
        raised, lowered = self._count[Look.RAISED], self._count[Look.LOWERED]
        return apart(before, text, Look.RAISED if raised else Look.LOWERED) if raised or lowered else text

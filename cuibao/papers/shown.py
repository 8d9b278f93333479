"""How a page or document shows its words: struck out or hidden ones are none, raised and lowered figures are no part of a number, nor is
what stands apart from it on the screen."""

import html
import re
from collections.abc import Sequence
from enum import Enum
from functools import lru_cache


class Look(Enum):
    """How an element's words are shown."""

    ABSENT = "absent"
    """It takes no room either: a cell is missing from its row."""
    BLANK = "blank"
    """It takes its room and cannot be read."""
    STRUCK = "struck"
    ODD = "（显示方式特殊）"
    """Nobody can tell from the page's source where, in which order or whether its words are seen; this stands behind its numbers."""
    RAISED = "^"
    LOWERED = "_"
    APART = "apart"
    """A line or a box of its own, though its tag's are not."""
    AGAIN = "again"
    """Seen, even within what is blank."""

    __hash__ = object.__hash__  # Enum's own is slow, and a page asks for it at every word


UNREAD = frozenset({Look.ABSENT, Look.BLANK, Look.STRUCK})
"""What is left out, as a reader leaves it out."""
PARTING = frozenset({Look.BLANK, Look.ODD, Look.APART})
"""What stands before and behind these is not one number, whatever the tag."""
_EMPTY = frozenset({"br", "hr", "img", "input", "meta", "link", "col", "area", "base", "wbr"})
"""Tags that nothing closes."""
_INLINE = frozenset(
    [
        "a",
        "abbr",
        "acronym",
        "b",
        "big",
        "cite",
        "code",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "ins",
        "kbd",
        "label",
        "mark",
        "nobr",
        "s",
        "samp",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "tt",
        "u",
        "var",
        "wbr",
    ]
)
"""Tags whose words are one with those around them; every other tag parts them, or may."""
_TAGS = dict.fromkeys(("s", "del", "strike"), Look.STRUCK) | {"sup": Look.RAISED, "sub": Look.LOWERED}
_TAGS |= dict.fromkeys(("template", "iframe", "audio", "video", "canvas"), Look.ABSENT)
_TAGS |= dict.fromkeys(
    [
        "bdo",
        "datalist",
        "details",
        "dialog",
        "math",
        "meter",
        "noembed",
        "noframes",
        "noscript",
        "object",
        "progress",
        "select",
        "svg",
    ],
    Look.ODD,
)
_MAY_TELL = re.compile("style|hidden|dir|note|color", re.IGNORECASE)
_WHITE = re.compile(r"white|#f{3}(?:f{3})?|rgb\(255, ?255, ?255\)")
_NOTE = re.compile(r"Mso(?:Foot|End)noteReference")
"""What Word calls a note's mark; that it is raised stands in the page's style sheet."""
_ATTRIBUTE = re.compile(r"([^\s\"'<>/=]++)(?:\s*+=\s*+(?:\"([^\"]*)\"|'([^']*)'|([^\s>]*)))?")
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_NONE = re.compile(r"[-+]?[0.]+[a-z%]*")
"""No length."""
_SOME = re.compile("[1-9]")
"""Of any length but none."""
_NO_SIZE = re.compile(r"(?:.* )?0[0.]*(?:[a-z%]+)?(?:/.*)? .*")
"""A font's shorthand with no size."""
_NO_OPACITY = re.compile(r"[-+]?(?:0+(?:\.0+)?|\.0+)%?|-\d*\.?\d+%?")
_CLEAR = re.compile(r"transparent|(?:rgb|hsl)a?\((?:(?:[^,/]*,){3}|[^,/]*/) ?[0.]+%?\)|#[0-9a-f]{3}0|#[0-9a-f]{6}00")
_CLIPPED = re.compile(r"rect\((?:[01](?:px)?[ ,]*)+\)|inset\((?:50|100)%.*\)|circle\(0.*\)")
_FAR = re.compile(r"-(?:\d{4,}|\d{3,}(?:\.\d+)?(?:em|rem|%))")
_ARRANGED = re.compile(r"(?:inline-)?(?:flex|grid)|inline (?:flex|grid)|ruby.*|table-.*-group|run-in")
_FLOWING = frozenset({"", "inline", "contents", "initial", "unset", "inherit", "revert"})
_CELLS = frozenset({"table", "tbody", "thead", "tfoot", "tr", "td", "th"})
"""Tags that are as large as what stands in them, however small they are to be."""
_RECKONED = ("display", "visibility", "opacity", "position")
"""Properties whose value a browser may have to reckon, as calc(0) or var(--x)."""
_MOVED = ("transform", "-webkit-transform", "-ms-transform", "rotate", "scale", "translate")
_OFFSETS = ("top", "bottom", "left", "right", "inset")
_ROOM = tuple(f"{name}{side}" for name in ("margin", "padding") for side in ("", "-left", "-right"))
_UNSEEN = re.compile("[\u00ad\u200b-\u200e\u2060\ufeff]")
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters but for tabs and line feeds, and halves of characters."""
_REMEMBERED = 500
"""Characters of a tag that is looked at once however often it stands on a page."""
_DIGITS = "0123456789０１２３４５６７８９"
_HIGH = str.maketrans(_DIGITS + "+-()", "⁰¹²³⁴⁵⁶⁷⁸⁹" * 2 + "⁺⁻⁽⁾")
_LOW = str.maketrans(_DIGITS + "+-()", "₀₁₂₃₄₅₆₇₈₉" * 2 + "₊₋₍₎")


def look(tag: str, attributes: str) -> Look | None:
    """How an html element, its name in lower case, is shown by its name and its own attributes; None for plainly."""
    if tag in _EMPTY or not _MAY_TELL.search(attributes):
        return _TAGS.get(tag)
    return _look_before(tag, attributes) if len(attributes) <= _REMEMBERED else _look(tag, attributes)


def parts(tag: str) -> bool:
    """Whether what stands before and behind a tag is not one number. A tag that no browser knows, as Word's o:p, is as if it were not there."""
    return tag not in _INLINE and ":" not in tag


def attributes_of(text: str) -> dict[str, str]:
    """The attributes of a tag by their names in lower case; as in a browser, the first of a name holds."""
    found: dict[str, str] = {}
    for name, *values in _ATTRIBUTE.findall(text):
        found.setdefault(name.lower(), html.unescape("".join(values)))
    return found


def _look(tag: str, attributes: str) -> Look | None:
    given = attributes_of(attributes)
    style = _declared(given.get("style", ""))
    display = style.get("display", "")
    if display == "none" or style.get("mso-hide") == "all" or ("hidden" in given and not display):
        return Look.ABSENT
    if style.get("visibility") in ("hidden", "collapse") or _NO_OPACITY.fullmatch(style.get("opacity", "")):
        return Look.BLANK
    by_tag = _TAGS.get(tag)
    lines = [style[name] for name in ("text-decoration", "text-decoration-line") if name in style]
    if any("line-through" in line for line in lines):
        return Look.STRUCK
    if by_tag in UNREAD:  # a style may undo what the tag does
        return Look.ODD if lines and by_tag is Look.STRUCK else by_tag
    noted = "mso-special-character" in style or _NOTE.search(given.get("class", ""))
    place = None if parts(tag) else by_tag or (Look.RAISED if noted else _place(style))
    white = _is_white(style, given.get("color", "") if tag == "font" else "")
    if by_tag is Look.ODD or "hidden" in given or (place is None and (white or _is_odd(style) or _is_cut(tag, style))):
        return Look.ODD
    if not place and not parts(tag) and (display not in _FLOWING or _has_room(style) or "dir" in given):
        return Look.APART
    return place or (Look.AGAIN if style.get("visibility") == "visible" else None)


_look_before = lru_cache(maxsize=2048)(_look)


def _declared(style: str) -> dict[str, str]:
    """What a style says, by property: the last of a name holds, but where one is pressing."""
    plain: dict[str, str] = {}
    pressing: dict[str, str] = {}
    for declaration in _COMMENT.sub(" ", style).lower().split(";"):
        name, _, value = declaration.partition(":")
        value, mark, _ = value.partition("!")
        (pressing if mark else plain)[name.strip()] = " ".join(value.split())
    return plain | pressing


def _is_cut(tag: str, style: dict[str, str]) -> bool:
    """Whether words may be cut off at no height or width, which a browser heeds for some elements."""
    sizes = (style.get(name, "") for name in ("height", "max-height", "width", "max-width"))
    cut = style.get("overflow", "").startswith(("hidden", "clip"))
    return cut and tag not in _CELLS and any(map(_NONE.fullmatch, sizes))


def _place(style: dict[str, str]) -> Look | None:
    """Whether words are raised or lowered; Word tells it of its own pages, which browsers see moved."""
    told = style.get("mso-text-raise") or style.get("vertical-align", "")
    if told in ("super", "top", "text-top"):
        return Look.RAISED
    if told in ("sub", "bottom", "text-bottom"):
        return Look.LOWERED
    if _SOME.search(told):
        return Look.LOWERED if told.startswith("-") else Look.RAISED
    return None


def _is_odd(style: dict[str, str]) -> bool:
    """Whether words are moved, turned, arranged anew, or have no size or colour, which others in them may have again."""
    position = style.get("position")
    return (
        position in ("absolute", "fixed")
        or (position in ("relative", "sticky") and any(map(_SOME.search, map(style.get, _OFFSETS, [""] * 5))))
        or any(style.get(name, "none") != "none" for name in _MOVED)
        or bool(_ARRANGED.fullmatch(style.get("display", "")))
        or style.get("unicode-bidi", "").endswith("override")
        or style.get("content-visibility") == "hidden"
        or any("(" in style.get(name, "") for name in _RECKONED)
        or bool(_NONE.fullmatch(style.get("font-size", "")))
        or bool(_NO_SIZE.fullmatch(style.get("font", "")))
        or any(_CLEAR.fullmatch(style.get(name, "")) for name in ("color", "-webkit-text-fill-color"))
        or any(_CLIPPED.fullmatch(style.get(name, "")) for name in ("clip", "clip-path"))
        or bool(_FAR.match(style.get("text-indent", "")))
    )


def _is_white(style: dict[str, str], color: str) -> bool:
    """Whether words are white where nothing here says that what is behind them is not."""
    behind = style.get("background-color") or style.get("background", "")
    return bool(_WHITE.fullmatch(style.get("color", color).lower())) and (not behind or bool(_WHITE.search(behind)))


def _has_room(style: dict[str, str]) -> bool:
    """Whether an element within a line floats, is ordered by itself, or has a gap around it."""
    if style.get("float", "none") != "none" or style.get("unicode-bidi", "normal") != "normal":
        return True
    return any(_SOME.search(style.get(name, "")) for name in _ROOM)


def apart(before: Sequence[str], text: str, shown: Look) -> str:
    """Raised or lowered words behind these: figures as raised figures (m²), and behind or before a number after a mark (23000^1), so that
    nobody takes both for one number."""
    if not any(character in _DIGITS for character in text):
        return text
    last = next((piece.rstrip()[-1] for piece in reversed(before) if piece.strip()), "")
    if last and not last.isdigit():
        return text.translate(_HIGH if shown is Look.RAISED else _LOW)
    return f"{shown.value}{text}" if last else f"{shown.value}{text} "


def seen(text: str) -> str:
    """A cell's text without characters that nobody sees, as 8500 may have for a break, and with a blank for each control character: programs keep
    a line's end as one."""
    return text if text.isprintable() else CONTROL.sub(" ", _UNSEEN.sub("", text))


def gap(before: Sequence[str]) -> Sequence[str]:
    """A blank to put behind these words, where they end in a digit that is to be no part of what comes."""
    return [" "] if before and before[-1][-1:].isdigit() else []


def odd(text: str) -> str:
    """Words of which nobody can tell how they are seen: no number is read in them."""
    return f"{text.rstrip()}{Look.ODD.value} " if any(map(str.isdigit, text)) else text


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

    def end(self, tag: str) -> Look | None:
        """An element ends; how it was shown, None for plainly."""
        if not (held := self._open.get(tag)):
            return None
        shown, count = held.pop()
        if count > 1:
            held.append((shown, count - 1))
            return None
        self._count[shown] -= 1
        return shown

    def end_inline(self) -> None:
        """A cell ends, and with it what stands in lines and nobody closed."""
        for tag in _INLINE & self._open.keys():
            for shown, _ in self._open.pop(tag):
                self._count[shown] -= 1

    @property
    def unread(self) -> bool:
        """Whether what stands here is left out."""
        count = self._count
        blank = count[Look.BLANK] and not (count[Look.ODD] or count[Look.AGAIN])
        return bool(count[Look.ABSENT] or count[Look.STRUCK] or blank)

    def words(self, before: Sequence[str], text: str) -> str:
        """What a reader has of a text behind these words."""
        if not self._open:
            return text
        if self.unread:
            return ""
        if self._count[Look.ODD] or self._count[Look.BLANK]:
            return odd(text)
        raised, lowered = self._count[Look.RAISED], self._count[Look.LOWERED]
        return apart(before, text, Look.RAISED if raised else Look.LOWERED) if raised or lowered else text

"""How Word shows a run's words: by its own properties, else by those of its character style or its paragraph's style (ECMA-376 part 1, 17.3.2,
17.7.2 and 17.7.3)."""

from collections.abc import Iterator, Mapping
from itertools import islice
from xml.etree.ElementTree import Element

from cuibao.papers.shown import UNREAD, Look, apart, odd

_LOOKS = {"strike": Look.STRUCK, "dstrike": Look.STRUCK, "vanish": Look.ABSENT, "specVanish": Look.ABSENT}
_TOGGLES = frozenset({"strike", "vanish"})
"""Two styles that both say so cancel each other (17.7.3)."""
_PLACES = {"superscript": Look.RAISED, "subscript": Look.LOWERED}
_NAMES = (*_LOOKS, "vertAlign", "position")
"""In the order in which they count. webHidden is none of them: on paper and in Word's own view such a run is seen."""
_OFF = frozenset({"0", "false", "off"})
_DEEPEST = 50
Properties = Mapping[str, Look | None]
"""What is said about a run, by the names of properties; None for one that is off."""
NOTHING: Properties = {}


class Looks:
    """The styles of a document, out of the root of that part, or None."""

    def __init__(self, styles: Element | None) -> None:
        self._styles: dict[str, Element] = {}
        self._default = ""
        for style in () if styles is None else styles:
            key = _attribute(style, "styleId")
            self._styles[key] = style
            if _attribute(style, "type") == "paragraph" and _attribute(style, "default") not in ("", *_OFF):
                self._default = key
        self._known: dict[str, Properties] = {}

    def of_paragraph(self, paragraph: Element) -> Properties:
        """What a paragraph's style says about its runs."""
        key = _told(_child(paragraph, "pPr"), "pStyle")
        return self._of_style(key if key in self._styles else self._default)

    def of_run(self, run: Element, paragraph: Properties) -> Look | None:
        """How a run is shown in a paragraph whose style says this; None for plainly."""
        properties = _child(run, "rPr")
        own, style = _properties(properties), self._of_style(_told(properties, "rStyle"))
        if not (own or style or paragraph):  # as most are
            return None
        found = [look for name in _NAMES if (look := _weighed(name, own, style, paragraph))]
        return next((look for look in found if look in UNREAD), found[0] if found else None)

    def _of_style(self, key: str) -> Properties:
        if key not in self._styles:
            return NOTHING
        if key not in self._known:
            found: dict[str, Look | None] = {}
            for style in islice(self._with_bases(key), _DEEPEST):
                found = {**_properties(_child(style, "rPr")), **found}
            self._known[key] = found
        return self._known[key]

    def _with_bases(self, key: str) -> Iterator[Element]:
        while (style := self._styles.get(key)) is not None:
            yield style
            key = _told(style, "basedOn")


PLAIN = Looks(None)
"""Of a document without styles."""


def as_shown(run: Element, said: list[str], start: int) -> None:
    """Change what a run has said since `start` to what a reader has of it by the run's own properties."""
    show(said, start, PLAIN.of_run(run, NOTHING))


def show(said: list[str], start: int, look: Look | None) -> None:
    """Change what has been said since `start` to what a reader has of it."""
    if look:
        words = "".join(said[start:])
        del said[start:]
        if look not in UNREAD:
            said.append(odd(words) if look is Look.ODD else apart(said, words, look))


def _weighed(name: str, own: Properties, style: Properties, paragraph: Properties) -> Look | None:
    if name in own:
        return own[name]
    by_style, by_paragraph = style.get(name), paragraph.get(name)
    if name in _TOGGLES:
        return None if by_style and by_paragraph else by_style or by_paragraph
    return by_style if name in style else by_paragraph


def _properties(properties: Element | None) -> Properties:
    marks = () if properties is None else properties
    return {name: _look(name, _attribute(mark, "val")) for mark in marks if (name := _name(mark)) in _NAMES}


def _look(name: str, value: str) -> Look | None:
    if name == "vertAlign":
        return _PLACES.get(value)
    if name == "position":
        moved = any(digit in "123456789" for digit in value)
        return (Look.LOWERED if value.startswith("-") else Look.RAISED) if moved else None
    return None if value in _OFF else _LOOKS[name]


def _child(element: Element, name: str) -> Element | None:
    return next((child for child in element if _name(child) == name), None)


def _told(element: Element | None, name: str) -> str:
    """The value of an element's child, "" where it has none."""
    found = None if element is None else _child(element, name)
    return "" if found is None else _attribute(found, "val")


def _attribute(element: Element, name: str) -> str:
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "")


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]

"""The numbers that Word writes before paragraphs by itself, and that stand in no text (ECMA-376 part 1, 17.9)."""

import re
from collections.abc import Mapping
from xml.etree.ElementTree import Element

from cuibao.papers.wording import chinese_number

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_CHINESE = frozenset({"chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCountingThousand"})
_PLACE = re.compile(r"%([1-9])")


class Numbering:
    """Counts through a document's paragraphs in their order. `numbering` and `styles` are the roots of those parts, or None."""

    def __init__(self, numbering: Element | None, styles: Element | None) -> None:
        abstract = {_value(one, "abstractNumId"): one for one in _all(numbering, "abstractNum")}
        self._lists: dict[str, dict[int, Element]] = {}
        self._bases: dict[str, str] = {}
        self._starts: dict[tuple[str, int], int] = {}
        for one in _all(numbering, "num"):
            key = _value(one, "numId")
            base = self._bases[key] = _value(one.find(f"{W}abstractNumId"))
            levels = _all(abstract.get(base), "lvl")
            self._lists[key] = {_number(_value(level, "ilvl")): level for level in levels}
            for override in _all(one, "lvlOverride"):
                if (start := override.find(f"{W}startOverride")) is not None:
                    self._starts[key, _number(_value(override, "ilvl"))] = _number(_value(start))
        self._styles: Mapping[str, Element] = {_value(one, "styleId"): one for one in _all(styles, "style")}
        self._counts: dict[str, dict[int, int]] = {}

    def before(self, paragraph: Element) -> str:
        """What Word writes before this paragraph, which is the next in order; nothing for most."""
        key, level = self._place(paragraph)
        shape = self._lists.get(key, {}).get(level)
        if shape is None:
            return ""
        counts = self._counted(key, level)
        if _value(shape.find(f"{W}numFmt")) in ("bullet", "none"):
            return ""
        return _PLACE.sub(lambda match: self._shown(key, int(match[1]) - 1, counts), _value(shape.find(f"{W}lvlText")))

    def _place(self, paragraph: Element) -> tuple[str, int]:
        """The list and level of a paragraph, its own or its style's."""
        found: list[Element] = []
        holder: Element | None = paragraph
        seen: set[str] = set()
        while holder is not None:
            properties = holder.find(f"{W}pPr")
            numbered = properties.find(f"{W}numPr") if properties is not None else None
            found += [numbered] if numbered is not None else []
            style = _value(holder.find(f"{W}basedOn"))
            if properties is not None and holder is paragraph:
                style = _value(properties.find(f"{W}pStyle"))
            holder = None if style in seen else self._styles.get(style)
            seen.add(style)
        key = next((key for one in found if (key := _value(one.find(f"{W}numId")))), "")
        level = next((level for one in found if (level := _value(one.find(f"{W}ilvl")))), "")
        return key, _number(level)

    def _counted(self, key: str, level: int) -> dict[int, int]:
        """The list's counters after this paragraph. Lists of one kind count on together, unless one starts anew."""
        counts = self._counts.setdefault(self._bases[key], {})
        if (key, level) in self._starts:
            counts[level] = self._starts.pop((key, level))
        else:
            counts[level] = counts.get(level, self._start(key, level) - 1) + 1
        for deeper in [one for one in counts if one > level]:
            del counts[deeper]
        return counts

    def _start(self, key: str, level: int) -> int:
        shape = self._lists[key].get(level)
        return _number(_value(shape.find(f"{W}start")) if shape is not None else "", 1)

    def _shown(self, key: str, level: int, counts: Mapping[int, int]) -> str:
        number = counts.get(level, self._start(key, level))
        shape = self._lists[key].get(level)
        kind = _value(shape.find(f"{W}numFmt")) if shape is not None else ""
        return chinese_number(number) if kind in _CHINESE else str(number)


def _all(parent: Element | None, tag: str) -> list[Element]:
    return [] if parent is None else parent.findall(f"{W}{tag}")


def _value(element: Element | None, attribute: str = "val") -> str:
    return "" if element is None else element.get(f"{W}{attribute}", "")


def _number(text: str, default: int = 0) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else default

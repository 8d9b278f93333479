"""The running text of a notice: what conversion left is taken out, lines are joined, and every character keeps its place."""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from cuibao.papers.notice.source import Line

_PLAIN = str.maketrans(
    {chr(code): chr(code - 0xFEE0) for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}
    | dict(zip("％＠．＋／～﹪＿", "%@.+/~%_", strict=True))
    | dict(zip("()﹙﹚;!?", "（）（）；！？", strict=True))
    | dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u00ad\x00", "")
    | {chr(code): unicodedata.normalize("NFKC", chr(code)) for code in (*range(0x2E80, 0x2FE0), *range(0xF900, 0xFB00))}
    | {chr(0x2488 + number): f"{number + 1}." for number in range(20)}
    | {chr(0x2474 + number): f"（{number + 1}）" for number in range(20)}
    | {chr(0x3220 + number): f"（{han}）" for number, han in enumerate("一二三四五六七八九十")}
    | dict.fromkeys("\u00a0\u3000\u2002\u2003\u2009\t\r\n\x0b\x0c\u2028\u2029", " ")
)
"""One way of writing what files write in several: figures and letters in half width, brackets of sentences in full width, numbers
of one character (⒈, ⑴, ㈠) as several, and the characters themselves for the radicals and compatibility forms that PDF files hold in their place."""
_ODD = re.compile(f"[{re.escape(''.join(map(chr, _PLAIN)))}]")
_COMMA = re.compile(r"(?<![0-9A-Za-z]),|,(?![0-9A-Za-z])")
_COLON = re.compile(r"(?<![0-9A-Za-z]):|:(?![0-9A-Za-z/])")
_STOP = re.compile(r"\.(?<=[\u4e00-\u9fff”’）%]\.)(?![0-9A-Za-z])")
_GROUPED = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_MARKDOWN = re.compile(r"\*\*|__|~~|^ {0,3}#{1,6} +|^ {0,3}> ?|\\(?=[.*_#()\[\]~-])|`")
_LEADING_NUMBER = re.compile(r"^ *(\d{1,4}) *\. +(?=\d)")
_BLANKS = re.compile(r" {2,}")
_SPACE = re.compile(r" (?:(?![A-Za-z])|(?<![A-Za-z] ))")
_PAGE_INLINE = re.compile(
    r" *(?:(?<![—–―])[—–―]{1,9} *\d{1,4} *[—–―]{1,9}|(?<= )- \d{1,4} -(?= )|第 *\d{1,4} *页 *[，,、/]? *共 *\d{1,4} *页) *"
)
_PAGE_LINE = re.compile(r"[-—–―·•~ ]*(?:第 *\d{1,4} *页|\d{1,4} */ *\d{1,4}|[-—–―·•~] *\d{1,4} *[-—–―·•~])[-—–―·•~ ]*")
_BARE_NUMBER = re.compile(r"\d{1,4}")
_PAGE_OF = re.compile(r"第(\d+)页")
_INDENT = re.compile(r"[ \u3000\t]{2,}|\u3000")
_RESIDUE: tuple[tuple[str, re.Pattern[str], str], ...] = (
    ("*_~#>\\`", _MARKDOWN, ""),
    (" ", _BLANKS, " "),
    ("—–―-页", _PAGE_INLINE, ""),
    (".", _LEADING_NUMBER, r"\1、"),
    (" ", _SPACE, ""),
    (",", _COMMA, "，"),
    (":", _COLON, "："),
    (".", _STOP, "。"),
    (",", _GROUPED, ""),
)
"""What is taken out or replaced, in this order; each only where one of the characters stands that it cannot do without."""
_REPEATED, _LONG_ENOUGH, _MOST_IN_HEADER = 3, 6, 40
_RUNNING = re.compile(r"[，。；：、（）]")
_FIRST_PAGES = 3
_ONE_LINE = 200
_HEAD_WITHIN = re.compile(r"〔20\d\d〕\d{1,4}号.*的通知")
_BREAKS = re.compile(
    r"(?<=文件)(?=[\u4e00-\u9fff]{2,12}〔)|(?<=号)(?=[\u4e00-\u9fff]{2,40}关于)|(?<=号)(?=关于)|(?<=的通知)(?=[\u4e00-\u9fff])|(?<=：)(?=[请现《])"
    r"|(?<=。)(?=20\d\d年\d+月\d+日)|(?<=[日发。）])(?=[一二三四五六七八九十]{1,3}、)|(?<=[\u4e00-\u9fff])(?<!第)(?=\d{1,4}[.、](?!\d))"
)
_LETTER_LAST, _LETTER_FIRST = re.compile(r"[A-Za-z]$"), re.compile(r"[A-Za-z]")
_ADDRESS_LAST = re.compile(r"[@/][A-Za-z0-9./-]*$")
_MARKS = re.compile(r"[。；！？]")
_CLOSES = re.compile(r"(?:的通知|文件|〕\d{1,4}号|：|印发|\d日|[A-Za-z])$")


WHOLE = "全文"
"""The place of what is nowhere in a document."""


@dataclass(frozen=True)
class Text:
    """Lines joined into one string without breaks. `starts` are where lines begin, `places` where in the document each stands, and
    `fresh` whether it surely begins a paragraph."""

    text: str
    starts: tuple[int, ...]
    places: tuple[str, ...]
    fresh: tuple[bool, ...]

    def place(self, index: int) -> str:
        """Where in the document a character stands; WHOLE in an empty text."""
        return self.places[max(0, bisect_right(self.starts, index) - 1)] if self.places else WHOLE

    def line_end(self, index: int) -> int:
        """Where the line of that character ends."""
        found = bisect_right(self.starts, index)
        return self.starts[found] if found < len(self.starts) else len(self.text)

    def begins_paragraph(self, index: int) -> bool:
        """Whether the line that begins there surely begins a paragraph too."""
        found = bisect_left(self.starts, index)
        return found < len(self.starts) and self.starts[found] == index and self.fresh[found]

    def starts_between(self, start: int, end: int) -> tuple[int, ...]:
        """Where lines begin after `start` and before `end`."""
        return self.starts[bisect_right(self.starts, start) : bisect_left(self.starts, end)]

    def without(self, start: int, end: int) -> "Text":
        """What stands before `start` and from `end` on, as if it followed."""
        first, last = bisect_left(self.starts, start), bisect_right(self.starts, end) - 1
        behind = end < len(self.text)
        starts = self.starts[:first] + (
            (start, *(one - end + start for one in self.starts[last + 1 :])) if behind else ()
        )
        kept = slice(last, None) if behind else slice(0, 0)
        return Text(
            self.text[:start] + self.text[end:],
            starts,
            self.places[:first] + self.places[kept],
            self.fresh[:first] + self.fresh[kept],
        )

    def sentences(self) -> Iterator[tuple[int, str]]:
        """What stands between marks that end a sentence, and after lines that end without one (a title, a number, an address), each with
        where it begins."""
        begun = 0
        ends = [start for start in self.starts[1:] if _CLOSES.search(self.text, max(0, start - 12), start)]
        for end in sorted({*(found.end() for found in _MARKS.finditer(self.text)), *ends, len(self.text)}):
            if words := _MARKS.sub("", self.text[begun:end]):
                yield begun, words
            begun = end

    def lines(self) -> Iterator[tuple[str, str]]:
        """Every line with its place."""
        for number, start in enumerate(self.starts):
            end = self.starts[number + 1] if number + 1 < len(self.starts) else len(self.text)
            yield self.text[start:end], self.places[number]


def plain(text: str) -> str:
    """A line or a cell without the marks of conversion: one width of digits and brackets, no blanks beside Chinese."""
    return _without_residue(_one_width(text))


def _one_width(text: str) -> str:
    for odd in set(_ODD.findall(text)):
        text = text.replace(odd, _PLAIN[ord(odd)])
    return text


def _without_residue(text: str) -> str:
    for needed, pattern, instead in _RESIDUE:
        if any(map(text.__contains__, needed)):
            text = pattern.sub(instead, text)
    return text.strip()


def running(lines: Sequence[Line]) -> Text:
    """The lines joined, without page numbers and without headers and footers that come again on every page."""
    whole = [(_without_residue(raw), line) for line, raw in _without_page_numbers(lines)]
    kept = [(piece, line) for text, line in whole for piece in _broken(text) if piece]
    repeated = _headers(kept)
    seen: set[str] = set()
    pieces: list[str] = []
    starts, places, fresh = [], [], []
    length = 0
    for text, line in kept:
        if text in repeated and text in seen:
            continue
        seen.add(text)
        if pieces and _letters_meet(pieces[-1], text):
            pieces.append(" ")
            length += 1
        starts.append(length)
        places.append(line.place)
        fresh.append("段" in line.place or bool(_INDENT.match(line.text)))
        pieces.append(text)
        length += len(text)
    return Text("".join(pieces), tuple(starts), tuple(places), tuple(fresh))


def _broken(text: str) -> list[str]:
    """The lines of a notice that conversion made one line of."""
    return _BREAKS.split(text) if len(text) > _ONE_LINE and _HEAD_WITHIN.search(text) else [text]


def _letters_meet(before: str, after: str) -> bool:
    """Whether two words of Latin letters would run together; an address that a line breaks goes on."""
    return bool(_LETTER_LAST.search(before) and _LETTER_FIRST.match(after) and not _ADDRESS_LAST.search(before))


def _without_page_numbers(lines: Iterable[Line]) -> Iterator[tuple[Line, str]]:
    """Lines that are more than the number of a page, in one width. A bare number is one where it goes on from the page before."""
    page = 0
    for line in lines:
        for raw in map(_one_width, line.text.split("\n")):
            bare = raw.strip()
            if _PAGE_LINE.fullmatch(bare):
                continue
            if _BARE_NUMBER.fullmatch(bare) and (int(bare) == page + 1 or (not page and int(bare) <= _FIRST_PAGES)):
                page = int(bare)
                continue
            yield line, raw


def _headers(kept: Iterable[tuple[str, Line]]) -> frozenset[str]:
    """Lines that stand on several pages word for word, and are no part of a sentence or of a list."""
    counted: Counter[str] = Counter()
    pages: dict[str, set[str]] = {}
    for text, line in kept:
        if _LONG_ENOUGH <= len(text) <= _MOST_IN_HEADER and not _RUNNING.search(text):
            counted[text] += 1
            page = _PAGE_OF.search(line.place)
            pages.setdefault(text, set()).add(page[1] if page else "")
    several = {text for text, count in counted.items() if count >= _REPEATED}
    return frozenset(text for text in several if len(pages[text]) >= _REPEATED or not text.endswith(("局", "委", "办")))

"""Whatever is taken out of a notice or put into disorder: it is read with questions, or refused with the place, and no unit is made up."""

import random
import re
from collections.abc import Callable
from itertools import zip_longest

from hypothesis import given, settings
from hypothesis import strategies as st
from sample_notices import PATHS, expected_of, read

from cuibao.papers.notice.draft import Draft, NoticeRefused
from cuibao.papers.notice.reading import read_notice
from cuibao.papers.notice.source import Line, Source, Table
from cuibao.papers.notice.text import plain
from cuibao.rules.registry import Registry

SAMPLES = [(read(path), expected_of(path).known) for path in PATHS]
PAGE = 8
"""Lines that make a page."""


def characters_out(source: Source, chance: random.Random) -> Source:
    """Some characters gone, or written twice, or in each other's place."""
    return tuple(
        Line(garbled(part.text, chance), part.place)
        if isinstance(part, Line)
        else Table(tuple(tuple(garbled(cell, chance) for cell in row) for row in part.rows), part.place)
        for part in source
    )


def garbled(text: str, chance: random.Random) -> str:
    if not text or chance.random() < 0.6:
        return text
    at = chance.randrange(len(text))
    other = chance.randrange(len(text))
    return chance.choice([text[:at] + text[at + 1 :], text[:at] + text[other] + text[at:], text[:at], text[at:]])


def rows_and_lines(source: Source) -> list[Line | Table]:
    """Every line, and every row of a table as a table of its own under the table's headings."""
    return [
        piece
        for part in source
        for piece in ([part] if isinstance(part, Line) else [Table((row,), part.place) for row in part.rows])
    ]


def lines_out(source: Source, chance: random.Random) -> Source:
    """Some lines and rows gone."""
    return tuple(part for part in rows_and_lines(source) if chance.random() > 0.1)


def lines_shuffled(source: Source, chance: random.Random) -> Source:
    """Some lines and rows in each other's place."""
    parts = rows_and_lines(source)
    for _ in range(chance.randrange(1, 6)):
        at, other = chance.randrange(len(parts)), chance.randrange(len(parts))
        parts[at], parts[other] = parts[other], parts[at]
    return tuple(parts)


def pages_out(source: Source, chance: random.Random) -> Source:
    """A page gone, or pages in disorder."""
    parts = rows_and_lines(source)
    pages = [parts[start : start + PAGE] for start in range(0, len(parts), PAGE)]
    if chance.random() < 0.5:
        del pages[chance.randrange(len(pages))]
    else:
        chance.shuffle(pages)
    return tuple(part for page in pages for part in page)


Harm = Callable[[Source, random.Random], Source]
HARMS: tuple[Harm, ...] = (characters_out, lines_out, lines_shuffled, pages_out)


def pieces(source: Source) -> list[str]:
    """Every line, then every table's cells column by column, as a name runs on in them."""
    lines = [part.text for part in source if isinstance(part, Line)]
    rows = [row for part in source if isinstance(part, Table) for row in part.rows]
    cells = [cell for column in zip_longest(*rows, fillvalue="") for cell in column]
    return [line for text in (*lines, *cells) for line in text.split("\n")]


def printed(source: Source) -> tuple[str, ...]:
    """All that the notice prints but figures and marks, joined as a reader joins it: with and without what stands on several pages."""
    lines = [re.sub(r"[^\u4e00-\u9fff（）]", "", plain(line)) for line in pieces(source)]
    return tuple("".join(line for line in lines if lines.count(line) <= most) for most in (1, 2, len(lines)))


def outcome(source: Source, known: Registry | None = None) -> Draft | NoticeRefused:
    """What comes of a notice; any other exception is the test's failure."""
    try:
        return read_notice(source, known)
    except NoticeRefused as refused:
        return refused


def judge(source: Source, came: Draft | NoticeRefused) -> None:
    if isinstance(came, NoticeRefused):
        assert came.place
        assert came.message
        assert came.remedy
        return
    texts = printed(source)
    assert [item.no for item in came.items] == list(range(1, len(came.items) + 1))
    for item in came.items:
        assert item.lead
        for name in (*item.lead, *item.cooperating):
            assert any(re.sub(r"[^\u4e00-\u9fff（）]", "", name) in text for text in texts), name
    assert all(question.place and question.message and question.remedy for question in came.questions)


@settings(max_examples=400, deadline=None, derandomize=True)
@given(
    st.sampled_from(range(len(SAMPLES))),
    st.lists(st.sampled_from(HARMS), min_size=1, max_size=3),
    st.integers(0, 2**32),
)
def test_a_damaged_notice_is_read_or_refused_with_the_place(number: int, harms: list[Harm], seed: int) -> None:
    source, known = SAMPLES[number]
    chance = random.Random(seed)  # noqa: S311, damage and no secret
    for harm in harms:
        source = harm(source, chance)
        if not source:
            break
    judge(source, outcome(source, known))


@settings(max_examples=300, deadline=None, derandomize=True)
@given(
    st.lists(
        st.one_of(
            st.text(
                alphabet="一二三、。（）：，；1234567890.市教育财政局委和等责任牵头协同单位配合负责万人%年月日前报送完成情况通知关于印发《》〔〕号“”每季度末",
                max_size=60,
            ),
            st.text(max_size=20),
        ),
        max_size=30,
    )
)
def test_any_text_whatever_is_read_or_refused(lines: list[str]) -> None:
    source = tuple(Line(text, f"第{number}行") for number, text in enumerate(lines, start=1))
    judge(source, outcome(source))

"""Every sample notice comes to the registry that stands beside it."""

import re
from itertools import zip_longest
from pathlib import Path

import pytest
from sample_notices import PATHS, expected_of, read

from cuibao.papers.notice.draft import Draft
from cuibao.papers.notice.reading import read_notice
from cuibao.papers.notice.source import Line
from cuibao.papers.notice.text import plain

sample = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)


def drafted(path: Path) -> Draft:
    return read_notice(read(path), expected_of(path).known)


def text_of(path: Path) -> str:
    """Everything that the notice prints, tables column by column, without blanks and page numbers."""
    texts = [
        text
        for part in read(path)
        for text in (
            [part.text]
            if isinstance(part, Line)
            else ["\n".join(column) for column in zip_longest(*part.rows, fillvalue="")]
        )
    ]
    return "".join(plain(line) for text in texts for line in text.split("\n"))


def test_there_are_more_than_twelve_samples_of_eight_years() -> None:
    assert len(PATHS) > 12
    assert {expected_of(path).notice["year"] for path in PATHS} == set(range(2018, 2026))


@sample
def test_its_items_are_read_with_roles_and_targets(path: Path) -> None:
    assert drafted(path).items == expected_of(path).items


@sample
def test_its_head_is_read(path: Path) -> None:
    head, wanted = drafted(path).notice, expected_of(path)
    assert {key: getattr(head, key) for key in wanted.notice} == wanted.notice
    assert head.periods == wanted.periods


@sample
def test_names_are_merged_with_a_reason_and_no_other_way(path: Path) -> None:
    draft, wanted = drafted(path), expected_of(path)
    assert sorted((alias.seen, alias.name) for alias in draft.aliases) == sorted(wanted.aliases)
    assert all(alias.why for alias in draft.aliases)
    assert tuple(body.name for body in draft.collectives) == wanted.collectives


@sample
def test_every_printed_name_is_exactly_one_units_or_collectives(path: Path) -> None:
    draft = drafted(path)
    bodies = [(body.name, *body.aliases) for body in (*draft.units, *draft.collectives)]
    former = [one.name for unit in draft.units for one in unit.former]
    known = [name for names in bodies for name in names] + former
    assert len(known) == len(set(known))
    assert {name for item in draft.items for name in (*item.lead, *item.cooperating)} <= set(known)


@sample
def test_doubts_are_asked_with_place_and_remedy(path: Path) -> None:
    questions = drafted(path).questions
    for words in expected_of(path).asked:
        assert any(re.search(words, question.message) for question in questions), words
    assert all(question.place and question.message and question.remedy for question in questions)


@sample
def test_an_items_own_words_stand_in_the_notice_and_hold_its_title_and_no_clause(path: Path) -> None:
    draft, text = drafted(path), text_of(path)
    for item in draft.items:
        words = draft.words[item.no]
        assert words.startswith(item.title)
        assert "责任单位" not in words
        assert all(sentence in text for sentence in words.split("。")), item.no


@sample
def test_targets_stand_beside_the_sentence_that_states_them(path: Path) -> None:
    draft = drafted(path)
    assert [(read.item, read.target) for read in draft.targets] == [
        (item.no, target) for item in draft.items for target in item.targets
    ]
    assert all(read.words and read.share == (read.target.measure in ("%", "个百分点")) for read in draft.targets)


def test_a_renamed_organ_keeps_its_contacts_and_is_known_by_its_old_name() -> None:
    path = next(path for path in PATHS if path.stem.startswith("09"))
    industry = next(unit for unit in drafted(path).units if unit.name == "市工业和信息化局")
    assert [contact.email for contact in industry.contacts] == ["jxj@minghu.example.cn"]
    assert [former.name for former in industry.former] == ["市经济和信息化局", "市经信局"]

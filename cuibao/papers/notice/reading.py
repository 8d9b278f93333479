"""Reads a notice: items out of tables or running text, the head out of what stands around them, names into units, words into targets."""

from collections.abc import Iterable, Iterator, Sequence

from cuibao.papers.notice.clauses import Roles, roles_of
from cuibao.papers.notice.draft import Draft, NoticeRefused, Question, TargetRead
from cuibao.papers.notice.entries import Body, Entry, without_clause
from cuibao.papers.notice.head import Around, read_head
from cuibao.papers.notice.items import read_items
from cuibao.papers.notice.reforms import REFORMS, Reform
from cuibao.papers.notice.source import Line, Source
from cuibao.papers.notice.tables import read_tables
from cuibao.papers.notice.targets import read_targets
from cuibao.papers.notice.text import WHOLE, running
from cuibao.papers.notice.units import Mention, resolve
from cuibao.rules.registry import Item, Registry

_NO_SECTION = "工作任务"


def read_notice(source: Source, known: Registry | None = None, reforms: Sequence[Reform] = REFORMS) -> Draft:
    """The configuration that a notice asks for. `known` is the registry of before: its units keep names, contacts and members. Raises
    NoticeRefused, with the place, where the notice cannot be taken over; nothing else."""
    if not any(part.text.strip() if isinstance(part, Line) else part.rows for part in source):
        remedy = "如为扫描件或图片，请先识别为文字，或另存为docx、可复制文字的pdf后重新导入"
        raise NoticeRefused(WHOLE, "文件中没有文字", remedy)
    body, around = _parts(source)
    items: list[Item] = []
    words: dict[int, str] = {}
    clauses: dict[int, str] = {}
    read: list[TargetRead] = []
    mentions: list[Mention] = []
    questions = [*around.questions, *body.questions]
    for entry in body.entries:
        roles = _roles(entry)
        found = read_targets(entry.no, entry.words, around.head.year)
        targets = tuple(one.target for one in found.targets)
        section = entry.section or around.head.title or _NO_SECTION
        items.append(Item(entry.no, section, entry.title, roles.lead, roles.cooperating, roles.open_ended, targets))
        words[entry.no] = entry.words
        clauses[entry.no] = entry.clause
        read += found.targets
        mentions += [Mention(name, entry.clause_place, entry.no) for name in (*roles.lead, *roles.cooperating)]
        questions += _questions(entry, roles, found.doubts)
    resolved = resolve(mentions, known, around.city, around.head.issued_on, reforms)
    return Draft(
        notice=around.head,
        items=tuple(items),
        words=words,
        clauses=clauses,
        units=resolved.units,
        collectives=resolved.collectives,
        aliases=resolved.aliases,
        questions=(*questions, *resolved.questions),
        targets=tuple(read),
    )


def _parts(source: Source) -> tuple[Body, Around]:
    """The items, and the head out of what stands around them."""
    if body := read_tables(source):
        return body, read_head(running([part for part in source if isinstance(part, Line)]))
    text = running(list(_lines(source)))
    body, begins, ends = read_items(text)
    return body, read_head(text.without(begins, ends))


def _lines(source: Source) -> Iterator[Line]:
    """Every line, and the rows of tables that list no items, such as a letterhead's."""
    for part in source:
        if isinstance(part, Line):
            yield part
        else:
            yield from (Line(" ".join(dict.fromkeys(row)), part.place) for row in part.rows)


def _roles(entry: Entry) -> Roles:
    roles = roles_of(entry.lists)
    if roles.strange:
        message = f"第{entry.no}项的“{roles.strange[0][:30]}”不像单位名称"
        raise NoticeRefused(entry.clause_place, message, "请对照原件核对该项的责任单位是否缺字、错行，改正后重新导入")
    if not roles.lead:
        if roles.cooperating:
            message = f"第{entry.no}项只写协同单位，没有写明牵头单位"
            raise NoticeRefused(entry.clause_place, message, "请对照原件补上牵头单位或责任单位后重新导入")
        raise without_clause(entry.clause_place, entry.no, entry.title)
    return roles


def _questions(entry: Entry, roles: Roles, doubts: Iterable[tuple[str, str]]) -> Iterator[Question]:
    for message, remedy in (*entry.doubts, *roles.doubts):
        yield Question(entry.clause_place, message, remedy, entry.no)
    for message, remedy in doubts:
        yield Question(entry.place, message, remedy, entry.no)
    if not entry.title:
        yield Question(entry.place, "该项没有名称", "请对照原件补上", entry.no)

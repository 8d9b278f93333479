"""The review of a draft: each item's own words beside what was read of them, doubts first, as rows for a sheet and for a page."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from cuibao.papers.letter import new_environment
from cuibao.papers.notice.draft import Alias, Draft, Question
from cuibao.papers.sheets import Page, workbook
from cuibao.papers.wording import chinese_date, short_date, target_words
from cuibao.rules.registry import Item

_ITEMS = (
    "核对",
    "序号",
    "部分",
    "文件原文",
    "责任单位原文",
    "事项名称",
    "牵头单位",
    "协同单位",
    "写有“等”",
    "目标",
    "目标依据",
    "疑问和办法",
)
_ITEM_WIDTHS = (8, 6, 16, 60, 36, 24, 28, 28, 8, 30, 30, 40)
MERGED = ("文件写法", "原名", "归入单位", "理由")
"""The headings of merged names: 文件写法 holds only what the notice prints, 原名 what units.yaml called the unit."""
_DOUBT, _PLAIN = "有疑问", "请核对"


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item beside its words and its responsibility clause. `targets` are its targets, `grounds` the sentences that they were read
    from, each once."""

    item: Item
    words: str
    clause: str
    targets: tuple[str, ...]
    grounds: tuple[str, ...]
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Review:
    """What a person goes through: `facts` are the notice's own (what, as read), `questions` those of no one item, `rows` the items,
    those with questions first."""

    draft: Draft
    facts: tuple[tuple[str, str], ...]
    questions: tuple[Question, ...]
    rows: tuple[ItemRow, ...]
    changes: tuple[str, ...]


def review(draft: Draft, changes: Sequence[str] = ()) -> Review:
    """The review of a draft, and what it changes against the notice in force."""
    numbers = {item.no for item in draft.items}
    rows = [_row(draft, item) for item in draft.items]
    return Review(
        draft,
        tuple(_facts(draft)),
        tuple(question for question in draft.questions if question.item not in numbers),
        tuple(sorted(rows, key=lambda row: not row.questions)),
        tuple(changes),
    )


def _row(draft: Draft, item: Item) -> ItemRow:
    return ItemRow(
        item,
        draft.words.get(item.no, ""),
        draft.clauses.get(item.no, ""),
        tuple(map(target_words, item.targets)),
        tuple(dict.fromkeys(read.words for read in draft.targets if read.item == item.no)),
        tuple(question for question in draft.questions if question.item == item.no),
    )


def _facts(draft: Draft) -> Iterator[tuple[str, str]]:
    notice = draft.notice
    yield "文号", notice.number
    yield "标题", notice.title
    yield "印发单位", notice.organ
    yield "印发日期", chinese_date(notice.issued_on) if notice.issued_on else ""
    yield "报送邮箱", notice.mailbox
    yield "报送单位", notice.reporters
    yield "报送时限", "；".join(f"{period.name} {short_date(period.deadline)}前" for period in notice.periods)
    yield "事项", f"{len(draft.items)} 项"
    yield "责任单位", f"{len(draft.units)} 个，另有成员单位 {len(draft.collectives)} 个"


def merged_names(aliases: Iterable[Alias]) -> tuple[tuple[str, str, str, str], ...]:
    """Names that were taken for one unit, as rows under MERGED."""
    return tuple(
        (one.seen, "", one.name, one.why) if one.printed else (one.name, one.seen, one.name, one.why) for one in aliases
    )


def review_page(found: Review, template: str) -> str:
    """The review as a page of html that needs nothing beside it. `template` is the text of templates/notice/review.html."""
    environment = new_environment({"review": template}, html=True)
    return environment.get_template("review").render(
        review=found, headings=MERGED, merged=merged_names(found.draft.aliases)
    )


def review_sheet(found: Review) -> bytes:
    """The review as an .xlsx: items, questions of no one item, names that were taken for one unit."""
    doubts = tuple((one.place, one.message, one.remedy) for one in found.questions)
    merged = merged_names(found.draft.aliases)
    return workbook(
        (
            Page("事项核对", _ITEMS, _ITEM_WIDTHS, tuple(map(_cells, found.rows)), wraps=True),
            Page("其他疑问", ("位置", "情况", "办法"), (20, 60, 50), doubts, wraps=True),
            Page("单位归并", MERGED, (30, 30, 30, 60), merged),
            Page("文件信息", ("内容", "读得"), (16, 80), found.facts, wraps=True),
            Page("与现行对比", ("变化",), (120,), tuple((text,) for text in found.changes), wraps=True),
        )
    )


def _cells(row: ItemRow) -> tuple[str | int, ...]:
    item = row.item
    return (
        _DOUBT if row.questions else _PLAIN,
        item.no,
        item.section,
        row.words,
        row.clause,
        item.title,
        "、".join(item.lead),
        "、".join(item.cooperating),
        "是" if item.open_ended else "",
        "\n".join(row.targets),
        "\n".join(row.grounds),
        "\n".join(f"{one.place}：{one.message}。{one.remedy}" for one in row.questions),
    )

"""Sample facts with which every template is tried before a real letter is written: with everything in them, plain as most letters
are, and with as little as there can be; before the deadline and after it."""

from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal

from cuibao.papers.letter import LetterFacts, OfficeFacts, PassOn, ReceiptFacts, Returned
from cuibao.papers.office_letters import (
    CLEARED,
    RAISED,
    AlarmFacts,
    AlarmLine,
    Count,
    DigestFacts,
    MailLine,
    OpenQuarter,
    UnitLine,
    WaveLine,
)
from cuibao.rules.letters import ALARM, DIGEST, RECEIPT
from cuibao.rules.office import Notice
from cuibao.rules.period import Period
from cuibao.rules.progress import Figure, Words
from cuibao.rules.registry import Comparison, Item, Target
from cuibao.rules.workdays import CHINA

_FULL = OfficeFacts("某市某某工作领导小组办公室", "某某办", "王某", "0553-0000000", "office@163.example")
_BARE = OfficeFacts("某市某某工作领导小组办公室", "某某办", "", "", "office@163.example")
_NOTICE = Notice("某办〔2020〕1号", 2020, "2020年工作要点")
_PERIOD = Period("2020Q2", "第二季度", date(2020, 6, 30))
_DAY = date(2020, 6, 15)
_AT = datetime.combine(_DAY, time(9), CHINA)
_MARK = "MS-0000000000"
_TARGETS = (
    Target("新建", Comparison.AT_LEAST, Decimal(25), "所"),
    Target("参保率", Comparison.AT_LEAST, Decimal(95), "%"),
)
_ITEMS = tuple(Item(number, "教育", f"事项{number}", ("市甲局",), targets=_TARGETS) for number in (1, 2, 3))
_LINE = UnitLine("市甲局", "情况", (1, 2, 3), "王某 0553-0000000")


def samples(purpose: str) -> tuple[object, ...]:
    """Facts for the templates of a purpose, that of a stage included."""
    return {RECEIPT: _RECEIPTS, DIGEST: _DIGESTS, ALARM: _ALARMS}.get(purpose, _LETTERS)


_WHOLE = LetterFacts(
    office=_FULL,
    notice=_NOTICE,
    unit="市甲局",
    period=_PERIOD,
    last_day=date(2020, 7, 10),
    today=_DAY,
    token=_MARK,
    lead=_ITEMS[:2],
    cooperating=_ITEMS[2:],
    returned=(Returned(1, "缺少完成数"),),
    pass_on=(PassOn(2, "某成员单位"),),
    earlier_letter=_DAY,
    days_left=10,
)
_LATE = date(2020, 7, 13)
_PLAIN = replace(_WHOLE, office=_BARE, last_day=_PERIOD.last_day, returned=(), pass_on=(), earlier_letter=None)
_LETTERS = (
    _WHOLE,
    replace(_WHOLE, today=_LATE, days_left=0),
    replace(_PLAIN, lead=_ITEMS[:1], cooperating=()),
    replace(_PLAIN, lead=(), today=_LATE, days_left=0),
    replace(_PLAIN, lead=_ITEMS[:1], cooperating=(), inform_only=True),
)
_FIGURES = tuple(Figure(item.no, one.indicator, one.value, one.measure) for item in _ITEMS[:1] for one in item.targets)
_RECEIPTS = tuple(
    ReceiptFacts(
        office=office,
        notice=_NOTICE,
        unit="市甲局",
        period=_PERIOD,
        last_day=_PERIOD.last_day,
        today=today,
        token=_MARK,
        from_address="a@b.example",
        received_at=_AT,
        subject=subject,
        attachments=attachments,
        received=_ITEMS[:1],
        missing=missing,
        figures=_FIGURES if problems else (),
        standing=() if problems else _FIGURES,
        said=((1, Words("已完成", "资金不足", "加快推进")),) if problems else (),
        problems=problems,
        whole=not missing,
        late=today > _PERIOD.last_day,
        nil=not attachments,
        correction=bool(missing),
    )
    for office, today, subject, attachments, missing, problems in (
        (_FULL, _DAY, "完成情况", ("附件.xlsx",), _ITEMS[1:], ("有疑问",)),
        (_FULL, date(2020, 7, 1), "完成情况", ("附件.xlsx",), _ITEMS[1:], ()),
        (_BARE, _DAY, "", (), (), ()),
    )
)
_DIGESTS = tuple(
    DigestFacts(
        office=office,
        notice=_NOTICE,
        period=_PERIOD,
        today=_DAY,
        token=_MARK,
        since=since,
        days_left=10,
        counts=(Count("未报", 1),),
        reported=lines,
        missing=lines,
        older=tuple(OpenQuarter("2019年第四季度", (line.unit,)) for line in lines),
        waiting=tuple(MailLine("0123456789", _AT, "a@b.example", "主题", line.unit, "缘由") for line in lines),
        waves=tuple(WaveLine("第二季度提醒", 1, _AT, "./bot wave approve 2020Q2 first") for _ in lines),
        telephone=lines,
        bounced=lines,
        unsent=lines,
        strangers=lines,
        collectives=tuple(line.unit for line in lines),
        alarms=tuple(line.words for line in lines),
    )
    for office, since, lines in ((_FULL, _AT, (_LINE,)), (_BARE, None, ()))
)
_ALARMS = tuple(
    AlarmFacts(office=office, today=_DAY, at=_AT, token=_MARK, lines=lines)
    for office, lines in (
        (_FULL, (AlarmLine(RAISED, "情形", "办法"), AlarmLine(CLEARED, "情形", ""))),
        (_BARE, (AlarmLine(CLEARED, "情形", ""),)),
    )
)

"""台账 as a workbook: the items with their progress, in the columns that 芜湖 itself uses; where every unit stands; the figures."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from cuibao.papers.letter import one_line
from cuibao.papers.sheets import Page, workbook
from cuibao.papers.wording import amount_words, chinese_date, item_ranges, number_words, quoted, target_words
from cuibao.rules.office import Office
from cuibao.rules.progress import NIL, YEAR_END, Figure, Reach, Told, Words, Written
from cuibao.rules.quarter import REPORTING_WORDS, ItemReport, Measured, Quarter, Reporting
from cuibao.rules.registry import Item, Registry, Role, Target
from cuibao.rules.standing import WORDS, Standing, UnitStanding
from cuibao.rules.workdays import CHINA

Row = list[str | int | Decimal]
_ENDS = ("。", "！", "？", "!", "?", "…", "：", ":")
_BRACKETS = str.maketrans("【】", "［］")
OTHER_MEASURE = "计量单位与目标不一致"
"""Said of a figure that cannot be held against its target."""
UNFILLED, SILENT = "未填完成数", "已报送，未按事项填写进展，详见来件"
"""Said of targets without a figure, and of units without words, whose reports are in."""
REFUSED = "填报数待核实"
"""Said of a figure that was filled in and not taken: the unit has reported, and its number is doubtful."""
AWAITED = "尚未报送"
"""Said of who has reported nothing and still has time; afterwards it is 未报."""
RETURNED = "已退回"
"""Said of a figure or words whose report was sent back, and that have not been told again."""


def ledger_book(office: Office, quarter: Quarter) -> bytes:
    """The .xlsx of three sheets, each with the organ that made it and the day that it tells of."""
    name = f"{office.notice.title}{quarter.period.name}"
    under = (office.name, f"数据截至{chinese_date(quarter.at.astimezone(CHINA).date())}")
    return workbook(
        [
            Page(
                "工作进展",
                ("序号", "目标与任务", "工作进展", "牵头责任单位", "责任单位"),
                (6, 36, 60, 22, 30),
                (_item(one, office.registry) for one in quarter.items),
                f"{name}工作台账",
                under,
            ),
            Page(
                "报送情况",
                ("序号", "责任单位", "承担事项", "报送状态", "首次收到", "按时情况", "尚待报送事项", "说明"),
                (6, 26, 40, 12, 18, 10, 34, 34),
                (_unit(number, quarter, one) for number, one in enumerate(quarter.units, start=1)),
                f"{name}报送情况",
                under,
            ),
            Page(
                "完成数",
                (
                    "事项",
                    "目标",
                    "年度目标值",
                    "计量单位",
                    "填报单位",
                    "本年累计完成",
                    "完成率（%）",
                    "序时进度（%）",
                    "进度",
                ),
                (8, 38, 14, 10, 24, 16, 14, 14, 24),
                (row for one in quarter.items for row in _figures(one)),
                f"{name}目标完成数",
                under,
            ),
        ]
    )


def _item(one: ItemReport, registry: Registry) -> Row:
    item = one.item
    task = "\n".join([item.title, *map(target_words, item.targets)])
    lead, cooperating = lead_words(item, registry), cooperating_words(item, registry)
    return [item.no, task, "\n".join(progress_lines(one)), lead, cooperating]


def lead_words(item: Item, registry: Registry) -> str:
    """The units that lead, by their own names, as they stand wherever what they reported is told."""
    return _names(item.lead, registry)


def cooperating_words(item: Item, registry: Registry) -> str:
    """The cooperating units, likewise: 市农业农村局、市乡村振兴局等."""
    return _names(item.cooperating, registry) + ("等" if item.cooperating and item.open_ended else "")


def _names(printed: Iterable[str], registry: Registry) -> str:
    return "、".join(dict.fromkeys(unit.name if (unit := registry.unit(name)) else name for name in printed))


def progress_lines(one: ItemReport) -> Iterator[str]:
    """What was reported on an item and what is wanting: the units' words, leads first, then figures, then who told nothing of it."""
    several = len(one.parties) > 1
    for party in one.parties:
        if party.words:
            mark = f"【{RETURNED}】" if party.words.returned else ""
            yield (f"{party.unit}{mark}：" if several else mark) + said_words(party.words.what)
    for _, found in one.figures:
        for measured in found:
            yield figure_line(measured, named=one.ambiguous(measured.unit))
    yield from wanting(one)


def wanting(one: ItemReport) -> Iterator[str]:
    """What is wanting on an item, a line for each way, without a full stop: 【未报】市财政局、市卫生健康委."""
    for refused in one.refused:
        by = f"（{refused.unit}）" if one.ambiguous(refused.unit) else ""
        yield f"【{REFUSED}】{refused.target.indicator}{by}：{refusal_words(refused.told)}"
    if one.unfilled:
        yield f"【{UNFILLED}】{indicators(one.unfilled)}"
    if one.silent:
        yield f"{'、'.join(one.silent)}{SILENT}"
    if one.nil:
        yield f"【{NIL}】{'、'.join(one.nil)}"
    if one.awaited:
        yield f"【{AWAITED}】{'、'.join(one.awaited)}"
    if one.overdue:
        yield f"【{WORDS[Standing.MISSING]}】{'、'.join(one.overdue)}"
    if one.returned:
        yield f"【退回待补】{'、'.join(one.returned)}"


def refusal_words(told: Told[Written]) -> str:
    """What was filled in and why it was not taken: 填写“约9”，不是确数."""
    return unit_line(f"填写{quoted(told.what.text)}，{told.what.wrong}")


def indicators(targets: Iterable[Target]) -> str:
    """What they count, apart from each other though one may have 、 within."""
    return "；".join(target.indicator for target in targets)


def said_words(said: Words) -> str:
    """What a unit wrote about an item, on one line, each part closed: 已开工9所。存在问题：征迁慢。下一步打算：加快推进。"""
    parts = (("", said.progress), ("存在问题：", said.problems), ("下一步打算：", said.next_steps))
    return "".join(f"{mark}{closed}" for mark, text in parts if (closed := _closed(text)))


def _closed(text: str) -> str:
    line = unit_line(text)
    if line.endswith(_ENDS):
        return line
    line = line.rstrip("，,；;、")
    return f"{line}。" if line else ""


def unit_line(text: str) -> str:
    """A unit's words on one line, without controls of direction, which would turn round what stands beside them. What stands in 【】 is the
    office's own mark: theirs stand in ［］."""
    return one_line(text).translate(_BRACKETS)


def figure_line(measured: Measured, *, named: bool) -> str:
    """技能脱贫培训累计完成320人（市人社局），占年度目标的64%【进度滞后】; of a share 毛入学率达到96.5%，年度目标98%."""
    figure, reach = measured.told.what, measured.reach
    by = f"（{measured.unit}）" if named else ""
    indicator = _done(figure.indicator) if measured.target.grows else figure.indicator
    told = f"{indicator}{done_word(measured.target)}{figure_words(figure, measured.target)}{by}"
    if reach is None:
        return f"{told}【{not_held(measured.told)}】"
    mark = f"【{reach_words(reach)}】" if reach.behind else ""
    return f"{told}{_beside(reach)}{mark}"


def figure_words(figure: Figure, target: Target) -> str:
    """The number with its measure, by 万 only where the target is told so: beside 14500人 stands 13000人."""
    plain = f"{number_words(target.value)}{target.measure}"
    in_full = amount_words(target.value, target.measure) == plain
    return f"{number_words(figure.value)}{figure.measure}" if in_full else amount_words(figure.value, figure.measure)


def done_word(target: Target) -> str:
    """What stands between an indicator and its figure: a limit and a share are levels, and nothing that was done."""
    if target.is_limit:
        return "为"
    return "达到" if target.is_share else "累计完成"


def _beside(reach: Reach) -> str:
    """What a figure is held against: the limit, a share that is not reached, or how much of the yearly target it comes to."""
    goal = amount_words(reach.target.value, reach.target.measure)
    if reach.target.is_limit:
        return f"，年度目标{'不超过' if reach.target.value else '为'}{goal}"
    if reach.target.is_share:
        return "" if reach.met else f"，{short_of(reach, goal) or f'年度目标{goal}'}"
    if reach.trace:
        return "，不足年度目标的0.1%"
    return f"，占年度目标的{part}" if (part := percent_words(reach)) else ""


def short_of(reach: Reach, goal: str = "") -> str:
    """Why a share is 进度滞后, no part of which is due: 不足年度目标的50%; "" for anything else."""
    lags = reach.behind and reach.due < YEAR_END and reach.target.is_share and not reach.target.is_limit
    return f"不足年度目标{goal}的{reach.due}%" if lags else ""


def percent_words(reach: Reach) -> str:
    """64%; 不足0.1% of what is more than nothing; "" where there is no share."""
    if reach.trace:
        return "不足0.1%"
    return "" if reach.percent is None else f"{number_words(reach.percent)}%"


def _done(indicator: str) -> str:
    """An indicator without what 累计完成 says after it: 造林 of 完成造林, 集体经济强村 of 集体经济强村累计."""
    return indicator.removesuffix("累计").removeprefix("完成") or indicator


def _unit(number: int, quarter: Quarter, one: UnitStanding) -> Row:
    first = one.first_received_at
    how = quarter.reporting(one)
    awaited = one.standing is Standing.MISSING and how is Reporting.OPEN
    return [
        number,
        one.unit,
        "\n".join(
            f"{word}{item_ranges(numbers)}"
            for role, word in ((Role.LEAD, "牵头"), (Role.COOPERATING, "协同"))
            if (numbers := [item.obligation.item for item in one.items if item.obligation.role is role])
        ),
        AWAITED if awaited else WORDS[one.standing],
        f"{first.astimezone(CHINA):%Y-%m-%d %H:%M}" if first else "—",
        "—" if one.standing is Standing.EXEMPT else REPORTING_WORDS[how],
        item_ranges(item.obligation.item for item in one.owed) or "—",
        one.reason,
    ]


def _figures(one: ItemReport) -> Iterator[Row]:
    for target, found in one.figures:
        start: Row = [one.item.no, target_words(target), target.value, target.measure]
        refused = [each for each in one.refused if each.target is target]
        if not (found or refused):
            yield [*start, "—", "—", "—", "—", _no_figure(one)]
        for measured in found:
            yield [*start, measured.unit, *_measured(measured)]
        for each in refused:
            yield [*start, each.unit, "—", "—", "—", f"{REFUSED}：{refusal_words(each.told)}"]


def _measured(measured: Measured) -> Row:
    figure, reach = measured.told.what, measured.reach
    if reach is None:  # as text, so that nothing adds it up
        return [f"{number_words(figure.value)}{figure.measure}", "—", "—", not_held(measured.told)]
    percent: str | Decimal = "—" if reach.percent is None else "不足0.1" if reach.trace else reach.percent
    return [figure.value, percent, reach.due if reach.target.grows else "—", reach_words(reach)]


def not_held(told: Told[Figure]) -> str:
    """Why a figure is not held against its target (`reach` is None), in a word."""
    return RETURNED if told.returned else OTHER_MEASURE


def _no_figure(one: ItemReport) -> str:
    """Why there is no figure, by where the leads' reports stand."""
    stand = {party.standing.standing for party in one.leads if party.standing}
    if Standing.MISSING in stand:
        late = any(party.unit in one.overdue for party in one.leads)
        return WORDS[Standing.MISSING] if late else AWAITED
    if Standing.RETURNED in stand:
        return "退回待补"
    if one.unfilled:
        return UNFILLED
    return NIL if any(party.nil for party in one.leads) else WORDS[Standing.EXEMPT]


def reach_words(reach: Reach) -> str:
    """How far it is, in a word. A limit has no 序时进度, a share that is not reached yet is not on its way by parts, and where all of the
    target is due there is no schedule to be behind."""
    if reach.target.is_limit:
        return "超过上限" if reach.behind else "未超上限"
    if reach.met:
        return "已达目标"
    if reach.due >= YEAR_END:
        return "未达目标"
    if reach.behind:
        return "进度滞后"
    return "未达目标" if reach.target.is_share else "正常推进"

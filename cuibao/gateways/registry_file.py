"""Writes registry.yaml as people keep it: an opening comment that explains its keys, then the items, section by section."""

from collections.abc import Iterator, Sequence

from cuibao.gateways.units_file import flow, scalar
from cuibao.papers.wording import chinese_number, number_words
from cuibao.rules.registry import Item, Target

_OPENING = """\
# 事项清单：{number}《{title}》的{count}个事项，每季度报送。
#
# no           事项序号（键加引号，是因为有的软件会把 no 读成“否”）
# section      所属部分
# title        事项名称，照文件原文
# lead         牵头责任单位；cooperating 协同责任单位。单位、成员单位都照文件上的写法，
#              对应的单位全称、别名和联系人在 units.yaml
# open_ended   文件在名单后写了“等”的为 true
# targets      文件写明数字的年度目标：indicator 指标，value 目标值（“万”已折算成个位），measure 计量单位，
#              comparison 为 at_least（不少于）、at_most（不超过）或 equal（等于）
#
# 文件只写“责任单位”的：后面另有“协同责任单位”的，作牵头；没有的，所列单位都作牵头。
# 本文件由 ./bot notice import 按文件写成，经人核对后启用；可以改动，改动后请运行 ./bot check 核对。

items:
"""


def registry_text(number: str, title: str, items: Sequence[Item]) -> str:
    """The whole file for these items of the notice of that number and title."""
    lines: list[str] = []
    section, sections = "", 0
    for item in items:
        if item.section != section:
            section, sections = item.section, sections + 1
            lines.append(f"  # {chinese_number(sections)}、{_one_line(section)}")
        lines += [*_item(item), ""]
    opening = _OPENING.format(number=_one_line(number), title=_one_line(title), count=len(items))
    return opening + "\n".join(lines).rstrip("\n") + "\n"


def _item(item: Item) -> Iterator[str]:
    yield f'  - "no": {item.no}'
    yield f"    section: {scalar(item.section)}"
    yield f"    title: {scalar(item.title)}"
    yield f"    lead: {flow(item.lead)}"
    yield f"    cooperating: {flow(item.cooperating)}"
    yield f"    open_ended: {str(item.open_ended).lower()}"
    yield "    targets:" if item.targets else "    targets: []"
    yield from (f"      - {_target(target)}" for target in item.targets)


def _target(target: Target) -> str:
    indicator, measure = scalar(target.indicator), scalar(target.measure)
    value = number_words(target.value)
    return f"{{indicator: {indicator}, comparison: {target.comparison}, value: {value}, measure: {measure}}}"


def _one_line(text: str) -> str:
    return " ".join(text.split())

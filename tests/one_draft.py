"""What was read of a notice that a city of no name sent out for 2021, after the small office's of 2020."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from cuibao.papers.notice.draft import Alias, Draft, NoticeHead, Question, TargetRead
from cuibao.rules.period import Period
from cuibao.rules.registry import Collective, Comparison, Item, Target, Unit

PERIODS = (
    Period("2021Q1", "第一季度", date(2021, 3, 31)),
    Period("2021Q2", "第二季度", date(2021, 6, 30)),
    Period("2021Q4", "第四季度", date(2021, 12, 20)),
)
HEAD = NoticeHead(
    number="测民〔2021〕2号",
    year=2021,
    title="2021年民生工作要点",
    organ="测试市民生工作领导小组办公室",
    issued_on=date(2021, 2, 8),
    mailbox="bangongshi@163.example",
    periods=PERIODS,
    reporters="市直各责任单位",
)
PLACES = Target("新建幼儿园", Comparison.AT_LEAST, Decimal(30), "所")
ITEMS = (
    Item(1, "办好教育", "新建幼儿园", ("市教育局",), targets=(PLACES,)),
    Item(2, "办好教育", "=资助：困难学生", ("市教育局",), ("市财政局", "市大病保险成员单位"), open_ended=True),
    Item(3, "社会保障", "居民医保参保", ("市医疗保障局",)),
)
WORDS = {1: "新建幼儿园。全年新建 30 所。", 2: "=资助：困难学生。应助尽助。", 3: "居民医保参保。"}
CLAUSES = {
    1: "（责任单位：市教育局）",
    2: "（牵头责任单位：市教育局，协同责任单位：市财政局、市大病保险成员单位等）",
    3: "（责任单位：市医保局）",
}
UNITS = (Unit("市教育局"), Unit("市财政局"), Unit("市医疗保障局", ("市医保局",)))
QUESTIONS = (
    Question("第3段", "没有写明报送邮箱", "请核对 office.yaml 的 mailbox"),
    Question("第9段", "单位无法识别", "请在 units.yaml 中登记", item=2),
)


def draft(**changes: Any) -> Draft:
    """The draft, with what a test changes."""
    plain = Draft(
        notice=HEAD,
        items=ITEMS,
        words=WORDS,
        clauses=CLAUSES,
        units=UNITS,
        collectives=(Collective("市大病保险成员单位"),),
        aliases=(Alias("市医保局", "市医疗保障局", "“医保”是“医疗保障”的简称"),),
        questions=QUESTIONS,
        targets=(TargetRead(1, PLACES, "全年新建 30 所", cumulative=True, share=False, lower_is_better=False),),
    )
    return replace(plain, **changes)

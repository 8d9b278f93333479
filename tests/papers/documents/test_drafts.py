"""The drafts in words: what they say of a quarter, and that a unit's words cannot change their form."""

from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from typing import Any

import docx
import pytest
from doubles import TEMPLATES
from rules.test_quarter import AFTER, BEFORE, figure, found, refused, report
from world import EDUCATION, FINANCE, HEALTH, act, at, office

from cuibao.papers.documents.drafts import SUMMARY, bulletin, summary, urging
from cuibao.rules.entries import Draft, Kind
from cuibao.rules.outcomes import CuibaoError
from cuibao.rules.quarter import Quarter
from cuibao.rules.registry import Comparison, Item, Registry, Target

SHARES = (("2020Q2", 50),)


def lines(data: bytes) -> list[str]:
    return [paragraph.text for paragraph in docx.Document(BytesIO(data)).paragraphs]


def cells(data: bytes) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for table in docx.Document(BytesIO(data)).tables for row in table.rows]


def words(item: int, progress: str, problems: str = "", next_steps: str = "") -> dict[str, Any]:
    return {"item": item, "progress": progress, "problems": problems, "next_steps": next_steps}


def told(*drafts: Draft, now: Any = AFTER) -> Quarter:
    return found(*drafts, now=now, progress=SHARES)


def test_the_summary_goes_by_section_and_item() -> None:
    by_school = report(
        EDUCATION,
        figures=[figure("9")],
        words=[words(7, "已开工9所。", "征迁慢。", "加快推进。"), words(11, "已资助。")],
    )
    said = lines(summary(office(), told(by_school), TEMPLATES))
    assert said[:3] == ["草稿", "2020年民生工作要点", "第二季度完成情况汇总"]
    assert "截至2020年7月3日，应报送的责任单位3个，已报齐1个，尚未报送2个；" in said[4]
    assert "涉及事项4项，其中列有量化目标的1项，已填报完成数的1项，进度滞后的1项。" in said[4]
    assert "第二季度序时进度为50%" in said[4]
    assert [line for line in said if line.startswith(("一、", "二、", "（"))] == [
        "一、教育",
        "（一）新建幼儿园（第7项）",
        "（二）资助困难学生（第11项）",
        "二、社会保障",
        "（一）居民医保（第18项）",
        "（二）大病保险（第19项）",
    ]
    assert "市教育局：已开工9所。存在问题：征迁慢。下一步打算：加快推进。" in said
    assert "完成情况：新建累计完成9所，占年度目标的36%【进度滞后】。" in said
    assert "【未报】市财政局。" in said
    assert said[-2:] == ["测试市民生工作领导小组办公室", "2020年7月3日"]


def test_a_section_may_have_more_than_a_hundred_items() -> None:
    items = tuple(Item(no, "教育", f"事项{no}", (EDUCATION,)) for no in range(1, 121))
    many = found(registry=Registry(items, office().registry.units))
    said = lines(summary(office(), many, TEMPLATES))
    assert {"（九十九）事项99（第99项）", "（一百）事项100（第100项）", "（一百二十）事项120（第120项）"} <= set(said)


def test_a_summary_without_figures_does_not_say_that_nothing_is_behind() -> None:
    said = lines(summary(office(), told(report(EDUCATION)), TEMPLATES))
    assert "列有量化目标的1项，已填报完成数的0项。" in said[4]
    assert "进度滞后的" not in said[4].partition("。完成数为")[0]


def test_a_unit_that_reported_without_the_form_is_told_of() -> None:
    said = lines(summary(office(), told(report(HEALTH)), TEMPLATES))
    assert said.count("市医保局已报送，未按事项填写进展，详见来件。") == 2


def test_one_unit_has_one_name_in_the_summary() -> None:
    items = (
        Item(7, "教育", "新建幼儿园", ("教育局",), ("市教育局", "市财政局", "市大病保险成员单位"), open_ended=True),
    )
    base = office(registry=replace(office().registry, items=items))
    said = lines(summary(base, found(registry=base.registry), TEMPLATES))
    assert "牵头责任单位：市教育局。责任单位：市教育局、市财政局、市大病保险成员单位等。" in said


def test_the_summary_tells_of_nil_reports_and_of_targets_without_a_figure() -> None:
    said = lines(summary(office(), told(report(EDUCATION), report(HEALTH, nil=True)), TEMPLATES))
    assert "已报送而没有完成数的目标标注【未填完成数】" in said[4]
    assert "【未填完成数】新建。" in said
    assert said.count("【零报告】市医保局。") == 2
    assert "市医保局已报送，未按事项填写进展，详见来件。" not in said


def test_the_summary_tells_what_was_sent_back_apart_from_what_is_missing() -> None:
    back = act(Kind.SUBMISSION_SENT_BACK, EDUCATION, "2020-06-25T09:00", 11, reason="x")
    said = lines(summary(office(), told(report(EDUCATION), back), TEMPLATES))
    start = said.index("（二）资助困难学生（第11项）")
    assert said[start + 2 : start + 4] == ["【未报】市财政局。", "【退回待补】市教育局。"]


def test_what_a_returned_report_said_is_marked_and_not_counted() -> None:
    by_school = report(EDUCATION, figures=[figure("121")], words=[words(7, "已开工9所。")])
    back = act(Kind.SUBMISSION_SENT_BACK, EDUCATION, "2020-06-25T09:00", reason="x")
    data = summary(office(), told(by_school, back), TEMPLATES)
    said = lines(data)
    assert "已填报完成数的0项。" in said[4]
    assert "标注【已退回】的内容来自已退回的报送，完成数不作比较。" in said[4]
    assert "市教育局【已退回】：已开工9所。" in said
    assert "完成情况：新建累计完成121所【已退回】。" in said
    assert "已退回】的内容" not in lines(summary(office(), told(by_school), TEMPLATES))[4]


def test_a_units_words_stay_on_their_line() -> None:
    tricky = report(EDUCATION, words=[words(7, "甲\n# 大标题\n| 一 | 二 |\n【未报】")])
    data = summary(office(), told(tricky), TEMPLATES)
    assert "市教育局：甲 # 大标题 ｜ 一 ｜ 二 ｜ ［未报］。" in lines(data)
    assert cells(data) == []


def test_a_units_words_turn_nothing_round() -> None:
    tricky = report(EDUCATION, words=[words(7, "已开工\u202e所9\u2066。\x1b")])
    assert "市教育局：已开工所9。" in lines(summary(office(), told(tricky), TEMPLATES))


def test_an_urging_letter_names_what_is_owed_and_when_it_was_asked_for() -> None:
    now = told()
    unit = now.overdue[0]
    asked = [at("2020-06-28T09:00"), at("2020-06-15T09:00")]
    said = lines(urging(office(), now, unit, asked, TEMPLATES))
    assert said[:4] == [
        "草稿\t测民函〔2020〕　　号",
        "关于催报2020年民生工作要点",
        "第二季度完成情况的函",
        "市教育局：",
    ]
    assert said[4] == (
        "按测民〔2020〕1号文件要求，第二季度完成情况应于6月30日前（含当日）报送。"
        "我办曾于6月15日、6月28日函告贵单位，截至7月3日仍未收到下列事项完成情况："
    )
    assert said[5] == "牵头事项（2项）：第7项新建幼儿园；第11项资助困难学生。"
    assert "bangongshi@163.example" in said[6]
    assert "零报送" not in "".join(said)
    assert said[6].endswith("本季度确无进展的，请作零报告并说明原因；如已报送，敬请忽略本函。")
    assert said[7:10] == ["特此函告。", "测试市民生工作领导小组办公室", "2020年7月3日"]


def test_an_urging_letter_for_what_was_sent_back_does_not_say_that_nothing_came() -> None:
    back = act(Kind.SUBMISSION_SENT_BACK, FINANCE, "2020-06-25T09:00", reason="x")
    now = told(report(FINANCE), back)
    unit = next(one for one in now.overdue if one.unit == FINANCE)
    said = lines(urging(office(), now, unit, (), TEMPLATES))
    assert said[4].endswith("我办截至7月3日尚未收到下列事项完成情况，或已退回补正而尚未收到补报：")
    assert said[5] == "协同事项（2项）：第11项资助困难学生；第18项居民医保。"


def test_a_bulletin_tells_who_is_missing_who_was_late_and_what_is_behind() -> None:
    data = bulletin(
        office(), told(report(EDUCATION, figures=[figure("9")]), report(FINANCE, when="2020-07-01T09:00")), TEMPLATES
    )
    said = lines(data)
    assert "应报送的责任单位3个，其中按时报送1个，迟报1个，未报1个。" in said
    assert cells(data) == [
        ["序号", "责任单位", "尚待报送的事项", "情况"],
        ["1", "市医保局", "第18、\u200b19项", "未报"],
    ]
    assert [line for line in said if line.startswith(("一、", "二、", "三、", "四、", "五、"))] == [
        "一、总体情况",
        "二、逾期尚未报齐的单位",
        "三、迟报的单位",
        "四、进度滞后的事项",
        "五、有关要求",
    ]
    assert "市财政局。" in said
    assert "1.新建幼儿园（第7项，市教育局）：新建累计完成9所，占年度目标的36%【进度滞后】。" in said
    assert any(line.startswith("第二季度序时进度为50%。以下1项") for line in said)
    first, last = said[said.index("五、有关要求") + 1 : -2]
    assert first.startswith("请尚未报齐的单位于　　月　　日前")
    assert last.endswith("加快工作进度。请各责任单位按规定时限报送后续完成情况。")


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ((False,), "第二季度序时进度为50%。以下1项有目标低于序时进度："),
        ((True,), "以下1项有目标超过上限："),
        ((False, True), "第二季度序时进度为50%。以下1项有目标低于序时进度或超过上限："),
    ],
)
def test_a_bulletin_speaks_of_limits_and_of_schedules_where_there_are_such(
    limits: tuple[bool, ...], words: str
) -> None:
    hows = [
        (f"指标{place}", Comparison.AT_MOST if limit else Comparison.AT_LEAST) for place, limit in enumerate(limits)
    ]
    targets = tuple(Target(name, how, Decimal(5 if how is Comparison.AT_MOST else 25), "所") for name, how in hows)
    items = (Item(7, "教育", "新建幼儿园", (EDUCATION,), targets=targets),)
    told = report(EDUCATION, figures=[figure("9", indicator=name) for name, _ in hows])
    seen = found(told, progress=SHARES, registry=Registry(items, office().registry.units))
    assert words in lines(bulletin(office(), seen, TEMPLATES))


def last_bulletin(value: str) -> list[str]:
    """That of a year whose only quarter is the last, in which two units were late."""
    late = [report(unit, when="2020-07-01T09:00") for unit in (FINANCE, HEALTH)]
    periods = office().periods[:1]
    year = found(*late, report(EDUCATION, figures=[figure(value)]), progress=(("2020Q2", 100),), periods=periods)
    return lines(bulletin(office(periods=periods), year, TEMPLATES))


def test_the_years_last_bulletin_tells_of_targets_and_asks_for_no_further_report() -> None:
    said = last_bulletin("9")
    assert not any(words in "".join(said) for words in ("后续完成情况", "序时进度", "进度滞后"))
    assert said[-8:-2] == [
        "市医保局、市财政局。",
        "三、未达年度目标的事项",
        "以下1项有目标尚未完成：",
        "1.新建幼儿园（第7项，市教育局）：新建累计完成9所，占年度目标的36%【未达目标】。",
        "四、有关要求",
        "请未达年度目标事项的牵头责任单位会同责任单位分析原因、采取措施，抓好后续落实。",
    ]


def test_the_years_last_bulletin_ends_where_nothing_is_to_be_asked() -> None:
    assert last_bulletin("25")[-4:-2] == ["二、迟报的单位", "市医保局、市财政局。"]


def test_the_years_last_summary_speaks_of_targets_and_of_no_schedule() -> None:
    year = found(report(EDUCATION, figures=[figure("9")]), progress=(("2020Q2", 100),))
    said = lines(summary(office(), year, TEMPLATES))
    assert "未达目标的1项。" in said[4]
    assert "未完成年度目标的标注【未达目标】，逾期未收到报送的标注【未报】。" in said[4]
    assert "完成情况：新建累计完成9所，占年度目标的36%【未达目标】。" in said


def test_a_bulletin_tells_apart_what_is_missing_left_out_and_sent_back() -> None:
    back = act(Kind.SUBMISSION_SENT_BACK, HEALTH, "2020-06-25T09:00", reason="x")
    data = bulletin(office(), told(report(FINANCE, 11), report(HEALTH), back), TEMPLATES)
    assert "应报送的责任单位3个，其中按时报送0个，漏报部分事项1个，退回后尚待补报1个，未报1个。" in lines(data)
    assert {row[1]: row[3] for row in cells(data)[1:]} == {
        "市教育局": "未报",
        "市医保局": "退回待补",
        "市财政局": "漏报",
    }


def test_a_unit_with_more_time_is_not_told_as_late() -> None:
    later = act(Kind.OBLIGATION_EXTENDED, FINANCE, "2020-06-25T09:00", reason="x", until="2020-07-10")
    said = lines(bulletin(office(), told(report(EDUCATION), later), TEMPLATES))
    assert "应报送的责任单位3个，其中按时报送1个，未报1个，经同意延期、尚未到时限1个。" in said


def test_the_contact_stands_in_brackets_under_the_date() -> None:
    now = told()
    said = lines(urging(office(contact="张三"), now, now.overdue[0], (), TEMPLATES))
    assert said[-2:] == ["2020年7月3日", "（联系人：张三　电话：0553-0000000）"]


def test_a_bulletin_numbers_only_the_parts_that_it_has() -> None:
    said = lines(
        bulletin(office(), told(report(FINANCE, when="2020-07-01T09:00"), report(HEALTH), report(EDUCATION)), TEMPLATES)
    )
    assert [line[:2] for line in said if line[1:2] == "、"] == ["一、", "二、", "三、"]


@pytest.mark.parametrize("text", ["{{ nobody.knows }}", "{{ 1 / 0 }}", "{% if %}"])
def test_a_template_that_does_not_work_is_named(text: str) -> None:
    with pytest.raises(CuibaoError, match=r"templates/documents/summary\.txt不能用来拟稿"):
        summary(office(), told(), {**TEMPLATES, SUMMARY: text})


def test_a_figure_that_was_not_taken_is_not_told_as_unfilled() -> None:
    said = lines(summary(office(), told(report(EDUCATION, refused=[refused("约9")])), TEMPLATES))
    assert "【填报数待核实】新建：填写“约9”，不是确数。" in said
    assert "已填报而未予采用的完成数标注【填报数待核实】" in said[4]
    assert not any(line.startswith("【未填完成数】") for line in said)
    assert "填报数待核实" not in lines(summary(office(), told(report(EDUCATION)), TEMPLATES))[4]


def test_a_notice_without_targets_is_not_counted_by_figures() -> None:
    items = (Item(7, "教育", "新建幼儿园", (EDUCATION,)),)
    said = lines(summary(office(), found(registry=replace(office().registry, items=items)), TEMPLATES))
    assert "涉及事项1项。完成数为本年累计" in said[4]


def test_the_summary_of_an_open_quarter_calls_nobody_late_and_explains_the_marks_that_it_has() -> None:
    said = lines(summary(office(), told(now=BEFORE), TEMPLATES))
    assert "未到时限而尚未收到报送的标注【尚未报送】。" in said[4]
    assert "【尚未报送】市教育局、市财政局。" in said
    assert "未报】" not in "".join(said)


def test_a_letter_of_the_year_after_says_of_which_year_its_day_is() -> None:
    now = told(report(EDUCATION), now=at("2021-01-07T09:00"))
    said = lines(urging(office(), now, now.overdue[0], (), TEMPLATES))
    assert "截至2021年1月7日尚未收到" in said[4]

"""Targets out of words: numbers with their measure, how they are compared, what they are called, and what is no target."""

from decimal import Decimal

import pytest

from cuibao.papers.notice import indicators
from cuibao.papers.notice.quantities import quantities_in, spelled_out
from cuibao.papers.notice.targets import Found, read_targets


def found(words: str) -> Found:
    """What a notice of 2021 states in these words."""
    return read_targets(1, words, 2021)


def stated(words: str) -> list[tuple[str, str, str, str]]:
    """Every target as (indicator, comparison, value, measure)."""
    targets = (read.target for read in found(words).targets)
    return [(one.indicator, str(one.comparison), format(one.value, "f"), one.measure) for one in targets]


@pytest.mark.parametrize(
    ("words", "value", "measure", "bound"),
    [
        ("14500人", "14500", "人", ""),
        ("1.7万人", "17000", "人", ""),
        ("3.2亿元", "320000000", "元", ""),
        ("12千人", "12000", "人", ""),
        ("35微克/立方米以下", "35", "微克/立方米", "以下"),
        ("95%及以上", "95", "%", "以上"),
        ("300余个", "300", "个", ""),
    ],
)
def test_numbers_are_multiplied_out_and_measures_kept_bare(words: str, value: str, measure: str, bound: str) -> None:
    (quantity,) = quantities_in(words)
    assert (quantity.value, quantity.measure, quantity.bound) == (Decimal(value), measure, bound)


def test_numbers_in_quotes_and_names_count_nothing() -> None:
    assert not list(quantities_in("“351个”和《2021年100个项目》〔2020〕"))


@pytest.mark.parametrize(
    ("words", "figures"),
    [
        ("百分之九十五", "95%"),
        ("百分之十", "10%"),
        ("百分之七", "7%"),
        ("百分之二十", "20%"),
        ("百分之百", "100%"),
        ("百分之几", "百分之几"),
    ],
)
def test_hundredths_in_words_are_figures(words: str, figures: str) -> None:
    assert spelled_out(words) == figures


@pytest.mark.parametrize(
    ("words", "target"),
    [
        ("新建口袋公园20个", ("新建口袋公园", "at_least", "20", "个")),
        ("培训家政人员不少于900人次", ("家政人员培训", "at_least", "900", "人次")),
        ("平均住院日降至7.5天以下", ("平均住院日", "at_most", "7.5", "天")),
        ("平均等待时间控制在15分钟以内", ("平均等待时间", "at_most", "15", "分钟")),
        ("事故起数不超过30起", ("事故起数", "at_most", "30", "起")),
        ("签约率达60%左右", ("签约率", "equal", "60", "%")),
        ("续保率稳定在90%左右", ("续保率", "equal", "90", "%")),
        ("参保人数达到42.5万", ("参保人数", "at_least", "425000", "人")),
        ("解决3.6万农村居民用水问题", ("解决农村居民用水问题", "at_least", "36000", "人")),
        ("对600名护工开展培训", ("护工培训", "at_least", "600", "名")),
        ("为120户老人家庭提供适老改造", ("老人家庭适老改造", "at_least", "120", "户")),
        ("免费为700名妇女实施“两癌”筛查", ("妇女免费“两癌”筛查", "at_least", "700", "名")),
        ("完成对微小企业300名班组长的培训", ("微小企业班组长培训", "at_least", "300", "名")),
        ("人均预期寿命达到78.5岁", ("人均预期寿命", "at_least", "78.5", "岁")),
        ("年开放时间不少于300天", ("年开放时间", "at_least", "300", "天")),
        ("为26所学校配备保安90名", ("学校配备保安", "at_least", "90", "名")),
        ("完成年度投资计划的70%", ("年度投资计划完成率", "at_least", "70", "%")),
        ("完成投资3.5亿元", ("完成投资", "at_least", "350000000", "元")),
        ("孕产妇死亡率不超过9/10万", ("孕产妇死亡率", "at_most", "9", "/10万")),
        ("结核病发病率控制在42.5/十万以内", ("结核病发病率", "at_most", "42.5", "/十万")),
        ("婴儿死亡率控制在3.5‰以内", ("婴儿死亡率", "at_most", "3.5", "‰")),
        ("体检覆盖率达到95%的要求", ("体检覆盖率", "at_least", "95", "%")),
    ],
)
def test_a_target_is_read(words: str, target: tuple[str, str, str, str]) -> None:
    assert stated(f"办好实事。{words}。") == [target]


@pytest.mark.parametrize(
    ("words", "indicators"),
    [
        ("新建小学、初中各2所", ["新建小学", "新建初中"]),
        ("新建幼儿园5所、小学3所", ["新建幼儿园", "新建小学"]),
        ("小学、初中巩固率分别达到99%、98%", ["小学巩固率", "初中巩固率"]),
        ("在校学生1200人（本科700人、专科500人）", ["在校学生", "在校学生（本科）", "在校学生（专科）"]),
        ("新增停车位800个，其中新建停车楼车位300个", ["新增停车位", "新建停车楼车位"]),
        ("学校输送实习生900人（本科400人）", ["学校输送实习生", "本科输送实习生"]),
        ("护工培训800人（高级200人）", ["护工培训", "高级培训"]),
        ("建设1家示范社区或打造1个示范街区", ["建设示范社区或打造示范街区"]),
    ],
)
def test_several_targets_of_one_sentence_are_called_by_what_they_share(words: str, indicators: list[str]) -> None:
    assert [one[0] for one in stated(f"办好实事。{words}。")] == indicators


def test_either_of_two_is_one_target_and_a_question() -> None:
    assert "两者居其一" in found("建设1家示范社区或打造1个示范街区").doubts[0][0]


def test_a_title_that_its_words_repeat_states_one_target() -> None:
    assert stated("新建公厕30座。新建公厕30座。") == [("新建公厕", "at_least", "30", "座")]


@pytest.mark.parametrize(
    "words",
    [
        "60岁以上老年人",
        "组织16至24岁青年见习",
        "执行5年规划",
        "每人每月补助60元",
        "按80%给予报销",
        "培育年销售额超1000万元的企业",
        "支持50亩以上规模经营主体",
        "2019年完成120个",
        "去年已建成30个",
        "开通12345热线",
        "用时3天审核",
        "收入增长2倍",
        "推广“1+3”模式",
        "扶持不超过45周岁的青年",
        "学制不低于3年",
        "达到2020年水平",
        "创建达到4A级以上景区",
        "排放达到国6标准",
        "出水达到GB3838标准",
        "降水50mm以上的地区",
        "60岁以上。",
        "推广“不少于3”模式",
    ],
)
def test_ages_years_rates_and_attributes_are_no_targets_and_no_doubts(words: str) -> None:
    assert found(f"办好实事。{words}。") == Found((), ())


@pytest.mark.parametrize(
    ("words", "doubt"),
    [
        ("个人自付不超过0.5万元", "政策性表述"),
        ("基本报酬不低于人均收入的2倍", "政策性表述"),
        ("新增市场主体2万至3万户", "幅度"),
        ("每个街道建成1个中心", "每个单位"),
        ("加快推进5个泵站建设", "没有写明完成"),
        ("完成30个", "没有写明是什么的数量"),
        ("比去年增加3座", "与上年相比"),
        ("到2025年，通硬化路的村达到100%", "以后年度"),
        ("甲、乙、丙分别达到95%、75%", "不能一一对应"),
        ("县级、市级自付费用分别不超过0.3万元、0.5万元", "政策性表述"),
    ],
)
def test_policies_and_what_is_unclear_become_questions(words: str, doubt: str) -> None:
    read = found(words)
    assert not read.targets
    assert doubt in read.doubts[0][0]


@pytest.mark.parametrize(
    ("words", "doubt"),
    [
        ("培训不少于24学时", "“培训不少于24学时”写有限值，但计量单位无法识别，未列为目标"),
        ("噪声控制在55dB以内", "“噪声控制在55dB以内”写有限值，但计量单位无法识别，未列为目标"),
        ("视力5.0及以上", "“视力5.0及以上”写有限值，但计量单位无法识别，未列为目标"),
        ("师生比不低于1：20", "“师生比不低于1：20”写有限值，但计量单位无法识别，未列为目标"),
        ("办理时间不得高于3个月", "“办理时间不得高于3个月”写的是时间长短，未列为目标"),
        ("走访不少于5天", "“走访不少于5天”写的是时间长短，未列为目标"),
    ],
)
def test_a_bounded_number_of_which_nothing_can_be_made_is_asked_about(words: str, doubt: str) -> None:
    read = found(f"办好实事。{words}。")
    assert not read.targets
    assert [message for message, _ in read.doubts] == [doubt]


@pytest.mark.parametrize(
    ("words", "cumulative", "share", "lower"),
    [
        ("新建公厕30座", True, False, False),
        ("参保率达到95%", False, True, False),
        ("检出率达到9/10万", False, False, False),
        ("务工规模稳定在5200人以上", False, False, False),
        ("平均浓度控制在33微克/立方米以下", False, False, True),
    ],
)
def test_a_target_says_how_its_figures_grow(words: str, cumulative: bool, share: bool, lower: bool) -> None:
    (read,) = found(words).targets
    assert (read.cumulative, read.share, read.lower_is_better) == (cumulative, share, lower)
    assert read.words == words


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("新建、改扩建卫生院12所，其中新建3所", ["新建、改扩建卫生院", "新建卫生院"]),
        ("完成危房改造900户（其中：低保户300户、五保户200户）", ["危房改造", "低保户改造", "五保户改造"]),
        ("开工建设保障房1500套，竣工1200套", ["开工建设保障房", "保障房竣工"]),
        ("投入1亿元建设学校20所", ["投入", "建设学校"]),
        ("改造小区50个、涉及居民3万户", ["改造小区", "涉及居民"]),
        ("新建图书馆2座、社区阅览室更新图书5000册", ["新建图书馆", "社区阅览室更新图书"]),
        ("三年毛入园率达到92%，普惠率达到85%", ["三年毛入园率", "普惠率"]),
        ("培育企业10家，累计达到36家", ["培育企业", "企业累计"]),
        ("开工改造小区100个、8.6万户", ["开工改造小区", "开工改造小区（户）"]),
        (
            "新建小学15所、幼儿园12所，分别新增学位1.8万个、3600个",
            ["新建小学", "新建幼儿园", "小学新增学位", "幼儿园新增学位"],
        ),
    ],
)
def test_what_stands_beside_a_number_completes_what_the_next_is_called(words: str, names: list[str]) -> None:
    assert [read.target.indicator for read in found(f"{words}。").targets] == names


def test_two_values_of_one_indicator_are_told_apart_and_asked_about() -> None:
    read = found("新增学位300个。新增学位200个。")
    assert [one.target.indicator for one in read.targets] == ["新增学位", "新增学位（第2处）"]
    assert read.doubts[0][0] == "“新增学位”有不止一个数值，已分别列出"


def test_a_sentence_that_never_ends_is_asked_about() -> None:
    read = found("新建幼儿园12所、" * 400)
    assert not read.targets
    assert "一句超过2000字" in read.doubts[0][0]


def test_an_empty_verb_goes_that_stood_behind_a_qualifier() -> None:
    assert indicators.core("符合条件的推进改造老旧小区", "") == "改造老旧小区"

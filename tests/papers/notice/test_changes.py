"""What a new notice changes, in words."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from cuibao.papers.notice.changes import changes
from cuibao.rules.registry import Collective, Comparison, Former, Item, Registry, Target, Unit

PLACES = Target("新建幼儿园", Comparison.AT_LEAST, Decimal(25), "所")
NURSERIES = Item(7, "教育", "推进学前教育促进工程", ("市教育局",), ("市财政局",), targets=(PLACES,))
INSURANCE = Item(8, "社会保障", "完善城乡居民基本医疗保险", ("市医保局",))
EDUCATION, HEALTH, FINANCE = Unit("市教育局"), Unit("市医保局"), Unit("市财政局")
BEFORE = Registry((NURSERIES, INSURANCE), (EDUCATION, HEALTH, FINANCE), (Collective("市医改领导小组成员单位"),))


def after(*items: Item, units: tuple[Unit, ...] = BEFORE.units) -> Registry:
    return Registry(items, units, BEFORE.collectives)


def test_the_same_notice_changes_nothing() -> None:
    assert changes(BEFORE, BEFORE) == ()


def test_items_are_new_and_gone() -> None:
    new = Item(8, "住房", "改造老旧小区", ("市财政局", "市教育局"))
    assert changes(BEFORE, after(NURSERIES, new)) == (
        "新增事项：第8项“改造老旧小区”，牵头单位：市财政局、市教育局",
        "取消事项：原第8项“完善城乡居民基本医疗保险”",
    )


def test_an_item_that_changed_says_in_what() -> None:
    more = replace(PLACES, value=Decimal(30))
    new = Item(3, "教育强市", "推进学前教育提升工程", ("市教育局",), ("市医保局",), open_ended=True, targets=(more,))
    found = changes(BEFORE, after(new, INSURANCE))
    assert found == (
        "调整事项：第3项“推进学前教育提升工程”：原题“推进学前教育促进工程”；原为第7项；由“教育”移至“教育强市”；"
        "协同单位增加市医保局；协同单位减少市财政局；名单后新写了“等”；"
        "目标由新建幼儿园不少于25所改为新建幼儿园不少于30所",
    )


def test_an_open_end_and_targets_that_went_are_told() -> None:
    before = after(replace(NURSERIES, open_ended=True), INSURANCE)
    found = changes(before, after(replace(NURSERIES, targets=()), INSURANCE))
    assert found == ("调整事项：第7项“推进学前教育促进工程”：名单后不再写“等”；取消目标新建幼儿园不少于25所",)


def test_a_target_that_came_beside_one_that_stays_is_told() -> None:
    classes = Target("新增班级", Comparison.AT_LEAST, Decimal(60), "个")
    found = changes(BEFORE, after(replace(NURSERIES, targets=(PLACES, classes)), INSURANCE))
    assert found == ("调整事项：第7项“推进学前教育促进工程”：新增目标新增班级不少于60个",)


def test_units_are_new_gone_renamed_and_called_otherwise_and_a_rename_changes_no_item() -> None:
    units = (
        Unit("市教育体育局", former=(Former("市教育局", date(2021, 1, 1)),)),
        Unit("市医疗保障局", ("市医保局",)),
        Unit("市民政局"),
    )
    item = replace(NURSERIES, lead=("市教育体育局",), cooperating=("市医改领导小组成员单位",))
    found = changes(BEFORE, after(item, INSURANCE, units=units))
    assert found == (
        "调整事项：第7项“推进学前教育促进工程”：协同单位增加市医改领导小组成员单位；协同单位减少市财政局",
        "新增单位：市民政局",
        "不再涉及的单位：市财政局",
        "单位更名：市教育局 → 市教育体育局",
        "单位改称：市医保局 → 市医疗保障局",
    )


def test_titles_are_held_against_each_other_once_each() -> None:
    twins = (replace(NURSERIES, title="推进学前教育工程甲"), replace(NURSERIES, no=9, title="推进学前教育工程乙"))
    found = changes(after(NURSERIES), after(*twins))
    assert [text[:4] for text in found] == ["调整事项", "新增事项"]


def test_two_long_lists_that_share_no_title_are_not_compared_word_by_word() -> None:
    def many(word: str) -> Registry:
        return after(*(Item(n, "教育", f"{word}第{n}件实事项目", ("市教育局",)) for n in range(1, 203)))

    found = changes(many("甲"), many("乙"))
    assert len(found) == 2 * 202
    assert {text[:4] for text in found} == {"新增事项", "取消事项"}

"""Names into units: what is one organ's, by which rule or known alias, what a reform renamed, and what a person is asked."""

from datetime import date

import pytest

from cuibao.papers.notice.likeness import is_like, key_of, why_one
from cuibao.papers.notice.reforms import REFORMS
from cuibao.papers.notice.units import Mention, Resolved, resolve
from cuibao.rules.registry import Collective, Contact, Former, Registry, Unit

CITY = "明湖市"
IN_2021 = date(2021, 3, 1)
MAIL = (Contact("张三", "zhang@example.cn"),)


def resolved(*names: str, known: Registry | None = None, on: date | None = IN_2021) -> Resolved:
    """The units of a notice of 明湖市 that prints these names, the first in item 1."""
    mentions = [Mention(name, f"第{number}行", number) for number, name in enumerate(names, start=1)]
    return resolve(mentions, known, CITY, on, REFORMS)


def units(*known: Unit, collectives: tuple[Collective, ...] = ()) -> Registry:
    return Registry((), known, collectives)


def asked(found: Resolved) -> str:
    return "\n".join(question.message for question in found.questions)


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        ("市发改委", "市发展和改革委员会", "“和”字可以省略，“委”即“委员会”，通用简称"),
        ("市教育局", "明湖市教育局", "市（县、区）名可以省略"),
        ("教育局", "市教育局", "承前可省略“市”“县”“区”"),
        ("市扶贫办", "市扶贫开发领导小组办公室", "“办”即“办公室”，通用简称"),
        ("市市场监管局", "市市场监督管理局", "“监管”即“监督管理”"),
        ("市残联", "市残疾人联合会", "“联”“协”即“联合会”“协会”，通用简称"),
        ("市城管局", "市城市管理局", "通用简称"),
        ("市退役军人局", "市退役军人事务局", "“局”即“管理局”“事务局”"),
        ("人行明湖中心支行", "中国人民银行明湖市中心支行", "通用简称"),
        ("明湖银保监分局", "中国银行保险监督管理委员会明湖监管分局", ""),
    ],
)
def test_names_of_one_organ_have_one_key_and_a_reason(one: str, other: str, why: str) -> None:
    assert key_of(one, CITY) == key_of(other, CITY)
    assert why in why_one(one, other, CITY)
    assert why_one(one, other, CITY)


@pytest.mark.parametrize(
    ("one", "other"),
    [("市教育局", "市体育局"), ("市委办", "市政府办"), ("市统计局", "市审计局"), ("市文旅局", "市文化广电旅游局")],
)
def test_other_organs_have_other_keys(one: str, other: str) -> None:
    assert key_of(one, CITY) != key_of(other, CITY)


def test_likeness_is_for_doubts_only() -> None:
    assert is_like("文旅局", "文化广电旅游局")
    assert not is_like("教育局", "体育局")
    assert not is_like("局", "教育局")
    assert not is_like("教育局", "教育局")


def test_a_merge_is_listed_with_its_reason_and_the_fuller_name_kept() -> None:
    found = resolved("市发改委", "市发展改革委")
    (unit,) = found.units
    assert (unit.name, unit.aliases) == ("市发展改革委", ("市发改委",))
    assert [(one.seen, one.name) for one in found.aliases] == [("市发改委", "市发展改革委")]
    assert found.aliases[0].why


def test_a_likeness_is_asked_about_and_not_merged() -> None:
    found = resolved("市文旅局", "市文化广电旅游局")
    assert len(found.units) == 2
    assert "疑为同一单位，未合并" in asked(found)


def test_a_known_unit_keeps_name_contacts_and_aliases() -> None:
    known = units(Unit("市发展改革委", ("市发改委", "发改部门局"), contacts=MAIL))
    found = resolved("市发改委", "市发展和改革委员会", "市发改部门局", known=known)
    (unit,) = found.units
    assert (unit.name, unit.contacts) == ("市发展改革委", MAIL)
    assert unit.aliases == ("市发改委", "发改部门局", "市发展和改革委员会", "市发改部门局")
    assert [one.why for one in found.aliases] == [
        "units.yaml已登记为别名",
        "“和”字可以省略，“委”即“委员会”",
        "与units.yaml已登记的别名同指一单位",
    ]
    assert not found.questions


def test_a_unit_that_nobody_knows_is_asked_about_where_some_are_known() -> None:
    assert "units.yaml中没有“市数据局”" in asked(resolved("市数据局", known=units(Unit("市教育局"))))
    assert not resolved("市数据局").questions


def test_a_body_of_others_is_asked_about() -> None:
    assert "“明湖海关”不属本级政府管理" in asked(resolved("明湖海关"))


def test_a_known_unit_that_is_like_a_new_one_is_asked_about() -> None:
    found = resolved("市数据局", known=units(Unit("市数据资源局")))
    assert "“市数据局”与“市数据资源局”疑为同一单位，未合并" in asked(found)


def test_known_units_that_the_notice_leaves_out_are_no_doubt() -> None:
    found = resolved("市教育局", known=units(Unit("市教育局"), Unit("市体育局"), Unit("市体文旅局")))
    assert not found.questions


@pytest.mark.parametrize(
    ("before", "now", "on", "until"),
    [
        ("市经济和信息化委员会", "市经济和信息化局", date(2019, 2, 1), date(2019, 2, 1)),
        ("市经济和信息化委员会", "市经济和信息化局", date(2020, 2, 1), date(2019, 3, 31)),
        ("市经济和信息化局", "市工业和信息化局", date(2025, 2, 1), date(2024, 12, 31)),
        ("市经济和信息化委员会", "市工业和信息化局", None, date(2019, 3, 31)),
    ],
)
def test_a_successor_keeps_contacts_and_carries_the_old_name_with_its_last_day(
    before: str, now: str, on: date | None, until: date
) -> None:
    found = resolved(now, known=units(Unit(before, ("市经信部门",), contacts=MAIL)), on=on)
    (unit,) = found.units
    assert (unit.name, unit.aliases, unit.contacts) == (now, (), MAIL)
    assert unit.former == (Former(before, until), Former("市经信部门", until))
    assert [(one.seen, one.name) for one in found.aliases] == [(before, now)]
    assert f"机构改革：{before}改为{now}" in found.aliases[0].why
    assert not found.aliases[0].printed
    assert not found.questions


def test_a_successor_of_several_is_asked_about() -> None:
    found = resolved("市自然资源和规划局", known=units(Unit("市国土资源局", contacts=MAIL)))
    assert found.units[0].contacts == MAIL
    assert "职责可能有分有合" in asked(found)


def test_an_old_notice_finds_the_unit_by_the_name_of_then() -> None:
    found = resolved(
        "市经信委", "市经济和信息化委员会", known=units(Unit("市经济和信息化局", contacts=MAIL)), on=date(2018, 3, 1)
    )
    (unit,) = found.units
    assert (unit.name, unit.contacts) == ("市经济和信息化局", MAIL)
    assert [one.name for one in unit.former] == ["市经信委", "市经济和信息化委员会"]
    assert [one.seen for one in found.aliases] == ["市经信委", "市经济和信息化委员会"]
    assert all(one.printed for one in found.aliases)
    assert not found.questions


def test_of_two_old_names_one_takes_the_unit_and_the_other_is_asked_about() -> None:
    found = resolved(
        "市国土资源局", "市规划局", known=units(Unit("市自然资源和规划局", contacts=MAIL)), on=date(2018, 3, 1)
    )
    assert [unit.name for unit in found.units] == ["市自然资源和规划局", "市规划局"]
    assert "“市规划局”因机构改革改为“市自然资源和规划局”，通知中两者并存，未合并" in asked(found)


def test_a_name_past_its_last_day_is_asked_about() -> None:
    message = "“市环保局”自2019-03-31起不再使用，通知仍写此名"
    known = units(Unit("市生态环境局", former=(Former("市环保局", date(2019, 3, 31)),)))
    found = resolved("市环保局", known=known)
    assert message in asked(found)
    assert found.aliases[0].why == "units.yaml已登记为原名称"
    assert found.units == known.units
    assert message in asked(resolved("市环保局", known=units(Unit("市生态环境局"))))
    assert not resolved("市环保局", known=known, on=None).questions


def test_an_organ_beside_its_successor_is_asked_about() -> None:
    found = resolved("市扶贫办", "市乡村振兴局")
    assert len(found.units) == 2
    assert "“市扶贫办”因机构改革改为“市乡村振兴局”，通知中两者并存，未合并" in asked(found)


def test_collectives_are_kept_with_their_members() -> None:
    body = Collective("市安全生产委员会成员单位", ("市安委会成员单位",), ("市教育局",))
    found = resolved(
        "市安委会成员单位",
        "市安全生产委员会成员单位",
        "明湖市安全生产委员会成员单位",
        known=units(collectives=(body,)),
    )
    (kept,) = found.collectives
    assert (kept.name, kept.members) == (body.name, body.members)
    assert kept.aliases == ("市安委会成员单位", "明湖市安全生产委员会成员单位")
    assert [one.why for one in found.aliases] == ["units.yaml已登记为别名", "市（县、区）名可以省略"]

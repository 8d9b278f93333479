"""When two printed names are one organ's: each name is brought to one form by rules that have a reason; likeness beyond them is a doubt."""

import re
from collections.abc import Callable
from functools import lru_cache

_SHORT: dict[str, str] = {
    "发改委": "发展改革委",
    "发改局": "发展改革局",
    "人社局": "人力资源社会保障局",
    "住建局": "住房城乡建设局",
    "住建委": "住房城乡建设委",
    "卫健委": "卫生健康委",
    "卫健局": "卫生健康局",
    "卫计委": "卫生计划生育委",
    "自规局": "自然资源规划局",
    "资规局": "自然资源规划局",
    "经信局": "经济信息化局",
    "经信委": "经济信息化委",
    "工信局": "工业信息化局",
    "文旅局": "文化旅游局",
    "文广旅局": "文化广电旅游局",
    "文旅广电局": "文化旅游广电局",
    "医保局": "医疗保障局",
    "城管局": "城市管理局",
    "应急局": "应急管理局",
    "环保局": "环境保护局",
    "安监局": "安全生产监管局",
    "工商局": "工商行政管理局",
    "质监局": "质量技术监督局",
    "食药监局": "食品药品监管局",
    "国土局": "国土资源局",
    "交通局": "交通运输局",
    "科技局": "科学技术局",
    "民宗局": "民族宗教事务局",
    "国资委": "国有资产监管委",
    "扶贫办": "扶贫开发领导小组办",
    "扶贫开发办": "扶贫开发领导小组办",
    "人防办": "人民防空办",
    "委编办": "委机构编制委办",
    "编办": "委机构编制委办",
    "委网信办": "委网络安全信息化委办",
    "网信办": "委网络安全信息化委办",
    "委文明办": "委精神文明建设指导委办",
    "文明办": "委精神文明建设指导委办",
    "残联": "残疾人联",
    "妇联": "妇女联",
    "工商联": "工商业联",
    "科协": "科学技术协",
    "供销社": "供销合作社",
    "公积金中心": "住房公积金管理中心",
    "团市委": "共青团委",
    "共青团市委": "共青团委",
    "团县委": "共青团委",
    "团区委": "共青团委",
    "银保监分局": "中国银行保险监管委监管分局",
    "银监分局": "中国银监会监管分局",
    "金融监管分局": "国家金融监管总局监管分局",
    "人行": "中国人民银行",
    "人行中心支行": "中国人民银行中心支行",
    "人行分行": "中国人民银行分行",
    "人民银行中心支行": "中国人民银行中心支行",
    "人民银行分行": "中国人民银行分行",
    "金融局": "地方金融监管局",
    "金融监管局": "地方金融监管局",
    "金融办": "金融工作办",
}
"""Short forms in common use, in the form that the rules before leave."""
_ALIKE_ENDS = 2


def _prefix(name: str, city: str) -> str:
    if city and name.startswith(city) and len(name) > len(city) + 1:
        name = f"{city[-1]}{name[len(city) :]}"
    short = city[:-1]
    return name.replace(city, "").replace(short, "") if len(short) > 1 and short in name else name


def _level(name: str, city: str) -> str:
    level = city[-1:] or "市"
    bare = name.removeprefix(level)
    return name if bare == name or len(bare) < 2 or (level == "市" and bare.startswith("场")) else bare


_RULES: tuple[tuple[str, Callable[[str, str], str]], ...] = (
    ("市（县、区）名可以省略", _prefix),
    ("承前可省略“市”“县”“区”", _level),
    ("“和”字可以省略", lambda name, _: re.sub(r"[和与及]", "", name)),
    ("“委”即“委员会”", lambda name, _: name.replace("委员会", "委")),
    ("“办”即“办公室”", lambda name, _: name.replace("办公室", "办")),
    ("“监管”即“监督管理”", lambda name, _: name.replace("监督管理", "监管")),
    ("“联”“协”即“联合会”“协会”", lambda name, _: re.sub(r"(?<=[联协])(?:合会|会)$", "", name)),
    ("通用简称", lambda name, _: _SHORT.get(name, name)),
    ("“局”即“管理局”“事务局”", lambda name, _: re.sub(r"(?<=[\u4e00-\u9fff]{2})(?:管理|事务)局$", "局", name)),
)
"""The rules in order, each with the reason that a person reads."""


@lru_cache(maxsize=4096)
def _steps(name: str, city: str) -> tuple[str, ...]:
    found = []
    for _, rule in _RULES:
        name = rule(name, city)
        found.append(name)
    return tuple(found)


def key_of(name: str, city: str) -> str:
    """The form that all names of one organ have in common. `city` with its level, 芜湖市; "" where it is not known."""
    return _steps(name, city)[-1]


def why_one(name: str, other: str, city: str) -> str:
    """By which rules two names of one key are the same organ's, as a Chinese clause."""
    steps, others = _steps(name, city), _steps(other, city)
    before, before_other = name, other
    reasons = []
    for (reason, _), one, two in zip(_RULES, steps, others, strict=True):
        if (one != before) != (two != before_other):
            reasons.append(reason)
        before, before_other = one, two
    return "，".join(reasons)


def is_like(key: str, other: str) -> bool:
    """Whether one key could be short for the other, or is but for a word the same: it begins and ends alike, and nothing in the shorter is
    missing in the longer."""
    short, long = sorted((key, other), key=len)
    if short == long or len(short) < _ALIKE_ENDS or short[0] != long[0] or short[-1] != long[-1]:
        return False
    rest = iter(long)
    return all(char in rest for char in short)

"""Organs that took over the names and duties of others, and since when: what one year's notice prints is known in another's."""

from dataclasses import dataclass
from datetime import date

LOCAL_REFORM_OF_2018 = date(2019, 3, 31)
"""深化党和国家机构改革方案 (2018-03): reform of local organs essentially done by the end of March 2019."""
LOCAL_REFORM_OF_2023 = date(2024, 12, 31)
"""党和国家机构改革方案 (2023-03): reform of local organs to be done by the end of 2024."""
_TAXES_MERGED = date(2018, 7, 5)
"""Merged national and local tax offices of cities opened on that day."""
_BANKS_AND_INSURERS = date(2018, 12, 17)
"""Local offices of the banking and the insurance regulator opened as one."""
_REVITALISATION = date(2021, 2, 25)
"""国家乡村振兴局 opened; offices of provinces and cities followed within months."""
_FINANCIAL_REGULATOR = date(2023, 7, 20)
"""Local offices of 国家金融监督管理总局 opened."""
_CENTRAL_BANK = date(2023, 8, 18)
"""Branches of 中国人民银行 in provinces and cities opened in place of 中心支行."""


@dataclass(frozen=True, slots=True)
class Reform:
    """`new` took over from `old`, both without the city's name, `since` that day at the latest by the national plan: a city's own day
    may lie months apart, and is written in units.yaml (`former`) where it is known. `whole`: nothing else went into it, so that it is
    a change of name; otherwise a person confirms."""

    old: str
    new: str
    since: date
    whole: bool = False


REFORMS = (
    Reform("经济和信息化委员会", "经济和信息化局", LOCAL_REFORM_OF_2018, whole=True),
    Reform("经济和信息化局", "工业和信息化局", LOCAL_REFORM_OF_2023, whole=True),
    Reform("经济和信息化委员会", "工业和信息化局", LOCAL_REFORM_OF_2018, whole=True),
    Reform("国土资源局", "自然资源和规划局", LOCAL_REFORM_OF_2018),
    Reform("规划局", "自然资源和规划局", LOCAL_REFORM_OF_2018),
    Reform("环境保护局", "生态环境局", LOCAL_REFORM_OF_2018, whole=True),
    Reform("农业委员会", "农业农村局", LOCAL_REFORM_OF_2018, whole=True),
    Reform("农业局", "农业农村局", LOCAL_REFORM_OF_2018, whole=True),
    Reform("卫生和计划生育委员会", "卫生健康委员会", LOCAL_REFORM_OF_2018, whole=True),
    Reform("安全生产监督管理局", "应急管理局", LOCAL_REFORM_OF_2018),
    Reform("工商行政管理局", "市场监督管理局", LOCAL_REFORM_OF_2018),
    Reform("质量技术监督局", "市场监督管理局", LOCAL_REFORM_OF_2018),
    Reform("食品药品监督管理局", "市场监督管理局", LOCAL_REFORM_OF_2018),
    Reform("文化广电新闻出版局", "文化和旅游局", LOCAL_REFORM_OF_2018),
    Reform("文化委员会", "文化和旅游局", LOCAL_REFORM_OF_2018),
    Reform("旅游局", "文化和旅游局", LOCAL_REFORM_OF_2018),
    Reform("旅游发展委员会", "文化和旅游局", LOCAL_REFORM_OF_2018),
    Reform("住房和城乡建设委员会", "住房和城乡建设局", LOCAL_REFORM_OF_2018, whole=True),
    Reform("城乡建设委员会", "住房和城乡建设局", LOCAL_REFORM_OF_2018),
    Reform("金融工作办公室", "地方金融监督管理局", LOCAL_REFORM_OF_2018, whole=True),
    Reform("地方金融监督管理局", "委金融办", LOCAL_REFORM_OF_2023),
    Reform("国家税务局", "税务局", _TAXES_MERGED),
    Reform("地方税务局", "税务局", _TAXES_MERGED),
    Reform("银监分局", "银保监分局", _BANKS_AND_INSURERS),
    Reform("银保监分局", "金融监管分局", _FINANCIAL_REGULATOR, whole=True),
    Reform("人行中心支行", "人行分行", _CENTRAL_BANK, whole=True),
    Reform("扶贫办", "乡村振兴局", _REVITALISATION, whole=True),
    Reform("乡村振兴局", "农业农村局", LOCAL_REFORM_OF_2023),
)
"""The reforms since 2018 that touch a city's organs. A chain of two stands a third time, so that a step may be skipped."""

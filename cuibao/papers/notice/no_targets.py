"""Why a number in a sentence is no target of the year: a policy, a rate, what is past or to come, or what tells things apart."""

import re

from cuibao.papers.notice import indicators
from cuibao.papers.notice.quantities import COUNTED, SHARES, Quantity
from cuibao.papers.notice.sentences import MULTIPLE, Around, Sentence

_COMPARED = re.compile(r"不超过|不高于|不低于|不少于|不得[超高低少]|达到|控制在|提高[到至]")
_ORDERED = re.compile(r"按(?![时期质量])(?:照)?[^，]{0,4}$")
"""按45人班额编班 is a rule and no goal."""
_PAST = re.compile(r"(?<![比较])(?:去年|上年)|现有|目前|截至目前|已(?:累计)?(?:完成|建成|实现|达|有|新增)|原有|以来")
_GREW = re.compile(r"[比较](?:去年|上年)(?:同期)?(?:新?增加?|减少|增长|多|少)$")
RATE_PAID = re.compile(
    r"每(?:人|户|亩|生|名|位|件|次|床|头|年每|学期|月每|人每|项|套|吨|公里|平方米)|/(?:人|户|月|年|亩|生|天|次)|按(?![时期质量])(?:照)?[^，]{0,12}$|给予[^，]{0,14}$|标准(?!化)|一次性|最高(?!限速)|封顶|减免[^，]{0,14}$|收取[^，]{0,10}$|起付|限额|自付|报酬|待遇|工资标准|津贴|缴费基数|费率|补偿金|奖补标准|低保线"
)
_TOTAL_PAID = re.compile(
    r"(?:完成|投入|落实|拨付|筹集|安排|争取|发放|实现)[^，]{0,14}(?:投资|资金|经费|贷款|补贴|补助|收入|产值|销售额|交易额|补偿|担保|基金)"
)
EACH = re.compile(
    r"每(?:个|一)?(?:县|区|市|镇|乡|村|社区|街道|校|班|学校|单位|部门|季度|月|周|家|所|半年|名|天|日)|各(?:县|区|市|镇|乡|村|社区|街道|学校|单位|校)[^，]{0,10}(?:不少于|至少|各|均)|(?:单个|单次|单体|平均每)"
)
_UNDERWAY = re.compile(
    r"(?:加快|继续|稳步|积极|深入|持续|全面|统筹)*(?:推进|推动|谋划|储备|探索|研究|支持|鼓励|引导|依托|围绕|针对|聚焦|面向|涉及|覆盖|纳入|服务)"
)
_DONE = re.compile(r"完成|建成|开工|竣工|新增|新建|改造|实现")
_ATTRIBUTE = re.compile(r"^(?:的(?!目标|任务|水平|比例|要求|标准$|$)|及其)")
_QUALIFIED = re.compile(r"(?:超过?|达到?|不足|低于|高于|不低于|不少于|不超过|满|为|以上|面积|规模|投资|产值)$")
_YEAR = re.compile(r"(20\d\d)年")
POLICY = "是政策性表述（标准、限额），未列为目标"
SILENT = "silent"


def why_no_target(sentence: Sentence, quantity: Quantity, around: Around) -> str:
    """Why a number is no target: a doubt's words where a person might think otherwise, SILENT where nobody would; "" for a target."""
    start, end = sentence.phrase(quantity)
    lead, whole = sentence.text[start : quantity.start], sentence.text[start:end]
    compared = bool(_COMPARED.search(lead) or quantity.bound)
    if quantity.measure == MULTIPLE:
        return POLICY if compared else SILENT
    if quantity.ranged:
        return "写的是幅度，未列为目标"
    if _is_paid(quantity, lead, whole):
        return POLICY if compared else SILENT
    if _ORDERED.search(around.before):
        return SILENT
    if EACH.search(lead):
        return "是对每个单位或每个时段的要求，未列为目标"
    if _is_attribute(quantity, around):
        return SILENT
    if _is_past(sentence, lead):
        return SILENT
    if quantity.measure not in SHARES and _GREW.search(lead):
        return "是与上年相比的增减，没有写明总量，未列为目标"
    if _is_later(sentence, quantity):
        return "是以后年度的目标，未列为本年度目标"
    if around.after and not compared and _is_underway(around.before):
        return "只写推进或涉及的数量，没有写明完成，未列为目标"
    return ""


def _is_underway(before: str) -> bool:
    """Whether the words promise to go on with things and not to be done with them: 加快推进2019年开工的5个项目."""
    words = indicators.without_known_set(before)
    return bool(_UNDERWAY.match(words)) and not _DONE.search(words)


def _is_paid(quantity: Quantity, lead: str, whole: str) -> bool:
    """Whether money or a share of it is paid by: 每人每月60元, 按80%给予报销."""
    if quantity.measure not in ("元", "万元", "%", "倍"):
        return False
    return bool(
        RATE_PAID.search(lead) or (quantity.measure != "%" and re.search(r"标准|/[人户月年亩]", whole))
    ) and not _TOTAL_PAID.search(lead)


def _is_attribute(quantity: Quantity, around: Around) -> bool:
    """Whether the number tells which things are meant: 网销售额超1000万元的企业, 50亩以上规模经营主体."""
    measured = quantity.measure not in COUNTED and quantity.measure not in SHARES
    if _ATTRIBUTE.match(around.after) and (
        measured or _QUALIFIED.search(around.before) or not indicators.GOAL.search(around.before)
    ):
        return True
    return bool(quantity.bound and (measured or quantity.measure == "人") and around.after)


def _is_past(sentence: Sentence, lead: str) -> bool:
    years = _YEAR.findall(lead)
    if years and int(years[-1]) < sentence.year and not re.search(r"年[^，]{0,8}的|[比较]20\d\d年", lead):
        return True
    return bool(_PAST.search(lead))


def _is_later(sentence: Sentence, quantity: Quantity) -> bool:
    """Whether the year that was named last before the number is to come."""
    years = _YEAR.findall(sentence.text, 0, quantity.start)
    return bool(years) and int(years[-1]) > sentence.year

"""How a target is called: the words around its number without dates, bounds and empty verbs, as short as they stay clear."""

import re

from cuibao.papers.notice.quantities import MEASURES

_DATES = r"(?:到|至|截至|截止)?(?:20\d\d年)?(?:年底前|年底|年末|年内|底前|底|末|今年|本年度?|全年|当年内|上半年|\d{1,2}月底前|\d{1,2}月\d{1,2}日前)|(?:到|至)?20\d\d年(?!\d{1,2}月)(?:度|底前|底|末|内)?"
_OURS = r"(?:全|我|本)(?:市|区|县|省|镇|州)(?=.)"
_HOPED = r"力争(?:实现)?|确保|争取|计划|预计|努力|积极|要求|其中|共计|总计|合计|共(?=.)|再|预期|已(?=[\u4e00-\u9fff]?[建完实成])"
_EMPTY = r"开展|完成|组织|实施|推进|实现|进行|做好|加快|继续|稳步|全面|深入|扎实|高质量|推动|支持"
_THROUGH = r"通过.{2,15}?(?:方式|途径|形式|渠道)"
_LEADING = re.compile(
    rf"(?:{_DATES}|{_OURS}|{_HOPED}|{_THROUGH}|\d{{1,2}}[、.](?!\d)|（\d{{1,2}}）|[①-⑳]|[，、：和及与])"
)
_LEADING_EMPTY = re.compile(rf"(?:完成|开展)(?=对)|(?:{_EMPTY})(?=.{{3,}})")
_DATE_ALONE = re.compile(
    r"(?<=.)(?:20\d\d年(?!\d{1,2}月)(?:度|底前|底|末)?|年底前|今年)(?![\u4e00-\u9fff]{0,6}[开建]工?[^，]{0,4}的)"
)
_BOUNDS = re.compile(
    r"(?:均|都|力争|确保|应|要|须|原则上|总数|数量)?(?:达到?|不少于|不低于|不小于|不得少于|不得低于|至少|超过?|突破|不超过|不高于|不得超过|不大于|不多于|控制在|稳定在|保持在|维持在|巩固在|稳定达到|保持|提高[到至]|提升[到至]|增加[到至]|扩大[到至]|压[减缩降]?[到至]|压降[到至]|降低?[到至]|下降[到至]|减少[到至]|缩短[到至]|低于|少于|(?<=.)(?<!免费)(?<!集中)(?<!统一)为|约|大约|近|在|至|到|各|每小时|：)$"
)
_LONGEST_BOUND = 8
_TRAILING = re.compile(r"(?:任务|目标|(?<=率)要求)$")
_COMPARED = re.compile(r"(?:同比|比上年|较上年|较去年|比去年|比20\d\d年|较20\d\d年)")
_QUALIFIERS = re.compile(r"符合条件的|有需求的")
_MODIFIERS = re.compile(r"(?:(?![为对给向])[\u4e00-\u9fff“”]{1,8}、)+[\u4e00-\u9fff“”]{1,8}等(?=[\u4e00-\u9fff]{2})")
_KNOWN_SET = re.compile(r"20\d\d年(?:底前|底|前)?(?:建成|开工|开工建设|实施|续建|启动|立项)的")
_ASIDES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("年", _KNOWN_SET),
    ("的", _QUALIFIERS),
    ("等", _MODIFIERS),
    ("比较", _COMPARED),
    ("年", _DATE_ALONE),
)
"""What says nothing of the thing itself, in this order; each only where one of the characters stands that it cannot do without."""
_FOR = re.compile(r"^(免费|集中|统一)?(?:为|对|给|向)(.+?)(?:提供|给予|发放|实施|开展|进行)(.+)$")
_ASIDE = re.compile(r"^（[^（）]{1,8}）")
_BENEFITED = re.compile(r"^[为给](?=.{4,})")
_OF = re.compile(r"^对(.+?)的?(培训|资助|救助|帮扶|改造|整治|补助)$")
_NOUN_VERB = re.compile(r"^(培训|资助|救助|帮扶|慰问)(?=[^、和及]{2,})(.+)$")
GOAL = re.compile(
    r"(?:新建、?(?:改造?、?)?扩建|新建、改[扩造]建?|新改扩建|改扩建|新建|改建|扩建|重建|迁建|续建|建成|建设|新增加?|新培育|新开工|新创建|新认定|新引进|新开通|新开|新招|招收|培育|打造|开发|整治改造|更新改造|改造提升|改造|整治|修缮|升级|创建|认定|引进|招聘|招录|办理|受理|举办|开设|发放|筹集|投放|配备|安装|增设|新设|设立|种植|栽植|基本建成|基本完成|竣工|开工|免费开放|开放|选派|输送|遴选|建立|铺设|加装|清理|排查|化解|调解|评选|扶持|孵化|转移|帮助|补贴|奖励|创成|争创|培养|组建|布设|完善|疏浚|优化调整|治理|修复|绿化|淘汰|推广|维修|提标|更换|更新|募集|惠及|消除|清淤|新辟|安置|救治|筛查|检测|抽检|监测)"
)
"""What is done to the things that a number counts."""
_BARE = re.compile(
    r"^(?:新开工|开工|新建|改建|扩建|新改扩建|改扩建|续建|改造提升|提升|基本建成|建成|竣工|完工|新增|累计|交付|完成|改造|更新|发放|投入使用|竣工投用|投用|交付使用|投入运营|动工|增长|下降|累计新增|累计建成|累计完成)$"
)
_OBJECT_VERBS = re.compile(
    rf"^(?:巩固完善|建立健全|加快推进|持续推进|积极推进|稳步推进|深入推进|巩固|完善|健全|加强|推进|推动|深化|提升|提高|加快|抓好|做好|优化|强化|扩大|办好|继续|实施|开展|落实|支持|{GOAL.pattern})(?:一批|更多|若干)?"
)
_OBJECT_TAILS = re.compile(r"(?:制度|工作|体系|机制|力度|水平)$")
_COUNT_WORDS = re.compile(rf"\d+(?:\.\d+)?(?:万|亿)?(?:{MEASURES})?(?:以上)?")
_RATE = re.compile(r"^[\u4e00-\u9fff]{1,3}(?:率|比例|占比)$")
_SHARE = re.compile(r"率|比例|占比|比重")
_ALIKE = 2
"""So many last characters in common make a part's name whole: 人工造林 of 营造林."""
_PLAN = re.compile(r"(?:计划|投资|任务|目标)(?:任务|目标|投资|量)?的?$")
_VERBS = re.compile(rf"(?:{GOAL.pattern})(?:[和、及](?:{GOAL.pattern}))*")
"""A verb, or several that share their object: 新建和改扩建."""
_CONTAINED = re.compile(rf"^(.+?)({GOAL.pattern})(.+)$")
_PARTLY = re.compile(r"（[^（）]*）$")
_COMPLETE = re.compile(
    rf"^(?:{GOAL.pattern}|涉及|覆盖|受益)|.(?:{GOAL.pattern}).|(?:率|比例|培训|改造|资助|救助|建设|整治|帮扶|治理)$"
)
"""Words that say by themselves what is done, or what share of what is reached."""
_ENDS_IN_VERB = re.compile(r"(?:培训|改造|资助|救助|建设|整治|帮扶|治理)$")


def core(before: str, after: str) -> str:
    """The words around a number, put together and laid bare: 完成 + 农村危房改造任务 is 农村危房改造."""
    words = stripped(f"{_without_bound(before)}{_ASIDE.sub('', after).removeprefix('的')}")
    for needed, pattern in _ASIDES:
        if any(map(words.__contains__, needed)):
            words = pattern.sub("", words)
    words = words.strip("，、：的 ")
    if (found := _LEADING_EMPTY.match(words)) and not _OF.match(words):
        words = words[found.end() :]
    if found := _FOR.match(words):
        words = f"{stripped(found[2])}{found[1] or ''}{found[3]}"
    elif found := _OF.match(words):
        words = f"{stripped(found[1])}{found[2]}"
    elif found := _NOUN_VERB.match(words):
        words = f"{found[2]}{found[1]}"
    else:
        words = _BENEFITED.sub("", words)
    return _TRAILING.sub("", words)


def stripped(words: str) -> str:
    """Without what leads: dates, 全市, 力争, 通过…方式, and verbs that say nothing."""
    while found := _LEADING.match(words) or _LEADING_EMPTY.match(words):
        words = words[found.end() :]
    return words


def without_known_set(words: str) -> str:
    """Without 2019年开工的 and the like, which say of which things a number is."""
    return _KNOWN_SET.sub("", words)


def _without_bound(before: str) -> str:
    while found := _BOUNDS.search(before, max(0, len(before) - _LONGEST_BOUND)):
        before = before[: found.start()]
    return before


def is_bare(words: str) -> bool:
    """Whether they are a verb alone, whose object stands before."""
    return bool(_BARE.match(words) or GOAL.fullmatch(words))


def object_of(words: str) -> str:
    """What a clause without a number is about: 培育更多集体经济强村 is about 集体经济强村."""
    words = _KNOWN_SET.sub("", stripped(words))
    words = _COUNT_WORDS.sub("", _OBJECT_VERBS.sub("", words), count=1)
    return _OBJECT_TAILS.sub("", stripped(words)).strip("的")


def with_object(verb: str, thing: str) -> str:
    """新增 + 集体经济强村 is 新增集体经济强村; 累计 comes behind, and so does what ends a work."""
    verb = verb.removeprefix("累计") or "累计"
    if verb in (
        "累计",
        "新开工",
        "开工",
        "基本建成",
        "竣工",
        "完工",
        "交付",
        "动工",
        "投入使用",
        "竣工投用",
        "投用",
        "交付使用",
        "投入运营",
        "增长",
        "下降",
    ):
        return f"{thing}{verb}"
    return f"{verb}{thing}"


def base_of(indicator: str) -> str:
    """What an indicator counts, without its verb."""
    for verb in ("新开工", "基本建成", "开工", "竣工", "累计"):
        if indicator.endswith(verb) and len(indicator) > len(verb) + 1:
            return indicator.removesuffix(verb)
    while _VERBS.match(indicator) and not _VERBS.fullmatch(indicator):
        indicator = _VERBS.sub("", indicator, count=1)
    return indicator


def is_short_rate(words: str) -> bool:
    """Whether it is a rate of something that stands before: 参保率."""
    return bool(_RATE.match(words))


def rate_of(thing: str, rate: str) -> str:
    """The rate of what stands before: 参保率 of 城乡居民基本医疗保险. What is done to people has no rate by itself."""
    stands_alone = _NOUN_VERB.match(thing) or _SHARE.search(thing) or thing.endswith(rate[:-1])
    return rate if stands_alone else f"{thing}{rate}"


def is_share_of_plan(words: str) -> bool:
    """Whether a share is said of a plan: 年度投资计划的."""
    return bool(_PLAN.search(words))


def share_of_plan(words: str, thing: str) -> str:
    """年度投资计划的 80% is how far a plan is carried out."""
    return f"{thing}{words.removesuffix('的')}完成率"


def part_of(whole: str, label: str) -> str:
    """A part of an indicator: 高职 of 职业院校输送毕业生 is 高职输送毕业生, 小学 of 新建学校 is 新建小学."""
    if GOAL.fullmatch(label):
        return f"{label}{base_of(whole)}"
    if GOAL.match(label) or not whole:
        return label
    if verb := GOAL.match(whole):
        return f"{verb.group(0)}{label}"
    if label[-_ALIKE:] == whole[-_ALIKE:]:
        return label
    if found := _CONTAINED.match(whole):
        return f"{label}{found[2]}{found[found.lastindex or 3]}"
    if found := _ENDS_IN_VERB.search(whole):
        return f"{label}{found.group(0)}"
    return f"{_PARTLY.sub('', whole)}（{label}）"


def continued(previous: str, words: str) -> str:
    """小学 after 新建幼儿园5所、 is 新建小学; what has a verb of its own stands by itself."""
    verb = _VERBS.match(previous)
    return f"{verb.group(0)}{words}" if verb and not _COMPLETE.search(words) else words

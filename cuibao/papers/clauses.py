"""What each clause of a sender's own words does: reports, promises, asks, thanks, points elsewhere. It only sorts; what the whole
mail is, is decided elsewhere. In doubt a clause reports nothing: a report that a person must look at costs little, a promise
that is taken for a report stops the reminders."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

_CLAUSE_END = re.compile(r"[?!。;\n,](?:(?<!,)|(?<=[^\d],)|(?<=\d,)(?!\d))")
_ENDS = ("?", "!", "。", ";", "\n")
_BARE = " \t\n。,;!.、~-—:：*"
_HAN = re.compile(r"[\u4e00-\u9fff]+")
_DATE = re.compile(r"\d{4}年|\d{1,2}月(?:份|初|底|\d{1,2}日)?|\d{1,2}日")
"""A date's digits are no figure."""
_NUMBER = re.compile(r"\d|%|[一二三四五六七八九十百千万亿两](?:个|项|人|家|所|户|次|套|公里|万|亿)")
_RECEIVED_MONEY = re.compile(r"收到.{0,10}(?:资金|款|补助|补贴|经费).{0,20}\d")
_AMOUNT = re.compile(
    r"(?:完成|累计|建成|新增|发放)[^，。,;]{0,30}\d[\d.]{0,12}\s?(?:万|亿|人|户|套|%|个|所|家|公里|元)"
)
_SHORT = 60
_OTHERS = re.compile(r"其他|其它|其余|剩余|余下")


class Clause(StrEnum):
    """What one clause of the own words does."""

    DELAY = "delay"
    QUESTION = "question"
    NIL = "nil"
    GREETING = "greeting"
    LATER = "later"
    PAPERWORK = "paperwork"
    POINTER = "pointer"
    THANKS = "thanks"
    TARGET = "target"
    AHEAD = "ahead"
    ARRANGED = "arranged"
    PROGRESS = "progress"
    REST = "rest"


_DONE = "完成|建成|新建|开工|竣工|完工|新增|发放|培训|资助|救助|改造|整治|拨付|投入|落实|达|实现|交付|启动|办理|开展"
_REPORT = "报送|上报|报出|报来|补报|补交|报给|提交|反馈|填报|报告|送达|发送|呈报|说明|报上|报贵"
_PAPER = "材料|报表|数据|资料|数字|表格|情况表|统计表|总结|初稿|文稿"
_PREPARED = "汇总|收集|整理|审核|审签|会签|起草|准备|撰写|统计|核对|核实|签发|盖章|审批|征集|梳理|填写|填报|催要"

_CLAUSE_RULES: tuple[tuple[Clause, frozenset[str], re.Pattern[str]], ...] = (
    (
        Clause.DELAY,
        frozenset("延推宽缓晚法能难及误为改修更勘调核免符高准太给不仅草测撤忽错作删无人"),
        re.compile(
            r"^(?!.*(?:开工|工期|复工|开学|施工|开班)(?:时间)?(?:被迫)?(?:推迟|延)|.*(?:更正后|前次|上次|此前|原报))(?:.*?"
            rf"(?:推迟|延(?:迟|后|期)(?:至|到|报|交|提供|反馈|\d)|延[期后迟].{{0,6}}(?:{_REPORT})|(?:报|交|{_REPORT}).{{0,8}}延[期后迟长]|"
            r"(?:申请|请求|希望|恳请|商请|请|需|拟|特).{0,12}(?:延期|延长|宽限|延后|缓报|免报|免予|调整|调减|核减)|缓报|顺延|太紧|"
            r"[多再]给.{0,4}(?:天|日|时间|周)|应为\s*\d|不(?:掌握|承担|牵头|归口?|属于?)|不再.{0,4}(?:报|提供)|不(?:是|由)我|仅供参考|不作为|暂不|草稿|^\s*测试|撤[回销]|忽略|发错|误发|作废|删除|无暇|人手|"
            r"晚(?:几|一|两|些|点|\d).{0,6}(?:报|交)|来不及|(?:无法|不能|未能|难以)(?:按时|如期|按期|及时).{0,6}(?:报|提供|交)|"
            r"(?:目标|任务|通知|文件|要点|指标|数据|数字|内容).{0,12}(?:应为|应是|应改|有误|误写|写错|不符|不准|偏高|过高|更正|修改)|"
            r"请.{0,8}(?:更正|改正|修正|勘误)))"
        ),
    ),
    (
        Clause.QUESTION,
        frozenset("?问否不吗知确何怎什没少几请"),
        re.compile(
            r"\?|请问|能否|可否|是否(?:可以|需要|能|可|要|必须|应|属|含|包)|能不能|可不可以|要不要|算不算|是不是|有没有(?!.{0,4}问题)|吗[。!,\s]*$|"
            r"请(?:予)?明确|请告知|请(?:各|贵局|贵委|全体)|请(?:贵办|您)?(?:直接|向|从|更新|先|勿|提供|重发|指导|派|协调)|如何(?:填|报|办理|统计|计算|认定)|怎么(?:填|报|办|算)|什么时候|(?:多少|几时|何时).{0,10}[。\s]*$"
        ),
    ),
    (
        Clause.NIL,
        frozenset("零无没未"),
        re.compile(
            r"^(?!\s*(?:如|若|倘|凡|对|请|因)|.*(?:请|应|可|须|需|能|拟|将|是否|不)(?:作|按|报|予以|是|属)?零报告|.*并非)(?:.*?"
            r"(?:零报告|(?:无|没有)(?:任何|新增|新的?|实质性?|明显|具体|相关|有关|此项|该项|工作|较大|大的?|可报){0,3}(?:进展|变化)(?!.{0,8}(?:数据|统计|材料|数字|报表|的))|"
            r"无(?:内容|事项|情况)?可报|无(?:相关|任何|有关)?(?:报送)?(?:内容|情况|事项)?(?:需要?|可|须)?(?:报送|上报)(?!.{0,4}(?:条件|能力))|没有(?:需要?|可以?)(?:报送|上报)|"
            r"(?:季度|本期|上半年|截至目前|目前|期间).{0,4}(?:无|没有)(?:新增|新的?|相关|有关|此项|该项|此类|该类|具体){0,2}(?:工作|任务|业务|事项|项目|情况|内容|活动)(?!.{1,8}(?:数据|统计|材料|汇总|负责|人))|"
            r"未(?:开展|涉及|发生)(?:此项|该项|相关|有关|此类|该类)?(?:工作|业务|事项|情况|活动)(?!.{0,8}(?:数据|统计|材料|汇总))))"
        ),
    ),
    (
        Clause.GREETING,
        frozenset("尊各您你好办局委导师志科处致礼祝"),
        re.compile(
            r"^\s*(?:尊敬的.{0,12}|各位.{0,8}|您好|你好|.{0,6}老师好|(?!.*\d).{2,20}(?:办公室|办|局|委|领导|老师|同志|科|处)[:：]?)\s*[:：!。,]?\s*$|"
            r"^\s*此致|^\s*敬礼|^\s*祝.{0,12}$"
        ),
    ),
    (
        Clause.LATER,
        frozenset("报补提反送说呈正在后出另"),
        re.compile(
            rf"^(?!\s*(?:根据|依据|遵照)|.*(?:现[将就把按报予再作]|如下|附后|见附|兹|纸质|原件|盖章件|已.{{0,12}}(?:{_REPORT})))(?:.*?"
            r"(?:(?:近期|近日|稍[后候晚]|随后|尽[快早]|抓紧|及时|按[时期]|如期|按要求|届时|下[周月旬]|明[天日早]|后天|[下上]午|本周|周[一二三四五六日]|月[初底末]|"
            r"\d日|马上|立即|另行|即?将|拟|会(?!议)|预计|争取|力争|保证|确保|承诺|待|[日月底]之?前|才|方可?)"
            rf".{{0,15}}(?:{_REPORT}|出数|[能可]报)|再(?:行|次|另)?(?:{_REPORT}|报)|后(?:再|即|立即|统一|一并)?(?:{_REPORT}|报)|"
            rf"(?:正在?|尚在|还在|仍在|在)(?:抓紧|加紧|进行|积极)?.{{0,4}}(?:{_PREPARED})|容后|后补|另(?:行)?[报送发]|补送))"
        ),
    ),
    (
        Clause.PAPERWORK,
        frozenset("材报数资表总初文填汇收统整起梳自摸系"),
        re.compile(
            rf"^(?!.*(?:现[将就把按报予再作]|如下|附后|见附))(?:.*?"
            rf"(?:(?:{_PAPER}|报告).{{0,15}}(?:{_PREPARED}|[未没缺催]|不[全齐]|完成|\d\s?[页份张%])|"
            rf"(?:汇总|收集|整理|审核|起草|准备|撰写|核对|催要|征集|收齐|收到).{{0,12}}(?:{_PAPER})|"
            r"(?:填报|汇总|收集|统计|整理|起草|梳理|自查|摸底)(?:工作)?.{0,6}(?:完成|过半|进行|\d)|系统.{0,4}(?:故障|恢复|升级|维护|异常)))"
        ),
    ),
    (
        Clause.POINTER,
        frozenset("附见收阅审已报交馈现如过"),
        re.compile(
            r"附件|附后|见(?:正文|下|附|表)|详见|(?:请|敬请|烦请|望).{0,4}(?:查收|审阅|查阅|审核|审定|阅示|收阅)|已.{0,12}(?:报送|上报|发送|提交|反馈|发至|寄|传真|报出)|"
            r"(?:报送|上报|提交|反馈|填报)(?:完毕|完成|完了|如下|给|至|到|贵)|现(?:将|就|把).{0,40}(?:报送|上报|反馈|汇报|发送|报告)|如下|之前(?:报|发)过"
        ),
    ),
    (
        Clause.THANKS,
        frozenset("收好谢悉白知解苦照题意嗯行可已oOtTrRnN"),
        re.compile(
            r"(?<![没未])(?<!没有)收到|收悉|已收|好的|好嘞|谢谢|感谢|多谢|知悉|获悉|明白|知道了|了解|辛苦|遵照|照办|没问题|同意|^\s*(?:好|嗯|行|可以|已阅|ok|okay)\s*[。!,.]?\s*$|"
            r"thank|received|noted",
            re.IGNORECASE,
        ),
    ),
    (
        Clause.TARGET,
        frozenset("目任指要去上往需应须未没无难不停取中暂尚"),
        re.compile(
            r"^(?!.*(?:完成|占|达|超|实现|率|下达|分解|开展|推进)).*(?:目标|任务|指标)|(?:目标|任务|指标)(?:数|值|量)?(?:是|为|应|:)|"
            r"^(?!.*(?:按|根据|依据|对照|遵照)).*要求|^(?!.*(?:比|较|增长|下降|提高|减少)).*(?:去年|上年|往年|上一年)|"
            rf"(?:尚|还)需|(?:需要?|应当?|须)(?:再)?(?:{_DONE})|"
            rf"(?:未能?|没有?|无法|难以|不能|尚未)(?:按时|如期|全部|及时|完全|正式|按期)?(?:{_DONE}|推进|实施|到位)|[未没]有?收到|停工|停办|取消|中止|暂停"
        ),
    ),
    (
        Clause.AHEAD,
        frozenset("下将会尽抓近稍随明安拟预争计按及马立正再才方如若待保承可能即前望打倘旦"),
        re.compile(
            r"下一步|下步|下阶段|将(?:于|在|按|尽|会|继续|及时|认真|抓紧|进一步)|(?<![现已])将(?:全面|全部)?"
            rf"(?:{_DONE})|即将|(?:我局|我委|我们|我办|我单位|我).{{0,4}}(?:会|将)|尽快|抓紧|近日|稍后|随后|明天|拟|预[计期]|争取|力争|计划(?:于|在|\d|今年|明年|{_DONE})|明年|安排(?:如下|:)|"
            r"确保|保证|承诺|有望|可望|打算|(?:按时|按要求|及时|马上|立即).{0,6}(?:报|办|落实|组织|准备|填)|正在(?:准备|汇总|整理|收集|统计|起草)|"
            rf"(?<![不技功节智产性才职潜许认])(?:可|能够?|可以)(?:在|于|按时|如期|全部)?.{{0,6}}(?:{_DONE})|^\s*(?:如(?![期实数])|若(?!干)|倘|一旦|待)|"
            rf"(?:日|月底?|年底|末)之?前(?!.{{0,6}}已)(?:,\s*$|.{{0,10}}(?:{_DONE}))|再(?:行)?报|(?:才|方)能(?:报|出)"
        ),
    ),
    (
        Clause.ARRANGED,
        frozenset("会部专联责负科学传转批过研搬调落明指确抽安配"),
        re.compile(
            r"(?:召开|组织|参加|举行).{0,14}(?:会|会议|座谈|动员)|开会|会议|部署|专人|专班|联络员|联系人|责任人|负责人|科室|传达|学习|转发|批示|过问|"
            r"(?:落实|明确|指定|确定|抽调|安排|配备).{0,8}(?:人员|人|名|负责|分工)|研究|搬迁|调研"
        ),
    ),
    (
        Clause.PROGRESS,
        frozenset("完开推累落建施竣达新放织举印启训造设拨投惠救制台提增签付验检整办已进同占实资"),
        re.compile(
            r"完成|开展|推进|累计|落实|实施|建成|开工|竣工|达到?|新增|发放|组织|举办|印发|启动|培训|改造|建设|下达|拨付|投入|惠及|救助|资助|建立|制定|出台|"
            r"提高|增长|签约|交付|验收|检查|整治|办理|已|进度|同比|占年度|占全年"
        ),
    ),
)
"""Asked in this order; the first that matches says what the clause is. A match holds at least one of the characters before its
pattern: most clauses have none of them, and the pattern is not tried."""

_MARKS = {
    char: sum(1 << bit for bit, (_, needed, _) in enumerate(_CLAUSE_RULES) if char in needed)
    for char in frozenset().union(*(needed for _, needed, _ in _CLAUSE_RULES))
}
"""For each needed character, a bit a rule."""
_REPORTS_ANYWAY = frozenset({Clause.THANKS, Clause.POINTER})
_CARRIED = {
    Clause.AHEAD: re.compile(r"已|截至|截止|目前|今年|本季度|累计|实际"),
    Clause.TARGET: re.compile(r"已|截至|截止|目前|今年|本季度|累计|实际|完成|占|达|实现"),
}
"""After 预计到年底 what follows in the sentence is ahead too, until words say that it is done; likewise after 目标为."""
_PUT_OFF = frozenset({Clause.LATER, Clause.PAPERWORK})
_OPEN = frozenset({Clause.PROGRESS, Clause.REST})


@dataclass
class Words:
    """The clauses of the own words by what they do, and the sentences in which something was done."""

    by_kind: dict[Clause, list[str]] = field(default_factory=dict)
    others_later: bool = False
    """其他事项随后报送: what is promised is not what is reported."""
    done: list[tuple[str, str]] = field(default_factory=list)
    """Each clause of progress with the sentence that it stands in."""
    order: list[tuple[Clause, str]] = field(default_factory=list)
    """Every clause as it comes."""

    def has(self, *kinds: Clause) -> bool:
        """Whether any clause does one of these."""
        return any(kind in self.by_kind for kind in kinds)

    def text(self, kind: Clause) -> str:
        """All clauses that do this, joined."""
        return "".join(self.by_kind.get(kind, ())).strip()


def sort(own: str) -> Words:
    """The clauses of folded own words, each by what it does."""
    words = Words()
    sentence: list[str] = []
    for clause in _clauses(own):
        sentence.append(clause)
        if clause.endswith(_ENDS):
            _sort_sentence(sentence, words)
            sentence = []
    _sort_sentence(sentence, words)
    return words


def _clauses(own: str) -> Iterator[str]:
    start = 0
    for match in _CLAUSE_END.finditer(own):
        yield own[start : match.end()]
        start = match.end()
    yield own[start:]


def _sort_sentence(clauses: list[str], words: Words) -> None:
    carried: Clause | None = None
    whole = clauses[0] if len(clauses) == 1 else "".join(clauses)
    for clause in clauses:
        if not clause.strip(_BARE):
            continue
        kind = _clause(clause)
        if kind in _CARRIED:
            carried = kind
        elif carried and kind in _OPEN:
            if _CARRIED[carried].search(clause):
                carried = None
            else:
                kind = carried
        words.order.append((kind, clause))
        if kind in _PUT_OFF and _OTHERS.search(whole):
            words.others_later = True
            continue
        if kind is Clause.PROGRESS:
            words.done.append((clause, whole))
        words.by_kind.setdefault(kind, []).append(clause)


def _clause(clause: str) -> Clause:
    """What a clause does. Greetings, thanks and 请查收 are the same in every mail: short ones are remembered."""
    return _short_clause(clause) if len(clause) <= _SHORT else _sorted_out(clause)


@lru_cache(maxsize=4096)
def _short_clause(clause: str) -> Clause:
    return _sorted_out(clause)


def _sorted_out(clause: str) -> Clause:
    marks = 0
    for char in clause:
        marks |= _MARKS.get(char, 0)
    for kind, pattern in _tried(marks):
        if pattern.search(clause):
            if kind in _REPORTS_ANYWAY and _reports_anyway(clause):
                continue
            return kind
    if counts(clause) and han(clause) > 2:
        return Clause.PROGRESS
    return Clause.REST


@lru_cache(maxsize=4096)
def _tried(marks: int) -> tuple[tuple[Clause, re.Pattern[str]], ...]:
    """The rules that a clause with these needed characters can meet, in order."""
    return tuple((kind, pattern) for bit, (kind, _, pattern) in enumerate(_CLAUSE_RULES) if marks >> bit & 1)


def han(text: str) -> int:
    """How many Chinese characters stand in it."""
    return sum(map(len, _HAN.findall(text)))


def counts(text: str) -> bool:
    """Whether a number stands there that is not a date's."""
    return bool(_NUMBER.search(_DATE.sub("", text)))


def _reports_anyway(clause: str) -> bool:
    """收到资金1200万元 and 详见下文：已完成9800人 report, whatever else they say."""
    return bool(_RECEIVED_MONEY.search(clause) or _AMOUNT.search(clause))


def without_dates(text: str) -> str:
    """The text without the dates in it."""
    return _DATE.sub("", text)

"""The shapes of config/'s files as pydantic models with every default, and pydantic's findings told in Chinese."""

import difflib
import os
import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import date, time
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Any, TypeVar, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainValidator, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from cuibao.gateways.yaml_places import path_text, quoted
from cuibao.rules.office import Approval, Invitation
from cuibao.rules.outcomes import Problem
from cuibao.rules.registry import Comparison, Duty, plain_measure

os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
"""We use none, and to look for them pydantic would read the metadata of every installed package at each start."""
_ADDRESS = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z0-9-]{2,}"
)
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_AS_SHIPPED = "请对照安装包中的原文件改正"


def is_address(text: str) -> bool:
    """Whether it is a mail address such as offices have: ASCII, one @, a domain with a dot."""
    local = text.partition("@")[0]
    return bool(_ADDRESS.fullmatch(text)) and not local.startswith(".") and not local.endswith(".") and ".." not in text


_RESERVED = frozenset({"example", "invalid", "test", "localhost"})
"""Top-level domains in which nobody is ever reached (RFC 2606, section 2)."""


def is_reserved(address: str) -> bool:
    """Whether an address lies in a domain for examples and tests."""
    return address.lower().rpartition(".")[2] in _RESERVED


def _mistake(message: str, remedy: str) -> PydanticCustomError:
    return PydanticCustomError("cuibao", "{said}", {"said": message, "remedy": remedy})


def _address(text: str) -> str:
    if not is_address(text):
        raise _mistake(f"不是有效的邮箱地址：{quoted(text)}", "请写成 name@example.gov.cn 的形式")
    return text


def _filled(text: str) -> str:
    if not text.strip():
        raise _mistake("不能为空", "请填写")
    return text.strip()


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise _mistake(f"不是有效的正则表达式：{quoted(text)}（{error}）", "请改正，或删去该项按默认值办理") from None
    return text


def _shanghai(text: str) -> str:
    if text != "Asia/Shanghai":
        raise _mistake(f"不支持的时区：{quoted(text)}", "请写 Asia/Shanghai（北京时间）")
    return text


def _webhook(text: str) -> str:
    if text:
        from cuibao.gateways.webhook import mistake_in  # loads http.client, which few commands need

        if wrong := mistake_in(text):
            raise _mistake(wrong, "请从群机器人的设置中复制完整网址，宜写在 .env 的 CUIBAO_WEBHOOK，不用时留空")
    return text


def parse_clock(text: str) -> time | None:
    """08:30 as a time, or None."""
    match = _CLOCK.fullmatch(text.strip().replace("：", ":"))
    return time(int(match[1]), int(match[2])) if match else None


def _clock(text: str) -> str:
    if parse_clock(text) is None:
        raise _mistake(f"不是有效的时间：{quoted(text)}", '请写成 "08:30" 的形式')
    return text


def parse_window(text: str) -> tuple[time, time] | None:
    """09:00-11:30 as two times, the first earlier; None for anything else."""
    start, dash, end = text.replace("—", "-").replace("–", "-").replace("至", "-").partition("-")
    first, last = parse_clock(start), parse_clock(end)
    return (first, last) if dash and first and last and first < last else None


def _windows(texts: list[str]) -> list[str]:
    windows = [parse_window(text) for text in texts]
    for text, window in zip(texts, windows, strict=True):
        if window is None:
            raise _mistake(f"不是有效的时段：{quoted(text)}", '请写成 "09:00-11:30" 的形式，开始早于结束')
    known = [window for window in windows if window]
    if not known:
        raise _mistake("没有发函时段", '请至少写一个时段，如 "09:00-11:30"')
    for (_, end), (start, _) in pairwise(known):
        if start < end:
            raise _mistake(f"时段重叠或先后颠倒：{quoted('、'.join(texts))}", "请按先后排列，互不重叠")
    return texts


def _key(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", text):
        raise _mistake(f"不能用作键：{quoted(text)}", "请只用字母、数字、- 和 _，如 2020Q2、first")
    return text


def _day(value: object) -> date:
    """Only 2020-06-30 as text: pydantic would take 20200630 for seconds since 1970."""
    parts = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", str(value).strip(), re.ASCII)
    with suppress(ValueError):
        if parts:
            return date(int(parts[1]), int(parts[2]), int(parts[3]))
    raise _mistake(f"不是有效的日期：{quoted(value)}", "请写成 2020-06-30 的形式，并确认有这一天")


Model = TypeVar("Model", bound=BaseModel)
Address = Annotated[str, AfterValidator(_address)]
Filled = Annotated[str, AfterValidator(_filled)]
Key = Annotated[str, AfterValidator(_key)]
Day = Annotated[date, PlainValidator(_day)]
Clock = Annotated[str, AfterValidator(_clock)]


class Strict(BaseModel):
    """A block in which an unknown key is a mistake; numbers that stand for text (telephones) become text."""

    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True, str_strip_whitespace=True, frozen=True)


class OfficeBlock(Strict):
    name: Filled = "芜湖市民生工作领导小组办公室"
    short: Filled = "市民生办"
    contact: str = ""
    phone: str = ""
    digest_to: list[Address] = []


class NoticeBlock(Strict):
    number: Filled = "民生办〔2020〕5号"
    year: Annotated[int, Field(ge=2000, le=2100)] = 2020
    title: Filled = "2020年全市民生工作要点"


class PeriodBlock(Strict):
    key: Key
    name: Filled
    deadline: Day


class StageBlock(Strict):
    key: Key
    name: Filled
    workdays: Annotated[int, Field(ge=-200, le=200)]
    enabled: bool = True
    escalate: bool = False


class ReportingBlock(Strict):
    lead: Duty = Duty.REPORT
    cooperating: Duty = Duty.REPORT
    accept_complete_forms: bool = False


class PaceBlock(Strict):
    per_day: Annotated[int, Field(ge=1)] = 50
    receipts_share: Annotated[int, Field(ge=0)] = 10
    seconds_between: Annotated[int, Field(ge=0, le=3600)] = 20


class MailboxBlock(Strict):
    address: Address = "whsmsb@163.com"
    since: Day = date(2020, 5, 15)
    poll_minutes: Annotated[int, Field(ge=1, le=1440)] = 3
    sent_folder: str = ""
    skip_folders: list[Filled] = []
    trusted_host: Annotated[str, AfterValidator(_pattern)] = r"^mx\d+$"


class DigestBlock(Strict):
    at: Clock = "08:30"


class AlarmsBlock(Strict):
    after_minutes: Annotated[int, Field(ge=1)] = 60
    webhook: Annotated[str, AfterValidator(_webhook)] = ""


_PERIODS = [
    PeriodBlock(key="2020Q2", name="第二季度", deadline=date(2020, 6, 30)),
    PeriodBlock(key="2020Q3", name="第三季度", deadline=date(2020, 9, 30)),
    PeriodBlock(key="2020Q4", name="第四季度", deadline=date(2020, 12, 30)),
]
_STAGES = [
    StageBlock(key="first", name="提醒", workdays=-10),
    StageBlock(key="second", name="再次提醒", workdays=-5, enabled=False),
    StageBlock(key="urge", name="催报", workdays=-2),
    StageBlock(key="due", name="截止提醒", workdays=0, enabled=False),
    StageBlock(key="overdue", name="逾期催报", workdays=1),
    StageBlock(key="final", name="逾期再催", workdays=3, escalate=True, enabled=False),
]


class OfficeFile(Strict):
    """config/office.yaml."""

    office: OfficeBlock = OfficeBlock()
    notice: NoticeBlock = NoticeBlock()
    timezone: Annotated[str, AfterValidator(_shanghai)] = "Asia/Shanghai"
    office_hours: Annotated[list[str], AfterValidator(_windows)] = ["09:00-11:30", "14:30-17:00"]
    deadline_inclusive: bool = True
    periods: Annotated[list[PeriodBlock], Field(min_length=1)] = _PERIODS
    stages: Annotated[list[StageBlock], Field(min_length=1)] = _STAGES
    reporting: ReportingBlock = ReportingBlock()
    approval: Approval = Approval.AUTOMATIC
    invitation: Invitation = Invitation.FIRST
    pace: PaceBlock = PaceBlock()
    mailbox: MailboxBlock = MailboxBlock()
    digest: DigestBlock = DigestBlock()
    alarms: AlarmsBlock = AlarmsBlock()
    progress: dict[str, Annotated[int, Field(ge=0, le=100)]] = {"2020Q2": 50, "2020Q3": 75, "2020Q4": 100}


class TargetBlock(Strict):
    indicator: Filled
    comparison: Comparison
    value: Annotated[Decimal, Field(allow_inf_nan=False)]
    measure: Annotated[Filled, AfterValidator(plain_measure)]


class ItemBlock(Strict):
    no: Annotated[int, Field(ge=1)]
    section: Filled
    title: Filled
    lead: Annotated[list[Filled], Field(min_length=1)]
    cooperating: list[Filled] = []
    open_ended: bool = False
    targets: list[TargetBlock] = []


class RegistryFile(Strict):
    """config/registry.yaml."""

    items: Annotated[list[ItemBlock], Field(min_length=1)]


class ContactBlock(Strict):
    name: str = ""
    email: Address
    phone: str = ""
    fallback: bool = False


class FormerBlock(Strict):
    name: Filled
    until: Day


class UnitBlock(Strict):
    name: Filled
    aliases: list[Filled] = []
    duty: Duty = Duty.REPORT
    contacts: list[ContactBlock] = []
    escalate_to: list[Address] = []
    former: list[FormerBlock] = []


class CollectiveBlock(Strict):
    name: Filled
    aliases: list[Filled] = []
    members: list[Filled] = []


class UnitsFile(Strict):
    """config/units.yaml."""

    units: Annotated[list[UnitBlock], Field(min_length=1)]
    collectives: list[CollectiveBlock] = []


class HolidaysFile(Strict):
    """config/holidays.yaml: days off in the week, and weekend days that are worked."""

    off: list[Day] = []
    worked: list[Day] = []


def checked(model: type[Model], data: dict[str, Any], file: str) -> Model | list[Problem]:
    """The data as that model, or every mistake in it, each with file, path, value and remedy."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        return [_told(detail, model, file) for detail in error.errors(include_url=False)]


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word most like `word`, or an empty text."""
    return next(iter(difflib.get_close_matches(word, list(known), n=1, cutoff=0.5)), "")


def _told(detail: ErrorDetails, model: type[BaseModel], file: str) -> Problem:
    place, kind, value = detail["loc"], detail["type"], detail["input"]
    path = path_text(place)
    context = detail.get("ctx", {})
    if kind == "cuibao":
        return Problem(file, path, context["said"], context["remedy"])
    if kind == "extra_forbidden":
        known = _keys_at(model, place[:-1])
        near = nearest(str(place[-1]), known)
        remedy = f"是否应为 {near}？" if near else f"这里可用的键：{'、'.join(known)}。"
        return Problem(file, path, f"没有这个键：{quoted(place[-1])}", f"{remedy}多余的请删去")
    if kind == "missing":
        return Problem(file, path, f"缺少必填的{quoted(place[-1])}", "请补上并填写")
    message, remedy = next(said for start, said in _SAID.items() if kind.startswith(start))
    fitted = {key: context.get(key, "") for key in ("ge", "le", "min_length", "expected")}
    fitted["expected"] = str(fitted["expected"]).replace("'", "").replace(" or ", " 或 ").replace(", ", "、")
    return Problem(file, path, f"{message.format(**fitted)}：{quoted(value)}", remedy.format(**fitted))


_SAID = {
    "enum": ("不是可选的值", "请从中选一个：{expected}"),
    "bool": ("应为 true 或 false", "请写 true（是）或 false（否）"),
    "int": ("应为整数", "请写整数，如 20"),
    "decimal": ("应为数字", "请写阿拉伯数字，“万”折算成个位"),
    "finite": ("应为数字", "请写阿拉伯数字"),
    "greater_than_equal": ("数值过小", "请填写不小于{ge}的数"),
    "less_than_equal": ("数值过大", "请填写不大于{le}的数"),
    "too_short": ("至少要有{min_length}项", "请补上"),
    "string": ("应为文字", "请写成一段文字，必要时加引号"),
    "list": ("应为列表", "请写成 [甲, 乙] 或每行以 - 开头的形式"),
    "model": ("应为“键: 值”", "请对照安装包中的原文件，用花括号或缩进写出各键"),
    "dict": ("应为“键: 值”", "请对照安装包中的原文件，用花括号或缩进写出各键"),
    "": ("内容有误", _AS_SHIPPED),
}


def _keys_at(model: type[BaseModel], place: tuple[int | str, ...]) -> list[str]:
    """The keys that the block at that place may have."""
    for part in place:
        if isinstance(part, str) and part in model.model_fields:
            inner = _model_in(model.model_fields[part].annotation)
            model = inner or model
    return list(model.model_fields)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part))), None)

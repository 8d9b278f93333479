"""Names of organs in a notice: what looks like one, how a list is taken apart, and which stand for many."""

import re
from dataclasses import dataclass
from functools import lru_cache

_LAST = "协局委办部会院府队行厅室处所站社联台馆关校团司队"
_ENDINGS = (*_LAST, "中心", "单位", "部门", "分行", "支行", "集团", "大学", "学院", "园区", "军分区", "新区", "开发区", "集中区", "县区", "市区", "区县", "市委", "街道", "乡镇", "医院", "县（市）区", "市、区", "县、区")  # fmt: skip
_LONGEST = 40
_NEVER_WHOLE = ("市委", "县委", "区委", "市政府", "县政府", "区政府")
"""What may be a name and is the beginning of many: 市委 of 市委组织部."""
_LEVELS = ("市", "县", "区", "各", "省", "州")
_SURE_ENDS = ("局", "委", "办")
"""What ends names and seldom stands within one, unlike 会 of 社会保障."""
_STRANGE = re.compile(r"[0-9。：:；;“”《》！？、，]|^(?:市市(?!场)|县县|区区)|(?<!高)等")
_NO_START = ("和", "及", "与", "等", "的", "对", "为", "由")
_MANY = re.compile(
    r"成员单位|各.{0,8}(?:单位|部门|县|区|市|委|办|局|开发区|管委会|政府|街道|乡镇|企业|高校|学校)|(?:有关|相关)(?:责任)?(?:单位|部门)|县（市）、?区|县市区|市区县|(?:^|[^展新])县区|全市各"
)
_PROTECTED = re.compile(
    r"各?县（市）、区|各?县、(?:市、)?区|各?市、县（区）|各?县（市、区）|各?市、区(?=人民政府|政府)|各?区、县|各?乡镇、街道|各?镇、街道|各?乡、镇"
)
_PARTED = "县区镇"
"""One of them is in all that is protected."""
_SHIELD = "\x01"
_SPLIT = re.compile(r"[、，,;；/|\\]+")
_GLUED = re.compile(
    r"(?<=[局委办会联院])(?<![市县区]委)(?=市(?!委?直)(?:[^场政容]|政府|市场)|[县区](?!委?直)[^域划级]|各(?!类|项))"
)
_AND = re.compile(r"(?<=[局委办会联院部队行位])(?:以及|和|及|与)(?=市|县|区|省|各|国家|中国|人行|其他)")
_OPEN = re.compile(r"等(?:有关|相关|责任|市直|成员|配合|其他|\d+个)*(?:单位|部门|地方|地区)?(?:$|(?=、|，))")
_BRACKETED = re.compile(r"（[^（）]*）$")
_OUTSIDE = ("国家统计局", "统计局调查", "调查队", "人行", "人民银行", "银行保险监督", "银保监", "金融监督管理总局", "金融监管总局", "税务局", "海关", "气象局", "海事局", "供电公司", "邮政管理局", "烟草", "军分区", "武警")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Named:
    """The names of a list as printed, each once, whether 等 ends it, and what stands in it that is no name."""

    names: tuple[str, ...]
    open_ended: bool
    strange: tuple[str, ...]
    comma_among: bool
    """Whether both 、 and ， part them: the comma may part leads from others."""


def is_organ(name: str) -> bool:
    """Whether it looks like the name of an organ or of a body that stands for many."""
    bare = _BRACKETED.sub("", name) if name.endswith("）") else name
    shielded = _PROTECTED.sub("各县区", bare) if "、" in bare or "（" in bare else bare
    if not (len(bare) >= 3 or bare in ("市委", "县委", "区委")) or len(bare) > _LONGEST or bare.startswith(_NO_START):
        return False
    return not _STRANGE.search(shielded) and (shielded.endswith(_ENDINGS) or is_collective(name))


def begins_name(before: str, line: str) -> bool:
    """Whether a line of a list begins a name of its own, and does not go on with the one that ends what stands before it."""
    last, first = re.split("[、，；：]", _OPEN.sub("", before))[-1], re.split("[、，；]", line)[0]
    if not is_organ(last) or last in _NEVER_WHOLE or first.startswith(_NO_START):
        return False
    return first.startswith(_LEVELS) or (last.endswith(_SURE_ENDS) and first.endswith(_ENDINGS))


def is_collective(name: str) -> bool:
    """Whether the name stands for many units (成员单位, 各县区, 有关部门)."""
    return bool(_MANY.search(name))


def is_outside(name: str) -> bool:
    """Whether the body is under the central government's vertical management or else not the city's to command."""
    return any(word in name for word in _OUTSIDE)


def names_in(text: str) -> Named:
    """A printed list taken apart. Names are kept as printed, and a name that comes twice stands once."""
    text = text.strip("、，,;；。.：: ")
    open_ended = False
    if found := _OPEN.search(text):
        open_ended = True
        text = text[: found.start()] + text[found.end() :]
    shielded = _shielded(text)
    names: list[str] = []
    strange: list[str] = []
    for part in _SPLIT.split(shielded):
        for name, organ in _read(part):
            (names if organ else strange).append(name)
    return Named(tuple(dict.fromkeys(names)), open_ended, tuple(strange), "、" in shielded and "，" in shielded)


def _shielded(text: str) -> str:
    """With the marks veiled that part no names: 各县、区."""
    if not any(map(text.__contains__, _PARTED)):
        return text
    return _PROTECTED.sub(lambda found: found.group(0).replace("、", _SHIELD), text)


@lru_cache(maxsize=1024)
def _read(part: str) -> tuple[tuple[str, bool], ...]:
    """What stands between two marks, each with whether it looks like an organ's name: 市教育局市财政局, 市教育局和市财政局 as two;
    names that hold 和 themselves stay whole."""
    pieces = (piece for apart in _AND.split(part) for piece in _GLUED.split(apart))
    names = (piece.replace(_SHIELD, "、").strip() for piece in pieces)
    return tuple((name, is_organ(name)) for name in names if name)

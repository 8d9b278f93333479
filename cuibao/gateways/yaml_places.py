"""Reads a YAML file of config/ and says where in it something is wrong; what the keys mean is left to config_models.py."""

import re
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

from cuibao.gateways.system_words import why
from cuibao.rules.outcomes import Problem

try:
    from yaml import CSafeLoader as _SafeLoader
except ImportError:
    from yaml import SafeLoader as _SafeLoader

_LONGEST = 60
_DEEPEST = 20
"""Far more levels than any file of config/ has."""
_AS_SHIPPED = "请对照安装包中的原文件改正"
_PROGRAM = Path(__file__).resolve().parents[2]


class Loader(_SafeLoader):  # type: ignore[misc]
    """YAML as an officer means it: only true and false are booleans (`no:` and `off:` are keys), a telephone number with a
    leading zero and a time like 14:30 stay text, dates are left to the models, a key that stands twice is a mistake."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"“{key.value}”重复出现", key.start_mark)
            seen.add(str(key.value))
        return super().construct_mapping(node, deep=deep)  # type: ignore[no-any-return]


_PLAIN = {
    "bool": (r"true|True|TRUE|false|False|FALSE", "tTfF"),
    "null": (r"~|null|Null|NULL|", "~nN"),
    "int": (r"[-+]?(?:0|[1-9][0-9]*)", "-+0123456789"),
    "float": (r"[-+]?(?:0|[1-9][0-9]*)\.[0-9]+", "-+0123456789"),
}
Loader.yaml_implicit_resolvers = {}
for _tag, (_pattern, _first) in _PLAIN.items():
    for _character in [*_first, *([""] if _tag == "null" else [])]:
        Loader.yaml_implicit_resolvers.setdefault(_character, []).append(
            (f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$"))
        )


def shown_path(path: Path) -> str:
    """The file as the user sees it: relative to the working directory or the program's folder, else as it was typed."""
    for folder in (Path.cwd(), _PROGRAM):
        if path.resolve().is_relative_to(folder):
            return path.resolve().relative_to(folder).as_posix()
    return path.as_posix()


def read_mapping(path: Path) -> dict[str, Any] | Problem:
    """The file's mapping, keys without a value left out; empty for an empty file. Otherwise the one Problem that keeps it
    from being read, with the line where there is one."""
    shown = shown_path(path)
    try:
        text = path.read_bytes().decode("utf-8-sig")
        if trap := _trap(text, shown):
            return trap
        data = yaml.load(text, Loader)  # noqa: S506, a SafeLoader's child
    except FileNotFoundError:
        return Problem(shown, "", "找不到文件", "请从安装包中恢复该文件，或用 --config 指明设置所在文件夹")
    except OSError as error:
        return Problem(shown, "", f"文件无法读取（{why(error)}）", "请检查文件权限")
    except UnicodeDecodeError:
        return Problem(shown, "", "文件不是UTF-8编码", "请用编辑器另存为UTF-8编码")
    except yaml.YAMLError as error:
        return _syntax(shown, text, error)
    except RecursionError:
        return Problem(shown, "", "层次过深或引用了自身", _AS_SHIPPED)
    except (ValueError, TypeError, AttributeError, LookupError, ArithmeticError):
        # what PyYAML's constructors raise for a tag that does not suit its value (!!timestamp x)
        return Problem(shown, "", "有不能识别的 ! 标记", "请删去以 ! 开头的标记，或对照安装包中的原文件改正")
    if data is None:
        return {}
    if not isinstance(data, dict):
        return Problem(shown, "", f"内容应为“键: 值”，实为{quoted(data)}", _AS_SHIPPED)
    try:
        return {str(key): _without_empty(value) for key, value in data.items() if value is not None}
    except RecursionError:
        return Problem(shown, "", "层次过深或引用了自身", _AS_SHIPPED)


def _trap(text: str, shown: str) -> Problem | None:
    """What must be refused before anything is built of it: anchors and references, a few of which name each other and fill the
    memory, and nesting so deep that the C library runs out of stack. Raises YAMLError."""
    depth = 0
    for event in yaml.parse(text, Loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if not isinstance(event, yaml.NodeEvent):
            continue
        line = f"第{event.start_mark.line + 1}行"
        if event.anchor is not None:
            return Problem(
                shown, line, "不支持 & 和 * 的引用写法", "请把所引用的内容照写一遍；文字以 & 或 * 开头的请加引号"
            )
        if depth > _DEEPEST:
            return Problem(shown, line, "层次过深", _AS_SHIPPED)
    return None


def quoted(value: object) -> str:
    """The value in Chinese quotes, cut where it is long."""
    text = " ".join(str(value).split())
    return f"“{text[:_LONGEST]}{'……' if len(text) > _LONGEST else ''}”"


def path_text(place: tuple[int | str, ...]) -> str:
    """("units", 3, "contacts", 0, "email") as units[3].contacts[0].email."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place)
    return text.removeprefix(".")


def _without_empty(data: Any) -> Any:
    """The data without the keys that have no value, so that they get their default."""
    if isinstance(data, dict):
        return {str(key): _without_empty(value) for key, value in data.items() if value is not None}
    if isinstance(data, list):
        return [_without_empty(value) for value in data]
    return data


def _syntax(shown: str, text: str, error: yaml.YAMLError) -> Problem:
    # a bracket left open is told where it opens, not where the file ends
    unclosed = "flow" in str(getattr(error, "context", ""))
    mark = getattr(error, "context_mark" if unclosed else "problem_mark", None)
    line = f"第{mark.line + 1}行" if mark else ""
    said = str(getattr(error, "problem", ""))
    if "重复" in said:
        return Problem(shown, line, said, "同一层里一个键只能写一次，请删去多余的一处")
    remedy = "请检查该行及上一行的缩进、冒号后的空格、引号和括号是否成对（冒号、逗号、引号用半角）"
    at_fault = f"：{quoted(text.splitlines()[mark.line])}" if mark and mark.line < len(text.splitlines()) else ""
    return Problem(shown, line, f"YAML格式有误{at_fault}", remedy)

"""Loads the templates/ folder into memory and says, before any letter is written, what in it cannot work."""

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from pathlib import Path

from jinja2 import Environment, TemplateSyntaxError, meta

from cuibao.gateways.system_words import why
from cuibao.gateways.yaml_places import quoted
from cuibao.papers.documents.drafts import BULLETIN, SUMMARY, URGING
from cuibao.papers.letter import FOLDER, NAMES, PARTS, PURPOSES, compose, new_environment
from cuibao.papers.samples import samples
from cuibao.rules.letters import TO_OFFICE
from cuibao.rules.outcomes import ConfigError, CuibaoError, Problem
from cuibao.rules.period import Stage

SUFFIXES = (".subject", ".txt", ".html")
REQUIRED = (
    *(f"{FOLDER}/{purpose}.{part}" for purpose in (*PURPOSES, *sorted(TO_OFFICE)) for part in PARTS),
    SUMMARY,
    URGING,
    BULLETIN,
)
"""What must be there; files beginning with _ are named by the templates that use them."""
_PLACE = re.compile(r"(templates/[^：]+)：(第\d+行)：(.*)", re.DOTALL)
_SUBJECT = re.compile(rf"{FOLDER}/([^_/][^/]*)\.subject")
_TAG = re.compile(r"<!--.*?-->|<[^>]*>|&nbsp;", re.DOTALL)
_RESTORE = "请从安装包中恢复该文件"
_COMPARE = "请对照安装包中的原模板改正"


def load_templates(folder: Path, required: tuple[str, ...] = REQUIRED) -> Mapping[str, str]:
    """Every template below the folder, by its name relative to it ("mail/first.txt"). Raises ConfigError with every problem:
    a missing or unreadable file, wrong syntax with its line, a name that letters are not given, a template that it uses
    and that is not there."""
    texts, problems = _read(folder)
    known = {problem.file for problem in problems}
    problems += [
        Problem(_file(name), "", "缺少模板文件", _RESTORE)
        for name in required
        if name not in texts and _file(name) not in known
    ]
    environment = new_environment(texts)
    for name in sorted(texts):
        problems += _faults(environment, name, texts)
    problems = problems or list(dict.fromkeys(_failures(texts)))
    if problems:
        raise ConfigError(tuple(problems))
    return texts


def load_template(folder: Path, name: str) -> str:
    """One template that is no letter's ("notice/review.html"). Raises ConfigError where it is missing, unreadable or wrong."""
    texts, problems = _read(folder)
    found = [problem for problem in problems if problem.file == _file(name)]
    if name not in texts:
        raise ConfigError(tuple(found) or (Problem(_file(name), "", "缺少模板文件", _RESTORE),))
    if faults := _faults(new_environment(texts), name, texts):
        raise ConfigError(tuple(faults))
    return texts[name]


def _failures(texts: Mapping[str, str]) -> Iterator[Problem]:
    """What goes wrong when every letter is written with sample facts: names that letters do not have, sums that cannot be done, a
    subject or text that comes out empty."""
    for purpose in _purposes(texts):
        for facts in samples(purpose):
            try:
                words = compose(purpose, facts, texts)
            except CuibaoError as error:
                yield _failure(purpose, error)
                break
            for part, text in zip(PARTS, (words.subject, words.text, _shown(words.html)), strict=True):
                if not text.strip():
                    yield Problem(_file(f"{FOLDER}/{purpose}.{part}"), "", "模板填写后没有内容", _COMPARE)


def _purposes(texts: Mapping[str, str]) -> list[str]:
    """Every purpose that has its three templates; of an enabled stage that lacks one stages_without_templates() tells."""
    found = (match[1] for name in texts if (match := _SUBJECT.fullmatch(name)))
    return sorted(purpose for purpose in found if all(f"{FOLDER}/{purpose}.{part}" in texts for part in PARTS))


def _shown(html: str) -> str:
    """What a reader of the html sees, roughly."""
    _, start, body = html.partition("<body")
    return _TAG.sub("", start + body if start else html)


def _failure(purpose: str, error: CuibaoError) -> Problem:
    """A template's own words for what failed, with the file and line that they name."""
    place = _PLACE.fullmatch(error.message)
    if place is None:
        return Problem(_file(f"{FOLDER}/{purpose}"), "", error.message, error.remedy)
    return Problem(place[1], place[2], place[3], error.remedy)


def stages_without_templates(stages: Sequence[Stage], templates: Container[str], shown: str) -> Iterator[Problem]:
    """A problem of office.yaml for every enabled stage whose letters nobody has worded."""
    for number, stage in enumerate(stages):
        names = (f"{FOLDER}/{stage.key}.{part}" for part in PARTS)
        missing = [_file(name) for name in names if name not in templates]
        if stage.enabled and missing:
            message = f"提醒{quoted(stage.key)}没有模板：缺少 {'、'.join(missing)}"
            remedy = f"请补上这些文件（可仿照 {FOLDER}/first），或写 enabled: false 停用这一提醒"
            yield Problem(shown, f"stages[{number}].key", message, remedy)


def _file(name: str) -> str:
    return f"templates/{name}"


def _read(folder: Path) -> tuple[dict[str, str], list[Problem]]:
    texts: dict[str, str] = {}
    problems: list[Problem] = []
    for path in sorted(path for path in folder.rglob("*") if path.suffix in SUFFIXES and path.is_file()):
        name = path.relative_to(folder).as_posix()
        try:
            # Windows' Notepad writes a byte order mark, which would end up in a subject
            texts[name] = path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError:
            problems.append(Problem(_file(name), "", "模板文件不是UTF-8编码", "请用编辑器另存为UTF-8编码"))
        except OSError as error:
            problems.append(Problem(_file(name), "", f"模板文件无法读取（{why(error)}）", "请检查文件权限"))
    return texts, problems


def _faults(environment: Environment, name: str, texts: Mapping[str, str]) -> list[Problem]:
    """What is wrong with one template. Only letters are held to the names and filters that letters have."""
    try:
        tree = environment.parse(texts[name], name)
        if not name.startswith(f"{FOLDER}/"):
            return []
        environment.compile(texts[name], name)
    except TemplateSyntaxError as error:
        return [Problem(_file(name), f"第{error.lineno}行", f"模板语法有误（{error.message}）", _COMPARE)]
    undeclared = sorted(meta.find_undeclared_variables(tree) - NAMES)
    used = sorted({str(other) for other in meta.find_referenced_templates(tree) if other and other not in texts})
    return [
        *(
            Problem(_file(name), _line_of(texts[name], word), f"模板引用了没有的内容（{word}）", _COMPARE)
            for word in undeclared
        ),
        *(Problem(_file(name), _line_of(texts[name], other), f"引用的模板{other}不存在", _RESTORE) for other in used),
    ]


def _line_of(text: str, word: str) -> str:
    return next((f"第{number}行" for number, line in enumerate(text.split("\n"), start=1) if word in line), "")

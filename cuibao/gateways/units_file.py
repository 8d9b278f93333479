"""Writes units.yaml as people keep it: its opening comment stays, the rest in one fixed layout, put in place in one step."""

import json
import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import yaml

from cuibao.gateways.config_models import CollectiveBlock, ContactBlock, UnitBlock, UnitsFile
from cuibao.gateways.system_words import why
from cuibao.gateways.yaml_places import Loader, shown_path
from cuibao.rules.outcomes import Problem

_PLAIN = re.compile(
    r"[0-9]*[\u4e00-\u9fff“《（〔][\u4e00-\u9fff0-9A-Za-z“”‘’《》（）〔〕、，。；：·—＋+./-]*|[A-Za-z][\w.+-]*@[A-Za-z0-9.-]+"
)
"""What YAML reads back as it is, in a list too: Chinese, figures before it or not, and addresses."""


def units_text(old: str, file: UnitsFile) -> str:
    """The file's new text under the opening comment of the old one. Other comments are not kept."""
    opening = re.match(r"(?:[ \t]*(?:#.*)?\n)*", old)
    lines = [(opening[0] if opening else "").rstrip("\n") + "\n", "units:"]
    for unit in file.units:
        lines += _unit(unit)
    lines += ["", "collectives:" if file.collectives else "collectives: []"]
    for body in file.collectives:
        lines += _collective(body)
    return "\n".join(lines).lstrip("\n") + "\n"


def _unit(unit: UnitBlock) -> Iterator[str]:
    yield f"  - name: {scalar(unit.name)}"
    yield f"    aliases: {flow(unit.aliases)}"
    # a duty that was not written stays unwritten: writing it answers the question whether the unit reports
    if "duty" in unit.model_fields_set:
        yield f"    duty: {unit.duty}"
    yield "    contacts:" if unit.contacts else "    contacts: []"
    yield from (f"      - {_contact(contact)}" for contact in unit.contacts)
    yield f"    escalate_to: {flow(unit.escalate_to)}"
    if unit.former:
        yield "    former:"
        yield from (f"      - {{name: {scalar(former.name)}, until: {former.until}}}" for former in unit.former)


def _contact(contact: ContactBlock) -> str:
    name, email, phone = (scalar(text) for text in (contact.name, contact.email, contact.phone))
    return f"{{name: {name}, email: {email}, phone: {phone}, fallback: {str(contact.fallback).lower()}}}"


def _collective(body: CollectiveBlock) -> Iterator[str]:
    yield f"  - name: {scalar(body.name)}"
    yield f"    aliases: {flow(body.aliases)}"
    yield f"    members: {flow(body.members)}"


def flow(texts: Iterable[str]) -> str:
    """The texts as a list on one line."""
    return f"[{', '.join(map(scalar, texts))}]"


def scalar(text: str) -> str:
    """The text as it is where YAML reads it back so, else in double quotes, as JSON writes it."""
    return text if _PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)


def replace_file(path: Path, text: str) -> Problem | None:
    """Put the text in the file's place in one step, on disk when this returns; the old file stays whole until then, and
    where the text would not be read back as YAML. Returns the problem that kept it from being written."""
    shown, path = shown_path(path), path.resolve()
    scratch = ""
    try:
        yaml.load(text, Loader)  # noqa: S506, a SafeLoader's child
        handle, scratch = tempfile.mkstemp(prefix=".units-", dir=path.parent)
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(scratch).chmod(path.stat().st_mode & 0o777)
        Path(scratch).replace(path)
        _sync_folder(path.parent)
    except (OSError, yaml.YAMLError) as error:
        with suppress(OSError):
            Path(scratch).unlink(missing_ok=True)
        reason = why(error) if isinstance(error, OSError) else "内容中有不能写入的字符"
        return Problem(shown, "", f"文件无法写入（{reason}）", "请检查磁盘空间和文件权限，原文件未改动")
    return None


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

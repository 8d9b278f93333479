"""Writes the draft of a notice into a folder of its own: the three files of config/, and the review as a sheet and a page. Nothing
in config/ is touched; a folder that is there already is never written into."""

import hashlib
import json
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from cuibao.gateways.changeover import settled
from cuibao.gateways.config_models import CollectiveBlock, ContactBlock, FormerBlock, UnitBlock, UnitsFile
from cuibao.gateways.disk import make_folder, replace_file, sync_folder, telling, temporary, write_synced
from cuibao.gateways.office_file import office_text
from cuibao.gateways.registry_file import registry_text
from cuibao.gateways.settings import HOLIDAYS, OFFICE, REGISTRY, UNITS, in_force, office_and_units
from cuibao.gateways.units_file import units_text
from cuibao.gateways.yaml_places import shown_path
from cuibao.papers.notice.draft import Draft
from cuibao.papers.notice.review import Review, review_page, review_sheet
from cuibao.rules.entries import stamp
from cuibao.rules.outcomes import Problem, UsageError
from cuibao.rules.registry import Unit

SHEET, PAGE, ORIGIN = "核对表.xlsx", "核对表.html", "import.json"
"""Beside the three files; ORIGIN says what the draft was made of."""
_DOING = "写入通知草案"
_ANSWER = "请填写联系人；暂无联系人的，写明 duty: report 或 duty: inform；实为已有单位的，删去此条，将此名列入该单位的 aliases"
Learned = Mapping[str, Mapping[str, str]]
"""By unit: the addresses, lower-case, that officers registered from mail, each with the sender's name."""


def new_folder(notices: Path, year: int) -> Path:
    """The folder of a year's next draft: 2021-1, then 2021-2."""
    number = 1
    while (folder := notices / f"{year}-{number}").exists():
        number += 1
    return folder


def write_draft(
    folder: Path,
    found: Review,
    config: Path,
    template: str,
    origin: Mapping[str, str],
    now: datetime,
    learned: Learned = MappingProxyType({}),
    unknown: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Write the draft as `folder`, whole or not at all. `config` is what is in force, of which contacts and settings
    are carried over, with the contacts that officers `learned` from mail; `origin` is the notice's file (name,
    sha256); `unknown` are the units that nobody knows, each with its place in the notice, which must be answered
    before the draft goes live. Raises UsageError for a folder that is there, ConfigError for a mistake in what is in
    force, LedgerError where the disk refuses."""
    if folder.exists():
        raise UsageError(f"文件夹已存在（{folder}），未作改动", "请以 --out 另定位置，或先将原文件夹移走")
    known = {unit: sorted(contacts) for unit, contacts in learned.items()}
    with settled(config):
        files = _files(found, config, template, learned)
        then = digests(in_force(config))
    made_of = {"config": then, "learned": known, "unknown": dict(unknown)}
    files[ORIGIN] = _json({"cuibao": 1, "imported_at": stamp(now), **origin, **made_of})
    scratch = temporary(folder)
    try:
        with telling(folder, _DOING):
            make_folder(folder.parent)
            scratch.mkdir()
            for name, raw in files.items():
                write_synced(scratch / name, raw)
            sync_folder(scratch)
            scratch.rename(folder)
            sync_folder(folder.parent)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def digests(files: Mapping[str, bytes]) -> dict[str, str]:
    """The sha256 of each file, to tell later whether it was edited since."""
    return {name: hashlib.sha256(raw).hexdigest() for name, raw in files.items()}


def _files(found: Review, config: Path, template: str, learned: Learned) -> dict[str, bytes]:
    draft = found.draft
    office, units = office_and_units(config)
    old_office, old_units = ((config / name).read_text(encoding="utf-8-sig") for name in (OFFICE, UNITS))
    made = carried_over(draft, with_learned(units, learned))
    number, title = draft.notice.number or office.notice.number, draft.notice.title or office.notice.title
    files = {
        REGISTRY: registry_text(number, title, draft.items).encode(),
        UNITS: units_text(_opening(old_units, number, made), made).encode(),
        OFFICE: office_text(old_office, office, draft.notice).encode(),
        SHEET: review_sheet(found),
        PAGE: review_page(found, template).encode(),
    }
    if (config / HOLIDAYS).is_file():
        files[HOLIDAYS] = (config / HOLIDAYS).read_bytes()
    return files


def _opening(old: str, number: str, made: UnitsFile) -> str:
    """The old text with what its first line says of the notice made true."""
    first, line_end, rest = old.partition("\n")
    if not first.startswith("# 责任单位和联系人"):
        return old
    counts = f"{len(made.units)}个单位和{len(made.collectives)}个“成员单位”"
    return f"# 责任单位和联系人：{' '.join(number.split())}点名的{counts}。{line_end}{rest}"


def learn_since(folder: Path, learned: Learned) -> None:
    """Add to a draft's units.yaml the contacts that officers registered from mail after the import; one that a person took out of the
    draft stays out. Raises ConfigError, UsageError for a draft that cannot be read, LedgerError where the disk refuses."""
    path = folder / UNITS
    origin = origin_of(folder)
    known = origin.learned if origin else {}
    fresh = {
        unit: {email: name for email, name in contacts.items() if email not in known.get(unit, ())}
        for unit, contacts in learned.items()
    }
    _, units = office_and_units(folder)
    added = with_learned(units, fresh)
    if added != units:
        text = units_text(path.read_text(encoding="utf-8-sig"), added)
        with telling(path, _DOING):
            replace_file(path, text.encode(), path.stat().st_mode & 0o777)


@dataclass(frozen=True, slots=True)
class Origin:
    """What a draft was made of: the digests of the files that were in force, by unit the addresses that officers had registered from
    mail, and the units that nobody knew, each with its place in the notice."""

    config: Mapping[str, str]
    learned: Mapping[str, Sequence[str]]
    unknown: Mapping[str, str]


def origin_of(folder: Path) -> Origin | None:
    """What the draft was made of; None where the office took the file away. Raises UsageError for one that is damaged."""
    path = folder / ORIGIN
    if not path.is_file():
        return None
    try:
        found = json.loads(path.read_bytes())
        then = {name: str(digest) for name, digest in found["config"].items()}
        learned = {unit: list(emails) for unit, emails in found.get("learned", {}).items()}
        return Origin(then, learned, dict(found.get("unknown", {})))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise UsageError(f"{path} 无法识别", "请重新运行 ./bot notice import") from error


def unanswered(folder: Path) -> Iterator[Problem]:
    """The units of a draft that nobody knew at the import, and of which nobody has said anything since: no contact, and not in so many
    words whether they report."""
    origin = origin_of(folder)
    _, file = office_and_units(folder)
    for number, unit in enumerate(file.units):
        place = origin.unknown.get(unit.name) if origin else None
        if place and not unit.contacts and "duty" not in unit.model_fields_set:
            message = f"“{unit.name}”（通知{place}）原未登记，尚未答复"
            yield Problem(shown_path(folder / UNITS), f"units[{number}]", message, _ANSWER)


def with_learned(live: UnitsFile, learned: Learned) -> UnitsFile:
    """units.yaml with the contacts that so far only the ledger of the year knows, under whichever of its names a unit was known."""
    return live.model_copy(update={"units": [_with_contacts(unit, learned) for unit in live.units]})


def _with_contacts(unit: UnitBlock, learned: Learned) -> UnitBlock:
    known = {contact.email.lower() for contact in unit.contacts}
    said = {email: name for own in _names(unit) for email, name in learned.get(own, {}).items()}
    more = [ContactBlock(name=name, email=email) for email, name in said.items() if email not in known]
    return unit.model_copy(update={"contacts": [*unit.contacts, *more]}) if more else unit


def carried_over(draft: Draft, live: UnitsFile) -> UnitsFile:
    """The draft's units, with what the office has entered of those that it knows: contacts, leaders, duty, further names. Units that
    only a collective's members name stay."""
    known = {name: unit for unit in live.units for name in _names(unit)}
    taken = {name for unit in draft.units for name in (unit.name, *unit.aliases, *(f.name for f in unit.former))}
    units = [_unit(unit, known, taken) for unit in draft.units]
    bodies = {name: body for body in live.collectives for name in (body.name, *body.aliases)}
    collectives = [
        CollectiveBlock(
            name=body.name, aliases=list(body.aliases), members=_members(body.members, bodies.get(body.name))
        )
        for body in draft.collectives
    ]
    named = {name for unit in units for name in _names(unit)}
    members = {known[member].name: known[member] for body in collectives for member in body.members if member in known}
    units += [unit for name, unit in members.items() if name not in named]
    return UnitsFile(units=units, collectives=collectives)


def _names(unit: UnitBlock) -> Iterator[str]:
    yield from (unit.name, *unit.aliases, *(former.name for former in unit.former))


def _unit(unit: Unit, known: Mapping[str, UnitBlock], taken: set[str]) -> UnitBlock:
    own = (unit.name, *unit.aliases, *(former.name for former in unit.former))
    old = next((known[name] for name in own if name in known), None)
    given: dict[str, Any] = {"name": unit.name, "aliases": list(unit.aliases)}
    given["former"] = [FormerBlock(name=one.name, until=one.until) for one in unit.former]
    if old:
        given["aliases"] += [name for name in (old.name, *old.aliases) if name not in taken]
        given["former"] += [former for former in old.former if former.name not in taken]
        given |= {"contacts": old.contacts, "escalate_to": old.escalate_to}
        given |= {"duty": old.duty} if "duty" in old.model_fields_set else {}
    return UnitBlock(**given)


def _members(read: Iterable[str], old: CollectiveBlock | None) -> list[str]:
    return list(read) or (old.members if old else [])


def _json(document: Mapping[str, Any]) -> bytes:
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()

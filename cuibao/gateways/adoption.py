"""Puts the draft of a notice live: checked first, everything backed up, the old year's configuration kept in config/YEAR/, then the
three files put in place.

What a crash leaves: the old files are in config/YEAR/ before the first new one is in place, and office.yaml, which names the year,
is put in place last; adopting again goes on from there."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cuibao.gateways.backup import full_backup
from cuibao.gateways.disk import make_folder, replace_file, replace_files, telling
from cuibao.gateways.draft_folder import ORIGIN, digests
from cuibao.gateways.ledger import Mode
from cuibao.gateways.settings import HOLIDAYS, OFFICE, REGISTRY, UNITS, load_office, office_and_units
from cuibao.gateways.store_files import FOLDER, ledgers_in
from cuibao.gateways.yaml_places import shown_path
from cuibao.rules.office import Office
from cuibao.rules.outcomes import UsageError
from cuibao.rules.workdays import CHINA

_IN_ORDER = (UNITS, REGISTRY, OFFICE)
_DOING = "启用通知"


@dataclass(frozen=True, slots=True)
class Adopted:
    """What was put live: the office that the draft describes, where the old configuration is kept, None where it is not of another
    year, and where the backup is."""

    office: Office
    kept: Path | None
    backup: Path


def adopt(draft: Path, config: Path, store: Path, now: datetime, *, mode: Mode) -> Adopted:
    """Put a draft live. Raises ConfigError for mistakes in it, UsageError where it does not follow what is in force, LedgerError
    where no backup can be made or the disk refuses; config/ is then as it was."""
    if not all((draft / name).is_file() for name in _IN_ORDER) or draft.resolve() == config.resolve():
        remedy = "请指明 ./bot notice import 写成的文件夹，如 store/notices/2021-1"
        raise UsageError(f"不是通知草案（{draft}）：须有 {'、'.join(_IN_ORDER)}", remedy)
    coming, _ = load_office(draft)
    new = {name: (draft / name).read_bytes() for name in _IN_ORDER}
    _refuse_outdated(draft, config)
    year, number = _in_force(config)
    kept = _followed(coming, year, number, config, store)
    backup = _backed_up(config, store, now, mode)
    with telling(config, _DOING):
        if kept:
            _keep(config, kept, new)
        for name in _IN_ORDER:
            target = config / name
            replace_file(target, new[name], target.stat().st_mode & 0o777 if target.exists() else 0o644)
    return Adopted(coming, kept, backup)


def _in_force(config: Path) -> tuple[int, str]:
    """Year and number of the notice in force. Raises ConfigError."""
    office, _ = office_and_units(config)
    return office.notice.year, office.notice.number


def _refuse_outdated(draft: Path, config: Path) -> None:
    """A contact entered after the import would be lost with the old file."""
    origin = draft / ORIGIN
    if not origin.is_file():
        return
    try:
        then = json.loads(origin.read_bytes())["config"]
        edited = [name for name, digest in digests(config).items() if digest not in (then[name], digests(draft)[name])]
    except (ValueError, TypeError, KeyError) as error:
        raise UsageError(f"{origin} 无法识别", "请重新运行 ./bot notice import") from error
    if edited:
        shown = "、".join(shown_path(config / name) for name in edited)
        raise UsageError(
            f"草案写成之后 {shown} 又有改动，启用会丢失这些改动",
            f"请重新运行 ./bot notice import；或将改动补入草案，再删去 {origin} 后启用",
        )


def _followed(coming: Office, year: int, number: str, config: Path, store: Path) -> Path | None:
    """Where the old year's configuration is to be kept, None where the year stays. Raises UsageError for a draft that would leave
    the ledger in force without its notice."""
    notice = coming.notice
    begun = (store / f"{year}.jsonl").exists()
    if begun and notice.year < year:
        raise UsageError(
            f"草案为 {notice.year} 年的通知，早于现行的 {year} 年", "请核对草案 office.yaml 中的 notice.year"
        )
    if begun and notice.year == year and notice.number != number:
        raise UsageError(
            f"{year} 年已按 {number} 建立台账，不能改用 {notice.number}",
            "一年一本台账，对应一份通知；补充通知的事项请并入现行的 registry.yaml",
        )
    return config / str(year) if begun and notice.year > year else None


def _backed_up(config: Path, store: Path, now: datetime, mode: Mode) -> Path:
    """A full backup; where there is no ledger yet, a copy of the three files."""
    if ledgers_in(store):
        return full_backup(store, config, now, mode=mode).path
    folder = store / FOLDER / f"config-{now.astimezone(CHINA):%Y-%m-%d-%H%M%S}"
    with telling(folder, _DOING):
        make_folder(folder)
        replace_files({folder / name: (config / name).read_bytes() for name in _IN_ORDER if (config / name).is_file()})
    return folder


def _keep(config: Path, kept: Path, new: Mapping[str, bytes]) -> None:
    """Copy what is in force. Where an adoption that was cut short has put the first file in place, what it kept stays."""
    cut_short = (config / UNITS).read_bytes() == new[UNITS]
    if cut_short and all((kept / name).is_file() for name in _IN_ORDER):
        return
    make_folder(kept)
    held = [name for name in (*_IN_ORDER, HOLIDAYS) if (config / name).is_file()]
    replace_files({kept / name: (config / name).read_bytes() for name in held})

"""Puts the draft of a notice live: checked first, everything backed up, then the old year's configuration kept in config/YEAR/ and the
draft's files put in place as one change, which a crash leaves done or not begun."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path
from types import MappingProxyType

from cuibao.gateways.backup import full_backup
from cuibao.gateways.changeover import alone, replace_all, settled
from cuibao.gateways.disk import make_folder, replace_files, telling
from cuibao.gateways.draft_folder import ORIGIN, Learned, digests, learn_since, origin_of, unanswered
from cuibao.gateways.ledger import Mode
from cuibao.gateways.lock import hold
from cuibao.gateways.settings import OFFICE, REGISTRY, UNITS, in_force, load_office, office_and_units
from cuibao.gateways.store_files import FOLDER, ledgers_in, listed, refuse_root
from cuibao.gateways.yaml_places import shown_path
from cuibao.rules.office import Office
from cuibao.rules.outcomes import ConfigError, UsageError
from cuibao.rules.workdays import CHINA

_NEEDED = (UNITS, REGISTRY, OFFICE)
_DOING = "启用通知"


@dataclass(frozen=True, slots=True)
class Adopted:
    """What was put live: the office that the draft describes, where the old configuration is kept, None where it is not of another
    year, where what stood there before is now, None where nothing did, and where the backup is."""

    office: Office
    kept: Path | None
    aside: Path | None
    backup: Path


def adopt(
    draft: Path,
    config: Path,
    store: Path,
    now: datetime,
    *,
    mode: Mode,
    learned: Learned = MappingProxyType({}),
) -> Adopted:
    """Put a draft live, with the contacts that officers `learned` from mail since it was made. Raises ConfigError for mistakes in it and
    for units that nobody has said anything of, UsageError where it does not follow what is in force, BusyError while another is put live,
    LedgerError where no backup can be made or the disk refuses; config/ is then as it was."""
    if not all((draft / name).is_file() for name in _NEEDED) or draft.resolve() == config.resolve():
        remedy = "请指明 ./bot notice import 写成的文件夹，如 store/notices/2021-1"
        raise UsageError(f"不是通知草案（{draft}）：须有 {'、'.join(_NEEDED)}", remedy)
    refuse_root(store, _DOING)
    with hold(store / "adopting.lock", "通知启用"):
        new = in_force(draft)
        coming, _ = load_office(draft)
        with settled(config):
            old = in_force(config)
            office, _ = office_and_units(config)
        kept = _followed(coming, office.notice.year, office.notice.number, config, store)
        _refuse_outdated(draft, config, old, new, replaced=kept is None)
        if problems := tuple(unanswered(draft)):
            raise ConfigError(problems)
        learn_since(draft, learned)
        new = in_force(draft)
        backup = _backed_up(config, store, old, now, mode)
        with telling(config, _DOING), alone(config):
            if in_force(config) != old:
                raise UsageError(f"启用期间 {shown_path(config)} 又有改动，未予启用", "请核对该改动，再启用一次")
            aside = _put(config, new, kept, old)
    return Adopted(coming, kept, aside, backup)


def _refuse_outdated(
    draft: Path, config: Path, old: Mapping[str, bytes], new: Mapping[str, bytes], *, replaced: bool
) -> None:
    """A contact entered after the import would be lost with the old file; where no year is kept, so would a correction of the items."""
    origin = origin_of(draft)
    if origin is None:
        return
    carried = [name for name in new if replaced or name != REGISTRY]
    held, drafted = digests(old), digests(new)
    edited = [name for name in carried if name in held and held[name] not in (origin.config.get(name), drafted[name])]
    if edited:
        shown = "、".join(shown_path(config / name) for name in edited)
        raise UsageError(
            f"草案写成之后 {shown} 又有改动，启用会丢失这些改动",
            f"请重新运行 ./bot notice import；或将改动补入草案，再删去 {draft / ORIGIN} 后启用",
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


def _backed_up(config: Path, store: Path, old: Mapping[str, bytes], now: datetime, mode: Mode) -> Path:
    """A full backup; where there is no ledger yet, a copy of the configuration's files."""
    if ledgers_in(store):
        return full_backup(store, config, now, mode=mode).path
    folder = store / FOLDER / f"config-{now.astimezone(CHINA):%Y-%m-%d-%H%M%S}"
    with telling(folder, _DOING):
        make_folder(folder)
        replace_files({folder / name: raw for name, raw in old.items()})
    return folder


def _put(config: Path, new: Mapping[str, bytes], kept: Path | None, old: Mapping[str, bytes]) -> Path | None:
    """Put the new files in place and keep the old ones; what an earlier adoption, since undone, has kept there is set aside. Returns
    where that is. Raises OSError."""
    if kept is None:
        replace_all(config, new)
        return None
    there = {path.name: path.read_bytes() for path in listed(kept) if path.is_file()}
    aside = _unused(kept) if there and there != old else None
    files = {**new, **{f"{kept.name}/{name}": raw for name, raw in old.items()}}
    if aside:
        files |= {f"{aside.name}/{name}": raw for name, raw in there.items()}
    replace_all(config, files, gone=[f"{kept.name}/{name}" for name in there if name not in old])
    return aside


def _unused(kept: Path) -> Path:
    """2020-before-1, then 2020-before-2."""
    names = (kept.with_name(f"{kept.name}-before-{number}") for number in count(1))
    return next(path for path in names if not path.exists())

"""Which ledgers of a store can be worked with, and what is amiss with those that cannot: each needs the configuration of its year."""

import os
from collections.abc import Collection, Iterator
from pathlib import Path

from cuibao.gateways.settings import OFFICE
from cuibao.gateways.store_files import earlier_configs, ledgers_in
from cuibao.gateways.yaml_places import shown_path
from cuibao.rules.office import Office
from cuibao.rules.outcomes import ConfigError, Problem, Severity


def years_before(config: Path, year: int) -> list[Path]:
    """The folders below config/ that hold a year before `year`, the latest first. One that is not of a year before, as after an older
    config/ was restored, is left alone."""
    held = (folder for folder in earlier_configs(config) if os.path.isfile(folder / OFFICE))  # noqa: PTH113 - False for any trouble
    return [folder for folder in reversed(list(held)) if int(folder.name) < year]


def refuse_other_year(folder: Path, office: Office) -> None:
    """Raises ConfigError where config/2020/ holds the notice of another year."""
    year = office.notice.year
    if str(year) != folder.name:
        message = f"文件夹名为 {folder.name}，其中却是 {year} 年的通知"
        remedy = f"请从备份中取回 {folder.name} 年的配置"
        raise ConfigError((Problem(shown_path(folder / OFFICE), "notice.year", message, remedy),))


def without_settings(config: Path, store: Path, year: int, known: Collection[str]) -> Iterator[tuple[str, Problem]]:
    """The years before `year` that have a ledger and are not among those known, each with what is to be told of it."""
    for path in ledgers_in(store):
        if int(path.stem) < year and path.stem not in known:
            message = f"{path.stem} 年已有台账，却没有该年的配置，该年的催报、收件和登记暂停"
            remedy = f"请从备份中取回 config/{path.stem}/，如 tar -xzf 备份文件 config/{path.stem}"
            yield path.stem, Problem(shown_path(config / path.stem), "", message, remedy, Severity.WARNING)


def ahead(store: Path, year: int) -> tuple[Problem, ...]:
    """A warning for each ledger of a year after the one in force, as after a configuration from before an adoption was restored."""
    return tuple(
        Problem(
            shown_path(path),
            "",
            f"现行的是 {year} 年的通知，{path.stem} 年的台账暂不使用，其中已登记的来件不重复登记",
            f"启用 {path.stem} 年的通知（./bot notice adopt）后，该台账继续使用",
            Severity.WARNING,
        )
        for path in ledgers_in(store)
        if int(path.stem) > year
    )

"""The table of working days: the State Council's calendar as chinese_calendar knows it, config/holidays.yaml laid over it."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from chinese_calendar import constants

from cuibao.gateways.config_models import HolidaysFile, checked
from cuibao.gateways.yaml_places import quoted, read_mapping, shown_path
from cuibao.rules.outcomes import ConfigError, Problem
from cuibao.rules.workdays import Workdays


def load_workdays(years: Iterable[int], overrides: Path | None = None) -> Workdays:
    """The days off and the working weekends of those years. A date in `overrides` ({off: [dates], worked: [dates]}; a missing
    file is an empty one) wins over the library and makes its year published. Raises ConfigError for a file with mistakes."""
    wanted = set(years)
    laid_over = _overrides(overrides)
    off = {day for day in constants.holidays if day.year in wanted}
    worked = {day for day in constants.workdays if day.year in wanted}
    off = (off - set(laid_over.worked)) | set(laid_over.off)
    worked = (worked - set(laid_over.off)) | set(laid_over.worked)
    known = {day.year for day in constants.holidays} & wanted
    known |= {day.year for day in (*laid_over.off, *laid_over.worked)}
    return Workdays(frozenset(off), frozenset(worked), frozenset(known))


def _overrides(path: Path | None) -> HolidaysFile:
    if path is None or not path.exists():
        return HolidaysFile()
    data = read_mapping(path)
    if isinstance(data, Problem):
        raise ConfigError((data,))
    file = checked(HolidaysFile, data, shown_path(path))
    if isinstance(file, list):
        raise ConfigError(tuple(file))
    if both := sorted(set(file.off) & set(file.worked)):
        raise ConfigError(tuple(_contradiction(path, file, day) for day in both))
    return file


def _contradiction(path: Path, file: HolidaysFile, day: date) -> Problem:
    place = f"off[{file.off.index(day)}]"
    return Problem(
        shown_path(path),
        place,
        f"{quoted(day)}同时列为放假和上班",
        "请按国务院办公厅的放假通知，只保留 off 或 worked 中的一处",
    )

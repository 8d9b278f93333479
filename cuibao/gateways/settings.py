"""Reads config/ into an Office: three files and the table of holidays, every mistake told at once and none half accepted."""

from pathlib import Path

from cuibao.gateways.changeover import settled
from cuibao.gateways.config_models import Model, OfficeFile, RegistryFile, UnitsFile, checked, parse_clock, parse_window
from cuibao.gateways.config_questions import open_questions, reachable_years
from cuibao.gateways.config_rules import office_mistakes, registry_mistakes, units_mistakes
from cuibao.gateways.holidays import load_workdays
from cuibao.gateways.yaml_places import read_mapping, shown_path
from cuibao.rules.office import Alarms, MailboxRules, Notice, Office, Pace, Reporting
from cuibao.rules.outcomes import ConfigError, Problem
from cuibao.rules.period import Period, Stage
from cuibao.rules.registry import Collective, Contact, Former, Item, Registry, Target, Unit
from cuibao.rules.workdays import OfficeHours, Workdays

OFFICE, REGISTRY, UNITS, HOLIDAYS = "office.yaml", "registry.yaml", "units.yaml", "holidays.yaml"


def load_office(config: Path) -> tuple[Office, tuple[Problem, ...]]:
    """The office that the folder `config` describes, and what is open about it: warnings and questions, which keep nothing
    from working. Raises ConfigError with every mistake found in all files."""
    with settled(config):
        return _load_office(config)


def _load_office(config: Path) -> tuple[Office, tuple[Problem, ...]]:
    mistakes: list[Problem] = []
    office = _load(OfficeFile, config / OFFICE, mistakes)
    registry = _load(RegistryFile, config / REGISTRY, mistakes)
    units = _load(UnitsFile, config / UNITS, mistakes)
    if office:
        mistakes += office_mistakes(office, shown_path(config / OFFICE))
    if units:
        mistakes += units_mistakes(units, shown_path(config / UNITS))
    if registry:
        mistakes += registry_mistakes(registry, units, shown_path(config / REGISTRY))
    workdays = _workdays(office, config, mistakes)
    if mistakes or office is None or registry is None or units is None or workdays is None:
        raise ConfigError(tuple(mistakes))
    made = _office(office, _registry(registry, units), workdays)
    return made, tuple(open_questions(made, units, *(shown_path(config / name) for name in (OFFICE, REGISTRY, UNITS))))


def in_force(config: Path) -> dict[str, bytes]:
    """The files that make a configuration, those that are there, by name. Raises OSError."""
    names = (OFFICE, REGISTRY, UNITS, HOLIDAYS)
    return {name: (config / name).read_bytes() for name in names if (config / name).is_file()}


def load_units(path: Path) -> UnitsFile | list[Problem]:
    """units.yaml alone, checked in itself, or its mistakes."""
    mistakes: list[Problem] = []
    units = _load(UnitsFile, path, mistakes)
    if units:
        mistakes += units_mistakes(units, shown_path(path))
    return mistakes if mistakes or units is None else units


def office_and_units(config: Path) -> tuple[OfficeFile, UnitsFile]:
    """office.yaml and units.yaml as they are written, each checked in itself. Raises ConfigError."""
    mistakes: list[Problem] = []
    with settled(config):
        office = _load(OfficeFile, config / OFFICE, mistakes)
        units = _load(UnitsFile, config / UNITS, mistakes)
    if mistakes or office is None or units is None:
        raise ConfigError(tuple(mistakes))
    return office, units


def _load(model: type[Model], path: Path, mistakes: list[Problem]) -> Model | None:
    data = read_mapping(path)
    if isinstance(data, Problem):
        mistakes.append(data)
        return None
    result = checked(model, data, shown_path(path))
    if isinstance(result, list):
        mistakes += result
        return None
    return result


def _workdays(office: OfficeFile | None, config: Path, mistakes: list[Problem]) -> Workdays | None:
    try:
        return load_workdays(_years(office) if office else (), config / HOLIDAYS)
    except ConfigError as error:
        mistakes += error.problems
        return None


def _years(office: OfficeFile) -> tuple[int, ...]:
    deadlines = [period.deadline for period in office.periods]
    return reachable_years(office.notice.year, deadlines, [stage.workdays for stage in office.stages])


def _office(file: OfficeFile, registry: Registry, workdays: Workdays) -> Office:
    windows = tuple(window for text in file.office_hours if (window := parse_window(text)))
    at = parse_clock(file.digest.at)
    assert at is not None  # noqa: S101, the model has read it once already
    keys = {period.key for period in file.periods}
    return Office(
        name=file.office.name,
        short=file.office.short,
        contact=file.office.contact,
        phone=file.office.phone,
        digest_to=tuple(file.office.digest_to),
        notice=Notice(file.notice.number, file.notice.year, file.notice.title),
        hours=OfficeHours(windows, workdays),
        periods=tuple(Period(p.key, p.name, p.deadline, file.deadline_inclusive) for p in file.periods),
        stages=tuple(Stage(s.key, s.name, s.workdays, s.enabled, s.escalate) for s in file.stages),
        registry=registry,
        mailbox=_mailbox(file),
        reporting=Reporting(**dict(file.reporting)),
        approval=file.approval,
        invitation=file.invitation,
        pace=Pace(**dict(file.pace)),
        digest_at=at,
        alarms=Alarms(**dict(file.alarms)),
        progress=tuple((key, share) for key, share in file.progress.items() if key in keys),
    )


def _mailbox(file: OfficeFile) -> MailboxRules:
    return MailboxRules(**{**dict(file.mailbox), "skip_folders": tuple(file.mailbox.skip_folders)})


def _registry(file: RegistryFile, units: UnitsFile) -> Registry:
    return Registry(
        items=tuple(
            Item(
                item.no,
                item.section,
                item.title,
                tuple(item.lead),
                tuple(item.cooperating),
                item.open_ended,
                tuple(Target(t.indicator, t.comparison, t.value, t.measure) for t in item.targets),
            )
            for item in file.items
        ),
        units=tuple(
            Unit(
                unit.name,
                tuple(unit.aliases),
                unit.duty,
                tuple(Contact(c.name, c.email, c.phone, c.fallback) for c in unit.contacts),
                tuple(unit.escalate_to),
                tuple(Former(f.name, f.until) for f in unit.former),
            )
            for unit in units.units
        ),
        collectives=tuple(Collective(c.name, tuple(c.aliases), tuple(c.members)) for c in units.collectives),
    )

"""What config/ leaves open: units nobody can write to, years without a table, and points that the notice does not settle."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from cuibao.gateways.config_models import UnitsFile, is_reserved
from cuibao.gateways.yaml_places import quoted
from cuibao.rules.obligation import obligations
from cuibao.rules.office import Office
from cuibao.rules.outcomes import Problem, Severity
from cuibao.rules.pace import days_of_wave
from cuibao.rules.period import day_start, spans
from cuibao.rules.workdays import CHINA

_NOT_THE_CITYS = ("国家统计局", "人行", "中国人民银行", "银行保险监督", "银保监", "税务局")
"""Bodies under the central government's vertical management, by words of their names."""
_PUBLISHED_BY = 11
"""The month in which the next year's table is usually out."""
_NOTICE_OF_2020 = "民生办〔2020〕5号"
_COMMA_ITEM, _COMMA_LEADS = 44, ("市应急局", "市财政局", "市住房和城乡建设局", "芜湖银保监分局")


def open_questions(
    office: Office, units: UnitsFile, office_file: str, registry_file: str, units_file: str
) -> Iterator[Problem]:
    """Warnings first, then questions to the office, each with what to do. An explicit `duty` answers a body's question."""
    yield from _without_telephone(office, office_file)
    yield from _without_digest(office, office_file)
    yield from _long_wave(office, office_file)
    yield from _without_contact(units, units_file)
    yield from _without_members(units, units_file)
    yield from _shared_addresses(units, units_file)
    yield from _not_the_citys(units, units_file)
    yield from _comma(office, registry_file)


def unreachable(office: Office, shown: str) -> Iterator[Problem]:
    """A warning for every address in a domain for examples and tests: nobody will ever read what goes there."""
    for number, unit in enumerate(office.registry.units):
        contacts = ((f"contacts[{n}].email", contact.email) for n, contact in enumerate(unit.contacts))
        leaders = ((f"escalate_to[{n}]", email) for n, email in enumerate(unit.escalate_to))
        for place, email in (*contacts, *leaders):
            if is_reserved(email):
                message = f"{quoted(unit.name)}的邮箱{quoted(email)}属于示例域名，发不到任何人"
                yield Problem(shown, f"units[{number}].{place}", message, "请改为该单位真实的邮箱", Severity.WARNING)


def without_table(office: Office, now: datetime, shown: str) -> Iterator[Problem]:
    """A warning for each year of deadlines and of the letters about them whose days off are not known: the
    next year's are asked for from November, when the State Council has mostly published them, and those that only an extension can reach
    never."""
    years: set[int] = set()
    for period in office.periods:
        years.add(period.last_day.year)
        for span in spans(office.stages, period.last_day, office.hours):
            years.update(range(span.due_at.year, (span.ends_at - timedelta(seconds=1)).year + 1))
    today = now.astimezone(CHINA)
    latest = today.year + (today.month >= _PUBLISHED_BY)
    for year in office.workdays.unpublished(year for year in years if year <= latest):
        message = f"没有{year}年的放假安排，暂按周一至周五上班推算"
        remedy = f"请更新程序，或按国务院办公厅通知在 {shown} 中填写 off（放假）和 worked（调休上班）的日期"
        yield Problem(shown, str(year), message, remedy, Severity.WARNING)


def reachable_years(notice_year: int, deadlines: Iterable[date], workdays: Iterable[int]) -> tuple[int, ...]:
    """Every calendar year that a stage can fall in: of the notice, and of deadlines as printed or extended to the end of the year
    after. A working day is taken for two days at most, and a long holiday for a month."""
    before = timedelta(days=30 + 2 * max(0, -min(workdays, default=0)))
    years = {notice_year, notice_year + 1}
    for day in deadlines:
        years.update(range((day - before).year, day.year + 3))
    return tuple(sorted(years))


def _without_telephone(office: Office, shown: str) -> Iterator[Problem]:
    for key, what, text in (("contact", "联系人", office.contact), ("phone", "联系电话", office.phone)):
        if not text:
            message, remedy = f"没有填写本办{what}，函件中将不写{what}", "请填写，以便各单位询问"
            yield Problem(shown, f"office.{key}", message, remedy, Severity.WARNING)


def _without_digest(office: Office, shown: str) -> Iterator[Problem]:
    if not office.digest_to:
        message = "没有填写日报和告警的收件人，每日情况和异常不会以邮件告知本办"
        yield Problem(shown, "office.digest_to", message, "请填写经办人邮箱，可填多个", Severity.WARNING)


def wave_length(office: Office) -> tuple[int, int]:
    """How many addresses the letters of one stage go to when every unit is written to, and on how many working days they leave."""
    counts = list(_addresses(office).values())
    start = office.hours.next_open(day_start(office.periods[0].last_day))
    return sum(counts), days_of_wave(office.hours, office.pace, start, counts)


def _long_wave(office: Office, shown: str) -> Iterator[Problem]:
    """A letter that no day's quota lets leave, a wave that does not fit a day, and worse: one that the next stage overtakes."""
    pace = office.pace
    remedy = "请在邮箱服务商允许的限额内调大，或减少每个单位的收件人"
    for unit, count in _addresses(office).items():
        if count > pace.per_day - pace.receipts_share:
            message = f"{quoted(unit)}有{count}个收件地址，超过每日限额减去为回执留出的{pace.per_day - pace.receipts_share}个，函件发不出"
            yield Problem(shown, "pace.per_day", message, remedy, Severity.WARNING)
    recipients, days = wave_length(office)
    if days <= 1:
        return
    message = f"一轮提醒共{recipients}个收件地址，按每日{pace.per_day}个计，须{days}个工作日才能发完"
    short = min(_rooms(office), default=(days, ""))
    if days > short[0]:
        message += f"，而{quoted(short[1])}最少只有{short[0]}个工作日可发，排在后面的单位将收不到"
    yield Problem(shown, "pace.per_day", message, remedy, Severity.WARNING)


def _addresses(office: Office) -> dict[str, int]:
    """To how many addresses a letter goes, for every unit that is written to and can be."""
    owing = obligations(office.registry, office.reporting)
    units = (unit for unit in office.registry.units if owing[unit.name] and unit.contacts)
    return {unit.name: sum(not contact.fallback for contact in unit.contacts) or 1 for unit in units}


def _rooms(office: Office) -> Iterator[tuple[int, str]]:
    """On how many working days each stage of each period may leave, until the next one, the deadline or its own end, and its name."""
    workdays = office.workdays
    for period in office.periods:
        for span in spans(office.stages, period.last_day, office.hours):
            before = span.due_at.date() - timedelta(days=1)
            yield workdays.between(before, (span.ends_at - timedelta(seconds=1)).date()), span.stage.name


def _without_contact(units: UnitsFile, shown: str) -> Iterator[Problem]:
    for number, unit in enumerate(units.units):
        if not unit.contacts:
            remedy = "请填写联系人邮箱，或用 contacts import 导入联系人表；在此之前无法向该单位发函"
            yield Problem(
                shown, f"units[{number}].contacts", f"{quoted(unit.name)}没有联系人", remedy, Severity.WARNING
            )


def _without_members(units: UnitsFile, shown: str) -> Iterator[Problem]:
    for number, body in enumerate(units.collectives):
        if not body.members:
            remedy = "请在 members 中填写成员单位；未填写的，函件中请牵头单位转发"
            message = f"{quoted(body.name)}没有列明成员"
            yield Problem(shown, f"collectives[{number}].members", message, remedy, Severity.WARNING)


def _shared_addresses(units: UnitsFile, shown: str) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for number, unit in enumerate(units.units):
        for place, contact in enumerate(unit.contacts):
            owner = first.setdefault(contact.email.lower(), unit.name)
            if owner != unit.name:
                message = f"邮箱{quoted(contact.email)}同时登记在{quoted(owner)}和{quoted(unit.name)}"
                remedy = "该邮箱的来件仅凭发件人无法判断归属；请核对，确为共用的可不改"
                yield Problem(shown, f"units[{number}].contacts[{place}].email", message, remedy, Severity.WARNING)


def _not_the_citys(units: UnitsFile, shown: str) -> Iterator[Problem]:
    for number, unit in enumerate(units.units):
        names = (unit.name, *unit.aliases)
        if "duty" not in unit.model_fields_set and any(word in name for word in _NOT_THE_CITYS for name in names):
            message = f"{quoted(unit.name)}不是市直单位，是否须按季度报送？目前按须报送办理"
            remedy = "请确认后在该单位处写明 duty: report（须报送）或 duty: inform（只发函告知）"
            yield Problem(shown, f"units[{number}].duty", message, remedy, Severity.QUESTION)


def _comma(office: Office, shown: str) -> Iterator[Problem]:
    """The notice puts a comma after item 44's first unit and 、 between the others, which may mean a lead and its helpers."""
    item = office.registry.item(_COMMA_ITEM)
    if office.notice.number != _NOTICE_OF_2020 or item is None or item.lead != _COMMA_LEADS:
        return
    number = office.registry.items.index(item)
    message = f"第{item.no}项在{quoted(item.lead[0])}后用逗号隔开，其余单位是否为协同？目前各单位都按牵头办理"
    remedy = "请确认；若为协同，请将其余单位移到 cooperating"
    yield Problem(shown, f"items[{number}].lead", message, remedy, Severity.QUESTION)

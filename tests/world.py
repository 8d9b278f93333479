"""A small office with a standing cast, set up in one call: 市教育局, 市医保局, 市财政局 and a collective."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from cuibao.rules.book import Book
from cuibao.rules.entries import Draft, Entry, Kind, doc_to_entry, draft_to_doc, line_of, link
from cuibao.rules.letters import LetterKey, LetterNote, note_to_data
from cuibao.rules.obligation import Obligation, obligations
from cuibao.rules.office import MailboxRules, Notice, Office
from cuibao.rules.outcomes import OvertakenError
from cuibao.rules.period import Period, Stage
from cuibao.rules.plan import Year, make_plans
from cuibao.rules.planned import Plan
from cuibao.rules.registry import Collective, Comparison, Contact, Item, Registry, Target, Unit
from cuibao.rules.verdict import Confidence, MailKind, Verdict, verdict_to_doc
from cuibao.rules.workdays import CHINA, OfficeHours, Workdays

OFF = (
    frozenset(date(2020, 6, day) for day in (25, 26, 27))
    | frozenset(date(2020, 10, day) for day in range(1, 9))
    | {date(2021, 1, 1)}
)
WORKED = frozenset({date(2020, 6, 28), date(2020, 9, 27), date(2020, 10, 10)})
WORKDAYS = Workdays(OFF, WORKED, frozenset({2020, 2021}))
HOURS = OfficeHours(((time(9), time(11, 30)), (time(14, 30), time(17))), WORKDAYS)
PERIODS = (
    Period("2020Q2", "第二季度", date(2020, 6, 30)),
    Period("2020Q3", "第三季度", date(2020, 9, 30)),
    Period("2020Q4", "第四季度", date(2020, 12, 30)),
)
STAGES = (
    Stage("first", "提醒", -10),
    Stage("second", "再次提醒", -5, enabled=False),
    Stage("urge", "催报", -2),
    Stage("due", "截止提醒", 0, enabled=False),
    Stage("overdue", "逾期催报", 1),
    Stage("final", "逾期再催", 3, enabled=False, escalate=True),
)
EDUCATION, HEALTH, FINANCE = "市教育局", "市医保局", "市财政局"
UNITS = (
    Unit(
        EDUCATION, ("教育局",), contacts=(Contact("张老师", "jyj@edu.example"),), escalate_to=("juzhang@edu.example",)
    ),
    Unit(
        HEALTH,
        contacts=(Contact("李工", "ybj@med.example"), Contact("王工", "bf@med.example", fallback=True)),
    ),
    Unit(FINANCE, contacts=(Contact("赵科", "czj@fin.example"),)),
)
ITEMS = (
    Item(7, "教育", "新建幼儿园", (EDUCATION,), targets=(Target("新建", Comparison.AT_LEAST, Decimal(25), "所"),)),
    Item(11, "教育", "资助困难学生", (EDUCATION,), (FINANCE,)),
    Item(18, "社会保障", "居民医保", (HEALTH,), (FINANCE,)),
    Item(19, "社会保障", "大病保险", (HEALTH,), ("市大病保险成员单位",)),
)
REGISTRY = Registry(ITEMS, UNITS, (Collective("市大病保险成员单位"),))
SECRET = b"a secret of thirty-two bytes or more"
NOTICE = "测民〔2020〕1号"


def at(text: str) -> datetime:
    """A moment in China: at("2020-06-15T09:00")."""
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


def office(**changes: Any) -> Office:
    """The office, with what a test changes."""
    plain = Office(
        name="测试市民生工作领导小组办公室",
        short="测试办",
        contact="陈某",
        phone="0553-0000000",
        digest_to=(),
        notice=Notice(NOTICE, 2020, "2020年民生工作要点"),
        hours=HOURS,
        periods=PERIODS,
        stages=STAGES,
        registry=REGISTRY,
        mailbox=MailboxRules("bangongshi@163.example", date(2020, 5, 15)),
    )
    return replace(plain, **changes)


def with_unit(base: Office, name: str, **changes: Any) -> Office:
    """The office with one unit changed."""
    units = tuple(replace(unit, **changes) if unit.name == name else unit for unit in base.registry.units)
    return replace(base, registry=replace(base.registry, units=units))


def duties(base: Office) -> Any:
    """Obligations by unit."""
    return obligations(base.registry, base.reporting)


class Log:
    """An in-memory ledger: drafts in, entries with their chain out; fulfils the desk's port."""

    def __init__(self) -> None:
        self.lines: list[Entry] = []
        self._last = b""

    def entries(self) -> list[Entry]:
        return self.lines

    def append(self, drafts: Any, *, after: int | None = None) -> tuple[Entry, ...]:
        if after is not None and len(self.lines) != after:
            raise OvertakenError("overtaken")
        written = []
        for draft in drafts:
            doc = {
                "seq": len(self.lines) + 1,
                **draft_to_doc(draft),
                "prev": link(self._last) if self._last else "0" * 64,
            }
            self._last = line_of(doc)
            entry = doc_to_entry(doc)
            self.lines.append(entry)
            written.append(entry)
        return tuple(written)

    def book(self) -> Book:
        book = Book(NOTICE)
        book.apply(self.lines)
        return book


def note(
    unit: str, stage: str, period: Period = PERIODS[0], occasion: str = "", to: tuple[str, ...] = ("x@y.example",)
) -> LetterNote:
    """A letter's note, whose marks are made from its key."""
    key = LetterKey(NOTICE, period.key, unit, stage, period.last_day, occasion)
    mark = f"{unit}.{stage}.{period.key}.{occasion}"
    return LetterNote(key, (7, 11), to, (), f"提醒（{unit}）", f"<{mark}@x.example>", f"MS-{mark}", "letters/00.eml")


def letter(kind: Kind, of: LetterNote, moment: str, **data: Any) -> Draft:
    """An entry about a letter."""
    return Draft(kind, at(moment), of.key.period, of.key.unit, of.items, data={**note_to_data(of), **data})


def act(kind: Kind, unit: str, moment: str, *items: int, period: str = "2020Q2", **data: Any) -> Draft:
    """An entry that moves obligations."""
    return Draft(kind, at(moment), period, unit, items, data=data)


def kept(sha256: str, moment: str, sender: str = "jyj@edu.example") -> Draft:
    """A mail that came in."""
    data = {
        "sha256": sha256,
        "message_id": f"<{sha256}@edu.example>",
        "from": sender,
        "subject": "报送",
        "file": f"mail/{sha256}.eml",
        "fingerprint": sha256,
        "arrived_at": at(moment).isoformat(),
    }
    return Draft(Kind.MAIL_KEPT, at(moment), data=data)


def judged(sha256: str, moment: str, kind: MailKind, unit: str | None = EDUCATION, **data: Any) -> Draft:
    """Its judgement."""
    verdict = Verdict(kind, Confidence.PROBABLE, unit, "2020Q2")
    return Draft(
        Kind.MAIL_JUDGED,
        at(moment),
        "2020Q2",
        unit,
        data={"sha256": sha256, "verdict": verdict_to_doc(verdict), **data},
    )


MINUTE = timedelta(minutes=1)


def make_plan(
    base: Office, owed: Mapping[str, tuple[Obligation, ...]], book: Book, now: datetime, until: datetime | None = None
) -> Plan:
    """The plan of a year that is alone."""
    return make_plans([Year(base, owed, book)], now, until)[0]

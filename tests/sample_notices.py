"""The sample notices of tests/data/notices: each a text as conversion leaves it, and beside it the registry that it must come to."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from cuibao.papers.notice.source import Line, Source, Table
from cuibao.rules.period import Period
from cuibao.rules.registry import Comparison, Contact, Item, Registry, Target, Unit

FOLDER = Path(__file__).parent / "data" / "notices"
PATHS = sorted(FOLDER.glob("*.txt"))


@dataclass(frozen=True)
class Expected:
    """What a notice must come to. `aliases` are pairs (seen, name); `asked` are words of which each must stand in a question."""

    notice: dict[str, Any]
    periods: tuple[Period, ...]
    items: tuple[Item, ...]
    collectives: tuple[str, ...]
    aliases: tuple[tuple[str, str], ...]
    asked: tuple[str, ...]
    known: Registry | None


def source_of(text: str) -> Source:
    """The text as lines, each with its number; lines that begin with | are a table's rows, and a row ends with |."""
    found: list[Line | Table] = []
    rows: list[tuple[str, ...]] = []
    row, begun = "", ""
    for number, line in enumerate(text.splitlines(), start=1):
        if row or line.startswith("|"):
            begun = begun or f"第{number}行起的表"
            row = f"{row}\n{line}" if row else line
            if row.endswith("|"):
                rows.append(tuple(cell.strip() for cell in row[1:-1].split("|")))
                row = ""
            continue
        if rows:
            found.append(Table(tuple(rows), begun))
            rows, begun = [], ""
        found.append(Line(line, f"第{number}行"))
    return (*found, Table(tuple(rows), begun)) if rows else tuple(found)


def read(path: Path) -> Source:
    """The sample of that path."""
    return source_of(path.read_text("utf-8"))


def expected_of(path: Path) -> Expected:
    """The registry beside the sample of that path."""
    doc = yaml.safe_load(path.with_suffix(".yaml").read_text("utf-8"))
    return Expected(
        notice=doc["notice"],
        periods=_periods(doc),
        items=tuple(_item(one) for one in doc["items"]),
        collectives=tuple(doc["collectives"]),
        aliases=tuple((seen, name) for seen, name in doc["aliases"]),
        asked=tuple(doc["asked"]),
        known=_known(doc["known"]) if "known" in doc else None,
    )


def _periods(doc: dict[str, Any]) -> tuple[Period, ...]:
    if day := doc.get("months"):
        year = doc["notice"]["year"]
        first = doc["notice"]["issued_on"]
        days = ((month, date(year + month // 12, month % 12 + 1, day)) for month in range(1, 13))
        return tuple(Period(f"{year}M{month:02d}", f"{month}月份", due) for month, due in days if due >= first)
    return tuple(Period(key, name, due) for key, name, due in doc["periods"])


def _item(doc: dict[str, Any]) -> Item:
    targets = tuple(
        Target(indicator, Comparison(compared), Decimal(str(value)), measure)
        for indicator, compared, value, measure in doc.get("targets", ())
    )
    names = (tuple(doc.get(role, ())) for role in ("lead", "cooperating"))
    lead, cooperating = names
    return Item(doc["no"], doc["section"], doc["title"], lead, cooperating, doc.get("open_ended", False), targets)


def _known(units: list[dict[str, Any]]) -> Registry:
    made = (
        Unit(unit["name"], tuple(unit["aliases"]), contacts=(Contact("", unit["email"]),) if "email" in unit else ())
        for unit in units
    )
    return Registry((), tuple(made), ())

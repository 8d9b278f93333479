"""Last year's figures beside this year's: found by indicator and measure, for the same target may have another number then."""

from decimal import Decimal
from functools import cache

from cuibao.desk.context import Desk
from cuibao.desk.report import names_then, same_quarter_before
from cuibao.papers.form.layout import squeezed
from cuibao.rules.course import LastYear
from cuibao.rules.period import Period
from cuibao.rules.registry import Target


def last_year(desk: Desk) -> LastYear:
    """What a unit, by whatever name it bore then, reported against the same indicator by the same quarter of the year before; None
    where it reported none, or several that differ: as two items may ask for the same, or two units have become one."""

    @cache
    def then(unit: str, period: Period) -> dict[tuple[str, str], set[Decimal]]:
        found: dict[tuple[str, str], set[Decimal]] = {}
        if before := same_quarter_before(desk, period):
            old, quarter = before
            figures = old.book().reported.figures
            for name in names_then(desk, old, unit):
                for told in figures.get((name, quarter.key), {}).values():
                    one = told.what
                    found.setdefault((squeezed(one.indicator), one.measure), set()).add(one.value)
        return found

    def value(unit: str, target: Target, period: Period) -> Decimal | None:
        known = then(unit, period).get((squeezed(target.indicator), target.measure), set())
        return next(iter(known)) if len(known) == 1 else None

    return value

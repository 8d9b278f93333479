"""单位 and 事项: where each stands and why, whom to reach, and everything that passed, in one thread."""

from itertools import groupby
from typing import NamedTuple

from flask import Blueprint, abort, render_template

from cuibao.desk.context import Desk
from cuibao.desk.report import year_before
from cuibao.desk.thread import Paper, cause, item_thread, paper_of, unit_thread
from cuibao.front.console import here
from cuibao.front.console.progress import item_rows, quarter_here, unit_parts, unit_rows
from cuibao.front.words import summary
from cuibao.rules.course import Said, gravest, said_over
from cuibao.rules.entries import Entry
from cuibao.rules.period import Period
from cuibao.rules.quarter import ItemReport, Party
from cuibao.rules.recipients import working
from cuibao.rules.registry import Item, Role, Unit
from cuibao.rules.standing import ItemStanding, unit_standing
from cuibao.rules.tally import by_item

pages = Blueprint("units", __name__)


class Address(NamedTuple):
    """A way to reach a unit: `state` says in words whether it works."""

    name: str
    email: str
    phone: str
    state: str
    works: bool


class Line(NamedTuple):
    """An entry of a thread with its words and what it rests on."""

    entry: Entry
    words: str
    paper: Paper


class Duty(NamedTuple):
    """One obligation with its item and what put it where it stands."""

    item: Item
    role: Role
    standing: ItemStanding | None
    paper: Paper


@pages.get("/units/<path:name>")
def unit(name: str) -> str:
    desk, now, period = here.desk(), here.now(), here.period()
    body = here.unit_or_404(name)
    standing = unit_standing(body.name, period, desk.duties[body.name], desk.book(), now)
    parts = unit_parts(period, standing)
    return render_template(
        "unit.html",
        unit=body,
        period=period,
        standing=standing,
        before=year_before(desk, period, now, body.name),
        lamp=gravest(part.light for part in parts),
        lamps={part.item.no: part.light for part in parts},
        progress=unit_rows(parts),
        duties=_duties(desk, body, {one.obligation.item: one for one in standing.items}),
        contacts=_contacts(desk, body),
        thread_lines=lines(desk, list(unit_thread(desk, body.name))),
    )


@pages.get("/items/<int:no>")
def item(no: int) -> str:
    desk, now, period = here.desk(), here.now(), here.period()
    found = desk.office.registry.item(no) or abort(404)
    quarter = quarter_here(period)
    report = next(one for one in quarter.items if one.item.no == no)
    tallies = here.reader().remembered(("tallies", period.key), now, lambda: by_item(quarter.units, now))
    tally = tallies.get(no)
    parties = [
        (name, one, cause(desk, one.act) if one.act else Paper()) for name, one in (tally.parties if tally else ())
    ]
    return render_template(
        "item.html",
        item=found,
        period=period,
        tally=tally,
        report=report,
        progress=item_rows(period, report),
        said=_said(desk, report, period),
        parties=parties,
        collectives=desk.office.registry.unresolved_collectives(found),
        thread_lines=lines(desk, list(item_thread(desk, no))),
    )


def _said(desk: Desk, report: ItemReport, period: Period) -> list[tuple[Party, list[Said]]]:
    """What each unit wrote about the item, the quarter that is looked at first and then the earlier ones."""
    periods = desk.office.periods
    until = periods[: periods.index(period) + 1]
    return [
        (party, list(told)) for party, told in groupby(said_over(report, desk.book(), until), lambda one: one.party)
    ]


def lines(desk: Desk, entries: list[Entry]) -> list[Line]:
    """Entries as a thread shows them."""
    return [Line(entry, summary(desk.office, entry), paper_of(entry)) for entry in entries]


def _duties(desk: Desk, unit: Unit, standings: dict[int, ItemStanding]) -> list[Duty]:
    found = []
    for obligation in desk.duties[unit.name]:
        item, standing = desk.office.registry.item(obligation.item), standings.get(obligation.item)
        if item:
            paper = cause(desk, standing.act) if standing and standing.act else Paper()
            found.append(Duty(item, obligation.role, standing, paper))
    return sorted(found, key=lambda duty: (duty.role is not Role.LEAD, duty.item.no))


def _contacts(desk: Desk, unit: Unit) -> list[Address]:
    book = desk.book()
    bad, used = book.bad_addresses.get(unit.name, set()), working(unit, book)
    listed = [(c.name, c.email, c.phone, "备用" if c.fallback else "在用") for c in unit.contacts]
    known = {email.lower() for _, email, _, _ in listed}
    learned = book.learned.get(unit.name, {})
    listed += [(name, email, "", "经办人登记") for email, name in learned.items() if email not in known]
    return [
        Address(
            name,
            email,
            phone,
            "退信停用" if email.lower() in bad else ("现用备用" if state == "备用" and email in used else state),
            email.lower() not in bad,
        )
        for name, email, phone, state in listed
    ]

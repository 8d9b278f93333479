"""Ten simulated years of the shipped office, each with faults drawn at random from a seed: letters lost, sent twice, sent to units that
had reported, outside office hours or beyond the quota."""

import sys
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

from year import Year

from cuibao.front.sandbox.addresses import made_up_contact
from cuibao.gateways.settings import load_office
from cuibao.rules.office import Office


def shipped() -> Office:
    office, _ = load_office(Path("config"))
    units = tuple(
        replace(unit, contacts=unit.contacts or (made_up_contact(unit.name, number),))
        for number, unit in enumerate(office.registry.units, start=1)
    )
    pace = replace(office.pace, seconds_between=1)
    return replace(office, registry=replace(office.registry, units=units), pace=pace)


def main() -> None:
    years = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    begun = time.perf_counter()
    drawn: Counter[str] = Counter()
    wrong: list[str] = []
    letters = mails = unseen = 0
    for seed in range(years):
        year = Year(shipped(), seed)
        found = year.live()
        wrong += [f"seed {seed}: {words}" for words in found]
        drawn += year.drawn
        letters += len(year.sent_to)
        unseen += year.unseen
        mails += len(year.desk.book().mails)
    print(
        f"{years} years, {sum(drawn.values())} faults of {len(drawn)} kinds, {letters} letters, {mails} mails:", end=" "
    )
    print(
        f"{len(wrong)} broken promises, {unseen} sent twice while 已发送 could not be asked, in {(time.perf_counter() - begun) / 60:.1f} minutes"
    )
    print("faults:", ", ".join(f"{kind} {number}" for kind, number in sorted(drawn.items())))
    print(*wrong[:20], sep="\n")


if __name__ == "__main__":
    main()

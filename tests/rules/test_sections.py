"""A quarter by sections: who has reported, how targets stand, which lights are on."""

from dataclasses import replace

from courses import BEFORE, LIMIT, Seen, figure, report
from world import EDUCATION, FINANCE, HEALTH, ITEMS, act

from cuibao.rules.entries import Kind
from cuibao.rules.progress import Light
from cuibao.rules.sections import sections, whole


def test_leads_that_owe_are_told_from_those_that_reported_everything_of_the_section() -> None:
    first, second = sections(Seen(report(EDUCATION, 7), report(HEALTH)).quarter)
    assert (first.name, first.reported, first.owing) == ("教育", (), (EDUCATION,))
    assert (second.name, second.reported, second.owing) == ("社会保障", (HEALTH,), ())


def test_who_cooperates_or_is_exempt_is_not_among_the_leads_that_owe() -> None:
    exempt = act(Kind.OBLIGATION_EXEMPTED, EDUCATION, "2020-06-20T09:00", reason="x")
    first, _ = sections(Seen(exempt).quarter)
    assert (first.reported, first.owing) == ((), ())
    assert FINANCE not in whole(Seen().quarter).owing


def test_a_target_is_behind_in_time_or_without_a_figure() -> None:
    second = replace(ITEMS[1], targets=(LIMIT, replace(LIMIT, indicator="来信")))
    figures = [figure("9"), figure("12", 11, "投诉件", "件"), figure("1", 11, "来信", "封")]
    first = sections(Seen(report(EDUCATION, figures=figures), items=(ITEMS[0], second)).quarter)[0]
    assert (first.behind, first.in_time, first.unmeasured, first.targets) == (1, 1, 1, 3)


def test_lights_are_counted_by_item() -> None:
    seen = Seen(report(EDUCATION, figures=[figure("9")]))
    first, second = sections(seen.quarter)
    assert (first.lights, second.lights) == ({Light.YELLOW: 1, Light.RED: 1}, {Light.RED: 2})
    assert whole(seen.quarter).lights == {Light.YELLOW: 1, Light.RED: 3}
    assert whole(Seen(now=BEFORE).quarter).lights == {}

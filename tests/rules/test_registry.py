"""Names, aliases, collectives; whom an office, its periods and its problems are asked for; and to whom letters go."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from world import EDUCATION, FINANCE, HEALTH, REGISTRY, Log, at, office

from cuibao.rules.entries import Draft, Kind
from cuibao.rules.outcomes import ConfigError, CuibaoError, MailServerError, Problem
from cuibao.rules.recipients import senders, working
from cuibao.rules.registry import Collective, Comparison, Contact, Former, Item, Registry, Role, Target, Unit

SAFETY = Collective("市安委会成员单位", ("安委会成员单位",), members=(EDUCATION, "教育局", FINANCE, "没有的单位"))
UNITS = tuple(Unit(name, ("教育局",) if name == EDUCATION else ()) for name in (EDUCATION, HEALTH, FINANCE))


def registry(lead: tuple[str, ...], cooperating: tuple[str, ...] = (), body: Collective = SAFETY) -> Registry:
    return Registry((Item(1, "一", "安全生产", lead, cooperating),), UNITS, (body,))


def parties(made: Registry) -> list[tuple[str, Role]]:
    return [(unit.name, role) for unit, role in made.parties(made.items[0])]


def test_a_name_is_found_through_its_alias_and_never_by_likeness() -> None:
    assert REGISTRY.unit("教育局") is REGISTRY.unit(EDUCATION)
    assert REGISTRY.unit("市教育") is None


def test_a_unit_is_known_by_the_name_that_it_bore_before_unless_another_bears_it_now() -> None:
    since = date(2019, 3, 31)
    school = Unit(EDUCATION, former=(Former("市教委", since), Former(FINANCE, since)))
    made = Registry((), (Unit(FINANCE), school), ())
    assert made.unit("市教委") is school
    assert made.unit(FINANCE) == Unit(FINANCE)


def test_a_collective_stands_for_its_configured_members_each_once() -> None:
    assert parties(registry(("安委会成员单位",))) == [(EDUCATION, Role.LEAD), (FINANCE, Role.LEAD)]


def test_a_unit_named_twice_has_its_stronger_role() -> None:
    assert parties(registry((EDUCATION,), (FINANCE, EDUCATION))) == [
        (EDUCATION, Role.LEAD),
        (FINANCE, Role.COOPERATING),
    ]


def test_a_collective_without_members_is_listed_and_stands_for_nobody() -> None:
    empty = Collective("市安委会成员单位")
    made = registry((EDUCATION,), (empty.name,), empty)
    assert made.unresolved_collectives(made.items[0]) == (empty,)
    assert made.units_of(empty.name) == ()


def test_a_collective_with_members_is_not_open() -> None:
    made = registry(("市安委会成员单位",))
    assert made.unresolved_collectives(made.items[0]) == ()


def test_a_name_that_nobody_has_stands_for_nobody() -> None:
    assert registry(("无此单位",)).units_of("无此单位") == ()


def test_an_item_is_found_by_its_number() -> None:
    found = REGISTRY.item(18)
    assert found is not None
    assert found.title == "居民医保"
    assert REGISTRY.item(53) is None


def test_an_office_knows_its_stages_and_periods_by_key() -> None:
    stage, period = office().stage("second"), office().period("2020Q3")
    assert stage is not None
    assert not stage.enabled
    assert period is not None
    assert period.deadline == date(2020, 9, 30)
    assert (office().stage("none"), office().period("2020Q1")) == (None, None)


# ---- to whom letters go


LI, WANG, ZHAO = (
    Contact("李", "Li@m.example"),
    Contact("王", "w@m.example"),
    Contact("赵", "z@m.example", fallback=True),
)


def written_to(*acts: tuple[Kind, str]) -> tuple[str, ...]:
    log = Log()
    data: list[dict[str, Any]] = [{"email": email} for _, email in acts]
    log.append(
        Draft(kind, at("2020-06-15T09:00"), None, HEALTH, data=d) for (kind, _), d in zip(acts, data, strict=True)
    )
    return working(Unit(HEALTH, contacts=(LI, WANG, ZHAO)), log.book())


DEAD, LEARNED = Kind.CONTACT_DISABLED, Kind.CONTACT_LEARNED


@pytest.mark.parametrize(
    ("acts", "expected"),
    [
        ([], ("Li@m.example", "w@m.example")),
        ([(DEAD, "li@m.example")], ("w@m.example",)),
        ([(DEAD, "li@m.example"), (DEAD, "w@m.example")], ("z@m.example",)),
        ([(DEAD, "li@m.example"), (DEAD, "w@m.example"), (DEAD, "z@m.example")], ()),
        ([(LEARNED, "new@m.example")], ("Li@m.example", "w@m.example", "new@m.example")),
        ([(DEAD, "li@m.example"), (DEAD, "w@m.example"), (LEARNED, "new@m.example")], ("new@m.example",)),
    ],
)
def test_who_is_written_to(acts: list[tuple[Kind, str]], expected: tuple[str, ...]) -> None:
    assert written_to(*acts) == expected


def test_an_address_that_two_units_share_speaks_for_both() -> None:
    units = (Unit(EDUCATION, contacts=(LI,)), Unit(HEALTH, contacts=(Contact("李", "li@m.example"), WANG)))
    assert senders(units, Log().book()) == {"li@m.example": (EDUCATION, HEALTH), "w@m.example": (HEALTH,)}


# ---- what people are told


@pytest.mark.parametrize(
    ("file", "path", "expected"),
    [
        ("a.yaml", "units[3]", "a.yaml：units[3]：重名。请改名"),
        ("a.yaml", "", "a.yaml：重名。请改名"),
        ("", "", "重名。请改名"),
    ],
)
def test_a_problem_names_place_thing_and_remedy(file: str, path: str, expected: str) -> None:
    assert str(Problem(file, path, "重名", "请改名")) == expected


def test_a_configuration_error_carries_every_problem() -> None:
    problems = (Problem("a", "b", "甲", "乙"), Problem("c", "d", "丙", "丁"))
    assert str(ConfigError(problems)).splitlines() == ["a：b：甲。乙", "c：d：丙。丁"]


def test_an_error_without_a_remedy_is_only_its_message() -> None:
    assert str(CuibaoError("甲")) == "甲"


@pytest.mark.parametrize("permanent", [True, False])
def test_a_server_error_says_whether_trying_again_can_help(permanent: bool) -> None:
    assert MailServerError("535", "请核对授权码", permanent=permanent).permanent is permanent


@pytest.mark.parametrize(
    ("comparison", "value", "limit"),
    [("at_most", 40, True), ("equal", 0, True), ("equal", 3, False), ("at_least", 0, False)],
)
def test_not_more_than_so_many_and_none_at_all_are_limits(comparison: str, value: int, limit: bool) -> None:
    target = Target("事故", Comparison(comparison), Decimal(value), "起")
    assert (target.is_limit, target.grows) == (limit, not limit)


@pytest.mark.parametrize(
    ("measure", "share"), [("%", True), ("％", True), (" ‰ ", True), ("%/年", False), ("人", False)]
)
def test_a_percentage_is_a_share_in_whatever_width_it_is_written(measure: str, share: bool) -> None:
    assert Target("参保率", Comparison.AT_LEAST, Decimal(95), measure).is_share is share

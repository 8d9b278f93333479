"""Who leads and who helps, out of the clauses that notices write; names out of lists."""

import pytest

from cuibao.papers.notice.clauses import Roles, clauses_in, roles_of
from cuibao.papers.notice.names import Named, begins_name, is_collective, is_organ, is_outside, names_in


def roles(text: str) -> Roles:
    """The roles of an item's text."""
    return roles_of(listed for clause in clauses_in(text) for listed in clause.lists)


@pytest.mark.parametrize(
    ("clause", "lead", "cooperating"),
    [
        ("（牵头责任单位：市教育局，协同责任单位：市财政局、市科协）", ("市教育局",), ("市财政局", "市科协")),
        ("（责任单位：市教育局，协同责任单位：市财政局）", ("市教育局",), ("市财政局",)),
        ("（责任单位：市教育局、市财政局）", ("市教育局", "市财政局"), ()),
        ("（牵头单位：市教育局；责任单位：市财政局）", ("市教育局",), ("市财政局",)),
        ("【牵头单位：市教育局；配合单位：市财政局】", ("市教育局",), ("市财政局",)),
        ("（市教育局牵头，市财政局、市科协配合）", ("市教育局",), ("市财政局", "市科协")),
        ("（主办：市教育局；协办：市财政局）", ("市教育局",), ("市财政局",)),
        ("（由市教育局会同市财政局、市科协负责）", ("市教育局",), ("市财政局", "市科协")),
        ("（市教育局、市财政局按职责分工负责）", ("市教育局", "市财政局"), ()),
        ("（市教育局牵头，市财政局）", ("市教育局",), ("市财政局",)),
        ("（市教育局、市财政局）", ("市教育局", "市财政局"), ()),
        ("（责任单位：市教育局（牵头）、市财政局、市科协）", ("市教育局",), ("市财政局", "市科协")),
        ("（责任单位：市教育局牵头，市财政局配合）", ("市教育局",), ("市财政局",)),
        ("（牵头单位：市教育局（牵头单位））", ("市教育局",), ()),
        ("（责任领导：张三；牵头单位：市教育局；完成时限：12月底）", ("市教育局",), ()),
        ("责任单位：市教育局。", ("市教育局",), ()),
    ],
)
def test_roles_are_read(clause: str, lead: tuple[str, ...], cooperating: tuple[str, ...]) -> None:
    found = roles(f"办好实事{clause}")
    assert (found.lead, found.cooperating) == (lead, cooperating)
    assert not found.strange


@pytest.mark.parametrize(
    "text",
    ["完善制度（试行）", "推进改革（由专班负责）", "开展帮扶（市教育局）后续工作", "落实（一）至（三）配合", "（好）"],
)
def test_a_bracket_that_names_no_organ_is_no_clause(text: str) -> None:
    assert not roles(text).lead


def test_a_unit_that_leads_and_helps_leads_and_a_person_is_asked() -> None:
    found = roles("（牵头单位：市教育局，配合单位：市教育局、市财政局）")
    assert (found.lead, found.cooperating) == (("市教育局",), ("市财政局",))
    assert "“市教育局”既列为牵头单位，又列为协同单位" in found.doubts[0][0]


def test_a_comma_among_responsible_units_is_asked_about() -> None:
    found = roles("（责任单位：市教育局，市财政局、市科协）")
    assert found.lead == ("市教育局", "市财政局", "市科协")
    assert "逗号" in found.doubts[0][0]


def test_a_bracket_that_never_closes_is_told() -> None:
    (clause,) = clauses_in("办好实事（牵头责任单位：市教育局")
    assert not clause.closed
    assert roles("办好实事（牵头责任单位：市教育局").lead == ("市教育局",)


def test_a_clause_without_brackets_ends_with_the_line_that_completes_its_list() -> None:
    text = "办实事牵头单位：市教育局、市财政局下一段文字"
    ends = (text.index("市财政局"), text.index("下一段"))
    (clause,) = clauses_in(text, ends)
    assert text[clause.start : clause.end] == "牵头单位：市教育局、市财政局"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("市教育局、市财政局", ("市教育局", "市财政局")),
        ("市教育局，市财政局；市科协", ("市教育局", "市财政局", "市科协")),
        ("市教育局\\市财政局", ("市教育局", "市财政局")),
        ("市教育局和市财政局", ("市教育局", "市财政局")),
        ("市教育局市财政局", ("市教育局", "市财政局")),
        ("县教育局县财政局", ("县教育局", "县财政局")),
        ("市教育局各县（市）、区人民政府", ("市教育局", "各县（市）、区人民政府")),
        ("市文化和旅游局、市自然资源和规划局", ("市文化和旅游局", "市自然资源和规划局")),
        ("市市场监管局、市委市政府督查室", ("市市场监管局", "市委市政府督查室")),
        ("市教育局、、市教育局", ("市教育局",)),
        ("市委、市教育局", ("市委", "市教育局")),
    ],
)
def test_lists_are_taken_apart_as_printed(text: str, names: tuple[str, ...]) -> None:
    found = names_in(text)
    assert found.names == names
    assert not found.strange
    assert not found.open_ended


@pytest.mark.parametrize("text", ["市教育局等", "市教育局等有关部门", "市教育局等单位，", "市教育局等5个部门"])
def test_an_open_end_is_seen(text: str) -> None:
    found = names_in(text)
    assert (found.names, found.open_ended) == (("市教育局",), True)


def test_an_open_end_alone_names_nobody() -> None:
    assert names_in("等") == Named((), True, (), False)


@pytest.mark.parametrize(
    ("before", "line", "own"),
    [
        ("市教育局", "市财政局、市科协", True),
        ("市妇女联合会", "市教育局", True),
        ("商务局", "体育局", True),
        ("市教育局", "村局", True),
        ("市教育局等", "村局", True),
        ("市人力资源和社会", "保障局", False),
        ("市科协、市委", "组织部", False),
        ("市政府", "办公室", False),
        ("市经济和信息", "化局", False),
        ("市教育局", "等单位", False),
        ("", "市教育局", False),
    ],
)
def test_a_line_of_a_list_begins_a_name_or_goes_on_with_one(before: str, line: str, own: bool) -> None:
    assert begins_name(before, line) is own


@pytest.mark.parametrize(
    "name",
    ["局", "县县教育局", "市教育局等村局", "12月底", "及财政局", "推进工作", "市教育局《方案》办", f"市{'很' * 40}局"],
)
def test_what_is_no_organs_name_is_strange(name: str) -> None:
    assert not is_organ(name)
    assert names_in(f"市教育局、{name}").strange


def test_collectives_and_bodies_of_others_are_told_apart() -> None:
    assert is_collective("市安全生产委员会成员单位")
    assert is_collective("各县区人民政府")
    assert not is_collective("市发展改革委")
    assert is_outside("国家统计局明湖调查队")
    assert not is_outside("市统计局")

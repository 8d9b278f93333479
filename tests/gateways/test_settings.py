"""Reading config/: defaults for what is missing, and every mistake with its file, path, value and remedy."""

import shutil
from datetime import date, time
from pathlib import Path

import pytest
from world import at

from cuibao.gateways.config_questions import unreachable, without_table
from cuibao.gateways.settings import load_office
from cuibao.rules.office import Approval
from cuibao.rules.outcomes import ConfigError, Problem, Severity
from cuibao.rules.registry import Duty, Former

SHIPPED = Path(__file__).resolve().parents[2] / "config"


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small office: two units, one collective, one item; office.yaml with a telephone only. The user stands beside config/."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "config"
    folder.mkdir()
    write(folder, office=TELEPHONE, units=UNITS, registry=REGISTRY)
    return folder


TELEPHONE = 'office: {contact: 王五, phone: "0553-3121234", digest_to: [wangwu@wuhu.gov.cn]}\n'
UNITS = """
units:
  - {name: 市教育局, aliases: [市教委], contacts: [{name: 张三, email: jyj@wuhu.gov.cn, phone: 05531234567}]}
  - {name: 市医保局, contacts: [{name: 李四, email: ybj@wuhu.gov.cn}, {email: ybj2@wuhu.gov.cn, fallback: true}]}
collectives:
  - {name: 市安委会成员单位, members: [市教委]}
"""
REGISTRY = """
items:
  - {no: 7, section: 教育, title: 学前教育, lead: [市教育局], cooperating: [市安委会成员单位]}
"""


def write(folder: Path, **files: str) -> None:
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")


def mistakes(folder: Path) -> tuple[Problem, ...]:
    with pytest.raises(ConfigError) as caught:
        load_office(folder)
    return caught.value.problems


def only(folder: Path) -> Problem:
    found = mistakes(folder)
    assert len(found) == 1, [str(problem) for problem in found]
    return found[0]


def test_a_small_office_has_no_problem(config: Path) -> None:
    assert load_office(config)[1] == ()


def test_an_empty_office_file_gives_every_default(config: Path) -> None:
    write(config, office="")
    office, problems = load_office(config)
    assert [problem.path for problem in problems] == ["office.contact", "office.phone", "office.digest_to"]
    shipped, _ = load_office(SHIPPED)
    for name in ("name", "notice", "hours", "periods", "stages", "mailbox", "pace", "digest_at", "alarms", "progress"):
        assert getattr(office, name) == getattr(shipped, name), name


def test_a_key_without_a_value_has_its_default(config: Path) -> None:
    write(config, office="office: {name: , phone: 13805530000}\napproval:\npace:\nperiods:\n")
    office, _ = load_office(config)
    assert (office.name, office.phone, office.approval) == (
        "芜湖市民生工作领导小组办公室",
        "13805530000",
        Approval.AUTOMATIC,
    )


def test_what_is_set_is_taken(config: Path) -> None:
    write(
        config,
        office="deadline_inclusive: false\ndigest: {at: 18:05}\nreporting: {cooperating: inform}\noffice_hours: [8:30-12:00]",
    )
    office, _ = load_office(config)
    assert office.periods[0].last_day == date(2020, 6, 29)
    assert (office.digest_at, office.reporting.cooperating) == (time(18, 5), Duty.INFORM)
    assert office.hours.windows == ((time(8, 30), time(12, 0)),)


@pytest.mark.parametrize(
    ("changes", "path", "seen"),
    [
        ({"units": UNITS.replace("市医保局,", '"市\\x07医保局",')}, "units[1].name", "U+0007，以□标出）：“市□医保局”"),
        ({"units": UNITS.replace("[市教委]", '["市教\\u202e委"]', 1)}, "units[0].aliases[0]", "“市教□委”"),
        ({"units": UNITS.replace("张三", '"张\\u200b三"')}, "units[0].contacts[0].name", "“张□三”"),
        (
            {"registry": REGISTRY.replace("title: 学前教育", 'title: "学前\\n# 教育"')},
            "items[0].title",
            "“学前□# 教育”",
        ),
        ({"office": TELEPHONE + 'notice: {title: "要\\uFFFE点"}'}, "notice.title", "“要□点”"),
        ({"office": TELEPHONE.replace("王五", '"王\\u2028五"')}, "office.contact", "“王□五”"),
    ],
)
def test_what_nobody_can_see_in_a_name_is_told_with_its_place(
    config: Path, changes: dict[str, str], path: str, seen: str
) -> None:
    write(config, **changes)
    first = next(problem for problem in mistakes(config) if "看不见" in problem.message)
    assert (first.path, first.remedy) == (path, "请删去□处的字符，或将该处重新键入")
    assert seen in first.message


def test_a_rare_character_is_no_mistake(config: Path) -> None:
    write(config, units=UNITS.replace("张三", "张\U00020bb7\ue000"))
    assert load_office(config)[1] == ()


def test_a_name_that_no_file_can_bear_is_told(config: Path) -> None:
    write(config, units=UNITS + f"  - {{name: {'长' * 51}, members: [市教委]}}\n")
    assert (only(config).path, "最多50字" in only(config).message) == ("collectives[1].name", True)
    write(config, units=UNITS, office=f"{TELEPHONE}periods: [{{key: a, name: {'季' * 21}, deadline: 2020-06-30}}]")
    assert (only(config).path, "最多20字" in only(config).message) == ("periods[0].name", True)


def test_a_telephone_number_keeps_its_leading_zero(config: Path) -> None:
    unit = load_office(config)[0].registry.unit("市教委")
    assert unit is not None
    assert unit.contacts[0].phone == "05531234567"


def test_working_days_come_with_the_office(config: Path) -> None:
    office, _ = load_office(config)
    assert office.workdays.is_workday(date(2020, 6, 28))
    assert not office.workdays.is_workday(date(2021, 1, 1))


@pytest.mark.parametrize(
    ("text", "path", "value", "remedy"),
    [
        ("pase: {per_day: 3}", "pase", "pase", "pace"),
        ("pace: {perday: 3}", "pace.perday", "perday", "per_day"),
        ("pace: {per_day: 许多}", "pace.per_day", "许多", "整数"),
        ("pace: {per_day: 0}", "pace.per_day", "0", "不小于1"),
        ("pace: {per_day: 10, receipts_share: 10}", "pace.receipts_share", "10", "改小"),
        ("pace: 50", "pace", "50", "花括号"),
        ("approval: maybe", "approval", "maybe", "automatic 或 required"),
        ("deadline_inclusive: 也许", "deadline_inclusive", "也许", "true"),
        ("timezone: Asia/Tokyo", "timezone", "Asia/Tokyo", "Asia/Shanghai"),
        ("office_hours: [11:30-09:00]", "office_hours", "11:30-09:00", "09:00-11:30"),
        ("office_hours: [9点到11点]", "office_hours", "9点到11点", "09:00-11:30"),
        ("office_hours: ['09:00-12:00', '11:00-17:00']", "office_hours", "11:00-17:00", "先后"),
        ("office_hours: 09:00-12:00", "office_hours", "09:00-12:00", "[甲, 乙]"),
        ("digest: {at: 25:00}", "digest.at", "25:00", "08:30"),
        ("mailbox: {address: whsmsb}", "mailbox.address", "whsmsb", "name@"),
        ("mailbox: {trusted_host: '^mx('}", "mailbox.trusted_host", "^mx(", "改正"),
        ("mailbox: {since: 2020-05-32}", "mailbox.since", "2020-05-32", "2020-06-30"),
        ("mailbox: {since: 20200515}", "mailbox.since", "20200515", "2020-06-30"),
        ("periods: [{key: 二 季度, name: 甲, deadline: 2020-06-30}]", "periods[0].key", "二 季度", "字母"),
        (
            "alarms: {webhook: 微信}",
            "alarms.webhook",
            "不是有效的网址",
            "CUIBAO_WEBHOOK",
        ),  # the key in it is never shown
        ("office: {digest_to: [a@]}", "office.digest_to[0]", "a@", "name@"),
        ("progress: {2020Q5: 10}", "progress.2020Q5", "2020Q5", "2020Q2"),
        ("progress: {2020Q2: 120}", "progress.2020Q2", "120", "不大于100"),
        ("periods: [{key: A, name: 甲}]", "periods[0].deadline", "deadline", "补上"),
        ("stages: []", "stages", "", "补上"),
        ("mailbox: {since: 2020-07-01}", "mailbox.since", "2020-07-01", "收不到报送"),
        (
            "notice: {year: 2022}\nmailbox: {since: 2020-05-15}\nperiods: [{key: A, name: 甲, deadline: 2020-06-30}]\nprogress: {A: 50}",
            "periods[0].deadline",
            "2020-06-30",
            "notice.year",
        ),
        ("stages: [{key: first, name: 提醒, workdays: -200}]", "stages[0].workdays", "-200", "时限之前写负数"),
        (
            "stages: [{key: first, name: 提醒, workdays: 10}, {key: urge, name: 催报, workdays: -2}]",
            "stages[1].workdays",
            "urge",
            "正负号",
        ),
    ],
)
def test_a_mistake_in_office_yaml_names_path_value_and_remedy(
    config: Path, text: str, path: str, value: str, remedy: str
) -> None:
    write(config, office=text)
    problem = only(config)
    assert (problem.file, problem.path, problem.severity) == ("config/office.yaml", path, Severity.ERROR)
    assert f"“{value}”" in problem.message or value in problem.message
    assert remedy in problem.remedy


def test_stages_and_periods_may_not_share_a_key_or_a_day(config: Path) -> None:
    write(
        config,
        office="""
periods:
  - {key: Q2, name: 二, deadline: 2020-06-30}
  - {key: Q2, name: 三, deadline: 2020-06-30}
stages:
  - {key: first, name: 提醒, workdays: -3}
  - {key: first, name: 提醒, workdays: -3}
  - {key: receipt, name: 回执, workdays: 4}
""",
    )
    assert {problem.path for problem in mistakes(config)} == {
        "periods[1].key",
        "periods[1].deadline",
        "stages[1].key",
        "stages[1].workdays",
        "stages[2].key",
    }


def test_a_wrong_address_of_a_contact_is_found_where_it_stands(config: Path) -> None:
    write(config, units=UNITS.replace("ybj2@wuhu.gov.cn", "ybj2＠wuhu.gov.cn"))
    problem = only(config)
    assert (problem.file, problem.path) == ("config/units.yaml", "units[1].contacts[1].email")
    assert "“ybj2＠wuhu.gov.cn”" in problem.message


def test_one_unit_may_not_list_an_address_twice_in_any_case(config: Path) -> None:
    write(config, units=UNITS.replace("ybj2@wuhu.gov.cn", "YBJ@wuhu.gov.cn"))
    assert only(config).path == "units[1].contacts[1].email"


def test_two_units_that_share_an_address_are_only_a_warning(config: Path) -> None:
    write(config, units=UNITS.replace("ybj2@wuhu.gov.cn", "jyj@wuhu.gov.cn"))
    _, (problem,) = load_office(config)
    assert (problem.severity, problem.path) == (Severity.WARNING, "units[1].contacts[1].email")


def test_a_name_may_stand_for_one_body_only(config: Path) -> None:
    write(config, units=UNITS.replace("name: 市医保局", "name: 市教委"))
    assert "units[1].name" in {problem.path for problem in mistakes(config)}


def test_a_former_name_is_read_with_its_day_and_may_be_no_other_bodys_name(config: Path) -> None:
    former = "former: [{name: 市教育委员会, until: 2019-03-31}], "
    write(config, units=UNITS.replace("name: 市教育局,", f"name: 市教育局, {former}"))
    assert load_office(config)[0].registry.units[0].former == (Former("市教育委员会", date(2019, 3, 31)),)
    write(
        config, units=UNITS.replace("name: 市教育局,", f"name: 市教育局, {former.replace('市教育委员会', '市医保局')}")
    )
    assert {problem.path for problem in mistakes(config)} == {"units[1].name"}


def test_a_member_that_is_no_unit_is_a_mistake(config: Path) -> None:
    write(config, units=UNITS.replace("members: [市教委]", "members: [市医宝局]"))
    problem = only(config)
    assert problem.path == "collectives[0].members[0]"
    assert "市医保局" in problem.remedy


def test_a_unit_of_the_registry_that_nobody_knows_is_a_mistake_with_the_nearest_name(config: Path) -> None:
    write(config, registry=REGISTRY.replace("lead: [市教育局]", "lead: [市教育厅]"))
    problem = only(config)
    assert (problem.file, problem.path) == ("config/registry.yaml", "items[0].lead[0]")
    assert "“市教育厅”" in problem.message
    assert "市教育局" in problem.remedy


def test_two_items_may_not_have_one_number(config: Path) -> None:
    write(config, registry=REGISTRY + "  - {no: 7, section: 教育, title: 又一项, lead: [市教育局]}\n")
    assert only(config).path == "items[1].no"


def test_a_target_must_be_a_number_with_a_known_comparison(config: Path) -> None:
    target = "targets: [{indicator: 培训, comparison: more, value: 3.6万, measure: 人}]"
    write(config, registry=REGISTRY.replace("lead:", f"{target}, lead:"))
    assert {problem.path for problem in mistakes(config)} == {
        "items[0].targets[0].comparison",
        "items[0].targets[0].value",
    }


def test_a_percentage_may_be_typed_in_full_width(config: Path) -> None:
    target = "targets: [{indicator: 参保率, comparison: at_least, value: 95, measure: ％}]"
    write(config, registry=REGISTRY.replace("lead:", f"{target}, lead:"))
    (found,) = load_office(config)[0].registry.items[0].targets
    assert (found.measure, found.is_share) == ("%", True)


def test_mistakes_of_all_files_are_told_at_once(config: Path) -> None:
    write(config, office="pase: 1", units=UNITS.replace("jyj@wuhu.gov.cn", "jyj"), registry="items: []")
    (config / "holidays.yaml").write_text("off: [明天]", encoding="utf-8")
    assert {problem.file for problem in mistakes(config)} == {
        "config/office.yaml",
        "config/units.yaml",
        "config/registry.yaml",
        "config/holidays.yaml",
    }


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("approval: required\npace: {per_day: 3\n", "第2行"),
        ("office:\n  name: 甲\n name: 乙\n", "第3行"),
        ("approval: required\napproval: automatic\n", "第2行"),
        ("approval: !!python/object:os.system x\n", "第1行"),
        ("approval: !!timestamp x\n", ""),
        ("approval: \x07\n", ""),
        ("- 甲\n", ""),
        ("a: &a [*a]\n", "第1行"),
        ("a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b,*b,*b,*b,*b]\n", "第1行"),
        ("approval: *a\n", "第1行"),
        ("? [a]\n: b\n", "第1行"),
        ("approval: &a required\n", "第1行"),
        ("office:\n  name: " + "[" * 100_000, "第2行"),
    ],
)
def test_broken_yaml_is_told_with_its_line_and_never_a_traceback(config: Path, text: str, path: str) -> None:
    write(config, office=text)
    problem = only(config)
    assert (problem.file, problem.path) == ("config/office.yaml", path)
    assert problem.remedy


def test_a_file_that_is_missing_or_in_another_encoding_is_told(config: Path) -> None:
    (config / "units.yaml").unlink()
    (config / "office.yaml").write_bytes("approval: 自动".encode("gbk"))
    told = {problem.file: problem.message for problem in mistakes(config)}
    assert "找不到" in told["config/units.yaml"]
    assert "UTF-8" in told["config/office.yaml"]


def test_a_byte_order_mark_does_no_harm(config: Path) -> None:
    (config / "office.yaml").write_bytes(b"\xef\xbb\xbfapproval: required\n")
    assert load_office(config)[0].approval is Approval.REQUIRED


def test_an_office_file_that_is_missing_is_a_mistake(config: Path) -> None:
    (config / "office.yaml").unlink()
    assert only(config).file == "config/office.yaml"


def test_a_folder_elsewhere_is_shown_as_it_was_typed(config: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("x") / "设置"
    shutil.copytree(config, elsewhere)
    write(elsewhere, office="pase: 1")
    assert only(elsewhere).file == f"{elsewhere}/office.yaml"


def test_units_without_contact_and_collectives_without_members_are_warnings(config: Path) -> None:
    write(config, units="units: [{name: 市教育局}]\ncollectives: [{name: 市安委会成员单位}]\n")
    _, problems = load_office(config)
    assert [(problem.path, problem.severity) for problem in problems] == [
        ("units[0].contacts", Severity.WARNING),
        ("collectives[0].members", Severity.WARNING),
    ]


@pytest.mark.parametrize(
    ("year", "deadline", "now", "asked"),
    [
        (2040, "2040-06-29", "2040-05-20", ["2040"]),
        (2040, "2040-06-29", "2040-12-20", ["2040"]),
        (2040, "2040-06-29", "2039-10-31", []),
        (2040, "2040-06-29", "2039-11-01", ["2040"]),
        (2040, "2040-12-28", "2040-05-20", ["2040"]),
        (2040, "2040-12-28", "2040-11-01", ["2040", "2041"]),
        (2040, "2040-12-28", "2039-12-20", ["2040"]),
        (2039, "2040-01-10", "2039-05-20", ["2039"]),
        (2039, "2040-01-10", "2040-01-05", ["2039", "2040"]),
        (2040, "2041-06-28", "2040-10-01", []),
        (2040, "2041-06-28", "2041-01-04", ["2041"]),
    ],
)
def test_a_year_without_a_published_table_is_a_warning_once_the_table_should_be_out(
    config: Path, year: int, deadline: str, now: str, asked: list[str]
) -> None:
    write(
        config,
        office=TELEPHONE
        + f"notice: {{number: 民生办〔{year}〕1号, year: {year}}}\nperiods: [{{key: Q1, name: 一, deadline: {deadline}}}]\n"
        f"progress: {{Q1: 25}}\nmailbox: {{since: {year}-05-15}}\n",
    )
    office, others = load_office(config)
    assert [problem.path for problem in without_table(office, at(f"{now}T09:00"), "holidays.yaml")] == asked
    assert others == ()


def test_a_year_that_only_an_extension_reaches_is_loaded(config: Path) -> None:
    office, _ = load_office(config)
    assert not office.workdays.is_workday(date(2022, 1, 3))


def test_addresses_of_examples_are_told_where_they_stand(config: Path) -> None:
    write(config, units=UNITS.replace("ybj2@wuhu.gov.cn", "YBJ@danwei.EXAMPLE"))
    office, problems = load_office(config)
    assert problems == ()
    (problem,) = unreachable(office, "config/units.yaml")
    assert (problem.path, problem.severity) == ("units[1].contacts[1].email", Severity.WARNING)
    assert "“市医保局”的邮箱“YBJ@danwei.EXAMPLE”属于示例域名" in problem.message


def test_the_shipped_notice_asks_five_questions() -> None:
    asked = [problem for problem in load_office(SHIPPED)[1] if problem.severity is Severity.QUESTION]
    assert len(asked) == 5
    assert sum("第44项" in problem.message for problem in asked) == 1


def test_an_explicit_duty_answers_the_question(config: Path) -> None:
    write(config, units=UNITS.replace("name: 市医保局", "name: 市税务局"))
    assert [problem.severity for problem in load_office(config)[1]] == [Severity.QUESTION]
    write(config, units=UNITS.replace("name: 市医保局", "name: 市税务局, duty: report"))
    assert load_office(config)[1] == ()


UNITS_OF_THREE = """units:
  - {name: 市教育局, contacts: [{name: 张三, email: a@wuhu.gov.cn}, {name: 李四, email: b@wuhu.gov.cn}]}
  - {name: 市医保局, contacts: [{name: 王五, email: c@wuhu.gov.cn}]}
"""
REGISTRY_OF_TWO = "items: [{no: 1, section: 教育, title: 甲, lead: [市教育局], cooperating: [市医保局]}]\n"


@pytest.mark.parametrize(
    ("per_day", "stages", "said"),
    [
        (50, "", None),
        (2, "", "须2个工作日才能发完"),
        (
            2,
            "stages: [{key: first, name: 提醒, workdays: -2}, {key: urge, name: 催报, workdays: -1}]\n",
            "而“提醒”最少只有1个工作日可发",
        ),
    ],
)
def test_a_wave_that_does_not_fit_a_day_is_told(config: Path, per_day: int, stages: str, said: str | None) -> None:
    pace = f"pace: {{per_day: {per_day}, receipts_share: 0, seconds_between: 1}}\n"
    write(config, office=TELEPHONE + stages + pace, units=UNITS_OF_THREE, registry=REGISTRY_OF_TWO)
    found = {problem.path: problem.message for problem in load_office(config)[1]}
    assert (said is None) == ("pace.per_day" not in found)
    assert said is None or said in found["pace.per_day"]


@pytest.mark.parametrize(("workdays", "said"), [(0, "“催报”最少只有1个"), (1, "“催报”最少只有4个"), (-9, "")])
def test_a_lone_stage_has_room_until_the_deadline_or_its_own_end(config: Path, workdays: int, said: str) -> None:
    units = "".join(f"  - {{name: 市{n}局, contacts: [{{email: u{n}@wuhu.gov.cn}}]}}\n" for n in range(5))
    names = ", ".join(f"市{n}局" for n in range(5))
    registry = f"items: [{{no: 1, section: 教育, title: 甲, lead: [{names}]}}]\n"
    office = f"stages: [{{key: urge, name: 催报, workdays: {workdays}}}]\npace: {{per_day: 1, receipts_share: 0}}\n"
    write(config, office=TELEPHONE + office, units=f"units:\n{units}", registry=registry)
    (problem,) = load_office(config)[1]
    assert "须5个工作日才能发完" in problem.message
    assert (said in problem.message, "可发" in problem.message) == (True, bool(said))


def test_a_unit_with_more_addresses_than_a_days_quota_is_told(config: Path) -> None:
    pace = "pace: {per_day: 5, receipts_share: 4}\n"
    write(config, office=TELEPHONE + pace, units=UNITS_OF_THREE, registry=REGISTRY_OF_TWO)
    told = [problem.message for problem in load_office(config)[1]]
    assert told == ["“市教育局”有2个收件地址，超过每日限额减去为回执留出的1个，函件发不出"]

"""The Excel file of contacts: read in any order of headers, written without formulas, taken over into units.yaml."""

import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from cuibao.gateways.contact_sheet import HEADERS, import_contacts, read_contacts, restored_contacts, write_contacts
from cuibao.gateways.settings import load_office
from cuibao.rules.office import Office
from cuibao.rules.outcomes import ConfigError, UsageError
from cuibao.rules.registry import Contact, Former, Unit

SHIPPED = Path(__file__).resolve().parents[2] / "config"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHIPPED, tmp_path / "config"))


def sheet(folder: Path, rows: Sequence[Sequence[Any]], *, headers: Sequence[str] = HEADERS, above: int = 0) -> Path:
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    for _ in range(above):
        page.append(["联系人名单"])
    page.append(list(headers))
    for row in rows:
        page.append(list(row))
    path = folder / "联系人.xlsx"
    book.save(path)
    return path


def unit(config: Path, name: str) -> Unit:
    found = load_office(config)[0].registry.unit(name)
    assert found is not None
    return found


def office_with(office: Office, name: str, *contacts: Contact, escalate_to: tuple[str, ...] = ()) -> Office:
    units = tuple(
        replace(u, contacts=contacts, escalate_to=escalate_to) if u.name == name else u for u in office.registry.units
    )
    return replace(office, registry=replace(office.registry, units=units))


ZHANG = ["市教育局", "张三", "jyj@wuhu.gov.cn", "0553-1234567", "否", "ld@wuhu.gov.cn"]


def test_headers_may_stand_in_any_order_and_under_a_title(tmp_path: Path) -> None:
    path = sheet(tmp_path, [["jyj@wuhu.gov.cn", "是", "市教育局"]], headers=["邮箱", "备用", "单位名称"], above=2)
    (row,), problems = read_contacts(path)
    assert problems == ()
    assert (row.row, row.unit, row.escalate_to) == (4, "市教育局", None)
    assert row.contact is not None
    assert row.contact.fallback


def test_a_telephone_number_that_excel_took_for_a_number_stays_one(tmp_path: Path) -> None:
    (row,), _ = read_contacts(sheet(tmp_path, [["市教育局", "张三", "jyj@wuhu.gov.cn", 13805530000.0]]))
    assert row.contact is not None
    assert row.contact.phone == "13805530000"


def test_full_width_signs_in_an_address_are_read_as_meant(tmp_path: Path) -> None:
    (row,), problems = read_contacts(sheet(tmp_path, [["市教育局", "张三", " jyj＠wuhu.gov.cn "]]))
    assert problems == ()
    assert row.contact is not None
    assert row.contact.email == "jyj@wuhu.gov.cn"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (["", "张三", "jyj@wuhu.gov.cn"], "没有填写单位"),
        (["市教育局", "张三", ""], "没有填写邮箱"),
        (["市教育局", "张三", "jyj@"], "“jyj@”"),
        (["市教育局", "张三", "a@wuhu.gov.cn;b@wuhu.gov.cn"], "不是有效的邮箱地址"),
        (["市教育局", "张三", "u07@danwei.example"], "“u07@danwei.example”属于示例域名"),
        (["市教育局", "张三", "jyj@mail.localhost"], "示例域名"),
        (["市教育局", "张三", "jyj@wuhu.gov.cn", "", "", "ld@wuhu.TEST"], "分管领导邮箱“ld@wuhu.TEST”属于示例域名"),
        (["市教育局", "张三", "jyj@wuhu.gov.cn", "", "也许"], "“也许”"),
        (["市教育局", "张三", "jyj@wuhu.gov.cn", "", "", "ld"], "“ld”"),
        (["市医保局", "重复", "ybj@wuhu.gov.cn"], "与第2行重复"),
        (["市教育厅", "张三", "jyj@wuhu.gov.cn"], "没有这个单位：“市教育厅”"),
    ],
)
def test_a_mistake_is_told_by_row_and_nothing_is_written(config: Path, row: list[str], said: str) -> None:
    before = (config / "units.yaml").read_bytes()
    path = sheet(config.parent, [["市医保局", "李四", "ybj@wuhu.gov.cn"], row])
    changes, (problem,) = import_contacts(path, config)
    assert changes == []
    assert (problem.file, problem.path) == ("联系人.xlsx", "第3行")
    assert said in problem.message
    assert (config / "units.yaml").read_bytes() == before


def test_an_unknown_unit_is_told_with_the_nearest_name(config: Path) -> None:
    _, (problem,) = import_contacts(sheet(config.parent, [["市教育厅", "张三", "jyj@wuhu.gov.cn"]]), config)
    assert "市教育局" in problem.remedy


def test_a_sheet_without_the_headers_is_told(tmp_path: Path) -> None:
    _, (problem,) = read_contacts(sheet(tmp_path, [], headers=["姓名", "电话"]))
    assert "表头" in problem.message


@pytest.mark.parametrize("content", [b"", b"\xd0\xcf\x11\xe0 an old xls", b"PK\x03\x04 torn"])
def test_a_file_that_is_no_xlsx_is_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.xlsx"
    path.write_bytes(content)
    _, (problem,) = read_contacts(path)
    assert ".xlsx" in problem.remedy


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    assert "找不到" in read_contacts(tmp_path / "没有.xlsx")[1][0].message


def test_units_match_by_alias_and_only_they_change(config: Path) -> None:
    changes, problems = import_contacts(sheet(config.parent, [["市发改委", "王五", "fgw@wuhu.gov.cn"], ZHANG]), config)
    assert problems == []
    assert set(changes) == {
        "市发展改革委：新增联系人 王五（fgw@wuhu.gov.cn）",
        "市教育局：新增联系人 张三（jyj@wuhu.gov.cn）",
        "市教育局：分管领导邮箱改为 ld@wuhu.gov.cn",
    }
    assert unit(config, "市教育局").contacts == (Contact("张三", "jyj@wuhu.gov.cn", "0553-1234567"),)
    assert sum(bool(u.contacts) for u in load_office(config)[0].registry.units) == 2


def test_aliases_duty_collectives_and_the_opening_comment_stay(config: Path) -> None:
    path = config / "units.yaml"
    path.write_text(path.read_text().replace("  - name: 市税务局\n", "  - name: 市税务局\n    duty: inform\n"))
    before, _ = load_office(config)
    opening = path.read_text().partition("units:")[0]
    import_contacts(sheet(config.parent, [ZHANG]), config)
    after, _ = load_office(config)
    assert path.read_text().startswith(opening)
    assert after.registry.collectives == before.registry.collectives
    assert [(u.name, u.aliases, u.duty) for u in after.registry.units] == [
        (u.name, u.aliases, u.duty) for u in before.registry.units
    ]
    assert sum("是否须按季度报送" in problem.message for problem in load_office(config)[1]) == 3


def test_a_second_sheet_replaces_the_contacts_of_its_units(config: Path) -> None:
    import_contacts(sheet(config.parent, [ZHANG, ["市医保局", "李四", "ybj@wuhu.gov.cn"]]), config)
    changes, _ = import_contacts(sheet(config.parent, [["市教育局", "赵六", "new@wuhu.gov.cn", "", "", ""]]), config)
    assert changes == [
        "市教育局：新增联系人 赵六（new@wuhu.gov.cn）",
        "市教育局：移除联系人 张三（jyj@wuhu.gov.cn）",
        "市教育局：分管领导邮箱改为 无",
    ]
    assert [c.name for c in unit(config, "市教育局").contacts] == ["赵六"]
    assert [c.name for c in unit(config, "市医保局").contacts] == ["李四"]


def test_a_row_not_filled_in_leaves_its_unit_alone(config: Path) -> None:
    import_contacts(sheet(config.parent, [ZHANG]), config)
    assert import_contacts(sheet(config.parent, [["市教育局"]]), config) == ([], [])
    assert unit(config, "市教育局").contacts


def test_rows_under_one_merged_unit_are_that_unit_s(tmp_path: Path) -> None:
    path = sheet(tmp_path, [["市教育局", "张三", "a@wuhu.gov.cn"], ["", "李四", "b@wuhu.gov.cn"]])
    book = openpyxl.load_workbook(path)
    book.worksheets[0].merge_cells("A2:A3")
    book.save(path)
    rows, problems = read_contacts(path)
    assert problems == ()
    assert [row.unit for row in rows] == ["市教育局", "市教育局"]


def test_what_was_exported_comes_back_without_a_change(config: Path) -> None:
    awkward = ["市教育局", '张"三: #1', "jyj@wuhu.gov.cn", "+86-553-1234567", "是", "a@wuhu.gov.cn；b@wuhu.gov.cn"]
    import_contacts(sheet(config.parent, [awkward]), config)
    exported = config.parent / "导出.xlsx"
    write_contacts(exported, load_office(config)[0])
    assert unit(config, "市教育局").contacts[0] == Contact('张"三: #1', "jyj@wuhu.gov.cn", "+86-553-1234567", True)
    assert import_contacts(exported, config) == ([], [])


def test_an_address_that_bounced_is_marked_and_sound_again_only_by_an_officers_word(config: Path) -> None:
    import_contacts(sheet(config.parent, [ZHANG]), config)
    address = ZHANG[2].lower()
    exported = config.parent / "导出.xlsx"
    write_contacts(exported, load_office(config)[0], {"市教育局": {address}})
    book = openpyxl.load_workbook(exported)
    (mark,) = [row[-1] for row in book.worksheets[0].iter_rows() if row[2].value == ZHANG[2]]
    assert mark.value == "退信停用"
    assert (import_contacts(exported, config), restored_contacts(exported, config)) == (([], []), frozenset())
    mark.value = "恢复"
    book.save(exported)
    assert import_contacts(exported, config) == ([], [])
    assert restored_contacts(exported, config) == {("市教育局", address)}
    mark.value = "好了"
    book.save(exported)
    (problem,) = import_contacts(exported, config)[1]
    assert problem.message == "“状态”一栏不能识别：“好了”"


def test_no_exported_cell_can_become_a_formula(config: Path) -> None:
    office, _ = load_office(config)
    hostile = Contact('=HYPERLINK("http://evil.example")', "jyj@wuhu.gov.cn", "+1", False)
    path = config.parent / "out.xlsx"
    write_contacts(path, office_with(office, "市教育局", hostile))
    cells = [cell for row in openpyxl.load_workbook(path).worksheets[0].iter_rows() for cell in row]
    assert not any(cell.data_type == "f" or str(cell.value or "")[:1] in ("=", "+", "-", "@") for cell in cells)


def test_an_export_lists_every_unit_to_be_filled_in(config: Path) -> None:
    path = config.parent / "out.xlsx"
    write_contacts(path, load_office(config)[0])
    rows, problems = read_contacts(path)
    assert problems == ()
    assert len(rows) == 40


def test_an_export_overwrites_nothing(config: Path) -> None:
    path = config.parent / "联系人.xlsx"
    path.write_bytes(b"filled in by hand")
    with pytest.raises(UsageError, match="已存在，未作改动"):
        write_contacts(path, load_office(config)[0])
    assert path.read_bytes() == b"filled in by hand"


def test_an_export_is_an_xlsx_file(config: Path) -> None:
    with pytest.raises(UsageError, match=r"须以 \.xlsx 结尾.*联系人\.xlsx"):
        write_contacts(config / "联系人.xls", load_office(config)[0])


def test_an_export_that_cannot_be_written_is_told(config: Path) -> None:
    with pytest.raises(ConfigError, match="无法写入"):
        write_contacts(config / "no" / "such.xlsx", load_office(config)[0])


def test_a_former_name_outlives_an_import(config: Path, tmp_path: Path) -> None:
    units = config / "units.yaml"
    former = "    former: [{name: 市教育委员会, until: 2019-03-31}]"
    units.write_text(
        units.read_text("utf-8").replace("  - name: 市教育局\n", f"  - name: 市教育局\n{former}\n"), "utf-8"
    )
    import_contacts(sheet(tmp_path, [("市财政局", "张三", "a@czj.example", "", "", "")]), config)
    assert unit(config, "市教育局").former == (Former("市教育委员会", date(2019, 3, 31)),)


def test_mistakes_in_units_yaml_keep_the_import_from_writing(config: Path) -> None:
    (config / "units.yaml").write_text("units: [{name: }]", encoding="utf-8")
    changes, problems = import_contacts(sheet(config.parent, [ZHANG]), config)
    assert changes == []
    assert problems[0].path == "units[0].name"

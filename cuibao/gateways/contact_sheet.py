"""The Excel file in which offices keep units' contacts: read, written, and taken over into config/units.yaml."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

from cuibao.gateways.changeover import alone
from cuibao.gateways.config_models import ContactBlock, UnitBlock, UnitsFile, is_address, is_reserved, nearest
from cuibao.gateways.settings import UNITS, load_units
from cuibao.gateways.system_words import why
from cuibao.gateways.units_file import replace_file, units_text
from cuibao.gateways.yaml_places import quoted
from cuibao.rules.office import Office
from cuibao.rules.outcomes import ConfigError, Problem, UsageError

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

HEADERS = ("单位", "联系人", "邮箱", "电话", "备用", "分管领导邮箱", "状态")
_ALSO = {
    "单位名称": "单位",
    "责任单位": "单位",
    "姓名": "联系人",
    "联系人姓名": "联系人",
    "电子邮箱": "邮箱",
    "邮箱地址": "邮箱",
    "联系人邮箱": "邮箱",
    "联系电话": "电话",
    "手机": "电话",
    "是否备用": "备用",
    "备用联系人": "备用",
}
_REQUIRED = ("单位", "邮箱")
_HEADER_WITHIN = 20
_WIDTHS = (36, 14, 32, 20, 8, 36, 12)
BOUNCED, RESTORED = "退信停用", "恢复"
"""What the column 状态 says: the export of an address that letters could not reach, an officer of one that is sound again."""
_YES, _NO = ("是", "√", "yes", "true", "1"), ("否", "×", "no", "false", "0", "")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row: a unit as written and its contact, or None where only the unit is filled in. `escalate_to` is None where the
    sheet has no such column; `restored` where an officer says that an address which bounced is sound again."""

    row: int
    unit: str
    contact: ContactBlock | None
    escalate_to: tuple[str, ...] | None
    restored: bool = False


def read_contacts(path: Path) -> tuple[tuple[SheetRow, ...], tuple[Problem, ...]]:
    """The rows of an .xlsx file, headers in any order on one of its first rows, and every mistake with its row (第5行)."""
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(path, data_only=True)
    except FileNotFoundError:
        return (), (Problem(path.name, "", "找不到文件", "请核对文件名和所在文件夹"),)
    except PermissionError:
        return (), (Problem(path.name, "", "文件无法读取", "请先在 Excel 中关闭该文件，并检查权限"),)
    except (OSError, BadZipFile, InvalidFileException, KeyError, ValueError, TypeError, AttributeError, SyntaxError):
        return (), (Problem(path.name, "", "不是可读取的 Excel 文件", "请在 Excel 或 WPS 中另存为 .xlsx 格式"),)
    for sheet in book.worksheets:
        if found := _header(sheet):
            return _rows(path.name, sheet, *found)
    message = f"没有找到表头，至少要有{'、'.join(map(quoted, _REQUIRED))}两列"
    return (), (Problem(path.name, "", message, f"表头为：{'、'.join(HEADERS)}，顺序不限"),)


def _header(sheet: "Worksheet") -> tuple[int, dict[str, int]] | None:
    """The header's row and each known header's column (the first of its name), counted from 0."""
    for number, cells in enumerate(sheet.iter_rows(max_row=_HEADER_WITHIN, values_only=True), start=1):
        columns: dict[str, int] = {}
        for place, cell in enumerate(cells):
            word = re.sub(r"[\s:*]|\(.*?\)", "", _narrow(_text(cell)))
            columns.setdefault(_ALSO.get(word, word), place)
        if all(header in columns for header in _REQUIRED):
            return number, columns
    return None


def _rows(
    shown: str, sheet: "Worksheet", header: int, columns: Mapping[str, int]
) -> tuple[tuple[SheetRow, ...], tuple[Problem, ...]]:
    reading = _Reading(shown)
    merged = _merged(sheet, columns["单位"] + 1)
    for number, cells in enumerate(sheet.iter_rows(min_row=header + 1, values_only=True), start=header + 1):
        values = {name: _text(cells[place]) for name, place in columns.items() if name in HEADERS}
        values["单位"] = values["单位"] or merged.get(number, "")
        if any(values.values()):
            reading.take(number, values)
    return tuple(reading.rows), tuple(reading.problems)


def _merged(sheet: "Worksheet", column: int) -> dict[int, str]:
    """The unit of rows that share one merged cell."""
    return {
        row: _text(sheet.cell(area.min_row, column).value)
        for area in sheet.merged_cells.ranges
        if area.min_col <= column <= area.max_col
        for row in range(area.min_row, area.max_row + 1)
    }


def _text(value: Any) -> str:
    """A cell as text: a telephone number without .0, the mark before a would-be formula gone."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = "" if value is None else str(value).strip()
    return text[1:] if text[:1] == "'" and text[1:2] in _FORMULA else text


def _narrow(text: str) -> str:
    """Full width signs as half width: ＠, ；, （."""
    return unicodedata.normalize("NFKC", text)


@dataclass
class _Reading:
    """Rows taken one by one, mistakes gathered."""

    shown: str
    rows: list[SheetRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    seen: dict[tuple[str, str], int] = field(default_factory=dict)

    def take(self, number: int, values: Mapping[str, str]) -> None:
        before = len(self.problems)
        unit = values["单位"]
        if not unit:
            self._tell(number, "没有填写单位", "请填写单位名称，或删去该行")
        leaders = self._leaders(number, values.get("分管领导邮箱"))
        contact = self._contact(number, values)
        state = values.get("状态", "")
        if state not in ("", BOUNCED, RESTORED):
            self._tell(number, f"“状态”一栏不能识别：{quoted(state)}", f"请留空、保留“{BOUNCED}”，或改为“{RESTORED}”")
        if len(self.problems) == before:
            self.rows.append(SheetRow(number, unit, contact, leaders, state == RESTORED))

    def _contact(self, number: int, values: Mapping[str, str]) -> ContactBlock | None:
        name, phone, spare = (values.get(header, "") for header in ("联系人", "电话", "备用"))
        email = re.sub(r"\s|^mailto:", "", _narrow(values["邮箱"]))
        if spare.lower() not in (*_YES, *_NO):
            self._tell(number, f"“备用”一栏应填是或否：{quoted(spare)}", "请改为“是”或“否”")
        if not email and not name and not phone:
            return None
        if not email:
            self._tell(number, "没有填写邮箱", "请填写联系人邮箱，或清空该行的联系人和电话")
        elif not is_address(email):
            self._tell(number, f"不是有效的邮箱地址：{quoted(email)}", "请改正；有多个邮箱的，一行填一个")
        elif is_reserved(email):
            self._tell(number, f"邮箱{quoted(email)}属于示例域名，发不到任何人", "请填写该单位真实的邮箱")
        elif (earlier := self.seen.setdefault((values["单位"], email.lower()), number)) != number:
            self._tell(number, f"邮箱{quoted(email)}与第{earlier}行重复", "请删去其中一行")
        else:
            return ContactBlock(name=name, email=email, phone=phone, fallback=spare.lower() in _YES)
        return None

    def _leaders(self, number: int, text: str | None) -> tuple[str, ...] | None:
        if text is None:
            return None
        emails = tuple(part for part in re.split(r"[;,、\s]+", _narrow(text)) if part)
        for email in emails:
            if not is_address(email):
                self._tell(number, f"分管领导邮箱不是有效的邮箱地址：{quoted(email)}", "请改正；多个邮箱用分号隔开")
            elif is_reserved(email):
                self._tell(number, f"分管领导邮箱{quoted(email)}属于示例域名，发不到任何人", "请填写真实的邮箱")
        return emails

    def _tell(self, number: int, message: str, remedy: str) -> None:
        self.problems.append(Problem(self.shown, f"第{number}行", message, remedy))


def restored_contacts(path: Path, config: Path) -> frozenset[tuple[str, str]]:
    """Of a sheet that import_contacts() took: the (unit, address in lower case) that are sound again by an officer's word."""
    units = load_units(config / UNITS)
    if isinstance(units, list):
        return frozenset()
    by_name = _names(units)
    rows, _ = read_contacts(path)
    return frozenset((by_name[row.unit], row.contact.email.lower()) for row in rows if row.restored and row.contact)


def write_contacts(path: Path, office: Office, bad: Mapping[str, Collection[str]] = MappingProxyType({})) -> None:
    """Write every unit's contacts as a new .xlsx file, a row a contact; a unit without one has a row to fill in. `bad` are, by unit, the
    addresses in lower case that letters could not reach: they are marked. No cell can
    become a formula. Raises UsageError for a file that is there already or of another kind, ConfigError when it cannot be
    written."""
    if path.suffix.lower() != ".xlsx":
        raise UsageError(f"文件名须以 .xlsx 结尾：{path}", f"例如 {path.with_suffix('.xlsx')}")
    if path.exists():
        raise UsageError(f"{path} 已存在，未作改动", "请换一个文件名，或先将原文件移走")
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "联系人"
    sheet.append(HEADERS)
    for unit in office.registry.units:
        leaders = ";".join(unit.escalate_to)
        for contact in unit.contacts:
            fallback = "是" if contact.fallback else "否"
            state = BOUNCED if contact.email.lower() in bad.get(unit.name, ()) else ""
            sheet.append(_safe(unit.name, contact.name, contact.email, contact.phone, fallback, leaders, state))
        if not unit.contacts:
            sheet.append(_safe(unit.name, "", "", "", "", leaders, ""))
    for letter, width in zip("ABCDEFG", _WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
        sheet[f"{letter}1"].font = Font(bold=True)
    sheet.freeze_panes = "A2"
    try:
        book.save(path)
    except OSError as error:
        remedy = "请核对文件夹是否存在、可否写入；文件在 Excel 中打开着的，请先关闭"
        raise ConfigError((Problem(str(path), "", f"文件无法写入（{why(error)}）", remedy),)) from error


def _safe(*cells: str) -> list[str]:
    printable = (re.sub(r"[\x00-\x08\x0b-\x1f]", "", cell) for cell in cells)
    return [f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in printable]


def import_contacts(path: Path, config: Path) -> tuple[list[str], list[Problem]]:
    """Take a contact sheet over into config/units.yaml: a unit that has contacts in the sheet gets exactly those, every other
    unit keeps its own. Returns what changed, in Chinese sentences, and the mistakes; with any mistake nothing is written."""
    rows, problems = read_contacts(path)
    with alone(config):
        return _taken_over(path.name, rows, problems, config)


def _taken_over(
    shown: str, rows: Sequence[SheetRow], problems: tuple[Problem, ...], config: Path
) -> tuple[list[str], list[Problem]]:
    units = load_units(config / UNITS)
    if isinstance(units, list):
        return [], [*problems, *units]
    by_name = _names(units)
    problems += tuple(_unknown(shown, row, by_name) for row in rows if row.unit not in by_name)
    problems += tuple(_twice_by_alias(shown, rows, by_name))
    if problems:
        return [], list(problems)
    rows_of = {unit.name: [row for row in rows if by_name[row.unit] == unit.name] for unit in units.units}
    renewed = [_renewed(unit, rows_of[unit.name]) for unit in units.units]
    changes = [text for old, new in zip(units.units, renewed, strict=True) for text in _changes(old, new)]
    if changes:
        target = config / UNITS
        text = units_text(target.read_text(encoding="utf-8-sig"), units.model_copy(update={"units": renewed}))
        if mistake := replace_file(target, text):
            return [], [mistake]
    return changes, []


def _names(units: UnitsFile) -> dict[str, str]:
    return {name: unit.name for unit in units.units for name in (unit.name, *unit.aliases)}


def _unknown(shown: str, row: SheetRow, known: Iterable[str]) -> Problem:
    near = nearest(row.unit, known)
    remedy = (
        f"是否应为{quoted(near)}？请改正，或先在units.yaml中登记" if near else "请改正，或先在units.yaml中登记该单位"
    )
    return Problem(shown, f"第{row.row}行", f"没有这个单位：{quoted(row.unit)}", remedy)


def _twice_by_alias(shown: str, rows: Iterable[SheetRow], by_name: Mapping[str, str]) -> Iterable[Problem]:
    """The same address under two names of one unit, which a row by itself cannot see."""
    seen: dict[tuple[str, str], int] = {}
    for row in rows:
        if row.contact and row.unit in by_name:
            earlier = seen.setdefault((by_name[row.unit], row.contact.email.lower()), row.row)
            if earlier != row.row:
                message = f"邮箱{quoted(row.contact.email)}与第{earlier}行重复（同一单位）"
                yield Problem(shown, f"第{row.row}行", message, "请删去其中一行")


def _renewed(unit: UnitBlock, rows: list[SheetRow]) -> UnitBlock:
    """The unit with what the sheet says of it. A unit whose rows hold no address has not been filled in yet and stays."""
    update: dict[str, Any] = {}
    if contacts := [row.contact for row in rows if row.contact]:
        update["contacts"] = contacts
    if leaders := list(dict.fromkeys(email for row in rows for email in row.escalate_to or ())):
        update["escalate_to"] = leaders
    elif contacts and all(row.escalate_to is not None for row in rows):
        update["escalate_to"] = []
    return unit.model_copy(update=update)


def _changes(old: UnitBlock, new: UnitBlock) -> list[str]:
    before = {contact.email.lower(): contact for contact in old.contacts}
    after = {contact.email.lower(): contact for contact in new.contacts}
    changes = [f"{new.name}：新增联系人 {_who(after[email])}" for email in after if email not in before]
    changes += [f"{new.name}：更新联系人 {_who(c)}" for email, c in after.items() if before.get(email, c) != c]
    changes += [f"{new.name}：移除联系人 {_who(before[email])}" for email in before if email not in after]
    if not changes and list(before) != list(after):
        changes.append(f"{new.name}：联系人次序有变")
    if list(old.escalate_to) != list(new.escalate_to):
        changes.append(f"{new.name}：分管领导邮箱改为 {'、'.join(new.escalate_to) or '无'}")
    return changes


def _who(contact: ContactBlock) -> str:
    return f"{contact.name}（{contact.email}{'，备用' if contact.fallback else ''}）"

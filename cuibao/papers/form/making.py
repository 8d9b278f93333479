"""Making the form: the facts of one letter in, an .xlsx out, filled in but for what only the unit knows."""

import io
from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from cuibao.papers.form.amounts import is_counted
from cuibao.papers.form.layout import FILLED_BY, MARK_SHEET, NONE, PHONE, TITLE, UNIT, Column
from cuibao.papers.sheets import harmless
from cuibao.papers.wording import number_words
from cuibao.rules.office import Notice
from cuibao.rules.period import Period
from cuibao.rules.progress import Figure
from cuibao.rules.registry import Comparison, Item, Target, is_share

_WIDTHS = (6, 20, 20, 8, 10, 11, 12, 9, 30, 20, 20)
"""In characters, by column; together they fill an A4 page lying on its side at nine tenths of its size."""
_LAST = "K"
_COMPARED = {Comparison.AT_LEAST: "≥", Comparison.AT_MOST: "≤", Comparison.EQUAL: ""}
_LINE, _LEAST, _LEAST_OF_ITEM = 15, 24, 54
"""Heights in points: of a line of text, of a target's row, of all rows of an item."""
_A4 = 9
_MM = 1 / 25.4


@dataclass(frozen=True, slots=True, kw_only=True)
class FormFacts:
    """All that a form shows. `last` are the latest earlier period's figures by (item, indicator); `token` is the letter's."""

    notice: Notice
    unit: str
    period: Period
    deadline: str
    token: str
    at: datetime
    lead: tuple[Item, ...] = ()
    cooperating: tuple[Item, ...] = ()
    last: Mapping[tuple[int, str], Figure] = field(default_factory=dict)


def form_name(unit: str, period: Period) -> str:
    """What the file is called."""
    return f"{unit}{period.name}{TITLE}.xlsx"


def form(facts: FormFacts) -> bytes:
    """The form's bytes; the same facts always give the same. The sheet is locked, without a password, but for the cells to fill in."""
    from openpyxl import Workbook
    from openpyxl.writer.excel import ExcelWriter

    book = Workbook()
    page = book.worksheets[0]
    page.title = TITLE
    _Page(page, _look(book), facts).write()
    mark = book.create_sheet(MARK_SHEET)
    mark.append([harmless(text) for text in (facts.token, facts.unit, facts.period.key, facts.notice.number)])
    mark.sheet_state = "hidden"
    mark.protection.sheet = True
    about = book.properties
    about.creator, about.title, about.subject = facts.unit, f"{facts.unit}{facts.period.name}{TITLE}", facts.token
    about.keywords = facts.token
    about.created = about.modified = facts.at.astimezone(UTC).replace(tzinfo=None)
    held = io.BytesIO()
    ExcelWriter(book, _Dated(held, "w", ZIP_DEFLATED)).save()
    return held.getvalue()


class _Dated(ZipFile):
    """An archive whose members bear one date, so that the same form has the same bytes."""

    def writestr(self, zinfo_or_arcname: Any, data: Any, *args: Any, **kwargs: Any) -> None:
        info = ZipInfo(str(zinfo_or_arcname), (2020, 1, 1, 0, 0, 0))
        info.compress_type = ZIP_DEFLATED
        super().writestr(info, data, *args, **kwargs)

    def write(self, filename: Any, arcname: Any = None, *args: Any, **kwargs: Any) -> None:
        del args, kwargs
        self.writestr(arcname, Path(filename).read_bytes())  # openpyxl hands each sheet over as a temporary file


@lru_cache(maxsize=1)
def _styles() -> dict[str, dict[str, Any]]:
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side

    thin = Side(style="thin", color="FF404040")
    box = Border(left=thin, right=thin, top=thin, bottom=thin)
    body = Font(name="仿宋", size=11)
    middle = Alignment(horizontal="center", vertical="center", wrap_text=True)
    left = Alignment(horizontal="left", vertical="center", wrap_text=True)
    right = Alignment(horizontal="right", vertical="center")
    plain = Alignment(horizontal="left", vertical="center")
    pale = PatternFill("solid", start_color="FFFFF9E5")
    open_ = Protection(locked=False)
    head_fill = PatternFill("solid", start_color="FFEDEFF3")
    return {
        "title": {"font": Font(name="方正小标宋简体", size=20), "alignment": middle},
        "about": {"font": Font(name="仿宋", size=12), "alignment": plain},
        "about_right": {"font": Font(name="仿宋", size=12), "alignment": right},
        "head": {"font": Font(name="黑体", size=11), "alignment": middle, "border": box, "fill": head_fill},
        "role": {"font": Font(name="黑体", size=11), "alignment": plain, "border": box},
        "middle": {"font": body, "alignment": middle, "border": box},
        "left": {"font": body, "alignment": left, "border": box},
        "share": {"font": body, "alignment": middle, "border": box, "number_format": "0.0%"},
        "number": {"font": body, "alignment": middle, "border": box, "fill": pale, "protection": open_},
        "words": {"font": body, "alignment": left, "border": box, "fill": pale, "protection": open_},
        "label": {"font": body, "alignment": right},
        "person": {
            "font": body,
            "alignment": middle,
            "border": Border(bottom=thin),
            "fill": pale,
            "protection": open_,
        },
        "note": {"font": Font(name="仿宋", size=10, color="FF404040"), "alignment": left},
    }


def _look(book: Any) -> dict[str, Any]:
    """Each style once, as the workbook numbers it: to give it to a cell is then a copy of six numbers."""
    scratch = book.create_sheet("样式")
    made = {}
    for row, (name, parts) in enumerate(_styles().items(), start=1):
        cell = scratch.cell(row, 1)
        for part, value in parts.items():
            setattr(cell, part, value)
        made[name] = cell._style
    book.remove(scratch)
    return made


@dataclass
class _Page:
    """The sheet being written, from top to bottom. `row` is the next one."""

    page: Any
    look: Mapping[str, Any]
    facts: FormFacts
    row: int = 1
    rules: dict[str, list[str]] = field(default_factory=lambda: {"whole": [], "decimal": [], "share": [], "words": []})

    def write(self) -> None:
        self._head()
        for role, items in (("牵头", self.facts.lead), ("协同", self.facts.cooperating)):
            if items:
                self._across(f"{role}事项（{len(items)}项）", "role", 22)
                for item in items:
                    self._item(item)
        self._foot()
        self._rules()
        self._set_up()

    def _cell(self, column: int, value: Any, look: str) -> None:
        cell = self.page.cell(self.row, column, value)
        cell._style = copy(self.look[look])

    def _text(self, column: int, text: str, look: str) -> None:
        self._cell(column, harmless(text) or None, look)

    def _across(self, text: str, look: str, height: int, first: str = "A", last: str = _LAST) -> None:
        for column in range(ord(first) - 64, ord(last) - 63):
            self._cell(column, harmless(text) if chr(64 + column) == first else None, look)
        self._merge(f"{first}{self.row}:{last}{self.row}")
        self._next(height)

    def _merge(self, area: str) -> None:
        # Every cell has its border already; merge_cells would make each of them anew, which takes longer than all the rest.
        self.page.merged_cells.add(area)

    def _next(self, height: int) -> None:
        self.page.row_dimensions[self.row].height = height
        self.row += 1

    def _head(self) -> None:
        facts = self.facts
        self._across(f"{facts.notice.title}{facts.period.name}{TITLE}", "title", 36)
        self._text(1, f"{UNIT}：{facts.unit}", "about")
        self._text(11, f"报送时限：{facts.deadline}", "about_right")
        self._next(24)
        for number, column in enumerate(Column, start=1):
            self._cell(number, str(column), "head")
        self._next(32)

    def _item(self, item: Item) -> None:
        first, count = self.row, max(1, len(item.targets))
        height = max(_LEAST, _LEAST_OF_ITEM // count, _height(item.title, _WIDTHS[1]) // count)
        for target in item.targets or (None,):
            self._text(1, str(item.no) if self.row == first else "", "middle")
            self._text(2, item.title if self.row == first else "", "left")
            self._target(item, target)
            for column, cells in ((9, "words"), (10, "words"), (11, "words")):
                self._cell(column, None, cells)
            self._next(max(height, _height(target.indicator, _WIDTHS[2]) if target else 0))
        last = self.row - 1
        self.rules["words"].append(f"I{first}:K{last}")
        if count > 1:
            for letter in ("A", "B", "I", "J", "K"):
                self._merge(f"{letter}{first}:{letter}{last}")

    def _target(self, item: Item, target: Target | None) -> None:
        if target is None:
            for column in range(3, 9):
                self._cell(column, NONE, "middle")
            return
        last = self.facts.last.get((item.no, target.indicator))
        self._text(3, target.indicator, "left")
        self._text(4, target.measure, "middle")
        self._text(5, f"{_COMPARED[target.comparison]}{number_words(target.value)}", "middle")
        self._text(6, number_words(last.value) if last else NONE, "middle")
        self._cell(7, None, "number")
        self._cell(8, _share(self.row, target), "share")
        kind = "share" if is_share(target.measure) else "whole" if is_counted(target.measure) else "decimal"
        self.rules[kind].append(f"G{self.row}")

    def _foot(self) -> None:
        self._next(8)
        for label, at in ((FILLED_BY, 2), (PHONE, 6), ("填报日期", 9)):
            self._text(at, f"{label}：", "label")
            self._cell(at + 1, None, "person")
        self._next(24)
        self._next(8)
        year = self.facts.notice.year
        for text in (
            f"填表说明：1.请在底色单元格中填写。“{Column.DONE}”指{year}年1月1日以来的累计数，只填数字，计量单位从本表所列；计量单位为%的，填百分号前的数字，如98.5。",
            "2.协同事项的完成数由牵头单位统一填报，协同单位可只填进展情况。确无进展的，请在“进展情况”栏填写“零报告”并说明原因。",
            f"3.填妥后请以附件直接回复来函邮件，勿删改表头和标识。编号：{self.facts.token}",
        ):
            self._across(text, "note", 17)

    def _rules(self) -> None:
        from openpyxl.worksheet.datavalidation import DataValidation

        known = {
            "whole": ("whole", "greaterThanOrEqual", "0", "请填写不带单位的整数，如12000"),
            "decimal": ("decimal", "greaterThanOrEqual", "0", "请填写不带单位的数字，如1264.98"),
            "share": ("decimal", "between", "0", "请填写百分号前的数字，如98.5；不要带百分号"),
            "words": ("textLength", "lessThanOrEqual", "2000", "请控制在2000字以内"),
        }
        for name, (kind, operator, bound, words) in known.items():
            if cells := self.rules[name]:
                rule = DataValidation(type=kind, operator=operator, formula1=bound, allow_blank=True)
                if name == "share":  # 98% typed in is 0.98 to Excel, which nobody could tell from 0.98% afterwards
                    rule.type, rule.operator = "custom", None
                    first = cells[0]
                    rule.formula1 = f"AND(ISNUMBER({first}),OR({first}=0,{first}>2),{first}<=1000)"
                rule.error, rule.errorTitle, rule.showErrorMessage = words, "填写有误", True
                rule.sqref = " ".join(cells)
                self.page.add_data_validation(rule)

    def _set_up(self) -> None:
        page = self.page
        for letter, width in zip("ABCDEFGHIJK", _WIDTHS, strict=True):
            page.column_dimensions[letter].width = width
        page.freeze_panes = "A4"
        page.print_title_rows = "3:3"
        page.page_setup.orientation, page.page_setup.paperSize = "landscape", _A4
        page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
        page.sheet_properties.pageSetUpPr.fitToPage = True
        page.print_options.horizontalCentered = True
        margins = page.page_margins
        margins.left = margins.right = 14 * _MM
        margins.top, margins.bottom, margins.footer = 18 * _MM, 16 * _MM, 8 * _MM
        page.oddFooter.center.text = "第 &P 页，共 &N 页"
        lock = page.protection
        lock.sheet = True
        lock.formatRows = lock.formatColumns = lock.formatCells = False  # False is what may be done


def _share(row: int, target: Target) -> str:
    if target.comparison is Comparison.AT_MOST or not target.value:
        return NONE
    return f'=IF(ISNUMBER(G{row}),G{row}/{number_words(target.value)},"")'


def _height(text: str, width: int) -> int:
    """Points for a text of Chinese characters, two columns each, in a column so wide."""
    return _LINE * -(-2 * len(text) // (width - 2)) + 6
